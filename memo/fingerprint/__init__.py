"""The fingerprint: 128 bits over all that a result depends on beside its arguments.

Three parts, kept apart: the code id (what the code is), the captured values (globals, cells, defaults), and the
environment (Python's X.Y and the versions of the packages used). Computed at the first call, and proved to hold
by guards at each later one.
"""

from __future__ import annotations

import json
import reprlib
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from xxhash import xxh3_128_digest

from memo.fingerprint.border import version_of
from memo.fingerprint.codes import name_of
from memo.fingerprint.decorators import decoration
from memo.fingerprint.graph import Changed, Graph
from memo.fingerprint.held import held_code
from memo.fingerprint.normals import Parcel, pack, receive
from memo.fingerprint.parts import Part
from memo.fingerprint.wrappers import is_user_class, is_user_code, travels_by_value
from memo.hashing.callables import is_wrapper_type, kind_of
from memo.hashing.identity import IdentityMap

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from memo.fingerprint.parts import Captured, Unit

__all__ = ["ClassCollector", "Fingerprint", "Tracker", "code_token", "receive"]

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class Fingerprint(NamedTuple):
    """What a function is, as far as its results are concerned. Its `str` is the hex digest.

    Attributes:
        code: Code id, 16 bytes: the canonical code of all units reached.
        values: Digest of the captured values, 16 bytes.
        environment: Python's X.Y, then the distributions used, as `name==version`.
        units: The functions and classes that make up the code id, the root first.
        captured: The values read beside the arguments.
        problems: What of the code could not be followed, with file and line.
    """

    code: bytes
    values: bytes
    environment: tuple[str, ...]
    units: tuple[Unit, ...]
    captured: tuple[Captured, ...]
    problems: tuple[str, ...]

    @property
    def digest(self) -> bytes:
        """The 16 bytes that enter the key."""
        return xxh3_128_digest(self.code + self.values + "\n".join(self.environment).encode())

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that it is made of: units of code, captured values, distributions."""
        return (
            *(Part("code", unit.name, xxh3_128_digest(unit.record).hex()) for unit in self.units),
            *(Part("value", item.label, xxh3_128_digest(item.token).hex()) for item in self.captured),
            *(Part("environment", *item.partition("==")[::2]) for item in self.environment),
        )

    def __str__(self) -> str:
        return self.digest.hex()

    def describe(self) -> str:
        """Return what the fingerprint is made of, as text for people."""
        lines = [f"fingerprint {self}", f"code id {self.code.hex()}"]
        lines += [f"  {unit.name} ({unit.file}:{unit.line})" for unit in self.units]
        lines += [f"captured values {self.values.hex()}"] if self.captured else []
        lines += [f"  {item.label} = {_short(item.value)}" for item in self.captured]
        lines += [f"not followed: it {problem}" for problem in self.problems]
        return "\n".join([*lines, "environment " + ", ".join(self.environment)])

    def manifest(self, names: list[dict[str, str]]) -> bytes:
        """Return what the code id was made of as JSON: for `clear`, listings and explanations.

        The values are those of the function that wrote it: closures made of one `def` share a code id.

        Args:
            names: The names under which the function was seen: module, qualname, file.
        """
        hashes = [part.hash for part in self.parts]
        units = [
            {"name": unit.name, "file": unit.file, "line": unit.line, "text": unit.source(), "hash": digest}
            for unit, digest in zip(self.units, hashes, strict=False)
        ]
        values = [
            {"name": item.label, "repr": _short(item.value), "hash": digest}
            for item, digest in zip(self.captured, hashes[len(units) :], strict=False)
        ]
        content = {
            "format": 1,
            "code": self.code.hex(),
            "names": names,
            "units": units,
            "values": values,
            "distributions": {
                name: version for name, _, version in (item.partition("==") for item in self.environment)
            },
        }
        return json.dumps(content, indent=1).encode()


def _short(value: object) -> str:
    """Return a value in a line: its `__repr__` may raise anything, and be of any length."""
    with suppress(Exception):
        return " ".join(_SHORT.repr(value).split())
    return f"<{type(value).__qualname__}>"


class Tracker:
    """Knows the fingerprint of one function or class, and notices when it no longer holds.

    Args:
        root: The function, class or callable object.
        depends_on: Further functions, classes, modules, files and values that belong to it.
        track: How far code is followed: "deep", "shallow" or "none".
    """

    __slots__ = ("_depends_on", "_root", "_track", "_walked")

    def __init__(self, root: object, depends_on: Collection[object] = (), track: str = "deep") -> None:
        self._root = root
        self._depends_on = depends_on
        self._track = track
        # One attribute, so that it changes at once for all threads. No lock: two threads that walk the same code
        # find the same, and one held by another thread during a fork would block the child for good.
        self._walked: tuple[Graph, Fingerprint, bool] | None = None

    def current(self) -> Fingerprint:
        """Return the fingerprint as it is now; the same object as before as long as nothing has changed."""
        walked = self._walked
        if walked is None:
            return self._walk()
        graph, fingerprint, is_frozen = walked
        if not graph.guards.holds():
            return self._walk()
        if is_frozen:
            return fingerprint
        try:
            tokens = graph.tokens()
        except Changed:
            return self._walk()
        values = xxh3_128_digest(b"".join(tokens))
        if values != fingerprint.values:
            captured = [item._replace(token=now) for item, now in zip(fingerprint.captured, tokens, strict=True)]
            fingerprint = fingerprint._replace(values=values, captured=tuple(captured))
            self._walked = (graph, fingerprint, is_frozen)
        return fingerprint

    def classes(self) -> Mapping[str, type]:
        """Return the user's classes that are reached, by qualified name; none of two with one name."""
        return {} if self._walked is None else self._walked[0].classes()

    def changed(self, before: Fingerprint) -> list[str]:
        """Return which captured values are not what they were in a fingerprint, by their labels."""
        now = self.current()
        if now is before or now.values == before.values:
            return []
        tokens = {item.label: item.token for item in before.captured}
        return [item.label for item in now.captured if tokens.get(item.label, item.token) != item.token]

    def parcels(self) -> tuple[Parcel, ...]:
        """Return what travels with the function when it is pickled by value."""
        self.current()
        nodes = [] if self._walked is None else self._walked[0].nodes
        functions = [node for node in nodes if type(node) is FunctionType and travels_by_value(node)]
        return pack((function, decoration(function)) for function in functions)

    def _walk(self) -> Fingerprint:
        graph = Graph(self._root, self._depends_on, self._track)
        while not graph.reads <= graph.counting:
            graph = Graph(self._root, self._depends_on, self._track, counting=graph.reads | graph.counting)
        values = xxh3_128_digest(b"".join([item.token for item in graph.captured]))
        found = Fingerprint(
            graph.code(),
            values,
            graph.environment(),
            tuple(graph.units),
            tuple(graph.captured),
            tuple(dict.fromkeys(graph.problems)),
        )
        self._walked = (graph, found, all(item.frozen for item in graph.captured))
        return found


_tokens: IdentityMap[Tracker | bytes] = IdentityMap()


def code_token(value: Any) -> bytes:
    """Return the token of a function, class or module met in an argument: the hook for `memo.hashing`.

    The user's own functions and classes count with all that they reach, those of libraries by name and version.
    """
    if not isinstance(value, (FunctionType, type, ModuleType)) and not is_wrapper_type(kind_of(value)):
        return _name_token(value)
    known = _tokens.get(value)
    if known is None:
        is_followed = is_user_code(value) or is_wrapper_type(kind_of(value)) or held_code(value)
        known = _tokens.put(value, Tracker(value) if is_followed else _name_token(value))
    return known if isinstance(known, bytes) else b"F" + known.current().digest


class ClassCollector:
    """The same hook, which also remembers the classes that it is asked for."""

    def __init__(self) -> None:
        self._met: list[type] = []

    def __call__(self, value: object) -> bytes:
        """Return the token of a function, class or module."""
        if isinstance(value, type):
            self._met.append(value)
        return code_token(value)

    def classes(self) -> dict[str, type]:
        """Return the user's among the classes, by qualified name."""
        return {kind.__qualname__: kind for kind in self._met if is_user_class(kind)}


def _name_token(value: Any) -> bytes:
    name, library = name_of(value)
    return name + (version_of(library.top) if library.top else "").encode() + b";"
