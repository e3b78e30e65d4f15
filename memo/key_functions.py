"""Key functions: what to hash in place of an argument, so that more calls count as the same.

Given to a cached function by `key=`; see `memo.cached`. `memo.file_digest` is another one.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from memo.hashing.callables import kind_of
from memo.hashing.dispatch import lineage, top_of
from memo.hashing.instances import extra_state
from memo.hashing.node import Node
from memo.hashing.tokens import TAG_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable

_ELEMENTS: frozenset[Any] = frozenset({list, tuple, set, frozenset})
_TEXTS = (str, bytes, bytearray, memoryview)
_BASES = frozenset({defaultdict, deque, dict, frozenset, list, set, tuple})


def unordered(value: Any) -> object:
    """Say that the order of a collection does not matter, as a key function.

    The items of a mapping count in any order, and so do those of the mappings inside of it, in further mappings,
    lists and tuples. So do the elements of a list or another collection, each as often as it occurs; but lists
    inside keep their order.

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
    return _Unordered(value, {}, ordered=False)


class _Unordered:
    """A collection for hashing, in which mappings are unordered, and it itself if it shall be.

    Args:
        value: The collection.
        met: What stands for the collections met so far, by identity: what is shared, or in itself, is read once.
        ordered: Whether the order of its own elements counts; that of a mapping's never does.
    """

    __slots__ = ("_met", "_ordered", "_value")

    def __init__(self, value: Any, met: dict[int, _Unordered], *, ordered: bool) -> None:
        self._value, self._met, self._ordered = value, met, ordered

    def __memo_hash__(self) -> Node:
        """Return the node of what counts."""
        elements, kind = self._value, kind_of(self._value)
        is_mapping: bool = issubclass(kind, Mapping)
        if is_mapping:
            keys = list(elements)
            pairs = [Node(TAG_GROUP, (key, self._inside(elements[key])), names=("", "")) for key in keys]
            items = Node(TAG_GROUP, pairs, names=keys, ordered=False)
        else:
            items = Node(TAG_GROUP, map(self._inside, elements), ordered=self._ordered)
        return Node(TAG_GROUP, (kind, *_beside_elements(elements, kind), items), names=("",))

    def _inside(self, part: Any) -> Any:
        """Return what stands for a part: itself if there cannot be a mapping in it."""
        kind: Any = kind_of(part)
        if kind is not list and kind is not tuple and not issubclass(kind, Mapping):
            return part
        known = self._met.get(id(part))
        if known is None:
            known = self._met[id(part)] = _Unordered(part, self._met, ordered=True)
        return known


def _beside_elements(value: Any, kind: type) -> tuple[object, ...]:
    """Return what a collection is beside its elements: a factory, a maximal length, attributes of a subclass."""
    base = next((base for base in lineage(kind) if base in _BASES), None)
    own = None if base is None or base is kind else extra_state(value, base)
    names = ("default_factory", "maxlen", "typecode")
    return (own, *(getattr(value, name, None) for name in names))


def rounded(digits: int) -> Callable[[Any], Any]:
    """Return a key function that rounds floats, so that a difference in a late digit is none.

    Floats and complex numbers, alone or in lists, tuples, sets and dicts, in arrays of numpy and in frames and
    series of pandas and polars. Everything else passes as it is; so do the elements of a set and the keys of a
    dict if two of them would become one.

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
            return _float(value, self._digits)
        if kind is complex:
            return complex(self(value.real), self(value.imag))
        if kind in _ELEMENTS:
            found = kind(map(self, value))
            return found if len(found) == len(value) else value
        if kind is dict:
            parts = [self(part) for part in value.values()]
            found = dict(zip(map(self, value), parts, strict=True))
            return found if len(found) == len(value) else dict(zip(value, parts, strict=True))
        method = _METHODS.get(top_of(kind))
        return value if method is None else method(value, self._digits)


# Adding zero turns the negative zero, which -0.001 becomes, into the positive one. What would become infinite is
# kept as it was: else all large values would be one.


def _float(value: float, digits: int) -> float:
    try:
        found = round(value, digits)
    except OverflowError:
        found = value
    return value if math.isinf(found) else found + 0.0


def _of_numpy(value: Any, digits: int) -> Any:
    numpy = sys.modules["numpy"]
    if not isinstance(value, (numpy.ndarray, numpy.generic)) or value.dtype.kind not in "fc":
        return value
    found = numpy.array(value, subok=True)
    with numpy.errstate(all="ignore"):
        numpy.round(value, digits, out=found)
        found += 0
    numpy.copyto(found, value, where=numpy.isfinite(value) & ~numpy.isfinite(found))
    return found if isinstance(value, numpy.ndarray) else found[()]


def _of_pandas(value: Any, digits: int) -> Any:
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.Series):
        return _series(value, digits) if value.dtype.kind in "fc" else value
    if not isinstance(value, pandas.DataFrame):
        return value
    frame = value.copy(deep=False)
    for place, dtype in enumerate(value.dtypes):
        if dtype.kind in "fc":
            frame.isetitem(place, _series(value.iloc[:, place], digits))
    return frame


def _series(value: Any, digits: int) -> Any:
    numpy = sys.modules["numpy"]
    if isinstance(value.dtype, numpy.dtype):
        found = type(value)(_of_numpy(value.to_numpy(), digits), index=value.index, name=value.name)
        return found.__finalize__(value)
    with numpy.errstate(all="ignore"):
        try:
            found = (value.round(digits) + 0.0).astype(value.dtype)
        except AttributeError:
            return value  # pandas 2 cannot round sparse series.
    return found.where(~(found.abs() == math.inf), value)


def _of_polars(value: Any, digits: int) -> Any:
    polars = sys.modules["polars"]
    if isinstance(value, polars.Series) and value.dtype.is_float():
        return _of_polars(value.to_frame(), digits).to_series()
    if not isinstance(value, polars.DataFrame):
        return value
    floats = polars.selectors.float()
    # Not a sum with zero: its optimizer knows better. And it rounds to no negative digits.
    scaled = floats.round(digits) if digits >= 0 else (floats / 10.0**-digits).round(0) * 10.0**-digits
    kept = polars.when(scaled.is_infinite()).then(floats).when(scaled == 0).then(0.0).otherwise(scaled)
    return value.with_columns(kept.cast(polars.Float64).name.keep()).cast(dict(value.schema))


_METHODS = {"numpy": _of_numpy, "pandas": _of_pandas, "polars": _of_polars}
