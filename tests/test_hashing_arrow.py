"""Arrow data: hashed by its values, wherever they lie, and its memory given back."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import gc
import io
import itertools
import math
import random
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import memo
from memo import UnhashableArgument
from memo.hashing import arrow_column, arrow_family, arrow_memory, arrow_texts, digest

pa = pytest.importorskip("pyarrow")
pc = pytest.importorskip("pyarrow.compute")
ipc = pytest.importorskip("pyarrow.ipc")

MIB = 1 << 20
# Blocks of the smallest sizes, so that a few values have as many seams as millions have otherwise.
BLOCKS = [(1, 1, 0), (2, 1, 0), (3, 2, 5), (7, 3, 1 << 20), (1 << 18, 1, 0), (5, 1 << 15, 256)]


def with_blocks(value, rows, gathered, short):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_column, "ROWS", rows)
        patch.setattr(arrow_texts, "GATHERED", gathered)
        patch.setattr(arrow_texts, "SHORT", short)
        return digest(value)


# ---- random types and values ---------------------------------------------------------------------------

TEXT = st.one_of(st.text(max_size=5), st.text("abc", min_size=11, max_size=14), st.text("xyzö", max_size=40))
BYTES = st.one_of(st.binary(max_size=5), st.binary(min_size=11, max_size=14), st.binary(max_size=40))
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


def integers(bits, *, signed=True):
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else st.integers(0, (1 << bits) - 1)


def decimals(digits, places):
    return st.integers(-(10**digits) + 1, 10**digits - 1).map(
        lambda number: decimal.Decimal(number).scaleb(-places)
    )


LEAVES = [
    (pa.null(), st.none()),
    (pa.bool_(), st.booleans()),
    (pa.int8(), integers(8)),
    (pa.int16(), integers(16)),
    (pa.uint32(), integers(32, signed=False)),
    (pa.int64(), integers(64)),
    (pa.float32(), st.floats(width=32)),
    (pa.float64(), st.floats()),
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.string_view(), TEXT),
    (pa.binary(), BYTES),
    (pa.large_binary(), BYTES),
    (pa.binary_view(), BYTES),
    (pa.binary(3), st.binary(min_size=3, max_size=3)),
    (pa.decimal128(7, 2), decimals(7, 2)),
    (pa.decimal256(40, 3), decimals(30, 3)),
    (pa.date32(), DAYS),
    (pa.timestamp("us"), st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))),  # noqa: DTZ001
    (pa.duration("ms"), st.integers(-1000, 1000).map(lambda ms: dt.timedelta(milliseconds=ms))),
    (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["a", "b", "a text of more than twelve bytes"])),
    (pa.dictionary(pa.int32(), pa.int64()), st.integers(0, 5)),
]


def maybe(values):
    return st.one_of(st.none(), values, values, values)


def nested(pair):
    kind, values = pair
    few = st.lists(maybe(values), max_size=4)
    return st.one_of(
        st.just((pa.list_(kind), few)),
        st.just((pa.large_list(kind), few)),
        st.just((pa.list_view(kind), few)),
        st.just((pa.large_list_view(kind), few)),
        st.just((pa.list_(kind, 2), st.lists(maybe(values), min_size=2, max_size=2))),
        st.just(
            (
                pa.struct([("a", kind), ("b", pa.bool_())]),
                st.fixed_dictionaries({"a": maybe(values), "b": st.booleans()}),
            )
        ),
        st.just(
            (
                pa.map_(pa.string(), kind),
                st.dictionaries(TEXT, maybe(values), max_size=3).map(lambda d: list(d.items())),
            )
        ),
    )


TYPES = st.recursive(st.sampled_from(LEAVES), lambda inner: inner.flatmap(nested), max_leaves=4)


@st.composite
def typed_values(draw, nulls=True, least=0):
    """Return an Arrow type and values of it."""
    kind, values = draw(TYPES)
    return kind, draw(st.lists(maybe(values) if nulls else values, min_size=least, max_size=12))


def array_of(kind, values):
    return pa.array(values, kind)


def copied(array):
    """Return the same values in other memory, laid out anew: as another process gets them."""
    sink = io.BytesIO()
    batch = pa.RecordBatch.from_arrays([array], ["a"])
    with ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return ipc.open_stream(sink.getvalue()).read_next_batch().column(0)


many = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@many
@given(typed_values(), st.data())
def test_a_slice_equals_a_copy_of_its_values(typed, data):
    kind, values = typed
    array = array_of(kind, values)
    start = data.draw(st.integers(0, len(values)))
    piece = array.slice(start, data.draw(st.integers(0, len(values) - start)))
    assert digest(piece) == digest(copied(piece))
    if not has_dictionary(kind):
        assert digest(piece) == digest(array_of(kind, values[start : start + len(piece)]))


def has_dictionary(kind):
    if pa.types.is_dictionary(kind):
        return True
    return any(has_dictionary(kind.field(at).type) for at in range(kind.num_fields))


def cut(array, places):
    edges = [0, *sorted(places), len(array)]
    pieces = [array.slice(a, b - a) for a, b in itertools.pairwise(edges)]
    return pa.chunked_array([copied(piece) if at % 2 else piece for at, piece in enumerate(pieces)], array.type)


@many
@given(typed_values(), st.data())
def test_where_a_column_is_cut_into_chunks_does_not_show(typed, data):
    kind, values = typed
    array = array_of(kind, values)
    places = st.lists(st.integers(0, len(values)), max_size=5)
    one, other = cut(array, data.draw(places)), cut(array, data.draw(places))
    assert digest(one) == digest(other)
    tables = [pa.table({"a": column, "b": [1] * len(column)}) for column in (one, other)]
    assert digest(tables[0]) == digest(tables[1])


@many
@given(typed_values(), st.sampled_from(BLOCKS), st.data())
def test_the_size_of_the_blocks_does_not_show(typed, blocks, data):
    kind, values = typed
    array = array_of(kind, values)
    start = data.draw(st.integers(0, len(values)))
    for value in (array[start:], cut(array, [start])):
        assert with_blocks(value, *blocks) == digest(value)


@many
@given(typed_values(nulls=False, least=2), st.data())
def test_leftovers_below_a_null_do_not_show(typed, data):
    # Nulls of the struct: what its child has there is nobody's.
    kind, values = typed
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    other = values.copy()
    random.Random(data.draw(st.integers())).shuffle(other)
    garbage = [b if hidden else a for a, b, hidden in zip(values, other, mask, strict=True)]
    inner = array_of(kind, values + other)  # Together, so that they have one dictionary.
    rows = [at + len(values) * hidden for at, hidden in enumerate(mask)]
    children = [inner[: len(values)], inner.take(pa.array(rows)) if takes(kind) else array_of(kind, garbage)]
    one, two = (pa.StructArray.from_arrays([child], ["a"], mask=pa.array(mask)) for child in children)
    assert digest(one) == digest(two)
    for blocks in BLOCKS[:3]:
        assert with_blocks(two, *blocks) == digest(one)


def takes(kind):
    return has_dictionary(kind)


def own_buffers(kind):
    """Return how many buffers of an array are its own and not its children's; None if that is not so simple."""
    if pa.types.is_null(kind) or pa.types.is_dictionary(kind):
        return None
    for test, count in (
        (pa.types.is_struct, 1),
        (pa.types.is_fixed_size_list, 1),
        (pa.types.is_list_view, 3),
        (pa.types.is_large_list_view, 3),
        (pa.types.is_nested, 2),
    ):
        if test(kind):
            return count
    return -1


def children_of(array):
    kind = array.type
    if pa.types.is_struct(kind):
        return [array.field(at) for at in range(kind.num_fields)]
    if pa.types.is_map(kind):
        entries = pa.StructArray.from_arrays([array.keys, array.items], fields=list(kind.field(0).type))
        return [entries]
    return [array.values] if pa.types.is_nested(kind) else []


def hiding(array, mask):
    """Return the array with nulls where the mask says, over values that are still there."""
    count = own_buffers(array.type)
    buffers = array.buffers() if count == -1 else array.buffers()[:count]
    bits = np.packbits([not hidden for hidden in mask], bitorder="little")
    return pa.Array.from_buffers(
        array.type, len(array), [pa.py_buffer(bits), *buffers[1:]], children=children_of(array)
    )


@many
@given(typed_values(nulls=False, least=1), st.data())
def test_leftovers_under_a_null_do_not_show(typed, data):
    kind, values = typed
    assume(own_buffers(kind) is not None)
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    array = array_of(kind, values)
    left_over = hiding(array, mask)
    clean = [None if hidden else value for value, hidden in zip(values, mask, strict=True)]
    start = data.draw(st.integers(0, len(values) - 1))
    assert with_blocks(left_over[start:], *data.draw(st.sampled_from(BLOCKS))) == digest(left_over[start:])
    if not has_dictionary(kind):
        assert digest(left_over) == digest(array_of(kind, clean))
        assert digest(left_over[start:]) == digest(array_of(kind, clean[start:]))


def canonical(value):
    """Return something that is equal exactly for equal values."""
    if isinstance(value, float):
        return value.hex() if value == value else "nan"  # noqa: PLR0124
    if isinstance(value, dict):
        return "dict", tuple((key, canonical(value[key])) for key in sorted(value))
    if isinstance(value, list | tuple):
        return "list", tuple(map(canonical, value))
    return type(value).__name__, value


@many
@given(typed_values(least=1), st.data())
def test_one_other_value_shows(typed, data):
    kind, values = typed
    place = data.draw(st.integers(0, len(values) - 1))
    other = [*values]
    other[place] = data.draw(typed_values_like(kind, values))
    assume(canonical(other[place]) != canonical(values[place]))
    both = array_of(kind, values + other)
    for one, two in ((both[: len(values)], both[len(values) :]), (array_of(kind, values), array_of(kind, other))):
        assert digest(one) != digest(two)


def typed_values_like(kind, values):
    del kind
    return st.sampled_from([*values, None])


@many
@given(typed_values(), st.data())
def test_values_of_other_lengths_or_in_another_order_differ(typed, data):
    kind, values = typed
    array = array_of(kind, values)
    assert digest(array) != digest(array_of(kind, [*values, None]))
    place = data.draw(st.integers(0, len(values)))
    turned = values[place:] + values[:place]
    if canonical(turned) != canonical(values):
        assert digest(array_of(kind, turned)) != digest(array)


# ---- kinds of which there are too few in random values -------------------------------------------------


@pytest.mark.parametrize("offset", range(10))
def test_booleans_at_any_bit(offset):
    values = [random.Random(offset).random() < 0.5 for _ in range(40)]
    holes = [None if at % 3 else value for at, value in enumerate(values)]
    for given_ in (values, holes):
        array = pa.array(given_)
        assert digest(array[offset:]) == digest(pa.array(given_[offset:]))
        assert digest(array[offset : offset + 9]) == digest(pa.array(given_[offset : offset + 9]))


def test_what_is_after_the_last_bit_does_not_show():
    arrays = [
        pa.Array.from_buffers(pa.bool_(), 3, [pa.py_buffer(bytes([valid])), pa.py_buffer(bytes([bits]))])
        for valid, bits in ((0b101, 0b001), (0b11111101, 0b11111011))
    ]
    assert digest(arrays[0]) == digest(arrays[1])
    assert digest(arrays[0]) == digest(pa.array([True, None, False]))


def test_a_bitmap_that_says_nothing_is_none():
    data = pa.py_buffer(np.arange(3))
    arrays = [pa.Array.from_buffers(pa.int64(), 3, [bitmap, data]) for bitmap in (None, pa.py_buffer(b"\xff"))]
    assert digest(arrays[0]) == digest(arrays[1]) == digest(pa.array([0, 1, 2]))


@pytest.mark.parametrize("place", [0, 1, 5, 9])
def test_the_first_null_may_come_in_any_block(place):
    values = [None if at == place else at for at in range(10)]
    array = pa.array(values)
    expected = digest(array)
    for blocks in BLOCKS:
        assert with_blocks(array, *blocks) == expected
    assert digest(pa.chunked_array([array[:4], array[4:]])) == digest(pa.chunked_array([array]))
    assert expected != digest(pa.array([at if value is None else value for at, value in enumerate(values)]))
    assert expected != digest(pa.array([0 if value is None else value for value in values]))


def test_a_null_is_none_of_these():
    groups = [
        [pa.array([value], pa.float64()) for value in (None, 0.0, -0.0, math.nan)],
        [pa.array([value], pa.string()) for value in (None, "", "\0")],
        [pa.array([value], pa.list_(pa.int8())) for value in (None, [], [None], [0])],
        [pa.array([value], pa.struct([("a", pa.int8())])) for value in (None, {"a": None}, {"a": 0})],
        [pa.array([value], pa.bool_()) for value in (None, False, True)],
    ]
    for values in groups:
        assert len(set(map(digest, values))) == len(values)


def test_types_names_and_metadata_count():
    values = [
        *(pa.array([1], kind) for kind in (pa.int8(), pa.int64(), pa.uint8(), pa.float64(), pa.int32())),
        *(pa.array(["a"], kind) for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.binary())),
        *(
            pa.array([1], pa.timestamp(unit, zone))
            for unit in ("s", "ms")
            for zone in (None, "UTC", "Europe/Paris")
        ),
        *(pa.array([decimal.Decimal(1)], pa.decimal128(*size)) for size in ((5, 0), (6, 0), (5, 1))),
        *(
            pa.array([[1]], kind)
            for kind in (pa.list_(pa.int8()), pa.large_list(pa.int8()), pa.list_(pa.int8(), 1))
        ),
        *(pa.array([{name: 1}], pa.struct([(name, pa.int8())])) for name in "ab"),
        *(pa.table({name: [1]}) for name in "ab"),
        pa.table({"a": [1]}).replace_schema_metadata({"k": "v"}),
        pa.table({"a": [1]}, schema=pa.schema([pa.field("a", pa.int64(), nullable=False)])),
        pa.table({"a": [1]}, schema=pa.schema([pa.field("a", pa.int64(), metadata={"k": "v"})])),
        pa.record_batch({"a": [1]}),
        pa.chunked_array([[1]]),
        pa.array([1]).dictionary_encode(),
        pa.scalar(1),
        pa.int64(),
        pa.field("a", pa.int64()),
        pa.schema([("a", pa.int64())]),
    ]
    assert len(set(map(digest, values))) == len(values)


def test_metadata_count_in_any_order():
    one, two = (
        pa.schema([("a", pa.int8())], metadata=data) for data in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    )
    assert digest(one) == digest(two)


def test_lists_whose_offsets_do_not_begin_at_zero_or_have_gaps():
    child = pa.array([9, 1, 2, 9, 3, 9])
    views = pa.ListViewArray.from_arrays([4, 1, 0], [1, 2, 0], child)
    assert digest(views) == digest(pa.array([[3], [1, 2], []], pa.list_view(pa.int64())))
    lists = pa.ListArray.from_arrays([1, 3, 3, 5], child)
    assert digest(lists) == digest(pa.array([[1, 2], [], [9, 3]]))


def test_list_views_that_overlap():
    views = pa.ListViewArray.from_arrays([0, 1, 0], [2, 2, 3], pa.array([1, 2, 3]))
    assert digest(views) == digest(pa.array([[1, 2], [2, 3], [1, 2, 3]], pa.list_view(pa.int64())))


UNION = [pa.array([1, 2, 3, 4]), pa.array(["a", "b", "c", "d"])]


def test_unions_by_what_each_row_is():
    kinds = pa.array([0, 1, 1, 0], pa.int8())
    sparse = pa.UnionArray.from_sparse(kinds, UNION)
    other = [pa.array([1, 99, 99, 4]), pa.array(["z", "b", "c", "z"])]
    assert digest(sparse) == digest(pa.UnionArray.from_sparse(kinds, other))
    two = pa.UnionArray.from_sparse(pa.array([1, 1], pa.int8()), [pa.array([7, 8]), pa.array(["b", "c"])])
    assert digest(sparse[1:3]) == digest(two)
    dense = pa.UnionArray.from_dense(kinds, pa.array([0, 1, 3, 2], pa.int32()), UNION)
    compact = pa.UnionArray.from_dense(
        kinds, pa.array([0, 0, 1, 1], pa.int32()), [pa.array([1, 3]), pa.array(["b", "d"])]
    )
    assert digest(dense) == digest(compact) != digest(sparse)
    assert digest(dense) != digest(pa.UnionArray.from_dense(kinds, pa.array([0, 1, 3, 3], pa.int32()), UNION))
    for value in (sparse, dense, sparse[1:], dense[1:3]):
        for blocks in BLOCKS:
            assert with_blocks(value, *blocks) == digest(value)


def run_ends(ends, values):
    return pa.RunEndEncodedArray.from_arrays(pa.array(ends, pa.int32()), values)


def test_a_slice_of_runs_equals_its_copy():
    array = run_ends([2, 5, 6], ["a", None, "c"])
    assert digest(array[1:4]) == digest(run_ends([1, 3], pa.array(["a", None])))
    assert digest(array[2:2]) == digest(array[:0])
    assert digest(array) != digest(run_ends([2, 4, 6], ["a", None, "c"]))
    assert digest(array) != digest(run_ends([2, 5, 6], ["a", None, "d"]))


def test_chunks_of_runs_do_not_show():
    array = run_ends([2, 5, 6], ["a", "b", "c"])
    assert digest(pa.chunked_array([array[:3], array[3:]])) == digest(pa.chunked_array([array]))


def test_how_equal_values_are_divided_into_runs_does_not_show():
    assert digest(run_ends([1, 3], ["a", "a"])) == digest(run_ends([3], ["a"]))


def test_dictionaries_of_chunks_that_differ_are_one():
    one = pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", "a"]).dictionary_encode()])
    two = pa.chunked_array([one.unify_dictionaries().chunk(0), one.unify_dictionaries().chunk(1)])
    assert digest(one) == digest(two)
    assert digest(one) == digest(pa.chunked_array([two.combine_chunks()]))
    three = pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["d", "a"]).dictionary_encode()])
    assert digest(one) != digest(three)


def test_dictionaries_of_chunks_inside_of_lists_and_structs():
    parts = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", "c"]).dictionary_encode()]
    whole = pa.chunked_array(parts).unify_dictionaries().combine_chunks()
    for wrap in (
        lambda part: pa.StructArray.from_arrays([part], ["x"]),
        lambda part: pa.ListArray.from_arrays(list(range(len(part) + 1)), part),
    ):
        cut_up, joined = pa.chunked_array([wrap(part) for part in parts]), pa.chunked_array([wrap(whole)])
        assert cut_up.to_pylist() == joined.to_pylist()
        assert digest(cut_up) == digest(joined)


def test_codes_under_nulls_do_not_show():
    values = pa.array(["a", "b"])
    arrays = [
        pa.DictionaryArray.from_arrays(pa.Array.from_buffers(pa.int8(), 3, [valid, codes]), values, safe=False)
        for valid, codes in (
            (pa.py_buffer(b"\x05"), pa.py_buffer(bytes([0, 1, 1]))),
            (pa.py_buffer(b"\x05"), pa.py_buffer(bytes([0, 77, 1]))),
        )
    ]
    assert digest(arrays[0]) == digest(arrays[1])


def test_texts_of_all_lengths_around_that_of_a_view():
    for kind in (pa.string_view(), pa.binary_view()):
        values = [("x" * size).encode() for size in range(10, 16)] * 3
        array = pa.array(values, kind)
        digests = {with_blocks(array, *blocks) for blocks in BLOCKS}
        assert digests == {digest(copied(array))}


def scattered(size, count=200):
    """Return texts in views in another order than in memory, as a sort leaves them, and the texts."""
    texts = [f"{at:06}" + "x" * size for at in range(count)]
    _, views, *data = pa.array(texts, pa.string_view()).buffers()
    order = random.Random(1).sample(range(count), count)
    turned = np.frombuffer(views, "V16")[order].tobytes()
    found = pa.Array.from_buffers(pa.string_view(), count, [None, pa.py_buffer(turned), *data])
    return found, [texts[at] for at in order]


@pytest.mark.parametrize("size", [0, 5, 7, 20, 300, 5000])
def test_texts_scattered_by_a_sort_equal_a_copy(size):
    found, texts = scattered(size)
    expected = digest(pa.array(texts, pa.string_view()))
    assert digest(found) == expected
    for blocks in BLOCKS:
        assert with_blocks(found, *blocks) == expected


@pytest.mark.parametrize("kind", [pa.binary(0), pa.list_(pa.int8(), 0), pa.struct([])], ids=str)
def test_values_without_any_bytes(kind):
    value = {} if pa.types.is_struct(kind) else b"" if pa.types.is_fixed_size_binary(kind) else []
    arrays = [pa.array([value] * count, kind) for count in (0, 1, 2)]
    assert len(set(map(digest, arrays))) == 3
    assert digest(pa.array([value, None], kind)) != digest(arrays[2])
    assert digest(arrays[2][1:]) == digest(arrays[1])


def test_no_rows_no_chunks_and_no_columns():
    kinds = [kind for kind, _ in LEAVES] + [pa.list_(pa.int8()), pa.struct([("a", pa.string())])]
    for kind in kinds:
        empty = pa.chunked_array([], type=kind)
        assert digest(empty) == digest(pa.chunked_array([pa.array([], kind)]))
        assert digest(empty) == digest(pa.chunked_array([pa.array([None], kind)[:0]] * 3))
    assert digest(pa.table({})) != digest(pa.table({"a": []}))


def test_every_type_has_a_hash():
    types = [pair[0] for pair in LEAVES] + [
        *(pa.float16(), pa.date64(), pa.time32("s"), pa.time64("ns"), pa.month_day_nano_interval()),
        *(pa.decimal32(5, 1), pa.decimal64(5, 1), pa.timestamp("ns", "Europe/Paris")),
        *(pa.dense_union([pa.field("a", pa.int8())]), pa.sparse_union([pa.field("a", pa.int8())])),
        *(pa.run_end_encoded(pa.int16(), pa.string()), pa.map_(pa.int8(), pa.int8())),
        *(pa.uuid(), pa.json_(), pa.bool8(), pa.opaque(pa.int8(), "a", "b")),
    ]
    for kind in types:
        array = pa.nulls(3, kind)
        assert len({digest(kind), digest(array), digest(array[1:]), digest(array[0])}) == 4, kind
    assert len(set(map(digest, types))) == len(types)


def test_scalars_by_their_value():
    one, two = pa.array([1.0, 1.0]), pa.array([[1], [1]])
    assert digest(one[0]) == digest(one[1]) == digest(pa.scalar(1.0))
    assert digest(two[0]) == digest(two[1])
    struct = pa.array([{"a": "x" * 20, "b": None}] * 2)
    assert digest(struct[0]) == digest(struct[1]) != digest(pa.scalar({"a": "x" * 20, "b": 1}))


# ---- buffers that must not be read ---------------------------------------------------------------------


def test_a_slice_reads_no_more_than_its_rows(monkeypatch):
    # What lies before and after would be read from memory that may not even be the array's.
    seen = []
    real = arrow_memory.view
    monkeypatch.setattr(
        arrow_memory, "view", lambda address, dtype, count: seen.append(count) or real(address, dtype, count)
    )
    digest(pa.array(range(100_000))[5:8])
    digest(pa.array([str(at) for at in range(100_000)])[5:8])
    digest(pa.array([[at] for at in range(100_000)])[5:8])
    assert max(seen) < 20


def test_the_digest_is_the_same_in_another_process(run_python):
    script = """
        import pyarrow as pa
        from memo.hashing import digest
        for value in (
            pa.array([1, None, 3]),
            pa.array(["a", "x" * 30], pa.string_view()),
            pa.table({"a": [[{"b": 1.5}]]}),
            pa.array(["a", None, "a"]).dictionary_encode(),
            pa.schema([("a", pa.int8())], metadata={"k": "v"}),
        ):
            print(digest(value).hex())
    """
    assert run_python(script, env={"PYTHONHASHSEED": "1"}) == run_python(script, env={"PYTHONHASHSEED": "2"})


# ---- memory --------------------------------------------------------------------------------------------


def refused_half_way():
    """Return a table whose first column is hashed and whose second is refused then."""
    runs = pa.StructArray.from_arrays([run_ends([3], ["a"])], ["r"], mask=pa.array([True, False, False]))
    return pa.table({"a": pa.array(["x" * 1000] * 3), "b": runs})


def test_arrow_gives_all_memory_back():
    values = [
        pa.table({"a": [1, None], "b": ["x" * 100, "y"]}),
        pa.array(["a", "b"]).dictionary_encode(),
        pa.scalar([1]),
    ]
    values.append(pa.chunked_array([["a"], ["b"]]).dictionary_encode())
    for value in values:
        digest(value)
    gc.collect()
    before = pa.total_allocated_bytes()
    for _ in range(3):
        for value in values:
            digest(value)
    assert pa.total_allocated_bytes() == before


def owned(count=1000):
    """Return arrays that lie in memory of numpy's, and that memory."""
    memory = np.arange(count)
    array = pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(memory)])
    return array, memory


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: pa.chunked_array([a, a]), lambda a: pa.table({"a": a})])
def test_nothing_holds_the_memory_of_an_array_after_hashing(wrap):
    array, memory = owned()
    value = wrap(array)
    gc.collect()
    before = sys.getrefcount(memory), pa.total_allocated_bytes()
    for _ in range(5):
        digest(value)
    assert (sys.getrefcount(memory), pa.total_allocated_bytes()) == before
    del value, array
    assert sys.getrefcount(memory) == 2


@pytest.mark.parametrize("place", ["the first row", "the digest"])
@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: pa.chunked_array([a, a]), lambda a: pa.table({"a": a})])
def test_memory_is_given_back_where_hashing_fails_half_way(monkeypatch, wrap, place):
    array, memory = owned()
    gc.collect()
    before = sys.getrefcount(memory), pa.total_allocated_bytes()

    def fails(*_args):
        raise MemoryError("none left")

    monkeypatch.setattr(arrow_column.Column, "mark" if place == "the first row" else "digest", fails)
    for _ in range(3):
        value = wrap(array)
        with pytest.raises(UnhashableArgument, match="none left"):
            digest(value)
        del value
    gc.collect()
    assert (sys.getrefcount(memory), pa.total_allocated_bytes()) == before


def test_an_interrupt_passes_and_gives_memory_back(monkeypatch):
    array, memory = owned()
    before = sys.getrefcount(memory)

    def fails(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(arrow_column.Column, "mark", fails)
    with pytest.raises(KeyboardInterrupt):
        digest(pa.chunked_array([array]))
    gc.collect()
    assert sys.getrefcount(memory) == before


def test_what_is_refused_half_way_gives_memory_back():
    value = refused_half_way()
    gc.collect()
    before = pa.total_allocated_bytes()
    for _ in range(3):
        with pytest.raises(UnhashableArgument, match="runs of values under nulls"):
            digest(value)
    gc.collect()
    assert pa.total_allocated_bytes() == before


def peak_of(value):
    digest(value)
    tracemalloc.start()
    gc.collect()
    before = pa.total_allocated_bytes()
    digest(value)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pa.total_allocated_bytes() == before
    return found


@functools.cache
def numbers():
    values = np.arange(4_000_000)
    return pa.array(values), pa.array(values, mask=values % 3 == 0)


LARGE = {
    "numbers": lambda: numbers()[0],
    "numbers with nulls": lambda: numbers()[1],
    "booleans": lambda: pc.greater(numbers()[1], 5),
    "lists": lambda: pa.ListArray.from_arrays(np.arange(0, 4_000_001, 4, dtype="i4"), numbers()[0]),
    "structs over nulls": lambda: pa.StructArray.from_arrays(
        [numbers()[0]], ["a"], mask=pa.array(np.arange(4_000_000) % 2 == 0)
    ),
    "long texts": lambda: pa.array(["x" * MIB] * 64),
    "long texts, some of them hidden": lambda: pa.StructArray.from_arrays(
        [pa.array(["x" * MIB] * 64)], ["a"], mask=pa.array([at % 2 == 0 for at in range(64)])
    ),
    "views of long texts": lambda: pa.array(["x" * MIB] * 64, pa.string_view()),
    "scattered texts": lambda: scattered(1000, 40_000)[0],
    "short texts": lambda: pc.cast(numbers()[1][:1_000_000], pa.string()),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_hashing_much_takes_little_memory(make):
    value = make()
    assert peak_of(value) < 16 * MIB


def test_runs_of_lists_are_not_taken_one_by_one_where_they_are_in_order(monkeypatch):
    taken = []
    real = arrow_column.Column.take
    monkeypatch.setattr(arrow_column.Column, "take", lambda self, *args: taken.append(1) or real(self, *args))
    digest(pa.array([[at] for at in range(1000)]))
    assert len(taken) < 10


# ---- refused -------------------------------------------------------------------------------------------


def test_an_unknown_format_is_refused(monkeypatch):
    monkeypatch.delitem(arrow_column.WIDTHS, "l")
    for value in (pa.array([1]), pa.table({"a": [[1]]}), pa.chunked_array([[1]])):
        with pytest.raises(UnhashableArgument, match="Arrow data of a format that memo does not know: 'l'"):
            digest(value)


def stream_that_fails(after=2):
    schema = pa.schema([("a", pa.int64())])

    def batches():
        for at in range(after):
            yield pa.record_batch([pa.array([at])], schema=schema)
        raise OSError("the disk is gone")

    return pa.RecordBatchReader.from_batches(schema, batches())


@pytest.mark.parametrize("after", [0, 2])
def test_an_exporter_that_fails_gives_unhashable_argument(monkeypatch, after):
    monkeypatch.setattr(arrow_family, "chunks", lambda _value: arrow_memory.chunks(stream_that_fails(after)))
    value = {"data": [pa.chunked_array([[1]])]}
    gc.collect()
    before = pa.total_allocated_bytes()
    with pytest.raises(UnhashableArgument, match="could not export it as Arrow data") as caught:
        digest(value, path="config")
    assert caught.value.path == "config['data'][0]"
    del caught
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_an_exporter_that_raises_gives_unhashable_argument(monkeypatch):
    class Raises:
        def __arrow_c_stream__(self, requested_schema=None):
            raise ValueError("not today")

    monkeypatch.setattr(arrow_family, "chunks", lambda _value: arrow_memory.chunks(Raises()))
    with pytest.raises(UnhashableArgument, match="ValueError: not today"):
        digest(pa.chunked_array([[1]]))


@pytest.mark.parametrize(
    "make",
    [
        lambda: pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), []),
        lambda: pa.BufferReader(b"abc"),
        pa.BufferOutputStream,
    ],
)
def test_streams_are_refused_and_not_read(make):
    value = make()
    with pytest.raises(UnhashableArgument):
        digest(value)
    if isinstance(value, pa.BufferReader):
        assert value.read() == b"abc"


def test_a_cached_function_takes_tables(cache, calls):
    @cache.cached
    def rows(table):
        calls.append(1)
        return table.num_rows

    table = pa.table({"a": [1, 2, 3, 4]})
    assert rows(table) == rows(pa.concat_tables([table[:1], table[1:]])) == 4
    assert rows(table[:3]) == 3
    assert len(calls) == 2
    assert memo.hash(table) == memo.hash(table)
