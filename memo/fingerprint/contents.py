"""What is in the files that code depends on: those named in `depends_on`, and the user's compiled extensions."""

from __future__ import annotations

import os
import stat
import time

from xxhash import xxh3_128

from memo.files import IMPORTED

_CHUNK = 1 << 20
# A file changed this short a time ago (in ns) may change again without its time of change doing so: the clocks of
# file systems tick every few milliseconds, on FAT every two seconds.
_UNSETTLED = 2_000_000_000
# Linux tells when a process began in hundredths of a second, rounded down (in s).
_TICK = 0.02


class Contents:
    """A file or folder as a value: what is in it, wherever it lies and however it is called.

    Args:
        path: Relative ones are looked up in the working directory, as `open` does.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._known: dict[str, tuple[object, bytes]] = {}

    def __memo_hash__(self) -> object:
        """Return what stands for the content, or for its absence."""
        path = self._path
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return "missing"
        if not stat.S_ISDIR(status.st_mode):
            return "file", self._digest(path, status)
        files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        return "folder", [(os.path.relpath(file, path), self._digest(file, os.stat(file))) for file in files]

    def _digest(self, path: str, status: os.stat_result) -> bytes:
        """Return the digest of a file's bytes, which are read only if it looks changed."""
        stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        found = _digest_of(path)
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _UNSETTLED:
            self._known[path] = stamp, found
        return found


def loaded_digest(path: str) -> bytes:
    """Return the digest of an extension that is loaded.

    One that was built anew since the program began is perhaps not the one that runs: then something that no other
    process has, so that no result is filed under code that never ran.
    """
    try:
        return _digest_of(path) if is_as_loaded(path) else os.urandom(16)
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


def _digest_of(path: str) -> bytes:
    hasher = xxh3_128()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.digest()


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
