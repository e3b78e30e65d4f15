"""Large regions are compressed only where it pays, and nothing that contradicts itself is decompressed."""

import random
import struct
import threading
import tracemalloc

import blosc2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_64_digest, xxh3_128_digest

from memo import compression
from memo.compression import MAGIC, TAIL_SIZE, compressed, decompress, options_for, seal_in
from memo.errors import CorruptEntry
from memo.regions import LARGE, Region

SIZE = 3 * LARGE
SHRINKS = b"a line that repeats\n" * (SIZE // 20)
RANDOM = random.Random(0).randbytes(SIZE)
NUMBERS = np.arange(SIZE // 8, dtype=np.int64)
SMALL_NUMBERS = np.random.default_rng(0).integers(0, 5, LARGE).astype(np.int64).tobytes()
DIGEST = bytes(range(16))
SEAL = bytes(16)
HOW = pytest.mark.parametrize("how", ["auto", "none", "lz4", "zstd"])


def region(*parts, item_size=1):
    views = tuple(memoryview(part).cast("B") for part in parts)
    return Region(views, sum(map(len, views)), item_size)


def squeezed(what, how="zstd", digest=DIGEST):
    options = options_for(what, how)
    assert options is not None
    return b"".join(compressed(what, digest, options)) + SEAL


def expanded(stored, length, digest=DIGEST):
    target = bytearray(length)
    decompress(memoryview(stored), digest, memoryview(target))
    return bytes(target)


def made_of(*chunks, length, chunk, digest=DIGEST, lengths=None):
    """Return a blob of the test's making, of zeros."""
    sizes = [min(chunk, length - index * chunk) for index in range(len(chunks))]
    checks = [xxh3_64_digest(bytes(size if 0 <= size <= 100_000 else 0)) for size in sizes]
    rows = zip(lengths or map(len, chunks), checks, strict=True)
    table = b"".join(struct.pack("<I8s", *row) for row in rows)
    return b"".join(chunks) + table + struct.pack("<8s16sQQ", MAGIC, digest, length, chunk) + SEAL


def buffer_of(content):
    return blosc2.compress2(content, typesize=1)


# ---- round trips ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["auto", "lz4", "zstd"])
@pytest.mark.parametrize("item_size", [1, 2, 3, 4, 6, 8, 12, 16, 24, 255, 256, 65_536, 70_000, 5 << 20])
def test_what_shrinks_is_compressed_and_comes_back_equal(how, item_size):
    content = np.arange(100_000, dtype=np.int64)
    stored = squeezed(region(content, item_size=item_size), how)
    assert len(stored) < content.nbytes / 2
    assert expanded(stored, content.nbytes) == content.tobytes()


@given(
    size=st.integers(LARGE, 5 * LARGE),
    item_size=st.sampled_from([1, 2, 3, 4, 6, 8, 12, 16, 48]),
    how=st.sampled_from(["auto", "lz4", "zstd"]),
)
def test_regions_of_odd_lengths_come_back_equal(size, item_size, how):
    """blosc2 makes of some what it cannot read again: see what `_compress` leaves to it."""
    what = region(memoryview(SMALL_NUMBERS)[:size], item_size=item_size)
    for options in compression._candidates(compression._item_size(what), how):
        stored = b"".join(compressed(what, DIGEST, options)) + SEAL
        assert expanded(stored, size) == SMALL_NUMBERS[:size]


@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=8), seed=st.binary(min_size=1, max_size=9))
def test_a_region_of_several_parts_comes_back_in_one(sizes, seed):
    parts = [(seed * (size // len(seed) + 1))[:size] for size in sizes]
    parts.append(SHRINKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "CHUNK", 10_007)
        stored = squeezed(region(*parts))
    whole = b"".join(parts)
    assert expanded(stored, len(whole)) == whole


@pytest.mark.parametrize("processors", [1, 2, 7])
def test_chunks_keep_their_order_whoever_compresses_them(processors, monkeypatch):
    monkeypatch.setattr(compression, "processors", lambda: processors)
    monkeypatch.setattr(compression, "CHUNK", 4096)
    content = np.arange(200_000, dtype=np.int32)
    stored = squeezed(region(content, item_size=4))
    assert len(content.tobytes()) // 4096 > 100
    assert expanded(stored, content.nbytes) == content.tobytes()


def test_no_thread_is_left_behind():
    before = threading.active_count()
    content = np.zeros(20 << 20, np.uint8)
    expanded(squeezed(region(content)), content.nbytes)
    assert threading.active_count() == before


# ---- only where it pays --------------------------------------------------------------------------------


@HOW
def test_what_does_not_shrink_stays_as_it_is(how):
    assert options_for(region(RANDOM), how) is None


def test_none_compresses_nothing():
    assert options_for(region(SHRINKS), "none") is None


def test_random_numbers_that_would_shrink_by_an_eighth_can_rather_be_mapped():
    numbers = np.random.default_rng(0).random(100_000)
    assert options_for(region(numbers, item_size=8), "auto") is None
    assert options_for(region(numbers, item_size=8), "zstd") is not None


def test_one_random_place_does_not_decide_for_the_whole():
    content = bytes(4 << 20) + random.Random(1).randbytes(300 << 10) + bytes(4 << 20)
    assert options_for(region(content), "auto") is not None


@pytest.mark.parametrize(("how", "name"), [("lz4", "LZ4"), ("zstd", "ZSTD"), ("auto", "ZSTD")])
def test_the_codec_asked_for_is_the_one_used(how, name):
    # The third byte of a blosc2 buffer holds flags, the highest three bits of which name the format.
    expected = {"LZ4": 1, "ZSTD": 4}[name]
    assert squeezed(region(SHRINKS), how)[2] >> 5 == expected


@pytest.mark.parametrize(("dtype", "at_most"), [(np.bool_, 0.2), (np.int64, 0.03), (np.float64, 0.03)])
def test_truth_values_take_about_a_bit_each(dtype, at_most):
    signals = (np.random.default_rng(0).random(500_000) > 0.5).astype(dtype)
    assert len(squeezed(region(signals, item_size=signals.itemsize), "auto")) < at_most * signals.nbytes


# ---- the end of a blob says what it is -----------------------------------------------------------------


def test_a_blob_tells_its_seal_only_to_who_asks_for_its_content():
    tail = squeezed(region(SHRINKS))[-TAIL_SIZE:]
    assert seal_in(tail, DIGEST, len(SHRINKS)) == SEAL
    assert seal_in(tail, bytes(16), len(SHRINKS)) is None
    assert seal_in(tail, DIGEST, len(SHRINKS) + 1) is None
    assert seal_in(tail[1:], DIGEST, len(SHRINKS)) is None
    assert seal_in(b"\0" + tail[1:], DIGEST, len(SHRINKS)) is None
    assert seal_in(b"", DIGEST, 0) is None


# ---- damage behind a seal that holds: what only a bug or a stolen secret could write -------------------


@pytest.mark.parametrize("declared", [2**30, 2**31 - 64])
def test_a_bomb_is_refused_before_its_memory_is_asked_for(declared):
    """32 bytes of blosc2 can declare a gigabyte. Only the length in the entry may be allocated."""
    bomb = bytearray(buffer_of(bytes(100_000)))
    bomb[4:8] = struct.pack("<i", declared)
    stored = made_of(bytes(bomb), length=100_000, chunk=100_000)
    tracemalloc.start()
    try:
        with pytest.raises(CorruptEntry, match="sizes"):
            expanded(stored, 100_000)
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [1, 99_999, 100_001])
def test_a_blob_of_another_length_is_refused(length):
    with pytest.raises(CorruptEntry, match="contradicts"):
        expanded(made_of(buffer_of(bytes(100_000)), length=100_000, chunk=100_000), length)


def test_a_blob_of_another_content_is_refused():
    with pytest.raises(CorruptEntry, match="contradicts"):
        expanded(squeezed(region(SHRINKS)), len(SHRINKS), digest=bytes(16))


def test_chunks_whose_sizes_add_up_only_together_are_refused():
    with pytest.raises(CorruptEntry, match="sizes"):
        expanded(made_of(buffer_of(bytes(1000)), buffer_of(bytes(3000)), length=4000, chunk=2000), 4000)


CHUNK = buffer_of(bytes(1000))


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\1\0\0",
        made_of(length=1000, chunk=1000),
        made_of(CHUNK, length=1000, chunk=0),
        made_of(CHUNK, length=1000, chunk=1),
        made_of(CHUNK, length=1000, chunk=2**63),
        made_of(CHUNK, length=1000, chunk=500),
        made_of(CHUNK, CHUNK, length=1000, chunk=1000),
        made_of(bytes(31), length=1000, chunk=1000),
        made_of(CHUNK, length=1000, chunk=1000, lengths=[2**32 - 1]),
        made_of(CHUNK, length=1000, chunk=1000, lengths=[len(CHUNK) - 1]),
        made_of(CHUNK, length=1000, chunk=1000)[1:],
        made_of(CHUNK, length=1000, chunk=1000)[-TAIL_SIZE:],
    ],
    ids=range(13),
)
def test_a_damaged_table_of_chunks_is_refused(stored):
    if stored == made_of(CHUNK, length=1000, chunk=2**63):
        assert expanded(stored, 1000) == bytes(1000)  # one chunk, however long it might have been
        return
    with pytest.raises(CorruptEntry):
        expanded(stored, 1000)


@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=40))
def test_junk_in_a_blob_ends_in_an_exception_or_in_what_was_stored(place, junk):
    """Never in a crash of the interpreter: that alone could not be turned into a miss."""
    stored = made_of(buffer_of(bytes(20_000)), buffer_of(bytes(20_000)), length=40_000, chunk=20_000)
    at = int(place * len(stored))
    damaged = stored[:at] + junk + stored[at + len(junk) :]
    try:
        found = expanded(damaged, 40_000)
    except Exception:  # noqa: BLE001 - any exception is a miss to the engine
        return
    assert found == bytes(40_000)


def test_a_codec_that_gives_back_something_else_is_found_out():
    stored = made_of(buffer_of(bytes(999) + b"1"), length=1000, chunk=1000)
    with pytest.raises(CorruptEntry, match="something else"):
        expanded(stored, 1000)
    target = bytearray(1000)
    decompress(memoryview(stored), DIGEST, memoryview(target), verify=False)
    assert target[-1:] == b"1"


def test_an_error_in_one_thread_is_the_error_of_all(monkeypatch):
    monkeypatch.setattr(compression, "processors", lambda: 4)
    good, bad = buffer_of(bytes(1000)), buffer_of(bytes(999))
    with pytest.raises(CorruptEntry, match="sizes"):
        expanded(made_of(*[good] * 9, bad, *[good] * 9, length=19_000, chunk=1000), 19_000)


def test_digests_are_those_of_what_is_in_a_blob():
    what = region(SHRINKS, NUMBERS)
    digest = xxh3_128_digest(SHRINKS + NUMBERS.tobytes())
    assert expanded(squeezed(what, digest=digest), what.length, digest) == SHRINKS + NUMBERS.tobytes()
