"""Pairs of values of pyarrow: (a, b, whether they are equal, why)."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import itertools

import numpy as np
import pyarrow as pa

LONG = "a string too long to be kept in place"
MONTHS = pa.month_day_nano_interval()


class Meters(pa.ExtensionType):
    def __init__(self, scale=1):
        self.scale = scale
        super().__init__(pa.int64(), "memo.tests.meters")

    def __arrow_ext_serialize__(self):
        return str(self.scale).encode()

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls(int(serialized))


class Feet(pa.ExtensionType):
    def __init__(self):
        super().__init__(pa.int64(), "memo.tests.feet")

    def __arrow_ext_serialize__(self):
        return b"1"

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


class Yards(pa.ExtensionType):
    """Goes by the name of another, and reads otherwise."""

    def __init__(self, scale=1):
        self.scale = scale
        super().__init__(pa.int64(), "memo.tests.meters")

    def __arrow_ext_serialize__(self):
        return str(self.scale).encode()

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls(int(serialized))


def bits(*flags):
    """Return a bitmap, as Arrow packs it: the lowest bit first."""
    return pa.py_buffer(np.packbits(np.array(flags, "u1"), bitorder="little").tobytes())


def buffer(values, dtype):
    return pa.py_buffer(np.array(values, dtype).tobytes())


def raw(type_, flags, *buffers, children=None, length=None):
    """Return an array of these buffers, whatever lies under its nulls."""
    count = len(flags) if length is None else length
    return pa.Array.from_buffers(type_, count, [bits(*flags) if flags else None, *buffers], children=children)


def raw_strings(type_, flags, offsets, text):
    width = "i8" if type_ in {pa.large_string(), pa.large_binary()} else "i4"
    return raw(type_, flags, buffer(offsets, width), pa.py_buffer(text))


def raw_list(type_, flags, offsets, child):
    width = "i8" if type_.id == pa.large_list(pa.int8()).id else "i4"
    return raw(type_, flags, buffer(offsets, width), children=[child])


def raw_view(type_, flags, offsets, sizes, child):
    width = "i8" if type_.id == pa.large_list_view(pa.int8()).id else "i4"
    return raw(type_, flags, buffer(offsets, width), buffer(sizes, width), children=[child])


def inside(array, before=1, after=1):
    """Return an equal array that begins in the middle of its buffers."""
    if pa.types.is_dictionary(array.type):
        indices = inside(array.indices, before, after)
        return pa.DictionaryArray.from_arrays(indices, array.dictionary, ordered=array.type.ordered)
    longer = [array[:1]] * before + [array] + [array[-1:]] * after
    return pa.concat_arrays(longer).slice(before, len(array))


def gathered(array, *places):
    """Return the elements at these places; `take` does not know all types."""
    return pa.concat_arrays([array.slice(place, 1) for place in places])


def in_chunks(array, *lengths):
    """Return the array as chunks of these lengths, each with buffers of its own."""
    starts = itertools.accumulate(lengths, initial=0)
    parts = [
        pa.concat_arrays([array.slice(start, length)]) for start, length in zip(starts, lengths, strict=False)
    ]
    return pa.chunked_array(parts, array.type)


def nan(payload, dtype="f8"):
    whole = {"f8": "u8", "f4": "u4", "f2": "u2"}[dtype]
    quiet = {"f8": 0x7FF8 << 48, "f4": 0x7FC0 << 16, "f2": 0x7E00}[dtype]
    return np.array([quiet + payload], whole).view(dtype)


def samples():
    """Yield arrays of many types, each of five elements with nulls among them."""
    ints = [1, None, 3, 4, 5]
    words = ["a", None, "", LONG, "é"]
    yield "bool", pa.array([True, None, False, True, True])
    for type_ in (
        pa.int8(),
        pa.uint8(),
        pa.int16(),
        pa.uint16(),
        pa.int32(),
        pa.uint32(),
        pa.int64(),
        pa.uint64(),
    ):
        yield str(type_), pa.array(ints, type_)
    yield "halffloat", pa.array(np.array([1, 2, 3, 4, 5], "f2"), mask=np.array([0, 1, 0, 0, 0], bool))
    yield "float", pa.array([1.5, None, -0.0, float("inf"), 5.0], pa.float32())
    yield "double", pa.array([1.5, None, -0.0, float("inf"), 5.0])
    for type_ in (
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
    ):
        yield str(type_), pa.array(words, type_)
    yield "fixed_size_binary", pa.array([b"ab", None, b"cd", b"\0\0", b"ef"], pa.binary(2))
    for type_ in (pa.date32(), pa.time32("s"), pa.time32("ms")):
        yield str(type_), pa.array(ints, pa.int32()).cast(type_)
    for type_ in (pa.timestamp("s"), pa.timestamp("ns", "Europe/Berlin"), pa.duration("ms"), pa.time64("ns")):
        yield str(type_), pa.array(ints, pa.int64()).cast(type_)
    yield (
        "date64",
        pa.array([dt.date(2020, 1, 1), None, dt.date(1969, 1, 1), *[dt.date(2021, 1, 1)] * 2], pa.date64()),
    )
    yield "interval", pa.array([(1, 2, 3), None, (0, 0, 0), (1, 1, 1), (4, 5, 6)], MONTHS)
    for type_ in (pa.decimal32(5, 2), pa.decimal64(5, 2), pa.decimal128(5, 2), pa.decimal256(5, 2)):
        yield str(type_), pa.array([decimal.Decimal("1.25"), None, *map(decimal.Decimal, (-3, 4, 5))], type_)
    rows = [[1, 2], None, [], [3, None], [4]]
    for make in (pa.list_, pa.large_list, pa.list_view, pa.large_list_view):
        yield make.__name__, pa.array(rows, make(pa.int32()))
    yield "fixed_size_list", pa.array([[1, 2], None, [3, None], [4, 5], [6, 7]], pa.list_(pa.int32(), 2))
    yield "list of strings", pa.array([["a", None], None, [], [LONG], ["b"]], pa.list_(pa.string()))
    yield "list of bools", pa.array([[True, None], None, [], [False] * 9, [True]], pa.list_(pa.bool_()))
    yield "list of lists", pa.array([[[1], None], None, [], [[]], [[2, 3]]], pa.list_(pa.list_(pa.int8())))
    yield "struct", pa.array([{"x": 1, "y": "a"}, None, {"x": None, "y": "b"}, *[{"x": 4, "y": None}] * 2])
    yield "struct of list", pa.array([{"x": [1]}, None, {"x": None}, {"x": []}, {"x": [2, 3]}])
    pairs = [[("k", 1)], None, [], [("a", None), ("b", 2)], [("c", 3)]]
    yield "map", pa.array(pairs, pa.map_(pa.string(), pa.int32()))
    yield "dictionary", pa.array(words).dictionary_encode()
    yield (
        "list of dictionary",
        pa.ListArray.from_arrays(
            pa.array([0, 1, None, 1, 3, 4], pa.int32()), pa.array(["a", "b", None, "a"]).dictionary_encode()
        ),
    )
    yield "null", pa.nulls(5)
    yield (
        "uuid",
        pa.ExtensionArray.from_storage(
            pa.uuid(), pa.array([b"a" * 16, None, b"c" * 16, *[b"b" * 16] * 2], pa.binary(16))
        ),
    )
    yield "extension", pa.ExtensionArray.from_storage(Meters(2), pa.array(ints))
    yield "bool8", pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None, 0, 1, 1], pa.int8()))
    yield "json", pa.ExtensionArray.from_storage(pa.json_(), pa.array(["1", None, "[]", "{}", "null"]))
    tensors = pa.array([[1, 2], None, [3, 4], [5, 6], [7, 8]], pa.list_(pa.int32(), 2))
    yield "tensors", pa.ExtensionArray.from_storage(pa.fixed_shape_tensor(pa.int32(), [2]), tensors)


def layouts_of_every_type():
    for name, array in samples():
        yield array, pa.concat_arrays([array]), True, f"{name}: a copy"
        yield array, inside(array), True, f"{name}: buffers with more around"
        yield array, inside(array, 9, 3), True, f"{name}: an offset of more than a byte of bits"
        if name != "null":
            yield array, gathered(array, 0, 1, 2, 3, 2), False, f"{name}: another value"
            whole = gathered(array, 0, 0, 0, 0, 0)
            yield array, whole, False, f"{name}: no nulls"
            yield inside(whole).slice(1), inside(whole.slice(1), 0, 0), True, f"{name}: a slice without nulls"
        yield array, array.slice(0, 4), False, f"{name}: the length"
        yield array, pa.chunked_array([array]), False, f"{name}: a ChunkedArray is a type of its own"
        whole = pa.chunked_array([array])
        yield whole, in_chunks(array, 1, 0, 2, 2), True, f"{name}: chunks do not show"
        yield whole, pa.chunked_array([array.slice(0, 3), array.slice(3)]), True, f"{name}: chunks of one buffer"
        yield array.slice(2, 0), array.slice(0, 0), True, f"{name}: two empty slices"
        if "dictionary" not in name:
            # Else the words stay part of the value.
            yield whole, pa.chunked_array([array.slice(0, 0), array]), True, f"{name}: an empty chunk in front"
            nothing = pa.chunked_array([array.slice(0, 0)])
            yield pa.chunked_array([], array.type), nothing, True, f"{name}: no chunk at all"
            yield array.slice(2, 0), pa.array([], array.type), True, f"{name}: an empty slice"


def types():
    field = pa.field
    ints = pa.int8()
    struct = pa.struct([("x", ints), ("y", pa.string())])
    pairs = [
        (pa.int8(), pa.int16()),
        (pa.int8(), pa.uint8()),
        (pa.int64(), pa.duration("s")),
        (pa.int64(), pa.timestamp("s")),
        (pa.int32(), pa.date32()),
        (pa.int32(), pa.time32("s")),
        (pa.int64(), pa.float64()),
        (pa.float16(), pa.uint16()),
        (pa.float16(), pa.float32()),
        (pa.float32(), pa.float64()),
        (pa.bool_(), pa.int8()),
        (pa.bool_(), pa.bool8()),
        (pa.null(), pa.bool_()),
        (pa.string(), pa.large_string()),
        (pa.string(), pa.string_view()),
        (pa.string(), pa.binary()),
        (pa.string(), pa.json_()),
        (pa.binary(), pa.large_binary()),
        (pa.binary(), pa.binary_view()),
        (pa.binary(), pa.binary(3)),
        (pa.binary(3), pa.binary(4)),
        (pa.binary(16), pa.uuid()),
        (pa.date32(), pa.date64()),
        (pa.time32("s"), pa.time32("ms")),
        (pa.time64("us"), pa.time64("ns")),
        (pa.duration("s"), pa.duration("ms")),
        (pa.timestamp("s"), pa.timestamp("ms")),
        (pa.timestamp("s"), pa.timestamp("s", "UTC")),
        (pa.timestamp("s", "UTC"), pa.timestamp("s", "+00:00")),
        (pa.timestamp("s", "UTC"), pa.timestamp("s", "Europe/Berlin")),
        (pa.timestamp("s", "UTC"), pa.timestamp("ms", "UTC")),
        (MONTHS, pa.binary(16)),
        (pa.decimal128(5, 2), pa.decimal128(6, 2)),
        (pa.decimal128(5, 2), pa.decimal128(5, 3)),
        (pa.decimal128(5, 2), pa.decimal128(5, -2)),
        (pa.decimal128(5, 2), pa.decimal256(5, 2)),
        (pa.decimal32(5, 2), pa.decimal64(5, 2)),
        (pa.decimal64(5, 2), pa.decimal128(5, 2)),
        (pa.list_(ints), pa.large_list(ints)),
        (pa.list_(ints), pa.list_view(ints)),
        (pa.list_view(ints), pa.large_list_view(ints)),
        (pa.list_(ints), pa.list_(ints, 2)),
        (pa.list_(ints, 2), pa.list_(ints, 3)),
        (pa.list_(ints, 0), pa.list_(ints, 1)),
        (pa.list_(ints), pa.list_(pa.int16())),
        (pa.list_(ints), pa.list_(field("item", ints, nullable=False))),
        (pa.list_(ints), pa.list_(pa.list_(ints))),
        (struct, pa.struct([("y", pa.string()), ("x", ints)])),
        (struct, pa.struct([("x", ints), ("z", pa.string())])),
        (struct, pa.struct([("x", ints)])),
        (struct, pa.struct([("x", ints), field("y", pa.string(), nullable=False)])),
        (pa.struct([]), pa.struct([("x", ints)])),
        (pa.struct([("x", ints), ("x", ints)]), pa.struct([("x", ints)])),
        (pa.struct([("x", pa.struct([("y", ints)]))]), pa.struct([("x", ints), ("y", ints)])),
        (pa.map_(pa.string(), ints), pa.map_(pa.string(), pa.int16())),
        (pa.map_(pa.string(), ints), pa.map_(pa.large_string(), ints)),
        (pa.map_(pa.string(), ints), pa.map_(pa.string(), ints, keys_sorted=True)),
        (pa.map_(pa.string(), ints), pa.map_(pa.string(), field("value", ints, nullable=False))),
        (pa.map_(ints, ints), pa.list_(pa.struct([field("key", ints, nullable=False), field("value", ints)]))),
        (pa.dictionary(ints, pa.string()), pa.dictionary(pa.int16(), pa.string())),
        (pa.dictionary(ints, pa.string()), pa.dictionary(pa.uint8(), pa.string())),
        (pa.dictionary(ints, pa.string()), pa.dictionary(ints, pa.large_string())),
        (pa.dictionary(ints, pa.string()), pa.dictionary(ints, pa.string(), ordered=True)),
        (pa.dictionary(ints, pa.string()), pa.string()),
        (pa.run_end_encoded(pa.int16(), ints), pa.run_end_encoded(pa.int32(), ints)),
        (pa.run_end_encoded(pa.int16(), ints), pa.run_end_encoded(pa.int16(), pa.int16())),
        (pa.run_end_encoded(pa.int16(), ints), ints),
        (pa.sparse_union([field("x", ints)]), pa.dense_union([field("x", ints)])),
        (pa.sparse_union([field("x", ints)]), pa.sparse_union([field("y", ints)])),
        (pa.sparse_union([field("x", ints)]), pa.sparse_union([field("x", ints)], [5])),
        (
            pa.sparse_union([field("x", ints), field("y", ints)]),
            pa.sparse_union([field("y", ints), field("x", ints)]),
        ),
        (pa.dense_union([field("x", ints)]), pa.dense_union([field("x", pa.int16())])),
        (Meters(), pa.int64()),
        (Meters(), Meters(2)),
        (Meters(), Feet()),
        (pa.fixed_shape_tensor(ints, [2, 3]), pa.fixed_shape_tensor(ints, [3, 2])),
        (pa.fixed_shape_tensor(ints, [2, 3]), pa.fixed_shape_tensor(ints, [2, 3], permutation=[1, 0])),
        (pa.fixed_shape_tensor(ints, [2, 3]), pa.fixed_shape_tensor(ints, [2, 3], dim_names=["r", "c"])),
        (pa.opaque(ints, "a", "b"), pa.opaque(ints, "a", "c")),
        (pa.opaque(ints, "a", "b"), pa.opaque(ints, "x", "b")),
    ]
    for n, (one, other) in enumerate(pairs):
        yield one, other, False, f"types {n}: {one} and {other}"
        yield pa.schema([("c", one)]), pa.schema([("c", other)]), False, f"schemas {n}: {one} and {other}"
        if pa.types.is_run_end_encoded(one) or pa.types.is_union(one) or "extension" in f"{one} {other}":
            continue
        yield pa.nulls(0, one), pa.nulls(0, other), False, f"empty arrays {n}: {one} and {other}"
        yield pa.nulls(2, one), pa.nulls(2, other), False, f"nulls {n}: {one} and {other}"
        if one.id != pa.map_(ints, ints).id:
            yield pa.nulls(1, one)[0], pa.nulls(1, other)[0], False, f"null scalars {n}: {one} and {other}"
    yield pa.int8(), pa.int8(), True, "one type"
    yield Meters(2), Meters(2), True, "equal extension types"
    yield struct, pa.struct([field("x", ints), field("y", pa.string())]), True, "equal structs"
    yield pa.timestamp("s", "UTC"), pa.timestamp("s", tz="UTC"), True, "equal time stamps"
    yield pa.utf8(), pa.string(), True, "two names of a type"
    yield pa.int8(), np.dtype("i1"), False, "a type of another library"
    yield pa.int8(), "int8", False, "a type is not its name"
    yield pa.list_(ints), pa.list_(field("item", ints)), True, "the usual name of an item"
    noted = field("x", ints, metadata={"unit": "m"})
    yield pa.struct([noted]), pa.struct([field("x", ints)]), False, "metadata inside of a struct"
    yield pa.struct([noted]), pa.struct([field("x", ints, metadata={b"unit": b"m"})]), True, "metadata is bytes"


def fields_and_schemas():
    field, ints = pa.field, pa.int8()
    one = field("a", ints)
    yield one, field("a", ints, nullable=True), True, "equal fields"
    yield one, field("b", ints), False, "the name of a field"
    yield one, field("a", pa.int16()), False, "the type of a field"
    yield one, field("a", ints, nullable=False), False, "whether there can be nulls"
    yield one, field("a", ints, metadata={"k": "v"}), False, "metadata of a field"
    yield field("a", ints, metadata={"k": "v"}), field("a", ints, metadata={"k": "w"}), False, "values of metadata"
    yield field("a", ints, metadata={"kv": ""}), field("a", ints, metadata={"k": "v"}), False, "keys of metadata"
    yield one, ints, False, "a field is not its type"
    yield one, pa.schema([one]), False, "a schema is not its field"
    schema = pa.schema([("a", ints), ("b", pa.string())])
    yield schema, pa.schema([field("a", ints), field("b", pa.utf8())]), True, "equal schemas"
    yield schema, pa.schema([("b", pa.string()), ("a", ints)]), False, "the order of fields"
    yield schema, pa.schema([("a", ints)]), False, "fewer fields"
    yield schema, schema.with_metadata({"k": "v"}), False, "metadata of a schema"
    yield schema, schema.with_metadata({"k": "v"}).remove_metadata(), True, "metadata taken away"
    yield schema.with_metadata({"k": "v"}), schema.with_metadata({"k": "w"}), False, "metadata of schemas differ"
    noted = pa.schema([field("a", ints, metadata={"k": "v"}), ("b", pa.string())])
    yield schema, noted, False, "metadata of a field in a schema"
    yield schema.with_metadata({"k": "v"}), noted, False, "where the metadata is"
    yield pa.schema([]), pa.schema([]).with_metadata({"k": "v"}), False, "metadata of an empty schema"
    yield schema, pa.struct(list(schema)), False, "a schema is not a struct"
    yield pa.schema([("a", ints), ("a", ints)]), pa.schema([("a", ints)]), False, "fields of one name"
    yield {schema.field(0): 1}, {field("a", ints): 1}, True, "fields as keys"


def under_nulls():
    ints = pa.array([1, None, 3], pa.int32())
    yield ints, raw(pa.int32(), [1, 0, 1], buffer([1, 99, 3], "i4")), True, "an int under a null"
    yield ints, raw(pa.int32(), [1, 1, 1], buffer([1, 0, 3], "i4")), False, "a zero is not a null"
    whole = pa.array([1, 2, 3], pa.int32())
    yield whole, raw(pa.int32(), [1, 1, 1], buffer([1, 2, 3], "i4")), True, "a bitmap of ones"
    yield whole, raw(pa.int32(), [1, 0, 1], buffer([1, 2, 3], "i4")), False, "a null over the value"
    dirty = raw(pa.int32(), [0, 0, 1, 1, 1, 0, 1, 1, 1, 0], buffer([7, 7, 1, 2, 3, 7, 7, 7, 7, 7], "i4"))
    yield whole, dirty.slice(2, 3), True, "nulls outside of the slice"
    yield ints, dirty.slice(4, 3).take(pa.array([0, 1, 2])), False, "values in other places"
    flags = pa.array([True, None, False])
    yield flags, raw(pa.bool_(), [1, 0, 1], bits(1, 1, 0)), True, "a bit under a null"
    yield flags, raw(pa.bool_(), [1, 0, 1], bits(1, 1, 0, 1, 1, 1, 1, 1)), True, "bits behind the end"
    yield (
        pa.array([True, False]),
        raw(pa.bool_(), [], bits(1, 0, 1, 1), length=2),
        True,
        "bits behind the end, no nulls",
    )
    yield flags, pa.array([True, False, False]), False, "a null is not false"
    floats = pa.array([1.0, None])
    yield floats, raw(pa.float64(), [1, 0], buffer([1, np.nan], "f8")), True, "a NaN under a null"
    yield floats, pa.array([1.0, float("nan")]), False, "a NaN is not a null"
    words = pa.array(["a", None, "b"])
    yield words, raw_strings(pa.string(), [1, 0, 1], [0, 1, 4, 5], b"aXYZb"), True, "text under a null"
    yield words, raw_strings(pa.string(), [1, 1, 1], [0, 1, 1, 2], b"ab"), False, "an empty text is not a null"
    yield words, raw_strings(pa.string(), [1, 0, 1], [3, 4, 4, 5], b"???ab???"), True, "text around"
    large = pa.array(["a", None, "b"], pa.large_string())
    yield (
        large,
        raw_strings(pa.large_string(), [1, 0, 1], [2, 3, 6, 7], b"??aXYZb"),
        True,
        "large text under a null",
    )
    yield (
        pa.array([b"ab", None], pa.binary(2)),
        raw(pa.binary(2), [1, 0], pa.py_buffer(b"abXY")),
        True,
        "fixed bytes",
    )
    price = pa.array([decimal.Decimal(1), None], pa.decimal128(5, 2))
    dirt = pa.py_buffer((100).to_bytes(16, "little") + b"\xff" * 16)
    yield price, raw(pa.decimal128(5, 2), [1, 0], dirt), True, "a decimal under a null"
    day = pa.array([dt.date(1970, 1, 2), None])
    yield day, raw(pa.date32(), [1, 0], buffer([1, -5], "i4")), True, "a date under a null"
    yield (
        pa.array([(1, 2, 3), None], MONTHS),
        raw(MONTHS, [1, 0], pa.py_buffer(np.array([(1, 2, 3), (9, 9, 9)], "i4,i4,i8").tobytes())),
        True,
        "an interval under a null",
    )


def under_nulls_of_parents():
    child = pa.array([1, 2, 9, 9, 3], pa.int32())
    lists = pa.array([[1, 2], None, [3]], pa.list_(pa.int32()))
    yield lists, raw_list(lists.type, [1, 0, 1], [0, 2, 4, 5], child), True, "elements under a null list"
    yield lists, raw_list(lists.type, [1, 1, 1], [0, 2, 4, 5], child), False, "the null list counts"
    yield lists, pa.array([[1, 2], [], [3]], pa.list_(pa.int32())), False, "an empty list is not a null"
    nulls = pa.array([1, 2, None, None, 3], pa.int32())
    yield lists, raw_list(lists.type, [1, 0, 1], [0, 2, 4, 5], nulls), True, "nulls under a null list"
    large = pa.array([[1, 2], None, [3]], pa.large_list(pa.int32()))
    yield large, raw_list(large.type, [1, 0, 1], [0, 2, 4, 5], child), True, "elements under a null large list"
    around = pa.array([7, 7, 1, 2, 3, 8, 8], pa.int32())
    yield lists, raw_list(lists.type, [1, 0, 1], [2, 4, 4, 5], around), True, "elements around"
    fixed = pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2))
    yield (
        fixed,
        raw(fixed.type, [1, 0, 1], children=[pa.array([1, 2, 9, 8, 3, 4], pa.int32())]),
        True,
        "a null of fixed size",
    )
    yield (
        fixed,
        raw(fixed.type, [1, 0, 1], children=[pa.array([1, 2, None, 8, 3, 4], pa.int32())]),
        True,
        ("nulls under a null of fixed size"),
    )
    yield (
        fixed,
        raw(fixed.type, [1, 1, 1], children=[pa.array([1, 2, None, None, 3, 4], pa.int32())]),
        False,
        ("a list of nulls is not a null"),
    )
    views = pa.array([[1, 2], None, [3]], pa.list_view(pa.int32()))
    three = pa.array([1, 2, 3], pa.int32())
    yield views, raw_view(views.type, [1, 0, 1], [0, 1, 2], [2, 2, 1], three), True, "a view under a null"
    yield (
        views,
        raw_view(views.type, [1, 0, 1], [1, 0, 0], [2, 0, 1], pa.array([3, 1, 2], pa.int32())),
        True,
        ("views out of order"),
    )
    yield (
        pa.array([[1, 2], [1, 2], [2]], pa.list_view(pa.int32())),
        pa.ListViewArray.from_arrays(pa.array([0, 0, 1], pa.int32()), pa.array([2, 2, 1], pa.int32()), three),
        True,
        "views of the same elements",
    )
    yield (
        views,
        pa.ListViewArray.from_arrays(pa.array([0, 0, 2], pa.int32()), pa.array([2, 0, 1], pa.int32()), three),
        False,
        "an empty view is not a null",
    )
    records = pa.array([{"x": 1}, None, {"x": 3}], pa.struct([("x", pa.int32())]))
    yield (
        records,
        raw(records.type, [1, 0, 1], children=[pa.array([1, 9, 3], pa.int32())]),
        True,
        "a field under a null",
    )
    yield (
        records,
        raw(records.type, [1, 0, 1], children=[pa.array([1, None, 3], pa.int32())]),
        True,
        "a null field under a null",
    )
    yield (
        records,
        raw(records.type, [1, 1, 1], children=[pa.array([1, None, 3], pa.int32())]),
        False,
        ("a record of nulls is not a null"),
    )
    yield (
        records,
        raw(records.type, [1, 0, 1], children=[pa.array([1, 9, 3, 4, 5], pa.int32())]),
        True,
        ("a field that is longer than its struct"),
    )
    texts = pa.array([{"x": "a"}, None, {"x": "c"}], pa.struct([("x", pa.string())]))
    yield (
        texts,
        raw(texts.type, [1, 0, 1], children=[pa.array(["a", LONG, "c"])]),
        True,
        "text under a null struct",
    )
    deep = pa.array([{"x": {"y": [1]}}, None], pa.struct([("x", pa.struct([("y", pa.list_(pa.int8()))]))]))
    inner = pa.array([{"y": [1]}, {"y": [5, None, 7]}], deep.type.field(0).type)
    yield deep, raw(deep.type, [1, 0], children=[inner]), True, "a list in a struct under a null struct"
    struct_list = pa.list_(pa.struct([("x", pa.int32())]))
    hidden = pa.array([{"x": 1}, {"x": 5}, None, {"x": 2}], struct_list.value_type)
    yield (
        pa.array([[{"x": 1}], None, [{"x": 2}]], struct_list),
        raw_list(struct_list, [1, 0, 1], [0, 1, 3, 4], hidden),
        True,
        "structs under a null list",
    )
    mapped = pa.map_(pa.string(), pa.int32())
    items = pa.StructArray.from_arrays(
        [pa.array(["a", "X", "b"]), pa.array([1, 9, 2], pa.int32())],
        fields=[pa.field("key", pa.string(), nullable=False), pa.field("value", pa.int32())],
    )
    yield (
        pa.array([[("a", 1)], None, [("b", 2)]], mapped),
        raw(mapped, [1, 0, 1], buffer([0, 1, 2, 3], "i4"), children=[items]),
        True,
        "pairs under a null map",
    )
    bools = pa.struct([("x", pa.bool_())])
    yield (
        pa.array([{"x": True}, None], bools),
        raw(bools, [1, 0], children=[pa.array([True, True])]),
        True,
        "a bit under a null struct",
    )
    fixed_struct = pa.list_(pa.struct([("x", pa.int8())]), 1)
    yield (
        pa.array([[{"x": 1}], None], fixed_struct),
        raw(fixed_struct, [1, 0], children=[pa.array([{"x": 1}, {"x": 7}], fixed_struct.value_type)]),
        True,
        "a struct under a null of fixed size",
    )


def contents():
    yield pa.array([1.0]), pa.array([1.0]), True, "equal floats"
    yield pa.array([0.0]), pa.array([-0.0]), False, "the sign of zero"
    yield pa.array([1]), pa.array([1.0]), False, "int and float"
    for dtype in ("f2", "f4", "f8"):
        yield pa.array(nan(1, dtype)), pa.array(nan(1, dtype)), True, f"equal NaNs, {dtype}"
        yield pa.array(nan(1, dtype)), pa.array(nan(2, dtype)), False, f"NaNs by their bits, {dtype}"
    yield pa.array(["ab", "c"]), pa.array(["a", "bc"]), False, "where a text ends"
    yield pa.array(["", "a"]), pa.array(["a", ""]), False, "where the empty text is"
    yield pa.array(["", None]), pa.array([None, ""]), False, "where the null is"
    yield pa.array(["a", "b"]), pa.array(["ab"]), False, "how many texts"
    yield pa.array(["a\0", "b"]), pa.array(["a", "\0b"]), False, "zero bytes"
    yield pa.array(["a"]), pa.array(["a\0"]), False, "a zero byte at the end"
    yield pa.array(["é"]), pa.array(["e\u0301"]), False, "text by its code points"
    yield pa.array([], pa.string()), pa.array([""]), False, "empty, and one empty text"
    yield pa.array([None], pa.string()), pa.array([""]), False, "a null text, and an empty one"
    yield pa.array([[1], [2, 3]]), pa.array([[1, 2], [3]]), False, "where a list ends"
    yield pa.array([[], [1]]), pa.array([[1], []]), False, "where the empty list is"
    yield pa.array([[[1], []]]), pa.array([[[], [1]]]), False, "where the inner empty list is"
    yield pa.array([[1, 2]]), pa.array([[1], [2]]), False, "one list, or two"
    yield pa.array([[None], None]), pa.array([None, [None]]), False, "nulls on two levels"
    yield pa.array([[None]], pa.list_(pa.null())), pa.array([[]], pa.list_(pa.null())), False, "a null in a list"
    yield (
        pa.array([[None] * 2, [None]], pa.list_(pa.null())),
        pa.array([[None], [None] * 2], pa.list_(pa.null())),
        (False),
        "lists of nulls",
    )
    yield pa.nulls(2), pa.nulls(3), False, "how many nulls"
    empty = pa.list_(pa.int8(), 0)
    yield pa.array([[], []], empty), pa.array([[], None], empty), False, "lists of no size"
    yield pa.array([[]], empty), pa.array([[], []], empty), False, "how many lists of no size"
    none = pa.struct([])
    yield pa.array([{}, {}], none), pa.array([{}, None], none), False, "structs without fields"
    yield pa.array([{}], none), pa.array([{}, {}], none), False, "how many structs without fields"
    yield pa.array([b"", b""], pa.binary(0)), pa.array([b""], pa.binary(0)), False, "bytes of no width"
    yield pa.array([{"x": 1, "y": 2}]), pa.array([{"x": 2, "y": 1}]), False, "fields exchanged"
    pairs = pa.map_(pa.string(), pa.int8())
    yield (
        pa.array([[("a", 1), ("b", 2)]], pairs),
        pa.array([[("b", 2), ("a", 1)]], pairs),
        False,
        "the order of a map",
    )
    yield pa.array([[("a", 1)]], pairs), pa.array([[("a", None)]], pairs), False, "a null in a map"
    yield pa.array([True] * 8), pa.array([True] * 9), False, "how many bits"
    yield pa.array([True] * 8 + [False]), pa.array([True] * 8 + [None]), False, "the ninth bit"
    yield pa.array([1, 2]), np.array([1, 2]), False, "an array of another library"
    yield pa.array([1, 2]), [1, 2], False, "an array is not a list"
    yield pa.array([1, 2]), pa.array(np.array([1, 9, 2, 9])[::2].copy()), True, "made from an array of numpy"
    frozen = np.array([1, 2])
    frozen.flags.writeable = False
    yield pa.array([1, 2]), pa.array(frozen), True, "memory of numpy's"
    yield pa.array([2**64 - 1], pa.uint64()), pa.array([-1], pa.int64()), False, "one pattern of bits"
    yield (
        pa.array(["a", LONG], pa.string_view()),
        pa.array(["a", LONG + "!"], pa.string_view()),
        False,
        "long texts differ",
    )
    yield (
        pa.array(["abcdefghijkl", "x"], pa.string_view()),
        pa.array(["abcdefghijklx", ""], pa.string_view()),
        False,
        ("texts of twelve bytes and more"),
    )


def views_of_text():
    for make in (pa.string_view, pa.binary_view):
        name = str(make())
        mixed = ["a", None, LONG, "abcdefghijkl", "abcdefghijklm", "", LONG * 3]
        array = pa.array(mixed, make())
        parts = pa.concat_arrays([pa.array([text], make()) for text in mixed])
        yield array, parts, True, f"{name}: a buffer for every text"
        yield (
            array,
            pa.array(["?" * 40, *mixed, "?" * 50], make()).slice(1, len(mixed)),
            True,
            f"{name}: texts around",
        )
        yield array, gathered(array, 0, 1, 2, 3, 4, 5, 6), True, f"{name}: gathered"
        back = gathered(pa.array(mixed[::-1], make()), 6, 5, 4, 3, 2, 1, 0)
        yield array, back, True, f"{name}: gathered backwards"
        yield array, pa.array([*mixed[:-1], LONG * 2 + LONG[:-1] + "x"], make()), False, f"{name}: the last letter"
        twice = pa.array([LONG, LONG], make())
        yield twice, gathered(pa.array([LONG], make()), 0, 0), True, f"{name}: one place for two texts"
        view = b"\x05\0\0\0hello" + bytes(7)
        hidden = raw(make(), [1, 0], pa.py_buffer(view + b"\x05\0\0\0dirty" + bytes(7)))
        yield pa.array(["hello", None], make()), hidden, True, f"{name}: text under a null"


def dictionaries():
    def encoded(codes, words, ordered=False, kind=None):
        codes = pa.array(codes, kind or pa.int8())
        return pa.DictionaryArray.from_arrays(codes, pa.array(words), ordered=ordered)

    one = encoded([0, 1, None], ["a", "b"])
    yield one, encoded([0, 1, None], ["a", "b"]), True, "equal dictionaries"
    yield one, encoded([1, 0, None], ["b", "a"]), False, "the order of the dictionary"
    yield one, encoded([0, 1, None], ["a", "b", "c"]), False, "a word that is not used"
    yield one, encoded([0, 0, None], ["a", "b"]), False, "codes"
    yield one, encoded([0, 1, None], ["a", "c"]), False, "words"
    yield one, encoded([0, 1, None], ["a", "b"], ordered=True), False, "ordered"
    yield one, encoded([0, 1, None], ["a", "b"], kind=pa.int16()), False, "the type of codes"
    yield one, one.cast(pa.string()), False, "a dictionary is not its texts"
    yield one, encoded([0, 1, 2], ["a", "b", None]), False, "a null in the dictionary is not one of the codes"
    yield encoded([0, 1], ["a", "a"]), encoded([0, 0], ["a", "a"]), False, "a word twice"
    hidden = pa.DictionaryArray.from_arrays(
        raw(pa.int8(), [1, 1, 0], buffer([0, 1, 1], "i1")), pa.array(["a", "b"])
    )
    yield one, hidden, True, "a code under a null"
    yield one, encoded([1, 0, 1, None, 0], ["a", "b"]).slice(1, 3), True, "a slice of codes"
    words = pa.array(["?", "a", "b", "?"]).slice(1, 2)
    yield one, pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), words), True, "a slice of words"
    whole = pa.chunked_array([encoded([0, 1, 1, 0], ["a", "b"])])
    yield (
        whole,
        pa.chunked_array([encoded([0, 1], ["a", "b"]), encoded([1, 0], ["a", "b"])]),
        True,
        "chunks of one dictionary",
    )
    mixed = pa.chunked_array([encoded([0, 1], ["a", "b"]), encoded([0, 1], ["b", "a"])])
    yield whole, mixed, True, "chunks of two dictionaries"
    yield mixed, mixed.unify_dictionaries(), True, "unified by Arrow"
    other = pa.chunked_array([encoded([0, 1], ["a", "b"]), encoded([0, 1], ["a", "b"])])
    yield mixed, other, False, "equal codes of other words"
    nested = pa.chunked_array([pa.ListArray.from_arrays([0, 2], encoded([0, 1], words)) for words in ("ab", "ba")])
    same = pa.chunked_array(
        [pa.ListArray.from_arrays([0, 2], encoded(codes, ["a", "b"])) for codes in ([0, 1], [1, 0])]
    )
    yield same, nested, True, "two dictionaries inside of lists"
    struct = pa.StructArray.from_arrays([one], ["x"])
    yield struct, pa.StructArray.from_arrays([hidden], ["x"]), True, "a code under a null, in a struct"
    yield (
        struct,
        pa.StructArray.from_arrays([encoded([1, 0, None], ["b", "a"])], ["x"]),
        False,
        "another dictionary in a struct",
    )
    masked = pa.StructArray.from_arrays([encoded([0, 1], ["a", "b"])], ["x"], mask=pa.array([False, True]))
    yield (
        masked,
        pa.StructArray.from_arrays([encoded([0, 0], ["a", "b"])], ["x"], mask=pa.array([False, True])),
        True,
        ("a code under a null struct"),
    )
    numbers = pa.array([1, 1, None, 2]).dictionary_encode()
    yield numbers, pa.array([1, 1, None, 3]).dictionary_encode(), False, "dictionaries of numbers"
    yield numbers, numbers.slice(0, 3), False, "the length of codes"
    yield encoded([], ["a"]), encoded([], ["b"]), False, "words that no code uses"
    lists = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array([[1], [2, 3]]))
    yield (
        lists,
        pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array([[1], [2, 4]])),
        False,
        "a dictionary of lists",
    )
    numbers = [encoded([0], [1.5]), encoded([0], [2.5])]
    yield (
        pa.chunked_array(numbers),
        pa.chunked_array([encoded([0, 1], [1.5, 2.5])]),
        True,
        "two dictionaries of floats",
    )
    many = [encoded([0, 99], [f"{letter}{n}" for n in range(100)]) for letter in "ab"]
    more = [*many[:1], encoded([0, 98], [f"b{n}" for n in range(100)])]
    yield pa.chunked_array(many), pa.chunked_array(more), False, "more words than the codes can count"
    lists = [encoded([0], [[1]]), encoded([0], [[2]])]
    yield (
        pa.chunked_array(lists),
        pa.chunked_array([lists[0], encoded([0], [[3]])]),
        False,
        "two dictionaries of lists",
    )
    holes = [encoded([0, 1], ["a", None]), encoded([0, 1], ["b", None])]
    yield pa.chunked_array(holes), pa.chunked_array(holes[:1] * 2), False, "two dictionaries with nulls"
    table = pa.table({"x": whole})
    yield table, pa.table({"x": mixed}), True, "two dictionaries in a table"


def unions_and_runs():
    types = pa.array([0, 1, 0], pa.int8())
    left, right = pa.array([1, 9, 3]), pa.array(["x", "b", "y"])
    sparse = pa.UnionArray.from_sparse(types, [left, right], ["n", "s"])
    same = pa.UnionArray.from_sparse(types, [pa.array([1, 7, 3]), pa.array(["?", "b", LONG])], ["n", "s"])
    yield sparse, pa.UnionArray.from_sparse(types, [left, right], ["n", "s"]), True, "equal sparse unions"
    yield sparse, same, True, "children that are not chosen"
    yield (
        sparse,
        pa.UnionArray.from_sparse(types, [left, pa.array(["x", "c", "y"])], ["n", "s"]),
        False,
        "chosen children",
    )
    yield (
        sparse,
        pa.UnionArray.from_sparse(pa.array([0, 0, 0], pa.int8()), [left, right], ["n", "s"]),
        False,
        "the choice",
    )
    yield sparse, pa.UnionArray.from_sparse(types, [left, right], ["n", "t"]), False, "names of a union"
    yield sparse, inside(sparse, 2, 2), True, "a slice of a sparse union"
    offsets = pa.array([0, 0, 1], pa.int32())
    dense = pa.UnionArray.from_dense(types, offsets, [pa.array([1, 3]), pa.array(["b"])], ["n", "s"])
    yield dense, sparse, False, "dense is not sparse"
    far = pa.UnionArray.from_dense(
        types, pa.array([1, 2, 2], pa.int32()), [pa.array([7, 1, 3]), pa.array(["?", "?", "b"])], ["n", "s"]
    )
    yield dense, far, True, "children that nothing points to"
    yield dense, inside(dense, 2, 2), True, "a slice of a dense union"
    yield (
        dense,
        pa.UnionArray.from_dense(types, offsets, [pa.array([1, 4]), pa.array(["b"])], ["n", "s"]),
        False,
        "children",
    )
    coded = pa.UnionArray.from_dense(
        pa.array([5, 7, 5], pa.int8()), offsets, [pa.array([1, 3]), pa.array(["b"])], ["n", "s"], [5, 7]
    )
    yield dense, coded, False, "codes of a union"
    yield (
        pa.chunked_array([sparse]),
        pa.chunked_array([sparse.slice(0, 1), sparse.slice(1)]),
        True,
        "chunks of a union",
    )
    yield (
        pa.chunked_array([dense]),
        pa.chunked_array([dense.slice(0, 1), dense.slice(1)]),
        True,
        "chunks of a dense union",
    )
    ends = pa.array([2, 3, 6], pa.int32())
    runs = pa.RunEndEncodedArray.from_arrays(ends, pa.array(["a", None, "b"]))
    yield runs, pa.RunEndEncodedArray.from_arrays(ends, pa.array(["a", None, "b"])), True, "equal runs"
    yield runs, pa.RunEndEncodedArray.from_arrays(ends, pa.array(["a", None, "c"])), False, "values of runs"
    yield (
        runs,
        pa.RunEndEncodedArray.from_arrays(pa.array([1, 3, 6], pa.int32()), pa.array(["a", None, "b"])),
        False,
        "ends",
    )
    yield (
        runs,
        pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 7], pa.int32()), pa.array(["a", None, "b"])),
        False,
        "the last end",
    )
    yield runs, pa.array(["a", "a", None, "b", "b", "b"]), False, "runs are not the texts"
    dirty = pa.RunEndEncodedArray.from_arrays(ends, raw_strings(pa.string(), [1, 0, 1], [0, 1, 4, 5], b"aXYZb"))
    yield runs, dirty, True, "text under a null run"
    yield runs.slice(1, 3), runs.slice(1, 3), True, "a slice of runs"
    yield runs.slice(1, 3), runs.slice(0, 3), False, "another slice of runs"
    yield runs.slice(0, 0), runs.slice(3, 0), True, "no runs"


def tables():
    batch = pa.record_batch({"a": [1, 2], "b": ["x", None]})
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    yield table, pa.table({"a": [1, 2], "b": ["x", None]}), True, "equal tables"
    yield table, batch, False, "a batch is not a table"
    yield table, pa.Table.from_batches([batch]), True, "a table of a batch"
    yield (
        table,
        pa.Table.from_batches([batch.slice(0, 1), batch.slice(1), batch.slice(2)]),
        True,
        "chunks of a table",
    )
    yield table, pa.concat_tables([table.slice(0, 1), table.slice(1)]), True, "a table put together"
    yield table, table.combine_chunks(), True, "chunks combined"
    uneven = pa.table({"a": pa.chunked_array([[1], [2]]), "b": pa.chunked_array([["x", None]])})
    yield table, uneven, True, "chunks of the columns differ"
    yield table, pa.concat_tables([table, table]).slice(2), True, "a slice of a table"
    yield table, table.select(["b", "a"]), False, "the order of columns"
    yield table, table.rename_columns(["a", "c"]), False, "names of columns"
    yield table, table.slice(0, 1), False, "rows"
    yield table, pa.table({"a": [2, 1], "b": [None, "x"]}), False, "the order of rows"
    yield table, table.replace_schema_metadata({"k": "v"}), False, "metadata of a table"
    yield (
        table.replace_schema_metadata({"k": "v"}),
        table.replace_schema_metadata({"k": "v"}),
        True,
        "equal metadata",
    )
    strict = pa.schema([pa.field("a", pa.int64(), nullable=False), ("b", pa.string())])
    yield table, table.cast(strict), False, "nullability of a column"
    noted = pa.schema([pa.field("a", pa.int64(), metadata={"unit": "m"}), ("b", pa.string())])
    yield table, pa.table(table.columns, schema=noted), False, "metadata of a column"
    yield table, {"a": [1, 2], "b": ["x", None]}, False, "a table is not a dict"
    yield (
        pa.table([[1], [2]], names=["x", "x"]),
        pa.table([[2], [1]], names=["x", "x"]),
        False,
        "columns of one name",
    )
    yield table.select([]), table.slice(1).select([]), False, "rows of no columns"
    yield table.select([]), pa.table({"z": [0, 0]}).select([]), True, "as many rows of no columns"
    yield pa.table({}), pa.table({"a": []}), False, "no columns, and one that is empty"
    yield pa.table({"ab": [1], "c": [2]}), pa.table({"a": [1], "bc": [2]}), False, "where a name ends"
    yield pa.table({"a": []}), pa.table({"a": pa.array([], pa.int8())}), False, "types of empty columns"
    yield pa.table({"a": ["xy", "z"]}), pa.table({"a": ["x", "yz"]}), False, "where a text ends, in a table"
    yield batch, pa.record_batch({"a": [1, 2], "b": ["x", None]}), True, "equal batches"
    yield batch, pa.record_batch({"a": [0, 1, 2], "b": ["", "x", None]}).slice(1), True, "a slice of a batch"
    yield batch, batch.slice(1), False, "rows of a batch"
    yield batch, batch.replace_schema_metadata({"k": "v"}), False, "metadata of a batch"
    yield batch, pa.record_batch({"a": [1, 3], "b": ["x", None]}), False, "values of a batch"
    yield batch, batch.to_struct_array(), False, "a batch is not a struct array"
    yield table["a"], table["b"], False, "two columns"
    yield table["a"], pa.chunked_array([[1, 2]]), True, "a column is a ChunkedArray"
    yield [table, table], [table, uneven], True, "tables in a list"


def chunks():
    whole = pa.array(range(1000))
    parts = [whole.slice(start, 7) for start in range(0, 1000, 7)]
    yield pa.chunked_array([whole]), pa.chunked_array(parts), True, "many chunks"
    flags = pa.array([n % 3 == 0 for n in range(100)])
    for size in (1, 3, 8, 13):
        parts = [flags.slice(start, size) for start in range(0, 100, size)]
        yield pa.chunked_array([flags]), pa.chunked_array(parts), True, f"bits in chunks of {size}"
    holes = pa.array([None if n % 5 == 0 else n % 3 == 0 for n in range(100)])
    for size in (1, 3, 8, 13):
        parts = [holes.slice(start, size) for start in range(0, 100, size)]
        yield pa.chunked_array([holes]), pa.chunked_array(parts), True, f"bits and nulls in chunks of {size}"
    late = pa.array([*range(100), None])
    yield (
        pa.chunked_array([late]),
        pa.chunked_array([late.slice(0, 100), late.slice(100)]),
        True,
        "nulls in the last chunk only",
    )
    lists = pa.array([[n] * (n % 4) if n % 7 else None for n in range(50)])
    yield (
        pa.chunked_array([lists]),
        pa.chunked_array([lists.slice(n, 5) for n in range(0, 50, 5)]),
        True,
        "lists in chunks",
    )
    empty = pa.chunked_array([], pa.int64())
    yield empty, pa.chunked_array([pa.array([], pa.int64())] * 3), True, "empty chunks only"
    yield empty, pa.chunked_array([], pa.int32()), False, "the type without a chunk"
    yield pa.chunked_array([["ab"], ["c"]]), pa.chunked_array([["a"], ["bc"]]), False, "texts at the end of chunks"
    yield (
        pa.chunked_array([[[1]], [[2, 3]]]),
        pa.chunked_array([[[1, 2]], [[3]]]),
        False,
        "lists at the end of chunks",
    )
    views = [pa.array([LONG, "a"], pa.string_view()), pa.array(["b", LONG * 2], pa.string_view())]
    yield pa.chunked_array(views), pa.chunked_array([pa.concat_arrays(views)]), True, "views of text in chunks"
    text = [LONG * (n % 3) for n in range(3000)]
    yield pa.array(text), pa.concat_arrays([pa.array(text[:1500]), pa.array(text[1500:])]), True, "much text"
    yield pa.array(text), pa.array([*text[:-1], "x"]), False, "the end of much text"


def scalars():
    yield pa.scalar(1), pa.scalar(1), True, "equal scalars"
    yield pa.scalar(1), pa.scalar(2), False, "scalars differ"
    yield pa.scalar(1), 1, False, "a scalar is not its value"
    yield pa.scalar(1), np.int64(1), False, "a scalar of another library"
    yield pa.scalar(1), pa.scalar(1, pa.int8()), False, "the type of a scalar"
    yield pa.scalar(1), pa.array([1]), False, "a scalar is not an array of one"
    yield pa.scalar(1), pa.array([5, 1])[1], True, "an element is a scalar"
    yield pa.scalar(None), pa.scalar(None, pa.int8()), False, "null scalars"
    yield pa.scalar(None), None, False, "a null scalar is not None"
    yield pa.scalar(0), pa.scalar(None, pa.int64()), False, "zero is not null"
    yield pa.scalar(0.0), pa.scalar(-0.0), False, "the sign of a zero scalar"
    yield pa.scalar("a"), pa.scalar("a", pa.large_string()), False, "the type of a text"
    yield pa.scalar("a"), pa.scalar(b"a"), False, "text and bytes"
    yield pa.scalar(""), pa.scalar(None, pa.string()), False, "empty text"
    yield pa.scalar("a"), pa.array(["?", "a"])[1], True, "a text out of an array"
    yield pa.scalar([1, 2]), pa.scalar([1, 3]), False, "lists as scalars"
    yield pa.scalar([1, 2]), pa.array([[7], [1, 2]])[1], True, "a list out of an array"
    yield pa.scalar({"x": 1}), pa.scalar({"x": 2}), False, "structs as scalars"
    yield pa.scalar({"x": 1}), pa.array([{"x": 7}, {"x": 1}])[1], True, "a struct out of an array"
    yield pa.scalar(decimal.Decimal("1.0")), pa.scalar(decimal.Decimal("1.00")), False, "the scale of a decimal"
    yield pa.scalar(1, pa.timestamp("s")), pa.scalar(1, pa.timestamp("ms")), False, "the unit of a scalar"
    yield pa.scalar(1, pa.timestamp("s")), pa.scalar(1, pa.timestamp("s", "UTC")), False, "the zone of a scalar"
    coded = pa.array(["a", "b"]).dictionary_encode()
    yield coded[0], coded[1], False, "scalars of a dictionary"
    yield coded[0], pa.scalar("a"), False, "a scalar of a dictionary is not its text"
    yield coded[0], pa.array(["a", "b"]).dictionary_encode()[0], True, "equal scalars of a dictionary"
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"])
    yield runs[0], runs[2], False, "scalars of runs"
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array([1, 1])])
    yield union[0], union[1], False, "scalars of a union"
    meters = pa.ExtensionArray.from_storage(Meters(), pa.array([1, 2, 1]))
    yield meters[0], meters[1], False, "scalars of an extension"
    yield meters[0], meters[2], True, "equal scalars of an extension"
    yield meters[0], pa.scalar(1), False, "a scalar of an extension is not its storage"
    yield (
        pa.scalar([("a", 1)], pa.map_(pa.string(), pa.int8())),
        pa.scalar([("a", 2)], pa.map_(pa.string(), pa.int8())),
        (False),
        "maps as scalars",
    )
    yield pa.scalar((1, 2, 3), MONTHS), pa.scalar((1, 2, 4), MONTHS), False, "intervals as scalars"
    yield (
        pa.scalar(2**62, pa.duration("ns")),
        pa.scalar(2**62 + 1, pa.duration("ns")),
        False,
        ("nanoseconds that Python does not know"),
    )
    yield pa.array([1], pa.timestamp("ns"))[0], pa.array([2], pa.timestamp("ns"))[0], False, "a nanosecond more"


def extensions():
    def stored(type_, values, kind=None):
        return pa.ExtensionArray.from_storage(type_, pa.array(values, kind or type_.storage_type))

    meters = stored(Meters(), [1, None, 3])
    yield meters, stored(Meters(), [1, None, 3]), True, "equal extension arrays"
    yield meters, stored(Meters(2), [1, None, 3]), False, "the parameter of an extension"
    yield meters, stored(Feet(), [1, None, 3]), False, "the name of an extension"
    yield meters, stored(Meters(), [1, None, 4]), False, "values of an extension"
    yield meters, pa.array([1, None, 3]), False, "an extension is not its storage"
    dirty = pa.ExtensionArray.from_storage(Meters(), raw(pa.int64(), [1, 0, 1], buffer([1, 5, 3], "i8")))
    yield meters, dirty, True, "an extension over a null"
    yield pa.chunked_array([meters]), pa.chunked_array([meters[:1], meters[1:]]), True, "chunks of an extension"
    yield pa.table({"m": meters}), pa.table({"m": dirty}), True, "an extension in a table"
    yield pa.table({"m": meters}), pa.table({"m": stored(Feet(), [1, None, 3])}), False, "extensions in tables"
    ids = stored(pa.uuid(), [b"a" * 16])
    yield ids, ids.storage, False, "uuids are not their bytes"
    given = {"ARROW:extension:name": "arrow.uuid", "ARROW:extension:metadata": ""}
    plain = pa.field("a", pa.binary(16), metadata=given)
    yield pa.field("a", pa.uuid()), plain, False, "an extension is not metadata that names it"
    yield pa.table({"a": ids}), pa.table([ids.storage], schema=pa.schema([plain])), False, "the same in tables"
    yield Meters(), Yards(), False, "the class of an extension type"
    yield meters, stored(Yards(), [1, None, 3]), False, "the class of the extension type of an array"
    named = Meters()
    named.note = "n"
    yield Meters(), named, False, "an attribute that an extension type does not serialise"
    small = pa.fixed_shape_tensor(pa.int8(), [2, 2])
    yield stored(small, [[1, 2, 3, 4]]), stored(small, [[1, 2, 3, 5]]), False, "tensors in an array"


def buffers():
    yield pa.py_buffer(b"abc"), pa.py_buffer(bytearray(b"abc")), True, "buffers by their bytes"
    yield pa.py_buffer(b"abc"), pa.py_buffer(b"abd"), False, "buffers differ"
    yield pa.py_buffer(b"abc"), b"abc", False, "a buffer is not bytes"
    yield pa.py_buffer(b"abc"), pa.py_buffer(b"xabcx").slice(1, 3), True, "a slice of a buffer"
    yield pa.py_buffer(b""), pa.py_buffer(b"\0"), False, "an empty buffer"
    yield pa.py_buffer(b"abc"), pa.py_buffer(memoryview(b"abc")), True, "a buffer over a view"


FAMILIES = (
    layouts_of_every_type,
    types,
    fields_and_schemas,
    under_nulls,
    under_nulls_of_parents,
    contents,
    views_of_text,
    dictionaries,
    unions_and_runs,
    tables,
    chunks,
    scalars,
    extensions,
    buffers,
)


def refused():
    """Yield what has no hash, and why."""
    table = pa.table({"a": [1]})
    yield table.to_reader(), "a reader can be read once"
    yield pa.RecordBatchReader.from_batches(table.schema, table.to_batches()), "a reader of batches"
    yield pa.BufferReader(b"abc"), "a file in memory"
    yield pa.BufferOutputStream(), "a file that is written"
    yield pa.PythonFile(io.BytesIO(b"abc")), "a file of Python's"
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write(table)
    yield pa.ipc.open_file(pa.BufferReader(sink.getvalue())), "an open IPC file"
    yield pa.default_memory_pool(), "a pool of memory"


def doubtful():
    """Yield pairs on which opinions can differ, as they seem right."""
    ints = pa.int8()
    one, two = pa.list_(pa.field("item", ints)), pa.list_(pa.field("element", ints))
    yield one, two, False, "the name of a list's item (Arrow calls the types equal)"
    yield pa.array([[1]], one), pa.array([[1]], two), False, "the name of the item in arrays"
    schema = pa.schema([("a", ints)])
    yield (
        schema.with_metadata({"a": "1", "b": "2"}),
        schema.with_metadata({"b": "2", "a": "1"}),
        False,
        "order of metadata",
    )
    yield schema, schema.with_metadata({}), True, "empty metadata"
    yield pa.scalar(float(nan(1)[0])), pa.array(nan(5))[0], True, "NaN as a scalar is canonical"
    yield pa.scalar([float("nan")]), pa.array([list(nan(5))])[0], False, "NaNs in a list scalar by bits"
    ends = pa.RunEndEncodedArray.from_arrays(pa.array([2, 4], pa.int32()), pa.array(["a", "a"]))
    yield (
        ends,
        pa.RunEndEncodedArray.from_arrays(pa.array([4], pa.int32()), pa.array(["a"])),
        True,
        "two runs of one value",
    )
    long = pa.RunEndEncodedArray.from_arrays(pa.array([2, 4], pa.int32()), pa.array(["a", "b"]))
    yield (
        long.slice(1, 2),
        pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array(["a", "b"])),
        True,
        "a slice of runs equals its copy",
    )
    yield pa.chunked_array([long]), pa.chunked_array([long.slice(0, 2), long.slice(2)]), True, "chunks of runs"
    words = pa.array(["a", "b"])
    used = pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array([0], ints), words)])
    more = pa.chunked_array([*used.chunks, pa.DictionaryArray.from_arrays(pa.array([], ints), pa.array(["z"]))])
    yield used, more, False, "an empty chunk with a dictionary of its own (unified it has a word more)"
    yield pa.allocate_buffer(0, resizable=True), pa.py_buffer(b""), True, "buffers that can grow"
    frame = pa.Tensor.from_numpy(np.arange(6).reshape(2, 3))
    yield frame, pa.Tensor.from_numpy(np.asfortranarray(np.arange(6).reshape(2, 3))), True, "a tensor's strides"
    yield frame, pa.Tensor.from_numpy(np.arange(6).reshape(3, 2)), False, "a tensor's shape"
    import pyarrow.compute as pc

    yield pc.field("a") > 1, pc.field("a") > 1, True, "expressions built twice"
    yield pc.field("a") > 1, pc.field("a") > 2, False, "expressions differ"
    yield pc.ScalarAggregateOptions(skip_nulls=True), pc.ScalarAggregateOptions(skip_nulls=True), True, "options"
    yield (
        pc.ScalarAggregateOptions(skip_nulls=True),
        pc.ScalarAggregateOptions(skip_nulls=False),
        False,
        "other options",
    )
    yield pa.KeyValueMetadata({"a": "b"}), pa.KeyValueMetadata({"a": "c"}), False, "metadata as a value"
    yield pa.KeyValueMetadata({"a": "b"}), pa.KeyValueMetadata({"a": "b"}), True, "equal metadata as a value"
    yield pc.add, pc.subtract, False, "functions of Arrow"
    table = pa.table({"a": [1, 1, 2]})
    yield table.group_by("a"), table.group_by("a"), True, "groups of a table"


REFUSED = (refused,)
DOUBTFUL = (doubtful,)
