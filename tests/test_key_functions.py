"""`unordered` and `rounded`: what they say is the same is the same, and nothing else is."""

from __future__ import annotations

import array
import collections
import dataclasses
import io
import math
import pickle
import random
import types
from collections import OrderedDict
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import memo
from memo import UnhashableArgument, rounded, unordered
from memo.hashing import digest

# ---- unordered -----------------------------------------------------------------------------------------


def code(thing):
    """Stand in for the fingerprint."""
    return f"{type(thing).__name__}:{thing.__qualname__}".encode()


def of(value):
    return digest(unordered(value), code=code)


class Frozen(Mapping):
    """A mapping of a user's, in a given order."""

    def __init__(self, *pairs):
        self.pairs = pairs

    def __getitem__(self, key):
        return dict(self.pairs)[key]

    def __iter__(self):
        return iter([key for key, _ in self.pairs])

    def __len__(self):
        return len(self.pairs)


class Bag(Collection):
    """A collection of a user's, which is no sequence."""

    def __init__(self, *items):
        self.items = items

    def __contains__(self, item):
        return item in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)


class Noted(dict):
    """A dict with state of its own."""


def noted(note, **items):
    found = Noted(items)
    found.note = note
    return found


Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024
NESTED = {"a": 1, "b": {"c": [1, {"d": 2, "e": (3, {"f": 4, "g": 5})}], "h": {}}}
TURNED = {"b": {"h": {}, "c": [1, {"e": (3, {"g": 5, "f": 4}), "d": 2}]}, "a": 1}

SAME = {
    "items": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "items at every depth, through lists and tuples": (NESTED, TURNED),
    "elements": ([1, 2, 3], [3, 1, 2]),
    "elements of a tuple": ((1, "a"), ("a", 1)),
    "elements as often as they occur": ([1, 2, 1], [1, 1, 2]),
    "mappings among elements": ([{"a": 1, "b": 2}, 3], [3, {"b": 2, "a": 1}]),
    "sets": ({1, 2, 3}, {3, 2, 1}),
    "deques": (collections.deque([1, 2]), collections.deque([2, 1])),
    "items of a Counter": (collections.Counter("ab"), collections.Counter("ba")),
    "items of an OrderedDict": (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
    "items of a proxy": (types.MappingProxyType({"a": 1, "b": 2}), types.MappingProxyType({"b": 2, "a": 1})),
    "items of a ChainMap": (collections.ChainMap({"a": 1, "b": 2}), collections.ChainMap({"b": 2, "a": 1})),
    "views of keys": ({"a": 1, "b": 2}.keys(), {"b": 2, "a": 1}.keys()),
    "views of values": ({"a": 1, "b": 2}.values(), {"b": 2, "a": 1}.values()),
    "items of a user's mapping": (Frozen(("a", 1), ("b", 2)), Frozen(("b", 2), ("a", 1))),
    "a user's mapping inside": ({"x": Frozen(("a", 1), ("b", 2))}, {"x": Frozen(("b", 2), ("a", 1))}),
    "elements of a user's collection": (Bag(1, 2), Bag(2, 1)),
    "nothing": ({}, {}),
    "keys of many types": ({1: 1, "1": 2, None: 3}, {None: 3, "1": 2, 1: 1}),
    "NaN among the elements": ([math.nan, 1], [1, -math.nan]),
}
DIFFERENT = {
    "a value": ({"a": 1, "b": 2}, {"a": 1, "b": 3}),
    "a key": ({"a": 1}, {"b": 1}),
    "values swapped between keys": ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    "an inner value": (NESTED, {**NESTED, "b": {**NESTED["b"], "h": {"i": 1}}}),
    "the order of a list inside": ({"a": [1, 2]}, {"a": [2, 1]}),
    "the order of a list in a list": ([[1, 2]], [[2, 1]]),
    "how often an element occurs": ([1, 1, 2], [1, 2]),
    "which element occurs twice": ([1, 1, 2], [1, 2, 2]),
    "which list an element is in": ([[1], [2, 3]], [[1, 2], [3]]),
    "list or tuple": ([1, 2], (1, 2)),
    "list or set": ([1, 2], {1, 2}),
    "set or frozenset": ({1, 2}, frozenset({1, 2})),
    "list or tuple inside": ({"a": [1]}, {"a": (1,)}),
    "dict or OrderedDict": ({"a": 1}, OrderedDict(a=1)),
    "dict or OrderedDict inside": ({"x": {"a": 1}}, {"x": OrderedDict(a=1)}),
    "dict or a user's mapping": ({"a": 1}, Frozen(("a", 1))),
    "a dict or the list of its items": ({"a": 1}, [("a", 1)]),
    "a dict or its keys": ({"a": 1}, ["a"]),
    "types of values": ({"a": 1}, {"a": 1.0}),
    "types of keys": ({1: "a"}, {True: "a"}),
    "types of elements": ([1, 2], [1, 2.0]),
    "empty ones": ({}, []),
    "nested or not": ([[]], []),
    "negative zero": ([0.0], [-0.0]),
    "collections of two classes": (Bag(1, 2), [1, 2]),
    "a mapping inside or its items": ({"a": {"b": 1}}, {"a": [("b", 1)]}),
}


@pytest.mark.parametrize(("a", "b"), SAME.values(), ids=SAME)
def test_order_is_no_part_of(a, b):
    assert of(a) == of(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT.values(), ids=DIFFERENT)
def test_unordered_keeps_apart(a, b):
    assert of(a) != of(b)


STATE = {
    "the factory of a defaultdict": (collections.defaultdict(int, a=1), collections.defaultdict(list, a=1)),
    "the length of a deque": (collections.deque([1, 2], 2), collections.deque([1, 2], 3)),
    "the type code of an array": (array.array("i", [1, 2]), array.array("b", [1, 2])),
    "attributes of a dict": (noted("x", a=1), noted("y", a=1)),
    "attributes of a dict inside": ({"k": noted("x", a=1)}, {"k": noted("y", a=1)}),
}


@pytest.mark.parametrize(("a", "b"), STATE.values(), ids=STATE)
def test_a_collection_does_not_lose_its_extra_state(a, b):
    assert digest(a, code=code) != digest(b, code=code)
    assert of(a) != of(b)


PLAIN = st.recursive(
    st.one_of(st.integers(0, 3), st.sampled_from("ab"), st.none(), st.floats(0, 1)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    ),
    max_leaves=15,
)


def turned(value, shuffle):
    """Return the value with the items of all its mappings in another order."""
    if isinstance(value, dict):
        items = [(key, turned(part, shuffle)) for key, part in value.items()]
        shuffle(items)
        return dict(items)
    return type(value)(turned(part, shuffle) for part in value) if isinstance(value, list | tuple) else value


def frozen(value):
    """Return something comparable that forgets the order of mappings and nothing else: the oracle."""
    if isinstance(value, dict):
        return "dict", frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(map(frozen, value))
    return type(value).__name__, value


@given(st.dictionaries(st.sampled_from("abcd"), PLAIN), st.integers())
def test_items_count_in_any_order_at_any_depth(value, seed):
    assert of(value) == of(turned(value, random.Random(seed).shuffle))


@given(st.lists(PLAIN, max_size=5), st.integers())
def test_elements_count_in_any_order(values, seed):
    other = turned(values, random.Random(seed).shuffle)
    random.Random(seed).shuffle(other)
    assert of(values) == of(other)


@given(st.dictionaries(st.sampled_from("ab"), PLAIN), st.dictionaries(st.sampled_from("ab"), PLAIN))
def test_nothing_but_the_order_is_forgotten(a, b):
    assert (of(a) == of(b)) == (frozen(a) == frozen(b))


@pytest.mark.parametrize(
    "value",
    [
        *("text", b"bytes", bytearray(b"bytes"), memoryview(b"bytes"), 1, None, 1.5, object(), len, dict),
        *(np.arange(3), np.float64(1), pd.Series([1]), pd.DataFrame({"a": [1]}), pd.Index([1])),
        *((x for x in (1, 2)), iter([1]), map(abs, [1]), zip([1], [2], strict=True), io.BytesIO(b"a\nb")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_collection_is_refused_by_its_type(value):
    with pytest.raises(TypeError, match=f"unordered takes a mapping.*not {type(value).__name__}"):
        unordered(value)


def test_a_refused_iterator_is_not_consumed():
    values = iter([1, 2])
    with pytest.raises(TypeError):
        unordered(values)
    assert list(values) == [1, 2]


def adds_one(x):
    return x + 1


def adds_two(x):
    return x + 2


def test_functions_inside_keep_their_code():
    first, second = (memo.hash(unordered({"f": f, "n": [1, {"g": f}]})) for f in (adds_one, adds_two))
    assert first != second
    assert first == memo.hash(unordered({"n": [1, {"g": adds_one}], "f": adds_one}))


def test_the_code_of_a_function_inside_counts_and_not_its_name():
    made = []
    for number in (1, 2, 1):
        scope = {"__name__": __name__}
        exec(f"def same(x): return x + {number}", scope)
        made.append(memo.hash(unordered([{"f": scope["same"]}])))
    assert made[0] != made[1]
    assert made[0] == made[2]


def test_instances_inside_keep_their_class_and_attributes():
    @dataclasses.dataclass
    class Part:
        size: int

    assert memo.hash(unordered([Part(1)])) != memo.hash(unordered([Part(2)]))


def nested(depth):
    value = {}
    for at in range(depth):
        value = {"a": value, "b": at} if at % 2 else {"a": [value]}
    return value


def test_100_000_levels_do_not_crash():
    value = nested(100_000)
    assert digest(unordered(value)) != digest(unordered(nested(1_001)))


class Read(Frozen):
    """Counts how often it is read, and gives up before it hangs."""

    reads = 0

    def __iter__(self):
        Read.reads += 1
        if Read.reads > 1000:
            raise AssertionError("a shared mapping is read again and again")
        return super().__iter__()


def test_what_is_shared_is_not_read_once_for_every_way_that_leads_to_it(monkeypatch):
    monkeypatch.setattr(Read, "reads", 0)
    value = Read(("end", 1))
    for _ in range(40):
        value = Read(("a", value), ("b", [value]))
    digest(unordered(value), code=code)


def test_what_is_shared_equals_what_is_not():
    part = {"a": 1, "b": 2}
    assert of([part, part]) == of([{"b": 2, "a": 1}, {"a": 1, "b": 2}])


def test_a_cycle_ends_soon(run_python):
    script = """
        import resource
        import memo
        resource.setrlimit(resource.RLIMIT_CPU, (4, 4))
        value = {"a": 1}
        value["self"] = [value]
        try:
            memo.hash(memo.unordered(value))
        except memo.UnhashableArgument:
            pass
        print("done")
    """
    assert run_python(script).strip() == "done"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": 1, "loader": io.BytesIO()}, "params['loader']"),
        ({"a": {"b": [0, {"c": io.BytesIO()}]}}, "params['a']['b'][1]['c']"),
    ],
)
def test_a_refusal_names_the_path_that_the_user_would_write(value, path):
    with pytest.raises(UnhashableArgument) as caught:
        digest(unordered(value), path="params")
    assert caught.value.path == path


def test_unordered_leaves_the_value_as_it_is():
    value = {"b": [1, {"d": 1, "c": 2}], "a": 1}
    before = repr(value)
    of(value)
    assert repr(value) == before


def test_unordered_is_the_same_in_every_process(run_python):
    script = 'import memo; print(memo.hash(memo.unordered({"a": [1, {2.5, "x"}], "b": {"c": None, "d": b""}})))'
    here = memo.hash(unordered({"b": {"d": b"", "c": None}, "a": [1, {"x", 2.5}]}))
    for seed in "12":
        assert run_python(script, env={"PYTHONHASHSEED": seed}).strip() == here


# ---- rounded: plain values -----------------------------------------------------------------------------


def assert_same(found, expected):
    """Compare with types and the sign of zero, as a hash does."""
    assert type(found) is type(expected)
    assert memo.hash(found) == memo.hash(expected), (found, expected)


@pytest.mark.parametrize(
    ("digits", "value", "expected"),
    [
        (2, 0.1 + 0.2, 0.3),
        (6, 0.1 + 0.2, 0.3),
        (0, 2.7, 3.0),
        (-2, 1234.5, 1200.0),
        (-4, 1234.5, 0.0),
        (400, 1.5, 1.5),
        (2, 1e300, 1e300),
        (2, 5e-324, 0.0),
        (2, 1.234 + 5.678j, 1.23 + 5.68j),
        (2, complex(-0.001, -0.0), 0j),
        (2, [1.234, [5.678]], [1.23, [5.68]]),
        (2, (1.234, "a"), (1.23, "a")),
        (2, {1.234, 1.2341}, {1.234, 1.2341}),
        (2, frozenset({1.234}), frozenset({1.23})),
        (2, {"a": 1.234, 2.345678: [1.0001]}, {"a": 1.23, 2.35: [1.0]}),
    ],
)
def test_rounded_gives(digits, value, expected):
    assert_same(rounded(digits)(value), expected)


@pytest.mark.parametrize("value", [-0.0, -0.001, -1e-300, 0.0])
def test_no_negative_zero_is_left(value):
    for holder in (value, [value], complex(value, value), np.float64(value), np.float32(value)):
        assert "-" not in str(rounded(2)(holder))
    for holder in (np.array([value]), np.array([value], "f4"), np.array([complex(value, value)])):
        assert not np.signbit(rounded(2)(holder).view(holder.real.dtype)).any()
    assert not np.signbit(rounded(2)(pd.Series([value]))).any()
    assert not np.signbit(rounded(2)(pd.DataFrame({"a": [value]}))).any(axis=None)


@pytest.mark.parametrize("digits", [-400, -3, 0, 3, 400])
def test_infinities_and_nan_stay_what_they_are(digits):
    for value in (math.inf, -math.inf):
        assert rounded(digits)(value) == value
    assert math.isnan(rounded(digits)(math.nan))
    assert_same(rounded(digits)(complex(math.nan, math.inf)), complex(math.nan, math.inf))


@pytest.mark.parametrize("digits", [-3, 0, 3])
def test_infinities_and_nan_in_arrays_stay_what_they_are(digits):
    found = rounded(digits)(np.array([np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan])
    found = rounded(digits)(pd.Series([np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan])


class Amount(float):
    """A float with a class of its own: not rounded, for it would lose the class."""


@pytest.mark.parametrize(
    "value",
    [
        *(True, 12345, 10**40, "1.23456", b"1.23456", None, ..., Amount(1.23456), adds_one, object()),
        *(OrderedDict(a=1.23456), collections.deque([1.23456]), range(3), np.arange(3), np.array(["1.23456"])),
        *(np.array([True]), np.bool_(True), np.int8(100), np.array(["2020-01-01"], "M8[s]"), np.dtype("f8")),
        *(np.array([1.23456], object), np.array([(1.23456,)], [("a", "f8")]), pd.Series([12345]), pd.Timestamp(0)),
        *(pd.Series(["1.23456"]), pd.Index([1.23456]), pd.Series([True]), pd.Series(pd.to_datetime(["2020"]))),
        *(pd.Series([123, None], dtype="Int64"), pd.Series([1.23456], dtype="category"), pd.Series([], dtype=int)),
        pd.Interval(0.12345, 1.23456),
    ],
    ids=lambda value: type(value).__name__,
)
def test_everything_else_passes_as_it_is(value):
    for digits in (-3, 0, 2):
        assert rounded(digits)(value) is value


def test_bools_and_integers_in_lists_are_not_rounded():
    assert_same(rounded(-2)([True, 123, 123.4, "a"]), [True, 123, 100.0, "a"])


def test_an_instance_of_a_class_without_a_module_passes():
    value = type("Odd", (), {"__module__": None})()
    assert rounded(2)(value) is value


def test_keys_that_round_to_the_same_lose_no_value():
    # One of the two values would be in no key: a call with another value there would get this one's result.
    one, other = ({0.1001: first, 0.1002: "b"} for first in ("a", "z"))
    assert memo.hash(rounded(2)(one)) != memo.hash(rounded(2)(other))


def test_a_float_at_the_end_of_the_range_is_no_error():
    # round(1.79e308, -308) would be 2e308.
    assert not math.isnan(rounded(-308)(1.79e308))


def test_rounded_does_not_change_its_argument():
    value = {"a": [1.23456, (2.34567,)], "b": {3.45678}}
    before = repr(value)
    rounded(2)(value)
    assert repr(value) == before


@pytest.mark.filterwarnings("ignore::memo.MemoWarning")
@pytest.mark.parametrize("depth", [500, 100_000])
def test_what_is_nested_deep_is_no_crash(cache, depth):
    deep = 1.0
    for _ in range(depth):
        deep = [deep]

    @cache.cached(key=rounded(2))
    def f(x):
        return 1

    assert f(deep) == 1  # where it is too deep for rounded, computed without the cache


@pytest.mark.parametrize("digits", [True, 1.0, "2", None, np.int64(2), [2]])
def test_a_bad_number_of_digits_is_refused_at_once(digits):
    with pytest.raises(TypeError, match=r"rounded takes a number of digits, as in rounded\(6\)"):
        rounded(digits)


def test_a_rounding_pickles_and_shows_its_digits():
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        found = pickle.loads(pickle.dumps(rounded(-3), protocol))
        assert repr(found) == "rounded(-3)"
        assert found(1234.5) == 1000.0


def test_digits_are_part_of_the_key(cache):
    def f(x):
        return x

    keys = {cache.cached(f, key={"x": rounded(digits)}).key(1.0) for digits in (2, 3, -2)}
    assert len(keys) == 3


def test_two_roundings_to_the_same_digits_are_one_key(cache):
    def f(x):
        return x

    assert cache.cached(f, key=rounded(2)).key(1.001) == cache.cached(f, key=rounded(2)).key(1.002)


# ---- rounded: numpy ------------------------------------------------------------------------------------

FLOATS = ["f2", "f4", "f8", "g", "c8", "c16", "G"]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_arrays_keep_their_type_dtype_and_shape(dtype, shape):
    value = np.full(shape, 1.2345, dtype)
    found = rounded(2)(value)
    assert type(found) is np.ndarray, "an array without dimensions has become a scalar"
    assert (found.dtype, found.shape) == (value.dtype, shape)
    np.testing.assert_allclose(found, np.full(shape, 1.23), rtol=2e-3)


@pytest.mark.parametrize("dtype", [">f4", ">f8", "<f8", ">c16"])
def test_the_byte_order_of_an_array_is_kept(dtype):
    assert rounded(2)(np.array([1.2345], dtype)).dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_scalars_keep_their_type(dtype):
    kind = np.dtype(dtype).type
    found = rounded(2)(kind(1.2345))
    assert type(found) is kind
    assert abs(found - kind(1.23)) < 2e-3


def test_an_array_and_a_scalar_are_not_mixed_up():
    hashes = {memo.hash(rounded(2)(value)) for value in (1.234, np.float64(1.234), np.array(1.234), [1.234])}
    assert len(hashes) == 4


@pytest.mark.parametrize(
    ("digits", "dtype", "low", "high"),
    [
        (2, "f2", 900.0, 1000.5),
        (6, "f4", 1e34, 2e34),
        (6, "f8", 1e305, 2e305),
        (6, "c16", 1e305, 2e305),
        (400, "f8", 1.5, 2.5),
    ],
)
def test_large_values_do_not_all_become_infinite(digits, dtype, low, high):
    # numpy multiplies by a power of ten first. All large values would have one key, and one result.
    with np.errstate(all="ignore"):
        one, other = (rounded(digits)(np.array([value], dtype)) for value in (low, high))
        scalars = [rounded(digits)(np.dtype(dtype).type(value)) for value in (low, high)]
    assert np.isfinite(one).all()
    assert memo.hash(one) != memo.hash(other)
    assert memo.hash(scalars[0]) != memo.hash(scalars[1])


def test_large_values_in_frames_do_not_all_become_infinite():
    with np.errstate(all="ignore"):
        for make in (pd.Series, lambda values: pd.DataFrame({"a": values})):
            assert memo.hash(rounded(6)(make([1e305]))) != memo.hash(rounded(6)(make([2e305])))


@pytest.mark.parametrize("value", [1e305, np.float64(1e305), np.array([1e305])], ids=lambda v: type(v).__name__)
def test_rounding_large_values_gives_no_warning(value):
    rounded(6)(value)


def test_rounding_signalling_values_gives_no_warning():
    rounded(2)(np.array([np.nan, np.inf, -np.inf, 5e-324]))


def test_a_view_of_an_array_is_not_changed_and_equals_a_copy():
    whole = np.linspace(0, 1, 24).reshape(4, 6)
    before = whole.copy()
    for view in (whole[::2, ::-1], whole.T, np.asfortranarray(whole), np.broadcast_to(whole[0], (3, 6))):
        assert memo.hash(rounded(2)(view)) == memo.hash(rounded(2)(view.copy()))
    np.testing.assert_array_equal(whole, before)


def test_a_read_only_array_is_rounded():
    value = np.array([1.234])
    value.flags.writeable = False
    assert rounded(2)(value)[0] == 1.23


def test_a_masked_array_keeps_its_mask():
    value = np.ma.array([1.234, 5.678], mask=[False, True], fill_value=7.0)
    found = rounded(2)(value)
    assert type(found) is np.ma.MaskedArray
    assert found.mask.tolist() == [False, True]
    assert found.fill_value == 7.0
    assert found[0] == 1.23
    assert value.data.tolist() == [1.234, 5.678]


def test_rounded_arrays_in_lists():
    found = rounded(1)([np.array([1.23]), {"a": np.float32(1.26)}])
    assert found[0].tolist() == [1.2]
    assert found[1]["a"] == np.float32(1.3)


# ---- rounded: pandas -----------------------------------------------------------------------------------

DTYPES = ["float16", "float32", "float64", "Float32", "Float64", "complex128", "Sparse[float64]"]


def test_frames_are_rounded_column_by_column():
    frame = pd.DataFrame({"f": [1.234, -0.001], "i": [12345, 2], "s": ["1.234", "b"], "b": [True, False]})
    found = rounded(2)(frame)
    assert found["f"].tolist() == [1.23, 0.0]
    pd.testing.assert_frame_equal(found.drop(columns="f"), frame.drop(columns="f"))
    assert list(found.columns) == list(frame.columns)


def test_columns_of_the_same_name_are_rounded_each():
    frame = pd.DataFrame([[1.234, 1, 5.678, "x"]], columns=["a", "a", "a", "a"])
    found = rounded(2)(frame)
    assert found.iloc[0].tolist() == [1.23, 1, 5.68, "x"]
    assert [str(kind) for kind in found.dtypes][:3] == ["float64", "int64", "float64"]
    assert list(found.columns) == ["a"] * 4


@pytest.mark.parametrize("dtype", DTYPES)
def test_series_and_frames_keep_their_dtype(dtype):
    series = pd.Series([1.2345, 0.0, 5.4321], dtype=dtype, name="n", index=[3, 1, 2])
    found = rounded(2)(series)
    assert (found.dtype, found.name, found.index.tolist()) == (series.dtype, "n", [3, 1, 2])
    assert abs(complex(found.iloc[0]) - 1.23) < 2e-3
    frame = rounded(2)(pd.DataFrame({"a": series, "b": [1, 2, 3]}))
    assert frame["a"].dtype == series.dtype
    assert abs(complex(frame["a"].iloc[0]) - 1.23) < 2e-3


@pytest.mark.parametrize("dtype", ["Float32", "Float64", "double[pyarrow]", "float[pyarrow]"])
def test_missing_values_of_extension_floats_stay_missing(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    series = pd.Series([1.2345, None, -0.001], dtype=dtype)
    found = rounded(2)(series)
    assert found.dtype == series.dtype
    assert found.isna().tolist() == [False, True, False]
    assert math.copysign(1, found.iloc[2]) == 1


@pytest.mark.parametrize("digits", [-2, 0, 2])
def test_negative_digits_work_on_frames(digits):
    expected = round(1234.5678, digits)
    assert rounded(digits)(pd.Series([1234.5678])).iloc[0] == expected
    assert rounded(digits)(pd.DataFrame({"a": [1234.5678]})).iloc[0, 0] == expected


def test_what_a_frame_carries_beside_its_data_is_kept():
    frame = pd.DataFrame({"a": [1.234]}, index=pd.Index([0.123456], name="i"))
    frame.columns.name = "c"
    frame = frame.set_flags(allows_duplicate_labels=False)
    frame.attrs["unit"] = "m"
    found = rounded(2)(frame)
    assert (found.attrs, found.flags.allows_duplicate_labels) == ({"unit": "m"}, False)
    assert found.columns.name == "c"
    pd.testing.assert_index_equal(found.index, frame.index)
    series = rounded(2)(frame["a"])
    assert (series.attrs, series.flags.allows_duplicate_labels) == ({"unit": "m"}, False)


def test_frames_are_not_changed():
    frame = pd.DataFrame({"a": [1.2345], "b": [2.3456], "c": ["x"], "d": pd.Series([3.4567], dtype="Float64")})
    view = frame.iloc[:, :2]
    before, hashed = frame.copy(deep=True), memo.hash(frame)
    found = rounded(1)(frame)
    rounded(1)(view)
    rounded(1)(frame["a"])
    found.iloc[0, 0] = 99.0
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(view, before.iloc[:, :2])
    assert memo.hash(frame) == hashed


def test_a_wide_frame_gives_no_warning():
    frame = pd.DataFrame(np.full((2, 300), 1.234))
    assert (rounded(2)(frame) == 1.23).all(axis=None)


def test_a_frame_without_columns_or_rows_is_rounded():
    for frame in (pd.DataFrame(), pd.DataFrame(index=[1, 2]), pd.DataFrame({"a": []}), pd.DataFrame({"a": [1]})):
        pd.testing.assert_frame_equal(rounded(2)(frame), frame)


def test_columns_of_two_levels():
    frame = pd.DataFrame([[1.234, 5.678]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]))
    assert rounded(1)(frame).iloc[0].tolist() == [1.2, 5.7]


# ---- rounded: polars -----------------------------------------------------------------------------------


def test_series_of_polars_are_rounded():
    pl = pytest.importorskip("polars")
    for kind in (pl.Float32, pl.Float64):
        found = rounded(2)(pl.Series("n", [1.2345, None, -0.001, math.nan, math.inf], dtype=kind))
        assert (found.dtype, found.name, found.null_count()) == (kind, "n", 1)
        assert abs(found[0] - 1.23) < 1e-6
        assert math.copysign(1, found[2]) == 1
        assert math.isnan(found[3])
        assert found[4] == math.inf


def test_frames_of_polars_are_rounded_where_they_hold_floats():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"s": ["1.234"], "f": [1.234], "i": [12345], "b": [True]})
    found = rounded(2)(frame)
    assert found.to_dicts() == [{"s": "1.234", "f": 1.23, "i": 12345, "b": True}]
    assert found.schema == frame.schema
    assert frame["f"][0] == 1.234


def test_other_values_of_polars_pass_as_they_are():
    pl = pytest.importorskip("polars")
    for value in (pl.Series([1, 2]), pl.Series(["a"]), pl.LazyFrame({"a": [1.234]}), pl.Float64, pl.col("a")):
        assert rounded(2)(value) is value


@pytest.mark.parametrize("frame", [False, True], ids=["series", "frame"])
def test_negative_digits_work_on_polars(frame):
    pl = pytest.importorskip("polars")
    value = pl.Series("a", [1234.5])
    found = rounded(-2)(value.to_frame() if frame else value)
    assert found.to_dicts() == [{"a": 1200.0}] if frame else found.to_list() == [1200.0]


def test_large_values_of_polars_do_not_all_become_infinite():
    pl = pytest.importorskip("polars")
    assert rounded(6)(pl.Series([1e305, 2e305])).to_list() == [1e305, 2e305]


def test_a_frame_of_polars_without_floats_or_rows():
    pl = pytest.importorskip("polars")
    for frame in (pl.DataFrame(), pl.DataFrame({"a": [1]}), pl.DataFrame({"a": []}, schema={"a": pl.Float64})):
        assert rounded(2)(frame).equals(frame)
