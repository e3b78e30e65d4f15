"""Pairs of values of xarray: (a, b, whether they are equal, why)."""

# ruff: noqa: PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import xarray as xr


class MyArray(xr.DataArray):
    __slots__ = ("note",)


class MyDataset(xr.Dataset):
    __slots__ = ()


def grid(dtype="f8"):
    return np.arange(6).reshape(2, 3).astype(dtype)


def made(data=None, **options):
    options = {"dims": ("x", "y"), "coords": {"x": [10, 20]}, "name": "t", **options}
    return xr.DataArray(grid() if data is None else data, **options)


def used(value):
    """Do with a value what fills its caches."""
    repr(value)
    value._repr_html_()
    _index = value.indexes, value.xindexes
    value.sum()
    value.sel(x=10)
    value.to_dataframe() if isinstance(value, xr.Dataset) else value.to_pandas()
    return value


def encoded(value, **encoding):
    value.encoding.update(encoding)
    return value


def variables():
    one = xr.Variable(("x", "y"), grid())
    yield one, xr.Variable(("x", "y"), grid()), True, "equal variables"
    yield one, xr.Variable(("y", "x"), grid()), False, "names of dimensions"
    yield one, xr.Variable(("x", "y"), grid("f4")), False, "the dtype of a variable"
    yield one, xr.Variable(("x", "y"), grid() + 1), False, "values of a variable"
    yield one, xr.Variable(("x", "y"), grid(), {"unit": "m"}), False, "attrs of a variable"
    yield one, xr.Variable(("x", "y"), grid(), {}), True, "no attrs"
    yield one, xr.Variable(("x", "y"), np.asfortranarray(grid())), True, "the memory order of a variable"
    yield one, encoded(xr.Variable(("x", "y"), grid()), dtype="i2"), True, "the encoding of a variable"
    yield one, one.T, False, "a variable transposed"
    yield one, one.T.T, True, "a variable transposed twice"
    yield one, one.copy(), True, "a copy of a variable"
    yield one, grid(), False, "a variable is not its data"
    index = xr.IndexVariable("x", [1, 2])
    yield index, xr.Variable("x", [1, 2]), False, "an index variable is a type of its own"
    yield index, xr.IndexVariable("x", [1, 2]), True, "equal index variables"
    yield index, xr.IndexVariable("x", [1, 3]), False, "values of index variables"
    yield xr.Variable((), 1), xr.Variable((), 2), False, "variables without dimensions"
    yield xr.Variable("x", ["a", "b"]), xr.Variable("x", ["a", "c"]), False, "texts in a variable"
    yield xr.Variable("x", []), xr.Variable("y", []), False, "empty variables"


def arrays():
    one = made()
    yield one, made(), True, "equal arrays"
    yield one, one.copy(), True, "a copy"
    yield one, copy.deepcopy(one), True, "a deep copy"
    yield one, made(name="u"), False, "the name"
    yield one, made(name=None), False, "no name"
    yield one, made(grid() + 1), False, "values"
    yield one, made(grid("f4")), False, "the dtype"
    yield one, made(dims=("x", "z")), False, "names of dimensions of an array"
    yield one, made(coords={"x": [10, 21]}), False, "values of a coordinate"
    yield one, made(coords={"x": [10.0, 20.0]}), False, "the dtype of a coordinate"
    yield one, made(coords={}), False, "no coordinates"
    yield one, made(coords={"x": [10, 20], "y": [1, 2, 3]}), False, "a coordinate more"
    yield one, made(coords={"x": [10, 20], "s": 1}), False, "a scalar coordinate"
    yield one, made(coords={"x": [10, 20], "label": ("x", ["a", "b"])}), False, "a coordinate that is no index"
    yield one, made(attrs={"unit": "m"}), False, "attrs"
    yield made(attrs={"unit": "m"}), made(attrs={"unit": "s"}), False, "values of attrs"
    yield made(attrs={"unit": "m"}), made(attrs={"unit": "m"}), True, "equal attrs"
    yield one, made(attrs={}), True, "empty attrs"
    noted = made()
    noted.coords["x"].attrs["unit"] = "m"
    yield one, noted, False, "attrs of a coordinate"
    yield one, one.T, False, "the order of dimensions"
    yield one, one.transpose("y", "x").transpose("x", "y"), True, "transposed twice"
    yield one, made(np.asfortranarray(grid())), True, "the memory order"
    yield one, made(np.repeat(grid(), 2, axis=1)[:, ::2]), True, "strides"
    yield one, encoded(made(), dtype="i2", scale_factor=0.1), True, "the encoding"
    coded = made()
    coded.coords["x"].encoding["dtype"] = "i2"
    yield one, coded, True, "the encoding of a coordinate"
    yield one, used(made()), True, "used"
    yield one, grid(), False, "an array of another library"
    yield one, one.variable, False, "an array is not its variable"
    yield one, one.to_dataset(), False, "an array is not a data set"
    yield one[:, ::2], made(grid()[:, ::2].copy()), True, "a slice"
    yield one[::-1], made(grid()[::-1].copy(), coords={"x": [20, 10]}), True, "turned round"
    yield one.isel(x=0), made(grid()[0], dims=("y",), coords={"x": 10}), True, "a row"
    nan = grid()
    nan[0, 0] = np.nan
    yield made(nan), made(nan.copy()), True, "a NaN"
    yield made(nan), one, False, "a NaN is not zero"
    yield one, MyArray(one), False, "a subclass"
    yield one, one.astype(object), False, "objects"
    yield xr.DataArray(1), xr.DataArray(2), False, "no dimensions"
    yield xr.DataArray(1), xr.DataArray([1]), False, "one dimension"
    days = pd.date_range("2020", periods=2)
    yield made(coords={"x": days}), made(coords={"x": days.copy()}), True, "days as a coordinate"
    yield made(coords={"x": days}), made(coords={"x": days + pd.Timedelta("1D")}), False, "other days"
    pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["l", "n"])
    others = pd.MultiIndex.from_tuples([("a", 1), ("b", 3)], names=["l", "n"])

    def stacked(index):
        return xr.DataArray(grid(), dims=("x", "y"), coords=xr.Coordinates.from_pandas_multiindex(index, "x"))

    yield stacked(pairs), stacked(pairs.copy()), True, "a MultiIndex"
    yield stacked(pairs), stacked(others), False, "another MultiIndex"
    yield stacked(pairs), stacked(pairs).reset_index("x"), False, "a MultiIndex dropped"
    yield made(coords={"x": ["a", "b"]}), made(coords={"x": ["a", "c"]}), False, "texts as a coordinate"
    turned = xr.DataArray(grid(), dims=("x", "y"), coords={"a": 1, "b": 2})
    yield turned.coords, turned.copy().coords, True, "coordinates as a value"
    yield turned.coords, turned.assign_coords(a=2).coords, False, "coordinates as values differ"


def datasets():
    def table(**options):
        variables = {"t": (("x", "y"), grid()), "u": ("x", [1, 2])}
        return xr.Dataset(variables, **{"coords": {"x": [10, 20]}, **options})

    one = table()
    yield one, table(), True, "equal data sets"
    yield one, one.copy(), True, "a shallow copy of a data set"
    yield one, one.copy(deep=True), True, "a deep copy of a data set"
    yield one, one.rename(t="v"), False, "names of variables"
    yield one, one.assign(u=("x", [1, 3])), False, "values in a data set"
    yield one, one.assign(u=("x", [1.0, 2.0])), False, "dtypes in a data set"
    yield one, one.drop_vars("u"), False, "a variable less"
    yield one, one.assign_attrs(unit="m"), False, "attrs of a data set"
    yield one.assign_attrs(unit="m"), one.assign_attrs(unit="m"), True, "equal attrs of data sets"
    yield one, one.set_coords("u"), False, "a variable as a coordinate"
    yield one, one.assign_coords(x=[10, 21]), False, "coordinates of a data set"
    yield one, one.drop_indexes("x"), False, "a coordinate without an index"
    yield one, encoded(table(), unlimited_dims={"x"}), True, "the encoding of a data set"
    inner = table()
    inner["t"].encoding["dtype"] = "i2"
    yield one, inner, True, "the encoding in a data set"
    noted = table()
    noted["t"].attrs["unit"] = "m"
    yield one, noted, False, "attrs in a data set"
    yield one, used(table()), True, "a data set that was used"
    closable = table()
    closable.set_close(None)
    yield one, closable, True, "how to close it"
    yield one, dict(one), False, "a data set is not a dict"
    yield one, MyDataset(dict(one.variables), attrs=one.attrs), False, "a subclass of a data set"
    yield one["t"], table()["t"], True, "a variable of a data set"
    yield one["t"], one["u"], False, "variables of a data set"
    yield xr.Dataset(), xr.Dataset({"a": 1}), False, "empty data sets"
    yield xr.Dataset(), xr.Dataset(attrs={"a": 1}), False, "attrs of an empty data set"
    yield one, one.transpose("y", "x"), False, "the order of dimensions in a data set"
    yield one, table().sel(x=[10, 20]), True, "all of it chosen"
    yield one.isel(x=[0]), table().isel(x=slice(0, 1)), True, "two ways to choose"
    tree = xr.DataTree.from_dict({"/": one, "/a": one})
    yield tree, xr.DataTree.from_dict({"/": one.copy(), "/a": one.copy()}), True, "trees"
    yield tree, xr.DataTree.from_dict({"/": one, "/b": one}), False, "names in trees"
    yield tree, xr.DataTree.from_dict({"/": one, "/a": one.assign(u=("x", [1, 3]))}), False, "data in trees"


FAMILIES = (variables, arrays, datasets)


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    one = xr.Dataset({"a": 1, "b": 2})
    yield one, one[["b", "a"]], False, "the order of variables (xarray calls them equal; to_array() differs)"
    yield made(attrs={"a": 1, "b": 2}), made(attrs={"b": 2, "a": 1}), False, "the order of attrs"
    turned = xr.DataArray(grid(), dims=("x", "y"), coords={"a": 1, "b": 2})
    yield (
        turned,
        turned.drop_vars("a").assign_coords(a=1),
        True,
        "the order of coordinates (xarray calls them identical)",
    )
    lazy = made().chunk(x=1)
    yield lazy, made().chunk(x=1), True, "dask, chunked alike"
    yield lazy, made().chunk(x=2), True, "dask, chunked otherwise (or different by the graph)"
    yield lazy, made(), True, "dask and memory (or different)"
    yield lazy, made(grid() + 1).chunk(x=1), False, "dask with other data"
    yield made().groupby("x"), made().groupby("x"), True, "groups"
    yield made().rolling(x=2), made().rolling(x=2), True, "windows"


DOUBTFUL = (doubtful,)
