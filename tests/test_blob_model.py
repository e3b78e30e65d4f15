"""Whatever is done in whatever order, what is stored loads, and on disk is exactly what that needs."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from blobs.disk import Disk, Witness, digest
from blobs.scene import Scene, heard, is_right
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

LONGER = int(os.environ.get("TEST_LONGER") or 1)
LARGE = 64 * 1024  # from here on a buffer is a blob
NAMES = st.sampled_from(["left", "right", "third"])
XS = st.integers(0, 2)


def noise(seed, nbytes):
    """Return an array of that many bytes."""
    return np.frombuffer(np.random.default_rng(seed).bytes(nbytes), np.uint8).copy()


# Each with the large buffers that it is made of: what must lie on disk, once, wherever it is used.
BASES = [noise(seed, size) for seed, size in enumerate((LARGE, LARGE + 1, 100_000, 131_072))]
GRID = np.random.default_rng(9).random((128, 128))
TEXT = noise(5, 70_000).tobytes()
SMALL = [noise(6, LARGE - 1), noise(7, 1), np.empty(0), np.arange(100.0)]
POOL = {
    "just large": (BASES[0], [BASES[0]]),
    "a byte more": (BASES[1], [BASES[1]]),
    "twice": ([BASES[2], BASES[2]], [BASES[2]]),
    "equal": ([BASES[2], BASES[2].copy()], [BASES[2]]),
    "base and view": ((BASES[3], BASES[3][1000:]), [BASES[3]]),
    "view and base": ((BASES[3][:-1000], BASES[3]), [BASES[3]]),
    "strided view and base": ((BASES[3][::2], BASES[3]), [BASES[3]]),
    "view that is large": (BASES[3][:LARGE], [BASES[3][:LARGE]]),
    "small view of a large base": (BASES[3][:100], []),
    "other type of the same bytes": (BASES[0].view(np.int64), [BASES[0]]),
    "other shape of the same bytes": (BASES[0].reshape(256, 256), [BASES[0]]),
    "square": (GRID, [GRID]),
    "Fortran order": (np.asfortranarray(GRID), [np.asfortranarray(GRID).T]),
    "bytes": (TEXT, [TEXT]),
    "bytes and their array": ((TEXT, np.frombuffer(TEXT, np.uint8)), [TEXT]),
    "bytearray": (bytearray(TEXT), [TEXT]),
    "nearly large": (SMALL[0], []),
    "little": (SMALL[1:], []),
    "nothing": (None, []),
    "deep": ({"a": [{"b": (BASES[0], SMALL[0])}], "c": BASES[2]}, [BASES[0], BASES[2]]),
    "all": (BASES, BASES),
}
RESULTS = st.sampled_from(sorted(POOL))


def names_of(what):
    """Return the names of the blobs of a result."""
    return {
        digest(np.ascontiguousarray(buffer) if isinstance(buffer, np.ndarray) else buffer)
        for buffer in POOL[what][1]
    }


class Model(RuleBasedStateMachine):
    """A cache directory beside a dict of what must be in it."""

    options = MappingProxyType({})
    is_damaged = False
    held = Bundle("held")

    @initialize()
    def open(self):
        """Begin with an empty directory."""
        self.folder = Path(tempfile.mkdtemp())
        self.directory = self.folder / "cache"
        self.stored = {}
        self.witness = Witness()
        self.ahead = 0.0
        self.reopen()

    @rule()
    def reopen(self):
        """Go on as another process would."""
        self.scene = Scene(self.directory, **self.options)
        self.scene.later(self.ahead)

    @rule(name=NAMES, x=XS, what=RESULTS)
    def call(self, name, x, what):
        """Call; what is stored wins over what would be computed."""
        self.scene.supply.make = lambda *_: POOL[what][0]
        before = self.scene.supply.taken[name, x]
        found = self.scene.functions[name](x)
        assert (self.scene.supply.taken[name, x] == before) == ((name, x) in self.stored)
        assert is_right(found, POOL[self.stored.setdefault((name, x), what)][0])

    @rule(name=NAMES, x=XS, what=RESULTS)
    def refresh(self, name, x, what):
        """Store another result in place of the one that is there."""
        self.scene.supply.make = lambda *_: POOL[what][0]
        assert self.scene.functions[name].refresh(x) is POOL[what][0]
        self.stored[name, x] = what

    @rule(name=NAMES, x=XS, what=RESULTS)
    def put(self, name, x, what):
        """Store a known result."""
        self.scene.functions[name].put(POOL[what][0], x)
        self.stored[name, x] = what

    @rule(name=NAMES, x=XS)
    def forget(self, name, x):
        """Drop one result."""
        assert self.scene.functions[name].forget(x) == ((name, x) in self.stored)
        self.stored.pop((name, x), None)

    @rule(name=NAMES)
    def clear_function(self, name):
        """Drop the results of a function."""
        self.scene.functions[name].clear()
        self.stored = {key: what for key, what in self.stored.items() if key[0] != name}

    @rule()
    def clear(self):
        """Drop everything."""
        self.scene.cache.clear()
        self.stored = {}

    @rule()
    def an_hour_passes(self):
        """Let everything that lies there be old; the next store sweeps."""
        self.ahead += 4000.0
        self.scene.later(self.ahead)

    @rule(target=held, name=NAMES, x=XS)
    def hold(self, name, x):
        """Keep a result for later."""
        self.scene.supply.make = lambda *_: None
        found = self.scene.functions[name](x)
        what = self.stored.setdefault((name, x), "nothing")
        return found, what

    @rule(result=held, name=NAMES, x=XS)
    def put_what_is_held(self, result, name, x):
        """Store a result that came out of the cache."""
        found, what = result
        self.scene.functions[name].put(found, x)
        self.stored[name, x] = what

    @rule(result=consumes(held))
    def look_at_what_is_held(self, result):
        """See whether a result has kept its values, and write into it, which nobody may notice."""
        found, what = result
        assert is_right(found, POOL[what][0])
        spoil(found)

    @precondition(lambda self: self.is_damaged)
    @rule(name=NAMES, x=XS, data=st.data())
    def damage(self, name, x, data):
        """Spoil a large buffer of a result, as bad disks do: a miss for all that have it, and no longer."""
        disk = Disk(self.directory)
        entry = self.scene.entry(name, x)
        links = disk.of(entry)
        if not links:
            return
        blob = data.draw(st.sampled_from(sorted(links)))
        path = links[blob]
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content) - 1))
        # Another file: whoever has the old one mapped is no part of this.
        for victim in {path, disk.blobs[blob], *disk.holders(blob)}:
            victim.unlink()
        disk.blobs[blob].write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        for victim in disk.holders(blob):
            os.link(disk.blobs[blob], victim)
        for key, what in self.stored.items():
            if blob in disk.of(self.scene.entry(*key)):
                self.scene.supply.make = lambda *_, what=what: POOL[what][0]
                with heard() as said:
                    found = self.scene.functions[key[0]](key[1])
                assert is_right(found, POOL[what][0])
                assert len(said) == 1, said

    @invariant()
    def everything_loads(self):
        """Every stored result is a hit, and nothing else is."""
        for name, function in self.scene.functions.items():
            for x in range(3):
                assert function.is_cached(x) == ((name, x) in self.stored)
        self.scene.supply.make = lambda *_: pytest.fail("computed")
        for (name, x), what in self.stored.items():
            assert is_right(self.scene.functions[name](x), POOL[what][0]), what

    @invariant()
    def what_is_on_disk_is_what_is_needed(self):
        """No file more and none less, each counted as often as it is needed."""
        disk = Disk(self.directory)
        assert disk.problems() == []
        assert set(disk.entries) == {self.scene.entry(*key) for key in self.stored}
        if self.scene.cache.settings.compression == "none":
            needed = {self.scene.entry(*key): names_of(what) for key, what in self.stored.items()}
            assert {entry: set(disk.of(entry)) for entry in disk.entries} == needed
            counts = {blob: path.stat().st_nlink for blob, path in disk.blobs.items()}
            assert counts == {
                blob: 1 + sum(blob in blobs for blobs in needed.values()) for blob in set().union(*needed.values())
            }
        assert self.scene.cache.stats().bytes == disk.bytes()
        assert self.scene.cache.stats().entries == len(self.stored)
        for entry in self.scene.cache.entries():
            (name,) = (name for name in disk.entries if name.startswith(entry.key))
            assert disk.length_of(name) <= entry.bytes <= disk.bytes_of(name)

    @invariant()
    def no_published_file_was_written_to(self):
        """Look at all that were ever seen."""
        self.witness.look(self.directory)
        assert self.witness.changed() == []

    def teardown(self):
        """Forget everything one by one: nothing stays."""
        if not hasattr(self, "scene"):
            return  # not even begun
        self.scene.forget_all(range(3))
        left = Disk(self.directory)
        assert left.published == []
        assert left.others == []
        self.witness.close()
        shutil.rmtree(self.folder)


def spoil(result):
    """Write into all arrays of a result that can be written to."""
    if isinstance(result, np.ndarray) and result.flags.writeable:
        result.reshape(-1).view(np.uint8)[:] = 0 if result.flags.c_contiguous else 1
    elif isinstance(result, bytearray):
        result[:] = bytes(len(result))
    elif isinstance(result, list | tuple):
        for item in result:
            spoil(item)
    elif isinstance(result, dict):
        spoil(list(result.values()))


def run(steps=25, examples=12, **attributes):
    """Run the machine, with other attributes."""
    machine = type("Model", (Model,), attributes)
    machine.TestCase.settings = settings(
        max_examples=examples * LONGER,
        stateful_step_count=steps,
        deadline=None,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        report_multiple_bugs=False,
    )
    machine.TestCase("runTest").runTest()


OPTIONS = {
    "as it comes": {"compression": "none"},
    "read-only": {"mmap": "r"},
    "copied": {"mmap": False},
    "compressed": {"compression": "zstd"},
    "signed": {"signing_key": "a secret of more than 16 bytes"},
}
pytestmark = pytest.mark.timeout(120 + 300 * LONGER)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_what_is_stored_loads_and_nothing_else_is_on_disk(options):
    run(options=options, examples=12 if options == OPTIONS["as it comes"] else 8)


@pytest.mark.parametrize("name", ["as it comes", "compressed", "signed"])
def test_what_is_damaged_is_a_miss_once_and_nothing_else_is_on_disk(name):
    run(examples=8, options=OPTIONS[name], is_damaged=True)
