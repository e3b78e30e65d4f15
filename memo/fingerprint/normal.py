"""Canonical text of a unit of code, equal on all Pythons: without comments, docstrings, hints, names of locals.

Every node is written as `Type(field, …)`, strings in `ascii` form, so that no two trees share a text. On the way,
the names that the code reads from outside are noted: they are the edges of the fingerprint's graph.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from memo.fingerprint.bytecode import READS_LOCAL_NAMES, mentions
from memo.fingerprint.idioms import copied, dotted, effective, is_query, queried
from memo.fingerprint.scopes import Function, Scope, parameters
from memo.fingerprint.undecidable import (
    ATTRIBUTES,
    MODULES,
    NAMES,
    Problem,
    decided,
    is_sys_modules,
    names_in_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType

# What a tree carries beside its meaning: positions are attributes, these are fields.
_IGNORED_FIELDS = frozenset({"ctx", "type_comment", "kind", "type_params", "returns", "annotation"})

_HINTS = ("__annotate__", "__annotations__", "get_annotations", "get_type_hints", "getfullargspec")
_READERS = {
    **dict.fromkeys((*_HINTS, "signature", "Signature"), "hints"),
    **dict.fromkeys(("__doc__", "getdoc"), "docs"),
    **dict.fromkeys(("__name__", "__qualname__"), "names"),
    **dict.fromkeys(("__dict__", "getmembers", "vars"), "order"),
}
"""Attributes and functions by which code gets at what usually does not count: annotations, docstrings, the names
of functions and classes, the order of a class's members. Where one is mentioned, all of its kind count."""


class Chain(NamedTuple):
    """A name that code reads from outside, with the attributes it takes from it: `np.linalg.norm`.

    Attributes:
        name: The global or free name; for an import in the body, the module.
        attributes: The names after the dots; None for a module that is imported and not used as a value.
        level: Dots of a relative import; -1 for a name that is not from an import in the body.
    """

    name: str
    attributes: tuple[str, ...] | None
    level: int = -1


class Normal(NamedTuple):
    """A unit in canonical form.

    Attributes:
        text: Its text.
        chains: What it reads from outside, in order of first appearance.
        hints: The text of the annotations in its body, which count where something reads annotations.
        hint_chains: What these read from outside.
        names: The names of the functions in its body, which count where something reads names.
        docs: The docstrings in its body, which count where something reads docstrings.
        attributes: The names of all attributes that it takes from anything.
        problems: What of it nothing but running it could decide.
    """

    text: str
    chains: tuple[Chain, ...]
    hints: str = ""
    hint_chains: tuple[Chain, ...] = ()
    names: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def reads(self) -> set[str]:
        """What it may read of what usually does not count: "hints", "docs", "names", "order"."""
        found = {_READERS[name] for name in self.attributes & _READERS.keys()}
        # Not `__name__` and `__doc__` of its own module.
        return found | {
            _READERS[chain.name] for chain in self.chains if chain.name in _READERS and chain.name[0] != "_"
        }


def normalise(unit: Function, code: CodeType) -> Normal:
    """Return the canonical form of a function or lambda, given its syntax tree and the code it compiles to."""
    readers = READS_LOCAL_NAMES & mentions(code)
    keeps_names = bool(readers - {"query"}) or ("query" in readers and any(map(is_query, ast.walk(unit))))
    # The names of free variables are those of another function's locals.
    writer = _Writer(code.co_freevars, keeps_names=keeps_names)
    return writer.normal(writer.function(unit, None, _class_around(code.co_qualname)))


def normalise_statements(statements: list[ast.stmt]) -> Normal:
    """Return the canonical form of statements of a module, all of whose names are global."""
    writer = _Writer((), keeps_names=True)
    return writer.normal(writer.write(statements, None))


def expression_text(node: ast.AST) -> str:
    """Return the canonical text of an expression, with its names as they are."""
    return _Writer((), keeps_names=True).write(node, None)


def _class_around(qualname: str) -> str:
    """Return the name of the class in whose text a function stands, "" without one: it mangles private names."""
    parts = qualname.split(".")[:-1]
    while parts:
        if parts.pop() != "<locals>":
            # What is no function, whose name "<locals>" follows, is a class.
            return qualname.split(".")[len(parts)]
        if parts:
            parts.pop()
    return ""


class _Writer:
    """Writes one unit; recursion follows the tree, whose depth Python's own parser bounds."""

    def __init__(self, free: Iterable[str], *, keeps_names: bool) -> None:
        self._chains: dict[Chain, None] = {}
        self._hints: list[str] = []
        self._hint_chains: dict[Chain, None] = {}
        self._names: list[str] = []
        self._docs: list[str] = []
        self._attributes: set[str] = set()
        self._problems: dict[Problem, None] = {}
        self._free = dict.fromkeys(free, -1)
        self._keeps_names = keeps_names
        self._decided: set[ast.AST] = set()

    def normal(self, text: str) -> Normal:
        """Return what was written, with all that was noted on the way."""
        return Normal(
            text,
            tuple(self._chains),
            ", ".join(self._hints),
            tuple(self._hint_chains),
            tuple(self._names),
            tuple(self._docs),
            frozenset(self._attributes),
            tuple(self._problems),
        )

    def write(self, node: Any, scope: Scope | None) -> str:
        """Return the canonical text of any part of a tree."""
        if node is None:
            return "nothing"  # not as the constant is written: `raise error` is not `raise error from None`
        if isinstance(node, list):
            items = effective(cast("list[object]", node), scope)
            return f"[{', '.join([self.write(item, scope) for item in items])}]"
        if not isinstance(node, ast.AST):
            return _plain(node)
        special = getattr(self, f"_write_{type(node).__name__}", None)
        if special is not None:
            return str(special(node, scope))
        return self._generic(node, scope)

    def function(self, node: Any, scope: Scope | None, class_name: str = "") -> str:
        """Return the text of a function: its signature, and its body in a scope of its own.

        Decorators and defaults are evaluated outside; those of the unit itself are objects by the time it is
        called, and are followed as such.
        """
        inner = Scope(node, scope, class_name)
        outside = "" if scope is None else self._outside(node, scope)
        body = self.write(node.body, inner)
        return f"{type(node).__name__}({outside}{self._signature(node.args, inner)}, {body})"

    def _outside(self, node: Any, scope: Scope) -> str:
        for parameter in parameters(node.args):
            self._hint(parameter.annotation, scope)
        self._hint(getattr(node, "returns", None), scope)
        defaults = [node.args.defaults, node.args.kw_defaults]
        return f"{self.write(getattr(node, 'decorator_list', []), scope)}, {self.write(defaults, scope)}, "

    def _hint(self, node: ast.expr | None, scope: Scope) -> None:
        """Write an annotation, apart from all else: without a say in the text or the numbers of names in it."""
        kept = self._chains, self._keeps_names, self._attributes, self._problems
        self._chains, self._keeps_names, self._attributes, self._problems = self._hint_chains, True, set(), {}
        self._hints.append("" if node is None else self.write(node, scope))
        self._chains, self._keeps_names, self._attributes, self._problems = kept

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
        self._names.append(node.name)
        self._docs.append(ast.get_docstring(node, clean=False) or "")
        return f"{self._local(node.name, scope)} = {self.function(node, scope)}"

    _write_AsyncFunctionDef = _write_FunctionDef

    def _write_Lambda(self, node: ast.Lambda, scope: Scope | None) -> str:
        return self.function(node, scope)

    def _write_ClassDef(self, node: ast.ClassDef, scope: Scope | None) -> str:
        self._docs.append(ast.get_docstring(node, clean=False) or "")
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
        if self._keeps_names or (owner is None and name not in self._free) or name == "__class__":
            return ascii(name)
        if owner is None:
            if self._free[name] < 0:
                self._free[name] = 1 + max(self._free.values())
            return f"free.{self._free[name]}"
        return ascii(name) if owner.is_class else f"{owner.depth}.{owner.number(name)}"

    def _write_Name(self, node: ast.Name, scope: Scope | None) -> str:
        if isinstance(node.ctx, ast.Load):
            self._note(node.id, (), scope)
            owner = None if scope is None else scope.owner(node.id)
            if owner is None or node.id in owner.imported:
                self._examine(node, NAMES.get(node.id))
        elif scope is not None and scope.is_global(node.id):
            self._problems[Problem(f"writes the global {node.id}", node.lineno)] = None
        return f"{type(node.ctx).__name__}({self._local(node.id, scope)})"

    def _write_Assign(self, node: ast.Assign, scope: Scope | None) -> str:
        known = set(self._attributes)
        text = self._generic(node, scope)
        if copied(node) in _READERS:
            # `wrapper.__doc__ = function.__doc__`, as decorators do: whoever reads it then says so.
            self._attributes = known
        return text

    def _write_AugAssign(self, node: ast.AugAssign, scope: Scope | None) -> str:
        if isinstance(node.target, ast.Name):
            self._note(node.target.id, (), scope)  # it reads what it writes
        return self._generic(node, scope)

    def _write_Attribute(self, node: ast.Attribute, scope: Scope | None) -> str:
        names, base = dotted(node)
        self._attributes.update(names)
        self._examine(node, MODULES if is_sys_modules(node) else ATTRIBUTES.get(node.attr))
        if isinstance(base, ast.Name):
            self._note(base.id, names, scope)
            text = f"Load({self._local(base.id, scope)})"
        else:
            text = self.write(base, scope)
        return f"{type(node.ctx).__name__}({text}.{'.'.join(map(ascii, names))})"

    def _note(self, name: str, attributes: tuple[str, ...], scope: Scope | None) -> None:
        """Note a name read from outside, or from a module that the body imports."""
        owner = None if scope is None else scope.owner(name)
        if scope is not None:
            attributes = tuple(map(scope.mangled, attributes))
        if owner is not None and owner.is_class:
            # `class C: RATE = RATE` reads the global before it binds its own.
            owner = None if owner.outer is None else owner.outer.owner(name)
        if owner is None:
            self._chains[Chain(name if scope is None else scope.mangled(name), attributes)] = None
            if name == "super":
                self._chains[Chain("__class__", ())] = None
            return
        for module, level, attribute in owner.imported.get(name, ()):
            path = attributes if attribute is None else (attribute, *attributes)
            self._chains[Chain(module, path, level)] = None

    def _write_Import(self, node: ast.Import, scope: Scope | None) -> str:
        parts: list[str] = []
        for alias in node.names:
            self._chains[Chain(alias.name, None, 0)] = None
            top = alias.name.partition(".")[0]
            # What is loaded and what is bound; `import a` and `import a as b` bind the same.
            bound = alias.name if alias.asname else top
            parts.append(f"{alias.name!a} {bound!a} {self._local(alias.asname or top, scope)}")
        return f"Import({', '.join(parts)})"

    def _write_ImportFrom(self, node: ast.ImportFrom, scope: Scope | None) -> str:
        parts: list[str] = []
        for alias in node.names:
            self._chains[Chain(node.module or "", (alias.name,), node.level)] = None
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

    # What is looked up by a name that is computed

    def _write_Call(self, node: ast.Call, scope: Scope | None) -> str:
        self._decide(node, scope)
        for name in (*names_in_text(node), *queried(node)):
            self._note(name, (), scope)
        return self._generic(node, scope)

    def _write_Subscript(self, node: ast.Subscript, scope: Scope | None) -> str:
        self._decide(node, scope)
        return self._generic(node, scope)

    def _concerns_itself(self, node: ast.AST) -> bool:
        """Tell whether an attribute is taken from `self` or `cls`: class and state count as a whole."""
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[base, *_]):
                root = dotted(base)[1]
                return isinstance(root, ast.Name) and root.id in {"self", "cls"}
            case _:
                return False

    def _decide(self, node: ast.AST, scope: Scope | None) -> None:
        """Follow a look-up by name whose name is a constant: `getattr(x, "k")` is `x.k`."""
        found = decided(node)
        if found is None:
            if self._concerns_itself(node):
                self._decided.add(cast("ast.Call", node).func)
            return
        self._decided.add(found.by)
        if found.base is None:
            self._chains[Chain(found.name, (), found.level)] = None
            return
        self._attributes.add(found.name)
        names, base = dotted(found.base)
        if isinstance(base, ast.Name):
            self._note(base.id, (*names, found.name), scope)

    def _examine(self, node: ast.Name | ast.Attribute, what: str | None) -> None:
        """Note a problem where something is used that looks up, and it is not known what."""
        if what is not None and node not in self._decided:
            self._problems[Problem(what, node.lineno)] = None

    # Forms with several spellings

    def _optional(self, node: Any, scope: Scope | None) -> str:
        """Write a form in which a `None` that is left out means the same: `return`, `yield`, `x[:None]`."""
        fields = [getattr(node, field) for field in node._fields]
        is_left_out = [isinstance(field, ast.Constant) and field.value is None for field in fields]
        parts = [None if left_out else field for field, left_out in zip(fields, is_left_out, strict=True)]
        return f"{type(node).__name__}({', '.join([self.write(part, scope) for part in parts])})"

    _write_Return = _write_Yield = _write_Slice = _optional

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
