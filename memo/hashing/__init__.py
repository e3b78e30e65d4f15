"""Hashing of values: equal values have equal tokens, different values different ones, in every process.

What "equal" means: the type is part of a value, and so is the order of a dict. Identity, sharing,
interning, the order of a set, memory layout and views are not. See `memo.hashing.tokens` for the grammar and
`memo.hashing.dispatch` for how a type finds its handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memo.hashing.tokens import (
    ENCODER_VERSION,
    LEAVES,
    CodeHook,
    Digest,
    Key,
    content_digest,
    few_scalars,
    joined_scalars,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memo.hashing.dispatch import register_hasher
    from memo.hashing.encoder import Encoder

__all__ = [
    "ENCODER_VERSION",
    "CodeHook",
    "Digest",
    "Key",
    "argument_tokens",
    "content_digest",
    "digest",
    "register_hasher",
    "scalar_tokens",
    "token",
]


class _Imported:
    """What is imported where there is something else than scalars to encode: half of what importing memo takes."""

    encoder: type[Encoder] | None = None  # An import statement at each call takes half a microsecond.


def _encoder(code: CodeHook | None) -> Encoder:
    found = _Imported.encoder
    if found is None:
        from memo.hashing.encoder import Encoder

        found = _Imported.encoder = Encoder
    return found(code)


def __getattr__(name: str) -> Any:
    if name == "register_hasher":
        from memo.hashing.dispatch import register_hasher

        return register_hasher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def token(value: object, *, code: CodeHook | None = None, path: str = "value") -> bytes:
    """Return the token of a value.

    ``code`` returns the bytes that stand for a function, class or module found in the value; without it they
    are known by the name to import them by. ``path`` is what an error calls the value.

    Raises:
        UnhashableArgument: if there is something in the value that has no stable hash.
    """
    leaf = LEAVES.get(id(type(value)))
    return (leaf(value) if leaf else None) or _encoder(code).token(value, path)


def digest(value: object, *, code: CodeHook | None = None, path: str = "value") -> Digest:
    """Return the digest of a value's token."""
    return content_digest(token(value, code=code, path=path))


def scalar_tokens(values: tuple[object, ...]) -> bytes | None:
    """Return the joined tokens of a call's arguments if they are all exact scalars, else None."""
    joined = few_scalars(values)
    return joined_scalars(values) if joined is None else joined


def argument_tokens(names: Iterable[str], values: tuple[object, ...], code: CodeHook | None = None) -> list[bytes]:
    """Return the token of each bound argument; the names serve errors only."""
    if len(values) == 1:
        return [token(values[0], code=code, path=next(iter(names)))]
    encoder = _encoder(code)
    return [encoder.token(value, name) for name, value in zip(names, values, strict=True)]
