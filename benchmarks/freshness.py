"""Memory that a machine has never used: what makes a store cold.

A file is written into free memory first. A virtual machine gets a page of that from its host when it touches the
page for the first time, which takes ten times as long as to write it; freed, the page stays with the machine. So
the same store takes 20 ms or 200 ms, depending on what ran before. A machine of metal has no such memory.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 64 * 2**20
FRESH = 4  # Times as long as a piece used before.
IN_A_ROW = 3


@contextmanager
def fresh_memory(needed: float) -> Iterator[bool]:
    """Hold what has been used before of the free memory, so that what is asked for next is new to the machine.

    Yields whether it came that far. It takes half of what is available at most, and leaves as much as is needed.
    """
    pieces: list[np.ndarray] = []
    touched()
    limit = FRESH * touched()
    free = available()
    budget = min(free / 2, free - needed)
    in_a_row = 0
    try:
        while in_a_row < IN_A_ROW and (len(pieces) + 1) * PIECE < budget:
            in_a_row = in_a_row + 1 if touched(pieces) > limit else 0
        yield in_a_row == IN_A_ROW
    finally:
        pieces.clear()


def touched(pieces: list[np.ndarray] | None = None) -> float:
    """Return the seconds that it takes to get a piece of memory and to write to it; keep it where one says so."""
    started = time.perf_counter()
    piece = np.empty(PIECE, np.uint8)
    piece.fill(1)
    seconds = time.perf_counter() - started
    if pieces is not None:
        pieces.append(piece)
    return seconds


def available() -> float:
    """Return the bytes of memory that can be had without taking them from a program; 0 if nobody tells."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), 0.0)


def synced() -> None:
    """Have all that is still to be written on the disk, so that nothing is written while the clock runs."""
    os.sync()
