"""What is code among objects, and the code inside wrappers: memo's own, decorators', C-level ones."""

from __future__ import annotations

from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from memo.fingerprint.guards import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTORS = (type(str.join), type(str.__len__), type("".__len__), type(dict.__dict__["fromkeys"]))

# What `memo.decorator` returns is a plain function; it is told by its code. A mark in its `__dict__` would be
# copied by `functools.wraps` to whatever decorator lies over it, whose own code would then be overlooked.
_CACHED_FUNCTION = "_wrap.<locals>.cached_function"


def memoised(value: object) -> Any:
    """Return what is behind a function made by `memo.cached`, or None for any other object."""
    if isinstance(value, FunctionType) and value.__code__.co_qualname == _CACHED_FUNCTION:
        return value.__dict__.get("__memo__")
    return None


def is_code(value: object) -> bool:
    """Tell whether an object is code, which becomes a node or a name, rather than a value."""
    if isinstance(value, (FunctionType, type, ModuleType, *_DESCRIPTORS)):
        return True
    if isinstance(value, BuiltinFunctionType):
        # `math.sin` is code; `results.append` is a method of a value.
        return isinstance(value.__self__, (ModuleType, type, type(None)))
    return wrapped(value) is not None


def wrapped(value: object) -> FunctionType | None:
    """Return the function inside a wrapper that is no function itself: `lru_cache`'s, a numba dispatcher."""
    if isinstance(value, (FunctionType, type, ModuleType)):
        return None
    own = getattr(value, "__dict__", {})
    inner = own.get("__wrapped__", own.get("py_func")) if type(own) is dict else None
    return inner if isinstance(inner, FunctionType) else None


def contents(cell: CellType) -> Any:
    """Return what a closure's cell holds, or MISSING."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def code_in(content: Any) -> Iterator[Any]:
    """Yield the functions and classes in what a library's closure holds, one level deep (a registry)."""
    if is_code(content):
        yield content
    elif isinstance(content, MethodType):
        yield content.__func__
    elif isinstance(content, (list, tuple, set, frozenset)):
        yield from filter(is_code, content)
    elif isinstance(content, dict):
        yield from filter(is_code, content.values())
