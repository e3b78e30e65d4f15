"""What a fingerprint lists: units of code and captured values."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Part(NamedTuple):
    """One thing that a fingerprint is made of.

    Attributes:
        kind: "code", "value" or "environment".
        name: The qualified name of a unit, the label of a value, the name of a distribution.
        hash: 32 hex digits, or the version of a distribution.
    """

    kind: str
    name: str
    hash: str


class Captured(NamedTuple):
    """A value that code reads beside its arguments: a global, a cell, a default, a class constant.

    Attributes:
        label: Which one, for people: `backtest.FEE`.
        value: The live object.
        token: Its token when the graph was walked.
        frozen: Whether it cannot change in place.
    """

    label: str
    value: object
    token: bytes
    frozen: bool


class Unit(NamedTuple):
    """One function, class or module of the graph, as recorded.

    Attributes:
        name: Its qualified name.
        file: The file it was loaded from.
        line: Its first line there.
        text: Its canonical form: the text, or bytecode as text.
        record: What enters the code id: content and edges.
        node: The live object.
    """

    name: str
    file: str
    line: int
    text: str
    record: bytes
    node: object

    def source(self) -> str:
        """Return what it says, for people: without comments, docstrings, hints and decorators."""
        from memo.fingerprint.normals import source_of

        found = source_of(self.node) if isinstance(self.node, FunctionType) else ""
        return found or self.text


def framed(parts: Iterable[bytes]) -> bytes:
    """Return parts joined with their lengths, so that no two lists of parts come to the same."""
    return b"".join([len(part).to_bytes(4, "little") + part for part in parts])
