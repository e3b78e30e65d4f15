"""Pairs of numpy values that must, or must not, have the same token; for numpy 1.26 and 2."""

# ruff: noqa: PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import contextlib
import copy
import itertools
import pathlib
import pickle
import tempfile
import warnings

import numpy as np

NUMPY_2 = int(np.__version__.partition(".")[0]) >= 2
DEPRECATED = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 5)  # Durations without a unit.
NAN = float("nan")
TIMES = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")
# By character, so that both types of a size take part; long doubles have padding bytes.
NUMBERS = tuple("?bBhHiIlLqQefdgFDG")


class Unit(np.ndarray):
    """Carries an attribute along, as the manual shows it."""

    def __new__(cls, values, unit=None):
        made = np.asarray(values).view(cls)
        made.unit = unit
        return made

    def __array_finalize__(self, other):
        self.unit = getattr(other, "unit", None)


class Slots(np.ndarray):
    __slots__ = ("unit",)


class Reducing(np.ndarray):
    """Its __reduce__ says less than it is."""

    def __reduce__(self):
        return Reducing, ((1,),)


class OtherUnit(Unit):
    pass


class Mapped(np.memmap):
    """A memory map of the user's own."""


class MaskedUnit(np.ma.MaskedArray):
    unit = None


class Half(np.float64):
    unit = None


class Twister(np.random.MT19937):
    pass


class Numbers(np.random.Generator):
    pass


class State(np.random.RandomState):
    pass


class Seeds(np.random.SeedSequence):
    pass


class Applied(np.vectorize):
    pass


def plain(x):
    return x


def other(x):
    return x + 1


def with_attributes(value, **attributes):
    value.__dict__.update(attributes)
    return value


def with_slot(value, name, content):
    setattr(value, name, content)
    return value


def after(value, *actions):
    """Return a value with which something was done that must not show."""
    for action in actions:
        action(value)
    return value


def objects(*values, shape=None):
    made = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = value
    return made if shape is None else made.reshape(shape)


def knot(*values):
    made = objects(*values, None)
    made[-1] = made
    return made


def long_knot():
    """Return an array that holds an array that holds the first."""
    outer, inner = objects(1, None), objects(1, None)
    outer[1], inner[1] = inner, outer
    return outer


def unaligned(values):
    values = np.asarray(values)
    raw = np.zeros(values.nbytes + 1, np.uint8)
    made = raw[1:].view(values.dtype)
    made[...] = values
    return made


def scattered(values, step=3):
    """Return a strided view with garbage between its elements."""
    values = np.asarray(values)
    wide = np.frombuffer(bytes([251]) * (values.itemsize * len(values) * step), values.dtype).copy()
    wide[::step] = values
    return wide[::step]


def over(filler, dtype, *, nested=None):
    """Return a structured array of zeros laid over a filler."""
    dtype = np.dtype(dtype)
    made = np.frombuffer(bytearray([filler]) * (dtype.itemsize * 2), np.uint8).view(dtype)
    clear(made)
    return made


def clear(table):
    for name in table.dtype.names or ():
        field = table[name]
        if field.dtype.names is None:
            field[...] = np.zeros((), field.dtype)
        else:
            clear(field)


def padded_long_double(filler, code="g"):
    raw = np.full(3 * np.dtype(code).itemsize, filler, np.uint8)
    made = raw.view(code)
    # As arithmetic leaves them: only the bytes that mean something are written.
    size = np.dtype("g").itemsize
    sample = np.arange(3).astype("g").view(np.uint8).reshape(3, size)
    parts = raw.reshape(3, -1, size)
    parts[..., :10] = sample[:, np.newaxis, :10] if size > 10 and np.finfo("g").nmant == 63 else 0
    return made


def characters(values, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The class goes one day.
        return np.char.array(values, **options)


def mapped(mode="r", offset=0, dtype="<i4", kind=np.memmap):
    # The file is gone at once; what is mapped stays.
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "numbers.bin")
        path.write_bytes(bytes(offset) + np.arange(6, dtype=dtype).tobytes())
        made = np.memmap(path, dtype=dtype, mode=mode, offset=offset, shape=(2, 3))
        return made.view(kind) if kind is not np.memmap else made


def matrix(values):
    # Its own constructor warns.
    return np.array(values).view(np.matrix)


def masked(values, mask=np.ma.nomask, **options):
    return np.ma.array(values, mask=mask, **options)


def hardened(value):
    value.harden_mask()
    return value


def filled_under(value, where, what):
    """Write under the mask."""
    value.data[where] = what
    return value


def masked_table(under):
    table = np.ma.zeros(2, [("a", "i4"), ("b", [("c", "f8"), ("d", "S3")])])
    table["a"] = [1, under]
    table.mask = np.array([(False, (True, False)), (True, (False, True))], table.mask.dtype)
    table.data["b"]["c"][0] = under
    table.data["b"]["d"][1] = str(under).encode()
    return table


def masked_subarrays(under):
    table = np.ma.zeros(2, [("a", "i4", 2)])
    table["a"] = [[1, 2], [3, 4]]
    table.mask = np.array([([False, True],), ([False, False],)], table.mask.dtype)
    table.data["a"][0, 1] = under
    return table


def sharing_mask():
    base = masked([1, 2, 3], [0, 1, 0])
    view = base[:]
    assert view.sharedmask
    return view


def drawn(generator, method="random", *arguments, times=1):
    for _ in range(times):
        getattr(generator, method)(*arguments)
    return generator


def bits(name, seed=7, **options):
    return getattr(np.random, name)(seed, **options)


def travelled(value):
    return pickle.loads(pickle.dumps(value))


def spawned(generator, times=1):
    generator.spawn(times)
    return generator


def with_state(generator, state):
    generator.state = state
    return generator


def vectorized(called=False, **options):
    made = np.vectorize(plain, **options)
    if called:
        made(np.arange(3))
    return made


def polynomial(name, *arguments, **options):
    return getattr(np.polynomial, name)(*arguments, **options)


def read(value, *names):
    """Return a value of which attributes have been read, which may be kept in it."""
    for name in names:
        with contextlib.suppress(AttributeError):
            getattr(value, name)
    str(value)
    repr(value)
    return value


def numbers():
    for code in NUMBERS:
        values = np.array([0, 1, 1, 0, 1]).astype(code)
        yield values, scattered(values), True, f"{code} with garbage between"
        yield values, unaligned(values), True, f"{code} off its alignment"
        yield values, values[::-1], False, f"{code} reversed"
        if values.itemsize > 1:
            yield values, values.astype(values.dtype.newbyteorder()), False, f"{code} in the other byte order"
        yield values[:0], np.zeros(0, "O"), False, f"an empty array of {code} and one of objects"
        yield values.dtype.type(1), values[1:2].reshape(()), False, f"a scalar of {code} and an array without axes"
        yield values.dtype.type(1), values[2], True, f"a scalar of {code} made or taken"
        yield values.dtype.type(1), values.dtype.type(0), False, f"scalars of {code} differ"
    for one, two in zip("bhilq?efdFD", "BHILQbhifdF", strict=True):
        yield np.zeros(3, one), np.zeros(3, two), False, f"{one} is not {two}"
        yield np.dtype(one), np.dtype(two), False, f"the dtypes {one} and {two}"
        yield np.dtype(one).type(0), np.dtype(two).type(0), False, f"scalars of {one} and {two}"
    yield np.zeros(2, "l"), np.zeros(2, "q"), np.dtype("l") == np.dtype("q"), "long and long long"
    yield np.dtype("l").type(1), np.dtype("q").type(1), np.dtype("l") == np.dtype("q"), "scalars of both"
    yield np.zeros(2, "?"), np.zeros(2, "u1"), False, "False is not zero"
    yield np.array([1], "u1").view("?"), np.array([True]), True, "a bool made of a byte"
    yield np.zeros(2, "d"), np.zeros(2, "g"), False, "double is not long double"
    yield np.zeros(2, "D"), np.zeros((2, 2), "d"), False, "a complex number is not two"
    yield padded_long_double(0), padded_long_double(255), True, "padding inside of long doubles"
    yield padded_long_double(0, "G"), padded_long_double(170, "G"), True, "padding inside of long complex"
    yield padded_long_double(0)[1], padded_long_double(255)[1], True, "padding in a scalar long double"
    table = [("a", "g"), ("b", "i1")]
    yield over(0, table), over(255, table), True, "padding around a long double in a field"
    yield padded_long_double(3)[::-1], padded_long_double(4)[::-1].copy(), True, "a reversed view of them"
    yield np.array([-0.0], "g"), np.array([0.0], "g"), False, "the sign of a long zero"
    yield np.array([-0.0], "e"), np.array([0.0], "e"), False, "the sign of a half zero"
    yield np.array([complex(0, -0.0)]), np.array([0j]), False, "the sign of an imaginary zero"
    nans = np.array([0x7FF8000000000000, 0x7FF8000000000001], "u8").view("f8")
    yield nans[:1], nans[1:], False, "NaNs in arrays go by bits"
    yield nans[0], nans[1], True, "NaN scalars do not"
    yield np.array([nans[0]]).reshape(()), np.array([nans[1]]).reshape(()), False, "without axes they do"
    yield objects(nans[0]), objects(nans[1]), True, "NaN scalars in an object array do not"
    for code in "efdgFDG":
        nan = np.array([NAN]).astype(code)[0]
        if code in "efdg":
            yield nan, -nan, True, f"the sign of a scalar NaN of {code}"
        yield nan, np.zeros(1, code)[0], False, f"NaN of {code} is not zero"
    yield np.float16(0.0), np.float16(-0.0), False, "the sign of a half scalar zero"
    yield np.float64(0.0), np.float64(-0.0), False, "the sign of a scalar zero"
    yield np.longdouble(0.0), np.longdouble(-0.0), False, "the sign of a long scalar zero"
    yield np.complex128(complex(NAN, 1)), np.complex128(complex(1, NAN)), False, "which part is NaN"
    yield np.complex64(complex(NAN, 0.0)), np.complex64(complex(NAN, -0.0)), False, "a sign beside NaN"
    yield np.complex128(complex(NAN, NAN)), np.complex128(complex(-NAN, NAN)), True, "signs of two NaNs"
    exact = np.longdouble(1) + np.finfo(np.longdouble).eps
    yield exact, np.longdouble(1), False, "the last bit of a long double"
    yield np.array([exact, 2])[::-1], np.array([1, 2], "g")[::-1], False, "the last bit in a view"
    yield np.uint64(2**63), np.array([2**63], "u8")[0], True, "a big unsigned scalar"
    yield np.uint64(2**63), np.int64(-(2**63)), False, "bits of other sign"


def times():
    for one, two in itertools.pairwise(TIMES):
        yield np.zeros(2, f"M8[{one}]"), np.zeros(2, f"M8[{two}]"), False, f"dates in {one} and {two}"
        yield np.zeros(2, f"m8[{one}]"), np.zeros(2, f"m8[{two}]"), False, f"durations in {one} and {two}"
        yield np.datetime64("NaT", one), np.datetime64("NaT", two), False, f"no date in {one} and {two}"
    yield np.datetime64("NaT", "s"), np.timedelta64("NaT", "s"), False, "no date is not no duration"
    yield np.datetime64("NaT", "D"), np.array(["NaT"], "M8[D]")[0], True, "no date made or taken"
    yield np.zeros(2, "M8[s]"), np.zeros(2, "M8[25s]"), False, "multiples of a unit"
    yield np.zeros(2, "M8[25s]"), np.zeros(2, "M8[26s]"), False, "multiples differ"
    yield np.zeros(2, "M8[60s]"), np.zeros(2, "M8[m]"), False, "sixty seconds are not the unit of a minute"
    yield np.zeros(2, "m8[7D]"), np.zeros(2, "m8[W]"), False, "seven days are not the unit of a week"
    yield np.dtype("M8[60s]"), np.dtype("M8[m]"), False, "dtypes of both"
    if not DEPRECATED:
        yield np.datetime64("NaT"), np.datetime64("NaT", "D"), False, "no date without a unit"
        yield np.dtype("M8"), np.dtype("M8[ns]"), False, "a unit and none"
        yield np.zeros(2, "m8"), np.zeros(2, "m8[s]"), False, "durations of a unit and none"
    yield np.timedelta64(1, "s"), np.timedelta64(1000, "ms"), False, "equal durations in units"
    yield np.timedelta64(1, "25s"), np.timedelta64(25, "s"), False, "equal durations in multiples"
    yield np.datetime64("2020-01-01"), np.datetime64(18262, "D"), True, "a date made of days"
    days = np.arange("2020", "2021", dtype="M8[D]")
    yield days[::7], days[::7].copy(), True, "every seventh day"
    yield days[::-1], days[::-1].copy(), True, "days backwards"
    yield days[5], days[5:6].reshape(()), False, "a date is not an array without axes"
    yield days.reshape(6, 61).T, days.reshape(6, 61).T.copy(), True, "days in Fortran order"
    yield days.astype(">M8[D]"), days, False, "dates in the other byte order"
    yield days.astype(">M8[D]")[::2], days[::2].astype(">M8[D]"), True, "a view in the other byte order"
    yield np.zeros((0, 3), "M8[s]"), np.zeros((3, 0), "M8[s]"), False, "shapes of no dates"
    yield np.broadcast_to(days[:1], (3, 1)), days[[0, 0, 0]].reshape(3, 1), True, "one date for all"
    yield unaligned(days[:3]), days[:3].copy(), True, "dates off their alignment"
    records = np.zeros(3, [("x", "i1"), ("t", "M8[s]")])
    yield records["t"], np.zeros(3, "M8[s]"), True, "dates of a packed field"
    yield objects(days[0]), objects(days[0].item()), False, "a date of numpy is not one of Python"


def texts():
    yield np.array(["a", "b\0"]), np.array(["a", "b"], "U2"), True, "zeros at the end are no text"
    yield np.array([b"a", b"b\0"]), np.array([b"a", b"b"], "S2"), True, "zeros at the end are no bytes"
    yield np.array(["a\0b"]), np.array(["a"], "U3"), False, "a zero inside"
    yield np.array([b"a"], "S1"), np.array([b"a"], "S2"), False, "the width of bytes"
    yield np.array(["a"], "<U1"), np.array(["a"], ">U1"), False, "byte order of text"
    yield np.array(["a"], ">U1"), np.array(["a"], "<U1").astype(">U1"), True, "text swapped"
    yield np.array([b"a"], "S1"), np.array([b"a"], "S1").view("V1"), False, "bytes are not void"
    yield np.array(["ab", "cd"])[::-1], np.array(["cd", "ab"]), True, "text backwards"
    yield np.array(["ab"]), np.array(["a", "b"]), False, "borders of text"
    yield np.array(["\U0001f600"]), np.array(["\ud83d"]), False, "beyond the basic plane"
    yield np.array([], "U1"), np.array([], "U2"), False, "the width of no text"
    yield np.array([], "S1"), np.array([], "U1"), False, "no text is not no bytes"
    yield np.str_("a"), np.array(["a", "bcd"])[0], True, "a text taken is as wide as it is"
    yield np.str_(""), np.str_("\0"), False, "an empty text is not a zero"
    yield np.str_("a"), np.str_("a\0"), False, "a zero at the end of a text scalar"
    yield np.bytes_(b""), np.bytes_(b"\0"), False, "no byte is not a zero"
    yield np.bytes_(b"a"), np.bytes_(b"a\0"), False, "a zero at the end of a bytes scalar"
    yield np.str_("a"), np.bytes_(b"a"), False, "text and bytes scalars"
    yield np.str_("\ud800"), np.str_("\ud801"), False, "surrogates in a text scalar"
    yield np.void(b"ab"), np.bytes_(b"ab"), False, "a void scalar"
    yield np.void(b"ab"), np.void(b"ab\0"), False, "the width of a void scalar"
    yield np.void(b"ab"), np.array([b"ab"], "V2")[0], True, "a void made or taken"
    yield np.zeros(2, "V3"), np.zeros(2, "V4"), False, "the width of void"
    yield np.zeros(2, "V0"), np.zeros(3, "V0"), False, "voids of no width"
    yield np.zeros((4, 4), "V0")[::2, ::2], np.zeros((2, 2), "V0"), True, "a view of no width"
    yield np.zeros((4, 4), "V0").T, np.zeros((4, 4), "V0"), True, "no width transposed"
    yield characters(["a ", "b"]), characters(["a", "b"], itemsize=2), False, "blanks at the end of a chararray"
    yield characters(["a"]), np.array(["a"]), False, "a chararray is not an array"
    yield characters(["a"]), characters([b"a"], unicode=False), False, "kinds of chararrays"
    yield characters(["ab", "c"])[::-1], characters(["c", "ab"]), True, "a chararray backwards"


def layouts():
    cube = np.arange(60).reshape(3, 4, 5)
    for axes in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        turned = cube.transpose(axes)
        yield turned, turned.copy(order="C"), True, f"axes {axes}"
        yield turned, turned.copy(order="F"), True, f"axes {axes} in Fortran order"
    yield cube[::-1, ::-2, 1::3], cube[::-1, ::-2, 1::3].copy(), True, "every axis with a step"
    yield cube[:, ::-1], cube[:, ::-1].copy(order="F"), True, "one axis backwards"
    yield cube, cube.reshape(3, 20), False, "axes joined"
    yield cube, cube.reshape(3, 4, 5, 1), False, "an axis of one at the end"
    yield cube[np.newaxis], cube[..., np.newaxis], False, "where an axis of one is"
    yield cube.ravel()[:4], np.lib.stride_tricks.as_strided(cube, (4,), (8,)), True, "strides by hand"
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(6), 3)
    yield windows, np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]), True, "windows that overlap"
    yield np.broadcast_to(np.arange(3), (2, 3)), np.array([[0, 1, 2]] * 2), True, "rows that are one row"
    yield np.broadcast_to(np.arange(2)[:, None], (2, 3)), np.arange(2).repeat(3).reshape(2, 3), True, "columns"
    yield np.broadcast_to(np.arange(3), (2, 3)), np.broadcast_to(np.arange(3), (3, 3)), False, "how often"
    yield np.broadcast_to(7, (0, 3)), np.full((0, 3), 7), True, "broadcast to nothing"
    yield np.zeros((0, 3)), np.zeros((0, 4)), False, "nothing of other shape"
    yield np.zeros((2, 0, 3)), np.zeros((2, 3, 0)), False, "which axis is empty"
    yield np.zeros((0, 3), order="F"), np.zeros((0, 3)), True, "nothing in Fortran order"
    yield np.zeros((5, 0))[::2], np.zeros((3, 0)), True, "nothing with steps"
    yield np.zeros(0), np.array(None), False, "nothing is not None"
    yield np.array(3), np.array(3)[()], False, "no axis is not a scalar"
    yield np.array(3), np.broadcast_to(np.array(3), ()), True, "no axis, broadcast"
    yield np.diag(np.arange(3)), np.diag(np.arange(3)).T, True, "a symmetric matrix"
    yield np.eye(3).diagonal(), np.ones(3), True, "a diagonal view"
    yield cube.real, cube, True, "the real part of real numbers"
    waves = np.array([1 + 2j, 3 + 4j])
    yield waves.real, np.array([1.0, 3.0]), True, "a real part, which is a view"
    yield waves.imag, waves.conj().imag, False, "imaginary parts differ"
    frozen = cube.copy()
    frozen.flags.writeable = False
    yield cube, frozen, True, "read-only"
    yield cube.view(np.ndarray), cube, True, "a view as itself"
    yield cube.astype("i8", copy=True), cube, True, "a cast to itself"
    yield cube.view("f8"), cube.astype("f8"), False, "reinterpreted is not cast"
    yield np.frombuffer(bytearray(24)), np.zeros(3), True, "a buffer of somebody else"
    big = np.arange(90_000.0).reshape(300, 300)
    yield big.T, big.T.copy(), True, "larger than one block, transposed"
    yield big[::2, ::-1], big[::2, ::-1].copy(), True, "larger than one block, with steps"
    changed = big.copy()
    changed[299, 299] = -1
    yield big.T, changed.T, False, "the last element of a large one"
    changed = big.copy()
    changed[150, 7] = -1
    yield np.asfortranarray(big), np.asfortranarray(changed), False, "an element in the middle"
    yield big.astype("S8").T, big.astype("S8").T.copy(), True, "large text transposed"
    yield big.astype("g").T, big.astype("g").T.copy(), True, "large long doubles transposed"
    yield np.broadcast_to(big[0], (40, 300)), np.tile(big[0], (40, 1)), True, "a large broadcast"
    wide = np.arange(100_000, dtype="u1").reshape(2, 50_000)
    yield wide.T, wide.T.copy(), True, "long and thin bytes"
    yield np.arange(12).reshape(3, 4).T[1], np.arange(12).reshape(3, 4)[:, 1].copy(), True, "a column"
    yield mapped("r"), mapped("c"), True, "modes of a memory map"
    yield mapped("r+"), np.arange(6, dtype="<i4").reshape(2, 3), True, "a memory map to write to"
    yield mapped(offset=8), mapped(), True, "offsets in a file"
    yield mapped()[:, ::2], np.array([[0, 2], [3, 5]], "<i4"), True, "a view of a memory map"
    yield mapped()[1], np.array([3, 4, 5], "<i4"), True, "a row of a memory map"
    yield mapped(dtype=">i4"), mapped(), False, "byte order in a file"
    yield mapped(kind=Mapped), mapped(), False, "a subclass of memory maps"
    yield mapped(kind=Mapped), mapped("c", kind=Mapped), True, "equal maps of the subclass"


def structures():
    simple = np.dtype([("a", "i4"), ("b", "f8")])
    gap = np.dtype({"names": ["a", "b"], "formats": ["i4", "f8"], "offsets": [0, 16]})
    yield over(0, gap), over(255, gap), True, "garbage in a gap"
    yield over(0, gap), over(0, simple), False, "a gap is part of the dtype"
    tail = np.dtype({"names": ["a"], "formats": ["i4"], "itemsize": 12})
    yield over(0, tail), over(9, tail), True, "garbage at the end"
    yield over(0, tail), over(0, [("a", "i4")]), False, "a tail is part of the dtype"
    yield over(0, tail)[0], over(9, tail)[0], True, "garbage at the end of a record"
    nested = np.dtype([("x", "i1"), ("in", np.dtype([("y", "i1"), ("z", "f8")], align=True), (2,))], align=True)
    yield over(0, nested), over(77, nested), True, "garbage inside of nested fields"
    yield over(0, nested)[::-1], over(77, nested), True, "garbage and negative strides"
    yield over(0, nested), np.zeros(2, nested), True, "zeros laid over garbage"
    yield over(0, nested)["in"], over(77, nested)["in"], True, "a field with garbage in it"
    yield over(0, nested)[["x"]], over(77, nested)[["x"]], True, "a choice of fields keeps the garbage"
    yield np.zeros(2, simple)[["b"]], np.zeros(2, [("b", "f8")]), False, "a choice of fields keeps the offsets"
    for inner in ([("c", "i4")], [("c", "u4")], [("d", "i4")], [("c", "i2", 2)], [("c", "i4", (1,))], "i4", "V4"):
        why = f"what is nested: {inner}"
        yield np.zeros(2, [("a", [("c", ">i4")])]), np.zeros(2, [("a", inner)]), False, why
    yield np.zeros(2, [("a", "i4", (2, 3))]), np.zeros(2, [("a", "i4", (3, 2))]), False, "shapes of subarrays"
    yield np.zeros(2, [("a", "i4", 2)]), np.zeros((2, 2), [("a", "i4")]), False, "a subarray is not an axis"
    yield np.zeros(2, [("a", "i4")]), np.zeros(2, [("a", "i4", (1,))]), False, "a subarray of one"
    twice = np.dtype([("a", "i4", 2)])
    yield np.zeros(2, twice), np.ones(2, twice), False, "content of a subarray"
    yield np.ones((2, 3), twice).T, np.ones((3, 2), twice), True, "subarrays transposed"
    titled = np.dtype([(("The title", "a"), "i4")])
    yield np.zeros(2, titled), np.zeros(2, [("a", "i4")]), False, "a title"
    yield np.zeros(2, titled), np.zeros(2, [(("Another", "a"), "i4")]), False, "titles differ"
    yield titled, np.dtype([(("The title", "a"), "i4")]), True, "equal titles"
    yield titled, np.dtype([(("a", "The title"), "i4")]), False, "a title is not a name"
    yield np.dtype([((1, "a"), "i4")]), np.dtype([(("1", "a"), "i4")]), False, "a title of another type"
    union = np.dtype({"names": ["all", "low"], "formats": ["<u4", "<u2"], "offsets": [0, 0]})
    yield np.array([(1, 1)], union), np.array([(1, 1)], union), True, "fields that overlap"
    raw = np.array([0x10001, 0x20001], "<u4")
    yield raw[:1].view(union), raw[1:].view(union), False, "fields that overlap differ"
    yield raw.view(union), raw, False, "overlapping fields are not numbers"
    high = np.dtype({"names": ["all", "high"], "formats": ["<u4", "<u2"], "offsets": [0, 2]})
    yield np.zeros(2, union), np.zeros(2, high), False, "where fields overlap"
    swapped = np.dtype({"names": ["b", "a"], "formats": ["f8", "i4"], "offsets": [4, 0]})
    yield np.zeros(2, simple), np.zeros(2, swapped), False, "fields in another order than in memory"
    yield np.zeros(2, [("a", "<i4")]), np.zeros(2, [("a", ">i4")]), False, "byte order of a field"
    yield np.zeros(2, [("a", "M8[s]")]), np.zeros(2, [("a", "M8[ms]")]), False, "the unit of a field"
    yield np.zeros(2, [("a", "S2")]), np.zeros(2, [("a", "V2")]), False, "text or void in a field"
    yield (
        np.zeros(2, [("ab", "i1"), ("c", "i1")]),
        np.zeros(2, [("a", "i1"), ("bc", "i1")]),
        False,
        "borders of names",
    )
    yield np.zeros(2, np.dtype([])), np.zeros(3, np.dtype([])), False, "no fields at all"
    yield np.zeros(2, np.dtype([])), np.zeros(2, "V0"), False, "no fields are not a void"
    yield np.zeros((4, 2), np.dtype([]))[::2], np.zeros((2, 2), np.dtype([])), True, "a view of no fields"
    rows = np.array([(1, 2.0), (3, 4.0)], simple)
    yield rows["a"], np.array([1, 3], "i4"), True, "a field is an array like others"
    yield rows[0], rows[1], False, "records differ"
    yield rows[0], rows[:1].copy()[0], True, "a record taken or copied"
    yield rows[0], (1, 2.0), False, "a record is not a tuple"
    yield rows[0], rows[0].item(), False, "a record is not what it holds"
    yield rows[::-1], rows[::-1].copy(), True, "records backwards"
    yield np.array([(1, 2), (3, 4)], "i4,i4"), np.array([(1, 3), (2, 4)], "i4,i4"), False, "columns of records"
    yield rows, rows.view(np.recarray), False, "records by attribute"
    named = rows.view(np.recarray)
    yield named, rows.copy().view(np.recarray), True, "equal record arrays"
    yield named[0], rows[0], False, "a record by attribute is not a void"
    yield np.dtype((np.record, [("a", "i4")])), np.dtype([("a", "i4")]), False, "the dtype of a record array"
    yield np.array((1, 2.0), simple), rows[0], False, "a record array without axes is not a record"
    mixed = np.dtype([("n", "i4"), ("o", "O"), ("in", [("p", "O"), ("q", "f8")])])
    one = np.array([(1, [1], ({1}, 2.0))], mixed)
    yield one, np.array([(1, [1], ({1}, 2.0))], mixed), True, "objects in nested fields"
    yield one, np.array([(1, [1], ({2}, 2.0))], mixed), False, "objects in nested fields differ"
    yield one, np.array([(1, [1], ({1}, 3.0))], mixed), False, "numbers beside objects differ"
    yield one[0], np.array([(1, [1], ({1}, 2.0))], mixed)[0], True, "a record with objects"
    yield one[0], np.array([(1, [2], ({1}, 2.0))], mixed)[0], False, "a record with other objects"
    yield np.zeros(1, [("a", "O")]), np.zeros(1, [("b", "O")]), False, "names of fields of objects"
    yield np.zeros(1, [("a", "O", 2)]), np.zeros(1, [("a", "O", (1, 2))]), False, "subarrays of objects"
    wide = np.zeros(2, [("a", "O", 2)])
    wide["a"][:] = [[1, 2], [3, 4]]
    turned = wide.copy()
    turned["a"][:] = [[1, 3], [2, 4]]
    yield wide, turned, False, "which object is where"
    packed = np.array([(1, "a")], np.dtype([("n", "i1"), ("o", "O")], align=True))
    yield packed, np.array([(1, "a")], [("n", "i1"), ("o", "O")]), False, "offsets of objects"
    noted = np.dtype("f8", metadata={"unit": "m"})
    yield np.dtype("f8"), noted, True, "metadata, which numpy does not compare either"
    yield np.zeros(2), np.zeros(2, noted), True, "metadata of an array's dtype"
    yield np.dtype(("i4", (2, 3))), np.dtype(("i4", (3, 2))), False, "dtypes of subarrays"
    yield np.dtype(("i4", 1)) if NUMPY_2 else np.dtype("i4"), np.dtype("u4"), False, "a dtype repeated once"
    yield np.dtype("S3"), np.dtype("U3"), False, "dtypes of text"
    yield np.dtype("O"), np.dtype("V8"), False, "dtypes of a word"
    yield np.dtype("f8"), "<f8", False, "a dtype is not its text"
    yield type(np.dtype("f8")), np.dtype("f8"), False, "a dtype is not its class"
    yield np.dtype("f8"), travelled(np.dtype("f8")), True, "a dtype that travelled"
    yield simple, travelled(simple), True, "a structured one that travelled"


def objects_in_arrays():
    yield objects(1, True, 1.0), objects(True, 1, 1.0), False, "types of elements"
    yield objects(1, 2, 3, 4, shape=(2, 2)), objects(1, 3, 2, 4, shape=(2, 2)).T, True, "objects transposed"
    yield objects(1, 2, 3)[::-1], objects(3, 2, 1), True, "objects backwards"
    yield objects(1, 2, 3)[::2], objects(1, 3), True, "a view of objects"
    yield objects(1, 2), [1, 2], False, "an object array is not a list"
    yield objects(), np.zeros((0, 1), object), False, "no objects in other shapes"
    yield np.array(None), None, False, "an array that holds None"
    yield np.array(None), objects(None), False, "axes of None"
    yield objects(np.arange(3)), objects(np.arange(3).copy()), True, "arrays in an array"
    yield objects(np.arange(3)), objects(np.arange(3.0)), False, "arrays in an array differ"
    yield objects(np.arange(3)), np.arange(3).reshape(1, 3).astype(object), False, "nested is not flat"
    yield objects(np.array(1)), objects(np.int64(1)), False, "an array without axes in an array"
    yield objects([1, 2]), objects((1, 2)), False, "lists and tuples as elements"
    yield objects(None), objects(NAN), False, "None is not NaN"
    yield objects(NAN), objects(np.float64(NAN)), False, "which NaN"
    yield objects(None), objects(0), False, "a missing object is not zero"
    yield np.empty(2, object), objects(None, None), True, "an empty one is full of None"
    shared = [1]
    yield objects(shared, shared), objects([1], [1]), True, "objects that are shared"
    yield knot(1), knot(1), True, "an array that holds itself"
    yield knot(1), knot(2), False, "such arrays differ"
    yield knot(1), long_knot(), True, "unfolded once"
    yield knot(1), objects(1, knot(1)), False, "a knot and an array before it"
    yield knot([1]), objects([1], None), False, "itself is not None"
    yield knot(1).reshape(2, 1), knot(1), False, "axes of a knot"
    held = [None]
    held[0] = objects(held)
    other_held = [None]
    other_held[0] = objects(other_held)
    yield held, other_held, True, "an array in a list in the array"
    inner = np.array(None)
    inner[()] = inner
    again = np.array(None)
    again[()] = again
    yield inner, again, True, "an array without axes that holds itself"
    yield np.broadcast_to(objects([1]), (3,)), objects([1], [1], [1]), True, "one object for all"
    yield objects("a", 1).astype("O"), objects("a", 1), True, "a cast to objects"
    yield objects(*range(20_000)), np.arange(20_000).astype(object), True, "many objects"
    yield objects(*range(20_000)), objects(*range(19_999), 0), False, "the last of many objects"
    yield objects(plain), objects(other), False, "functions as objects"
    yield objects(np.dtype("i4")), objects(np.dtype("i8")), False, "dtypes as objects"


def variable_strings():
    if not NUMPY_2:
        return
    kind = np.dtypes.StringDType
    yield np.array(["a", "bc"], kind()), np.array(["ab", "c"], kind()), False, "borders of strings"
    yield np.array(["a\0"], kind()), np.array(["a"], kind()), False, "a zero at the end of a string"
    yield np.array([""], kind()), np.array([], kind()), False, "an empty string"
    yield np.array(["x" * 300, "y"], kind())[::-1], np.array(["y", "x" * 300], kind()), True, "strings backwards"
    grid = np.array([["a", "b"], ["c", "x" * 40]], kind())
    yield grid.T, grid.T.copy(), True, "strings transposed"
    yield grid, grid.T, False, "strings are where they are"
    changed = grid.copy()
    changed[1, 1] = "short"
    changed[1, 1] = "x" * 40
    yield grid, changed, True, "a string written twice"
    yield grid, np.array(grid.tolist()).astype(kind()), True, "strings from text of fixed width"
    yield kind(), kind(coerce=False), False, "whether anything becomes a string"
    yield kind(), kind(na_object=None), False, "no missing object"
    yield kind(na_object=None), kind(na_object=NAN), False, "missing objects"
    yield kind(na_object=NAN), kind(na_object=-NAN), True, "missing NaNs"
    yield kind(na_object=""), kind(na_object="x"), False, "missing strings"
    yield kind(na_object=None), kind(na_object=None), True, "equal string dtypes"
    yield kind(na_object=None), kind(na_object=None, coerce=False), False, "coerce beside a missing object"
    empty = np.array([], kind())
    yield empty, empty.astype(kind(coerce=False)), False, "coerce of no strings"
    yield empty, np.array([], kind(na_object=None)), False, "missing object of no strings"
    missing = np.array(["a", None], kind(na_object=None))
    yield missing, np.array(["a", None], kind(na_object=None)), True, "a missing string"
    yield missing, np.array(["a", "None"], kind(na_object=None)), False, "a missing string is not its text"
    yield missing, np.array(["a", ""], kind(na_object=None)), False, "a missing string is not an empty one"
    yield missing, np.array(["a", NAN], kind(na_object=NAN)), False, "what is missing"
    yield np.array(["\U0001f600"], kind()), np.array(["\U0001f601"], kind()), False, "strings beyond the plane"
    yield np.array("a", kind()), np.array(["a"], kind()), False, "a string without axes"
    yield np.array(["a"], kind()), objects("a"), False, "strings are not objects"
    yield np.array(["ab"] * 9000, kind()), np.array(["ab"] * 8999 + ["ac"], kind()), False, "many strings"


def masked_arrays():
    ints = masked([1, 2, 3], [0, 1, 0])
    yield ints, filled_under(masked([1, 2, 3], [0, 1, 0]), 1, 99), True, "written under the mask"
    yield ints, masked([1, 2, 3], [0, 1, 1]), False, "masks differ"
    yield ints, hardened(ints.copy()), False, "a hard mask"
    yield (
        hardened(ints.copy()),
        after(hardened(ints.copy()), lambda m: m.soften_mask(), lambda m: m.harden_mask()),
        True,
        "hard again",
    )
    yield ints, sharing_mask(), True, "a shared mask"
    yield ints, after(sharing_mask(), lambda m: m.unshare_mask()), True, "a mask no longer shared"
    yield masked([1, 2], False), masked([1, 2], [0, 0]), True, "one False for all"
    yield masked([1, 2], True), masked([1, 2], [1, 1]), True, "one True for all"
    yield masked([1, 2], True), masked([3, 4], True), True, "all are masked"
    yield masked([1, 2], True), masked([1, 2, 3], True), False, "how many are masked"
    yield masked([1, 2], True), masked([1.0, 2.0], True), False, "the dtype of what is masked"
    yield masked([1, 2]), after(masked([1, 2]), lambda m: m.fill_value), True, "the fill value was read"
    yield masked([1, 2]), masked([1, 2], fill_value=999999), True, "the fill value that is there anyway"
    yield masked([1, 2], fill_value=1), masked([1, 2], fill_value=2), False, "fill values differ"
    yield masked([1.0], fill_value=0.0), masked([1.0], fill_value=-0.0), False, "the sign of a fill value"
    yield masked(["a"], fill_value="x"), masked(["a"], fill_value="y"), False, "fill values of text"
    yield masked([0], dtype="M8[s]"), masked([0], dtype="M8[ms]"), False, "masked times"
    yield masked([0, 1], [0, 1], dtype="M8[s]"), masked([0, 2], [0, 1], dtype="M8[s]"), True, "under masked times"
    yield masked([1, NAN], [0, 1]), masked([1, 2.0], [0, 1]), True, "NaN under the mask"
    yield masked([1 + 1j, 2], [0, 1]), masked([1 + 1j, 3], [0, 1]), True, "complex under the mask"
    yield masked(["a", "b"], [0, 1]), masked(["a", "c"], [0, 1]), True, "text under the mask"
    yield masked(objects(1, [2]), [0, 1]), masked(objects(1, {3}), [0, 1]), True, "objects under the mask"
    yield masked(objects(1, [2]), [0, 1]), masked(objects([1], 2), [0, 1]), False, "objects beside the mask"
    yield masked(objects(1, plain), [0, 1]), masked(objects(1, 0), [0, 1]), True, "a function under the mask"
    yield masked_table(5), masked_table(6), True, "under masked fields"
    yield (
        masked_table(5),
        after(masked_table(5), lambda m: m.mask.__setitem__(0, (True, (True, False)))),
        False,
        "masks of fields",
    )
    yield masked_table(5)[0], masked_table(6)[0], True, "a masked record"
    yield masked_table(5)[0], masked_table(5)[1], False, "masked records differ"
    yield masked_table(5)["b"], masked_table(6)["b"], True, "a masked field"
    yield masked_subarrays(1), masked_subarrays(2), True, "under the mask of a subarray"
    yield (
        masked_subarrays(1),
        after(masked_subarrays(1), lambda m: m["a"].__setitem__((1, 1), 7)),
        False,
        "beside the mask of a subarray",
    )
    yield np.ma.masked, np.ma.masked, True, "the masked constant"
    yield np.ma.masked, masked(0.0, True), False, "the constant is of a class of its own"
    yield np.ma.masked, copy.deepcopy(np.ma.masked), True, "the constant copied"
    yield np.ma.masked, np.ma.nomask, False, "masked is not no mask"
    yield np.ma.nomask, np.False_, True, "no mask is False"
    yield masked(3), np.array(3), False, "a masked array without axes"
    yield masked(3, False), masked(3), True, "no axes and no mask"
    grid = masked(np.arange(6).reshape(2, 3), [[0, 1, 0], [0, 0, 1]])
    yield grid.T, grid.T.copy(), True, "masked and transposed"
    yield grid[:, ::-1], grid[:, ::-1].copy(), True, "masked and backwards"
    yield grid, masked(np.asfortranarray(grid.data), np.asfortranarray(grid.mask)), True, "masked in Fortran order"
    yield grid, grid.T, False, "masked and transposed are two"
    yield grid[0], masked([0, 1, 2], [0, 1, 0]), True, "a row of a masked array"
    yield grid, travelled(grid), True, "a masked array that travelled"
    yield grid, with_attributes(grid.copy(), unit="m"), False, "an attribute of a masked array"
    yield grid, grid.view(MaskedUnit), False, "a subclass of masked arrays"
    metres = with_attributes(grid.view(MaskedUnit), unit="m")
    yield grid.view(MaskedUnit), metres, False, "the attribute of the subclass"
    yield metres, with_attributes(grid.view(MaskedUnit), unit="m"), True, "equal arrays of the subclass"
    yield masked(matrix([[1, 2]])), masked(np.array([[1, 2]])), False, "a matrix below the mask"
    yield masked(np.arange(2).view(Slots)), masked(np.arange(2)), False, "a subclass below the mask"
    yield masked(Unit([1], "m")), masked(Unit([1], "km")), False, "attributes of what is below the mask"
    yield masked([1, 2], [0, 0], shrink=False), masked([1, 2], [0, 0], shrink=True), True, "a mask shrunk away"
    yield np.ma.masked_invalid([1.0, NAN]), masked([1.0, 0.0], [0, 1]), True, "NaNs masked away"
    yield np.ma.masked_equal([1, 2], 2), masked([1, 0], [0, 1], fill_value=2), True, "a value masked away"
    mrecords = np.ma.mrecords if hasattr(np.ma, "mrecords") else __import__("numpy.ma.mrecords").ma.mrecords
    yield mrecords.fromarrays([[1, 2]], names="a"), mrecords.fromarrays([[1, 3]], names="a"), False, "mrecords"
    yield (
        mrecords.fromarrays([[1, 2]], names="a"),
        mrecords.fromarrays([[1, 2]], names="a"),
        True,
        "equal mrecords",
    )


def subclasses():
    yield Unit([1, 2], "m"), Unit([1, 2], "m"), True, "equal arrays with units"
    yield Unit([1, 2], "m"), Unit([1, 2], "km"), False, "units"
    yield Unit([1, 2], "m"), OtherUnit([1, 2], "m"), False, "classes of units"
    yield Unit([1, 2, 3], "m")[::2], Unit([1, 3], "m"), True, "a view keeps its unit"
    yield Unit([[1, 2], [3, 4]], "m").T, Unit([[1, 3], [2, 4]], "m"), True, "a transposed one keeps its unit"
    yield Unit([1, 2], "m"), travelled(Unit([1, 2], "m")).view(Unit), False, "travelling loses the unit"
    yield Unit(objects([1]), "m"), Unit(objects([2]), "m"), False, "objects with a unit"
    yield Unit(objects([1]), "m"), Unit(objects([1]), "km"), False, "objects with units"
    yield np.arange(3).view(Slots), with_slot(np.arange(3).view(Slots), "unit", "m"), False, "a slot"
    yield (
        with_slot(np.arange(3).view(Slots), "unit", "m"),
        with_slot(np.arange(3).view(Slots), "unit", "m"),
        True,
        "equal slots",
    )
    yield np.arange(3).view(Reducing), np.arange(1, 4).view(Reducing), False, "a __reduce__ that tells too little"
    two = with_attributes(np.arange(3).view(OtherUnit), a=1, b=2)
    yield two, with_attributes(np.arange(3).view(OtherUnit), b=2, a=1), True, "the order of attributes"
    knotted = Unit([1], None)
    knotted.unit = knotted
    again = Unit([1], None)
    again.unit = again
    yield knotted, again, True, "an attribute that is the array"
    yield matrix([[1, 2]]), np.array([[1, 2]]), False, "a matrix is not an array"
    yield matrix([[1, 2], [3, 4]]).T, matrix([[1, 3], [2, 4]]), True, "a matrix transposed"
    yield matrix([[1, 2]]), matrix([[1], [2]]), False, "shapes of matrices"
    yield Half(1), np.float64(1), False, "a subclass of a scalar"
    yield Half(1), with_attributes(Half(1), unit="m"), False, "its attributes"
    yield Half(NAN), Half(-NAN), True, "NaN in a subclass"
    yield np.rec.array([(1, "a")], names="n,t"), np.rec.array([(1, "a")], names="n,u"), False, "names in records"
    yield (
        np.rec.array([(1, "a")], names="n,t"),
        np.rec.fromarrays([[1], ["a"]], names="n,t"),
        True,
        "records by column",
    )
    yield np.rec.array([(1,)]), with_attributes(np.rec.array([(1,)]), note=1), False, "an attribute of records"


def random_numbers():
    kinds = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
    for name in kinds:
        yield bits(name), bits(name), True, f"equal {name}"
        yield bits(name), bits(name, 8), False, f"seeds of {name}"
        yield bits(name), drawn(bits(name), "random_raw"), False, f"{name} drawn from"
        if NUMPY_2:  # Before, a copy got a seed sequence of its own.
            yield bits(name), travelled(bits(name)), True, f"{name} that travelled"
            yield (
                np.random.Generator(bits(name)),
                copy.deepcopy(np.random.Generator(bits(name))),
                True,
                f"copied {name}",
            )
        yield bits(name), np.random.Generator(bits(name)), False, f"{name} is not its generator"
        yield np.random.Generator(bits(name)), np.random.Generator(bits(name)), True, f"generators of {name}"
        if hasattr(bits(name), "spawn"):
            yield bits(name), bits(name).spawn(1)[0], False, f"a child of {name}"
            yield bits(name).spawn(1)[0], bits(name).spawn(1)[0], True, f"equal children of {name}"
            yield bits(name), spawned(bits(name)), False, f"{name} that has children"
        if hasattr(bits(name), "jumped"):
            yield bits(name), bits(name).jumped(), False, f"{name} jumped"
        if hasattr(bits(name), "advance"):
            yield bits(name), bits(name).advance(3), False, f"{name} advanced"
            yield bits(name).advance(3), bits(name).advance(3), True, f"{name} advanced as far"
        half = drawn(np.random.Generator(bits(name)), "integers", 0, 9, 1, np.int32)
        yield half, drawn(np.random.Generator(bits(name)), "random"), False, f"half a number of {name} left"
    for one, two in itertools.pairwise(kinds):
        yield np.random.Generator(bits(one)), np.random.Generator(bits(two)), False, f"{one} or {two}"
    yield Twister(1), np.random.MT19937(1), False, "a subclass of a bit generator"
    extended = {
        "generator": lambda: Numbers(np.random.PCG64(1)),
        "bit generator": lambda: Twister(1),
        "random state": lambda: State(1),
        "seed sequence": lambda: Seeds(1),
    }
    for name, make in extended.items():
        yield make(), with_attributes(make(), note=1), False, f"an attribute of a {name}"
        yield (
            with_attributes(make(), note=1),
            with_attributes(make(), note=1),
            True,
            f"equal attributes of a {name}",
        )
    yield np.random.Philox(key=1), np.random.Philox(key=2), False, "keys of Philox"
    yield np.random.Philox(key=1), np.random.Philox(key=1, counter=5), False, "counters of Philox"
    rng = np.random.default_rng
    yield rng(3), rng([3]), False, "a seed in a list spawns the same but is another"
    yield rng(3), np.random.Generator(np.random.PCG64(3)), True, "the default is PCG64"
    yield rng(3), drawn(rng(4), "random"), False, "states differ"
    yield drawn(rng(3), times=2), drawn(rng(3), "random", 2), True, "drawn one by one or at once"
    yield drawn(rng(3), "normal"), drawn(rng(3), "standard_normal"), True, "drawn in two ways"
    state = rng(3).bit_generator.state
    yield with_state(np.random.PCG64(3), state), np.random.PCG64(3), True, "a state set again"
    yield rng(3), rng(3).bit_generator.state, False, "a generator is not its state"
    seeds = np.random.SeedSequence
    yield seeds(1), seeds(1), True, "equal seed sequences"
    yield seeds(1), seeds(1, pool_size=8), False, "the size of the pool"
    yield seeds(1), seeds(1, spawn_key=(1,)), False, "the spawn key"
    yield seeds(1).spawn(2)[1], seeds(1, spawn_key=(1,)), True, "the spawn key of a child"
    yield seeds(1), after(seeds(1), lambda s: s.spawn(1)), False, "a seed sequence that has children"
    yield seeds(1), after(seeds(1), lambda s: s.generate_state(4)), True, "a seed sequence that was read"
    yield seeds(2**200), seeds(2**200 + 1), False, "a seed of any size"
    legacy = np.random.RandomState
    yield legacy(1), travelled(legacy(1)), True, "a random state that travelled"
    yield legacy(1), legacy(2), False, "seeds of random states"
    yield drawn(legacy(1), "randn"), drawn(legacy(1), "randn", 2), False, "a second normal number is kept"
    yield drawn(legacy(1), "randn"), drawn(legacy(1), "random_sample", 2), False, "normal and other numbers"
    yield legacy(np.random.PCG64(1)), legacy(np.random.PCG64(1)), True, "a random state of PCG64"
    yield legacy(np.random.PCG64(1)), legacy(np.random.PCG64(2)), False, "seeds of such"
    yield legacy(np.random.MT19937(1)), np.random.Generator(np.random.MT19937(1)), False, "old and new generators"
    yield legacy(1).get_state(), legacy(1).get_state(), True, "the state as a tuple"
    yield legacy(1).rand, legacy(1).rand, True, "a method of a random state"
    yield legacy(1).rand, legacy(1).randn, False, "methods of a random state"
    yield rng(1).normal, rng(1).normal, True, "a method of a generator"
    yield rng(1).normal, rng(2).normal, False, "whose method it is"


def polynomials():
    yield np.poly1d([1, 2]), np.poly1d([1, 2], variable="z"), False, "the variable"
    yield np.poly1d([0, 1, 2]), np.poly1d([1, 2]), True, "leading zeros, which are cut off"
    yield np.poly1d([1, 2]), np.poly1d([1.0, 2.0]), False, "dtypes of coefficients"
    yield np.poly1d([1.0, -3.0, 2.0]), np.poly1d([1, 2], r=True), True, "made of its roots"
    yield np.poly1d([1, 2]), read(np.poly1d([1, 2]), "r", "order", "coef"), True, "a polynomial that was read"
    yield np.poly1d([1, 2]), np.array([1, 2]), False, "a polynomial is not its coefficients"
    names = ("Polynomial", "Chebyshev", "Legendre", "Laguerre", "Hermite", "HermiteE")
    for one, two in zip(names, names[1:] + names[:1], strict=True):
        yield polynomial(one, [1, 2]), polynomial(one, [1, 2]), True, f"equal {one}"
        yield polynomial(one, [1, 2]), polynomial(one, [1, 3]), False, f"{one} differ"
        yield polynomial(one, [1, 2]), polynomial(two, [1, 2]), False, f"{one} is not {two}"
        yield polynomial(one, [1, 2]), polynomial(one, [1, 2], domain=[0, 1]), False, f"the domain of {one}"
        yield polynomial(one, [1, 2]), polynomial(one, [1, 2], window=[0, 1]), False, f"the window of {one}"
        yield polynomial(one, [1, 2]), polynomial(one, [1, 2], symbol="z"), False, f"the symbol of {one}"
        yield polynomial(one, [1, 2]), read(polynomial(one, [1, 2]), "domain", "symbol"), True, f"{one} read"
        yield polynomial(one, [1, 2]), polynomial(one, [1, 2, 0]), False, f"the length of {one}"


def functions():
    yield np.add, np.subtract, False, "ufuncs differ"
    yield np.add, travelled(np.add), True, "a ufunc that travelled"
    yield np.abs, np.absolute, True, "two names of one ufunc"
    yield np.add.reduce, np.add.accumulate, False, "methods of a ufunc"
    yield np.add.reduce, np.multiply.reduce, False, "the ufunc of a method"
    yield np.add.reduce, np.add.reduce, True, "one method of a ufunc"
    yield np.add, "add", False, "a ufunc is not its name"
    yield np.sum, np.add, False, "a function is not a ufunc"
    yield np.sum, np.prod, False, "array functions differ"
    yield np.linalg.norm, np.linalg.norm, True, "an array function of a module"
    yield np.linalg.norm, np.linalg.det, False, "array functions of a module differ"
    yield np.fft.fft, np.fft.ifft, False, "functions of fft"
    yield np.where, np.concatenate, False, "array functions in C"
    yield np.array, np.asarray, False, "built-in functions"
    yield np.char.upper, np.char.lower, False, "functions of text"
    yield np.ma.sum, np.ma.mean, False, "functions of masked arrays"
    yield np.float64, np.float32, False, "classes of scalars"
    yield np.ndarray, np.matrix, False, "classes of arrays"
    yield np.linalg, np.fft, False, "modules"
    yield vectorized(), vectorized(), True, "equal vectorized functions"
    yield vectorized(), np.vectorize(other), False, "what is vectorized"
    yield vectorized(), vectorized(otypes=[float]), False, "types of results"
    yield vectorized(cache=True), vectorized(), False, "whether it keeps"
    yield vectorized(), vectorized(called=True), True, "a vectorized function that was called"
    yield vectorized(cache=True), vectorized(called=True, cache=True), True, "one that keeps, called"
    yield vectorized(otypes="d"), vectorized(called=True, otypes="d"), True, "one of a type, called"
    used = Applied(plain, otypes="d")
    used([1, 2])
    yield Applied(plain, otypes="d"), used, True, "one of a subclass, called"
    yield vectorized(excluded={0}), vectorized(excluded={1}), False, "what is excluded"
    yield vectorized(signature="()->()"), vectorized(), False, "a signature"
    yield Applied(plain), vectorized(), False, "a subclass of vectorize"
    yield Applied(plain), with_attributes(Applied(plain), note=1), False, "an attribute of a vectorized function"
    if NUMPY_2:
        yield np.strings.str_len, np.strings.isalpha, False, "ufuncs of strings"
        yield np.bitwise_count, np.bitwise_and, False, "ufuncs of bits"


def limits_and_settings():
    for code in "efd":
        attributes = ("tiny", "smallest_normal", "eps", "max", "nmant")
        yield limits(code), read(limits(code), *attributes), True, f"limits of {code} that were read"
    yield np.finfo("f4"), np.finfo("f8"), False, "limits of floats"
    yield np.finfo("f8"), np.finfo("D"), True, "limits of complex numbers are those of their parts"
    yield np.iinfo("i4"), np.iinfo("i4"), True, "equal limits of integers"
    yield np.iinfo("i4"), np.iinfo("u4"), False, "limits of integers"
    yield np.iinfo("i4"), read(np.iinfo("i4"), "max", "min"), True, "limits of integers that were read"
    yield np.errstate(divide="ignore"), np.errstate(divide="ignore"), True, "equal settings of errors"
    yield np.errstate(divide="ignore"), np.errstate(over="ignore"), False, "settings of errors"
    yield np.s_[1:3, ...], np.s_[1:3, ...], True, "an index"
    yield np.s_[1:3], np.s_[1:4], False, "indices differ"
    yield np.mgrid, np.ogrid, False, "grids"
    yield np.ix_([0, 1], [2]), np.ix_([0, 1], [2]), True, "an open mesh"
    yield np.newaxis, None, True, "a new axis is None"
    yield np.nan, NAN, True, "the NaN of numpy is a float"
    yield np.pi, np.float64(np.pi), False, "a constant is a float"
    yield np.True_, np.bool_(1), True, "one True of numpy"
    yield np.lib.NumpyVersion("1.2.3"), np.lib.NumpyVersion("1.2.4"), False, "versions"


def limits(code):
    """Return limits that nobody has read, for numpy keeps one object for each type."""
    kept = np.finfo._finfo_cache
    before = dict(kept)
    kept.clear()
    made = np.finfo(code)
    kept.clear()
    kept.update(before)
    return made


def refused():
    """Yield what has a place or a resource in it, and why."""
    grid = np.arange(6).reshape(2, 3)
    yield grid.flat, "np.flatiter"
    yield np.nditer(grid), "np.nditer"
    yield np.ndenumerate(grid), "np.ndenumerate"
    yield np.ndindex(2, 3), "np.ndindex"
    yield np.broadcast(grid, grid[0]), "np.broadcast"
    yield np.nested_iters([grid], [[0], [1]]), "np.nested_iters"
    yield np.frompyfunc(plain, 1, 1), "a ufunc made of a function"
    yield objects(iter([1])), "an object array of iterators"
    yield masked(objects(1, iter([1])), [1, 0]), "an object under no mask"
    yield np.array([(1, iter([1]))], [("n", "i4"), ("o", "O")]), "a field of objects"
    yield Unit([1], iter([1])), "an attribute of a subclass"


FAMILIES = (
    numbers,
    times,
    texts,
    layouts,
    structures,
    objects_in_arrays,
    variable_strings,
    masked_arrays,
    subclasses,
    random_numbers,
    polynomials,
    functions,
    limits_and_settings,
)
REFUSED = (refused,)
