"""The statement that builds a global which has no hash: `CLIENT = Client("host", retries=3)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from memo.fingerprint.contents import is_as_loaded
from memo.fingerprint.normal import normalise_statements
from memo.fingerprint.source import module_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memo.fingerprint.normal import Normal


def building_statement(scope: Mapping[str, Any], name: str) -> Normal | None:
    """Return the canonical form of the statements at the top level of a module that bind a name.

    None where there is none, or where the file may say something else than what was loaded: of the code of a
    module nothing is left that its text could be compared with.
    """
    path = scope.get("__file__")
    if not isinstance(path, str) or not is_as_loaded(path):
        return None
    tree = module_tree(path)
    found = [] if tree is None else [item for item in _statements(tree.body) if name in _bound(item)]
    return normalise_statements(found) if found else None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the simple statements of a module, those under `if`, `try`, `with` and loops too."""
    for item in body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(item, (ast.With, ast.For)):
            yield item
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(item, field, []))
        for handler in getattr(item, "handlers", []):
            yield from _statements(handler.body)
        if not hasattr(item, "body"):
            yield item


def _bound(item: ast.stmt) -> set[str]:
    """Return the names that a statement binds."""
    targets: list[ast.expr] = []
    match item:
        case ast.Assign():
            targets = item.targets
        case ast.AnnAssign() | ast.AugAssign() | ast.For():
            targets = [item.target]
        case ast.With():
            targets = [part.optional_vars for part in item.items if part.optional_vars is not None]
        case _:
            pass
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
