"""Handlers for pandas: frames column by column, so that neither blocks nor views nor copies show."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as typed_pandas  # noqa: ICN001 - `pd` is its untyped view.

from memo.hashing.array_data import column_digests, masked_digest
from memo.hashing.callables import class_token, kind_of
from memo.hashing.dispatch import BASES, EXACT, FIRM, lineage, own_class
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, attributes_node, group
from memo.hashing.numpy_family import array_token
from memo.hashing.refused import refusing
from memo.hashing.tokens import TAG_VALUE, plain_leaf, scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memo.hashing.array_data import Array
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# As untyped: half of what is needed here is missing from pandas' annotations or partly unknown in them.
pd = cast("Any", typed_pandas)

# What pandas keeps in the __dict__ of its own; the rest was put there by a user, or by a user's subclass.
INTERNALS = frozenset(
    {
        *("_attrs", "_cache", "_cacher", "_categories", "_codes", "_data", "_dtype", "_flags", "_freq", "_id"),
        *("_is_copy", "_item_cache", "_left", "_levels", "_mask", "_metadata", "_mgr", "_name", "_names"),
        *("_ndarray", "_ordered", "_pa_array", "_readonly", "_references", "_right", "_sparse_index"),
        *("_sparse_values", "_typ", "sortorder"),
    }
)
# Those that work on a frame, and keep what they have worked out so far.
WORKERS = ("GroupBy", "Resampler", "Rolling", "Expanding", "Window", "Grouper")

TIMES = (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray, pd.arrays.PeriodArray)

CHUNK = 1 << 16  # Elements of an extension array turned into objects at a time.


def _value(value: Any, encoder: Encoder, *children: object) -> Node:
    """Return a node for a value of a pandas class: its class, then what it consists of and what a user added."""
    head = scalar_token("pandas") + class_token(value, "pandas", encoder)
    return Node(
        TAG_VALUE,
        (*children, extra_state(value, own_class(kind_of(value), "pandas"), INTERNALS)),
        head=head,
        names=("",),
    )


def _frame(value: Any, encoder: Encoder) -> Node:
    arrays = [_unwrapped(array) for array in _columns(value)]
    data = [array.asi8 if isinstance(array, TIMES) else array for array in arrays]
    _remember_strided(data, encoder)
    children = [
        array if array is inner else _value(array, encoder, array.dtype, inner)
        for array, inner in zip(arrays, data, strict=True)
    ]
    columns = group(children, list(value.columns))
    return _value(value, encoder, value.columns, value.index, columns, *_added(value))


def _series(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, value.index, _unwrapped(value.array), *_added(value))


def _columns(frame: Any) -> Iterator[Any]:
    quick = getattr(frame, "_iter_column_arrays", None)
    if quick is not None:
        return iter(quick())
    # A Series for every column is 20 times slower.
    return (frame.iloc[:, place].array for place in range(frame.shape[1]))


def _remember_strided(arrays: list[Any], encoder: Encoder) -> None:
    """Hash the columns that lie interleaved in one table together."""
    strided: list[Array] = [
        array
        for array in arrays
        if type(array) is np.ndarray and not array.flags.c_contiguous and not array.dtype.hasobject  # pyright: ignore[reportUnknownMemberType]
    ]
    for array, data in zip(strided, column_digests(strided), strict=True):
        encoder.remember(array, array_token(array, data))


def _added(value: Any) -> tuple[object, ...]:
    """Return what a frame or series carries beside its data."""
    return dict(value.attrs), value.flags.allows_duplicate_labels


def _unwrapped(array: Any) -> Any:
    # Not its subclasses: an array of strings is one.
    return array.to_numpy() if type(array) is pd.arrays.NumpyExtensionArray else array


def _index(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, getattr(value, "freq", None), _unwrapped(value.array))


def _range_index(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, value.start, value.stop, value.step)


def _multi_index(value: Any, encoder: Encoder) -> Node:
    # Not its levels and codes: levels that no row uses any more are left over from slicing. Nor the index that a
    # level is: its frequency is that of the index that it was made from.
    arrays = [_unwrapped(value.get_level_values(level).array) for level in range(value.nlevels)]
    return _value(value, encoder, list(value.names), group(level.dtype for level in value.levels), group(arrays))


def _categorical(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.categories, value.ordered, value.codes)


def _times(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.dtype, value.asi8)


def _of_numpy(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.to_numpy())


def _intervals(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.dtype, value.left, value.right)


def _masked(value: Any, encoder: Encoder) -> Node:
    """Encode a nullable array; what lies under a null is nobody's value."""
    # Neither is public; the public way copies both.
    data, mask = value._data, value._mask  # noqa: SLF001
    if not mask.any():
        return _value(value, encoder, value.dtype, data, None)
    return _value(value, encoder, value.dtype, masked_digest(data, mask), mask)


def _sparse(value: Any, encoder: Encoder) -> Node:
    stored = value.sp_index.to_int_index().indices
    return _value(value, encoder, value.dtype, len(value), stored, value.sp_values)


def _arrow(value: Any, encoder: Encoder) -> Node:
    # Here: pandas needs no pyarrow, but whoever has such an array has imported it.
    from memo.hashing.arrow_family import values_digest

    return _value(value, encoder, value.dtype, values_digest(value.__arrow_array__()))


def _extension_array(value: Any, encoder: Encoder) -> Node:
    """Encode an array of strings, or one that memo does not know, by its elements."""
    parts = (value[start : start + CHUNK] for start in range(0, len(value), CHUNK))
    elements = chain.from_iterable(part.to_numpy(dtype=object).tolist() for part in parts)
    return _value(value, encoder, value.dtype, group(elements))


def _by_parts(value: Any, encoder: Encoder) -> Node:
    """Encode a dtype or an offset, whose __reduce__ tells all, by the name of its class."""
    arguments, *state = value.__reduce_ex__(4)[1:]
    arguments = [part for part in arguments if part is not type(value)]
    held = [_without_cache(part) if isinstance(part, dict) else part for part in state]  # pyright: ignore[reportUnknownArgumentType]
    head = scalar_token("pandas") + class_token(value, "pandas", encoder)
    return Node(TAG_VALUE, (group(arguments), group(part for part in held if part)), head=head, names=("",))


def _without_cache(state: dict[str, Any]) -> Node | None:
    kept = {name: part for name, part in state.items() if name != "_cache"}
    return attributes_node(kept) if kept else None


def _timestamp(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.asm8, value.tzinfo, value.fold)


def _timedelta(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.asm8)


def _period(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.ordinal, value.freq)


def _interval(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.left, value.right, value.closed)


def _workers() -> list[type[Any]]:
    # Where they are defined changes from version to version; each is made by a method of a frame.
    frame = pd.DataFrame({"a": [0]}, index=pd.to_datetime([0]))
    made = (frame.groupby("a"), frame.resample("D"), frame.rolling(1), frame.expanding(), frame.ewm(1))
    kinds = {base for one in made for base in lineage(kind_of(one)) if base.__name__.endswith(WORKERS)}
    return sorted(kinds, key=str)


def _constant(value: object, _encoder: Encoder) -> bytes:
    return plain_leaf("pandas", type(value).__name__)


def install(_top: str) -> None:
    """Enter the types of pandas into the tables."""
    arrays = pd.arrays
    EXACT.update({type(pd.NA): _constant, type(pd.NaT): _constant})
    bases: dict[type, Handler] = {
        pd.DataFrame: _frame,
        pd.Series: _series,
        pd.Index: _index,
        pd.RangeIndex: _range_index,
        pd.MultiIndex: _multi_index,
        pd.Categorical: _categorical,
        **dict.fromkeys(TIMES, _times),
        arrays.IntervalArray: _intervals,
        arrays.IntegerArray: _masked,
        arrays.FloatingArray: _masked,
        arrays.BooleanArray: _masked,
        arrays.SparseArray: _sparse,
        arrays.StringArray: _extension_array,
        arrays.NumpyExtensionArray: _of_numpy,
        arrays.ArrowExtensionArray: _arrow,
        pd.api.extensions.ExtensionArray: _extension_array,
        pd.api.extensions.ExtensionDtype: _by_parts,
        pd.offsets.BaseOffset: _by_parts,
        pd.Timestamp: _timestamp,
        pd.Timedelta: _timedelta,
        pd.Period: _period,
        pd.Interval: _interval,
    }
    bases |= dict.fromkeys(
        _workers(), refusing("it keeps what it has worked out so far: pass the frame, and what to do with it")
    )
    BASES.update(bases)
    FIRM.update(bases)
