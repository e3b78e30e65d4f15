"""Blobs: from regions of memory to files and back, each proved before it is used.

What proves a file is in the entry's table, and so under the entry's own seal: the digest of its content; of a
compressed one the seal at its end, which proves the file and the digest of its content in it before anything is
decompressed; and in a signed cache the SHA-256 of the file, because somebody can make other bytes with the same
xxh3.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from xxhash import xxh3_128, xxh3_128_digest

from memo.codec import BUFFER
from memo.compression import CHUNK, TAIL_SIZE, compressed, decompress, options_for, seal_in
from memo.envelope import BLOSC2, RAW, Blob
from memo.errors import CorruptEntry
from memo.memory import ReadOnlyMap, allocate, memory_of, read_file
from memo.names import link_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memo.codec import Content
    from memo.envelope import Verified
    from memo.memory import Mode
    from memo.regions import Region
    from memo.store import Store

_NO_PADDING = bytes(16)


class Blobs:
    """The large buffers of one store's entries.

    Args:
        store: Where they lie.
        signed: Whether entries are signed: what somebody else wrote is then neither shared nor mapped unproved.
        compression: "auto", "none", "lz4" or "zstd".
        mode: How raw ones come back.
        verify: Whether their digests are checked when they do.
    """

    def __init__(self, store: Store, *, signed: bool, compression: str, mode: Mode, verify: bool) -> None:
        self._store = store
        self._links = store.links
        self._signed = signed
        self._compression = compression
        self._mode = mode
        self._verify = verify or signed

    def keep(self, entry: str, region: Region) -> tuple[Blob, int]:
        """Make a region a file of an entry; return its row in the entry's table, and the bytes written for it.

        Raises:
            OSError: It could not be written.
        """
        digest = _digest(region)
        if not self._signed:
            for codec in (RAW,) if self._compression == "none" else (RAW, BLOSC2):
                candidate = _Candidate(region, digest, codec)
                if self._links.share(candidate.link(entry), candidate.accept):
                    return candidate.row(), 0
        row = self._write(entry, region, digest)
        return row, row.stored_length

    def _write(self, entry: str, region: Region, digest: bytes) -> Blob:
        options = options_for(region, self._compression)
        candidate = _Candidate(region, digest, RAW if options is None else BLOSC2)
        whole = len(region.parts) == 1
        chunks = (
            region.blocks(region.length if whole else CHUNK)
            if options is None
            else compressed(region, digest, options)
        )
        proving = _signed_chunks(chunks, candidate) if self._signed else _sealed_chunks(chunks, candidate)
        accept = candidate.is_equal if self._signed else candidate.accept
        self._links.write(candidate.link(entry), proving, accept)
        return candidate.row()

    def are_there(self, name: str, entry: Verified) -> bool:
        """Tell whether all files of an entry are there, of their lengths."""
        try:
            return all(
                os.lstat(self._links.path(link_name(name, row.name))).st_size == row.stored_length
                for row in entry.blobs()
            )
        except OSError:
            return False

    def contents(self, name: str, entry: Verified) -> list[Content]:
        """Return the contents of an entry's blobs, proved.

        Raises:
            FileNotFoundError: One is not there (any more).
            OSError: One cannot be read.
            CorruptEntry: One is not what the entry says.
        """
        handed_out = {row.blob for row in entry.slices() if row.kind == BUFFER}
        return [self._content(name, row, index in handed_out) for index, row in enumerate(entry.blobs())]

    def _content(self, name: str, row: Blob, is_buffer: bool) -> Content:  # noqa: FBT001 - private
        link = link_name(name, row.name)
        descriptor = self._store.open(link)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size != row.stored_length:
                raise CorruptEntry(
                    "", f"its blob {link} has {status.st_size} bytes in place of {row.stored_length}"
                )
            copied = self._signed or (self._mode is False and is_buffer and row.codec == RAW)
            stored = self._memory(descriptor, row, copied=copied)
        finally:
            os.close(descriptor)
        verify = self._verify or not is_buffer
        if verify and not self._is_proved(row, stored):
            self._links.condemn(link)
            raise CorruptEntry("", f"its blob {link} is damaged")
        if row.codec == BLOSC2:
            return _Compressed(row, stored, verify=verify, writable=self._mode != "r")
        if row.codec != RAW:
            raise CorruptEntry(
                "", f"the codec {row.codec} of its blob {link} is not known to this version of memo"
            )
        if verify and isinstance(stored.obj, ReadOnlyMap):
            stored.obj.digests[0, row.length] = row.digest
        return _Raw(stored.toreadonly() if self._mode == "r" else stored)

    def _memory(self, descriptor: int, row: Blob, *, copied: bool) -> memoryview:
        try:
            if copied:
                return read_file(descriptor, row.stored_length)
            writable = self._mode == "c" and row.codec == RAW
            return memory_of(descriptor, row.stored_length, writable=writable)
        except EOFError as error:
            raise CorruptEntry("", f"a blob of it {error}") from error

    def _is_proved(self, row: Blob, stored: memoryview) -> bool:
        if self._signed:
            import hashlib

            return hashlib.sha256(stored).digest() == row.proof
        seal = stored[-16:] if row.codec == BLOSC2 else row.digest
        proved = stored[:-16] if row.codec == BLOSC2 else stored
        return xxh3_128_digest(proved) + _NO_PADDING == row.proof == bytes(seal) + _NO_PADDING


class _Raw:
    """The content of a raw blob: the file itself."""

    def __init__(self, stored: memoryview) -> None:
        self.length = len(stored)
        self._stored = stored

    def memory(self) -> memoryview:
        return self._stored

    def copy_to(self, target: memoryview) -> None:
        target[:] = self._stored


class _Compressed:
    """The content of a compressed blob, decompressed where and when it is needed."""

    def __init__(self, row: Blob, stored: memoryview, *, verify: bool, writable: bool) -> None:
        self.length = row.length
        self._row, self._stored = row, stored
        self._verify, self._writable = verify, writable
        self._memory: memoryview | None = None

    def memory(self) -> memoryview:
        if self._memory is None:
            memory = allocate(self.length)
            self.copy_to(memory)
            self._memory = memory if self._writable else memory.toreadonly()
        return self._memory

    def copy_to(self, target: memoryview) -> None:
        decompress(self._stored, self._row.digest, target, verify=self._verify)


class _Candidate:
    """A file that has the content of a region, or will have it: what its row says, as far as it is known."""

    def __init__(self, region: Region, digest: bytes, codec: int) -> None:
        self.digest, self.codec = digest, codec
        self.length, self.item_size = region.length, region.item_size
        self.stored_length = 0
        self.proof = b""

    def row(self) -> Blob:
        return Blob(
            self.digest, self.proof, self.length, self.stored_length, self.codec, min(self.item_size, 0xFFFF)
        )

    def link(self, entry: str) -> str:
        return link_name(entry, self.row().name)

    def accept(self, path: str) -> bool:
        """Tell whether the file at a path looks like the blob of this content; if so, take over its proof.

        It is not read as a whole: whoever loads it does that, and would find damage.
        """
        size = os.lstat(path).st_size
        seal: bytes | None = self.digest if size == self.length else None
        if self.codec == BLOSC2:
            with open(path, "rb") as file:
                file.seek(max(0, size - TAIL_SIZE))
                seal = seal_in(file.read(), self.digest, self.length)
        if seal is None:
            return False
        self.stored_length, self.proof = size, seal + _NO_PADDING
        return True

    def is_equal(self, path: str) -> bool:
        """Tell whether the file at a path is, byte for byte, the one just written."""
        import hashlib

        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == self.proof


def _digest(region: Region) -> bytes:
    if len(region.parts) == 1:
        return xxh3_128_digest(region.parts[0])
    hasher = xxh3_128()
    for part in region.parts:
        hasher.update(part)
    return hasher.digest()


def _sealed_chunks(chunks: Iterable[bytes | memoryview], candidate: _Candidate) -> Iterator[bytes | memoryview]:
    """Pass on the chunks of a file, the seal of a compressed one after them; note what proves it."""
    if candidate.codec == RAW:
        candidate.stored_length, candidate.proof = candidate.length, candidate.digest + _NO_PADDING
        yield from chunks
        return
    hasher = xxh3_128()
    for chunk in chunks:
        hasher.update(chunk)
        candidate.stored_length += len(chunk)
        yield chunk
    seal = hasher.digest()
    candidate.stored_length += len(seal)
    candidate.proof = seal + _NO_PADDING
    yield seal


def _signed_chunks(chunks: Iterable[bytes | memoryview], candidate: _Candidate) -> Iterator[bytes | memoryview]:
    import hashlib

    hasher = hashlib.sha256()
    for chunk in _sealed_chunks(chunks, candidate):
        hasher.update(chunk)
        yield chunk
    candidate.proof = hasher.digest()
