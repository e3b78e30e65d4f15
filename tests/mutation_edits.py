"""Edits of a module's text that mean nothing, for `mutations.py`: each takes a text and returns another."""

from __future__ import annotations

import ast
import builtins
import io
import symtable
import tokenize
from typing import Any

_READ_LOCAL_NAMES = frozenset({"dir", "eval", "exec", "locals", "vars"})
_NO_STATEMENT = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
_HOLDERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def reformatted(text: str) -> str:
    return ast.unparse(ast.parse(text))


def documented(text: str) -> str:
    """Change every docstring, and give one to whatever has none."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, _HOLDERS):
            had = ast.get_docstring(node, clean=False)
            rest = node.body if had is None else node.body[1:]
            node.body = [ast.Expr(ast.Constant(f"Another text. {had}")), *rest]
    return ast.unparse(ast.fix_missing_locations(tree))


def undocumented(text: str) -> str:
    """Remove every docstring."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, _HOLDERS) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def commented(text: str) -> str:
    """Add a comment to the end of every statement, and above it one of several lines."""
    lines = text.split("\n")  # not at form feeds, which some of the modules have
    starts = True
    for token in list(tokenize.generate_tokens(io.StringIO(text).readline)):
        line = token.start[0] - 1
        if token.type == tokenize.NEWLINE:
            lines[line] += "  # a remark" * (token.line != "")
            starts = True
        elif starts and token.type not in _NO_STATEMENT:
            lines[line] = f"# another,\n\n   # and one more\n{lines[line]}"
            starts = False
    return "\n".join(lines)


def renamed(text: str) -> str:
    """Rename the local variables of every function."""
    tree = ast.parse(text)
    table = symtable.symtable(text, "renamed", "exec")
    _rename(tree, table)
    return ast.unparse(tree)


def _rename(node: ast.AST, table: symtable.SymbolTable) -> None:
    """Rename in the outermost functions below a module or class, whose table is given."""
    tables = {(child.get_name(), child.get_lineno()): child for child in table.get_children()}
    pending = list(ast.iter_child_nodes(node))
    while pending:
        item = pending.pop()
        if isinstance(item, ast.ClassDef):
            _rename(item, tables[item.name, item.lineno])
        elif isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = _free_to_rename(item, tables[item.name, item.lineno])
            for statement in item.body:
                _Renamer(names).visit(statement)
            for star in (item.args.vararg, item.args.kwarg):
                if star is not None:
                    star.arg = names.get(star.arg, star.arg)
        elif not isinstance(item, ast.Lambda):
            pending += ast.iter_child_nodes(item)


def _free_to_rename(node: ast.AST, table: symtable.SymbolTable) -> dict[str, str]:
    """Return new names for the locals that nobody can name from outside of the function and those in it."""
    symbols: list[tuple[symtable.SymbolTable, symtable.Symbol]] = []
    pending = [table]
    while pending:
        inner = pending.pop()
        pending += inner.get_children()
        symbols += [(inner, symbol) for symbol in inner.get_symbols()]
    stars = [
        arguments for item in ast.walk(node) if isinstance(arguments := getattr(item, "args", None), ast.arguments)
    ]
    starred = {
        star.arg for arguments in stars[:1] for star in (arguments.vararg, arguments.kwarg) if star is not None
    }
    kept = {symbol.get_name() for inner, symbol in symbols if not _is_private(inner, symbol, table, starred)}
    names = {symbol.get_name() for _, symbol in symbols}
    if names & _READ_LOCAL_NAMES:
        return {}
    return {name: f"renamed_{number}" for number, name in enumerate(sorted(names - kept))}


def _is_private(inner: Any, symbol: symtable.Symbol, table: symtable.SymbolTable, starred: set[str]) -> bool:
    if inner.get_type() != "function" or symbol.is_global() or symbol.is_imported() or symbol.is_namespace():
        return False
    if symbol.get_name() in vars(builtins) or symbol.get_name().startswith(("_", ".")):
        return False  # private names are mangled
    if symbol.is_parameter():
        return inner is table and symbol.get_name() in starred
    return symbol.is_local() or (symbol.is_free() and inner is not table)


class _Renamer(ast.NodeTransformer):
    """Renames variables wherever they stand."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "name", "rest"):
            if isinstance(node, (ast.Name, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
                old = getattr(node, field, None)
                if isinstance(old, str):
                    setattr(node, field, self._names.get(old, old))
        if isinstance(node, ast.Nonlocal):
            node.names = [self._names.get(name, name) for name in node.names]
        return super().generic_visit(node)


EDITS = {
    "reformatted": reformatted,
    "docstrings changed": documented,
    "docstrings removed": undocumented,
    "comments added": commented,
    "locals renamed": renamed,
    "moved": str,
}
