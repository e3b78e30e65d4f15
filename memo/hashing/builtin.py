"""Handlers for the built-in types and the containers of collections."""

from __future__ import annotations

import gc
import re
from collections import Counter, OrderedDict, defaultdict, deque
from functools import partial
from types import EllipsisType, MappingProxyType, NotImplementedType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from memo.hashing import callables, exceptions
from memo.hashing.dispatch import BASES, EXACT, FIRM
from memo.hashing.instances import derived, extra_state, reader
from memo.hashing.node import Node, Refused, group, mapping_node
from memo.hashing.tokens import (
    TAG_DICT,
    TAG_FROZENSET,
    TAG_LIST,
    TAG_SET,
    TAG_TUPLE,
    TAG_VALUE,
    content_digest,
    plain_leaf,
    scalar_token,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder

# The content of a subclass is read by the methods of its base: its own may show something else.
iter_list: Callable[[list[Any]], Iterator[Any]] = cast("Any", list).__iter__
iter_tuple: Callable[[tuple[Any, ...]], Iterator[Any]] = cast("Any", tuple).__iter__
iter_set: Callable[[set[Any]], Iterator[Any]] = cast("Any", set).__iter__
iter_frozenset: Callable[[frozenset[Any]], Iterator[Any]] = cast("Any", frozenset).__iter__
iter_deque: Callable[[deque[Any]], Iterator[Any]] = cast("Any", deque).__iter__
items_of_ordered_dict: Callable[[OrderedDict[Any, Any]], Iterable[tuple[Any, Any]]] = cast(
    "Any", OrderedDict
).items

factory_of = reader(defaultdict, "default_factory")
length_of = reader(deque, "maxlen")
parts_of_partial = reader(partial, "func", "args", "keywords")

# In the formats of buffers: numbers without bytes that mean nothing, addresses, and the names of fields.
PLAIN = re.compile("[@=<>!]?[bBhHiIlLqQnNefdc?]")
POINTERS = re.compile("[OPX&]")
FIELD = re.compile(":[^:]*:")


def _list(value: list[Any], _encoder: Encoder) -> Node:
    return Node(TAG_LIST, value)


def _tuple(value: tuple[Any, ...], _encoder: Encoder) -> Node:
    return Node(TAG_TUPLE, value)


def _dict(value: dict[Any, Any], _encoder: Encoder) -> Node:
    return mapping_node(TAG_DICT, value)


def _set(value: set[Any], _encoder: Encoder) -> Node:
    return Node(TAG_SET, value, ordered=False)


def _frozenset(value: frozenset[Any], _encoder: Encoder) -> Node:
    return Node(TAG_FROZENSET, value, ordered=False)


def _sub_scalar(base: type, plain: Callable[[Any], object]) -> Handler:
    return lambda value, encoder: derived(base.__name__, base, value, (plain(value),), encoder)


def _sub_list(value: list[Any], encoder: Encoder) -> bytes | Node:
    return derived("list", list, value, (Node(TAG_LIST, iter_list(value)),), encoder)


def _sub_tuple(value: tuple[Any, ...], encoder: Encoder) -> bytes | Node:
    fields = getattr(type(value), "_fields", None)
    names = cast("Any", fields) if isinstance(fields, tuple) else None
    return derived("tuple", tuple, value, (Node(TAG_TUPLE, iter_tuple(value), names=names),), encoder)


def _sub_dict(value: dict[Any, Any], encoder: Encoder) -> bytes | Node:
    return derived("dict", dict, value, (mapping_node(TAG_DICT, value),), encoder)


def _sub_set(value: set[Any], encoder: Encoder) -> bytes | Node:
    return derived("set", set, value, (Node(TAG_SET, iter_set(value), ordered=False),), encoder)


def _sub_frozenset(value: frozenset[Any], encoder: Encoder) -> bytes | Node:
    content = Node(TAG_FROZENSET, iter_frozenset(value), ordered=False)
    return derived("frozenset", frozenset, value, (content,), encoder)


def _bytearray(value: bytearray, encoder: Encoder) -> bytes | Node:
    content = (bytearray.__len__(value), bytes(content_digest(value)))
    return derived("bytearray", bytearray, value, content, encoder)


def _ordered_dict(value: OrderedDict[Any, Any], encoder: Encoder) -> bytes | Node:
    # dict.keys does not follow move_to_end.
    pairs = list(items_of_ordered_dict(value))
    return derived("OrderedDict", OrderedDict, value, (mapping_node(TAG_DICT, dict(pairs)),), encoder)


def _default_dict(value: defaultdict[Any, Any], encoder: Encoder) -> bytes | Node:
    content = (*factory_of(value), mapping_node(TAG_DICT, value))
    return derived("defaultdict", defaultdict, value, content, encoder)


def _counter(value: Counter[Any], encoder: Encoder) -> bytes | Node:
    return derived("Counter", Counter, value, (mapping_node(TAG_DICT, value),), encoder)


def _deque(value: deque[Any], encoder: Encoder) -> bytes | Node:
    return derived("deque", deque, value, (*length_of(value), Node(TAG_LIST, iter_deque(value))), encoder)


def _namespace(value: SimpleNamespace, encoder: Encoder) -> Node:
    head = scalar_token("SimpleNamespace")
    if type(value) is not SimpleNamespace:
        head += encoder.code_token(type(value))
    return Node(TAG_VALUE, (extra_state(value, SimpleNamespace),), head=head, names=("",))


def _mapping_proxy(value: MappingProxyType[Any, Any], _encoder: Encoder) -> Node:
    # The mapping itself, to which nothing else leads: a copy is what the class of the mapping says it is.
    return Node(TAG_VALUE, gc.get_referents(value), head=scalar_token("mappingproxy"), names=("",))


def _partial(value: partial[Any], encoder: Encoder) -> Node:
    function, args, keywords = parts_of_partial(value)
    children = (function, group(args), keywords, extra_state(value, partial))
    head = scalar_token("partial")
    if type(value) is not partial:
        head += encoder.code_token(type(value))
    return Node(TAG_VALUE, children, head=head, names=("func", "args", "keywords", ""))


def _view(value: Any, _encoder: Encoder) -> Node:
    kind = type(value).__name__
    items = (part for pair in value for part in pair) if kind.endswith("items") else value
    return Node(TAG_VALUE, items, head=scalar_token(kind))


def _range(value: range, _encoder: Encoder) -> bytes:
    return plain_leaf("range", value.start, value.stop, value.step)


def _slice(value: slice, _encoder: Encoder) -> Node:
    return Node(
        TAG_VALUE,
        (value.start, value.stop, value.step),
        head=scalar_token("slice"),
        names=("start", "stop", "step"),
    )


def _constant(value: object, _encoder: Encoder) -> bytes:
    return plain_leaf(type(value).__name__)


def _memoryview(value: memoryview[Any], _encoder: Encoder) -> bytes | Node:
    if POINTERS.search(FIELD.sub("", value.format)):
        raise Refused("its buffer holds addresses of objects")
    digest = _plain_digest(value) if PLAIN.fullmatch(value.format) else _digest_of_fields(value)
    return Node(TAG_VALUE, (value.format, group(value.shape or ()), digest), head=scalar_token("memoryview"))


def _plain_digest(value: memoryview[Any]) -> bytes:
    return bytes(content_digest(value if value.c_contiguous else value.tobytes()))


def _digest_of_fields(value: memoryview[Any]) -> bytes:
    """Return the digest of a buffer of structs, or of numbers of which some bytes mean nothing."""
    import numpy as np

    from memo.hashing.array_data import data_digest

    try:
        array = np.asarray(value)
    except (RuntimeError, TypeError, ValueError):  # of a format that numpy does not know
        return _plain_digest(value)
    return data_digest(array)


def install(_top: str) -> None:
    """Enter the types into the tables."""
    callables.install("")
    exceptions.install("")
    EXACT.update(
        {
            list: _list,
            tuple: _tuple,
            dict: _dict,
            set: _set,
            frozenset: _frozenset,
            bytearray: _bytearray,
            memoryview: _memoryview,
            range: _range,
            slice: _slice,
            EllipsisType: _constant,
            NotImplementedType: _constant,
            MappingProxyType: _mapping_proxy,
            OrderedDict: _ordered_dict,
            defaultdict: _default_dict,
            Counter: _counter,
            deque: _deque,
            SimpleNamespace: _namespace,
            partial: _partial,
        }
    )
    owners: list[Any] = [{}, OrderedDict[Any, Any]()]
    EXACT.update({type(view): _view for owner in owners for view in (owner.keys(), owner.values(), owner.items())})

    BASES.update(
        {
            int: _sub_scalar(int, int.__int__),
            float: _sub_scalar(float, float.__float__),
            complex: _sub_scalar(complex, complex.__complex__),
            str: _sub_scalar(str, str.__str__),
            bytes: _sub_scalar(bytes, bytes.__bytes__),
            list: _sub_list,
            tuple: _sub_tuple,
            dict: _sub_dict,
            set: _sub_set,
            frozenset: _sub_frozenset,
            bytearray: _bytearray,
            OrderedDict: _ordered_dict,
            defaultdict: _default_dict,
            Counter: _counter,
            deque: _deque,
            SimpleNamespace: _namespace,
            partial: _partial,
        }
    )
    FIRM.update({set, frozenset, OrderedDict, defaultdict, Counter, deque, SimpleNamespace})
