"""Readers: one value of a setting, from what people write to what memo keeps.

Each takes anything and either returns the kept form, which it would itself accept again, or raises
`SettingsError` with what was given and what is accepted.
"""

from __future__ import annotations

import sys

from memo.errors import SettingsError

TYPE_CHECKING = False  # Type checkers know this name; importing `typing` would cost 7 ms.
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

_MAX_DIGITS, _MAX_SHOWN = 30, 80
_DECIMAL, _BINARY = "kmgtp", ("kib", "mib", "gib", "tib", "pib")
_SIZE_UNITS: dict[str, int] = {
    "": 1,
    "b": 1,
    **{f"{prefix}b": 1000 ** (i + 1) for i, prefix in enumerate(_DECIMAL)},
    **{unit: 1024 ** (i + 1) for i, unit in enumerate(_BINARY)},
}
MIN_KEY_BYTES = 16  # 128 bits, the strength of cache keys and digests too.
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TRUTH: dict[str | int, bool] = {
    **dict.fromkeys((1, "1", "true", "yes", "on"), True),
    **dict.fromkeys((0, "0", "false", "no", "off"), False),
}


def parse_size(value: object) -> int:
    """Return a size in bytes.

    Accepts a positive whole number of bytes, or a text of a number and a unit: B, kB, MB, GB, TB, PB are
    powers of 1000, KiB, MiB, GiB, TiB, PiB powers of 1024; case and the space between do not matter.
    Anything else raises `SettingsError`.

    >>> parse_size("1.5 GB"), parse_size("512MiB"), parse_size(4096)
    (1500000000, 536870912, 4096)
    """
    size = _size_in(value) if isinstance(value, str) else value
    if isinstance(size, float) and size.is_integer():  # 20e9 is how many people write 20 GB.
        size = int(size)
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        return int(size)
    raise SettingsError(
        f'{shown(value)} is not a size: give a positive number of bytes, or a text such as "10 GB", '
        '"1.5 GB", "100kb" or "512 MiB"'
    )


def _size_in(text: str) -> int | None:
    import re

    match = re.fullmatch(r"(\d{1,30})(?:\.(\d{1,30}))?\s*([a-z]*)", text.strip().lower(), re.ASCII)
    if match is None or match[3] not in _SIZE_UNITS:
        return None
    fraction = match[2] or ""
    # Whole numbers throughout: floats lose bytes, "0.57 kB" would be 569.
    return int(match[1] + fraction) * _SIZE_UNITS[match[3]] // int("1" + "0" * len(fraction))


def parse_duration(value: object) -> float:
    """Return a duration in seconds.

    Accepts a positive number of seconds, a `datetime.timedelta`, or a text of numbers with the units w, d,
    h, m, s, alone or one after another. Anything else raises `SettingsError`.

    >>> parse_duration("7d"), parse_duration("1h30m"), parse_duration(2.5)
    (604800.0, 5400.0, 2.5)
    """
    seconds = _seconds_in(value) if isinstance(value, str) else _total_seconds(value)
    # NaN, infinity and whole numbers too large for a float fail the comparison.
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= sys.float_info.max:
        return float(seconds)
    raise SettingsError(
        f"{shown(value)} is not a duration: give a positive number of seconds, a timedelta, or a text such "
        'as "45s", "30m", "1.5h", "1h30m", "7d" or "2w"'
    )


def _total_seconds(value: object) -> object:
    if isinstance(value, int | float):  # Spares the usual case the import of datetime.
        return value
    from datetime import timedelta

    return value.total_seconds() if isinstance(value, timedelta) else None


def _seconds_in(text: str) -> float | None:
    import re

    number = r"(\d{1,30}(?:\.\d{1,30})?)\s*"
    text = text.strip().lower()
    if re.fullmatch(number, text, re.ASCII):
        return float(text)
    if not re.fullmatch(rf"(?:{number}[wdhms]\s*)+", text, re.ASCII):
        return None
    parts: list[tuple[str, str]] = re.findall(rf"{number}([wdhms])", text)
    return sum(float(count) * _SECONDS[unit] for count, unit in parts)


def count(value: object) -> int:
    """Return ``value``, a positive whole number; as a text too, for the environment has nothing else."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= _MAX_DIGITS:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return int(value)
    raise SettingsError(f"{shown(value)} is not a positive whole number")


def truth(value: object) -> bool:
    """Return ``value`` as a boolean; never by truthiness, by which the text "false" would be true."""
    text = value.strip().lower() if isinstance(value, str) else value
    known = _TRUTH.get(text) if isinstance(text, str | int) else None
    if known is None:
        raise SettingsError(
            f"{shown(value)} is not one of True, False, or the texts true, yes, on, 1, false, no, off, 0"
        )
    return known


def mapping(value: object) -> bool | str:
    """Return how to map large results: a boolean, or "r"; "c", for copy-on-write, is the same as True."""
    text = value.strip().lower() if isinstance(value, str) else value
    if text == "r":
        return "r"
    if text == "c":
        return True
    try:
        return truth(value)
    except SettingsError as error:
        raise SettingsError(f"{error}, nor one of the modes c (copy-on-write) and r (read-only)") from None


def one_of(*choices: str) -> Callable[[object], str]:
    """Return a reader that accepts just these texts."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise SettingsError(f"{shown(value)} is not one of {', '.join(map(repr, choices))}")

    return read


def folder(value: Any) -> Path:
    """Return ``value`` as an absolute path without symlinks.

    Else a chdir, or a link that is moved, would change the cache of a running program.
    """
    from pathlib import Path

    if isinstance(value, str) and (not value or "\0" in value):  # To pathlib "" is the current directory.
        raise SettingsError(f"{shown(value)} is not a path")
    try:
        return Path(value).expanduser().resolve()
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise SettingsError(f"{shown(value)} is not a usable path: {error}") from error


def keyring(value: Any) -> tuple[bytes, ...]:
    """Return the signing keys as bytes. No message may show a key, not even a refused one."""
    keys: Sequence[object] = value if type(value) in (list, tuple) else (value,)
    ring = tuple(_key(key) for key in keys)
    if not ring:
        # Must not mean "unsigned": a key lost on the way would switch the protection off unseen.
        raise SettingsError("there is no signing key in the list: give at least one, or None not to sign")
    return ring


def _key(key: object) -> bytes:
    if not isinstance(key, str | bytes):
        raise SettingsError("a signing key is a text or bytes; several make a list, the signing one first")
    # Stripped, because files and shells add a line end. "surrogatepass" never fails; a UnicodeEncodeError
    # would carry the key into the traceback.
    key = key.strip().encode("utf-8", "surrogatepass") if isinstance(key, str) else bytes(key)
    if len(key) < MIN_KEY_BYTES:
        raise SettingsError(
            f"a signing key needs at least {MIN_KEY_BYTES} bytes; "
            "python -c 'import secrets; print(secrets.token_hex())' makes a good one"
        )
    return key


def shown(value: object) -> str:
    """Return ``value`` for a message: short, and whatever its own ``repr`` does."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - A broken repr must not replace the error that is being told.
        text = f"a {type(value).__qualname__}"
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."
