"""Handlers for value types of the standard library, entered module by module when a type of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memo.hashing.dispatch import BASES, FIRM
from memo.hashing.instances import derived
from memo.hashing.node import Node, Refused
from memo.hashing.tokens import TAG_VALUE, content_digest, plain_leaf, scalar_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder


def install(top: str) -> None:
    """Enter the types of one top-level module into the tables."""
    handlers = _INSTALLERS[top]()
    BASES.update(handlers)
    # Their __reduce__ gives less than they are: that of datetime drops the attributes of a subclass.
    FIRM.update(handlers)


def _of_array() -> dict[type, Handler]:
    from array import array

    def handle(value: array[Any], encoder: Encoder) -> bytes | Node:
        content = (value.typecode, value.itemsize, len(value), bytes(content_digest(value)))
        return derived("array", array, value, content, encoder)

    return {array: handle}


def _of_datetime() -> dict[type, Handler]:
    from datetime import date, datetime, time, timedelta, timezone

    def of_datetime(value: datetime, encoder: Encoder) -> bytes | Node:
        content = (
            *(value.year, value.month, value.day, value.hour, value.minute, value.second),
            *(value.microsecond, value.fold, value.tzinfo),
        )
        return derived("datetime", datetime, value, content, encoder)

    def of_date(value: date, encoder: Encoder) -> bytes | Node:
        return derived("date", date, value, (value.year, value.month, value.day), encoder)

    def of_time(value: time, encoder: Encoder) -> bytes | Node:
        content = (value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo)
        return derived("time", time, value, content, encoder)

    def of_timedelta(value: timedelta, encoder: Encoder) -> bytes | Node:
        content = (value.days, value.seconds, value.microseconds)
        return derived("timedelta", timedelta, value, content, encoder)

    def of_timezone(value: timezone, encoder: Encoder) -> bytes | Node:
        return derived("timezone", timezone, value, (value.utcoffset(None), value.tzname(None)), encoder)

    # Time zones of other classes are instances like any other.
    return {
        datetime: of_datetime,
        date: of_date,
        time: of_time,
        timedelta: of_timedelta,
        timezone: of_timezone,
    }


def _of_decimal() -> dict[type, Handler]:
    from decimal import Context, Decimal

    def of_context(value: Context, encoder: Encoder) -> bytes | Node:
        # Without the flags, which say what has happened in it so far.
        traps = [signal.__name__ for signal, is_set in value.traps.items() if is_set]
        options = (value.prec, value.rounding, value.Emin, value.Emax, value.capitals, value.clamp, sorted(traps))
        return derived("Context", Context, value, options, encoder)

    def handle(value: Decimal, encoder: Encoder) -> bytes | Node:
        # Not str(): how that writes the exponent depends on the current context.
        sign, digits, exponent = value.as_tuple()
        return derived("Decimal", Decimal, value, (sign, bytes(digits), exponent), encoder)

    return {Context: of_context, Decimal: handle}


def _of_enum() -> dict[type, Handler]:
    from enum import Enum, Flag

    def of_member(value: Enum, encoder: Encoder) -> Node:
        # The name of a combination of flags is made up, and not alike on all Pythons.
        name = None if isinstance(value, Flag) else value._name_
        head = scalar_token("enum") + encoder.code_token(type(value))
        return Node(TAG_VALUE, (name, value._value_), head=head, names=("name", "value"))

    return {Enum: of_member}


def _of_fractions() -> dict[type, Handler]:
    from fractions import Fraction

    def handle(value: Fraction, encoder: Encoder) -> bytes | Node:
        return derived("Fraction", Fraction, value, (value.numerator, value.denominator), encoder)

    return {Fraction: handle}


def _of_ipaddress() -> dict[type, Handler]:
    import ipaddress

    def handle_as(base: type) -> Handler:
        def handle(value: Any, encoder: Encoder) -> bytes | Node:
            # The text says all; __dict__ holds what was computed from it so far.
            if type(value) is base:
                return plain_leaf(base.__name__, str(value))
            return derived(base.__name__, base, value, (str(value),), encoder)

        return handle

    versions = (ipaddress.IPv4Address, ipaddress.IPv4Network, ipaddress.IPv4Interface)
    others = (ipaddress.IPv6Address, ipaddress.IPv6Network, ipaddress.IPv6Interface)
    return {base: handle_as(base) for base in (*versions, *others)}


def _of_logging() -> dict[type, Handler]:
    import logging

    def handle(value: logging.Logger, encoder: Encoder) -> bytes:
        # In a key it has no say: its name is that of the module that made it, and what is logged is no result.
        return plain_leaf("Logger", None if encoder.code else value.name)

    return {logging.Logger: handle}


def _of_pathlib() -> dict[type, Handler]:
    import pathlib

    def handle_as(base: type) -> Handler:
        def handle(value: Any, encoder: Encoder) -> bytes | Node:
            return derived(base.__name__, base, value, (str(value),), encoder)

        return handle

    pure = (pathlib.PurePath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
    concrete = (pathlib.Path, pathlib.PosixPath, pathlib.WindowsPath)
    return {base: handle_as(base) for base in (*pure, *concrete)}


def _of_re() -> dict[type, Handler]:
    from re import Pattern

    def handle(value: Pattern[Any], _encoder: Encoder) -> bytes:
        return plain_leaf("Pattern", value.pattern, value.flags)

    return {Pattern: handle}


def _of_struct() -> dict[type, Handler]:
    from struct import Struct

    def handle(value: Struct, encoder: Encoder) -> bytes | Node:
        return derived("Struct", Struct, value, (value.format,), encoder)

    return {Struct: handle}


def _of_uuid() -> dict[type, Handler]:
    from uuid import UUID

    def handle(value: UUID, encoder: Encoder) -> bytes | Node:
        return derived("UUID", UUID, value, (value.int,), encoder)

    return {UUID: handle}


def _of_zoneinfo() -> dict[type, Handler]:
    from zoneinfo import ZoneInfo

    def handle(value: ZoneInfo, encoder: Encoder) -> bytes | Node:
        if value.key is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise Refused("it was read from a file and has no key")
        return derived("ZoneInfo", ZoneInfo, value, (value.key,), encoder)

    return {ZoneInfo: handle}


_INSTALLERS: dict[str, Callable[[], dict[type, Handler]]] = {
    "_pydecimal": _of_decimal,
    "array": _of_array,
    "datetime": _of_datetime,
    "decimal": _of_decimal,
    "enum": _of_enum,
    "fractions": _of_fractions,
    "_struct": _of_struct,
    "ipaddress": _of_ipaddress,
    "logging": _of_logging,
    "pathlib": _of_pathlib,
    "re": _of_re,
    "uuid": _of_uuid,
    "zoneinfo": _of_zoneinfo,
}
