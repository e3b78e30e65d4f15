"""What of a class counts: its members, without what Python and the generators of methods add to it."""

from __future__ import annotations

import functools
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

from memo.fingerprint.makers import is_generated, options_of
from memo.fingerprint.wrappers import is_patched, is_user_class, is_user_code
from memo.hashing.callables import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# What Python, `abc`, `dataclasses` and pydantic put into a class beside the author's own members.
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
        "__signature__",
        "__slotnames__",
        "__static_attributes__",
        "__type_params__",
        "__weakref__",
        "_abc_impl",
    }
)


def members(cls: type, *, ordered: bool) -> Iterator[tuple[str, Any]]:
    """Yield the members of a class that decide what it does, sorted by name: (label, function or value).

    A descriptor is taken apart into its functions; the label keeps its kind apart from a plain function's. The
    order in which they were defined comes first if it counts.
    """
    own = vars(cls)
    if is_patched(cls):
        # Of a library's class that the user has added to, only what was added.
        for name in sorted(own):
            if is_user_code(own[name]) or any(is_user_code(part) for _, part in _parts(name, own[name])):
                yield from _parts(name, own[name])
        return
    if ordered or _is_seen_in_order(cls):
        yield "(order)", tuple(name for name in own if not (name.startswith("__") and name.endswith("__")))
    enum_members: dict[str, Any] = own.get("_member_map_", {})
    for name in sorted(own):
        if name in enum_members:
            yield f"{name} (member)", enum_members[name].value
        elif name not in _NOT_CODE and not is_generated(cls, name):
            yield from _parts(name, own[name])
    yield from options_of(cls)


def _is_seen_in_order(cls: type) -> bool:
    """Tell whether some code of the user's looks at the members of a class in their order, as it is made."""
    if is_user_class(type(cls)):
        return True
    if any("__init_subclass__" in vars(base) and is_user_class(base) for base in cls.__mro__):
        return True
    return any(is_user_class(kind) and hasattr(kind, "__set_name__") for kind in map(kind_of, vars(cls).values()))


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]
    for base, take_apart in _DESCRIPTORS.items():
        if isinstance(value, base):
            if kind is not base:
                yield f"{name} (kind)", kind  # a subclass, with code of its own
            for label, part in take_apart(value):
                yield f"{name} ({label})", part
            return
    if kind.__name__ == "_tuplegetter":
        yield f"{name} (namedtuple)", None
    else:
        yield name, value


def _of_property(value: property) -> Iterator[tuple[str, Any]]:
    for part in ("fget", "fset", "fdel"):
        if getattr(value, part) is not None:
            yield part, getattr(value, part)


def _of_method(value: Any) -> Iterator[tuple[str, Any]]:
    yield "staticmethod" if isinstance(value, staticmethod) else "classmethod", value.__func__


def _of_cached_property(value: Any) -> Iterator[tuple[str, Any]]:
    yield "cached_property", value.func


def _of_slot(_value: Any) -> Iterator[tuple[str, Any]]:
    yield "slot", None


def _of_partial(value: Any) -> Iterator[tuple[str, Any]]:
    yield "partialmethod", functools.partial(value.func, *value.args, **value.keywords)


_DESCRIPTORS: dict[type, Any] = {
    staticmethod: _of_method,
    classmethod: _of_method,
    property: _of_property,
    functools.cached_property: _of_cached_property,
    functools.partialmethod: _of_partial,
    MemberDescriptorType: _of_slot,
}
