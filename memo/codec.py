"""Results to a stream and buffers, and back: pickle protocol 5, large things out of band.

Values in, values out. Arrays hand out their memory (see `memo.reducers`); bytes, bytearrays and texts are cut out
of the stream where the pickler passes them on, which it does without copying them. What is large of all that, and
the rest of the stream if it is long, goes into regions, which become blobs; what is small stays in the entry.
"""

from __future__ import annotations

from contextvars import ContextVar
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from memo.envelope import ARGUMENT_CLASSES, INLINE, LARGE, OWN_CLASSES, Slice
from memo.stream import Piece, Source, Stream

try:
    # What `pickle` itself uses; without the rest of that module, whose import takes a quarter of memo's.
    from _pickle import PickleBuffer, Pickler, Unpickler, dumps, loads
except ImportError:  # another implementation of Python
    from pickle import PickleBuffer, Pickler, Unpickler, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memo.envelope import Verified
    from memo.regions import Region
    from memo.stream import Content

    Contents: TypeAlias = "Mapping[tuple[int, int], Content]"
    """The contents of blobs, by `copy_of`."""

    Classes: TypeAlias = Callable[[tuple[Any, ...], int], Mapping[str, type]]
    """From the arguments of a call and the flags of an entry to classes by qualified name."""

PICKLE_PROTOCOL = 5  # fixed: entries of all supported Pythons look alike
_ATOMS = frozenset({bool, int, float, complex, NoneType})  # there is nothing in them to look for
BUFFER, PIECE, STREAM = 0, 1, 2
"""Kinds of slices: a buffer handed out of band, a piece cut out of the stream, the rest of the stream itself."""


class Encoded(NamedTuple):
    """A result, taken apart.

    Attributes:
        flags: The flags of its entry.
        stream: The pickle stream, empty if it is a region.
        small: The buffers that stay in the entry.
        regions: What becomes blobs. They are the memory of the result itself, not copies of it.
        slices: Where each buffer and piece is; their blobs are counted like the regions.
    """

    flags: int
    stream: bytes
    small: bytes
    regions: Sequence[Region]
    slices: Sequence[Slice]


def encode(result: object, own: Mapping[str, type], given: Mapping[str, type]) -> Encoded:
    """Take a result apart.

    Args:
        result: What the function returned.
        own: The user's classes that the function's code reaches, by qualified name. Pickle would write the
            module in which each was found. But a script is `__main__` when it runs and has its name when it is
            imported, and equal code shares entries: the instances must be of the reader's class, not of its twin.
        given: Those of the arguments.

    Raises:
        Exception: Whatever pickle or the result's own methods raise; the caller decides what that means.
    """
    if type(result) in _ATOMS:
        return Encoded(0, dumps(result, PICKLE_PROTOCOL), b"", (), ())
    try:
        return _encode(_Pickling(own, given), result)
    except (MemoryError, RecursionError):
        raise
    except Exception:
        pickling = _OwnWay(own, given)
        try:
            encoded = _encode(pickling, result)
        except Exception:  # noqa: BLE001 - the first one says what is wrong
            encoded = None
        if encoded is None or not pickling.used:
            raise
        return encoded


def can_be_pickled(value: object) -> bool:
    """Tell whether pickle itself can write a value."""
    try:
        Pickler(_Nowhere(), PICKLE_PROTOCOL, buffer_callback=_ignore).dump(value)
    except Exception:  # noqa: BLE001 - `__reduce__` may raise anything
        return False
    return True


class _Nowhere:
    """A file that keeps nothing: whether a value can be pickled needs no second copy of it in memory."""

    def write(self, data: object) -> None:
        """Drop the data."""


def _ignore(_buffer: object) -> None:
    """Leave a buffer out of the stream."""


def joined(own: Mapping[str, type], given: Mapping[str, type]) -> dict[str, type]:
    """Return the classes of both, without those that share a name and are not the same."""
    both = {**own, **given}
    return {name: cls for name, cls in both.items() if own.get(name, cls) is cls}


class _Pickling:
    """Pickles one result."""

    def __init__(self, own: Mapping[str, type], given: Mapping[str, type]) -> None:
        from memo.reducers import Reducers

        self.stream = Stream()
        self.handed_out: list[PickleBuffer] = []
        self.reducers = Reducers()
        self.flags = 0
        self._own = own
        self._names = {id(cls): name for name, cls in joined(own, given).items()} if own or given else {}

    def pickle(self, result: object) -> None:
        kind: Any = _ReducingPickler if self._is_asked() else Pickler
        pickler = kind(self.stream, PICKLE_PROTOCOL, buffer_callback=self._take)
        pickler.dispatch_table = self.reducers.table
        if isinstance(pickler, _ReducingPickler):
            pickler.reduce = self.reduce
        pickler.dump(result)

    def _take(self, handed_out: PickleBuffer) -> bool:
        """Take a buffer; return whether it has to stay in the stream."""
        taken = self.reducers.takes(handed_out)
        if taken:
            self.handed_out.append(handed_out)
        return not taken

    def reduce(self, obj: Any) -> Any:
        """Return how to find one of the classes again; leave everything else to pickle."""
        name = self._names.get(id(obj))
        if name is None:
            return NotImplemented
        self.flags |= OWN_CLASSES if name in self._own else ARGUMENT_CLASSES
        return own_class, (name,)

    def _is_asked(self) -> bool:
        """Tell whether `reduce` has anything to say; asking it for every object takes time."""
        return bool(self._names)


class _ReducingPickler(Pickler):
    """A pickler that asks `reduce` about every object that is of no built-in type."""

    reduce: Callable[[Any], Any]

    def reducer_override(self, obj: Any) -> Any:
        return self.reduce(obj)


class _OwnWay(_Pickling):
    """Pickles a result that pickle cannot, by the `dumps` and `loads` of its parts that have both."""

    used = False

    def __init__(self, own: Mapping[str, type], given: Mapping[str, type]) -> None:
        super().__init__(own, given)
        self._ways: dict[int, tuple[type, bool]] = {}  # By the id of a class: some cannot be hashed.

    def reduce(self, obj: Any) -> Any:
        cls: type[Any] = type(obj)  # pyright: ignore[reportUnknownVariableType]
        way = self._ways.get(id(cls))
        if way is None:
            way = self._ways[id(cls)] = cls, _has_own_way(cls)
        if not way[1] or can_be_pickled(obj):
            return super().reduce(obj)
        self.used = True
        return _loaded, (cls, obj.dumps())

    def _is_asked(self) -> bool:
        return True


def _has_own_way(cls: Any) -> bool:
    """Tell whether instances can be written by `dumps()` and read by the class's `loads(data)`."""
    from inspect import getattr_static

    loads = getattr_static(cls, "loads", None)
    return (
        not issubclass(cls, type)
        and isinstance(loads, classmethod | staticmethod)
        and callable(getattr(cls, "dumps", None))
    )


def _loaded(cls: Any, data: object) -> Any:
    """Return an object from what its own `dumps` gave."""
    return cls.loads(data)


def _encode(pickling: _Pickling, result: object) -> Encoded:
    pickling.pickle(result)
    stream = pickling.stream
    if not pickling.handed_out and stream.length < LARGE and not stream.pieces:
        return Encoded(pickling.flags, b"".join(stream.parts), b"", (), ())
    from memo.regions import Buffer, Region, arrange

    buffers = [pickling.reducers.buffer(handed_out) for handed_out in pickling.handed_out]
    arrangement = arrange([*buffers, *(Buffer(view) for _, view in stream.pieces)])
    regions = arrangement.regions
    slices = [Slice(at.region, BUFFER, at.offset, at.length, at.copy) for at in arrangement.places[: len(buffers)]]
    for at, (position, _) in zip(arrangement.places[len(buffers) :], stream.pieces, strict=True):
        slices.append(Slice(at.region, PIECE, at.offset, at.length, position))
    rest = b""
    if stream.length >= LARGE:
        slices.append(Slice(len(regions), STREAM, 0, stream.length, 0))
        regions.append(Region(tuple(map(memoryview, stream.parts)), stream.length, 1))
    else:
        rest = b"".join(stream.parts)
    return Encoded(pickling.flags, rest, b"".join(arrangement.small.parts), regions, slices)


_classes_in_force: ContextVar[Mapping[str, type] | None] = ContextVar("memo_classes", default=None)


def own_class(name: str) -> type:
    """Return the class of a name among those of the call whose result is being read.

    Raises:
        LookupError: Neither code nor arguments have one of that name (any more).
    """
    classes = _classes_in_force.get()
    if classes is None or name not in classes:
        raise LookupError(f"the call has no class {name}")
    return classes[name]


def decode(
    entry: Verified, classes: Classes, values: tuple[Any, ...] = (), contents: Contents | None = None
) -> Any:
    """Rebuild the result of a verified entry.

    Args:
        entry: The entry.
        classes: Gives, for the arguments of a call, the classes that the flags of the entry ask for.
        values: What `classes` is called with, beside the flags of the entry.
        contents: The contents of its blobs.

    Raises:
        Exception: Whatever unpickling raises, for example because a class is gone.
    """
    load = _load if entry.head.slices else _load_plain
    if entry.head.flags:
        token = _classes_in_force.set(classes(values, entry.head.flags))
        try:
            return load(entry, contents or {})
        finally:
            _classes_in_force.reset(token)
    return load(entry, contents or {})


def _load_plain(entry: Verified, _contents: Contents) -> Any:
    return loads(entry.stream)  # noqa: S301 - verified: its seal held


def _load(entry: Verified, contents: Contents) -> Any:
    small = _small_of(entry)
    stream: bytes | memoryview = entry.stream
    buffers: list[memoryview] = []
    pieces: list[tuple[int, Piece]] = []
    for row in entry.slices():
        if row.kind == PIECE:
            pieces.append((row.position, Piece(contents[copy_of(row)], row.offset, row.length)))
        elif row.kind == STREAM:
            stream = contents[copy_of(row)].memory()
        else:
            memory = small if row.blob == INLINE else contents[copy_of(row)].memory()
            # Of no bytes, a part of what cannot be written to would be nothing that can be.
            buffers.append(memory[row.offset : row.offset + row.length] if row.length else memoryview(bytearray()))
    if not pieces:
        return loads(stream, buffers=buffers)  # noqa: S301 - verified, by the seal of the entry or of the blob
    source: Any = Source(stream, pieces)
    return Unpickler(source, buffers=buffers).load()  # noqa: S301 - as above


def copy_of(row: Slice) -> tuple[int, int]:
    """Return the number of a slice's blob, and which copy of it is meant; none of them, where it is only read."""
    return row.blob, row.position if row.kind == BUFFER else -1


def _small_of(entry: Verified) -> memoryview:
    """Return the small buffers in memory of their own: arrays may be written to."""
    if not entry.head.small_length:
        return memoryview(b"")
    from memo.memory import allocate

    memory = allocate(entry.head.small_length)
    memory[:] = entry.small
    return memory
