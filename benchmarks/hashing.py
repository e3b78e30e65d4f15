"""The rows about hashing: what it takes to tell a value, beside joblib.hash, dask's tokenize and raw xxh3.

All get one object. None of them remembers what it has seen from one call to the next, so that nobody is helped by
its being the same. Raw xxh3 reads as many contiguous bytes and knows nothing of types: no hash can be faster.
"""

from __future__ import annotations

import importlib.util
import itertools
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

from xxhash import xxh3_128_digest

import memo
from benchmarks import values
from benchmarks.tables import Asked
from benchmarks.timing import race

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.timing import Contender
    from benchmarks.values import Maker

    Hasher = Callable[[Any], object]
    # From rounds and scale to what was measured, by contender.
    Measure = Callable[[int, float], dict[str, float]]

KEYS = 1_000
floor: Hasher = xxh3_128_digest


class HashRow(NamedTuple):
    """One row: its title, how it is measured, what is asked of memo and which packages it needs."""

    title: str
    measure: Measure
    asked: tuple[Asked, ...] = ()
    needs: tuple[str, ...] = ()


def hashers() -> dict[str, Hasher]:
    """Return those that can be imported here."""
    found: dict[str, Hasher] = {"memo": memo.hash}
    if importlib.util.find_spec("joblib"):
        import joblib

        found["joblib"] = joblib.hash
    if importlib.util.find_spec("dask"):
        from dask.base import tokenize  # Where it is in all versions.

        found["dask"] = tokenize
    return found


def hashed(make: Maker, calls: int = 1, raw: Callable[[Any], Any] | None = None) -> Measure:
    """Return how to time the hashes of a value, and raw xxh3 of the bytes that `raw` makes of it.

    One call a round is enough for what takes long or is larger than the processor's caches; more than one are made
    once before they are timed, so that none pays for what another has left there.
    """

    def measure(rounds: int, scale: float) -> dict[str, float]:
        value, chosen = sound(make, scale)
        contenders: dict[str, Contender] = {
            name: (hasher, itertools.repeat([value] * calls)) for name, hasher in chosen.items()
        }
        if raw is not None:
            contenders["xxh3"] = (floor, itertools.repeat([raw(value)] * calls))
        return race(contenders, rounds, settle=calls > 1)

    return measure


def sound(make: Maker, scale: float) -> tuple[Any, dict[str, Hasher]]:
    """Return a value, and the contenders that hash an equal one alike: of another, a time would mean nothing."""
    value, equal = make(scale), make(scale)
    return value, {name: hasher for name, hasher in hashers().items() if agrees(hasher, value, equal)}


def agrees(hasher: Hasher, one: object, other: object) -> bool:
    """Tell whether a contender hashes two equal values alike."""
    try:
        return hasher(one) == hasher(other)
    except Exception:  # noqa: BLE001 - whatever it raises for a value that it refuses
        return False


def called(a: int, b: int, c: str) -> None:
    """Be what a key is made for; its code reads nothing, so that a check of it is as short as they get."""
    del a, b, c


def keys(**options: Any) -> Measure:
    """Return how to time the key of a call, binding included, of a function cached with these options.

    joblib's is what its `Memory` does for a call: it binds and hashes. dask binds nothing.
    """

    def measure(rounds: int, _scale: float) -> dict[str, float]:
        contenders = {"memo": keyed(memo.cached(**options)(called).key)}
        rivals = hashers()
        if "joblib" in rivals:
            from joblib.func_inspect import filter_args

            contenders["joblib"] = keyed(lambda *args: rivals["joblib"](filter_args(called, [], args)))
        if "dask" in rivals:
            contenders["dask"] = keyed(rivals["dask"])
        return race(contenders, rounds, settle=True)

    return measure


def keyed(key: Callable[..., object]) -> Contender:
    """Return a contender that makes one key after another."""
    return (lambda _: key(1, 2, "x")), itertools.repeat(range(KEYS))


def extra_memory(make: Maker) -> Measure:
    """Return how to measure the bytes that are allocated, at the peak, while a value is hashed."""

    def measure(_rounds: int, scale: float) -> dict[str, float]:
        value, chosen = sound(make, scale)
        return {name: peak(hasher, value) for name, hasher in chosen.items()}

    return measure


def peak(hasher: Hasher, value: object) -> float:
    """Return the bytes that a contender allocates for a value, as Python and numpy see them."""
    # What it keeps for good, as what it imports, has been paid for when it proved sound.
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        hasher(value)
        return float(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()


# What is asked. Shares of xxh3's speed are turned into multiples of its time.
KEY = (Asked(1.5e-6),)
CONTIGUOUS = (Asked(1 / 0.80, "xxh3"),)
SCATTERED = (Asked(1 / 0.35, "xxh3"),)
FRAME = (Asked(1.5, "xxh3"),)
OBJECTS = (Asked(1 / 5, "joblib"),)
CONTAINER = (Asked(1 / 8, "joblib"),)
FORTRAN = (*SCATTERED, Asked(0.25, "joblib"))
POLARS = (Asked(0.15, "joblib"),)
MEMORY = (Asked(16 * 2**20),)

HASHING_ROWS: dict[str, list[HashRow]] = {
    "hash-key": [
        HashRow('key of f(1, 2, "x"), track="none"', keys(track="none", version=1), KEY),
        HashRow('key of f(1, 2, "x"), code checked', keys()),
    ],
    "hash-array": [
        HashRow("array, 1 MiB", hashed(values.SMALL, 50, values.contiguous), CONTIGUOUS),
        HashRow("array, 16 MiB", hashed(values.MIDDLE, 3, values.contiguous), CONTIGUOUS),
        HashRow("array, 100 MB", hashed(values.array(values.LARGE), raw=values.contiguous), CONTIGUOUS),
    ],
    "hash-strided": [HashRow("array[::2], 100 MB", hashed(values.strided, raw=values.contiguous), SCATTERED)],
    "hash-fortran": [
        HashRow("Fortran order, square, 100 MB", hashed(values.fortran(), raw=values.contiguous), FORTRAN),
        HashRow("Fortran order, 10 columns, 100 MB", hashed(values.fortran(10), raw=values.contiguous), FORTRAN),
    ],
    "hash-frame": [
        HashRow("DataFrame, 10^6 x 10 floats", hashed(values.frame, raw=values.block), FRAME, ("pandas",)),
        HashRow("DataFrame, around a C array", hashed(values.frame_of_rows, raw=values.block), FRAME, ("pandas",)),
    ],
    "hash-strings": [
        HashRow("Series of 10^6 strings, object", hashed(values.objects), OBJECTS, ("pandas",)),
        HashRow("Series of 10^6 strings, str", hashed(values.strings, 3), needs=("pandas", "pyarrow")),
    ],
    "hash-containers": [
        HashRow("list of 100,000 ints", hashed(values.ints, 3), CONTAINER),
        HashRow("dict of 100,000 ints", hashed(values.ints_by_name), CONTAINER),
        HashRow("list of 100,000 floats", hashed(values.floats, 3)),
        HashRow("set of 100,000 strings", hashed(values.names)),
    ],
    "hash-polars": [
        HashRow("polars, 10^6 floats and strings", hashed(values.polars_frame, 3), POLARS, ("polars",)),
    ],
    "hash-arrow": [
        HashRow("pyarrow, 10^6 floats and strings", hashed(values.arrow_table, 3), needs=("pyarrow",)),
    ],
    "hash-instances": [
        HashRow("dataclass of 10 fields", hashed(values.trial, 200)),
        HashRow("config, 3 levels, 50 entries", hashed(values.config, 200)),
    ],
}

MEMORY_ROWS: dict[str, list[HashRow]] = {
    "hash-memory": [
        HashRow("Fortran order, square, 100 MB", extra_memory(values.fortran()), MEMORY),
        HashRow("array[::2], 100 MB", extra_memory(values.strided), MEMORY),
    ],
}
