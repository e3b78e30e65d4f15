"""The tables that are printed: a row each for what was measured, a column each for the contenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Asked(NamedTuple):
    """What memo may take at most: so many times what a rival takes; of no rival, so many seconds or bytes."""

    most: float
    rival: str = ""

    def used(self, measured: Mapping[str, float]) -> float | None:
        """Return how much of that memo takes, None if it cannot be told; above 1 it has missed."""
        whole = measured.get(self.rival) if self.rival else 1.0
        return None if whole is None else measured["memo"] / (self.most * whole)


class Sheet:
    """One table.

    Args:
        title: What stands above it.
        caption: What stands below it.
        names: The contenders, memo first.
        readable: How a number is written.
        shares: Whether a rival's number is followed by memo's divided by it.
        asked: Whether the last column says what was asked of memo.
    """

    def __init__(
        self,
        title: str,
        caption: str,
        names: Iterable[str],
        readable: Callable[[float], str],
        *,
        shares: bool = True,
        asked: bool = False,
    ) -> None:
        self.names = list(names)
        self.readable = readable
        self.shares = shares
        self.table = Table(title=title, caption=caption)
        self.table.add_column("")
        for name in self.names:
            self.table.add_column(name, justify="right")
        if asked:
            self.table.add_column("asked", no_wrap=True)

    def add(
        self, title: str, measured: Mapping[str, float], asked: Iterable[Asked] = (), *, judged: bool = True
    ) -> None:
        """Add a row; unjudged it says what was asked, but not whether it is so."""
        cells = [self.cell(name, measured) for name in self.names]
        demands = [self.demand(one, measured, judged=judged) for one in asked]
        self.table.add_row(title, *cells, *filter(None, ["\n".join(demands)]))

    def cell(self, name: str, measured: Mapping[str, float]) -> str:
        """Return what a row prints for one contender; a dash for one that does nothing of the kind."""
        if name not in measured:
            return "-"
        ours = None if name == "memo" or not self.shares else measured.get("memo")
        share = "" if ours is None else f" ({ours / measured[name]:.2f})"
        return self.readable(measured[name]) + share

    def demand(self, asked: Asked, measured: Mapping[str, float], *, judged: bool) -> str:
        """Return one demand, whether memo meets it, and how much of what it may take it takes."""
        most = f"{asked.most:.3g} {asked.rival}" if asked.rival else self.readable(asked.most)
        if not judged:
            return f"<= {most}"
        if "memo" not in measured:
            return f"<= {most}: missed, has none"
        used = asked.used(measured)
        if used is None:
            return f"<= {most}: cannot tell"
        return f"<= {most}: {'ok' if used <= 1 else 'missed'}, {used:.2f}"


def readable_time(seconds: float) -> str:
    """Return the time in the unit a person would choose."""
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"  # noqa: PLR2004


def readable_size(size: float) -> str:
    """Return a number of bytes as people compare them."""
    return f"{size / 2**20:.2f} MiB"
