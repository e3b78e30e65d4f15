"""Pairs of values of the standard library."""

# ruff: noqa: DTZ001, DTZ901, FURB167, N818, PLR0915, PYI016, RUF012, TRY301, UP006, UP007, UP042, UP044, UP045
# These are values under test, in long tables.

from __future__ import annotations

import argparse
import ast
import collections
import collections.abc
import configparser
import copy
import csv
import datetime as dt
import decimal
import email.message
import enum
import fractions
import functools
import http
import http.cookies
import inspect
import ipaddress
import logging
import math
import operator
import os
import pathlib
import random
import re
import statistics
import string
import struct
import textwrap
import time
import types
import typing
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree as ET
import zoneinfo

D = decimal.Decimal
T = typing.TypeVar("T")
Bound = typing.TypeVar("Bound", bound=int)
Many = typing.TypeVarTuple("Many")
P = typing.ParamSpec("P")
Q = typing.ParamSpec("Q")
UserId = typing.NewType("UserId", int)
OtherId = typing.NewType("OtherId", int)


class MyDecimal(D):
    pass


class LyingDecimal(D):
    def as_tuple(self):
        return D(1).as_tuple()

    def __str__(self):
        return "1"


class MyFraction(fractions.Fraction):
    pass


class LyingFraction(fractions.Fraction):
    numerator = property(lambda self: 1)
    denominator = property(lambda self: 2)


class MyDatetime(dt.datetime):
    pass


class SlottedDatetime(dt.datetime):
    __slots__ = ("note",)


class FiscalDate(dt.date):
    """Has years that begin in October."""

    @property
    def year(self):
        return super().year + (self.month >= 10)


class TimelessDate(dt.date):
    year = month = day = property(lambda self: 1)


class TimelessMoment(dt.datetime):
    year = hour = fold = property(lambda self: 1)
    tzinfo = property(lambda self: None)


class TimelessTime(dt.time):
    hour = minute = property(lambda self: 1)


class LyingUUID(uuid.UUID):
    def __getattribute__(self, name):
        return 1 if name == "int" else super().__getattribute__(name)


class LyingPartial(functools.partial):
    args = property(lambda self: ())
    keywords = property(lambda self: {})


class LyingStruct(struct.Struct):
    format = property(lambda self: "the same")


class MyTime(dt.time):
    pass


class MyDelta(dt.timedelta):
    pass


class LyingDelta(dt.timedelta):
    days = property(lambda self: 0)


class Zone(dt.tzinfo):
    def __init__(self, hours=0, cache=None):
        self.hours = hours

    def utcoffset(self, moment):
        return dt.timedelta(hours=self.hours)

    def dst(self, moment):
        return None

    def tzname(self, moment):
        return "Z"


class SlottedZone(Zone):
    __slots__ = ("note",)


class NamedZone(zoneinfo.ZoneInfo):
    pass


class MyUUID(uuid.UUID):
    pass


class MyPath(pathlib.PurePosixPath):
    pass


class LyingPath(pathlib.PurePosixPath):
    def __str__(self):
        return "the same"

    def __fspath__(self):
        return "the same"


class MyAddress(ipaddress.IPv4Address):
    pass


class LyingAddress(ipaddress.IPv4Address):
    def __str__(self):
        return "the same"


class MyNetwork(ipaddress.IPv4Network):
    pass


class LyingNetwork(ipaddress.IPv6Network):
    def __str__(self):
        return "the same"


class MyStr(str):  # noqa: SLOT000 - it has a dictionary on purpose.
    pass


class MyStruct(struct.Struct):
    pass


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class OtherLevel(enum.IntEnum):
    LOW = 1


class Word(enum.StrEnum):
    A = "a"
    B = enum.auto()


class Mixed(str, enum.Enum):
    A = "a"


class Mutable(enum.Enum):
    LIST = [1]
    DICT = {"a": 1}
    EMPTY = []


class Sentinel(enum.Enum):
    MISSING = object()


class Planet(enum.Enum):
    EARTH = (5.9, 6.3)
    MARS = (0.6, 3.3)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


class Day(dt.date, enum.Enum):
    FIRST = 2020, 1, 1
    LAST = 2020, 12, 31


class Twins(enum.Enum):
    """Members whose values equal each other and are of two types are one; these are two."""

    ONE = "1"
    ALSO = 1


class Mode(enum.Flag):
    READ = 1
    WRITE = 2
    RUN = 4
    BOTH = READ | WRITE


class OtherMode(enum.Flag):
    READ = 1


class Bits(enum.IntFlag):
    A = 1
    B = 2


class Kept(enum.Flag, boundary=enum.KEEP):
    A = 1


class MyPartial(functools.partial):
    pass


class SlottedPartial(functools.partial):
    __slots__ = ("note",)


class Methods:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self, *args):
        return self

    def other(self):
        return self

    @classmethod
    def of_class(cls):
        return cls

    @staticmethod
    def static():
        return 1

    half = functools.partialmethod(method, 1)

    @property
    def prop(self):
        return 1

    @prop.setter
    def prop(self, value):
        pass


class SubMethods(Methods):
    pass


class Failure(Exception):
    pass


class SlottedFailure(Exception):
    __slots__ = ("code",)


class OtherArguments(Exception):
    def __init__(self, name, code):
        super().__init__(f"{name}: {code}")
        self.name = name
        self.code = code


class KeywordFailure(Exception):
    def __init__(self, *, code):
        super().__init__()
        self.code = code


class MyGroup(ExceptionGroup):
    def derive(self, errors):
        return MyGroup(self.message, errors)


class MyRandom(random.Random):
    pass


class MyMessage(email.message.Message):
    pass


class MyTemplate(string.Template):
    delimiter = "#"


class MyArguments(argparse.Namespace):
    pass


class MyBoundArguments(inspect.BoundArguments):
    pass


class Visitor(ast.NodeVisitor):
    pass


def function(a, b: int = 2, /, c="c", *rest, d, e=None, **options) -> str:
    return ""


def twin(a, b: int = 2, /, c="c", *rest, d, e=None, **options) -> str:
    return "other"


def with_attributes(value, **attributes):
    for name, content in attributes.items():
        setattr(value, name, content)
    return value


def raised(error):
    """Return the error after it went up through a frame."""
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001
        return caught


def handled(error, cause=None):
    """Return the error raised while another one was handled."""
    try:
        try:
            raise KeyError("context")
        except KeyError:
            raise error from cause
    except Exception as caught:  # noqa: BLE001
        return caught


def caused(error, cause):
    error.__cause__ = cause
    return error


def noted(error, *notes):
    for note in notes:
        error.add_note(note)
    return error


def computed(address):
    """Return the network after it was asked for all that it computes and keeps."""
    hash(address)
    str(address)
    return address.broadcast_address, address.hostmask, address.is_private, address.num_addresses, address


def used(path):
    hash(path)
    return str(path), path.parts, path.name, os.fspath(path), path


def context(flag=None, **options):
    made = decimal.Context(prec=7, **options)
    if flag:
        made.flags[flag] = True
    return made


def drawn(generator, times=1):
    for _ in range(times):
        generator.random()
    return generator


def gauss(generator):
    generator.gauss(0, 1)
    return generator


def configured(text):
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return parser


def raw_configured(text):
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def cookies(text):
    return http.cookies.SimpleCookie(text)


def message(*headers, payload="text"):
    made = email.message.Message()
    for name, value in headers:
        made[name] = value
    made.set_payload(payload)
    return made


def numbers():
    yield D("0.1"), D(0.1), False, "what a float really is"
    yield D("1"), D("1.0"), False, "a zero after the point"
    yield D("-0.0"), D("-0"), False, "a zero after the point of a minus zero"
    yield D("0"), D("0E+3"), False, "the exponent of zero"
    yield D("1E+1000"), D("1E+1001"), False, "large exponents"
    yield D("1E+3"), D("1e3"), True, "spellings of an exponent"
    yield D(" 1_000 "), D(1000), True, "underscores and blanks in a number"
    yield D("Infinity"), D("-Infinity"), False, "the sign of infinity"
    yield D("Infinity"), D("inf"), True, "spellings of infinity"
    yield D("Infinity"), D("NaN"), False, "infinity is not NaN"
    yield D("sNaN"), D("Infinity"), False, "nor is it a signalling one"
    yield D((0, (1, 2), -1)), D("1.2"), True, "a Decimal of a tuple"
    yield D("1" * 100), D("1" * 100) + 0, False, "what the context rounds"
    yield D("9" * 5000), D("9" * 4999 + "8"), False, "5,000 digits"
    yield D(1), True, False, "a Decimal is not a bool"
    yield D("0.5"), fractions.Fraction(1, 2), False, "a Decimal is not a Fraction"
    yield MyDecimal(1), D(1), False, "a subclass of Decimal"
    yield MyDecimal(1), with_attributes(MyDecimal(1), unit="m"), False, "attributes of a Decimal"
    yield LyingDecimal(2), LyingDecimal(3), False, "a Decimal, whatever as_tuple says"
    yield decimal.Context(prec=5), decimal.Context(prec=5), True, "equal contexts"
    yield decimal.Context(prec=5), decimal.Context(prec=6), False, "the precision of a context"
    yield context(rounding=decimal.ROUND_UP), context(rounding=decimal.ROUND_DOWN), False, "rounding"
    yield context(traps=[decimal.Inexact]), context(traps=[]), False, "traps of a context"
    yield context(capitals=0), context(capitals=1), False, "capitals of a context"
    yield context(), context().copy(), True, "a copied context"
    yield fractions.Fraction(-1, 2), fractions.Fraction(1, -2), True, "the sign of a fraction"
    yield fractions.Fraction(1, 2), fractions.Fraction(-1, 2), False, "the other sign of a fraction"
    yield fractions.Fraction(10**50, 3), fractions.Fraction(10**50 + 1, 3), False, "a large fraction"
    yield fractions.Fraction("0.25"), fractions.Fraction(1, 4), True, "a fraction of a text"
    yield fractions.Fraction(0.1), fractions.Fraction("0.1"), False, "a fraction of a float"
    yield fractions.Fraction(1, 2), 0.5, False, "a fraction is not a float"
    yield MyFraction(1, 2), fractions.Fraction(1, 2), False, "a subclass of Fraction"
    yield MyFraction(1, 2), with_attributes(MyFraction(1, 2), unit="m"), False, "attributes of a Fraction"
    yield LyingFraction(1, 3), LyingFraction(1, 4), False, "a Fraction, whatever the properties say"
    yield statistics.NormalDist(0, 1), statistics.NormalDist(0, 1), True, "equal distributions"
    yield statistics.NormalDist(0, 1), statistics.NormalDist(0, 2), False, "distributions differ"


def dates():
    utc, berlin = dt.UTC, zoneinfo.ZoneInfo("Europe/Berlin")
    hour = dt.timezone(dt.timedelta(hours=1))
    day = (2024, 2, 29)
    yield dt.date(*day), dt.date.fromisoformat("2024-02-29"), True, "a date of a text"
    yield dt.date.min, dt.date.max, False, "the ends of time"
    yield dt.date(*day), dt.datetime(*day), False, "a date is not a midnight"
    yield dt.date(*day), "2024-02-29", False, "a date is not its text"
    yield dt.date(1, 2, 3), (1, 2, 3), False, "a date is not a tuple"
    yield dt.datetime(*day, 1), dt.datetime(*day, 0, 1), False, "an hour is not a minute"
    yield dt.datetime(*day, tzinfo=utc), dt.datetime(*day, 1, tzinfo=hour), False, "one moment in two zones"
    yield (
        dt.datetime(*day, tzinfo=utc),
        dt.datetime(*day, tzinfo=zoneinfo.ZoneInfo("UTC")),
        False,
        "kinds of zones",
    )
    yield dt.datetime(*day, tzinfo=berlin), dt.datetime(*day, tzinfo=copy.deepcopy(berlin)), True, "a copied zone"
    yield (
        dt.datetime(*day, tzinfo=hour),
        dt.datetime(*day, tzinfo=dt.timezone(dt.timedelta(0, 3600))),
        True,
        "zones",
    )
    yield dt.datetime(*day, fold=1), dt.datetime(*day).replace(fold=1), True, "a fold set later"
    yield dt.datetime.max, dt.datetime(9999, 12, 31, 23, 59, 59, 999999), True, "the last moment"
    yield dt.datetime(*day, tzinfo=Zone(1)), dt.datetime(*day, tzinfo=Zone(1)), True, "a zone of one's own"
    yield dt.datetime(*day, tzinfo=Zone(1)), dt.datetime(*day, tzinfo=Zone(2)), False, "what such a zone holds"
    yield Zone(1), with_attributes(Zone(1), more=1), False, "attributes of a zone"
    yield (
        with_attributes(SlottedZone(1), note=1),
        with_attributes(SlottedZone(1), note=2),
        False,
        "slots of a zone",
    )
    yield Zone(1), SlottedZone(1), False, "zones differ by class"
    yield MyDatetime(*day), dt.datetime(*day), False, "a subclass of datetime"
    yield MyDatetime(*day), with_attributes(MyDatetime(*day), unit=1), False, "attributes of a datetime"
    yield MyDatetime(*day), MyDatetime(*day, fold=1), False, "the fold of a subclass"
    slotted = with_attributes(SlottedDatetime(*day), note=1)
    yield slotted, with_attributes(SlottedDatetime(*day), note=2), False, "a slot of a datetime"
    yield FiscalDate(2023, 10, 1), FiscalDate(2024, 10, 1), False, "years of one's own"
    yield FiscalDate(2023, 10, 1), FiscalDate(2024, 9, 1), False, "months of a year of one's own"
    yield TimelessDate(2023, 10, 1), TimelessDate(2024, 9, 2), False, "a date, whatever its properties say"
    yield TimelessMoment(2023, 1, 1), TimelessMoment(2024, 1, 1), False, "a moment, whatever its properties say"
    yield TimelessMoment(*day), TimelessMoment(*day, tzinfo=utc), False, "a zone, whatever the property says"
    yield TimelessTime(1), TimelessTime(2), False, "a time, whatever its properties say"
    yield dt.date(2024, 10, 1), dt.date(2023, 10, 1), False, "years"
    yield dt.time(1), dt.time(0, 1), False, "hours and minutes"
    yield dt.time(1), dt.time(1, tzinfo=hour), False, "a time with a zone"
    yield dt.time(1, tzinfo=berlin), dt.time(1, tzinfo=hour), False, "times in two zones"
    yield dt.time(), dt.time.min, True, "midnight"
    yield MyTime(1), dt.time(1), False, "a subclass of time"
    yield MyTime(1), with_attributes(MyTime(1), unit=1), False, "attributes of a time"
    yield dt.timedelta(-1, 86399), dt.timedelta(seconds=-1), True, "a negative duration"
    yield dt.timedelta(microseconds=1), dt.timedelta(milliseconds=1), False, "microseconds and milliseconds"
    yield dt.timedelta(0), 0, False, "a duration is not a number"
    yield dt.timedelta(seconds=1), dt.time(0, 0, 1), False, "a duration is not a time"
    yield MyDelta(1), dt.timedelta(1), False, "a subclass of timedelta"
    yield MyDelta(1), with_attributes(MyDelta(1), unit=1), False, "attributes of a timedelta"
    yield LyingDelta(1), LyingDelta(2), False, "a duration, whatever days says"
    yield hour, dt.timezone(dt.timedelta(hours=-1)), False, "the sign of a zone"
    yield hour, dt.timezone(dt.timedelta(hours=1, microseconds=1)), False, "microseconds of a zone"
    yield dt.timezone(dt.timedelta(hours=1), "A"), dt.timezone(dt.timedelta(hours=1), "B"), False, "names of zones"
    yield utc, zoneinfo.ZoneInfo("UTC"), False, "UTC is of two types"
    yield zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo("Etc/UTC"), False, "names of one zone"
    yield berlin, "Europe/Berlin", False, "a zone is not its name"
    yield NamedZone("Europe/Berlin"), berlin, False, "a subclass of ZoneInfo"
    yield (
        NamedZone.no_cache("UTC"),
        with_attributes(NamedZone.no_cache("UTC"), a=1),
        False,
        "attributes of a ZoneInfo",
    )
    yield time.gmtime(0), time.gmtime(0), True, "equal times of the C library"
    yield time.gmtime(0), tuple(time.gmtime(0)), False, "a struct_time is not a tuple"
    yield (
        time.struct_time((0,) * 9, {"tm_zone": "A"}),
        time.struct_time((0,) * 9, {"tm_zone": "B"}),
        False,
        "what a struct_time shows by name only",
    )
    numbers_ = tuple(range(10))
    yield os.stat_result(numbers_), os.stat_result(numbers_), True, "equal results of stat"
    yield os.stat_result(numbers_), os.stat_result((*numbers_, 10.5)), False, "fractions of a second of stat"


def identifiers():
    yield uuid.UUID(int=1), uuid.UUID(bytes=bytes(15) + b"\1"), True, "a UUID of bytes"
    yield uuid.UUID(int=1), uuid.UUID("{00000000-0000-0000-0000-000000000001}"), True, "spellings of a UUID"
    yield uuid.UUID(int=1 << 127), uuid.UUID(int=1), False, "both ends of a UUID"
    yield uuid.UUID(int=1), 1, False, "a UUID is not an int"
    yield MyUUID(int=1), uuid.UUID(int=1), False, "a subclass of UUID"
    yield LyingUUID(int=2), LyingUUID(int=3), False, "a UUID, whatever its attribute says"
    yield uuid.NAMESPACE_DNS, uuid.NAMESPACE_URL, False, "two namespaces"
    address = ipaddress.ip_address
    yield address("fe80::1%eth0"), address("fe80::1%eth1"), False, "the scope of an address"
    yield address("fe80::1%eth0"), address("fe80::1"), False, "an address without a scope"
    yield address("::1"), address("0:0:0:0:0:0:0:1"), True, "spellings of an address"
    yield address("::ffff:1.2.3.4"), address("1.2.3.4"), False, "an address in another"
    yield address("1.2.3.4"), "1.2.3.4", False, "an address is not its text"
    yield address("1.2.3.4"), int(address("1.2.3.4")), False, "an address is not a number"
    yield address("0.0.0.1"), address("::1"), False, "versions of one number"
    network = ipaddress.ip_network
    yield network("10.0.0.0/8"), network("10.0.0.0/255.0.0.0"), True, "spellings of a network"
    yield network("10.0.0.0/32"), address("10.0.0.0"), False, "a network of one address"
    yield network("10.0.0.0/8"), computed(network("10.0.0.0/8"))[-1], True, "what a network has computed"
    yield network("::/8"), computed(network("::/8"))[-1], True, "what a network of version 6 has computed"
    yield network("::/64"), network("::/63"), False, "networks of version 6"
    yield MyNetwork("10.0.0.0/8"), computed(MyNetwork("10.0.0.0/8"))[-1], True, "what a subclass has computed"
    yield MyNetwork("10.0.0.0/8"), network("10.0.0.0/8"), False, "a subclass of a network"
    yield MyNetwork("10.0.0.0/8"), with_attributes(MyNetwork("10.0.0.0/8"), a=1), False, "attributes of a network"
    yield LyingNetwork("::/8"), LyingNetwork("::/9"), False, "a network, whatever its text says"
    yield ipaddress.ip_interface("1.2.3.4/24"), ipaddress.ip_interface("1.2.3.5/24"), False, "interfaces differ"
    yield (
        ipaddress.ip_interface("1.2.3.4/24"),
        ipaddress.ip_interface("1.2.3.4/25"),
        False,
        "prefixes of interfaces",
    )
    yield (
        ipaddress.ip_interface("::1%1/64"),
        ipaddress.ip_interface("::1%2/64"),
        False,
        "the scope of an interface",
    )
    yield MyAddress("1.2.3.4"), address("1.2.3.4"), False, "a subclass of an address"
    yield MyAddress("1.2.3.4"), with_attributes(MyAddress("1.2.3.4"), a=1), False, "attributes of an address"
    yield LyingAddress("1.2.3.4"), LyingAddress("1.2.3.5"), False, "an address, whatever its text says"
    pure, windows = pathlib.PurePosixPath, pathlib.PureWindowsPath
    yield pure("a/./b"), pure("a/b"), True, "a dot in a path"
    yield pure("a/../b"), pure("b"), False, "two dots in a path"
    yield pure("//a"), pure("/a"), False, "two slashes at the beginning"
    yield pure("///a"), pure("/a"), True, "three slashes at the beginning"
    yield pure("a/"), pure("a"), True, "a slash at the end"
    yield pure("a", "b"), pure("a/b"), True, "parts of a path"
    yield pure("a") / "b", pure("a/b"), True, "joined paths"
    yield pure(), pure("."), True, "an empty path"
    yield pure("/"), pure(), False, "the root"
    yield pure("\udcff"), pure("\xff"), False, "undecodable bytes in a path"
    yield pure("a\\b"), windows("a\\b"), False, "a backslash in a name"
    yield windows("a/b"), windows("a\\b"), True, "slashes of Windows"
    yield windows("C:a"), windows("C:/a"), False, "a path on a drive"
    yield pathlib.Path("a"), pathlib.PosixPath("a"), os.name == "posix", "the path of this system"
    yield pure("a/b"), used(pure("a/b"))[-1], True, "what a path has computed"
    yield MyPath("a"), pure("a"), False, "a subclass of a path"
    yield MyPath("a"), with_attributes(MyPath("a"), note=1), False, "attributes of a path"
    yield MyPath("a/b"), used(MyPath("a/b"))[-1], True, "what a subclass of a path has computed"
    yield LyingPath("a"), LyingPath("b"), False, "a path, whatever its text says"
    yield [pathlib.Path("a")], [pathlib.Path("b")], False, "paths in a list"
    yield {pathlib.Path("a"): 1}, {"a": 1}, False, "a path as a key"


def patterns():
    yield re.compile("a", re.I), re.compile("a", re.IGNORECASE), True, "names of one flag"
    yield re.compile("a", re.I | re.M), re.compile("a", re.M | re.I), True, "flags have no order"
    yield re.compile("a", re.A), re.compile("a"), False, "a flag for ASCII"
    yield re.compile("a", re.U), re.compile("a"), True, "a flag that is always set"
    yield re.compile("(?i)a"), re.compile("a", re.I), False, "a flag in the text"
    yield re.compile("(?P<x>a)"), re.compile("(?P<y>a)"), False, "names of groups"
    yield re.compile("a b", re.X), re.compile("ab", re.X), False, "blanks that do not count"
    yield re.compile(b"a"), re.compile(b"b"), False, "patterns of bytes"
    yield re.compile("\ud800"), re.compile("\ud800"), True, "a surrogate in a pattern"
    yield re.compile("a"), "a", False, "a pattern is not its text"
    yield re.compile(MyStr("ab")), re.compile(MyStr("ab")), True, "a pattern made of a subclass of str"
    yield re.compile("a" * 100_000), re.compile("a" * 99_999 + "b"), False, "a long pattern"
    yield struct.Struct("<i"), struct.Struct(">i"), False, "byte order of a Struct"
    yield struct.Struct("<i"), struct.Struct("<i"), True, "equal Structs"
    yield struct.Struct("ii"), struct.Struct("2i"), False, "how a format is written"
    yield LyingStruct("i"), LyingStruct("q"), False, "a Struct, whatever format says"
    yield MyStruct("i"), struct.Struct("i"), False, "a subclass of Struct"
    yield string.Template("$a"), string.Template("$a"), True, "equal templates"
    yield string.Template("$a"), string.Template("$b"), False, "templates differ"
    yield string.Template("$a"), MyTemplate("$a"), False, "templates differ by class"
    yield string.Formatter(), string.Formatter(), True, "formatters"
    yield textwrap.TextWrapper(), textwrap.TextWrapper(70), True, "defaults of a wrapper"
    yield textwrap.TextWrapper(), textwrap.TextWrapper(71), False, "the width of a wrapper"
    yield csv.excel(), csv.excel_tab(), False, "dialects differ by class"
    yield (
        logging.LoggerAdapter(logging.getLogger("a"), {"x": 1}),
        logging.LoggerAdapter(logging.getLogger("a"), {"x": 2}),
        False,
        "what an adapter adds",
    )
    yield logging.Formatter("%(message)s"), logging.Formatter("%(name)s"), False, "formats of a log"


def enums():
    yield Level.LOW, OtherLevel.LOW, False, "members of two classes"
    yield Level.LOW, Level(1), True, "a member by its value"
    yield Level["HIGH"], Level.HIGH, True, "a member by its name"
    yield Level.LOW, True, False, "a member is not True"
    yield Word.B, Word("b"), True, "an automatic value"
    yield Word.A, Mixed.A, False, "enums of str"
    yield Mixed.A, "a", False, "a member that is a str"
    yield Mutable.LIST, Mutable.EMPTY, False, "values that are lists"
    yield Mutable.DICT, Mutable({"a": 1}), True, "a member by a value that is a dict"
    yield Mutable.LIST, [1], False, "a member is not its list"
    yield Sentinel.MISSING, Sentinel.MISSING, True, "a member that is only a mark"
    yield Planet.EARTH, Planet.MARS, False, "members with attributes"
    yield Planet.EARTH, Planet((5.9, 6.3)), True, "a member by its tuple"
    yield Day.FIRST, Day.LAST, False, "members that are dates"
    yield Day.FIRST, dt.date(2020, 1, 1), False, "a member is not its date"
    yield Twins.ONE, Twins.ALSO, False, "values of two types"
    yield Mode.BOTH, Mode.READ | Mode.WRITE, True, "a composite alias"
    yield Mode.BOTH, Mode(3), True, "a composite by its value"
    yield Mode(0), Mode.READ & Mode.WRITE, True, "no flag"
    yield Mode(0), 0, False, "no flag is not 0"
    yield ~Mode.READ, Mode.WRITE | Mode.RUN, True, "all other flags"
    yield ~Mode.READ, Mode.WRITE, False, "all other flags are two"
    yield Mode.READ, OtherMode.READ, False, "flags of two classes"
    yield Mode.READ | Mode.RUN, Mode.RUN | Mode.READ, True, "a combination without a name"
    yield Bits.A | Bits.B, Bits(3), True, "combined int flags"
    yield Bits.A, 1, False, "an int flag is not an int"
    yield Bits(8), Bits(16), False, "unknown bits"
    yield Bits.A | 8, Bits.A, False, "an unknown bit beside a known one"
    yield Kept(8), Kept(9), False, "kept bits"
    yield Level, OtherLevel, False, "the classes of enums"
    yield {Level.LOW: 1}, {1: 1}, False, "members as keys"
    yield {Word.A}, {"a"}, False, "members in a set"
    yield http.HTTPStatus.OK, 200, False, "a status is not its number"
    yield http.HTTPStatus.OK, http.HTTPStatus(200), True, "a status by its number"
    yield list(Level), [Level.LOW, Level.HIGH], True, "all members"
    yield re.RegexFlag(0), re.RegexFlag.I, False, "flags of the library"


def callables():
    part = functools.partial
    yield part(int, base=2), part(int, base=2), True, "equal keywords of a partial"
    yield part(function, d=1, e=2), part(function, e=2, d=1), False, "the order of keywords"
    yield part(part(function, 1), 2), part(function, 1, 2), True, "a partial of a partial"
    yield part(part(function, d=1), d=2), part(function, d=2), True, "a keyword given twice"
    yield part(function, [1]), part(function, [2]), False, "arguments of a partial"
    yield part(function, (1, 2)), part(function, 1, 2), False, "one tuple is not two arguments"
    yield part(function, {"d": 1}), part(function, d=1), False, "a dict is not keywords"
    yield part(function, 1), with_attributes(part(function, 1), note=1), False, "attributes of a partial"
    yield MyPartial(function, 1), part(function, 1), False, "a subclass of partial"
    yield MyPartial(function, 1), with_attributes(MyPartial(function, 1), note=1), False, "its attributes"
    slotted = with_attributes(SlottedPartial(function), note=1)
    yield slotted, with_attributes(SlottedPartial(function), note=2), False, "its slots"
    yield LyingPartial(function, 1), LyingPartial(function, 2), False, "a partial, whatever args says"
    yield LyingPartial(function, d=1), LyingPartial(function, d=2), False, "a partial, whatever keywords says"
    yield part(part(function)), part(function), True, "a partial that adds nothing"
    yield functools.partialmethod(function, 1), functools.partialmethod(function, 1), True, "partial methods"
    yield functools.partialmethod(function, 1), functools.partialmethod(function, 2), False, "their arguments"
    yield Methods(a=1).half, Methods(a=1).half, True, "a bound partial method"
    yield Methods(a=1).half, Methods(a=2).half, False, "to what a partial method is bound"
    yield operator.itemgetter(1, 2), operator.itemgetter((1, 2)), False, "two items are not one"
    yield operator.itemgetter(1, 2), operator.itemgetter(2, 1), False, "the order of items"
    yield operator.itemgetter(1), operator.itemgetter(True), False, "types of items"
    yield operator.itemgetter(slice(1)), operator.itemgetter(slice(2)), False, "slices as items"
    yield operator.attrgetter("a.b"), operator.attrgetter("a", "b"), False, "a path is not two names"
    yield operator.attrgetter("a", "b"), operator.attrgetter("a", "b"), True, "equal getters of attributes"
    yield operator.attrgetter("a"), operator.itemgetter("a"), False, "kinds of getters"
    yield operator.methodcaller("a"), operator.attrgetter("a"), False, "a caller is not a getter"
    yield operator.methodcaller("a", x=1), operator.methodcaller("a", x=1), True, "keywords of a caller"
    yield operator.methodcaller("a", x=1), operator.methodcaller("a", 1), False, "how a caller is given them"
    yield operator.methodcaller("a", x=1, y=2), operator.methodcaller("a", y=2, x=1), False, "in which order"
    yield Methods(a=1).method, Methods(a=1).other, False, "which method"
    yield Methods(a=1).method, Methods.method, False, "a bound method is not the function"
    yield Methods(a=1).method, SubMethods(a=1).method, False, "to an instance of which class"
    yield Methods.of_class, SubMethods.of_class, False, "to which class"
    yield Methods.of_class, Methods(a=1).of_class, True, "a class method by an instance"
    yield Methods.static, Methods().static, True, "a static method by an instance"
    yield types.MethodType(function, 1), types.MethodType(function, 2), False, "a function bound to anything"
    yield types.MethodType(function, 1), part(function, 1), False, "a bound function is not a partial"
    yield types.MethodType(len, [1]), types.MethodType(len, [1]), True, "a bound built-in function"
    yield {"a": 1}.get, {"a": 1}.get, True, "a method of a dict"
    yield {"a": 1}.get, {"a": 2}.get, False, "a method of another dict"
    yield "a".join, "b".join, False, "a method of a str"
    yield "a".join, "a".strip, False, "methods of a str"
    yield (1).__add__, (2).__add__, False, "a special method of an int"
    yield (1).__add__, (1).__sub__, False, "special methods of an int"
    yield int.__add__, int.__sub__, False, "special methods of a class"
    yield int.__add__, float.__add__, False, "special methods of two classes"
    yield int.from_bytes, int.fromhex if hasattr(int, "fromhex") else bytes.fromhex, False, "class methods"
    yield dict.__dict__["fromkeys"], dict.fromkeys, False, "a descriptor is not bound"
    yield str.maketrans, bytes.maketrans, False, "static methods of two classes"
    yield int.real, int.imag, False, "attributes of int"
    yield re.compile("a").match, re.compile("a").match, True, "a method of a pattern"
    yield re.compile("a").match, re.compile("b").match, False, "a method of another pattern"
    yield re.compile("a").match, re.compile("a").search, False, "methods of a pattern"
    yield Methods.__dict__["prop"], Methods.__dict__["prop"], True, "a property"
    yield Methods.__dict__["prop"], property(Methods.__dict__["prop"].fget), False, "without its setter"
    yield Methods.__dict__["static"], Methods.static, False, "a staticmethod is not its function"
    yield Methods.__dict__["static"], Methods.__dict__["of_class"], False, "static or of the class"
    yield len, operator.length_hint, False, "functions of two modules"
    yield math.sqrt, math.cbrt, False, "functions of a module in C"
    yield math, "math", False, "a module is not its name"
    yield os.path, math, False, "modules"
    yield object, type, False, "object is not type"
    yield type(None), None, False, "a class is not its only instance"
    yield collections.abc.Mapping, typing.Mapping, False, "a class is not its alias"
    yield inspect.signature(function), inspect.signature(function), True, "signatures"
    yield inspect.signature(function), inspect.signature(twin), True, "signatures of two functions"
    yield inspect.signature(function), inspect.signature(len), False, "signatures differ"
    yield (
        inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY),
        inspect.Parameter("a", inspect.Parameter.POSITIONAL_ONLY),
        False,
        "kinds of parameters",
    )
    yield (
        inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY, default=None),
        inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY),
        False,
        "None is a default",
    )
    bound = inspect.signature(function).bind(1, 2, d=3)
    yield bound, inspect.signature(function).bind(1, 2, d=3), True, "bound arguments"
    yield bound, inspect.signature(function).bind(1, 2, d=4), False, "bound arguments differ"


def annotations():
    yield list[int], typing.List[int], False, "list and List"
    yield list[int], list, False, "list of what"
    yield dict[str, int], dict[int, str], False, "keys and values"
    yield dict[str, list[int]], dict[str, list[int]], True, "nested aliases"
    yield tuple[int, ...], tuple[int], False, "any number or one"
    yield tuple[()], tuple, False, "a tuple of nothing"
    yield tuple[int, str], tuple[str, int], False, "the order in a tuple"
    yield type[int], int, False, "a type of int"
    yield typing.Optional[int], typing.Union[int, None], True, "Optional is a Union"
    yield typing.Optional[int], typing.Optional[str], False, "optional what"
    yield typing.Union[int, int], int, True, "a Union of one"
    yield typing.Union[int, str, None], typing.Optional[typing.Union[int, str]], True, "flat Unions"
    yield int | str, int | str, True, "equal unions by |"
    yield int | str | None, int | None, False, "members of a union"
    yield typing.Literal[1], typing.Literal[2], False, "literals differ"
    yield typing.Literal[1], typing.Literal[True], False, "types of literals"
    yield typing.Literal["a", "b"], typing.Literal["a", "b"], True, "equal literals"
    yield typing.Literal[Level.LOW], typing.Literal[1], False, "a member as a literal"
    yield typing.Annotated[int, 1], typing.Annotated[int, 2], False, "metadata"
    yield typing.Annotated[int, 1], int, False, "metadata count"
    yield typing.Annotated[int, [1]], typing.Annotated[int, [1]], True, "metadata of any type"
    yield typing.Annotated[int, 1, 2], typing.Annotated[typing.Annotated[int, 1], 2], True, "flat metadata"
    yield T, T, True, "a type variable"
    yield T, Bound, False, "type variables differ"
    yield T, "T", False, "a type variable is not its name"
    yield P, Q, False, "parameter specifications differ"
    yield Many, Many, True, "a variable of many types"
    yield typing.List[T], typing.List[Bound], False, "variables in an alias"
    yield typing.List[T][int], typing.List[int], True, "a variable filled in"
    yield typing.Unpack[Many], typing.Unpack[Many], True, "an unpacked variable"
    yield tuple[typing.Unpack[Many]], tuple[T], False, "an unpacked variable in a tuple"
    unpacked = next(iter(tuple[int, ...]))
    yield unpacked, next(iter(tuple[int, ...])), True, "an unpacked tuple"
    yield unpacked, next(iter(tuple[str, ...])), False, "unpacked tuples differ"
    yield unpacked, tuple[int, ...], False, "an unpacked tuple is not the tuple"
    yield UserId, OtherId, False, "new types of one type"
    yield UserId, int, False, "a new type is not the old one"
    yield typing.ForwardRef("int"), typing.ForwardRef("int"), True, "equal forward references"
    yield typing.ForwardRef("int"), typing.ForwardRef("str"), False, "forward references differ"
    yield typing.List["int"], typing.List[int], False, "a forward reference is not the class"
    yield list["int"], list[int], False, "a text is not the class"
    call = typing.Callable
    yield call[[int], str], call[[int], str], True, "equal callables"
    yield call[[int], str], call[[str], int], False, "arguments and results"
    yield call[[], int], call[..., int], False, "no argument or any"
    yield call[[int, str], None], call[[str, int], None], False, "the order of arguments"
    yield call[P, int], call[Q, int], False, "a specification of arguments"
    yield call[typing.Concatenate[int, P], int], call[P, int], False, "arguments before others"
    native = collections.abc.Callable
    yield native[[int], str], native[[int], str], True, "equal native callables"
    yield native[[int], str], call[[int], str], False, "native or not"
    yield native[[int], str], native[[int, str], None], False, "native callables differ"
    yield typing.ClassVar[int], typing.Final[int], False, "special forms of int"
    yield typing.NoReturn, typing.Never, False, "forms without arguments"
    yield typing.Type[int], type[int], False, "Type and type"
    yield typing.Dict, typing.Dict[str, int], False, "bare Dict"
    yield typing.Any, object, False, "Any is not object"
    yield collections.OrderedDict[str, int], dict[str, int], False, "aliases of two classes"
    yield types.GenericAlias(list, int), list[int], True, "an alias made by hand"
    yield typing.Generic[T], typing.Generic[Bound], False, "generic in what"
    yield typing.Protocol[T], typing.Generic[T], False, "a protocol of a variable"


def exceptions():
    error = ValueError
    yield error("a"), error(b"a"), False, "arguments by type"
    yield error(), error(None), False, "None as an argument"
    yield error("a", "b"), error(("a", "b")), False, "one tuple is not two arguments of an error"
    yield error("a"), raised(error("a")), True, "a traceback does not count"
    yield raised(error("a")), raised(raised(error("a"))), True, "nor does a longer one"
    yield error("a"), Failure("a"), False, "errors of two classes"
    yield Failure([1]), Failure([1]), True, "anything as an argument"
    yield Failure(1), with_attributes(Failure(1), code=1), False, "attributes of an error"
    yield with_attributes(Failure(1), a=1, b=2), with_attributes(Failure(1), b=2, a=1), True, "their order"
    yield noted(error("a"), "n"), error("a"), False, "notes"
    yield noted(error("a"), "n", "m"), noted(error("a"), "m", "n"), False, "the order of notes"
    yield noted(error("a"), "n"), noted(error("a"), "n"), True, "equal notes"
    yield SlottedFailure(1), with_attributes(SlottedFailure(1), code=1), False, "a slot of an error"
    slotted = with_attributes(SlottedFailure(1), code=1)
    yield slotted, with_attributes(SlottedFailure(1), code=2), False, "what is in a slot of an error"
    yield OtherArguments("a", 1), OtherArguments("a", 1), True, "arguments that are not passed on"
    yield OtherArguments("a: b", 1), OtherArguments("a", "b: 1"), False, "behind one message"
    yield KeywordFailure(code=1), KeywordFailure(code=2), False, "arguments by keyword"
    yield OSError(2, "a"), FileNotFoundError(2, "a"), True, "the class that errno chooses"
    yield OSError(2, "a", "f"), OSError(2, "a", "g"), False, "names of files"
    yield OSError(2, "a", "f", None, "g"), OSError(2, "a", "f"), False, "a second file"
    yield OSError("a"), OSError("b"), False, "an error of the system without a number"
    yield KeyError("a"), KeyError("a"), True, "an error of a key"
    yield StopIteration(1), StopIteration(2), False, "what a generator returned"
    yield SystemExit(1), SystemExit(2), False, "an exit code"
    yield ImportError("a", name="b"), ImportError("a", name="c"), False, "the name of a module"
    yield ImportError("a", path="b"), ImportError("a"), False, "the path of a module"
    yield SyntaxError("a", ("f", 1, 2, "x")), SyntaxError("a", ("f", 2, 2, "x")), False, "the line of an error"
    yield with_attributes(SyntaxError("a"), lineno=1), SyntaxError("a"), False, "a line set later"
    yield UnicodeDecodeError("u", b"a", 0, 1, "r"), UnicodeDecodeError("u", b"b", 0, 1, "r"), False, "of bytes"
    start = with_attributes(UnicodeDecodeError("u", b"abc", 0, 1, "r"), start=1)
    yield start, UnicodeDecodeError("u", b"abc", 0, 1, "r"), False, "a beginning set later"
    yield AttributeError("a", name="b"), AttributeError("a", name="c"), False, "the name of an attribute"
    yield AttributeError("a", obj=1), AttributeError("a", obj=2), False, "the object without an attribute"
    yield NameError("a", name="b"), NameError("a", name="c"), False, "the name that was not found"
    yield error("a"), handled(error("a")), True, "nor does what was handled meanwhile"
    yield error("a"), caused(error("a"), KeyError()), False, "a cause"
    yield caused(error("a"), KeyError(1)), caused(error("a"), KeyError(2)), False, "causes differ"
    yield (
        handled(error("a"), KeyError(1)),
        caused(error("a"), KeyError(1)),
        True,
        "a cause of a raised error",
    )
    group = ExceptionGroup
    yield group("a", [error(1)]), group("a", [error(1)]), True, "equal groups"
    yield group("a", [error(1)]), group("b", [error(1)]), False, "messages of groups"
    yield group("a", [error(1)]), group("a", [error(2)]), False, "errors in groups"
    yield group("a", [error(1), KeyError()]), group("a", [KeyError(), error(1)]), False, "their order in a group"
    yield group("a", [group("b", [error(1)])]), group("a", [error(1)]), False, "groups in groups"
    yield group("a", [error(1)]), raised(group("a", [raised(error(1))])), True, "a group that was raised"
    yield group("a", [error(1)]), MyGroup("a", [error(1)]), False, "groups differ by class"
    yield group("a", [error(1)]), noted(group("a", [error(1)]), "n"), False, "notes of a group"
    yield BaseExceptionGroup("a", [KeyboardInterrupt()]), group("a", [error()]), False, "groups of interruptions"
    yield Warning("a"), UserWarning("a"), False, "warnings"
    yield ValueError, ValueError(), False, "a class is not an error"


def state_of_the_library():
    yield random.Random(1), random.Random(1), True, "equal generators of numbers"
    yield random.Random(1), random.Random(2), False, "seeds"
    yield random.Random(1), drawn(random.Random(1)), False, "what was drawn"
    yield drawn(random.Random(1), 700), drawn(random.Random(1), 700), True, "what was drawn often"
    yield gauss(random.Random(1)), gauss(random.Random(1)), True, "what gauss keeps for later"
    yield random.Random(1), MyRandom(1), False, "a subclass of Random"
    yield MyRandom(1), with_attributes(MyRandom(1), note=1), False, "attributes of a Random"
    yield argparse.Namespace(a=1, b=2), argparse.Namespace(b=2, a=1), True, "options have no order"
    yield argparse.Namespace(a=1), argparse.Namespace(a="1"), False, "types of options"
    yield argparse.Namespace(a=1), types.SimpleNamespace(a=1), False, "namespaces of two kinds"
    yield MyArguments(a=1), argparse.Namespace(a=1), False, "a subclass of argparse.Namespace"
    yield ast.parse("x + 1"), ast.parse("x  +  1"), False, "where a node stands"
    yield ast.parse("x + 1"), ast.parse("x + 1"), True, "equal trees"
    yield ast.parse("x + 1"), ast.parse("x - 1"), False, "trees differ"
    yield ast.Constant(1), ast.Constant(1.0), False, "types of constants"
    yield ast.Constant(1), ast.Constant(True), False, "constants True and 1"
    yield ast.Name("a", ast.Load()), ast.Name("a", ast.Store()), False, "how a name is used"
    yield configured("[a]\nb = 1"), configured("[a]\nb = 1"), True, "equal configurations"
    yield configured("[a]\nb = 1"), configured("[a]\nb = 2"), False, "configurations differ"
    yield configured("[a]\n[b]"), configured("[b]\n[a]"), False, "the order of sections"
    yield configured("[a]"), raw_configured("[a]"), False, "raw or not"
    yield cookies("a=1"), cookies("a=1"), True, "equal cookies"
    yield cookies("a=1"), cookies("a=2"), False, "cookies differ"
    yield cookies("a=1; Path=/"), cookies("a=1"), False, "the path of a cookie"
    yield message(("a", "b")), message(("a", "b")), True, "equal messages"
    yield message(("a", "b")), message(("a", "c")), False, "headers differ"
    yield message(("a", "b"), ("c", "d")), message(("c", "d"), ("a", "b")), False, "the order of headers"
    yield message(payload="x"), message(payload="y"), False, "what a message says"
    yield message(), MyMessage(), False, "messages differ by class"
    yield urllib.parse.urlsplit("http://a/b?c"), urllib.parse.urlsplit("http://a/b?d"), False, "addresses"
    yield (
        urllib.parse.urlsplit("http://a/b"),
        urllib.parse.urlparse("http://a/b"),
        False,
        "how an address is split",
    )
    yield urllib.parse.urlsplit("a"), urllib.parse.urlsplit(b"a"), False, "addresses in bytes"
    yield urllib.request.Request("http://a"), urllib.request.Request("http://a"), True, "equal requests"
    yield urllib.request.Request("http://a"), urllib.request.Request("http://b"), False, "requests differ"
    tree, other = ET.fromstring("<a b='1'><c/></a>"), ET.fromstring("<a b='2'><c/></a>")
    yield tree, ET.fromstring("<a b='1'><c/></a>"), True, "equal elements"
    yield tree, other, False, "attributes of elements"
    yield tree, ET.fromstring("<a b='1'><c/>d</a>"), False, "text after an element"
    yield tree, ET.fromstring("<a b='1'><c/><c/></a>"), False, "elements in elements"
    yield ET.ElementTree(tree), ET.ElementTree(other), False, "trees of elements"


FAMILIES = (
    numbers,
    dates,
    identifiers,
    patterns,
    enums,
    callables,
    annotations,
    exceptions,
    state_of_the_library,
)

# The library keeps these otherwise on some Pythons, so that their tokens need not be the same on all.
PER_PYTHON = frozenset(
    {
        "what an adapter adds",
        "where a node stands",
        "equal trees",
        "trees differ",
        "types of constants",
        "constants True and 1",
        "how a name is used",
        "equal configurations",
        "configurations differ",
        "the order of sections",
        "raw or not",
    }
)
