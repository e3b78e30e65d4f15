"""The graph that a fingerprint is made of: function -> names its code reads -> live objects.

Walked with a worklist from the root; nodes are numbered at first visit and recorded in that order, their edges by
label and number. A rooted graph with labelled edges is canonical that way: cycles and mutual recursion need
nothing special.
"""

from __future__ import annotations

import builtins
import sys
from collections import Counter
from contextlib import suppress
from types import CellType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from xxhash import xxh3_128_digest

from memo.errors import UnhashableArgument
from memo.fingerprint import bytecode
from memo.fingerprint.border import STANDARD, Library, owner_of_module, python_version, version_of
from memo.fingerprint.classes import members
from memo.fingerprint.guards import MISSING, Guards
from memo.fingerprint.identity import IdentityMap
from memo.fingerprint.imports import imported, submodule
from memo.fingerprint.kinds import SCALARS, is_frozen, is_inert, plain_attribute
from memo.fingerprint.normal import Chain, Normal, normalise
from memo.fingerprint.source import find_unit
from memo.fingerprint.wrappers import (
    code_in,
    contents,
    is_code,
    is_user_class,
    is_user_code,
    memoised,
    owner_of_function,
    place_of,
    wrapped,
)
from memo.hashing import CodeHook, token

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Mapping

# Names that every module has and whose values say where the code stands, not what it does.
_PLACE_NAMES = frozenset(
    {"__name__", "__file__", "__doc__", "__spec__", "__loader__", "__package__", "__builtins__"}
)


class Captured(NamedTuple):
    """A value that code reads beside its arguments: a global, a cell, a default, a class constant.

    Attributes:
        label: Which one, for people: `backtest.FEE`.
        value: The live object.
        token: Its token when the graph was walked.
        frozen: Whether it cannot change in place.
    """

    label: str
    value: object
    token: bytes
    frozen: bool


class Unit(NamedTuple):
    """One function or class of the graph, as recorded.

    Attributes:
        name: Its qualified name.
        file: The file it was loaded from.
        line: Its first line there.
        text: Its canonical form: the text, or bytecode as text.
        record: What enters the code id: content and edges.
    """

    name: str
    file: str
    line: int
    text: str
    record: bytes


class Changed(Exception):  # noqa: N818 - a signal between two functions, never seen outside
    """A captured value refers to code that is not in the graph: the graph must be walked anew."""


class Graph:
    """Everything that a function's or class's behaviour depends on beside its arguments.

    Args:
        root: The function, class or callable object to start from.
    """

    def __init__(self, root: object) -> None:
        self.units: list[Unit] = []
        self.captured: list[Captured] = []
        self.libraries: set[Library] = set()
        self.problems: list[str] = []
        self.guards = Guards()
        self._numbers: dict[int, int] = {}
        self._objects: list[Any] = []
        self._sentinels: dict[int, tuple[int, object]] = {}
        self._root = self._target(root, getattr(root, "__qualname__", type(root).__qualname__))
        while len(self.units) < len(self._objects):
            self.units.append(self._unit(self._objects[len(self.units)]))

    # The three parts

    def code(self) -> bytes:
        """Return the code id: 16 bytes over all records in order."""
        records = [self._root, *(unit.record for unit in self.units)]
        return xxh3_128_digest(b"".join(len(record).to_bytes(4, "little") + record for record in records))

    def environment(self) -> tuple[str, ...]:
        """Return Python's X.Y and the versions of the distributions that the code uses."""
        return (python_version(), *sorted({version_of(library.top) for library in self.libraries} - {""}))

    def values(self) -> bytes:
        """Return the digest of the captured values as they are now.

        Raises:
            Changed: One of them refers to code that is not in the graph.
        """
        return xxh3_128_digest(
            b"".join([item.token if item.frozen else self._again(item) for item in self.captured])
        )

    def classes(self) -> dict[str, type]:
        """Return the classes among the nodes, by qualified name; none of two with one name."""
        classes: list[type] = [node for node in self._objects if isinstance(node, type)]
        count = Counter(cls.__qualname__ for cls in classes)
        return {cls.__qualname__: cls for cls in classes if count[cls.__qualname__] == 1}

    def _again(self, item: Captured) -> bytes:
        return self._token(item.value, item.label, self._known) or b""

    def _known(self, value: object) -> bytes:
        """Return the token of a function or class found in a captured value, which must be in the graph."""
        length = len(self._objects), len(self.captured), len(self.libraries)
        found = self._code_token(value)
        if (len(self._objects), len(self.captured), len(self.libraries)) != length:
            raise Changed
        return found

    # Nodes

    def _number(self, node: object) -> bytes:
        number = self._numbers.setdefault(id(node), len(self._objects))
        if number == len(self._objects):
            self._objects.append(node)
        return b"N" + number.to_bytes(4, "little")

    def _unit(self, node: Any) -> Unit:
        if isinstance(node, type):
            return self._class(node)
        return self._module(node) if isinstance(node, ModuleType) else self._function(node)

    def _function(self, function: FunctionType) -> Unit:
        code = function.__code__
        text, chains = _normals.get(code) or _normal(function)
        record = [text.encode(), b"\0"]
        for name in ("__code__", "__defaults__", "__kwdefaults__"):
            self.guards.attribute(function, name)
        if function.__kwdefaults__:
            self.guards.values_of(function.__kwdefaults__)
        for chain in chains:
            record.append(ascii(tuple(chain)).encode() + b"=")
            record.append(self._chain(function, chain))
        for index, default in enumerate(function.__defaults__ or ()):
            record.append(self._target(default, f"{function.__qualname__}: default {index}"))
        for name, default in (function.__kwdefaults__ or {}).items():
            record.append(name.encode() + self._target(default, f"{function.__qualname__}: default of {name}"))
        return Unit(function.__qualname__, code.co_filename, code.co_firstlineno, text, b"".join(record))

    def _class(self, cls: type) -> Unit:
        self.guards.values_of(vars(cls))
        self.guards.attribute(cls, "__bases__")
        found = dict(members(cls))
        record = [b"class", *(self._target(base, cls.__qualname__) for base in (*cls.__bases__, type(cls)))]
        record += [
            ascii(label).encode() + b"=" + self._target(value, f"{cls.__qualname__}.{label}")
            for label, value in found.items()
        ]
        module = str(vars(cls).get("__module__", ""))
        file = getattr(sys.modules.get(module), "__file__", None) or module
        return Unit(cls.__qualname__, file, 0, f"class with {', '.join(found)}", b"".join(record))

    def _module(self, module: ModuleType) -> Unit:
        """Record a module of the user's that is used as a value: with all that it holds."""
        names = sorted(name for name in vars(module) if not (name.startswith("__") and name.endswith("__")))
        self.guards.values_of(vars(module))
        record = [b"module"]
        record += [
            name.encode() + b"=" + self._target(vars(module)[name], f"{module.__name__}.{name}") for name in names
        ]
        file = getattr(module, "__file__", None) or module.__name__
        return Unit(module.__name__, file, 0, f"module with {', '.join(names)}", b"".join(record))

    # Edges

    def _chain(self, function: FunctionType, chain: Chain) -> bytes:
        """Return the record of what a chain of names leads to."""
        where = f"{function.__qualname__}: {'.'.join((chain.name, *chain.attributes))}"
        value: Any
        if chain.level >= 0:
            name, value = imported(chain, function)
            self.guards.entry(sys.modules, name)
            if isinstance(value, Library):
                self._library(value)
                return f"L{name}".encode()
        elif chain.name in function.__code__.co_freevars:
            value = self._cell(function, chain.name)
        elif chain.name in _PLACE_NAMES and chain.name in function.__globals__:
            return b"P"
        else:
            value = self._global(function, chain.name)
        return self._attributes(value, chain.attributes, where)

    def _cell(self, function: FunctionType, name: str) -> object:
        cell: CellType = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
        self.guards.attribute(cell, "cell_contents")
        return contents(cell)

    def _global(self, function: FunctionType, name: str) -> object:
        self.guards.entry(function.__globals__, name)
        value = function.__globals__.get(name, MISSING)
        if value is MISSING:
            self.guards.entry(vars(builtins), name)
            return vars(builtins).get(name, MISSING)
        return value

    def _attributes(self, value: Any, names: tuple[str, ...], where: str) -> bytes:
        """Follow attributes through modules, plain instances and class constants, and record what they lead to."""
        trail: Library | None = None
        place = b""
        found: list[bytes] = []
        for name in names:
            if isinstance(value, ModuleType):
                trail = owner_of_module(value.__name__)
                place = f"L{value.__name__}".encode()
                self.guards.entry(vars(value), name)
                inner = vars(value).get(name, MISSING)
                inner = submodule(value, name) if inner is MISSING else inner
            else:
                # What a library's object says of itself is the library's affair, and in its version.
                inner = MISSING if trail is not None else plain_attribute(value, name)
                if inner is MISSING:
                    break
                if isinstance(value, FunctionType):
                    found.append(self._target(value, where))
                self.guards.entry(vars(value), name)
            value = inner
        if trail is not None:
            self._library(trail)
            if not is_user_code(value):
                # A constant that a library shows may have been set by the user: `mylib.TOLERANCE = 1e-3`.
                own = self._target(value, where) if type(value) in SCALARS else b""
                return b"".join((*found, place, own))
        return b"".join((*found, self._target(value, where)))

    def _target(self, value: Any, where: str) -> bytes:
        """Return the record of one object that code reads; code becomes a node, everything else is captured."""
        if value is MISSING:
            return b"U"
        if is_code(value):
            return self._code_token(value)
        if is_inert(value):
            return b"I" + type(value).__qualname__.encode()
        if type(value) is object:
            return b"O" + self._sentinel(value)
        if type(value) in (set, frozenset):
            self._number_members(value)
        found = self._token(value, where, self._code_token)
        if found is not None:
            self.captured.append(Captured(where, value, found, is_frozen(value)))
        return b"V"

    def _sentinel(self, value: object) -> bytes:
        """Return the token of a bare `object()`, which has nothing but its identity: its number in the graph."""
        number = self._sentinels.setdefault(id(value), (len(self._sentinels), value))[0]
        return number.to_bytes(4, "little")

    def _number_members(self, members: Iterable[object]) -> None:
        """Number the functions and classes in a set by name: it has another order in every process."""
        code = [member if is_code(member) else type(member) for member in members]
        for item in sorted(code, key=lambda item: str(getattr(item, "__qualname__", ""))):
            self._code_token(item)

    def _token(self, value: object, where: str, code: CodeHook) -> bytes | None:
        try:
            return token(value, code=code, path=where)
        except UnhashableArgument as error:
            if code == self._known:
                raise Changed from None
            self.problems.append(
                f"{error.path}, a {error.type_name}, cannot be part of the key ({error.reason}): results will not "
                "notice when it changes. Pass it as an argument, or change version= when it does"
            )
            return None

    def _code_token(self, value: Any) -> bytes:
        """Return the token of a function, class, module or method."""
        state = memoised(value)
        if state is not None:
            salt = b"" if state.version is None else token(state.version)
            return salt + self._target(state.function, getattr(value, "__qualname__", ""))
        if isinstance(value, FunctionType):
            owner = owner_of_function(value)
            return self._number(value) if owner is None else self._wrapper(value, owner)
        if isinstance(value, type):
            return self._number(value) if is_user_class(value) else self._named(value)
        if isinstance(value, ModuleType) and owner_of_module(value.__name__) is None:
            return self._number(value)
        inner = wrapped(value)
        return self._named(value) + (b"" if inner is None else self._code_token(inner))

    def _wrapper(self, function: FunctionType, owner: Library) -> bytes:
        """Return the token of a library's function, with the user's code that it wraps (a decorator's)."""
        self._library(owner)
        found = [b"L", owner.top.encode(), b":", function.__qualname__.encode()]
        for cell in function.__closure__ or ():
            self.guards.attribute(cell, "cell_contents")
            content = contents(cell)
            if isinstance(content, (dict, MappingProxyType)):
                self.guards.values_of(cast("Mapping[Any, object]", content))  # a registry: functions come later
            found += [self._code_token(inner) for inner in code_in(content) if is_user_code(inner)]
        return b"".join(found)

    def _named(self, value: Any) -> bytes:
        """Return the token of a library's class or function: its name; the version is in the environment."""
        module, name = place_of(value)
        self._library(owner_of_module(module) or STANDARD)
        return f"L{module}:{name};".encode()

    def _library(self, library: Library) -> None:
        if library.top:
            self.libraries.add(library)


_normals: IdentityMap[Normal] = IdentityMap()
"""Canonical forms by code object: a thousand closures of one `def` are normalised once. And a file that is edited
later changes nothing for code that was loaded before."""


def _normal(function: FunctionType) -> Normal:
    """Return the canonical form of a function and the chains it reads: from its tree, else from bytecode."""
    code = function.__code__
    unit: Any = find_unit(code)
    if unit is not None:
        # An expression of hundreds of nested operators, as programs write them: bytecode has no depth.
        with suppress(RecursionError):
            return _normals.put(code, normalise(unit, lambda item: _is_ours(item, function.__globals__)))
    # Not remembered: the file may be half written, and whole again when somebody asks next.
    return Normal(f"{python_version()} {bytecode.canonical(code)!r}", tuple(_bytecode_chains(code)))


def _is_ours(decorator: ast.expr, scope: dict[str, Any]) -> bool:
    """Tell whether a decorator is memo's, by the object it names, or by its name where that is out of sight."""
    import ast

    names: list[str] = []
    node: ast.expr = decorator.func if isinstance(decorator, ast.Call) else decorator
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return names[-1:] == ["cached"]  # `default_cache().cached`
    value: Any = scope.get(node.id, MISSING)
    for name in names:
        value = MISSING if value is MISSING else getattr(value, name, MISSING)
    if value is MISSING:
        return (names or [node.id])[-1] == "cached"
    return getattr(value, "__memo_decorator__", False) is True


def _bytecode_chains(code: CodeType) -> Iterator[Chain]:
    seen: set[Chain] = set()
    for name, attributes in bytecode.names(code):
        if (chain := Chain(name, attributes)) not in seen:
            seen.add(chain)
            yield chain
    for name, level in bytecode.imports(code):
        if (chain := Chain(name, (), level)) not in seen:
            seen.add(chain)
            yield chain
