"""Makers of classes: what dataclass, enum, namedtuple, abc, attrs, pydantic and msgspec keep in one, and generate.

What they generate is left out where fields and options say the same: it differs between Pythons and versions.
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


def options_of(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield what the makers of a class were told: (label, value)."""
    own = vars(cls)
    if own.get("_member_map_"):
        yield "(members)", tuple(own["_member_map_"])
    if "_abc_impl" in own:
        yield "(registered)", _registered(cls)
    if "__dataclass_fields__" in own:
        yield from _of_dataclass(own)
    if "__attrs_attrs__" in own:
        # `frozen`, `eq` and `order` show in which methods there are.
        yield "(generated)", tuple(sorted(name for name in own if _is_written(cls, name)))
    if "__pydantic_decorators__" in own:
        yield from _of_pydantic(own["__pydantic_decorators__"])
    for name in ("__struct_fields__", "__struct_defaults__", "__struct_config__"):
        if hasattr(type(cls), name):  # of msgspec, which keeps them out of the class's dictionary
            yield name, _plain(getattr(cls, name))


def is_generated(cls: type, name: str) -> bool:
    """Tell whether a member was put into a class by its maker, and says nothing that the options do not say."""
    if name.startswith("__pydantic_"):
        return name != "__pydantic_fields__"  # the rest is made of the fields, in every process anew
    if "_member_map_" in vars(cls) and _is_sunder(name):
        return True
    return _is_written(cls, name)


def _is_written(cls: type, name: str) -> bool:
    """Tell whether a member is a function that a maker has written, or copied down from a base."""
    value = vars(cls)[name]
    function: Any = getattr(value, "__func__", value)
    while type(getattr(function, "__wrapped__", None)) is FunctionType:
        function = function.__wrapped__  # the `__repr__` of a dataclass lies under a decorator
    if type(function) is not FunctionType:
        return False
    code, module = function.__code__, str(function.__globals__.get("__name__"))
    if module == "enum":
        inherited = (vars(base)[name] for base in cls.__mro__[1:] if name in vars(base))
        return any(getattr(other, "__func__", other) is function for other in inherited)
    return (
        code.co_filename.startswith("<attrs generated")
        or code.co_qualname.startswith("__create_fn__")
        or (module == "dataclasses" and code.co_name.startswith("_"))
        or (module == "collections" and code.co_qualname.startswith("namedtuple."))
        or (module.startswith("namedtuple_") and code.co_filename.startswith("<"))
    )


def _is_sunder(name: str) -> bool:
    """Tell whether a name is one that `enum` uses for itself: `_value2member_map_`."""
    is_sunder = name.startswith("_") and name.endswith("_") and not name.startswith("__")
    return is_sunder and name not in {"_missing_", "_boundary_", "_generate_next_value_"}


def _registered(cls: type) -> tuple[type, ...]:
    """Return the classes registered with an abstract class, which are its subclasses from then on."""
    module: Any = sys.modules.get("_abc")  # of CPython; another implementation keeps them elsewhere
    found: list[Any] = [reference() for reference in module._get_dump(cls)[0]] if module else []  # noqa: SLF001
    return tuple(sorted((item for item in found if item is not None), key=lambda item: item.__qualname__))


def _of_dataclass(own: Any) -> Iterator[tuple[str, Any]]:
    options = own["__dataclass_params__"]
    flags = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")
    yield "(dataclass)", tuple(getattr(options, flag) for flag in flags)
    for field in own["__dataclass_fields__"].values():
        yield f"{field.name} (field)", _field(field)


def _field(field: Any) -> tuple[object, ...]:
    from dataclasses import MISSING

    default = () if field.default is MISSING else (field.default,)
    factory = () if field.default_factory is MISSING else (field.default_factory,)
    kind = str(field._field_type)  # noqa: SLF001 - a field, a ClassVar or an InitVar: nothing public says it
    flags = (field.init, field.repr, field.compare, field.hash, field.kw_only)
    # No empty dictionary: a value that cannot change in place is not hashed again at each call.
    return (field.type, default, factory, flags, kind, dict(field.metadata) or None)


def _of_pydantic(decorators: Any) -> Iterator[tuple[str, Any]]:
    """Yield the validators and serialisers of a model; what else is kept of them holds addresses."""
    kinds: list[str] = [*(getattr(decorators, "__slots__", None) or vars(decorators))]
    for kind in kinds:
        for name, decorator in getattr(decorators, kind, {}).items():
            yield f"{name} ({kind})", (getattr(decorator.func, "__func__", decorator.func), decorator.info)


def _plain(value: Any) -> object:
    """Return a tuple as it is, and of an object that is made in C what its public attributes say."""
    if isinstance(value, tuple):
        return cast("object", value)
    return tuple((name, repr(getattr(value, name))) for name in dir(value) if not name.startswith("_"))
