"""Guards: the cheap proof that nothing the fingerprint was made of has been rebound.

Identity (`is`), never equality: comparing two arrays or data frames costs what hashing them costs, and can lie.
"""

from __future__ import annotations

from itertools import repeat
from operator import call, is_
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _Missing:
    """The value of a name that is not bound."""

    def __repr__(self) -> str:
        return "<missing>"


MISSING: Any = _Missing()
_call = cast("Callable[[Callable[..., object], str, object], object]", call)


class Guards:
    """What was read where, and the object that was found there."""

    __slots__ = (
        "_answers",
        "_attributes",
        "_found",
        "_gets",
        "_holders",
        "_names",
        "_seen",
        "_values",
        "_whole",
    )

    def __init__(self) -> None:
        # Parallel lists, so that `holds` runs in C; one loop of Python costs more than all of it.
        self._gets: list[Callable[..., object]] = []
        self._names: list[str] = []
        self._values: list[object] = []
        self._holders: list[object] = []
        self._attributes: list[str] = []
        self._found: list[object] = []
        self._whole: list[tuple[Mapping[Any, object], tuple[object, ...]]] = []
        self._answers: list[tuple[Callable[[], object], object]] = []
        self._seen: set[tuple[int, str]] = set()

    def entry(self, mapping: Mapping[str, object], name: str) -> None:
        """Watch one name of a module's, instance's or class's dictionary, bound or not."""
        if self._is_new(mapping, name):
            self._gets.append(mapping.get)
            self._names.append(name)
            self._values.append(mapping.get(name, MISSING))

    def attribute(self, holder: object, name: str) -> None:
        """Watch one attribute: a function's code or defaults, a cell's content."""
        if self._is_new(holder, name):
            self._holders.append(holder)
            self._attributes.append(name)
            self._found.append(_attribute(holder, name))

    def values_of(self, mapping: Mapping[Any, object]) -> None:
        """Watch all values of a dictionary: the members of a class, a registry."""
        if self._is_new(mapping, ""):
            self._whole.append((mapping, tuple(mapping.values())))

    def answer(self, function: Callable[[], object]) -> None:
        """Watch what a function without arguments returns."""
        if self._is_new(function, ""):
            self._answers.append((function, function()))

    def holds(self) -> bool:
        """Tell whether everything watched is still the same object."""
        try:
            return (
                all(map(is_, map(getattr, self._holders, self._attributes), self._found))
                and (
                    not self._gets
                    or all(map(is_, map(_call, self._gets, self._names, repeat(MISSING)), self._values))
                )
                and (not self._whole or all(_unchanged(mapping, found) for mapping, found in self._whole))
                and (not self._answers or all(function() == found for function, found in self._answers))
            )
        except ValueError:  # a cell has been emptied, or was empty when it was watched
            return False

    def _is_new(self, holder: object, name: str) -> bool:
        if (id(holder), name) in self._seen:
            return False
        self._seen.add((id(holder), name))
        return True


def _attribute(holder: object, name: str) -> object:
    try:
        return getattr(holder, name)
    except ValueError:  # an empty cell
        return MISSING


def _unchanged(mapping: Mapping[Any, object], found: tuple[object, ...]) -> bool:
    return len(mapping) == len(found) and all(map(is_, mapping.values(), found))
