"""Names of the files in a cache directory: which are given, and which are recognised as memo's own.

Lower-case hex only, for file systems that fold case or refuse some names; whatever else lies in the directory is
somebody else's, and is neither read nor removed.
"""

from __future__ import annotations

import itertools
import os

_KEY_DIGITS, _CODE_DIGITS = 32, 16
_HEX = frozenset("0123456789abcdef")
_serial = itertools.count()
_process_mark = os.urandom(4).hex()  # two machines that share a directory can have equal process numbers


def is_entry_name(name: str) -> bool:
    """Tell whether a file name is that of an entry: key, dash, code."""
    key, dash, code = name.partition("-")
    return len(key) == _KEY_DIGITS and dash == "-" and len(code) == _CODE_DIGITS and _HEX.issuperset(key + code)


def code_of(name: str) -> str:
    """Return the code part of an entry's name: the first 16 hex digits of its code id."""
    return name[_KEY_DIGITS + 1 :]


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one that `temporary_path` gives."""
    target, _, rest = name.removesuffix(".tmp").rpartition(".")
    mark, *numbers = rest.split("-")
    return (
        name.endswith(".tmp")
        and (is_entry_name(target) or is_manifest_name(target))
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
