"""What a class has to say about the state of its instances: found once per class."""

from __future__ import annotations

import sys
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, NamedTuple

from memo.hashing.dispatch import class_attribute, lineage, provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The first that is not object's own makes the state up.
METHODS = ("__reduce_ex__", "__reduce__", "__getstate__")
# Modules that write a __getstate__ into a class with slots. It lists the fields alone.
GENERATORS = frozenset({"dataclasses", "attr._make"})


class Slot(NamedTuple):
    """One slot: its name, the class that has it, and that class's place among the bases."""

    name: str
    owner: type
    place: int
    read: Callable[[object], Any]


class Facts(NamedTuple):
    """What is known of the state of a class's instances.

    Attributes:
        own: Whether a method written in Python makes it up.
        doubtful: Whether such a method is the user's own, so that it may give something else every time.
        maker: The base in which a method in C makes it up; None if there is none.
        dictionary: Reads the dictionary of an instance, whatever a subclass calls ``__dict__``.
        slots: The slots of all bases, each by itself: names can hide one another.
        is_attrs: Whether attrs made the class or a base of it.
    """

    own: bool
    doubtful: bool
    maker: type | None
    dictionary: Callable[[object], dict[Any, Any]] | None
    slots: tuple[Slot, ...]
    is_attrs: bool


# By identity, for a metaclass can make its classes equal to any other. Facts refer to their class and so keep it
# alive; classes made in a loop must not stay for ever.
_known: dict[int, tuple[type, Facts]] = {}
MOST = 1024


def facts_of(kind: type) -> Facts:
    """Return what is known of a class."""
    known = _known.get(id(kind))
    if known is None:
        if len(_known) >= MOST:
            _known.clear()
        known = _known[id(kind)] = kind, _find(kind)
    return known[1]


def is_generated(method: object) -> bool:
    """Tell a __getstate__ that dataclasses or attrs wrote from one that means what it leaves out."""
    return isinstance(method, FunctionType) and method.__globals__.get("__name__") in GENERATORS


def _find(kind: type) -> Facts:
    methods = {
        name: method
        for name in METHODS
        if provider(kind, name) is not object and not is_generated(method := class_attribute(kind, name))
    }
    written = [method for method in methods.values() if isinstance(method, FunctionType)]
    first = next(iter(methods), None)
    own = first is not None and isinstance(methods[first], FunctionType)
    return Facts(
        own=own,
        doubtful=not all(map(_is_installed, written)),
        maker=None if first is None or own else provider(kind, first),
        dictionary=next(_dictionaries(kind), None),
        slots=tuple(_slots(kind)),
        is_attrs=provider(kind, "__attrs_attrs__") is not None,
    )


def _is_installed(method: FunctionType) -> bool:
    """Tell a method of the standard library or of an installed package, cheaply and without touching a file."""
    top = str(method.__globals__.get("__name__")).partition(".")[0]
    path = method.__code__.co_filename
    return top in sys.stdlib_module_names or "site-packages" in path or "dist-packages" in path


def _dictionaries(kind: type) -> Iterator[Callable[[object], dict[Any, Any]]]:
    for base in lineage(kind):
        found = type.__dict__["__dict__"].__get__(base).get("__dict__")
        if isinstance(found, GetSetDescriptorType | MemberDescriptorType):
            yield found.__get__


def _slots(kind: type) -> Iterator[Slot]:
    for place, base in enumerate(lineage(kind)):
        contents = type.__dict__["__dict__"].__get__(base)
        if "__slots__" not in contents:
            continue
        fields: tuple[Any, ...] | None = contents.get("__attrs_attrs__")
        names = None if fields is None else {field.name for field in fields}
        for name, found in contents.items():
            if not isinstance(found, MemberDescriptorType) or found.__objclass__ is not base:
                continue
            # attrs makes further slots for what it computes: hashes and cached properties.
            if names is None or name in names:
                yield Slot(name, base, place, found.__get__)
