"""memo remembers on disk what functions returned, and knows when the answer has gone stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memo import settings
from memo.contents import file_digest
from memo.decorator import Cache, CachedFunction, cached, default_cache
from memo.errors import (
    CorruptEntry,
    MemoError,
    MemoWarning,
    SettingsError,
    StoreFault,
    UnhashableArgument,
    UnpicklableResult,
    UnsafeCacheDir,
)
from memo.hashing import digest
from memo.memoised import code_token
from memo.settings import Settings
from memo.stats import CacheStats, Stats

if TYPE_CHECKING:
    from memo.fingerprint import Fingerprint
    from memo.hashing.dispatch import register_hasher
    from memo.key_functions import rounded, unordered

__version__ = "0.1.0"

__all__ = [
    "Cache",
    "CacheStats",
    "CachedFunction",
    "CorruptEntry",
    "Fingerprint",
    "MemoError",
    "MemoWarning",
    "Settings",
    "SettingsError",
    "Stats",
    "StoreFault",
    "UnhashableArgument",
    "UnpicklableResult",
    "UnsafeCacheDir",
    "cached",
    "clear",
    "default_cache",
    "file_digest",
    "hash",
    "register_hasher",
    "rounded",
    "settings",
    "stats",
    "unordered",
]


def hash(obj: object) -> str:  # noqa: A001 - the blueprint's name; used as `memo.hash`
    """Return 32 hex digits for any value: equal for equal values, in every process and on every Python.

    >>> hash([1, 2.0, "x"]) == hash([1, 2.0, "x"]), hash(1) == hash(True)
    (True, False)

    Raises:
        UnhashableArgument: The value, or something in it, has no stable hash.
    """
    return digest(obj, code=code_token).hex()


def clear() -> None:
    """Remove everything from the default cache."""
    default_cache().clear()


def stats() -> CacheStats:
    """Return what lies in the default cache, and what this process has done with it."""
    return default_cache().stats()


def __getattr__(name: str) -> Any:
    # What takes longest to import waits until it is asked for.
    if name == "Fingerprint":
        from memo.fingerprint import Fingerprint

        return Fingerprint
    if name == "register_hasher":
        from memo.hashing.dispatch import register_hasher

        return register_hasher
    if name in {"rounded", "unordered"}:
        from memo import key_functions

        return getattr(key_functions, name)
    raise AttributeError(f"module 'memo' has no attribute {name!r}")
