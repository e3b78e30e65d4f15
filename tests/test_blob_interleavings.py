"""At any step of an operation somebody else may do another, from its beginning to its end."""

from __future__ import annotations

import os
import time

import pytest
from blobs.disk import Disk
from blobs.scene import Scene, heard, value
from blobs.steps import NAMING, Meets, Steps, at_every_step, at_step


def both(scene):
    """Store two results that share buffers."""
    scene.ask("left", 1)
    scene.ask("right", 1)


def refresh(scene):
    """Let the result change, and store it anew."""
    scene.supply.turn += 1
    scene.left.refresh(1)


def store_the_same(scene):
    """Compute the very result that the other is about to store, and store it first."""
    scene.supply.turn = 0
    scene.ask("left", 1)


def store_its_content(scene):
    """Store the buffers that the other is about to store, under another key."""
    scene.supply.make = lambda name, x, turn: value("left", 1, turn)
    for turn in (0, 1):
        scene.supply.turn = turn
        scene.third(turn + 5)
    scene.supply.make = value


def sweep(scene):
    """Store something when a sweep is due."""
    (scene.directory / "v1" / "swept").unlink(missing_ok=True)
    scene.cache._is_swept = False
    scene.ask("third", 9)


FOLDERS = ("v1/entries/", "v1/blobs/", "v1/functions/")

# What is prepared, and what is done step by step.
OPERATIONS = {
    "load": (both, lambda scene: scene.ask("left", 1)),
    "store": (lambda scene: scene.ask("right", 1), lambda scene: scene.ask("left", 1)),
    "refresh": (both, refresh),
    "forget": (both, lambda scene: scene.left.forget(1)),
    "clear": (both, lambda scene: scene.cache.clear()),
}
MEETINGS = {
    "load": lambda scene: scene.ask("left", 1),
    "store the same": store_the_same,
    "store its content": store_its_content,
    "store elsewhere": lambda scene: scene.ask("third", 1),
    "refresh": refresh,
    "forget": lambda scene: scene.left.forget(1),
    "forget the other": lambda scene: scene.right.forget(1),
    "clear a function": lambda scene: scene.right.clear(),
    "clear": lambda scene: scene.cache.clear(),
    "sweep": sweep,
}


class Meeting:
    """One operation into which another falls, at one step after the other."""

    def __init__(self, folder, operation, meeting, **options):
        self.folder, self.options = folder, options
        self.prepare, self.act = OPERATIONS[operation]
        self.meet = MEETINGS[meeting]
        self.problems = []

    def everywhere(self):
        """Meet at every step until there is none left; return what went wrong."""
        at_every_step(self.folder, self._at, least=2)
        return self.problems

    def _at(self, step, directory):
        mine, other = (Scene(directory, **self.options) for _ in range(2))
        self.prepare(mine)
        mine.left.fingerprint()
        other.supply.turn = 10
        # What was there is old: a name that is made of it now is new all the same.
        for path in Disk(directory).published:
            os.utime(path, (time.time() - 7200,) * 2)
        steps = Steps(directory, Meets(step, lambda: self.meet(other)), NAMING, FOLDERS)
        try:
            with heard() as said:
                with steps:
                    self.act(mine)
                self._judge(directory)
            problems = list(said)
        except Exception as error:  # noqa: BLE001 - each is reported with its step
            problems = [f"{type(error).__name__}: {error}"]
        self.problems += [at_step(step, steps.made, problem, directory) for problem in problems]
        return step > len(steps.made) and not problems

    def _judge(self, directory):
        after = Scene(directory, **self.options)
        problems = Disk(directory).problems(raced=True)
        assert not problems, problems
        for name in after.functions:
            after.ask(name, 1)
            assert not after.ask(name, 1), f"{name}(1) is not stored again"
        after.forget_all()
        left = Disk(directory)
        assert [*left.published, *left.others] == []


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("meeting", MEETINGS)
def test_what_falls_into_an_operation_harms_neither(tmp_path, operation, meeting):
    problems = Meeting(tmp_path, operation, meeting).everywhere()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("operation", ["load", "refresh"])
@pytest.mark.parametrize("meeting", ["store elsewhere", "refresh", "clear"])
def test_what_falls_into_an_operation_on_compressed_buffers_harms_neither(tmp_path, operation, meeting):
    problems = Meeting(tmp_path, operation, meeting, compression="zstd").everywhere()
    assert not problems, "\n".join(problems)
