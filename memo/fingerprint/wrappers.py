"""What is code among objects, whose it is, and what is inside wrappers: memo's, decorators', C-level ones."""

from __future__ import annotations

import builtins
import os
import sys
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

from memo.fingerprint.border import (
    STANDARD,
    Library,
    extension_of,
    is_sent_by_value,
    owner_of_file,
    owner_of_module,
)
from memo.fingerprint.guards import MISSING
from memo.hashing.callables import is_compiled_type, is_wrapper_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement; others never change
_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType, MethodWrapperType, ClassMethodDescriptorType)

# What `memo.decorator` returns is a plain function; it is told by its code. A mark in its `__dict__` would be
# copied by `functools.wraps` to whatever decorator lies over it, whose own code would then be overlooked.
_CACHED_FUNCTION = "_wrap.<locals>.cached_function"


def memoised(value: object) -> Any:
    """Return what is behind a function made by `memo.cached`, or None for any other object."""
    if type(value) is FunctionType and value.__code__.co_qualname == _CACHED_FUNCTION:
        return value.__dict__.get("__memo__")
    return None


def is_code(value: object) -> bool:
    """Tell whether an object is code, which becomes a node or a name, rather than a value."""
    if isinstance(value, (FunctionType, type, ModuleType, *_DESCRIPTORS)):
        return True
    if isinstance(value, BuiltinFunctionType):
        # `math.sin` is code; `results.append` is a method of a value. pybind11 binds its functions to a capsule.
        owner = value.__self__
        return isinstance(owner, (ModuleType, type, type(None))) or type(owner).__name__ == "PyCapsule"
    return is_wrapper_type(type(value)) or is_compiled_type(type(value))


def wrapped(value: object) -> FunctionType | None:
    """Return the function inside a wrapper that is no function itself: `lru_cache`'s, a numba dispatcher.

    Only these kinds. Any other object with a `__wrapped__` (a `partial`, an instance of a class) has a state
    beside it, and is a value.
    """
    if not is_wrapper_type(type(value)):
        return None
    inner = getattr(value, "__wrapped__", None) or getattr(value, "py_func", None)
    return inner if type(inner) is FunctionType else None


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
    module = vars(cls).get("__module__", "builtins")
    if module != "builtins" and owner_of_module(str(module)) is None:
        return True
    if "<locals>" not in cls.__qualname__ and found_at(str(module), cls.__qualname__) is not cls:
        return True  # made at run time, by `make_dataclass` for one, in the name of a library
    return any(map(_is_user_function, vars(cls).values()))


def is_patched(cls: type) -> bool:
    """Tell whether a class is a library's, and only has members that the user put into it."""
    module = str(vars(cls).get("__module__", "builtins"))
    return owner_of_module(module) is not None and found_at(module, cls.__qualname__) is cls


def found_at(module: str, qualname: str) -> Any:
    """Return what a qualified name leads to in a loaded module, or None; no code is run."""
    found: Any = sys.modules.get(module)
    for name in qualname.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return found


def owner_of_function(function: FunctionType) -> Library | None:
    """Return the library that a function belongs to, or None for the user's own."""
    file = function.__code__.co_filename
    if file.startswith("<") and not file.startswith("<frozen "):
        # Made by `exec`, in a notebook or by a library (attrs, dataclasses): by whose globals it has.
        module = str(function.__globals__.get("__name__", ""))
        if file.startswith("<@beartype"):
            return Library("beartype")
        return STANDARD if module.startswith("namedtuple_") else owner_of_module(module)
    return owner_of_file(file)


def place_of(value: Any) -> tuple[str, str]:
    """Return the module and the qualified name of a library's class, function or module.

    Of modules that lead to it the outermost: in which file a library keeps something is its own affair, and
    another on every Python (`pathlib._local.Path`).
    """
    if isinstance(value, ModuleType):
        return value.__name__, ""
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]
    name: str = getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or kind.__qualname__
    if vars(builtins).get(name) is value:
        return "builtins", name  # `open.__module__` is another on every Python
    module = str(getattr(value, "__module__", None) or getattr(kind, "__module__", ""))
    outer = ""
    for part in module.split(".")[:-1]:
        outer = f"{outer}.{part}" if outer else part
        if found_at(outer, name) is value:
            return outer, name
    return module, name


def home_of(cls: type) -> str:
    """Return the name of the module that a class is in.

    A type of a compiled module may go by another name: PyO3 says `builtins`, C code often the last part alone.
    """
    module = str(getattr(cls, "__module__", ""))
    if "<locals>" in cls.__qualname__ or found_at(module, cls.__qualname__) is cls:
        return module
    compiled = [name for name in list(sys.modules) if extension_of(name) is not None]
    return next(
        (name for name in compiled if any(item is cls for item in vars(sys.modules[name]).values())), module
    )


def own_place(function: Any) -> tuple[str, str]:
    """Return where a function of the user's stands: its file, or its module where there is none, and its name."""
    inner: Any = function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    file = getattr(getattr(inner, "__code__", None), "co_filename", "")
    module, name = place_of(function)
    return os.path.abspath(file) if os.path.exists(file) else module, name


def travels_by_value(function: FunctionType) -> bool:
    """Tell whether cloudpickle sends a function itself, not a name to import it by."""
    module = function.__module__ or ""
    return is_sent_by_value(module) or found_at(module, function.__qualname__) is None


def _is_user_function(value: object) -> bool:
    function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    if type(function) is not FunctionType or function.__code__.co_filename.startswith("<attrs generated"):
        return False  # what attrs writes into classes, its own too, the fields say
    return owner_of_function(function) is None


def is_user_code(value: object) -> bool:
    """Tell whether an object is code that has to be followed: the user's, or a library's wrapper around it."""
    if type(value) is FunctionType:
        return (
            memoised(value) is not None
            or _is_user_function(value)
            or any(
                _is_user_function(inner) for cell in value.__closure__ or () for inner in code_in(contents(cell))
            )
        )
    if isinstance(value, type):
        return is_user_class(value)
    if isinstance(value, ModuleType):
        return owner_of_module(value.__name__) is None
    inner = wrapped(value)
    return inner is not None and is_user_code(inner)
