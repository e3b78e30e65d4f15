"""Handlers for pyarrow: by type and values, so that neither chunks nor offsets nor leftovers under nulls show."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.arrow_data import column_digest, type_token
from memo.hashing.arrow_memory import chunks, type_of
from memo.hashing.callables import class_token, kind_of
from memo.hashing.dispatch import BASES, FIRM, own_class
from memo.hashing.instances import derived, extra_state
from memo.hashing.node import Node
from memo.hashing.refused import refusing
from memo.hashing.tokens import TAG_VALUE, content_digest, plain_leaf, scalar_token, tagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

pa = cast("Any", import_module("pyarrow"))  # Untyped.


def values_digest(value: Any) -> bytes:
    """Return the digest of the values of an array or of one in chunks, without its type."""
    with chunks(_unified(value)) as (kind, parts):
        return column_digest(kind, parts)


def _array(value: Any, encoder: Encoder) -> bytes | Node:
    return _value(value, _content(value, value.type), value.type, encoder)


def _table(value: Any, encoder: Encoder) -> bytes | Node:
    return _value(value, _content(value, value.schema), value.schema, encoder)


def _scalar(value: Any, encoder: Encoder) -> bytes | Node:
    return _value(value, _content(pa.repeat(value, 1), value.type), value.type, encoder)


def _content(value: Any, kind: Any) -> bytes:
    return type_token(type_of(kind)) + values_digest(value)


def _unified(value: Any) -> Any:
    """Return what has chunks with one dictionary for all of them, and without runs, if pyarrow can do it.

    Where it cannot (dictionaries of lists, or with nulls), the chunks show; and where runs are inside of a column.
    """
    with suppress(pa.ArrowException):
        value = _without_runs(value)
    with suppress(AttributeError, pa.ArrowException):
        value = value.unify_dictionaries()
    return value


def _without_runs(value: Any) -> Any:
    if isinstance(value, pa.RecordBatch | pa.Table):
        table = value if isinstance(value, pa.Table) else pa.Table.from_batches([value])
        for at, field in enumerate(table.schema):
            if pa.types.is_run_end_encoded(field.type):
                table = table.set_column(at, field.name, _without_runs(table.column(at)))
        return table
    if pa.types.is_run_end_encoded(value.type):
        return import_module("pyarrow.compute").run_end_decode(value)
    return value


def _type(value: Any, encoder: Encoder) -> bytes | Node:
    return _value(value, type_token(type_of(value)), value, encoder)


def _buffer(value: Any, _encoder: Encoder) -> bytes:
    return plain_leaf("pyarrow:Buffer", bytes(content_digest(value)))


def _value(value: Any, content: bytes, kind: Any, encoder: Encoder) -> bytes | Node:
    head = scalar_token("pyarrow") + class_token(value, "pyarrow", encoder) + content
    extensions = [_extension(path, one, encoder) for path, one in _extensions(kind)]
    return Node(TAG_VALUE, extensions, head=head, names=("",)) if extensions else tagged(TAG_VALUE, head)


def _extensions(kind: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the extension types in a type, a field or a schema, and the way to each.

    The Arrow interface shows them as metadata that could stand there without them, and their class not at all.
    """
    waiting: list[tuple[tuple[int, ...], Any]] = [((), kind)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, pa.BaseExtensionType):
            yield path, one
            inner = [one.storage_type]
        elif isinstance(one, pa.Schema):
            inner = list(one.types)
        elif isinstance(one, pa.Field):
            inner = [one.type]
        elif pa.types.is_dictionary(one) or pa.types.is_run_end_encoded(one):
            inner = [one.value_type]
        else:
            inner = [one.field(at).type for at in range(one.num_fields)]
        waiting += [((*path, at), child) for at, child in enumerate(inner)]


def _extension(path: tuple[int, ...], kind: Any, encoder: Encoder) -> Node:
    head = scalar_token("extension") + class_token(kind, "pyarrow", encoder)
    return Node(TAG_VALUE, (path, extra_state(kind, own_class(kind_of(kind), "pyarrow"))), head=head, names=("",))


def _metadata(value: Any, encoder: Encoder) -> Any:
    pairs = sorted(value.items())
    return derived("KeyValueMetadata", pa.KeyValueMetadata, value, (tuple(pairs),), encoder)


def install(_top: str) -> None:
    """Enter pyarrow's types into the tables."""
    handlers: dict[type, Handler] = {
        pa.Array: _array,
        pa.ChunkedArray: _array,
        pa.RecordBatch: _table,
        pa.Table: _table,
        pa.Scalar: _scalar,
        pa.DataType: _type,
        pa.Field: _type,
        pa.Schema: _type,
        pa.Buffer: _buffer,
        pa.KeyValueMetadata: _metadata,
        **dict.fromkeys(
            (pa.RecordBatchReader, pa.NativeFile),
            refusing("it is a stream: what reading it gives changes with every read"),
        ),
    }
    BASES.update(handlers)
    FIRM.update(handlers)
