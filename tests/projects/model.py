"""The model of a project: modules of definitions, as trees whose nodes say what they are and not how they look."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "root"
NAMED = frozenset({"plain", "keyword"})  # the kinds of parameters that callers can name


@dataclass(repr=False)
class Node:
    """A definition, a statement, an expression, or a part of one.

    Names of locals are written `v3`, or `v3#7` for the seventh binding, which hides another `v3`. Whatever begins
    with a `v` is nobody else's business; parameters that callers can name are `p1` and `k1`; `c1` is the variable
    of a closure.

    Attributes:
        kind: Which of them, as the methods of `source.Writer` are called.
        value: What it has beside its parts: a constant, an operator, a name.
        parts: What it is made of.
    """

    kind: str
    value: Any = None
    parts: list[Node] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.value}>"

    def walk(self) -> Iterator[Node]:
        """Yield this node and all in it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def early(self) -> Iterator[Node]:
        """Yield the nodes that are evaluated where a module is imported: no bodies."""
        yield self
        parts = self.parts[:-1] if self.kind == "lambda_" else self.parts
        for part in parts:
            if part.kind != "block":
                yield from part.early()

    def references(self) -> set[str]:
        """Return the places that this node refers to: `f1`, or `C1.k0` for one constant of a class."""
        nodes = list(self.walk())
        found = {node.value for node in nodes if node.kind in {"ref", "member", "global_"}}
        return found | {node.value[1] for node in nodes if node.kind == "import_"}


@dataclass
class Module:
    """One file.

    Attributes:
        name: The name to import it by.
        definitions: What it defines, in order.
    """

    name: str
    definitions: list[Node]


@dataclass(repr=False)
class Project:
    """Modules, of which a later one imports from earlier ones; the last one has the root.

    Attributes:
        modules: The modules.
        links: How a module imports another at its top, by their numbers: "from", "import" or "as".
    """

    modules: list[Module]
    links: dict[tuple[int, int], str]

    def __repr__(self) -> str:
        return f"<project of {len(self.names())}>"  # its source says more, in less

    def places(self) -> Iterator[tuple[int, Node]]:
        """Yield each definition with the number of its module."""
        for number, module in enumerate(self.modules):
            for definition in module.definitions:
                yield number, definition

    def home(self, name: str) -> int:
        """Return the number of the module that defines a name."""
        return next(number for number, definition in self.places() if definition.value == name)

    def find(self, name: str) -> Node:
        """Return a definition by its name."""
        return next(definition for _, definition in self.places() if definition.value == name)

    def part(self, place: str) -> Node:
        """Return the tree at a place."""
        name, _, member = place.partition(".")
        found = self.find(name)
        if found.kind == "instance" and member:
            return found.parts[1]
        return next(part for part in found.parts if part.value == member) if member else found

    def reached(self) -> set[str]:
        """Return the places that the root's behaviour depends on."""
        found: set[str] = set()
        pending = [ROOT]
        while pending:
            place = pending.pop()
            if place not in found:
                found.add(place)
                pending += self.part(place).references()
        return found

    def unreached(self) -> set[str]:
        """Return the other places: whole definitions, and the members of classes of which one constant is read."""
        reached = self.reached()
        in_part = {place.partition(".")[0] for place in reached if "." in place}
        found = self.names() - reached - in_part
        for name in in_part - reached:
            members = [part for part in self.find(name).parts if part.kind in {"setting", "field", "function"}]
            found |= {f"{name}.{part.value}" for part in members} - reached
        return found

    def names(self) -> set[str]:
        """Return the names of all definitions."""
        return {definition.value for _, definition in self.places() if definition.kind != "raw"}


def local_names(definition: Node) -> list[str]:
    """Return the locals of a definition whose names mean nothing to anybody else, in order of appearance."""
    found: dict[str, None] = {}
    for node in definition.walk():
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        if node.kind != "constant":
            found |= {value: None for value in values if isinstance(value, str) and is_local(value)}
    return list(found)


def is_local(name: str) -> bool:
    """Tell whether a name is a local's that can be renamed."""
    return name[:1] == "v" and name[1:2].isdigit()


def bare(name: str) -> str:
    """Return a local's name as it is written, without the number of its binding."""
    found = name.partition("#")[0]
    assert not keyword.iskeyword(found)
    return found
