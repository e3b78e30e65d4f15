"""Pairs of values of polars: (a, b, whether they are equal, why)."""

# ruff: noqa: DTZ001, PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import polars as pl
import pyarrow as pa

LONG = "a string too long to be kept in place"
DAY = dt.date(2020, 1, 2)
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5, 6)


class MyFrame(pl.DataFrame):
    pass


class OtherFrame(pl.DataFrame):
    pass


class MySeries(pl.Series):
    pass


class MyLazyFrame(pl.LazyFrame):
    pass


def noted(value, **attributes):
    for name, part in attributes.items():
        setattr(value, name, part)
    return value


def bits(*flags):
    return pa.py_buffer(np.packbits(np.array(flags, "u1"), bitorder="little").tobytes())


def over_nulls(type_, flags, *buffers, children=None):
    """Return a series that was told what lies under its nulls."""
    buffers = [None if part is None else pa.py_buffer(bytes(part)) for part in buffers]
    return pl.Series("s", pa.Array.from_buffers(type_, len(flags), [bits(*flags), *buffers], children=children))


def nan(payload, dtype="f8"):
    whole = {"f8": "u8", "f4": "u4"}[dtype]
    quiet = {"f8": 0x7FF8 << 48, "f4": 0x7FC0 << 16}[dtype]
    return np.array([quiet + payload], whole).view(dtype)


def series(values, dtype=None, name="s"):
    return pl.Series(name, values, dtype, strict=False)


def turned(one):
    """Return a series backwards; `reverse` does not know all dtypes."""
    return one.gather(list(range(len(one)))[::-1])


def samples():
    """Yield the name of every dtype and five values of it, a null among them."""
    ints = [1, None, 3, 4, 5]
    kinds = (
        pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.UInt128
    )  # fmt: skip
    for kind in kinds:
        yield str(kind), series(ints, kind)
    for kind in (pl.Float16, pl.Float32, pl.Float64):
        yield str(kind), series([1.5, None, -0.0, float("inf"), 5.0], kind)
    yield "Boolean", series([True, None, False, True, True])
    words = ["a", None, "", LONG, "abcdefghijklm"]
    yield "String", series(words)
    yield "short String", series(["a", None, "", "b", "abcdefghijkl"])
    yield "Binary", series([b"a", None, b"", LONG.encode(), b"\0\xff"])
    yield "Decimal", series([decimal.Decimal("1.25"), None, *map(decimal.Decimal, (-3, 4, 5))], pl.Decimal(10, 2))
    yield "Date", series([DAY, None, dt.date(1969, 1, 1), DAY, DAY])
    yield "Time", series([dt.time(1), None, dt.time(0), dt.time(1, 2), dt.time(3)])
    for unit in ("ms", "us", "ns"):
        yield (
            f"Datetime {unit}",
            series([MOMENT, None, MOMENT, MOMENT, MOMENT.replace(year=1960)], pl.Datetime(unit)),
        )
        yield f"Duration {unit}", series([dt.timedelta(1), None, *[dt.timedelta(2)] * 3], pl.Duration(unit))
    yield (
        "Datetime UTC",
        series([MOMENT, None, *[MOMENT] * 2, MOMENT.replace(year=1960)]).dt.replace_time_zone("UTC"),
    )
    yield "Categorical", series(["b", None, "a", "b", LONG], pl.Categorical)
    yield "Enum", series(["b", None, "a", "b", "a"], pl.Enum(["a", "b", "c"]))
    yield "List", series([[1, 2], None, [], [3, None], [4]])
    yield "List of String", series([["a", None], None, [], [LONG], ["b"]])
    yield "List of Boolean", series([[True, None], None, [], [False] * 9, [True]])
    yield "List of List", series([[[1], None], None, [], [[]], [[2, 3]]])
    yield "List of Categorical", series([["a"], None, [], ["b", None], ["a"]], pl.List(pl.Categorical))
    yield (
        "List of Struct",
        series([[{"x": 1}], None, [], [{"x": None}, None], [{"x": 2}]], pl.List(pl.Struct({"x": pl.Int8}))),
    )
    yield "Array", series([[1, 2], None, [3, None], [4, 5], [6, 7]], pl.Array(pl.Int32, 2))
    yield (
        "Array of Array",
        series([[[1], [2]], None, [None, [4]], [[5], [6]], [[7], [8]]], pl.Array(pl.Int8, (2, 1))),
    )
    yield (
        "Array of String",
        series([["a", "b"], None, [LONG, None], ["c", "d"], ["e", "f"]], pl.Array(pl.String, 2)),
    )
    yield (
        "Struct",
        series([{"x": 1, "y": "a"}, None, {"x": None, "y": LONG}, {"x": 4, "y": None}, {"x": 5, "y": "b"}]),
    )
    yield "Struct of List", series([{"x": [1]}, None, {"x": None}, {"x": []}, {"x": [2, 3]}])
    pairs = [[{"key": "b", "value": 1}, {"key": "a", "value": None}], None, [], [{"key": "a", "value": 2}]]
    for kind in (pl.String, pl.Categorical, pl.Enum(["b", "a"])):
        yield f"Map of {kind}", series([*pairs, [{"key": "b", "value": 1}]], pl.Map(kind, pl.Int8))
    yield "Null", series([None] * 5)


def layouts_of_every_dtype():
    for name, one in samples():
        frame = one.to_frame()
        parts = [one.slice(start, length) for start, length in ((0, 1), (1, 0), (1, 2), (3, 2))]
        chunked = pl.concat(parts, rechunk=False)
        yield one, one.clone(), True, f"{name}: a clone"
        yield one, pl.concat([one, one, one]).slice(5, 5), True, f"{name}: a slice"
        yield (
            one,
            pl.concat([one[:1]] * 9 + [one, one[:1]]).slice(9, 5),
            True,
            f"{name}: a slice at the second byte of bits",
        )
        yield one, chunked, True, f"{name}: chunks"
        yield one, chunked.rechunk(), True, f"{name}: rechunked"
        yield one, turned(turned(one)), True, f"{name}: turned round twice"
        yield one, turned(one).gather([4, 3, 2, 1, 0]), True, f"{name}: gathered"
        yield one, one.shrink_to_fit(), True, f"{name}: shrunk"
        yield frame, pl.concat([frame, frame]).head(5), True, f"{name}: the head of a frame"
        yield frame, pl.concat([frame[:2], frame[2:]], rechunk=False), True, f"{name}: a frame in chunks"
        yield frame, frame.rechunk(), True, f"{name}: a frame rechunked"
        yield frame, frame.lazy().collect(), True, f"{name}: a frame collected"
        yield (
            frame,
            pl.DataFrame({"s": one.to_list()}, schema=frame.schema),
            True,
            f"{name}: a frame built from Python",
        )
        yield one, one.rename("t"), False, f"{name}: the name"
        yield one, one[:4], False, f"{name}: the length"
        yield one, frame, False, f"{name}: a frame is not a series"
        yield one[2:2], series([], one.dtype), True, f"{name}: an empty slice"
        if name != "Null":
            yield one, one.gather([2, 1, 0, 4, 3]), False, f"{name}: another order"
            yield one, one.gather([0, 0, 2, 3, 4]), False, f"{name}: no null"
            yield one, series([None] * 5, one.dtype), False, f"{name}: nulls only"
            nulls = one.gather([1, 1])
            if "List" not in name and "Array" not in name:
                yield nulls, nulls.sort(), True, f"{name}: nulls that were sorted"


def dtypes():
    pairs = [
        (pl.Int8(), pl.Int16()),
        (pl.Int8(), pl.UInt8()),
        (pl.Int64(), pl.Int128()),
        (pl.UInt128(), pl.Int128()),
        (pl.Int64(), pl.Float64()),
        (pl.Float16(), pl.Float32()),
        (pl.Float32(), pl.Float64()),
        (pl.String(), pl.Binary()),
        (pl.String(), pl.Categorical()),
        (pl.Boolean(), pl.Int8()),
        (pl.Null(), pl.Boolean()),
        (pl.Date(), pl.Int32()),
        (pl.Time(), pl.Int64()),
        (pl.Time(), pl.Duration("ns")),
        (pl.Datetime("us"), pl.Datetime("ms")),
        (pl.Datetime("us"), pl.Datetime("us", "UTC")),
        (pl.Datetime("us", "UTC"), pl.Datetime("us", "Europe/Berlin")),
        (pl.Duration("us"), pl.Duration("ms")),
        (pl.Datetime("us"), pl.Duration("us")),
        (pl.Decimal(10, 2), pl.Decimal(11, 2)),
        (pl.Decimal(10, 2), pl.Decimal(10, 3)),
        (pl.Decimal(38, 0), pl.Int128()),
        (pl.List(pl.Int8), pl.List(pl.Int16)),
        (pl.List(pl.Int8), pl.List(pl.List(pl.Int8))),
        (pl.List(pl.Int8), pl.Array(pl.Int8, 2)),
        (pl.Array(pl.Int8, 2), pl.Array(pl.Int8, 3)),
        (pl.Array(pl.Int8, (2, 3)), pl.Array(pl.Int8, (3, 2))),
        (pl.Array(pl.Int8, 0), pl.Array(pl.Int8, 1)),
        (pl.Struct({"x": pl.Int8}), pl.Struct({"y": pl.Int8})),
        (pl.Struct({"x": pl.Int8}), pl.Struct({"x": pl.Int16})),
        (pl.Struct({"x": pl.Int8, "y": pl.Int8}), pl.Struct({"y": pl.Int8, "x": pl.Int8})),
        (pl.Struct({"x": pl.Int8}), pl.Struct({"x": pl.Int8, "y": pl.Int8})),
        (pl.Enum(["a", "b"]), pl.Enum(["b", "a"])),
        (pl.Enum(["a", "b"]), pl.Enum(["a", "b", "c"])),
        (pl.Enum(["ab", "c"]), pl.Enum(["a", "bc"])),
        (pl.Enum(["a"]), pl.Categorical()),
        (pl.Enum([]), pl.Enum(["a"])),
        (pl.Categorical(), pl.Categorical(pl.Categories("mine"))),
        (pl.Categorical(pl.Categories("mine")), pl.Categorical(pl.Categories("yours"))),
        (pl.Categorical(pl.Categories("mine")), pl.Categorical(pl.Categories("mine", "space"))),
        (
            pl.Categorical(pl.Categories("tiny", physical=pl.UInt8)),
            pl.Categorical(pl.Categories("tiny", physical=pl.UInt16)),
        ),
        (pl.List(pl.Enum(["a"])), pl.List(pl.Enum(["b"]))),
        (pl.Struct({"x": pl.Datetime("us")}), pl.Struct({"x": pl.Datetime("ns")})),
        (pl.Object(), pl.Null()),
    ]
    for n, (one, other) in enumerate(pairs):
        yield one, other, False, f"dtypes {n}: {one} and {other}"
        yield pl.Schema({"c": one}), pl.Schema({"c": other}), False, f"schemas {n}: {one} and {other}"
        yield series([], one), series([], other), False, f"empty series {n}: {one} and {other}"
        yield (
            pl.DataFrame(schema={"c": one}),
            pl.DataFrame(schema={"c": other}),
            False,
            f"empty frames {n}: {one} and {other}",
        )
        if one != pl.Object:
            yield series([None, None], one), series([None, None], other), False, f"nulls {n}: {one} and {other}"
    yield pl.Int8(), pl.Int8(), True, "equal dtypes"
    yield (
        pl.Datetime("us", "UTC"),
        pl.Datetime(time_unit="us", time_zone="UTC"),
        True,
        "equal dtypes with parameters",
    )
    yield pl.Struct({"x": pl.Int8}), pl.Struct([pl.Field("x", pl.Int8())]), True, "fields given otherwise"
    yield pl.List(pl.Int8), pl.List(pl.Int8()), True, "the class of a dtype inside of one"
    yield pl.Enum(["a", "b"]), pl.Enum(pl.Series(["a", "b"])), True, "categories given otherwise"
    yield (
        pl.Enum(["a", "b"]),
        pl.Enum(pl.concat([pl.Series(["a"]), pl.Series(["b"])], rechunk=False)),
        True,
        "categories in chunks",
    )
    yield pl.Array(pl.Int8, (2, 3)), pl.Array(pl.Array(pl.Int8, 3), 2), True, "an array of arrays"
    yield pl.Int8, pl.Int16, False, "classes of dtypes"
    yield pl.Int8, pl.Int8, True, "a class of dtype"
    yield pl.Categorical(), pl.Categorical(pl.Categories()), True, "the categories of all"
    yield (
        pl.Categorical(pl.Categories("mine")),
        pl.Categorical(pl.Categories("mine")),
        True,
        "categories of one name",
    )
    yield pl.Utf8(), pl.String(), True, "two names of a dtype"
    schema = pl.Schema({"a": pl.Int8, "b": pl.String})
    yield schema, pl.Schema([("a", pl.Int8()), ("b", pl.String())]), True, "equal schemas"
    yield schema, pl.Schema({"b": pl.String, "a": pl.Int8}), False, "the order of a schema"
    yield schema, dict(schema), False, "a schema is not a dict"
    yield schema, pl.DataFrame(schema=schema).schema, True, "the schema of a frame"
    yield pl.Field("a", pl.Int8()), pl.Field("b", pl.Int8()), False, "names of fields"
    yield pl.Field("a", pl.Int8()), pl.Field("a", pl.Int16()), False, "dtypes of fields"
    yield pl.Field("a", pl.Int8()), pl.Field("a", pl.Int8()), True, "equal fields"


def contents():
    yield series([1, 2]), series([1, 2]), True, "equal series"
    yield series([1, 2]), series([1, 3]), False, "values"
    yield series([1, 2]), series([2, 1]), False, "the order of values"
    yield series([1, 2]), series([1.0, 2.0]), False, "ints and floats"
    yield series([1, 2]), [1, 2], False, "a series is not a list"
    yield series([1, 2]), np.array([1, 2]), False, "a series is not an array"
    yield series([1, 2]), series(np.array([1, 2])), True, "made from an array"
    yield series([1, 2]), series(np.array([1, 9, 2, 9])[::2]), True, "made from a strided array"
    yield series([1.0, None]), series([1.0, float("nan")]), False, "a null is not a NaN"
    yield series([0.0]), series([-0.0]), False, "the sign of zero"
    yield series([0, 1]), series([None, 1]), False, "a null is not zero"
    yield series(["", "a"]), series([None, "a"]), False, "a null is not an empty text"
    yield series([False, True]), series([None, True]), False, "a null is not false"
    for dtype in ("f4", "f8"):
        yield series(nan(1, dtype)), series(nan(1, dtype)), True, f"equal NaNs, {dtype}"
        yield series(nan(1, dtype)), series(nan(2, dtype)), False, f"NaNs by their bits, {dtype}"
    yield series([2**100], pl.Int128), series([2**100 + 1], pl.Int128), False, "large ints"
    yield series([-1], pl.Int64), series([2**64 - 1], pl.UInt64), False, "one pattern of bits"
    yield series(["ab", "c"]), series(["a", "bc"]), False, "where a text ends"
    yield series([LONG, "x"]), series([LONG + "x", ""]), False, "where a long text ends"
    yield series(["a"]), series(["a\0"]), False, "a zero byte at the end"
    yield series(["é"]), series(["e\u0301"]), False, "text by its code points"
    yield series(["abcdefghijkl"]), series(["abcdefghijkm"]), False, "the twelfth letter"
    yield series(["abcdefghijklm"]), series(["abcdefghijkln"]), False, "the thirteenth letter"
    yield series([LONG + "a"]), series([LONG + "b"]), False, "the end of a long text"
    yield series([LONG, "a"]), series(["b" * 50, LONG, "a"])[1:], True, "a long text behind another"
    yield series([LONG, LONG]), series([LONG]).gather([0, 0]), True, "one place for two texts"
    yield series([LONG, "a" * 20]), series(["a" * 20, LONG]).reverse(), True, "long texts in another order"
    yield (
        series([LONG, "a" * 20]),
        series([LONG, "b" * 30, "a" * 20]).filter(pl.Series([True, False, True])),
        True,
        "filtered texts",
    )
    yield series([b"a"]), series(["a"]), False, "bytes are not text"
    yield series([[1], [2, 3]]), series([[1, 2], [3]]), False, "where a list ends"
    yield series([[1, 2]]), series([[1], [2]]), False, "one list, or two"
    yield series([[], [1]]), series([[1], []]), False, "where the empty list is"
    yield series([[], [1]]), series([None, [1]]), False, "an empty list is not a null"
    yield (
        series([[None], None], pl.List(pl.Int8)),
        series([None, [None]], pl.List(pl.Int8)),
        False,
        "nulls on two levels",
    )
    yield (
        series([[1, 2], [3]]),
        series([[9], [1, 2], [9, 9], [3]]).filter(pl.Series([False, True, False, True])),
        True,
        ("filtered lists"),
    )
    yield series([[3], [1, 2]]), series([[1, 2], [3]]).reverse(), True, "lists turned round"
    yield series([["a", "bc"]]), series([["ab", "c"]]), False, "texts in a list"
    yield (
        series([[1, 2], [3, 4]], pl.Array(pl.Int8, 2)),
        series([[1, 3], [2, 4]], pl.Array(pl.Int8, 2)),
        False,
        "arrays",
    )
    empty = pl.Array(pl.Int8, 0)
    yield series([[], []], empty), series([[], None], empty), False, "arrays of no width"
    yield series([[], []], empty), series([[]], empty), False, "how many arrays of no width"
    yield series([{"x": 1, "y": 2}]), series([{"x": 2, "y": 1}]), False, "fields exchanged"
    yield series([{"x": 1, "y": 2}]), series([{"y": 2, "x": 1}]), False, "the order of fields"
    yield (
        series([{"x": None}], pl.Struct({"x": pl.Int8})),
        series([None], pl.Struct({"x": pl.Int8})),
        False,
        ("a struct of nulls is not a null"),
    )
    yield series([None, None]), series([None]), False, "how many nulls"
    yield series([None]), series([None], pl.Int8), False, "nulls of a dtype"
    yield series([decimal.Decimal("1.0")]), series([decimal.Decimal("1.00")]), False, "the scale of decimals"
    yield series([MOMENT]), series([MOMENT.replace(microsecond=7)]), False, "a microsecond"
    yield series([MOMENT]), series([DAY]), False, "a day is not a moment"
    yield series([1, 2], name="ab"), series([1, 2], name="a"), False, "the name"
    yield series([1, 2], name=""), series([1, 2], name="s"), False, "no name"


def flags():
    rising = series([1, 2, 3])
    yield rising, rising.set_sorted(), True, "flagged as sorted"
    yield rising, rising.sort(), True, "sorted"
    yield rising.reverse(), rising.sort(descending=True), True, "sorted backwards"
    frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", LONG]})
    yield frame, frame.set_sorted("a"), True, "a frame flagged as sorted"
    yield frame, frame.sort("a"), True, "a frame sorted"
    yield frame, frame.with_columns(pl.col("a").set_sorted()), True, "a column flagged as sorted"
    counted = series([1, None, 3])
    counted.null_count()
    yield series([1, None, 3]), counted, True, "nulls that were counted"
    lists = series([[1], [2, 3]])
    yield lists, lists.list.eval(pl.element()), True, "lists evaluated"
    exploded = series([[1], [2]])
    exploded.explode()
    yield series([[1], [2]]), exploded, True, "lists that were exploded"
    texts = series(["a", LONG])
    hash(texts.str.to_uppercase().len())
    yield series(["a", LONG]), texts, True, "texts that were read"
    yield series([1, 1, 1]), pl.Series("s", [1]).new_from_index(0, 3), True, "one value repeated"
    yield (
        series([1, 1, 1]),
        pl.select(pl.repeat(1, 3, dtype=pl.Int64).alias("s")).to_series(),
        True,
        "a repeated literal",
    )
    constant = pl.DataFrame({"a": [1, 2]}).with_columns(pl.lit(7).alias("b"))
    yield (
        constant,
        pl.DataFrame({"a": [1, 2], "b": [7, 7]}, schema_overrides={"b": pl.Int32}),
        True,
        "a column of one literal",
    )
    yield (
        pl.DataFrame({"a": ["x", "x"]}),
        pl.DataFrame({"a": ["x"]}).select(pl.col("a").repeat_by(2).explode()),
        True,
        "exploded",
    )
    yield frame, frame.filter(pl.col("a") > 0), True, "a frame filtered"
    yield frame, frame.join(frame.select("a"), on="a", maintain_order="left"), True, "a frame joined"
    yield frame, frame.group_by("a", maintain_order=True).agg(pl.col("b").first()), True, "a frame grouped"
    ranged = pl.select(pl.int_range(3, dtype=pl.Int64).alias("s")).to_series()
    yield series([0, 1, 2]), ranged, True, "a range"


def under_nulls():
    def pack(values, dtype):
        return np.array(values, dtype).tobytes()

    yield series([1, None, 3], pl.Int32), over_nulls(pa.int32(), [1, 0, 1], pack([1, 99, 3], "i4")), True, "an int"
    yield series([1, 2], pl.Int32), over_nulls(pa.int32(), [1, 1], pack([1, 2], "i4")), True, "a bitmap of ones"
    yield series([1.0, None]), over_nulls(pa.float64(), [1, 0], pack([1, np.nan], "f8")), True, "a NaN"
    yield series([True, None, False]), over_nulls(pa.bool_(), [1, 0, 1], b"\x03"), True, "a bit"
    yield series([True, False]), over_nulls(pa.bool_(), [1, 1], b"\xfd"), True, "bits behind the end"
    short = b"\x05\0\0\0hello" + bytes(7) + b"\x05\0\0\0dirty" + bytes(7)
    yield series(["hello", None]), over_nulls(pa.string_view(), [1, 0], short), True, "a short text"
    long = b"\x25\0\0\0a st" + bytes(8)
    yield (
        series([LONG, None]),
        over_nulls(pa.string_view(), [1, 0], long + long, LONG.encode()),
        True,
        "a long text",
    )
    yield series([b"hello", None]), over_nulls(pa.binary_view(), [1, 0], short), True, "bytes"
    yield (
        series(["a", None, "b"]),
        over_nulls(pa.large_string(), [1, 0, 1], pack([0, 1, 4, 5], "i8"), b"aXYZb"),
        True,
        ("a text of Arrow's"),
    )
    child = pa.array([1, 2, 9, 9, 3], pa.int64())
    lists = series([[1, 2], None, [3]])
    large = pa.large_list(pa.int64())
    yield (
        lists,
        over_nulls(large, [1, 0, 1], pack([0, 2, 4, 5], "i8"), children=[child]),
        True,
        "elements of a list",
    )
    yield (
        lists,
        over_nulls(large, [1, 1, 1], pack([0, 2, 4, 5], "i8"), children=[child]),
        False,
        "elements of no null",
    )
    around = pa.array([7, 7, 1, 2, 3, 8], pa.int64())
    yield lists, over_nulls(large, [1, 0, 1], pack([2, 4, 4, 5], "i8"), children=[around]), True, "elements around"
    fixed = pa.list_(pa.int64(), 2)
    six = pa.array([1, 2, 9, 9, 3, 4], pa.int64())
    yield (
        series([[1, 2], None, [3, 4]], pl.Array(pl.Int64, 2)),
        over_nulls(fixed, [1, 0, 1], children=[six]),
        True,
        ("elements of an array"),
    )
    record = pa.struct([("x", pa.int64())])
    yield (
        series([{"x": 1}, None, {"x": 3}]),
        over_nulls(record, [1, 0, 1], children=[pa.array([1, 9, 3], pa.int64())]),
        True,
        "a field of a struct",
    )
    nested = pa.struct([("x", pa.large_list(pa.int64()))])
    yield (
        series([{"x": [1]}, None]),
        over_nulls(nested, [1, 0], children=[pa.array([[1], [5, None]], pa.large_list(pa.int64()))]),
        True,
        "a list in a struct",
    )
    of_structs = pa.large_list(record)
    hidden = pa.array([{"x": 1}, {"x": 5}, None, {"x": 2}], record)
    yield (
        series([[{"x": 1}], None, [{"x": 2}]]),
        over_nulls(of_structs, [1, 0, 1], pack([0, 1, 3, 4], "i8"), children=[hidden]),
        True,
        "structs in a list",
    )
    overflow = series([1, 300, 3]).cast(pl.Int8, strict=False)
    yield series([1, None, 3], pl.Int8), overflow, True, "what did not fit"
    divided = pl.DataFrame({"s": [4, 4], "b": [2, 0]}).select(pl.col("s") // pl.col("b")).to_series()
    yield series([2, None]), divided, True, "a division by zero"
    masked = pl.DataFrame({"s": [1, 2, 3]}).select(pl.when(pl.col("s") != 2).then(pl.col("s"))).to_series()
    yield series([1, None, 3]), masked, True, "what a condition left out"
    yield (
        series([1, None, 3]),
        pl.Series("s", [1, 2, 3]).set(pl.Series([False, True, False]), None),
        True,
        "set to null",
    )
    yield series([None, 1, 2]), pl.Series("s", [1, 2, 3]).shift(1), True, "shifted"


def categories():
    letters = series(["b", "a", None], pl.Categorical)
    # Who has seen other categories before numbers these otherwise.
    _alive = pl.Series(["z", "y", "x", "c", "a"], dtype=pl.Categorical)
    yield letters, series(["b", "a", None], pl.Categorical), True, "equal categories"
    yield letters, series(["?", "b", "a", None], pl.Categorical)[1:], True, "categories seen before"
    yield letters, series(["a", "b", None], pl.Categorical).gather([1, 0, 2]), True, "categories in another order"
    yield letters, series(["b", "a", None]).cast(pl.Categorical), True, "cast to categories"
    yield letters, series(["b", "c", None], pl.Categorical), False, "other categories"
    yield letters, series(["b", "a", "a"], pl.Categorical), False, "a category is not a null"
    yield letters, series(["b", "a", None]), False, "categories are not texts"
    mine = pl.Categorical(pl.Categories("memo-tests"))
    yield letters, series(["b", "a", None], mine), False, "categories with a name"
    yield (
        series(["p", "q"], mine),
        series(["q", "p"], mine).reverse(),
        True,
        "categories with a name, in order of sight",
    )
    small = pl.Categorical(pl.Categories("memo-small", physical=pl.UInt8))
    yield series(["p", "q"], small), series(["q", "p"], small).reverse(), True, "small categories"
    yield pl.concat([letters[:1], letters[1:]], rechunk=False), letters, True, "a categorical series in chunks"
    lists = series([["n", "m"], None], pl.List(pl.Categorical))
    yield lists, series([["m", "n"], None], pl.List(pl.Categorical)).list.reverse(), True, "categories in lists"
    structs = series([{"x": "t"}, {"x": "s"}], pl.Struct({"x": pl.Categorical}))
    yield (
        structs,
        series([{"x": "s"}, {"x": "t"}], pl.Struct({"x": pl.Categorical})).reverse(),
        True,
        "categories in structs",
    )
    enum = pl.Enum(["a", "b", "c"])
    yield series(["a", "b"], enum), series(["a", "b"], enum), True, "equal enums"
    yield series(["a", "b"], enum), series(["a", "c"], enum), False, "values of an enum"
    yield series(["a", "b"], enum), series(["a", "b"], pl.Enum(["b", "a", "c"])), False, "the order of an enum"
    yield (
        series(["a", "b"], pl.Enum(["a", "b"])),
        series(["b", "a"], pl.Enum(["b", "a"])),
        False,
        "equal codes of an enum",
    )
    yield (
        series(["a", "b"], enum),
        series(["a", "b"], pl.Enum(["a", "b"])),
        False,
        "categories of an enum that are not used",
    )
    yield series(["a", "b"], enum), series(["a", "b"], pl.Categorical), False, "an enum is not categorical"
    maps = pl.Map(pl.Categorical, pl.Int8)
    pairs = [{"key": "v", "value": 1}, {"key": "w", "value": 2}]
    later = [{"key": "w2", "value": 1}, {"key": "v2", "value": 2}]
    yield series([pairs], maps), series([pairs[::-1], pairs], maps)[1:], True, "categories in maps"
    _alive_too = pl.Series(["w2", "v2"], dtype=pl.Categorical)
    yield (
        series([later], maps),
        series([[{**pair, "key": pair["key"]} for pair in later]], maps),
        True,
        "equal maps",
    )
    yield series([pairs], maps), series([later], maps), False, "categories in maps differ"
    kind = pl.Extension("memo.tests", pl.Categorical(), "m")
    named = series(["e2", "e1"], pl.Categorical).ext.to(kind)
    yield (
        named,
        series(["e1", "e2"], pl.Categorical).gather([1, 0]).ext.to(kind),
        True,
        "categories in an extension",
    )
    yield named, pl.concat([named[:1], named[1:]], rechunk=False), True, "categories in an extension, in chunks"
    yield named, series(["e2", "e3"], pl.Categorical).ext.to(kind), False, "categories in extensions differ"
    yield named, named.ext.storage(), False, "an extension is not what it stores"
    other = pl.Extension("memo.tests", pl.Categorical(), "n")
    yield named, named.ext.storage().ext.to(other), False, "the metadata of an extension"
    many = [f"category {n}" for n in range(300)]
    yield series(many, pl.Categorical), series(many[::-1], pl.Categorical).reverse(), True, "many categories"
    yield series(many, pl.Enum(many)), series(many[::-1], pl.Enum(many)).reverse(), True, "an enum of many"


def frames():
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    yield frame, pl.DataFrame({"a": [1, 2], "b": ["x", None]}), True, "equal frames"
    yield frame, pl.DataFrame([series([1, 2], name="a"), series(["x", None], name="b")]), True, "a frame of series"
    yield frame, frame.select("b", "a"), False, "the order of columns"
    yield frame, frame.select("b", "a").select("a", "b"), True, "columns in order again"
    yield frame, frame.rename({"a": "c"}), False, "names of columns"
    yield frame, frame.reverse(), False, "the order of rows"
    yield frame, frame.head(1), False, "rows"
    yield frame, frame.with_columns(pl.col("a").cast(pl.Int32)), False, "a dtype"
    yield frame, frame.vstack(frame).head(2), True, "stacked, and the head of it"
    yield frame, frame.lazy(), False, "a frame is not its plan"
    yield frame, frame.to_dict(as_series=False), False, "a frame is not a dict"
    yield frame, frame.to_arrow(), False, "a frame is not a table"
    yield frame, frame.to_pandas(), False, "a frame of another library"
    yield pl.DataFrame({"ab": [1], "c": [2]}), pl.DataFrame({"a": [1], "bc": [2]}), False, "where a name ends"
    yield (
        pl.DataFrame({"a": [1, 2], "b": [3, 4]}),
        pl.DataFrame({"a": [3, 4], "b": [1, 2]}),
        False,
        "columns exchanged",
    )
    yield pl.DataFrame(), pl.DataFrame(), True, "empty frames"
    yield pl.DataFrame(), pl.DataFrame({"a": []}), False, "an empty column"
    yield pl.DataFrame(height=2), pl.DataFrame(height=3), False, "the height without columns"
    yield pl.DataFrame(height=2), frame.drop("a", "b"), True, "columns dropped"
    yield pl.DataFrame(height=2), pl.DataFrame(), False, "height and no height"
    yield frame, MyFrame(frame), False, "a subclass"
    yield MyFrame(frame), MyFrame(frame.clone()), True, "equal subclasses"
    yield MyFrame(frame), OtherFrame(frame), False, "two subclasses"
    yield MyFrame(frame), noted(MyFrame(frame), unit="m"), False, "the attribute of a subclass"
    yield noted(MyFrame(frame), unit="m"), noted(MyFrame(frame), unit="s"), False, "values of attributes"
    yield series([1]), MySeries("s", [1]), False, "a subclass of Series"
    yield MySeries("s", [1]), noted(MySeries("s", [1]), unit="m"), False, "the attribute of a series"
    yield {"a": frame, "b": frame}, {"a": frame, "b": frame.clone()}, True, "one frame twice"
    uneven = pl.DataFrame([pl.concat([series([1], name="a"), series([2], name="a")], rechunk=False), frame["b"]])
    yield frame, uneven, True, "columns of unequal chunks"
    yield frame["a"], series([1, 2], name="a"), True, "a column"
    yield frame, frame.clone().with_columns(), True, "nothing added"
    yield frame.get_columns(), [frame["a"], frame["b"]], True, "a list of columns"
    empty = frame.clear()
    yield empty, frame.head(0), True, "cleared"
    yield empty, frame.filter(pl.lit(value=False)), True, "filtered away"


def objects():
    yield series([{1}, None], pl.Object), series([{1}, None], pl.Object), True, "objects"
    yield series([{1}, None], pl.Object), series([{2}, None], pl.Object), False, "objects differ"
    yield series([1, 2], pl.Object), series([1, 2]), False, "objects are not ints"
    yield series([1, None], pl.Object), series([1, 0], pl.Object), False, "a null among objects"
    yield series([1], pl.Object), series([1.0], pl.Object), False, "types of objects"
    frame = pl.DataFrame({"o": series([{1}, {2}], pl.Object), "a": [1, 2]})
    yield frame, frame.clone(), True, "a frame with objects"
    yield frame, frame.with_columns(pl.col("a") + 1), False, "a frame with objects and other ints"
    yield (
        frame,
        pl.DataFrame({"o": series([{1}, {3}], pl.Object), "a": [1, 2]}),
        False,
        "a frame with other objects",
    )


def plan():
    frame = pl.LazyFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
    return frame.filter(pl.col("a") > 1).select("b", total=pl.col("a") * 2)


def plans():
    frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
    lazy = frame.lazy()
    yield plan(), plan(), True, "one plan"
    yield lazy, frame.lazy(), True, "two plans over one frame"
    yield lazy, pl.DataFrame({"a": [1, 2, 4], "b": ["x", "y", None]}).lazy(), False, "other data"
    yield lazy, frame.rename({"a": "c"}).lazy(), False, "other names in the data"
    yield lazy.filter(pl.col("a") > 1), lazy.filter(pl.col("a") > 2), False, "other filters"
    yield lazy.filter(pl.col("a") > 1), lazy.filter(pl.col("a") >= 1), False, "other operators"
    yield lazy.select("a"), lazy.select("b"), False, "other projections"
    yield lazy.select("a", "b"), lazy.select("b", "a"), False, "the order of a projection"
    yield lazy, lazy.select("a", "b"), False, "a step more"
    yield lazy.head(1), lazy.head(2), False, "other slices"
    yield lazy.sort("a"), lazy.sort("a", descending=True), False, "other orders"
    yield (
        lazy.group_by("b").agg(pl.col("a").sum()),
        lazy.group_by("b").agg(pl.col("a").mean()),
        False,
        "aggregations",
    )
    yield lazy.with_columns(c=1), lazy.with_columns(c=2), False, "literals"
    yield lazy.with_columns(c=1), lazy.with_columns(c=1.0), False, "types of literals"
    yield (
        lazy.with_columns(c=pl.lit(1, pl.Int8)),
        lazy.with_columns(c=pl.lit(1, pl.Int16)),
        False,
        "dtypes of literals",
    )
    yield lazy.cast({"a": pl.Int8}), lazy.cast({"a": pl.Int16}), False, "casts"
    other = pl.LazyFrame({"a": [1], "z": [2]})
    yield lazy.join(other, on="a"), lazy.join(other, on="a", how="left"), False, "joins"
    yield (
        lazy.join(other, on="a"),
        lazy.join(other.filter(pl.col("z") > 0), on="a"),
        False,
        "the other side of a join",
    )
    yield pl.concat([lazy, lazy]), pl.concat([lazy, lazy, lazy]), False, "concatenations"
    collected = plan()
    collected.collect()
    collected.collect_schema()
    yield plan(), collected, True, "a plan that was collected"
    yield plan(), MyLazyFrame({"a": [1]}), False, "a subclass of LazyFrame"
    yield MyLazyFrame({"a": [1]}), MyLazyFrame({"a": [1]}), True, "equal plans of a subclass"
    yield MyLazyFrame({"a": [1]}), noted(MyLazyFrame({"a": [1]}), unit="m"), False, "the attribute of a plan"
    yield pl.LazyFrame(), pl.LazyFrame({"a": []}), False, "empty plans"


def plans_over_layouts():
    frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", LONG, None]})
    lazy = frame.lazy().filter(pl.col("a") > 1)

    def again(data):
        return data.lazy().filter(pl.col("a") > 1)

    yield lazy, again(frame.clone()), True, "a plan over a clone"
    yield lazy, again(pl.concat([frame, frame]).head(3)), True, "a plan over a slice"
    letters = pl.DataFrame({"a": ["k", "l"]}, schema={"a": pl.Categorical})
    other = pl.DataFrame({"a": ["l", "k"]}, schema={"a": pl.Categorical}).reverse()
    yield letters.lazy(), other.lazy(), True, "a plan over categories"
    yield (
        letters.lazy(),
        pl.DataFrame({"a": ["k", "m"]}, schema={"a": pl.Categorical}).lazy(),
        False,
        "a plan over other categories",
    )
    yield letters.lazy(), letters.cast(pl.String).lazy(), False, "a plan over texts"


def expressions():
    col = pl.col
    yield col("a") > 1, col("a") > 1, True, "one expression"
    yield col("a"), col.a, True, "two ways to write a column"
    yield col("a"), col("b"), False, "columns"
    yield col("a") > 1, col("a") > 2, False, "literals of expressions"
    yield col("a") + 1, col("a") - 1, False, "operators"
    yield col("a") + 1, 1 + col("a"), False, "sides of an operator"
    yield col("a").alias("x"), col("a").alias("y"), False, "aliases"
    yield col("a").sum(), col("a").mean(), False, "aggregations of expressions"
    yield col("a").cast(pl.Int8), col("a").cast(pl.Int16), False, "casts of expressions"
    yield col("a", "b"), col("a"), False, "several columns"
    yield col("^a.*$"), col("^b.*$"), False, "patterns"
    yield pl.lit(1), pl.lit(1.0), False, "types of literals in expressions"
    yield pl.lit("a"), col("a"), False, "a literal is not a column"
    yield pl.lit(1), 1, False, "a literal is not its value"
    yield pl.lit(series([1, 2])), pl.lit(series([1, 2])), True, "a series in an expression"
    yield pl.lit(series([1, 2])), pl.lit(series([1, 3])), False, "series in expressions"
    yield col("a").is_in([1, 2]), col("a").is_in([1, 3]), False, "lists in expressions"
    yield col("a").over("b"), col("a").over("c"), False, "windows"
    yield (
        pl.when(col("a") > 1).then(2).otherwise(3),
        pl.when(col("a") > 1).then(2).otherwise(4),
        False,
        "conditions",
    )
    yield pl.when(col("a") > 1).then(2), pl.when(col("a") > 1).then(2), True, "a condition without an end"
    yield pl.when(col("a") > 1).then(2), pl.when(col("a") > 1).then(3), False, "conditions without an end"
    yield (
        pl.when(col("a") > 1).then(2).otherwise(None),
        pl.when(col("a") > 1).then(2),
        False,
        "a condition is a type of its own",
    )
    yield [col("a"), col("b")], [col("b"), col("a")], False, "a list of expressions"
    yield {"x": col("a")}, {"x": col("a")}, True, "expressions in a dict"
    yield pl.len(), pl.len(), True, "the length"
    yield col("cloudpickle"), col("cloudpickles"), False, "names that look like code"
    yield pl.lit("PLPY"), pl.lit("PLPY2"), False, "texts that look like code"
    yield pl.all(), pl.all().exclude("a"), False, "exclusions"
    yield pl.lit(DAY), pl.lit(MOMENT), False, "times as literals"
    yield col("a").str.contains("x"), col("a").str.contains("x", literal=True), False, "options of functions"
    yield col("a").rolling_mean(2), col("a").rolling_mean(3), False, "windows of functions"
    yield col("a").sample(2, seed=1), col("a").sample(2, seed=2), False, "seeds"
    yield pl.selectors.numeric(), pl.selectors.string(), False, "selectors"
    yield pl.selectors.numeric(), pl.selectors.numeric(), True, "equal selectors"
    yield pl.selectors.numeric(), pl.selectors.by_dtype(pl.Int8), False, "selectors by dtype"


FAMILIES = (
    layouts_of_every_dtype,
    dtypes,
    contents,
    flags,
    under_nulls,
    categories,
    frames,
    objects,
    plans,
    plans_over_layouts,
    expressions,
)


def refused():
    """Yield what has no hash, and why."""
    yield series([object()], pl.Object), "a bare object in a series"
    yield iter(series([1, 2])), "an iterator over a series"
    frame = pl.DataFrame({"a": [1, 2]})
    yield frame.iter_rows(), "an iterator over rows"
    yield frame.iter_slices(1), "an iterator over slices"


def twice(frame):
    return frame


def layouts_in_plans():
    """Yield equal plans over data that lie otherwise: polars writes that into the plan."""
    frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", LONG, None]})
    for why, data in {
        "a plan over data flagged as sorted": frame.set_sorted("a"),
        "a plan over chunks": pl.concat([frame[:1], frame[1:]], rechunk=False),
        "a plan over gathered data": frame.reverse().reverse(),
    }.items():
        yield frame.lazy(), data.lazy(), True, why
    hidden = over_nulls(pa.int64(), [1, 0], np.array([1, 9]).tobytes())
    yield pl.LazyFrame({"s": [1, None]}), hidden.to_frame().lazy(), True, "a plan over what lies under a null"


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    lazy = pl.LazyFrame({"a": [1, 2]})
    yield (
        lazy.map_batches(twice),
        lazy.map_batches(twice),
        True,
        "a function in a plan (counted alike, or refused)",
    )
    yield (
        pl.col("a").map_elements(len, pl.Int64),
        pl.col("a").map_elements(len, pl.Int64),
        True,
        "a function in an expression",
    )
    yield (
        pl.col("a").map_elements(len, pl.Int64),
        pl.col("a").map_elements(abs, pl.Int64),
        False,
        "other functions",
    )
    yield pl.lit(series([1, 2])), pl.lit(series([1, 2]).set_sorted()), True, "a literal series flagged as sorted"
    split = pl.concat([series([1]), series([2])], rechunk=False)
    yield pl.lit(series([1, 2])), pl.lit(split), True, "a literal series in chunks"
    yield pl.QueryOptFlags(), pl.QueryOptFlags(), True, "options of queries"
    yield pl.QueryOptFlags(), pl.QueryOptFlags.none(), False, "options of queries differ"
    frame = pl.DataFrame({"a": [1, 1, 2]})
    yield frame.group_by("a"), frame.group_by("a"), True, "groups"
    yield frame.group_by("a"), frame.group_by("a", maintain_order=True), False, "groups in order"
    yield pl.Int8, pl.Int8(), False, "a class of dtype is not an instance (polars calls them equal)"
    yield pl.Categorical("lexical"), pl.Categorical(), True, "an ordering that polars ignores"
    yield pl.Struct([]), pl.Struct({"x": pl.Null}), False, "a struct without fields"
    yield series([{}, {}], pl.Struct([])), series([{}], pl.Struct([])), False, "how many structs without fields"
    yield (
        pl.scan_csv("/nonexistent/a.csv"),
        pl.scan_csv("/nonexistent/b.csv"),
        False,
        "files that are scanned, by path",
    )


REFUSED = (refused,)
DOUBTFUL = (doubtful, layouts_in_plans)
