"""Fair timing on a machine that does other things as well.

The contenders of a race take turns, round after round, so that a busy second hits all of them; the median
over the rounds then drops it. What one leaves to the collector is collected before the next one starts.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    # A function to call, and the arguments of one round's calls.
    Contender = tuple[Callable[[object], object], Iterator[Sequence[object]]]


def race(contenders: Mapping[str, Contender], rounds: int, *, settle: bool) -> dict[str, float]:
    """Return the median seconds per call of each contender.

    With `settle` the calls of a round are made once before they are timed: a program uses one memoiser, which
    finds its own data in the processor's caches and not what another has left there.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name in rotated(contenders, turn):
            function, batches = contenders[name]
            batch = next(batches)
            if settle:
                per_call(function, batch)
            seconds[name].append(per_call(function, batch))
    # The first round warms up: lazy imports, the page cache, the allocator.
    return {name: statistics.median(timed[1:]) for name, timed in seconds.items()}


def race_steps(
    contenders: Mapping[str, Iterator[Callable[[], object]]], rounds: int, *, settle: bool = False
) -> dict[str, float]:
    """Return the median seconds of each contender's steps, of which it takes one a round.

    What must be done before a step, the iterator does when it is asked for it, and nobody looks at the clock.
    Neither does anybody while what the step returned is given back. To `settle` is what it is in `race`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name in rotated(contenders, turn):
            seconds[name].append(once(next(contenders[name]), settle=settle))
    # The first round warms up.
    return {name: statistics.median(timed[1:]) for name, timed in seconds.items()}


def race_imports(modules: Iterable[str], rounds: int) -> dict[str, float]:
    """Return the median seconds that each import adds to a bare interpreter."""
    statements = {"": "pass", **{module: f"import {module}" for module in modules}}
    seconds: dict[str, list[float]] = {module: [] for module in statements}
    for turn in range(rounds + 1):
        for module in rotated(statements, turn):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", statements[module]], check=True)
            seconds[module].append(time.perf_counter() - started)
    medians = {module: statistics.median(timed[1:]) for module, timed in seconds.items()}
    bare = medians.pop("")
    return {module: median - bare for module, median in medians.items()}


def race_processes(
    commands: Mapping[str, Sequence[str]], rounds: int, environment: Mapping[str, str]
) -> dict[str, float]:
    """Return the median of the seconds that each command prints, which times itself in a fresh process."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name in rotated(commands, turn):
            printed = subprocess.run(commands[name], check=True, env=environment, stdout=subprocess.PIPE).stdout
            seconds[name].append(float(printed))
    # The first round leaves the bytecode of what it imports.
    return {name: statistics.median(timed[1:]) for name, timed in seconds.items()}


def new_file(directory: Path, count: int = 300) -> float:
    """Return the mean seconds that it takes to write a tiny file and to rename it.

    No store that keeps a file per result can miss in less. It is no constant: where thousands of files were
    deleted within the last minutes, ext4 creates them ten times slower.
    """
    started = time.perf_counter()
    for number in range(count):
        temporary = directory / f"{number}.tmp"
        temporary.write_bytes(b"x")
        temporary.replace(directory / str(number))
    return (time.perf_counter() - started) / count


def per_call(function: Callable[[object], object], arguments: Sequence[object]) -> float:
    """Return the mean seconds of a call over one round, the collector held off."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        for argument in arguments:
            function(argument)
        return (time.perf_counter() - started) / len(arguments)
    finally:
        gc.enable()


def once(step: Callable[[], object], *, settle: bool) -> float:
    """Return the seconds of one step, the collector held off."""
    gc.collect()
    gc.disable()
    try:
        if settle:
            step()
        started = time.perf_counter()
        result = step()
        seconds = time.perf_counter() - started
    finally:
        gc.enable()
    del result
    return seconds


def rotated(names: Iterable[str], turn: int) -> list[str]:
    """Return the names, beginning with another one each turn: none is always first."""
    names = list(names)
    start = turn % len(names)
    return names[start:] + names[:start]
