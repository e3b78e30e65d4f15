"""Pairs of values of pandas in Arrow's memory: (a, b, whether they are equal, why)."""

from __future__ import annotations

import decimal

import numpy as np
import pandas as pd
import pyarrow as pa

LONG = "a string too long to be kept in place"
ARROW = pd.arrays.ArrowExtensionArray


def bits(*flags):
    return pa.py_buffer(np.packbits(np.array(flags, "u1"), bitorder="little").tobytes())


def series(values, type_, **options):
    return pd.Series(values, dtype=pd.ArrowDtype(type_), **options)


def over(array):
    """Return a series over an array of Arrow's as it is."""
    return pd.Series(ARROW(array))


def samples():
    """Yield five values of many types, a null among them."""
    ints = [1, None, 3, 4, 5]
    for type_ in (
        pa.int8(),
        pa.uint16(),
        pa.int64(),
        pa.float32(),
        pa.float64(),
        pa.duration("ms"),
        pa.timestamp("us"),
    ):
        yield str(type_), pa.array(ints, type_)
    yield "zone", pa.array(ints, pa.timestamp("ns", "Europe/Berlin"))
    yield "bool", pa.array([True, None, False, True, True])
    for type_ in (pa.string(), pa.large_string(), pa.binary()):
        yield str(type_), pa.array(["a", None, "", LONG, "b"], type_)
    yield "date", pa.array(ints, pa.int32()).cast(pa.date32())
    yield "decimal", pa.array([decimal.Decimal("1.25"), None, *map(decimal.Decimal, (-3, 4, 5))])
    yield "list", pa.array([[1, 2], None, [], [3, None], [4]])
    yield "struct", pa.array([{"x": 1}, None, {"x": None}, {"x": 4}, {"x": 5}])
    yield "map", pa.array([[("a", 1)], None, [], [("b", None)], [("c", 3)]], pa.map_(pa.string(), pa.int8()))
    yield "dictionary", pa.array(["a", None, "b", "a", LONG]).dictionary_encode()


def layouts_of_every_type():
    for name, array in samples():
        one = over(array)
        longer = pa.concat_arrays([array, array, array])
        yield one, over(array), True, f"{name}: equal"
        yield one, over(longer.slice(5, 5)), True, f"{name}: a slice"
        yield one, over(longer)[5:10].reset_index(drop=True), True, f"{name}: a slice of a series"
        yield one, over(pa.chunked_array([array[:1], array[1:1], array[1:]])), True, f"{name}: chunks"
        yield one, pd.concat([one[:2], one[2:]]), True, f"{name}: put together"
        yield one, one.copy(), True, f"{name}: a copy"
        yield one.to_frame("c"), over(longer.slice(5, 5)).to_frame("c"), True, f"{name}: a frame over a slice"
        yield one, one[:4], False, f"{name}: the length"
        yield one, one.iloc[[0, 0, 2, 3, 4]].reset_index(drop=True), False, f"{name}: no null"
        yield one, one.iloc[[2, 1, 0, 4, 3]].reset_index(drop=True), False, f"{name}: another order"
        yield one, one.rename("s"), False, f"{name}: the name"
        yield one, array, False, f"{name}: a series is no array"
        yield one.array, over(longer.slice(5, 5)).array, True, f"{name}: the array inside of a series"
        yield pd.array(one, one.dtype), one.array, True, f"{name}: an array made of a series"
        if name not in {"list", "struct", "map", "dictionary"}:
            yield pd.Index(one), pd.Index(over(longer.slice(5, 5))), True, f"{name}: an index over a slice"
            yield pd.Index(one), one, False, f"{name}: an index is no series"


def types():
    pairs = [
        (pa.int8(), pa.int16()),
        (pa.int64(), pa.float64()),
        (pa.string(), pa.large_string()),
        (pa.string(), pa.binary()),
        (pa.timestamp("s"), pa.timestamp("ms")),
        (pa.timestamp("s"), pa.timestamp("s", "UTC")),
        (pa.duration("s"), pa.duration("ms")),
        (pa.decimal128(5, 2), pa.decimal128(6, 2)),
        (pa.list_(pa.int8()), pa.large_list(pa.int8())),
        (pa.struct([("x", pa.int8())]), pa.struct([("y", pa.int8())])),
        (pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int16(), pa.string())),
    ]
    for n, (one, other) in enumerate(pairs):
        yield pd.ArrowDtype(one), pd.ArrowDtype(other), False, f"dtypes {n}: {one} and {other}"
        yield series([], one), series([], other), False, f"empty series {n}: {one} and {other}"
        yield over(pa.nulls(2, one)), over(pa.nulls(2, other)), False, f"nulls {n}: {one} and {other}"
    yield pd.ArrowDtype(pa.int8()), pd.ArrowDtype(pa.int8()), True, "equal dtypes"
    yield pd.ArrowDtype(pa.int8()), pa.int8(), False, "a dtype of pandas is none of Arrow"
    yield pd.ArrowDtype(pa.int8()), pd.Int8Dtype(), False, "nullable and Arrow"
    yield series([1, 2], pa.int64()), pd.Series([1, 2], dtype="Int64"), False, "series, nullable and Arrow"
    yield series([1, 2], pa.int64()), pd.Series([1, 2]), False, "series of numpy and Arrow"
    yield (
        series(["a"], pa.string()),
        pd.Series(["a"], dtype="string[pyarrow]"),
        False,
        "texts as ArrowDtype and as string",
    )


def texts():
    kinds = ["string[pyarrow]", pd.StringDtype("pyarrow", na_value=np.nan)]
    for n, dtype in enumerate(kinds):
        words = ["a", None, "", LONG, "b"]
        one = pd.Series(words, dtype=dtype)
        yield one, pd.Series(words, dtype=dtype), True, f"texts {n}: equal"
        yield (
            one,
            pd.Series(["?" * 9, *words, LONG], dtype=dtype)[1:6].reset_index(drop=True),
            True,
            f"texts {n}: a slice",
        )
        yield one, pd.concat([one[:1], one[1:1], one[1:]]), True, f"texts {n}: chunks"
        yield one, one.copy(), True, f"texts {n}: a copy"
        yield one, one.iloc[::-1].iloc[::-1], True, f"texts {n}: turned round twice"
        yield (
            one,
            pd.Series(["a", "", "", LONG, "b"], dtype=dtype),
            False,
            f"texts {n}: an empty text is not a null",
        )
        yield one, pd.Series(["a", None, "", LONG, "c"], dtype=dtype), False, f"texts {n}: values"
        yield one, pd.Series(words, dtype=object), False, f"texts {n}: objects"
        yield one, pd.Series(words, dtype=pd.StringDtype("python")), False, f"texts {n}: texts of Python"
        yield pd.Series(["ab", "c"], dtype=dtype), pd.Series(["a", "bc"], dtype=dtype), False, f"texts {n}: ends"
        yield pd.Index(one), pd.Index(one.iloc[::-1])[::-1], True, f"texts {n}: an index"
        used = one.copy()
        used.str.upper()
        used.isna()
        hash(tuple(used.dropna()))
        yield one, used, True, f"texts {n}: used"
        frame = pd.DataFrame({"s": one, "n": range(5)})
        yield frame, pd.concat([frame[:2], frame[2:]]), True, f"texts {n}: a frame put together"
        yield (
            pd.Series([], dtype=dtype),
            pd.Series(["x"], dtype=dtype)[:0].reset_index(drop=True),
            True,
            f"texts {n}: none",
        )
        letters = pd.Series(["a", "b"], dtype=dtype).astype("category")
        yield (
            letters,
            pd.Series(["?", "a", "b"], dtype=dtype)[1:].reset_index(drop=True).astype("category"),
            True,
            (f"texts {n}: categories"),
        )
    yield (
        pd.Series(["a", None], dtype=kinds[0]),
        pd.Series(["a", None], dtype=kinds[1]),
        False,
        "NA and NaN as the missing text",
    )


def under_nulls():
    dirty = pa.Array.from_buffers(pa.int64(), 2, [bits(1, 0), pa.py_buffer(np.array([1, 9]).tobytes())])
    yield series([1, None], pa.int64()), over(dirty), True, "an int under a null"
    offsets = pa.py_buffer(np.array([0, 1, 4], "i4").tobytes())
    text = pa.Array.from_buffers(pa.string(), 2, [bits(1, 0), offsets, pa.py_buffer(b"aXYZ")])
    yield series(["a", None], pa.string()), over(text), True, "text under a null"
    yield (
        pd.Series(["a", None], dtype="string[pyarrow]"),
        pd.Series(pd.arrays.ArrowStringArray(text.cast(pa.large_string()))),
        True,
        "text under a null of a string series",
    )
    whole = pa.Array.from_buffers(pa.int64(), 2, [bits(1, 1), pa.py_buffer(np.array([1, 9]).tobytes())])
    yield series([1, 9], pa.int64()), over(whole), True, "a bitmap of ones"
    yield series([1.0, None], pa.float64()), over(pa.array([1.0, float("nan")])), False, "a NaN is not a null"
    yield series([0.0], pa.float64()), series([-0.0], pa.float64()), False, "the sign of zero"


FAMILIES = (layouts_of_every_type, types, texts, under_nulls)


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    narrow, wide = (
        pd.arrays.ArrowStringArray(pa.array(["a"], type_)) for type_ in (pa.string(), pa.large_string())
    )
    yield pd.Series(narrow), pd.Series(wide), True, "narrow and wide texts under one dtype of pandas"


DOUBTFUL = (doubtful,)
