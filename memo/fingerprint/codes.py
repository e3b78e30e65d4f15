"""What stands for code that is met in a graph: nodes for the user's, names for a library's, both for wrappers."""

from __future__ import annotations

import dis
from types import BuiltinFunctionType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from memo.fingerprint.border import STANDARD, Library, extension_of, owner_of_module
from memo.fingerprint.contents import loaded_digest
from memo.fingerprint.kinds import is_frozen
from memo.fingerprint.normals import known
from memo.fingerprint.parts import framed
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
from memo.hashing import token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memo.fingerprint.graph import Graph


def token_of(graph: Graph, value: Any, *, shallow: bool = False) -> bytes:
    """Return the token of a function, class, module or wrapper."""
    state = memoised(value)
    if state is not None:
        function = graph.tracked(state.function, state.track)
        if state.version is None and not state.depends_on:
            return function
        return framed([token(state.version), function, graph.dependencies(state.depends_on)])
    if isinstance(value, FunctionType):
        owner = owner_of_function(value)
        return graph.number(value, shallow=shallow) if owner is None else _wrapper(graph, value, owner)
    if isinstance(value, type):
        return graph.number(value, shallow=shallow) if is_user_class(value) else _named(graph, value)
    if (
        isinstance(value, ModuleType)
        and owner_of_module(value.__name__) is None
        and not extension_of(value.__name__)
    ):
        return graph.number(value)
    inner = wrapped(value)
    if inner is None:
        return _named(graph, value)
    # Not its own module and name: those it took over from the function inside.
    return framed([_named(graph, type(value)), graph.code_token(inner, shallow=shallow)])


def signature(value: Any) -> bytes:
    """Return what tells pieces of code apart without regard to what they reach: to put them in order."""
    state = memoised(value)
    if state is not None:
        value = state.function
    value = wrapped(value) or value
    name = place_of(value)[1]
    text = known(value).normal.text if isinstance(value, FunctionType) else ""
    return f"{name} {text}".encode()


def _wrapper(graph: Graph, function: FunctionType, owner: Library) -> bytes:
    """Return the token of a library's function, with what of the user's is in its closure (a decorator's)."""
    graph.use(owner)
    found = [owner.top.encode(), function.__qualname__.encode()]
    if not any(map(is_user_code, _closed_over(function))):
        return b"L" + framed(found)
    rebound = _rebound(function.__code__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name in rebound:
            continue  # what it keeps from call to call, no option of it
        graph.guards.attribute(cell, "cell_contents")
        content = contents(cell)
        if isinstance(content, (dict, MappingProxyType)):
            graph.guards.values_of(cast("Mapping[Any, object]", content))  # a registry: functions come later
        found += [name.encode(), *(graph.code_token(inner) for inner in code_in(content) if is_user_code(inner))]
        if is_frozen(content) and not is_code(content):
            found.append(token(content, code=graph.code_token))
    return b"W" + framed(found)


def _closed_over(function: FunctionType) -> list[Any]:
    return [inner for cell in function.__closure__ or () for inner in code_in(contents(cell))]


def _rebound(code: CodeType) -> set[str]:
    """Return the names of the enclosing function that code binds anew."""
    return {item.argval for item in dis.get_instructions(code) if item.opname in {"STORE_DEREF", "DELETE_DEREF"}}


def _named(graph: Graph, value: Any) -> bytes:
    """Return the token of a library's class or function: its name; the version is in the environment.

    Of a compiled module of the user's, its bytes; and of a built-in method of one of the user's classes, that class.
    """
    module, name = place_of(value)
    bound_to = value.__self__ if isinstance(value, BuiltinFunctionType) else None
    if isinstance(bound_to, ModuleType):
        module = bound_to.__name__
    file = extension_of(module)
    if file is not None:
        return b"X" + framed([name.encode(), loaded_digest(file)])
    owner = owner_of_module(module)
    graph.use(owner or STANDARD)
    found = f"L{module if owner else ''}:{name};".encode()
    return found + graph.code_token(bound_to) if isinstance(bound_to, type) else found
