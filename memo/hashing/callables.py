"""Handlers for functions, methods, classes and modules, which the code hook or their name stands for."""

from __future__ import annotations

import sys
from functools import lru_cache
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any

from memo.hashing.dispatch import BASES, EXACT, FIRM, module_name, top_of
from memo.hashing.node import Node, Refused
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from memo.hashing.encoder import Encoder


_LRU_CACHE: type = type(lru_cache(len))
# By name, so that none of their modules is imported for it: the type, and the top of the module that it is from.
_WRAPPERS = {
    "BoundFunctionWrapper": ("wrapt", "_wrappers", "builtins"),
    "CFunc": ("numba",),
    "CPUDispatcher": ("numba",),
    "DUFunc": ("numba",),
    "Dispatcher": ("numba",),
    "FunctionWrapper": ("wrapt", "_wrappers", "builtins"),
    "GUFunc": ("numba",),
    "PjitFunction": ("jax", "jaxlib"),
    "StencilFunc": ("numba",),
    "curry": ("cytoolz", "toolz"),
}
# Compiled functions that are no built-in functions: of cython and nanobind.
_COMPILED = frozenset({"cython_function_or_method", "fused_cython_function", "nb_func", "nb_method"})


def kind_of(value: object) -> type[Any]:
    """Return the type of a value whose type the checkers have lost."""
    return type(value)


def is_wrapper_type(kind: type) -> bool:
    """Tell whether the instances of a type are functions made of others: by `lru_cache`, numba, jax, wrapt."""
    name = kind.__name__
    if name in _WRAPPERS:
        return top_of(kind) in _WRAPPERS[name]
    return kind is _LRU_CACHE


def is_compiled_type(kind: type) -> bool:
    """Tell whether the instances of a type are compiled functions, beside Python's own built-in ones."""
    return kind.__name__ in _COMPILED


def of_code(value: object, encoder: Encoder) -> bytes:
    """Return the token of a value that stands for code."""
    return encoder.code_token(value)


def name_of_code(thing: Any) -> bytes:
    """Return what stands for a function, class or module without a code hook: the name to import it by."""
    if issubclass(type(thing), ModuleType):
        module: Any = thing.__name__
        name: Any = ""
    elif issubclass(type(thing), type):
        module, name = module_name(thing), type.__dict__["__qualname__"].__get__(thing)
    else:
        module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    return imported_name(thing, module, name)


def imported_name(thing: object, module: Any, name: Any) -> bytes:
    """Return "module:name", having made sure that this is the way to the object."""
    if isinstance(module, str) and isinstance(name, str):
        found: Any = sys.modules.get(module)
        for part in name.split(".") if name else ():
            found = getattr(found, part, None)
        if found is thing:
            return f"{module}:{name}".encode()
    raise Refused("it cannot be imported by its name, and without its code nothing else tells it apart")


def class_token(value: object, top: str, encoder: Encoder) -> bytes:
    """Return the token of a value's class: of the library itself by name, so that no upgrade changes it."""
    kind = type(value)
    if top_of(kind) == top:
        return scalar_token(f"{top}:{kind.__qualname__}")
    return encoder.code_token(kind)


def _builtin_function(value: Any, encoder: Encoder) -> bytes | Node:
    """Take a method of a built-in object apart; what belongs to a module is a function like any other."""
    owner = value.__self__
    # By the type, for an instance can claim to be of any class.
    if owner is None or issubclass(type(owner), ModuleType):
        return encoder.code_token(value)
    return _bound("builtin_method", owner, value.__name__)


def _method(value: MethodType, _encoder: Encoder) -> Node:
    return _bound("method", value.__self__, value.__func__)


def _descriptor(value: Any, _encoder: Encoder) -> Node:
    return _bound("descriptor", value.__objclass__, value.__name__)


def _bound(name: str, owner: object, function: object) -> Node:
    return Node(TAG_VALUE, (owner, function), head=scalar_token(name), names=("__self__", "__func__"))


def _property(value: property, _encoder: Encoder) -> Node:
    parts = (value.fget, value.fset, value.fdel)
    return Node(TAG_VALUE, parts, head=scalar_token("property"), names=("fget", "fset", "fdel"))


def _wrapped(value: Any, _encoder: Encoder) -> Node:
    return Node(TAG_VALUE, (value.__func__,), head=scalar_token(type(value).__name__), names=("__func__",))


def install(_top: str) -> None:
    """Enter the types into the tables."""
    EXACT.update(
        {
            FunctionType: of_code,
            BuiltinFunctionType: _builtin_function,
            MethodWrapperType: _builtin_function,
            MethodType: _method,
            MethodDescriptorType: _descriptor,
            WrapperDescriptorType: _descriptor,
            ClassMethodDescriptorType: _descriptor,
            GetSetDescriptorType: _descriptor,
            MemberDescriptorType: _descriptor,
            property: _property,
            staticmethod: _wrapped,
            classmethod: _wrapped,
        }
    )
    BASES.update({type: of_code, ModuleType: of_code})
    FIRM.update({type, ModuleType})
