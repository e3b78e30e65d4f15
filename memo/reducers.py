"""Reducers: how arrays and tensors are taken apart for pickling, so that their memory is handed out as it lies.

numpy's own way hands out contiguous arrays only. Strided ones, and all of times, it copies into the stream; torch
copies every tensor twice. And views of one array come back as arrays of their own.
"""

from __future__ import annotations

import copyreg
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from memo.regions import Buffer

try:
    from _pickle import PickleBuffer
except ImportError:  # another implementation of Python
    from pickle import PickleBuffer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    Array = np.ndarray[Any, Any]
    Reduced = str | tuple[Any, ...]


class Reducers:
    """The reducers of one pickling.

    Attributes:
        table: Reducers by type, for a pickler's `dispatch_table`.
    """

    def __init__(self) -> None:
        self.table: dict[type, Callable[[Any], Reduced]] = {}
        self._gaps: dict[int, Array] = {}  # Strided arrays by the identity of what was handed out for them.
        self._apart: dict[int, Array] = {}  # Arrays that pandas holds, by their identity.
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if numpy is not None and hasattr(numpy, "ndarray"):
            self.table[numpy.ndarray] = self._reduce_array
        if torch is not None and hasattr(torch, "nn"):
            self.table[torch.Tensor] = self.table[torch.nn.Parameter] = self._reduce_tensor
        blocks = _blocks_of_pandas()
        if blocks:
            self.table.update(dict.fromkeys(blocks, self._reduce_block))
        self.table.update(copyreg.dispatch_table)  # what somebody has registered for one of these comes first

    def takes(self, handed_out: PickleBuffer) -> bool:
        """Tell whether a buffer may come back as a part of larger memory; not what is known as such by its users.

        Whoever hands out memory may get back at what holds it, by `memoryview.obj`, and expect no more in it.
        """
        exporter = memoryview(handed_out).obj
        numpy = sys.modules.get("numpy")
        return (numpy is not None and isinstance(exporter, numpy.ndarray)) or (
            type(exporter).__module__ == "pyarrow.lib"
        )

    def buffer(self, handed_out: PickleBuffer) -> Buffer:
        """Return what is known of a buffer that a pickler has handed out.

        Raises:
            BufferError: It is not contiguous.
        """
        view = memoryview(handed_out)
        array, apart = self._gaps.get(id(view.obj)), id(view.obj) in self._apart
        if array is None:
            return Buffer(handed_out.raw(), view.itemsize, apart=apart)
        return Buffer(handed_out.raw(), array.itemsize, array.nbytes, lambda: _bytes_of(array), apart)

    def _reduce_array(self, array: Array) -> Reduced:
        dtype, flags = array.dtype, array.flags
        apart = id(array) in self._apart
        handed_out_by_numpy = (flags.c_contiguous or flags.f_contiguous) and dtype.kind not in "Mm" and not apart
        if dtype.hasobject or dtype.char == "T" or not array.nbytes or handed_out_by_numpy:
            return cast("Reduced", cast("Any", array).__reduce_ex__(5))
        covered, first = _covered(array)
        if apart:
            self._apart[id(covered)] = covered
        if covered.nbytes > array.nbytes:
            self._gaps[id(covered)] = array
        # PickleBuffer keeps `covered` alive, and so its identity, until all is stored.
        return strided, (PickleBuffer(cast("Any", covered)), dtype, array.shape, array.strides, first)

    def _reduce_block(self, block: Any) -> Reduced:
        """Note the arrays of a block of pandas, which counts who shares one, and could not count these."""
        self._apart.update((id(array), array) for array in _arrays_in(block.values))
        return cast("Reduced", block.__reduce_ex__(5))

    def _reduce_tensor(self, tensor: Any) -> Reduced:
        array = _array_of(tensor)
        if array is None:
            reduced: Reduced = tensor.__reduce_ex__(5)
            return reduced
        kind = isinstance(tensor, _torch().nn.Parameter)
        return as_tensor, (array, str(tensor.dtype).removeprefix("torch."), tensor.requires_grad, kind)


_blocks: list[type] = []


def _blocks_of_pandas() -> list[type]:
    """Return the classes of what a DataFrame keeps its columns in."""
    if not _blocks and hasattr(sys.modules.get("pandas"), "DataFrame"):
        found: list[type] = [cast("Any", sys.modules["pandas._libs.internals"]).Block]
        for cls in found:
            found += cls.__subclasses__()  # which are looked at in their turn
        _blocks.extend(found)
    return _blocks


def _arrays_in(values: Any) -> Iterator[Array]:
    """Yield the arrays that a column consists of."""
    import numpy as np

    if isinstance(values, np.ndarray):
        yield values
        return
    for name in ("_ndarray", "_data", "_mask", "_left", "_right", "_sparse_values"):
        inner = getattr(values, name, None)
        if inner is not None and inner is not values:
            yield from _arrays_in(inner)


def strided(
    buffer: Any, dtype: np.dtype[Any], shape: tuple[int, ...], strides: tuple[int, ...], first: int
) -> Array:
    """Return the array that `Reducers` took apart.

    Args:
        buffer: All bytes from its first to its last item in memory; or only those of its items, in C order.
        dtype: Its dtype.
        shape: Its shape.
        strides: Its strides, in bytes.
        first: Where its item at (0, 0, ...) begins in the buffer, in bytes.
    """
    import numpy as np

    if len(buffer) == _span(dtype.itemsize, shape, strides)[1]:
        return np.ndarray(shape, dtype, buffer, first, strides)
    return np.ndarray(shape, dtype, buffer)


def as_tensor(array: Array, dtype: str, requires_grad: bool, is_parameter: bool) -> Any:  # noqa: FBT001 - pickled
    """Return the tensor that `Reducers` took apart, around the memory of an array of its bits."""
    torch = _torch()
    # torch would write to memory that is mapped read-only, and crash.
    bits = array if array.flags.writeable else array.copy()
    tensor = torch.from_numpy(bits).view(getattr(torch, dtype))
    return torch.nn.Parameter(tensor, requires_grad) if is_parameter else tensor.requires_grad_(requires_grad)


def _span(item_size: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int]:
    """Return how many bytes of an array lie before its item at (0, 0, ...), and over how many it extends."""
    steps = [(length - 1) * stride for length, stride in zip(shape, strides, strict=True)]
    before = -sum(step for step in steps if step < 0)
    return before, before + sum(step for step in steps if step > 0) + item_size


def _covered(array: Array) -> tuple[Array, int]:
    """Return the memory from an array's first to its last item, and where in it the item at (0, 0, ...) begins."""
    import numpy as np
    from numpy.lib.stride_tricks import as_strided

    before, length = _span(array.itemsize, array.shape, array.strides)
    lowest = array[(*(slice(-1, None) if stride < 0 else slice(1) for stride in array.strides), ...)]
    item = lowest.reshape(1).view(np.uint8)
    return as_strided(item, (length,), (1,), writeable=array.flags.writeable), before


def _bytes_of(array: Array) -> memoryview:
    import numpy as np

    return memoryview(cast("Any", np.ascontiguousarray(array).reshape(-1).view(np.uint8)))


def _torch() -> Any:
    """Import torch as untyped: memo is checked where there is none."""
    return import_module("torch")


def _array_of(tensor: Any) -> Array | None:
    """Return an array around the bits of a tensor, None where there is more to it than bits."""
    torch = _torch()
    if (
        tensor.layout is not torch.strided
        or tensor.device.type != "cpu"
        or tensor.is_quantized
        or tensor.is_conj()
        or tensor.is_neg()
        or any(getattr(tensor, "names", ()))
        or tensor.__dict__
        or tensor._backward_hooks  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as its __reduce_ex__ does
    ):
        return None
    bits = tensor.detach()
    try:
        return cast("Array", bits.numpy())
    except (RuntimeError, TypeError):  # bfloat16 and others that numpy does not have
        kind = {1: torch.uint8, 2: torch.int16, 4: torch.int32}.get(bits.element_size())
        return None if kind is None else cast("Array", bits.view(kind).numpy())
