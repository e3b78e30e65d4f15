"""Regions: which memory the buffers of a result cover, so that what they share is stored once.

Two views of one array hand out two buffers that overlap. Stored apart, they would take twice the bytes, and no
longer share memory when they come back.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from memo.envelope import INLINE
from memo.memory import ALIGNMENT, address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LARGE = 64 * 1024
"""Bytes from which a region is stored on its own: below, one more file costs more than it can save."""


class Buffer(NamedTuple):
    """A buffer of a result.

    Attributes:
        view: Its bytes; of a strided array, all bytes from its first to its last item.
        item_size: Bytes of an item.
        used: How many bytes the items take, where there are gaps between them.
        compact: Makes the bytes of the items alone, where there are gaps.
    """

    view: memoryview
    item_size: int = 1
    used: int = 0
    compact: Callable[[], memoryview] | None = None


class Region(NamedTuple):
    """Bytes to store together: consecutive in memory, or many small regions joined.

    Attributes:
        parts: The bytes, in order.
        length: How many.
        item_size: Bytes of an item, for compression.
    """

    parts: tuple[memoryview, ...]
    length: int
    item_size: int

    def blocks(self, size: int) -> Iterator[memoryview]:
        """Yield the bytes in contiguous blocks of that size; only the last one is shorter."""
        if len(self.parts) == 1:
            (part,) = self.parts
            for at in range(0, self.length, size):
                yield part[at : at + size]
            return
        gathered = bytearray()
        for part in self.parts:
            at = 0
            while at < len(part):
                taken = part[at : at + size - len(gathered)]
                gathered += taken
                at += len(taken)
                if len(gathered) == size:
                    yield memoryview(gathered)
                    gathered = bytearray()
        if gathered:
            yield memoryview(gathered)


class Place(NamedTuple):
    """Where the bytes of a buffer are: number of the region or `INLINE`, offset there, and how many."""

    region: int
    offset: int
    length: int


class Arrangement(NamedTuple):
    """Where all buffers of a result are.

    Attributes:
        regions: What is stored on its own.
        small: What is not, joined.
        places: For each buffer, where it is.
    """

    regions: list[Region]
    small: Region
    places: list[Place]


_PADDING = memoryview(bytes(ALIGNMENT))
_EMPTY = Region((), 0, 1)


def arrange(buffers: Sequence[Buffer]) -> Arrangement:
    """Find the regions that the buffers of a result cover."""
    clusters = _clusters(buffers)
    # In the order of the result, not of the addresses: equal results give equal bytes, which are stored once.
    clusters.sort(key=lambda cluster: min(index for index, _ in cluster.members))
    places = [Place(INLINE, 0, 0)] * len(buffers)
    regions = [cluster.region() for cluster in clusters if cluster.length >= LARGE]
    small: list[_Cluster] = [cluster for cluster in clusters if cluster.length < LARGE]
    joined, offsets = _join(small)
    number = INLINE
    if joined.length >= LARGE:
        number = len(regions)
        regions.append(joined)
        joined = _EMPTY
    for cluster, offset in zip(small, offsets, strict=True):
        cluster.put(places, number, offset)
    large = (cluster for cluster in clusters if cluster.length >= LARGE)
    for index, cluster in enumerate(large):
        cluster.put(places, index, 0)
    return Arrangement(regions, joined, places)


class _Cluster:
    """Buffers that overlap, directly or by others between them."""

    def __init__(self) -> None:
        self.start = self.end = 0
        self.members: list[tuple[int, int]] = []  # number and address of each buffer
        self.buffers: list[Buffer] = []

    @property
    def length(self) -> int:
        return self.end - self.start

    def add(self, index: int, address: int, buffer: Buffer) -> None:
        if not self.members:
            self.start = self.end = address
        self.members.append((index, address))
        self.buffers.append(buffer)
        self.end = max(self.end, address + len(buffer.view))

    def has_more_gaps_than_items(self) -> bool:
        """Tell whether storing all of it would take more than storing the items of each buffer apart."""
        return any(buffer.compact for buffer in self.buffers) and self.length > sum(
            buffer.used if buffer.compact else len(buffer.view) for buffer in self.buffers
        )

    def region(self) -> Region:
        parts: list[memoryview] = []
        end = self.start
        for (_, address), buffer in zip(self.members, self.buffers, strict=True):
            if address + len(buffer.view) > end:
                parts.append(buffer.view[end - address :] if address < end else buffer.view)
                end = address + len(buffer.view)
        return Region(tuple(parts), self.length, self.buffers[0].item_size)

    def put(self, places: list[Place], region: int, offset: int) -> None:
        for (index, address), buffer in zip(self.members, self.buffers, strict=True):
            places[index] = Place(region, offset + address - self.start, len(buffer.view))


def _clusters(buffers: Sequence[Buffer]) -> list[_Cluster]:
    located = [(address_of(buffer.view), index) for index, buffer in enumerate(buffers) if len(buffer.view)]
    clusters: list[_Cluster] = []
    for cluster in _overlapping(buffers, located):
        clusters += _without_gaps(buffers, cluster) if cluster.has_more_gaps_than_items() else [cluster]
    return clusters


def _overlapping(buffers: Sequence[Buffer], located: list[tuple[int, int]]) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    # Of those that begin together the longest first: its memory then covers the others.
    for address, index in sorted(located, key=lambda pair: (pair[0], -len(buffers[pair[1]].view))):
        if not clusters or address >= clusters[-1].end:
            clusters.append(_Cluster())
        clusters[-1].add(index, address, buffers[index])
    return clusters


def _without_gaps(buffers: Sequence[Buffer], cluster: _Cluster) -> list[_Cluster]:
    """Return the clusters of the buffers without gaps; those with gaps join one around them, or are copied."""
    solid = [(address, index) for index, address in cluster.members if not buffers[index].compact]
    clusters = _overlapping(buffers, solid)
    starts = [cluster.start for cluster in clusters]
    copies: list[_Cluster] = []
    for index, address in cluster.members:
        buffer = buffers[index]
        if buffer.compact is None:
            continue
        found = bisect_right(starts, address) - 1
        if found >= 0 and address + len(buffer.view) <= clusters[found].end:
            clusters[found].add(index, address, buffer)
        else:
            copies.append(_Cluster())
            view = buffer.compact()
            copies[-1].add(index, address_of(view), buffer._replace(view=view))
    return clusters + copies


def _join(clusters: Sequence[_Cluster]) -> tuple[Region, list[int]]:
    """Join small regions, each of them aligned; return where each one begins."""
    parts: list[memoryview] = []
    offsets: list[int] = []
    length = 0
    for cluster in clusters:
        padding = -length % ALIGNMENT
        if padding:
            parts.append(_PADDING[:padding])
        offsets.append(length + padding)
        parts += cluster.region().parts
        length += padding + cluster.length
    return Region(tuple(parts), length, clusters[0].buffers[0].item_size if clusters else 1), offsets
