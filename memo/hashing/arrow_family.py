"""Handlers for pyarrow: by type and values, so that neither chunks nor offsets nor leftovers under nulls show."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.arrow_data import column_digest, type_token
from memo.hashing.arrow_memory import chunks, type_of
from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, FIRM
from memo.hashing.instances import derived
from memo.hashing.node import Refused
from memo.hashing.tokens import TAG_VALUE, content_digest, scalar_token, tagged

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

pa = cast("Any", import_module("pyarrow"))  # Untyped.


def values_digest(value: Any) -> bytes:
    """Return the digest of the values of an array or of one in chunks, without its type."""
    with chunks(_unified(value)) as (kind, parts):
        return column_digest(kind, parts)


def _columns(value: Any, encoder: Encoder) -> bytes:
    with chunks(_unified(value)) as (kind, parts):
        content = type_token(kind) + column_digest(kind, parts)
    return _value(value, content, encoder)


def _unified(value: Any) -> Any:
    """Return what has chunks with one dictionary for all of them."""
    return value.unify_dictionaries() if hasattr(value, "unify_dictionaries") else value


def _scalar(value: Any, encoder: Encoder) -> bytes:
    with chunks(pa.array([value], value.type)) as (kind, parts):
        content = type_token(kind) + column_digest(kind, parts)
    return _value(value, content, encoder)


def _type(value: Any, encoder: Encoder) -> bytes:
    return _value(value, type_token(type_of(value)), encoder)


def _buffer(value: Any, encoder: Encoder) -> bytes:
    return _value(value, content_digest(value), encoder)


def _value(value: Any, content: bytes, encoder: Encoder) -> bytes:
    return tagged(TAG_VALUE, scalar_token("pyarrow") + class_token(value, "pyarrow", encoder) + content)


def _metadata(value: Any, encoder: Encoder) -> Any:
    pairs = sorted(value.items())
    return derived("KeyValueMetadata", pa.KeyValueMetadata, value, (tuple(pairs),), encoder)


def _refuse(_value: object, _encoder: Encoder) -> bytes:
    raise Refused("it is a stream: what reading it gives changes with every read")


def install(_top: str) -> None:
    """Enter pyarrow's types into the tables."""
    handlers: dict[type, Handler] = {
        pa.Array: _columns,
        pa.RecordBatch: _columns,
        pa.ChunkedArray: _columns,
        pa.Table: _columns,
        pa.Scalar: _scalar,
        pa.DataType: _type,
        pa.Field: _type,
        pa.Schema: _type,
        pa.Buffer: _buffer,
        pa.KeyValueMetadata: _metadata,
        pa.RecordBatchReader: _refuse,
        pa.NativeFile: _refuse,
    }
    BASES.update(handlers)
    FIRM.update(handlers)
