"""Handlers for the instances of classes memo knows nothing about."""

from __future__ import annotations

import copyreg
from functools import WRAPPER_ASSIGNMENTS, lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from memo.hashing.callables import imported_name
from memo.hashing.dispatch import BASES, class_attribute, lineage, provider
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


def reduces_itself(kind: type) -> bool:
    """Whether a class says by a __reduce__ of its own what it is, nearer to it than any base memo knows."""
    owners = {provider(kind, "__reduce__"), provider(kind, "__reduce_ex__")} - {object}
    for base in lineage(kind):
        if base in BASES:
            return False
        if base in owners:
            return True
    return False


def reduced(value: object, encoder: Encoder) -> bytes | Node:
    """Take apart what ``__reduce_ex__`` gives: a callable, its arguments, a state and items.

    Never the bytes of a pickle: they show identity, interning and the order of sets.
    """
    kind = type(value)
    if kind is object:
        raise Refused("a bare object() has nothing but its identity; use None or a member of an enum")
    made = _reduce(value, kind)
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
    children = (
        function,
        group(arguments) if arguments else None,
        _state_child(value, state),
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
    reducer = copyreg.dispatch_table.get(kind)
    if reducer is not None:
        return reducer(value)
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


class _Facts(NamedTuple):
    """What a class has to say about the state of its instances."""

    own: bool  # It makes the state up itself.
    generated: bool  # By a method that a slotted dataclass was given.
    attrs: bool


@lru_cache(maxsize=1024)
def _facts(kind: type) -> _Facts:
    names = ("__getstate__", "__reduce__", "__reduce_ex__")
    methods = [class_attribute(kind, name) for name in names]
    written = [method for method in methods if isinstance(method, FunctionType)]
    generated = len(written) == 1 and written[0].__module__ == "dataclasses"
    return _Facts(bool(written) and not generated, generated, provider(kind, "__attrs_attrs__") is not None)


def _state_child(value: object, state: Any) -> object:
    """Return the child for a state: by attribute names where they are known."""
    facts = _facts(cast("Any", type(value)))
    if facts.generated:
        # It lists the fields alone, and fails where one is not set.
        state = object.__getstate__(value)
    attributes: dict[Any, Any]
    if not facts.own and _is_default(state):
        # The instance's dictionary and its slots, as object.__getstate__ gives them.
        plain, slots = state
        attributes = {**(plain or {}), **slots}
    elif isinstance(state, dict):
        attributes = cast("Any", state)
    else:
        return cast("object", state)
    if "__wrapped__" in attributes and not facts.own:
        # `functools.update_wrapper` copied from a function where it stands and what its docstring says.
        attributes = {name: part for name, part in attributes.items() if name not in WRAPPER_ASSIGNMENTS}
    if facts.attrs and CACHED_HASH in attributes:
        attributes = {name: part for name, part in attributes.items() if name != CACHED_HASH}
    # In a state that the class itself made up the order may mean something.
    return attributes_node(attributes, keep_order=facts.own)


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
    if owner is not None and owner is not object and issubclass(owner, base) and owner is not base:
        return _state_child(value, class_attribute(kind, "__getstate__").__get__(value, kind)())
    found = {name: part for name, part in _attributes(value, base).items() if name not in internals}
    return attributes_node(found) if found else None


def _attributes(value: object, base: type) -> dict[str, Any]:
    """Return the attributes in the dictionary of an instance, and in the slots of the classes before the base."""
    kind = type(value)
    found: dict[str, Any] = {}
    if provider(kind, "__dict__") is not None:
        found.update(object.__getattribute__(value, "__dict__"))
    for member in lineage(kind):
        if member is base:
            break
        for name in _slots(member):
            try:
                found[name] = object.__getattribute__(value, name)
            except AttributeError:
                continue  # A slot never set.
    return found


def _slots(kind: type) -> list[str]:
    declared: Any = kind.__dict__.get("__slots__", ())
    names = [declared] if isinstance(declared, str) else list(declared)
    hidden = f"_{kind.__name__.lstrip('_')}"
    return [
        hidden + name if name.startswith("__") and not name.endswith("__") else name
        for name in names
        if name not in {"__dict__", "__weakref__"}
    ]


def derived(name: str, base: type, value: object, content: tuple[Any, ...], encoder: Encoder) -> bytes | Node:
    """Return the token or node of a value of a known family, or of a subclass of one.

    ``content`` says the base completely. A subclass adds its class, and either adds whatever state it has.
    """
    head = scalar_token(name)
    kind = type(value)
    if kind is not base:
        head += encoder.code_token(kind)
        content = (*content, extra_state(value, base))
    elif base.__dictoffset__ and vars(value):
        content = (*content, attributes_node(vars(value)))
    joined = joined_scalars(content)
    if joined is not None:
        return tagged(TAG_VALUE, head + joined)
    return Node(TAG_VALUE, content, head=head, names=("",))
