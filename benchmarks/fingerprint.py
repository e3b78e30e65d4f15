"""The rows about the fingerprint: what it costs to find out what code a function is, and that it still is.

They are memo's own. Of the rivals only joblib looks at code, at the text of the one function, once in a process;
none checks anything that a function reads.
"""

from __future__ import annotations

import itertools
import os
import sys
from typing import TYPE_CHECKING, Any

from benchmarks import subject
from benchmarks.rows import random_array
from benchmarks.timing import race, race_processes
from memo import cached

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.rivals import Memoiser
    from benchmarks.rows import Row
    from benchmarks.timing import Contender

MODULES = 5
HELPERS = 10
FUNCTIONS = 200
CHECKS = 500
# For one round asked for. Those of checks take a millisecond: most end before another process gets the core.
PROCESSES = 3
TURNS = 15

# Ten lines with the two below. The helpers of a module form a tree, so that the first of them reaches all.
FUNCTION = """\
def step_{number}(x):
    total = x * SCALE + {number}
    for turn in range({turns}):
        if turn % 2:
            total += turn * {number}.5
        else:
            total -= turn / (abs(total) + 1.0)
    return {result}


"""

# What a project writes to have `cached`, and how the contender is made to look at the code of a function.
LOOKS = {
    "memo": ("from memo import cached", "len(function.fingerprint().units)"),
    "joblib": (
        "import joblib\ncached = joblib.Memory(__file__ + '.kept', verbose=0).cache",
        "bool(function.func_code_info[0])",
    ),
}

# A contender that saw less than it should, or did part of the work before the clock started, has no time.
PROBE = """\
import sys, time
sys.path.insert(0, sys.argv[1])
from project import function
if "memo.fingerprint" in sys.modules:
    sys.exit("memo.fingerprint was imported before the first call")
started = time.perf_counter()
found = {look}
seconds = time.perf_counter() - started
if found != {expected}:
    sys.exit(f"looked at {{found}} pieces of code, not at {expected}")
print(seconds)
"""


def first_of_modules(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time the first look at a function with 50 helpers in 5 modules, in a fresh process; 30 ms is the target."""
    modules = [f"part_{number}" for number in range(MODULES)]
    files = {module: code(HELPERS) for module in modules}
    total = " + ".join(f"{module}.step_0(x)" for module in modules)
    files["project"] = f"import {', '.join(modules)}\n@cached\ndef function(x):\n    return {total}\n"
    return first_look(memoisers, directory / "modules", rounds, files, MODULES * HELPERS + 1)


def first_of_module(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time the first look at a module of 200 functions, 2,000 lines, in a fresh process; 120 ms is the target."""
    files = {"project": code(FUNCTIONS - 1) + "@cached\ndef function(x):\n    return step_0(x)\n"}
    return first_look(memoisers, directory / "module", rounds, files, FUNCTIONS)


def check(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time what ten dependencies add to the check that a fingerprint still holds; 2 µs is the target."""
    del memoisers, directory
    functions = {"ten": subject.reads_ten, "none": subject.reads_nothing}
    contenders = {name: asking(cached(function).fingerprint, CHECKS) for name, function in functions.items()}
    seconds = race(contenders, TURNS * rounds, settle=True)
    return {"memo": seconds["ten"] - seconds["none"]}


def check_list(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time the fingerprint of a function that reads a global list of 1,000 floats."""
    del memoisers, directory
    return check_held(random_array(8_000).tolist(), 30, rounds)


def check_array(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time the fingerprint of a function that reads a global array of 1 MB."""
    del memoisers, directory
    return check_held(random_array(1_000_000), 50, rounds)


def check_large_array(memoisers: Mapping[str, Memoiser], directory: Path, rounds: int) -> dict[str, float]:
    """Time the fingerprint of a function that reads a global array of 100 MB."""
    del memoisers, directory
    return check_held(random_array(100_000_000), 1, rounds)


FINGERPRINT_ROWS: dict[str, list[tuple[str, Row]]] = {
    "first-fingerprint": [
        (f"first fingerprint, {MODULES * HELPERS} helpers in {MODULES} modules", first_of_modules),
        (f"first fingerprint, {FUNCTIONS} functions in 1 module", first_of_module),
    ],
    "guards": [
        ("check of 10 dependencies", check),
        ("check, global list of 1,000 floats", check_list),
        ("check, global array of 1 MB", check_array),
        ("check, global array of 100 MB", check_large_array),
    ],
}


def first_look(
    memoisers: Mapping[str, Memoiser], directory: Path, rounds: int, files: Mapping[str, str], units: int
) -> dict[str, float]:
    """Return the median seconds of a first look at the function of a project, which is given as its modules."""
    commands: dict[str, list[str]] = {}
    for name in filter(memoisers.__contains__, LOOKS):
        decorator, look = LOOKS[name]
        project = directory / name
        project.mkdir(parents=True)
        for module, text in files.items():
            start = f"{decorator}\n" if module == "project" else ""
            (project / f"{module}.py").write_text(start + text, encoding="utf-8")
        expected = units if name == "memo" else 1
        probe = PROBE.format(look=look, expected=expected)
        commands[name] = [sys.executable, "-c", probe, str(project)]
    return race_processes(commands, PROCESSES * rounds, compiling(directory / "bytecode"))


def code(count: int) -> str:
    """Return the text of a module of this many functions, each called by another one but the first."""
    text = ["SCALE = 1.25\n\n\n"]
    for number in range(count):
        callees = [callee for callee in (2 * number + 1, 2 * number + 2) if callee < count]
        result = " + ".join(["total", *(f"step_{callee}(total)" for callee in callees)])
        text.append(FUNCTION.format(number=number, turns=number % 7 + 2, result=result))
    return "".join(text)


def compiling(directory: Path) -> dict[str, str]:
    """Return the environment in which modules are compiled once, as they are where a package is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "PYTHONPYCACHEPREFIX": str(directory)}


def check_held(value: Any, calls: int, rounds: int) -> dict[str, float]:
    """Return the median seconds of the fingerprint of a function that reads a value that can change in place."""
    subject.HELD = value
    try:
        return race({"memo": asking(cached(subject.reads_held).fingerprint, calls)}, TURNS * rounds, settle=True)
    finally:
        subject.HELD = None


def asking(fingerprint: Callable[[], object], calls: int) -> Contender:
    """Return a contender that asks for a fingerprint this many times a round."""
    return (lambda _: fingerprint()), itertools.repeat(range(calls))
