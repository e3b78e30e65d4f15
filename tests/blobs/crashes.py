"""Kills a process before every step of an operation, and looks each time at what it left.

Run in a process of its own: it forks, and the process of the tests has threads.
"""

# ruff: noqa: T201 - what it prints is what a test reads.

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from blobs.disk import Disk, inode
from blobs.scene import Scene, numbers, small
from blobs.steps import CHANGES, Steps, die_at

if TYPE_CHECKING:
    from collections.abc import Mapping


class Operation(NamedTuple):
    """What is done step by step, and what is prepared before.

    Attributes:
        before: What prepares.
        act: The operation.
        kept: The calls whose results are stored before, at each step, and after.
        options: Settings of the cache.
        links: Whether the system can link files.
    """

    before: object
    act: object
    kept: tuple = ()
    options: Mapping = MappingProxyType({})
    links: bool = True


def several(scene):
    """Store five results of three functions."""
    for name, x in (("left", 1), ("left", 2), ("right", 1), ("right", 2), ("third", 1)):
        scene.ask(name, x)


def refresh(scene):
    """Let every result change, and store one anew."""
    scene.supply.turn = 1
    scene.left.refresh(1)


def refresh_small(scene):
    """Let a result shrink until nothing large is left of it, and store it anew."""
    scene.supply.make = small
    scene.left.refresh(1)


def put(scene):
    """Store another result than the function's."""
    scene.left.put(scene.supply.make("left", 1, 7), 1)


def sweep(scene):
    """Store something an hour later."""
    scene.later()
    scene.ask("third", 9)


def litter(scene):
    """Let processes die at various steps of storing and of forgetting."""
    scene.ask("right", 1)
    for step in range(4, 80, 8):
        for name, x in (("left", step), ("third", 1)):
            child = os.fork()
            if child == 0:
                with Steps(scene.directory, die_at(step), CHANGES):
                    scene.functions[name].forget(x)
                    scene.ask(name, x)
                    scene.supply.turn = step
                    scene.functions[name].refresh(x)
                    scene.functions[name].forget(x)
                os._exit(0)
            os.waitpid(child, 0)


OTHERS = (("left", 2), ("right", 1), ("right", 2), ("third", 1))
OPERATIONS = {
    "store into nothing": Operation(lambda scene: None, lambda scene: scene.ask("left", 1)),
    "store beside others": Operation(
        lambda scene: scene.ask("right", 1), lambda scene: scene.ask("left", 1), (("right", 1),)
    ),
    "store synced": Operation(
        lambda scene: scene.ask("right", 1),
        lambda scene: scene.ask("left", 1),
        (("right", 1),),
        {"durability": "fsync"},
    ),
    "store compressed": Operation(
        lambda scene: scene.ask("right", 1),
        lambda scene: scene.ask("left", 1),
        (("right", 1),),
        {"compression": "auto"},
    ),
    "put over another": Operation(several, put, (("left", 1), *OTHERS)),
    "refresh": Operation(several, refresh, (("left", 1), *OTHERS)),
    "refresh compressed": Operation(several, refresh, (("left", 1), *OTHERS), {"compression": "zstd"}),
    "refresh with something small": Operation(several, refresh_small, (("left", 1), *OTHERS)),
    "forget": Operation(several, lambda scene: scene.left.forget(1), OTHERS),
    "forget the last": Operation(lambda scene: scene.ask("left", 1), lambda scene: scene.left.forget(1)),
    "clear a function": Operation(several, lambda scene: scene.left.clear(), OTHERS[1:]),
    "clear everything": Operation(several, lambda scene: scene.cache.clear()),
    "store without links": Operation(
        lambda scene: scene.ask("right", 1), lambda scene: scene.ask("left", 1), (("right", 1),), links=False
    ),
    "refresh without links": Operation(several, refresh, (("left", 1), *OTHERS), links=False),
    "forget without links": Operation(several, lambda scene: scene.left.forget(1), OTHERS, links=False),
    "sweep": Operation(litter, sweep, (("right", 1),)),
}


def no_link(*args, **kwargs):
    """Be a file system that has no hard links."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


class Crash:
    """One operation, killed at one step after the other in copies of one directory.

    Args:
        root: An empty folder.
        operation: Name of the operation.
        when: Whether it dies "before" or "after" the call of the step.
    """

    def __init__(self, root, operation, when="midway"):
        self.root, self.when = Path(root), when
        self.operation = OPERATIONS[operation]
        if not self.operation.links:
            os.link = no_link
        self.template = self.root / "template"
        self.template.mkdir(mode=0o700)
        self.operation.before(self.scene(self.template))
        # What is imported at the first use is imported here, in the parent of them all.
        warm = self.copy("warm")
        self.operation.act(self.scene(warm))
        self.problems = []

    def scene(self, directory):
        """Return the functions on a directory, under the options of the operation."""
        return Scene(directory, **self.operation.options)

    def copy(self, name):
        """Copy the prepared directory, hard links as hard links."""
        subprocess.run(["cp", "-a", self.template, self.root / name], check=True)
        return self.root / name

    def everywhere(self):
        """Die at every step until one run comes to its end; return the number of steps."""
        step = 0
        while True:
            step += 1
            directory = self.copy(str(step))
            status = self._killed_at(step, directory)
            try:
                self._judge(directory, status == 0)
            except Exception:  # noqa: BLE001 - each is reported with its step
                self.problems.append(f"step {step}: {traceback.format_exc(limit=-4)}")
            shutil.rmtree(directory)
            if status == 0:
                return step - 1
            if status != signal.SIGKILL:
                self.problems.append(f"step {step}: the child ended with {status}")
                return step

    def _killed_at(self, step, directory):
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1]
        try:
            scene = self.scene(directory)
            with Steps(directory, die_at(step, when=self.when), CHANGES):
                self.operation.act(scene)
        except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def _judge(self, directory, is_whole):
        if is_whole:
            self._expect("complete", Disk(directory).problems(copies=not self.operation.links))
        scene = self.scene(directory)
        for name, x in self.operation.kept:
            assert scene.functions[name].is_cached(x), f"{name}({x}) is gone"
            assert not scene.ask(name, x), f"{name}({x}) is gone"
        for name, x in (("left", 1), *OTHERS):
            scene.ask(name, x)
        for name, x in (("left", 1), *OTHERS):
            assert not scene.ask(name, x), f"{name}({x}) was not stored again"
        stats = scene.cache.stats()
        assert (stats.corrupt, stats.unstored) == (0, 0), stats
        self._still_shares(scene)
        later = self.scene(directory)
        later.later()
        later.ask("third", 8)
        self._expect("swept", Disk(directory).problems(copies=not self.operation.links))
        later.forget_all()
        for orphan in range(4, 80, 8):
            later.left.forget(orphan)
        left = Disk(directory)
        assert not left.published, left.published

    def _still_shares(self, scene):
        """Store a buffer that others have too, and look whether it is on disk once."""
        scene.ask("third", 2)
        if self.operation.links and self.operation.options.get("compression", "none") == "none":
            disk = Disk(scene.directory)
            mine, theirs = (disk.of(scene.entry(*call)) for call in (("third", 2), ("right", 1)))
            shared = [blob for blob in mine if blob in theirs]
            assert len(shared) == 1
            assert all(inode(mine[blob]) == inode(theirs[blob]) for blob in shared), "not linked"

    def _expect(self, state, problems):
        assert not problems, f"{state}: {problems}"


def main(root, operation, when):
    """Print how many steps there were and what was wrong."""
    warnings.simplefilter("error")
    numbers(0)
    crash = Crash(root, operation, when)
    steps = crash.everywhere()
    print(steps, len(crash.problems))
    for problem in crash.problems:
        print(problem)


if __name__ == "__main__":
    main(*sys.argv[1:])
