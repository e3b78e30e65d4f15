"""A folder held open: its path can come to mean another folder, its descriptor cannot.

What cleans /tmp may delete a cache under a running program; anybody could then make a folder of that name, and
fill it. Besides, opening a file relative to a descriptor saves a twentieth of the time of a hit.
"""

from __future__ import annotations

import os
from contextlib import suppress
from weakref import WeakValueDictionary

_HOLD = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Folder:
    """One folder, as it was when it was opened.

    Where the system cannot open relative to a descriptor (Windows), or has none left, it is its path.

    Args:
        path: The folder, with a separator at its end.

    Attributes:
        base: What to put before the name of a file in it.
        descriptor: What to give to `os.open` as `dir_fd`.
    """

    base: str
    descriptor: int | None

    def __init__(self, path: str) -> None:
        self.base, self.descriptor = path, None
        self._path = path
        self._identity: tuple[int, int] | None = None
        if os.open in os.supports_dir_fd:
            with suppress(OSError):
                self.descriptor = os.open(path, _HOLD)
                self.base = ""
                self._identity = _identity(os.fstat(self.descriptor))

    def is_current(self) -> bool:
        """Tell whether the path still means this folder, and the descriptor too.

        A program that turns itself into a daemon closes all descriptors, and their numbers go to other files.
        """
        if self.descriptor is None:
            return os.path.isdir(self._path)
        try:
            return _identity(os.stat(self._path)) == self._identity == _identity(os.fstat(self.descriptor))
        except OSError:
            return False

    def __del__(self) -> None:
        if self.descriptor is not None:
            with suppress(OSError):
                if _identity(os.fstat(self.descriptor)) == self._identity:
                    os.close(self.descriptor)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


_held: WeakValueDictionary[str, Folder] = WeakValueDictionary()


def hold(path: str) -> Folder:
    """Return the folder at a path, opened once however many caches use it: descriptors are few."""
    folder = _held.get(path)
    if folder is None or not folder.is_current():
        folder = _held[path] = Folder(path)
    return folder
