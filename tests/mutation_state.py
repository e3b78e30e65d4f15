"""What is in a loaded module, seen without memo: its functions and classes, and the values that they depend on.

Values are compared as far as they are plain. What is not counts by its type alone, so that a difference found here
is one that memo must see too; not the other way round.
"""

from __future__ import annotations

import dis
import enum
import re
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# What memo promises not to count: where code stands and what it says of itself; and what Python derives from the
# members that are compared anyway.
_PLACES = frozenset({"__builtins__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__"})
_DERIVED = frozenset(
    {
        "__abstractmethods__",
        "__annotate__",
        "__annotate_func__",
        "__annotations__",
        "__annotations_cache__",
        "__dict__",
        "__doc__",
        "__firstlineno__",
        "__module__",
        "__orig_bases__",
        "__parameters__",
        "__qualname__",
        "__slotnames__",
        "__static_attributes__",
        "__type_params__",
        "__weakref__",
        "_abc_impl",
    }
)
_SCALARS = (int, float, complex, bool, str, bytes, type(None), type(...))


def roots_of(module: ModuleType) -> dict[str, Any]:
    """Return the functions, classes and methods that a module defines, by the names that lead to them."""
    found: dict[str, Any] = {}
    classes: set[type] = set()
    pending = list(vars(module).items())
    while pending:
        name, value = pending.pop(0)
        if isinstance(value, property):
            pending += [
                (f"{name} ({part})", getattr(value, part))
                for part in ("fget", "fset", "fdel")
                if getattr(value, part) is not None
            ]
            continue
        value = getattr(value, "__func__", value) if isinstance(value, (staticmethod, classmethod)) else value
        if getattr(value, "__module__", "") != module.__name__:
            continue
        if isinstance(value, type) and value not in classes:
            classes.add(value)
            found[name] = value
            pending += [(f"{name}.{part}", item) for part, item in vars(value).items()]
        elif isinstance(value, FunctionType) or hasattr(value, "__wrapped__"):
            found[name] = value
    return found


def reads(root: object, scope: dict[str, Any]) -> frozenset[str]:
    """Return the globals that a function of the module with this scope reads, its inner functions included."""
    if not isinstance(root, FunctionType) or root.__globals__ is not scope:
        return frozenset()
    return frozenset(_reads(root.__code__)) - _PLACES


def _reads(code: CodeType) -> Iterator[str]:
    yield from (str(item.argval) for item in dis.get_instructions(code) if item.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _reads(constant)


def state_of(root: Any, names: frozenset[str], scope: dict[str, Any]) -> object:
    """Return what a root depends on beside its text, as far as it can be compared."""
    if isinstance(root, type):
        members = {name: plain(value) for name, value in vars(root).items() if name not in _DERIVED}
        return sorted(members.items()), [base.__qualname__ for base in root.__mro__], type(root).__qualname__
    if isinstance(root, FunctionType):
        read = {name: plain(scope[name]) for name in sorted(names) if name in scope}
        return read, plain(root.__defaults__), plain(root.__kwdefaults__)
    return plain(root)


def plain(value: Any, depth: int = 8) -> object:  # noqa: PLR0911 - one for each type
    """Return what can be said of a value by looking at it."""
    kind = type(value).__qualname__
    if isinstance(value, _SCALARS):
        return kind, repr(value)
    if type(value) in (list, tuple, dict, set, frozenset) and depth:
        if isinstance(value, dict):
            return kind, [(plain(key, depth - 1), plain(item, depth - 1)) for key, item in value.items()]
        items = [plain(item, depth - 1) for item in value]
        return kind, items if isinstance(value, (list, tuple)) else sorted(map(repr, items))
    if isinstance(value, enum.Enum):
        return kind, value.name, plain(value.value, depth - 1)
    if isinstance(value, re.Pattern):
        return kind, plain(value.pattern), value.flags
    if isinstance(value, (FunctionType, type, BuiltinFunctionType)):
        return kind, value.__qualname__
    if isinstance(value, (staticmethod, classmethod)):
        return kind, plain(value.__func__)
    if isinstance(value, property):
        return kind, plain(value.fget), plain(value.fset), plain(value.fdel)
    return kind, value.__name__ if isinstance(value, ModuleType) else ""
