"""Pairs of built-in values: scalars at the borders of their formats, buffers, containers, cycles, subclasses."""

# ruff: noqa: FLY002, PLC0205, PLR0915, PLW0108 - these are values under test, in long tables.

from __future__ import annotations

import array
import collections
import ctypes
import math
import struct
import sys
import types
import typing

import numpy as np

NAN = math.nan
MINUS_NAN = math.copysign(NAN, -1.0)
PAYLOAD_NAN = struct.unpack("<d", b"\x01\x02\x00\x00\x00\x00\xf8\x7f")[0]
QUIETED_NAN = math.inf - math.inf
CHUNK = 8192  # So many children are taken at a time; the borders of a chunk are worth a look.
MIB = 1 << 20


class Int(int):
    pass


class OtherInt(int):
    pass


class Float(float):
    pass


class SlottedFloat(float):
    __slots__ = ("__unit", "note")

    def __init__(self, _value, unit=None):
        if unit is not None:
            self.__unit = unit


class Complex(complex):
    pass


class Str(str):  # noqa: SLOT000 - it has a dictionary on purpose.
    pass


class ShoutingStr(str):
    __slots__ = ()

    def __str__(self):
        return "the same"

    def __len__(self):
        return 3

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class Bytes(bytes):
    def __bytes__(self):
        return b"the same"


class LyingInt(int):
    def __int__(self):
        return 1

    def __index__(self):
        return 1

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class LyingFloat(float):
    def __float__(self):
        return 1.0


class LyingComplex(complex):
    def __complex__(self):
        return 1j

    @property
    def real(self):
        return 0.0


class MyByteArray(bytearray):
    pass


class LyingByteArray(bytearray):
    def __len__(self):
        return 2

    def __iter__(self):
        return iter(b"ab")


class SlottedList(list):
    __slots__ = ("__hidden", "shown")

    def __init__(self, items=(), hidden=None):
        super().__init__(items)
        if hidden is not None:
            self.__hidden = hidden


class DeepSlottedList(SlottedList):
    __slots__ = ("__hidden", "deeper")

    def __init__(self, items=(), hidden=None, deep=None):
        super().__init__(items, hidden)
        if deep is not None:
            self.__hidden = deep


class DictAndSlotsList(SlottedList):
    pass


class _(list):  # noqa: N801 - in a class whose name is underscores alone, private names stay as they are.
    __slots__ = ("__hidden",)

    def __init__(self, hidden):
        super().__init__()
        self.__hidden = hidden


class RenamedList(list):
    __slots__ = ("__hidden",)

    def __init__(self, hidden):
        super().__init__()
        self.__hidden = hidden


RenamedList.__name__ = RenamedList.__qualname__ = "NamedLater"


class OneSlotList(list):
    __slots__ = "only"


class Dict(dict):
    pass


class LyingDict(dict):
    def __iter__(self):
        return iter(())

    def keys(self):
        return ()

    def values(self):
        return ()

    def items(self):
        return ()

    def __len__(self):
        return 0

    def __getitem__(self, key):
        return None


class MissingDict(dict):
    def __missing__(self, key):
        return key


class SlottedDict(dict):
    __slots__ = ("note",)


class Set(set):
    pass


class LyingSet(set):
    def __iter__(self):
        return iter(())


class SlottedSet(set):
    __slots__ = ("note",)


class Frozenset(frozenset):
    __slots__ = ("note",)


class Tuple(tuple):  # noqa: SLOT001 - it has a dictionary on purpose.
    pass


class LyingTuple(tuple):
    __slots__ = ()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return 0


class StatefulList(list):
    """Says of its attributes what it wants, of its items nothing."""

    def __getstate__(self):
        return {"unit": self.unit}


class Mixin:
    def __getstate__(self):
        return "the same"


class MixedList(Mixin, list):
    pass


class MyOrderedDict(collections.OrderedDict):
    pass


class LyingOrderedDict(collections.OrderedDict):
    def __getitem__(self, key):
        return 0

    def items(self):
        return []


class SlottedOrderedDict(collections.OrderedDict):
    __slots__ = ("note",)


class MyDefaultDict(collections.defaultdict):
    pass


class LyingDefaultDict(collections.defaultdict):
    default_factory = property(lambda self: int)


class MyCounter(collections.Counter):
    pass


class MyDeque(collections.deque):
    pass


class SlottedDeque(collections.deque):
    __slots__ = ("note",)


class LyingDeque(collections.deque):
    maxlen = property(lambda self: 7)

    def __iter__(self):
        return iter(())


class MyChainMap(collections.ChainMap):
    pass


class MyUserDict(collections.UserDict):
    pass


class MyArray(array.array):
    pass


class SlottedArray(array.array):
    __slots__ = ("note",)


class LyingArray(array.array):
    typecode = property(lambda self: "b")

    def tobytes(self):
        return b""


class Namespace(types.SimpleNamespace):
    pass


class OtherNamespace(types.SimpleNamespace):
    pass


class SlottedNamespace(types.SimpleNamespace):
    __slots__ = ("note",)


Point = collections.namedtuple("Point", "x y", defaults=[0, 0])  # noqa: PYI024
Renamed = collections.namedtuple("Renamed", "x class", rename=True)  # noqa: PYI024
Empty = collections.namedtuple("Empty", "")  # noqa: PYI024


class Place(typing.NamedTuple):
    x: int
    y: int = 0


class NotedPoint(Point):
    pass


class SubPoint(Point):
    __slots__ = ()


class Box:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class ByIdentity:
    """Is hashed and compared by identity, so that a set holds any number of equal ones."""

    def __init__(self, name):
        self.name = name


class Record(ctypes.Structure):
    _fields_ = (("a", ctypes.c_int8), ("b", ctypes.c_double))


def with_attributes(value, **attributes):
    for name, content in attributes.items():
        setattr(value, name, content)
    return value


def with_unset(value, name):
    setattr(value, name, 1)
    delattr(value, name)
    return value


def grown(kind, values):
    """Return a set whose table has seen other values, so that its order is another one."""
    table = set(range(5000, 9000)) | set(values)
    return kind(table - set(range(5000, 9000)))


def regrown_dict(pairs):
    """Return a dict whose table has holes where other keys were."""
    table = dict.fromkeys(range(1000), None)
    table.update(pairs)
    for key in range(1000):
        del table[key]
    return table


def split_dict(**attributes):
    """Return the dictionary of an instance, which shares its keys with others of the class."""
    return vars(Box(**attributes))


def rotated(values, steps, maxlen=None):
    turned = collections.deque(values, maxlen)
    turned.rotate(steps)
    return turned


def pushed(values, maxlen):
    """Return a deque that has let go of what it held first."""
    full = collections.deque(range(1000), maxlen)
    full.extend(values)
    return full


def padded(filler):
    """Return a table with junk between its fields."""
    table = np.frombuffer(bytearray([filler]) * 32, dtype=np.uint8).copy()
    table = table.view(np.dtype([("a", "i1"), ("b", "f8")], align=True))
    table["a"], table["b"] = 1, 2.0
    return table


def long_doubles(filler):
    """Return a long double with junk in the bytes that no number uses."""
    raw = bytearray(np.array([1], "g").tobytes())
    used = 10 if np.finfo("g").nmant == 63 else len(raw)  # The x87 format; others have no padding.
    raw[used:] = bytes([filler]) * (len(raw) - used)
    return np.frombuffer(raw, "g")


def readonly(raw):
    return memoryview(bytearray(raw)).toreadonly()


def nested(depth, wrap, value=0):
    for _ in range(depth):
        value = wrap(value)
    return value


def ring(*contents):
    """Return a list that leads through others back to itself."""
    first = last = [contents[0]]
    for content in contents[1:]:
        last.append([content])
        last = last[1]
    last.append(first)
    return first


def ring_of(make, contents):
    """Return the first of some boxes of which each knows the next."""
    boxes = [make(content=content) for content in contents]
    for box, following in zip(boxes, boxes[1:] + boxes[:1], strict=True):
        box.next = following
    return boxes[0]


def in_itself(kind, *contents):
    made = kind(contents)
    made.append(made)
    return made


def dict_in_itself(kind, **contents):
    made = kind(**contents)
    made["self"] = made
    return made


def tuple_in_itself(content):
    holder = []
    made = (content, holder)
    holder.append(made)
    return made


def object_in_its_set(kind, content):
    box = Box(content=content)
    box.among = kind([box])
    return box


def objects_in_one_set(*contents):
    boxes = [Box(content=content) for content in contents]
    among = set(boxes)
    for box in boxes:
        box.among = among
    return boxes[0]


def key_in_its_dict(content):
    box = Box(content=content)
    box.table = {box: 1}
    return box


def proxy_in_its_dict(content):
    table = {"content": content}
    table["self"] = types.MappingProxyType(table)
    return table


def method_of_itself(content):
    box = [content]
    box.append(box.append)
    return box


def figure_of_eight(left, right):
    """Return a list in two rings."""
    middle = []
    middle.append([left, middle])
    middle.append([right, middle])
    return middle


def ladder(size, *, twisted=False):
    """Return an end of two rings of boxes with rungs between them; twisted, it is one ring of twice the length."""
    upper, lower = [[Box(side=side) for _ in range(size)] for side in "ab"]
    for n in range(size):
        last = n == size - 1
        upper[n].next = (lower if twisted and last else upper)[(n + 1) % size]
        lower[n].next = (upper if twisted and last else lower)[(n + 1) % size]
        upper[n].rung, lower[n].rung = lower[n], upper[n]
    return upper[0]


def marked_ring(size, mark):
    """Return a ring of boxes that look the same but for one."""
    boxes = [Box() for _ in range(size)]
    for n, box in enumerate(boxes):
        box.next = boxes[(n + 1) % size]
    boxes[mark].mark = True
    return boxes[0]


def pair_of(first, second):
    first.append(second)
    second.append(first)
    return first, second


def diamond(*, shared):
    bottom = [1, {"a": (2,)}]
    return [[bottom], [bottom if shared else [1, {"a": (2,)}]]]


def integers():
    for power in (7, 8, 15, 16, 30, 31, 32, 60, 62, 63, 64, 127, 128):
        yield 2**power, 2**power - 1, False, f"around 2**{power}"
        yield -(2**power), -(2**power) - 1, False, f"around -2**{power}"
        yield 2**power, -(2**power), False, f"the sign of 2**{power}"
    yield 2**15, int("8000", 16), True, "a digit of a big int"
    yield 2**31, int(float(2**31)), True, "an int is what it is, however it was made"
    yield 10**4000, 10**2000 * 10**2000, True, "a huge int"
    yield 3**100_000, 3**100_000 + 1, False, "an int of 20 kB"
    yield 3**100_000, -(3**100_000), False, "the sign of a huge int"
    yield 1 << 100_000, 1 << 100_001, False, "how many zeros"
    yield 2**53, float(2**53), False, "an int is not the float that equals it"
    yield [2**31 - 1, 2**31], [2**31, 2**31 - 1], False, "two formats side by side"
    yield [1] * CHUNK + [2**40], [1] * CHUNK + [2**40 + 1], False, "the first after a chunk"
    yield True, True, True, "True"
    yield [True] * 3, [1] * 3, False, "bools are not ints in a list"
    yield Int(2**70), Int(2**70), True, "a big int of a subclass"
    yield Int(5), OtherInt(5), False, "ints differ by class"
    yield LyingInt(5), LyingInt(6), False, "an int, whatever __int__ says"
    yield [Int(5), 5], [5, Int(5)], False, "which of them is of the subclass"
    yield with_attributes(Int(5), a=[1]), with_attributes(Int(5), a=[1]), True, "equal attributes of an int"
    yield with_attributes(Int(5), a=[1]), with_attributes(Int(5), a=[2]), False, "other attributes of an int"


def floats():
    yield NAN, PAYLOAD_NAN, True, "the payload of a NaN"
    yield NAN, QUIETED_NAN, True, "a computed NaN"
    yield MINUS_NAN, -QUIETED_NAN, True, "the sign of a NaN"
    yield [1.0, NAN, "a"], [1.0, PAYLOAD_NAN, "a"], True, "a NaN among others"
    yield {"k": NAN}, {"k": MINUS_NAN}, True, "a NaN as a value of a dict"
    yield {NAN: 1}, {MINUS_NAN: 1}, True, "a NaN as a key"
    yield (NAN,), (math.inf,), False, "a NaN in a tuple"
    yield [0.0], [-0.0], False, "the sign of a zero in a list"
    yield {0.0}, {-0.0}, False, "the sign of a zero in a set"
    yield 5e-324, 0.0, False, "the smallest float"
    yield sys.float_info.max, math.inf, False, "the largest float"
    yield 0.1 + 0.2, 0.3, False, "the last bit"
    yield 1e22, 10.0**22, True, "equal floats"
    yield sys.float_info.min, math.nextafter(sys.float_info.min, 0), False, "a subnormal float"
    yield complex(-0.0, 0.0), complex(0.0, 0.0), False, "the sign of a real zero"
    yield complex(0.0, -0.0), -complex(0.0, 0.0), False, "the sign of one zero or of both"
    yield complex(NAN, NAN), complex(MINUS_NAN, PAYLOAD_NAN), True, "two NaN parts"
    yield complex(NAN, -0.0), complex(NAN, 0.0), False, "a zero beside a NaN"
    yield complex(NAN, math.inf), complex(NAN, -math.inf), False, "an infinity beside a NaN"
    yield complex(1, 2), complex(2, 1), False, "the parts of a complex"
    yield complex(1, 0), (1.0, 0.0), False, "a complex is not a pair"
    yield Float(NAN), Float(MINUS_NAN), True, "NaN of a subclass is canonical"
    yield Float(-0.0), Float(0.0), False, "zeros of a subclass"
    yield LyingFloat(2), LyingFloat(3), False, "a float, whatever __float__ says"
    yield Complex(1), 1 + 0j, False, "a subclass of complex"
    yield Complex(1), with_attributes(Complex(1), a=1), False, "attributes of a complex"
    yield LyingComplex(1, 2), LyingComplex(3, 2), False, "a complex, whatever real says"
    yield SlottedFloat(1, unit="m"), SlottedFloat(1, unit="s"), False, "a private slot of a float"
    yield SlottedFloat(1), SlottedFloat(1, unit="s"), False, "an unset private slot of a float"
    yield with_attributes(SlottedFloat(1), note=2), with_attributes(SlottedFloat(1), note=2), True, "equal slots"


def texts():
    yield "\ud800", "\udfff", False, "surrogates differ"
    yield "\ud83d\ude00", "\U0001f600", False, "two surrogates are not the character"
    yield "\udc80", "\x80", False, "an escaped byte is not its character"
    yield "a\0b", "ab", False, "a zero inside"
    yield "\ufeffa", "a", False, "a byte order mark"
    yield "\xe4", "\u00e4", True, "equal spellings"
    yield "\u212b", "\xc5", False, "compatible characters"
    yield "\U0010ffff", "\U0010fffe", False, "the last characters"
    yield "ab" * 3, "".join(reversed("bababa")), True, "a computed text"
    yield "a" * 255, "a" * 256, False, "where the length takes a second byte"
    yield ["a" * 255], ["a" * 256], False, "lengths inside a list"
    yield "x" * (MIB - 1), "x" * MIB, False, "where a text is large"
    yield "x" * MIB + "\ud800", "x" * MIB + "?", False, "a surrogate after the first piece"
    yield "\xe9" * MIB, ("\xc3\xa9" * MIB)[:MIB], False, "a large text is not its bytes"
    yield "x" * (MIB - 1) + "\U0001f600", "x" * (MIB - 1) + "\ud83d\ude00", False, "a pair across two pieces"
    yield b"x" * (MIB - 1), b"x" * MIB, False, "where bytes are large"
    yield [b"x" * MIB], ["x" * MIB], False, "large bytes in a list are not a large text"
    yield {"x" * MIB: 1}, {"x" * (MIB - 1) + "y": 1}, False, "large keys"
    yield ("ab", ""), ("a", "b"), False, "borders of texts in a tuple"
    yield ["", ""], [""], False, "how many empty texts"
    yield b"\x80", "\x80", False, "a byte is not its character"
    yield b"", bytearray(), False, "empty bytes are not an empty bytearray"
    yield bytearray(), bytearray(b"\0"), False, "a bytearray of zero"
    yield bytearray(b"abc")[1:], bytearray(b"bc"), True, "a cut bytearray"
    yield bytearray(b"a" * MIB), bytearray(b"a" * (MIB - 1) + b"b"), False, "a large bytearray"
    yield MyByteArray(b"a"), bytearray(b"a"), False, "a subclass of bytearray"
    yield MyByteArray(b"a"), with_attributes(MyByteArray(b"a"), a=1), False, "attributes of a bytearray"
    yield LyingByteArray(b"ab"), LyingByteArray(b"cd"), False, "a bytearray, whatever __iter__ says"
    yield Str("a"), with_attributes(Str("a"), a=1), False, "attributes of a str"
    yield ShoutingStr("a"), ShoutingStr("b"), False, "a str, whatever __str__ says"
    yield {ShoutingStr("a"): 1}, {ShoutingStr("b"): 1}, False, "keys that say that they are equal"
    yield Bytes(b"a"), Bytes(b"b"), False, "bytes, whatever __bytes__ says"
    yield Bytes(b"a"), with_attributes(Bytes(b"a"), a=1), False, "attributes of bytes"
    yield [Str("a"), "a"], ["a", Str("a")], False, "which of the texts is of the subclass"
    yield [Str("x" * MIB)], ["x" * MIB], False, "a large text of a subclass"


def buffers():
    grid = np.arange(12, dtype="i4").reshape(3, 4)
    yield memoryview(b""), memoryview(bytearray()), True, "empty views"
    yield memoryview(b""), b"", False, "an empty view is not bytes"
    yield memoryview(b"abc"), readonly(b"abc"), True, "whether a view may write"
    yield memoryview(b"abc")[::-1], memoryview(b"cba"), True, "a view from the end"
    yield memoryview(b"abcdef")[1:5:3], memoryview(b"be"), True, "a view with steps"
    yield memoryview(b"abc")[1:], memoryview(b"bc"), True, "a part of a view"
    yield memoryview(b"abcd").cast("H"), memoryview(b"abcd").cast("h"), False, "the sign of a format"
    yield memoryview(b"abcd").cast("H"), memoryview(b"abcd"), False, "the width of a format"
    yield memoryview(bytes(8)).cast("d"), memoryview(bytes(8)).cast("q"), False, "floats are not ints in a view"
    yield memoryview(b"a").cast("c"), memoryview(b"a"), False, "characters are not bytes in a view"
    yield memoryview(bytes(1)).cast("?"), memoryview(bytes(1)), False, "bools are not bytes in a view"
    yield (
        memoryview(bytes(12)).cast("B", (3, 4)),
        memoryview(bytes(12)).cast("B", (4, 3)),
        False,
        "shapes of views",
    )
    yield memoryview(b"a").cast("B", ()), memoryview(b"a"), False, "no dimension is not one"
    yield memoryview(grid), memoryview(np.asfortranarray(grid)), True, "the order of a view in memory"
    yield memoryview(grid), memoryview(grid.T), False, "the transpose of a view"
    yield memoryview(grid[::-1, ::2]), memoryview(grid[::-1, ::2].copy()), True, "strides in two dimensions"
    yield memoryview(grid), memoryview(grid.tobytes()).cast("i", (3, 4)), True, "who owns the memory"
    yield memoryview(grid), grid, False, "a view is not an array"
    yield memoryview(array.array("i", [1])), array.array("i", [1]), False, "nor an array of the other kind"
    yield memoryview(np.zeros((0, 3))), memoryview(np.zeros((0, 3))[::-1]), True, "an empty view with a shape"
    yield memoryview(np.zeros(2, ">i4")), memoryview(np.zeros(2, "<i4")), False, "the byte order of a view"
    yield memoryview(padded(0)), memoryview(padded(255)), True, "padding in a view"
    yield memoryview(long_doubles(0)), memoryview(long_doubles(255)), True, "padding of long doubles in a view"
    table = [("OP", "i4"), ("X", "i4")]
    yield memoryview(np.zeros(1, table)), memoryview(np.ones(1, table)), False, "fields with the names of formats"
    yield memoryview(np.array([NAN])), memoryview(np.array([-np.float64(NAN)])), False, "NaNs in views go by bits"
    yield array.array("b", [1]), array.array("B", [1]), False, "the sign of a type code"
    yield array.array("i", [1, 2]), array.array("i", [2, 1]), False, "the order of an array"
    yield array.array("i", [1]), array.array("h", [1]), False, "the width of a type code"
    yield array.array("q", [1]), array.array("l", [1]), False, "type codes of one width"
    yield array.array("d", [0.0]), array.array("d", [-0.0]), False, "zeros in an array"
    yield array.array("d", [NAN]), array.array("d", [PAYLOAD_NAN]), False, "NaNs in an array go by bits"
    yield array.array("u", "ab"), array.array("u", "ab"), True, "an array of characters"
    yield array.array("u", "ab"), array.array("u", "ac"), False, "characters differ"
    yield array.array("i", range(9))[::3], array.array("i", [0, 3, 6]), True, "a cut array"
    yield array.array("B", b"ab"), b"ab", False, "an array is not bytes"
    yield array.array("B", b"ab"), bytearray(b"ab"), False, "an array is not a bytearray"
    yield MyArray("i", [1]), array.array("i", [1]), False, "a subclass of array"
    yield MyArray("i", [1]), with_attributes(MyArray("i", [1]), unit="m"), False, "attributes of an array"
    yield (
        with_attributes(SlottedArray("i"), note=1),
        with_attributes(SlottedArray("i"), note=2),
        False,
        "its slots",
    )
    yield LyingArray("i", [1]), LyingArray("I", [1]), False, "an array, whatever typecode says"
    yield LyingArray("i", [1]), LyingArray("i", [2]), False, "an array, whatever tobytes says"
    yield ctypes.c_int(1), ctypes.c_int(1), True, "equal ctypes"
    yield ctypes.c_int(1), ctypes.c_int(2), False, "ctypes differ"
    yield ctypes.c_int(1), ctypes.c_uint(1), False, "ctypes differ by class"
    yield Record(1, 2), Record(1, 2), True, "equal structures"
    yield Record(1, 2), Record(1, 3), False, "structures differ"
    yield (ctypes.c_int * 2)(1, 2), (ctypes.c_int * 2)(1, 2), True, "arrays of ctypes"


def ranges_and_slices():
    yield range(0), range(1, 1), False, "where an empty range begins"
    yield range(0, 5, 2), range(0, 6, 2), False, "where a range ends, as it says itself"
    yield range(5), range(5)[:], True, "a whole part of a range"
    yield range(10)[2:8:3], range(2, 8, 3), True, "a part of a range"
    yield range(5, 0, -1), range(5)[::-1], False, "a range from the end"
    yield range(True), range(1), True, "a range counts in ints"
    yield range(2**70, 2**70 + 1), range(2**70, 2**70 + 2), False, "a range far out"
    yield range(3), slice(0, 3, 1), False, "a range is not a slice"
    yield slice(None), slice(None, None, None), True, "a slice of nothing"
    yield slice(None), slice(0), False, "None is no stop"
    yield slice(None), None, False, "a slice is not None"
    yield slice(1, 2, 3), (1, 2, 3), False, "a slice is not a tuple"
    yield slice(1, 2, 3), slice(3, 2, 1), False, "the parts of a slice"
    yield slice("a", "b"), slice("a", "c"), False, "a slice of texts"
    yield slice(1.0), slice(1), False, "a slice of floats"
    yield slice(NAN), slice(MINUS_NAN), True, "a slice up to NaN"
    yield slice(slice(1), {1: [2]}), slice(slice(1), {1: [2]}), True, "slices of slices"
    yield slice(slice(1)), slice(slice(2)), False, "inner slices count"
    yield (slice(1), ...), (..., slice(1)), False, "an index of several axes"
    yield [None, ..., NotImplemented], [None, NotImplemented, ...], False, "constants in a list"
    yield {...: 1}, {NotImplemented: 1}, False, "constants as keys"


def lists_and_tuples():
    yield [[]], [()], False, "what is empty"
    yield [[], []], [[]], False, "how many empties"
    yield ((),), ((), ()), False, "how many empties in a tuple"
    yield [[[[1]]]], [[[1]]], False, "how deep"
    yield [1, (2, 3)], [1, [2, 3]], False, "which of them is a tuple"
    yield [None], [], False, "a None in a list"
    yield [None] * 2, [None] * 3, False, "how many Nones"
    yield list(range(CHUNK)), tuple(range(CHUNK)), False, "a full chunk"
    yield list(range(CHUNK + 1)), [*range(CHUNK), CHUNK], True, "one more than a chunk"
    yield [0] * CHUNK + [[]], [0] * CHUNK + [()], False, "a container after a chunk"
    yield [[0] * CHUNK], [tuple([0] * CHUNK)], False, "a chunk inside"
    yield [[]] * CHUNK, [[] for _ in range(CHUNK)], True, "a chunk of one list"
    yield [0] * CHUNK + [NAN], [0] * CHUNK + [MINUS_NAN], True, "a NaN after a chunk"
    yield [NAN] * (CHUNK + 1), [MINUS_NAN] * (CHUNK + 1), True, "NaNs alone"
    yield [0.5] * (2 * CHUNK), [0.5] * (2 * CHUNK - 1), False, "how many floats"
    yield [b"\x82" + bytes(16)], [[]], False, "bytes that look like a token"
    yield ["[]"], [[]], False, "text that looks like a list"
    yield nested(500, lambda v: [v]), nested(501, lambda v: [v]), False, "500 lists"
    yield nested(5000, lambda v: (v,)), nested(5000, lambda v: (v,)), True, "5,000 tuples"
    yield nested(5000, lambda v: (v,)), nested(5000, lambda v: [v]), False, "5,000 tuples or lists"
    yield nested(100_000, lambda v: {0: v}), nested(100_000, lambda v: {0: v}), True, "100,000 dicts"
    yield nested(10_000, lambda v: [v], 1), nested(10_000, lambda v: [v], 2), False, "what is in 10,000 lists"
    yield nested(10_000, lambda v: (v,), 1), nested(10_000, lambda v: (v,), 2), False, "10,000 tuples"
    yield nested(5_000, lambda v: collections.deque([v])), [], False, "5,000 deques"
    yield nested(5_000, lambda v: slice(v)), nested(5_000, lambda v: slice(v)), True, "5,000 slices"
    yield nested(5_000, lambda v: frozenset([v])), nested(5_001, lambda v: frozenset([v])), False, "frozensets"
    yield [1] * 1_000_000, [*[1] * 999_999, 2], False, "the last of a million"
    yield ["a"] * 1_000_000, ["a"] * 1_000_000, True, "a million texts"
    yield [(1, "a")] * 200_000, [(1, "".join(["a"])) for _ in range(200_000)], True, "many pairs"


def dicts():
    yield {"a": 1}, regrown_dict([("a", 1)]), True, "the history of a dict"
    yield {"a": 1, "b": 2}, split_dict(a=1, b=2), True, "how a dict keeps its keys"
    yield {"a": 1, "b": 2}, {"a": 1} | {"b": 2}, True, "a dict made of two"
    yield {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, False, "one item more"
    yield {"a": {"b": 1}}, {"a": {"b": 2}}, False, "inner dicts"
    yield {"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}, False, "the order of an inner dict"
    yield {1: 2, 3: 4}, {1: 3, 2: 4}, False, "which are keys"
    yield {"ab": "c"}, {"a": "bc"}, False, "borders of keys and values"
    yield {None: 1}, {"None": 1}, False, "None as a key"
    yield {0: 1}, {False: 1}, False, "False as a key"
    yield {"": 1}, {b"": 1}, False, "an empty key"
    yield {(): 1}, {frozenset(): 1}, False, "an empty tuple as a key"
    yield {(1, 2): 3}, {(1, 2.0): 3}, False, "types inside keys"
    yield {0.0: 1}, {-0.0: 1}, False, "the sign of a zero as a key"
    yield {1: 1, 2: 2}, [(1, 1), (2, 2)], False, "a dict is not its items"
    yield dict.fromkeys(range(CHUNK)), dict.fromkeys(range(CHUNK), 0), False, "a chunk of keys"
    yield {n: [] for n in range(CHUNK)}, {n: [] for n in range(CHUNK)}, True, "lists as many values"
    yield {n: n for n in range(1_000_000)}, {n: n for n in range(999_999)}, False, "a million items"
    yield Dict(a=1, b=2), Dict(b=2, a=1), False, "the order of a subclass of dict"
    yield LyingDict(a=1), LyingDict(a=2), False, "a dict, whatever items says"
    yield LyingDict(a=1), LyingDict(b=1), False, "a dict, whatever keys says"
    yield MissingDict(a=1), Dict(a=1), False, "dicts differ by class"
    yield with_attributes(SlottedDict(), note=1), SlottedDict(), False, "a slot of a dict"
    yield with_unset(SlottedDict(), "note"), SlottedDict(), True, "a slot that was unset again"
    yield with_attributes(Dict(), a={}), with_attributes(Dict(), a=[]), False, "empties among attributes of a dict"


def sets():
    yield {1, 2}, {1, 2, 3}, False, "one element more"
    yield {1}, [1], False, "a set is not a list"
    yield {1}, {1.0}, False, "floats in a set"
    yield set(), [], False, "an empty set is not an empty list"
    yield {""}, {b""}, False, "empties in a set"
    yield set(map(str, range(1000))), grown(set, map(str, range(1000))), True, "the order of many texts"
    yield frozenset(map(str, range(99))), grown(frozenset, map(str, range(99))), True, "the order of a frozenset"
    yield {1, "a", None, 2.5, (1,)}, {(1,), 2.5, None, "a", 1}, True, "a set of everything"
    yield {frozenset("ab"), frozenset("cd")}, {frozenset("dc"), frozenset("ba")}, True, "sets in a set"
    yield {frozenset("ab"), frozenset("cd")}, {frozenset("ac"), frozenset("bd")}, False, "how sets are parted"
    yield {frozenset()}, {()}, False, "an empty set in a set"
    yield {("a", frozenset("xyz"))}, {("a", frozenset("zyx"))}, True, "a set in a tuple in a set"
    yield {frozenset("abc"): 1}, {frozenset("cba"): 1}, True, "a set as a key"
    yield {ByIdentity(1), ByIdentity(1)}, {ByIdentity(1)}, False, "how many equal ones"
    yield {ByIdentity(1), ByIdentity(2)}, {ByIdentity(2), ByIdentity(1)}, True, "objects in a set"
    yield (
        {ByIdentity(1), ByIdentity(1), ByIdentity(2)},
        {ByIdentity(1), ByIdentity(2), ByIdentity(2)},
        False,
        "which",
    )
    yield set(range(CHUNK + 5)), set(range(CHUNK + 4, -1, -1)), True, "a set of more than a chunk"
    yield set(range(300_000)), set(range(300_001)), False, "a large set"
    yield {float(n) for n in range(99)}, {n + 0.0 for n in reversed(range(99))}, True, "floats without an order"
    yield Set("ab"), Set("ac"), False, "elements of a subclass of set"
    yield LyingSet("ab"), LyingSet("ac"), False, "a set, whatever __iter__ says"
    yield with_attributes(SlottedSet(), note=1), with_attributes(SlottedSet(), note=2), False, "a slot of a set"
    yield with_attributes(Frozenset(), note=1), Frozenset(), False, "a slot of a frozenset"
    yield Frozenset("ab"), frozenset("ab"), False, "a frozenset of a subclass"


def collections_of_the_library():
    yield collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1), False, "its order"
    yield collections.OrderedDict({1: 2}), collections.OrderedDict({True: 2}), False, "types of its keys"
    yield collections.OrderedDict(), collections.Counter(), False, "empty mappings differ by class"
    yield MyOrderedDict(a=1), collections.OrderedDict(a=1), False, "a subclass of OrderedDict"
    yield MyOrderedDict(a=1), with_attributes(MyOrderedDict(a=1), b=1), False, "attributes of an OrderedDict"
    yield LyingOrderedDict(a=1), LyingOrderedDict(a=2), False, "an OrderedDict, whatever items says"
    moved = MyOrderedDict(a=1, b=2)
    moved.move_to_end("b", last=False)
    yield moved, MyOrderedDict(b=2, a=1), True, "moved to the front"
    yield moved, MyOrderedDict(a=1, b=2), False, "as it was before it was moved"
    yield with_attributes(SlottedOrderedDict(), note=1), SlottedOrderedDict(), False, "a slot of an OrderedDict"
    yield collections.defaultdict(list, a=[1]), collections.defaultdict(list, a=[1]), True, "equal defaultdicts"
    yield (
        collections.defaultdict(list, a=1, b=2),
        collections.defaultdict(list, b=2, a=1),
        False,
        "its items' order",
    )
    yield collections.defaultdict(None, a=1), {"a": 1}, False, "a defaultdict without a factory"
    read = collections.defaultdict(list)
    read["a"]
    yield read, collections.defaultdict(list), False, "reading fills a defaultdict"
    yield MyDefaultDict(int), collections.defaultdict(int), False, "a subclass of defaultdict"
    yield with_attributes(MyDefaultDict(int), a=1), MyDefaultDict(int), False, "attributes of a defaultdict"
    yield LyingDefaultDict(int), LyingDefaultDict(list), False, "the factory, whatever the property says"
    yield collections.Counter(a=1, b=2), collections.Counter(b=2, a=1), False, "the order of a Counter"
    yield collections.Counter(a=0), collections.Counter(), False, "a count of 0"
    yield collections.Counter(a=-1), collections.Counter(a=1), False, "a count below 0"
    yield collections.Counter(a=1), collections.Counter(a=1.0), False, "counts of any type"
    yield MyCounter("aab"), collections.Counter("aab"), False, "a subclass of Counter"
    yield with_attributes(collections.Counter(), total_=1), collections.Counter(), False, "attributes of a Counter"
    yield collections.deque([1, 2, 3]), rotated([2, 3, 1], 1), True, "a rotated deque"
    yield collections.deque([1, 2, 3], 3), pushed([1, 2, 3], 3), True, "what a deque has let go of"
    yield collections.deque(maxlen=0), collections.deque(), False, "a deque that holds nothing"
    yield collections.deque([1], 5), collections.deque([1], 6), False, "room in a deque"
    yield collections.deque(range(200)), collections.deque(range(201)), False, "a deque of several blocks"
    yield MyDeque([1]), collections.deque([1]), False, "a subclass of deque"
    yield MyDeque([1]), with_attributes(MyDeque([1]), a=1), False, "attributes of a deque"
    yield with_attributes(SlottedDeque(), note=1), SlottedDeque(), False, "a slot of a deque"
    yield LyingDeque([1], 3), LyingDeque([1], 4), False, "the length, whatever the property says"
    yield LyingDeque([1]), LyingDeque([2]), False, "a deque, whatever __iter__ says"
    yield (
        collections.ChainMap({"a": 1}, {"b": 2}),
        collections.ChainMap({"b": 2}, {"a": 1}),
        False,
        "which is first",
    )
    yield (
        collections.ChainMap({"a": 1, "b": 2}),
        collections.ChainMap({"a": 1}, {"b": 2}),
        False,
        "how it is parted",
    )
    yield collections.ChainMap(), {}, False, "an empty ChainMap"
    yield (
        collections.ChainMap({"a": 1}).new_child({"b": 2}),
        collections.ChainMap({"b": 2}, {"a": 1}),
        True,
        "child",
    )
    yield MyChainMap({}), collections.ChainMap({}), False, "a subclass of ChainMap"
    yield with_attributes(MyChainMap({}), a=1), MyChainMap({}), False, "attributes of a ChainMap"
    yield collections.UserDict(a=1), collections.UserDict(a=1), True, "equal UserDicts"
    yield collections.UserDict(a=1), {"a": 1}, False, "a UserDict is not a dict"
    yield collections.UserDict(a=1), MyUserDict(a=1), False, "a subclass of UserDict"
    yield MyUserDict(a=1), with_attributes(MyUserDict(a=1), b=1), False, "attributes of a UserDict"
    yield collections.UserList([1]), collections.UserList([2]), False, "UserLists differ"
    yield collections.UserList([1]), collections.UserString("1"), False, "a UserList is not a UserString"
    yield collections.UserString("a"), "a", False, "a UserString is not a str"


def proxies_and_views():
    proxy = types.MappingProxyType
    yield proxy({"a": 1}), proxy({"a": 2}), False, "what a proxy shows"
    yield proxy({}), {}, False, "an empty proxy"
    yield proxy({"a": 1, "b": 2}), proxy({"b": 2, "a": 1}), False, "the order behind a proxy"
    yield proxy(proxy({"a": 1})), proxy({"a": 1}), False, "a proxy of a proxy"
    yield proxy(Dict(a=1)), proxy({"a": 1}), False, "the class behind a proxy"
    yield proxy(Dict(a=1)), proxy(with_attributes(Dict(a=1), b=2)), False, "attributes behind a proxy"
    yield proxy(LyingDict(a=1)), proxy(LyingDict(a=2)), False, "lies behind a proxy"
    yield proxy(collections.Counter("a")), proxy(collections.Counter("b")), False, "a Counter behind a proxy"
    yield proxy(collections.defaultdict(int)), proxy(collections.defaultdict(list)), False, "factories behind one"
    yield proxy(collections.ChainMap({"a": 1})), proxy({"a": 1}), False, "a ChainMap behind a proxy"
    yield proxy(collections.UserDict(a=1)), proxy(collections.UserDict(a=1)), True, "a UserDict behind a proxy"
    yield {"a": 1, "b": 2}.keys(), {"b": 2, "a": 1}.keys(), False, "the order of keys"
    yield {"a": 1}.keys(), {"a"}, False, "keys are not a set"
    yield {"a": 1}.keys(), ["a"], False, "keys are not a list"
    yield {"a": 1}.values(), {"a": True}.values(), False, "types of values"
    yield {1: 2}.items(), {2: 1}.items(), False, "which is the key"
    yield {1: 2}.items(), {1: 2, 3: 4}.items(), False, "how many items"
    yield {1: 2, 3: 4}.items(), {1: 2, 3: 4}.values(), False, "items are not values"
    yield {"ab": "c"}.items(), {"a": "bc"}.items(), False, "borders in items"
    yield {}.keys(), {}.values(), False, "empty views differ by kind"
    yield {}.items(), {}.keys(), False, "empty items are not keys"
    yield {1: []}.items(), {1: []}.items(), True, "items that cannot be in a set"
    yield Dict(a=1).keys(), {"a": 1}.keys(), True, "views of a subclass of dict"
    yield LyingDict(a=1).__class__.__mro__[1].items(LyingDict(a=1)), {"a": 1}.items(), True, "views past lies"
    yield collections.OrderedDict(a=1).keys(), {"a": 1}.keys(), False, "views of an OrderedDict"
    moved = collections.OrderedDict(a=1, b=2)
    moved.move_to_end("a")
    yield moved.items(), collections.OrderedDict(b=2, a=1).items(), True, "views follow move_to_end"
    yield moved.values(), collections.OrderedDict(a=1, b=2).values(), False, "values follow move_to_end"
    yield collections.Counter("ab").values(), {"x": 1, "y": 1}.values(), True, "views of a Counter"
    yield collections.defaultdict(int, a=1).items(), {"a": 1}.items(), True, "views of a defaultdict"
    yield proxy({"a": 1}).keys(), {"a": 1}.keys(), True, "views through a proxy"
    yield collections.ChainMap({"a": 1}).items(), collections.ChainMap({"a": 2}).items(), False, "of a ChainMap"
    yield collections.UserDict(a=1).keys(), collections.UserDict(a=1).values(), False, "views of a UserDict"


def namespaces_and_named_tuples():
    yield types.SimpleNamespace(), types.SimpleNamespace(a=None), False, "a None in a namespace"
    yield types.SimpleNamespace(a=1), types.SimpleNamespace(b=1), False, "names in a namespace"
    yield types.SimpleNamespace(**{"not a name": 1}), types.SimpleNamespace(**{"not a name": 1}), True, "any name"
    yield Namespace(a=1), types.SimpleNamespace(a=1), False, "a subclass of SimpleNamespace"
    yield Namespace(a=1), OtherNamespace(a=1), False, "namespaces differ by class"
    yield Namespace(a=1, b=2), Namespace(b=2, a=1), True, "attributes of a subclass have no order"
    yield with_attributes(SlottedNamespace(), note=1), SlottedNamespace(), False, "a slot of a namespace"
    inner = types.SimpleNamespace(b=[1])
    yield types.SimpleNamespace(a=inner), types.SimpleNamespace(a=types.SimpleNamespace(b=[1])), True, "inner ones"
    yield Point(), Point(0, 0), True, "defaults of a named tuple"
    yield Point(1), Point(0, 1), False, "which field"
    yield Point(1, 2), Place(1, 2), False, "named tuples of one shape"
    yield Point(1, 2), SubPoint(1, 2), False, "a subclass of a named tuple"
    yield NotedPoint(1, 2), with_attributes(NotedPoint(1, 2), note=3), False, "attributes of a named tuple"
    yield Place(1), Place(1, 0), True, "defaults of a NamedTuple"
    yield Place(1), Place(1.0), False, "types in a NamedTuple"
    yield Renamed(1, 2), Renamed(1, 3), False, "a renamed field"
    yield Empty(), (), False, "a named tuple of nothing"
    yield Point(1, 2)._replace(x=3), Point(3, 2), True, "a replaced field"
    yield Point([1], {2}), Point([1], {2}), True, "anything in a named tuple"
    yield Point(1, 2)._asdict(), {"x": 1, "y": 2}, True, "a named tuple as a dict"


def subclasses_of_containers():
    yield SlottedList([1]), SlottedList([1], hidden=2), False, "an unset private slot of a list"
    yield SlottedList([1], hidden=1), SlottedList([1], hidden=2), False, "a private slot of a list"
    yield DeepSlottedList([], 1, 2), DeepSlottedList([], 2, 1), False, "private slots of one name in two classes"
    yield DeepSlottedList([], 1), DeepSlottedList([], None, 1), False, "which class has the slot"
    yield DictAndSlotsList([], 1), DictAndSlotsList([], 2), False, "a slot below a dictionary"
    both = with_attributes(DictAndSlotsList([], 1), shown=1, loose=2)
    yield (
        both,
        with_attributes(DictAndSlotsList([], 1), loose=2, shown=1),
        True,
        "slots and attributes in any order",
    )
    yield both, with_attributes(DictAndSlotsList([], 1), shown=1, loose=3), False, "attributes beside slots"
    yield (
        with_attributes(OneSlotList(), only=1),
        with_attributes(OneSlotList(), only=2),
        False,
        "one slot, no tuple",
    )
    yield _(1), _(2), False, "a private slot of a class called _"
    yield RenamedList(1), RenamedList(2), False, "a private slot of a class renamed later"
    yield (
        with_attributes(StatefulList([1]), unit=1),
        with_attributes(StatefulList([1]), unit=2),
        False,
        "its state",
    )
    yield (
        with_attributes(StatefulList([1]), unit=1),
        with_attributes(StatefulList([2]), unit=1),
        False,
        "its items",
    )
    seen = with_attributes(StatefulList([1]), unit=1, cache=5)
    yield with_attributes(StatefulList([1]), unit=1), seen, True, "what __getstate__ leaves out"
    yield with_attributes(MixedList([1]), a=1), with_attributes(MixedList([2]), a=1), False, "items below a mixin"
    yield LyingTuple((1, 2)), LyingTuple((1, 3)), False, "a tuple, whatever __iter__ says"
    yield Tuple((1, 2)), with_attributes(Tuple((1, 2)), a=None), False, "a None among attributes of a tuple"
    yield [Tuple((1,))], [(1,)], False, "a tuple of a subclass in a list"
    yield {Tuple((1,)): 1}, {(1,): 1}, False, "a tuple of a subclass as a key"
    yield Set({1}), Frozenset({1}), False, "subclasses of set and frozenset"


def cycles():
    yield in_itself(list), in_itself(list), True, "a list of itself"
    yield in_itself(list), [[]], False, "a list of itself is not a list of a list"
    yield in_itself(list, 1), in_itself(SlottedList, 1), False, "classes in a cycle"
    yield in_itself(collections.deque, 1), in_itself(collections.deque, 1), True, "a deque in itself"
    yield in_itself(collections.deque, 1), in_itself(list, 1), False, "a deque in itself is not a list in itself"
    yield dict_in_itself(dict, a=1), dict_in_itself(dict, a=1), True, "a dict in itself"
    yield dict_in_itself(dict, a=1), dict_in_itself(dict, a=2), False, "content of a dict in itself"
    yield dict_in_itself(Dict, a=1), dict_in_itself(dict, a=1), False, "the class of a dict in itself"
    ordered = collections.OrderedDict
    yield dict_in_itself(ordered, a=1), dict_in_itself(ordered, a=1), True, "an OrderedDict in itself"
    yield tuple_in_itself(1), tuple_in_itself(1), True, "a tuple in itself"
    yield tuple_in_itself(1), tuple_in_itself(2), False, "content of a tuple in itself"
    yield tuple_in_itself(1), tuple_in_itself(1)[1][0], True, "a tuple in itself seen from inside"
    yield tuple_in_itself(1), tuple_in_itself(1)[1], False, "the tuple is not the list in it"
    yield object_in_its_set(set, 1), object_in_its_set(set, 1), True, "an object in its own set"
    yield object_in_its_set(set, 1), object_in_its_set(frozenset, 1), False, "set or frozenset in a cycle"
    yield object_in_its_set(set, 1), object_in_its_set(set, 2), False, "content beside a set in a cycle"
    yield objects_in_one_set(1, 2, 3), objects_in_one_set(1, 3, 2), True, "a set of objects that know it"
    yield objects_in_one_set(1, 2, 3), objects_in_one_set(2, 1, 3), False, "which of the objects"
    yield objects_in_one_set(1, 2), objects_in_one_set(1, 2, 2), False, "how many objects"
    yield key_in_its_dict(1), key_in_its_dict(1), True, "a key that knows its dict"
    yield key_in_its_dict(1), key_in_its_dict(2), False, "content of a key that knows its dict"
    yield proxy_in_its_dict(1), proxy_in_its_dict(1), True, "a proxy in its dict"
    yield proxy_in_its_dict(1), proxy_in_its_dict(2), False, "content behind a proxy in its dict"
    yield method_of_itself(1), method_of_itself(1), True, "a list with a method of its own"
    yield method_of_itself(1), method_of_itself(2), False, "content of a list with a method of its own"
    yield ring(1, 2, 3), ring(2, 3, 1)[1][1], True, "a ring entered elsewhere"
    yield ring(1, 2, 3), ring(2, 3, 1), False, "where a ring is entered"
    yield ring(1, 2, 3), ring(1, 3, 2), False, "the direction of a ring"
    yield ring(1, 2), ring(1, 2, 1, 2), True, "a ring gone round twice"
    yield ring(1, 2), ring(1, 2, 1), False, "a ring gone round once and a half"
    yield ring(1, 1, 1, 2), ring(1, 1, 2), False, "how many look the same"
    yield [ring(1, 2), ring(2, 1)], [ring(1, 2), ring(1, 2)[1]], True, "one ring or two"
    yield ring_of(Box, "aab"), ring_of(Box, "aab"), True, "objects in a ring"
    yield ring_of(Box, "aab"), ring_of(Box, "aba"), False, "their order"
    yield ring_of(Box, "aab"), ring_of(types.SimpleNamespace, "aab"), False, "their class"
    yield ring_of(types.SimpleNamespace, "ab"), ring_of(types.SimpleNamespace, "ab"), True, "namespaces in a ring"
    yield figure_of_eight(1, 2), figure_of_eight(1, 2), True, "two rings through one list"
    yield figure_of_eight(1, 2), figure_of_eight(2, 1), False, "which ring comes first"
    yield figure_of_eight(1, 1), figure_of_eight(1, 1), True, "two rings that look the same"
    yield ladder(4), ladder(4), True, "a ladder"
    yield ladder(4), ladder(4, twisted=True), False, "a twisted ladder, whose next is on the other side"
    yield marked_ring(50, 10), marked_ring(50, 10), True, "a long ring with a mark"
    yield marked_ring(50, 10), marked_ring(50, 11), False, "where the mark is"
    yield marked_ring(50, 10), marked_ring(51, 10), False, "how long the ring is"
    yield marked_ring(5_000, 2_500), marked_ring(5_000, 2_501), False, "a very long ring"
    yield pair_of([1], [2]), pair_of([1], [2]), True, "both ends of a cycle"
    yield pair_of([1], [2]), pair_of([2], [1]), False, "which end is which"
    yield pair_of([1], [2])[0], pair_of([2], [1])[1], True, "one end by the other way"
    yield pair_of([1], [1])[0], in_itself(list, 1), True, "two that look the same are one"
    outer = [pair_of([1], [2])[0]]
    yield [outer, outer], [outer, [pair_of([1], [2])[0]]], True, "a shared list around a cycle"
    yield diamond(shared=True), diamond(shared=False), True, "a diamond"
    big = [*range(CHUNK), in_itself(list, 1)]
    yield big, [*range(CHUNK), in_itself(list, 1)], True, "a cycle after a chunk"
    yield big, [*range(CHUNK), in_itself(list, 2)], False, "its content after a chunk"


FAMILIES = (
    integers,
    floats,
    texts,
    buffers,
    ranges_and_slices,
    lists_and_tuples,
    dicts,
    sets,
    collections_of_the_library,
    proxies_and_views,
    namespaces_and_named_tuples,
    subclasses_of_containers,
    cycles,
)
