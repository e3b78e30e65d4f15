"""Names of the files in a cache directory: which are given, and which are recognised as memo's own.

Lower-case hex only, for file systems that fold case or refuse some names; whatever else lies in the directory is
somebody else's, and is neither read nor removed.
"""

from __future__ import annotations

import itertools
import os

COMPRESSED = ".b2"
"""What the names of compressed blobs end in."""

_KEY_DIGITS, _CODE_DIGITS = 32, 16
_ENTRY_LENGTH = _KEY_DIGITS + len("-") + _CODE_DIGITS
_HEX = frozenset("0123456789abcdef")
_serial = itertools.count()
_process_mark = os.urandom(4).hex()  # two machines that share a directory can have equal process numbers


def is_entry_name(name: str) -> bool:
    """Tell whether a file name is that of an entry: key, dash, code."""
    key, dash, code = name.partition("-")
    return len(key) == _KEY_DIGITS and dash == "-" and len(code) == _CODE_DIGITS and _HEX.issuperset(key + code)


def code_of(name: str) -> str:
    """Return the code part of an entry's name, or of a link's: the first 16 hex digits of its code id."""
    return name[_KEY_DIGITS + 1 : _ENTRY_LENGTH]


def blob_name(digest: bytes, *, compressed: bool) -> str:
    """Return the name of a blob of that content."""
    return digest.hex() + COMPRESSED if compressed else digest.hex()


def link_name(entry: str, blob: str) -> str:
    """Return the name of an entry's own file of a blob."""
    return f"{entry}.{blob}"


def is_blob_name(name: str) -> bool:
    """Tell whether a file name is that of a blob: its digest, and `.b2` if it is compressed."""
    digest = name.removesuffix(COMPRESSED)
    return len(digest) == _KEY_DIGITS and _HEX.issuperset(digest)


def is_link_name(name: str) -> bool:
    """Tell whether a file name is that of an entry's link to a blob: entry, dot, blob."""
    return name[_ENTRY_LENGTH : _ENTRY_LENGTH + 1] == "." and (
        is_entry_name(name[:_ENTRY_LENGTH]) and is_blob_name(blob_of(name))
    )


def entry_of(link: str) -> str:
    """Return the entry's part of a link's name."""
    return link[:_ENTRY_LENGTH]


def blob_of(link: str) -> str:
    """Return the blob's part of a link's name."""
    return link[_ENTRY_LENGTH + 1 :]


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one that `temporary_path` gives."""
    target, _, rest = name.removesuffix(".tmp").rpartition(".")
    mark, *numbers = rest.split("-")
    return (
        name.endswith(".tmp")
        and (is_entry_name(target) or is_manifest_name(target) or is_link_name(target))
        and len(mark) == len(_process_mark)
        and len(numbers) == len(("process", "serial"))
        and all(part and _HEX.issuperset(part) for part in (mark, *numbers))
    )


def is_manifest_name(name: str) -> bool:
    """Tell whether a file name is that of a manifest."""
    code = name.removesuffix(".json")
    return name.endswith(".json") and len(code) == _KEY_DIGITS and _HEX.issuperset(code)


def is_lock_name(name: str) -> bool:
    """Tell whether a file name is that of a lock file."""
    key = name.removesuffix(".lock")
    return name.endswith(".lock") and len(key) == _KEY_DIGITS and _HEX.issuperset(key)


def temporary_path(path: str) -> str:
    """Name a temporary file beside its target: in the same folder, so that the rename cannot cross devices."""
    return f"{path}.{_process_mark}-{os.getpid():x}-{next(_serial):x}.tmp"
