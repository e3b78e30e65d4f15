"""Results of pandas, polars, pyarrow, torch, scipy, scikit-learn and xarray come back as they were."""

import importlib.util
import random
import warnings

import numpy as np
import pytest

import memo

WAYS = [
    {},
    {"compression": "none"},
    {"compression": "none", "mmap": "r"},
    {"compression": "none", "mmap": False, "verify": False},
    {"compression": "lz4", "mmap": "r"},
    {"compression": "zstd", "mmap": False, "signing_key": "a secret of more than 16 bytes"},
]
FEW, MANY, HUGE = 5, 20_000, 100_000


def steps(count, dtype="f8"):
    return np.arange(count).astype(dtype)


def texts(count):
    numbers = random.Random(count)
    return [f"text {numbers.randrange(count)}" for _ in range(count)]


# ---- pandas --------------------------------------------------------------------------------------------


def dated(count):
    import pandas as pd

    return pd.date_range("2020-01-01", periods=count, freq="min", tz="Europe/Berlin", unit="ns")


def frame(count):
    import pandas as pd

    count = max(FEW, count // 5 * 5)

    made = pd.DataFrame(
        {
            "open": steps(count),
            "close": steps(count) / 7,
            "volume": steps(count, "i4"),
            "flag": steps(count) % 2 == 0,
            "when": dated(count),
            "took": pd.to_timedelta(steps(count), unit="s"),
            "kind": pd.Categorical(np.array(["a", "b", None], dtype=object)[np.arange(count) % 3]),
            "maybe": pd.array(np.arange(count), dtype="Int64"),
            "mix": [1, "a", None, 2.5, b"x"] * (count // 5),
            "text": texts(count),
        }
    )
    made.loc[1, "maybe"] = pd.NA
    made.attrs["source"] = "test"
    return made


def levels(count):
    import pandas as pd

    index = pd.MultiIndex.from_product([["x", "y"], dated(count)], names=["which", "when"])
    return pd.DataFrame({("a", 1): steps(2 * count), ("b", 2): steps(2 * count)}, index=index)


def extended(count):
    import pandas as pd

    return pd.DataFrame(
        {
            "boolean": pd.array([True, None] * (count // 2) + [False] * (count % 2), dtype="boolean"),
            "float": pd.array(steps(count), dtype="Float32"),
            "string": pd.array(texts(count), dtype="string[python]"),
            "period": pd.period_range("2020", periods=count, freq="D"),
            "interval": pd.IntervalIndex.from_breaks(steps(count + 1)),
            "sparse": pd.arrays.SparseArray(steps(count) % 5),
        }
    )


def in_arrow(count):
    import pandas as pd
    import pyarrow as pa

    return pd.DataFrame(
        {
            "int": pd.array(np.arange(count), dtype="int64[pyarrow]"),
            "text": pd.array(texts(count), dtype="string[pyarrow]"),
            "list": pd.Series([[1, 2], None, []] * (count // 3) + [[3]] * (count % 3)).astype(
                pd.ArrowDtype(pa.list_(pa.int64()))
            ),
            "when": dated(count).astype("timestamp[us, Europe/Berlin][pyarrow]"),
        }
    )


def sliced(count):
    return frame(count).iloc[1:-1:2, 1:]


def same_pandas(found, expected):
    import pandas as pd

    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected, check_freq=True, check_flags=True)
        assert found.attrs == expected.attrs
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(found, expected)
    elif isinstance(expected, pd.Index):
        pd.testing.assert_index_equal(found, expected, exact=True)


PANDAS = {
    "frame": frame,
    "frame, transposed": lambda n: frame(n // 10)[["open", "close"]].T,
    "frame, sliced": sliced,
    "frame of several levels": levels,
    "frame of extensions": extended,
    "frame in arrow": in_arrow,
    "series with a zone": lambda n: frame(n)["when"],
    "series of texts": lambda n: frame(n)["text"],
    "category": lambda n: frame(n)["kind"],
    "index": dated,
    "index of several levels": lambda n: levels(n).index,
    "frames in a dictionary": lambda n: {"a": frame(n), "b": [frame(n)["open"], levels(n)]},
    "no rows": lambda n: frame(n).iloc[:0],
    "no columns": lambda n: frame(n)[[]],
}

# ---- polars and pyarrow --------------------------------------------------------------------------------


def polar(count):
    import polars as pl

    return pl.DataFrame(
        {
            "float": steps(count),
            "int": [None, *range(1, count)],
            "text": texts(count),
            "when": dated(count).tz_localize(None).to_numpy(),
            "kind": pl.Series(["a", "b", None, "c", "b"] * (count // 5), dtype=pl.Categorical),
            "enum": pl.Series(["x", "y", "x", "y", None] * (count // 5), dtype=pl.Enum(["x", "y"])),
            "list": [[1, 2], [], None, [3], [4]] * (count // 5),
            "struct": [{"a": 1, "b": "x"}] * count,
            "bytes": [b"raw", b"", None, b"\0", b"1"] * (count // 5),
        }
    )


def same_polars(found, expected):
    import polars as pl
    from polars.testing import assert_frame_equal, assert_series_equal

    if isinstance(expected, pl.DataFrame):
        assert_frame_equal(found, expected)
    elif isinstance(expected, pl.Series):
        assert_series_equal(found, expected)


def table(count):
    import pyarrow as pa

    return pa.table(
        {
            "float": pa.array(steps(count), mask=steps(count) % 7 == 0),
            "text": pa.array(texts(count)),
            "large": pa.array(texts(count), pa.large_string()),
            "view": pa.array(texts(count), getattr(pa, "string_view", pa.string)()),
            "list": pa.array([[1, 2], [], None, [3], [4]] * (count // 5)),
            "struct": pa.array([{"a": 1, "b": "x"}] * count),
            "dictionary": pa.array(texts(count)).dictionary_encode(),
            "when": pa.array(np.arange(count), pa.timestamp("us", tz="Europe/Berlin")),
            "decimal": pa.array(np.arange(count)).cast(pa.decimal128(38, 2)),
            "bool": pa.array(steps(count) % 2 == 0),
        },
        metadata={"source": "test"},
    )


def chunked(count):
    import pyarrow as pa

    whole = pa.array(steps(count))
    return pa.chunked_array([whole[: count // 3], whole[:0], whole[count // 3 :]])


def same_arrow(found, expected):
    if hasattr(expected, "validate"):
        found.validate(full=True)
    assert found.equals(expected)


def polars_of(count):
    import polars as pl

    made = polar(count)
    return pl.Series("sliced", steps(count)[1:]).slice(1, count - 3), made


POLARS = {
    "frame": polar,
    "frame, sliced": lambda n: polar(n)[1:-1],
    "series": lambda n: polar(n)["text"],
    "a slice beside a frame": polars_of,
    "lazy frame": lambda n: polar(n).lazy(),
    "no rows": lambda n: polar(n)[:0],
}
ARROW = {
    "table": table,
    "table, sliced": lambda n: table(n).slice(1, n - 3),
    "chunked": chunked,
    "chunked, sliced": lambda n: chunked(n).slice(2, n - 3),
    "array": lambda n: table(n)["text"].chunk(0),
    "array, sliced": lambda n: table(n)["list"].chunk(0).slice(1, n - 2),
    "batch": lambda n: table(n).to_batches()[0],
    "dictionary": lambda n: table(n)["dictionary"].chunk(0),
    "buffer": lambda n: table(n)["float"].chunk(0).buffers()[1],
}

# ---- torch ---------------------------------------------------------------------------------------------


def tensor(count, dtype="float32"):
    import torch

    return torch.arange(count * 4).reshape(4, count).to(getattr(torch, dtype))


def network(count):
    from torch import nn

    made = nn.Sequential(nn.Linear(10, count // 4), nn.BatchNorm1d(count // 4), nn.ReLU(), nn.Dropout())
    made.eval()
    made[0].weight.requires_grad_(requires_grad=False)
    return made


def trained(count):
    import torch

    model = network(count)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.ones(3, 10)).sum().backward()
    optimizer.step()
    optimizer.zero_grad()  # gradients do not travel: torch itself leaves them behind
    return {"model": model, "optimizer": optimizer.state_dict(), "weights": model.state_dict()}


def sparse_tensors(count):
    import torch

    dense = torch.eye(max(4, count // 20))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that this layout is young
        return [dense.to_sparse(), dense.to_sparse_csr()]


def parameter(count):
    from torch import nn

    return nn.Parameter(tensor(count), requires_grad=False)


def same_torch(found, expected):
    import torch

    if isinstance(expected, torch.Tensor):
        assert type(found) is type(expected)
        assert (found.dtype, found.shape, found.requires_grad) == (
            expected.dtype,
            expected.shape,
            expected.requires_grad,
        )
        assert torch.equal(found, expected)
        assert found.stride() == expected.stride() or not (expected.is_contiguous() and expected.numel())


KINDS = ["bool", "uint8", "int16", "int64", "float16", "bfloat16", "float64", "complex64"]
TORCH = {f"tensor of {kind}": (lambda n, kind=kind: tensor(n, kind)) for kind in KINDS} | {
    "transposed": lambda n: tensor(n).T,
    "strided": lambda n: tensor(n * 2)[1:, ::2],
    "a row": lambda n: tensor(n)[2],
    "expanded": lambda n: tensor(n)[:1].expand(5, n),
    "0-d": lambda n: tensor(n)[0, 0],
    "empty": lambda n: tensor(n)[:, :0],
    "conjugated": lambda n: tensor(n, "complex64").conj(),
    "requires grad": lambda n: tensor(n).requires_grad_(),
    "parameter": parameter,
    "module": network,
    "model, optimizer and weights": trained,
    "sparse": sparse_tensors,
    "over an array": lambda n: tensor(1).new_tensor(steps(n)),
}

# ---- scipy, scikit-learn, xarray -----------------------------------------------------------------------


def matrix(count, layout="csr"):
    import scipy.sparse as sp

    return sp.csr_array(steps(count * 30).reshape(count, 30) * (np.arange(30) % 5 == 0)).asformat(layout)


def diagonals(count):
    import scipy.sparse as sp

    return sp.dia_array((steps(count * 2).reshape(2, count), [0, 1]), shape=(count, count))


def forest(count):
    from sklearn.ensemble import RandomForestRegressor

    rows = steps(min(count, 2000) * 3).reshape(-1, 3) % 7
    return RandomForestRegressor(n_estimators=3, random_state=0).fit(rows, rows.sum(axis=1))


def pipeline(count):
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = steps(count * 3).reshape(-1, 3) % 7
    return [
        make_pipeline(StandardScaler(), Ridge()).fit(rows, rows.sum(axis=1)),
        KNeighborsRegressor(n_neighbors=1).fit(rows[:2000], rows[:2000, 0]),
    ]


def dataset(count):
    import xarray as xr

    data = xr.DataArray(
        steps(count * 3).reshape(count, 3),
        dims=("time", "place"),
        coords={"time": dated(count).tz_localize(None), "place": ["a", "b", "c"]},
        attrs={"unit": "m"},
    )
    return xr.Dataset({"one": data, "two": data.astype("i4").T, "three": ("place", [1, 2, 3])})


def same_xarray(found, expected):
    assert found.identical(expected)


SCIPY = {layout: (lambda n, layout=layout: matrix(n, layout)) for layout in ("csr", "csc", "coo")} | {
    "bsr": lambda n: matrix(n).tobsr(blocksize=(1, 3)),
    "dia": diagonals,
    "lil": lambda n: matrix(n // 10 + 1, "lil"),
    "dok": lambda n: matrix(n // 10 + 1, "dok"),
}
SKLEARN = {"forest": forest, "pipeline": pipeline}
XARRAY = {
    "dataset": dataset,
    "array": lambda n: dataset(n)["one"],
    "array, sliced": lambda n: dataset(n)["one"][::2, 1:],
}


def same_hash(found, expected):
    assert memo.hash(found) == memo.hash(expected)


LIBRARIES = {
    "pandas": (PANDAS, same_pandas),
    "polars": (POLARS, same_polars),
    "pyarrow": (ARROW, same_arrow),
    "torch": (TORCH, same_torch),
    "scipy": (SCIPY, same_hash),
    "sklearn": (SKLEARN, same_hash),
    "xarray": (XARRAY, same_xarray),
}
CASES = [
    pytest.param(library, name, id=f"{library}: {name}")
    for library, (values, _) in LIBRARIES.items()
    if importlib.util.find_spec(library)
    for name in values
]
MISSING = [library for library in LIBRARIES if not importlib.util.find_spec(library)]
# Libraries say what of theirs will change; what memo says of results is an error still.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize(("library", "name"), CASES)
def test_a_result_comes_back_as_it_was(back, library, name, count):
    values, same = LIBRARIES[library]
    expected = values[name](count)
    for way in WAYS:
        found = back(expected, **way)
        assert type(found) is type(expected)
        same(found, expected)
        assert memo.hash(found) == memo.hash(expected)


LARGE = ["frame", "table", "chunked", "tensor of float64", "csr", "dataset"]


@pytest.mark.parametrize(("library", "name"), [case.values for case in CASES if case.values[1] in LARGE])
def test_a_result_of_megabytes_comes_back_as_it_was(back, library, name):
    values, same = LIBRARIES[library]
    expected = values[name](HUGE)
    for way in ({"compression": "none"}, {"mmap": "r"}):
        same(back(expected, **way), expected)


@pytest.mark.parametrize("library", MISSING)
def test_a_library_that_is_not_here(library):
    pytest.skip(f"{library} is not installed")
