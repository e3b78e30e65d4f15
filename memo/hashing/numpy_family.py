"""Handlers for numpy: arrays, scalars, dtypes and random generators."""

from __future__ import annotations

import sys
from marshal import dumps
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from memo.hashing.array_data import data_digest
from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, EXACT, FIRM, QUICK, qualified_name
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, attributes_node, group
from memo.hashing.tokens import (
    HEADER,
    MARSHAL_VERSION,
    TAG_ARRAY,
    TAG_VALUE,
    plain_leaf,
    scalar_token,
    tagged,
)

if TYPE_CHECKING:
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
    if dtype.kind in "biufc" and kind.__module__ == "numpy":
        # `long` and `long long` are one dtype of two types where they have one size.
        kind = np.dtype(dtype.str).type
    parts: list[Any] = [dtype.str, qualified_name(kind)]
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        parts += [dtype_token(base), *shape]
    if dtype.names is not None:
        fields: Any = dtype.fields
        parts.append(dtype.itemsize)
        for name in dtype.names:
            inner, offset, *title = fields[name]
            parts += [name, dtype_token(inner), offset, str(title[0]) if title else None]
    if dtype.char == "T":
        parts.append(bool(getattr(dtype, "coerce", True)))
    return parts


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
    children = (np.asarray(value), extra_state(value, np.ndarray))
    return Node(TAG_VALUE, children, head=head, names=("",))


def _masked(value: Any, encoder: Encoder) -> Node:
    """Encode a masked array; what lies under the mask is nobody's value."""
    head = scalar_token("MaskedArray") + class_token(value, "numpy", encoder)
    own: dict[str, Any] = {
        name: part for name, part in cast("dict[str, Any]", vars(value)).items() if name not in MASKED_INTERNALS
    }
    fill = np.asarray(value.fill_value)
    children = (
        *_masked_parts(np.asarray(value.data), np.ma.getmaskarray(value)),
        fill,
        value.hardmask,
        attributes_node(own),
    )
    return Node(TAG_VALUE, children, head=head, names=("",))


def _masked_parts(data: Array, mask: Array) -> tuple[object, ...]:
    if data.dtype.names is not None:
        parts = [part for name in data.dtype.names for part in _masked_parts(data[name], mask[name])]
        return (group((dtype_token(data.dtype), *parts)),)
    if data.ndim != mask.ndim:
        mask = mask.reshape(mask.shape + (1,) * (data.ndim - mask.ndim))
    shown = data.copy()
    np.copyto(shown, np.zeros((), data.dtype), where=mask)
    return shown, mask


def _scalar(value: Any, encoder: Encoder) -> bytes | Node:
    """Encode a numpy scalar, which is not the Python scalar it equals: they behave differently."""
    array = np.asarray(value)
    dtype: DType = array.dtype
    if dtype.hasobject:
        return Node(TAG_VALUE, (array,), head=scalar_token("scalar"), names=("",))
    if dtype.kind in "fc" and value != value:  # noqa: PLR0124
        array = _canonical_nan(array)
    content = scalar_token("scalar") + dtype_token(dtype) + data_digest(array)
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
    for module in ("numpy", "scipy.special"):
        if getattr(sys.modules.get(module), name, None) is value:
            return plain_leaf("ufunc", f"{module}:{name}")
    raise Refused("it is a ufunc that is in neither numpy nor scipy.special")


def _function(value: Any, encoder: Encoder) -> bytes:
    return encoder.code_token(value)


def _generator(value: np.random.Generator, encoder: Encoder) -> Node:
    head = scalar_token("Generator") + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, (value.bit_generator,), head=head, names=("bit_generator",))


def _bit_generator(value: np.random.BitGenerator, encoder: Encoder) -> Node:
    # The seed sequence decides what spawn() gives.
    children = (value.state, getattr(value, "seed_seq", None))
    head = scalar_token("BitGenerator") + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, children, head=head, names=("state", "seed_seq"))


def _seed_sequence(value: np.random.SeedSequence, encoder: Encoder) -> Node:
    head = scalar_token("SeedSequence") + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, (value.state,), head=head, names=("",))


def _random_state(value: np.random.RandomState, encoder: Encoder) -> Node:
    head = scalar_token("RandomState") + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, (value.get_state(legacy=False),), head=head, names=("",))


def _vectorized(value: np.vectorize, encoder: Encoder) -> Node:
    # Not its attributes: at its first call it keeps the ufunc that it makes.
    children = (value.pyfunc, value.otypes, value.excluded, value.signature, value.cache)
    head = scalar_token("vectorize") + class_token(value, "numpy", encoder)
    return Node(TAG_VALUE, children, head=head, names=("pyfunc", "otypes", "excluded", "signature", "cache"))


def _refuse(_value: object, _encoder: Encoder) -> bytes:
    raise Refused("it is an iterator over an array, and reading it would use it up")


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
        np.nditer: _refuse,
        np.vectorize: _vectorized,
    }
    BASES.update(bases)
    FIRM.update(bases)
