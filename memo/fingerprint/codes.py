"""What stands for code that is met in a graph: nodes for the user's, names for a library's, both for wrappers."""

from __future__ import annotations

import dis
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from memo.errors import UnhashableArgument
from memo.fingerprint.border import STANDARD, Library, extension_of, owner_of_module
from memo.fingerprint.contents import loaded_digest
from memo.fingerprint.held import held_code
from memo.fingerprint.hints import hints_of
from memo.fingerprint.kinds import SCALARS, is_frozen
from memo.fingerprint.normals import known
from memo.fingerprint.parts import framed
from memo.fingerprint.wrappers import (
    contents,
    home_of,
    is_code,
    is_user_class,
    is_user_code,
    memoised,
    owner_of_function,
    place_of,
    wrapped,
)
from memo.hashing import token
from memo.hashing.callables import is_wrapper_type, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memo.fingerprint.graph import Graph


def token_of(graph: Graph, value: Any, *, shallow: bool = False) -> bytes:
    """Return the token of a function, class, module or wrapper."""
    state = memoised(value)
    if state is not None:
        return _memoised(graph, state)
    if _is_node(value):
        return graph.number(value, shallow=shallow)
    if type(value) is FunctionType:
        return _library_function(graph, value, owner_of_function(value) or STANDARD)
    if is_wrapper_type(kind_of(value)):
        return _wrapper(graph, value, shallow=shallow)
    return named(graph, value)


def _is_node(value: Any) -> bool:
    """Tell whether an object is code of the user's with a source to look at."""
    if type(value) is FunctionType:
        return owner_of_function(value) is None
    if isinstance(value, type):
        return is_user_class(value)
    return (
        isinstance(value, ModuleType)
        and owner_of_module(value.__name__) is None
        and extension_of(value.__name__) is None
    )


def _memoised(graph: Graph, state: Any) -> bytes:
    """Return the token of a cached function: as far as its own options have it followed."""
    function = graph.tracked(state.function, state.track)
    if state.version is None and not state.depends_on:
        return function
    return framed([token(state.version), function, graph.dependencies(state.depends_on)])


def signature(value: Any) -> bytes:
    """Return what tells pieces of code apart without regard to what they reach: to put them in order."""
    state = memoised(value)
    if state is not None:
        value = state.function
    value = wrapped(value) or value
    if isinstance(value, ModuleType):
        return value.__name__.encode()
    name = place_of(value)[1]
    text = known(value).normal.text if type(value) is FunctionType else ""
    held = vars(value) if isinstance(value, type) else _held_by(value) if type(value) is FunctionType else {}
    # Functions and classes made in a loop differ in nothing but what they hold.
    simple = [(name, held[name]) for name in sorted(held) if type(held[name]) in SCALARS and name[:2] != "__"]
    return f"{name} {text} {simple!a}".encode()


def _held_by(function: FunctionType) -> dict[str, Any]:
    """Return what a function holds: the contents of its closure, and its defaults by their number."""
    cells = map(contents, function.__closure__ or ())
    found: dict[str, Any] = dict(zip(function.__code__.co_freevars, cells, strict=True))
    found.update({str(number): default for number, default in enumerate(function.__defaults__ or ())})
    return found


def in_order(graph: Graph, code: Iterable[Any]) -> list[bytes]:
    """Return the tokens of code that has no order of its own."""
    return [graph.code_token(item) for item in sorted(code, key=signature)]


def named(graph: Graph, value: Any) -> bytes:
    """Return the token of a library's class or function: its name; the version is in the environment.

    Of a compiled module of the user's, its bytes; of a built-in method of one of the user's classes, that class.
    """
    bound_to = value.__self__ if isinstance(value, BuiltinFunctionType) else None
    found, owner = name_of(value)
    graph.use(owner)
    return found + graph.code_token(bound_to) if isinstance(bound_to, type) else found


def name_of(value: Any) -> tuple[bytes, Library]:
    """Return what stands for code that has no source to look at, and the library that it belongs to."""
    module, name = place_of(value)
    bound_to = value.__self__ if isinstance(value, BuiltinFunctionType) else None
    # A package's extension may call itself by its last name alone; the module that it is bound to knows better.
    owning_class: object = value if isinstance(value, type) else getattr(value, "__objclass__", None)
    if isinstance(owning_class, type):  # a method in C has no module of its own
        home = home_of(owning_class)
        module = home if extension_of(home) or not isinstance(value, type) else module
    file = extension_of(bound_to.__name__ if isinstance(bound_to, ModuleType) else module)
    if file is not None:
        return b"X" + framed([name.encode(), loaded_digest(file)]), STANDARD
    owner = owner_of_module(module)
    # What is the user's has no name to speak of: it is another in `__main__`.
    return f"L{module if owner else ''}:{name};".encode(), owner or STANDARD


def _wrapper(graph: Graph, value: Any, *, shallow: bool) -> bytes:
    """Return the token of an object that a library made of a function: by `lru_cache`, `njit`, `jit`.

    Not its own module and name: those it took over from the function.
    """
    parts = [named(graph, type(value))]
    parameters = getattr(value, "cache_parameters", None)
    options = cast("Any", parameters)()["typed"] if callable(parameters) else getattr(value, "targetoptions", None)
    if options:
        parts.append(_value(graph, cast("object", options)))
    inside: list[bytes] = []
    for name in _INSIDE:
        inner = _attribute(value, name)
        if is_code(inner):
            inside += [name.encode(), graph.code_token(inner, shallow=shallow)]
        elif inner is not None and (name == "__wrapped__" or isinstance(inner, partial)):
            inside += [name.encode(), _value(graph, cast("object", inner))]
    inside = inside or _held(graph, value)
    if not inside:
        graph.problems.append(f"uses a {kind_of(value).__qualname__}, into which memo cannot look")
    return b"W" + framed([*parts, *inside])


def _attribute(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def _library_function(graph: Graph, function: FunctionType, owner: Library) -> bytes:
    """Return the token of a library's function, with what of the user's is in its closure (a decorator's)."""
    graph.use(owner)
    # Not of what is written into the user's module, as by beartype.
    is_written = function.__code__.co_filename.startswith("<@")
    place = "" if is_written else str(function.__globals__.get("__name__", ""))
    found = [place.encode(), function.__code__.co_qualname.encode()]
    declared, graph_owner = name_of(function)
    if graph_owner.top or owner_of_module(function.__module__ or "") is not None:
        found.append(declared)  # one that a library has decorated itself
        graph.use(graph_owner)
    inner = function.__dict__.get("__wrapped__")
    if not is_user_code(function) and not held_code(function) and not is_user_code(inner):
        return b"L" + framed(found)
    if is_user_code(inner):
        found += _closed_over(graph, inner, owner)
    rebound = _rebound(function.__code__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name not in rebound:  # else it is what it keeps from call to call, no option of it
            graph.guards.attribute(cell, "cell_contents")
            found += [name.encode(), *_closed_over(graph, contents(cell), owner)]
    return b"W" + framed(found)


def _closed_over(graph: Graph, content: Any, owner: Library) -> Iterator[bytes]:
    """Yield what counts of something in the closure of a library's function."""
    if is_code(content):
        if is_user_code(content) or held_code(content):
            yield graph.code_token(content)
            # The decorators of the standard library leave annotations alone.
            if owner.top and type(content) is FunctionType:
                yield hints_of(graph, content, content.__qualname__)
    elif is_frozen(content):
        yield token(content, code=graph.code_token)
    elif isinstance(content, (dict, MappingProxyType)):
        registry = cast("Mapping[Any, object]", content)
        graph.guards.values_of(registry)  # functions come later
        yield from _registered(graph, registry, is_standard=not owner.top)
    elif isinstance(content, partial):
        yield _value(graph, cast("object", content))
    else:
        yield from _held(graph, content)


def _registered(graph: Graph, registry: Mapping[Any, object], *, is_standard: bool) -> Iterator[bytes]:
    """Yield what a registry says: under which key there is which function.

    Of the standard library's, which is `singledispatch`, any; of another library's dictionaries only functions of
    the user's, since it may be a cache.
    """
    for key in sorted(registry, key=_key_of):
        value = registry[key]
        token_of_key = graph.code_token(key) if is_code(key) else _key_of(key)
        if is_code(value) and (is_standard or is_user_code(value)):
            yield framed([token_of_key, graph.code_token(value)])
        elif is_standard and isinstance(value, partial):
            yield framed([token_of_key, _value(graph, cast("object", value))])


def _key_of(key: object) -> bytes:
    return signature(key) if is_code(key) else repr(key).encode() if is_frozen(key) else b""


# Where wrappers keep what they were made of: most of them, numba, toolz, wrapt.
_INSIDE = ("__wrapped__", "py_func", "kernel_ir.func_id.func", "_partial", "_self_wrapper")


def _value(graph: Graph, value: object) -> bytes:
    """Return the token of a value inside a wrapper; of one that has no hash, the user's code in it."""
    try:
        return token(value, code=graph.code_token)
    except UnhashableArgument:
        return framed(_held(graph, value))


def _held(graph: Graph, value: object) -> list[bytes]:
    own = [type(value)] if is_user_class(type(value)) else []
    return in_order(graph, [*own, *held_code(value)])


def _rebound(code: CodeType) -> set[str]:
    """Return the names of the enclosing function that code binds anew."""
    return {item.argval for item in dis.get_instructions(code) if item.opname in {"STORE_DEREF", "DELETE_DEREF"}}
