"""Tokens: the self-delimiting bytes that stand for a value.

    token  = scalar | tag digest
    scalar = the marshal bytes (version 2) of an exact int, str, bytes, float, complex, bool or None
    tag    = one byte >= 0x80, with which no scalar begins
    digest = xxh3-128 of the content, which is itself a concatenation of tokens (a Merkle tree)

No token is the beginning of another, so a concatenation of tokens can be read in one way only and needs
neither delimiters nor counts. Version 2 of marshal writes no references and no interning flag, so equal
scalars have equal bytes in every process and on every Python.
"""

from __future__ import annotations

from marshal import dumps
from operator import ne
from types import NoneType
from typing import TYPE_CHECKING, Any, NewType, cast

from xxhash import xxh3_128, xxh3_128_digest

if TYPE_CHECKING:
    from collections.abc import Callable

# Part of every key. Raise it whenever the token of any value changes.
ENCODER_VERSION: int = 2

Key = NewType("Key", bytes)
"""16 bytes: what was asked. People see it as 32 hex digits."""

Digest = NewType("Digest", bytes)
"""16 bytes: what bytes are."""

if TYPE_CHECKING:
    CodeHook = Callable[[object], bytes]
else:  # A Callable[...] made at run time would cost an import of collections.abc for nothing.
    CodeHook = object

MARSHAL_VERSION = 2
HEADER = 5  # What marshal writes before the items of a list or tuple: its type and a four-byte count.
LARGE = 1 << 20  # From here on a str or bytes is hashed in place instead of copied into its container's content.

# What makes the token of a value of a type by itself, or None if it takes an encoder. Where such a value is large,
# and all there is, making an encoder would take a tenth of the time: by then all that Python touches has left the
# processor's caches.
LEAVES: dict[int, Callable[[Any], bytes | None]] = {}  # By the id of the type: a metaclass may forbid hashing it.

FLOATS = frozenset({float, complex})
TEXTS = frozenset({str, bytes})
SCALARS = FLOATS | TEXTS | {int, bool, NoneType}

TAG_LARGE_STR = b"\x80"
TAG_LARGE_BYTES = b"\x81"
TAG_LIST = b"\x82"
TAG_TUPLE = b"\x83"
TAG_DICT = b"\x84"
TAG_SET = b"\x85"
TAG_FROZENSET = b"\x86"
TAG_VALUE = b"\x87"  # A value of a known family; its content begins with the family's name.
TAG_CODE = b"\x88"  # A function, class or module, as the code hook sees it.
TAG_OBJECT = b"\x89"  # An instance: its class, then what it reduces to.
TAG_ATTRIBUTES = b"\x8a"
TAG_CUSTOM = b"\x8b"  # What __memo_hash__ or a registered hasher returned.
TAG_CYCLE = b"\x8c"
TAG_ARRAY = b"\x8d"
TAG_GROUP = b"\x8e"


def tagged(tag: bytes, content: bytes) -> bytes:
    """Return the token of a content."""
    return tag + xxh3_128_digest(content)


# The digest of the bytes of a contiguous buffer, without copying them. A cast, because calling a NewType takes as
# long as hashing a small value.
content_digest = cast("Callable[[Any], Digest]", xxh3_128_digest)


def scalar_token(value: Any) -> bytes:
    """Return the token of an exact scalar.

    Every NaN has one token: its sign and payload depend on how it was computed, not on what it means.
    """
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]
    if kind is float or kind is complex:
        return dumps(value if value == value else _canonical_nan(value), MARSHAL_VERSION)  # noqa: PLR0124
    if (kind is str or kind is bytes) and len(value) >= LARGE:
        return _large_token(value)
    return dumps(value, MARSHAL_VERSION)


def _canonical_nan(value: Any) -> float | complex:
    nan = float("nan")
    if type(value) is float:
        return nan
    return complex(*(nan if part != part else part for part in (value.real, value.imag)))  # noqa: PLR0124


def _large_token(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return TAG_LARGE_BYTES + xxh3_128_digest(value)
    hasher = xxh3_128()
    for start in range(0, len(value), LARGE):
        # Encoded piece by piece, so that no second copy of the text is ever in memory.
        hasher.update(value[start : start + LARGE].encode("utf-8", "surrogatepass"))
    return TAG_LARGE_STR + hasher.digest()


def few_scalars(values: tuple[Any, ...]) -> bytes | None:
    """Do what `joined_scalars` does, in half the time for a handful of values."""
    if not SCALARS.issuperset(map(type, values)):
        return None
    for value in values:
        kind: type = type(value)  # pyright: ignore[reportUnknownVariableType]
        if kind is str or kind is bytes:
            if len(value) >= LARGE:
                return None
        elif value != value:  # noqa: PLR0124 - NaN
            return None
    return dumps(values, MARSHAL_VERSION)[HEADER:]


def joined_scalars(values: Any) -> bytes | None:
    """Return the joined tokens of a list or tuple of exact scalars by one C call, None if that cannot be.

    The answer is None, too, where the call would give other bytes than `scalar_token` item by item (a token
    must not depend on the path by which it was made), and where it would copy much text.
    """
    kinds = _plain_kinds(values)
    if kinds is None:
        return None
    if not kinds.isdisjoint(TEXTS):
        texts = values if kinds <= TEXTS else [value for value in values if type(value) in TEXTS]
        if sum(map(len, texts)) >= LARGE:
            return None
    return dumps(values, MARSHAL_VERSION)[HEADER:]


def separate_scalars(values: list[Any]) -> list[bytes] | None:
    """Return the tokens of exact scalars, None if one is no scalar or needs more than a C call."""
    kinds = _plain_kinds(values)
    if kinds is None:
        return None
    if not kinds.isdisjoint(TEXTS) and any(type(value) in TEXTS and len(value) >= LARGE for value in values):
        return None
    return [dumps(value, MARSHAL_VERSION) for value in values]


def _plain_kinds(values: Any) -> set[type] | None:
    """Return the types of exact scalars, None if one is something else, or a NaN: marshal writes its bits."""
    # Types are compared first because marshal writes anything with a buffer as if it were bytes.
    kinds = set(map(type, values))
    if not kinds <= SCALARS or (not kinds.isdisjoint(FLOATS) and any(map(ne, values, values))):
        return None
    return kinds


def plain_leaf(name: str, *content: Any) -> bytes:
    """Return the token of a value that a family's name and some exact scalars say completely."""
    return tagged(TAG_VALUE, scalar_token(name) + b"".join(map(scalar_token, content)))
