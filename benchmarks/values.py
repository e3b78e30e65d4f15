"""What the rows about hashing hash: every maker returns, from one size on, equal values made anew at each call.

`scale` shrinks what is large: to see that a row runs, not how fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.rows import MEBIBYTE, random_array

if TYPE_CHECKING:
    from collections.abc import Callable

    Maker = Callable[[float], Any]

LARGE = 100_000_000  # Bytes.
ROWS, COLUMNS = 1_000_000, 10
ITEMS = 100_000


@dataclass
class Trial:
    """Ten fields of a kind that one run of an experiment has."""

    name: str
    seed: int
    rate: float
    layers: tuple[int, ...]
    deep: bool
    note: str | None
    tags: list[str]
    start: int
    stop: int
    weight: complex


def trial(_scale: float) -> Trial:
    """Return an instance of a dataclass."""
    return Trial("first", 7, 0.25, (64, 32, 8), True, None, ["fast", "small"], 0, 1_000, 1j)  # noqa: FBT003


def config(_scale: float) -> dict[str, dict[str, dict[str, object]]]:
    """Return a dict of three levels with 50 entries at the lowest."""
    entries: tuple[object, ...] = (0.25, 7, "adam", True, None)
    return {
        section: {
            f"{section} {part}": {f"option {number}": entry for number, entry in enumerate(entries)}
            for part in range(2)
        }
        for section in ("data", "model", "loss", "training", "output")
    }


def ints(scale: float) -> list[int]:
    """Return a list of ints; those above 256 are objects of their own."""
    return list(range(scaled(ITEMS, scale)))


def floats(scale: float) -> list[float]:
    """Return a list of floats."""
    made: list[float] = random_array(8 * scaled(ITEMS, scale)).tolist()
    return made


def ints_by_name(scale: float) -> dict[str, int]:
    """Return a dict of ints."""
    return {f"name {number}": number for number in range(scaled(ITEMS, scale))}


def names(scale: float) -> set[str]:
    """Return a set of strings."""
    return {f"name {number}" for number in range(scaled(ITEMS, scale))}


def array(size: int) -> Maker:
    """Return a maker of contiguous arrays of float64 that take this many bytes."""
    return lambda scale: random_array(scaled(size, scale))


def strided(scale: float) -> np.ndarray:
    """Return every other item of an array, 100 MB in all."""
    return random_array(2 * scaled(LARGE, scale))[::2]


def fortran(columns: int | None = None) -> Maker:
    """Return a maker of tables of 100 MB in Fortran order, square unless the number of columns is given."""

    def make(scale: float) -> np.ndarray:
        items = scaled(LARGE, scale) // 8
        width = columns or round(items**0.5)
        return np.asfortranarray(random_array(8 * width * (items // width)).reshape(-1, width))

    return make


def frame(scale: float) -> Any:
    """Return a frame of floats in one block, whose columns are contiguous."""
    import pandas as pd

    return pd.DataFrame(np.asfortranarray(table(scale)))


def frame_of_rows(scale: float) -> Any:
    """Return a frame of floats around an array in C order, whose columns lie interleaved."""
    import pandas as pd

    return pd.DataFrame(table(scale), copy=False)


def table(scale: float) -> np.ndarray:
    """Return what the frames are made of."""
    return random_array(8 * COLUMNS * scaled(ROWS, scale)).reshape(-1, COLUMNS)


def objects(scale: float) -> Any:
    """Return a pandas column of Python strings."""
    import pandas as pd

    return pd.Series(texts(scale), dtype=object)


def strings(scale: float) -> Any:
    """Return a pandas column of strings as pandas 3 keeps them, or the nearest that pandas 2 has."""
    import pandas as pd

    is_old = int(pd.__version__.partition(".")[0]) < 3  # noqa: PLR2004
    return pd.Series(texts(scale), dtype="string[pyarrow]" if is_old else "str")


def polars_frame(scale: float) -> Any:
    """Return a polars frame of floats and strings."""
    import polars as pl

    return pl.DataFrame(floats_and_texts(scale))


def arrow_table(scale: float) -> Any:
    """Return a pyarrow table of floats and strings."""
    import pyarrow as pa

    return pa.table(floats_and_texts(scale))


def floats_and_texts(scale: float) -> dict[str, Any]:
    """Return what the tables of two columns are made of."""
    return {"number": random_array(8 * scaled(ROWS, scale)), "text": texts(scale)}


def texts(scale: float) -> list[str]:
    """Return short strings, all different and none shared with another call's."""
    return [f"name {number}" for number in range(scaled(ROWS, scale))]


def scaled(size: int, scale: float) -> int:
    """Return a size scaled; arrays of it have at least a few items."""
    return max(64, round(size * scale))


def contiguous(value: np.ndarray) -> np.ndarray:
    """Return the same bytes as one piece, which no hash can do without reading."""
    return np.ascontiguousarray(value)


def block(value: Any) -> np.ndarray:
    """Return the bytes of a frame of one block as they lie in memory."""
    flat: np.ndarray = value.to_numpy().ravel(order="K")
    return flat


SMALL, MIDDLE = array(MEBIBYTE), array(16 * MEBIBYTE)
