r"""The byte format of an entry: sealed on the way out, verified on the way in.

An entry proves itself before a byte of it is decompressed or unpickled::

    entry   = magic seal body
    magic   = 93 'memo' version CR LF          8 bytes; version = 01
    seal    = checksum | mac                   32 bytes, over all of body
    checksum= xxh3-128(body) 16 * 00           private directory: finds damage
    mac     = hmac-sha256(key, body)           shared directory: finds forgery
    body    = head blob* slice* meta small stream
    head    = key                              16 bytes: the full key of the entry
              code                             16 bytes: the code id
              algorithm                        u8: 0 checksum, 1 hmac-sha256
              reserved                         u8: 0
              flags                            u16: 1 = names classes of the function's code, 2 = of its arguments
              blobs, slices, meta length       u32 each
              created, expires, cost           f64 each: seconds since the epoch (expires 0: never),
                                               seconds of computation
              stream length, small length      u64 each
              stored bytes                     u64: of all blobs together
              key id                           8 bytes: which signing key, 0 without
    blob    = digest                           16 bytes: xxh3-128 of its raw bytes, which name its file
              proof                            32 bytes, over its file: digest or seal 16 * 00, sha-256 if signed
              length, stored length            u64 each: raw, and of its file
              codec, item size                 u16 each: 0 raw, 1 see memo.compression; bytes of an item
    slice   = blob number                      u32: from 0; ff ff ff ff = in `small`
              kind                             u32: 0 buffer, 1 piece of the stream, 2 the stream itself
              offset, length                   u64 each: where in the blob
              position                         u64: of a piece, before which byte of the rest of the stream;
                                               of a buffer, in which copy of the blob: those in one share memory
    meta    = JSON, UTF-8                      digests of the fingerprint's parts and of each argument
    small   = buffers too small for a blob     each aligned to 64 bytes from here
    stream  = the pickle stream                without what `slice`s say of it

All numbers are little-endian. Values in, values out: nothing here touches a file or a clock.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from xxhash import xxh3_128_digest

from memo.errors import CorruptEntry
from memo.names import blob_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FORMAT_VERSION = 1
MAGIC = b"\x93memo" + bytes([FORMAT_VERSION]) + b"\r\n"
CHECKSUM, HMAC_SHA256 = 0, 1
OWN_CLASSES, ARGUMENT_CLASSES = 1, 2
"""Flags of an entry whose stream names classes that `memo.codec` finds among those the function's code reaches, or
among those of the arguments."""

_HEAD = struct.Struct("<16s16sBBHIIIdddQQQ8s")
_BLOB = struct.Struct("<16s32sQQHH")
_SLICE = struct.Struct("<IIQQQ")
_SEAL_AT = len(MAGIC)
_BODY_AT = _SEAL_AT + 32
RAW, BLOSC2 = 0, 1
"""Codecs of blobs."""
LARGE = 64 * 1024
"""Bytes from which something gets a file of its own: below, one more file costs more than it can save."""
INLINE = 0xFFFFFFFF
"""In place of the number of a blob: in the entry itself, with the other small buffers."""
START = _BODY_AT
"""Bytes at the start of an entry that no other entry has: magic and seal."""
HEAD_SIZE = _BODY_AT + _HEAD.size
_NO_PADDING = b"\0" * 16
_COPIED_BELOW = 65536
_MAC_CHUNK = 1 << 30
_new = cast("Callable[[Any, Any], Any]", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]


class Head(NamedTuple):
    """What the head of an entry says, in the order in which it is stored."""

    key: bytes
    code: bytes
    algorithm: int
    reserved: int
    flags: int
    blobs: int
    slices: int
    meta_length: int
    created: float
    expires: float
    cost: float
    length: int
    small_length: int
    stored_bytes: int
    key_id: bytes


class Blob(NamedTuple):
    """A row of an entry's table of blobs: one large buffer, in a file of its own."""

    # What the fields are is said atop this module.

    digest: bytes
    proof: bytes
    length: int
    stored_length: int
    codec: int
    item_size: int

    @property
    def name(self) -> str:
        """The name of its file: see `memo.links`."""
        return blob_name(self.digest, compressed=self.codec != RAW)


class Slice(NamedTuple):
    """A row of an entry's table of slices: a part of the result, and where it lies."""

    blob: int
    kind: int
    offset: int
    length: int
    position: int


class Verified(NamedTuple):
    """An entry whose seal held.

    `stream` is the pickle stream as far as it lies in the entry. Only `unpack` makes one of these, and
    `memo.codec.decode` takes nothing else: no unverified byte reaches pickle.
    """

    head: Head
    body: bytes | memoryview
    stream: bytes | memoryview

    @property
    def meta(self) -> bytes:
        """The meta block, JSON in UTF-8."""
        at = self._small_at - self.head.meta_length
        return bytes(self.body[at : at + self.head.meta_length])

    @property
    def small(self) -> bytes | memoryview:
        """The buffers that are too small for blobs."""
        return self.body[self._small_at : self._small_at + self.head.small_length]

    @property
    def _small_at(self) -> int:
        return len(self.body) - self.head.length - self.head.small_length

    def blobs(self) -> list[Blob]:
        """Return the table of blobs."""
        table = self.body[_HEAD.size : _HEAD.size + self.head.blobs * _BLOB.size]
        return list(map(Blob._make, _BLOB.iter_unpack(table)))

    def slices(self) -> list[Slice]:
        """Return the table of slices."""
        at = _HEAD.size + self.head.blobs * _BLOB.size
        return list(map(Slice._make, _SLICE.iter_unpack(self.body[at : at + self.head.slices * _SLICE.size])))


class Sealer:
    """Seals bodies and checks seals: a checksum without signing keys, a MAC with them.

    The algorithm comes from the keys given here, never from the file: an attacker who could choose it would
    choose the checksum.

    Args:
        keys: Signing keys of at least 16 bytes; the first one signs, all of them verify. Empty: checksum.
    """

    __slots__ = ("_keyring", "_signing", "key_id")

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self._keyring = {_key_id(key): key for key in keys}
        self._signing = keys[0] if keys else None
        self.key_id = _key_id(keys[0]) if keys else bytes(8)

    @property
    def algorithm(self) -> int:
        """The number of the algorithm in force, as stored in the head."""
        return CHECKSUM if self._signing is None else HMAC_SHA256

    def seal(self, body: bytes | memoryview) -> bytes:
        """Return the 32 bytes that prove `body`."""
        if self._signing is None:
            return xxh3_128_digest(body) + _NO_PADDING
        return _mac(self._signing, body)

    def holds(self, seal: bytes, body: bytes | memoryview) -> bool:
        """Tell whether `seal` proves `body` under the keys in force."""
        if self._signing is None:
            return seal == xxh3_128_digest(body) + _NO_PADDING
        import hmac

        key = self._keyring.get(bytes(body[_HEAD.size - 8 : _HEAD.size]))
        return key is not None and hmac.compare_digest(_mac(key, body), seal)

    @property
    def signs(self) -> bool:
        """Whether there are signing keys."""
        return self._signing is not None


def _mac(key: bytes, body: bytes | memoryview) -> bytes:
    import hmac

    mac = hmac.new(key, digestmod="sha256")
    for at in range(0, len(body), _MAC_CHUNK):  # one call takes less than 2 GiB
        mac.update(body[at : at + _MAC_CHUNK])
    return mac.digest()


def _key_id(key: bytes) -> bytes:
    """Name a signing key without giving it away: 8 bytes of a MAC over a constant."""
    return _mac(key, b"memo key id")[:8]


class Payload(NamedTuple):
    """What an entry is for: the result, as far as it lies in the entry, and where the rest lies."""

    stream: bytes
    small: bytes = b""
    blobs: Sequence[Blob] = ()
    slices: Sequence[Slice] = ()


def pack(sealer: Sealer, head: Head, meta: bytes, payload: Payload) -> tuple[bytes, bytes]:
    """Return the two parts of an entry's file, to be written one after the other.

    Args:
        sealer: What seals the entry; its algorithm and key id replace those in `head`.
        head: The head; its lengths and counts are set from what follows.
        meta: The meta block, JSON in UTF-8.
        payload: The rest.
    """
    stream, small, blobs, slices = payload
    # Field by field: of what storing a small result takes, a `_replace` would be a fiftieth.
    packed = _HEAD.pack(
        head.key,
        head.code,
        sealer.algorithm,
        0,
        head.flags,
        len(blobs),
        len(slices),
        len(meta),
        head.created,
        head.expires,
        head.cost,
        len(stream),
        len(small),
        sum([blob.stored_length for blob in blobs]),
        sealer.key_id,
    )
    tables = [*(_BLOB.pack(*blob) for blob in blobs), *(_SLICE.pack(*row) for row in slices)]
    body = b"".join((packed, *tables, meta, small, stream))
    return MAGIC + sealer.seal(body), body


def unpack(sealer: Sealer, data: bytes, key: bytes | None = None, path: str = "") -> Verified:
    """Verify an entry and take it apart.

    Args:
        sealer: What must have sealed it.
        data: The whole file.
        key: The key that was asked for (16 bytes); None accepts any, for walks over a directory.
        path: Where the entry lies, for the error.

    Raises:
        CorruptEntry: The file is short, foreign, damaged, of another format, sealed by somebody else, or the
            entry of another key.
    """
    size = len(data)
    # A slice is a copy, and for small entries cheaper than a memoryview; large ones must not be copied.
    body = data[_BODY_AT:] if size < _COPIED_BELOW else memoryview(data)[_BODY_AT:]
    if size < HEAD_SIZE or not data.startswith(MAGIC):
        raise CorruptEntry(path, _describe_start(data))
    if not sealer.holds(data[_SEAL_AT:_BODY_AT], body):
        raise CorruptEntry(path, "its checksum or signature does not hold")
    # Made with tuple's own constructor: on a hit, those of NamedTuple would cost as much as reading the file.
    head: Head = _new(Head, _HEAD.unpack_from(body))
    if key is not None and head.key != key:
        raise CorruptEntry(path, "it belongs to another key")
    tables = head.blobs * _BLOB.size + head.slices * _SLICE.size
    stream_at = _HEAD.size + tables + head.meta_length + head.small_length
    if stream_at + head.length + _BODY_AT != size or head.reserved:
        raise CorruptEntry(path, "its lengths do not add up")
    verified: Verified = _new(Verified, (head, body, body[stream_at:]))
    return verified


def peek(data: bytes) -> Head | None:
    """Read the head of an entry *without verifying it*, from its first `HEAD_SIZE` bytes.

    For listings and accounting only: nothing that is returned to a caller may depend on it.
    """
    if data[:_SEAL_AT] != MAGIC or len(data) < HEAD_SIZE:
        return None
    return Head._make(_HEAD.unpack_from(data, _BODY_AT))


def blobs_in(data: bytes) -> list[Blob] | None:
    """Read the table of blobs of an entry *without verifying it*; None where that makes no sense.

    Only to tell which files belong to an entry.
    """
    head = peek(data[:HEAD_SIZE])
    if head is None or len(data) < HEAD_SIZE + head.blobs * _BLOB.size:
        return None
    table = memoryview(data)[HEAD_SIZE : HEAD_SIZE + head.blobs * _BLOB.size]
    return list(map(Blob._make, _BLOB.iter_unpack(table)))


def _describe_start(data: bytes) -> str:
    if not data:
        return "it is empty"
    if data[: _SEAL_AT - 3] == MAGIC[: _SEAL_AT - 3] and len(data) < HEAD_SIZE:
        return f"it ends after {len(data)} bytes"
    return f"it is no entry of format {FORMAT_VERSION}: it starts with {data[:8]!r}"
