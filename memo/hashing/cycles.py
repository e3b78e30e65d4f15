"""Tokens of values that contain themselves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xxhash import xxh3_128_digest

from memo.hashing.node import Node
from memo.hashing.tokens import TAG_CYCLE

if TYPE_CHECKING:
    from collections.abc import Iterable

HOLE = TAG_CYCLE + bytes(16)


def cycle_tokens(members: list[Node]) -> dict[Node, bytes]:
    """Return the tokens of the nodes of one cycle (a strongly connected component).

    Unfolding a cycle from its entry and writing back references takes exponential time where many ways
    lead through it (objects that all know one another). Instead the nodes are named by what they look
    like, and renamed while their children's names tell them apart. Then a token is the node's name and the
    list of all names with their contents, which describes the whole cycle. Nodes that cannot be told apart
    by walking from them keep one name, so a shared node equals two equal ones.
    """
    names = _stable_names(members)
    described = sorted({names[node] + node.digest(names) for node in members})
    whole = xxh3_128_digest(b"".join(described))
    return {node: TAG_CYCLE + xxh3_128_digest(names[node] + whole) for node in members}


def _stable_names(members: list[Node]) -> dict[Node, bytes]:
    holes = dict.fromkeys(members, HOLE)
    names = {node: TAG_CYCLE + xxh3_128_digest(node.tag + node.digest(holes)) for node in members}
    parents: dict[Node, list[Node]] = {node: [] for node in members}
    for node in members:
        for part in node.parts:
            if type(part) is Node:
                parents[part].append(node)
    sizes = Counter(names.values())
    touched: Iterable[Node] = members
    while touched:
        renamed = _split(touched, names, sizes)
        for node, name in renamed.items():
            sizes[names[node]] -= 1
            sizes[name] += 1
        names.update(renamed)
        touched = dict.fromkeys(parent for node in renamed for parent in parents[node])
    return names


def _split(touched: Iterable[Node], names: dict[Node, bytes], sizes: Counter[bytes]) -> dict[Node, bytes]:
    """Return new names for the nodes that no longer look like the others of their name.

    One part of each name keeps it: the nodes not touched, or else those with the smallest content. Renaming
    all would touch every parent again in every round, which makes a long ring quadratic. Which part that is
    must follow from contents alone, never from how many nodes look the same.
    """
    classes: dict[bytes, dict[bytes, list[Node]]] = {}
    for node in touched:
        classes.setdefault(names[node], {}).setdefault(node.digest(names), []).append(node)
    renamed: dict[Node, bytes] = {}
    for name, parts in classes.items():
        whole = sum(map(len, parts.values())) == sizes[name]
        kept = min(parts) if whole else None
        for content, nodes in parts.items():
            if content != kept:
                renamed.update(dict.fromkeys(nodes, TAG_CYCLE + xxh3_128_digest(name + content)))
    return renamed
