"""The rows about memory: what it takes beyond a result of 1 GB to store it and to load it.

Each is measured in a process of its own, which has imported everything and has done the same with a small result.
Anonymous memory is what a process has for itself, and what makes a machine run out; how much it was at most, its
parent finds by looking all the time. Mapped pages of a file are the page cache's, which gives them up on demand;
they are in the highest count of all pages, which the system keeps.
"""

from __future__ import annotations

import importlib.util
import json
import select
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.large import EXTRA, KINDS, LargeRow, Line, joblib_side, memo_side
from benchmarks.tables import Asked
from benchmarks.values import LARGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.large import Side

GIGABYTE = 10**9
WARM_UP = 2_000_000
MOST = (Asked(64 * 2**20),)
COUNTS = Path("/proc/self/clear_refs")
INTERVAL = 0.0005  # Seconds between two looks.
SIDES: dict[str, tuple[Callable[..., Side], dict[bool, dict[str, Any]]]] = {
    "memo": (memo_side, {True: {"mmap": True}, False: {"mmap": False}}),
    "joblib": (joblib_side, {True: {"mmap_mode": "c"}, False: {}}),
}
# Task, and whether the result shall be mapped.
TASKS = [("store", False), ("load", True), ("load", False)]


def gigabyte(kind: str) -> LargeRow:
    """Return the row of one kind of values."""

    def measure(directory: Path, _rounds: int, scale: float) -> Iterator[Line]:
        if not COUNTS.exists():
            print("what a process takes in memory: left out, only Linux tells it in this way")
            return
        size = round(GIGABYTE * scale)
        names = [name for name in SIDES if name == "memo" or importlib.util.find_spec(name)]
        for task, is_mapped in TASKS:
            extra: dict[str, float] = {}
            for name in names:
                own, every = run(name, kind, task, size, directory / name, is_mapped=is_mapped)
                extra |= {name: own, f"{name}, mapped too": every}
            title = f"1 GB of {kind}: {task}" + (f", mmap={is_mapped}" if task == "load" else "")
            yield Line(EXTRA, title, extra, MOST)

    return LargeRow(f"1 GB of {kind}", measure, 2 * GIGABYTE + LARGE)


def run(name: str, kind: str, task: str, size: int, directory: Path, *, is_mapped: bool) -> tuple[float, float]:
    """Return the bytes beyond the result that a process took at its peak: anonymous ones, and all."""
    given = json.dumps([name, kind, task, size, str(directory), is_mapped])
    command = [sys.executable, "-m", "benchmarks.footprint", given]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("a process without the pipes that it was given")
        child.stdout.readline()
        before = memory(child.pid)
        child.stdin.write(b"\n")
        child.stdin.flush()
        peak = before["RssAnon"]
        while not select.select([child.stdout], [], [], INTERVAL)[0]:
            peak = max(peak, memory(child.pid)["RssAnon"])
        if child.stdout.readline() != b"done\n":
            raise RuntimeError(f"{name} could not {task} {kind}")
        after = memory(child.pid)
    # A result that is stored was there before. One that is loaded counts among the pages where it should lie.
    in_anonymous, in_all = (0, 0) if task == "store" else (0 if is_mapped and kind == "random" else size, size)
    own = max(peak, after["RssAnon"]) - before["RssAnon"] - in_anonymous
    every = after["VmHWM"] - before["VmRSS"] - in_all
    return float(max(0, own)), float(max(0, every))


def memory(process: int) -> dict[str, int]:
    """Return what the system says about the memory of a process, in bytes."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return {
        name: 1024 * int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in lines)
        if name in {"VmHWM", "VmRSS", "RssAnon"}
    }


def child(given: str) -> None:
    """Make a result, say so, and when told so store it or load it."""
    name, kind, task, size, directory, is_mapped = json.loads(given)
    make, options = SIDES[name]
    call = make(Path(directory), **options[is_mapped]).call
    small = KINDS[kind](WARM_UP / LARGE)
    for _ in ("stored", "loaded"):
        call(1, small)
    value = KINDS[kind](size / LARGE) if task == "store" else None
    # The highest count starts anew.
    COUNTS.write_text("5", encoding="utf-8")
    tell("ready")
    result: Any = call(0, value)
    tell("done")
    if result is None or result.nbytes != size // 8 * 8:
        sys.exit(f"{name} has lost what it stored")


def tell(word: str) -> None:
    """Say a word and wait until somebody has heard it."""
    print(word, flush=True)
    sys.stdin.readline()


FOOTPRINT_ROWS: dict[str, list[LargeRow]] = {"large-memory": [gigabyte("random"), gigabyte("prices")]}


if __name__ == "__main__":
    child(sys.argv[1])
