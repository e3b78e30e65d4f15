"""Makes projects: Hypothesis strategies."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from .expressions import FREEDOMS, Style
from .model import ROOT, Module, Node, Project, bare

if TYPE_CHECKING:
    from collections.abc import Callable

CONSTANTS = (0, 1, 7, 250, 0.5, 2.25, "a", "text", b"bytes", True, None)
OPERATORS = {
    "binary": ("+", "-", "*", "//", "%", "&", "|", "<", "==", "in", "and", "or"),
    # Not `~`: where warnings are errors, Python 3.12 and newer compile `~True` to other code.
    "unary": ("-", "not", "+"),
    "augment": ("+", "-", "*", "|"),
}
ERRORS = ("ValueError", "KeyError", "(TypeError, OSError)")
IMPORTS = ("from", "from as", "import", "import as")
LINKS = ("from", "import", "as")
DATACLASSES = ("dataclasses.dataclass", "dataclasses.dataclass(order=True)", "dataclasses.dataclass(eq=False)")
_CACHES = ("functools.lru_cache", "functools.lru_cache(maxsize=None)")
_METHODS = ("property", "staticmethod", "classmethod", "functools.cached_property", *_CACHES)
# What a definition's name begins with says what it is, so that others know what to do with it.
_KINDS = {
    "f": "function",
    "l": "lambda",
    "g": "setting",
    "t": "table",
    "C": "class",
    "B": "class",
    "D": "dataclass",
    "o": "instance",
    "k": "closure",
    "d": "decorator",
    "p": "partial",
}
_CALLED = "flkp"
Scope = list[str]


class _Maker:
    """Makes the definitions of one module.

    Args:
        draw: Draws from a strategy.
        before: What the modules below define, which this one can read while it is imported.
        own: What it defines itself, which its functions can read when they are called.
        later: What they can read once they have imported it themselves.
    """

    def __init__(self, draw: Callable[..., Any], before: list[str], own: list[str], later: list[str]) -> None:
        self._draw = draw
        self._before = list(before)
        self._whole = [*before, *own]
        self._own = own
        self._later = later
        self._count = 0

    def _pick(self, values: Any) -> Any:
        return self._draw(st.sampled_from(values))

    def _may(self) -> bool:
        return self._draw(st.booleans())

    def _often(self) -> bool:
        return self._draw(st.integers(0, 2)) > 0

    def _some(self, least: int, most: int) -> range:
        return range(self._draw(st.integers(least, most)))

    def _fresh(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _inner(self, scope: Scope) -> str:
        """Return the name of a variable of an inner scope, which may hide one of the scope around."""
        outer = [name for name in scope if name.startswith("v")]
        return f"{bare(self._pick(outer))}#{self._fresh()[1:]}" if outer and self._may() else self._fresh()

    # Definitions

    def definition(self, name: str) -> Node:
        self._count = 0
        made = getattr(self, f"_{_KINDS.get(name[0], 'function')}")(name)
        self._before.append(name)
        return made

    def _earlier(self, kinds: str) -> list[str]:
        return [name for name in self._before if name[0] in kinds]

    def _function(self, name: str, *, decorations: tuple[str, ...] = _CACHES, first: str = "") -> Node:
        marks = self._marks(decorations)
        parameters, scope = self._signature(first)
        own = [item for item in self._own if item[0] == "g"]
        body = [Node("global_", self._pick(own), [self._expression(scope, 1)])] if own and self._may() else []
        if first and self._may():
            inherited = Node("attribute", "m0", [Node("call", None, [Node("library", "super")])])
            body.append(Node("augment", ("+", first), [self._call(inherited, scope, 1)]))
        if name == ROOT:  # so that most of what there is is reached
            reads = [self._read_of(scope, 1) for _ in self._some(0, 3)]
            body.append(Node("expression", None, [Node("call", None, [Node("library", "print"), *reads])]))
        body += self._block(scope, 2).parts
        return Node("function", name, [*marks, *parameters, Node("block", None, [*body, self._return(scope)])])

    def _marks(self, decorations: tuple[str, ...]) -> list[Node]:
        """Make decorators: first those that make what is no function any more, then those of ours."""
        others = [self._pick(decorations)] if decorations and not self._often() else []
        own = self._earlier("d")
        ours = [Node("decorate", None, [Node("ref", self._pick(own))])] if own and self._may() else []
        return [*(Node("decorate", name) for name in others), *ours]

    def _signature(self, first: str = "") -> tuple[list[Node], Scope]:
        found = [Node("parameter", ("plain", first))] if first else []
        has_default = False
        counts = {"positional": 0 if first else 1, "plain": 2, "star": 1, "keyword": 2, "rest": 1}
        for kind, most in counts.items():
            for number in self._some(0, most):
                name = f"{kind[0]}{number}" if kind in {"plain", "keyword"} else self._fresh()
                has_default = kind in {"positional", "plain", "keyword"} and (
                    (has_default and kind != "keyword") or self._may()
                )
                found.append(Node("parameter", (kind, name), [self._default()] if has_default else []))
        return found, [node.value[1] for node in found]

    def _default(self) -> Node:
        values = self._earlier("gfltko")
        return Node("ref", self._pick(values)) if values and self._may() else self._constant()

    def _lambda(self, name: str) -> Node:
        return Node("setting", name, [self._lambda_of([], 2)])

    def _setting(self, name: str) -> Node:
        return Node("setting", name, [self._value(2)])

    def _value(self, depth: int) -> Node:
        """Make what a module or class binds to a name: a constant, or containers of constants."""
        kind = self._pick(("constant", "list", "tuple", "mapping", "set") if depth else ("constant",))
        if kind == "constant":
            return self._constant()
        if kind in {"list", "tuple"}:
            return Node("display", kind, [self._value(depth - 1) for _ in self._some(0, 3)])
        keys = [Node("constant", key) for key in ("a", "b", 3)[: self._draw(st.integers(1, 3))]]
        if kind == "set":
            return Node("display", "set", keys)
        return Node("mapping", None, [part for key in keys for part in (key, self._value(depth - 1))])

    def _table(self, name: str) -> Node:
        keys = [Node("constant", key) for key in ("a", "b", "c")[: self._draw(st.integers(1, 3))]]
        called = self._earlier("flk")
        values = [
            Node("ref", self._pick(called)) if called and self._may() else self._lambda_of([], 1) for _ in keys
        ]
        if self._may():
            return Node("setting", name, [Node("display", self._pick(("list", "tuple")), values)])
        pairs = zip(keys, values, strict=True)
        return Node("setting", name, [Node("mapping", None, [part for pair in pairs for part in pair])])

    def _partial(self, name: str) -> Node:
        called = self._earlier("fl")
        function = Node("ref", self._pick(called)) if called else self._lambda_of([], 1)
        arguments = [function, self._constant(), Node("keyword", "p0", [self._value(1)])]
        return Node("setting", name, [Node("call", None, [Node("library", "functools.partial"), *arguments])])

    def _class(self, name: str, kind: str = "setting") -> Node:
        marks = [Node("decorate", self._pick(DATACLASSES))] if kind == "field" else []
        bases = self._earlier("BC")
        base = [Node("base", None, [Node("ref", self._pick(bases))])] if bases and self._often() else []
        constants = [Node("setting", "k0", [self._constant()]), Node("setting", "k1", [self._value(1)])]
        count = len(self._some(1, 3)) if marks else 0
        fields = [Node("field", f"a{number}", [self._constant()]) for number in range(count)]
        methods = [
            self._function(f"m{number}", decorations=_METHODS if number else (), first="self")
            for number in self._some(1, 2)
        ]
        return Node("class_", name, [*marks, *base, *constants, *fields, *methods])

    def _dataclass(self, name: str) -> Node:
        return self._class(name, "field")

    def _instance(self, name: str) -> Node:
        return Node("instance", name, [Node("ref", self._pick(self._earlier("BCD"))), self._value(1)])

    def _closure(self, name: str) -> Node:
        inner = self._function(self._fresh(), decorations=())
        inner.parts[-1].parts.insert(-1, Node("expression", None, [self._call(Node("local", "c1"), ["c1"], 1)]))
        return Node("closure", name, [self._value(1), inner])

    def _decorator(self, name: str) -> Node:
        star, rest = self._fresh(), self._fresh()
        parameters = [Node("parameter", ("star", star)), Node("parameter", ("rest", rest))]
        arguments = [Node("star", sign, [Node("local", item)]) for sign, item in (("*", star), ("**", rest))]
        called = Node("call", None, [Node("local", "fn"), *arguments])
        result = Node("binary", "+", [called, self._constant()])
        body = Node("block", None, [*self._block([star, rest], 1).parts, Node("return_", None, [result])])
        marks = [Node("decorate", "functools.wraps(fn)")]
        return Node("decorator", name, [Node("function", self._fresh(), [*marks, *parameters, body])])

    # Statements

    def _block(self, scope: Scope, depth: int) -> Node:
        return Node("block", None, [self._statement(scope, depth) for _ in self._some(1, 2)])

    def _return(self, scope: Scope) -> Node:
        return Node("return_", None, [self._expression(scope, 2)])

    def _statement(self, scope: Scope, depth: int) -> Node:
        kinds = ["assign", "assign", "effect", "nested"]
        kinds += ["augment"] * bool(scope) + ["import_"] * bool(self._later)
        kinds += ["if_", "for_", "while_", "try_", "with_", "match_", "assert_"] * (depth > 0)
        return getattr(self, f"_make_{self._pick(kinds)}")(scope, depth - 1)

    def _bound(self, scope: Scope) -> str:
        scope.append(self._fresh())
        return scope[-1]

    def _make_assign(self, scope: Scope, depth: int) -> Node:
        value = self._expression(scope, depth + 1)
        return Node("assign", tuple(self._bound(scope) for _ in self._some(1, 2)), [value])

    def _make_effect(self, scope: Scope, depth: int) -> Node:
        return Node("expression", None, [self._call(Node("library", "print"), scope, depth)])

    def _make_augment(self, scope: Scope, depth: int) -> Node:
        target = self._pick(scope)
        return Node("augment", (self._pick(OPERATORS["augment"]), target), [self._expression(scope, depth)])

    def _make_nested(self, scope: Scope, depth: int) -> Node:
        parameters, inner = self._signature()
        hidden = {bare(name) for name in inner}
        seen = [*(name for name in scope if bare(name) not in hidden), *inner]
        # Of a parameter, which no edit removes: without a binding outside, `nonlocal` would not compile.
        shared = [name for name in seen if name[0] in "pk" and name not in inner]
        body = []
        if shared and self._may():
            body = [Node("nonlocal_", self._pick(shared), [self._expression(seen, 1)])]
        body += self._block(seen, min(depth, 1)).parts
        name = self._bound(scope)
        return Node("function", name, [*parameters, Node("block", None, [*body, self._return(seen)])])

    def _make_if_(self, scope: Scope, depth: int) -> Node:
        blocks = [self._block(scope, depth) for _ in self._some(1, 2)]
        return Node("if_", None, [self._test(scope), *blocks])

    def _make_for_(self, scope: Scope, depth: int) -> Node:
        iterable = self._expression(scope, depth)
        name = self._bound(scope)
        return Node("for_", name, [iterable, *(self._block(scope, depth) for _ in self._some(1, 2))])

    def _make_while_(self, scope: Scope, depth: int) -> Node:
        return Node("while_", None, [self._test(scope), self._block(scope, depth)])

    def _make_try_(self, scope: Scope, depth: int) -> Node:
        error = self._pick(ERRORS)
        return Node("try_", (error, self._bound(scope)), [self._block(scope, depth) for _ in self._some(2, 3)])

    def _make_with_(self, scope: Scope, depth: int) -> Node:
        manager = self._call(Node("library", "open"), scope, depth)
        name = self._bound(scope)
        return Node("with_", name, [manager, self._block(scope, depth)])

    def _make_match_(self, scope: Scope, depth: int) -> Node:
        subject = self._expression(scope, depth)
        names = self._bound(scope), self._bound(scope), self._bound(scope)
        return Node("match_", names, [subject, self._constant(), self._block(scope, 0), self._block(scope, 0)])

    def _make_assert_(self, scope: Scope, depth: int) -> Node:
        return Node("assert_", None, [self._test(scope)])

    def _make_import_(self, scope: Scope, depth: int) -> Node:
        arguments = [self._expression(scope, depth)]
        names = self._fresh(), self._bound(scope)
        return Node("import_", (self._pick(IMPORTS), self._pick(self._later), *names), arguments)

    # Expressions

    def _constant(self) -> Node:
        return Node("constant", self._pick(CONSTANTS))

    def _test(self, scope: Scope) -> Node:
        return Node("binary", "==", [self._leaf(scope), self._expression(scope, 1)])

    def _leaf(self, scope: Scope) -> Node:
        return Node("local", self._pick(scope)) if scope and self._may() else self._constant()

    def _expression(self, scope: Scope, depth: int) -> Node:
        if depth <= 0:
            return self._leaf(scope)
        kinds = ("leaf", "read", "read", "operation", "display", "comprehension", "lambda", "fstring", "attribute")
        kind = self._pick(kinds if depth > 1 else kinds[:4])
        if kind == "leaf":
            return self._leaf(scope)
        return getattr(self, f"_{kind}_of")(scope, depth - 1)

    def _read_of(self, scope: Scope, depth: int) -> Node:
        """Make an expression that uses another definition."""
        names = [name for name in self._whole if name[0] != "d"]
        if not names:
            return self._operation_of(scope, depth)
        name = self._pick(names)
        ref = Node("ref", name)
        if name[0] == "t":
            return self._call(Node("item", None, [ref, Node("constant", self._pick("abc"))]), scope, depth)
        if name[0] in "BCD":
            if self._may():
                return Node("member", f"{name}.k0")
            return self._call(Node("attribute", "m0", [self._call(ref, scope, 0)]), scope, depth)
        if name[0] == "o" and self._may():
            return self._pick((Node("attribute", "m0", [ref]), Node("member", f"{name}.a0")))
        return ref if name[0] in "go" else self._call(ref, scope, depth)

    def _call(self, function: Node, scope: Scope, depth: int) -> Node:
        arguments = [self._expression(scope, depth) for _ in self._some(0, 2)]
        if self._may():
            arguments.append(Node("keyword", self._pick(("p0", "k0")), [self._expression(scope, depth)]))
        return Node("call", None, [function, *arguments])

    def _operation_of(self, scope: Scope, depth: int) -> Node:
        kind = self._pick(("binary", "unary", "choice", "walrus"))
        count = {"binary": 2, "choice": 3}.get(kind, 1)
        value = self._pick(OPERATORS[kind]) if kind in OPERATORS else None
        parts = [self._expression(scope, depth) for _ in range(count)]
        if kind == "walrus":
            value = self._bound(scope)
        return Node(kind, value, parts)

    def _display_of(self, scope: Scope, depth: int) -> Node:
        parts = [self._expression(scope, depth) for _ in self._some(1, 3)]
        if self._may():
            return Node("mapping", None, [part for item in parts for part in (self._constant(), item)])
        return Node("display", self._pick(("list", "tuple", "set")), parts)

    def _comprehension_of(self, scope: Scope, depth: int) -> Node:
        iterable = self._leaf(scope)
        name = self._inner(scope)
        inner = [*(item for item in scope if bare(item) != bare(name)), name]
        kind = self._pick(("list", "set", "generator", "mapping"))
        elements = [self._expression(inner, depth) for _ in range(2 if kind == "mapping" else 1)]
        return Node("comprehension", (kind, name), [*elements, iterable, self._test(inner)])

    def _lambda_of(self, scope: Scope, depth: int) -> Node:
        name = self._inner(scope)
        parameters = [Node("parameter", ("positional", name))]
        if self._may():
            parameters.append(Node("parameter", ("plain", "p0"), [self._default()]))
        own = [node.value[1] for node in parameters]
        inner = [*(item for item in scope if bare(item) not in set(map(bare, own))), *own]
        return Node("lambda_", None, [*parameters, self._expression(inner, depth)])

    def _fstring_of(self, scope: Scope, depth: int) -> Node:
        count = len(self._some(1, 2))
        forms = [(self._pick(("", "text")), self._pick(("", "!r")), self._pick(("", ":>3"))) for _ in range(count)]
        leaves = [Node("local", self._pick(scope)) if scope else Node("constant", 7) for _ in range(count)]
        return Node("fstring", tuple(forms), leaves)

    def _attribute_of(self, scope: Scope, depth: int) -> Node:
        return Node("attribute", self._pick(("real", "imag")), [self._expression(scope, depth)])


def _names(plan: list[list[str]]) -> list[list[str]]:
    """Return the names of all definitions, by module, given what they shall be."""
    names: list[list[str]] = []
    has_class = False
    for number, kinds in enumerate(plan):
        names.append([])
        for place, kind in enumerate(kinds):
            has_class = has_class or kind in "BCD"
            possible = "g" if kind == "o" and not has_class else kind  # an instance needs a class above it
            names[-1].append(f"{possible}{number}{place}")
    names[-1].append(ROOT)
    return names


@st.composite
def projects(draw: Callable[..., Any]) -> Project:
    """Make projects of one to four modules."""
    kinds = st.lists(st.sampled_from("".join(_KINDS)), min_size=1, max_size=5)
    plan = draw(st.lists(kinds, min_size=1, max_size=4))
    names = _names(plan)
    modules: list[Module] = []
    for number, own in enumerate(names):
        before = [name for part in names[:number] for name in part]
        others = [name for name in itertools.chain(*names) if name not in own]
        later = [name for name in others if name[0] in _CALLED]
        maker = _Maker(draw, before, own, later)
        modules.append(Module(f"project_m{number}", [maker.definition(name) for name in own]))
    pairs = [(upper, lower) for upper in range(len(names)) for lower in range(upper)]
    return Project(modules, {pair: draw(st.sampled_from(LINKS)) for pair in pairs})


def styles() -> st.SearchStrategy[Style]:
    """Make styles."""
    return st.builds(Style, st.integers(0, 999), st.frozensets(st.sampled_from(FREEDOMS)))
