"""A container while its token is being made."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from xxhash import xxh3_128, xxh3_128_digest

from memo.hashing.tokens import (
    TAG_ATTRIBUTES,
    TAG_DICT,
    TAG_GROUP,
    joined_scalars,
    scalar_token,
    separate_scalars,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

# The methods of dict itself: a subclass may have others that show something else.
keys_of: Callable[[dict[Any, Any]], Iterable[object]] = cast("Any", dict).keys
values_of: Callable[[dict[Any, Any]], Iterable[object]] = cast("Any", dict).values

CHUNK = 8192  # Children taken at a time; a container of any length fits in memory.
FLUSH = 4096  # So many parts are gathered before they are hashed away.
SHOWN = 80  # Characters of a key or name that an error shows.


class Refused(Exception):  # noqa: N818 - caught inside this package; callers see UnhashableArgument.
    """Raised by a handler for a value without a stable hash; the encoder adds the path to it."""


class Node:
    """One container: a tag, a head of ready tokens, and the children still to be encoded.

    ``names`` says, for error messages only, how a child is reached: None by index, a tuple of attribute
    names (an empty name adds nothing), a list of keys by subscript, a dict likewise, its keys before its
    values. ``ordered`` is False for sets, whose children's tokens are sorted.
    """

    __slots__ = (
        "children",
        "hasher",
        "low",
        "names",
        "order",
        "ordered",
        "parts",
        "pending",
        "position",
        "tag",
        "tangled",
        "value",
    )

    def __init__(
        self,
        tag: bytes,
        children: Iterable[object],
        *,
        head: bytes = b"",
        names: Names = None,
        ordered: bool = True,
    ) -> None:
        self.tag = tag
        self.children: Iterator[object] = iter(children)
        self.names: Names = names
        self.ordered = ordered
        self.parts: list[Any] = [head] if head else []  # Tokens and, in a cycle, nodes whose token is not known.
        self.hasher: xxh3_128 | None = None
        self.pending: Iterator[object] = iter(())
        self.position = 0
        self.value: object = None
        self.order = self.low = -1  # The place among the open nodes, and the oldest of them it leads to.
        self.tangled = False  # Whether it refers to a node that is still open.

    def refill(self) -> bool:
        """Take the next chunk of children: at once if all are scalars, else into ``pending``.

        Returns False when there is none left.
        """
        chunk = list(islice(self.children, CHUNK))
        if not chunk:
            return False
        if self.ordered:
            joined = joined_scalars(chunk)
            tokens = None if joined is None else [joined]
        else:
            tokens = separate_scalars(chunk)
        if tokens is None:
            self.pending = iter(chunk)
        else:
            self.parts += tokens
            self.position += len(chunk)
        if (len(self.parts) >= FLUSH or len(chunk) == CHUNK) and self.ordered and not self.tangled:
            self.flush()
        return True

    def flush(self) -> None:
        """Hash the gathered parts away."""
        if self.hasher is None:
            self.hasher = xxh3_128()
        self.hasher.update(b"".join(self.parts))
        self.parts.clear()

    @property
    def begun(self) -> bool:
        """Whether the node is open, that is, an ancestor or in a cycle with one."""
        return self.order >= 0

    def refer(self, other: Node, order: int) -> None:
        """Take a node that is still open as a child; ``order`` is the oldest node it leads to."""
        self.parts.append(other)
        self.tangled = True
        self.low = min(self.low, order)

    def digest(self, names: Mapping[Node, bytes]) -> bytes:
        """Return the digest of the whole content, with nodes among the parts replaced by their names."""
        parts = (
            [names[part] if type(part) is Node else part for part in self.parts] if self.tangled else self.parts
        )
        joined = b"".join(parts if self.ordered else sorted(parts))
        if self.hasher is None:
            return xxh3_128_digest(joined)
        hasher = self.hasher.copy()
        hasher.update(joined)
        return hasher.digest()

    def token(self) -> bytes:
        """Return the token of a node that is in no cycle."""
        return self.tag + self.digest({})

    def step(self) -> str:
        """Return the piece of a path that leads to the child under way."""
        index = self.position - 1
        names = self.names
        if index < 0:
            return ""
        if isinstance(names, tuple) and names:
            name = names[min(index, len(names) - 1)]
            if type(name) is str:
                return f".{_cut(name)}" if name else ""
        elif isinstance(names, list):
            return f"[{_shown(names[index])}]"
        elif isinstance(names, dict):
            keys = list(keys_of(names))
            if index < len(keys):
                return f".keys()[{index}]"
            if index < 2 * len(keys):  # Else it was changed meanwhile.
                return f"[{_shown(keys[index - len(keys)])}]"
        return f"[{index}]"


if TYPE_CHECKING:
    Names = None | tuple[str, ...] | dict[Any, Any] | list[Any]


def _shown(key: object) -> str:
    # A key of another type might have a __repr__ that raises or runs on for pages.
    kind = type(key)
    if kind is str or kind is bytes:
        key = cast("str", key)
        return repr(key) if len(key) <= SHOWN else f"{key[:SHOWN]!r}..."
    if kind is int and cast("int", key).bit_length() > 4 * SHOWN:
        return "<int>"  # It may have more digits than Python is ready to print.
    return repr(key) if kind in {int, float, bool, type(None)} else f"<{_cut(kind.__name__)}>"


def _cut(name: str) -> str:
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}..."


def group(children: Iterable[object], names: Names = None) -> Node:
    """Return a node for a part of a value that is no object of its own."""
    return Node(TAG_GROUP, children, names=names)


def mapping_node(tag: bytes, mapping: dict[Any, Any], head: bytes = b"") -> Node:
    """Return a node for the items of a mapping in their order: all keys, then all values."""
    return Node(tag, chain(keys_of(mapping), values_of(mapping)), head=head, names=mapping)


def pairs_node(pairs: Sequence[tuple[Any, Any]]) -> Node:
    """Return a node for pairs of key and value, as a reduced mapping lists them."""
    keys = [pair[0] for pair in pairs]
    return Node(TAG_DICT, [*keys, *(pair[1] for pair in pairs)], names=[*keys, *keys])


def attributes_node(state: Mapping[Any, Any], *, keep_order: bool = False) -> Node:
    """Return a node for the attributes of an object.

    They are sorted by name, for the order in which they were set is no part of what the object is.
    """
    if not all(type(name) is str for name in state):
        return mapping_node(TAG_ATTRIBUTES, dict(state), head=scalar_token(None))
    names = tuple(state if keep_order else sorted(state))
    head = scalar_token(len(names)) + b"".join(map(scalar_token, names))
    return Node(TAG_ATTRIBUTES, [state[name] for name in names], head=head, names=names)
