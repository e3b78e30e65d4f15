"""Run the benchmarks and print them as a table: `python -m benchmarks [rows]`."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.fingerprint import FINGERPRINT_ROWS
from benchmarks.footprint import FOOTPRINT_ROWS
from benchmarks.hashing import HASHING_ROWS, MEMORY_ROWS, hashers
from benchmarks.large import BYTES, EXTRA, FEWER, LARGE_ROWS, RESULTS, SECONDS, SHARED
from benchmarks.rivals import ALL, installed
from benchmarks.rows import ROWS
from benchmarks.tables import Sheet, readable_size, readable_time
from benchmarks.timing import new_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table

    from benchmarks.hashing import HashRow
    from benchmarks.rows import Row

MEMOISER_ROWS: dict[str, list[tuple[str, Row]]] = {name: [row] for name, row in ROWS.items()} | FINGERPRINT_ROWS
# What can be asked for, and the names of the rows that it means: one, or several that belong together.
CHOICES: dict[str, list[str]] = {
    **{name: [name] for name in [*MEMOISER_ROWS, *HASHING_ROWS, *MEMORY_ROWS, *LARGE_ROWS, *FOOTPRINT_ROWS]},
    "hashing": [*HASHING_ROWS, *MEMORY_ROWS],
    "large": [*LARGE_ROWS, *FOOTPRINT_ROWS],
}
DISTRIBUTIONS = {"memo": "memo-disk"}
WIDTH = 140  # Of a log or a file, which have none of their own.
# Named beside the contenders, because a time depends on them as well.
LIBRARIES = ("numpy", "xxhash", "pandas", "polars", "pyarrow")


def main() -> None:
    """Time the rows asked for, or all of them."""
    arguments = parsed()
    names = list(dict.fromkeys(name for choice in arguments.rows or CHOICES for name in CHOICES[choice]))
    for name in [name for name in [*ALL, "dask"] if not is_installed(name)]:
        print(f'{name} is not installed and left out: python -m pip install "memo-disk[bench]"')

    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    if chosen := [name for name in names if name in MEMOISER_ROWS]:
        with tempfile.TemporaryDirectory(prefix="memo-bench-", dir=arguments.directory) as scratch:
            file_cost = new_file(Path(scratch))
            console.print(of_memoisers(console, chosen, Path(scratch), arguments.rounds))
        print(f"To write and rename a tiny file takes {readable_time(file_cost)} here and now.")
    if chosen := [name for name in names if name in HASHING_ROWS]:
        console.print(of_hashers(console, chosen, arguments.rounds, arguments.scale))
    if chosen := [name for name in names if name in MEMORY_ROWS]:
        console.print(of_memory(console, chosen, arguments.scale))
    if chosen := [name for name in names if name in LARGE_ROWS | FOOTPRINT_ROWS]:
        with tempfile.TemporaryDirectory(prefix="memo-bench-", dir=arguments.directory) as scratch:
            for table in of_large(console, chosen, Path(scratch), arguments.rounds, arguments.scale):
                console.print(table)
    print(machine(dict.fromkeys([*installed(), *hashers()])))


def parsed() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time memo beside its rivals.")
    parser.add_argument("rows", nargs="*", metavar="row", help=f"any of: {', '.join(CHOICES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds whose median counts (default: 7)")
    parser.add_argument("--directory", type=Path, help="where to put the caches (default: a temporary directory)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the size of what is hashed, to see that a row runs"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - set(CHOICES):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(CHOICES)}")
    return arguments


def of_memoisers(console: Console, names: Iterable[str], scratch: Path, rounds: int) -> Table:
    """Return the table of what a memoiser does for a call."""
    memoisers = installed()
    sheet = Sheet(
        "Median seconds per call",
        "In brackets: memo's time divided by the rival's.\n"
        "f(int) -> int, or f(array) -> float where an array is named; import: over a bare interpreter.\n"
        "first fingerprint: joblib looks at the text of the one function, and has imported all it needs.\n"
        "check: that all code and globals are as they were, which no rival does; of 10 dependencies, over none.",
        memoisers,
        readable_time,
    )
    for name in names:
        for title, row in MEMOISER_ROWS[name]:
            with console.status(title):
                seconds = row(memoisers, scratch / name, rounds)
            sheet.add(title, seconds)
    return sheet.table


def of_hashers(console: Console, names: Iterable[str], rounds: int, scale: float) -> Table:
    """Return the table of what it takes to hash a value."""
    sheet = Sheet(
        f"Median seconds per hash{sizes(scale)}",
        "In brackets: memo's time divided by the rival's. xxh3: of the same number of contiguous bytes.\n"
        "A dash: not compared, or it refuses the value or gives two equal ones different hashes.\n"
        "key: binding included, as joblib does it too; dask's tokenize binds nothing.\n"
        "asked: what memo may take at most, in seconds or times the rival, and how much of that it takes.",
        contenders("xxh3"),
        readable_time,
        asked=True,
    )
    measure(console, sheet, [row for name in names for row in HASHING_ROWS[name]], rounds, scale)
    return sheet.table


def of_memory(console: Console, names: Iterable[str], scale: float) -> Table:
    """Return the table of what hashing a value takes in memory."""
    sheet = Sheet(
        f"Extra memory at the peak of a hash{sizes(scale)}",
        "As Python and numpy allocate it. asked: what memo may take at most, and how much of that it takes.",
        contenders(),
        readable_size,
        shares=False,
        asked=True,
    )
    measure(console, sheet, [row for name in names for row in MEMORY_ROWS[name]], 1, scale)
    return sheet.table


def of_large(console: Console, names: Iterable[str], scratch: Path, rounds: int, scale: float) -> list[Table]:
    """Return the tables of what it takes to store and to load large results."""
    sheets = {
        SECONDS: Sheet(
            f"Large results: median seconds{sizes(scale)}",
            "In brackets: memo's time divided by the other's. file: the raw bytes, written to a file or read.\n"
            "warm: into memory that was just given back; cold: into memory that this machine has never used.\n"
            "joblib mmap: joblib with mmap_mode='c', which checks nothing; nor does joblib without.\n"
            f"{RESULTS:,} around {SHARED // 10**6} MB: results share it; joblib has 1 of {FEWER}, multiplied.\n"
            "asked: what memo may take at most, in seconds or times the rival, and how much of that it takes.",
            ["memo", "file", "joblib", "joblib mmap"],
            readable_time,
            asked=True,
        ),
        BYTES: Sheet(
            f"Large results: bytes on disk{sizes(scale)}",
            "In brackets: memo's bytes divided by the other's. raw: of the result in memory, each array once.",
            ["memo", "raw", "joblib"],
            readable_size,
            asked=True,
        ),
        EXTRA: Sheet(
            f"Large results: extra memory at the peak, beyond the result{sizes(scale)}",
            "Anonymous memory; and the same with mapped pages of files, which can be taken back at any time.",
            ["memo", "joblib", "memo, mapped too", "joblib, mapped too"],
            readable_size,
            shares=False,
            asked=True,
        ),
    }
    for row in [row for name in names for row in (LARGE_ROWS | FOOTPRINT_ROWS)[name]]:
        needed, free = row.disk * scale, shutil.disk_usage(scratch).free
        if free < needed:
            print(f"{row.title}: left out, needs {readable_size(needed)} of disk, {readable_size(free)} are free")
            continue
        with console.status(row.title), tempfile.TemporaryDirectory(dir=scratch) as directory:
            for line in row.measure(Path(directory), rounds, scale):
                sheets[line.table].add(line.title, line.measured, line.asked, judged=scale == 1)
    return [sheet.table for sheet in sheets.values() if sheet.table.row_count]


def measure(console: Console, sheet: Sheet, rows: Iterable[HashRow], rounds: int, scale: float) -> None:
    """Add the rows that can be measured here."""
    for row in rows:
        if missing := [name for name in row.needs if not is_installed(name)]:
            print(f"{row.title}: left out without {' and '.join(missing)}")
            continue
        with console.status(row.title):
            measured = row.measure(rounds, scale)
        sheet.add(row.title, measured, row.asked, judged=scale == 1)


def contenders(*floors: str) -> list[str]:
    """Return the columns about hashing: memo, what nobody can be faster than, the rivals."""
    first, *rivals = hashers()
    return [first, *floors, *rivals]


def sizes(scale: float) -> str:
    """Return what a title says of sizes that are not those of the rows."""
    return "" if scale == 1 else f", sizes x {scale:g}"


def is_installed(name: str) -> bool:
    """Tell whether a package can be imported here."""
    return importlib.util.find_spec(name) is not None


def machine(contestants: Mapping[str, object]) -> str:
    """Return what a number means nothing without."""
    versions = [f"{name} {version(name)}" for name in [*contestants, *filter(is_installed, LIBRARIES)]]
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
