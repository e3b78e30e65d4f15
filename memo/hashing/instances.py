"""Handlers for the instances of classes memo knows nothing about."""

from __future__ import annotations

import copyreg
from functools import WRAPPER_ASSIGNMENTS
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from memo.hashing.callables import imported_name
from memo.hashing.dispatch import BASES, class_attribute, is_among, is_custom, lineage, provider
from memo.hashing.facts import facts_of, is_generated
from memo.hashing.node import Node, Refused, attributes_node, group, pairs_node
from memo.hashing.tokens import (
    TAG_CUSTOM,
    TAG_LIST,
    TAG_OBJECT,
    TAG_VALUE,
    joined_scalars,
    scalar_token,
    tagged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder
    from memo.hashing.facts import Facts

PROTOCOL = 4  # Of __reduce_ex__: gives everything in parts, and nothing as a pickle.BUFFER.
# attrs keeps the hash of an instance in it from the first hash() on.
CACHED_HASH = "_attrs_cached_hash"


def by_protocol(value: object, encoder: Encoder) -> Node:
    """Encode what ``__memo_hash__`` returns."""
    return _custom(value, class_attribute(type(value), "__memo_hash__").__get__(value, type(value))(), encoder)


def by_hasher(function: Callable[[Any], object]) -> Handler:
    """Return the handler that encodes what a registered function returns."""
    return lambda value, encoder: _custom(value, function(value), encoder)


def _custom(value: object, stand_in: object, encoder: Encoder) -> Node:
    if stand_in is value:
        raise Refused("its hasher returned the value itself")
    return Node(TAG_CUSTOM, (stand_in,), head=encoder.code_token(type(value)), names=("",))


def is_doubtful(kind: type) -> bool:
    """Whether a method of the user's that memo calls may say something else of an instance every time."""
    return facts_of(kind).doubtful and not is_custom(kind)


def reduces_itself(kind: type) -> bool:
    """Whether a class says by a __reduce__ of its own what it is, nearer to it than any base memo knows."""
    owners = [provider(kind, "__reduce__"), provider(kind, "__reduce_ex__")]
    for base in lineage(kind):
        if base is object or is_among(base, BASES):
            return False
        if any(base is owner for owner in owners):
            return True
    return False


def reduced(value: object, encoder: Encoder) -> bytes | Node:
    """Take apart what ``__reduce_ex__`` gives: a callable, its arguments, a state and items.

    Never the bytes of a pickle: they show identity, interning and the order of sets.
    """
    kind = type(value)
    if kind is object:
        raise Refused("a bare object() has nothing but its identity; use None or a member of an enum")
    reducer = copyreg.dispatch_table.get(kind)
    made = reducer(value) if reducer else _reduce(value, kind)
    if isinstance(made, str):
        return _by_name(value, made, encoder)
    if not isinstance(made, tuple):
        raise Refused("its __reduce__ returned neither a name nor a tuple")
    function, arguments, state, items, pairs, setter = _six_parts(*made)
    if not isinstance(arguments, tuple):
        raise Refused("its __reduce__ returned arguments that are no tuple")
    arguments = cast("tuple[object, ...]", arguments)
    if function is copyreg.__newobj__ and arguments[0] is kind:  # type: ignore[attr-defined]
        function, arguments = None, arguments[1:]
    facts = facts_of(kind)
    children = (
        function,
        group(arguments) if arguments else None,
        as_written(state) if reducer or facts.own else _state_child(value, state, facts),
        None if items is None else Node(TAG_LIST, items),
        None if pairs is None else pairs_node(list(pairs)),
        setter,
    )
    return Node(TAG_OBJECT, children, head=encoder.code_token(kind), names=("",))


def _six_parts(  # noqa: PLR0917 - the tuple's own order.
    function: Any,
    arguments: Any,
    state: Any = None,
    items: Any = None,
    pairs: Any = None,
    setter: Any = None,
) -> tuple[Any, Any, Any, Any, Any, Any]:
    return function, arguments, state, items, pairs, setter


def _reduce(value: Any, kind: type) -> Any:
    try:
        return class_attribute(kind, "__reduce_ex__")(value, PROTOCOL)
    except TypeError as error:
        if str(error).startswith("cannot pickle"):
            # What the interpreter says of files, locks, generators, sockets and other holders of a resource.
            raise Refused("its state is hidden or tied to this process") from None
        raise


def _by_name(value: object, name: str, encoder: Encoder) -> Node:
    module = getattr(value, "__module__", None)
    where = scalar_token(imported_name(value, module, name))
    return Node(TAG_VALUE, (), head=scalar_token("global") + where + encoder.code_token(type(value)))


def as_written(state: Any) -> object:
    """Return the child for a state that a class made up itself, in which the order may mean something."""
    return attributes_node(cast("Any", state), keep_order=True) if isinstance(state, dict) else state


def _state_child(value: object, state: Any, facts: Facts) -> object:
    """Return the child for a state that no Python code of the class made up."""
    if facts.maker is None:
        return attributes_of(value)
    # A method in C knows nothing of what a subclass adds, or it shows the dictionary as it stands.
    extra = extra_state(value, facts.maker)
    if _is_default(state) or (facts.dictionary is not None and state is facts.dictionary(value)):
        return extra
    state = attributes_node(cast("Any", state)) if isinstance(state, dict) else state
    return state if extra is None else group((state, extra), names=("",))


def _is_default(state: object) -> bool:
    """Tell what object.__getstate__ gives for slots from a tuple that a class written in C made up."""
    match state:
        case (None | {}, {}):
            return True
        case _:
            return False


def extra_state(value: object, base: type, internals: Collection[str] = ()) -> object:
    """Return the child for what a subclass adds: its attributes and slots, or what its __getstate__ says.

    ``internals`` are attributes in which the base keeps what its handler reads by other ways.
    """
    kind = type(value)
    owner = provider(kind, "__getstate__")
    if owner is not None and owner is not base and is_among(base, lineage(owner)):
        method = class_attribute(kind, "__getstate__")
        if not is_generated(method):
            return as_written(method.__get__(value, kind)())
    return attributes_of(value, base, internals)


def attributes_of(value: object, base: type = object, internals: Collection[str] = ()) -> Node | None:
    """Return the child for the dictionary of an instance and the slots of the classes before the base."""
    kind = type(value)
    facts = facts_of(kind)
    found: dict[Any, Any] = {} if facts.dictionary is None else facts.dictionary(value)
    hidden: dict[str, Any] = {}  # Behind a slot or attribute of the same name.
    if facts.slots:
        found = dict(found)
        _add_slots(value, facts, lineage(base), found, hidden)
    if internals:
        found = {name: part for name, part in found.items() if name not in internals}
    if "__wrapped__" in found:
        # `functools.update_wrapper` copied from a function where it stands and what its docstring says.
        found = {name: part for name, part in found.items() if name not in WRAPPER_ASSIGNMENTS}
    if facts.is_attrs and CACHED_HASH in found:
        found = {name: part for name, part in found.items() if name != CACHED_HASH}
    if hidden:
        return group((attributes_node(found), attributes_node(hidden)), names=("",))
    return attributes_node(found) if found else None


def _add_slots(
    value: object, facts: Facts, read: tuple[type, ...], found: dict[Any, Any], hidden: dict[str, Any]
) -> None:
    """Add the slots that are set, but for those of classes that have been read."""
    for slot in facts.slots:
        if is_among(slot.owner, read):
            continue
        try:
            part = slot.read(value)
        except AttributeError:
            continue  # A slot never set.
        if slot.name in found:
            hidden[f"{slot.name} {slot.place}"] = part
        else:
            found[slot.name] = part


def reader(base: type, *names: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that reads attributes as a class itself does, whatever a subclass has by these names."""
    getters = [getattr(base, name).__get__ for name in names]
    quick = attrgetter(*names)  # Twice as fast.

    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is base and len(getters) > 1:
            return quick(value)
        return tuple([get(value) for get in getters])

    return read


def derived(
    name: str,
    base: type,
    value: object,
    content: tuple[Any, ...],
    encoder: Encoder,
    *,
    internals: Collection[str] = (),
) -> bytes | Node:
    """Return the token or node of a value of a known family, or of a subclass of one.

    ``content`` says the base completely. A subclass adds its class, and either adds whatever state it has.
    """
    head = scalar_token(name)
    kind = type(value)
    if kind is not base:
        head += encoder.code_token(kind)
        content = (*content, extra_state(value, base, internals))
    elif base.__dictoffset__:
        added = attributes_of(value, base, internals)
        content = content if added is None else (*content, added)
    joined = joined_scalars(content)
    if joined is not None:
        return tagged(TAG_VALUE, head + joined)
    return Node(TAG_VALUE, content, head=head, names=("",))
