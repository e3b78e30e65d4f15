"""The user's code inside objects of libraries: in closures, instances and C structures that nothing else opens."""

from __future__ import annotations

import gc
from types import BuiltinFunctionType, CellType, FrameType, FunctionType, MethodType, ModuleType, TracebackType
from typing import Any

from memo.fingerprint.wrappers import contents, is_user_class, is_user_code

# An object that leads to this many others is a program rather than a wrapper.
_MOST = 2000


def held_code(value: Any) -> list[Any]:
    """Return the user's functions and classes that an object leads to, in no particular order.

    Through what it refers to, without running any code: `gc.get_referents` sees the slots of C too. Not through
    modules, nor through the globals of functions: those lead everywhere.
    """
    found: list[Any] = []
    seen: set[int] = set()
    pending = [value]
    while pending and len(seen) < _MOST:
        item = pending.pop()
        kind: type[Any] = type(item)  # pyright: ignore[reportUnknownVariableType]
        if (
            id(item) in seen
            or kind in _PLAIN
            or kind.__name__.startswith("weak")
            or str(kind.__module__).startswith(_WEAK)
        ):
            continue
        seen.add(id(item))
        if item is not value and _is_own(item):
            found.append(item)
        elif kind is FunctionType:
            pending += [contents(cell) for cell in item.__closure__ or ()]
        elif kind is MethodType:
            pending += [item.__func__, item.__self__]
        elif not issubclass(kind, type):
            pending += [kind, *_referents(item)] if is_user_class(kind) else _referents(item)
    # Where it does not end, what was met first means nothing: the shell of a notebook leads to all that ever ran.
    return found if len(seen) < _MOST else []


# What leads to nothing, and what leads everywhere.
_PLAIN: frozenset[type] = frozenset(
    {
        *(int, float, complex, bool, str, bytes, type(None)),
        *(BuiltinFunctionType, ModuleType, FrameType, TracebackType),
    }
)
# Caches of what was seen so far, most of them: they differ from process to process.
_WEAK = ("weakref", "_weakref", "_ctypes", "ctypes")


def _is_own(item: Any) -> bool:
    return (type(item) is FunctionType or issubclass(type(item), type)) and is_user_code(item)


def _referents(item: object) -> list[Any]:
    if isinstance(item, dict) and ("__builtins__" in item or "__qualname__" in item):
        return []  # the names of a module, or of a class: they lead everywhere
    return [
        inner
        for inner in gc.get_referents(item)
        if type(inner) is not CellType and not issubclass(type(inner), type)
    ]
