"""Columns of texts and bytes, behind offsets, in views or behind codes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.arrow_column import WIDTHS, Column, runs

if TYPE_CHECKING:
    from memo.hashing.arrow_memory import Array, Chunk, Type

# The last two say where a text lies, or are the rest of it.
VIEW = np.dtype([("length", "u4"), ("start", "u4"), ("which", "u4"), ("offset", "u4")])
DECODED = "="  # Stands before the format of codes that are to be decoded; no format of Arrow's begins so.
INLINE = 12  # Bytes of a text that fit into its view.
SHORT = 256  # Pieces of more bytes are hashed where they lie.
GATHERED = 1 << 15  # Shorter ones gathered at a time.


class Texts(Column):
    """Texts or bytes behind offsets, which lie one after the other: the lengths, then all the bytes."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.offset = np.dtype("i4" if kind.format in {"u", "z"} else "i8")
        self.lengths = xxh3_128()

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        """Take the values of a few rows."""
        offsets = chunk.items(1, self.offset, chunk.offset + start, count + 1).astype("i8")
        lengths = np.diff(offsets)
        counted = lengths if shown is None else np.where(shown, lengths, 0)
        self.lengths.update(counted)  # type: ignore[arg-type]
        size = int(offsets[-1] - offsets[0])
        if counted is lengths or counted.sum() == size:
            self.data.update(chunk.items(2, np.uint8, int(offsets[0]), size))  # type: ignore[arg-type]
            return
        if size > SHORT * count:
            for first, length in runs(offsets[:-1], counted):
                self.data.update(chunk.items(2, np.uint8, first, length))  # type: ignore[arg-type]
            return
        # What was there before lies under nulls, as some libraries leave it.
        for first in range(0, count, GATHERED):
            part, last = slice(first, first + GATHERED), min(first + GATHERED, count)
            data = chunk.items(2, np.uint8, int(offsets[first]), int(offsets[last] - offsets[first]))
            self.data.update(data[np.repeat(counted[part] > 0, lengths[part])])  # type: ignore[arg-type]

    def digest(self) -> bytes:
        """Return the digest of what was taken."""
        return xxh3_128_digest(super().digest() + self.lengths.digest())


class Views(Column):
    """Texts or bytes in views of 16 bytes: a length, and the text, or four bytes of it and where the rest lies.

    Short ones are hashed as they lie. The others follow in a stream of their own, as if they lay there one after
    the other.
    """

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.longer = xxh3_128()

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        """Take the values of a few rows."""
        self.take_views(chunk, chunk.items(1, VIEW, chunk.offset + start, count), shown)

    def take_views(self, chunk: Chunk, views: Array, shown: Array | None) -> None:
        """Take views of texts in the buffers of a chunk."""
        if shown is not None:
            views = np.where(shown, views, np.zeros((), VIEW))
        longer = views["length"] > INLINE
        if longer.any():
            self._take_longer(chunk, views if longer.all() else views[longer])
            views = views.copy()
            # Where a text lies is no part of it.
            views["which"][longer] = views["offset"][longer] = 0
        self.data.update(views.view(np.uint8))  # type: ignore[arg-type]

    def _take_longer(self, chunk: Chunk, views: Array) -> None:
        sizes = chunk.items(len(chunk.buffers) - 1, np.int64, 0, len(chunk.buffers) - 3)
        buffers = [chunk.items(at + 2, np.uint8, 0, int(size)) for at, size in enumerate(sizes)]
        lengths, which, offsets = (views[name].astype(np.int64) for name in ("length", "which", "offset"))
        breaks = np.flatnonzero((which[1:] != which[:-1]) | (offsets[1:] != offsets[:-1] + lengths[:-1])) + 1
        if lengths.sum() > SHORT * (len(breaks) + 1):
            for first, last in pairwise([0, *breaks.tolist(), len(views)]):
                piece = slice(int(offsets[first]), int(offsets[last - 1] + lengths[last - 1]))
                self.longer.update(buffers[int(which[first])][piece])  # type: ignore[arg-type]
            return
        # Scattered, as a sort or a join leaves them.
        for first in range(0, len(views), GATHERED):
            few = slice(first, first + GATHERED)
            self.longer.update(_gathered(buffers, lengths[few], which[few], offsets[few]))  # type: ignore[arg-type]

    def digest(self) -> bytes:
        """Return the digest of what was taken."""
        return xxh3_128_digest(super().digest() + self.longer.digest())


class Decoded(Views):
    """Codes of texts, as if the texts stood there themselves: see `decoded`."""

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        """Take the values of a few rows."""
        width = WIDTHS[self.kind.format.removeprefix(DECODED)]
        codes = chunk.items(1, f"u{width}", chunk.offset + start, count)
        if shown is not None:
            codes = np.where(shown, codes, codes.dtype.type(0))
        values = cast("Chunk", chunk.dictionary)
        if not values.length:
            self.take_views(values, np.zeros(count, VIEW), None)
            return
        views = values.items(1, VIEW, values.offset, values.length)
        self.take_views(values, views[codes], shown)


def _gathered(buffers: list[Array], lengths: Array, which: Array, offsets: Array) -> Array:
    """Return texts one after the other, all of one length at a time.

    numpy moves a million of one length in the time in which Python slices a tenth of them.
    """
    ends = np.cumsum(lengths)
    texts = np.empty(int(ends[-1]), np.uint8)
    # Of two bytes each, if they fit: numpy sorts these by radix.
    kind = np.uint16 if max(int(lengths.max()), int(which.max())) < 1 << 16 else np.int64
    order = np.lexsort((which.astype(kind), lengths.astype(kind)))
    changed = np.diff(lengths[order], prepend=-1) | np.diff(which[order], prepend=-1)
    for first, last in pairwise([*np.flatnonzero(changed).tolist(), len(order)]):
        rows = order[first:last]
        length = int(lengths[rows[0]])
        _windows(texts, length)[ends[rows] - length] = _windows(buffers[which[rows[0]]], length)[offsets[rows]]
    return texts


def _windows(data: Array, length: int) -> Array:
    """Return the pieces of that length, one at each byte, which overlap."""
    return np.ndarray((len(data) - length + 1,), f"V{length}", data, strides=(1,))
