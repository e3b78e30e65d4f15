"""The handler for exceptions: what they were made of and what was added, not where they have been."""

from __future__ import annotations

import builtins
from types import GetSetDescriptorType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.dispatch import BASES, lineage
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, attributes_node, group
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from memo.hashing.encoder import Encoder

args_of: Any = cast("Any", BaseException.args).__get__
cause_of: Any = cast("Any", BaseException.__cause__).__get__


def _error(value: BaseException, encoder: Encoder) -> Node:
    # Without the traceback and the context, which say where it was raised. Notes are among the attributes.
    head = scalar_token("exception") + encoder.code_token(type(value))
    built_in = [base for base in lineage(type(value)) if _is_built_in(base)]
    children = (
        group(args_of(value)),
        attributes_node(_fields(value, built_in)),
        cause_of(value),
        extra_state(value, built_in[0]),
    )
    return Node(TAG_VALUE, children, head=head, names=("", "", "__cause__", ""))


def _is_built_in(kind: type) -> bool:
    return getattr(builtins, kind.__name__, None) is kind


def _fields(value: BaseException, built_in: list[type]) -> dict[str, object]:
    """Return what built-in classes keep in C: the number of an OSError, the place of a SyntaxError."""
    found: dict[str, object] = {}
    for base in built_in[: built_in.index(BaseException)]:
        for name, field in vars(base).items():
            if isinstance(field, MemberDescriptorType | GetSetDescriptorType) and not name.startswith("_"):
                part = _read(field, value)
                # Not where there is nothing: other Pythons have other fields.
                if part is not None:
                    found.setdefault(name, part)
    return found


def _read(field: Any, value: BaseException) -> object:
    try:
        return field.__get__(value)
    except AttributeError:
        return None


def install(_top: str) -> None:
    """Enter the types into the tables."""
    # Also those with a __reduce__ of their own, which leaves out what a subclass adds.
    kinds = [
        kind
        for kind in vars(builtins).values()
        if isinstance(kind, type) and issubclass(kind, BaseException) and "__reduce__" in vars(kind)
    ]
    BASES.update(dict.fromkeys(kinds, _error))
