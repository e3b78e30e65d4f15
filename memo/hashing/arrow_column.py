"""A column of Arrow data while its digest is being made: what all have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.node import Refused
from memo.hashing.tokens import scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memo.hashing.arrow_memory import Array, Chunk, Type

ROWS = 1 << 18  # Rows taken at a time, so that no mask or copy grows large.

# Bytes of one value; booleans, texts and nested types have ways of their own.
WIDTHS = {
    **dict.fromkeys(("c", "C"), 1),
    **dict.fromkeys(("s", "S", "e"), 2),
    **dict.fromkeys(("i", "I", "f"), 4),
    **dict.fromkeys(("l", "L", "g"), 8),
    # Dates, times of day and intervals.
    **dict.fromkeys(("tdD", "tts", "ttm", "tiM"), 4),
    **dict.fromkeys(("tdm", "ttu", "ttn", "tiD"), 8),
    "tin": 16,
    # polars' own.
    "_plf16": 2,
    "_pli128": 16,
    "_plu128": 16,
}


class Column:
    """A column under way; those without values of their own, as of type null, are just this."""

    def __init__(self, kind: Type) -> None:
        self.kind = kind
        self.rows = 0
        self.nulls: xxh3_128 | None = None  # Begun at the first null.
        self.data = xxh3_128()
        self.children: list[Column] = []

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


def width_of(name: str, rest: str) -> int:
    """Return the bytes of one value of a format.

    Raises:
        Refused: if memory of that format cannot be read.
    """
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


def runs(starts: Array, lengths: Array) -> Iterator[tuple[int, int]]:
    """Yield start and length of what lies one after the other."""
    full = lengths > 0
    starts, lengths = starts[full], lengths[full]
    if not len(starts):
        return
    ends = starts + lengths
    breaks = np.flatnonzero(starts[1:] != ends[:-1]) + 1
    firsts, lasts = starts[np.append(0, breaks)], ends[np.append(breaks, len(ends)) - 1]
    yield from zip(firsts.tolist(), (lasts - firsts).tolist(), strict=True)
