"""Digests of columns of Arrow data: of their values, however they are cut into chunks and wherever they lie.

A column's digest is made of a few streams: which rows are null, the values with nothing under nulls, lengths, and
the digests of its children. What is fed to a stream follows from the rows alone, so neither chunks nor slices nor
offsets nor leftovers in the buffers show.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.node import Refused
from memo.hashing.tokens import scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memo.hashing.arrow_memory import Array, Chunk, Type

ROWS = 1 << 18  # Rows taken at a time, so that no mask or copy grows large.
# The last two say where a text lies, or are the rest of it.
VIEW = np.dtype([("length", "u4"), ("start", "u4"), ("which", "u4"), ("offset", "u4")])
DECODED = "="  # Stands before the format of codes that are to be decoded; no format of Arrow's begins so.
INLINE = 12  # Bytes of a text that fit into its view.
SHORT = 256  # Pieces of more bytes are hashed where they lie.
GATHERED = 1 << 15  # Shorter ones gathered at a time.

# Bytes of one value; booleans, texts and nested types have ways of their own.
WIDTHS = {
    "c": 1,
    "C": 1,
    "s": 2,
    "S": 2,
    "i": 4,
    "I": 4,
    "l": 8,
    "L": 8,
    "e": 2,
    "f": 4,
    "g": 8,
    # Dates, times of day and intervals.
    "tdD": 4,
    "tdm": 8,
    "tts": 4,
    "ttm": 4,
    "ttu": 8,
    "ttn": 8,
    "tiM": 4,
    "tiD": 8,
    "tin": 16,
    # polars' own.
    "_pli128": 16,
    "_plu128": 16,
    "_plf16": 2,
}


def type_token(kind: Type) -> bytes:
    """Return the token of a type; names of fields and metadata are part of it."""
    inner = [] if kind.dictionary is None else [kind.dictionary]
    head: list[Any] = [kind.format, kind.name, kind.flags, len(kind.metadata), len(kind.children), len(inner)]
    parts = [*head, *(part for pair in kind.metadata for part in pair)]
    return b"".join([*map(scalar_token, parts), *map(type_token, [*kind.children, *inner])])


def decoded(kind: Type) -> Type:
    """Return a type in which the texts behind codes count, not the codes, which may tell what else there was."""
    children = tuple(map(decoded, kind.children))
    if kind.dictionary is None:
        return kind._replace(children=children)
    if kind.dictionary.format != "vu":
        raise Refused("its categories are no views of texts")
    return kind._replace(format=DECODED + kind.format, children=children)


def column_digest(kind: Type, chunks: Iterable[Chunk]) -> bytes:
    """Return the digest of the values of a column."""
    column = column_of(kind)
    for chunk in chunks:
        column.take(chunk, 0, chunk.length, None)
    return column.digest()


class Column:
    """A column under way; those without values of their own, as of type null, are just this."""

    def __init__(self, kind: Type) -> None:
        self.kind = kind
        self.rows = 0
        self.nulls: xxh3_128 | None = None  # Begun at the first null.
        self.data = xxh3_128()
        self.children = [column_of(child) for child in kind.children]

    def take(self, chunk: Chunk, start: int, count: int, live: Array | None) -> None:
        """Take rows of a chunk; ``live`` says which of them count, for a null above has nothing below."""
        if chunk.dictionary is not None and self.kind.dictionary is None:
            raise Refused("its library exports numbers of values without saying so")  # polars, of extension types
        for first in range(start, start + count, ROWS):
            rows = min(ROWS, start + count - first)
            part = None if live is None else live[first - start : first - start + rows]
            self.take_rows(chunk, first, rows, self.mark(chunk, first, rows, part))
            self.rows += rows

    def mark(self, chunk: Chunk, start: int, count: int, live: Array | None) -> Array | None:
        """Note which rows are null; return those that are not, None if none is null."""
        valid = self.valid(chunk, start, count)
        shown = valid if live is None else live if valid is None else live & valid
        if shown is not None and shown.all():
            shown = None
        if shown is not None and self.nulls is None:
            self.nulls = xxh3_128()
            for done in range(0, self.rows, ROWS):
                self.nulls.update(bytes([1]) * min(ROWS, self.rows - done))
        if self.nulls is not None:
            self.nulls.update(bytes([1]) * count if shown is None else shown.tobytes())
        return shown

    def valid(self, chunk: Chunk, start: int, count: int) -> Array | None:
        """Return which rows are not null in the column's own bitmap, None if all."""
        return chunk.valid(start, count)

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        """Take the values of a few rows."""

    def digest(self) -> bytes:
        """Return the digest of what was taken."""
        nulls = b"" if self.nulls is None else self.nulls.digest()
        parts = [scalar_token(self.rows), nulls, self.data.digest(), *(child.digest() for child in self.children)]
        return xxh3_128_digest(b"".join(parts))


class _Nothing(Column):
    """Of type null, which has no bitmap either."""

    def valid(self, chunk: Chunk, start: int, count: int) -> Array | None:
        del chunk, start, count
        return None


class _Fixed(Column):
    """Values of one width."""

    def __init__(self, kind: Type, width: int) -> None:
        super().__init__(kind)
        self.dtype = np.dtype(f"V{width}")

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        values = chunk.items(1, self.dtype, chunk.offset + start, count)
        if shown is not None:
            values = values.copy()
            values[~shown] = np.zeros((), self.dtype)
        self.data.update(values.view(np.uint8))  # type: ignore[arg-type]


class _Booleans(Column):
    """One bit each."""

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        values = chunk.bits(1, start, count)
        self.data.update((values if shown is None else values & shown).tobytes())


class _Codes(Column):
    """Numbers into a dictionary, which counts as it is, used or not."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.codes = _Fixed(kind, _width(kind.format, ""))
        self.values = cast("Type", kind.dictionary)
        self.dictionary = column_digest(self.values, [])
        self.seen: Chunk | None = None
        self.changes = xxh3_128()

    def take(self, chunk: Chunk, start: int, count: int, live: Array | None) -> None:
        if chunk.dictionary is not None and chunk.dictionary is not self.seen:
            self.seen = chunk.dictionary
            dictionary = column_digest(self.values, [chunk.dictionary])
            if dictionary != self.dictionary:
                # Where a chunk has a dictionary of its own, its numbers mean something else from here on.
                self.dictionary = dictionary
                self.changes.update(scalar_token(self.codes.rows) + dictionary)
        self.codes.take(chunk, start, count, live)

    def digest(self) -> bytes:
        return xxh3_128_digest(self.changes.digest() + self.codes.digest())


class _Texts(Column):
    """Texts or bytes behind offsets, which lie one after the other: the lengths, then all the bytes."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.offset = np.dtype("i4" if kind.format in {"u", "z"} else "i8")
        self.lengths = xxh3_128()

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        offsets = chunk.items(1, self.offset, chunk.offset + start, count + 1).astype("i8")
        lengths = np.diff(offsets)
        counted = lengths if shown is None else np.where(shown, lengths, 0)
        self.lengths.update(counted)  # type: ignore[arg-type]
        size = int(offsets[-1] - offsets[0])
        if counted is lengths or counted.sum() == size:
            self.data.update(chunk.items(2, np.uint8, int(offsets[0]), size))  # type: ignore[arg-type]
            return
        if size > SHORT * count:
            for first, length in _runs(offsets[:-1], counted):
                self.data.update(chunk.items(2, np.uint8, first, length))  # type: ignore[arg-type]
            return
        # What was there before lies under nulls, as some libraries leave it.
        for first in range(0, count, GATHERED):
            part, last = slice(first, first + GATHERED), min(first + GATHERED, count)
            data = chunk.items(2, np.uint8, int(offsets[first]), int(offsets[last] - offsets[first]))
            self.data.update(data[np.repeat(counted[part] > 0, lengths[part])])  # type: ignore[arg-type]

    def digest(self) -> bytes:
        return xxh3_128_digest(super().digest() + self.lengths.digest())


class _Views(Column):
    """Texts or bytes in views of 16 bytes: a length, and the text, or four bytes of it and where the rest lies.

    Short ones are hashed as they lie. The others follow in a stream of their own, as if they lay there one after
    the other.
    """

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.longer = xxh3_128()

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
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
        return xxh3_128_digest(super().digest() + self.longer.digest())


class _Decoded(_Views):
    """Codes of texts, as if the texts stood there themselves: see `decoded`."""

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
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


class _Nested(Column):
    """Rows made of rows of children."""

    def below(self, chunk: Chunk, runs: Iterable[tuple[int, int]], child: int = 0) -> None:
        """Take runs of rows of a child."""
        for start, count in runs:
            if count:
                self.children[child].take(chunk.children[child], start, count, None)


class _Structs(_Nested):
    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        for child, inner in zip(self.children, chunk.children, strict=True):
            child.take(inner, chunk.offset + start, count, shown)


class _FixedLists(_Nested):
    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.size = int(kind.format.partition(":")[2])

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        live = None if shown is None else np.repeat(shown, self.size)
        first = (chunk.offset + start) * self.size
        self.children[0].take(chunk.children[0], first, count * self.size, live)


class _Lists(_Nested):
    """Lists and maps, which are lists of pairs: offsets into the child."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.offset = np.dtype("i8" if kind.format == "+L" else "i4")

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        offsets = chunk.items(1, self.offset, chunk.offset + start, count + 1).astype("i8")
        self._take_lists(chunk, offsets[:-1], np.diff(offsets), shown)

    def _take_lists(self, chunk: Chunk, starts: Array, lengths: Array, shown: Array | None) -> None:
        if shown is not None:
            lengths = np.where(shown, lengths, 0)
        self.data.update(np.ascontiguousarray(lengths, "i8"))  # type: ignore[arg-type]
        self.below(chunk, _runs(starts, lengths))


class _ListViews(_Lists):
    """Lists that lie anywhere in the child: offsets and sizes."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.offset = np.dtype("i8" if kind.format == "+vL" else "i4")

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        starts, lengths = (chunk.items(at, self.offset, chunk.offset + start, count).astype("i8") for at in (1, 2))
        self._take_lists(chunk, starts, lengths, shown)


class _Unions(_Nested):
    """Rows of which each is one of a child."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        layout, _, codes = kind.format.partition(":")
        self.dense = layout == "+ud"
        self.codes = [int(code) for code in codes.split(",") if code]

    def valid(self, chunk: Chunk, start: int, count: int) -> Array | None:
        del chunk, start, count
        return None

    def take_rows(self, chunk: Chunk, start: int, count: int, shown: Array | None) -> None:
        kinds = chunk.items(0, np.int8, chunk.offset + start, count)
        if shown is not None:
            kinds = np.where(shown, kinds, np.int8(-1))
        self.data.update(np.ascontiguousarray(kinds))  # type: ignore[arg-type]
        rows = np.arange(chunk.offset + start, chunk.offset + start + count)
        if self.dense:
            rows = chunk.items(1, np.int32, chunk.offset + start, count).astype("i8")
        for child, code in enumerate(self.codes):
            starts = rows[kinds == code]
            self.below(chunk, _runs(starts, np.ones_like(starts)), child)


class _RunEnds(_Nested):
    """Runs of one value each. The runs count as they lie: where a chunk begins, a run does."""

    def valid(self, chunk: Chunk, start: int, count: int) -> Array | None:
        del chunk, start, count
        return None

    def take(self, chunk: Chunk, start: int, count: int, live: Array | None) -> None:
        if live is not None:
            raise Refused("it has runs of values under nulls")
        ends, values = chunk.children
        dtype = {"s": "i2", "i": "i4", "l": "i8"}[self.kind.children[0].format]
        numbers = ends.items(1, dtype, ends.offset, ends.length).astype("i8") - chunk.offset - start
        first, last = np.searchsorted(numbers, [0, count - 1], side="right").tolist() if count else (0, -1)
        lengths = np.diff(np.minimum(numbers[first : last + 1], count), prepend=0)
        self.data.update(np.ascontiguousarray(lengths))  # type: ignore[arg-type]
        self.children[1].take(values, first, last + 1 - first, None)
        self.rows += count


def _runs(starts: Array, lengths: Array) -> Iterator[tuple[int, int]]:
    """Yield start and length of what lies one after the other."""
    full = lengths > 0
    starts, lengths = starts[full], lengths[full]
    if not len(starts):
        return
    ends = starts + lengths
    breaks = np.flatnonzero(starts[1:] != ends[:-1]) + 1
    firsts, lasts = starts[np.append(0, breaks)], ends[np.append(breaks, len(ends)) - 1]
    yield from zip(firsts.tolist(), (lasts - firsts).tolist(), strict=True)


_COLUMNS: dict[str, type[Column]] = {
    "n": _Nothing,
    "b": _Booleans,
    "z": _Texts,
    "Z": _Texts,
    "u": _Texts,
    "U": _Texts,
    "vz": _Views,
    "vu": _Views,
    "+l": _Lists,
    "+L": _Lists,
    "+m": _Lists,
    "+vl": _ListViews,
    "+vL": _ListViews,
    "+s": _Structs,
    "+w": _FixedLists,
    "+ud": _Unions,
    "+us": _Unions,
    "+r": _RunEnds,
}


def column_of(kind: Type) -> Column:
    """Return an empty column of a type.

    Raises:
        Refused: if memory of that format cannot be read.
    """
    if kind.format.startswith(DECODED):
        return _Decoded(kind)
    if kind.dictionary is not None:
        return _Codes(kind)
    name, _, rest = kind.format.partition(":")
    if name in _COLUMNS:
        return _COLUMNS[name](kind)
    return _Fixed(kind, _width(name, rest))


def _width(name: str, rest: str) -> int:
    if name in WIDTHS:
        return WIDTHS[name]
    if name == "w":
        return int(rest)
    if name == "d":  # precision, scale and, unless 128, bits
        bits = rest.split(",")[2:]
        return int(bits[0]) // 8 if bits else 16
    if name[:2] in {"ts", "tD"}:  # Moments, with their unit, and durations.
        return 8
    raise Refused(f"it has Arrow data of a format that memo does not know: {name!r}")
