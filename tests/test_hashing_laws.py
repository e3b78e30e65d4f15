"""Laws of hashing that Hypothesis looks for exceptions to."""

from __future__ import annotations

import math
import struct
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo.hashing import argument_tokens, content_digest, scalar_tokens, token
from memo.hashing.encoder import Encoder
from memo.hashing.node import Node
from memo.hashing.tokens import SCALARS, TAG_LIST, scalar_token

SCALAR_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-3, 3),
    st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1]),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0]),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.binary(max_size=8),
    st.sampled_from(["", b"", "a", b"a"]),
)
# Sets, and keys of dicts: a NaN would be equal to another one but not found in its place.
HASHABLE = st.recursive(
    SCALAR_VALUES.filter(lambda value: value == value),  # noqa: PLR0124
    lambda inner: st.one_of(st.tuples(inner, inner), st.frozensets(inner, max_size=3)),
    max_leaves=6,
)
VALUES = st.recursive(
    SCALAR_VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(HASHABLE, inner, max_size=4),
        st.dictionaries(HASHABLE, inner, max_size=4).map(OrderedDict),
        st.sets(HASHABLE, max_size=4),
        st.frozensets(HASHABLE, max_size=4),
    ),
    max_leaves=12,
)


def canonical(value):
    """Return something comparable that is equal exactly for equal values, types included: the oracle."""
    kind = type(value).__name__
    if isinstance(value, float):
        return kind, "nan" if math.isnan(value) else struct.pack("d", value)
    if isinstance(value, complex):
        return kind, canonical(value.real), canonical(value.imag)
    if isinstance(value, list | tuple):
        return kind, tuple(map(canonical, value))
    if isinstance(value, dict):
        return kind, tuple((canonical(key), canonical(item)) for key, item in value.items())
    if isinstance(value, set | frozenset):
        return kind, frozenset(map(canonical, value))
    return kind, value


def rebuilt(value):
    """Return an equal value that shares nothing with the first."""
    kind = type(value)
    if isinstance(value, list | tuple | set | frozenset):
        return kind([rebuilt(item) for item in reversed(list(value))][::-1])
    if isinstance(value, dict):
        return kind((rebuilt(key), rebuilt(item)) for key, item in value.items())
    if isinstance(value, str):
        return "".join(list(value))
    return struct.unpack("d", struct.pack("d", value))[0] if isinstance(value, float) else value


@settings(max_examples=400)
@given(VALUES, VALUES)
def test_tokens_are_equal_exactly_for_equal_values(a, b):
    assert (token(a) == token(b)) == (canonical(a) == canonical(b))


@settings(max_examples=200)
@given(VALUES)
def test_a_rebuilt_value_has_the_same_token(value):
    assert token(rebuilt(value)) == token(value)


@given(VALUES)
def test_hashing_twice_or_beside_itself_changes_nothing(value):
    encoder = Encoder()
    first = encoder.token([value, value], "value")
    assert first == encoder.token([value, rebuilt(value)], "value") == token([rebuilt(value), value])


@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_joined_tokens_tell_where_one_ends(a, b):
    joined = [b"".join(map(token, values)) for values in (a, b)]
    assert (joined[0] == joined[1]) == (canonical(a) == canonical(b))


@given(st.lists(VALUES, max_size=5))
def test_arguments_are_the_joined_tokens_of_the_values(values):
    names = tuple(f"p{n}" for n in range(len(values)))
    tokens = list(map(token, values))
    assert argument_tokens(names, tuple(values)) == tokens
    assert scalar_tokens(tuple(values)) in {None, b"".join(tokens)}


def one_by_one(values):
    """Return the token of a list made without any of the quick ways."""
    return TAG_LIST + content_digest(b"".join(map(scalar_token, values)))


@given(st.lists(SCALAR_VALUES, max_size=5), st.sampled_from([1, 20, 100, 3000, 9000]))
def test_the_path_of_a_list_of_scalars_does_not_show(values, times):
    values = values * times
    expected = one_by_one(values)
    assert token(values) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("memo.hashing.node.CHUNK", 3)
        assert Encoder().token(Node(TAG_LIST, values), "value") == expected
    mixed = Encoder().token([*values, ()], "value")
    assert mixed == TAG_LIST + content_digest(b"".join(map(scalar_token, values)) + token(()))


@given(st.lists(st.sampled_from([0, 1, 1000, 2**20 - 12, 2**20 - 1, 2**20, 2**20 + 1]), max_size=4), st.booleans())
@settings(max_examples=40)
def test_the_path_of_large_strings_does_not_show(sizes, text):
    values = [("é" if text else b"x") * size for size in sizes]
    assert token(values) == one_by_one(values)
    expected = list(map(scalar_token, values))
    assert argument_tokens(tuple(map(str, values)), tuple(values)) == expected
    assert scalar_tokens(tuple(values)) in {None, b"".join(expected)}


@given(SCALAR_VALUES)
def test_no_scalar_begins_like_a_tag(value):
    assert type(value) in SCALARS
    assert scalar_token(value)[0] < 0x80


DTYPES = st.sampled_from(
    [
        *("?", "i1", "u2", "<i4", ">i4", "i8", "f2", "f4", "f8", ">f8", "g", "F", "D", "G"),
        *("M8[D]", "M8[ns]", ">M8[s]", "m8[s]", "S3", "U2", "V5", "O", "T"),
        (("a", "i1"), ("b", "f8")),
        (("a", "i2", (2,)), ("b", ">M8[s]"), ("c", "U3")),
        (("a", (("x", "i1"), ("y", "g"))), ("b", "O")),
    ]
)


def as_dtype(spec, *, align=False):
    if isinstance(spec, str):
        return np.dtypes.StringDType() if spec == "T" else np.dtype(spec)
    return np.dtype(
        [(name, as_dtype(kind) if isinstance(kind, tuple) else kind, *rest) for name, kind, *rest in spec],
        align=align,
    )


def filled(shape, dtype, seed):
    """Return an array of any dtype with content that does not repeat."""
    numbers = np.asarray(np.random.default_rng(seed).integers(0, 100, shape))
    if dtype.names is not None:
        table = np.zeros(shape, dtype)
        for name in dtype.names:
            kind, inner = dtype[name], dtype[name].shape
            table[name] = filled((*shape, *inner), kind.base, seed + 1)
        return table
    if dtype.kind == "V":
        return numbers.astype("S5").view("V5").reshape(shape)
    return numbers.astype("U3").astype(dtype) if dtype.char == "T" else numbers.astype(dtype)


@st.composite
def arrays(draw):
    shape = tuple(draw(st.lists(st.integers(0, 5), max_size=4)))
    return filled(shape, as_dtype(draw(DTYPES), align=draw(st.booleans())), draw(st.integers(0, 99)))


@st.composite
def views(draw):
    array = draw(arrays())
    axes = draw(st.permutations(range(array.ndim)))
    array = array.transpose(axes)
    steps = draw(st.lists(st.sampled_from([1, 2, -1, -2]), min_size=array.ndim, max_size=array.ndim))
    return array[(..., *(slice(None, None, step) for step in steps))]  # With an ellipsis never a scalar.


@settings(max_examples=300)
@given(views())
def test_a_view_has_the_token_of_its_copies(view):
    expected = token(view)
    assert token(np.ascontiguousarray(view).reshape(view.shape)) == expected
    assert token(np.asfortranarray(view).reshape(view.shape)) == expected
    assert token(view.copy(order="K")) == expected


@given(views(), st.integers(0, 10))
def test_a_changed_element_changes_the_token(view, seed):
    other = filled(view.shape, view.dtype, 1000 + seed)
    equal = [canonical_element(a) == canonical_element(b) for a, b in zip(view.flat, other.flat, strict=True)]
    assert (token(view) == token(other)) == all(equal)


def canonical_element(element):
    if isinstance(element, np.generic | np.ndarray):
        element = element.tolist()
    return [canonical_element(part) for part in element] if isinstance(element, list | tuple) else element


@given(arrays(), arrays())
def test_another_dtype_or_shape_is_another_token(a, b):
    if a.dtype != b.dtype or a.shape != b.shape:
        assert token(a) != token(b)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([1, 2, 3, 63, 64, 65, 300, 1000]), min_size=1, max_size=4).filter(
        lambda shape: 10_000 < math.prod(shape) < 600_000
    ),
    st.data(),
)
def test_large_views_of_any_order_are_hashed_in_blocks(shape, data):
    array = np.arange(math.prod(shape), dtype=data.draw(st.sampled_from(["i4", "f8", "D"]))).reshape(shape)
    axes = data.draw(st.permutations(range(len(shape))))
    steps = tuple(slice(None, None, data.draw(st.sampled_from([1, 1, 2, -1]))) for _ in shape)
    view = array.transpose(axes)[steps]
    assert token(view) == token(view.copy(order="C"))


def test_the_data_of_an_array_is_hashed_as_its_bytes():
    from memo.hashing.array_data import data_digest

    array = np.arange(24.0).reshape(2, 3, 4)
    assert data_digest(array) == content_digest(array) == content_digest(array.tobytes())
    assert data_digest(np.asfortranarray(array)) == content_digest(array.tobytes())


def test_what_was_hashed_before_does_not_change_the_hash_of_an_equal_dtype(run_python):
    """`long` and `long long` are equal dtypes with two types; whichever came first gave its name to both."""
    script = """
        import sys
        import numpy as np
        from memo.hashing import digest
        print([digest(np.arange(3, dtype=code)).hex() for code in sys.argv[1]])
    """
    assert len({text for order in ("ql", "lq") for text in eval(run_python(script, order))}) == 1


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.sampled_from([1, 3, 700]), st.booleans())
def test_columns_hashed_together_are_hashed_as_each_by_itself(places, rows, backwards):
    """Whatever memory they share: a column that came twice was once read at the place of the next."""
    from memo.hashing.array_data import column_digests, data_digest

    table = np.arange(rows * 6.0).reshape(rows, 6)[:: -1 if backwards else 1]
    columns = [table[:, place] for place in places]
    assert column_digests(columns) == [data_digest(np.ascontiguousarray(column)) for column in columns]
