"""Memory of large buffers: mapped from files, or fresh and aligned."""

from __future__ import annotations

import mmap
import os
import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

    Mode: TypeAlias = Literal["c", "r", False]
    """Mapped copy-on-write, mapped read-only, copied."""

ALIGNMENT = 64
"""Bytes: what vector instructions of all processors are content with; pages are aligned to more."""

_READ_AT_MOST = 1 << 30  # one system call reads less than 2 GiB


class Map(mmap.mmap):
    """A file mapped copy-on-write: writing to the memory does not change the file."""


class ReadOnlyMap(Map):
    """A file mapped read-only: what is in it does not change, so a digest once made of it holds.

    Attributes:
        digests: Digests of parts of it, by offset and length in bytes.
    """

    digests: dict[tuple[int, int], bytes]

    def part_at(self, address: int, length: int) -> tuple[int, int] | None:
        """Return offset and length of a part of it that begins at an address; None where that is outside."""
        offset = address - address_of(memoryview(self))
        return (offset, length) if offset >= 0 and offset + length <= len(self) else None


_maps: WeakSet[Map] = WeakSet()


def memory_of(descriptor: int, length: int, *, writable: bool) -> memoryview:
    """Return the content of a file, mapped; where the system does not give any more maps, read.

    Args:
        descriptor: The file.
        length: Its length.
        writable: Whether it is mapped copy-on-write, else read-only.

    Raises:
        OSError: It can be neither mapped nor read.
        EOFError: It is shorter.
    """
    if _MAPS_HOLD_DESCRIPTORS and len(_maps) >= _most_maps():
        return read_file(descriptor, length)
    try:
        return _map_file(descriptor, length, writable=writable)
    except OSError:  # no more maps, or a file system that has none
        return read_file(descriptor, length)


# Until Python 3.13, each map keeps a descriptor of its file, of which most programs may have no more than 1024:
# a thousand results that somebody holds would leave none for anything else.
_MAPS_HOLD_DESCRIPTORS = os.name == "posix" and sys.version_info < (3, 13)


def _map_file(descriptor: int, length: int, *, writable: bool) -> memoryview:
    options: dict[str, Any] = {"access": mmap.ACCESS_COPY if writable else mmap.ACCESS_READ}
    if os.name == "posix" and not _MAPS_HOLD_DESCRIPTORS:
        options["trackfd"] = False
    mapped = (Map if writable else ReadOnlyMap)(descriptor, length, **options)
    if isinstance(mapped, ReadOnlyMap):
        mapped.digests = {}
    if _MAPS_HOLD_DESCRIPTORS:
        _maps.add(mapped)
    return memoryview(mapped)


def _most_maps() -> int:
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit // 4


def read_file(descriptor: int, length: int) -> memoryview:
    """Read a file of that length into fresh memory.

    Raises:
        OSError: It cannot be read.
        EOFError: It is shorter.
    """
    memory = allocate(length)
    at = 0
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        file.seek(0)
        while at < length:
            count = file.readinto(memory[at : at + _READ_AT_MOST])
            if not count:
                raise EOFError(f"ends after {at} of {length} bytes")
            at += count
    return memory


WINDOW = 16 << 20
"""Bytes of a file that is read through a map at a time: they count as memory of this process."""


def windows(view: memoryview) -> Iterator[memoryview]:
    """Yield a mapped file piece by piece, each piece given back to the system after its turn."""
    for at in range(0, len(view), WINDOW):
        piece = view[at : at + WINDOW]
        yield piece
        give_back(piece)


def give_back(piece: memoryview) -> None:
    """Tell the system that a part of a read-only map is not needed now; it will be read again if it is."""
    mapped = piece.obj
    if not isinstance(mapped, ReadOnlyMap) or not hasattr(mapped, "madvise"):
        return
    start = address_of(piece) - address_of(memoryview(mapped))
    end = start + len(piece)
    start += -start % mmap.PAGESIZE
    if end > start:
        mapped.madvise(mmap.MADV_DONTNEED, start, end - start)


def allocate(length: int) -> memoryview:
    """Return fresh writable memory, aligned, its content undefined.

    From numpy, whose large arrays ask the system for huge pages, and are not filled with zeros as a bytearray is.
    """
    import numpy as np

    raw: Any = np.empty(length + ALIGNMENT, np.uint8)
    start = -_address(raw) % ALIGNMENT
    return memoryview(raw)[start : start + length]


def address_of(view: memoryview) -> int:
    """Return where the bytes of a contiguous buffer begin; it must not be empty."""
    import numpy as np

    return _address(np.frombuffer(view, np.uint8))


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def processors() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
