"""Annotations, where something reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memo.fingerprint.border import owner_of_module
from memo.fingerprint.parts import framed

if TYPE_CHECKING:
    from memo.fingerprint.graph import Graph


def hints_of(graph: Graph, thing: Any, name: str) -> bytes:
    """Return the record of the annotations of a function or class, which people call `name`."""
    owner = vars(thing) if isinstance(thing, type) else {"__annotations__": thing.__annotations__}
    hints: dict[str, Any] = owner.get("__annotations__", {})
    graph.guards.values_of(hints)
    parts: list[bytes] = []
    for parameter, hint in hints.items():
        parts += [parameter.encode(), graph.target(hint, f"{name}: annotation of {parameter}")]
    return framed(parts)


def reads_hints(cls: type) -> bool:
    """Tell whether a class derives from one of a library that may read its annotations, as pydantic's do."""
    for base in (*cls.__mro__, type(cls)):
        owner = owner_of_module(str(getattr(base, "__module__", "")))
        if owner is not None and owner.top:
            return True
    return False
