"""The graph that a fingerprint is made of: function -> names its code reads -> live objects.

Walked with a worklist from the root; nodes are numbered at first visit and recorded in that order, their edges by
position and number. A rooted graph with labelled edges is canonical that way: cycles and mutual recursion need
nothing special.
"""

from __future__ import annotations

import os
from collections import Counter
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from xxhash import xxh3_128_digest

from memo.errors import UnhashableArgument
from memo.fingerprint.border import Library, python_version, version_of
from memo.fingerprint.chains import Names, follow
from memo.fingerprint.codes import in_order, signature, token_of
from memo.fingerprint.contents import Contents
from memo.fingerprint.guards import MISSING, Guards
from memo.fingerprint.held import held_code
from memo.fingerprint.kinds import is_frozen, is_inert
from memo.fingerprint.parts import Captured, Unit, framed
from memo.fingerprint.statement import building_statement
from memo.fingerprint.units import class_unit, function_unit, module_unit
from memo.fingerprint.wrappers import is_code, is_user_class, own_place
from memo.hashing import CodeHook, token

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

    from memo.fingerprint.normal import Normal


class Changed(Exception):  # noqa: N818 - a signal between two functions, never seen outside
    """A captured value refers to code that is not in the graph: the graph must be walked anew."""


class Graph:
    """Everything that a function's or class's behaviour depends on beside its arguments.

    Args:
        root: The function, class or callable object to start from.
        depends_on: Further functions, classes, modules, files and values that belong to it.
        track: How far code is followed: "deep", "shallow" (its own code and the values it reads), or "none".
        counting: What counts beside all that always does, because some code that is reached reads it: "hints"
            (annotations), "docs" (docstrings), "names" (of functions and classes), "order" (of a class's members).
    """

    def __init__(
        self,
        root: object,
        depends_on: Collection[object] = (),
        track: str = "deep",
        *,
        counting: AbstractSet[str] = frozenset(),
    ) -> None:
        self.units: list[Unit] = []
        self.captured: list[Captured] = []
        self.libraries: set[Library] = set()
        self.problems: list[str] = []
        self.guards = Guards()
        self.counting = counting
        self.reads: set[str] = set()
        self.nodes: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._shallow: set[int] = set()
        self._tokens: dict[int, tuple[object, bytes]] = {}
        self._hooks: list[CodeHook] = []
        self._sentinels: dict[int, tuple[int, object]] = {}
        self._attributes: set[str] = set()
        self._root = self.tracked(root, track) + self.dependencies(depends_on)
        self._late: list[bytes] = []
        self._walk()

    def _walk(self) -> None:
        seen: set[tuple[int, str]] = set()
        while len(self.units) < len(self.nodes):
            while len(self.units) < len(self.nodes):
                self.units.append(self._unit(self.nodes[len(self.units)]))
            self._take_attributes(seen)

    # The three parts

    def code(self) -> bytes:
        """Return the code id: 16 bytes over all records in order."""
        records = [self._root, *(unit.record for unit in self.units), *self._late]
        return xxh3_128_digest(framed(records))

    def environment(self) -> tuple[str, ...]:
        """Return Python's X.Y and the versions of the distributions that the code uses."""
        return (python_version(), *sorted({version_of(library.top) for library in self.libraries} - {""}))

    def tokens(self) -> list[bytes]:
        """Return the tokens of the captured values as they are now.

        Raises:
            Changed: One of them refers to code that is not in the graph.
        """
        return [
            item.token if item.frozen else self._again(item, hook)
            for item, hook in zip(self.captured, self._hooks, strict=True)
        ]

    def classes(self) -> dict[str, type]:
        """Return the classes among the nodes, by qualified name; none of two with one name."""
        classes: list[type] = [node for node in self.nodes if isinstance(node, type)]
        count = Counter(cls.__qualname__ for cls in classes)
        return {cls.__qualname__: cls for cls in classes if count[cls.__qualname__] == 1}

    def _again(self, item: Captured, hook: CodeHook) -> bytes:
        try:
            return token(item.value, code=hook, path=item.label)
        except UnhashableArgument:
            raise Changed from None

    def _expected(self, value: object) -> bytes:
        """Return the token of code found in a captured value, which must have been there before."""
        found = self._tokens.get(id(value))
        if found is None:
            raise Changed
        return found[1]

    # Nodes

    def number(self, node: object, *, shallow: bool = False) -> bytes:
        """Return the token of a node, whose record is made in its turn."""
        number = self._numbers.setdefault(id(node), len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
            if shallow:
                self._shallow.add(number)
        return b"N" + number.to_bytes(4, "little")

    def _unit(self, node: Any) -> Unit:
        shallow = len(self.units) in self._shallow
        if isinstance(node, type):
            return class_unit(self, node, shallow=shallow)
        if isinstance(node, ModuleType):
            return module_unit(self, node)
        return function_unit(self, node, shallow=shallow)

    def note(self, normal: Normal, file: str) -> None:
        """Note of a unit what concerns the graph as a whole."""
        self.reads |= normal.reads
        self._attributes |= normal.attributes
        self.problems += [f"{what} ({file}:{line})" for what, line in normal.problems]

    def _take_attributes(self, seen: set[tuple[int, str]]) -> None:
        """Record the attributes of functions that some code may read: by name, as the objects are out of sight."""
        for number, node in enumerate(list(self.nodes)):
            if type(node) is not FunctionType or not node.__dict__:
                continue
            for name in sorted(self._attributes.intersection(node.__dict__)):
                if (number, name) not in seen:
                    seen.add((number, name))
                    self.guards.entry(node.__dict__, name)
                    found = self.target(node.__dict__[name], f"{node.__qualname__}.{name}")
                    self._late.append(f"{number}.{name}=".encode() + found)

    # Edges

    def tracked(self, root: Any, track: str) -> bytes:
        """Return the record of a function that is followed as far as its options say."""
        if track == "none":
            return b"T" + "\0".join(own_place(root)).encode()
        return self.target(
            root, getattr(root, "__qualname__", type(root).__qualname__), shallow=track == "shallow"
        )

    def dependencies(self, items: Collection[object]) -> bytes:
        """Return the record of what `depends_on` names."""
        values = [
            Contents(os.fspath(cast("os.PathLike[str]", item))) if isinstance(item, os.PathLike) else item
            for item in items
        ]
        return framed([self.target(value, f"depends_on[{index}]") for index, value in enumerate(values)])

    def target(
        self,
        value: Any,
        where: str,
        *,
        home: tuple[Mapping[str, Any], str] | None = None,
        shallow: bool = False,
        looked_up: bool = False,
    ) -> bytes:
        """Return the record of one object that code reads; code becomes a node, everything else is captured.

        Args:
            value: The object.
            where: What people call it.
            home: The names of the module and the name in it under which it was found.
            shallow: Whether it is code of which only its own text counts.
            looked_up: Whether it was found by a name in code of which only its own text counts.
        """
        if value is MISSING:
            return b"U"
        if is_inert(value):
            return b"I"
        if is_code(value):
            return b"H" if looked_up else self.code_token(value, shallow=shallow)
        if type(value) is object:
            return b"O" + self._sentinel(value)
        hook: CodeHook = _no_code if looked_up else self._expected
        try:
            found = token(value, code=hook, path=where) if looked_up else self._value_token(value, where)
        except UnhashableArgument as error:
            return self._unhashable(value, error, home)
        self.captured.append(Captured(where, value, found, is_frozen(value)))
        self._hooks.append(hook)
        return b"V"

    def _sentinel(self, value: object) -> bytes:
        """Return the token of a bare `object()`, which has nothing but its identity: its number in the graph."""
        number = self._sentinels.setdefault(id(value), (len(self._sentinels), value))[0]
        return number.to_bytes(4, "little")

    def _value_token(self, value: object, where: str) -> bytes:
        """Return the token of a value; code in it is numbered by what it is, not by its place.

        A set has another order in every process; whatever is in it must have the same number all the same.
        """
        new: list[Any] = []

        def collect(code: object) -> bytes:
            if id(code) in self._tokens:
                return self._expected(code)
            new.append(code)
            return signature(code)

        found = token(value, code=collect, path=where)
        for code in sorted(new, key=signature):
            self.code_token(code)
        return token(value, code=self._expected, path=where) if new else found

    def _unhashable(
        self, value: object, error: UnhashableArgument, home: tuple[Mapping[str, Any], str] | None
    ) -> bytes:
        """Return the record of what has no hash: the statement that builds it, and the user's code in it."""
        code = held_code(value)
        code += [type(value)] if is_user_class(type(value)) else []
        inside = framed(in_order(self, code))
        statement = building_statement(*home) if home is not None else None
        if home is None or statement is None:
            if not (code and callable(value)):  # else it is a function that a library made of the user's
                self.problems.append(f"reads {error.path}, a {error.type_name}, which has no hash: {error.reason}")
            return b"V" + inside
        scope, name = home
        self.note(statement, str(scope.get("__file__")))
        edges = [follow(self, chain, Names(scope, name)) for chain in statement.chains if chain.name != name]
        return b"S" + framed([statement.text.encode(), inside, *edges])

    def code_token(self, value: Any, *, shallow: bool = False) -> bytes:
        """Return the token of a function, class, module or wrapper."""
        known_token = self._tokens.get(id(value))
        if known_token is not None:
            return known_token[1]
        self._tokens[id(value)] = value, b"R"  # for a wrapper that holds itself
        found = token_of(self, value, shallow=shallow)
        self._tokens[id(value)] = value, found
        return found

    def use(self, library: Library) -> None:
        """Note that the code uses a library."""
        if library.top:
            self.libraries.add(library)


def _no_code(_value: object) -> bytes:
    """Stand for code in values that only their own code's readers follow."""
    return b"H"
