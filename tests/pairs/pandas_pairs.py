"""Pairs of pandas values that must, or must not, have the same token; for pandas 2 and 3."""

# ruff: noqa: DTZ001, FLY002, PD011, PLR0915 - these are values under test, in long tables.

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import decimal
import pickle
import warnings
import zoneinfo

import numpy as np
import pandas as pd

try:
    import pyarrow as pa
except ImportError:
    pa = None

PANDAS_3 = int(pd.__version__.partition(".")[0]) >= 3
NAN = float("nan")


class Measured(pd.DataFrame):
    _metadata = ("unit",)

    @property
    def _constructor(self):
        return Measured


class Loose(pd.DataFrame):
    """Keeps an attribute that pandas knows nothing of."""


class Column(pd.Series):
    _metadata = ("unit", "name")

    @property
    def _constructor(self):
        return Column


class LooseColumn(pd.Series):
    """Keeps an attribute, too."""


class Span(pd.Interval):
    pass


class Labels(pd.Categorical):
    pass


class Moment(pd.Timestamp):
    pass


class Length(pd.Timedelta):
    pass


def with_attribute(value, name, content):
    object.__setattr__(value, name, content)
    return value


def with_attrs(value, **attrs):
    value.attrs.update(attrs)
    return value


def after(value, *actions):
    """Return a value with which something was done that must not show."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for action in actions:
            with contextlib.suppress(Exception):  # Not every action is for every value.
                action(value)
    return value


def travelled(value):
    return pickle.loads(pickle.dumps(value))


def looked_up(index):
    """Return an index with all of its caches filled."""
    return after(
        index,
        lambda i: i.is_unique,
        lambda i: i.is_monotonic_increasing,
        lambda i: i.is_monotonic_decreasing,
        lambda i: i.hasnans,
        lambda i: i.inferred_type,
        lambda i: i.get_loc(i[0]),
        lambda i: i._engine,
        lambda i: i.get_indexer_for(i[:1]),
        lambda i: i.values,
        lambda i: i.array,
        lambda i: i.nbytes,
        lambda i: hash(i.dtype),
        lambda i: i[0] in i,
        str,
    )


def numbers():
    return pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]})


def mixed():
    return pd.DataFrame(
        {
            "i": [1, 2, 3],
            "f": [1.5, NAN, 2.5],
            "s": ["x", None, "z"],
            "o": pd.Series([1, "a", None], dtype=object),
            "t": pd.to_datetime(["2020-01-01", None, "2020-01-03"]),
            "c": pd.Categorical(["u", "v", "u"]),
            "n": pd.array([1, None, 3], dtype="Int64"),
            "b": [True, False, True],
        }
    )


def column_by_column(frame):
    made = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        made[name] = frame[name].copy()
    made.columns = frame.columns
    return made


def objects(*values):
    made = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = value
    return pd.Series(made, dtype=object)


def series(values, dtype, **options):
    return pd.Series(pd.array(values, dtype=dtype), **options)


def arrow(values, kind):
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, type=kind)))


def from_arrow(*chunks, kind=None):
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array(list(chunks), type=kind)))


def under_a_null(values, mask):
    return pd.Series(pd.arrays.IntegerArray(np.array(values), np.array(mask)))


def sparse(values, **options):
    return pd.Series(pd.arrays.SparseArray(values, **options))


def frames():
    frame = numbers()
    table = frame.to_numpy()
    yield frame, pd.DataFrame(np.asfortranarray(table), columns=["a", "b"]), True, "a table in Fortran order"
    yield frame, pd.DataFrame(np.ascontiguousarray(table), columns=["a", "b"]), True, "a table in C order"
    yield frame, pd.DataFrame(table.T.tolist(), index=["a", "b"]).T, True, "a transposed frame"
    yield frame, frame.T.T, True, "transposed twice"
    yield frame, frame.T, False, "the transpose of a frame"
    yield mixed(), column_by_column(mixed()), True, "mixed columns, one by one"
    yield mixed(), after(column_by_column(mixed()), lambda f: f._consolidate_inplace()), True, "consolidated"
    yield mixed(), mixed().copy(deep=False), True, "a shallow copy"
    yield mixed(), mixed()[:], True, "a slice of all"
    yield mixed(), mixed().iloc[::-1].iloc[::-1], True, "reversed twice"
    yield mixed(), travelled(mixed()), True, "a frame that travelled"
    yield mixed(), copy.deepcopy(mixed()), True, "a deep copy"
    yield mixed(), mixed().reset_index(drop=True), True, "the index anew"
    yield mixed(), pd.concat([mixed().iloc[:, :3], mixed().iloc[:, 3:]], axis=1), True, "put together of two"
    yield mixed(), mixed().assign(i=[1, 2, 3]), True, "a column assigned again"
    yield mixed(), mixed().assign(i=[1, 2, 4]), False, "a column assigned"
    yield mixed(), mixed().assign(c=["u", "v", "u"]), False, "a category replaced by its text"
    yield mixed().iloc[1:], mixed().iloc[1:].copy(), True, "a view of rows"
    yield mixed().iloc[1:], mixed().iloc[1:].reset_index(drop=True), False, "where a range begins"
    yield mixed().iloc[::2], mixed().iloc[[0, 2]], False, "a range with a step and numbers"
    yield mixed()[["i", "f"]], mixed().drop(columns=["s", "o", "t", "c", "n", "b"]), True, "columns left over"
    changed = mixed()
    changed.loc[0, "i"] = 9
    changed.loc[0, "i"] = 1
    yield mixed(), changed, True, "changed and changed back"
    shallow = numbers()
    written = shallow.copy(deep=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written.iloc[0, 0] = -1.0
    yield written, shallow, not PANDAS_3, "copy on write"
    popped = mixed()
    popped["extra"] = 1
    popped.pop("extra")
    yield mixed(), popped, True, "a column added and taken away"
    cached = after(
        mixed(), lambda f: f["i"], lambda f: f["s"], lambda f: f.i, str, lambda f: f.dtypes, lambda f: f.values
    )
    yield mixed(), cached, True, "columns that were read"
    yield (
        mixed(),
        after(mixed(), lambda f: looked_up(f.index), lambda f: looked_up(f.columns)),
        True,
        "axes that were",
    )
    yield mixed(), after(mixed(), lambda f: f.memory_usage(deep=True), lambda f: f.describe()), True, "described"
    yield (
        mixed(),
        after(mixed(), lambda f: f.attrs, lambda f: f.flags, lambda f: f.style),
        True,
        "attributes that were",
    )
    twice = pd.DataFrame([[1, 2.0, 3]], columns=["a", "b", "a"])
    yield (
        twice,
        column_by_column(twice.set_axis([0, 1, 2], axis=1)).set_axis(["a", "b", "a"], axis=1),
        True,
        "doubled",
    )
    yield twice, pd.DataFrame([[3, 2.0, 1]], columns=["a", "b", "a"]), False, "which of two columns of one name"
    yield twice, twice.iloc[:, [2, 1, 0]], False, "columns of one name swapped"
    yield pd.DataFrame(index=[1]), pd.DataFrame(columns=[1]), False, "empty one way or the other"
    yield pd.DataFrame(index=range(3)), pd.DataFrame(index=range(4)), False, "rows without columns"
    yield pd.DataFrame(columns=["a"]), pd.DataFrame(columns=["b"]), False, "columns without rows"
    yield pd.DataFrame({"a": np.zeros(0)}), pd.DataFrame({"a": np.zeros(0, "i8")}), False, "dtypes without rows"
    yield pd.DataFrame(), pd.DataFrame(columns=pd.RangeIndex(0)), True, "nothing at all"
    yield pd.DataFrame(), pd.DataFrame(columns=pd.Index([], dtype=object)), False, "the kind of no columns"
    yield pd.DataFrame(np.zeros((2, 0))), pd.DataFrame(np.zeros((0, 2))), False, "shapes of empty frames"
    yield frame, frame.set_axis(["a", "b"], axis=1), True, "equal names"
    yield frame, frame.set_axis(pd.CategoricalIndex(["a", "b"]), axis=1), False, "columns by category"
    yield frame, frame.set_axis(pd.Index(["a", "b"], dtype=object), axis=1), not PANDAS_3, "columns of objects"
    yield pd.DataFrame([[1, 2]]), pd.DataFrame([[1, 2]], columns=[0, 1]), False, "columns by range or numbers"
    yield pd.DataFrame([[1]], columns=[1]), pd.DataFrame([[1]], columns=["1"]), False, "types of column names"
    yield (
        pd.DataFrame([[1]], columns=pd.Index([1])),
        pd.DataFrame([[1]], columns=pd.Index([1.0])),
        False,
        "1 or 1.0",
    )
    deep = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")], names=["k", "l"])
    yield (
        frame.set_axis(deep, axis=1),
        frame.set_axis(deep.set_names(["k", "m"]), axis=1),
        False,
        "names of columns",
    )
    yield (
        frame.set_axis(deep, axis=1)["a"],
        pd.DataFrame(table, columns=pd.Index(["x", "y"], name="l")),
        True,
        "below",
    )
    yield frame, frame.set_flags(allows_duplicate_labels=False), False, "a flag"
    yield frame.set_flags(allows_duplicate_labels=True), frame, True, "the flag that is there anyway"
    yield with_attrs(numbers(), a=1), with_attrs(numbers(), a=2), False, "attrs differ"
    yield with_attrs(numbers(), a=1, b=2), with_attrs(numbers(), a=1, b=2), True, "equal attrs"
    yield with_attrs(numbers(), a=[1]), with_attrs(numbers(), a=(1,)), False, "types within attrs"
    yield after(with_attrs(numbers(), a=1), lambda f: f.attrs.clear()), numbers(), True, "attrs cleared"
    yield Measured(frame), Measured(frame.copy()), True, "equal subclasses"
    yield with_attribute(Measured(frame), "unit", 1), with_attribute(Measured(frame), "unit", 2), False, "metadata"
    yield with_attribute(Measured(frame), "unit", 1)[["a"]], Measured(frame)[["a"]], False, "metadata of a view"
    yield Loose(frame), Loose(frame), True, "a subclass without metadata"
    yield (
        with_attribute(Loose(frame), "unit", 1),
        with_attribute(Loose(frame), "unit", 2),
        False,
        "its own attribute",
    )
    held = pd.DataFrame({"a": objects(frame, [frame])})
    yield held, pd.DataFrame({"a": objects(frame.copy(), [frame.copy()])}), True, "frames in a frame"
    yield held, pd.DataFrame({"a": objects(frame, [frame.T])}), False, "frames in a frame differ"
    for one, two in (("f8", "f4"), ("i8", "i4"), ("i8", "u8"), ("?", "i1"), ("D", "F"), ("i4", "f4")):
        yield (
            pd.DataFrame(np.ones((2, 2), one)),
            pd.DataFrame(np.ones((2, 2), two)),
            False,
            f"columns of {one} or {two}",
        )
    wide = np.arange(60_000.0).reshape(100, 600)
    yield pd.DataFrame(wide), pd.DataFrame(np.asfortranarray(wide)), True, "a wide table"
    yield pd.DataFrame(wide.T), pd.DataFrame(wide).T, True, "a wide table transposed"
    yield pd.DataFrame(wide[::2, ::-3]), pd.DataFrame(wide[::2, ::-3].copy()), True, "a strided table"
    other = wide.copy()
    other[99, 599] += 1
    yield pd.DataFrame(wide), pd.DataFrame(other), False, "the last of a wide table"
    long = np.arange(400_000.0).reshape(200_000, 2)
    yield (
        pd.DataFrame(long),
        pd.DataFrame({0: long[:, 0].copy(), 1: long[:, 1].copy()}).set_axis(pd.RangeIndex(2), axis=1),
        True,
        "a long table",
    )
    dates = np.arange(24).reshape(6, 4).view("M8[ns]")
    yield pd.DataFrame(dates), pd.DataFrame(np.asfortranarray(dates)), True, "a table of dates"
    yield pd.DataFrame(dates), column_by_column(pd.DataFrame(dates)), True, "dates column by column"
    yield pd.DataFrame(wide > 5), pd.DataFrame(np.asfortranarray(wide > 5)), True, "a table of flags"


def series_rows():
    values = pd.Series([1.0, 2.0, NAN])
    yield values, pd.Series(np.array([1.0, 9, 2.0, 9, NAN])[::2]), True, "a strided series"
    yield values, values[::-1][::-1], True, "a series reversed twice"
    yield values, travelled(values), True, "a series that travelled"
    yield values, values.rename(None), True, "no name"
    yield values.rename("a"), values.rename(b"a"), False, "types of names"
    yield values.rename(("a", 1)), values.rename(("a", 1)), True, "a tuple as name"
    yield values.rename(0), values, False, "a name that is false"
    yield values.rename(1), values.rename(True), False, "a name that is equal"
    yield values, values.to_frame()[0].rename(None), True, "a column of a frame"
    yield values, values.reset_index(drop=True), True, "the index of a series anew"
    yield values, values.set_axis([0, 1, 2]), False, "numbers for a range"
    yield values, with_attrs(values.copy(), a=1), False, "attrs of a series"
    yield values, values.set_flags(allows_duplicate_labels=False), False, "the flag of a series"
    yield values, values.array, False, "a series is not its array"
    yield values, values.index, False, "a series is not its index"
    yield Column(values), values, False, "a subclass of series"
    yield with_attribute(Column(values), "unit", 1), Column(values), False, "metadata of a series"
    yield (
        with_attribute(Column(values), "unit", 1),
        with_attribute(Column(values), "unit", 1),
        True,
        "equal metadata",
    )
    yield Column(values, name="a"), Column(values, name="b"), False, "the name of a subclass"
    yield pd.Series([], dtype="f8"), pd.Series([], dtype="f4"), False, "dtypes of empty series"
    yield pd.Series([], dtype="f8"), pd.Series([], dtype=object), False, "an empty series of objects"
    yield (
        pd.Series([], dtype="f8"),
        pd.Series([], dtype="f8", index=pd.Index([])),
        False,
        "indices of empty series",
    )
    yield pd.Series([0.0]), pd.Series([-0.0]), False, "the sign of zero"
    yield pd.Series([1]), pd.Series([True]), False, "ints and bools"
    yield pd.Series([1]), pd.Series([1], dtype="category"), False, "ints and categories"
    yield mixed()["i"], mixed()["i"].copy(), True, "a column that is a view"
    yield numbers().loc[1], numbers().T[1], True, "a row of a frame"
    yield (
        values,
        after(values.copy(), lambda s: s.is_unique, lambda s: s.hasnans, lambda s: s.values, str),
        True,
        "a series that was read",
    )
    yield values, after(values.copy(), lambda s: looked_up(s.index)), True, "its index looked up"
    if not PANDAS_3:
        yield values, after(numbers()["a"].copy(), lambda s: s), False, "other values"


def object_columns():
    missing = {"None": None, "NaN": NAN, "NA": pd.NA, "NaT": pd.NaT, "zero": 0, "text": ""}
    names = list(missing)
    for one in names:
        yield objects(1, missing[one]), objects(1, missing[one]), True, f"{one} in an object column"
        for two in names[names.index(one) + 1 :]:
            yield objects(1, missing[one]), objects(1, missing[two]), False, f"{one} or {two} in an object column"
            yield missing[one], missing[two], False, f"{one} or {two} alone"
    yield objects(NAN), objects(np.float64(NAN)), False, "NaN of numpy in an object column"
    yield objects(np.datetime64("NaT", "s")), objects(pd.NaT), False, "NaT of numpy in an object column"
    yield objects(NAN), objects(-NAN), True, "which NaN in an object column"
    yield objects(decimal.Decimal(1)), objects(1), False, "decimals in an object column"
    yield objects(decimal.Decimal("1.0")), objects(decimal.Decimal("1.00")), False, "places of decimals"
    yield objects(dt.date(2020, 1, 1)), objects(dt.datetime(2020, 1, 1)), False, "dates and times"
    yield objects(pd.Timestamp("2020")), objects(dt.datetime(2020, 1, 1)), False, "timestamps and times"
    yield objects([1], {"a": [2]}), objects([1], {"a": [2]}), True, "containers in an object column"
    yield objects([1], {"a": [2]}), objects([1], {"a": [3]}), False, "containers in an object column differ"
    yield objects(np.arange(3)), objects([0, 1, 2]), False, "arrays in an object column"
    yield objects(np.arange(3)), objects(np.arange(9)[:3]), True, "views in an object column"
    yield objects("a", "b"), pd.Series(["a", "b"], dtype=object), True, "strings as objects"
    yield objects("a", "b"), pd.Series(["a", "b"], dtype="string"), False, "strings as strings"
    yield objects("a", 1), objects("a", True), False, "1 or True in an object column"
    text = "".join(["a", "b"])
    yield objects(text, text), objects("ab", "".join(["a", "b"])), True, "shared strings in an object column"
    yield objects(pd.Interval(0, 1)), objects(pd.Interval(0.0, 1.0)), False, "intervals in an object column"
    yield pd.Index([1, "a"]), pd.Index(["1", "a"]), False, "an index of objects"
    yield pd.Index([None, 1], dtype=object), pd.Index([NAN, 1], dtype=object), False, "what misses in an index"
    tangled = objects(1, None)
    tangled[1] = tangled
    again = objects(1, None)
    again[1] = again
    yield tangled, again, True, "a series that holds itself"
    yield tangled, objects(1, objects(1, None)), False, "a series that holds another"


def indices():
    yield pd.RangeIndex(3), pd.RangeIndex(0, 3, 1), True, "a range by start and step"
    yield pd.RangeIndex(3), pd.RangeIndex(3, name="a"), False, "the name of a range"
    yield pd.RangeIndex(0, 4, 2), pd.RangeIndex(0, 3, 2), False, "where equal ranges stop"
    yield pd.RangeIndex(0), pd.RangeIndex(1, 1), False, "where empty ranges are"
    yield pd.RangeIndex(3), looked_up(pd.RangeIndex(3)), True, "a range looked up"
    yield pd.RangeIndex(3), pd.RangeIndex(3)[:], True, "a slice of a range"
    yield pd.RangeIndex(6)[::2], pd.RangeIndex(0, 6, 2), True, "every other of a range"
    yield pd.RangeIndex(3), range(3), False, "a range of Python"
    fresh = {
        "ints": lambda: pd.Index([3, 1, 2]),
        "unsigned": lambda: pd.Index([3, 1, 2], dtype="u1"),
        "floats": lambda: pd.Index([1.5, 0.5, NAN]),
        "bools": lambda: pd.Index([True, False]),
        "complex": lambda: pd.Index([1j, 2j]),
        "objects": lambda: pd.Index(["a", 1], dtype=object),
        "strings": lambda: pd.Index(["a", "b"]),
        "typed strings": lambda: pd.Index(["a", "b"], dtype="string"),
        "nullable": lambda: pd.Index([1, None], dtype="Int64"),
        "dates": lambda: pd.date_range("2020", periods=4, freq="D"),
        "irregular dates": lambda: pd.DatetimeIndex(["2020", "2022", "2021"]),
        "zoned dates": lambda: pd.date_range("2020", periods=4, freq="h", tz="Europe/Berlin"),
        "durations": lambda: pd.timedelta_range("1h", periods=4, freq="h"),
        "periods": lambda: pd.period_range("2020", periods=4, freq="M"),
        "intervals": lambda: pd.interval_range(0, 4),
        "intervals of dates": lambda: pd.interval_range(pd.Timestamp("2020"), periods=3, freq="D"),
        "categories": lambda: pd.CategoricalIndex(["a", "b", "b"], categories=["b", "a"]),
        "several": lambda: pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["n", "s"]),
        "several with dates": lambda: pd.MultiIndex.from_product([pd.date_range("2020", periods=2), ["a"]]),
    }
    for name, make in fresh.items():
        yield make(), looked_up(make()), True, f"an index of {name}, looked up"
        yield make(), travelled(looked_up(make())), True, f"an index of {name} that travelled"
        yield make(), make()[::-1], False, f"an index of {name}, reversed"
        yield (
            make(),
            make().rename("z" if make().nlevels == 1 else ["y", "z"]),
            False,
            f"an index of {name}, renamed",
        )
        yield make(), make().copy(deep=True), True, f"an index of {name}, copied"
        yield make(), make().view(), True, f"an index of {name}, viewed"
        yield make(), make().astype(object), make().dtype == object, f"an index of {name}, as objects"
        yield make()[:1], make()[:0], False, f"an index of {name}, emptied"
        yield make().to_series(), looked_up(make()).to_series(), True, f"an index of {name} as a series"
    yield pd.Index([1, 2]), pd.Series([1, 2]), False, "an index is not a series"
    yield pd.Index([1, 2]), pd.Index([1, 2], dtype="i4"), False, "widths of an index"
    yield pd.Index([1, 2]), pd.Index([1, 2], dtype="Int64"), False, "a nullable index"
    yield pd.Index([], dtype="i8"), pd.Index([], dtype="f8"), False, "dtypes of an empty index"
    yield pd.Index([1, 2], name="a"), pd.Index([1, 2], name=("a",)), False, "a tuple as name of an index"


def dates():
    days = pd.date_range("2020", periods=4)
    guessed = after(
        pd.DatetimeIndex(list(days)), lambda i: i.inferred_freq, lambda i: i.resolution, lambda i: i.is_year_end
    )
    yield pd.DatetimeIndex(list(days)), guessed, True, "a frequency that was guessed"
    yield (
        days,
        after(pd.DatetimeIndex(list(days)), lambda i: setattr(i, "freq", "D")),
        True,
        "a frequency set later",
    )
    yield days, days._with_freq(None), False, "a frequency taken away"
    yield days[::2], pd.date_range("2020", periods=2, freq="2D"), True, "every other day"
    yield days[::2], days[[0, 2]], False, "every other day, without a frequency"
    yield (
        pd.date_range("2020", periods=1, freq="D"),
        pd.date_range("2020", periods=1, freq="h"),
        False,
        "freq of one",
    )
    yield pd.date_range("2020", periods=0, freq="D"), pd.date_range("2021", periods=0, freq="D"), True, "no days"
    yield pd.date_range("2020", periods=2, freq="24h"), pd.date_range("2020", periods=2, freq="D"), False, "24 h"
    yield pd.Series(days), pd.Series(pd.DatetimeIndex(list(days))), True, "a series has no frequency"
    yield days.array, days.array.copy(), True, "equal arrays of dates"
    yield days.array, days.array[::-1], False, "arrays of dates differ"
    for one, two in (("s", "ms"), ("ms", "us"), ("us", "ns")):
        yield days.as_unit(one), days.as_unit(two), False, f"an index in {one} or {two}"
        yield (
            pd.Series(days).dt.as_unit(one),
            pd.Series(days).dt.as_unit(two),
            False,
            f"a series in {one} or {two}",
        )
        yield (days - days[0]).as_unit(one), (days - days[0]).as_unit(two), False, f"durations in {one} or {two}"
        yield (
            pd.Timestamp("2020").as_unit(one),
            pd.Timestamp("2020").as_unit(two),
            False,
            f"a time in {one} or {two}",
        )
        yield (
            pd.Timedelta("1D").as_unit(one),
            pd.Timedelta("1D").as_unit(two),
            False,
            f"a duration in {one} or {two}",
        )
    berlin, utc = zoneinfo.ZoneInfo("Europe/Berlin"), dt.UTC
    local = days.tz_localize("Europe/Berlin")
    yield local, days.tz_localize(berlin), PANDAS_3, "a zone by name, of pytz before pandas 3"
    yield (
        days.tz_localize(berlin),
        days.tz_localize(zoneinfo.ZoneInfo.no_cache("Europe/Berlin")),
        True,
        "a zone of its own",
    )
    yield local, days.tz_localize("Europe/Paris"), False, "zones of equal times"
    yield local, days, False, "zoned or not"
    yield local, local.tz_convert("UTC"), False, "one instant in zones"
    yield days.tz_localize(utc), days.tz_localize("UTC"), True, "the zone UTC"
    yield days.tz_localize(utc), days.tz_localize(zoneinfo.ZoneInfo("UTC")), False, "UTC of zoneinfo"
    plus = dt.timezone(dt.timedelta(hours=1))
    yield days.tz_localize(plus), days.tz_localize(dt.timezone(dt.timedelta(hours=1))), True, "fixed offsets"
    yield (
        days.tz_localize(plus),
        days.tz_localize(dt.timezone(dt.timedelta(hours=2))),
        False,
        "fixed offsets differ",
    )
    yield days.tz_localize(plus), days.tz_localize("+01:00"), True, "a fixed offset as text"
    yield days.tz_localize("UTC"), days.tz_localize("+00:00"), True, "an offset of nothing"
    yield (
        pd.Series(local),
        pd.Series(local).dt.tz_convert("UTC").dt.tz_convert("Europe/Berlin"),
        True,
        "there and back",
    )
    yield pd.Series(local), pd.Series(local).dt.tz_localize(None), False, "a series without its zone"
    yield pd.DataFrame({"t": local}), pd.DataFrame({"t": local.tz_convert("UTC")}), False, "zones of a column"
    with contextlib.suppress(ImportError):
        import pytz

        there = pytz.timezone("Europe/Berlin")
        yield days.tz_localize(there), days.tz_localize(pytz.timezone("Europe/Berlin")), True, "a zone of pytz"
        yield days.tz_localize(there), local, not PANDAS_3, "a zone of another library"
        summer = pd.date_range("2020-07", periods=2, tz=there)
        yield summer, pd.DatetimeIndex([*summer]).as_unit(summer.unit)._with_freq("infer"), False, "freq of few"
        yield summer[0].tzinfo, pd.Timestamp("2020-07-01", tz=there).tzinfo, True, "summer in pytz"
        yield pd.Series(summer), pd.Series([*summer]).dt.as_unit(summer.unit), True, "a zone taken from its times"
    gone = pd.DatetimeIndex([pd.NaT, pd.Timestamp("2020")])
    yield gone, pd.DatetimeIndex([None, "2020"]).as_unit(gone.unit), True, "no time"
    yield gone, pd.DatetimeIndex(["1970", "2020"]).as_unit(gone.unit), False, "no time is not the first"
    yield pd.Series([pd.NaT]), pd.Series([pd.NaT - pd.NaT], dtype="m8[ns]"), False, "no time is no duration"
    yield pd.Series([pd.NaT], dtype="M8[ns]"), pd.Series([pd.NaT], dtype="M8[ns, UTC]"), False, "no time in a zone"
    hours = pd.timedelta_range("1h", periods=3, freq="h")
    yield hours, pd.TimedeltaIndex(list(hours)).as_unit(hours.unit), False, "the frequency of durations"
    months = pd.period_range("2020", periods=3, freq="M")
    yield months, pd.PeriodIndex(["2020-01", "2020-02", "2020-03"], freq="M"), True, "periods by name"
    yield months, months.asfreq("D"), False, "periods of days"
    yield months, months.asfreq("2M"), False, "periods of two months"
    yield months, months.to_timestamp(), False, "periods are not times"
    yield months.asfreq("Q"), months.asfreq("Q-NOV"), False, "quarters"
    yield months, after(months.copy(), lambda p: p.start_time, lambda p: p.is_full), True, "periods that were read"
    yield pd.Series(months), pd.Series(months).copy(), True, "a series of periods"
    yield pd.Series(months), pd.Series(months.asfreq("Q")), False, "series of periods"
    yield pd.PeriodIndex([pd.NaT], freq="M"), pd.PeriodIndex(["1970-01"], freq="M"), False, "no period"


def times_alone():
    stamp = pd.Timestamp("2020-01-01 10:00:00.123456789")
    yield stamp, pd.Timestamp("2020-01-01 10:00:00.123456788"), False, "nanoseconds"
    yield stamp, pd.Timestamp(stamp), True, "a timestamp of a timestamp"
    yield stamp, travelled(stamp), True, "a timestamp that travelled"
    yield stamp, stamp.tz_localize("Europe/Berlin"), False, "a zone"
    zoned = pd.Timestamp("2020-01-01 10:00", tz="Europe/Berlin")
    yield zoned, pd.Timestamp("2020-01-01 09:00", tz="UTC").as_unit(zoned.unit), False, "the same instant"
    yield (
        zoned,
        pd.Timestamp("2020-01-01 09:00", tz="UTC").as_unit(zoned.unit).tz_convert("Europe/Berlin"),
        True,
        "back",
    )
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    early = pd.Timestamp(year=2020, month=10, day=25, hour=2, minute=30, tz=berlin, fold=0)
    late = pd.Timestamp(year=2020, month=10, day=25, hour=2, minute=30, tz=berlin, fold=1)
    yield early, late, False, "an hour that comes twice"
    moved = (early.tz_convert("UTC") + pd.Timedelta("1h")).tz_convert(berlin).as_unit(late.unit)
    yield late, moved, True, "an hour later"
    yield pd.Series([late])[0], pd.Series([moved])[0], True, "an hour that comes twice, from a series"
    yield pd.Timestamp("2020", tz=dt.UTC), pd.Timestamp("2020", tz="UTC"), True, "UTC alone"
    read = after(pd.Timestamp("2020"), lambda t: t.dayofweek, lambda t: t.value, hash, str)
    yield pd.Timestamp("2020"), read, True, "a timestamp that was read"
    yield pd.Timestamp(0), pd.NaT, False, "the epoch"
    yield pd.Timestamp.min, pd.Timestamp.max, False, "ends of time"
    yield pd.Timedelta(0), pd.NaT, False, "no duration"
    yield pd.Timedelta(0), dt.timedelta(0), False, "a duration of Python"
    yield pd.Timedelta("1ns"), pd.Timedelta("2ns"), False, "short durations"
    yield pd.Timedelta(-1, "D"), pd.Timedelta(1, "D"), False, "negative durations"
    yield pd.Timedelta("1D").to_timedelta64(), pd.Timedelta("1D"), False, "a duration of numpy"
    yield pd.Timestamp("2020").to_datetime64(), pd.Timestamp("2020"), False, "a time of numpy"
    yield pd.Period("2020-01", "M"), pd.Period("2020-01-15", "M"), True, "a day within a period"
    yield pd.Period("2020-01", "M"), pd.Period("2020-02", "M"), False, "periods"
    yield pd.Period("2020Q1", "Q"), pd.Period("2020Q1", "Q-NOV"), False, "quarters that end elsewhere"
    yield pd.Period("2020", "Y"), travelled(pd.Period("2020", "Y")), True, "a period that travelled"
    yield pd.Interval(0, 1), pd.Interval(0, 1), True, "equal intervals"
    yield pd.Interval(0, 1), pd.Interval(0.0, 1.0), False, "types of ends"
    yield pd.Interval(0, 1, "both"), pd.Interval(0, 1, "neither"), False, "ends that belong to it"
    yield (
        pd.Interval(stamp, stamp),
        pd.Interval(stamp.tz_localize("UTC"), stamp.tz_localize("UTC")),
        False,
        "of times",
    )
    extended = {
        "interval": lambda: Span(0, 1),
        "categorical": lambda: Labels(["a"]),
        "timestamp": lambda: Moment("2020"),
        "duration": lambda: Length("1s"),
        "series": lambda: LooseColumn([1]),
    }
    for name, make in extended.items():
        noted = with_attribute(make(), "note", 1)
        yield noted, with_attribute(make(), "note", 2), False, f"attributes of a subclass: {name}"
        yield noted, with_attribute(make(), "note", 1), True, f"equal attributes of a subclass: {name}"
    offsets = pd.offsets
    made = {
        "Day": lambda: offsets.Day(2),
        "Hour": lambda: offsets.Hour(2),
        "Nano": lambda: offsets.Nano(2),
        "MonthEnd": lambda: offsets.MonthEnd(1),
        "MonthEnd, normalised": lambda: offsets.MonthEnd(1, normalize=True),
        "MonthBegin": lambda: offsets.MonthBegin(1),
        "QuarterEnd in March": lambda: offsets.QuarterEnd(1, startingMonth=3),
        "QuarterEnd in April": lambda: offsets.QuarterEnd(1, startingMonth=4),
        "YearEnd": lambda: offsets.YearEnd(month=6),
        "Week": lambda: offsets.Week(weekday=2),
        "Week of any day": offsets.Week,
        "WeekOfMonth": lambda: offsets.WeekOfMonth(week=1, weekday=2),
        "LastWeekOfMonth": lambda: offsets.LastWeekOfMonth(weekday=2),
        "SemiMonthEnd": lambda: offsets.SemiMonthEnd(day_of_month=10),
        "BusinessDay": offsets.BDay,
        "BusinessDay, later": lambda: offsets.BDay(offset=dt.timedelta(hours=2)),
        "BusinessHour": offsets.BusinessHour,
        "BusinessHour, early": lambda: offsets.BusinessHour(start="08:00"),
        "CustomBusinessDay": lambda: offsets.CDay(holidays=["2020-01-01"]),
        "CustomBusinessDay, other holidays": lambda: offsets.CDay(holidays=["2020-01-02"]),
        "CustomBusinessDay, other week": lambda: offsets.CDay(weekmask="Mon Tue"),
        "CustomBusinessMonthEnd": lambda: offsets.CBMonthEnd(holidays=["2020-01-01"]),
        "FY5253": lambda: offsets.FY5253(weekday=4, startingMonth=12),
        "FY5253, other": lambda: offsets.FY5253(weekday=3, startingMonth=12),
        "Easter": offsets.Easter,
        "DateOffset": lambda: offsets.DateOffset(months=1, days=2),
        "DateOffset to a day": lambda: offsets.DateOffset(day=2),
        "DateOffset of many": lambda: offsets.DateOffset(2, months=1, days=2),
    }
    names = list(made)
    for one, two in zip(names, names[1:] + names[:1], strict=True):
        used = after(
            made[one](),
            lambda o: pd.Timestamp("2020-01-03") + o,
            lambda o: o.is_on_offset(pd.Timestamp("2020")),
            lambda o: o.freqstr,
            lambda o: o.kwds,
            lambda o: o.rule_code,
            hash,
            str,
            lambda o: o == 1,
        )
        yield made[one](), used, True, f"{one} that was used"
        yield made[one](), travelled(made[one]()), True, f"{one} that travelled"
        yield made[one](), made[two](), False, f"{one} or {two}"
    yield offsets.DateOffset(months=1, days=2), offsets.DateOffset(days=2, months=1), True, "the order of parts"
    yield offsets.Day(1), offsets.Hour(24), False, "a day or its hours"
    yield pd.tseries.frequencies.to_offset("D"), offsets.Day(), True, "an offset by name"


def several_levels():
    make = pd.MultiIndex.from_product
    plain = make([[1, 2], ["a", "b"]])
    yield plain, pd.MultiIndex.from_tuples(list(plain)), True, "from tuples"
    yield plain, pd.MultiIndex.from_arrays([[1, 1, 2, 2], list("abab")]), True, "from arrays"
    yield plain, plain.swaplevel(), False, "the order of levels"
    yield plain, plain.droplevel(0), False, "how many levels"
    yield plain, make([[1.0, 2.0], ["a", "b"]]), False, "dtypes of levels"
    yield plain, make([pd.Index([1, 2], dtype="i4"), ["a", "b"]]), False, "widths of levels"
    yield plain, plain.set_names(["a", "a"]), False, "names of levels"
    yield plain.set_names(["a", None]), plain.set_names([None, "a"]), False, "which level has a name"
    yield plain[plain.get_level_values(0) == 1], make([[1], ["a", "b"]]), True, "levels left over"
    yield plain[plain.get_level_values(0) == 1], plain[:2].remove_unused_levels(), True, "levels taken away"
    yield plain[:0], make([[1, 2], ["a", "b"]])[4:], True, "no rows of several levels"
    yield plain[:0], make([[1.0], ["a", "b"]])[:0], False, "dtypes of levels without rows"
    dated = make([pd.date_range("2020", periods=3), ["a"]])
    yield (
        dated,
        pd.MultiIndex.from_tuples(list(dated)).set_levels(dated.levels[0], level=0),
        True,
        "levels of dates",
    )
    yield dated[[0, 2]], dated[::2], True, "levels of dates, left over"
    yield (
        dated[:2],
        make([pd.date_range("2020", periods=2).as_unit(dated.levels[0].unit), ["a"]]),
        True,
        "fewer dates",
    )
    labels = [pd.Categorical(["x", "y"]), ["a"]]
    yield make(labels), make([["x", "y"], ["a"]]), False, "a level of categories"
    yield make(labels), make([pd.Categorical(["x", "y"], ["y", "x"]), ["a"]]), False, "the order of such a level"
    yield make(labels), make(labels), True, "equal levels of categories"
    unsure = pd.MultiIndex.from_arrays([["a", None], [1, 2]])
    yield unsure, pd.MultiIndex.from_arrays([["a", None], [1, 2]]), True, "a missing label"
    yield unsure, pd.MultiIndex.from_arrays([["a", "b"], [1, 2]]), False, "a missing label is none"
    yield (
        plain,
        after(plain.copy(), lambda m: m.is_unique, lambda m: m.lexsort_depth, lambda m: m.get_loc((1, "a"))),
        True,
        "levels looked up",
    )
    yield (
        plain,
        after(plain.copy(), lambda m: m.get_loc(1), lambda m: m.values, lambda m: m.dtypes),
        True,
        "a level too",
    )
    yield plain, pd.Index(list(plain), tupleize_cols=False), False, "levels are not tuples"
    yield plain.names, plain.names, True, "names of several levels"
    frame = pd.DataFrame(np.arange(8).reshape(4, 2), index=plain)
    yield frame.loc[1], pd.DataFrame(np.arange(4).reshape(2, 2), index=["a", "b"]), True, "rows below a label"
    yield frame, frame.reset_index().set_index(["level_0", "level_1"]), False, "names that came of it"
    yield frame.xs("a", level=1), frame.iloc[::2].droplevel(1), True, "a cut through levels"
    yield frame.loc[[1]], frame.iloc[:2], True, "rows with levels left over"


def categories():
    make = pd.Categorical
    yield make(["a", "b"]), make.from_codes([0, 1], ["a", "b"]), True, "from codes"
    yield make(["a", None]), make.from_codes([0, -1], ["a"]), True, "a missing category"
    yield make(["a", None]), make(["a", NAN]), True, "what was missing"
    yield make(["a", None]), make(["a", "b"]), False, "missing or not"
    yield make([None]), make([None], ["a"]), False, "categories of nothing"
    yield make([1, 2]), make([1.0, 2.0]), False, "dtypes of categories"
    yield make([1, 2]), make(["1", "2"]), False, "categories of text"
    yield make([0, 1], range(2)), make([0, 1], [0, 1]), False, "categories by range"
    yield make(["a", "b"]), make(["b", "a"]), False, "values of categories"
    yield (
        make(["a"], ["a", "b"]),
        make(["a"], ["a", "b"]).remove_unused_categories(),
        False,
        "an unused one taken away",
    )
    yield make(["a"], ["a", "b"]), make(["a", "b"])[:1], True, "an unused one left over"
    yield make(["a", "b"], ordered=True), make(["a", "b"]).as_ordered(), True, "ordered later"
    yield make(["a", "b"], ["b", "a"], ordered=True), make(["a", "b"], ordered=True), False, "which order"
    yield make(["a", "b"]), make(["a", "b"]).rename_categories(["a", "c"]), False, "categories renamed"
    yield make(["a", "b"]), make(["a", "b"]).rename_categories(["a", "b"]), True, "renamed as they are"
    yield (
        make(["a", "b"]),
        after(make(["a", "b"]), lambda c: c.describe(), lambda c: hash(c.dtype), str),
        True,
        "categories that were read",
    )
    yield make(["a", "b"]), travelled(make(["a", "b"])), True, "categories that travelled"
    yield make(["a", "b"]), make(["b", "a"])[::-1].set_categories(["a", "b"]), True, "a strided view of codes"
    yield pd.Series(make(["a"])), pd.Series(make(["a"], ordered=True)), False, "a series of categories"
    yield pd.CategoricalIndex(["a"]), pd.CategoricalIndex(["a"], ordered=True), False, "an index of categories"
    yield pd.CategoricalIndex(["a"]), pd.Index(["a"]), False, "an index by category or not"
    yield pd.cut([1, 5], [0, 3, 6]), pd.cut([1, 5], [0, 3, 6]), True, "cut into intervals"
    yield pd.cut([1, 5], [0, 3, 6]), pd.cut([1, 5], [0, 3, 6], right=False), False, "cut at the other side"
    many = [str(number) for number in range(200)]
    yield make(many[:3], many), make(many[:3], many[:100]), False, "the width of codes"
    of = pd.CategoricalDtype
    yield of(["a", "b"]), of(["b", "a"]), False, "dtypes of categories in an order"
    yield of(["a", "b"], ordered=True), of(["b", "a"], ordered=True), False, "dtypes of ordered categories"
    yield of(), of([]), False, "no categories known"
    yield of(["a"]), after(of(["a"]), hash, str, lambda d: d._hash_categories), True, "such a dtype that was read"
    yield of(["a"]), make(["a"]).dtype, True, "the dtype of categories"
    yield of(None, ordered=True), of(), False, "an order of nothing"


def nullable():
    for name in ("Int8", "Int64", "UInt8", "UInt64", "Float32", "Float64", "boolean"):
        kind = pd.array([1, None], dtype=name).dtype
        yield series([1, None], name), series([1, None], name), True, f"equal series of {name}"
        yield series([1, None], name), series([1, 0], name), False, f"a null is not zero in {name}"
        yield series([1, None], name), series([None, 1], name), False, f"where the null is in {name}"
        yield series([1, None, 0], name)[::-2], series([0, 1], name).set_axis([2, 0]), False, f"{name} backwards"
        yield series([None, None], name), series([1, 0], name).mask([True, True]), True, f"masked away in {name}"
        yield (
            type(kind)(),
            after(type(kind)(), lambda d: d.numpy_dtype, lambda d: d.kind, hash, str),
            True,
            f"{name} read",
        )
        yield series([1, None], name), series([1, None], name).astype(object), False, f"{name} as objects"
        yield series([1, None, 0, 1], name)[::2].array, pd.array([1, 0], dtype=name), True, f"a view of {name}"
    yield under_a_null([1, 2], [False, True]), under_a_null([1, 99], [False, True]), True, "what is under a null"
    yield under_a_null([1, 2], [False, True]), under_a_null([1, 2], [True, False]), False, "which is null"
    yield series([1], "Int64"), series([1], "Int32"), False, "widths of nullable ints"
    yield series([1], "Float64"), series([1], "Int64"), False, "nullable floats and ints"
    yield series([1], "boolean"), series([1], "Int8"), False, "nullable bools and ints"
    yield series([2**63 - 1, None], "Int64"), series([2**63 - 2, None], "Int64"), False, "big ints beside a null"
    yield series([2**64 - 1, None], "UInt64"), series([2**64 - 2, None], "UInt64"), False, "big unsigned ones"
    yield series([0.0, None], "Float64"), series([-0.0, None], "Float64"), False, "the sign of a nullable zero"
    hidden = pd.arrays.FloatingArray(np.array([1.0, NAN]), np.array([False, False]))
    known = pd.arrays.FloatingArray(np.array([1.0, NAN]), np.array([False, True]))
    yield hidden, known, False, "NaN is not a null"
    grid = np.arange(6).reshape(3, 2)
    column = pd.arrays.IntegerArray(grid[:, 0], np.zeros(3, bool))
    yield column, pd.array([0, 2, 4], dtype="Int64"), True, "a nullable array over a column"


def strings():
    kinds = ["object", "string[python]"]
    if pa is not None:
        kinds += ["string[pyarrow]"]
        kinds.append(pd.ArrowDtype(pa.string()))
    if PANDAS_3:
        kinds.append(pd.StringDtype("python", na_value=NAN))
        if pa is not None:
            kinds.append(pd.StringDtype("pyarrow", na_value=NAN))
    for place, kind in enumerate(kinds):
        shown = f"{kind!r}"
        for other in kinds[place + 1 :]:
            yield pd.Series(["a"], dtype=kind), pd.Series(["a"], dtype=other), False, f"{shown} or {other!r}"
        values = ["a", None, "", "\u00e9", "x" * 100]
        yield pd.Series(values, dtype=kind), pd.Series(list(values), dtype=kind), True, f"equal strings of {shown}"
        yield (
            pd.Series(values, dtype=kind),
            pd.Series(values[::-1], dtype=kind)[::-1].reset_index(drop=True),
            True,
            f"strings of {shown} reversed twice",
        )
        yield pd.Series(["a", None], dtype=kind), pd.Series(["a", ""], dtype=kind), False, f"no string of {shown}"
        yield pd.Series(["a", None], dtype=kind), pd.Series(["a", "None"], dtype=kind), False, f"None in {shown}"
        yield pd.Series(["a", None], dtype=kind), pd.Series(["a", "nan"], dtype=kind), False, f"nan in {shown}"
        yield pd.Series(["ab", "c"], dtype=kind), pd.Series(["a", "bc"], dtype=kind), False, f"borders in {shown}"
        yield pd.Series(["a\0"], dtype=kind), pd.Series(["a"], dtype=kind), False, f"a zero in {shown}"
        joined = pd.concat([pd.Series(["a"], dtype=kind), pd.Series(["b"], dtype=kind)], ignore_index=True)
        yield pd.Series(["a", "b"], dtype=kind), joined, True, f"two parts of {shown}"
        yield (
            pd.Series(["x", "a", "b"], dtype=kind)[1:].array,
            pd.array(["a", "b"], dtype=kind),
            True,
            f"a view of {shown}",
        )
        yield (
            pd.Index(["a", "b"], dtype=kind),
            looked_up(pd.Index(["a", "b"], dtype=kind)),
            True,
            f"an index of {shown}",
        )
        yield (
            pd.Series(["a", "b"] * 50_000, dtype=kind),
            pd.Series(["a", "b"] * 49_999 + ["a", "c"], dtype=kind),
            False,
            f"many strings of {shown}",
        )
    yield pd.StringDtype("python"), pd.StringDtype("python"), True, "equal dtypes of strings"
    if PANDAS_3:
        yield pd.StringDtype("python"), pd.StringDtype("python", na_value=NAN), False, "what is missing in a dtype"
        yield pd.Series(["a"]), pd.Series(["a"], dtype="str"), True, "the default for strings"


def arrow_types():
    if pa is None:
        return
    moment = dt.datetime(2020, 1, 1, 10)
    kinds = {
        "int8": (pa.int8(), [1, None, 2]),
        "uint64": (pa.uint64(), [2**64 - 1, None, 2**64 - 2]),
        "bool": (pa.bool_(), [True, None, False]),
        "float32": (pa.float32(), [1.0, None, -0.0]),
        "float64": (pa.float64(), [0.0, None, -0.0]),
        "decimal": (pa.decimal128(5, 2), [decimal.Decimal("1.25"), None, decimal.Decimal("2.25")]),
        "large decimal": (pa.decimal256(50, 2), [decimal.Decimal("1.25"), None, decimal.Decimal("2.25")]),
        "string": (pa.string(), ["a", None, ""]),
        "large string": (pa.large_string(), ["a", None, ""]),
        "binary": (pa.binary(), [b"a", None, b""]),
        "fixed binary": (pa.binary(2), [b"ab", None, b"cd"]),
        "date": (pa.date32(), [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)]),
        "date in ms": (pa.date64(), [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)]),
        "time": (pa.time32("s"), [dt.time(1), None, dt.time(2)]),
        "time in ns": (pa.time64("ns"), [1, None, 2]),
        "timestamp": (pa.timestamp("us"), [moment, None, moment.replace(day=2)]),
        "timestamp in ns": (pa.timestamp("ns"), [1, None, 2]),
        "timestamp in a zone": (pa.timestamp("us", "Europe/Berlin"), [moment, None, moment.replace(day=2)]),
        "duration": (pa.duration("ms"), [dt.timedelta(1), None, dt.timedelta(2)]),
        "duration in ns": (pa.duration("ns"), [1, None, 2]),
        "list": (pa.list_(pa.int64()), [[1, None], None, []]),
        "list of times": (pa.list_(pa.time64("ns")), [[1000], None, [2000]]),
        "list of timestamps": (pa.list_(pa.timestamp("ns")), [[1], None, [2]]),
        "list of two": (pa.list_(pa.int64(), 2), [[1, 2], None, [3, 4]]),
        "struct": (
            pa.struct([("a", pa.int8()), ("b", pa.string())]),
            [{"a": 1, "b": "x"}, None, {"a": 1, "b": None}],
        ),
        "list of times in ns": (pa.list_(pa.time64("ns")), [[1], None, [2]]),
        "map": (pa.map_(pa.string(), pa.int8()), [[("a", 1)], None, []]),
        "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["a", None, "b"]),
        "nested": (pa.list_(pa.struct([("a", pa.list_(pa.int8()))])), [[{"a": [1]}], None, [{"a": None}]]),
    }
    names = list(kinds)
    for name, (kind, values) in kinds.items():
        first, null, last = values
        made = arrow(values, kind)
        yield made, arrow(list(values), kind), True, f"equal series of arrow {name}"
        yield arrow([first], kind), arrow([last], kind), False, f"values of arrow {name}"
        yield arrow([first, last], kind), arrow([first, null], kind), False, f"a null of arrow {name}"
        whole = pa.array([first, *values, last], type=kind)
        yield made.array, pd.arrays.ArrowExtensionArray(whole[1:4]), True, f"a slice of arrow {name}"
        parts = pa.chunked_array([pa.array([first], type=kind), pa.array([null, last], type=kind)], type=kind)
        yield made.array, pd.arrays.ArrowExtensionArray(parts), True, f"chunks of arrow {name}"
        touched = after(
            pd.ArrowDtype(kind), lambda d: d.numpy_dtype, lambda d: d.kind, lambda d: d.type, hash, str
        )
        yield pd.ArrowDtype(kind), touched, True, f"the dtype of arrow {name} that was read"
        used = after(
            arrow(values, kind),
            lambda s: s.dtype.numpy_dtype,
            lambda s: s.dtype.kind,
            lambda s: s.dtype.itemsize,
            lambda s: s.isna(),
            lambda s: s.array._pa_array.combine_chunks(),
            str,
        )
        yield arrow(values, kind), used, True, f"a series of arrow {name} that was read"
        following = names[(names.index(name) + 1) % len(names)]
        yield arrow([], kind), arrow([], kinds[following][0]), False, f"no arrow {name} or {following}"
        yield (
            pd.ArrowDtype(kind),
            pd.ArrowDtype(kinds[following][0]),
            False,
            f"dtypes of arrow {name} or {following}",
        )
    yield arrow([1], pa.int64()), series([1], "Int64"), False, "arrow or nullable"
    yield arrow([1], pa.int64()), pd.Series([1]), False, "arrow or numpy"
    berlin = pa.timestamp("us", "Europe/Berlin")
    yield arrow([moment], berlin), arrow([moment], pa.timestamp("us", "UTC")), False, "zones of arrow"
    yield arrow([moment], pa.timestamp("us")), arrow([moment], pa.timestamp("ms")), False, "units of arrow"
    yield arrow([[]], pa.list_(pa.int8())), arrow([[]], pa.list_(pa.int16())), False, "items of empty lists"
    one, two = pa.struct([("a", pa.int8()), ("b", pa.int8())]), pa.struct([("b", pa.int8()), ("a", pa.int8())])
    yield arrow([{"a": 1, "b": 2}], one), arrow([{"a": 1, "b": 2}], two), False, "the order of fields of arrow"
    ordered = pa.dictionary(pa.int8(), pa.string(), ordered=True)
    yield (
        pd.ArrowDtype(ordered),
        pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string())),
        False,
        "an ordered dictionary",
    )
    halves = pa.list_(pa.float64())
    yield arrow([[1.0, NAN]], halves), arrow([[1.0, None]], halves), False, "NaN is not null in a list of arrow"
    kept = [pd.arrays.ArrowExtensionArray(pa.array([count], pa.int64()).view(pa.date64())) for count in (0, 1)]
    yield kept[0], kept[1], False, "milliseconds of a date of arrow"
    fields = [pa.field("a", pa.int8()), pa.field("a", pa.int8())]
    records = [
        pd.arrays.ArrowExtensionArray(
            pa.StructArray.from_arrays([pa.array([first], pa.int8()), pa.array([2], pa.int8())], fields=fields)
        )
        for first in (1, 3)
    ]
    yield records[0], records[1], False, "two fields of one name in a struct of arrow"
    floats = pa.array(np.array([1.0, NAN]))
    nulls = pa.array([1.0, None])
    yield (
        pd.arrays.ArrowExtensionArray(floats),
        pd.arrays.ArrowExtensionArray(nulls),
        False,
        "NaN is not null in arrow",
    )
    shadowed = pa.Array.from_buffers(
        pa.int64(), 2, [pa.py_buffer(b"\x01"), pa.py_buffer(np.array([1, 99]).tobytes())]
    )
    yield (
        arrow([1, None], pa.int64()).array,
        pd.arrays.ArrowExtensionArray(shadowed),
        True,
        "what is under a null of arrow",
    )
    yield (
        pd.DataFrame({"a": arrow([1, None], pa.int64())}),
        pd.DataFrame({"a": arrow([1, 2], pa.int64())}),
        False,
        "in it",
    )
    index = pd.Index(arrow([1, 2], pa.int64()))
    yield index, looked_up(pd.Index(arrow([1, 2], pa.int64()))), True, "an index of arrow"
    yield pd.Series([1, 2]).convert_dtypes(dtype_backend="pyarrow"), arrow([1, 2], pa.int64()), True, "converted"


def sparse_and_intervals():
    yield sparse([0, 0, 1]), sparse([0, 0, 1]), True, "a sparse series"
    yield sparse([0, 0, 1]), sparse([0, 1, 0]), False, "where it is not sparse"
    yield sparse([0, 0, 1]), pd.Series([0, 0, 1]), False, "sparse or dense"
    yield sparse([0, 0, 1]), sparse([0.0, 0, 1]), False, "dtypes of sparse ones"
    yield sparse([0.0, 1.0], fill_value=0.0), sparse([0.0, 1.0], fill_value=NAN), False, "fill values"
    yield sparse([0, 0, 1])[1:].array, pd.arrays.SparseArray([0, 1]), True, "a part of a sparse one"
    yield sparse([0, 0, 1]), travelled(sparse([0, 0, 1])), True, "a sparse series that travelled"
    yield sparse([True, False]), sparse([1, 0]), False, "sparse bools"
    yield (
        sparse([0, 1]),
        after(sparse([0, 1]), lambda s: s.array.density, lambda s: hash(s.dtype), str),
        True,
        "a sparse one read",
    )
    yield pd.SparseDtype("i8", 0), pd.SparseDtype("i8", 1), False, "dtypes by fill value"
    yield pd.SparseDtype("f8"), pd.SparseDtype("f8", NAN), True, "the default fill value"
    yield (
        pd.SparseDtype("f8"),
        after(pd.SparseDtype("f8"), hash, str, lambda d: d.kind),
        True,
        "a sparse dtype read",
    )
    of = pd.arrays.IntervalArray.from_breaks
    yield of([0, 1, 2]), of([0, 1, 2]), True, "equal arrays of intervals"
    yield of([0, 1, 2]), of([0.0, 1, 2]), False, "dtypes of ends"
    yield of([0, 1, 2]), of([0, 1, 2], closed="both"), False, "closed ends"
    yield of([0, 1, 2])[:1], of([0, 1]), True, "a part of intervals"
    yield of([0, 1, 2])[::-1], of([0, 1, 2]), False, "intervals reversed"
    yield pd.Series(of([0, 1, 2])), pd.Series(of([0, 1, 3])), False, "a series of intervals"
    gone = pd.arrays.IntervalArray.from_tuples([(0.0, 1.0), None])
    yield gone, pd.arrays.IntervalArray.from_tuples([(0.0, 1.0), NAN]), True, "no interval"
    yield gone, pd.arrays.IntervalArray.from_tuples([(0.0, 1.0), (0.0, 1.0)]), False, "no interval or one"
    days = pd.date_range("2020", periods=3)
    yield (
        pd.IntervalIndex.from_breaks(days),
        pd.IntervalIndex.from_breaks(list(days)),
        PANDAS_3,
        "ends with a frequency",
    )
    yield (
        of([0, 1, 2]),
        after(of([0, 1, 2]), lambda i: i.left, lambda i: i.mid, lambda i: looked_up(i.left), str),
        True,
        "intervals that were read",
    )
    yield pd.IntervalDtype("i8", "left"), pd.IntervalDtype("i8", "right"), False, "dtypes of intervals"
    yield pd.IntervalDtype("i8", "left"), pd.IntervalDtype("f8", "left"), False, "dtypes of their ends"
    yield pd.PeriodDtype("D"), pd.PeriodDtype("M"), False, "dtypes of periods"
    yield (
        pd.PeriodDtype("D"),
        after(pd.PeriodDtype("D"), hash, str, lambda d: d.na_value),
        True,
        "such a dtype read",
    )
    yield pd.DatetimeTZDtype("ns", "UTC"), pd.DatetimeTZDtype("ns", "Europe/Berlin"), False, "dtypes by zone"
    yield pd.DatetimeTZDtype("ns", "UTC"), pd.DatetimeTZDtype(tz=dt.UTC), True, "one zone in dtypes"


def refused():
    """Yield what keeps what it has worked out so far, and why."""
    frame = pd.DataFrame({"k": [1, 1, 2], "v": [3.0, 4.0, 5.0]}, index=pd.date_range("2020", periods=3))
    yield frame.groupby("k"), "groups"
    yield frame["v"].groupby(frame["k"]), "groups of a series"
    yield frame.resample("D"), "periods"
    yield frame.rolling(2), "windows"
    yield frame.expanding(), "growing windows"
    yield frame.ewm(1), "exponential windows"


def tools():
    frame = pd.DataFrame({"k": [1, 1, 2], "v": [3.0, 4.0, 5.0]})
    yield pd.Grouper(key="k"), pd.Grouper(key="k"), True, "equal groupers"
    yield pd.Grouper(key="k"), pd.Grouper(key="v"), False, "groupers"
    grouper = pd.Grouper(key="k")
    frame.groupby(grouper).sum()
    yield pd.Grouper(key="k"), grouper, True, "a grouper that was used"
    yield pd.NamedAgg("a", "sum"), pd.NamedAgg("a", "mean"), False, "named aggregations"
    yield pd.IndexSlice[1:2], pd.IndexSlice[1:2], True, "slices of an index"
    yield frame.dtypes, frame.dtypes.copy(), True, "dtypes as a series"
    yield frame.axes, [frame.index, frame.columns], True, "axes"
    yield pd.DataFrame, pd.Series, False, "classes of pandas"
    yield pd.concat, pd.merge, False, "functions of pandas"
    yield frame.sum, frame.copy().sum, True, "a method of a frame"
    yield frame.sum, frame.mean, False, "methods of a frame"
    yield {"x": frame}, {"x": frame.copy()}, True, "a frame in a dict"


FAMILIES = (
    frames,
    series_rows,
    object_columns,
    indices,
    dates,
    times_alone,
    several_levels,
    categories,
    nullable,
    strings,
    arrow_types,
    sparse_and_intervals,
    tools,
)
REFUSED = (refused,)
