"""Handlers for sparse arrays and matrices of scipy, by what they store."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, FIRM
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, group
from memo.hashing.numpy_family import dtype_token
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memo.hashing.array_data import Array
    from memo.hashing.encoder import Encoder

# Kept by all: the setting of the printer is no value.
COMMON = frozenset({"_shape", "dtype", "maxprint"})


def _sparse(value: Any, encoder: Encoder) -> Node:
    """Encode a sparse array or matrix by its class, shape, dtype and stored arrays."""
    stored, internals = _FORMATS[value.format]
    parts = group(stored(value))
    own = extra_state(value, _base(), COMMON | internals)
    shape = group(int(length) for length in value.shape)
    head = scalar_token("sparse") + class_token(value, "scipy", encoder) + dtype_token(value.dtype)
    return Node(TAG_VALUE, (shape, parts, own), head=head, names=("",))


def _base() -> type:
    inside = import_module("scipy.sparse._base")
    # Before scipy 1.11 there are matrices only.
    base: Any = getattr(inside, "_spbase", None) or inside.spmatrix
    return base  # type: ignore[no-any-return]


def _compressed(value: Any) -> tuple[Array, ...]:
    # Arrays may be longer than what is stored: pruning leaves a tail behind.
    stored = int(value.indptr[-1])
    return value.indptr, value.indices[:stored], value.data[:stored]


def _coordinates(value: Any) -> tuple[Array, ...]:
    # Before scipy 1.13 there are two dimensions, and no `coords`.
    coordinates = value.coords if hasattr(value, "coords") else (value.row, value.col)
    return (*coordinates, value.data)


def _by_coordinates(value: Any) -> tuple[Array, ...]:
    """Return what a dictionary of keys holds, whatever the order in which its keys were set."""
    *coordinates, data = _coordinates(value.tocoo())
    order = np.lexsort(coordinates[::-1])
    return (*(axis[order] for axis in coordinates), data[order])


def _by_rows(value: Any) -> tuple[Array, ...]:
    # Its lists hold Python numbers and numpy's, as they were set; in arrays they are of one kind.
    return _compressed(value.tocsr())


def _diagonals(value: Any) -> Iterator[object]:
    """Yield the diagonals; what is stored before or after their ends lies outside of the array."""
    rows, columns = value.shape
    for offset, stored in zip(value.offsets.tolist(), value.data, strict=True):
        first = max(0, offset)
        yield offset
        yield stored[first : max(first, min(columns, rows + offset))]


_OF_COMPRESSED = (
    _compressed,
    frozenset({"data", "indices", "indptr", "_has_canonical_format", "_has_sorted_indices"}),
)
# How to read each format, and what it keeps in __dict__; the rest is a subclass's own.
_FORMATS: dict[str, tuple[Callable[[Any], Any], frozenset[str]]] = {
    "bsr": _OF_COMPRESSED,
    "coo": (_coordinates, frozenset({"data", "coords", "row", "col", "has_canonical_format"})),
    "csc": _OF_COMPRESSED,
    "csr": _OF_COMPRESSED,
    "dia": (_diagonals, frozenset({"data", "offsets"})),
    "dok": (_by_coordinates, frozenset({"_dict"})),
    "lil": (_by_rows, frozenset({"data", "rows"})),
}


def install(_part: str) -> None:
    """Enter the types of scipy.sparse into the tables."""
    BASES[_base()] = _sparse
    FIRM.add(_base())  # A dictionary of keys has a __reduce__, which shows the order of its keys.
