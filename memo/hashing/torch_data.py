"""What a tensor holds: a digest of its bytes in C order, or the parts that it is made of."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from memo.hashing.array_data import data_digest

# As untyped: memo is checked where there is no torch.
torch: Any = import_module("torch")

# For dtypes that numpy does not know: their bits as integers of their size.
BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def names_of(value: Any) -> tuple[Any, ...]:
    """Return the names of the dimensions, if they have any; they are gone in torch 2.13."""
    return tuple(value.names) if getattr(value, "has_names", bool)() else ()


def dense_digest(tensor: Any) -> bytes:
    """Return the digest of a dense tensor's elements in C order, which are read where they lie."""
    tensor = tensor.cpu().resolve_conj().resolve_neg()
    if names_of(tensor):
        tensor = tensor.rename(None)
    return data_digest(_as_numpy(tensor))


def _as_numpy(tensor: Any) -> Any:
    """Return the memory of a tensor as an array, a dtype that numpy does not know as integers."""
    try:
        return tensor.numpy()
    except TypeError:
        return tensor.view(BITS[tensor.element_size()]).numpy()


def sparse_parts(value: Any) -> tuple[object, ...]:
    """Return what a sparse tensor stores."""
    layout = value.layout
    if layout is torch.sparse_coo:
        # The methods without an underscore demand that no place is there twice.
        return value.is_coalesced(), value._indices(), value._values()  # noqa: SLF001
    if layout in {torch.sparse_csr, torch.sparse_bsr}:
        return value.crow_indices(), value.col_indices(), value.values()
    if layout in {torch.sparse_csc, torch.sparse_bsc}:
        return value.ccol_indices(), value.row_indices(), value.values()
    return (value.to_dense(),)


def quantized_parts(value: Any) -> tuple[object, ...]:
    """Return the integers of a quantized tensor, and what they stand for."""
    scheme = value.qscheme()
    if scheme in {torch.per_tensor_affine, torch.per_tensor_symmetric}:
        return str(scheme), value.q_scale(), value.q_zero_point(), value.int_repr()
    scales = (value.q_per_channel_scales(), value.q_per_channel_zero_points(), value.q_per_channel_axis())
    return str(scheme), *scales, value.int_repr()
