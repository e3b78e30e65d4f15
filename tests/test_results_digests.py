"""What is known of a mapped array is not worked out again, and never believed of anything else."""

import copy
import ctypes
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from blobs.results import COUNT, EVERY_WAY, MAPPED, READ_ONLY, steps
from hypothesis import given, settings
from hypothesis import strategies as st

import memo
from memo import Cache


def ordinary(array):
    """Return an equal array in memory of its own, made of nothing but bytes."""
    made = np.frombuffer(bytearray(array.tobytes()) or bytearray(1), array.dtype, array.size)
    return made.reshape(array.shape)


def blobs_in(directory):
    return sorted(path for path in Path(directory).glob("v1/blobs/*/*") if path.is_file())


def the_blob(directory):
    (blob,) = blobs_in(directory)
    return blob


def overwrite(blob):
    """Do what nobody may do: change a published file. Whoever reads its map now sees something else."""
    with blob.open("r+b") as file:
        file.write(b"\xff" * blob.stat().st_size)


# ---- a digest that is known is not worked out again ----------------------------------------------------


@pytest.fixture
def stored(cache_dir):
    """Return a function that gives the array of a seed, stored raw and mapped read-only."""

    @Cache(cache_dir, **READ_ONLY).cached
    def stored(seed, dtype="f8"):
        return np.random.default_rng(seed).integers(0, 100, COUNT).astype(dtype)

    return stored


def test_a_mapped_array_is_hashed_without_reading_it(stored, cache_dir):
    expected = stored(1)
    loaded = stored(1)
    overwrite(the_blob(cache_dir))
    assert not np.array_equal(loaded, expected), "it is no map, and this test proves nothing"
    assert memo.hash(loaded) == memo.hash(expected)
    assert memo.hash([loaded, {"a": loaded}]) == memo.hash([expected, {"a": expected}])


def test_a_mapped_array_as_an_argument_is_not_read(stored, cache, cache_dir):
    expected = stored(1)

    @cache.cached
    def g(array, factor=2):
        return float(array.sum() * factor)

    total = g(expected)
    loaded = stored(1)
    overwrite(the_blob(cache_dir))
    assert g.key(loaded) == g.key(expected)
    assert g.is_cached(loaded)
    assert g(loaded) == total
    assert g.stats().hits == 1


@pytest.mark.parametrize("dtype", ["?", "u1", "f4", "c16", "i2"])
def test_a_mapped_array_of_any_number_is_hashed_without_reading_it(stored, cache_dir, dtype):
    expected = stored(1, dtype)
    loaded = stored(1, dtype)
    if loaded.nbytes >= 1 << 16:
        overwrite(the_blob(cache_dir))
    assert memo.hash(loaded) == memo.hash(expected)


def test_a_digest_that_nobody_has_checked_is_not_believed(cache_dir):
    @Cache(cache_dir, compression="none", mmap="r", verify=False).cached
    def f():
        return steps()

    expected = f()
    overwrite(the_blob(cache_dir))
    loaded = f()
    assert f.stats().hits == 1
    assert memo.hash(loaded) == memo.hash(np.array(loaded)) != memo.hash(expected)


def test_a_map_that_can_be_written_to_is_hashed_as_it_is_now(cache_dir):
    @Cache(cache_dir, **MAPPED).cached
    def f():
        return steps()

    f()
    loaded = f()
    assert memo.hash(loaded) == memo.hash(steps())
    loaded[-1] = 0.5
    assert memo.hash(loaded) == memo.hash(ordinary(loaded)) != memo.hash(steps())
    loaded.flags.writeable = False
    assert memo.hash(loaded) == memo.hash(ordinary(loaded)) != memo.hash(steps())


@EVERY_WAY
def test_an_array_that_was_made_writable_again_is_hashed_as_it_is_now(back, way):
    """What was read-only when it was stored may be a read-only view of memory that is not."""
    fixed = steps()
    fixed.flags.writeable = False
    loaded, whole, window = back([fixed, (base := steps()), (view := base[:])], **way)
    del view, window
    assert memo.hash(loaded) == memo.hash(fixed)
    for array in (loaded, loaded.view(), loaded.base, whole):
        if not isinstance(array, np.ndarray):
            continue
        try:
            array.flags.writeable = True
        except ValueError:
            assert not array.flags.writeable
            continue
        array[3] = -1
        assert memo.hash(array) == memo.hash(ordinary(array))
        assert memo.hash(loaded) == memo.hash(ordinary(loaded))


def test_nothing_of_a_read_only_map_can_be_made_writable(stored):
    stored(1)
    loaded = stored(1)
    changes = [
        lambda: loaded.__setitem__(0, 1),
        lambda: loaded.setflags(write=True),
        lambda: loaded.view().setflags(write=True),
        loaded.sort,
        lambda: loaded.byteswap(inplace=True),
        lambda: loaded.fill(0),
        lambda: np.add(loaded, 1, out=loaded),
        lambda: memoryview(loaded).cast("B").__setitem__(0, 1),
        lambda: np.frombuffer(loaded, "u1").__setitem__(0, 1),
        lambda: np.asarray(memoryview(loaded)).setflags(write=True),
        lambda: ctypes.c_char.from_buffer(loaded),
    ]
    for change in changes:
        with pytest.raises((ValueError, TypeError)):
            change()
    assert memo.hash(loaded) == memo.hash(ordinary(loaded))


# ---- and never taken for another's ---------------------------------------------------------------------

KINDS = ["?", "i1", "<i4", ">i4", "<f8", ">f8", "<c16", "g", "M8[s]", ">M8[ns]", "S5", "U3", "V7"]
SHAPES = [(48_000,), (24_000, 2), (2, 150, 160), (480, 100), (1, 48_000)]
STRUCTURES = [
    np.dtype([("a", "<i4"), ("b", ">f8"), ("c", "M8[s]")]),
    np.dtype([("a", "i1"), ("b", "<f8")], align=True),
    np.dtype([("a", "g"), ("b", "i2", (3,))]),
]


def filled(dtype, shape, order):
    count = int(np.prod(shape))
    dtype = np.dtype(dtype)
    if dtype.names:
        made = np.zeros(count, dtype)
        for name in dtype.names:
            made[name] = (np.arange(count) % 100).reshape(-1, *(1,) * (made[name].ndim - 1))
    elif dtype.kind == "V":
        made = np.frombuffer(random.Random(0).randbytes(count * dtype.itemsize), dtype)
    else:
        made = (np.arange(count) % 200).astype("i8").astype(dtype)
    return np.array(made.reshape(shape), order=order)


@pytest.fixture(scope="module")
def loaded_arrays(tmp_path_factory):
    """Return arrays of many kinds, as they come back under mmap="r", each beside an ordinary copy."""

    def f(dtype, shape, order):
        return filled(dtype, shape, order)

    cached = Cache(tmp_path_factory.mktemp("loaded"), **READ_ONLY).cached(f)
    asked = [(kind, shape, "CF"[(i + j) % 2]) for i, kind in enumerate(KINDS) for j, shape in enumerate(SHAPES)]
    asked += [(structure, SHAPES[i], "C") for i, structure in enumerate(STRUCTURES)]
    for one in asked:
        cached(*one)
    loaded = [cached(*one) for one in asked]
    assert cached.stats().hits == len(asked)
    # Not made anew: in bytes between fields, and in those of long doubles that mean nothing, lies anything.
    pairs = Pairs((a, ordinary(a) if a.flags.c_contiguous else ordinary(a.T).T) for a in loaded)
    assert [memo.hash(copied) for _, copied in pairs] == [memo.hash(filled(*one)) for one in asked]
    return pairs


class Pairs(list):
    def __repr__(self):  # Hypothesis shows its arguments, and would show all the numbers
        return "Pairs"


IMPOSSIBLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    SystemError,
    RuntimeError,
)  # To numpy, with such an array.


def changed(array):
    made = np.array(array)
    if made.size:
        made[(0,) * made.ndim] = np.zeros((), made.dtype)
    return made


def fixed(array):
    made = changed(array)
    made.flags.writeable = False
    return made


STEPS = {
    "slice": lambda a, i, j: a[i : i + j + 1],
    "from the end": lambda a, i, j: a[-i - 1 :],
    "step": lambda a, i, j: a[:: j + 1],
    "reversed": lambda a, i, j: a[::-1],
    "column": lambda a, i, j: a[..., i % a.shape[-1]],
    "last axis": lambda a, i, j: a[..., i % 3 :: j + 1],
    "row": lambda a, i, j: a[i % a.shape[0]],
    "transposed": lambda a, i, j: a.T,
    "axes": lambda a, i, j: np.moveaxis(a, i % a.ndim, j % a.ndim),
    "flat": lambda a, i, j: a.reshape(-1),
    "rows": lambda a, i, j: a.reshape(2 + i % 3, -1),
    "raveled": lambda a, i, j: a.ravel("KAFC"[i % 4]),
    "new axis": lambda a, i, j: a[np.newaxis],
    "without dimensions": lambda a, i, j: a.reshape(-1)[i % a.size].reshape(()),
    "as bytes": lambda a, i, j: a.view("u1"),
    "as another type": lambda a, i, j: a.view(
        ["i2", "<u4", ">u4", "f8", ">f8", "c16", "M8[s]", "V3", "S2"][i % 9]
    ),
    "bytes swapped": lambda a, i, j: a.view(a.dtype.newbyteorder()),
    "values swapped": lambda a, i, j: a.byteswap(),
    "in the other order": lambda a, i, j: a.astype(a.dtype.newbyteorder()),
    "copied": lambda a, i, j: a.copy("KCF"[i % 3]),
    "copied and changed": lambda a, i, j: changed(a),
    "copied, changed and fixed": lambda a, i, j: fixed(a),
    "pickled": lambda a, i, j: pickle.loads(pickle.dumps(a, 2 + i % 4)),
    "deep copy": lambda a, i, j: copy.deepcopy(a),
    "field": lambda a, i, j: a[a.dtype.names[i % len(a.dtype.names)]],
    "fields": lambda a, i, j: a[list(a.dtype.names[: 1 + i % 2])],
    "real": lambda a, i, j: a.real,
    "imaginary": lambda a, i, j: a.imag,
    "repeated": lambda a, i, j: np.broadcast_to(a, (2, *a.shape)),
    "windows": lambda a, i, j: np.lib.stride_tricks.as_strided(a, a.shape, (0,) * a.ndim),
    "a map of it": lambda a, i, j: np.asarray(memoryview(a)),
    "over its buffer": lambda a, i, j: np.frombuffer(a, a.dtype, offset=0),
    "subclass and back": lambda a, i, j: np.asarray(a.view(np.recarray) if a.dtype.names else a.view(np.matrix)),
    "picked": lambda a, i, j: a.take([i % a.shape[0], j % a.shape[0]], axis=0),
    "compared": lambda a, i, j: a == a.reshape(-1)[0],
}


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(max_examples=400)
@given(
    which=st.integers(0, 10_000),
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 7), st.integers(0, 7)), max_size=5),
)
def test_whatever_is_made_of_a_read_only_map_has_the_hash_of_its_ordinary_copy(loaded_arrays, which, steps):
    loaded, expected = loaded_arrays[which % len(loaded_arrays)]
    here, there = loaded, expected
    for name, i, j in steps:
        try:
            here, there = STEPS[name](here, i, j), STEPS[name](there, i, j)
        except IMPOSSIBLE:
            continue
        if not isinstance(here, np.ndarray) or here.nbytes > 1 << 22:
            return  # a scalar, or more than a test has time for
        assert memo.hash(here) == memo.hash(ordinary(here))
        # A copy has anything in the bytes that mean nothing, and they show where it is read as another type.
        assert memo.hash(here) == memo.hash(there) or expected.dtype.names or expected.dtype.char == "g"
    assert memo.hash([here, loaded]) == memo.hash([ordinary(here), expected])
    assert memo.hash(loaded) == memo.hash(expected)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of setting what an array is in place
@pytest.mark.parametrize("hashed_before", [True, False])
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("dtype", "<i8"),
        ("dtype", ">f8"),
        ("dtype", "c16"),
        ("shape", (2, -1)),
        ("strides", (0,)),
        ("strides", (4,)),
    ],
)
def test_an_array_that_is_made_another_one_in_place_is_another_one(stored, attribute, value, hashed_before):
    stored(1)
    loaded = stored(1)
    if hashed_before:
        memo.hash(loaded)
    try:
        setattr(loaded, attribute, value)
    except (AttributeError, ValueError):
        pytest.skip("this numpy does not let it")
    assert memo.hash(loaded) == memo.hash(ordinary(loaded))


def test_memory_that_is_used_again_is_not_taken_for_what_lay_there(stored):
    """An address says nothing once its owner is gone."""
    stored(1)
    expected = {seed: memo.hash(np.array(stored(seed))) for seed in range(2, 6)}
    met = 0
    for turn in range(60):
        loaded = stored(1)
        address = loaded.ctypes.data
        memo.hash(loaded)
        del loaded
        others = [np.full(COUNT, turn + 0.5) for _ in range(4)] + [stored(seed) for seed in expected]
        for other in others:
            met += other.ctypes.data == address
        for other in others[:4]:
            other.flags.writeable = False
            assert memo.hash(other) == memo.hash(ordinary(other))
        for seed, other in zip(expected, others[4:], strict=True):
            assert memo.hash(other) == expected[seed]
    assert met, "no address was met again, and this test proves nothing"


def test_objects_that_take_the_place_of_others_are_not_taken_for_them(stored):
    """Nor does an identity."""
    stored(1)
    for turn in range(200):
        memo.hash(stored(1))
        made = np.full(COUNT, turn + 0.5)
        made.flags.writeable = False
        assert memo.hash(made) == memo.hash(np.full(COUNT, turn + 0.5))


@pytest.mark.parametrize("turn", range(3))
def test_threads_hash_what_they_load_and_drop(stored, turn):
    expected = {seed: memo.hash(np.array(stored(seed))) for seed in range(6)}

    def use(worker):
        for number in range(60):
            seed = (worker + number) % 6
            assert memo.hash(stored(seed)) == expected[seed]
            assert memo.hash(stored(seed)[::-1]) != expected[seed]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))


@EVERY_WAY
def test_views_that_came_back_with_their_array_have_their_own_hash(back, way):
    base = np.random.default_rng(0).random(COUNT)
    parts = [
        base,
        base[:],
        base[1:],
        base[::2],
        base[::-1],
        base.reshape(2, -1).T,
        base.view("i8"),
        base.view(">f8"),
    ]
    found = back(parts, **way)
    for one, expected in zip(found, parts, strict=True):
        assert memo.hash(one) == memo.hash(ordinary(one)) == memo.hash(ordinary(expected))


@EVERY_WAY
def test_tables_of_mapped_columns_have_the_hash_of_ordinary_ones(back, way):
    import pandas as pd

    frame = pd.DataFrame({"a": steps(), "b": steps(dtype="i8"), "c": pd.array(np.arange(COUNT), dtype="Int32")})
    found = back(frame, **way)
    assert memo.hash(found) == memo.hash(frame)
    assert memo.hash(found["a"]) == memo.hash(frame["a"])
    assert memo.hash(found.iloc[1:]) == memo.hash(frame.iloc[1:])
    made = pd.DataFrame({"x": back(steps(), **way)})
    assert memo.hash(made) == memo.hash(pd.DataFrame({"x": steps()}))
    changed = found.copy()
    changed.loc[0, "a"] = 0.5
    assert memo.hash(changed) != memo.hash(frame)


HANDED_ON = """
    import sys, pickle, memo
    import numpy as np
    from concurrent.futures import ProcessPoolExecutor
    from memo import Cache

    @Cache(sys.argv[1], compression="none", mmap="r").cached
    def f(x):
        return np.arange(40_000) + x

    def altered(array):
        before = memo.hash(array)
        array = np.array(array)
        array[0] = -1
        array.flags.writeable = False
        return before, memo.hash(array)

    if __name__ == "__main__":
        f(1)
        loaded = f(1)
        changed = np.array(loaded)
        changed[0] = -1
        with ProcessPoolExecutor(1) as pool:
            assert pool.submit(altered, loaded).result() == (memo.hash(np.arange(40_000) + 1), memo.hash(changed))
        again = pickle.loads(pickle.dumps(loaded, 5))
        assert memo.hash(again) == memo.hash(loaded)
        print("done")
"""


def test_an_array_that_travels_to_another_process_is_hashed_there_as_it_is(run_python, cache_dir):
    assert run_python(HANDED_ON, cache_dir) == "done\n"
