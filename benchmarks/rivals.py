"""memo and its rivals behind one shape: given a directory, a decorator for functions of one argument."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Function = Callable[[Any], Any]
    Memoiser = Callable[[Path], Callable[[Function], Function]]

# Far above what a run writes: no contender shall spend its time on making room.
ROOM = 2**40


def memo(directory: Path) -> Callable[[Function], Function]:
    """Return memo's decorator, all settings at their defaults."""
    from memo import Cache

    return Cache(directory).cached


def diskcache(directory: Path) -> Callable[[Function], Function]:
    """Return diskcache's decorator."""
    from diskcache import Cache

    decorator: Callable[[Function], Function] = Cache(directory, size_limit=ROOM).memoize()
    return decorator


def joblib(directory: Path) -> Callable[[Function], Function]:
    """Return joblib's decorator."""
    from joblib import Memory

    decorator: Callable[[Function], Function] = Memory(directory, verbose=0).cache
    return decorator


ALL: dict[str, Memoiser] = {"memo": memo, "diskcache": diskcache, "joblib": joblib}


def installed() -> dict[str, Memoiser]:
    """Return those that can be imported here."""
    return {name: memoiser for name, memoiser in ALL.items() if importlib.util.find_spec(name)}
