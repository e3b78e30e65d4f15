"""An entry that is not exactly what was sealed, under the key that was asked for, is never taken apart."""

import mmap
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo.envelope import (
    CHECKSUM,
    FORMAT_VERSION,
    HEAD_SIZE,
    HMAC_SHA256,
    MAGIC,
    Blob,
    Head,
    Payload,
    Sealer,
    Slice,
    Verified,
    blobs_in,
    pack,
    peek,
    unpack,
)
from memo.errors import CorruptEntry

KEY = bytes(range(16))
OTHER_KEY = bytes(range(1, 17))
CODE = bytes(range(16, 32))
SECRET = b"a secret of more than 16 bytes"
OTHER_SECRET = b"another secret of over 16 bytes"
META = b'{"python":"3.11"}'
STREAM = b"not a pickle; nothing here may look inside"
UNSIGNED = Sealer()
SIGNED = Sealer([SECRET])
BODY_AT = len(MAGIC) + 32
SEALERS = pytest.mark.parametrize("sealer", [UNSIGNED, SIGNED], ids=["checksum", "hmac"])

sixteen_bytes = st.binary(min_size=16, max_size=16)
instants = st.floats(allow_nan=False)
large = st.one_of(st.binary(max_size=300), st.integers(65_000, 70_000).map(bytes))
lengths = st.integers(0, 2**60)
numbers = st.integers(0, 2**16 - 1)
blobs = st.builds(Blob, sixteen_bytes, st.binary(min_size=32, max_size=32), lengths, lengths, numbers, numbers)
slices = st.builds(Slice, st.integers(0, 2**32 - 1), st.integers(0, 2), lengths, lengths, lengths)


def head(**changes):
    plain = Head(
        key=KEY,
        code=CODE,
        algorithm=0,
        reserved=0,
        flags=0,
        blobs=0,
        slices=0,
        meta_length=0,
        created=1.7e9,
        expires=0.0,
        cost=0.25,
        length=0,
        small_length=0,
        stored_bytes=0,
        key_id=b"",
    )
    return plain._replace(**changes)


def entry(sealer=UNSIGNED, *, meta=META, stream=STREAM, **changes):
    return b"".join(pack(sealer, head(**changes), meta, Payload(stream)))


def resealed(sealer, body):
    """Return an entry with a body of the test's making and a seal that holds: what only a bug could write."""
    return MAGIC + sealer.seal(body) + body


def assert_refused(sealer, data, *, key=KEY, reason=None):
    with pytest.raises(CorruptEntry, match=reason) as caught:
        unpack(sealer, data, key, "some/path")
    assert caught.value.path == "some/path"


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# ---- what was sealed comes back ------------------------------------------------------------------------


@given(
    key=sixteen_bytes,
    code=sixteen_bytes,
    flags=st.integers(0, 2**16 - 1),
    times=st.tuples(instants, instants, instants),
    meta=st.binary(max_size=300),
    stream=large,
    small=large,
    blobs=st.lists(blobs, max_size=5),
    slices=st.lists(slices, max_size=5),
    secrets=st.lists(st.binary(min_size=16, max_size=80), max_size=3),
)
def test_an_entry_says_what_was_packed(*, key, code, flags, times, meta, stream, small, blobs, slices, secrets):
    sealer = Sealer(secrets)
    created, expires, cost = times
    packed = head(key=key, code=code, flags=flags, created=created, expires=expires, cost=cost)

    data = b"".join(pack(sealer, packed, meta, Payload(stream, small, blobs, slices)))
    found = unpack(sealer, data, key)

    assert isinstance(found, Verified)
    assert bytes(found.stream) == stream
    assert (found.meta, bytes(found.small), found.blobs(), found.slices()) == (meta, small, blobs, slices)
    assert found.head == packed._replace(
        algorithm=HMAC_SHA256 if secrets else CHECKSUM,
        blobs=len(blobs),
        slices=len(slices),
        meta_length=len(meta),
        length=len(stream),
        small_length=len(small),
        stored_bytes=sum(blob.stored_length for blob in blobs),
        key_id=sealer.key_id,
    )
    assert blobs_in(data) == blobs


@pytest.mark.parametrize("length", [0, 1, HEAD_SIZE - 1, HEAD_SIZE + 1])
def test_of_an_entry_cut_short_the_blobs_are_not_guessed(length):
    """Whose files were taken for orphans would be removed."""
    row = Blob(KEY, bytes(32), 1, 1, 0, 8)
    data = b"".join(pack(UNSIGNED, head(), META, Payload(STREAM, b"", [row, row], [])))
    assert blobs_in(data) == [row, row]
    assert blobs_in(data[:length]) is None


def test_a_walk_over_a_directory_takes_entries_of_any_key():
    assert unpack(UNSIGNED, entry(), None).head.key == KEY


def test_the_head_is_read_without_the_rest():
    assert peek(entry()[:HEAD_SIZE]) == unpack(UNSIGNED, entry(), KEY).head


@pytest.mark.parametrize(
    "data",
    [b"", MAGIC, entry()[: HEAD_SIZE - 1], b"x" * 4096, entry().replace(b"memo", b"mimo", 1)],
    ids=["empty", "magic", "short", "foreign", "other magic"],
)
def test_a_listing_passes_over_what_is_no_entry(data):
    assert peek(data) is None


# ---- damage --------------------------------------------------------------------------------------------


@SEALERS
def test_every_single_flipped_bit_is_noticed(sealer):
    data = entry(sealer)
    for bit in range(8 * len(data)):
        assert_refused(sealer, flipped(data, bit))


@SEALERS
def test_every_truncation_is_noticed(sealer):
    data = entry(sealer)
    for length in range(len(data)):
        assert_refused(sealer, data[:length])


@SEALERS
def test_every_extension_is_noticed(sealer):
    data = entry(sealer)
    for tail in (b"\0", b"\xff", b".", data[-1:], bytes(4096), data):
        assert_refused(sealer, data + tail)
        assert_refused(sealer, tail + data)


@SEALERS
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.floats(0, 1, exclude_max=True))
def test_damage_to_an_entry_too_large_to_be_copied_is_noticed(sealer, place, bit, cut):
    data = entry(sealer, stream=bytes(100_000))
    assert_refused(sealer, flipped(data, 8 * int(place * len(data)) + bit))
    assert_refused(sealer, data[: int(cut * len(data))])


@SEALERS
@given(junk=st.binary(max_size=400))
def test_foreign_bytes_are_refused_whatever_they_are(sealer, junk):
    assert_refused(sealer, junk)
    assert_refused(sealer, MAGIC + junk)


@SEALERS
def test_parts_of_two_sound_entries_do_not_make_a_third(sealer):
    one, other = entry(sealer), entry(sealer, stream=STREAM[::-1])
    for at in range(len(MAGIC), len(one)):
        spliced = one[:at] + other[at:]
        if spliced not in (one, other):
            assert_refused(sealer, spliced)


@SEALERS
def test_zeros_in_place_of_any_block_are_noticed(sealer):
    """What a power cut leaves where the file system had allocated but not written."""
    data = entry(sealer, stream=b"\xaa" * 20_000)
    for start in range(0, len(data), 512):
        block = data[start : start + 512]
        assert_refused(sealer, data[:start] + bytes(len(block)) + data[start + 512 :])


# ---- sound, but not what was asked for -----------------------------------------------------------------


@SEALERS
def test_the_entry_of_another_key_is_refused(sealer):
    assert_refused(sealer, entry(sealer, key=OTHER_KEY), reason="another key")


@SEALERS
def test_a_key_swapped_inside_an_entry_breaks_its_seal(sealer):
    assert_refused(sealer, entry(sealer).replace(KEY, OTHER_KEY, 1), key=OTHER_KEY, reason="does not hold")


@pytest.mark.parametrize("version", [0, FORMAT_VERSION + 1, 255])
def test_another_format_version_is_refused(version):
    data = bytearray(entry())
    data[MAGIC.index(FORMAT_VERSION)] = version
    assert_refused(UNSIGNED, bytes(data), reason=f"no entry of format {FORMAT_VERSION}")


@SEALERS
@pytest.mark.parametrize("field", ["meta_length", "length", "small_length", "blobs", "slices"])
@pytest.mark.parametrize("value", [1, 2**31, 2**32 - 1])
def test_lengths_that_do_not_add_up_are_refused_though_the_seal_holds(sealer, field, value):
    body = entry(sealer)[BODY_AT:]
    layout = struct.Struct("<16s16sBBHIIIdddQQQ8s")
    fields = Head._make(layout.unpack_from(body))
    wrong = layout.pack(*fields._replace(**{field: value})) + body[layout.size :]
    assert_refused(sealer, resealed(sealer, wrong), reason="lengths")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (entry()[:50], "ends after 50 bytes"),
        (entry()[:3], "no entry of format"),
        (b"\x80\x05]\x94.", "no entry of format"),
        (flipped(entry(), 8 * HEAD_SIZE), "does not hold"),
    ],
)
def test_the_error_tells_what_is_wrong(data, reason):
    assert_refused(UNSIGNED, data, reason=reason)


# ---- signatures ----------------------------------------------------------------------------------------


def test_a_checksum_does_not_pass_for_a_signature():
    assert_refused(SIGNED, entry(UNSIGNED))


def test_a_forger_cannot_talk_a_signed_cache_into_a_checksum():
    """The algorithm and the key id are the forger's to write; which seal must hold is not."""
    body = bytearray(entry(UNSIGNED)[BODY_AT:])
    for algorithm in (CHECKSUM, HMAC_SHA256):
        for key_id in (bytes(8), SIGNED.key_id):
            body[32] = algorithm
            body[HEAD_SIZE - BODY_AT - 8 : HEAD_SIZE - BODY_AT] = key_id
            assert_refused(SIGNED, resealed(UNSIGNED, bytes(body)))


def test_a_signature_does_not_pass_for_a_checksum():
    assert_refused(UNSIGNED, entry(SIGNED))


def test_the_signature_of_another_secret_is_refused():
    assert_refused(Sealer([OTHER_SECRET]), entry(SIGNED))


def test_a_foreign_secret_under_a_known_key_id_is_refused():
    body = entry(SIGNED)[BODY_AT:]
    assert_refused(SIGNED, resealed(Sealer([OTHER_SECRET]), body))


@pytest.mark.parametrize("seal", [bytes(32), b"\xff" * 32], ids=["zeros", "ones"])
def test_a_constant_is_no_signature(seal):
    assert_refused(SIGNED, MAGIC + seal + entry(SIGNED)[BODY_AT:])


def test_after_rotation_the_old_secret_still_verifies_and_the_new_one_signs():
    rotated = Sealer([OTHER_SECRET, SECRET])
    assert unpack(rotated, entry(SIGNED), KEY).stream == STREAM
    assert unpack(Sealer([OTHER_SECRET]), entry(rotated), KEY).stream == STREAM
    assert_refused(SIGNED, entry(rotated))


def test_a_secret_taken_off_the_ring_no_longer_verifies():
    assert_refused(Sealer([OTHER_SECRET]), entry(Sealer([SECRET, OTHER_SECRET])))


def test_no_entry_gives_its_secret_away():
    assert SECRET not in entry(SIGNED)
    assert SECRET[:8] not in entry(SIGNED)
    assert SECRET not in repr(SIGNED).encode()


def test_a_body_of_more_than_2_gib_can_be_signed():
    """OpenSSL signs at most 2**31 - 1 bytes at a time."""
    with mmap.mmap(-1, 2**31 + 1) as zeros, memoryview(zeros) as body:
        assert len(SIGNED.seal(body)) == 32
