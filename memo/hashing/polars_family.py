"""Handlers for polars: column by column through the Arrow interface, lazy frames by their plan."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.arrow_data import column_digest
from memo.hashing.arrow_memory import chunks
from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, FIRM
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, attributes_node, group
from memo.hashing.tokens import TAG_VALUE, content_digest, plain_leaf, scalar_token

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

pl = cast("Any", import_module("polars"))  # Not among what the type checkers have installed.

# What a serialised plan has in it where it holds a pickled function or a source written in Python.
PYTHON = (b"PLPY", b"OpaquePython", b"PythonScan", b"cloudpickle")


def _value(value: Any, encoder: Encoder, *children: object) -> Node:
    """Return a node for a value of a polars class: its class, then what it consists of."""
    head = scalar_token("polars") + class_token(value, "polars", encoder)
    return Node(TAG_VALUE, children, head=head, names=("",))


def _frame(value: Any, encoder: Encoder) -> Node:
    names = value.columns
    data = group([_data(column) for column in value.get_columns()], list(names))
    return _value(
        value, encoder, group(names), group(value.dtypes), value.height, data, _added(value, pl.DataFrame)
    )


def _series(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, value.dtype, _data(value), _added(value, pl.Series))


def _added(value: Any, base: type) -> object:
    """Return the child for what a user's subclass adds."""
    return None if type(value) is base else extra_state(value, base)


def _data(series: Any) -> object:
    """Return the child for the values of a series."""
    dtype = series.dtype
    if dtype == pl.Object:
        return group(series.to_list())
    plain = _without_categories(dtype)
    with chunks(series if plain is dtype else series.cast(plain)) as (kind, parts):
        return column_digest(kind, parts)


def _without_categories(dtype: Any) -> Any:
    """Return the type with texts for categories, whose numbers tell in which order the process met them."""
    if isinstance(dtype, pl.Categorical):
        return pl.String()
    if isinstance(dtype, pl.Struct):
        fields = [pl.Field(field.name, _without_categories(field.dtype)) for field in dtype.fields]
        same = all(new.dtype is old.dtype for new, old in zip(fields, dtype.fields, strict=True))
        return dtype if same else pl.Struct(fields)
    if isinstance(dtype, (pl.List, pl.Array)):
        inner = _without_categories(dtype.inner)
        if inner is not dtype.inner:
            return pl.List(inner) if isinstance(dtype, pl.List) else pl.Array(inner, dtype.size)
    return dtype


def _dtype(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, attributes_node(cast("dict[str, Any]", vars(value))))


def _dtype_class(value: Any, encoder: Encoder) -> bytes | Node:
    """Encode a class of dtypes; one that takes no arguments equals its instance, and stands for it."""
    try:
        instance = value()
    except TypeError:
        return plain_leaf("polars class", value.__name__)
    return _dtype(instance, encoder)


def _field(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name, value.dtype)


def _categories(value: Any, encoder: Encoder) -> Node:
    return _value(value, encoder, value.name(), value.namespace(), value.physical())


def _plan(value: Any, encoder: Encoder) -> Node:
    """Encode a lazy frame by its plan: data in memory by content, files by their paths."""
    return _serialised(value, value.serialize(), encoder)


def _expression(value: Any, encoder: Encoder) -> Node:
    return _serialised(value, value.meta.serialize(), encoder)


def _serialised(value: Any, plan: bytes, encoder: Encoder) -> Node:
    if any(mark in plan for mark in PYTHON):
        raise Refused("it holds a Python function, whose code is hidden in it")
    return _value(value, encoder, bytes(content_digest(plan)))


def install(_top: str) -> None:
    """Enter the types of polars into the tables."""
    handlers: dict[type, Handler] = {
        pl.DataFrame: _frame,
        pl.Series: _series,
        pl.LazyFrame: _plan,
        pl.Expr: _expression,
        pl.DataType: _dtype,
        type(pl.Int64): _dtype_class,
        pl.Field: _field,
    }
    if hasattr(pl, "Categories"):
        handlers[pl.Categories] = _categories
    BASES.update(handlers)
    FIRM.update(handlers)
