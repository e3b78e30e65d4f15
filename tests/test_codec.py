"""Results come back as they were, compressed only where it pays, and nothing unproved is decompressed."""

import os
import pickle
import random
import struct
import tracemalloc

import blosc2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo import codec
from memo.codec import BLOSC2, COMPRESS_FROM, RAW, compress, decode, decompress, encode
from memo.envelope import Head, Sealer, pack, unpack
from memo.errors import CorruptEntry

KEY = bytes(16)
LARGE = 3 * COMPRESS_FROM
SHRINKS = b"a line that repeats\n" * (LARGE // 20)
RANDOM = random.Random(0).randbytes(LARGE)
NUMBERS = struct.pack(f"<{LARGE // 8}d", *(1.0 + i / 1000 for i in range(LARGE // 8)))
HOW = pytest.mark.parametrize("how", ["auto", "none", "lz4", "zstd"])

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


def verified(stored, number=RAW, length=None):
    """Return an entry as `decode` gets it: sealed, packed, read back and verified."""
    length = len(stored) if length is None else length
    head = Head(KEY, KEY, 0, number, 0, 0, 0, 0.0, 0.0, 0.0, length, 0, b"")
    return unpack(Sealer(), b"".join(pack(Sealer(), head, b"{}", stored)), KEY)


def chunk(stored, size):
    return struct.pack("<QQ", size, len(stored)) + stored


def table(*chunks, count=None):
    return struct.pack("<I", len(chunks) if count is None else count) + b"".join(chunks)


def no_classes(_values, _flags):
    return {}


def store_and_load(result, how="auto"):
    _, stream = encode(result, {}, {})
    number, stored = compress(stream, how)
    return decode(verified(stored, number, len(stream)), no_classes)


# ---- round trips ---------------------------------------------------------------------------------------


@given(plain_values)
def test_a_result_comes_back_equal(result):
    assert store_and_load(result) == result


@HOW
@pytest.mark.parametrize("content", [SHRINKS, RANDOM, NUMBERS, b""], ids=["text", "random", "numbers", "none"])
def test_a_large_result_comes_back_equal(how, content):
    assert store_and_load(content, how) == content
    assert store_and_load(bytearray(content), how) == content


@HOW
@given(size=st.integers(COMPRESS_FROM - 9, COMPRESS_FROM + 9), seed=st.binary(min_size=1, max_size=9))
def test_streams_around_the_threshold_and_of_odd_lengths_come_back_equal(how, size, seed):
    stream = (seed * (size // len(seed) + 1))[:size]
    number, stored = compress(stream, how)
    assert (stored if number == RAW else decompress(stored, number, size)) == stream


@HOW
def test_a_stream_of_many_chunks_comes_back_equal(how, monkeypatch):
    monkeypatch.setattr(codec, "_CHUNK", COMPRESS_FROM // 2 + 1)
    stream = SHRINKS + NUMBERS
    number, stored = compress(stream, how)
    assert number == (RAW if how == "none" else BLOSC2)
    if number == BLOSC2:
        assert struct.unpack_from("<I", stored)[0] > 10
        assert decompress(stored, number, len(stream)) == stream


def test_one_pickle_protocol_whatever_python_runs():
    assert encode([], {}, {})[1][:2] == b"\x80\x05"


# ---- compression only where it pays --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["auto", "lz4", "zstd"])
@pytest.mark.parametrize("stream", [SHRINKS, NUMBERS], ids=["text", "numbers"])
def test_what_shrinks_is_compressed(how, stream):
    number, stored = compress(stream, how)
    assert number == BLOSC2
    assert len(stored) < len(stream) / 2


@HOW
def test_what_does_not_shrink_stays_as_it_is(how):
    assert compress(RANDOM, how) == (RAW, RANDOM)


@HOW
def test_short_streams_stay_as_they_are(how):
    stream = bytes(COMPRESS_FROM - 1)
    assert compress(stream, how) == (RAW, stream)


def test_none_compresses_nothing():
    assert compress(SHRINKS, "none") == (RAW, SHRINKS)


@pytest.mark.parametrize("how", ["lz4", "zstd"])
def test_a_codec_asked_for_is_not_judged_by_a_sample(how):
    """The middle is random, the rest is not: "auto" would keep the stream as it is."""
    stream = bytes(4 << 20) + random.Random(1).randbytes(300 << 10) + bytes(4 << 20)
    assert compress(stream, "auto")[0] == RAW
    assert compress(stream, how)[0] == BLOSC2


@pytest.mark.parametrize(("how", "name"), [("lz4", "LZ4"), ("zstd", "ZSTD"), ("auto", "ZSTD")])
def test_the_codec_asked_for_is_the_one_used(how, name):
    _, stored = compress(SHRINKS, how)
    # The third byte of a blosc2 buffer holds flags, the highest three bits of which name the format.
    expected = {"LZ4": 1, "ZSTD": 4}[name]
    assert stored[4 + 16 + 2] >> 5 == expected


# ---- damage behind a seal that holds: what only a bug or a stolen secret could write -------------------


def buffer_of(content, **options):
    return blosc2.compress2(content, typesize=1, **options)


@pytest.mark.parametrize("declared", [2**30, 2**31 - 64])
def test_a_bomb_is_refused_before_its_memory_is_asked_for(declared):
    """32 bytes of blosc2 can declare a gigabyte. The head's length is the only one that may be allocated."""
    bomb = bytearray(buffer_of(bytes(100_000)))
    bomb[4:8] = struct.pack("<i", declared)
    stored = table(chunk(bytes(bomb), 100_000))
    tracemalloc.start()
    try:
        with pytest.raises(CorruptEntry, match="sizes"):
            decompress(stored, BLOSC2, 100_000)
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [0, 1, 99_999, 100_001, 2**62])
def test_a_head_that_declares_another_length_is_refused_before_it_is_allocated(length):
    stored = table(chunk(buffer_of(bytes(100_000)), 100_000))
    with pytest.raises(CorruptEntry, match="sizes"):
        decompress(stored, BLOSC2, length)


def test_chunks_whose_sizes_add_up_only_together_are_refused():
    small, large = buffer_of(bytes(1000)), buffer_of(bytes(3000))
    with pytest.raises(CorruptEntry, match="sizes"):
        decompress(table(chunk(small, 2000), chunk(large, 2000)), BLOSC2, 4000)


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (b"", "cut short"),
        (b"\1\0\0", "cut short"),
        (table(count=1), "cut short"),
        (table(chunk(buffer_of(bytes(1000)), 1000), count=2), "cut short"),
        (table(chunk(buffer_of(bytes(1000)), 1000), count=2**32 - 1), "cut short"),
        (table(chunk(bytes(31), 31)), "cut short"),
        (table(struct.pack("<QQ", 8, 2**63) + bytes(64)), "cut short"),
        (table(), "sizes"),
    ],
    ids=["empty", "part of a count", "no chunk", "one too few", "four milliards", "tiny", "endless", "none"],
)
def test_a_damaged_table_of_chunks_is_refused(stored, why):
    with pytest.raises(CorruptEntry, match=why):
        decompress(stored, BLOSC2, 1000)


@pytest.mark.parametrize("number", [2, 3, 255])
def test_an_unknown_codec_is_refused(number):
    with pytest.raises(CorruptEntry, match=f"codec {number} is not known"):
        decode(verified(encode(1, {}, {})[1], number), no_classes)


@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=40))
def test_junk_in_a_compressed_stream_ends_in_an_exception_or_in_the_declared_length(place, junk):
    """Never in a crash of the interpreter: that alone could not be turned into a miss."""
    stored = table(chunk(buffer_of(SHRINKS[:20_000]), 20_000))
    at = int(place * len(stored))
    damaged = stored[:at] + junk + stored[at + len(junk) :]
    try:
        found = decompress(damaged, BLOSC2, 20_000)
    except Exception:  # noqa: BLE001 - any exception is a miss to the engine
        return
    assert len(found) == 20_000


def test_a_stream_that_shrank_again_on_disk_is_not_unpickled_as_zeros():
    """A chunk that decompresses to less than it declares would leave the rest of the buffer as it was made."""
    short = bytearray(buffer_of(b"\1" * 1000))
    short[4:8] = struct.pack("<i", 2000)
    with pytest.raises(Exception, match=r".+"):
        decompress(table(chunk(bytes(short), 2000)), BLOSC2, 2000)


# ---- only what is verified is unpickled ----------------------------------------------------------------


class Explosive:
    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def test_nothing_of_a_damaged_entry_is_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = Head(KEY, KEY, 0, RAW, 0, 0, 0, 0.0, 0.0, 0.0, 0, 0, b"")
    data = bytearray(b"".join(pack(Sealer(), head, b"{}", pickle.dumps(Explosive()))))
    data[60] ^= 1
    with pytest.raises(CorruptEntry):
        decode(unpack(Sealer(), bytes(data), KEY), no_classes)
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("bare", [pickle.dumps(Explosive()), memoryview(pickle.dumps(Explosive())), None])
def test_bytes_that_nobody_verified_are_not_even_looked_at(bare, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AttributeError):
        decode(bare, no_classes)
    assert not (tmp_path / "unpickled").exists()
