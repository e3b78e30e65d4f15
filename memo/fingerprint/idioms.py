"""Forms of code that mean something else than what they say: no-ops, copies, queries in texts."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memo.fingerprint.scopes import Scope

# Calls that read local names in a text: `frame.query("price > @limit")`.
_QUERIES = frozenset({"eval", "query"})
_QUERIED = re.compile(r"@([^\W\d]\w*)")


def copied(node: ast.Assign) -> str:
    """Return the attribute that an assignment copies from one object to another, "" if it does something else."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Attribute(attr=other)):
            return name if name == other else ""
        case ast.Assign(
            targets=[ast.Attribute(attr=name)],
            value=ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=other), *_]),
        ):
            return name if name == other else ""
        case _:
            return ""


def is_query(node: ast.AST) -> bool:
    """Tell whether a node calls a method `query`, as data frames have one."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "query"


def queried(node: ast.Call) -> list[str]:
    """Return the names that the text of a query of pandas reads: those after an @."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str(text)), *_]) if name in _QUERIES:
            return _QUERIED.findall(text)
        case _:
            return []


def dotted(node: ast.expr) -> tuple[tuple[str, ...], ast.expr]:
    """Return the attributes at the end of an expression, and what they are taken from."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return tuple(reversed(names)), node


def effective(items: list[object], scope: Scope | None) -> Iterable[object]:
    """Yield the items of a list without those that do nothing when the code runs."""
    for item in items:
        if isinstance(item, ast.If) and _is_for_checkers(item.test):
            yield from effective(cast("list[object]", item.orelse), scope)
        elif not _is_inert(item, scope):
            yield item


def _is_for_checkers(test: ast.expr) -> bool:
    """Tell whether a test is that of `typing.TYPE_CHECKING`, which is False wherever code runs."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _is_inert(item: object, scope: Scope | None) -> bool:
    """Tell whether a statement does nothing: `pass`, a docstring, a bare constant, an annotation alone."""
    match item:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(value=None, simple=1):
            return scope is None or not scope.is_class
        case ast.Assert():
            return not __debug__  # under -O it is not compiled
        case _:
            return False
