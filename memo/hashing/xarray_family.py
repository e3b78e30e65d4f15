"""Handlers for xarray: what is seen, not how it was read, encoded in a file or cached."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from memo.hashing.callables import class_token, kind_of
from memo.hashing.dispatch import BASES, FIRM, top_of
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, group
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder


def _handler(base: type, parts: Any) -> Handler:
    """Return the handler of a class whose values consist of what a function returns by name.

    A subclass adds the attributes that are its own.
    """

    def handle(value: Any, encoder: Encoder) -> Node:
        found: dict[str, object] = parts(value)
        names, children = tuple(found), list(found.values())
        if type(value) is not base:
            names, children = (*names, ""), [*children, extra_state(value, base)]
        head = scalar_token("xarray") + class_token(value, "xarray", encoder)
        return Node(TAG_VALUE, children, head=head, names=names)

    return handle


def _variable(value: Any) -> dict[str, object]:
    return {"dims": value.dims, "attrs": _attributes(value), "data": _data(value)}


def _attributes(variable: Any) -> dict[Any, Any]:
    # Asked for by their public name, they would be made where there are none.
    return dict(variable._attrs or {})  # noqa: SLF001


def _index_variable(value: Any) -> dict[str, object]:
    # Its index knows neither the width of strings nor that numbers were of four bytes.
    return {"dims": value.dims, "attrs": _attributes(value), "dtype": value.dtype, "data": value.to_index()}


def _data(variable: Any) -> object:
    """Return the data as an array; what lies in a file is read without being kept."""
    # A shallow copy has a cache of its own.
    copied = variable.copy(deep=False)
    inner = copied._data  # noqa: SLF001 - `data` turns arrays of pandas into numpy's.
    top = top_of(kind_of(inner))
    if top == "dask":
        raise Refused("its data is a dask graph, which may read files that change; compute() it first")
    if hasattr(inner, "array") and isinstance(inner.array, import_module("pandas").api.extensions.ExtensionArray):
        return inner.array
    if top in {"numpy", "xarray"}:
        return np.asarray(copied.to_numpy())
    return inner


def _coordinates(value: Any) -> dict[str, object]:
    """Return the coordinates with their indexes, in the order of each."""
    coordinates = getattr(value, "coords", value)
    variables = {name: array.variable for name, array in coordinates.items()}
    return {"coords": variables, "xindexes": _by_name(value.xindexes)}


def _by_name(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    return dict(mapping.items())


def _array(value: Any) -> dict[str, object]:
    return {"name": value.name, "variable": value.variable, **_coordinates(value)}


def _dataset(value: Any) -> dict[str, object]:
    variables = {name: array.variable for name, array in value.data_vars.items()}
    return {"attrs": dict(value.attrs), "data_vars": variables, **_coordinates(value)}


def _tree(value: Any) -> dict[str, object]:
    """Return a node of a tree with those below it; a node within a tree knows its way up as well."""
    own = group(value.to_dataset(inherit=False).coords)
    return {
        "name": value.name,
        "parent": value.parent,
        "dataset": value.to_dataset(),
        "": own,
        "children": dict(value.children),
    }


def _pandas_index(value: Any) -> dict[str, object]:
    return {"dim": value.dim, "index": value.index, "coord_dtype": value.coord_dtype}


def _multi_index(value: Any) -> dict[str, object]:
    return {**_pandas_index(value), "level_coords_dtype": value.level_coords_dtype}


def _indexes(value: Any) -> dict[str, object]:
    return {"": _by_name(value)}


def install(_top: str) -> None:
    """Enter the types of xarray into the tables."""
    xarray: Any = import_module("xarray")
    inside: Any = import_module("xarray.core.indexes")
    found: dict[type, Any] = {
        xarray.Variable: _variable,
        xarray.IndexVariable: _index_variable,
        xarray.DataArray: _array,
        xarray.Dataset: _dataset,
        xarray.Coordinates: _coordinates,
        inside.PandasIndex: _pandas_index,
        inside.PandasMultiIndex: _multi_index,
        inside.Indexes: _indexes,
    }
    views: Any = import_module("xarray.core.coordinates")
    found |= {views.DatasetCoordinates: _coordinates, views.DataArrayCoordinates: _coordinates}
    if hasattr(xarray, "DataTree"):
        trees: Any = import_module("xarray.core.datatree")
        found |= {trees.DataTree: _tree, trees.DatasetView: _dataset, views.DataTreeCoordinates: _coordinates}
    handlers = {base: _handler(base, parts) for base, parts in found.items()}
    BASES.update(handlers)
    FIRM.update(handlers)
