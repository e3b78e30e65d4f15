"""Code that looks things up by a name it computes: what of it can be followed, and what can only be warned of."""

from __future__ import annotations

import ast
from typing import NamedTuple

from memo.fingerprint.syntax import parse

_IMPORT = "imports a module by a computed name"
_FRAME = "reads the names of its caller's frame"

NAMES = {
    "__import__": _IMPORT,
    "eval": "runs text by eval()",
    "exec": "runs text by exec()",
    "getattr": "takes an attribute of a computed name by getattr()",
    "globals": "reads globals()",
    "import_module": _IMPORT,
    "run_module": "runs a module by its name",
    "run_path": "runs a file",
}
"""Names of built-ins and imported functions that lead to what no text shows: what to say of their use."""

ATTRIBUTES = {
    "__globals__": "reads a function's __globals__",
    "__import__": _IMPORT,
    "__subclasses__": "looks for subclasses",
    "_getframe": _FRAME,
    "currentframe": _FRAME,
    "import_module": _IMPORT,
    "run_module": NAMES["run_module"],
    "run_path": NAMES["run_path"],
}
"""The same for attributes."""

MODULES = "looks into sys.modules"


class Problem(NamedTuple):
    """Something that decides what code does and that its text does not show.

    Attributes:
        what: What the code does: "runs text by eval()".
        line: Where.
    """

    what: str
    line: int


class Decided(NamedTuple):
    """A look-up by a constant name.

    Attributes:
        by: The node that means the look-up: the name `getattr`.
        base: What an attribute is taken from; None for a global or a module.
        name: The constant.
        level: -1 for a global or an attribute, 0 for a module.
    """

    by: ast.AST
    base: ast.expr | None
    name: str
    level: int = -1


def decided(node: ast.AST) -> Decided | None:
    """Return what a call or subscript looks up, if it is a look-up by a name that is a constant."""
    match node:
        case ast.Call(func=ast.Name(id="getattr") as by, args=[base, ast.Constant(value=str(name)), *_]):
            return Decided(by, base, name)
        case ast.Call(
            func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module") as by,
            args=[ast.Constant(value=str(name))],
        ) if not name.startswith("."):
            return Decided(by, None, name, 0)
        case (
            ast.Subscript(value=ast.Call(func=ast.Name(id="globals") as by), slice=ast.Constant(value=str(name)))
            | ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="globals") as by), attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            )
        ):
            return Decided(by, None, name)
        case (
            ast.Subscript(value=ast.Attribute(attr="modules") as by, slice=ast.Constant(value=str(name)))
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="modules") as by, attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            )
        ) if is_sys_modules(by):
            return Decided(by, None, name, 0)
        case _:
            return None


def is_sys_modules(node: ast.AST) -> bool:
    """Tell whether a node is `sys.modules`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "modules"
        and (isinstance(node.value, ast.Name) and node.value.id == "sys")
    )


def names_in_text(node: ast.Call) -> list[str]:
    """Return the names in the text that `eval` or `exec` is given as a constant."""
    match node:
        case ast.Call(func=ast.Name(id="eval" | "exec"), args=[ast.Constant(value=str(text)), *_]):
            try:
                return [item.id for item in ast.walk(parse(text.strip())) if isinstance(item, ast.Name)]
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return []
        case _:
            return []
