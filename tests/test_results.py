"""Results come back as they were: built-in types, the user's classes, numpy; small and large, in every setting."""

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import pathlib
import pickle
import random
import typing
import uuid

import attrs
import numpy as np
import pydantic
import pytest

import memo

SECRET = "a secret of more than 16 bytes"
WAYS = [
    {},
    {"compression": "none"},
    {"compression": "none", "mmap": "r"},
    {"compression": "none", "mmap": False},
    {"compression": "none", "mmap": "r", "verify": False},
    {"compression": "lz4", "mmap": "r"},
    {"compression": "zstd"},
    {"compression": "lz4", "mmap": False, "verify": False},
    {"compression": "none", "signing_key": SECRET},
    {"compression": "zstd", "signing_key": SECRET, "mmap": "r", "verify": False},
]
FEW, MANY, HUGE = 3, 20_000, 600_000  # Items: everything inline; a blob of each column; several megabytes.


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


@dataclasses.dataclass
class Report:
    name: str
    values: object
    notes: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    values: object
    level: Level = Level.LOW


class Slotted:
    __slots__ = ("__dict__", "left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right
        self.beside = left


class Named(typing.NamedTuple):
    name: str
    values: object


@attrs.define
class Defined:
    values: object
    level: Level = Level.HIGH


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    name: str
    values: np.ndarray
    text: bytes


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyBytes(bytes):
    pass


class MyBytearray(bytearray):
    pass


class MyStr(str):
    __slots__ = ("note",)


class ZeroCopy(bytearray):
    """The example of the pickle module's documentation for buffers out of band."""

    def __reduce_ex__(self, protocol):
        return type(self).rebuilt, (pickle.PickleBuffer(self),), None

    @classmethod
    def rebuilt(cls, buffer):
        with memoryview(buffer) as view:
            whole = view.obj
            return whole if type(whole) is cls else cls(whole)


class Carrier(np.ndarray):
    """An array with an attribute that travels with it."""

    def __array_finalize__(self, other):
        self.unit = getattr(other, "unit", None)

    def __reduce__(self):
        rebuild, arguments, state = super().__reduce__()
        return rebuild, arguments, (state, self.unit)

    def __setstate__(self, state):
        super().__setstate__(state[0])
        self.unit = state[1]


def noise(count):
    return random.Random(count).randbytes(count)


def steps(count, dtype="f8"):
    return np.arange(count).astype(dtype)


def with_unit(values, unit):
    made = values.view(Carrier)
    made.unit = unit
    return made


def objects(*values):
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def in_slots(text, note):
    made = MyStr(text)
    made.note = note
    return made


def read_only(values):
    values.flags.writeable = False
    return values


def unaligned(values):
    raw = np.zeros(values.nbytes + 1, np.uint8)
    made = raw[1:].view(values.dtype)
    made[...] = values
    return made


def padded(count):
    made = np.zeros(count, np.dtype([("flag", "i1"), ("price", "f8"), ("name", "U3")], align=True))
    made["flag"], made["price"], made["name"] = 1, np.arange(count), "abc"
    return made


def packed(count):
    inner = np.dtype([("x", ">f4"), ("y", "<i2", (2, 3))])
    made = np.zeros(count, np.dtype([("a", "i1"), ("b", inner), ("c", "M8[s]")]))
    made["b"]["y"] = np.arange(6).reshape(2, 3)
    made["a"] = np.arange(count) % 100
    return made


BUILT_INS = {
    "none": lambda n: None,
    "bytes": noise,
    "bytes that repeat": lambda n: b"abc" * n,
    "bytearray": lambda n: bytearray(noise(n * 4)),
    "text": lambda n: "grüße \udcff 🎉" * n,
    "an int": lambda n: 3 ** (n % 50_000),
    "list of ints": lambda n: list(range(n)),
    "list of texts": lambda n: [f"item {i}" for i in range(n)],
    "tuples": lambda n: tuple((i, str(i), i / 7) for i in range(n // 8)),
    "dict": lambda n: {str(i): [i, None, True] for i in range(n // 8)},
    "set": lambda n: set(range(n)),
    "frozenset of bytes": lambda n: frozenset([noise(n * 4), b"", bytes(n * 4)]),
    "large bytes as a key": lambda n: {noise(n * 4): noise(n * 4 + 1), 1: bytearray(n * 4)},
    "deque": lambda n: collections.deque(range(n), maxlen=n + 1),
    "OrderedDict": lambda n: collections.OrderedDict((i, -i) for i in range(n // 8)),
    "defaultdict": lambda n: collections.defaultdict(list, {1: [noise(n)]}),
    "Counter": lambda n: collections.Counter({str(i): i for i in range(n // 8)}),
    "array.array": lambda n: array.array("d", range(n)),
    "numbers": lambda n: [decimal.Decimal("1.10"), fractions.Fraction(1, 3), 1j, float("nan"), -0.0, 10**n],
    "dates": lambda n: [dt.datetime(2024, 2, 29, tzinfo=dt.UTC) + dt.timedelta(days=i) for i in range(n // 20)],
    "things": lambda n: [uuid.UUID(int=n), pathlib.PurePosixPath("/a/b"), Level.LOW, range(n), slice(1, n)],
    "a list in subclasses": lambda n: MyDict(a=MyList([noise(n * 4), bytearray(n * 4)])),
    "subclass of bytes": lambda n: MyBytes(noise(n * 4)),
    "subclass of bytearray": lambda n: MyBytearray(noise(n * 4)),
    "subclass of str": lambda n: in_slots("ab" * n, noise(n * 4)),
    "out of band by itself": lambda n: ZeroCopy(noise(n * 4)),
}
OWN = {
    "dataclass": lambda n: Report("a", steps(n), {"raw": noise(n * 4)}),
    "frozen dataclass with slots": lambda n: Frozen([steps(n), bytearray(n * 4)], Level.HIGH),
    "slots and a dictionary": lambda n: Slotted(steps(n), noise(n * 4)),
    "named tuple": lambda n: Named("a", steps(n, "i4")),
    "attrs": lambda n: Defined({"x": steps(n), "y": noise(n * 4)}),
    "pydantic": lambda n: Model(name="a", values=steps(n), text=noise(n * 4)),
    "all of them": lambda n: Report(
        "a", [Frozen(Defined(Named("b", Slotted(1, steps(n)))))], {Level.LOW: noise(n)}
    ),
}
CODES = [*"?bBhHiIlLqQefdgFDG", ">i2", ">u4", ">f8", ">c16", "M8[D]", "M8[ns]", "m8[us]", "S7", "U5"]
NUMPY = {f"dtype {code}": (lambda n, code=code: (steps(n * 9, "i8") % 999).astype(code)) for code in CODES} | {
    "void": lambda n: np.frombuffer(noise(n * 9), "V9"),
    "fields without padding": packed,
    "fields with padding": padded,
    "one field of several": lambda n: packed(n)["c"],
    "variable strings": lambda n: np.array(["a", "", "ä" * 40] * n, np.dtypes.StringDType()),
    "variable strings, some missing": lambda n: np.array(["a", None], np.dtypes.StringDType(na_object=None)),
    "objects": lambda n: objects(*range(n // 4), None, "text"),
    "arrays in an array of objects": lambda n: objects(steps(n), [steps(n, "i4")], objects(steps(n, "u1"))),
    "fields with objects": lambda n: np.array([(i, [i]) for i in range(n // 8)], [("a", "i4"), ("b", "O")]),
    "masked": lambda n: np.ma.array(steps(n), mask=steps(n) % 3 == 0, fill_value=7),
    "masked fields": lambda n: np.ma.array(packed(n), mask=False),
    "recarray": lambda n: packed(n).view(np.recarray),
    "matrix": lambda n: np.asmatrix(steps(n * 2).reshape(2, n)),
    "subclass with an attribute": lambda n: with_unit(steps(n), "metre"),
    "a scalar": np.float32,
    "a record": lambda n: packed(n)[n // 2],
    "0-d": lambda n: np.array(n + 0.5),
    "0-d time": lambda n: np.array("2024-02-29", "M8[D]"),
    "0-d objects": lambda n: np.array({"a": steps(n)}, dtype=object),
    "zero-size": lambda n: np.empty((0, n), "f4"),
    "zero-size in the middle": lambda n: np.empty((n, 0, 2), "M8[s]"),
    "itemsize 0": lambda n: np.zeros(n, "S0"),
    "Fortran": lambda n: np.asfortranarray(steps(n * 6).reshape(2, 3, n)),
    "transposed": lambda n: steps(n * 6).reshape(2, 3, n).transpose(1, 2, 0),
    "every third": lambda n: steps(n * 3)[::3],
    "reversed": lambda n: steps(n)[::-1],
    "reversed in two directions": lambda n: steps(n * 4).reshape(4, n)[::-2, ::-1],
    "a column": lambda n: steps(n * 3).reshape(n, 3)[:, 1],
    "broadcast": lambda n: np.broadcast_to(steps(n), (3, n)),
    "broadcast along the last axis": lambda n: np.broadcast_to(steps(n)[:, np.newaxis], (n, 3)),
    "windows": lambda n: np.lib.stride_tricks.sliding_window_view(steps(n), 2),
    "a diagonal": lambda n: steps(n * n if n < 100 else 200**2).reshape(-1, 3 if n < 100 else 200).diagonal(),
    "read-only": lambda n: read_only(steps(n)),
    "over bytes": lambda n: np.frombuffer(noise(n * 8), "i8"),
    "unaligned": lambda n: unaligned(steps(n)),
    "an imaginary part": lambda n: (steps(n, "c16") * 1j).imag,
    "not a number": lambda n: np.full(n, np.nan, "f4"),
    "random state": lambda n: [np.random.default_rng(n), np.random.RandomState(n % 100)],
    "in containers": lambda n: {"a": [steps(n), (steps(n, "f4"), {"b": steps(n, "?")})], "c": np.dtype("f4")},
}
if not hasattr(np.dtypes, "StringDType"):  # numpy 1
    NUMPY = {name: make for name, make in NUMPY.items() if not name.startswith("variable")}
VALUES = BUILT_INS | OWN | NUMPY
LARGE = [
    name for name in VALUES if not name.startswith(("dtype", "variable", "masked f")) and "objects" not in name
]
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of np.matrix


def assert_same(found, expected):
    """Types, content, and for arrays all that numpy tells of them."""
    assert type(found) is type(expected)
    if not isinstance(expected, ZeroCopy):  # which has no hash: what it reduces to is tied to the process
        assert memo.hash(found) == memo.hash(expected)
    if isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        if expected.flags.c_contiguous or expected.flags.f_contiguous:
            orders = [(a.flags.c_contiguous, a.flags.f_contiguous) for a in (found, expected)]
            assert orders[0] == orders[1]
        if not expected.dtype.hasobject and expected.dtype.char != "T":
            assert np.asarray(found).tobytes() == np.asarray(expected).tobytes() or expected.dtype.char in "gG"
    elif isinstance(expected, bytes | bytearray | str | list | tuple | dict | set | collections.deque):
        # What holds arrays or NaN is not comparable; its hash is.
        assert len(found) == len(expected)
    if isinstance(expected, bytes | bytearray | str | array.array):
        assert found == expected


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("name", VALUES)
def test_a_result_comes_back_as_it_was(back, name, count):
    expected = VALUES[name](count)
    for way in WAYS:
        assert_same(back(expected, **way), expected)
    assert_same(expected, VALUES[name](count))  # storing has not changed it


@pytest.mark.parametrize("name", LARGE)
def test_a_result_of_megabytes_comes_back_as_it_was(back, name):
    expected = VALUES[name](HUGE if name in OWN | NUMPY else HUGE // 4)
    for way in ({}, {"compression": "none"}, {"compression": "lz4", "mmap": "r"}):
        assert_same(back(expected, **way), expected)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 1_000_003])
def test_sizes_around_the_threshold_and_odd_ones_come_back(back, way, size):
    for make in (bytes, bytearray, lambda raw: np.frombuffer(bytearray(raw), "u1"), lambda raw: raw.hex()[:size]):
        for content in (noise(size), b"\1" * size):
            expected = make(content)
            assert_same(back([expected, expected], **way), [expected, expected])


@pytest.mark.parametrize("count", [FEW, MANY])
def test_times_of_the_other_byte_order_come_back_as_the_same_times(back, count):
    """Pickled by numpy they change their byte order: that may happen, but not to their bytes alone."""
    for expected in (steps(count).astype(">M8[s]"), steps(count * 2).astype(">m8[ms]")[::2]):
        for way in WAYS:
            assert np.array_equal(back(expected, **way), expected)
            inside = np.rec.fromarrays([expected, steps(count)])
            assert_same(back(inside, **way), inside)


def test_a_memory_map_comes_back_with_its_content_and_does_not_need_its_file(back, tmp_path):
    mapped = np.memmap(tmp_path / "map", "f8", "w+", shape=(MANY, 3))
    mapped[...] = steps(MANY * 3).reshape(MANY, 3)
    expected = np.array(mapped)
    for way in WAYS:
        found = back([mapped, mapped[5:], mapped.T], **way)
        (tmp_path / "map").rename(tmp_path / "elsewhere")
        for one, other in zip(found, (expected, expected[5:], expected.T), strict=True):
            assert np.array_equal(one, other)
            assert memo.hash(np.asarray(one)) == memo.hash(other)
        (tmp_path / "elsewhere").rename(tmp_path / "map")


@pytest.mark.parametrize("size", [10, 100_000])
@pytest.mark.parametrize("make", [bytes, bytearray])
def test_a_buffer_of_pickles_own_comes_back_as_what_it_was_made_of(back, make, size):
    for way in WAYS:
        found = back(pickle.PickleBuffer(make(noise(size))), **way)
        assert type(found) is make
        assert found == noise(size)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_each_hit_is_a_fresh_object(cache_dir, way):
    cache = memo.Cache(cache_dir, **way)

    @cache.cached
    def f():
        return {"array": np.zeros(MANY), "bytes": bytearray(MANY * 8), "list": [0]}

    f()
    one, two = f(), f()
    assert f.stats().hits == 2
    assert one is not two
    for name, part in one.items():
        assert part is not two[name]
    one["list"][0] = one["bytes"][0] = 1
    if one["array"].flags.writeable:
        one["array"][0] = 1
    assert (two["array"][0], two["bytes"][0], two["list"]) == (0, 0, [0])


def test_what_was_stored_one_way_is_read_in_every_other(cache_dir):
    expected = Report("a", [steps(MANY), noise(MANY * 4), bytearray(MANY * 8)], {"text": "ab" * MANY})

    def f(way):
        return Report("a", [steps(MANY), noise(MANY * 4), bytearray(MANY * 8)], {"text": "ab" * MANY})

    open_ways = [way for way in WAYS if "signing_key" not in way]
    for number, way in enumerate(open_ways):
        memo.Cache(cache_dir, **way).cached(f)(number)
    for way in open_ways:
        reader = memo.Cache(cache_dir, **way).cached(f)
        for number in range(len(open_ways)):
            assert_same(reader(number), expected)
        assert reader.stats().hits == len(open_ways)


def test_a_function_has_a_way_of_its_own_to_map(cache_dir):
    cache = memo.Cache(cache_dir, compression="none")

    def f():
        return np.zeros(MANY)

    asked = {how: cache.cached(mmap=how)(f) for how in (None, True, "c", False, "r")}
    cache.cached(f)()
    writeable = {how: function().flags.writeable for how, function in asked.items()}
    assert writeable == {None: True, True: True, "c": True, False: True, "r": False}
    assert all(function.stats().hits == 1 for function in asked.values())
