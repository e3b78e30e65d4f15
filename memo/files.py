"""Files: read whole, published whole or not at all, removed without a word."""

from __future__ import annotations

import errno
import os
import stat
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from memo.names import temporary_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

IMPORTED = time.time()
"""When memo was imported: a module that was loaded earlier may have been edited since."""

READ = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)  # an entry replaced by a link to elsewhere is not an entry
    | getattr(os, "O_NONBLOCK", 0)  # opening a FIFO would wait for a writer
    | getattr(os, "O_BINARY", 0)
)
"""Flags to open a file for reading."""

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_JOINED_BELOW = 16384
_REPEATS = 9  # of a write that a clear has hit
_TOPDIR = 0x20000  # FS_TOPDIR_FL of linux/fs.h


def disk_bytes(status: os.stat_result) -> int:
    """Return what a file takes on disk: allocated blocks where the system tells, else its length."""
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512


def publish(path: str, parts: Sequence[bytes], make: Callable[[str], None], *, fsync: bool) -> None:
    """Write a file and give it its name only when it is whole, replacing one of the same name.

    Args:
        path: The file.
        parts: Its content.
        make: Makes a missing folder.
        fsync: Whether it must survive a power cut from now on.

    Raises:
        OSError: It could not be written; nothing of it stays.
    """
    for _ in range(_REPEATS):
        with suppress(FileNotFoundError):  # somebody clears the folder, with the temporary file in it
            _publish(path, parts, make, fsync=fsync)
            return
    _publish(path, parts, make, fsync=fsync)


def _publish(path: str, parts: Sequence[bytes], make: Callable[[str], None], *, fsync: bool) -> None:
    temporary = temporary_path(path)
    fd = create(temporary, make)
    try:
        try:
            for part in parts if sum(map(len, parts)) > _JOINED_BELOW else (b"".join(parts),):
                write_all(fd, part)
            if fsync:
                os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except BaseException:  # also Ctrl-C: a cancelled write leaves no litter
        unlink(temporary)
        raise
    if fsync:
        sync_folder(os.path.dirname(path))


def create(path: str, make: Callable[[str], None]) -> int:
    """Open a new file for writing; `make` makes its folder where that is missing.

    Raises:
        OSError: It cannot be made, or is there.
    """
    try:
        return os.open(path, _CREATE, 0o600)
    except FileNotFoundError:
        make(os.path.dirname(path))
        return os.open(path, _CREATE, 0o600)


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of the data.

    Raises:
        OSError: It could not be written, or not all of it.
    """
    written = os.write(fd, data)
    if written == len(data):
        return
    view = memoryview(data)  # a write of more than 2 GiB, or to a nearly full disk, takes several turns
    while written < len(view):
        count = os.write(fd, view[written:])
        if count == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written += count


def read_rest(fd: int, start: bytes) -> bytes:
    """Read a file to its end, `start` already read."""
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is no regular file; what it gives might have no end")
    parts, left = [start], status.st_size - len(start)
    while left > 0 and (chunk := os.read(fd, left)):
        parts.append(chunk)
        left -= len(chunk)
    return b"".join(parts)


def sync_folder(folder: str) -> None:
    """Make what has been named or removed in a folder survive a power cut."""
    # Windows cannot open a folder; its rename is journalled.
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def unlink(path: str) -> bool:
    """Remove a file; return whether that was possible."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True


def is_link(path: str) -> bool:
    """Tell whether a path, with or without a separator at its end, is a link."""
    return os.path.islink(path.rstrip(os.sep))


def spread(folder: str) -> None:
    """Ask ext4 to spread the folders made in this one over the disk, as it does with home directories.

    In the region where files have been deleted lately, ext4 passes over every inode of theirs before it gives
    out one: after some thousand deletions, making a file takes 150 microseconds and more, in place of 20. Folders
    that are spread do not pay for each other's deletions. The attribute is `chattr +T` (see its manual); other
    file systems refuse it, and nothing is lost.
    """
    try:
        from fcntl import ioctl
    except ImportError:
        return
    empty = bytes(struct.calcsize("l"))
    get_flags, set_flags = (
        direction << 30 | len(empty) << 16 | ord("f") << 8 | number for direction, number in ((2, 1), (1, 2))
    )
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            (flags,) = struct.unpack("l", ioctl(fd, get_flags, empty))
            ioctl(fd, set_flags, struct.pack("l", flags | _TOPDIR))
        finally:
            os.close(fd)
