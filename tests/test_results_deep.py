"""Results that are deep, many, or no friends of pickle: what can be kept is kept, the rest is returned."""

import collections
import dataclasses
import json
import pickle
import random
import sys
import threading
import types
import warnings
from pathlib import Path

import numpy as np
import pytest

import memo
from memo import Cache, MemoWarning

WAYS = [
    {"compression": "none"},
    {"compression": "none", "mmap": "r"},
    {"compression": "none", "mmap": False, "verify": False},
    {"compression": "zstd"},
    {"compression": "lz4", "mmap": "r", "verify": False},
    {"compression": "none", "signing_key": "a secret of more than 16 bytes"},
]
EVERY_WAY = pytest.mark.parametrize("way", WAYS, ids=str)
MIB = 1 << 20


@dataclasses.dataclass
class Node:
    name: str
    content: object = None
    children: list = dataclasses.field(default_factory=list)


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("content",)

    def __init__(self, content):
        self.content = content


class Shelf(list):
    """Results. Inert: else they would change the key of the function that takes them from here."""

    __memo_inert__ = True


def noise(count):
    return random.Random(count).randbytes(count)


def objects(*values):
    made = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = value
    return made


def said(heard):
    return [str(item.message) for item in heard]


def bytes_in(directory):
    found = [path.stat() for path in Path(directory).rglob("*") if path.is_file()]
    return sum({status.st_ino: status.st_size for status in found}.values())


def blobs_in(directory):
    return list(Path(directory).glob("v1/blobs/*/*"))


@pytest.fixture
def returned(cache):
    """Return a function that calls a cached one twice, and returns what it said and whether the second one hit."""
    shelf = Shelf()

    def call_twice(result, cache=cache):
        shelf.append(result)

        @cache.cached
        def take(number):
            return shelf[number]

        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            found = [take(len(shelf) - 1) for _ in range(2)]
        assert found[0] is result
        return found[1], said(heard), take.stats()

    return call_twice


# ---- large things deep inside --------------------------------------------------------------------------

NESTS = {
    "attributes": lambda inner: Plain(a=Plain(b=Plain(c=[inner]))),
    "slots": lambda inner: Slotted(Slotted({"a": Slotted(inner)})),
    "dataclasses": lambda inner: Node("a", children=[Node("b", {1: inner})]),
    "an array of objects": lambda inner: Node("a", objects(1, inner, [inner])),
    "arrays of objects in each other": lambda inner: objects(objects(None, objects(inner, 1)), "b"),
    "a field of objects": lambda inner: np.array([(1, inner)], dtype=[("a", "i4"), ("b", object)]),
    "a named tuple in a deque": lambda inner: collections.deque([types.SimpleNamespace(x=(inner,))]),
    "an exception": lambda inner: ValueError("wrong", inner),
}


@EVERY_WAY
@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize("make", [noise, lambda n: bytearray(noise(n)), lambda n: noise(n // 2).hex()])
def test_a_megabyte_deep_inside_is_stored_once_and_apart(back, cache_dir, way, nest, make):
    inner = make(MIB)
    found = back(NESTS[nest](inner), **way)
    assert memo.hash(found) == memo.hash(NESTS[nest](inner))
    assert len(blobs_in(cache_dir)) == 1 or "signing_key" in way
    assert bytes_in(cache_dir) < MIB + 20_000


@EVERY_WAY
@pytest.mark.parametrize("nest", NESTS)
def test_arrays_deep_inside_come_back(back, way, nest):
    inner = [np.arange(MIB // 8), np.arange(MIB // 8.0)[::3], objects(np.arange(100_000), None)]
    found = back(NESTS[nest](inner), **way)
    assert memo.hash(found) == memo.hash(NESTS[nest](inner))


@EVERY_WAY
def test_many_large_things_of_many_kinds_come_back_in_their_places(back, way):
    """Each is cut out of the stream and put back: none may take the place of another."""
    numbers = random.Random(5)
    kinds = (bytes, bytearray, bytes.hex, lambda raw: np.frombuffer(raw, "u1"))
    made = []
    for turn in range(120):
        size = numbers.choice([0, 1, 300, 32_768, 65_535, 65_536, 65_537, 70_000, 131_072])
        made += (numbers.choice(kinds)(bytes([turn]) * size if turn % 3 else noise(size)), turn)
    expected = [made, {"again": made[::2]}, made[5]]
    found = back(expected, **way)
    assert memo.hash(found) == memo.hash(expected)
    assert [type(one) for one in found[0]] == [type(one) for one in made]
    assert found[1]["again"][1] is found[0][2]


@EVERY_WAY
def test_content_that_looks_like_a_pickle_is_content(back, way):
    """Opcodes and lengths inside of data are data."""
    inner = pickle.dumps([noise(70_000), bytearray(70_000), "x" * 70_000, np.arange(10_000)], 5)
    expected = [
        inner,
        inner[:-1],
        b"B" + (70_000).to_bytes(4, "little"),
        noise(70_000),
        bytearray(inner),
        inner * 3,
    ]
    assert back(expected, **way) == expected


def test_a_million_objects_come_back(back, cache_dir):
    expected = [(i, str(i), i / 7, None) for i in range(250_000)]
    found = back(expected, compression="none")
    assert found == expected
    assert len(blobs_in(cache_dir)) == 1
    entries = [path for path in cache_dir.glob("v1/entries/*/*") if "." not in path.name]
    assert max(path.stat().st_size for path in entries) < 4096
    assert back(expected, compression="zstd") == expected


def test_a_thousand_arrays_come_back(back):
    expected = [np.full(10_000, i) for i in range(1000)]
    for way in ({"compression": "none"}, {"compression": "lz4", "mmap": "r"}):
        found = back(expected, **way)
        assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


FEW_FILES = """
    import resource, sys, warnings
    import numpy as np
    from memo import Cache

    warnings.simplefilter("error")
    cache = Cache(sys.argv[1], compression="none", mmap="r" if sys.argv[2] == "r" else True)

    @cache.cached
    def one(x):
        return np.full(10_000, x)

    @cache.cached
    def many():
        return [np.full(10_000, x) for x in range(300)]

    for x in range(300):
        one(x)
    many()
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    held = [one(x) for x in range(300)]
    assert one.stats().hits == 300, one.stats()
    assert all((array == x).all() for x, array in enumerate(held))
    held = many()
    assert many.stats().hits == 1, many.stats()
    assert all((array == x).all() for x, array in enumerate(held))
    open(sys.argv[0]).close()
    print("done")
"""


@pytest.mark.parametrize("mmap", ["r", "c"])
def test_what_is_held_does_not_use_up_the_files_that_a_process_may_open(run_python, cache_dir, mmap):
    assert run_python(FEW_FILES, cache_dir, mmap) == "done\n"


# ---- too deep for pickle -------------------------------------------------------------------------------


def nested(depth, inner):
    for _ in range(depth):
        inner = [inner]
    return inner


def chained(depth, inner):
    for _ in range(depth):
        inner = Node("a", inner)
    return inner


@pytest.mark.parametrize("make", [nested, chained])
@pytest.mark.parametrize("inner", [1, b"a" * MIB], ids=["small", "large"])
def test_a_result_too_deep_for_pickle_is_returned_with_one_warning(returned, cache_dir, make, inner):
    result = make(3_000, inner)
    found, heard, stats = returned(result)
    assert found is result
    assert len(heard) == 1
    assert "RecursionError" in heard[0]
    assert (stats.misses, stats.unstored, stats.hits) == (2, 2, 0)
    assert blobs_in(cache_dir) == []
    assert [path for path in cache_dir.rglob("*") if path.is_file() and "entries" in path.parts] == []


@EVERY_WAY
def test_a_result_as_deep_as_pickle_can_comes_back(back, way):
    depth = sys.getrecursionlimit() // 8
    for make in (nested, chained):
        expected = make(depth, [np.arange(MIB // 8), noise(MIB)])
        assert memo.hash(back(expected, **way)) == memo.hash(expected)


# ---- own ways: dumps and loads -------------------------------------------------------------------------


class Portfolio:
    """Holds what cannot be pickled, and knows how to be written all the same."""

    def __init__(self, values, note=""):
        self.values, self.note = values, note
        self.lock = threading.Lock()

    def dumps(self):
        return pickle.dumps([self.values, self.note], 5)

    @classmethod
    def loads(cls, data):
        return cls(*pickle.loads(data))

    def __memo_hash__(self):
        return [self.values, self.note]


class Daughter(Portfolio):
    pass


class Refuses(Portfolio):
    def dumps(self):
        raise ValueError("not today")


class Forgetful(Portfolio):
    @classmethod
    def loads(cls, data):
        raise ValueError("how was it again")


class Friendly:
    """Has both ways, and pickle's works."""

    def __init__(self, values):
        self.values = values

    def dumps(self):
        raise AssertionError("pickle can do it")

    @classmethod
    def loads(cls, data):
        raise AssertionError("pickle can do it")


PLACES = {
    "alone": lambda one: one,
    "list": lambda one: [1, one, "b"],
    "dict": lambda one: {"a": {"b": one}},
    "dataclass": lambda one: Node("a", children=[Node("b", one)]),
    "attributes": lambda one: Plain(inner=Plain(one=one, array=np.arange(20_000))),
    "slots": lambda one: Slotted((one, noise(MIB))),
    "array of objects": lambda one: objects(one, None),
    "beside what pickles": lambda one: [Friendly([1]), one, Friendly(noise(100))],
    "beside another": lambda one: Node("x", [one, Daughter([2])]),
}


@EVERY_WAY
@pytest.mark.parametrize("size", [10, 300_000])
@pytest.mark.parametrize("place", PLACES)
def test_what_pickle_cannot_keep_goes_by_its_own_dumps_and_loads(back, way, place, size):
    expected = PLACES[place](Portfolio(np.arange(size), "note"))
    with pytest.raises(TypeError):
        pickle.dumps(expected)
    assert memo.hash(back(expected, **way)) == memo.hash(expected)


@EVERY_WAY
def test_each_comes_back_as_its_own_class_and_once(back, way):
    one, other = Portfolio(np.arange(50_000)), Daughter("b")
    found = back({"one": one, "both": [one, other], "raw": one.values}, **way)
    assert type(found["one"]) is Portfolio
    assert type(found["both"][1]) is Daughter
    assert found["both"][0] is found["one"]
    assert np.array_equal(found["raw"], found["one"].values)


def test_a_class_that_the_code_reaches_comes_back_as_the_readers(cache):
    class Local(Portfolio):
        pass

    @cache.cached
    def f(x):
        return [Local(x), Local]

    f(1)
    found = f(1)
    assert f.stats().hits == 1
    assert type(found[0]) is Local is found[1]
    assert found[0].values == 1


def test_what_its_own_dumps_gave_is_a_blob_where_it_is_large(back, cache_dir):
    back([Portfolio(noise(MIB)), 1], compression="none")
    assert len(blobs_in(cache_dir)) == 1
    assert bytes_in(cache_dir) < MIB + 20_000


@pytest.mark.parametrize("place", PLACES)
def test_dumps_that_raise_are_a_result_that_is_returned_with_one_warning(returned, cache, place):
    result = PLACES[place](Refuses([1]))
    found, heard, stats = returned(result)
    assert found is result
    assert len(heard) == 1
    assert "lock" in heard[0]  # what pickle says is wrong
    assert (stats.unstored, stats.hits, stats.corrupt) == (2, 0, 0)
    assert list(cache.entries()) == []


@pytest.mark.parametrize("place", PLACES)
def test_loads_that_raise_are_a_miss_with_one_warning(returned, place):
    result = PLACES[place](Forgetful([1]))
    found, heard, stats = returned(result)
    assert found is result
    assert len(heard) == 1
    assert "how was it again" in heard[0]
    assert (stats.hits, stats.misses) == (0, 2)


class Halves:
    def __init__(self):
        self.lock = threading.Lock()


class OnlyDumps(Halves):
    def dumps(self):
        return b""


class OnlyLoads(Halves):
    @classmethod
    def loads(cls, data):
        return cls()


class AsksForMore(Halves):
    def dumps(self, where):
        return b""

    @classmethod
    def loads(cls, data):
        return cls()


@pytest.mark.parametrize(
    "result",
    [
        json,
        [json],
        {"a": pickle},
        OnlyDumps(),
        OnlyLoads(),
        AsksForMore(),
        Portfolio,
        lambda: Portfolio(1),
        Halves(),
    ],
    ids=[
        "json",
        "json inside",
        "pickle",
        "only dumps",
        "only loads",
        "asks for more",
        "class",
        "lambda",
        "neither",
    ],
)
def test_what_only_looks_like_it_is_left_to_pickle(returned, result):
    found, heard, stats = returned(result)
    if result is Portfolio:
        assert found is Portfolio
        assert heard == []
    else:
        assert found is result
        assert len(heard) == 1
        assert stats.unstored == 2


def test_what_pickles_is_never_asked_for_its_own_way(back):
    found = back([Friendly([1, noise(MIB)]), np.arange(MIB)])
    assert found[0].values == [1, noise(MIB)]


def test_nothing_of_its_own_way_runs_before_the_entry_is_proved(cache_dir, calls):
    class Noted(Portfolio):
        @classmethod
        def loads(cls, data):
            calls.append(data)
            return super().loads(data)

    @Cache(cache_dir, compression="none").cached
    def f():
        return [Noted(noise(MIB)), calls and None]

    f()
    (blob,) = blobs_in(cache_dir)
    with blob.open("r+b") as file:
        file.seek(5000)
        file.write(b"changed")
    with pytest.warns(MemoWarning):
        f()
    assert calls == []
    assert f.stats().corrupt == 1
