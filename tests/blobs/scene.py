"""Cached functions whose results share large buffers, and what they must return."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from contextlib import contextmanager
from functools import lru_cache

import numpy as np

import memo.warning
from memo import Cache

ITEMS = 12_500  # of 8 bytes: a large buffer
AN_HOUR_AND_MORE = 4000


@lru_cache(maxsize=256)
def numbers(*seed):
    """Return an array of noise that is the same for the same seed; not to be changed."""
    array = np.random.default_rng([*seed]).random(ITEMS)
    array.flags.writeable = False
    return array


@lru_cache(maxsize=256)
def levels(*seed):
    """Return an array that shrinks when it is compressed; not to be changed."""
    array = np.arange(ITEMS) // 50 + hash(seed)
    array.flags.writeable = False
    return array


WHO = {"left": 1, "right": 2, "third": 3}


def value(name, x, turn=0):
    """Return what the function `name` gives for `x` at its `turn`-th computation.

    All share an array and a part of it; another array is each one's own.
    """
    shared, own = numbers(0).copy(), levels(WHO[name], x, turn).copy()
    return {
        "what": (name, x, turn),
        "shared": shared,
        "part": shared[100:9000],
        "own": own,
        "small": own[:50].copy(),
    }


def small(name, x, turn=0):
    """Return a result with nothing large in it."""
    return {"what": (name, x, turn), "small": levels(WHO[name], x, turn)[:50].copy()}


def is_right(found, expected):
    """Tell whether a loaded result is what was stored, types and all."""
    if type(found) is not type(expected):
        return False
    if isinstance(expected, np.ndarray):
        return found.dtype == expected.dtype and np.array_equal(found, expected)
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(is_right(found[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(is_right, found, expected))
    return found == expected


class Supply:
    """Where the functions get their results. Inert: what it holds is no part of their keys.

    Attributes:
        turn: How often the results have changed.
        taken: For what the functions were computed.
        make: What makes a result.
    """

    __memo_inert__ = True

    def __init__(self):
        self.turn, self.taken, self.make = 0, Counter(), value

    def take(self, name, x):
        """Return a result."""
        self.taken[name, x] += 1
        return self.make(name, x, self.turn)


class Scene:
    """Three cached functions on a directory."""

    def __init__(self, directory, **options):
        options.setdefault("compression", "none")
        self.directory = directory
        self.cache = Cache(directory, **options)
        self.cache._is_swept = True  # a sweep looks for 256 folders thrice: here only when it is asked for
        self.supply = supply = Supply()

        # Each with a code of its own: functions of equal code share their entries.
        @self.cache.cached
        def left(x):
            return supply.take("left", x)

        @self.cache.cached
        def right(x):
            return supply.take("right", x)

        @self.cache.cached
        def third(x):
            return supply.take("third", x)

        self.functions = {"left": left, "right": right, "third": third}
        self.left, self.right, self.third = left, right, third

    def ask(self, name, x):
        """Call a function and look whether the answer is right; return whether it was computed."""
        before = self.supply.taken[name, x]
        found = self.functions[name](x)
        assert tuple(found["what"][:2]) == (name, x), found["what"]
        make = value if "shared" in found else small
        assert is_right(found, make(*found["what"])), (name, x, found["what"])
        return self.supply.taken[name, x] > before

    def entry(self, name, x):
        """Return the name of the entry of a call."""
        function = self.functions[name]
        return f"{function.key(x)}-{function.fingerprint().code.hex()[:16]}"

    def later(self, seconds=AN_HOUR_AND_MORE):
        """Let the clock of this cache's directory be ahead: whatever lies there now is old."""
        self.cache._store._clock = lambda: time.time() + seconds
        self.cache._is_swept = False

    def forget_all(self, xs=range(10)):
        """Forget every call there can have been."""
        for function in self.functions.values():
            for x in xs:
                function.forget(x)


@contextmanager
def heard():
    """Collect the warnings of a block as text, each of ours as if it had never been said."""
    memo.warning._warned.clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        said = []
        yield said
    said += [f"{item.category.__name__}: {item.message}" for item in caught]
