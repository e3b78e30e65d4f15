"""Results to bytes and back: pickle protocol 5, compressed where that pays.

Values in, values out. A short stream stays as it is; a longer one is sampled, and compressed with blosc2 only if
the sample shrinks by a tenth. Compressed streams are cut into chunks, because one blosc2 buffer ends at 2 GiB::

    compressed = count * chunk           u32 count of chunks
    chunk      = length stored bytes     u64 raw length, u64 stored length, one blosc2 buffer
"""

from __future__ import annotations

import struct
from contextvars import ContextVar
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from memo.envelope import ARGUMENT_CLASSES, OWN_CLASSES
from memo.errors import CorruptEntry

try:
    # What `pickle` itself uses; without the rest of that module, whose import takes a quarter of memo's.
    from _pickle import Pickler, dumps, loads
except ImportError:  # another implementation of Python
    from pickle import Pickler, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from memo.envelope import Verified

    Classes: TypeAlias = Callable[[tuple[Any, ...], int], Mapping[str, type]]
    """From the arguments of a call and the flags of an entry to classes by qualified name."""

RAW, BLOSC2 = 0, 1
PICKLE_PROTOCOL = 5  # fixed: entries of all supported Pythons look alike

COMPRESS_FROM = 64 * 1024
"""Streams shorter than this (bytes) are stored raw: importing blosc2 would cost more than the disk they save."""

_SAMPLE = 256 * 1024
_CHUNK = 256 * 1024 * 1024
_WORTH_IT = 1.1
_COUNT = struct.Struct("<I")
_LENGTHS = struct.Struct("<QQ")
_BLOSC2_HEADER = 32
_THREADS = 1  # blosc2's own threads do not survive a fork, and the child would wait for them for ever


def encode(result: object, own: Mapping[str, type], given: Mapping[str, type]) -> tuple[int, bytes]:
    """Pickle a result; return the flags of its entry and the stream.

    Args:
        result: What the function returned.
        own: The user's classes that the function's code reaches, by qualified name. Pickle would write the
            module in which each was found. But a script is `__main__` when it runs and has its name when it is
            imported, and equal code shares entries: the instances must be of the reader's class, not of its twin.
        given: Those of the arguments.

    Raises:
        Exception: Whatever pickle or the result's own methods raise; the caller decides what that means.
    """
    if not own and not given:
        return 0, dumps(result, PICKLE_PROTOCOL)
    stream = BytesIO()
    pickler = _ClassPickler(stream, own, given)
    pickler.dump(result)
    return pickler.flags, stream.getvalue()


def joined(own: Mapping[str, type], given: Mapping[str, type]) -> dict[str, type]:
    """Return the classes of both, without those that share a name and are not the same."""
    both = {**own, **given}
    return {name: cls for name, cls in both.items() if own.get(name, cls) is cls}


class _ClassPickler(Pickler):
    """Writes the classes that it is given by their qualified names."""

    def __init__(self, stream: BytesIO, own: Mapping[str, type], given: Mapping[str, type]) -> None:
        super().__init__(stream, PICKLE_PROTOCOL)
        self.flags = 0
        self._own = own
        self._names = {id(cls): name for name, cls in joined(own, given).items()}

    def reducer_override(self, obj: Any) -> Any:
        """Return how to find one of the classes again; leave everything else to pickle."""
        name = self._names.get(id(obj))
        if name is None:
            return NotImplemented
        self.flags |= OWN_CLASSES if name in self._own else ARGUMENT_CLASSES
        return own_class, (name,)


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


def decode(entry: Verified, classes: Classes, values: tuple[Any, ...] = ()) -> Any:
    """Rebuild the result of a verified entry.

    Args:
        entry: The entry.
        classes: Gives, for the arguments of a call, the classes that the flags of the entry ask for.
        values: What `classes` is called with, beside the flags of the entry.

    Raises:
        CorruptEntry: The stream's lengths contradict the head, or the codec is not known.
        Exception: Whatever unpickling raises, for example because a class is gone.
    """
    if entry.head.flags:
        token = _classes_in_force.set(classes(values, entry.head.flags))
        try:
            return _load(entry)
        finally:
            _classes_in_force.reset(token)
    return _load(entry)


def _load(entry: Verified) -> Any:
    if entry.head.codec == RAW:
        return loads(entry.stream)  # noqa: S301 - verified: its seal held
    return loads(decompress(entry.stream, entry.head.codec, entry.head.length))  # noqa: S301 - as above


def compress(stream: bytes, how: str) -> tuple[int, bytes]:
    """Return the codec number and the stored form of a pickle stream.

    Args:
        stream: The pickle stream.
        how: "auto" (only where a sample shrinks), "none", "lz4" or "zstd".
    """
    if how == "none" or len(stream) < COMPRESS_FROM:
        return RAW, stream
    options = _best_options(stream, how)
    if options is None:
        return RAW, stream
    stored = _in_chunks(stream, options)
    return (BLOSC2, stored) if len(stored) * _WORTH_IT < len(stream) else (RAW, stream)


def decompress(stored: bytes | memoryview, codec: int, length: int) -> bytearray:
    """Return the `length` bytes of a compressed pickle stream.

    Raises:
        CorruptEntry: Another codec, or chunks whose declared sizes do not add up to `length`.
    """
    blosc2 = _blosc2()
    if codec != BLOSC2:
        raise CorruptEntry("", f"its codec {codec} is not known to this version of memo")
    chunks = list(_chunks(memoryview(stored)))
    # 32 bytes of blosc2 can declare a gigabyte: every declared size is held against the head, whose seal is
    # verified, before any of it is allocated.
    if sum(size for size, _ in chunks) != length or any(
        blosc2.get_cbuffer_sizes(chunk)[0] != size for size, chunk in chunks
    ):
        raise CorruptEntry("", "the sizes of its compressed chunks contradict its head")
    result = bytearray(length)
    view, at = memoryview(result), 0
    for size, chunk in chunks:
        blosc2.decompress2(chunk, dst=view[at : at + size], nthreads=_THREADS)
        at += size
    return result


def _blosc2() -> Any:
    """Import blosc2 (0.2 s, with numpy) where a stream is long enough to be worth it."""
    import blosc2  # pyright: ignore[reportMissingTypeStubs] - it has none

    return blosc2


def _chunks(stored: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield the raw length and the blosc2 buffer of each chunk."""
    try:
        (count,) = _COUNT.unpack_from(stored)
        at = _COUNT.size
        for _ in range(count):
            size, length = _LENGTHS.unpack_from(stored, at)
            at += _LENGTHS.size
            if length < _BLOSC2_HEADER or at + length > len(stored):
                raise CorruptEntry("", "a compressed chunk is cut short")
            yield size, stored[at : at + length]
            at += length
    except struct.error as error:
        raise CorruptEntry("", "its table of compressed chunks is cut short") from error


def _in_chunks(stream: bytes, options: dict[str, Any]) -> bytes:
    blosc2 = _blosc2()
    view = memoryview(stream)
    parts = [_COUNT.pack(-(-len(view) // _CHUNK))]
    for at in range(0, len(view), _CHUNK):
        raw = view[at : at + _CHUNK]
        stored = blosc2.compress2(raw, nthreads=_THREADS, **options)
        parts += (_LENGTHS.pack(len(raw), len(stored)), stored)
    return b"".join(parts)


def _best_options(stream: bytes, how: str) -> dict[str, Any] | None:
    """Choose blosc2's options by compressing a sample, or None where none of them pays."""
    middle = max(0, (len(stream) - _SAMPLE) // 2)
    sample = stream[middle : middle + _SAMPLE]
    sizes = [(len(_in_chunks(sample, options)), options) for options in _candidates(how)]
    size, options = min(sizes, key=lambda pair: pair[0])
    return options if how != "auto" or size * _WORTH_IT < len(sample) else None


def _candidates(how: str) -> list[dict[str, Any]]:
    """Return the options to try: bits shuffled as of 8-byte numbers, and plain bytes."""
    blosc2 = _blosc2()
    codec = blosc2.Codec.LZ4 if how == "lz4" else blosc2.Codec.ZSTD
    numbers = {"typesize": 8, "filters": [blosc2.Filter.BITSHUFFLE]}
    plain = {"typesize": 1, "filters": [blosc2.Filter.NOFILTER]}
    return [{"codec": codec, "clevel": 1, **shape} for shape in (numbers, plain)]
