"""Handlers for scikit-learn: estimators by their parameters and fitted state, trees of neighbours."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memo.hashing.callables import class_token, kind_of
from memo.hashing.dispatch import BASES, FIRM, class_attribute, lineage, top_of
from memo.hashing.instances import extra_state
from memo.hashing.node import Node, attributes_node, mapping_node
from memo.hashing.numpy_family import is_global_state
from memo.hashing.tokens import TAG_DICT, TAG_VALUE, scalar_token

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# The class counts with the version of its library already.
VERSION = "_sklearn_version"
# What classes keep to be quicker the next time: the id of a list already looked at, a table made from another.
CACHES = {
    "_VectorizerMixin": frozenset({"_stop_words_id"}),
    "MultiLabelBinarizer": frozenset({"_cached_dict"}),
}
NEIGHBOURS = ("KDTree", "KDTree32", "KDTree64", "BallTree", "BallTree32", "BallTree64")
# Places in the state of a tree of neighbours that count how often it was searched.
COUNTERS = frozenset({7, 8, 9, 10})


def install(part: str) -> None:
    """Enter the types of one part of scikit-learn into the tables."""
    if part == "sklearn":
        bunch = import_module("sklearn.utils").Bunch
        BASES.update({import_module("sklearn.base").BaseEstimator: _estimator, bunch: _bunch})
        FIRM.add(bunch)
        return
    neighbours = import_module("sklearn.neighbors")
    modules = [
        neighbours,
        import_module("sklearn.neighbors._kd_tree"),
        import_module("sklearn.neighbors._ball_tree"),
    ]
    found: dict[type, Handler] = {
        getattr(module, name): _tree for module in modules for name in NEIGHBOURS if hasattr(module, name)
    }
    BASES.update(found)


def _estimator(value: object, encoder: Encoder) -> Node:
    """Encode an estimator by its class and attributes, in whatever order they were set."""
    kind = type(value)
    state: object = class_attribute(kind, "__getstate__").__get__(value, kind)()
    if isinstance(state, dict):
        without = _not_values(kind)
        attributes: dict[Any, Any] = {name: part for name, part in state.items() if name not in without}  # pyright: ignore[reportUnknownVariableType]
        state = attributes_node({name: _without_seed(part) for name, part in attributes.items()})
    head = scalar_token("estimator") + encoder.code_token(kind)
    return Node(TAG_VALUE, (state,), head=head, names=("",))


def _without_seed(part: Any) -> Any:
    # Fitted without a seed: numpy's global state, which everything moves on.
    return None if is_global_state(part) else part


def _bunch(value: Any, encoder: Encoder) -> Node:
    # Its attributes are warnings still to be given, which a copy has lost.
    head = scalar_token("bunch") + class_token(value, "sklearn", encoder)
    return Node(TAG_VALUE, (mapping_node(TAG_DICT, value),), head=head, names=("",))


def _not_values(kind: type) -> set[str]:
    bases = [base.__name__ for base in lineage(kind) if top_of(base) == "sklearn"]
    return {VERSION}.union(*(CACHES[name] for name in bases if name in CACHES))


def _tree(value: Any, encoder: Encoder) -> Node:
    """Encode a tree of neighbours by its points, nodes and metric."""
    base: Any = next(base for base in lineage(kind_of(value)) if base.__name__.startswith("BinaryTree"))
    parts = [part for place, part in enumerate(base.__getstate__(value)) if place not in COUNTERS]
    head = scalar_token("neighbours") + class_token(value, "sklearn", encoder)
    return Node(TAG_VALUE, (*parts, extra_state(value, base)), head=head, names=("",))
