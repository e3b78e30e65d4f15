"""Handlers for torch's modules and optimizers: what they hold and run, not where it was registered."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memo.hashing.callables import class_token, kind_of
from memo.hashing.dispatch import class_attribute, lineage, module_name
from memo.hashing.node import Node, Refused, attributes_node, group
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# As untyped: memo is checked where there is no torch.
torch: Any = import_module("torch")

REGISTRIES = ("_parameters", "_buffers", "_modules")
# Registries of hooks by numbers that count through the process, each with its marks, kept by number as well.
HOOKS = {
    "_backward_pre_hooks": (),
    "_backward_hooks": (),
    "_forward_hooks": ("_forward_hooks_with_kwargs", "_forward_hooks_always_called"),
    "_forward_pre_hooks": ("_forward_pre_hooks_with_kwargs",),
    "_state_dict_hooks": (),
    "_state_dict_pre_hooks": (),
    "_load_state_dict_pre_hooks": (),
    "_load_state_dict_post_hooks": (),
    "_optimizer_step_pre_hooks": (),
    "_optimizer_step_post_hooks": (),
    "_optimizer_state_dict_pre_hooks": (),
    "_optimizer_state_dict_post_hooks": (),
    "_optimizer_load_state_dict_pre_hooks": (),
    "_optimizer_load_state_dict_post_hooks": (),
}
# Said elsewhere, or made by torch.compile, a scheduler or a profiler.
INTERNALS = frozenset(
    {
        *REGISTRIES,
        *HOOKS,
        *(mark for marks in HOOKS.values() for mark in marks),
        *("_compiled_call_impl", "_graph", "_is_full_backward_hook", "_non_persistent_buffers_set"),
    }
)
OPTIMIZER_INTERNALS = frozenset({*HOOKS, "_opt_called", "_warned_capturable_if_run_uncaptured", "step"})


def _module(value: Any, encoder: Encoder) -> Node:
    """Encode a module by its class, parameters, buffers, submodules, hooks and other attributes."""
    kind = kind_of(value)
    # The class of a module with parametrizations has one that only says how to save it.
    bases: list[Any] = [base for base in lineage(kind) if module_name(base) != "torch.nn.utils.parametrize"]
    state: Any = class_attribute(bases[0], "__getstate__")(value)
    children = _parts(state) if kind_of(state) is dict else (state,)
    return Node(TAG_VALUE, children, head=scalar_token("module") + encoder.code_token(kind), names=("",))


def _parts(state: dict[str, Any]) -> tuple[object, ...]:
    # In the order in which they were registered: `children()` and `parameters()` show it.
    registries = [attributes_node(state.get(name) or {}, keep_order=True) for name in REGISTRIES]
    plain = {name: part for name, part in state.items() if name not in INTERNALS}
    lost = group(sorted(state.get("_non_persistent_buffers_set") or ()))
    return (*registries, lost, group(_hooks(state)), attributes_node(plain))


def _hooks(state: dict[str, Any]) -> Iterator[object]:
    """Yield the hooks of a module or optimizer in the order in which they are called."""
    for name, marks in HOOKS.items():
        table: dict[int, object] = state.get(name) or {}
        for number, hook in table.items():
            yield name
            yield hook
            yield from (number in (state.get(mark) or ()) for mark in marks)
    if state.get("_backward_hooks"):
        yield state.get("_is_full_backward_hook")


def _graph_module(value: Any, encoder: Encoder) -> Node:
    """Encode a traced module, whose code names the functions that it calls."""
    targets = group(node.target for node in value.graph.nodes)
    return Node(TAG_VALUE, (targets, _module(value, encoder)), head=scalar_token("graph"), names=("graph", ""))


def _handle(value: Any, encoder: Encoder) -> Node:
    """Encode the handle of a hook by the hook that it would remove."""
    table: dict[int, object] = value.hooks_dict_ref() or {}
    head = scalar_token("hook") + class_token(value, "torch", encoder)
    return Node(TAG_VALUE, (table.get(value.id),), head=head, names=("",))


def _optimizer(value: Any, encoder: Encoder) -> Node:
    """Encode an optimizer; its __getstate__ would drop what a subclass adds."""
    state: dict[str, Any] = value.__dict__
    own = {name: part for name, part in state.items() if name not in OPTIMIZER_INTERNALS}
    children = (attributes_node(own), group(_hooks(state)))
    head = scalar_token("optimizer") + encoder.code_token(kind_of(value))
    return Node(TAG_VALUE, children, head=head, names=("",))


def _compiled(_value: object, _encoder: Encoder) -> bytes:
    raise Refused("it is compiled by torch.jit, and its code cannot be looked into; pass what it was made of")


def handlers_of_modules() -> dict[type, Handler]:
    """Return the handlers of modules, optimizers and what belongs to them."""
    compiled = (torch.jit.ScriptModule, torch.jit.ScriptFunction, torch.ScriptObject)
    return {
        torch.nn.Module: _module,
        torch.optim.Optimizer: _optimizer,
        torch.utils.hooks.RemovableHandle: _handle,
        torch.fx.GraphModule: _graph_module,
        **dict.fromkeys(compiled, _compiled),
    }
