"""Pairs of values that must, or must not, have the same token, and the same tokens in other processes."""

# ruff: noqa: C406, DTZ001, FLY002, PIE796, PLR0915, PYI024 - these are values under test, in long tables.

from __future__ import annotations

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import ipaddress
import json
import math
import operator
import os
import pathlib
import re
import sys
import types
import typing
import uuid
import zoneinfo

import numpy as np
import pandas as pd
import pytest

from memo.hashing import digest, token

NAN = float("nan")
OTHER_NAN = math.copysign(NAN, -1.0)
MIB = 1 << 20


def code(thing):
    """Stand in for the fingerprint: a function, class or module is its name, wherever this file is imported."""
    return f"{type(thing).__name__}:{getattr(thing, '__qualname__', None) or thing.__name__}".encode()


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1


class Shade(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


class Word(enum.StrEnum):
    ONE = "1"


class Mode(enum.Flag):
    READ = 1
    WRITE = 2


Point = collections.namedtuple("Point", "x y")


class TypedPoint(typing.NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class Config:
    name: str
    size: int = 1
    hidden: object = dataclasses.field(default=None, compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    name: str
    size: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class OtherFrozen:
    name: str
    size: int = 1


class Loose(Frozen):
    """Has a dictionary that the methods of the slotted dataclass know nothing of."""


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self):
        return self


class OtherPlain(Plain):
    pass


class Slotted:
    __slots__ = ("__private", "a", "b")

    def __init__(self, a=None, private=None):
        if a is not None:
            self.a = a
        if private is not None:
            self.__private = private


class SlottedAndDict(Slotted):
    pass


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MyStr(str):
    __slots__ = ("note",)


class MyBytes(bytes):
    pass


class MyList(list):
    pass


class LyingList(list):
    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


class MyTuple(tuple):  # noqa: SLOT001 - it has a dictionary on purpose.
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyFrozenset(frozenset):
    pass


class MyArray(np.ndarray):
    pass


class MyDate(dt.date):
    pass


class MyFrame(pd.DataFrame):
    _metadata = ("unit",)

    @property
    def _constructor(self):
        return MyFrame


class Reduced:
    def __init__(self, value, cache=None):
        self.value = value
        self.cache = cache

    def __reduce__(self):
        return Reduced, (self.value,)


class WithState:
    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state


class Protocol:
    def __init__(self, key, noise):
        self.key = key
        self.noise = noise

    def __memo_hash__(self):
        return self.key


class OtherProtocol(Protocol):
    pass


class Sequence(list):
    """Reduces by list items."""

    def __reduce__(self):
        return Sequence, (), None, list.__iter__(self)


def function(x):
    return x


def other_function(x):
    return x


def with_attributes(value, **attributes):
    value.__dict__.update(attributes)
    return value


def with_slot(value, name, content):
    setattr(value, name, content)
    return value


def cycle(length, content=0):
    first = last = [content]
    for _ in range(length - 1):
        last.append([content])
        last = last[1]
    last.append(first)
    return first


def parent_with_children(*names):
    parent = Plain(name="parent")
    parent.children = [Plain(name=name, parent=parent) for name in names]
    return parent


def sharing_parent(name):
    parent = Plain(name="parent")
    child = Plain(name=name, parent=parent)
    parent.children = [child, child]
    return parent


def dag(depth, *, shared):
    node = [1]
    for _ in range(depth):
        node = [node, node] if shared else [node, [*node]]
    return node


def padded(filler):
    raw = np.frombuffer(bytearray([filler]) * 32, dtype=np.uint8).copy()
    table = raw.view(np.dtype([("a", "i1"), ("b", "f8")], align=True))
    table["a"], table["b"] = 1, 2.0
    return table


def objects(*values):
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def moved_to_end():
    ordered = collections.OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    return ordered


def grown_set(values):
    """Return a set whose table has seen other values, so that its order is another one."""
    grown = set(range(1000, 3000)) | set(values)
    return grown - set(range(1000, 3000))


def memory_map():
    path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"memo-pairs-{os.getpid()}.bin"
    mapped = np.memmap(path, dtype="f8", mode="w+", shape=(3, 4))
    mapped[:] = np.arange(12.0).reshape(3, 4)
    path.unlink()
    return mapped


def string_array(*values):
    return np.array(values, dtype=np.dtypes.StringDType())


def masked(values, mask, **options):
    return np.ma.array(values, mask=mask, **options)


def blocks():
    """Return a frame whose columns lie in three blocks where the other's lie in one."""
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    frame["b"] = [3.0, 4.0]
    frame["c"] = [5.0, 6.0]
    return frame


def drawn(generator, times=1):
    for _ in range(times):
        generator.random()
    return generator


def scalars():
    yield 1, 1, True, "an int is itself"
    yield 1, 2, False, "ints differ"
    yield 1, True, False, "bool is a type of its own"
    yield 0, False, False, "bool is a type of its own"
    yield 1, 1.0, False, "float is a type of its own"
    yield 1.0, 1 + 0j, False, "complex is a type of its own"
    yield 0.0, -0.0, False, "1 / x tells them apart"
    yield complex(0.0, 0.0), complex(0.0, -0.0), False, "the sign of a zero part"
    yield NAN, OTHER_NAN, True, "every scalar NaN is one value"
    yield NAN, math.inf, False, "NaN is not infinity"
    yield math.inf, -math.inf, False, "infinities have a sign"
    yield complex(NAN, 1), complex(OTHER_NAN, 1), True, "NaN parts are canonical"
    yield complex(NAN, 1), complex(NAN, 2), False, "the other part counts"
    yield complex(NAN, 1), complex(1, NAN), False, "which part is NaN counts"
    yield 10**5000, 10**5000 + 1, False, "big ints, which have no str by default"
    yield 2**31, 2**31, True, "where marshal changes its format"
    yield 2**31 - 1, -(2**31), False, "the borders of marshal's format"
    yield 2**64, 2**64 + 1, False, "beyond a machine word"
    yield -1, 2**32 - 1, False, "no wrap-around"
    yield "a", b"a", False, "str is not bytes"
    yield "a", "a\0", False, "a trailing zero counts"
    yield "", b"", False, "empty str is not empty bytes"
    yield "", None, False, "empty is not None"
    yield "\ud800", "\ud800", True, "a lone surrogate is hashed"
    yield "\ud800", "?", False, "a lone surrogate is not replaced"
    yield "\u00e9", "e\u0301", False, "no Unicode normalisation"
    yield "1", 1, False, "a digit is not a number"
    yield sys.intern("in" + "terned"), "".join(["in", "terned"]), True, "interning does not show"
    yield "x" * MIB, "".join(["x"] * MIB), True, "a large str"
    yield "x" * MIB, "x" * (MIB - 1) + "y", False, "the end of a large str"
    yield "x" * MIB, b"x" * MIB, False, "large str is not large bytes"
    yield b"x" * MIB, bytes(bytearray(b"x") * MIB), True, "large bytes"
    yield "\ud800" * MIB, "\ud801" * MIB, False, "a large str of surrogates"
    yield None, False, False, "None is not False"
    yield None, 0, False, "None is not 0"
    yield None, "None", False, "None is not its name"
    yield ..., "Ellipsis", False, "Ellipsis is not its name"
    yield ..., Ellipsis, True, "Ellipsis"
    yield NotImplemented, ..., False, "constants differ"
    yield b"ab", bytearray(b"ab"), False, "bytearray is a type of its own"
    yield bytearray(b"ab"), bytearray(b"ab"), True, "equal bytearrays"
    yield bytearray(b"ab"), bytearray(b"ac"), False, "bytearrays differ"
    yield memoryview(b"abcd"), memoryview(bytearray(b"abcd")), True, "a view shows its content"
    yield memoryview(b"abcd"), b"abcd", False, "a view is not bytes"
    yield memoryview(b"abcd")[::2], memoryview(b"ac"), True, "a strided view"
    yield memoryview(b"abcd"), memoryview(b"abcd").cast("b"), False, "the format counts"
    yield memoryview(b"abcd"), memoryview(b"abcd").cast("B", (2, 2)), False, "the shape counts"
    yield range(3), range(3), True, "equal ranges"
    yield range(3), range(0, 3, 2), False, "the step counts"
    yield range(3), [0, 1, 2], False, "a range is not a list"
    yield range(3), (0, 3, 1), False, "a range is not a tuple"
    yield range(10**30), range(10**30 + 1), False, "a range beyond machine words"
    yield slice(1), slice(0, 1), False, "None is not 0 in a slice"
    yield slice(1, 2), slice(1, 2, None), True, "equal slices"
    yield slice([1]), slice([2]), False, "a slice of anything"


def containers():
    yield [], (), False, "list is not tuple"
    yield [], {}, False, "list is not dict"
    yield {}, set(), False, "dict is not set"
    yield set(), frozenset(), False, "set is not frozenset"
    yield [1, 2], (1, 2), False, "list is not tuple"
    yield [1, 2], [2, 1], False, "order counts"
    yield [1, [2, 3]], [[1, 2], 3], False, "nesting counts"
    yield [[], [[]]], [[[]], []], False, "nesting of empties"
    yield [1], 1, False, "a list of one is not the one"
    yield ["ab", "c"], ["a", "bc"], False, "borders of strings count"
    yield [b"s\x01\x00\x00\x00a"], ["a"], False, "no token can be forged"
    yield [1, 2, 3], [1.0, 2, 3], False, "types inside count"
    yield [True, 1], [1, True], False, "bool inside"
    yield [NAN], [OTHER_NAN], True, "NaN inside"
    yield list(range(100)), [*range(99), 99], True, "longer than a first chunk"
    yield list(range(20_000)), [*range(19_999), 0], False, "the last of many"
    yield list(range(20_000)), [*map(int, map(str, range(20_000)))], True, "longer than a last chunk"
    yield ["x" * 300_000] * 5, ["y" + "x" * 299_999, *["x" * 300_000] * 4], False, "large in sum"
    yield ["x" * MIB], ["".join(["x"] * MIB)], True, "a large str inside"
    yield {"a": 1, "b": 2}, {"b": 2, "a": 1}, False, "the order of a dict counts"
    yield {"a": 1, "b": 2}, dict([("a", 1), ("b", 2)]), True, "equal dicts"
    yield {"a": 1, "b": 2}, {"a": 2, "b": 1}, False, "which key has which value"
    yield {1: "a"}, {True: "a"}, False, "types of keys"
    yield {1: "a"}, {1.0: "a"}, False, "types of keys"
    yield {"a": "b"}, {"a", "b"}, False, "dict is not set"
    yield {"a": 1}, [("a", 1)], False, "dict is not a list of pairs"
    yield {(1, 2): 3}, {(1, 2): 3}, True, "tuples as keys"
    yield {"a": {}}, {"a": []}, False, "empties inside"
    yield {"a": None}, {}, False, "a None is there"
    yield {str(i): i for i in range(9000)}, {str(i): int(str(i)) for i in range(9000)}, True, "a big dict"
    yield {3, 1, 2}, {1, 2, 3}, True, "a set has no order"
    yield set("abcdefgh"), grown_set("abcdefgh"), True, "the history of a set"
    yield {(1, 2), "a"}, {"a", (1, 2)}, True, "a mixed set"
    yield {1}, {True}, False, "types inside sets"
    yield {frozenset({1, 2})}, {frozenset({2, 1})}, True, "sets of sets"
    yield frozenset("ab"), frozenset("ac"), False, "frozensets differ"
    yield {NAN}, {OTHER_NAN}, True, "NaN in a set"
    yield collections.OrderedDict(a=1), {"a": 1}, False, "OrderedDict is not dict"
    yield collections.OrderedDict(a=1), collections.OrderedDict(a=1), True, "equal OrderedDicts"
    yield moved_to_end(), collections.OrderedDict(a=1, b=2), False, "OrderedDict follows move_to_end"
    yield moved_to_end(), collections.OrderedDict(b=2, a=1), True, "OrderedDict follows move_to_end"
    yield collections.OrderedDict(), with_attributes(collections.OrderedDict(), x=1), False, "its attributes"
    yield collections.defaultdict(int, a=1), collections.defaultdict(list, a=1), False, "the factory counts"
    yield collections.defaultdict(int), collections.defaultdict(None), False, "no factory"
    yield collections.defaultdict(int, a=1), {"a": 1}, False, "defaultdict is not dict"
    yield collections.Counter("aab"), collections.Counter("aab"), True, "equal counters"
    yield collections.Counter("aab"), {"a": 2, "b": 1}, False, "Counter is not dict"
    yield collections.deque([1, 2]), collections.deque([1, 2]), True, "equal deques"
    yield collections.deque([1, 2]), collections.deque([1, 2], maxlen=2), False, "maxlen counts"
    yield collections.deque([1, 2]), [1, 2], False, "deque is not list"
    yield collections.ChainMap({"a": 1}), collections.ChainMap({"a": 1}, {}), False, "the maps of a ChainMap"
    yield collections.ChainMap({"a": 1}), collections.ChainMap({"a": 1}), True, "equal ChainMaps"
    yield types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 1}), True, "equal proxies"
    yield types.MappingProxyType({"a": 1}), {"a": 1}, False, "a proxy is not a dict"
    proxied = collections.OrderedDict(a=1)
    yield types.MappingProxyType(proxied), types.MappingProxyType({"a": 1}), False, "what the proxy shows"
    yield types.SimpleNamespace(a=1, b=2), types.SimpleNamespace(b=2, a=1), True, "attributes have no order"
    yield types.SimpleNamespace(a=1), types.SimpleNamespace(a=2), False, "attributes count"
    yield types.SimpleNamespace(a=1), {"a": 1}, False, "a namespace is not a dict"
    yield {"a": 1}.keys(), {"a": 2}.keys(), True, "keys do not show values"
    yield {"a": 1}.keys(), {"a": 1}.values(), False, "views differ by kind"
    yield {"a": 1}.items(), {"a": 1}.items(), True, "equal items"
    yield {"a": 1}.items(), {"a": 2}.items(), False, "items show values"
    yield {1: 2}.values(), {2: 2}.values(), True, "values do not show keys"
    yield Point(1, 2), Point(1, 2), True, "equal named tuples"
    yield Point(1, 2), (1, 2), False, "a named tuple is not a tuple"
    yield Point(1, 2), TypedPoint(1, 2), False, "named tuples differ by class"
    yield array.array("i", [1, 2]), array.array("i", [1, 2]), True, "equal arrays"
    yield array.array("i", [1, 2]), array.array("I", [1, 2]), False, "the type code counts"
    yield array.array("d", []), array.array("f", []), False, "the type code of an empty array"


def sharing():
    shared = [1, 2, [3]]
    yield [shared, shared], [[1, 2, [3]], [1, 2, [3]]], True, "a shared object equals two equal ones"
    yield dag(8, shared=True), dag(8, shared=False), True, "at every level"
    text = "".join(["some ", "text"])
    yield [text, text], ["some text", "".join(["some", " text"])], True, "shared strings"
    yield dag(60, shared=True), dag(61, shared=True), False, "a graph with 2**60 paths"
    yield cycle(1), cycle(1), True, "a list in itself"
    yield cycle(1, 1), cycle(1, 2), False, "what is beside it"
    yield cycle(3), cycle(3), True, "a ring"
    yield cycle(3, 1), [1, cycle(3, 1)], False, "a ring and a list before it"
    yield [cycle(2), cycle(2)], [cycle(2)] * 2, True, "a shared ring"
    yield parent_with_children("a", "b"), parent_with_children("a", "b"), True, "children know their parent"
    yield parent_with_children("a", "b"), parent_with_children("b", "a"), False, "the order of children"
    yield parent_with_children("a", "a"), sharing_parent("a"), True, "sharing in a cycle"
    yield parent_with_children("a", "a"), parent_with_children("a"), False, "how many children"


def subclasses():
    yield MyInt(1), 1, False, "a subclass is not its base"
    yield MyInt(1), MyInt(1), True, "equal subclasses"
    yield MyInt(1), with_attributes(MyInt(1), a=1), False, "attributes of an int"
    yield MyFloat("nan"), MyFloat("nan"), True, "NaN in a subclass"
    yield MyFloat(1), MyInt(1), False, "different bases"
    yield MyStr("a"), "a", False, "a subclass of str"
    yield MyStr("a"), with_slot(MyStr("a"), "note", "n"), False, "a slot of a str"
    yield MyBytes(b"a"), b"a", False, "a subclass of bytes"
    yield MyList([1]), [1], False, "a subclass of list"
    yield MyList([1]), MyList([2]), False, "its content"
    yield MyList([1]), with_attributes(MyList([1]), a=1), False, "its attributes"
    yield with_attributes(MyList([1]), a=1, b=2), with_attributes(MyList([1]), b=2, a=1), True, "their order"
    yield LyingList([1]), LyingList([2]), False, "its content, whatever __iter__ says"
    yield MyTuple([1]), (1,), False, "a subclass of tuple"
    yield MyTuple([1]), with_attributes(MyTuple([1]), a=1), False, "its attributes"
    yield MyDict(a=1), {"a": 1}, False, "a subclass of dict"
    yield MyDict(a=1), MyDict(a=2), False, "its content"
    yield MyDict(a=1), with_attributes(MyDict(a=1), b=1), False, "its attributes"
    yield MySet("abc"), MySet("cba"), True, "a subclass of set has no order"
    yield MySet("abc"), set("abc"), False, "a subclass of set"
    yield MySet("abc"), with_attributes(MySet("abc"), a=1), False, "its attributes"
    yield MyFrozenset("abc"), MyFrozenset("cba"), True, "a subclass of frozenset"
    yield MyDate(2020, 1, 1), dt.date(2020, 1, 1), False, "a subclass of date"
    yield MyDate(2020, 1, 1), with_attributes(MyDate(2020, 1, 1), a=1), False, "which pickle would drop"


def standard_library():
    utc, berlin = dt.UTC, zoneinfo.ZoneInfo("Europe/Berlin")
    moment = (2020, 10, 25, 2, 30)
    yield decimal.Decimal("1.0"), decimal.Decimal("1.0"), True, "equal decimals"
    yield decimal.Decimal("1.0"), decimal.Decimal("1.00"), False, "trailing zeros show"
    yield decimal.Decimal(1), 1, False, "Decimal is not int"
    yield decimal.Decimal(0), decimal.Decimal("-0"), False, "the sign of zero"
    yield decimal.Decimal("NaN"), decimal.Decimal("sNaN"), False, "signalling"
    yield decimal.Decimal("1E+5"), decimal.Decimal(100000), False, "the exponent shows"
    yield fractions.Fraction(1, 2), fractions.Fraction(2, 4), True, "reduced fractions"
    yield fractions.Fraction(1, 2), fractions.Fraction(1, 3), False, "fractions differ"
    yield fractions.Fraction(1), 1, False, "Fraction is not int"
    yield dt.datetime(*moment), dt.datetime(*moment), True, "equal moments"
    yield dt.datetime(*moment), dt.datetime(*moment, fold=1), False, "fold counts"
    yield dt.datetime(*moment), dt.datetime(*moment, tzinfo=utc), False, "naive is not aware"
    yield dt.datetime(*moment, tzinfo=utc), dt.datetime(*moment, tzinfo=berlin), False, "the zone counts"
    yield dt.datetime(*moment, 0), dt.datetime(*moment, 0, 1), False, "microseconds"
    yield dt.datetime(2020, 1, 1), dt.date(2020, 1, 1), False, "datetime is not date"
    yield dt.date(2020, 1, 2), dt.date(2020, 2, 1), False, "dates differ"
    yield dt.time(1, 2), dt.time(1, 2), True, "equal times"
    yield dt.time(1, 2), dt.time(1, 2, fold=1), False, "fold counts"
    yield dt.time(1, 2), dt.time(1, 2, tzinfo=utc), False, "the zone counts"
    yield dt.timedelta(days=1), dt.timedelta(hours=24), True, "equal durations"
    yield dt.timedelta(1), dt.timedelta(0, 1), False, "durations differ"
    yield dt.timezone(dt.timedelta(0)), utc, True, "equal zones"
    yield dt.timezone(dt.timedelta(0)), dt.timezone(dt.timedelta(0), "X"), False, "the name of a zone"
    yield berlin, zoneinfo.ZoneInfo.no_cache("Europe/Berlin"), True, "a zone by its key"
    yield berlin, zoneinfo.ZoneInfo("Europe/Paris"), False, "zones differ"
    yield uuid.UUID(int=1), uuid.UUID("00000000-0000-0000-0000-000000000001"), True, "equal UUIDs"
    yield uuid.UUID(int=1), uuid.UUID(int=2), False, "UUIDs differ"
    yield uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001", False, "a UUID is not its text"
    yield pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("a//b"), True, "equal paths"
    yield pathlib.PurePosixPath("a"), pathlib.PureWindowsPath("a"), False, "the flavour counts"
    yield pathlib.PurePosixPath("a"), pathlib.PosixPath("a"), False, "pure is not concrete"
    yield pathlib.PurePosixPath("a"), "a", False, "a path is not its text"
    yield re.compile("a"), re.compile("a"), True, "equal patterns"
    yield re.compile("a"), re.compile("a", re.IGNORECASE), False, "the flags count"
    yield re.compile("a"), re.compile(b"a"), False, "text is not bytes"
    yield ipaddress.ip_address("1.2.3.4"), ipaddress.ip_address("1.2.3.4"), True, "equal addresses"
    yield ipaddress.ip_address("1.2.3.4"), ipaddress.ip_address("::102:304"), False, "the version counts"
    yield ipaddress.ip_network("1.2.3.0/24"), ipaddress.ip_network("1.2.3.0/25"), False, "the prefix counts"
    yield ipaddress.ip_interface("1.2.3.4/24"), ipaddress.ip_network("1.2.3.0/24"), False, "interface"
    yield Color.RED, Color.CRIMSON, True, "an alias is the member"
    yield Color.RED, Color.GREEN, False, "members differ"
    yield Color.RED, Shade.RED, False, "the class counts"
    yield Color.RED, 1, False, "a member is not its value"
    yield Number.ONE, 1, False, "not even of an IntEnum"
    yield Word.ONE, "1", False, "nor of a StrEnum"
    yield Mode.READ | Mode.WRITE, Mode.WRITE | Mode.READ, True, "combined flags"
    yield Mode.READ | Mode.WRITE, Mode.READ, False, "flags differ"
    yield re.IGNORECASE, int(re.IGNORECASE), False, "a flag is not an int"
    yield functools.partial(function, 1), functools.partial(function, 1), True, "equal partials"
    yield functools.partial(function, 1), functools.partial(function, x=1), False, "how it is bound"
    yield functools.partial(function, 1), functools.partial(other_function, 1), False, "what is bound"
    yield functools.partial(function), function, False, "a partial is not its function"
    yield operator.itemgetter(1), operator.itemgetter(1), True, "equal getters"
    yield operator.itemgetter(1), operator.itemgetter(2), False, "getters differ"
    yield operator.attrgetter("a"), operator.attrgetter("b"), False, "getters differ"
    yield operator.methodcaller("a", 1), operator.methodcaller("a", 2), False, "callers differ"
    yield ValueError("a"), ValueError("a"), True, "equal exceptions"
    yield ValueError("a"), TypeError("a"), False, "the class counts"
    yield ValueError("a"), ValueError("a", 1), False, "the arguments count"
    yield ValueError("a"), with_attributes(ValueError("a"), code=1), False, "attributes count"
    yield OSError(2, "no"), OSError(2, "no", "file"), False, "the file counts"
    yield list[int], list[str], False, "generic aliases differ"
    yield list[int], list[int], True, "equal aliases"
    yield typing.Union[int, str], typing.Union[int, str], True, "equal unions"  # noqa: UP007
    yield typing.Any, typing.Union, False, "special forms differ"
    yield int | None, int | str, False, "unions differ"


def code_objects():
    yield function, function, True, "a function"
    yield function, other_function, False, "functions differ"
    yield len, sum, False, "built-in functions differ"
    yield len, "len", False, "a function is not its name"
    yield int, float, False, "classes differ"
    yield int, "int", False, "a class is not its name"
    yield math, operator, False, "modules differ"
    yield Plain(a=1).method, Plain(a=1).method, True, "equal bound methods"
    yield Plain(a=1).method, Plain(a=2).method, False, "to what it is bound"
    yield [1].append, [1].append, True, "a method of a built-in object"
    yield [1].append, [2].append, False, "to what it is bound"
    yield [1].append, [1].extend, False, "which method"
    yield dict.fromkeys, MyDict.fromkeys, False, "a class method"
    yield str.upper, str.lower, False, "descriptors differ"
    yield str.upper, bytes.upper, False, "descriptors differ by class"
    yield Plain, OtherPlain, False, "classes of the user"


def instances():
    yield Config("a"), Config("a", 1), True, "defaults are values"
    yield Config("a"), Config("a", 2), False, "fields count"
    yield Config("a"), Config("a", hidden=1), False, "also those left out of the comparison"
    yield Config("a"), with_attributes(Config("a"), extra=1), False, "and attributes that are no fields"
    yield Frozen("a"), Frozen("a"), True, "slots and frozen"
    yield Frozen("a"), Frozen("a", 2), False, "slots and frozen"
    yield Frozen("a"), OtherFrozen("a"), False, "the class counts"
    yield Loose("a"), with_attributes(Loose("a"), extra=1), False, "and a dictionary of a subclass"
    yield Loose("a"), Frozen("a"), False, "a subclass of a dataclass"
    yield Plain(a=1, b=2), Plain(b=2, a=1), True, "attributes have no order"
    yield Plain(a=1), Plain(a=True), False, "types of attributes"
    yield Plain(a=1), Plain(b=1), False, "names of attributes"
    yield Plain(a=1), OtherPlain(a=1), False, "the class counts"
    yield Plain(), Plain(a=None), False, "a None is there"
    yield Plain(a=1), {"a": 1}, False, "an instance is not its dictionary"
    yield Slotted(1), Slotted(1), True, "slots"
    yield Slotted(1), Slotted(2), False, "slots count"
    yield Slotted(1), Slotted(), False, "an unset slot"
    yield Slotted(private=1), Slotted(private=2), False, "a private slot"
    yield SlottedAndDict(1), with_attributes(SlottedAndDict(1), c=1), False, "slots and a dictionary"
    yield Reduced(1, cache=[1]), Reduced(1), True, "__reduce__ says what counts"
    yield Reduced(1), Reduced(2), False, "__reduce__ says what counts"
    yield Sequence([1, 2]), Sequence([1, 3]), False, "list items of __reduce__"
    yield Sequence([1, 2]), Sequence([1, 2]), True, "list items of __reduce__"
    yield WithState({"a": 1}), WithState({"a": 1}), True, "__getstate__ says what counts"
    yield WithState({"a": 1}), WithState({"a": 2}), False, "__getstate__ says what counts"
    yield WithState({"a": 1, "b": 2}), WithState({"b": 2, "a": 1}), False, "its order is its own"
    yield WithState(({"a": 1}, {"b": 2})), WithState(({}, {"a": 1, "b": 2})), False, "a state of its own form"
    yield WithState([1, 2]), WithState((1, 2)), False, "a state of any type"
    yield Protocol(1, 2), Protocol(1, 3), True, "__memo_hash__ says what counts"
    yield Protocol(1, 2), Protocol(2, 2), False, "__memo_hash__ says what counts"
    yield Protocol(1, 2), OtherProtocol(1, 2), False, "the class counts"
    yield Protocol(1, 2), 1, False, "a value is not what it is hashed by"


def numpy_arrays():
    grid = np.arange(12.0).reshape(3, 4)
    yield grid, grid.copy(), True, "equal arrays"
    yield grid, np.asfortranarray(grid), True, "memory order does not show"
    yield grid, grid[::-1][::-1], True, "a view is its content"
    yield grid[:, ::2], grid[:, ::2].copy(), True, "a strided view"
    yield grid[::-1], grid[::-1].copy(), True, "negative strides"
    yield grid, grid.T, False, "the transpose"
    yield grid[:3, :3], grid[:3, :3].T, False, "the transpose of a square"
    yield np.arange(10)[0:5], np.arange(10)[1:6], False, "views of one base"
    yield grid, grid.reshape(4, 3), False, "the shape counts"
    yield grid, grid.ravel(), False, "the number of dimensions"
    yield np.zeros((0, 3)), np.zeros((3, 0)), False, "shapes of empty arrays"
    yield np.zeros((0, 3)), np.zeros((0, 3))[::-1], True, "equal empty arrays"
    yield np.zeros(0), np.zeros(0, "f4"), False, "dtypes of empty arrays"
    yield np.array(1.0), np.array([1.0]), False, "no dimension is not one"
    yield np.array(1.0), np.float64(1), False, "an array is not a scalar"
    yield np.float64(1), 1.0, False, "a numpy scalar is not a float"
    yield np.float64("nan"), -np.float64("nan"), True, "every scalar NaN is one value"
    yield np.complex128(complex(NAN, 1)), np.complex128(complex(OTHER_NAN, 1)), True, "complex NaN"
    yield np.float64(1), np.float32(1), False, "scalars differ by type"
    yield np.int64(1), 1, False, "a numpy scalar is not an int"
    yield np.bool_(True), True, False, "a numpy bool is not a bool"
    yield np.str_("a"), "a", False, "a numpy str is not a str"
    yield np.datetime64("2020"), np.datetime64("2020-01"), False, "the unit counts"
    yield grid, grid.tolist(), False, "an array is not a list"
    yield np.arange(4, dtype="i4"), np.arange(4, dtype="u4"), False, "sign"
    yield np.arange(4, dtype="i8"), np.arange(4, dtype="i8").view("M8[ns]"), False, "times are not ints"
    yield np.zeros(2, "M8[s]"), np.zeros(2, "M8[ms]"), False, "units of times"
    yield np.zeros(2, "M8[s]"), np.zeros(2, "m8[s]"), False, "a time is not a duration"
    yield np.array(["NaT", "2020"], "M8[D]"), np.array(["NaT", "2020"], "M8[D]"), True, "NaT"
    yield np.arange(3, dtype="<i4"), np.arange(3, dtype=">i4"), False, "byte order is part of the dtype"
    yield np.array(["a", "b"]), np.array(["a", "b"], "U2"), False, "the width counts"
    yield np.array(["a"]), np.array([b"a"]), False, "text is not bytes"
    yield np.array([0.0]), np.array([-0.0]), False, "the sign of zero"
    yield np.broadcast_to(np.float64(1), (3, 4)), np.ones((3, 4)), True, "a broadcast array"
    yield memory_map(), np.arange(12.0).reshape(3, 4), True, "a memory map is an array"
    yield padded(0), padded(255), True, "padding means nothing"
    pairs = [("a", "i4"), ("b", "f4")]
    yield np.zeros(2, pairs), np.zeros(2, [("b", "i4"), ("a", "f4")]), False, "names of fields"
    yield np.zeros(2, pairs), np.zeros(2, [("a", "f4"), ("b", "i4")]), False, "dtypes of fields"
    yield np.zeros(2, pairs), np.zeros(2, pairs)[["a"]], False, "a choice of fields"
    yield np.zeros(2, pairs), np.zeros(2, "V8"), False, "fields are not bytes"
    yield np.zeros(2, [("a", "f4", 2)]), np.zeros(2, [("a", "f4", (2, 1))]), False, "shapes of fields"
    yield np.zeros(1, pairs)[0], np.zeros(1, pairs)[0], True, "a record"
    yield np.zeros(1, pairs)[0], np.zeros((), pairs), False, "a record is not an array"
    yield np.arange(3, dtype="g"), np.arange(3, dtype="g")[::-1][::-1], True, "long double"
    yield np.arange(6, dtype="g")[::2], np.arange(6, dtype="g")[::2].copy(), True, "a view of long doubles"
    yield np.array([1, 2], "g"), np.array([1, 3], "g"), False, "long doubles differ"
    yield np.array([1 + 2j], "G"), np.array([1 + 3j], "G"), False, "long complex"
    yield objects("a-b", "c"), objects("a", "b-c"), False, "object arrays element by element"
    yield objects([1], {2}), objects([1], {2}), True, "object arrays element by element"
    yield objects(1, 2), np.array([1, 2]), False, "object is a dtype"
    yield objects("a", "b"), objects("a", "b").reshape(2, 1), False, "shapes of object arrays"
    recorded = np.array([(1, "a"), (2, [3])], [("n", "i4"), ("o", "O")])
    yield recorded, recorded.copy(), True, "objects in fields"
    yield string_array("a", "bb"), string_array("a", "bb"), True, "variable strings"
    long = "a string too long to be kept in place"
    yield string_array(long, "b"), string_array(long[:-1] + "x", "b"), False, "strings in an arena"
    yield string_array("a"), np.array(["a"]), False, "StringDType is a dtype"
    yield masked([1, 2], [0, 1]), masked([1, 3], [0, 1]), True, "what lies under the mask"
    yield masked([1, 2], [0, 1]), masked([1, 2], [1, 0]), False, "the mask counts"
    yield masked([1, 2], [0, 0]), np.ma.array([1, 2]), True, "no mask is an empty one"
    yield masked([1, 2], [0, 0]), np.array([1, 2]), False, "masked is a type of its own"
    yield masked([1.0], [0]), masked([1.0], [0], fill_value=3), False, "the fill value counts"
    yield grid.view(MyArray), grid, False, "a subclass"
    yield grid.view(MyArray), with_attributes(grid.view(MyArray), unit="m"), False, "its attributes"
    yield np.rec.array([(1,)]), np.array([(1,)], [("f0", "i8")]), False, "a record array"
    yield np.dtype("f8"), np.float64, False, "a dtype is not its scalar type"
    yield np.dtype("f8"), np.dtype("d"), True, "equal dtypes"
    yield np.dtype(pairs), np.dtype(pairs, align=True), True, "equal dtypes"
    yield np.dtype([("a", "i1"), ("b", "f8")]), np.dtype([("a", "i1"), ("b", "f8")], align=True), False, "offsets"
    yield np.sin, np.cos, False, "ufuncs differ"
    yield np.mean, np.median, False, "functions differ"
    yield np.random.default_rng(1), np.random.default_rng(1), True, "equal generators"
    yield np.random.default_rng(1), np.random.default_rng(2), False, "the seed counts"
    yield np.random.default_rng(1), drawn(np.random.default_rng(1)), False, "the state counts"
    yield np.random.RandomState(1), np.random.RandomState(1), True, "equal random states"
    yield np.random.RandomState(1), drawn(np.random.RandomState(1)), False, "the state counts"
    yield np.random.SeedSequence(1), np.random.SeedSequence(2), False, "seed sequences differ"
    yield np.poly1d([1, 2]), np.poly1d([1, 2]), True, "polynomials"
    yield np.poly1d([1, 2]), np.poly1d([1, 3]), False, "polynomials differ"


def pandas_objects():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0], "c": [5.0, 6.0]})
    days = pd.date_range("2020", periods=3)
    yield frame, blocks(), True, "blocks do not show"
    yield frame, frame.copy(), True, "a copy"
    yield frame, pd.DataFrame(frame.to_numpy().copy(), columns=frame.columns), True, "columns of one table"
    yield frame, frame[["b", "a", "c"]], False, "the order of columns"
    yield frame[["b", "a"]], frame[["b", "a"]].copy(), True, "a choice of columns"
    yield frame, frame.rename(columns={"a": "x"}), False, "names of columns"
    yield frame, frame.astype("f4"), False, "dtypes"
    yield frame, frame.set_axis([1, 2]), False, "the index"
    yield frame, frame.rename_axis("i"), False, "the name of the index"
    yield frame, frame.rename_axis("i", axis=1), False, "the name of the columns"
    yield frame, frame.iloc[::-1], False, "the order of rows"
    yield frame, frame.set_axis(pd.Index([0, 1])), False, "a RangeIndex is not an Index"
    yield frame.iloc[::2], frame.iloc[::2].copy(), True, "a strided frame"
    yield pd.DataFrame(), pd.DataFrame(index=[1]), False, "empty frames"
    doubled = pd.DataFrame([[1, 2]], columns=["a", "a"])
    yield doubled, pd.DataFrame([[2, 1]], columns=["a", "a"]), False, "columns of one name"
    noted = frame.copy()
    noted.attrs["unit"] = "m"
    yield frame, noted, False, "attrs"
    yield frame, MyFrame(frame), False, "a subclass"
    yield MyFrame(frame), with_attributes(MyFrame(frame), unit="m"), False, "its metadata"
    yield frame["a"], frame["a"].copy(), True, "a column"
    yield frame["a"], frame["a"].rename("x"), False, "the name of a series"
    yield frame["a"], frame[["a"]], False, "a series is not a frame"
    yield frame["a"], frame["a"].to_numpy(), False, "a series is not an array"
    yield pd.Series([1, 2]), pd.Series([1, 2], dtype="Int64"), False, "a nullable dtype"
    yield pd.Series([1, None], dtype="Int64"), pd.Series([1, None], dtype="Int64"), True, "nulls"
    yield pd.Series([1, None], dtype="Int64"), pd.Series([1, 0], dtype="Int64"), False, "a null is not 0"
    yield pd.Series([True, None], dtype="boolean"), pd.Series([True, False], dtype="boolean"), False, "null"
    yield pd.Series(["a", "b"]), pd.Series(["a", "b"]), True, "strings"
    yield pd.Series(["a", "b"]), pd.Series(["a", "c"]), False, "strings differ"
    yield pd.Series(["a", None]), pd.Series(["a", ""]), False, "a missing string"
    yield pd.Series(["a"], dtype="string"), pd.Series(["a"], dtype=object), False, "string is not object"
    yield pd.Series(["a", "b"], dtype="category"), pd.Series(["a", "b"], dtype=object), False, "categories"
    letters = pd.Categorical(["a", "b"])
    yield letters, pd.Categorical(["a", "b"], ordered=True), False, "ordered"
    yield letters, pd.Categorical(["a", "b"], categories=["b", "a"]), False, "the order of categories"
    yield letters, pd.Categorical(["a", "b"], categories=["a", "b", "c"]), False, "an unused category"
    yield pd.Index([1, 2]), pd.Index([1, 2], name="n"), False, "the name of an index"
    yield pd.Index([1, 2]), pd.Index([1.0, 2.0]), False, "dtypes of an index"
    yield pd.RangeIndex(3), pd.Index([0, 1, 2]), False, "a RangeIndex is not an Index"
    yield pd.RangeIndex(3), pd.RangeIndex(3), True, "equal ranges"
    yield days, pd.date_range("2020", periods=3), True, "equal dates"
    yield days, days.tz_localize("UTC"), False, "the time zone"
    yield days, pd.DatetimeIndex(list(days)), False, "the frequency"
    yield days, days.as_unit("ns" if days.unit != "ns" else "us"), False, "the unit"
    yield days, days - days[0], False, "durations"
    yield pd.period_range("2020", periods=2, freq="M"), pd.period_range("2020", periods=2, freq="Y"), False, "freq"
    yield pd.interval_range(0, 3), pd.interval_range(0, 3, closed="left"), False, "the closed side"
    levels = pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["n", None])
    yield levels[:2], pd.MultiIndex.from_tuples([(1, "a"), (1, "b")], names=["n", None]), True, "unused levels"
    yield levels, levels.set_names(["m", None]), False, "names of levels"
    yield levels, levels[::-1], False, "the order of rows"
    sparse = pd.arrays.SparseArray([0, 0, 1])
    yield sparse, pd.arrays.SparseArray([0, 0, 1]), True, "sparse"
    yield sparse, pd.arrays.SparseArray([0, 0, 1], fill_value=1), False, "the fill value"
    yield pd.NaT, pd.NA, False, "NaT is not NA"
    yield pd.Timestamp("2020"), dt.datetime(2020, 1, 1), False, "a Timestamp is not a datetime"
    yield pd.Timestamp("2020"), pd.Timestamp("2020", tz="UTC"), False, "the time zone"
    yield (
        pd.Timestamp("2020"),
        pd.Timestamp(year=2020, month=1, day=1).as_unit(pd.Timestamp("2020").unit),
        True,
        "equal",
    )
    yield pd.Timedelta("1h"), pd.Timedelta("60min"), True, "equal durations"
    yield pd.Period("2020", "M"), pd.Period("2020", "Y"), False, "the frequency"
    yield pd.Interval(0, 1), pd.Interval(0, 1, "left"), False, "the closed side"
    yield pd.offsets.Day(1), pd.offsets.Day(2), False, "offsets differ"
    yield pd.offsets.DateOffset(months=1), pd.offsets.DateOffset(months=1), True, "equal offsets"
    yield pd.offsets.DateOffset(months=1), pd.offsets.DateOffset(days=1), False, "offsets differ"
    yield pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["a"], ordered=True), False, "dtypes differ"
    yield pd.Int64Dtype(), pd.Int32Dtype(), False, "dtypes differ"
    yield pd.DatetimeTZDtype("ns", "UTC"), pd.DatetimeTZDtype("us", "UTC"), False, "dtypes differ"
    objects_column = pd.Series([[1], {2}, None], dtype=object)
    yield objects_column, objects_column.copy(), True, "objects in a column"
    yield objects_column, pd.Series([[1], {3}, None], dtype=object), False, "objects in a column differ"


FAMILIES = (
    scalars,
    containers,
    sharing,
    subclasses,
    standard_library,
    code_objects,
    instances,
    numpy_arrays,
    pandas_objects,
)


def all_pairs():
    return [(f"{family.__name__}-{n}", *pair) for family in FAMILIES for n, pair in enumerate(family())]


def digests():
    return {name: digest(a, code=code).hex() for name, a, *_ in all_pairs()}


PAIRS = [] if __name__ == "__main__" else all_pairs()


@pytest.mark.parametrize(("a", "b", "same", "why"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_pair(a, b, same, why):
    assert (token(a, code=code) == token(b, code=code)) is same, why
    assert token(a, code=code) == token(a, code=code), "hashing a value changed it"
    # Inside a container a value takes other paths than at the top.
    assert (token([a, {"k": a}], code=code) == token([b, {"k": b}], code=code)) is same, why


def test_the_table_is_long():
    assert len(PAIRS) >= 300


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_tokens_are_the_same_in_another_process(run_python, seed):
    printed = run_python(pathlib.Path(__file__), env={"PYTHONHASHSEED": seed})
    assert json.loads(printed) == digests()


if __name__ == "__main__":
    json.dump(digests(), sys.stdout)
