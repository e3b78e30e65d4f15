"""Handlers for torch: tensors by what they hold, modules by what makes them compute what they compute."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, EXACT, FIRM
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, group
from memo.hashing.tokens import TAG_ARRAY, TAG_VALUE, plain_leaf, scalar_token, tagged
from memo.hashing.torch_data import dense_digest, names_of, quantized_parts, sparse_parts
from memo.hashing.torch_modules import handlers_of_modules

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# As untyped: memo is checked where there is no torch.
torch: Any = import_module("torch")

# From here on a tensor met twice is looked up, not read again.
WORTH_REMEMBERING = 64 << 10
# Operators with these names come with torch; what another does is hidden behind its name.
OWN_OPERATORS = frozenset({"_quantized", "aten", "prim", "prims", "quantized", "sparse"})


def _tensor(value: Any, encoder: Encoder) -> bytes | Node:
    """Encode a tensor by dtype, shape, device type, layout and content; neither strides nor views show."""
    # A subclass may answer every question in a way of its own.
    with torch._C.DisableTorchFunctionSubclass():  # noqa: SLF001 - it has no other name.
        if _is_uninitialized(value):
            return _node(value, encoder, _facts(value))
        head = _facts(value) + _shape(value)
        gradient = value.grad if value.is_leaf or value.retains_grad else None
        hooks = _hooks(value)
        own = _own_state(value)
        content = _content(value)
        plain = type(value) is torch.Tensor and gradient is None and not hooks and own is None
        if plain and isinstance(content, bytes):
            token = tagged(TAG_ARRAY, scalar_token("torch") + head + content)
            if value.nbytes >= WORTH_REMEMBERING:
                encoder.remember(value, token)
            return token
        return _node(value, encoder, head, content, gradient, group(hooks), own)


def _node(value: object, encoder: Encoder, head: bytes, *children: object) -> Node:
    return Node(
        TAG_VALUE,
        children,
        head=scalar_token("tensor") + class_token(value, "torch", encoder) + head,
        names=("", "grad", "_backward_hooks", ""),
    )


def _facts(value: Any) -> bytes:
    facts = (str(value.dtype), value.device.type, value.requires_grad, str(value.layout))
    return b"".join(map(scalar_token, facts))


def _shape(value: Any) -> bytes:
    if value.is_nested:
        return scalar_token(None)
    names = names_of(value)
    return b"".join(map(scalar_token, (value.dim(), *value.shape, len(names), *names)))


def _is_uninitialized(value: Any) -> bool:
    return isinstance(value, torch.nn.parameter.UninitializedTensorMixin)


def _hooks(value: Any) -> list[object]:
    # By numbers that count through the process.
    names = ("_backward_hooks", "_post_accumulate_grad_hooks")
    tables: list[dict[int, object]] = [getattr(value, name, None) or {} for name in names]
    return [hook for table in tables for hook in table.values()]


def _own_state(value: Any) -> object:
    # What torch.compile notes down is no part of the tensor.
    if value.is_nested or isinstance(value, torch.masked.MaskedTensor):
        return None  # Where the parts are kept, beside numbers of this process.
    names: list[str] = list(value.__dict__)
    return extra_state(value, torch.Tensor, [name for name in names if name.startswith("_dynamo_")])


def _content(value: Any) -> object:
    """Return the digest of the data of a dense tensor, a group of the parts of any other."""
    if value.is_meta:
        raise Refused("it is on the meta device and has no data")
    if value.is_nested:
        return group((getattr(value, "_ragged_idx", None), *value.detach().unbind()))
    if isinstance(value, torch.masked.MaskedTensor):
        # What lies under the mask is nobody's value.
        data, mask = value._masked_data.detach(), value._masked_mask  # noqa: SLF001 - the methods make new ones.
        return group((data.masked_fill(~mask, 0), mask))
    if value.layout is not torch.strided:
        return group(sparse_parts(value.detach()))
    if value.is_quantized:
        return group(quantized_parts(value.detach()))
    if hasattr(value, "__tensor_flatten__"):
        names, context = value.__tensor_flatten__()
        return group((*(getattr(value, name) for name in names), context))
    return dense_digest(value.detach())


def _storage(value: Any, encoder: Encoder) -> Node:
    """Encode a storage, typed or not, by its bytes."""
    dtype = None if isinstance(value, torch.UntypedStorage) else str(value.dtype)
    untyped: Any = value if dtype is None else value._untyped_storage  # noqa: SLF001 - the method warns.
    if untyped.device.type == "meta":
        raise Refused("it is on the meta device and has no data")
    content = torch.empty(0, dtype=torch.uint8, device=untyped.device).set_(untyped)
    head = scalar_token("storage") + class_token(value, "torch", encoder)
    return Node(TAG_VALUE, (dtype, content), head=head, names=("",))


def _size(value: Any, _encoder: Encoder) -> bytes:
    return plain_leaf("torch.Size", *value)


def _device(value: Any, _encoder: Encoder) -> bytes:
    return plain_leaf("torch.device", value.type, value.index)


def _by_text(value: Any, _encoder: Encoder) -> bytes:
    """Encode one of a fixed number of values that are called as they are written."""
    return plain_leaf("torch", type(value).__name__, str(value))


def _info(value: Any, _encoder: Encoder) -> bytes:
    return plain_leaf("torch", type(value).__name__, str(value.dtype))


def _generator(value: Any, _encoder: Encoder) -> Node:
    children = (value.device.type, value.initial_seed(), value.get_state())
    return Node(TAG_VALUE, children, head=scalar_token("torch.Generator"), names=("",))


def _operator(value: Any, _encoder: Encoder) -> bytes:
    name = str(value)
    if name.partition(".")[0] not in OWN_OPERATORS:
        raise Refused("it is an operator added to torch, and what it does cannot be looked into")
    return plain_leaf("torch", type(value).__name__, name)


def install(_top: str) -> None:
    """Enter torch's types into the tables."""
    EXACT.update(dict.fromkeys((torch.dtype, torch.layout, torch.memory_format, torch.qscheme), _by_text))
    EXACT.update({torch.finfo: _info, torch.iinfo: _info, torch.device: _device, torch.Size: _size})
    operators = import_module("torch._ops")
    firm: dict[type, Handler] = {
        torch.Tensor: _tensor,
        torch.UntypedStorage: _storage,
        torch.TypedStorage: _storage,
        torch.Generator: _generator,
        operators.OpOverload: _operator,
        operators.OpOverloadPacket: _operator,
    }
    BASES.update(firm | handlers_of_modules())
    # Their __reduce__ shows storages and strides.
    FIRM.update(firm)
