"""Digests of the data of numpy arrays: of the bytes the array would have in C order, without making them all.

The digest of an array equals the content digest of its contiguous copy, so that a buffer stored under its
content digest need not be hashed again as an argument. Not so where bytes in memory mean nothing: fields with
padding between them and long doubles are gathered field by field.
"""

from __future__ import annotations

from itertools import product
from math import gcd, prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.tokens import content_digest
from memo.memory import ReadOnlyMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    # An array of any shape and dtype.
    Array = np.ndarray[Any, Any]

BLOCK = 256 << 10  # Bytes copied at a time: stays in the second-level cache.
PANEL = 8 << 20  # The same for arrays whose rows are scattered, where every cache line serves several rows.
PIECE = 1 << 10  # Bytes taken in one place of such an array: as many as serve the prefetcher.
PLACES = 256  # Places of a tile. It fits the second-level cache.
FEWEST = 16
TILE = 1 << 16  # Items of a tile at least: Python's part in copying them is small.
MOST_COLUMNS = 1024  # Columns of a table taken together, and rows of it at least: so many bytes of each that
FEWEST_ROWS = 512  # Python's part in hashing them is small.
NARROW = 4
CACHE_LINE = 64
CACHE_PERIOD = 4096  # Lines so many bytes apart compete for the same few places of the first-level cache.
CACHE_WAYS = 8
REMEMBERED_FROM = 64 << 10  # Bytes of an array that comes from a file in the cache; smaller ones lie elsewhere.
MOST_REMEMBERED = 4096  # Parts of one file.
PADDED = frozenset("gG")  # Long doubles have bytes that mean nothing.


def data_digest(array: Array) -> bytes:
    """Return the digest of an array's elements in C order; not for arrays that hold objects."""
    dtype = array.dtype
    if dtype.kind == "V" and (dtype.names is not None or dtype.subdtype is not None):
        fields = dtype.names or ()
        return xxh3_128_digest(b"".join([data_digest(array[name]) for name in fields]))
    array = _times_as_numbers(array)
    if dtype.char in PADDED:
        array = _without_padding(array)
    if array.flags.c_contiguous:
        if array.nbytes >= REMEMBERED_FROM and not array.flags.writeable:
            return _remembered_digest(array)
        return xxh3_128_digest(array)  # type: ignore[arg-type]
    hasher = xxh3_128()
    for block in _blocks(array):
        hasher.update(block)  # type: ignore[arg-type]
    return hasher.digest()


def _remembered_digest(array: Array) -> bytes:
    """Return the digest of a contiguous read-only array, from the file that it is mapped from if that has it.

    Only of memory that nobody can write to. An array that is merely marked read-only can be the view of one that
    is written to, and the mark can be taken back.
    """
    mapped = _map_under(array)
    place = None if mapped is None else mapped.part_at(_address(array), array.nbytes)
    if mapped is None or place is None:
        return content_digest(array)
    digest = mapped.digests.get(place)
    if digest is None:
        digest = content_digest(array)
        if len(mapped.digests) < MOST_REMEMBERED:
            mapped.digests[place] = digest
    return digest


def _map_under(array: Any) -> ReadOnlyMap | None:
    """Return the read-only map in whose memory an array lies, if it does."""
    while type(array) is np.ndarray:
        array = array.base
    mapped: Any = array.obj if type(array) is memoryview else None
    return mapped if type(mapped) is ReadOnlyMap else None


def masked_digest(array: Array, mask: Array) -> bytes:
    """Return the digest of an array's elements in C order with zeros in place of those that are masked."""
    hasher = xxh3_128()
    zero = np.zeros((), array.dtype)
    for place in _pieces(array, BLOCK):
        shown = np.ascontiguousarray(np.where(mask[place], zero, array[place]))
        hasher.update(_times_as_numbers(shown))  # type: ignore[arg-type]
    return hasher.digest()


def _pieces(array: Array, limit: int) -> Iterator[tuple[int | slice, ...]]:
    """Yield indices that cut an array into pieces of so many bytes at most, if rows are no longer, in C order."""
    if not array.ndim:
        yield ()
        return
    axis, size = array.ndim - 1, array.itemsize
    while axis > 0 and size * array.shape[axis] <= limit:
        size *= array.shape[axis]
        axis -= 1
    step = max(1, limit // size)
    for outer in product(*map(range, array.shape[:axis])):
        for start in range(0, array.shape[axis], step):
            yield (*outer, slice(start, start + step))


def _times_as_numbers(array: Array) -> Array:
    # Times have no buffer of their own.
    return array.view(f"{array.dtype.byteorder.replace('|', '=')}i8") if array.dtype.kind in "Mm" else array


def column_digests(columns: Sequence[Array]) -> list[bytes]:
    """Return the data digests of one-dimensional arrays of one length.

    Strided ones are the columns of one table: read one by one, each would fetch the whole table from memory.
    """
    columns = [_times_as_numbers(column) for column in columns]
    digests: list[bytes] = []
    while len(digests) < len(columns):
        first = len(digests)
        count, gap = _evenly_spaced(columns, first)
        digests += [data_digest(columns[first])] if count == 1 else _table_digests(columns[first], count, gap)
    return digests


def _evenly_spaced(columns: Sequence[Array], first: int) -> tuple[int, int]:
    """Return how many columns from the first on make a table, and how far apart they lie in it."""
    one = columns[first]
    if one.flags.c_contiguous or one.dtype.kind not in "biufc" or one.dtype.char in PADDED:
        return 1, 0
    others = columns[first + 1 : first + MOST_COLUMNS]
    # From the next column alone, which may be the same memory again: then they all have to be.
    gap = _address(others[0]) - _address(one) if others else 0
    count = 1
    for column in others:
        apart = _address(column) - _address(one)
        if column.dtype != one.dtype or column.strides != one.strides or apart != count * gap:
            break
        count += 1
    return count, gap


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _table_digests(first: Array, count: int, gap: int) -> list[bytes]:
    """Return the digests of the first column and of those beside it in one table."""
    table = as_strided(first, (len(first), count), (*first.strides, gap), writeable=False)
    step = max(FEWEST_ROWS, BLOCK // (abs(first.strides[0]) or BLOCK))
    buffer: Array = np.empty((count, step), first.dtype)
    hashers = [xxh3_128() for _ in range(count)]
    for start in range(0, len(table), step):
        rows = table[start : start + step].T
        target = buffer[:, : rows.shape[1]]
        target[...] = rows
        for hasher, column in zip(hashers, target, strict=True):
            hasher.update(column)
    return [hasher.digest() for hasher in hashers]


def _without_padding(array: Array) -> Array:
    """Return the bytes of long doubles that mean something: 10 of 16 on x86, on other machines all."""
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    parts = 2 if native.dtype.char == "G" else 1
    size = native.dtype.itemsize // parts
    used = 10 if np.finfo(np.longdouble).nmant == 63 else size  # noqa: PLR2004 - of the 80-bit format
    raw = native[..., np.newaxis].view(np.uint8)
    return raw.reshape(*array.shape, parts, size)[..., :used]


def _blocks(array: Array) -> Iterator[Array]:
    """Yield the array in C order as contiguous blocks; each is overwritten by the next."""
    near = _nearest_axis(array)
    buffer: Array = np.empty(0, array.dtype)
    for place in _pieces(array, BLOCK if near is None else PANEL):
        source = array[place]
        if not buffer.size:
            buffer = np.empty(source.size, array.dtype)  # No other piece is larger than the first.
        target = buffer[: source.size].reshape(source.shape)
        within = None if near is None else near - (array.ndim - source.ndim)
        if within is None or within < 0:
            _copy(source, target)
        else:
            for tile in _tiles(source, within):
                _copy(source[tile], target[tile])
        yield target


def _nearest_axis(array: Array) -> int | None:
    """Return the axis along which neighbours share cache lines, None if that is the last, as in C order."""
    strides = [abs(stride) if length > 1 else 0 for stride, length in zip(array.strides, array.shape, strict=True)]
    nearest = min((stride for stride in strides if stride), default=0)
    return None if strides[-1] <= max(nearest, CACHE_LINE // 2) else strides.index(nearest)


def _copy(source: Array, target: Array) -> None:
    if source.ndim > 1 and source.shape[-1] <= NARROW:
        # numpy's innermost loop would be as short as the last axis: five times slower, for the pixels of an image.
        for place in range(source.shape[-1]):
            target[..., place] = source[..., place]
    else:
        target[...] = source


def _tiles(array: Array, near: int) -> Iterator[tuple[slice, ...]]:
    """Yield the parts in which to copy an array so that cache lines are used up while they are cached."""
    steps = [1] * array.ndim
    # Where the last axis is a power of two apart, few lines are cached at a time: 20 times slower when ignored.
    apart = max(CACHE_LINE, gcd(array.strides[-1], CACHE_PERIOD))
    room = max(FEWEST, min(PLACES, CACHE_WAYS * CACHE_PERIOD // apart))
    for axis in reversed(range(array.ndim)):
        if axis != near:
            steps[axis] = max(1, min(room, array.shape[axis]))
            room //= steps[axis]
    least = max(1, PIECE // array.itemsize, TILE // prod(steps))
    steps[near] = -(-array.shape[near] // max(1, array.shape[near] // least))  # No piece is left that is smaller.
    ranges = [range(0, length, step) for length, step in zip(array.shape, steps, strict=True)]
    for starts in product(*ranges):
        yield tuple(slice(start, start + step) for start, step in zip(starts, steps, strict=True))
