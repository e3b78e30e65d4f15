"""Who holds a result keeps it, whatever becomes of its files; and no published file is ever written to again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from blobs.disk import Disk, Witness
from blobs.scene import Scene, heard, is_right, levels, numbers, value
from blobs.steps import Steps

import memo

BESIDE = {"PYTHONPATH": str(Path(__file__).parent)}


def refreshed(scene):
    scene.supply.turn = 1
    scene.left.refresh(1)


def refreshed_small(scene):
    scene.supply.make = lambda name, x, turn: "small"
    scene.left.refresh(1)


def put(scene):
    scene.left.put("small", 1)


def forgotten(scene):
    scene.left.forget(1)
    scene.right.forget(1)


def cleared(scene):
    scene.cache.clear()


def cleared_by_function(scene):
    scene.left.clear()
    scene.right.clear()


def stored_over(scene):
    """Remove it, and store other things in the inodes and blocks that are free now."""
    scene.cache.clear()
    scene.supply.make = lambda name, x, turn: [numbers(9, x), levels(9, x)]
    for x in range(10):
        scene.third(x)


def swept(scene):
    scene.cache.clear()
    scene.later()
    scene.third(5)


def deleted(scene):
    shutil.rmtree(scene.directory)


def blobs_deleted(scene):
    shutil.rmtree(scene.directory / "v1/blobs")


EVENTS = [
    refreshed,
    refreshed_small,
    put,
    forgotten,
    cleared,
    cleared_by_function,
    stored_over,
    swept,
    deleted,
    blobs_deleted,
]
ALL_EVENTS = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)


@pytest.fixture
def scene(cache_dir, request):
    """Return functions that have stored two results with shared buffers."""
    options = getattr(request, "param", {})
    scene = Scene(cache_dir, **options)
    scene.ask("left", 1)
    scene.ask("right", 1)
    return scene


MODES = pytest.mark.parametrize(
    "scene",
    [{}, {"mmap": "r"}, {"mmap": False}, {"verify": False}, {"compression": "zstd"}],
    indirect=True,
    ids=["copy-on-write", "read-only", "copied", "unverified", "compressed"],
)


@MODES
@ALL_EVENTS
def test_a_result_that_is_held_keeps_its_values(scene, event):
    expected = value("left", 1)
    held = [scene.left(1), Scene(scene.directory, **options_of(scene)).left(1)]
    with heard() as said:
        event(scene)
    assert said == []
    assert all(is_right(found, expected) for found in held)


def options_of(scene):
    """Return the settings that a scene was opened with, as far as these tests set them."""
    settings = scene.cache.settings
    return {"mmap": settings.mmap, "verify": settings.verify, "compression": settings.compression}


@ALL_EVENTS
def test_a_part_of_a_result_keeps_the_whole_of_its_memory(scene, event):
    part = scene.left(1)["part"][::3]
    event(scene)
    assert np.array_equal(part, numbers(0)[100:9000][::3])


@ALL_EVENTS
def test_a_result_held_by_another_thread_keeps_its_values(scene, event):
    expected = value("left", 1)
    loaded, changed = threading.Event(), threading.Event()
    problems = []

    def hold():
        found = scene.left(1)
        loaded.set()
        changed.wait(30)
        if not is_right(found, expected):
            problems.append("another value")

    thread = threading.Thread(target=hold)
    thread.start()
    assert loaded.wait(30)
    event(scene)
    changed.set()
    thread.join(30)
    assert problems == []


HELD = """
    import sys, threading
    from blobs.scene import Scene, is_right, value

    found = Scene(sys.argv[1], mmap=eval(sys.argv[2])).left(1)
    print("loaded", flush=True)
    sys.stdin.read()
    print(is_right(found, value("left", 1)))
"""


@pytest.mark.parametrize("mode", [True, "r"])
def test_a_result_held_by_another_process_keeps_its_values(cache_dir, tmp_path, start_python, mode):
    """One process for each event, all started at once: it takes time."""
    scenes, processes = [], []
    for event in EVENTS:
        scene = Scene(cache_dir / event.__name__)
        scene.ask("left", 1)
        scene.ask("right", 1)
        scenes.append(scene)
        processes.append(start_python(HELD, scene.directory, mode))
    for process in processes:
        assert process.stdout.readline() == "loaded\n"
    for event, scene in zip(EVENTS, scenes, strict=True):
        event(scene)
    found = {event.__name__: process.communicate()[0] for event, process in zip(EVENTS, processes, strict=True)}
    assert found == dict.fromkeys(found, "True\n")


@pytest.fixture
def start_python(tmp_path):
    """Return a function that starts a script in a fresh interpreter, and does not wait for it."""
    started = []

    def start(source, *arguments):
        script = tmp_path / f"started_{len(started)}.py"
        script.write_text(textwrap.dedent(source))
        paths = [str(Path(memo.__file__).parents[1]), BESIDE["PYTHONPATH"]]
        started.append(
            subprocess.Popen(
                [sys.executable, str(script), *map(repr_or_path, arguments)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def repr_or_path(argument):
    """Return an argument as the script reads it."""
    return str(argument) if isinstance(argument, Path) else repr(argument)


# ---- what others see of a change -----------------------------------------------------------------------


@pytest.mark.parametrize("scene", [{}, {"compression": "zstd"}, {"mmap": False}], indirect=True)
def test_what_is_written_into_a_result_is_seen_by_nobody_else(scene):
    disk = Disk(scene.directory)
    before = {path: path.read_bytes() for path in disk.published}
    mine, theirs = scene.left(1), scene.left(1)
    for array in ("shared", "own", "part"):
        mine[array][:] = -1
    assert is_right(theirs, value("left", 1))
    assert not scene.ask("left", 1)
    assert not scene.ask("right", 1)
    assert {path: path.read_bytes() for path in disk.published} == before
    assert (mine["shared"] == -1).all()


def test_a_changed_result_that_is_stored_again_is_another(scene):
    """The writer must look at the memory, not at where it came from."""
    mine = scene.left(1)
    mine["shared"][5] = 7
    mine["what"] = ("left", 3, 0)
    scene.left.put(mine, 3)
    found = scene.left(3)
    assert found["shared"][5] == 7
    assert found["part"][0] == numbers(0)[100]
    for name in ("left", "right"):
        assert not scene.ask(name, 1)
    assert Disk(scene.directory).problems() == []


@pytest.mark.parametrize("scene", [{"mmap": "r"}], indirect=True)
def test_a_read_only_result_stored_again_shares_its_blobs(scene):
    found = scene.left(1)
    with pytest.raises(ValueError, match="read-only"):
        found["shared"][0] = 1
    before = Disk(scene.directory).blobs
    scene.third.put(found, 3)
    disk = Disk(scene.directory)
    assert disk.blobs == before
    assert disk.problems() == []
    assert is_right(scene.third(3), value("left", 1))


# ---- published files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"compression": "zstd"}, {"durability": "fsync"}, {"mmap": "r"}])
def test_no_published_file_is_ever_written_to(cache_dir, options):
    witness = Witness()
    scene = Scene(cache_dir, **options)
    steps = [
        lambda: scene.ask("left", 1),
        lambda: scene.ask("right", 1),
        lambda: scene.left(1)["shared"].flags.writeable and scene.left(1)["shared"].fill(0),
        lambda: setattr(scene.supply, "turn", 1),
        lambda: scene.left.refresh(1),
        lambda: scene.left.refresh(1),
        lambda: scene.third.put(scene.left(1), 1),
        lambda: scene.right.forget(1),
        lambda: scene.ask("right", 1),
        scene.left.clear,
        lambda: scene.ask("left", 1),
        scene.later,
        lambda: scene.ask("left", 2),
        scene.cache.clear,
        lambda: scene.ask("left", 1),
    ]
    for step in steps:
        step()
        witness.look(cache_dir)
        assert witness.changed() == []
    witness.close()


def test_what_is_there_already_is_not_written_again(cache_dir):
    """Whichever folder the entry lies in, and however new that is."""
    scene = Scene(cache_dir)
    scene.supply.make = lambda name, x, turn: [numbers(0).copy(), x]
    scene.left(0)
    blobs = Disk(cache_dir).blobs
    with Steps(cache_dir, only=["write"]) as steps:
        for x in range(1, 20):
            scene.left(x)
    assert [path for _, path in steps.made if any(blob in path for blob in blobs)] == []


def test_a_damaged_file_is_replaced_and_not_written_to(scene):
    """Others may have it mapped: what they have read must not change, and a shorter file would kill them."""
    disk = Disk(scene.directory)
    shared = next(path for blob, path in disk.blobs.items() if len(disk.holders(blob)) == 2)
    with shared.open("r+b") as file:
        file.write(b"\xff")
    witness = Witness()
    witness.look(scene.directory)
    with heard() as said:
        for _ in range(2):
            for name in ("left", "right", "third"):
                scene.ask(name, 1)
    assert len(said) == 1
    assert witness.changed() == []
    witness.close()


def test_a_published_file_can_be_read_by_its_owner_alone(scene):
    modes = {path.stat().st_mode & 0o777 for path in Disk(scene.directory).published}
    assert modes <= {0o600, 0o400}


MANY = """
    import resource, sys, warnings
    from blobs.scene import Scene, is_right, value

    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    scene = Scene(sys.argv[1])
    for x in range(100):
        scene.left(x)
    held = [scene.left(x) for x in range(100)]
    files = [open(__file__) for _ in range(20)]
    assert all(is_right(found, value("left", x)) for x, found in enumerate(held))
    print(scene.left.stats().hits, scene.left.stats().misses)
"""


def test_more_results_can_be_held_than_files_can_be_open(cache_dir, run_python):
    assert run_python(MANY, cache_dir, env=BESIDE).split() == ["100", "100"]


def test_when_a_result_was_used_is_noted_without_touching_what_others_share(scene):
    """Once an hour the entry's time is set: that of a shared blob says nothing about who used it."""
    disk = Disk(scene.directory)
    long_ago = time.time() - 100_000
    for path in disk.published:
        os.utime(path, (long_ago, long_ago))
    again = Scene(scene.directory)
    again.ask("left", 1)
    entry = disk.entries[scene.entry("left", 1)]
    assert entry.stat().st_mtime > long_ago + 50_000
    assert is_right(again.left(1), value("left", 1))
