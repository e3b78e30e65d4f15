"""What is in a file, as a digest: read once, and again only when the file looks changed."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import TypeAlias

from xxhash import xxh3_128

_CHUNK = 1 << 20
# A file changed this short a time ago (in ns) may change again without its times doing so: the clocks of file
# systems tick every few milliseconds, on FAT every two seconds; those that show parts of a second are no FAT.
_UNSETTLED, _UNSETTLED_COARSE = 100_000_000, 2_000_000_000
_SECOND = 1_000_000_000
_MOST = 100_000  # Files remembered; a few hundred bytes each.

_Stamp: TypeAlias = tuple[int, ...]

_known: dict[tuple[int, int], tuple[_Stamp, bytes]] = {}


def file_digest(path: str | os.PathLike[str]) -> str:
    """Return 32 hex digits for the content of a file, wherever it lies and whatever it is called.

    As a key function it makes a cached function depend on what is in a file, not on its name:

    >>> from memo import cached, file_digest
    >>> @cached(key={"path": file_digest})
    ... def rows(path: str) -> int:
    ...     with open(path) as file:
    ...         return sum(1 for _ in file)

    The digest (xxh3-128) is remembered for as long as size, times of change and inode stay as they are, so asking
    again costs no reading.

    Raises:
        TypeError: The argument is no path.
        OSError: There is no such file, it is a folder, or it cannot be read.
    """
    if isinstance(path, int):
        # `open` would take it for the number of an open file.
        raise TypeError(f"file_digest takes a path, not {type(path).__name__}")
    return content_of(os.fspath(path)).hex()


def content_of(path: str) -> bytes:
    """Return the digest of a file's bytes, which are read only if it looks changed.

    Raises:
        OSError: There is no such file, it is a folder, or it cannot be read.
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe would wait for its writer, and use up what it gives.
        code = errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL
        raise OSError(code, "not a file whose content could be read twice", path)
    place = status.st_dev, status.st_ino
    known = _known.get(place)
    if known is not None and known[0] == _stamp(status) and status.st_ino:
        return known[1]
    with open(path, "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        found = _digest_of(file.fileno())
        after = os.fstat(file.fileno())
    if _stamp(before) == _stamp(after) and _is_settled(after):
        if len(_known) >= _MOST:
            _known.clear()
        _known[after.st_dev, after.st_ino] = _stamp(after), found
    return found


def _stamp(status: os.stat_result) -> _Stamp:
    # The time of change of the inode as well: what is copied into place may keep the time of the original.
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _is_settled(status: os.stat_result) -> bool:
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    return time.time_ns() - changed > (_UNSETTLED if changed % _SECOND else _UNSETTLED_COARSE)


def _digest_of(fd: int) -> bytes:
    hasher = xxh3_128()
    while chunk := os.read(fd, _CHUNK):
        hasher.update(chunk)
    return hasher.digest()
