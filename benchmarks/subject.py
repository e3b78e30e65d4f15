"""Code whose fingerprint is checked: what it reads is all there is to it."""

from __future__ import annotations

from typing import Any

from benchmarks import rivals

GAIN = 1.5
LEVEL = 20
UNIT = "m"

# Put here by whoever wants to know what it costs that a global can change in place.
HELD: Any = None


class Point:
    """A class with a method, for `reads_ten` to depend on."""

    def norm(self, x: float) -> float:
        """Return something that takes a line."""
        return x / 2


def gained(x: float) -> float:
    """Read one constant."""
    return x * GAIN


def lost(x: float) -> float:
    """Read one constant."""
    return x / GAIN


def levelled(x: float) -> float:
    """Read one constant."""
    return x - LEVEL


def written(x: float) -> str:
    """Read one constant."""
    return f"{x} {UNIT}"


def reads_nothing(x: float) -> float:
    """Depend on nothing but the argument."""
    return x


def reads_ten(x: float) -> str:
    """Depend on three constants, four helpers that read one each, a module, its attribute and a class."""
    if x > LEVEL * GAIN + rivals.ROOM:
        return UNIT
    return written(gained(x) + lost(x) + levelled(x) + Point().norm(x))


def reads_held(position: int) -> float:
    """Depend on a value that can change in place."""
    return float(HELD[position])
