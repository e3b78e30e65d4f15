"""Run the benchmarks and print them as a table: `python -m benchmarks [rows]`."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.fingerprint import FINGERPRINT_ROWS
from benchmarks.rivals import ALL, installed
from benchmarks.rows import ROWS
from benchmarks.timing import new_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.rows import Row

# What can be asked for: one row, or several that belong together.
CHOICES: dict[str, list[tuple[str, Row]]] = {name: [row] for name, row in ROWS.items()} | FINGERPRINT_ROWS
DISTRIBUTIONS = {"memo": "memo-disk"}


def main() -> None:
    """Time the rows asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time memo beside its rivals.")
    parser.add_argument("rows", nargs="*", metavar="row", help=f"any of: {', '.join(CHOICES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds whose median counts (default: 7)")
    parser.add_argument("--directory", type=Path, help="where to put the caches (default: a temporary directory)")
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - set(CHOICES):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(CHOICES)}")

    memoisers = installed()
    console = Console()
    for name in ALL.keys() - memoisers.keys():
        print(f'{name} is not installed and left out: python -m pip install "memo-disk[bench]"')

    table = Table(
        title="Median seconds per call",
        caption="In brackets: memo's time divided by the rival's.\n"
        "f(int) -> int, or f(array) -> float where an array is named; import: over a bare interpreter.\n"
        "first fingerprint: joblib looks at the text of the one function, and has imported all it needs.\n"
        "check: that all code and globals are as they were, which no rival does; of 10 dependencies, over none.",
    )
    table.add_column("")
    for name in memoisers:
        table.add_column(name, justify="right")
    with tempfile.TemporaryDirectory(prefix="memo-bench-", dir=arguments.directory) as scratch:
        file_cost = new_file(Path(scratch))
        for name in arguments.rows or CHOICES:
            for title, row in CHOICES[name]:
                with console.status(title):
                    seconds = row(memoisers, Path(scratch, name), arguments.rounds)
                table.add_row(title, *cells(memoisers, seconds))
    console.print(table)
    print(f"To write and rename a tiny file takes {readable(file_cost)} here and now.")
    print(machine(memoisers))


def cells(names: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
    """Return what a row prints: a time each, and behind a rival's the share of it that memo takes."""
    return [cell(name, seconds) for name in names]


def cell(name: str, seconds: Mapping[str, float]) -> str:
    """Return what a row prints for one contender; a dash for one that does nothing of the kind."""
    if name not in seconds:
        return "-"
    ours = None if name == "memo" else seconds.get("memo")
    share = "" if ours is None else f" ({ours / seconds[name]:.2f})"
    return readable(seconds[name]) + share


def readable(seconds: float) -> str:
    """Return the time in the unit a person would choose."""
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"  # noqa: PLR2004


def machine(memoisers: Mapping[str, object]) -> str:
    """Return what a number means nothing without."""
    versions = [f"{name} {version(name)}" for name in [*memoisers, "numpy"]]
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def version(name: str) -> str:
    """Return the installed version of a contender, or say that it runs from its source."""
    try:
        return importlib.metadata.version(DISTRIBUTIONS.get(name, name))
    except importlib.metadata.PackageNotFoundError:
        return "(source tree)"


def processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    main()
