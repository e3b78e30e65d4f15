"""Results are taken apart without copies of what is large, and come back as they were."""

import collections
import os
import pickle
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo.codec import BUFFER, LARGE, PIECE, STREAM, decode, encode
from memo.envelope import INLINE, Head, Payload, Sealer, pack, unpack
from memo.errors import CorruptEntry

KEY = bytes(16)
HEAD = Head(KEY, KEY, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0, b"")

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)
sizes = st.sampled_from([0, 1, 100, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE])
payloads = st.builds(
    lambda kind, size, seed: kind(random.Random(seed).randbytes(size)),
    st.sampled_from([bytes, bytearray, bytes.hex, lambda data: np.frombuffer(data, np.uint8)]),
    sizes,
    st.integers(0, 3),
)
nested = st.recursive(
    payloads | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=8,
)


class InMemory:
    """The content of a blob, without a disk."""

    def __init__(self, region):
        self.raw = bytearray(b"".join(region.parts))
        self.length = len(self.raw)
        self.copied = 0
        assert self.length == region.length >= LARGE

    def memory(self):
        return memoryview(self.raw)

    def copy_to(self, target):
        self.copied += 1
        target[:] = self.raw


def verified(encoded):
    """Return an entry as `decode` gets it: sealed, packed, read back and verified."""
    payload = Payload(encoded.stream, encoded.small, (), encoded.slices)
    return unpack(Sealer(), b"".join(pack(Sealer(), HEAD, b"{}", payload)), KEY)


def no_classes(_values, _flags):
    return {}


def load(encoded):
    return decode(verified(encoded), no_classes, (), [InMemory(region) for region in encoded.regions])


def store_and_load(result):
    return load(encode(result, {}, {}))


def is_equal(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other) and one.flags.writeable == other.flags.writeable
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_equal, one, other))
    return one == other


# ---- round trips ---------------------------------------------------------------------------------------


@given(plain_values)
def test_a_result_comes_back_equal(result):
    assert store_and_load(result) == result


@given(nested)
def test_whatever_is_cut_out_comes_back_in_its_place(result):
    assert is_equal(store_and_load(result), result)


@pytest.mark.parametrize("count", [100, 20_000, 200_000])
def test_a_long_stream_is_cut_out_of_the_entry(count):
    result = [str(number) for number in range(count)]
    encoded = encode(result, {}, {})
    assert load(encoded) == result
    assert [row.kind for row in encoded.slices] == ([STREAM] if count > 100 else [])
    assert bool(encoded.stream) == (count == 100)


def test_one_pickle_protocol_whatever_python_runs():
    assert encode([], {}, {}).stream[:2] == b"\x80\x05"


def test_a_small_result_is_nothing_but_its_stream():
    """The way of most results: nothing of what large ones need is looked at."""
    assert encode({"a": [1, 2.0, "x"]}, {}, {})[1:] == (pickle.dumps({"a": [1, 2.0, "x"]}, 5), b"", (), ())


def test_frames_that_look_like_the_start_of_bytes_change_nothing():
    """The stream is cut by what stands at the end of one part: lists of integers can imitate it."""
    imitations = [
        bytes([opcode]) + length.to_bytes(8, "little")
        for opcode in b"\x8e\x96\x8dBX"
        for length in (LARGE, LARGE + 8, LARGE + 9, LARGE + 11, LARGE + 20)
    ]
    result = [[imitation, bytes(7), int.from_bytes(imitation, "little")] for imitation in imitations] * 400
    assert store_and_load(result) == result


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_large_bytes_are_not_copied_when_they_are_taken_apart(kind):
    large = kind(3 * LARGE)
    (region,) = encode({"deep": [large]}, {}, {}).regions
    (part,) = region.parts
    assert part.obj is large


def test_large_bytes_are_written_straight_into_place():
    encoded = encode([b"x" * LARGE, 1, bytearray(LARGE)], {}, {})
    contents = [InMemory(region) for region in encoded.regions]
    assert decode(verified(encoded), no_classes, (), contents) == [b"x" * LARGE, 1, bytearray(LARGE)]
    assert [content.copied for content in contents] == [1, 1]


def test_an_array_is_not_copied_on_either_way():
    array = np.arange(LARGE)
    encoded = encode([array], {}, {})
    (region,) = encoded.regions
    assert np.shares_memory(np.frombuffer(region.parts[0], np.uint8), array)
    content = InMemory(region)
    (found,) = decode(verified(encoded), no_classes, (), [content])
    assert np.shares_memory(found, np.frombuffer(content.memory(), np.uint8))


def test_the_same_bytes_twice_are_the_same_object_again():
    large = b"x" * LARGE
    one, other, *_ = store_and_load([large, large, bytearray(large)])
    assert one is other


def test_small_arrays_share_one_place_each_aligned():
    arrays = [np.arange(number, dtype=np.int8) for number in range(1, 50)]
    encoded = encode(arrays, {}, {})
    assert encoded.regions == []
    assert {row.blob for row in encoded.slices} == {INLINE}
    assert all(row.offset % 64 == 0 for row in encoded.slices)
    for found, array in zip(load(encoded), arrays, strict=True):
        assert is_equal(found, array)
        assert found.ctypes.data % 64 == 0


def test_many_small_arrays_are_one_region():
    arrays = [np.full(500, number) for number in range(100)]
    encoded = encode(arrays, {}, {})
    assert len(encoded.regions) == 1
    assert encoded.small == b""
    assert all(map(is_equal, load(encoded), arrays))


def test_equal_results_are_equal_bytes_wherever_their_arrays_lie():
    def result():
        arrays = [np.full(LARGE, number, np.uint8) for number in range(10)]
        random.shuffle(arrays)  # in memory, not in the result
        return sorted((*arrays, *(array[:9].copy() for array in arrays)), key=lambda array: (array[0], len(array)))

    def content(encoded):
        return [b"".join(region.parts) for region in encoded.regions], encoded.small, encoded.slices

    assert content(encode(result(), {}, {})) == content(encode(result(), {}, {}))


def test_kinds_of_slices_are_told_apart():
    encoded = encode([np.arange(LARGE), b"x" * LARGE, list(range(LARGE))], {}, {})
    assert collections.Counter(row.kind for row in encoded.slices) == {BUFFER: 1, PIECE: 1, STREAM: 1}


# ---- objects with a way of their own -------------------------------------------------------------------


class OwnWay:
    """Cannot be pickled, but brings `dumps` and `loads`."""

    def __init__(self, value):
        self.value = value
        self.function = lambda: None

    def dumps(self):
        return pickle.dumps(self.value)

    @classmethod
    def loads(cls, data):
        return cls(pickle.loads(data))


class NoWay(OwnWay):
    def loads(self, data):
        raise AssertionError("is no way to make an object")


class InVain(OwnWay):
    def dumps(self):
        return pickle.dumps(self)


def test_what_cannot_be_pickled_goes_its_own_way_however_deep():
    found = store_and_load({"a": [OwnWay(1), (OwnWay([2] * LARGE), 3)]})
    assert found["a"][0].value == 1
    assert found["a"][1][0].value == [2] * LARGE
    assert found["a"][1][1] == 3


@pytest.mark.parametrize("kind", [NoWay, InVain])
def test_without_a_way_of_its_own_pickles_error_is_what_is_told(kind):
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        encode([kind(1)], {}, {})


def test_what_can_be_pickled_is():
    """Its buffers would not be found in what its own `dumps` gives."""
    assert isinstance(store_and_load([CanBoth()])[0], CanBoth)


class CanBoth:
    def dumps(self):
        raise AssertionError("was asked")

    @classmethod
    def loads(cls, data):
        raise AssertionError("was asked")


# ---- only what is verified is unpickled ----------------------------------------------------------------


class Explosive:
    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def test_nothing_of_a_damaged_entry_is_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = bytearray(b"".join(pack(Sealer(), HEAD, b"{}", Payload(pickle.dumps(Explosive())))))
    data[60] ^= 1
    with pytest.raises(CorruptEntry):
        decode(unpack(Sealer(), bytes(data), KEY), no_classes)
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("bare", [pickle.dumps(Explosive()), memoryview(pickle.dumps(Explosive())), None])
def test_bytes_that_nobody_verified_are_not_even_looked_at(bare, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AttributeError):
        decode(bare, no_classes)
    assert not (tmp_path / "unpickled").exists()
