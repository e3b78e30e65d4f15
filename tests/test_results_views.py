"""What was one object, or one memory, in a result is so again when it comes back; and nothing is stored twice."""

import array
import dataclasses
import gc
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from blobs.results import bytes_in, noise, steps
from hypothesis import given, settings
from hypothesis import strategies as st

import memo
from memo import Cache

WAYS = [
    {"compression": "none"},
    {"compression": "none", "mmap": False, "verify": False},
    {"compression": "lz4"},
    {"compression": "none", "signing_key": "a secret of more than 16 bytes"},
]
READ_ONLY = [{"compression": "none", "mmap": "r"}, {"compression": "zstd", "mmap": "r", "verify": False}]
EVERY_WAY = pytest.mark.parametrize("way", [*WAYS, *READ_ONLY], ids=str)
WRITABLE_WAY = pytest.mark.parametrize("way", WAYS, ids=str)
SIZES = pytest.mark.parametrize("size", [12, 6000, 120_000], ids=["tiny", "inline", "blob"])  # Items of 8 bytes.
ALIGNMENT = 64
BLOB = 64 << 10


@dataclasses.dataclass
class Pair:
    one: object
    two: object


class Unit(np.ndarray):
    unit = None


# ---- identity ------------------------------------------------------------------------------------------


@EVERY_WAY
@pytest.mark.parametrize("size", [10, 100_000])
@pytest.mark.parametrize(
    "make",
    [
        noise,
        lambda size: bytearray(noise(size)),
        steps,
        lambda size: steps(size)[::-2],
        lambda size: steps(size).view(Unit),
        lambda size: np.ma.array(steps(size), mask=False),
        lambda size: np.array([steps(size), None], dtype=object),
        lambda size: Pair(noise(size), [size]),
        lambda size: array.array("q", range(size)),
        lambda size: list(range(size)),
    ],
    ids=[
        "bytes",
        "bytearray",
        "array",
        "view",
        "subclass",
        "masked",
        "objects",
        "dataclass",
        "array.array",
        "list",
    ],
)
def test_what_was_one_object_is_one_object_again(back, way, make, size):
    one = make(size)
    found = back({"a": one, "b": [one, Pair(one, 0)], "c": OrderedDict(d=one)}, **way)
    assert found["a"] is found["b"][0] is found["b"][1].one is found["c"]["d"]
    assert memo.hash(found["a"]) == memo.hash(one)


@EVERY_WAY
def test_what_were_two_objects_are_two_again(back, way):
    """Equal content is one blob; what is made of it is not one array."""
    for count in (10, BLOB):
        one, two, three = back([steps(count), steps(count), steps(count)[::-1][::-1]], **way)
        assert one is not two
        if one.flags.writeable:
            one[0] = -1
            assert two[0] == three[0] == 0
        one, two = back([bytearray(count), bytearray(count)], **way)
        one[0] = 1
        assert two[0] == 0
        one, two = back([steps(count)[:-1], steps(count)], **way)
        assert one[0] == two[0] == 0
        if one.flags.writeable:
            one[0] = -1
            assert two[0] == 0


@EVERY_WAY
def test_a_result_that_holds_itself_comes_back(back, way):
    knot = [steps(BLOB)]
    knot.append(knot)
    found = back(knot, **way)
    assert found[1] is found
    ring = np.array([steps(BLOB), None], dtype=object)
    ring[1] = ring
    found = back(ring, **way)
    assert found[1] is found
    assert np.array_equal(found[0], ring[0])


# ---- views ---------------------------------------------------------------------------------------------

VIEWS = {
    "the same elements": lambda a: a[:],
    "the head": lambda a: a[:5],
    "the tail": lambda a: a[-5:],
    "a part": lambda a: a[a.size // 3 : a.size // 2],
    "every third": lambda a: a[1::3],
    "reversed": lambda a: a[::-1],
    "every second, reversed": lambda a: a[-2:1:-2],
    "as rows": lambda a: a.reshape(3, -1),
    "transposed": lambda a: a.reshape(3, -1).T,
    "transposed in 3-d": lambda a: a.reshape(2, 3, -1).transpose(1, 2, 0),
    "a column": lambda a: a.reshape(-1, 3)[:, 1],
    "a window of rows and columns": lambda a: a.reshape(3, -1)[1:, 1:3],
    "one element without dimensions": lambda a: a[3:4].reshape(()),
    "no element": lambda a: a[4:4],
    "as bytes": lambda a: a.view("u1"),
    "as smaller items": lambda a: a.view("i4")[1::2],
    "as the other byte order": lambda a: a.view(">f8"),
    "as pairs": lambda a: a.view([("x", "f8"), ("y", "f8")]),
    "one of the pairs": lambda a: a.view([("x", "f8"), ("y", "f8")])["y"],
    "as complex numbers": lambda a: a.view("c16"),
    "imaginary parts": lambda a: a.view("c16").imag,
    "repeated": lambda a: np.broadcast_to(a[:6], (4, 6)),
    "overlapping windows": lambda a: np.lib.stride_tricks.sliding_window_view(a, 3),
    "a diagonal": lambda a: a[:9].reshape(3, 3).diagonal(),
    "off its alignment": lambda a: a.view("u1")[1:-7].view("f8"),
}


@WRITABLE_WAY
@SIZES
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shares_memory_with_its_array_again(back, way, name, size):
    for first in ("array", "view"):
        check_view(back, way, name, size, first)


def check_view(back, way, name, size, first):
    base = steps(size)
    view = VIEWS[name](base)
    found = back(Pair(base, view) if first == "array" else Pair(view, base), **way)
    array, seen = (found.one, found.two) if first == "array" else (found.two, found.one)
    assert (seen.dtype, seen.shape) == (view.dtype, view.shape)
    assert seen.tobytes() == view.tobytes()
    array[...] = array[::-1] + 0.25
    assert seen.tobytes() == VIEWS[name](base[::-1] + 0.25).tobytes(), (
        "it does not see what is written to the array"
    )
    if seen.flags.writeable and seen.size:
        seen[...] = np.zeros((), seen.dtype)
        written = base[::-1] + 0.25
        VIEWS[name](written)[...] = np.zeros((), view.dtype)
        assert array.tobytes() == written.tobytes(), "the array does not see what is written to the view"


@pytest.mark.parametrize("way", READ_ONLY, ids=str)
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shares_read_only_memory_too(back, way, name):
    base = steps(120_000)
    found = back([base, VIEWS[name](base)], **way)
    assert np.array_equal(found[0], base)
    assert found[1].tobytes() == VIEWS[name](base).tobytes()
    assert not found[0].flags.writeable
    assert not found[1].flags.writeable or not found[1].size
    assert np.shares_memory(*found) or not found[1].size


@EVERY_WAY
@pytest.mark.parametrize("size", [12, 120_000])
def test_views_of_other_classes_come_back_equal(back, way, size):
    base = steps(size)
    views = [base.view(Unit), base.reshape(2, -1).view(np.matrix), np.ma.array(base, mask=base % 2, copy=False)]
    found = back([base, *views], **way)
    for one, expected in zip(found, [base, *views], strict=True):
        assert memo.hash(one) == memo.hash(expected)


@WRITABLE_WAY
def test_overlapping_slices_share_memory_without_their_array(back, way):
    base = steps(120_000)
    one, two, three = back([base[:70_000], base[60_000:100_000], base[90_000:]], **way)
    one[65_000] = -1
    assert two[5_000] == -1
    two[35_000] = -2
    assert three[5_000] == -2
    assert not np.shares_memory(one, three)


@WRITABLE_WAY
def test_views_of_views_and_of_other_types_share_memory_without_their_array(back, way):
    base = steps(120_000)
    whole = back([base[:60_000].view("i8"), base[:60_000].view("u1"), base[:60_000].reshape(2, -1)], **way)
    whole[0][1] = 0
    assert not whole[1][8:16].any()
    assert whole[2][0, 1] == 0


def not_computed():
    raise AssertionError("the result is not stored")


views = st.lists(
    st.tuples(
        st.integers(-20_000, 20_000) | st.none(),
        st.integers(-20_000, 20_000) | st.none(),
        st.sampled_from([1, 1, 1, 2, 3, 1000, -1, -3]),
    ).map(lambda bounds: slice(*bounds)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60)
@given(cuts=views, with_base=st.booleans(), compression=st.sampled_from(["none", "lz4"]))
def test_any_views_of_one_array_come_back_equal_and_take_no_more_room_than_they_hold(
    tmp_path_factory, cuts, with_base, compression
):
    base = steps(20_000)
    parts = [base[cut] for cut in cuts] + [base] * with_base
    directory = tmp_path_factory.mktemp("views")
    cached = Cache(directory, compression=compression).cached(not_computed)
    cached.put(parts)
    found = cached()
    for one, expected in zip(found, parts, strict=True):
        assert np.array_equal(one, expected)
        assert one.flags.writeable
    assert bytes_in(directory) <= sum(part.nbytes for part in parts) + 8192
    if with_base:
        found[-1][...] = -base
        for one, expected in zip(found, parts, strict=True):
            assert np.array_equal(one, -expected)


@settings(max_examples=100)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 30), st.sampled_from([1, 1, 2, -1])),
        min_size=2,
        max_size=6,
    ),
    scale=st.sampled_from([1, 3_000]),
    compression=st.sampled_from(["none", "lz4"]),
)
def test_what_shared_memory_does_again_and_nothing_else_does(tmp_path_factory, cuts, scale, compression):
    """Whatever the content: of equal arrays, or equal parts of one, none may follow the changes of another."""
    bases = [np.zeros(40 * scale), np.zeros(40 * scale), np.tile(np.arange(4.0), 10 * scale), steps(40 * scale)]
    parts = [bases[base][start * scale : (start + count) * scale : step] for base, start, count, step in cuts]
    parts += [bases[base] for base, _, _, _ in cuts]
    cached = Cache(tmp_path_factory.mktemp("shared"), compression=compression).cached(not_computed)
    cached.put(parts)
    found = cached()
    for i, one in enumerate(parts):
        assert np.array_equal(found[i], one)
        for j, other in enumerate(parts[:i]):
            assert np.shares_memory(found[i], found[j]) == np.shares_memory(one, other)


# ---- flags ---------------------------------------------------------------------------------------------


@EVERY_WAY
@pytest.mark.parametrize("size", [12, 120_000])
def test_read_only_arrays_stay_read_only_and_others_writable(back, way, size):
    fixed, free = steps(size), steps(size) + 1
    fixed.flags.writeable = False
    found = back({"fixed": fixed, "free": free, "fortran": np.asfortranarray(free.reshape(2, -1))}, **way)
    assert not found["fixed"].flags.writeable
    if way.get("mmap") != "r":
        assert found["free"].flags.writeable
        assert found["fortran"].flags.writeable
        found["free"][0] = 5
    elif size > 12:
        assert not found["free"].flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            found["free"][0] = 5


@EVERY_WAY
def test_a_read_only_view_of_a_writable_array_stays_one(back, way):
    base = steps(120_000)
    window = base[10:]
    window.flags.writeable = False
    found = back([base, window], **way)
    assert not found[1].flags.writeable
    if way.get("mmap") != "r":
        found[0][10] = -1
        assert found[1][0] == -1


@EVERY_WAY
def test_orders_of_memory_stay(back, way):
    base = steps(120_000).reshape(2, 3, -1)
    for made in (base, np.asfortranarray(base), base.T, base[:1], np.asfortranarray(base[0])):
        found = back(made, **way)
        assert (found.flags.c_contiguous, found.flags.f_contiguous) == (
            made.flags.c_contiguous,
            made.flags.f_contiguous,
        )
        assert np.array_equal(found, made)


@EVERY_WAY
@pytest.mark.parametrize("dtype", ["?", "u1", "f4", "c16", "M8[s]", "S3", "V7", [("a", "i1"), ("b", "f8")], ">f8"])
def test_large_arrays_lie_on_cache_lines(back, way, dtype):
    made = [np.zeros(BLOB + shift, dtype) for shift in (0, 1, 13, 4096)]
    for found in back(made, **way):
        assert found.ctypes.data % ALIGNMENT == 0


@EVERY_WAY
def test_large_columns_of_tables_lie_on_cache_lines(back, way):
    import pandas as pd

    found = back(pd.DataFrame({"a": steps(BLOB), "b": np.arange(BLOB), "c": pd.array(np.arange(BLOB))}), **way)
    for name in ("a", "b"):
        assert found[name].to_numpy().ctypes.data % ALIGNMENT == 0


# ---- arrays over other memory --------------------------------------------------------------------------


@WRITABLE_WAY
@pytest.mark.parametrize("size", [100, 200_000])
def test_an_array_over_a_bytearray_comes_back_beside_it(back, way, size):
    raw = bytearray(noise(size))
    found = back([raw, np.frombuffer(raw, "u1"), np.frombuffer(raw, "u1")[5:-5]], **way)
    assert found[0] == raw
    assert found[1].tobytes() == raw
    found[1][7] = found[1][7] ^ 255
    assert found[2][2] == found[1][7]
    found[0].append(1)  # it can still grow: nobody else holds its memory, or it has memory of its own


@EVERY_WAY
@pytest.mark.parametrize("size", [100, 200_000])
def test_an_array_over_bytes_comes_back_beside_them_and_cannot_change_them(back, way, size):
    raw = noise(size)
    found = back([raw, np.frombuffer(raw, "u1")], **way)
    assert found[0] == raw
    assert found[1].tobytes() == raw
    assert not found[1].flags.writeable


@pytest.mark.filterwarnings("ignore::memo.MemoWarning")
def test_a_memoryview_has_no_place_on_disk_but_its_result_is_returned(cache, calls):
    base = steps(BLOB)

    @cache.cached
    def f():
        calls.append(1)
        return [base, memoryview(base)]

    assert f()[0] is base
    assert f()[1].obj is base
    assert len(calls) == 2


# ---- no more than there is to store --------------------------------------------------------------------


@pytest.mark.parametrize("compression", ["none", "auto"])
@pytest.mark.parametrize(
    "cut",
    [
        lambda big: big[:10],
        lambda big: big[::1000],
        lambda big: big[-10:],
        lambda big: [big[:10], big[-10:]],
        lambda big: [big[::1000], big[500::1000], big[::-1000]],
        lambda big: big.reshape(1000, -1)[:, 0],
        lambda big: big.reshape(1000, -1)[::100, ::100].T,
        lambda big: {"a": big[5:6], "b": np.array([big[:3], None], dtype=object)},
        lambda big: big.view(Unit)[:10],
        lambda big: np.ma.array(big)[:10],
        lambda big: np.lib.stride_tricks.as_strided(big, (1000,), (8000,)),
    ],
)
def test_a_small_view_does_not_bring_its_array_along(back, cache_dir, cut, compression):
    big = np.frombuffer(noise(8_000_000), "i8").copy()
    expected = cut(big)
    found = back(expected, compression=compression)
    assert memo.hash(found) == memo.hash(expected)
    assert bytes_in(cache_dir) < 60_000


@pytest.mark.parametrize(
    ("cut", "most"),
    [
        (lambda big: [big] * 10, 1.0),
        (lambda big: [big, big[:], big[1:], big[::2], big.reshape(2, -1), big.T], 1.0),
        (lambda big: [big[: 900_000 * n // 10] for n in range(1, 11)], 1.0),
        (lambda big: [big[n * 100_000 : (n + 2) * 100_000] for n in range(9)], 1.0),
        (lambda big: [big[::2], big[1::2]], 1.0),
        (lambda big: [big[:400_000], big[600_000:]], 0.8),
        (lambda big: {n: np.array(big) for n in range(5)}, 1.0),
        (lambda big: [big, big.tobytes(), bytearray(big.tobytes())], 1.0),
        (lambda big: [big, big.view("u1"), np.frombuffer(big.tobytes(), ">u4")], 1.0),
    ],
)
def test_what_is_there_twice_is_stored_once(back, cache_dir, cut, most):
    big = np.frombuffer(noise(8_000_000), "i8").copy()
    expected = cut(big)
    found = back(expected, compression="none")
    assert memo.hash(found) == memo.hash(expected)
    assert bytes_in(cache_dir) < most * big.nbytes + 60_000


# ---- the life of shared memory -------------------------------------------------------------------------


@EVERY_WAY
def test_a_view_outlives_the_result_it_came_with(back, way):
    base = steps(120_000)
    found = back({"base": base, "view": base[::7], "raw": noise(BLOB)}, **way)
    view, raw = found["view"], found["raw"]
    del found
    gc.collect()
    assert np.array_equal(view, base[::7])
    assert raw == noise(BLOB)


@EVERY_WAY
def test_what_came_back_can_be_pickled_copied_and_stored_again(back, way):
    base = steps(120_000)
    found = back([base, base[3:]], **way)
    again = back(back(pickle.loads(pickle.dumps(found, 5)), **way), **way)
    stored = back(found, **way)
    for one in (found, again, stored):
        assert np.array_equal(one[0], base)
        assert np.array_equal(one[1], base[3:])
    if way.get("mmap") != "r":
        stored[0][3] = -1
        assert stored[1][0] == -1
        assert found[0][3] == 3
