"""Finds the syntax tree of loaded code: the one that compiles to it, or none.

A file may have been edited after it was imported. So a tree is believed only if the code object compiled from it
equals the loaded one; otherwise a result would be filed under code that never ran ("poisoning").
"""

from __future__ import annotations

import ast
import linecache
import os
import tokenize
import warnings
from types import CodeType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memo.fingerprint.bytecode import FUTURES, same_code
from memo.fingerprint.scopes import children
from memo.fingerprint.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

Unit: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_UNITS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


# Comprehensions, and the scope of type parameters: the units in them count as those of the scope around.
_TRANSPARENT = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<generic parameters of ")


class _Compiled(NamedTuple):
    """A file as it is now: what it was read from, its tree, and its units with the code they compile to."""

    stamp: object
    tree: ast.Module | None
    units: dict[str, list[tuple[CodeType, Unit]]]


# By path and `__future__` flags: a notebook compiles a cell with the flags of the cells before it.
_files: dict[tuple[str, int], _Compiled] = {}


def find_unit(code: CodeType) -> Unit | None:
    """Return the syntax tree of the function or lambda whose code object is `code`, or None.

    None means that its file is gone, was never there, or no longer holds this code.
    """
    candidates = _compiled(code.co_filename, code.co_flags & FUTURES).units.get(code.co_qualname, ())
    # The same line first: two lambdas of one name can have equal code and differ in what it does not show.
    for candidate, unit in sorted(candidates, key=lambda pair: pair[0].co_firstlineno != code.co_firstlineno):
        if same_code(candidate, code):
            return unit
    return None


def module_tree(path: str) -> ast.Module | None:
    """Return the tree of a whole file as it is now, or None."""
    return _compiled(path, 0).tree


def _compiled(path: str, flags: int) -> _Compiled:
    known = _files.get((path, flags))
    stamp, text = _read(path, known)
    if known is None or known.stamp != stamp:
        known = _files[path, flags] = _compile(stamp, text, path, flags)
    return known


def _read(path: str, known: _Compiled | None) -> tuple[object, str | None]:
    """Return what tells one version of a file from the next, and its text where there is any to be compiled."""
    if path in linecache.cache and not os.path.exists(path):
        # Cells of a notebook and lines typed at the prompt are in no file, but linecache was given their text.
        text = "".join(linecache.getlines(path))
        return text, text or None
    try:
        status = os.stat(path)
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if known is not None and known.stamp == stamp:
            return stamp, None
        with tokenize.open(path) as file:
            return stamp, file.read()
    except (OSError, SyntaxError, UnicodeError):
        return None, None


def _compile(stamp: object, text: str | None, path: str, flags: int) -> _Compiled:
    if text is None:
        return _Compiled(stamp, None, {})
    # A cell of a notebook may await at its top level. To the code of functions the flag makes no difference.
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            # The user has seen them; and where warnings are errors, nothing would come of the file.
            warnings.simplefilter("ignore")
            tree = parse(text)
            code = compile(tree, path, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Compiled(stamp, None, {})
    return _Compiled(stamp, tree, _index(tree, code))


def _index(tree: ast.Module, code: CodeType) -> dict[str, list[tuple[CodeType, Unit]]]:
    """Pair every unit of a tree with its code object, by qualified name."""
    units: dict[str, list[tuple[CodeType, Unit]]] = {}
    pending: list[tuple[CodeType, ast.AST]] = [(code, tree)]
    while pending:
        outer, node = pending.pop()
        inner: dict[tuple[str, int], list[Unit]] = {}
        for unit in _inner_units(node):
            inner.setdefault((_name(unit), _line(unit)), []).append(unit)
        for child in _inner_codes(outer):
            if child.co_name.startswith(_TRANSPARENT):
                pending.append((child, node))
            elif (found := _unit_of(child, inner)) is not None:
                units.setdefault(child.co_qualname, []).append((child, found))
                pending.append((child, found))
    return units


def _inner_codes(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _inner_units(node: ast.AST) -> Iterator[Unit]:
    """Yield the units compiled in the scope of `node`: those of its body, not of their bodies."""
    pending: list[ast.AST] = list(_body(node)) if isinstance(node, _UNITS) else children(node)
    while pending:
        item = pending.pop()
        if isinstance(item, _UNITS):
            yield item
            inside = {id(part) for part in _body(item)}
            pending += [part for part in children(item) if id(part) not in inside]
        else:
            pending += children(item)


def _body(unit: ast.AST) -> list[ast.AST]:
    if isinstance(unit, ast.Lambda):
        return [unit.body]
    return list(getattr(unit, "body", ()))


def _unit_of(code: CodeType, units: dict[tuple[str, int], list[Unit]]) -> Unit | None:
    """Return the unit that a code object was compiled from, by name, line and position; None where in doubt."""
    found = units.get((code.co_name, code.co_firstlineno), [])
    if len(found) > 1:
        found = [unit for unit in found if _encloses(unit, code)]
    if len(found) > 1:
        # Python 3.12 gives no columns to the return of a constant: `{"a": lambda: 0, "b": lambda: 1}`. The first
        # that compiles to this code will do: another one that does says the same.
        alike = (unit for unit in found if isinstance(unit, ast.Lambda) and _compiles_to(unit, code))
        return next(alike, None)
    return found[0] if len(found) == 1 else None


def _compiles_to(unit: ast.Lambda, code: CodeType) -> bool:
    flags = code.co_flags & FUTURES
    alone = compile(ast.Expression(unit), code.co_filename, "eval", flags=flags, dont_inherit=True)
    return any(same_code(inner, code) for inner in _inner_codes(alone) if inner.co_name == "<lambda>")


def _name(unit: Unit) -> str:
    return "<lambda>" if isinstance(unit, ast.Lambda) else unit.name


def _line(unit: Unit) -> int:
    decorators = [] if isinstance(unit, ast.Lambda) else unit.decorator_list
    return min([unit.lineno, *(decorator.lineno for decorator in decorators)])


def _encloses(unit: Unit, code: CodeType) -> bool:
    """Tell whether the code's instructions lie in the body of a lambda: tells apart two on one line."""
    body = _body(unit)
    first, last = body[0], body[-1]
    start = (getattr(first, "lineno", 0), getattr(first, "col_offset", 0))
    end = (getattr(last, "end_lineno", 0), getattr(last, "end_col_offset", 0))
    spans = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if None not in (line, end_line, column, end_column) and (column, end_column) != (0, 0)
    ]
    # Some instructions have no columns (3.12 gives none to the return of a constant): those prove nothing.
    return all(start <= span[0] and span[1] <= end for span in spans)
