"""Writes the expressions of a project as source, in any of the styles that mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from .model import Node, bare, is_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Project

FREEDOMS = (
    "comments",
    "blank lines",
    "quotes",
    "parentheses",
    "numbers",
    "docstrings",
    "annotations",
    "locals",
    "statements",
    "imports",
)


@dataclass(frozen=True)
class Style:
    """How to write what can be written in several ways.

    Attributes:
        seed: What chooses among the ways, place by place.
        freedoms: In which respects anything but the plainest way is chosen.
    """

    seed: int = 0
    freedoms: frozenset[str] = frozenset()


PLAIN = Style()


class Expressions:
    """Writes expressions as text: a method for each kind of node.

    Args:
        project: The project.
        number: The number of the module in which they stand.
        style: How to write them.
    """

    def __init__(self, project: Project, number: int, style: Style) -> None:
        self._project = project
        self._number = number
        self._style = style
        self._random = Random(f"{style.seed} {number}")
        self._names: dict[str, str] = {}
        self._is_flat = False  # in an f-string, where there is neither a new line nor a comment before Python 3.12
        self._indent = self._choose("blank lines", ["    "], ["  ", "\t", " "])

    def _may(self, freedom: str) -> bool:
        return freedom in self._style.freedoms and self._random.random() < 0.4

    def _choose(self, freedom: str, plain: Sequence[str], others: Sequence[str]) -> str:
        return self._random.choice(others) if self._may(freedom) else plain[0]

    def _hint(self) -> str:
        return self._choose("annotations", [""], [": int", ": 'list[int]'", ": str | None"])

    def _name(self, name: str) -> str:
        return self._names[name] if is_local(name) else bare(name)

    def _reference(self, name: str) -> str:
        number = self._project.home(name)
        if number == self._number:
            return name
        match self._project.links[self._number, number]:
            case "from":
                return name
            case "import":
                return f"{self._project.modules[number].name}.{name}"
            case _:
                return f"x{number}.{name}"

    # A method for each kind

    def _text(self, node: Node) -> str:
        text = getattr(self, node.kind)(node)
        if not self._may("parentheses"):
            return text
        return f"({text})" if self._is_flat or self._random.random() < 0.5 else f"(\n{text}  # so\n)"

    def _all(self, nodes: Sequence[Node]) -> str:
        return ", ".join(map(self._text, nodes))

    def _parameters(self, node: Node, *, hints: bool) -> str:
        found: list[str] = []
        by_kind = {
            kind: [part for part in node.parts if part.kind == "parameter" and part.value[0] == kind]
            for kind in ("positional", "plain", "star", "keyword", "rest")
        }
        for kind, parts in by_kind.items():
            found += ["*"] if kind == "keyword" and parts and not by_kind["star"] else []
            sign = {"star": "*", "rest": "**"}.get(kind, "")
            found += [sign + self._parameter(part, hints=hints) for part in parts]
            found += ["/"] if kind == "positional" and parts else []
        return ", ".join(found)

    def _parameter(self, node: Node, *, hints: bool) -> str:
        default = "".join(f" = {self._text(part)}" for part in node.parts)
        return f"{self._name(node.value[1])}{self._hint() if hints else ''}{default}"

    def constant(self, node: Node) -> str:
        value = node.value
        if isinstance(value, str | bytes):
            return self._string(value)
        if isinstance(value, bool) or value is None:
            return repr(value)
        others = [hex(value), oct(value), f"0B{value:b}", f"{value:_}"] if type(value) is int else [f"0{value!r}0"]
        return self._choose("numbers", [repr(value)], others)

    def _string(self, value: str | bytes) -> str:
        kind = "b" if isinstance(value, bytes) else ""
        plain = repr(value).removeprefix("b").strip("'")
        half = len(plain) // 2
        others = [
            f'{kind}"{plain}"',
            f"{kind}'''{plain}'''",
            f"r{kind}'{plain}'",
            f"({kind}'{plain[:half]}' {kind}\"{plain[half:]}\")",
            kind + "'" + "".join(f"\\x{ord(letter):02x}" for letter in plain) + "'",
        ]
        return self._choose("quotes", [f"{kind}'{plain}'"], others)

    def fstring(self, node: Node) -> str:
        was_flat, self._is_flat = self._is_flat, True
        quote = self._choose("quotes", ["'"], ['"', '"""'])
        pieces = [
            f"{text}{{{self._text(part)}{conversion}{spec}}}"
            for part, (text, conversion, spec) in zip(node.parts, node.value, strict=True)
        ]
        between = self._choose("quotes", [""], [f"{quote} f{quote}"])
        self._is_flat = was_flat
        return f"(f{quote}{between.join(pieces)}{quote})"

    def library(self, node: Node) -> str:
        return node.value

    def local(self, node: Node) -> str:
        return self._name(node.value)

    def ref(self, node: Node) -> str:
        return self._reference(node.value)

    def member(self, node: Node) -> str:
        name, _, member = node.value.partition(".")
        return f"{self._reference(name)}.{member}"

    def binary(self, node: Node) -> str:
        return f"({self._text(node.parts[0])} {node.value} {self._text(node.parts[1])})"

    def unary(self, node: Node) -> str:
        return f"({node.value} {self._text(node.parts[0])})"

    def choice(self, node: Node) -> str:
        first, test, second = map(self._text, node.parts)
        return f"({first} if {test} else {second})"

    def call(self, node: Node) -> str:
        function, *arguments = node.parts
        return f"{self._text(function)}({', '.join(map(self._argument, arguments))})"

    def _argument(self, node: Node) -> str:
        sign = {"keyword": f"{node.value}=", "star": node.value}.get(node.kind)
        return self._text(node) if sign is None else f"{sign}{self._text(node.parts[0])}"

    def attribute(self, node: Node) -> str:
        return f"({self._text(node.parts[0])}).{node.value}"

    def item(self, node: Node) -> str:
        return f"{self._text(node.parts[0])}[{self._text(node.parts[1])}]"

    def display(self, node: Node) -> str:
        left, right = {"list": "[]", "tuple": ("(", ",)" if node.parts else ")"), "set": "{}"}[node.value]
        return f"{left}{self._all(node.parts)}{right}"

    def mapping(self, node: Node) -> str:
        pairs = zip(node.parts[::2], node.parts[1::2], strict=True)
        return "{" + ", ".join(f"{self._text(key)}: {self._text(value)}" for key, value in pairs) + "}"

    def comprehension(self, node: Node) -> str:
        kind, name = node.value
        *elements, iterable, test = node.parts
        head = f"{': '.join(map(self._text, elements))} for {self._name(name)} in {self._text(iterable)}"
        left, right = {"list": "[]", "generator": "()"}.get(kind, "{}")
        return f"{left}{head} if {self._text(test)}{right}"

    def lambda_(self, node: Node) -> str:
        return f"(lambda {self._parameters(node, hints=False)}: {self._text(node.parts[-1])})"

    def walrus(self, node: Node) -> str:
        return f"({self._name(node.value)} := {self._text(node.parts[0])})"
