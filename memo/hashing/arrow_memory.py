"""Columns of any Arrow library as numpy sees memory, over the Arrow C data interface.

One reader serves pyarrow, polars and pandas, and hashing a polars frame imports no pyarrow. The layout of the
structures and who releases what follow https://arrow.apache.org/docs/format/CDataInterface.html and, in the same
folder, CStreamInterface.html and CDataInterface/PyCapsuleInterface.html.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from memo.hashing.node import Refused

if TYPE_CHECKING:
    from collections.abc import Generator

    Array = np.ndarray[Any, Any]

# Flags of a schema. That a field can be null says something only of fields of tables and structs.
ORDERED_DICTIONARY, NULLABLE, SORTED_KEYS = 1, 2, 4


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_Schema._fields_ = (
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
)
_Array._fields_ = (
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
)
_Stream._fields_ = (
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)),  # Not used, but part of the layout.
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
)

_pointer_in = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_in.restype, _pointer_in.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


class Type(NamedTuple):
    """The type of a column, its name and metadata included: a schema of Arrow's."""

    format: str
    name: str
    flags: int
    metadata: tuple[tuple[bytes, bytes], ...]
    children: tuple[Type, ...]
    dictionary: Type | None


class Chunk(NamedTuple):
    """A piece of a column. Its buffers are addresses, 0 where there is none, and end with the `chunks` block."""

    length: int
    offset: int
    buffers: tuple[int, ...]
    children: tuple[Chunk, ...]
    dictionary: Chunk | None

    def items(self, buffer: int, dtype: Any, start: int, count: int) -> Array:
        """Return items of a buffer as an array that owns nothing."""
        dtype = np.dtype(dtype)
        return view(self.buffers[buffer] + start * dtype.itemsize if count else 0, dtype, count)

    def valid(self, start: int, count: int) -> Array | None:
        """Return which rows are not null, None if all are; of a type with a bitmap."""
        if not self.buffers or not self.buffers[0]:
            return None
        bits = self.bits(0, start, count)
        return None if bits.all() else bits

    def bits(self, buffer: int, start: int, count: int) -> Array:
        """Return bits of a buffer as booleans."""
        first = self.offset + start
        packed = self.items(buffer, np.uint8, first // 8, (first + count + 7) // 8 - first // 8)
        shift = first % 8
        return np.unpackbits(packed, bitorder="little")[shift : shift + count].view(bool)


class _Memory:
    """Memory at an address, for numpy."""

    __slots__ = ("__array_interface__",)

    def __init__(self, address: int, dtype: np.dtype[Any], count: int) -> None:
        self.__array_interface__ = {
            "data": (address, True),
            "shape": (count,),
            "typestr": dtype.str,
            "version": 3,
        }


def view(address: int, dtype: Any, count: int) -> Array:
    """Return memory at an address as an array that owns nothing."""
    return np.asarray(_Memory(address, np.dtype(dtype), count)).view(dtype) if count else np.empty(0, dtype)


@contextmanager
def chunks(value: Any) -> Generator[tuple[Type, list[Chunk]], None, None]:
    """Show the type and the chunks of whatever exports them; they are released at the end."""
    if hasattr(value, "__arrow_c_array__"):
        schema, array = value.__arrow_c_array__()
        # These capsules release what is in them themselves.
        yield (
            _type(_Schema.from_address(_pointer_in(schema, b"arrow_schema"))),
            [_chunk(_Array.from_address(_pointer_in(array, b"arrow_array")))],
        )
        return
    capsule = value.__arrow_c_stream__()
    address = _pointer_in(capsule, b"arrow_array_stream")
    stream, schema, arrays = _Stream.from_address(address), _Schema(), list[_Array]()
    try:
        _check(stream.get_schema(address, ctypes.addressof(schema)))
        while True:
            array = _Array()
            _check(stream.get_next(address, ctypes.addressof(array)))
            if not array.release:
                break  # The end of the stream.
            arrays.append(array)
        yield _type(schema), [_chunk(array) for array in arrays]
    finally:
        for held in (schema, *arrays):
            if held.release:
                held.release(ctypes.addressof(held))


def type_of(value: Any) -> Type:
    """Return the type that a schema, a field or a data type of Arrow exports."""
    capsule = value.__arrow_c_schema__()
    return _type(_Schema.from_address(_pointer_in(capsule, b"arrow_schema")))


def _check(code: int) -> None:
    if code:
        raise Refused(f"its library could not export it as Arrow data (error {code})")


def _type(schema: _Schema) -> Type:
    return Type(
        schema.format.decode(),
        (schema.name or b"").decode(errors="surrogateescape"),
        schema.flags,
        _metadata(schema.metadata),
        tuple(_type(schema.children[at].contents) for at in range(schema.n_children)),
        _type(schema.dictionary.contents) if schema.dictionary else None,
    )


def _metadata(address: int | None) -> tuple[tuple[bytes, bytes], ...]:
    """Read the pairs: a count, then the length and bytes of each key and value, in the machine's byte order."""
    if not address:
        return ()
    texts: list[bytes] = []
    at = address + 4
    for _ in range(2 * _number(address)):
        texts.append(ctypes.string_at(at + 4, _number(at)))
        at += 4 + len(texts[-1])
    return tuple(sorted(zip(texts[::2], texts[1::2], strict=True)))


def _number(address: int) -> int:
    return ctypes.c_int32.from_address(address).value


def _chunk(array: _Array) -> Chunk:
    return Chunk(
        array.length,
        array.offset,
        tuple(array.buffers[at] or 0 for at in range(array.n_buffers)),
        tuple(_chunk(array.children[at].contents) for at in range(array.n_children)),
        _chunk(array.dictionary.contents) if array.dictionary else None,
    )
