"""A dictionary whose keys are objects as such: by identity, and dropped when the object is gone.

Not `WeakKeyDictionary`: it asks the keys for hash and equality, and a metaclass can make classes that refuse or
lie; comparing two code objects compares all their bytecode.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

V = TypeVar("V")


class IdentityMap(Generic[V]):
    """Values by the identity of objects that can be referenced weakly."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: dict[int, tuple[weakref.ref[object], V]] = {}

    def get(self, key: object) -> V | None:
        """Return the value of an object, or None."""
        found = self._items.get(id(key))
        # A number can be given again before the callback of its last owner has run.
        return found[1] if found is not None and found[0]() is key else None

    def put(self, key: object, value: V) -> V:
        """Keep a value for as long as its object lives, and return it."""
        self._items[id(key)] = (weakref.ref(key, self._forgetter(id(key))), value)
        return value

    def _forgetter(self, number: int) -> Callable[[object], None]:
        items = self._items

        def forget(reference: object) -> None:
            # Not the entry of a new object with the same number.
            if items.get(number, (None,))[0] is reference:
                del items[number]

        return forget
