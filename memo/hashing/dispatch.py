"""Which handler takes a value of a type apart.

A handler gets the value and the encoder and returns the value's token or a node with its children. The
order: ``__memo_hash__``, a registered hasher, the exact type, a known base, and at last what
``__reduce_ex__`` gives. The choice is made once per type.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import WrapperDescriptorType
from typing import TYPE_CHECKING, Any, TypeAlias

from memo.hashing.identity import IdentityMap
from memo.hashing.node import Node, Refused
from memo.hashing.tokens import LEAVES, SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from memo.hashing.encoder import Encoder

    Handler: TypeAlias = Callable[[Any, Encoder], bytes | Node]

# Handlers live with the library they are for: the module is imported when a type of that library is first
# seen, so importing memo imports none of them. The first component of a type's __module__ decides, or the first
# two: a sparse matrix must not import scipy.stats.
FAMILIES = {
    "_pydecimal": "standard",
    "_ctypes": "refused",
    "_struct": "standard",
    "_thread": "refused",
    "array": "standard",
    "builtins": "builtin",
    "ctypes": "refused",
    "dask": "refused",
    "datetime": "standard",
    "decimal": "standard",
    "enum": "standard",
    "fractions": "standard",
    "io": "refused",
    "_io": "refused",
    "ipaddress": "standard",
    "logging": "standard",
    "numpy": "numpy_family",
    "pandas": "pandas_family",
    "pathlib": "standard",
    "polars": "polars_family",
    "pyarrow": "arrow_family",
    "random": "standard",
    "re": "standard",
    "scipy.interpolate": "scipy_family",
    "scipy.sparse": "sparse_family",
    "scipy.spatial": "scipy_family",
    "scipy.stats": "scipy_family",
    "sklearn": "sklearn_family",
    "sklearn.neighbors": "sklearn_family",
    "threading": "refused",
    "torch": "torch_family",
    "types": "annotations",
    "typing": "annotations",
    "uuid": "standard",
    "weakref": "refused",
    "xarray": "xarray_family",
    "zoneinfo": "standard",
}

EXACT: dict[type, Handler] = {}
QUICK: dict[type, Callable[[Any], bytes | None]] = {}  # See `memo.hashing.tokens.LEAVES`.
BASES: dict[type, Handler] = {}
# Bases whose handler counts wherever they stand among the bases, and whatever __reduce__ a subclass has: a
# str in an Enum is a member first, and ndarray.__reduce__ shows the memory layout.
FIRM: set[type] = set()

_ABSENT = object()

_loaded: set[str] = set()
# By name or by the identity of a class, in the order of registration.
_registered: dict[str | int, tuple[str | type, Callable[[Any], object]]] = {}


class _Choices:
    """The choices made so far; a registration replaces the table, so that a choice under way is not kept."""

    # By identity: a metaclass can make its classes equal to any other.
    table: IdentityMap[Handler] = IdentityMap()


def handler_for(kind: type) -> Handler:
    """Return the handler for the values of a type."""
    table = _Choices.table
    return table.get(kind) or table.put(kind, _choose(kind))


def register_hasher(type_: type | str, function: Callable[[Any], object]) -> None:
    """Hash the instances of a class by what a function makes of them.

    The function returns any value memo can hash; the class of the instance stays part of the hash. Give a
    class that is not imported yet as ``"module:qualname"``. A hasher counts for subclasses as well, and the
    one for the most specific class wins; of two for one class it is the one registered last.

    Raises:
        TypeError: if the first argument is neither a class nor such a name, or the second not callable.
        ValueError: for a class whose hash cannot be changed, or a name without a colon.
    """
    if not callable(function):
        raise TypeError(f"a hasher must be a function of one value, not {type(function).__name__}")
    if isinstance(type_, str):
        module, colon, name = type_.partition(":")
        if not (module and colon and name):
            raise ValueError(f'name a class as "module:qualname", not {type_!r}')
    elif not isinstance(type_, type):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f'give a class or its "module:qualname", not {type(type_).__name__}')
    elif is_among(type_, (*SCALARS, list, tuple, dict, set, frozenset, object)):
        raise ValueError(f"{type_.__name__} cannot be hashed otherwise; wrap the value in a class of your own")
    key = type_ if isinstance(type_, str) else id(type_)
    _registered.pop(key, None)
    _registered[key] = type_, function
    _Choices.table = IdentityMap()
    LEAVES.clear()


def is_among(kind: type, types: Collection[Any]) -> bool:
    """Tell whether a class is one of some, by identity: its metaclass may call it equal to any."""
    return any(kind is other for other in types)


def lineage(kind: type) -> tuple[type, ...]:
    """Return the bases of a class in order, itself first, whatever its metaclass says."""
    return type.__dict__["__mro__"].__get__(kind)  # type: ignore[no-any-return]


def provider(kind: type, name: str) -> type | None:
    """Return the class in which the attribute of a class is defined.

    Looked up by hand because a metaclass can answer ``getattr`` with anything.
    """
    return next((base for base in lineage(kind) if name in type.__dict__["__dict__"].__get__(base)), None)


def class_attribute(kind: type, name: str) -> Any:
    """Return the attribute of a class as it is defined, None if there is none."""
    owner = provider(kind, name)
    return None if owner is None else type.__dict__["__dict__"].__get__(owner)[name]


def module_name(kind: type) -> str:
    """Return the name of the module of a class, "" if it has none."""
    try:
        name = type.__dict__["__module__"].__get__(kind)
    except AttributeError:  # made where there is no __name__, as by `exec` with globals of its own
        return ""
    return name if type(name) is str else ""


def top_of(kind: type) -> str:
    """Return the top-level module that a class is of."""
    return module_name(kind).partition(".")[0]


def own_class(kind: type, top: str) -> type:
    """Return the class of a library's own that a class is or derives from."""
    return next(base for base in lineage(kind) if top_of(base) == top)


def qualified_name(kind: type) -> str:
    """Return how an error names a class."""
    name: str = type.__dict__["__qualname__"].__get__(kind)
    module = module_name(kind)
    return name if module in {"", "builtins"} else f"{module}.{name}"


def _choose(kind: type) -> Handler:
    from memo.hashing import instances  # Here because its handlers use the tables above.

    bases = lineage(kind)
    for base in bases:
        top, _, rest = module_name(base).partition(".")
        _load_family(top)
        _load_family(f"{top}.{rest.partition('.')[0]}")
    if provider(kind, "__memo_hash__") is not None:
        return instances.by_protocol
    function = _registered_for(bases)
    if function is not None:
        return instances.by_hasher(function)
    return _choose_for_all(kind, bases)


def _choose_for_all(kind: type, bases: tuple[type, ...]) -> Handler:
    """Return the handler for a type of which nobody has said how to hash it."""
    from memo.hashing import callables, instances, refused

    if is_among(kind, EXACT):
        if is_among(kind, QUICK):
            LEAVES[id(kind)] = QUICK[kind]
        return EXACT[kind]
    if callables.is_wrapper_type(kind) or callables.is_compiled_type(kind):
        return callables.of_code
    refusal = refused.by_name(bases)
    if refusal is not None:
        return refusal
    known = [base for base in bases if is_among(base, FIRM)]
    if not known and _is_iterator_in_c(kind):
        return _iterator
    if not known and not instances.reduces_itself(kind):
        known = [base for base in bases if is_among(base, BASES)]
    return BASES[known[0]] if known else instances.reduced


def is_custom(kind: type) -> bool:
    """Tell whether instances of a class are hashed by what its __memo_hash__ or a registered hasher returns."""
    return provider(kind, "__memo_hash__") is not None or _registered_for(lineage(kind)) is not None


def _registered_for(bases: tuple[type, ...]) -> Callable[[Any], object] | None:
    """Return the hasher registered for the first of the bases that has one; the last one, where it has two."""
    # Looked up by name where the class was promised to be, which need not be the module that defines it.
    hashers = {
        id(_imported(what) if isinstance(what, str) else what): function for what, function in _registered.values()
    }
    return next((hashers[id(base)] for base in bases if id(base) in hashers), None)


def _imported(name: str) -> object:
    """Return what "module:qualname" leads to, something else if it is not imported."""
    module, _, qualname = name.partition(":")
    found: object = sys.modules.get(module, _ABSENT)
    try:
        for part in qualname.split("."):
            found = getattr(found, part, _ABSENT)
    except Exception:  # noqa: BLE001 - of a module that imports lazily what is not there.
        return _ABSENT
    return found


def _load_family(top: str) -> None:
    family = FAMILIES.get(top)
    if family is not None and top not in _loaded:
        import_module(f"memo.hashing.{family}").install(top)
        _loaded.add(top)


def _is_iterator_in_c(kind: type) -> bool:
    """Tell an iterator of the interpreter or an extension, whose place is hidden, from one in Python."""
    return isinstance(class_attribute(kind, "__next__"), WrapperDescriptorType)


def _iterator(_value: object, _encoder: Encoder) -> bytes:
    raise Refused("reading an iterator, a generator or a stream would use it up")
