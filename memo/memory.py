"""Memory of large buffers: mapped from files, or fresh and aligned."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Mode: TypeAlias = Literal["c", "r", False]
    """Mapped copy-on-write, mapped read-only, copied."""

ALIGNMENT = 64
"""Bytes: what vector instructions of all processors are content with; pages are aligned to more."""

_READ_AT_MOST = 1 << 30  # one system call reads less than 2 GiB


class ReadOnlyMap(mmap.mmap):
    """A file mapped read-only: what is in it does not change, so a digest once made of it holds.

    Attributes:
        digests: Digests of parts of it, by offset and length in bytes.
    """

    digests: dict[tuple[int, int], bytes]

    def part_at(self, address: int, length: int) -> tuple[int, int] | None:
        """Return offset and length of a part of it that begins at an address; None where that is outside."""
        offset = address - address_of(memoryview(self))
        return (offset, length) if offset >= 0 and offset + length <= len(self) else None


def map_file(descriptor: int, length: int, *, writable: bool) -> memoryview:
    """Map a file: read-only, or copy-on-write, so that writing to the memory does not change the file.

    Raises:
        OSError: It cannot be mapped.
    """
    if writable:
        return memoryview(mmap.mmap(descriptor, length, access=mmap.ACCESS_COPY))
    mapped = ReadOnlyMap(descriptor, length, access=mmap.ACCESS_READ)
    mapped.digests = {}
    return memoryview(mapped)


def read_file(descriptor: int, length: int) -> memoryview:
    """Read a file of that length into fresh memory.

    Raises:
        OSError: It cannot be read.
        EOFError: It is shorter.
    """
    memory = allocate(length)
    at = 0
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        while at < length:
            count = file.readinto(memory[at : at + _READ_AT_MOST])
            if not count:
                raise EOFError(f"ends after {at} of {length} bytes")
            at += count
    return memory


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
