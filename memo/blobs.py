"""Blobs: from regions of memory to files and back, each proved before it is used.

What proves a file is in the entry's table, and so under the entry's own seal: the digest of its content; of a
compressed one the seal at its end, which proves the file and the digest of its content in it before anything is
decompressed; and in a signed cache the SHA-256 of the file, because somebody can make other bytes with the same
xxh3.
"""

from __future__ import annotations

import functools
import os
import stat
from typing import TYPE_CHECKING

from xxhash import xxh3_128, xxh3_128_digest

from memo.codec import copy_of
from memo.compression import CHANGED, CHUNK, TAIL_SIZE, compressed, decompress, options_for, seal_in
from memo.envelope import BLOSC2, INLINE, RAW, Blob
from memo.errors import CorruptEntry
from memo.memory import ReadOnlyMap, allocate, memory_of, read_file, windows
from memo.names import link_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from memo.envelope import Verified
    from memo.memory import Mode
    from memo.regions import Region
    from memo.store import Store
    from memo.stream import Content

_NO_PADDING = bytes(16)
_SEAL = 16


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
        self._links.write(candidate.link(entry), proving, candidate.prove, accept)
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

    def contents(self, name: str, entry: Verified) -> dict[tuple[int, int], Content]:
        """Return the contents of an entry's blobs, proved.

        Raises:
            FileNotFoundError: One is not there (any more).
            OSError: One cannot be read.
            CorruptEntry: One is not what the entry says.
        """
        rows = entry.blobs()
        copies: dict[int, set[int]] = {}
        for row in entry.slices():
            if row.blob != INLINE:
                blob, copy = copy_of(row)
                copies.setdefault(blob, set()).add(copy)
        found: dict[tuple[int, int], Content] = {}
        for blob, numbers in copies.items():
            for number, content in zip(numbers, self._copies(name, rows[blob], numbers), strict=True):
                found[blob, number] = content
        return found

    def _copies(self, name: str, row: Blob, numbers: set[int]) -> list[Content]:
        """Return the content of a blob in as many copies as are asked for, one of them proved for all."""
        link = link_name(name, row.name)
        if row.codec not in {RAW, BLOSC2}:
            raise CorruptEntry(
                "", f"the codec {row.codec} of its blob {link} is not known to this version of memo"
            )
        descriptor = self._store.open(link)
        try:
            is_buffer = numbers != {-1}
            copied = self._signed or (self._mode is False and is_buffer and row.codec == RAW)
            verify = self._verify or -1 in numbers  # what is unpickled, always
            stored = self._proved(descriptor, link, row, copied=copied, verify=verify)
            if row.codec == BLOSC2:
                spoiled = functools.partial(self._links.condemn, link)
                writable = self._mode != "r"
                return [_Compressed(row, stored, spoiled, verify=verify, writable=writable) for _ in numbers]
            others = range(len(numbers) - 1)
            copies = [_copied(stored) if copied else self._memory(descriptor, row, copied=False) for _ in others]
        finally:
            os.close(descriptor)
        return [self._raw(row, memory, verified=verify) for memory in (stored, *copies)]

    def _proved(self, descriptor: int, link: str, row: Blob, *, copied: bool, verify: bool) -> memoryview:
        """Return the content of a file that is what its row says."""
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size != row.stored_length:
            self._links.condemn(link)
            raise CorruptEntry("", f"its blob {link} has {status.st_size} bytes in place of {row.stored_length}")
        stored = self._memory(descriptor, row, copied=copied)
        if verify and not self._is_proved(row, stored):
            self._links.condemn(link)
            raise CorruptEntry("", f"its blob {link} is damaged")
        return stored

    def _raw(self, row: Blob, memory: memoryview, *, verified: bool) -> _Raw:
        if verified and isinstance(memory.obj, ReadOnlyMap):
            memory.obj.digests[0, row.length] = row.digest
        return _Raw(memory.toreadonly() if self._mode == "r" else memory)

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
        if row.codec == RAW:
            return xxh3_128_digest(stored) + _NO_PADDING == row.proof == row.digest + _NO_PADDING
        hasher = xxh3_128()
        for piece in windows(stored[:-_SEAL]):
            hasher.update(piece)
        return hasher.digest() + _NO_PADDING == row.proof == bytes(stored[-_SEAL:]) + _NO_PADDING


def _copied(memory: memoryview) -> memoryview:
    """Return a copy; a file that was proved when it was read might have changed since."""
    copy = allocate(len(memory))
    copy[:] = memory
    return copy


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

    def __init__(
        self, row: Blob, stored: memoryview, spoiled: Callable[[], None], *, verify: bool, writable: bool
    ) -> None:
        self.length = row.length
        self._row, self._stored, self._spoiled = row, stored, spoiled
        self._verify, self._writable = verify, writable
        self._memory: memoryview | None = None

    def memory(self) -> memoryview:
        if self._memory is None:
            memory = allocate(self.length)
            self.copy_to(memory)
            self._memory = memory if self._writable else memory.toreadonly()
        return self._memory

    def copy_to(self, target: memoryview) -> None:
        try:
            decompress(self._stored, self._row.digest, target, verify=self._verify)
        except MemoryError:
            raise
        except CorruptEntry:
            self._spoiled()
            raise
        except Exception as error:
            self._spoiled()
            raise CorruptEntry("", f"its blob {self._row.name} cannot be decompressed: {error}") from error


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

    def prove(self, descriptor: int) -> None:
        """Read a raw blob as it was written.

        Raises:
            RuntimeError: Another thread has changed the result since its digest was made. Under that name, the
                file would be taken for what others have stored.
        """
        if self.codec == RAW:
            hasher = xxh3_128()
            for piece in windows(memory_of(descriptor, self.length, writable=False)):
                hasher.update(piece)
            if hasher.digest() != self.digest:
                raise RuntimeError(CHANGED)

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
    """Pass on the chunks of a file, and after those of a compressed one its seal; note what proves it."""
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
