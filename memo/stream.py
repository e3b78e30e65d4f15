"""Streams: what is large is cut out where the pickler passes it on, and put back where the unpickler asks for it.

Both without a copy, and without asking about every object, as a `persistent_id` would: the pickler writes bytes,
bytearrays and texts of 64 KiB and more to its file by a call of their own (see `_Pickler_write_bytes` in CPython's
`Modules/_pickle.c` and `_Framer` in `Lib/pickle.py`), and the unpickler reads them by `readinto`, into the object
that they become. If a pickler did not, they would stay in the stream, and all would be as right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from memo.envelope import LARGE

try:
    from _pickle import PickleBuffer
except ImportError:  # another implementation of Python
    from pickle import PickleBuffer

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXT_HEADERS = {b"\x8e": 8, b"\x96": 8, b"\x8d": 8, b"B": 4, b"X": 4}
"""Opcodes before bytes, bytearrays and texts (see `pickletools`), and how many bytes of length follow them."""


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


class Stream:
    """What a pickler writes to. It passes on large bytes as they are, after all that stands before them."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0
        self.pieces: list[tuple[int, memoryview]] = []

    def write(self, data: Any) -> None:
        """Take the next part of the stream."""
        view = data.raw() if type(data) is PickleBuffer else memoryview(data)
        if len(view) >= LARGE and self._announces(len(view)):
            # Of a text, it is memory that is given back after this call.
            self.pieces.append((self.length, memoryview(bytes(view)) if type(data) is memoryview else view))
        else:
            self.parts.append(data if type(data) is bytes else bytes(view))
            self.length += len(view)

    def _announces(self, length: int) -> bool:
        """Tell whether the stream so far ends in the opcode and length of bytes or a text of that length."""
        last = self.parts[-1] if self.parts else b""
        return any(
            last[-size - 1 : -size] == opcode and last[-size:] == length.to_bytes(8, "little")[:size]
            for opcode, size in _TEXT_HEADERS.items()
        )


class Piece:
    """A piece that was cut out of the stream."""

    def __init__(self, content: Content, offset: int, length: int) -> None:
        self.length = length
        self._content, self._offset = content, offset

    def memory(self) -> memoryview:
        """Return its bytes in the memory of the content that they are a part of."""
        return self._content.memory()[self._offset : self._offset + self.length]

    def copy_to(self, target: memoryview) -> None:
        """Write its bytes into memory of their length."""
        if self.length == self._content.length:
            self._content.copy_to(target)  # decompressed there, where it is compressed
        else:
            target[:] = self.memory()


class Source:
    """What an unpickler reads from: the stream, with the pieces in their places."""

    def __init__(self, stream: bytes | memoryview, pieces: Sequence[tuple[int, Piece]]) -> None:
        view = memoryview(stream)
        self._here = view[: pieces[0][0]]
        self._later: list[Piece | memoryview] = []
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
            if isinstance(piece, Piece) and piece.length == len(view) - at:
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
            self._here = following.memory() if isinstance(following, Piece) else following
        return bool(self._here)
