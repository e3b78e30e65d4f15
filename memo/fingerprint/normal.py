"""Canonical text of a unit of code, equal on all Pythons: without comments, docstrings, hints, names of locals.

Every node is written as `Type(field, …)`, strings in `ascii` form, so that no two trees share a text. On the way,
the names that the code reads from outside are noted: they are the edges of the fingerprint's graph.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from memo.fingerprint.bytecode import READS_LOCAL_NAMES
from memo.fingerprint.scopes import Function, Scope, parameters

if TYPE_CHECKING:
    from collections.abc import Callable

# What a tree carries beside its meaning: positions are attributes, these are fields.
_IGNORED_FIELDS = frozenset({"ctx", "type_comment", "kind", "type_params", "returns", "annotation"})


class Chain(NamedTuple):
    """A name that code reads from outside, with the attributes it takes from it: `np.linalg.norm`.

    Attributes:
        name: The global or free name; for an import in the body, the module.
        attributes: The names after the dots.
        level: Dots of a relative import; -1 for a name that is not from an import in the body.
    """

    name: str
    attributes: tuple[str, ...]
    level: int = -1


class Normal(NamedTuple):
    """A unit in canonical form: its text, and the chains it reads in order of first appearance."""

    text: str
    chains: tuple[Chain, ...]


def normalise(unit: Function, is_ours: Callable[[ast.expr], bool]) -> Normal:
    """Return the canonical form of a function or lambda.

    Args:
        unit: Its syntax tree.
        is_ours: Tells whether a decorator is memo's own, which does not count: `ttl` changes no result.
    """
    keeps_names = any(isinstance(node, ast.Name) and node.id in READS_LOCAL_NAMES for node in ast.walk(unit))
    writer = _Writer(keeps_names=keeps_names)
    text = writer.function(unit, None)
    # Decorators were evaluated long ago, and what they made is followed as an object; their text is kept for
    # those of libraries, whose objects are not looked into. So the names in it are no edges.
    evaluated: list[ast.expr] = [] if isinstance(unit, ast.Lambda) else unit.decorator_list
    decorators = [item for item in evaluated if not is_ours(item)]
    outside = _Writer(keeps_names=True).write(decorators, None)
    return Normal(f"{outside} {text}", tuple(writer.chains))


class _Writer:
    """Writes one unit; recursion follows the tree, whose depth Python's own parser bounds."""

    def __init__(self, *, keeps_names: bool) -> None:
        self.chains: dict[Chain, None] = {}
        self._keeps_names = keeps_names

    def write(self, node: Any, scope: Scope | None) -> str:
        """Return the canonical text of any part of a tree."""
        if isinstance(node, list):
            items = cast("list[object]", node)
            return f"[{', '.join(self.write(item, scope) for item in items if not _is_inert(item, scope))}]"
        if not isinstance(node, ast.AST):
            return _plain(node)
        special = getattr(self, f"_write_{type(node).__name__}", None)
        if special is not None:
            return str(special(node, scope))
        return self._generic(node, scope)

    def function(self, node: Any, scope: Scope | None) -> str:
        """Return the text of a function: its signature, and its body in a scope of its own.

        Decorators and defaults are evaluated outside; those of the unit itself are objects by the time it is
        called, and are followed as such.
        """
        inner = Scope(node, scope)
        outside = "" if scope is None else self._outside(node, scope)
        body = self.write(node.body, inner)
        return f"{type(node).__name__}({outside}{self._signature(node.args, inner)}, {body})"

    def _outside(self, node: Any, scope: Scope) -> str:
        defaults = [node.args.defaults, node.args.kw_defaults]
        return f"{self.write(getattr(node, 'decorator_list', []), scope)}, {self.write(defaults, scope)}, "

    def _signature(self, arguments: ast.arguments, inner: Scope) -> str:
        """Return kinds and order of the parameters, and the names of those that callers can name."""
        numbers = [inner.number(parameter.arg) for parameter in parameters(arguments)]
        named = [parameter.arg for parameter in (*arguments.args, *arguments.kwonlyargs)]
        kinds = [
            len(arguments.posonlyargs),
            len(arguments.args),
            arguments.vararg is not None,
            len(arguments.kwonlyargs),
            arguments.kwarg is not None,
            [default is not None for default in arguments.kw_defaults],
            len(arguments.defaults),
        ]
        return f"{kinds} {numbers} {[ascii(name) for name in named]}"

    def _generic(self, node: ast.AST, scope: Scope | None) -> str:
        fields = [
            self.write(getattr(node, field, None), scope) for field in node._fields if field not in _IGNORED_FIELDS
        ]
        return f"{type(node).__name__}({', '.join(fields)})"

    # Scopes

    def _write_FunctionDef(self, node: Any, scope: Scope | None) -> str:
        return f"{self._local(node.name, scope)} = {self.function(node, scope)}"

    _write_AsyncFunctionDef = _write_FunctionDef

    def _write_Lambda(self, node: ast.Lambda, scope: Scope | None) -> str:
        return self.function(node, scope)

    def _write_ClassDef(self, node: ast.ClassDef, scope: Scope | None) -> str:
        head = self.write([node.decorator_list, node.bases, node.keywords], scope)
        body = self.write(node.body, Scope(node, scope))
        return f"{self._local(node.name, scope)} = ClassDef({node.name!a}, {head}, {body})"

    def _comprehension(self, node: Any, scope: Scope | None) -> str:
        inner = Scope(node, scope)
        generators: list[str] = []
        for number, part in enumerate(node.generators):
            iterable = self.write(part.iter, scope if number == 0 else inner)
            target, tests = self.write(part.target, inner), self.write(part.ifs, inner)
            generators.append(f"({iterable}, {target}, {tests}, {part.is_async})")
        parts = [self.write(getattr(node, field), inner) for field in node._fields if field != "generators"]
        return f"{type(node).__name__}({', '.join(generators)}, {', '.join(parts)})"

    _write_ListComp = _write_SetComp = _write_DictComp = _write_GeneratorExp = _comprehension

    # Names

    def _local(self, name: str, scope: Scope | None) -> str:
        """Return how a name of the unit is written: by the scope that owns it and its number there."""
        owner = None if scope is None else scope.owner(name)
        if owner is None or owner.is_class or self._keeps_names:
            return ascii(name)
        return f"{owner.depth}.{owner.number(name)}"

    def _write_Name(self, node: ast.Name, scope: Scope | None) -> str:
        self._note(node.id, (), scope)
        return f"{type(node.ctx).__name__}({self._local(node.id, scope)})"

    def _write_Attribute(self, node: ast.Attribute, scope: Scope | None) -> str:
        names = [node.attr]
        value = node.value
        while isinstance(value, ast.Attribute):
            names.append(value.attr)
            value = value.value
        names.reverse()
        if isinstance(value, ast.Name):
            self._note(value.id, tuple(names), scope)
            base = f"Load({self._local(value.id, scope)})"
        else:
            base = self.write(value, scope)
        return f"{type(node.ctx).__name__}({base}.{'.'.join(map(ascii, names))})"

    def _note(self, name: str, attributes: tuple[str, ...], scope: Scope | None) -> None:
        """Note a name read from outside, or from a module that the body imports."""
        owner = None if scope is None else scope.owner(name)
        if owner is not None and owner.is_class:
            # `class C: RATE = RATE` reads the global before it binds its own.
            owner = None if owner.outer is None else owner.outer.owner(name)
        if owner is None:
            self.chains[Chain(name, attributes)] = None
            if name == "super":
                self.chains[Chain("__class__", ())] = None
        elif name in owner.imported:
            module, level, attribute = owner.imported[name]
            path = attributes if attribute is None else (attribute, *attributes)
            self.chains[Chain(module, path, level)] = None

    def _write_Import(self, node: ast.Import, scope: Scope | None) -> str:
        parts: list[str] = []
        for alias in node.names:
            self.chains[Chain(alias.name, (), 0)] = None
            bound = alias.asname or alias.name.partition(".")[0]
            parts.append(f"{alias.name!a} {alias.asname is not None} {self._local(bound, scope)}")
        return f"Import({', '.join(parts)})"

    def _write_ImportFrom(self, node: ast.ImportFrom, scope: Scope | None) -> str:
        parts: list[str] = []
        for alias in node.names:
            self.chains[Chain(node.module or "", (alias.name,), node.level)] = None
            parts.append(f"{alias.name!a} {self._local(alias.asname or alias.name, scope)}")
        return f"ImportFrom({node.level}, {node.module or ''!a}, {', '.join(parts)})"

    def _write_ExceptHandler(self, node: ast.ExceptHandler, scope: Scope | None) -> str:
        name = "" if node.name is None else self._local(node.name, scope)
        return f"ExceptHandler({self.write(node.type, scope)}, {name}, {self.write(node.body, scope)})"

    def _pattern(self, node: Any, scope: Scope | None) -> str:
        """Write a match pattern that binds a name."""
        field = "rest" if isinstance(node, ast.MatchMapping) else "name"
        name = getattr(node, field)
        rest = [self.write(getattr(node, other), scope) for other in node._fields if other != field]
        return f"{type(node).__name__}({name and self._local(name, scope)}, {', '.join(rest)})"

    _write_MatchAs = _write_MatchStar = _write_MatchMapping = _pattern

    def _write_Global(self, node: Any, scope: Scope | None) -> str:
        names = sorted(self._local(name, scope) for name in node.names)
        return f"{type(node).__name__}({', '.join(names)})"

    _write_Nonlocal = _write_Global

    # Forms with several spellings

    def _write_AnnAssign(self, node: ast.AnnAssign, scope: Scope | None) -> str:
        if scope is not None and scope.is_class:
            # The annotations of a class in a function make fields where it is a dataclass.
            value = self.write([node.annotation, node.value], scope)
            return f"Field({self.write(node.target, scope)}, {value})"
        return f"Assign([{self.write(node.target, scope)}], {self.write(node.value, scope)})"

    def _write_Constant(self, node: ast.Constant, scope: Scope | None) -> str:  # noqa: ARG002 - as the others
        return _plain(node.value)

    def _write_JoinedStr(self, node: ast.JoinedStr, scope: Scope | None) -> str:
        # Python 3.12 keeps empty pieces that 3.11 drops.
        pieces = [piece for piece in node.values if not (isinstance(piece, ast.Constant) and piece.value == "")]
        return f"JoinedStr({self.write(pieces, scope)})"


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


def _plain(value: object) -> str:
    """Write a constant by type and value, floats by their bits."""
    if isinstance(value, float):
        return f"float({value.hex()})"
    if isinstance(value, complex):
        return f"complex({value.real.hex()}, {value.imag.hex()})"
    if isinstance(value, (str, bytes)):
        return ascii(value)
    if type(value) is int:
        return hex(value)  # `repr` refuses more than 4,300 digits
    return f"{type(value).__name__}({value!r})"
