"""Handlers for what annotations are made of: by origin and arguments, as `typing` shows them to everyone."""

from __future__ import annotations

import typing
from collections.abc import Callable
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, get_args, get_origin

from memo.hashing.callables import kind_of
from memo.hashing.dispatch import BASES, EXACT, FIRM, top_of
from memo.hashing.instances import derived, reader
from memo.hashing.node import Node, group
from memo.hashing.tokens import TAG_VALUE, plain_leaf, scalar_token

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# The classes of these have no public names.
_SPECIAL: type = kind_of(typing.ClassVar)
_BARE: type = kind_of(typing.List)  # noqa: UP006 - this and no other.
_FILLED: type = kind_of(typing.List[int])  # noqa: UP006
_NATIVE_CALLABLE: type = kind_of(Callable[[int], int])

_parts_of = reader(GenericAlias, "__origin__", "__args__", "__unpacked__")


def _native(value: GenericAlias, encoder: Encoder) -> bytes | Node:
    """Take ``list[int]`` apart, and ``*tuple[int]``, which looks like an iterator."""
    origin, args, unpacked = _parts_of(value)
    content = (origin, group(args), unpacked)
    if type(value) is _NATIVE_CALLABLE:
        return Node(TAG_VALUE, content, head=scalar_token("CallableAlias"), names=_NAMES)
    return derived("GenericAlias", GenericAlias, value, content, encoder)


_NAMES = ("__origin__", "__args__", "")


def _filled(value: Any, _encoder: Encoder) -> Node:
    # Of a Callable, the list of its parameters is the first argument.
    args = [group(part) if kind_of(part) is list else part for part in get_args(value)]
    # A class on some Pythons, on others not.
    origin = "Annotated" if get_origin(value) is Annotated else get_origin(value)
    return Node(TAG_VALUE, (origin, group(args)), head=scalar_token("typing"), names=_NAMES)


def _named(value: Any, _encoder: Encoder) -> bytes:
    # typing_extensions has forms of its own.
    return plain_leaf("typing", top_of(kind_of(value)), value.__name__)


def _part_of_parameters(value: Any, _encoder: Encoder) -> Node:
    head = scalar_token(type(value).__name__)
    return Node(TAG_VALUE, (value.__origin__,), head=head, names=("__origin__",))


def _forward(value: ForwardRef, _encoder: Encoder) -> Node:
    # Without the code that it was compiled to and what it was found to be.
    flags = (value.__forward_is_argument__, value.__forward_is_class__)
    content = (value.__forward_arg__, value.__forward_module__, *flags)
    return Node(TAG_VALUE, content, head=scalar_token("ForwardRef"), names=("",))


def install(_top: str) -> None:
    """Enter the types into the tables."""
    EXACT.update(
        {
            _SPECIAL: _named,
            ForwardRef: _forward,
            typing.ParamSpecArgs: _part_of_parameters,
            typing.ParamSpecKwargs: _part_of_parameters,
        }
    )
    handlers: dict[type, Handler] = {_SPECIAL: _named, _BARE: _named, _FILLED: _filled, GenericAlias: _native}
    BASES.update(handlers)
    FIRM.update(handlers)
