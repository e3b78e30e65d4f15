"""Results to a stream and buffers, and back: pickle protocol 5, large things out of band.

Values in, values out. Arrays hand out their memory (see `memo.reducers`); bytes, bytearrays and texts are cut out
of the stream where the pickler passes them on, which it does without copying them. What is large of all that, and
the rest of the stream if it is long, goes into regions, which become blobs; what is small stays in the entry.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from memo.envelope import ARGUMENT_CLASSES, INLINE, OWN_CLASSES, Slice

try:
    # What `pickle` itself uses; without the rest of that module, whose import takes a quarter of memo's.
    from _pickle import PickleBuffer, Pickler, Unpickler, loads
except ImportError:  # another implementation of Python
    from pickle import PickleBuffer, Pickler, Unpickler, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memo.envelope import Verified
    from memo.regions import Region

    Classes: TypeAlias = Callable[[tuple[Any, ...], int], Mapping[str, type]]
    """From the arguments of a call and the flags of an entry to classes by qualified name."""

PICKLE_PROTOCOL = 5  # fixed: entries of all supported Pythons look alike
LARGE = 64 * 1024
"""Bytes from which something is cut out of the stream, and the stream out of the entry."""

BUFFER, PIECE, STREAM = 0, 1, 2
"""Kinds of slices: a buffer handed out of band, a piece cut out of the stream, the rest of the stream itself."""

_TEXT_HEADERS = {b"\x8e": 8, b"\x96": 8, b"\x8d": 8, b"B": 4, b"X": 4}
"""Opcodes before bytes, bytearrays and texts (see `pickletools`), and how many bytes of length follow them."""


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


class Content(Protocol):
    """The raw bytes of a blob, proved.

    Attributes:
        length: How many.
    """

    length: int

    def memory(self) -> memoryview:
        """Return them in the memory where they stay."""
        ...

    def copy_to(self, target: memoryview) -> None:
        """Write them into memory of their length."""
        ...


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
    try:
        return _encode(_Pickling(own, given), result)
    except Exception:
        pickling = _OwnWay(own, given)
        try:
            encoded = _encode(pickling, result)
        except Exception:  # noqa: BLE001 - the first one says what is wrong
            encoded = None
        if encoded is None or not pickling.used:
            raise
        return encoded


def joined(own: Mapping[str, type], given: Mapping[str, type]) -> dict[str, type]:
    """Return the classes of both, without those that share a name and are not the same."""
    both = {**own, **given}
    return {name: cls for name, cls in both.items() if own.get(name, cls) is cls}


class _Stream:
    """What a pickler writes to. It passes on large bytes as they are, after all that stands before them."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0
        self.pieces: list[tuple[int, memoryview]] = []

    def write(self, data: Any) -> None:
        if len(data) >= LARGE and self._announces(len(data)):
            # Of a text, it is memory that is given back after this call.
            kept = bytes(data) if type(data) is memoryview else data  # pyright: ignore[reportUnknownArgumentType]
            self.pieces.append((self.length, memoryview(kept)))
        else:
            self.parts.append(data)
            self.length += len(data)

    def _announces(self, length: int) -> bool:
        """Tell whether the stream so far ends in the opcode and length of bytes or a text of that length."""
        last = self.parts[-1] if self.parts else b""
        return any(
            last[-size - 1 : -size] == opcode and last[-size:] == length.to_bytes(8, "little")[:size]
            for opcode, size in _TEXT_HEADERS.items()
        )


class _Pickling:
    """Pickles one result."""

    def __init__(self, own: Mapping[str, type], given: Mapping[str, type]) -> None:
        from memo.reducers import Reducers

        self.stream = _Stream()
        self.handed_out: list[PickleBuffer] = []
        self.reducers = Reducers()
        self.flags = 0
        self._own = own
        self._names = {id(cls): name for name, cls in joined(own, given).items()} if own or given else {}

    def pickle(self, result: object) -> None:
        kind: Any = _ReducingPickler if self._is_asked() else Pickler
        pickler = kind(self.stream, PICKLE_PROTOCOL, buffer_callback=self.handed_out.append)
        pickler.dispatch_table = self.reducers.table
        if isinstance(pickler, _ReducingPickler):
            pickler.reduce = self.reduce
        pickler.dump(result)

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

    def reduce(self, obj: Any) -> Any:
        cls: type[Any] = type(obj)  # pyright: ignore[reportUnknownVariableType]
        if issubclass(cls, type) or not _has_own_way(cls):
            return super().reduce(obj)
        self.used = True
        return _loaded, (cls, obj.dumps())

    def _is_asked(self) -> bool:
        return True


def _has_own_way(cls: type) -> bool:
    """Tell whether instances can be written by `dumps()` and read by the class's `loads(data)`."""
    from inspect import getattr_static

    loads = getattr_static(cls, "loads", None)
    return isinstance(loads, classmethod | staticmethod) and callable(getattr(cls, "dumps", None))


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
    kinds = [(BUFFER, 0)] * len(buffers) + [(PIECE, position) for position, _ in stream.pieces]
    regions = arrangement.regions
    slices = [
        Slice(place.region, kind, place.offset, place.length, position)
        for place, (kind, position) in zip(arrangement.places, kinds, strict=True)
    ]
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
    entry: Verified, classes: Classes, values: tuple[Any, ...] = (), contents: Sequence[Content] = ()
) -> Any:
    """Rebuild the result of a verified entry.

    Args:
        entry: The entry.
        classes: Gives, for the arguments of a call, the classes that the flags of the entry ask for.
        values: What `classes` is called with, beside the flags of the entry.
        contents: The contents of its blobs, in the order of its table.

    Raises:
        Exception: Whatever unpickling raises, for example because a class is gone.
    """
    load = _load if entry.head.slices else _load_plain
    if entry.head.flags:
        token = _classes_in_force.set(classes(values, entry.head.flags))
        try:
            return load(entry, contents)
        finally:
            _classes_in_force.reset(token)
    return load(entry, contents)


def _load_plain(entry: Verified, _contents: Sequence[Content]) -> Any:
    return loads(entry.stream)  # noqa: S301 - verified: its seal held


def _load(entry: Verified, contents: Sequence[Content]) -> Any:
    small = _small_of(entry)
    stream: bytes | memoryview = entry.stream
    buffers: list[memoryview] = []
    pieces: list[tuple[int, _Piece]] = []
    for row in entry.slices():
        if row.kind == PIECE:
            pieces.append((row.position, _Piece(contents[row.blob], row.offset, row.length)))
        elif row.kind == STREAM:
            stream = contents[row.blob].memory()
        else:
            memory = small if row.blob == INLINE else contents[row.blob].memory()
            buffers.append(memory[row.offset : row.offset + row.length])
    if not pieces:
        return loads(stream, buffers=buffers)  # noqa: S301 - verified, by the seal of the entry or of the blob
    source: Any = _Source(stream, pieces)
    return Unpickler(source, buffers=buffers).load()  # noqa: S301 - as above


def _small_of(entry: Verified) -> memoryview:
    """Return the small buffers in memory of their own: arrays may be written to."""
    if not entry.head.small_length:
        return memoryview(b"")
    from memo.memory import allocate

    memory = allocate(entry.head.small_length)
    memory[:] = entry.small
    return memory


class _Piece:
    """A piece that was cut out of the stream."""

    def __init__(self, content: Content, offset: int, length: int) -> None:
        self.length = length
        self._content, self._offset = content, offset

    def memory(self) -> memoryview:
        return self._content.memory()[self._offset : self._offset + self.length]

    def copy_to(self, target: memoryview) -> None:
        if self.length == self._content.length:
            self._content.copy_to(target)  # decompressed there, where it is compressed
        else:
            target[:] = self.memory()


class _Source:
    """What an unpickler reads from: the stream, with the pieces in their places."""

    def __init__(self, stream: bytes | memoryview, pieces: Sequence[tuple[int, _Piece]]) -> None:
        view = memoryview(stream)
        self._here = view[: pieces[0][0]]
        self._later: list[_Piece | memoryview] = []
        ends = [position for position, _ in pieces[1:]] + [len(view)]
        for (position, piece), end in zip(pieces, ends, strict=True):
            self._later += (piece, view[position:end])
        self._later.reverse()

    def read(self, size: int) -> memoryview | bytearray:
        """Return the next bytes, fewer at the end."""
        if not self._here:
            self._advance()
        if len(self._here) < size:
            gathered = bytearray(size)
            return gathered[: self.readinto(gathered)]
        part, self._here = self._here[:size], self._here[size:]
        return part

    def readinto(self, target: Any) -> int:
        """Fill memory with the next bytes; return how many there were."""
        view = memoryview(target)
        at = 0
        while at < len(view):
            piece = self._later[-1] if self._later and not self._here else None
            if isinstance(piece, _Piece) and piece.length == len(view) - at:
                self._later.pop()
                piece.copy_to(view[at:])
                return len(view)
            if not self._here and not self._advance():
                break
            part = self._here[: len(view) - at]
            view[at : at + len(part)] = part
            self._here = self._here[len(part) :]
            at += len(part)
        return at

    def readline(self) -> bytes:
        """Return the bytes up to the next line feed; unpicklers ask for it, though protocol 5 has no lines."""
        line = bytearray()
        while byte := bytes(self.read(1)):
            line += byte
            if byte == b"\n":
                break
        return bytes(line)

    def _advance(self) -> bool:
        while self._later and not self._here:
            following = self._later.pop()
            self._here = following.memory() if isinstance(following, _Piece) else following
        return bool(self._here)
