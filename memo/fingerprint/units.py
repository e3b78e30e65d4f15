"""The records of a graph's nodes: what a function, a class, a module is made of."""

from __future__ import annotations

import sys
from abc import get_cache_token
from typing import TYPE_CHECKING, Any

from memo.fingerprint.border import extension_of
from memo.fingerprint.bytecode import FUTURES
from memo.fingerprint.chains import Names, follow
from memo.fingerprint.classes import members
from memo.fingerprint.codes import named
from memo.fingerprint.contents import loaded_digest
from memo.fingerprint.decorators import decoration
from memo.fingerprint.hints import hints_of, reads_hints
from memo.fingerprint.normals import known
from memo.fingerprint.parts import Unit, framed
from memo.fingerprint.wrappers import home_of, is_patched

if TYPE_CHECKING:
    from types import FunctionType, ModuleType

    from memo.fingerprint.graph import Graph
    from memo.fingerprint.normal import Chain


def function_unit(graph: Graph, function: FunctionType, *, shallow: bool) -> Unit:
    """Return the record of a function: its text, what its names lead to, its defaults."""
    code, name = function.__code__, function.__qualname__
    for attribute in ("__code__", "__defaults__", "__kwdefaults__"):
        graph.guards.attribute(function, attribute)
    normal = known(function).normal
    graph.note(normal, code.co_filename)
    names = Names(function.__globals__, name, function, shallow)
    keyword_defaults: dict[str, Any] = function.__kwdefaults__ or {}
    if keyword_defaults:
        graph.guards.values_of(keyword_defaults)
    record = [
        normal.text.encode(),
        decoration(function).encode(),
        _edges(graph, normal.chains, names),
        *(
            graph.target(default, f"{name}: default {number}")
            for number, default in enumerate(function.__defaults__ or ())
        ),
        *(
            part
            for parameter, default in keyword_defaults.items()
            for part in (parameter.encode(), graph.target(default, f"{name}: default of {parameter}"))
        ),
    ]
    if "names" in graph.counting:
        record.append(ascii((name, *normal.names)).encode())
    if "docs" in graph.counting:
        record.append(ascii((function.__doc__, *normal.docs)).encode())
    if "hints" in graph.counting:
        record += [
            str(code.co_flags & FUTURES if normal.hints else 0).encode(),
            normal.hints.encode(),
            _edges(graph, normal.hint_chains, names),
            hints_of(graph, function, name),
        ]
    return Unit(name, code.co_filename, code.co_firstlineno, normal.text, framed(record), function)


def class_unit(graph: Graph, cls: type, *, shallow: bool) -> Unit:
    """Return the record of a class: its bases, its metaclass, and its members."""
    graph.guards.values_of(vars(cls))
    graph.guards.attribute(cls, "__bases__")
    if "_abc_impl" in vars(cls):
        graph.guards.answer(get_cache_token)  # `register` leaves no other trace
    name, module = cls.__qualname__, str(vars(cls).get("__module__", ""))
    found = dict(members(cls, ordered="order" in graph.counting))
    # Of a library's class that the user has added to, only what was added.
    bases = () if is_patched(cls) else (*cls.__bases__, type(cls))
    # By its name, results hold instances of it; and `repr` shows it.
    record = [b"class", cls.__name__.encode(), *(graph.target(base, name, shallow=shallow) for base in bases)]
    record += [named(graph, cls)] if is_patched(cls) else []
    for label, value in found.items():
        record += [label.encode(), graph.target(value, f"{name}.{label}", shallow=shallow)]
    if "docs" in graph.counting:
        record.append(ascii(vars(cls).get("__doc__")).encode())
    if "hints" in graph.counting or reads_hints(cls):
        record.append(hints_of(graph, cls, name))
    extension = extension_of(home_of(cls))
    if extension is not None:
        record.append(loaded_digest(extension))
    file = getattr(sys.modules.get(module), "__file__", None) or module
    return Unit(name, file, 0, f"class with {', '.join(found)}", framed(record), cls)


def module_unit(graph: Graph, module: ModuleType) -> Unit:
    """Record a module of the user's that is used as a value: with all that it holds."""
    names = sorted(name for name in vars(module) if not (name.startswith("__") and name.endswith("__")))
    graph.guards.values_of(vars(module))
    record = [b"module"]
    if "docs" in graph.counting:
        record.append(ascii(module.__doc__).encode())
    for name in names:
        value = vars(module)[name]
        record += [name.encode(), graph.target(value, f"{module.__name__}.{name}", home=(vars(module), name))]
    file = getattr(module, "__file__", None) or module.__name__
    return Unit(module.__name__, file, 0, f"module with {', '.join(names)}", framed(record), module)


def _edges(graph: Graph, chains: tuple[Chain, ...], names: Names) -> bytes:
    return framed([follow(graph, chain, names) for chain in chains])
