"""Origins: the places where settings are found beside the arguments.

What is found is handed on as it is written there, named and with its origin; `memo.settings` checks it.
"""

from __future__ import annotations

import os
import sys

from memo.errors import SettingsError

TYPE_CHECKING = False  # Type checkers know this name; importing `typing` would cost 7 ms.
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from typing import Any

PREFIX = "MEMO_"
OTHER_VARIABLES = frozenset({"MEMO_EXPLAIN"})  # Read elsewhere in memo, so no misspelt settings.

# A project's file is often not the user's own work: it may come with a download, and the search for it may
# pass through directories that others can write to.
NOT_IN_FILES = {
    "signing_key": "a secret does not belong in a project's file: set MEMO_SIGNING_KEY or pass signing_key=",
    "trust_directory": "a project may not decide that: set MEMO_TRUST_DIRECTORY or pass trust_directory=",
}


class Source:
    """One setting: its ``field``, its ``value``, and the ``origin`` of the value in words."""

    __slots__ = ("field", "origin", "value")

    def __init__(self, field: str, value: object, origin: str) -> None:
        self.field = field
        self.value = value
        self.origin = origin

    def __str__(self) -> str:
        return f"{self.field} = {public(self.field, self.value)!r} ({self.origin})"

    def __repr__(self) -> str:
        return f"<{self}>"


def public(field: str, value: object) -> object:
    """Return ``value`` as it may be shown: never a signing key."""
    return "<hidden>" if field == "signing_key" and value is not None else value


def unknown(name: str, names: Collection[str], origin: str) -> SettingsError:
    """Return the error for a ``name`` that is none of ``names``, with those it may be a slip for."""
    from difflib import get_close_matches

    # Without the prefix, which makes any two variables alike.
    bare = {other.removeprefix(PREFIX): other for other in names}
    close = [bare[other] for other in get_close_matches(name.removeprefix(PREFIX), bare)]
    advice = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(names)}"
    return SettingsError(f"there is no setting {name} ({origin}): {advice}", name)


def environment(
    environ: Mapping[str, str], fields: Collection[str], optional: Collection[str]
) -> Iterator[Source]:
    """Yield the settings among the variables; one misspelt raises `SettingsError`."""
    variables = {PREFIX + field.upper(): field for field in fields}
    for variable, text in environ.items():
        if field := variables.get(variable):
            yield Source(field, _from_text(field, text, optional), variable)
        elif variable.startswith(PREFIX) and variable not in OTHER_VARIABLES:
            raise unknown(variable, variables, "environment")


def project_file(start: str | os.PathLike[str] | None, optional: Collection[str]) -> Iterator[Source]:
    """Yield what ``[tool.memo]`` says in the nearest ``pyproject.toml``, from ``start`` upwards.

    The nearest file decides, also where it has no such table. Relative directories start from the file's.
    """
    path = _nearest(start)
    if path is None:
        return
    for field, value in _table_in(path).items():
        origin = f"[tool.memo] in {path}"
        if field in NOT_IN_FILES:
            raise SettingsError(f"{field} ({origin}): {NOT_IN_FILES[field]}", field)
        text = isinstance(value, str)
        if text and field in optional and _means_none(value):  # TOML has no null.
            yield Source(field, None, origin)
        elif text and field == "directory" and not value.startswith("~"):
            yield Source(field, path.parent / value, origin)
        else:
            yield Source(field, value, origin)


def _from_text(field: str, text: str, optional: Collection[str]) -> str | list[str] | None:
    if field == "signing_key":
        # Empty is refused, not None: MEMO_SIGNING_KEY=$SECRET must not go unsigned where SECRET got lost.
        return None if text.strip().lower() == "none" else text.split(",")
    return None if field in optional and _means_none(text) else text


def _means_none(text: str) -> bool:
    return text.strip().lower() in ("", "none")


def _nearest(start: str | os.PathLike[str] | None) -> Path | None:
    from pathlib import Path

    try:
        folder = Path(start or ".").resolve()
    except OSError:  # The current directory was deleted.
        return None
    candidates = (place / "pyproject.toml" for place in (folder, *folder.parents))
    return next(filter(os.path.isfile, candidates), None)  # Unlike Path.is_file it never raises.


def _table_in(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        if b"memo" not in content:  # Spares most projects the import of tomllib, 5 ms.
            return {}
        import tomllib

        table: Any = tomllib.loads(content.decode())
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read [tool.memo] in {path}: {error}") from error
    for name in ("tool", "memo"):
        table = table.get(name, {})
        if not hasattr(table, "items"):
            raise SettingsError(f"{name} is not a table in {path}: write a section [tool.memo]")
    found: dict[str, Any] = table
    return found


def default_directory(environ: Mapping[str, str] | None = None, platform: str | None = None) -> Path:
    r"""Return the user's cache directory for memo, as the platform has it; nothing is created.

    ``$XDG_CACHE_HOME/memo`` or ``~/.cache/memo``; on macOS ``~/Library/Caches/memo``; on Windows
    ``%LOCALAPPDATA%\memo\Cache``. ``environ`` and ``platform`` stand in for `os.environ` and
    `sys.platform`. Without a home directory it raises `SettingsError`.

    >>> default_directory({"XDG_CACHE_HOME": "/var/cache/me"}, "linux").as_posix()
    '/var/cache/me/memo'
    """
    from pathlib import Path

    environ = os.environ if environ is None else environ
    platform = platform or sys.platform
    if platform == "win32":
        local = environ.get("LOCALAPPDATA") or _home(environ, "USERPROFILE") / "AppData" / "Local"
        return Path(local, "memo", "Cache")
    if platform == "darwin":
        return _home(environ, "HOME") / "Library" / "Caches" / "memo"
    caches = Path(environ.get("XDG_CACHE_HOME", ""))
    # Its specification says that a relative one is to be ignored.
    return (caches if caches.is_absolute() else _home(environ, "HOME") / ".cache") / "memo"


def _home(environ: Mapping[str, str], variable: str) -> Path:
    from pathlib import Path

    try:
        return Path(environ.get(variable) or Path.home())
    except RuntimeError:
        message = "directory (default): no home directory is known: set MEMO_DIRECTORY or pass directory="
        raise SettingsError(message, "directory") from None
