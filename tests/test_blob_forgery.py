"""Who can write to the directory of a signed cache, without its key, gets no result of his own accepted."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import struct
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import xxhash
from blobs.disk import Disk, digest
from blobs.scene import Scene, heard, levels, numbers
from blobs.stored import exchange, rewrite

SECRET = "a secret of more than 16 bytes"
SIGNED = {"signing_key": SECRET, "mmap": True}
SEAL = slice(8, 40)  # of an entry: what proves all that follows


def one_array(name, x, turn):
    return numbers(x).copy()


def one_compressed(name, x, turn):
    return levels(x).copy()


def two_arrays(name, x, turn):
    return [numbers(x).copy(), numbers(x + 100).copy()]


def stream(name, x, turn):
    return [f"{n} of {x}" for n in range(9000)]


KINDS = {
    "array": (one_array, "none"),
    "compressed": (one_compressed, "zstd"),
    "two arrays": (two_arrays, "none"),
    "stream": (stream, "none"),
    "compressed stream": (stream, "zstd"),
}
ALL_KINDS = pytest.mark.parametrize("kind", KINDS)


class Signed:
    """A signed cache that somebody else can write to."""

    def __init__(self, directory, kind, **options):
        self.make, compression = KINDS[kind]
        self.directory, self.options = directory, {**SIGNED, "compression": compression, **options}
        self.scene = self.opened()
        self.scene.left(1)

    def opened(self, **options):
        scene = Scene(self.directory, **{**self.options, **options})
        scene.supply.make = self.make
        return scene

    def files(self, name="left", x=1):
        """Return the files of the large buffers of a result, each with its blob."""
        disk = Disk(self.directory)
        return [(path, disk.blobs[blob]) for blob, path in disk.of(self.scene.entry(name, x)).items()]

    def entry(self, name="left", x=1):
        return Disk(self.directory).entries[self.scene.entry(name, x)]

    def assert_refused(self, times=2):
        """The next calls are right: the first is computed, with one warning, and those after it are hits."""
        scene = self.opened()
        with heard() as said:
            for _ in range(times):
                assert np.array_equal(scene.left(1), self.make("left", 1, 0))
        assert scene.supply.taken["left", 1] == 1
        assert len(said) == 1, said
        assert scene.left.stats().corrupt == 1
        assert not Path("unpickled").exists()


class Explosive:
    """Leaves a trace in the working directory when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def hostile(length):
    """Return a pickle of that many bytes that does something when it is read."""
    found = pickle.dumps((Explosive(), bytes(length)), 5)
    found = pickle.dumps((Explosive(), bytes(length - (len(found) - length))), 5)
    assert len(found) == length
    return found


def forged(directory, make, compression):
    """Return the file of a large buffer as memo itself writes it for other content."""
    scene = Scene(directory, compression=compression)
    scene.supply.make = make
    scene.left(1)
    disk = Disk(directory)
    return {blob: path.read_bytes() for blob, path in disk.blobs.items()}


@pytest.mark.parametrize("replace", [rewrite, exchange])
@ALL_KINDS
def test_changed_content_is_not_accepted(cache_dir, kind, replace):
    signed = Signed(cache_dir, kind)
    for link, blob in signed.files():
        content = bytearray(link.read_bytes())
        content[len(content) // 2] ^= 1
        for path in (blob, link):
            replace(path, bytes(content))
    signed.assert_refused()


@pytest.mark.parametrize("verify", [True, False])
@ALL_KINDS
def test_changed_content_whose_own_checksums_hold_is_not_accepted(cache_dir, tmp_path, kind, verify):
    signed = Signed(cache_dir, kind, verify=verify)
    make, compression = KINDS[kind]
    others = list(forged(tmp_path / "forger", lambda name, x, turn: make(name, x + 1, turn), compression).values())
    for (link, blob), content in zip(signed.files(), others, strict=True):
        for path in (blob, link):
            exchange(path, content)
    signed.assert_refused()


@pytest.mark.parametrize("verify", [True, False])
def test_a_hostile_pickle_in_place_of_a_large_stream_is_not_read(cache_dir, verify):
    signed = Signed(cache_dir, "stream", verify=verify)
    ((link, blob),) = signed.files()
    content = hostile(len(blob.read_bytes()))
    for path in (blob, link):
        exchange(path, content)
    signed.assert_refused()


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("mmap", [True, "r", False])
def test_in_an_unsigned_cache_neither(cache_dir, verify, mmap):
    """Its directory is private. What is damaged there is as little read as pickle."""
    scene = Scene(cache_dir, verify=verify, mmap=mmap)
    scene.supply.make = stream
    scene.left(1)
    (blob,) = Disk(cache_dir).blobs.values()
    rewrite(blob, hostile(len(blob.read_bytes())))
    with heard() as said:
        assert scene.left(1) == stream("left", 1, 0)
        assert scene.left(1) == stream("left", 1, 0)
    assert len(said) == 1
    assert not Path("unpickled").exists()


def test_a_hostile_compressed_stream_is_not_read(cache_dir, tmp_path):
    """Even one that memo itself has compressed, and of the length that the entry asks for."""
    signed = Signed(cache_dir, "compressed stream")
    ((link, blob),) = signed.files()
    bomb = hostile(len(pickle.dumps(stream("left", 1, 0), 5)))
    (content,) = forged(tmp_path / "forger", lambda *_: bomb, "zstd").values()
    for path in (blob, link):
        exchange(path, content)
    signed.assert_refused()


def test_two_buffers_of_one_result_cannot_change_places(cache_dir):
    signed = Signed(cache_dir, "two arrays")
    (first, _), (second, _) = signed.files()
    first.rename(first.with_suffix(".away"))
    second.rename(first)
    first.with_suffix(".away").rename(second)
    signed.assert_refused()


def test_a_buffer_of_another_signed_result_is_not_accepted(cache_dir):
    signed = Signed(cache_dir, "array")
    signed.scene.left(2)
    ((mine, blob),), ((theirs, _),) = signed.files(), signed.files("left", 2)
    for path in (mine, blob):
        path.unlink()
        os.link(theirs, path)
    signed.assert_refused()


@ALL_KINDS
def test_an_entry_whose_table_was_edited_is_not_accepted(cache_dir, kind):
    signed = Signed(cache_dir, kind)
    sound = signed.entry().read_bytes()
    for at in range(40, len(sound), 7):
        entry = bytearray(sound)
        entry[at] ^= 4
        exchange(signed.entry(), bytes(entry))
        signed.assert_refused()


@ALL_KINDS
def test_an_entry_with_a_checksum_in_place_of_a_signature_is_not_accepted(cache_dir, tmp_path, kind):
    signed = Signed(cache_dir, kind)
    signed.scene.cache.clear()
    forger = signed.opened(signing_key=None)
    make = signed.make
    forger.supply.make = lambda name, x, turn: make(name, 2, turn)
    forger.left(1)
    signed.assert_refused()

    signed.scene.left(1)
    entry = bytearray(signed.entry().read_bytes())
    entry[SEAL] = xxhash.xxh3_128_digest(bytes(entry[SEAL.stop :])) + bytes(16)
    exchange(signed.entry(), bytes(entry))
    signed.assert_refused()


def test_an_entry_of_another_secret_and_its_blobs_are_not_accepted(cache_dir):
    signed = Signed(cache_dir, "two arrays")
    signed.scene.cache.clear()
    forger = signed.opened(signing_key="another secret of over 16 bytes")
    forger.supply.make = lambda name, x, turn: two_arrays(name, 2, turn)
    forger.left(1)
    signed.assert_refused()


# ---- planted before anything is stored -----------------------------------------------------------------


def plant(directory, content, contents):
    """Put files where a writer of some content would look for it."""
    name = digest(content)
    folder = directory / "v1/blobs" / name[:2]
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, planted in contents.items():
        (folder / (name + suffix)).write_bytes(planted)


@pytest.mark.parametrize("compression", ["none", "zstd", "auto"])
@pytest.mark.parametrize("make", [one_array, one_compressed], ids=lambda make: make.__name__)
def test_a_blob_that_was_planted_under_the_digest_of_a_result_is_not_taken_over(
    cache_dir, tmp_path, make, compression
):
    Signed(cache_dir, "array")  # makes the folders
    mine, other = make("left", 5, 0), make("left", 6, 0)
    (packed,) = forged(tmp_path / "forger", lambda *_: other, "zstd").values()
    plant(cache_dir, mine, {"": other.tobytes(), ".b2": packed})
    scene = Scene(cache_dir, **{**SIGNED, "compression": compression})
    scene.supply.make = make
    with heard() as said:
        for _ in range(3):
            assert np.array_equal(scene.left(5), mine)
            assert np.array_equal(scene.right(5), mine)
    assert said == []
    assert scene.supply.taken == {("left", 5): 1, ("right", 5): 1}


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_a_hostile_pickle_that_was_planted_is_not_read(cache_dir, tmp_path, compression):
    signed = Signed(cache_dir, "stream", compression=compression)
    ((_, blob),) = signed.files()
    name = blob.name.removesuffix(".b2")
    signed.scene.cache.clear()
    bomb = hostile(len(pickle.dumps(stream("left", 1, 0), 5)))
    (packed,) = forged(tmp_path / "forger", lambda *_: bomb, "zstd").values()
    blob.parent.mkdir(parents=True, exist_ok=True)
    (blob.parent / name).write_bytes(bomb)
    (blob.parent / f"{name}.b2").write_bytes(packed)
    scene = signed.opened()
    with heard() as said:
        for _ in range(3):
            assert scene.left(1) == stream("left", 1, 0)
    assert said == []
    assert scene.supply.taken == {("left", 1): 1}
    assert not Path("unpickled").exists()


def test_a_link_that_was_planted_leads_nobody_out_of_the_directory(cache_dir, tmp_path):
    """The very content, owned by somebody else: it could be changed as soon as it is proved."""
    mine = numbers(5)
    (tmp_path / "theirs").write_bytes(mine.tobytes())
    Signed(cache_dir, "array")
    name = digest(mine)
    folder = cache_dir / "v1/blobs" / name[:2]
    folder.mkdir(exist_ok=True)
    (folder / name).symlink_to(tmp_path / "theirs")
    scene = Scene(cache_dir, **SIGNED)
    scene.supply.make = one_array
    assert np.array_equal(scene.left(5), mine)
    assert np.array_equal(scene.left(5), mine)
    assert scene.left.stats().hits == 1
    (link,) = (path for (_, blob), path in Disk(cache_dir).links.items() if blob == name)
    assert not link.is_symlink()
    scene.cache.clear()
    assert (tmp_path / "theirs").read_bytes() == mine.tobytes()


# ---- changed when it has been proved -------------------------------------------------------------------


@pytest.mark.parametrize("mmap", [True, "r", False])
def test_a_file_that_is_changed_after_it_was_loaded_changes_no_result(cache_dir, mmap):
    """Whoever could have written to it may still hold it open: what was mapped would change with it."""
    signed = Signed(cache_dir, "array", mmap=mmap)
    ((_, blob),) = signed.files()
    found = signed.opened().left(1)
    rewrite(blob, bytes(len(blob.read_bytes())))
    assert np.array_equal(found, numbers(1))
    shutil.rmtree(cache_dir)
    assert np.array_equal(found, numbers(1))


@ALL_KINDS
def test_a_file_that_is_changed_between_proof_and_use_changes_no_result(cache_dir, kind, monkeypatch):
    signed = Signed(cache_dir, kind)
    scene = signed.opened()
    scene.left.fingerprint()
    paths = [path for path, _ in signed.files()]
    sha256 = hashlib.sha256

    class Late:
        """A digest after which the file is another."""

        def __init__(self, *data, **options):
            self._inner = sha256(*data, **options)

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def digest(self):
            found = self._inner.digest()
            for path in paths:
                rewrite(path, hostile(path.stat().st_size))
            return found

    monkeypatch.setattr(hashlib, "sha256", Late)
    with heard():
        assert np.array_equal(scene.left(1), signed.make("left", 1, 0))
    assert not Path("unpickled").exists()


# ---- what signing must not cost ------------------------------------------------------------------------


@ALL_KINDS
def test_signed_results_share_their_blobs_too(cache_dir, kind):
    signed = Signed(cache_dir, kind)
    for name in ("right", "third"):
        for _ in range(2):
            signed.scene.functions[name](1)
    disk = Disk(cache_dir)
    assert disk.problems() == []
    assert len(disk.links) == 3 * len(disk.blobs)
    assert signed.scene.supply.taken == {("left", 1): 1, ("right", 1): 1, ("third", 1): 1}


def test_results_of_a_rotated_secret_are_still_read_with_their_blobs(cache_dir):
    signed = Signed(cache_dir, "two arrays")
    rotated = signed.opened(signing_key=["a new secret of over 16 bytes", SECRET])
    assert np.array_equal(rotated.left(1), two_arrays("left", 1, 0))
    assert not rotated.supply.taken


def test_the_rows_of_a_table_in_another_order_are_another_entry(cache_dir):
    """Found by their content, so that the test does not depend on where in the entry they are."""
    signed = Signed(cache_dir, "two arrays")
    sound = signed.entry().read_bytes()
    digests = [bytes.fromhex(blob.name) for _, blob in signed.files()]
    assert all(sound.count(found) >= 1 for found in digests)
    for order in permutations(digests):
        entry = sound
        for number, found in enumerate(digests):
            entry = entry.replace(found, struct.pack("<16s", b"%d" % number))
        for number, found in enumerate(order):
            entry = entry.replace(struct.pack("<16s", b"%d" % number), found)
        if entry != sound:
            exchange(signed.entry(), entry)
            signed.assert_refused()
