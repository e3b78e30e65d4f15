"""What counts of a function's decorators beside the objects they made.

They were evaluated long ago. What came out is followed as an object; but the objects of libraries are not looked
into, so for these it counts how the decorator was written: `@njit(fastmath=True)`.
"""

from __future__ import annotations

import ast
import builtins
import copy
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from memo.errors import UnhashableArgument
from memo.fingerprint.codes import name_of
from memo.fingerprint.guards import MISSING
from memo.fingerprint.kinds import SCALARS, is_inert
from memo.fingerprint.normal import expression_text
from memo.fingerprint.normals import known
from memo.fingerprint.wrappers import is_code, is_user_code, place_of
from memo.hashing import token

if TYPE_CHECKING:
    from collections.abc import Mapping


def decoration(function: FunctionType) -> str:
    """Return what counts of the decorators of a function: of those below memo's own."""
    found = known(function)
    if found.decoration is not None:
        return found.decoration
    listed: list[ast.expr] = getattr(found.tree, "decorator_list", [])
    if not listed:
        return ""
    scope = function.__globals__
    inner: list[ast.expr] = []
    for decorator in listed:
        # What stands above memo's decorator is applied to what memo gives back; memo's own changes no result.
        inner = [] if _is_ours(decorator, scope) else [*inner, decorator]
    resolver = _Resolver(scope)
    return ", ".join(expression_text(resolver.visit(copy.deepcopy(decorator))) for decorator in inner)


_CONTAINERS = frozenset({tuple, list, dict, set, frozenset})


class _Resolver(ast.NodeTransformer):
    """Puts in place of names what they stand for, so that neither imports nor constants are lost in spelling."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name."""
        return self._replaced(node) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace a dotted name."""
        return self._replaced(node) or self.generic_visit(node)

    def _replaced(self, node: ast.expr) -> ast.expr | None:
        value = _resolve(node, self._scope)
        if type(value) in SCALARS:
            return ast.Constant(value)
        text = _text_for(value)
        return None if text is None else ast.Constant(text)


def _text_for(value: Any) -> bytes | str | None:
    """Return what stands for a value in the text of a decorator; None: its name does."""
    if type(value) in _CONTAINERS:
        with suppress(UnhashableArgument):
            return token(value)
    if value is MISSING or not is_code(value):
        return None
    if not is_user_code(value):
        return name_of(value)[0]
    # Its own text, in case that it makes an object of a library. No edge: the names it reads are not there any
    # more where a worker unpickles the function.
    return known(value).normal.text if type(value) is FunctionType else place_of(value)[1]


def _is_ours(decorator: ast.expr, scope: Mapping[str, Any]) -> bool:
    """Tell whether a decorator is memo's, by the object it names, or by its name where that is out of sight."""
    node: ast.expr = decorator.func if isinstance(decorator, ast.Call) else decorator
    value = _resolve(node, scope)
    if value is MISSING:
        last = getattr(node, "attr", getattr(node, "id", ""))  # `default_cache().cached`
        return bool(last == "cached")
    return getattr(value, "__memo_decorator__", False) is True


def _resolve(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    """Return what a dotted name stands for, or MISSING."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return MISSING
    value: Any = scope.get(node.id, vars(builtins).get(node.id, MISSING))
    for name in names:
        # Of other objects, taking an attribute may run any code.
        if not (isinstance(value, (ModuleType, type)) or is_inert(value)):
            return MISSING
        value = getattr(value, name, MISSING)
    return value
