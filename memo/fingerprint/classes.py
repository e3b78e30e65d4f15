"""What of a class counts: its members, without what Python and the generators of methods add to it."""

from __future__ import annotations

import functools
from types import FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, cast

from memo.fingerprint.wrappers import is_patched, is_user_class, is_user_code

if TYPE_CHECKING:
    from collections.abc import Iterator

# What Python, `abc` and `dataclasses` put into a class beside the author's own members.
_NOT_CODE = frozenset(
    {
        "__abstractmethods__",
        "__annotate__",
        "__annotate_func__",
        "__annotations__",
        "__annotations_cache__",
        "__dataclass_fields__",
        "__dataclass_params__",
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
        "__signature__",
        "__weakref__",
        "_abc_impl",
    }
)


def members(cls: type, *, ordered: bool) -> Iterator[tuple[str, Any]]:
    """Yield the members of a class that decide what it does, sorted by name: (label, function or value).

    A descriptor is taken apart into its functions; the label keeps its kind apart from a plain function's. The order in
    which they were defined comes first if it counts.
    """
    own = vars(cls)
    if is_patched(cls):
        for name in sorted(own):
            if is_user_code(own[name]) or is_user_code(
                getattr(own[name], "__func__", getattr(own[name], "fget", None))
            ):
                yield from _parts(name, own[name])
        return
    if ordered or _is_seen_in_order(cls):
        yield "(order)", tuple(name for name in own if not _is_dunder(name))
    enum_members: dict[str, Any] = own.get("_member_map_", {})
    if enum_members:
        yield "(members)", tuple(enum_members)
    for name in sorted(own):
        if name in enum_members:
            yield f"{name} (member)", enum_members[name].value
        elif name in _NOT_CODE or ("_member_map_" in own and _is_sunder(name)) or _is_of_pydantic(name):
            continue
        elif not _is_generated(cls, name):
            yield from _parts(name, own[name])
        elif "__attrs_attrs__" in own:
            yield f"{name} (generated)", None  # `frozen`, `eq` and `order` show in which methods there are
    if "_abc_impl" in own:
        yield "(registered)", registered(cls)
    if "__dataclass_fields__" in own:
        options = own["__dataclass_params__"]
        flags = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")
        yield "(dataclass)", tuple(getattr(options, flag) for flag in flags)
        for field in own["__dataclass_fields__"].values():
            yield f"{field.name} (field)", _field(field)

    if "__pydantic_decorators__" in own:
        yield from _validators(own["__pydantic_decorators__"])
    for name in ("__struct_fields__", "__struct_defaults__", "__struct_config__"):
        if hasattr(type(cls), name):  # of msgspec, which keeps them out of the class's dictionary
            yield name, _plain(getattr(cls, name))


def _validators(decorators: Any) -> Iterator[tuple[str, Any]]:
    """Yield the validators and serialisers of a pydantic model; what else is kept of them holds addresses."""
    for kind in getattr(decorators, "__slots__", None) or vars(decorators):
        for name, decorator in getattr(decorators, kind, {}).items():
            yield f"{name} ({kind})", (getattr(decorator.func, "__func__", decorator.func), decorator.info)


def _plain(value: Any) -> object:
    """Return a tuple as it is, and of an object that is made in C what its public attributes say."""
    if isinstance(value, tuple):
        return cast("object", value)
    return tuple((name, repr(getattr(value, name))) for name in dir(value) if not name.startswith("_"))


def _is_seen_in_order(cls: type) -> bool:
    """Tell whether some code of the user's looks at the members of a class in their order, as it is made."""
    if is_user_class(type(cls)) or any(
        "__init_subclass__" in vars(base) and is_user_class(base) for base in cls.__mro__
    ):
        return True
    return any(is_user_class(type(value)) and hasattr(type(value), "__set_name__") for value in vars(cls).values())


def registered(cls: type) -> tuple[type, ...]:
    """Return the classes registered with an abstract class, which are its subclasses from then on."""
    try:
        from _abc import _get_dump  # of CPython; another implementation keeps them elsewhere
    except ImportError:
        return ()
    found = (reference() for reference in _get_dump(cls)[0])
    return tuple(sorted((item for item in found if item is not None), key=lambda item: item.__qualname__))


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]
    if kind in (staticmethod, classmethod):
        method = cast("staticmethod[..., Any]", value)
        yield f"{name} ({kind.__name__})", method.__func__
    elif isinstance(value, (staticmethod, classmethod)):
        method = cast("staticmethod[..., Any]", value)
        yield f"{name} (kind)", kind  # a subclass, with code of its own
        yield f"{name} (function)", method.__func__
    elif isinstance(value, property):
        if kind is not property:
            yield f"{name} (kind)", kind
        for part in ("fget", "fset", "fdel"):
            if getattr(value, part) is not None:
                yield f"{name} ({part})", getattr(value, part)
    elif isinstance(value, functools.cached_property):
        if kind is not functools.cached_property:
            yield f"{name} (kind)", kind
        yield f"{name} (cached_property)", cast("functools.cached_property[Any]", value).func
    elif kind is functools.partialmethod:
        yield f"{name} (partialmethod)", functools.partial(value.func, *value.args, **value.keywords)
    elif isinstance(value, MemberDescriptorType):
        yield f"{name} (slot)", None
    elif kind.__name__ == "_tuplegetter":
        yield f"{name} (namedtuple)", None
    else:
        yield name, value


def _is_generated(cls: type, name: str) -> bool:
    """Tell whether a method was put there by dataclass, attrs, namedtuple or enum: the fields say it all."""
    value = vars(cls)[name]
    innermost: Any = _unwrapped(getattr(value, "__func__", value))
    if type(innermost) is not FunctionType:
        return False
    code, module = innermost.__code__, str(innermost.__globals__.get("__name__"))
    if module == "enum":  # it copies down what is inherited all the same
        return any(vars(base)[name] is value for base in cls.__mro__[1:] if name in vars(base))
    return (
        code.co_filename.startswith("<attrs generated")
        or code.co_qualname.startswith("__create_fn__")
        or (module == "dataclasses" and code.co_name.startswith("_"))
        or (module == "collections" and code.co_qualname.startswith("namedtuple."))
        or (module.startswith("namedtuple_") and code.co_filename.startswith("<"))
    )


def _unwrapped(function: Any) -> Any:
    """Return the function under decorators: the `__repr__` of a dataclass lies under one."""
    while isinstance(getattr(function, "__wrapped__", None), FunctionType):
        function = function.__wrapped__
    return function


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_of_pydantic(name: str) -> bool:
    """Tell whether a name is one of pydantic's for what it makes of fields and validators, in every process anew."""
    return name.startswith("__pydantic_") and name != "__pydantic_fields__"


def _is_sunder(name: str) -> bool:
    """Tell whether a name is one that `enum` uses for itself: `_value2member_map_`."""
    is_sunder = name.startswith("_") and name.endswith("_") and not name.startswith("__")
    return is_sunder and name not in {"_missing_", "_boundary_", "_generate_next_value_"}


def _field(field: Any) -> tuple[object, ...]:
    from dataclasses import MISSING

    default = () if field.default is MISSING else (field.default,)
    factory = () if field.default_factory is MISSING else (field.default_factory,)
    kind = str(field._field_type)  # noqa: SLF001 - a field, a ClassVar or an InitVar: nothing public says it
    return (
        field.type,
        default,
        factory,
        field.init,
        field.repr,
        field.compare,
        field.hash,
        field.kw_only,
        kind,
        dict(field.metadata),
    )
