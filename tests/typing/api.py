"""What type checkers must see. NOT executed: mypy and pyright read it, both strict.

An `ignore` here asserts that the line is wrong, because both report one that is not needed.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import assert_type

from memo import Cache, cached, file_digest, rounded, unordered


@cached
def square(x: int, *, scale: float = 1.0) -> int:
    """Keep name, parameters and result."""
    return round(scale * x * x)


assert_type(square(1), int)
assert_type(square(1, scale=2.0), int)
assert_type(square(x=1), int)
square("one")  # type: ignore[arg-type]
square()  # type: ignore[call-arg]
square(1, 2.0)  # type: ignore[call-arg]
square(1, factor=2.0)  # type: ignore[call-arg]

assert_type(square.key(1), str)
assert_type(square.is_cached(1), bool)
assert_type(square.refresh(1, scale=2.0), int)
assert_type(square.forget(1), bool)
assert_type(square.put(1, 1), None)
assert_type(square.clear(), None)
assert_type(square.stats().hits, int)
assert_type(square.stats().misses, int)
assert_type(square.stats().seconds_saved, float)
assert_type(square.__wrapped__(1), int)
assert_type(square.__name__, str)
square.key("one")  # type: ignore[arg-type]
square.is_cached()  # type: ignore[call-arg]
square.refresh(1, 2)  # type: ignore[call-arg]
square.forget("one")  # type: ignore[arg-type]
square.put(1, "one")  # type: ignore[arg-type]


@cached(ignore=("jobs",), version=2)
def load(path: str, jobs: int = 1) -> list[str]:
    """Options change nothing of the type."""
    return [path] * jobs


assert_type(load("a", jobs=2), list[str])
load(1)  # type: ignore[arg-type]


cache = Cache("results")


@cache.cached
def halve(x: float) -> float:
    """A cache of one's own decorates like the default one."""
    return x / 2


@cache.cached(version="b")
def double(x: float) -> float:
    """And with options too."""
    return x * 2


assert_type(halve(1.0), float)
assert_type(double(1.0), float)
assert_type(cache.stats().entries, int)
assert_type(cache.stats().bytes, int)
halve("one")  # type: ignore[arg-type]


class Model:
    """Methods bind: called through the instance they lose `self`, through the class they keep it.

    What is not asserted here, no type checker can tell: under `classmethod`, and under `staticmethod` through
    an instance, both apply the rule for methods to whatever has a `__get__`.
    """

    @cached
    def predict(self, x: int) -> float:
        """Return something that depends on both."""
        return float(x)

    @staticmethod
    @cached
    def convert(x: int) -> float:
        """Under `staticmethod`."""
        return float(x)


model = Model()
assert_type(model.predict(1), float)
assert_type(Model.predict(model, 1), float)
assert_type(Model.predict.is_cached(model, 1), bool)
assert_type(Model.convert(1), float)
model.predict("one")  # type: ignore[arg-type]
model.predict()  # type: ignore[call-arg]


@cached(key={"path": file_digest, "options": unordered, "limit": rounded(6)})
def parse(path: str, options: dict[str, int], limit: float = 0.5) -> int:
    """Give key functions by parameter."""
    return len(path) + len(options) + int(limit)


def whole(path: str, limit: float) -> tuple[str, int]:
    """Stand for all parameters."""
    return path, round(limit)


@cache.cached(key=whole)
def read(path: str, limit: float = 0.5) -> str:
    """Give one key function for all."""
    return path * int(limit)


assert_type(parse("a", {}), int)
assert_type(read("a", limit=2.0), str)
assert_type(file_digest("a"), str)
parse("a", 1)  # type: ignore[arg-type]
