"""The rows about large results: what it takes to store 100 MB and to have them again, in time and on disk.

memo, joblib and a plain file take turns. The function has its result ready, so that a miss costs what storing
costs. Whoever maps a file has not read it yet: beside the time to load there is the time to load and to read all.
"""

from __future__ import annotations

import importlib.util
import itertools
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.freshness import fresh_memory, synced
from benchmarks.tables import Asked
from benchmarks.timing import race_steps
from benchmarks.values import LARGE, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from benchmarks.values import Maker

    Call = Callable[[int, Any], Any]
    Step = Callable[[], object]

SECONDS, BYTES, EXTRA = "seconds", "bytes", "extra"
COLD_ROUNDS = 3  # Each takes memory that is never fresh again.
SHARED = 8_000_000
RESULTS, BATCHES = 1_000, 10
FEWER = 20  # joblib would fill 8 GB: it stores one result where memo stores this many.


class Line(NamedTuple):
    """One line of a table: of which, its title, what was measured by contender, what is asked of memo."""

    table: str
    title: str
    measured: Mapping[str, float]
    asked: tuple[Asked, ...] = ()


class LargeRow(NamedTuple):
    """Lines that are measured together: how, from directory, rounds and scale, and the bytes of disk it takes."""

    title: str
    measure: Callable[[Path, int, float], Iterable[Line]]
    disk: int


class Side(NamedTuple):
    """One memoiser: its function, and how it is made to forget all."""

    call: Call
    clear: Callable[[], object]


class Demands(NamedTuple):
    """What is asked of memo for one kind of values."""

    store: tuple[Asked, ...] = ()
    load: tuple[Asked, ...] = ()
    unverified: tuple[Asked, ...] = ()
    disk: tuple[Asked, ...] = ()


def ready(number: int, value: Any) -> Any:
    """Return a result that is there already; as `value` is ignored, a hit needs only the number."""
    del number
    return value


def memo_side(directory: Path, **options: Any) -> Side:
    """Return memo over a directory."""
    from memo import Cache

    cached = Cache(directory, **options).cached(ignore=("value",))(ready)
    return Side(cached, cached.clear)


def joblib_side(directory: Path, **options: Any) -> Side:
    """Return joblib over a directory, uncompressed as it is by default."""
    from joblib import Memory

    cached = Memory(directory, verbose=0, **options).cache(ready, ignore=["value"])
    return Side(cached, partial(cached.clear, warn=False))


def sides(directory: Path) -> dict[str, Side]:
    """Return those that can be imported here."""
    found = {"memo": memo_side(directory / "memo")}
    if importlib.util.find_spec("joblib"):
        found["joblib"] = joblib_side(directory / "joblib")
    return found


def readers(directory: Path) -> dict[str, Side]:
    """Return more ways to load what `sides` have stored."""
    found = {
        "unverified": memo_side(directory / "memo", verify=False),
        "copied": memo_side(directory / "memo", mmap=False),
    }
    if importlib.util.find_spec("joblib"):
        found["joblib mmap"] = joblib_side(directory / "joblib", mmap_mode="c")
    return found


def kept(name: str, make: Maker, demands: Demands) -> LargeRow:
    """Return the row of one kind of values."""

    def measure(directory: Path, rounds: int, scale: float) -> Iterator[Line]:
        value = make(scale)
        writers = sides(directory)
        yield Line(SECONDS, f"{name}: store, warm", storing_warm(writers, directory, value, rounds), demands.store)
        cold = storing_cold(writers, directory, value, min(rounds, COLD_ROUNDS))
        if cold:
            yield Line(SECONDS, f"{name}: store, cold", cold, demands.store)
        stored = {"raw": float(value.nbytes)} | filled(writers, directory, value)
        yield Line(BYTES, name, stored, demands.disk)
        yield from loading(name, directory, writers | readers(directory), rounds, demands)

    # As many as stay while the cold ones are stored, by three contenders.
    return LargeRow(name, measure, 3 * (COLD_ROUNDS + 1) * LARGE)


def storing_warm(writers: Mapping[str, Side], directory: Path, value: Any, rounds: int) -> dict[str, float]:
    """Time to store a result in memory that the file of the round before has just given back."""
    steps = {name: storing(side.call, value, side.clear) for name, side in writers.items()}
    file = directory / "file"
    steps["file"] = storing(
        lambda _, value: file.write_bytes(value.data), value, partial(file.unlink, missing_ok=True)
    )
    return race_steps(steps, rounds)


def storing_cold(writers: Mapping[str, Side], directory: Path, value: Any, rounds: int) -> dict[str, float]:
    """Time to store a result in memory that is new to this machine; nothing if there is none."""
    files = directory / "files"
    files.mkdir()
    steps = {name: storing(side.call, value, synced) for name, side in writers.items()}
    steps["file"] = storing(lambda number, value: (files / str(number)).write_bytes(value.data), value, synced)
    # One round more, as the first one does not count.
    with fresh_memory(2 * len(steps) * (rounds + 1) * value.nbytes) as is_fresh:
        seconds = race_steps(steps, rounds) if is_fresh else {}
    shutil.rmtree(files)
    return seconds


def storing(call: Call, value: Any, before: Callable[[], object]) -> Iterator[Step]:
    """Yield steps that each store a result under a new number.

    It is new in content as well: memo would have nothing to write of one that is stored already.
    """
    for number in itertools.count():
        before()
        value[0] = number
        yield partial(call, number, value)


def filled(writers: Mapping[str, Side], directory: Path, value: Any) -> dict[str, float]:
    """Store one result with each, as number 0, and return the bytes that it takes on disk."""
    for side in writers.values():
        side.clear()
        side.call(0, value)
    return {name: on_disk(directory / name) for name in writers}


def on_disk(directory: Path) -> float:
    """Return the bytes that the files of a directory take, of which each counts once whatever its names."""
    files = (path.stat() for path in directory.rglob("*") if path.is_file())
    return float(sum({(file.st_dev, file.st_ino): file.st_blocks * 512 for file in files}.values()))


def loading(
    name: str, directory: Path, loaders: Mapping[str, Side], rounds: int, demands: Demands
) -> Iterator[Line]:
    """Time to load result number 0, and to load it and read all of it."""
    file = directory / "file"
    value = loaders["memo"].call(0, None)
    file.write_bytes(value.data)
    dtype = value.dtype
    del value
    calls: dict[str, Step] = {loader: partial(found, side.call) for loader, side in loaders.items()}
    calls["file"] = lambda: np.fromfile(file, dtype)
    for task, work, asked in (("load", calls, True), ("load and read all", reading(calls), False)):
        seconds = race_steps(
            {loader: itertools.repeat(step) for loader, step in work.items()}, rounds, settle=True
        )
        unverified, copied = seconds.pop("unverified"), seconds.pop("copied")
        yield Line(SECONDS, f"{name}: {task}", seconds, demands.load if asked else ())
        rivals = {rival: seconds[rival] for rival in seconds if rival != "memo"}
        others = demands.unverified if asked else ()
        yield Line(SECONDS, f"{name}: {task}, verify=False", {"memo": unverified, **rivals}, others)
        yield Line(SECONDS, f"{name}: {task}, mmap=False", {"memo": copied, **rivals})


def found(call: Call) -> Any:
    """Return result number 0; whoever does not find it has no time."""
    result = call(0, None)
    if result is None:
        raise LookupError("a contender has lost what it stored")
    return result


def reading(calls: Mapping[str, Callable[[], Any]]) -> dict[str, Step]:
    """Return what loads a result and reads all of it; it is not given back while the clock runs."""

    def read(call: Callable[[], Any]) -> object:
        result = call()
        return result, result.sum()

    return {name: partial(read, call) for name, call in calls.items()}


def shared(directory: Path, _rounds: int, scale: float) -> Iterator[Line]:
    """Time to store and to load 1,000 results that share an array, and the bytes that they take on disk.

    joblib stores fewer; its numbers are multiplied.
    """
    array = uniform(scale * SHARED / LARGE)
    writers = sides(directory)
    loaders = writers | readers(directory)
    counts = {
        name: RESULTS // BATCHES // (1 if name in {"memo", "unverified", "copied"} else FEWER) for name in loaders
    }
    title = f"{RESULTS:,} around {SHARED // 10**6} MB"

    def whole(numbers: Mapping[str, float], share: int) -> dict[str, float]:
        return {name: number * RESULTS / share / counts[name] for name, number in numbers.items()}

    seconds = race_steps({name: batches(side, array, counts[name]) for name, side in writers.items()}, BATCHES)
    yield Line(SECONDS, f"{title}: store", whole(seconds, 1))
    stored = whole({name: on_disk(directory / name) for name in writers}, BATCHES)
    yield Line(BYTES, title, {"raw": float(array.nbytes + RESULTS * own(0).nbytes), **stored})
    for task, read in (("load", False), ("load and read all", True)):
        steps = {name: batches_again(side, counts[name], read=read) for name, side in loaders.items()}
        seconds = whole(race_steps(steps, BATCHES, settle=True), 1)
        unverified, copied = seconds.pop("unverified"), seconds.pop("copied")
        yield Line(SECONDS, f"{title}: {task}", seconds)
        yield Line(SECONDS, f"{title}: {task}, verify=False", {**seconds, "memo": unverified})
        yield Line(SECONDS, f"{title}: {task}, mmap=False", {**seconds, "memo": copied})


def own(number: int) -> np.ndarray:
    """Return what a result has for itself: 2 kB."""
    return np.random.default_rng(number).random(250)


def batches(side: Side, array: np.ndarray, count: int) -> Iterator[Step]:
    """Yield steps that each store as many new results; those of the first are forgotten after it."""
    for turn in itertools.count():
        if turn == 1:
            side.clear()
        results = {
            number: {"shared": array, "own": own(number)} for number in range(turn * count, (turn + 1) * count)
        }

        def store(results: Mapping[int, object] = results) -> None:
            for number, result in results.items():
                side.call(number, result)

        yield store


def batches_again(side: Side, count: int, *, read: bool) -> Iterator[Step]:
    """Yield steps that each load as many results, those of one batch after the other."""

    def load(numbers: Iterable[int]) -> None:
        for number in numbers:
            result = side.call(number, None)
            if read:
                result["shared"].sum()
                result["own"].sum()

    for turn in itertools.count():
        batch = turn % BATCHES + 1
        yield partial(load, range(batch * count, (batch + 1) * count))


# The values: 100 MB each.


def uniform(scale: float) -> np.ndarray:
    """Return floats that cannot be compressed."""
    return np.random.default_rng(0).random(scaled(LARGE, scale) // 8)


def prices(scale: float) -> np.ndarray:
    """Return prices of two decimals: a geometric random walk of steps of 0.03 %."""
    walk = np.random.default_rng(0).standard_normal(scaled(LARGE, scale) // 8)
    # In place: of a gigabyte there are not two.
    walk *= 3e-4
    np.cumsum(walk, out=walk)
    np.exp(walk, out=walk)
    walk *= 100
    return np.round(walk, 2, out=walk)


def signals(scale: float) -> np.ndarray:
    """Return zeros and ones, as integers of 8 bytes."""
    return np.random.default_rng(0).integers(0, 2, scaled(LARGE, scale) // 8)


# The rows.

KINDS: dict[str, Maker] = {"random": uniform, "prices": prices, "signals": signals}

DEMANDS = {
    "random": Demands((Asked(1.3, "joblib"),), (Asked(0.3, "joblib"),), (Asked(1e-4),)),
    "prices": Demands((Asked(4, "joblib"),), (Asked(1.7, "joblib"),), disk=(Asked(0.40, "raw"),)),
    "signals": Demands((Asked(1.5, "joblib"),), (Asked(1.1, "joblib"),), disk=(Asked(0.02, "raw"),)),
}
LARGE_ROWS: dict[str, list[LargeRow]] = {
    **{f"large-{name}": [kept(name, make, DEMANDS[name])] for name, make in KINDS.items()},
    # On a disk without hard links nothing is shared.
    "large-shared": [LargeRow("results that share an array", shared, (RESULTS + RESULTS // BATCHES) * SHARED)],
}
