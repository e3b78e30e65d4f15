"""What is code among objects, whose it is, and what is inside wrappers: memo's, decorators', C-level ones."""

from __future__ import annotations

from types import (
    BuiltinFunctionType,
    CellType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any, cast

from memo.fingerprint.border import owner_of_file, owner_of_module
from memo.fingerprint.guards import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement; the others cannot be changed at run time
_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType, MethodWrapperType, ClassMethodDescriptorType)

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
    own = getattr(value, "__dict__", None)
    if type(own) is not dict:
        return None
    names = cast("dict[str, object]", own)
    inner = names.get("__wrapped__", names.get("py_func"))
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
        yield from filter(is_code, cast("Iterable[object]", content))
    elif isinstance(content, dict):
        yield from filter(is_code, cast("dict[object, object]", content).values())


def is_user_class(cls: type) -> bool:
    """Tell whether a class is the user's own, or one of a library with a method of the user's put into it."""
    if not cls.__flags__ & _HEAP_TYPE:
        return False
    if cls.__module__ != "builtins" and owner_of_module(cls.__module__) is None:
        return True
    return any(map(_is_user_function, vars(cls).values()))


def _is_user_function(value: object) -> bool:
    function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    return isinstance(function, FunctionType) and owner_of_file(function.__code__.co_filename) is None


def is_user_code(value: object) -> bool:
    """Tell whether an object is code that has to be followed: the user's, or a library's wrapper around it."""
    if isinstance(value, FunctionType):
        return (
            memoised(value) is not None
            or _is_user_function(value)
            or any(
                _is_user_function(inner) for cell in value.__closure__ or () for inner in code_in(contents(cell))
            )
        )
    if isinstance(value, type):
        return is_user_class(value)
    inner = wrapped(value)
    return inner is not None and is_user_code(inner)
