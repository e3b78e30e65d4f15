"""Handlers for polars: column by column through the Arrow interface, lazy frames by their plan."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.arrow_data import column_digest, decoded
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
PYTHON = (b"PLPYFN", b"PLPYUDF", b"\xacOpaquePython", b"\xaaPythonScan")
# Where polars keeps, in the __dict__ of its own, the value itself.
INTERNALS = frozenset({"_df", "_ldf", "_pyexpr", "_s"})


def _value(value: Any, encoder: Encoder, *children: object) -> Node:
    """Return a node for a value of a polars class: its class, then what it consists of."""
    head = scalar_token("polars") + class_token(value, "polars", encoder)
    return Node(TAG_VALUE, children, head=head, names=("",))


def _frame(value: Any, encoder: Encoder) -> Node:
    names = value.columns
    data = group([_data(column) for column in value.get_columns()], list(names))
    parts = (group(names), group(value.dtypes), value.height, data)
    return _value(value, encoder, *parts, extra_state(value, pl.DataFrame, INTERNALS))


def _series(value: Any, encoder: Encoder) -> Node:
    added = extra_state(value, pl.Series, INTERNALS)
    return _value(value, encoder, value.name, value.dtype, _data(value), added)


def _data(series: Any) -> object:
    """Return the child for the values of a series."""
    if series.dtype == pl.Object:
        return group(series.to_list())
    while hasattr(series.dtype, "ext_storage"):
        series = series.ext.storage()
    with chunks(series) as (kind, parts):
        # The codes of categories tell in which order the process has met them.
        return column_digest(decoded(kind), parts)


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
    """Encode a lazy frame by its plan: data in memory as they lie there, files by their paths."""
    return _serialised(value, value.serialize(), pl.LazyFrame, encoder)


def _expression(value: Any, encoder: Encoder) -> Node:
    return _serialised(value, value.meta.serialize(), pl.Expr, encoder)


def _serialised(value: Any, plan: bytes, base: type, encoder: Encoder) -> Node:
    if any(mark in plan for mark in PYTHON):
        raise Refused("it holds a Python function, whose code is hidden in it")
    return _value(value, encoder, bytes(content_digest(plan)), extra_state(value, base, INTERNALS))


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
