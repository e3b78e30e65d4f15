"""polars: hashed by its values through the Arrow interface, without pyarrow and without traces of the process."""

from __future__ import annotations

import datetime as dt
import decimal
import gc
import itertools
import math
import random
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from memo import UnhashableArgument
from memo.hashing import arrow_column, arrow_texts, digest

pl = pytest.importorskip("polars")

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
WORDS = ["a", "b", "", "a text of more than twelve bytes", "another text of more than twelve bytes"]
NAIVE = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001

LEAVES = [
    (pl.Null(), st.none()),
    (pl.Boolean(), st.booleans()),
    (pl.Int8(), st.integers(-128, 127)),
    (pl.UInt16(), st.integers(0, 2**16 - 1)),
    (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    (pl.Int128(), st.integers(-(2**100), 2**100)),
    (pl.Float32(), st.floats(width=32)),
    (pl.Float64(), st.floats()),
    (pl.String(), TEXT),
    (pl.Binary(), st.one_of(st.binary(max_size=5), st.binary(min_size=11, max_size=40))),
    (pl.Decimal(20, 2), st.integers(-(10**9), 10**9).map(lambda number: decimal.Decimal(number).scaleb(-2))),
    (pl.Date(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))),
    (pl.Datetime("us"), NAIVE),
    (pl.Duration("ms"), st.integers(-1000, 1000).map(lambda ms: dt.timedelta(milliseconds=ms))),
    (pl.Time(), st.times()),
    (pl.Categorical(), st.sampled_from(WORDS)),
    (pl.Enum(WORDS), st.sampled_from(WORDS)),
]


def maybe(values):
    return st.one_of(st.none(), values, values, values)


def nested(pair):
    kind, values = pair
    return st.one_of(
        st.just((pl.List(kind), st.lists(maybe(values), max_size=4))),
        st.just((pl.Array(kind, 2), st.lists(maybe(values), min_size=2, max_size=2))),
        st.just(
            (
                pl.Struct({"a": kind, "b": pl.Boolean()}),
                st.fixed_dictionaries({"a": maybe(values), "b": st.booleans()}),
            )
        ),
    )


TYPES = st.recursive(st.sampled_from(LEAVES), lambda inner: inner.flatmap(nested), max_leaves=4)


@st.composite
def typed_values(draw, least=0):
    kind, values = draw(TYPES)
    return kind, draw(st.lists(maybe(values), min_size=least, max_size=12))


def series(kind, values):
    # polars itself cannot make some structs of arrays, nor arrays of structs.
    try:
        return pl.Series("n", values, kind)
    except (pl.exceptions.PanicException, TypeError, OverflowError):
        reject()


many = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def cut(value, places):
    """Return the same values in other chunks."""
    edges = [0, *sorted(places), len(value)]
    found = value.clear()
    for a, b in itertools.pairwise(edges):
        found.append(value[a:b])
    return found


@many
@given(typed_values(), st.data())
def test_a_slice_equals_fresh_values(typed, data):
    kind, values = typed
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    piece = series(kind, values)[start:stop]
    assert digest(piece) == digest(series(kind, values[start:stop]))
    assert digest(piece.to_frame()) == digest(series(kind, values[start:stop]).to_frame())


@many
@given(typed_values(), st.data())
def test_chunks_do_not_show(typed, data):
    kind, values = typed
    whole = series(kind, values)
    one = cut(whole, data.draw(st.lists(st.integers(0, len(values)), max_size=5)))
    assert digest(one) == digest(whole) == digest(one.rechunk())
    frames = [pl.DataFrame([column, pl.Series("i", range(len(values)), pl.Int64)]) for column in (one, whole)]
    assert digest(frames[0]) == digest(frames[1]) == digest(frames[0].rechunk())


@many
@given(typed_values(), st.sampled_from(BLOCKS), st.data())
def test_the_size_of_the_blocks_does_not_show(typed, blocks, data):
    kind, values = typed
    whole = series(kind, values)
    start = data.draw(st.integers(0, len(values)))
    for value in (whole, whole[start:], cut(whole, [start])):
        assert with_blocks(value, *blocks) == digest(value)


@many
@given(typed_values(), st.data())
def test_rows_gathered_from_elsewhere_equal_fresh_ones(typed, data):
    kind, values = typed
    order = list(range(len(values)))
    random.Random(data.draw(st.integers())).shuffle(order)
    turned = [values[at] for at in order]
    fresh = digest(series(kind, turned))
    assert digest(series(kind, values).gather(order)) == fresh
    back = np.argsort(order).tolist() if order else []
    assert digest(series(kind, turned).gather(back)) == digest(series(kind, values))
    keep = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    kept = series(kind, values).filter(pl.Series(keep, dtype=pl.Boolean))
    assert digest(kept) == digest(
        series(kind, [value for value, stays in zip(values, keep, strict=True) if stays])
    )


@many
@given(typed_values(), st.data())
def test_what_was_there_before_a_null_does_not_show(typed, data):
    kind, values = typed
    keep = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    frame = pl.DataFrame([series(kind, values), pl.Series("keep", keep, pl.Boolean)])
    try:
        hidden = frame.select(pl.when("keep").then("n").otherwise(None).alias("n"))["n"].cast(kind)
    except pl.exceptions.PanicException:  # polars trips over arrays of structs here
        reject()
    fresh = series(kind, [value if stays else None for value, stays in zip(values, keep, strict=True)])
    assert digest(hidden) == digest(fresh)
    assert with_blocks(hidden, 1, 1, 0) == digest(fresh)


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
    other[place] = data.draw(st.sampled_from([*values, None]))
    assume(canonical(other[place]) != canonical(values[place]))
    both = series(kind, values + other)
    assert digest(both[: len(values)]) != digest(both[len(values) :])
    assert digest(series(kind, values)) != digest(series(kind, other))


# ---- what else is part of the value --------------------------------------------------------------------


def test_types_and_names_count():
    stamp = dt.datetime(2020, 1, 1)  # noqa: DTZ001
    values = [
        *(pl.Series("a", [1], kind) for kind in (pl.Int8, pl.Int64, pl.UInt8, pl.Float32, pl.Float64)),
        *(
            pl.Series("a", ["x"], kind)
            for kind in (pl.String, pl.Categorical, pl.Enum(["x"]), pl.Enum(["x", "y"]))
        ),
        *(pl.Series("a", [b"x"]), pl.Series("a", [True]), pl.Series("b", [True]), pl.Series("", [True])),
        *(pl.Series("a", [stamp], pl.Datetime(unit, zone)) for unit in ("ms", "us") for zone in (None, "UTC")),
        *(pl.Series("a", [[1]], kind) for kind in (pl.List(pl.Int8), pl.List(pl.Int64), pl.Array(pl.Int8, 1))),
        *(pl.Series("a", [{name: 1}]) for name in "ab"),
        *(pl.Series("a", [None], kind) for kind in (pl.Null, pl.Int8, pl.String, pl.Categorical)),
        *(pl.Series("a", [decimal.Decimal(1)], pl.Decimal(9, scale)) for scale in (0, 1)),
        *(pl.DataFrame({name: [True]}) for name in "ab"),
        *(pl.DataFrame({"a": []}), pl.DataFrame({}), pl.DataFrame({"a": [1], "b": [2]})),
        *(pl.DataFrame({"b": [2], "a": [1]}), pl.DataFrame({"a": [1], "b": [2]}).lazy()),
        *(pl.Int64, pl.Int8, pl.List(pl.Int8), pl.Schema({"a": pl.Int8})),
    ]
    assert len(set(map(digest, values))) == len(values)


def test_a_null_is_none_of_these():
    groups = [
        ([None, 0.0, -0.0, math.nan], pl.Float64),
        ([None, "", "\0"], pl.String),
        ([None, [], [None], [0]], pl.List(pl.Int8)),
        ([None, {"a": None}, {"a": 0}], pl.Struct({"a": pl.Int8})),
        ([None, False, True], pl.Boolean),
        ([None, "", "a"], pl.Categorical),
    ]
    for values, kind in groups:
        assert len({digest(pl.Series("n", [value], kind)) for value in values}) == len(values)


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: s.implode(), lambda s: s.to_frame().to_struct("n")])
def test_categories_met_in_another_order_do_not_show(wrap):
    values = ["b", "c", None, "b", "a text of more than twelve bytes"]
    pl.Series(["a text of more than twelve bytes", "zz", "c", "b"], dtype=pl.Categorical)
    one = wrap(pl.Series("n", values, pl.Categorical))
    more = pl.Series("n", ["c", "unused", *values], pl.Categorical)
    two = wrap(more[2:])
    three = wrap(pl.Series("n", values).cast(pl.Categorical))
    assert digest(one) == digest(two) == digest(three)
    assert digest(one) != digest(wrap(pl.Series("n", ["c", *values[1:]], pl.Categorical)))
    for blocks in BLOCKS:
        assert with_blocks(two, *blocks) == digest(one)


def test_categories_are_the_same_in_another_process(run_python):
    script = """
        import sys
        import polars as pl
        from memo.hashing import digest
        held = pl.Series(sys.argv[1].split(), dtype=pl.Categorical)
        frame = pl.DataFrame({"c": ["x", "y", None, "x" * 20]}, schema={"c": pl.Categorical})
        print(digest(frame).hex(), digest(frame["c"].implode()).hex())
    """
    texts = f"y x {'x' * 20}", "a b c", f"{'x' * 20} x"
    assert len({run_python(script, text, env={"PYTHONHASHSEED": str(at)}) for at, text in enumerate(texts)}) == 1


def test_texts_that_a_join_leaves_scattered():
    left = pl.DataFrame({"k": [3, 1, 2, 9], "a": ["c" * 20, "a" * 30, "b" * 13, "z" * 300]})
    right = pl.DataFrame({"k": [2, 3, 1], "b": ["two" * 9, "three" * 9, "one" * 9]})
    joined = left.join(right, on="k", how="left").sort("k")
    fresh = pl.DataFrame(
        {
            "k": [1, 2, 3, 9],
            "a": ["a" * 30, "b" * 13, "c" * 20, "z" * 300],
            "b": ["one" * 9, "two" * 9, "three" * 9, None],
        }
    )
    assert joined.equals(fresh)
    for blocks in BLOCKS:
        assert with_blocks(joined, *blocks) == digest(fresh)


@pytest.mark.parametrize("size", [0, 5, 7, 20, 300, 5000])
def test_long_texts_sorted_and_filtered(size):
    texts = [f"{at:06}" + "x" * size for at in random.Random(1).sample(range(300), 300)]
    found = pl.DataFrame({"t": texts}).sort("t").filter(pl.int_range(pl.len()) % 3 != 0)
    fresh = pl.DataFrame({"t": [text for at, text in enumerate(sorted(texts)) if at % 3]})
    expected = digest(fresh)
    for blocks in BLOCKS:
        assert with_blocks(found, *blocks) == expected
    assert digest(pl.concat([found[:50], found[50:]], rechunk=False)) == expected


def test_a_frame_written_and_read_again_in_other_pieces(tmp_path):
    frame = pl.DataFrame({"i": [1, None, 3] * 100, "t": ["x" * 20, None, "y"] * 100, "l": [[1], [], None] * 100})
    frame.write_ipc(tmp_path / "a.arrow", record_batch_size=7)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=11)
    for found in (
        pl.read_ipc(tmp_path / "a.arrow"),
        pl.read_parquet(tmp_path / "a.parquet"),
        pl.from_dicts(frame.to_dicts(), schema=frame.schema),
        pl.scan_parquet(tmp_path / "a.parquet").collect(engine="streaming"),
    ):
        assert digest(found) == digest(frame)


def test_a_frame_that_holds_the_columns_of_another():
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert digest(frame.clone()) == digest(frame) == digest(frame.select("a", "b"))
    assert digest(frame.select("b", "a")) != digest(frame)
    assert digest(frame[::-1][::-1]) == digest(frame)


def test_flags_of_a_series_do_not_show():
    one, two = pl.Series([1, 2, 3]), pl.Series([1, 2, 3]).set_sorted()
    assert two.flags != one.flags
    assert digest(one) == digest(two)
    assert digest(pl.Series([3, 1, 2]).sort()) == digest(one)


def test_hashing_leaves_no_trace():
    value = cut(pl.Series([3, 1, None]), [1])
    before = value.flags, value.n_chunks(), value.to_list()
    digest(value)
    assert (value.flags, value.n_chunks(), value.to_list()) == before


class Noted(pl.Series):
    pass


def test_a_subclass_keeps_its_state():
    values = [Noted([1]), Noted([1]), pl.Series([1])]
    values[0].note = 1
    values[1].note = 2
    assert len(set(map(digest, values))) == 3


def test_objects_are_hashed_one_by_one():
    one, two = (pl.Series("o", [{1, part}, None], pl.Object) for part in (2, 3))
    assert digest(one) != digest(two)
    assert digest(one) == digest(pl.Series("o", [{2, 1}, None], pl.Object))
    with pytest.raises(UnhashableArgument) as caught:
        digest(
            pl.DataFrame(
                {"a": [1], "o": pl.Series([open], dtype=pl.Object), "p": pl.Series([object()], dtype=pl.Object)}
            )
        )
    assert "['p']" in caught.value.path


# ---- without pyarrow -----------------------------------------------------------------------------------


def test_hashing_imports_no_pyarrow_and_no_pandas(run_python):
    script = """
        import sys
        import polars as pl
        import memo
        frame = pl.DataFrame({"i": [1, None], "t": ["x" * 20, "y"], "l": [[1.5], []], "s": [{"a": True}, None]})
        frame = frame.with_columns(pl.col("t").cast(pl.Categorical).alias("c"))
        for value in (frame, *frame.get_columns(), frame.lazy(), frame.schema, pl.col("a") + 1, pl.Enum(["a"])):
            memo.hash(value)
        print(sorted({"pyarrow", "pandas", "torch", "scipy"} & set(sys.modules)))
    """
    assert run_python(script).strip() == "[]"


def test_hashing_works_where_there_is_no_pyarrow(run_python):
    script = """
        import sys
        sys.modules["pyarrow"] = None
        import polars as pl
        import memo
        frame = pl.DataFrame({"i": [1, None], "t": ["x" * 20, "y"], "l": [[1.5], []]})
        print(memo.hash(frame))
    """
    frame = pl.DataFrame({"i": [1, None], "t": ["x" * 20, "y"], "l": [[1.5], []]})
    assert run_python(script).strip() == __import__("memo").hash(frame)


# ---- memory --------------------------------------------------------------------------------------------


def owned():
    """Return a series that lies in memory of pyarrow's, which tells how much of it there is."""
    pa = pytest.importorskip("pyarrow")
    return pa, pl.from_arrow(pa.array(np.arange(100_000)).slice(1))


def released(pa, before):
    gc.collect()
    return pa.total_allocated_bytes() == before


def test_memory_is_given_back():
    pa = pytest.importorskip("pyarrow")
    gc.collect()
    before = pa.total_allocated_bytes()
    _, value = owned()
    if pa.total_allocated_bytes() == before:
        pytest.skip("this polars copies what it is given")
    frame = pl.DataFrame({"a": value, "b": value})
    for _ in range(3):
        digest(value)
        digest(frame)
    del value, frame
    assert released(pa, before)


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
@pytest.mark.parametrize("place", ["mark", "digest"])
def test_memory_is_given_back_where_hashing_fails_half_way(monkeypatch, place, error):
    pa = pytest.importorskip("pyarrow")
    gc.collect()
    before = pa.total_allocated_bytes()

    def fails(*_args):
        raise error("none left")

    monkeypatch.setattr(arrow_column.Column, place, fails)
    for _ in range(3):
        _, value = owned()
        with pytest.raises(UnhashableArgument if error is MemoryError else error, match="none left"):
            digest(pl.DataFrame({"a": cut(value, [10])}))
        del value
    assert released(pa, before)


def test_no_memory_is_lost_in_many_rounds():
    value = pl.DataFrame({"a": cut(pl.Series(["x" * 40] * 100), [10, 50]), "b": pl.Series(range(100)).cast(str)})
    for _ in range(5):
        digest(value)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(50):
        digest(value)
    gc.collect()
    found = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert found < 10_000


LARGE = {
    "numbers": lambda: pl.int_range(4_000_000, eager=True),
    "numbers with nulls": lambda: pl.select(
        pl.when(pl.int_range(4_000_000) % 3 > 0).then(pl.int_range(4_000_000))
    ).to_series(),
    "booleans": lambda: pl.int_range(8_000_000, eager=True) % 3 == 0,
    "short texts": lambda: pl.int_range(2_000_000, eager=True).cast(str),
    "texts": lambda: pl.Series(["x" * 1000]).extend_constant("y" * 1000, 40_000),
    "long texts": lambda: pl.Series([f"{at}" + "x" * MIB for at in range(64)]),
    "long texts, turned round": lambda: pl.Series([f"{at}" + "x" * MIB for at in range(64)]).reverse(),
    "scattered texts": lambda: pl.Series([f"{at:06}" + "x" * 200 for at in range(200_000)]).sample(
        200_000, shuffle=True, seed=1
    ),
    "categories": lambda: (pl.int_range(2_000_000, eager=True) % 1000).cast(str).cast(pl.Categorical),
    "lists": lambda: pl.Series([[1, 2, 3, 4]]).extend_constant([5, 6], 500_000),
    "structs": lambda: pl.DataFrame({"a": pl.int_range(2_000_000, eager=True)}).to_struct(),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_hashing_much_takes_little_memory(make):
    value = make()
    digest(value)
    tracemalloc.start()
    digest(value)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found < 24 * MIB


# ---- refused -------------------------------------------------------------------------------------------


def test_an_unknown_format_is_refused(monkeypatch):
    monkeypatch.delitem(arrow_column.WIDTHS, "l")
    with pytest.raises(UnhashableArgument, match="Arrow data of a format that memo does not know: 'l'"):
        digest(pl.DataFrame({"a": [1]}))


class Raises(pl.Series):
    def __arrow_c_stream__(self, requested_schema=None):
        raise ValueError("not today")


class Fails(pl.Series):
    def __arrow_c_stream__(self, requested_schema=None):
        pa = pytest.importorskip("pyarrow")

        def batches():
            yield pa.record_batch({"a": [1]})
            raise OSError("the disk is gone")

        reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches())
        return reader.__arrow_c_stream__(requested_schema)


def test_an_exporter_that_fails_gives_unhashable_argument():
    with pytest.raises(UnhashableArgument, match="ValueError: not today") as caught:
        digest({"data": [Raises([1])]}, path="config")
    assert caught.value.path == "config['data'][0]"


def test_a_stream_that_breaks_off_gives_unhashable_argument():
    pytest.importorskip("pyarrow")
    with pytest.raises(UnhashableArgument, match="could not export it as Arrow data"):
        digest(Fails([1]))


@pytest.mark.parametrize(
    "make",
    [
        lambda frame: frame.lazy().map_batches(lambda part: part),
        lambda frame: pl.col("a").map_elements(digest, return_dtype=pl.Binary),
        lambda frame: pl.col("a").map_batches(abs),
    ],
)
def test_a_plan_that_hides_a_function_is_refused(make):
    with pytest.raises(UnhashableArgument, match="holds a Python function"):
        digest(make(pl.DataFrame({"a": [1]})))


def test_plans_by_what_they_do():
    frame = pl.DataFrame({"a": [1, 2]})
    plans = [frame.lazy(), frame.lazy().head(1), frame.lazy().select(pl.col("a") + 1), frame[:1].lazy()]
    assert len(set(map(digest, plans))) == len(plans)
    assert digest(frame.lazy().select(pl.col("a") + 1)) == digest(
        pl.DataFrame({"a": [1, 2]}).lazy().select(pl.col("a") + 1)
    )


def test_a_cached_function_takes_frames(cache, calls):
    @cache.cached
    def rows(frame):
        calls.append(1)
        return frame.height

    frame = pl.DataFrame({"a": [1, 2, 3], "c": ["x", "y", "x"]}, schema_overrides={"c": pl.Categorical})
    assert rows(frame) == rows(pl.concat([frame[:1], frame[1:]], rechunk=False)) == 3
    assert rows(frame[:2]) == 2
    assert len(calls) == 2
    assert sys.getrefcount(frame) == 2
