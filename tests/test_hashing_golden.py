"""Digests as they were when this version of the encoder was released.

A key that changes by accident makes every stored result a miss. If a change is meant, raise ENCODER_VERSION and
write the file anew: ``python tests/test_hashing_golden.py``.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import decimal
import enum
import functools
import importlib
import json
import pathlib
import re
import uuid
import zoneinfo

import numpy as np
import pandas as pd
import pytest

from memo.hashing import ENCODER_VERSION, digest

GOLDEN = pathlib.Path(__file__).with_name("hashing_golden.json")


def ring():
    first = [1]
    first.append([2, first])
    return first


def values():
    grid = np.arange(12.0).reshape(3, 4)
    moment = dt.datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    return {
        "none": None,
        "bool": True,
        "int": 42,
        "big int": 10**30,
        "float": 0.1,
        "nan": float("nan"),
        "complex": 1 - 2j,
        "str": "dépôt \U0001f4be \ud800",
        "bytes": b"\x00\xff",
        "large str": "x" * (1 << 20),
        "large bytes": b"x" * (1 << 20),
        "list": [1, [2.5, "three"], None],
        "long list": list(range(10_000)),
        "tuple": (1, ("two",)),
        "dict": {"a": 1, "b": [2], 3: None},
        "set": {"a", 1, (2, 3)},
        "frozenset": frozenset({1, 2}),
        "bytearray": bytearray(b"ab"),
        "range": range(1, 10, 2),
        "slice": slice(1, None),
        "ellipsis": ...,
        "OrderedDict": collections.OrderedDict(a=1),
        "defaultdict": collections.defaultdict(int, a=1),
        "Counter": collections.Counter("aab"),
        "deque": collections.deque([1], maxlen=3),
        "ring": ring(),
        "Decimal": decimal.Decimal("-1.50"),
        "datetime": moment,
        "date": moment.date(),
        "timedelta": dt.timedelta(1, 2, 3),
        "timezone": dt.UTC,
        "UUID": uuid.UUID(int=7),
        "path": pathlib.PurePosixPath("a/b"),
        "pattern": re.compile("a+", re.IGNORECASE),
        "enum member": enum.FlagBoundary.STRICT,
        "flag": re.IGNORECASE | re.MULTILINE,
        "partial": functools.partial(int, base=2),
        "function": len,
        "class": int,
        "module": json,
        "instance": argparse.Namespace(a=1, b=[2]),
        "exception": ValueError("a", 1),
        "float array": grid,
        "Fortran array": np.asfortranarray(grid),
        "bool array": np.array([True, False]),
        "time array": np.array(["2020-01-01", "NaT"], "M8[D]"),
        "text array": np.array(["a", "bc"]),
        "record array": np.array([(1, 2.0)], [("a", "i4"), ("b", "<f8")]),
        "object array": np.array([1, "a", None], dtype=object),
        "masked array": np.ma.array([1, 2], mask=[0, 1]),
        "numpy scalar": np.float32(0.5),
        "dtype": np.dtype("<f4"),
        "generator": np.random.default_rng(1),
        "frame": pd.DataFrame({0: [1.0, 2.0], 1: [3, 4]}),
        "series": pd.Series([1.0, None], name="n"),
        "categorical": pd.Categorical([1, 2, 1]),
    }


def of_polars(polars):
    return {
        "polars frame": polars.DataFrame({"a": [1, None], "b": ["short", "longer than twelve bytes"]}),
        "polars categories": polars.Series("c", ["x", "y", "x"], dtype=polars.Categorical),
        "polars lists": polars.Series("l", [[1.5], [], None]),
    }


def of_pyarrow(pyarrow):
    return {
        "arrow table": pyarrow.table({"a": [1, None], "b": ["x", "longer than twelve bytes"]}),
        "arrow dictionary": pyarrow.array(["x", "y", "x"]).dictionary_encode(),
        "arrow struct": pyarrow.array([{"a": 1, "b": [True]}, None]),
        "arrow scalar": pyarrow.scalar(1.5),
    }


def of_scipy(scipy):
    grid = np.array([[0, 1.5], [2.5, 0]])
    return {
        f"sparse {name}": getattr(scipy.sparse, f"{name}_array")(grid) for name in ("csr", "coo", "dia", "dok")
    }


def of_torch(torch):
    grid = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    return {"tensor": grid, "bfloat16": grid.to(torch.bfloat16), "parameter": torch.nn.Parameter(grid)}


LIBRARIES = {"polars": of_polars, "pyarrow": of_pyarrow, "scipy.sparse": of_scipy, "torch": of_torch}


def digests(found):
    return {name: digest(value).hex() for name, value in found.items()}


def all_digests():
    """Return the digests of everything; needs every library."""
    found = {name: digests(make(root_of(name))) for name, make in LIBRARIES.items()}
    return {"": digests(values()), **found}


def root_of(name):
    importlib.import_module(name)
    return importlib.import_module(name.partition(".")[0])


def golden(part):
    found = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert found["encoder"] == ENCODER_VERSION
    return found["digests"][part]


def test_digests_have_not_changed():
    assert digests(values()) == golden("")


@pytest.mark.parametrize("name", LIBRARIES)
def test_digests_of_libraries_have_not_changed(name):
    pytest.importorskip(name)
    assert digests(LIBRARIES[name](root_of(name))) == golden(name)


if __name__ == "__main__":
    everything = {"encoder": ENCODER_VERSION, "digests": all_digests()}
    GOLDEN.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
