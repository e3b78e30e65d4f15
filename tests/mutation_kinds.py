"""The ways in which `mutations.py` changes one node of a module's tree, so that the program means another thing.

Left alone is what memo promises not to count (docstrings and other bare constants, annotations) and what never
runs in a module that is imported (the block under `if __name__ == "__main__"`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_HINTS = frozenset({"annotation", "returns", "type_comment", "type_params", "ctx"})
_LISTS = ("body", "orelse", "finalbody", "handlers", "cases")
_SWAPS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.MatMult: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.USub: ast.UAdd,
    ast.UAdd: ast.USub,
    ast.Invert: ast.USub,
    ast.Not: ast.Invert,
}


class Place(NamedTuple):
    """Where a node stands.

    Attributes:
        top: The index of its top-level statement; -1 for an edit of the list of these.
        unit: Qualified name and first line of the outermost function around it; None: it runs at import.
        line: Its line.
    """

    top: int
    unit: tuple[str, int] | None
    line: int


class Edit(NamedTuple):
    """One mutation: an attribute of one node of the tree, and what to set it to."""

    kind: str
    place: Place
    node: ast.AST
    field: str
    new: Any


def edits_of(tree: ast.Module, names: list[str], rng: random.Random) -> list[Edit]:
    """Return every mutation of a module; `names` are what a global's name is exchanged for."""
    return list(_Finder(names, rng).module(tree))


class _Finder:
    def __init__(self, names: list[str], rng: random.Random) -> None:
        self._names = names
        self._rng = rng
        self._locals: list[str] = []  # of the outermost function around the node

    def module(self, tree: ast.Module) -> Iterator[Edit]:
        yield from self._lists(tree, Place(-1, None, 1), "")
        for index, statement in enumerate(tree.body):
            if not _is_main(statement):
                yield from self._visit(statement, Place(index, None, statement.lineno), "")

    def _visit(self, node: ast.AST, place: Place, prefix: str) -> Iterator[Edit]:
        place = place._replace(line=getattr(node, "lineno", place.line))
        if place.unit is None and isinstance(node, FUNCTIONS):
            yield from self._unit(node, place, prefix)
            return
        for kind, field, new in self._kinds(node):
            yield Edit(kind, place, node, field, new)
        yield from self._lists(node, place, prefix)
        inner = f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix
        for child in _children(node):
            yield from self._visit(child, place, inner)

    def _unit(self, node: Any, place: Place, prefix: str) -> Iterator[Edit]:
        """Visit an outermost function: its defaults are evaluated at import, the rest of it belongs to it."""
        name = getattr(node, "name", "<lambda>")
        decorators = getattr(node, "decorator_list", [])
        inside = place._replace(
            unit=(f"{prefix}{name}", min([node.lineno, *(item.lineno for item in decorators)]))
        )
        self._locals = _locals(node)
        for kind, field, new in [*self._kinds(node), *_removed_decorators(node)]:
            yield Edit(kind, inside, node, field, new)
        for kind, field, new in _parameters(node.args):
            # What a removed default leaves behind is in the function's defaults, and compared there.
            yield Edit(kind, place if "default" in kind else inside, node.args, field, new)
        for child in (*node.args.defaults, *(item for item in node.args.kw_defaults if item is not None)):
            yield from self._visit(child, place, prefix)
        yield from self._lists(node, inside, prefix)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        for child in (*decorators, *(item for item in body if not _is_inert(item))):
            yield from self._visit(child, inside, prefix)
        self._locals = []

    # Lists of statements

    def _lists(self, node: ast.AST, place: Place, prefix: str) -> Iterator[Edit]:
        for field in _LISTS:
            items = getattr(node, field, None)
            if isinstance(items, list):
                for index, item in enumerate(items):
                    if not _is_inert(item) and not _is_main(item):
                        at = place._replace(line=getattr(item, "lineno", place.line))
                        yield from self._statement(node, field, index, at, prefix)

    def _statement(self, node: ast.AST, field: str, index: int, place: Place, prefix: str) -> Iterator[Edit]:
        items = getattr(node, field)
        item, before, after = items[index], items[:index], items[index + 1 :]
        stays = [] if before or after or field != "body" else [ast.Pass()]
        yield Edit("statement removed", place, node, field, [*before, *stays, *after])
        if after and not _is_inert(after[0]) and _shape(item) != _shape(after[0]):
            yield Edit("statements swapped", place, node, field, [*before, after[0], item, *after[1:]])
        for kind, other in _other_statements(item):
            at = place
            if place.unit is None and isinstance(item, FUNCTIONS):
                first = min([item.lineno, *(decorator.lineno for decorator in item.decorator_list)])
                at = place._replace(unit=(f"{prefix}{_class_prefix(node)}{item.name}", first))
            yield Edit(kind, at, node, field, [*before, other, *after])

    # Kinds by type of node: (kind, field, new value)

    def _kinds(self, node: Any) -> Iterator[tuple[str, str, Any]]:
        yield from getattr(self, f"_of_{type(node).__name__.lower()}", lambda _: ())(node)
        for field in ("test", "guard"):
            if isinstance(getattr(node, field, None), ast.expr):
                yield "test negated", field, ast.UnaryOp(ast.Not(), getattr(node, field))
        if type(getattr(node, "op", None)) in _SWAPS:
            yield "operator", "op", _SWAPS[type(node.op)]()
        if isinstance(node, ast.expr) and isinstance(getattr(node, "elts", None), list):
            yield from _elements(node, "elts")
            if _is_load(node):
                yield "element added", "elts", [*node.elts, ast.Name("len", ast.Load())]

    def _of_constant(self, node: ast.Constant) -> Iterator[tuple[str, str, Any]]:
        yield "constant's value", "value", _other_value(node.value)
        yield "constant's type", "value", _other_type(node.value)

    def _of_compare(self, node: ast.Compare) -> Iterator[tuple[str, str, Any]]:
        for index, op in enumerate(node.ops):
            yield "comparison", "ops", [*node.ops[:index], _SWAPS[type(op)](), *node.ops[index + 1 :]]

    def _of_attribute(self, node: ast.Attribute) -> Iterator[tuple[str, str, Any]]:
        yield "attribute", "attr", f"{node.attr}_"

    def _of_name(self, node: ast.Name) -> Iterator[tuple[str, str, Any]]:
        if not isinstance(node.ctx, ast.Load):
            return  # storing under a name that nothing else uses would only rename it
        is_local = node.id in self._locals
        others = [name for name in (self._locals if is_local else self._names) if name != node.id]
        if others:
            yield ("local's name" if is_local else "global's name"), "id", self._rng.choice(others)

    def _of_call(self, node: ast.Call) -> Iterator[tuple[str, str, Any]]:
        yield from _elements(node, "args", "argument")
        yield from _elements(node, "keywords", "keyword")
        if not any(isinstance(item, ast.Starred) for item in node.args) and not node.keywords:
            yield "argument added", "args", [*node.args, ast.Constant(None)]

    def _of_keyword(self, node: ast.keyword) -> Iterator[tuple[str, str, Any]]:
        yield "keyword's name", "arg", f"{node.arg}_" if node.arg else "starred"

    def _of_dict(self, node: ast.Dict) -> Iterator[tuple[str, str, Any]]:
        for index, key in enumerate(node.keys):
            other = None if key is not None else ast.Constant(None)
            yield "key or starred", "keys", [*node.keys[:index], other, *node.keys[index + 1 :]]
            if index and ast.dump(node.values[index]) != ast.dump(node.values[index - 1]):
                before, after = node.values[: index - 1], node.values[index + 1 :]
                yield "values swapped", "values", [*before, node.values[index], node.values[index - 1], *after]

    def _of_ifexp(self, node: ast.IfExp) -> Iterator[tuple[str, str, Any]]:
        yield "branch", "orelse", ast.Tuple([node.orelse], ast.Load())

    def _of_slice(self, node: ast.Slice) -> Iterator[tuple[str, str, Any]]:
        for field in ("lower", "upper", "step"):
            yield "slice", field, ast.Constant(7) if getattr(node, field) is None else None

    def _of_formattedvalue(self, node: ast.FormattedValue) -> Iterator[tuple[str, str, Any]]:
        yield "conversion", "conversion", ord("r") if node.conversion != ord("r") else ord("a")
        spec = ast.JoinedStr([ast.Constant(">9")])
        yield "format spec", "format_spec", spec if node.format_spec is None else None

    def _of_excepthandler(self, node: ast.ExceptHandler) -> Iterator[tuple[str, str, Any]]:
        yield "exception caught", "type", ast.Name("BufferError", ast.Load())
        yield from _nothing_or_none(node, "type")

    def _of_return(self, node: ast.Return) -> Iterator[tuple[str, str, Any]]:
        is_none = isinstance(node.value, ast.Constant) and node.value.value is None
        yield "returned value", "value", ast.Constant(7) if node.value is None or is_none else None

    def _of_raise(self, node: ast.Raise) -> Iterator[tuple[str, str, Any]]:
        if node.exc is not None:
            yield from _nothing_or_none(node, "cause")

    def _of_assert(self, node: ast.Assert) -> Iterator[tuple[str, str, Any]]:
        yield from _nothing_or_none(node, "msg")

    def _of_annassign(self, node: ast.AnnAssign) -> Iterator[tuple[str, str, Any]]:
        yield from _nothing_or_none(node, "value")

    def _of_comprehension(self, node: ast.comprehension) -> Iterator[tuple[str, str, Any]]:
        yield from _elements(node, "ifs", "condition")

    def _of_global(self, node: ast.Global | ast.Nonlocal) -> Iterator[tuple[str, str, Any]]:
        yield "global's name", "names", [*node.names[:-1], f"{node.names[-1]}_"]

    _of_nonlocal = _of_global

    def _of_import(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str, Any]]:
        first, *rest = node.names
        bound = first.asname or first.name.partition(".")[0]
        yield "import", "names", [ast.alias(f"{first.name}_", bound), *rest]

    _of_importfrom = _of_import

    def _of_classdef(self, node: ast.ClassDef) -> Iterator[tuple[str, str, Any]]:
        yield from _elements(node, "bases", "base")
        yield "base added", "bases", [*node.bases, ast.Name("_AddedBase", ast.Load())]
        yield from _removed_decorators(node)

    def _of_functiondef(self, node: ast.FunctionDef) -> Iterator[tuple[str, str, Any]]:
        yield from _removed_decorators(node)

    def _of_arguments(self, node: ast.arguments) -> Iterator[tuple[str, str, Any]]:
        yield from _parameters(node)  # of a function in a function

    def _of_unaryop(self, node: ast.UnaryOp) -> Iterator[tuple[str, str, Any]]:
        yield "operand", "operand", ast.UnaryOp(ast.Not(), node.operand)

    def _of_with(self, node: ast.With) -> Iterator[tuple[str, str, Any]]:
        if len(node.items) > 1:
            yield from _elements(node, "items", "context")

    def _of_for(self, node: ast.For) -> Iterator[tuple[str, str, Any]]:
        yield "iterable", "iter", ast.Tuple([node.iter], ast.Load())


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field not in _HINTS:
            items = value if isinstance(value, list) else [value]
            yield from (item for item in items if isinstance(item, ast.AST) and not _is_inert(item))


def _is_inert(item: object) -> bool:
    """Tell whether a statement does nothing: `pass`, a docstring or another bare constant, an annotation alone."""
    match item:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None, simple=1):
            return True
        case _:
            return False


def _is_main(item: object) -> bool:
    """Tell whether a statement is `if __name__ == "__main__"`: never run in a module that is imported."""
    return isinstance(item, ast.If) and ast.unparse(item.test) == "__name__ == '__main__'"


def _is_load(node: Any) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _class_prefix(node: ast.AST) -> str:
    return f"{node.name}." if isinstance(node, ast.ClassDef) else ""


def _shape(statement: ast.AST) -> str:
    """Return a statement without its names: two of one shape can be swapped by renaming, which changes nothing."""
    copy = ast.parse(ast.unparse(statement)) if isinstance(statement, ast.stmt) else statement
    for node in ast.walk(copy) if isinstance(statement, ast.stmt) else ():
        if isinstance(node, ast.Name):
            node.id = "_"
    return ast.dump(copy)


def _elements(node: Any, field: str, what: str = "element") -> Iterator[tuple[str, str, Any]]:
    items = getattr(node, field)
    for index, item in enumerate(items):
        yield f"{what} removed", field, [*items[:index], *items[index + 1 :]]
        if index and ast.dump(item) != ast.dump(items[index - 1]) and _is_load(item):
            yield f"{what}s swapped", field, [*items[: index - 1], item, items[index - 1], *items[index + 1 :]]


def _nothing_or_none(node: ast.AST, field: str) -> Iterator[tuple[str, str, Any]]:
    """Exchange what is not there for a None that is written out; and anything else for nothing."""
    yield "nothing or None", field, ast.Constant(None) if getattr(node, field) is None else None


def _removed_decorators(node: Any) -> Iterator[tuple[str, str, Any]]:
    for index, _ in enumerate(getattr(node, "decorator_list", [])):
        yield (
            "decorator removed",
            "decorator_list",
            [*node.decorator_list[:index], *node.decorator_list[index + 1 :]],
        )


def _parameters(node: ast.arguments) -> Iterator[tuple[str, str, Any]]:
    if node.defaults:
        yield "default removed", "defaults", node.defaults[1:]
    yield from (edit for edit in _elements(node, "args", "parameter") if "swapped" in edit[0])
    if not node.defaults:
        yield "parameter added", "args", [*node.args, ast.arg("added")]


def _other_statements(item: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield statements of another type that can stand in place of one."""
    match item:
        case ast.Break():
            yield "break or continue", ast.Continue()
        case ast.Continue():
            yield "break or continue", ast.Break()
        case ast.Return(value=value):
            yield "return or yield", ast.Expr(ast.Yield(value))
        case ast.FunctionDef():
            fields = {field: getattr(item, field) for field in item._fields if hasattr(item, field)}
            yield "def or async def", ast.copy_location(ast.AsyncFunctionDef(**fields), item)
        case ast.Expr(value=value) if not isinstance(value, (ast.Yield, ast.YieldFrom, ast.Await)):
            yield "expression or return", ast.Return(value)
        case _:
            return


def _locals(node: Any) -> list[str]:
    """Return the names that a function and the functions in it bind, but for those they declare global."""
    found = {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    found |= {item.arg for item in ast.walk(node) if isinstance(item, ast.arg)}
    return sorted(found - {name for item in ast.walk(node) if isinstance(item, ast.Global) for name in item.names})


def _other_value(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float() | complex():
            return value * 2 + 1
        case str():
            return f"{value}x"
        case bytes():
            return value + b"x"
        case _:
            return 7


def _other_type(value: Any) -> Any:  # noqa: PLR0911 - one for each type
    match value:
        case bool() | None:
            return int(bool(value))
        case 0 | 1 if isinstance(value, int):
            return bool(value)
        case int():
            return float(value) if abs(value) < 2**53 else str(value)
        case float() if value.is_integer():
            return int(value)
        case str():
            return value.encode("utf-8", "surrogatepass")
        case bytes():
            return value.decode("latin-1")
        case _:
            return repr(value)
