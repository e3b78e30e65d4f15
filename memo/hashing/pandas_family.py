"""Handlers for pandas: frames column by column, so that neither blocks nor views nor copies show."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as typed_pandas  # noqa: ICN001 - `pd` is its untyped view.

from memo.hashing.array_data import column_digests
from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, EXACT, FIRM
from memo.hashing.node import Node, attributes_node, group
from memo.hashing.numpy_family import array_token
from memo.hashing.tokens import TAG_VALUE, plain_leaf, scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memo.hashing.array_data import Array
    from memo.hashing.encoder import Encoder

# As untyped: half of what is needed here is missing from pandas' annotations or partly unknown in them.
pd = cast("Any", typed_pandas)

CHUNK = 1 << 16  # Elements of an extension array turned into objects at a time.


def _value(value: Any, encoder: Encoder, *children: object) -> Node:
    """Return a node for a value of a pandas class: its class, then what it consists of."""
    head = scalar_token("pandas") + class_token(value, "pandas", encoder)
    return Node(TAG_VALUE, children, head=head, names=("",))


def _frame(value: Any, encoder: Encoder) -> Node:
    arrays = [_unwrapped(array) for array in _columns(value)]
    _remember_strided(arrays, encoder)
    columns = group(arrays, list(value.columns))
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
    """Return what a frame or series carries beside its data, a subclass's own attributes included."""
    names: list[str] = value._metadata  # noqa: SLF001 - documented for those who subclass pandas.
    own = {name: getattr(value, name, None) for name in names if name != "name"}
    return dict(value.attrs), value.flags.allows_duplicate_labels, attributes_node(own)


def _unwrapped(array: Any) -> Any:
    # Not its subclasses: an array of strings is one.
    return array.to_numpy() if type(array) is pd.arrays.NumpyExtensionArray else array


def _index(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, getattr(value, "freq", None), _unwrapped(value.array))


def _range_index(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, value.start, value.stop, value.step)


def _multi_index(value: Any, encoder: Encoder) -> Node:
    # Not its levels and codes: levels that no row uses any more are left over from slicing.
    levels = [value.get_level_values(level) for level in range(value.nlevels)]
    return _value(value, encoder, group(levels))


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
    shown = value.to_numpy(dtype=value.dtype.numpy_dtype, na_value=0)
    return _value(value, encoder, value.dtype, shown, np.asarray(value.isna()))


def _sparse(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.dtype, np.asarray(value))


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
    held = [attributes_node(part) if isinstance(part, dict) else part for part in state]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return _value(value, encoder, group(arguments), group(part for part in held if part is not None))


def _timestamp(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.asm8, value.tzinfo, value.fold)


def _timedelta(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.asm8)


def _period(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.ordinal, value.freq)


def _interval(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.left, value.right, value.closed)


def _constant(value: object, _encoder: Encoder) -> bytes:
    return plain_leaf("pandas", type(value).__name__)


def install(_top: str) -> None:
    """Enter the types of pandas into the tables."""
    arrays = pd.arrays
    EXACT.update({type(pd.NA): _constant, type(pd.NaT): _constant})
    bases = {
        pd.DataFrame: _frame,
        pd.Series: _series,
        pd.Index: _index,
        pd.RangeIndex: _range_index,
        pd.MultiIndex: _multi_index,
        pd.Categorical: _categorical,
        arrays.DatetimeArray: _times,
        arrays.TimedeltaArray: _times,
        arrays.PeriodArray: _times,
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
    BASES.update(bases)
    FIRM.update(bases)
