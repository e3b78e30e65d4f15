"""The rows of the table: what is measured, in the order in which it is printed.

A row is a function of the contenders, a directory and a number of rounds; it returns seconds by contender.
"""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.timing import race, race_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.rivals import Function, Memoiser
    from benchmarks.timing import Contender

    Row = Callable[[Mapping[str, Memoiser], Path, int], dict[str, float]]

CALLS = 300
MANY = 3_000
MEBIBYTE = 2**20


def double(x: int) -> int:
    """Cost nothing, so that what is timed is the cache."""
    return 2 * x


def first(array: np.ndarray) -> float:
    """Cost nothing, however large the array."""
    return float(array[0])


def hit(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time a hit of a small result in a cache that holds nothing else."""
    return race(filled(memoisers, directory, double, [1] * CALLS), rounds, settle=True)


def hit_many(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time a hit of a small result among 3,000, each of them asked for once a round."""
    order = list(range(MANY))
    random.Random(0).shuffle(order)  # noqa: S311 - the same order for all, nothing secret
    return race(filled(memoisers, directory, double, order), rounds, settle=True)


def miss(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time a call that finds nothing, computes a small result and stores it."""
    contenders: dict[str, Contender] = {
        name: (memoiser(directory / name)(double), fresh_batches()) for name, memoiser in memoisers.items()
    }
    return race(contenders, rounds, settle=False)


def hit_array(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time a hit whose argument is an array of 1 MiB."""
    return race(filled(memoisers, directory, first, [random_array(MEBIBYTE)] * 50), rounds, settle=True)


def hit_large_array(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time a hit whose argument is an array of 100 MB."""
    return race(filled(memoisers, directory, first, [random_array(100_000_000)]), rounds, settle=True)


def imports(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time what the import adds to the start of an interpreter."""
    del directory
    return race_imports(memoisers, 2 * rounds)


ROWS: dict[str, tuple[str, Row]] = {
    "hit": ("hit", hit),
    "hit-many": (f"hit, {MANY:,} entries", hit_many),
    "miss": ("miss and store", miss),
    "array": ("hit, 1 MiB array", hit_array),
    "large-array": ("hit, 100 MB array", hit_large_array),
    "import": ("import", imports),
}


def filled(
    memoisers: Mapping[str, Memoiser],
    directory: Path,
    function: Function,
    batch: Sequence[object],
) -> dict[str, Contender]:
    """Return contenders that have stored all they will be asked for, the same batch in every round."""
    contenders: dict[str, Contender] = {}
    for name, memoiser in memoisers.items():
        cached = memoiser(directory / name)(function)
        for argument in batch:
            cached(argument)
        contenders[name] = (cached, itertools.repeat(batch))
    return contenders


def fresh_batches() -> Iterator[Sequence[int]]:
    """Yield batches of integers never asked for before."""
    return (range(start, start + CALLS) for start in itertools.count(0, CALLS))


def random_array(size: int) -> np.ndarray:
    """Return an array of float64 that takes this many bytes and cannot be compressed."""
    return np.random.default_rng(0).random(size // 8)
