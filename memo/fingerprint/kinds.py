"""What kind of value code reads: one that cannot change, one without a say in results, one behind attributes."""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, cast

from memo.fingerprint.guards import MISSING
from memo.fingerprint.wrappers import is_code, is_user_class, memoised

if TYPE_CHECKING:
    from collections.abc import Iterable

SCALARS = frozenset({int, float, complex, bool, str, bytes, type(None)})
# By name, so that none of their modules is imported for it. Not all of `decimal`: a Context changes in place.
_FROZEN = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
        ("fractions", "Fraction"),
        ("pathlib", "PosixPath"),
        ("pathlib", "PurePosixPath"),
        ("pathlib", "PureWindowsPath"),
        ("pathlib", "WindowsPath"),
        ("types", "GenericAlias"),
        ("types", "UnionType"),
        ("uuid", "UUID"),
        ("zoneinfo", "ZoneInfo"),
    }
)
# What a program logs and how its threads wait for each other decides no result.
_INERT = frozenset(
    {
        ("logging", "Handler"),
        ("logging", "Logger"),
        ("logging", "LoggerAdapter"),
        ("threading", "Barrier"),
        ("threading", "Condition"),
        ("threading", "Event"),
        ("threading", "Semaphore"),
        ("_thread", "RLock"),
        ("_thread", "lock"),
    }
)


def is_inert(value: object) -> bool:
    """Tell whether a value has no say in results: loggers, locks, memo's own caches, and methods of these."""
    if isinstance(value, MethodType):
        value = value.__self__
    for cls in type(value).__mro__:
        if "__memo_inert__" in vars(cls) or _name(cls) in _INERT:
            return True
        if is_user_class(cls):
            return False  # whatever it derives from, it has code of its own
    return False


def is_frozen(value: object) -> bool:
    """Tell whether a value cannot change in place, all the way down."""
    if type(value) in SCALARS or is_code(value):
        return True
    if type(value) in (tuple, frozenset):
        return all(map(is_frozen, cast("Iterable[object]", value)))
    name = _name(type(value))
    return name in _FROZEN or name[0] == "typing"


def _name(cls: type) -> tuple[str, str]:
    return getattr(cls, "__module__", ""), cls.__qualname__


def plain_attribute(value: Any, name: str) -> Any:
    """Return what an attribute surely is without running any code, else MISSING.

    An entry of an instance's own dictionary, a function's attribute, a plain constant of a class: no property, no
    inherited value, nothing that a `__getattribute__` could make up.
    """
    if isinstance(type(value).__getattribute__, FunctionType):
        return MISSING
    if isinstance(value, type):
        found = vars(value).get(name, MISSING)
        return found if type(found) in SCALARS else MISSING
    try:
        own: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return MISSING
    found = own.get(name, MISSING)
    if type(value) is FunctionType:
        return MISSING if memoised(value) is not None else found
    return MISSING if any(hasattr(vars(cls).get(name), "__set__") for cls in type(value).__mro__) else found
