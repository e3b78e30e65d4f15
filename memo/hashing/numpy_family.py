"""Handlers for numpy: arrays, scalars, dtypes and random generators."""

from __future__ import annotations

import sys
from marshal import dumps
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from memo.hashing.array_data import PADDED, data_digest, masked_digest
from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, EXACT, FIRM, QUICK, qualified_name
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, attributes_node, group
from memo.hashing.refused import refusing
from memo.hashing.tokens import (
    HEADER,
    MARSHAL_VERSION,
    SCALARS,
    TAG_ARRAY,
    TAG_VALUE,
    plain_leaf,
    scalar_token,
    tagged,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from memo.hashing.array_data import Array
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

    DType = np.dtype[Any]

# From here on an array met twice is looked up, not read again.
WORTH_REMEMBERING = 64 << 10

# What numpy keeps in the __dict__ of a masked array; the rest is a subclass's own.
MASKED_INTERNALS = frozenset(
    {
        "_basedict",
        "_baseclass",
        "_data",
        "_fill_value",
        "_hardmask",
        "_isfield",
        "_mask",
        "_optinfo",
        "_sharedmask",
    }
)

# What numpy keeps in the __dict__ of a memory map: where the file lies is no value.
MAPPED = frozenset({"_mmap", "filename", "mode", "offset"})

# What np.vectorize keeps in its __dict__; the rest is a subclass's own.
VECTORIZED = frozenset(
    {
        "__doc__",
        "__name__",
        "_doc",
        "_in_and_out_core_dims",
        "_ufunc",
        "cache",
        "excluded",
        "otypes",
        "pyfunc",
        "signature",
    }
)

# Tokens of dtypes without fields; one array after another has the same.
_dtype_tokens: dict[Any, bytes] = {}
MOST_DTYPES = 1024


def dtype_token(dtype: DType) -> bytes:
    """Return the token of a dtype.

    Never its ``str`` alone: that is the same for all structured dtypes of one size, and for those of
    extensions. Metadata is left out, as in a comparison of dtypes.
    """
    token = _dtype_tokens.get(dtype)
    if token is None:
        token = plain_leaf("dtype", *_dtype_parts(dtype))
        if dtype.names is None and dtype.subdtype is None and len(_dtype_tokens) < MOST_DTYPES:
            _dtype_tokens[dtype] = token
    return token


def _dtype_parts(dtype: DType) -> list[Any]:
    kind: Any = dtype.type
    # Of numpy's own the str says all. Not by their names: these change (`bool_` to `bool`), and `long` and
    # `long long` are one dtype of two types where they have one size. Records are structured, with their own type.
    own = kind.__module__ == "numpy" and (dtype.names is None or kind is np.void)
    parts: list[Any] = [dtype.str, None if own else qualified_name(kind)]
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        parts += [dtype_token(base), *shape]
    if dtype.names is not None:
        fields: Any = dtype.fields
        parts.append(dtype.itemsize)
        for name in dtype.names:
            inner, offset, *title = fields[name]
            parts += [name, dtype_token(inner), offset, _title(*title)]
    if dtype.char == "T":
        parts.append(bool(getattr(dtype, "coerce", True)))
    return parts


def _title(title: Any = None) -> Any:
    if title is not None and type(title) not in SCALARS:
        raise Refused("a field of its dtype has a title that is no text")
    return title


def _array(value: Array, encoder: Encoder) -> bytes | Node:
    """Encode an array by dtype, shape and data; a memory map is an array."""
    token = _plain_array(value)
    if token is None:
        return _array_of_objects(value)
    if value.nbytes >= WORTH_REMEMBERING:
        encoder.remember(value, token)
    return token


def _plain_array(value: Array) -> bytes | None:
    """Return the token of an array, None if it holds objects."""
    dtype = value.dtype
    if dtype.hasobject or dtype.char == "T":
        return None
    if type(value) is not np.ndarray:
        value = np.asarray(value)
    return array_token(value, data_digest(value))


def array_token(array: Array, data: bytes) -> bytes:
    """Return the token of an array whose data digest is known."""
    # The tokens of these numbers by one call.
    shape = dumps((array.ndim, *array.shape), MARSHAL_VERSION)[HEADER:]
    return tagged(TAG_ARRAY, dtype_token(array.dtype) + shape + data)


def _array_of_objects(value: Array) -> Node:
    """Encode element by element; fields one by one, each as an array of its own."""
    array, dtype = np.asarray(value), value.dtype
    head = scalar_token("objects") + dtype_token(dtype)
    shape = group(array.shape)
    if dtype.names is not None:
        fields = [array[name] for name in dtype.names]
        return Node(TAG_ARRAY, [shape, *fields], head=head, names=["", *map(str, dtype.names)])
    missing = getattr(dtype, "na_object", None) if dtype.char == "T" else None
    has_missing = hasattr(dtype, "na_object")
    children = (shape, has_missing, missing, group(array.flat))
    return Node(TAG_ARRAY, children, head=head, names=("",))


def _subclass(value: Array, encoder: Encoder) -> Node:
    head = scalar_token("ndarray") + class_token(value, "numpy", encoder)
    children = (np.asarray(value), extra_state(value, np.ndarray, MAPPED if isinstance(value, np.memmap) else ()))
    return Node(TAG_VALUE, children, head=head, names=("",))


def _masked(value: Any, encoder: Encoder) -> Node:
    """Encode a masked array; what lies under the mask is nobody's value."""
    head = scalar_token("MaskedArray") + class_token(value, "numpy", encoder)
    state = cast("dict[str, Any]", vars(value))
    own = {name: part for name, part in state.items() if name not in MASKED_INTERNALS}
    fill = state["_fill_value"]
    if fill is None:
        # Asked for its fill value, an array keeps the answer, and passes it on to what is made of it.
        fill = np.ma.MaskedArray(np.empty(0, value.dtype)).fill_value
    under = state["_baseclass"]
    mask: Array = np.asarray(cast("Any", np.ma).getmask(value))
    children = (
        *_masked_parts(np.asarray(value.data), mask),
        np.asarray(fill),
        value.hardmask,
        None if under is np.ndarray else under,  # The class that `data` has.
        state["_optinfo"] or None,
        attributes_node(own),
    )
    return Node(TAG_VALUE, children, head=head, names=("",))


def _masked_parts(data: Array, mask: Array) -> tuple[object, ...]:
    if data.dtype.names is not None:
        whole = np.broadcast_to(mask, data.shape)
        parts = [
            part
            for name in data.dtype.names
            for part in _masked_parts(data[name], whole if mask.dtype.names is None else whole[name])
        ]
        return (group((dtype_token(data.dtype), *parts)),)
    if not mask.any():
        return data, None
    mask = np.broadcast_to(mask.reshape(mask.shape + (1,) * (data.ndim - mask.ndim)), data.shape)
    if data.dtype.hasobject or data.dtype.char in PADDED:
        shown = data.copy()
        np.copyto(shown, np.zeros((), data.dtype), where=mask)
        return shown, mask
    return array_token(data, masked_digest(data, mask)), mask


def _scalar(value: Any, encoder: Encoder) -> bytes | Node:
    """Encode a numpy scalar, which is not the Python scalar it equals: they behave differently."""
    array = np.asarray(value)
    dtype: DType = array.dtype
    if dtype.hasobject:
        return Node(TAG_VALUE, (array,), head=scalar_token("scalar"), names=("",))
    if dtype.kind in "fc" and value != value:  # noqa: PLR0124
        array = _canonical_nan(array)
    content = scalar_token("scalar") + dtype_token(dtype) + data_digest(array)
    if dtype.kind in "SU":
        content += scalar_token(len(value))  # An empty one takes as much room as a zero.
    if type(value) is dtype.type:
        return tagged(TAG_VALUE, content)
    extra = extra_state(value, dtype.type)
    return Node(TAG_VALUE, (extra,), head=content + class_token(value, "numpy", encoder), names=("",))


def _canonical_nan(array: Array) -> Array:
    if array.dtype.kind == "f":
        return np.full((), np.nan, array.dtype)
    parts: Array = array.copy()
    for part in (parts.real, parts.imag):
        np.copyto(part, np.nan, where=np.isnan(part))
    return parts


def _dtype(value: Any, _encoder: Encoder) -> bytes | Node:
    if hasattr(value, "na_object"):
        return Node(TAG_VALUE, (value.na_object,), head=scalar_token("dtype") + dtype_token(value), names=("",))
    return tagged(TAG_VALUE, scalar_token("dtype") + dtype_token(value))


def _ufunc(value: Any, _encoder: Encoder) -> bytes:
    name: str = value.__name__
    for module in ("numpy", "numpy.strings", "scipy.special"):
        if getattr(sys.modules.get(module), name, None) is value:
            return plain_leaf("ufunc", f"{module}:{name}")
    raise Refused("it is a ufunc that is in neither numpy nor scipy.special")


def _limits(value: Any, _encoder: Encoder) -> bytes:
    # Not its attributes: it works some of them out when they are asked for.
    return tagged(TAG_VALUE, scalar_token(type(value).__name__) + dtype_token(np.dtype(value.dtype)))


def _function(value: Any, encoder: Encoder) -> bytes:
    return encoder.code_token(value)


def is_global_state(value: object) -> bool:
    """Tell the random state that numpy's functions share: everything that draws from it moves it on."""
    return value is cast("Any", np.random).mtrand._rand  # noqa: SLF001 - it has no other name.


def _described(
    value: Any, encoder: Encoder, base: type, *children: object, internals: Collection[str] = ()
) -> Node:
    """Return a node for a value of one of numpy's classes that some parts describe, and what was added to it."""
    extra = extra_state(value, base, internals)
    head = scalar_token(base.__name__) + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, (*children, extra), head=head, names=("",))


def _generator(value: np.random.Generator, encoder: Encoder) -> Node:
    return _described(value, encoder, np.random.Generator, value.bit_generator)


def _bit_generator(value: np.random.BitGenerator, encoder: Encoder) -> Node:
    # The seed sequence decides what spawn() gives.
    return _described(value, encoder, np.random.BitGenerator, value.state, getattr(value, "seed_seq", None))


def _seed_sequence(value: np.random.SeedSequence, encoder: Encoder) -> Node:
    return _described(value, encoder, np.random.SeedSequence, value.state)


def _random_state(value: np.random.RandomState, encoder: Encoder) -> Node:
    return _described(value, encoder, np.random.RandomState, value.get_state(legacy=False))


def _vectorized(value: np.vectorize, encoder: Encoder) -> Node:
    # Not its attributes: at its first call it keeps the ufunc that it makes.
    children = (value.pyfunc, value.otypes, value.excluded, value.signature, value.cache)
    return _described(value, encoder, np.vectorize, *children, internals=VECTORIZED)


def install(_top: str) -> None:
    """Enter numpy's types into the tables."""
    QUICK[np.ndarray] = _plain_array
    EXACT.update({np.ndarray: _array, np.memmap: _array, np.ufunc: _ufunc, type(np.mean): _function})
    bases: dict[type, Handler] = {
        np.ma.MaskedArray: _masked,
        np.ndarray: _subclass,
        np.generic: _scalar,
        np.dtype: _dtype,
        np.random.Generator: _generator,
        np.random.BitGenerator: _bit_generator,
        np.random.SeedSequence: _seed_sequence,
        np.random.RandomState: _random_state,
        np.nditer: refusing("it is an iterator over an array, and reading it would use it up"),
        np.finfo: _limits,
        np.iinfo: _limits,
        np.vectorize: _vectorized,
    }
    BASES.update(bases)
    FIRM.update(bases)
