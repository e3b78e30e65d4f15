"""The question: what is asked of a cache, one call of one function."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from memo.codec import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memo.fingerprint import Fingerprint
    from memo.hashing import Digest, Key


class Question(NamedTuple):
    """What is asked of a cache: one call of one function.

    Attributes:
        key: The key.
        name: The name of the entry: key and code id.
        fingerprint: The fingerprint in the key.
        function: Name of the function, for messages and manifests: module, qualname, file.
        digests: One digest for each argument, by parameter; kept to explain later misses.
        own: The user's classes that the function's code reaches, by qualified name.
        given: The user's classes in the arguments.
    """

    key: Key
    name: str
    fingerprint: Fingerprint
    function: Mapping[str, str]
    digests: Mapping[str, Digest]
    own: Mapping[str, type]
    given: Mapping[str, type]

    def classes(self, _values: tuple[Any, ...], _flags: int) -> Mapping[str, type]:
        """Return the classes of the call."""
        return joined(self.own, self.given)

    def meta(self) -> bytes:
        """Return the meta block of its entry: digests of the fingerprint's parts and of each argument, as JSON."""
        fingerprint = self.fingerprint
        meta = {
            "python": sys.version.partition(" ")[0],
            "values": fingerprint.values.hex(),
            "environment": fingerprint.environment,
            "arguments": {name: digest.hex() for name, digest in self.digests.items()},
        }
        return _json(meta).encode()


class _Imported:
    """What is imported at the first miss: a hit and `import memo` do without."""

    json: Callable[[object], str] | None = None


def _json(value: object) -> str:
    encode = _Imported.json
    if encode is None:
        import json

        encode = _Imported.json = json.JSONEncoder(separators=(",", ":")).encode
    return encode(value)
