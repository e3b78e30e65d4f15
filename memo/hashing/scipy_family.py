"""Handlers for scipy: distributions, splines and trees by what they are, not by what they keep beside it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from memo.hashing.callables import class_token
from memo.hashing.dispatch import BASES, class_attribute
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, Refused, attributes_node, group
from memo.hashing.numpy_family import is_global_state
from memo.hashing.tokens import TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from memo.hashing.array_data import Array
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# Of a distribution: what it makes from its class and its shapes, the text of its page among them.
GENERATED = frozenset({"__doc__", "_parse_arg_template", "vecentropy"})
DERIVED = frozenset({"_moment_methods", "_parameterization", "_parameterizations"})
# Of a triangulation: what it computes when asked.
LAZY = frozenset({"_transform", "_vertex_to_simplex", "_vertex_neighbor_vertices"})
# A node of a k-d tree: nine words of eight bytes, of which the sixth and seventh are addresses.
NODE_WORDS = 9
ADDRESSES = slice(5, 7)


def install(part: str) -> None:
    """Enter the types of one part of scipy into the tables."""
    BASES.update(_INSTALLERS[part]())


def _of_stats() -> dict[type, Handler]:
    stats = import_module("scipy.stats")
    inside = import_module("scipy.stats._multivariate")
    found: dict[type, Handler] = {
        stats.rv_continuous.__base__: _distribution,
        inside.multi_rv_generic: _distribution,
    }
    # Since scipy 1.15.
    newer: Any = getattr(stats, "Normal", None)
    if newer is not None:
        found[newer.__base__.__base__] = _random_variable
    return found


def _state(value: object, without: frozenset[str]) -> dict[str, Any]:
    state = class_attribute(type(value), "__getstate__")(value)
    return {name: part for name, part in state.items() if name not in without}


def _distribution(value: Any, encoder: Encoder) -> Node:
    """Encode a distribution, frozen or not; one without a seed of its own draws from numpy's global state."""
    state = _state(value, GENERATED)
    if is_global_state(state.get("_random_state")):
        state["_random_state"] = None
    return _of_class(value, encoder, state)


def _random_variable(value: Any, encoder: Encoder) -> Node:
    if "<locals>" in type(value).__qualname__:
        raise Refused("its class was made at run time, and its name does not tell it from others made so")
    state = _state(value, DERIVED)
    state = {name: part for name, part in state.items() if not name.endswith("_cache")}
    if type(state.get("_tol")) is object:
        state["_tol"] = None  # It stands for "not given".
    return _of_class(value, encoder, state)


def _of_class(value: object, encoder: Encoder, state: dict[str, Any]) -> Node:
    head = scalar_token("scipy") + encoder.code_token(type(value))
    return Node(TAG_VALUE, (attributes_node(state),), head=head, names=("",))


def _of_spatial() -> dict[type, Handler]:
    spatial = import_module("scipy.spatial")
    return {spatial.cKDTree: _tree, spatial.Delaunay: _triangulation}


def _tree(value: Any, encoder: Encoder) -> Node:
    """Encode a k-d tree by its points and nodes, without the addresses that are in the nodes."""
    nodes, *rest = value.__getstate__()
    words: Array = np.array(nodes).view(np.int64).reshape(value.size, -1)
    if words.shape[1] != NODE_WORDS:
        raise Refused("this version of scipy builds its nodes in a way memo does not know")
    words[:, ADDRESSES] = 0
    # The subclass in Python keeps wrappers of its nodes.
    own = extra_state(value, import_module("scipy.spatial").cKDTree, {"_tree"})
    head = scalar_token("scipy") + class_token(value, "scipy", encoder)
    return Node(TAG_VALUE, (words, group(rest), own), head=head, names=("",))


def _triangulation(value: Any, encoder: Encoder) -> Node:
    return _of_class(value, encoder, _state(value, LAZY))


def _of_interpolate() -> dict[type, Handler]:
    return {import_module("scipy.interpolate").UnivariateSpline: _spline}


def _spline(value: Any, encoder: Encoder) -> Node:
    """Encode a fitted spline without the memory it was fitted in, of which parts were never written to."""
    state: dict[str, Any] = dict(value.__dict__)
    if state.get("_data") is not None:
        fitted = state["_data"]
        degree, _, count, knots, coefficients = fitted[5:10]
        state["_data"] = (*fitted[:8], knots[:count], coefficients[: count - degree - 1], fitted[10], fitted[13])
        del state["_eval_args"]  # Said already.
    return _of_class(value, encoder, state)


_INSTALLERS: dict[str, Callable[[], dict[type, Handler]]] = {
    "scipy.interpolate": _of_interpolate,
    "scipy.spatial": _of_spatial,
    "scipy.stats": _of_stats,
}
