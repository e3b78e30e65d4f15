"""The canonical form of a function: from its syntax tree, from whoever sent it here, else from its bytecode."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from memo.fingerprint import bytecode
from memo.fingerprint.border import python_version
from memo.fingerprint.normal import Chain, Normal, normalise
from memo.fingerprint.source import find_unit
from memo.fingerprint.syntax import parse
from memo.hashing.identity import IdentityMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType, FunctionType


class Known(NamedTuple):
    """What is known of a code object.

    Attributes:
        normal: Its canonical form.
        tree: The syntax tree that it was compiled from; None where there is none.
        decoration: What counts of its decorators, if that was sent along; else None.
        source: Its source for people, if that was sent along.
    """

    normal: Normal
    tree: Any = None
    decoration: str | None = None
    source: str = ""


class Parcel(NamedTuple):
    """What travels with a function that is pickled by value: a worker need not see its file.

    It is tied to the code object, which within one pickle stays one object: two versions of a function may have
    equal code, and differ in what only their texts show.
    """

    code: CodeType
    normal: tuple[Any, ...]
    decoration: str
    source: str


# By code object: a thousand closures of one `def` are normalised once. And a file that is edited later changes
# nothing for code that was loaded before.
_known: IdentityMap[Known] = IdentityMap()


def known(function: FunctionType) -> Known:
    """Return what is known of a function's code."""
    code = function.__code__
    found = _known.get(code)
    if found is not None:
        return found
    unit: Any = find_unit(code)
    if unit is not None:
        # An expression of hundreds of nested operators, as programs write them: bytecode has no depth.
        with suppress(RecursionError):
            return _known.put(code, Known(normalise(unit, code), unit))
    # Not remembered: the file may be half written, and whole again when somebody asks next.
    return Known(_of_bytecode(code))


def source_of(function: FunctionType) -> str:
    """Return the source of a function for people: without comments, docstrings, hints and decorators; or ""."""
    found = known(function)
    if found.tree is None or isinstance(found.tree, ast.Lambda):
        return found.source or ("" if found.tree is None else ast.unparse(found.tree))
    tree: Any = _Bare().visit(parse(ast.unparse(found.tree)).body[0])
    return ast.unparse(tree)


class _Bare(ast.NodeTransformer):
    """Takes from a function what does not count."""

    def visit_FunctionDef(self, node: Any) -> Any:
        """Drop docstring, hints and decorators."""
        self.generic_visit(node)
        node.decorator_list, node.returns = [], None
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as `ast` calls it

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Drop the hint."""
        node.annotation = None
        return node


# Travel


def pack(functions: Iterable[tuple[FunctionType, str]]) -> tuple[Parcel, ...]:
    """Return what has to travel with functions, each given with what counts of its decorators."""
    parcels: list[Parcel] = []
    for function, decoration in functions:
        code = function.__code__
        # Remembered from here on, if it was not: what has travelled must stay as it is.
        found = _known.put(code, known(function))
        parcels.append(Parcel(code, tuple(found.normal), decoration, source_of(function)))
    return tuple(parcels)


def receive(parcels: Iterable[Parcel]) -> None:
    """Remember what came with functions."""
    for parcel in parcels:
        _known.put(parcel.code, Known(Normal(*parcel.normal), None, parcel.decoration, parcel.source))


# Bytecode


def _of_bytecode(code: CodeType) -> Normal:
    return Normal(
        f"{python_version()} {bytecode.canonical(code)!r}",
        tuple(dict.fromkeys(_chains(code))),
        attributes=frozenset(bytecode.mentions(code)),
        problems=tuple(bytecode.problems(code)),
    )


def _chains(code: CodeType) -> Iterator[Chain]:
    for name, attributes in bytecode.names(code):
        yield Chain(name, attributes)
    for name, level in bytecode.imports(code):
        yield Chain(name, (), level)
