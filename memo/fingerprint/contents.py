"""What is in the files that code depends on: those named in `depends_on`, and the user's compiled extensions."""

from __future__ import annotations

import os
import stat
import time

from memo.contents import content_of
from memo.files import IMPORTED

# Linux tells when a process began in hundredths of a second, rounded down (in s).
_TICK = 0.02


class Contents:
    """A file or folder as a value: what is in it, wherever it lies and however it is called.

    Args:
        path: Relative ones are looked up in the working directory, as `open` does.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def __memo_hash__(self) -> object:
        """Return what stands for the content, or for its absence."""
        path = self._path
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return "missing"
        if not stat.S_ISDIR(status.st_mode):
            return "file", content_of(path)
        files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        return "folder", [(os.path.relpath(file, path), content_of(file)) for file in files]


def loaded_digest(path: str) -> bytes:
    """Return the digest of an extension that is loaded.

    One that was built anew since the program began is perhaps not the one that runs: then something that no other
    process has, so that no result is filed under code that never ran.
    """
    try:
        return content_of(path) if is_as_loaded(path) else os.urandom(16)
    except OSError:
        return os.urandom(16)


def is_as_loaded(path: str) -> bool:
    """Tell whether a file is surely as it was when the program loaded it: it was not changed since before."""
    try:
        status = os.stat(path)
        # Both: what is copied into place may keep the time of the original.
        return max(status.st_mtime, status.st_ctime) < min(IMPORTED, _started())
    except OSError:
        return False


def _started() -> float:
    """Return when this process began, in seconds since the epoch; as of `proc(5)`, so on Linux only.

    Elsewhere the time at which memo was imported has to do, which is a little later.
    """
    try:
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        return booted + ticks / os.sysconf("SC_CLK_TCK") + _TICK
    except (OSError, ValueError, IndexError, AttributeError):
        return IMPORTED
