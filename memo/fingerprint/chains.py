"""From the names that code reads to what they lead to: through modules, cells, plain attributes."""

from __future__ import annotations

import builtins
import sys
from types import CellType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from memo.fingerprint.border import Library, owner_of_module
from memo.fingerprint.guards import MISSING
from memo.fingerprint.imports import imported, submodule
from memo.fingerprint.kinds import SCALARS, plain_attribute
from memo.fingerprint.parts import framed
from memo.fingerprint.wrappers import contents, is_code, is_user_class, is_user_code
from memo.hashing.callables import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memo.fingerprint.graph import Graph
    from memo.fingerprint.normal import Chain

# Names that every module has and whose values say where the code stands, not what it does.
_PLACE_NAMES = frozenset({"__name__", "__file__", "__spec__", "__loader__", "__package__", "__builtins__"})


class Names(NamedTuple):
    """Where names are looked up.

    Attributes:
        scope: The globals.
        label: What people call the code that reads them.
        function: The function whose closure is looked into first, if any.
        shallow: Whether code that a name leads to does not count.
    """

    scope: Mapping[str, Any]
    label: str
    function: Any = None
    shallow: bool = False


class _Found(NamedTuple):
    """What the names so far have led to, and in which mapping it was found under which name."""

    value: Any
    home: tuple[Mapping[str, Any], str] | None


def follow(graph: Graph, chain: Chain, names: Names) -> bytes:
    """Return the record of what a chain of names leads to."""
    attributes = chain.attributes or ()
    if chain.level >= 0:
        name, value = imported(chain, names.scope)
        graph.guards.entry(sys.modules, name)
        owner = value if isinstance(value, Library) else owner_of_module(name)
        if owner is not None and value is not MISSING:
            return _in_library(graph, owner, value, chain, names)
        if chain.attributes is None:
            return b"M" if isinstance(value, ModuleType) else b"U"
        return _attributes(graph, _Found(value, (sys.modules, name)), attributes, names, name)
    if names.function is not None and chain.name in names.function.__code__.co_freevars:
        found = _Found(_cell(graph, names.function, chain.name), None)
    elif chain.name in _PLACE_NAMES and chain.name in names.scope:
        return b"P"
    else:
        found = _global(graph, names.scope, chain.name)
    return _attributes(graph, found, attributes, names, chain.name)


def _in_library(graph: Graph, owner: Library, value: Any, chain: Chain, names: Names) -> bytes:
    """Return the record of what an import in a body takes from a library.

    It is the same before the library was imported and after. So only what the user has put into the library counts
    beside its name.
    """
    graph.use(owner)
    found = b""
    for name in chain.attributes or ():
        value = vars(value).get(name, MISSING) if isinstance(value, ModuleType) else MISSING
        if is_user_code(value):
            found = graph.target(value, f"{names.label}: {chain.name}.{name}", looked_up=names.shallow)
    return framed([b"L", chain.name.encode(), found])


def _cell(graph: Graph, function: FunctionType, name: str) -> object:
    cell: CellType = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
    graph.guards.attribute(cell, "cell_contents")
    return contents(cell)


def _global(graph: Graph, scope: Mapping[str, Any], name: str) -> _Found:
    graph.guards.entry(scope, name)
    value = scope.get(name, MISSING)
    if value is MISSING:
        graph.guards.entry(vars(builtins), name)
        value = vars(builtins).get(name, MISSING)
    return _Found(value, (scope, name))


def _attributes(graph: Graph, found: _Found, attributes: tuple[str, ...], names: Names, start: str) -> bytes:
    """Follow attributes through modules, plain instances and class constants, and record what they lead to."""
    where = f"{names.label}: {'.'.join((start, *attributes))}"
    # What is in a closure belongs to the function; what its names lead to elsewhere does not.
    looked_up = names.shallow and found.home is not None
    library: Library | None = None
    place, expected = b"", ""
    records: list[bytes] = []
    for name in attributes:
        value = found.value
        if isinstance(value, ModuleType):
            library = owner_of_module(value.__name__)
            # A submodule may be imported when it is first used, as numpy.random is: it counts as what leads to it.
            if value.__name__ != expected or library is None:
                place = f"L{value.__name__}".encode()
            expected = f"{value.__name__}.{name}"
            found = _of_module(graph, value, name)
            if library is None and name == "__dict__":
                break
        else:
            inner = _of_library(value, name) if library is not None else plain_attribute(value, name)
            if inner is MISSING:
                break
            if isinstance(value, FunctionType):
                records.append(graph.target(value, where, shallow=names.shallow, looked_up=looked_up))
            graph.guards.entry(vars(value), name)
            found = _Found(inner, found.home)
    if library is not None:
        graph.use(library)
        if not is_user_code(found.value):
            # A constant that a library shows may have been set by the user: `mylib.TOLERANCE = 1e-3`.
            # What Cython makes is of a class without a library.
            is_known = found.value is MISSING or is_code(found.value)
            is_set = not is_known and (type(found.value) in SCALARS or is_user_class(kind_of(found.value)))
            own = graph.target(found.value, where) if is_set else b""
            return framed([*records, place, own])
    end = graph.target(found.value, where, home=found.home, shallow=names.shallow, looked_up=looked_up)
    return framed([*records, end])


def _of_module(graph: Graph, module: ModuleType, name: str) -> _Found:
    """Return what a module has under a name; a submodule that nobody has imported yet, its `__getattr__`."""
    scope = vars(module)
    graph.guards.entry(scope, name)
    if name == "__dict__":
        return _Found(module, (scope, name))
    if name in scope:
        return _Found(scope[name], (scope, name))
    inner = submodule(module, name)
    if inner is MISSING and "__getattr__" in scope and owner_of_module(module.__name__) is None:
        graph.guards.entry(scope, "__getattr__")
        return _Found(scope["__getattr__"], (scope, "__getattr__"))
    return _Found(inner, (scope, name))


def _of_library(value: Any, name: str) -> Any:
    """Return a constant of a library's class, as one that the user may have set; else MISSING.

    What a library's object says of itself is otherwise the library's affair, and in its version.
    """
    found = vars(value).get(name, MISSING) if isinstance(value, type) else MISSING
    return found if type(found) in SCALARS else MISSING
