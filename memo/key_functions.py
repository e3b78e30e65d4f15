"""Key functions: what to hash in place of an argument, so that more calls count as the same.

Given to a cached function by `key=`; see `memo.cached`. `memo.file_digest` is another one.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from memo.hashing.callables import kind_of
from memo.hashing.node import Node, group
from memo.hashing.tokens import TAG_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ELEMENTS: frozenset[Any] = frozenset({list, tuple, set, frozenset})
_TEXTS = (str, bytes, bytearray, memoryview)


def unordered(value: Any) -> object:
    """Say that the order of a collection does not matter, as a key function.

    The items of a mapping count in any order, here and in every mapping inside of it, and so do the elements of a
    list or another collection, each as often as it occurs. Lists inside keep their order.

    >>> import memo
    >>> memo.hash(memo.unordered({"a": 1, "b": {"c": 2, "d": 3}})) == memo.hash(
    ...     memo.unordered({"b": {"d": 3, "c": 2}, "a": 1})
    ... )
    True

    Raises:
        TypeError: The argument is no collection, or a text.
    """
    kind, name = kind_of(value), kind_of(value).__name__
    if not issubclass(kind, Collection) or issubclass(kind, _TEXTS) or hasattr(value, "__array__"):
        raise TypeError(f"unordered takes a mapping, a list or another collection, not {name}")
    return _Unordered(value)


class _Unordered:
    """A collection whose order is no part of its hash."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __memo_hash__(self) -> Node:
        """Return the node of what counts."""
        value = self._value
        items = _pairs(value) if issubclass(kind_of(value), Mapping) else map(_inside, value)
        return group((kind_of(value), Node(TAG_GROUP, items, ordered=False)))


def _pairs(mapping: Any) -> Iterator[Node]:
    return (group((key, _inside(part))) for key, part in mapping.items())


def _inside(part: Any) -> Any:
    """Return what stands for a part of an unordered collection: its mappings are unordered as well."""
    kind = kind_of(part)
    if issubclass(kind, Mapping):
        return _Unordered(part)
    return _Ordered(part) if kind in {list, tuple} else part


class _Ordered:
    """A list or tuple in which mappings may be."""

    __slots__ = ("_value",)

    def __init__(self, value: list[Any] | tuple[Any, ...]) -> None:
        self._value = value

    def __memo_hash__(self) -> Node:
        """Return the node of what counts."""
        return group((kind_of(self._value), group(map(_inside, self._value))))


def rounded(digits: int) -> Callable[[Any], Any]:
    """Return a key function that rounds floats, so that a difference in a late digit is none.

    Floats and complex numbers, alone or in lists, tuples, sets and dicts, in arrays of numpy and in frames and
    series of pandas and polars. Everything else passes as it is.

    >>> import memo
    >>> [memo.rounded(2)(value) for value in (0.1 + 0.2, -0.001, "text", [1.234, 5])]
    [0.3, 0.0, 'text', [1.23, 5]]

    Args:
        digits: Digits behind the point; negative ones before it.

    Raises:
        TypeError: `digits` is no integer.
    """
    if kind_of(digits) is not int:
        raise TypeError(f"rounded takes a number of digits, as in rounded(6), not {digits!r}")
    return _Rounded(digits)


class _Rounded:
    """Rounds values to a number of digits. A class and no closure, so that it pickles."""

    __slots__ = ("_digits",)

    def __init__(self, digits: int) -> None:
        self._digits = digits

    def __repr__(self) -> str:
        return f"rounded({self._digits})"

    def __call__(self, value: Any) -> Any:
        kind: Any = kind_of(value)
        if kind is float:
            # Adding zero turns the negative zero, which -0.001 becomes, into the positive one.
            return round(value, self._digits) + 0.0
        if kind is complex:
            return complex(self(value.real), self(value.imag))
        if kind in _ELEMENTS:
            return kind(map(self, value))
        if kind is dict:
            return {self(key): self(part) for key, part in value.items()}
        method = _METHODS.get(kind.__module__.partition(".")[0])
        return value if method is None else method(value, self._digits)


def _of_numpy(value: Any, digits: int) -> Any:
    numpy = sys.modules["numpy"]
    if isinstance(value, (numpy.ndarray, numpy.generic)) and value.dtype.kind in "fc":
        return value.round(digits) + value.dtype.type(0)
    return value


def _of_pandas(value: Any, digits: int) -> Any:
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.Series):
        return value.round(digits) + 0.0 if value.dtype.kind in "fc" else value
    if not isinstance(value, pandas.DataFrame):
        return value
    frame = value.copy(deep=False)
    for place, dtype in enumerate(value.dtypes):
        if dtype.kind in "fc":
            frame.isetitem(place, value.iloc[:, place].round(digits) + 0.0)
    return frame


def _of_polars(value: Any, digits: int) -> Any:
    polars = sys.modules["polars"]
    if isinstance(value, polars.Series):
        return value.round(digits) + 0.0 if value.dtype.is_float() else value
    if isinstance(value, polars.DataFrame):
        return value.with_columns(polars.selectors.float().round(digits) + 0.0)
    return value


_METHODS = {"numpy": _of_numpy, "pandas": _of_pandas, "polars": _of_polars}
