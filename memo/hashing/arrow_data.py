"""Digests of columns of Arrow data: of their values, however they are cut into chunks and wherever they lie.

A column's digest is made of a few streams: which rows are null, the values with nothing under nulls, lengths, and
the digests of its children. What is fed to a stream follows from the rows alone, so neither chunks nor slices nor
offsets nor leftovers in the buffers show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.arrow_column import Column, runs, width_of
from memo.hashing.arrow_texts import DECODED, Decoded, Texts, Views
from memo.hashing.node import Refused
from memo.hashing.tokens import scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memo.hashing.arrow_memory import Array, Chunk, Type


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
        self.codes = _Fixed(kind, width_of(kind.format, ""))
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


class _Nested(Column):
    """Rows made of rows of children."""

    def __init__(self, kind: Type) -> None:
        super().__init__(kind)
        self.children = [column_of(child) for child in kind.children]

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
        self.below(chunk, runs(starts, lengths))


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
            self.below(chunk, runs(starts, np.ones_like(starts)), child)


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


_COLUMNS: dict[str, type[Column]] = {
    "n": _Nothing,
    "b": _Booleans,
    "z": Texts,
    "Z": Texts,
    "u": Texts,
    "U": Texts,
    "vz": Views,
    "vu": Views,
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
        return Decoded(kind)
    if kind.dictionary is not None:
        return _Codes(kind)
    name, _, rest = kind.format.partition(":")
    if name in _COLUMNS:
        return _COLUMNS[name](kind)
    return _Fixed(kind, width_of(name, rest))
