"""The steps of an operation: every call of `os` that concerns a directory, one after the other.

What is done at a step is up to the test: die, fail, or let somebody else go first.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import threading
from functools import wraps


def at_every_step(folder, act, least):
    """Act at one step after the other, each in a directory of its own, until there is none left.

    Args:
        folder: An empty folder.
        act: Acts at the step of a number in a directory; tells whether there was none of that number.
        least: How many there are at least.
    """
    step, is_over = 0, False
    while not is_over:
        step += 1
        directory = folder / str(step)
        directory.mkdir(mode=0o700)
        is_over = act(step, directory)
        shutil.rmtree(directory)
    assert step > least


NAMES = [
    "access",
    "chmod",
    "close",
    "copy_file_range",
    "fchmod",
    "fdatasync",
    "fstat",
    "fsync",
    "ftruncate",
    "link",
    "listdir",
    "lstat",
    "mkdir",
    "open",
    "posix_fadvise",
    "posix_fallocate",
    "pread",
    "preadv",
    "pwrite",
    "pwritev",
    "read",
    "readlink",
    "readv",
    "remove",
    "rename",
    "replace",
    "rmdir",
    "scandir",
    "sendfile",
    "stat",
    "statvfs",
    "symlink",
    "truncate",
    "unlink",
    "utime",
    "write",
    "writev",
]
LOOKS = frozenset(
    ["access", "fstat", "listdir", "lstat", "readlink", "scandir", "stat", "statvfs", "unlink", "remove", "rmdir"]
)
"""Calls without which nobody can clean up: when one of them fails, litter may stay until it is swept."""


CHANGES = tuple(name for name in NAMES if "read" not in name and name not in {*LOOKS, "close", "posix_fadvise"})
CHANGES += ("unlink", "remove", "rmdir")
"""Calls beside which a process may as well die: the others leave the disk as it is."""

NAMING = (*(name for name in CHANGES if "write" not in name), "listdir", "lstat", "scandir")
"""Calls that make, remove or look for names: between the others nobody can do anything that matters."""

_MANY = frozenset(["access", "listdir", "lstat", "readlink", "scandir", "stat"])
"""Calls that count only where something is: a walk looks for 256 folders, of which a test has three."""

_SUPPORT = (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids)


class Steps:
    """Counts the calls of `os` that concern a directory, in a `with` block, and makes of each what it is told.

    Args:
        directory: The directory.
        act: Called for each step with its number, from 1, the name of the function, and what makes the call; None
            makes it.
        only: The functions that count.
        under: What the paths that count begin with, seen from the directory.

    Attributes:
        made: Names and paths of the steps so far.
    """

    def __init__(self, directory, act=None, only=NAMES, under=("",)):
        self.under = under
        self.directory = os.path.realpath(directory)
        self.made = []
        self._act = act or (lambda number, name, call: call())
        self._originals = {name: getattr(os, name) for name in only if hasattr(os, name)}
        self._lock = threading.Lock()
        self._inside = threading.local()
        self._readlink = os.readlink

    def __enter__(self):
        for name, original in self._originals.items():
            setattr(os, name, self._counted(name, original))
        return self

    def __exit__(self, *_):
        for name, original in self._originals.items():
            patched = getattr(os, name)
            setattr(os, name, original)
            for support in _SUPPORT:
                support.discard(patched)

    def _counted(self, name, original):
        @wraps(original)
        def counted(*args, **kwargs):
            if getattr(self._inside, "now", False):
                return original(*args, **kwargs)
            self._inside.now = True
            try:
                path = self._path(args, kwargs)
                if (
                    path is None
                    or (name == "close" and _is_read_only(args[0]))
                    or (name in _MANY and not os.path.lexists(f"{self.directory}/{path}"))
                ):
                    return original(*args, **kwargs)
                with self._lock:
                    self.made.append((name, path))
                    number = len(self.made)
                return self._act(number, name, lambda *, half=False: original(*_halved(args, half), **kwargs))
            finally:
                self._inside.now = False

        for support in _SUPPORT:
            if original in support:
                support.add(counted)
        return counted

    def _path(self, args, kwargs):
        """Return what a call is about, or None where it is nothing in the directory."""
        targets = [*args[:2], *(kwargs[key] for key in ("path", "src", "dst") if key in kwargs)]
        for target in targets:
            try:
                path = self._resolved(target, kwargs)
            except (OSError, TypeError, ValueError):
                continue
            inside = path[len(self.directory) + 1 :]
            if path.startswith(self.directory) and inside.startswith(self.under):
                return inside
        return None

    def _resolved(self, target, kwargs):
        if isinstance(target, int):
            return self._readlink(f"/proc/self/fd/{target}")
        path = os.fsdecode(target)
        folder = kwargs.get("dir_fd", kwargs.get("src_dir_fd"))
        if folder is not None and not path.startswith(os.sep):
            path = f"{self._readlink(f'/proc/self/fd/{folder}')}/{path}"
        return path


def at_step(step, made, problem, directory):
    """Say at which step of those made there was a problem; what differs between runs is left out."""
    name, path = made[step - 1] if step <= len(made) else ("the end", "")
    text = f"{step} {name} {path}: {problem}".replace(str(directory), "")
    return re.sub(r"([0-9a-f]{4})[0-9a-f]{12,28}", r"\1..", text)


def _is_read_only(fd):
    """Tell whether a file was opened for reading: closing it can lose nothing."""
    return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY


def _halved(args, half):
    """Return the arguments of a write that gets no further than half of its data."""
    return (args[0], memoryview(args[1]).cast("B")[: len(args[1]) // 2], *args[2:]) if half else args


def die_at(step, *, when="midway"):
    """Return what kills this process at a step: "before" its call, "after" it, or "midway" in what it writes."""

    def act(number, name, call):
        if number == step and when == "midway" and name == "write":
            call(half=True)
        if number == step and when != "after":
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call()
        finally:  # also when the call fails, as a look for what is not there does
            if number == step:
                os.kill(os.getpid(), signal.SIGKILL)

    return act


class Fails:
    """What lets a step fail, and if it is to last all later calls of the same function.

    Attributes:
        failed: Name of the function that failed, None if it did not come to that.
    """

    def __init__(self, step, error, *, lasts=False):
        self.failed = None
        self._step, self._error, self._lasts = step, error, lasts

    def __call__(self, number, name, call):
        if number == self._step or (self._lasts and name == self.failed):
            self.failed = name
            if name == "close":
                call()  # the file is closed whatever close says
            if name == "write" and number % 2:
                return self._write_half(call)
            raise self._error
        return call()

    def _write_half(self, call):
        """Write half, as a nearly full disk does; there is no place for the rest."""
        half, self._step, self._lasts = call(half=True), -1, True
        return half


class Meets:
    """What lets somebody else do something before a step."""

    def __init__(self, step, meet):
        self._step, self._meet = step, meet

    def __call__(self, number, name, call):
        if number == self._step:
            self._meet()
        return call()
