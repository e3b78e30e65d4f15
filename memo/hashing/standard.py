"""Handlers for value types of the standard library, entered module by module when a type of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from memo.hashing.dispatch import BASES, FIRM, lineage
from memo.hashing.instances import derived, extra_state, reader
from memo.hashing.node import Node, Refused
from memo.hashing.tokens import TAG_VALUE, TEXTS, content_digest, plain_leaf, scalar_token

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
        content = (*read(value), length_of(value), bytes(content_digest(value)))
        return derived("array", array, value, content, encoder)

    read, length_of = reader(array, "typecode", "itemsize"), cast("Any", array).__len__
    return {array: handle}


def _of_datetime() -> dict[type, Handler]:
    from datetime import date, datetime, time, timedelta, timezone

    def of_datetime(value: datetime, encoder: Encoder) -> bytes | Node:
        return derived("datetime", datetime, value, moment_of(value), encoder)

    def of_date(value: date, encoder: Encoder) -> bytes | Node:
        return derived("date", date, value, day_of(value), encoder)

    def of_time(value: time, encoder: Encoder) -> bytes | Node:
        return derived("time", time, value, time_of(value), encoder)

    def of_timedelta(value: timedelta, encoder: Encoder) -> bytes | Node:
        return derived("timedelta", timedelta, value, length_of(value), encoder)

    def of_timezone(value: timezone, encoder: Encoder) -> bytes | Node:
        return derived("timezone", timezone, value, (value.utcoffset(None), value.tzname(None)), encoder)

    day = ("year", "month", "day")
    clock = ("hour", "minute", "second", "microsecond", "fold", "tzinfo")
    day_of, time_of, moment_of = reader(date, *day), reader(time, *clock), reader(datetime, *day, *clock)
    length_of = reader(timedelta, "days", "seconds", "microseconds")
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
        traps: dict[type, bool] = Context.__getattribute__(value, "traps")
        names = sorted(signal.__name__ for signal, is_set in traps.items() if is_set)
        return derived("Context", Context, value, (*options_of(value), names), encoder)

    def handle(value: Decimal, encoder: Encoder) -> bytes | Node:
        # Not str(): how that writes the exponent depends on the current context.
        sign, digits, exponent = Decimal.as_tuple(value)
        return derived("Decimal", Decimal, value, (sign, bytes(digits), exponent), encoder)

    options_of = reader(Context, "prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    return {Context: of_context, Decimal: handle}


def _of_enum() -> dict[type, Handler]:
    from enum import Enum, Flag

    def of_member(value: Enum, encoder: Encoder) -> Node:
        # The name of a combination of flags is made up, and not alike on all Pythons.
        name = None if isinstance(value, Flag) else value._name_
        head = scalar_token("enum") + encoder.code_token(type(value))
        # A bare object() marks a member that has nothing but its name.
        content = (name,) if type(value._value_) is object else (name, value._value_)
        return Node(TAG_VALUE, content, head=head, names=("name", "value"))

    return {Enum: of_member}


def _of_fractions() -> dict[type, Handler]:
    from fractions import Fraction

    def handle(value: Fraction, encoder: Encoder) -> bytes | Node:
        return derived("Fraction", Fraction, value, read(value), encoder)

    read = reader(Fraction, "numerator", "denominator")
    return {Fraction: handle}


def _of_ipaddress() -> dict[type, Handler]:
    from functools import cached_property
    from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network

    def handle_as(base: type, parts_of: Callable[[Any], tuple[Any, ...]]) -> Handler:
        # The dictionary also holds what was computed from these, at once or when it was asked for.
        computed = {name for part in lineage(base) for name, found in vars(part).items() if is_kept(found)}
        internals = computed.union(getattr(base(0), "__dict__", ()))
        return lambda value, encoder: derived(
            base.__name__, base, value, parts_of(value), encoder, internals=internals
        )

    def is_kept(found: object) -> bool:
        return isinstance(found, cached_property)

    def of_network(value: Any) -> tuple[Any, ...]:
        held = object.__getattribute__(value, "__dict__")
        return held["network_address"], held["_prefixlen"]

    def of_interface(value: Any) -> tuple[Any, ...]:
        return *of_address(value), object.__getattribute__(value, "__dict__")["_prefixlen"]

    def of_address(value: Any) -> tuple[Any, ...]:
        if issubclass(type(value), IPv4Address):
            return (IPv4Address.__int__(value),)
        return IPv6Address.__int__(value), *scope_of(value)

    scope_of = reader(IPv6Address, "scope_id")
    readers: tuple[tuple[Callable[[Any], tuple[Any, ...]], tuple[type, ...]], ...] = (
        (of_address, (IPv4Address, IPv6Address)),
        (of_interface, (IPv4Interface, IPv6Interface)),
        (of_network, (IPv4Network, IPv6Network)),
    )
    return {base: handle_as(base, parts_of) for parts_of, bases in readers for base in bases}


def _of_logging() -> dict[type, Handler]:
    import logging

    def handle(value: logging.Logger, encoder: Encoder) -> bytes:
        # In a key it has no say: its name is that of the module that made it, and what is logged is no result.
        return plain_leaf("Logger", None if encoder.code else value.name)

    return {logging.Logger: handle}


def _of_pathlib() -> dict[type, Handler]:
    import pathlib

    def handle_as(base: type) -> Handler:
        text_of: Callable[[Any], str] = cast("Any", base).__str__
        return lambda value, encoder: derived(base.__name__, base, value, (text_of(value),), encoder)

    pure = (pathlib.PurePath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
    concrete = (pathlib.Path, pathlib.PosixPath, pathlib.WindowsPath)
    return {base: handle_as(base) for base in (*pure, *concrete)}


def _of_re() -> dict[type, Handler]:
    from re import Pattern

    def handle(value: Pattern[Any], _encoder: Encoder) -> bytes | Node:
        if type(value.pattern) in TEXTS:
            return plain_leaf("Pattern", value.pattern, value.flags)
        head = scalar_token("Pattern")
        return Node(TAG_VALUE, (value.pattern, value.flags), head=head, names=("pattern", ""))

    return {Pattern: handle}


def _of_random() -> dict[type, Handler]:
    from random import Random, SystemRandom

    def handle(value: Random, encoder: Encoder) -> Node:
        if issubclass(type(value), SystemRandom):
            raise Refused("the system makes its numbers, and they are others every time")
        # Its __reduce__ leaves out what a subclass adds; what it keeps for gauss is in its state.
        head = scalar_token("Random") + encoder.code_token(type(value))
        children = (Random.getstate(value), extra_state(value, Random, {"gauss_next"}))
        return Node(TAG_VALUE, children, head=head, names=("",))

    return {Random: handle}


def _of_struct() -> dict[type, Handler]:
    from struct import Struct

    def handle(value: Struct, encoder: Encoder) -> bytes | Node:
        return derived("Struct", Struct, value, read(value), encoder)

    read = reader(Struct, "format")
    return {Struct: handle}


def _of_uuid() -> dict[type, Handler]:
    from uuid import UUID

    def handle(value: UUID, encoder: Encoder) -> bytes | Node:
        return derived("UUID", UUID, value, read(value), encoder)

    read = reader(UUID, "int")
    return {UUID: handle}


def _of_zoneinfo() -> dict[type, Handler]:
    from zoneinfo import ZoneInfo

    def handle(value: ZoneInfo, encoder: Encoder) -> bytes | Node:
        try:
            key = ZoneInfo.__reduce__(value)[1][0]
        except Exception:  # noqa: BLE001 - pickle.PicklingError, which is not worth importing it.
            raise Refused("it was read from a file, which need not say what the zone of its key says") from None
        return derived("ZoneInfo", ZoneInfo, value, (key,), encoder)

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
    "random": _of_random,
    "re": _of_re,
    "uuid": _of_uuid,
    "zoneinfo": _of_zoneinfo,
}
