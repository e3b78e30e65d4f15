"""Compression: whether it pays, by a sample; and a region to chunks of blosc2 and back.

Values in, values out. A compressed blob is::

    compressed = chunk* table tail seal
    chunk      = one blosc2 buffer             of `chunk` raw bytes, the last one of fewer
    table      = row*                          one for each chunk
    row        = length check                  u32: stored; xxh3-64 of its raw bytes: blosc2 itself checks nothing
    tail       = magic digest length chunk     8 bytes; xxh3-128 of the raw bytes; u64 each: how many, in a chunk
    magic      = 93 'memo' version CR LF       version = 42
    seal       = xxh3-128 of all before it     16 bytes

Its chunks are worked on by as many threads as there are processors. They are threads of Python, each with blosc2
for itself: those of blosc2 do not survive a fork, and a child that compresses would wait for them for ever.
"""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING, Any

from xxhash import xxh3_64_digest, xxh3_128

from memo.errors import CorruptEntry
from memo.memory import give_back, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from memo.regions import Region

MAGIC = b"\x93memo\x42\r\n"
CHUNK = 4 << 20
"""Raw bytes of a chunk: as many as the processors' caches hold, and enough for Python's part to be small."""

CHANGED = "the result was changed while it was stored"

_BLOCK = 256 << 10  # what blosc2 compresses at a time: of its own choice, smaller, and results are a tenth larger
_PIECES, _PIECE = 4, 64 << 10  # the sample
_WORTH_IT = 1.25  # random numbers between 0 and 1 shrink to 1/1.15, and then could not be mapped
_AS_GOOD = 1.05  # plain bytes come back quicker
_MOST_THREADS = 4
_MOST_ITEM = 16
_ROW = struct.Struct("<I8s")
_TAIL = struct.Struct("<8s16sQQ")
_SEAL = 16


def options_for(region: Region, how: str) -> dict[str, Any] | None:
    """Return the options with which to compress a region, None where to leave it as it is.

    Args:
        region: What is to be stored.
        how: "auto" (only where a sample shrinks by a fifth), "none", "lz4" or "zstd".
    """
    if how == "none":
        return None
    sample = list(_sample(region))
    candidates = _candidates(_item_size(region), how)
    *shuffled, plain = [sum(len(_compress(piece, options)) for piece in sample) for options in candidates]
    size = min(shuffled)
    best = shuffled.index(size)
    if plain < _AS_GOOD * size:
        size, best = plain, -1
    worth_it = _WORTH_IT if how == "auto" else 1.0
    return candidates[best] if size * worth_it < sum(map(len, sample)) else None


def compressed(region: Region, digest: bytes, options: dict[str, Any]) -> Iterator[bytes]:
    """Yield the chunks of a compressed region in order, and last its table and tail, without the seal.

    Raises:
        RuntimeError: Its content is not that of the digest: another thread has changed it since.
    """
    chunk = CHUNK - CHUNK % _item_size(region)
    rows: list[bytes] = []
    hasher = xxh3_128()

    def copies() -> Iterator[bytes]:
        for block in region.blocks(chunk):
            raw = bytes(block)  # what is hashed and what is compressed must be the same
            hasher.update(raw)
            yield raw

    def pack(raw: bytes) -> tuple[bytes, bytes]:
        return _compress(raw, options), xxh3_64_digest(raw)

    for stored, check in _in_order(pack, copies(), -(-region.length // chunk)):
        rows.append(_ROW.pack(len(stored), check))
        yield stored
    if hasher.digest() != digest:
        raise RuntimeError(CHANGED)
    yield b"".join((*rows, _TAIL.pack(MAGIC, digest, region.length, chunk)))


def seal_in(tail: bytes, digest: bytes, length: int) -> bytes | None:
    """Return the seal in the last `TAIL_SIZE` bytes of a compressed blob, None if it is of other content."""
    if len(tail) != TAIL_SIZE:
        return None
    magic, declared, declared_length, _ = _TAIL.unpack_from(tail)
    return tail[_TAIL.size :] if (magic, declared, declared_length) == (MAGIC, digest, length) else None


TAIL_SIZE = _TAIL.size + _SEAL
"""Bytes at the end of a compressed blob that tell what it is."""


def decompress(stored: memoryview, digest: bytes, target: memoryview, *, verify: bool = True) -> None:
    """Decompress a blob, proved before, into memory of its raw length.

    Args:
        stored: The blob.
        digest: The digest of its raw bytes.
        target: Where to.
        verify: Whether what comes out is held against what went in.

    Raises:
        CorruptEntry: Its tables contradict each other, a chunk does not declare the length it must have, or
            something else comes out.
    """
    blosc2 = _blosc2()

    def unpack(place: tuple[memoryview, memoryview, bytes]) -> None:
        raw, chunk, check = place
        # 32 bytes of blosc2 can declare a gigabyte.
        if blosc2.get_cbuffer_sizes(chunk)[0] != len(raw):
            raise CorruptEntry("", "the sizes of its compressed chunks contradict its head")
        blosc2.decompress2(chunk, dst=raw, nthreads=1)
        give_back(chunk)
        if verify and xxh3_64_digest(raw) != check:  # while it is in the processor's cache
            raise CorruptEntry("", "a compressed chunk became something else")

    _for_each(unpack, list(_places(stored, digest, target)))


def _places(
    stored: memoryview, digest: bytes, target: memoryview
) -> Iterator[tuple[memoryview, memoryview, bytes]]:
    """Yield the memory for each chunk, its blosc2 buffer, and the check of its content."""
    end = len(stored) - TAIL_SIZE
    tail = bytes(stored[max(0, end) :])
    chunk: int = _TAIL.unpack_from(tail)[3] if seal_in(tail, digest, len(target)) else 0
    table_at = end - (-(-len(target) // chunk) if chunk else 0) * _ROW.size
    rows: list[tuple[int, bytes]] = list(_ROW.iter_unpack(stored[table_at:end])) if 0 <= table_at < end else []
    lengths = [length for length, _ in rows]
    if not rows or sum(lengths) != table_at or min(lengths) < _blosc2().MIN_HEADER_LENGTH:
        raise CorruptEntry("", "the table of its compressed chunks contradicts its head")
    at = 0
    for index, (length, check) in enumerate(rows):
        yield target[index * chunk : (index + 1) * chunk], stored[at : at + length], check
        at += length


def _for_each(work: Callable[[Any], None], items: list[Any]) -> None:
    """Do some work for all items, in this thread and in others."""
    left = iter(items)
    failed: list[BaseException] = []

    def take_turns() -> None:
        try:
            for item in left:  # the next one, whichever thread asks
                if failed:
                    break
                work(item)
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread that was called
            failed.append(error)

    helpers = [threading.Thread(target=take_turns) for _ in range(_threads_for(len(items)) - 1)]
    for helper in helpers:
        helper.start()
    take_turns()
    for helper in helpers:
        helper.join()
    if failed:
        raise failed[0]


def _threads_for(count: int) -> int:
    return min(count, processors(), _MOST_THREADS)


def _in_order(work: Callable[[Any], Any], items: Iterable[Any], count: int) -> Iterator[Any]:
    """Yield the results of `work` in order, made by several threads, a few ahead of the one that is asked for."""
    threads = _threads_for(count)
    if threads < 2:  # noqa: PLR2004 - several
        yield from map(work, items)
        return
    from collections import deque
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Any] = deque()
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _sample(region: Region) -> Iterator[memoryview]:
    """Yield a few pieces of a region, evenly spread over it."""
    part = max(region.parts, key=len)
    item = _item_size(region)
    size = min(_PIECE - _PIECE % item, len(part))
    apart = (len(part) - size) // max(1, _PIECES - 1)
    for index in range(_PIECES):
        at = index * apart
        at -= at % item
        yield part[at : at + size]


def _compress(raw: bytes | memoryview, options: dict[str, Any]) -> bytes:
    if len(raw) < _BLOCK:
        # Of fewer bytes than a block that are no multiple of an item, blosc2 (4.14) makes what it cannot read.
        options = {**options, "blocksize": 0}
    packed: bytes = _blosc2().compress2(raw, nthreads=1, **options)
    return packed


def _item_size(region: Region) -> int:
    """Return the size by which to shuffle a region: the largest power of two of which its items are made.

    Of other sizes, 3 or 12, blosc2 (4.14) writes chunks that it cannot read.
    """
    return min(region.item_size & -region.item_size, _MOST_ITEM) or 1


def _candidates(item_size: int, how: str) -> list[dict[str, Any]]:
    """Return the options to try: bits shuffled by items, and last plain bytes.

    Of 100 MB of prices with two decimals, two threads make 36 MB by shuffling and zstd in 37 ms, and get them
    back in 18; plain zstd makes 16 MB in 86 ms and takes 38; plain lz4 makes 35 MB in 52 ms and takes 14, which is
    the best where nobody has asked for more. Of texts and streams, whose items are bytes, lz4 would leave twice
    as much.
    """
    blosc2 = _blosc2()
    zstd, lz4 = blosc2.Codec.ZSTD, blosc2.Codec.LZ4
    # Single bytes may be truth values, or numbers of which nobody has told the size.
    sizes = (1, 8) if item_size == 1 else (item_size,)
    shuffled = {"codec": lz4 if how == "lz4" else zstd, "filters": [blosc2.Filter.BITSHUFFLE]}
    # Left to itself, lz4 takes the smaller blocks that it needs for shuffled bits.
    block = {} if how == "lz4" else {"blocksize": _BLOCK}
    codec = lz4 if how == "lz4" or (how == "auto" and item_size > 1) else zstd
    plain = {"codec": codec, "filters": [blosc2.Filter.NOFILTER], "typesize": 1, "blocksize": _BLOCK}
    return [{"clevel": 1, **shuffled, **block, "typesize": size} for size in sizes] + [{"clevel": 1, **plain}]


def _blosc2() -> Any:
    """Import blosc2 (0.2 s, with numpy) where there is something large enough to be worth it."""
    import blosc2  # pyright: ignore[reportMissingTypeStubs] - it has none

    blosc2.set_releasegil(True)  # or our threads would wait for each other
    return blosc2
