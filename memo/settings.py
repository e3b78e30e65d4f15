"""Settings: what may be set, where each value comes from, and what is refused.

Highest first: the call, `override`, the argument (``Settings(...)``, ``Cache(...)``), the environment
(``MEMO_MAX_SIZE``), ``[tool.memo]`` in the nearest ``pyproject.toml`` from the current directory upwards,
the default. Every value is checked when it is given, even where a higher one hides it.
"""

# `Settings` is a dataclass written out: importing `dataclasses` takes 11 ms, a third of what all of memo may
# take, and its fields cannot accept "10 GB" and still be typed `int`. For the same reason whatever only a
# rare path needs (re, difflib, tomllib, and pathlib until there is a path) is imported in that path.

from __future__ import annotations

import os
from contextvars import ContextVar
from types import MappingProxyType

from memo.errors import SettingsError
from memo.origins import Source, default_directory, environment, project_file, public, unknown
from memo.readers import count, folder, keyring, mapping, one_of, parse_duration, parse_size, truth

TYPE_CHECKING = False  # Type checkers know this name; importing `typing` would cost 7 ms.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path
    from typing import Any, Literal, Never, TypeAlias, TypedDict, Unpack

    Size: TypeAlias = float | str
    Duration: TypeAlias = float | str | timedelta
    SigningKey: TypeAlias = str | bytes | Sequence[str | bytes]
    Policy: TypeAlias = Literal["cost", "lru", "lfu", "fifo"]
    Compression: TypeAlias = Literal["auto", "none", "lz4", "zstd"]
    MemoryMap: TypeAlias = bool | Literal["c", "r"]
    Durability: TypeAlias = Literal["none", "fsync"]

    class Changes(TypedDict, total=False):
        """The settings as keyword arguments: what ``**changes: Unpack[Changes]`` accepts."""

        directory: str | os.PathLike[str] | None
        max_size: Size | None
        max_entries: int | None
        ttl: Duration | None
        policy: Policy
        compression: Compression
        mmap: MemoryMap
        verify: bool
        durability: Durability
        lock_timeout: Duration | None
        signing_key: SigningKey | None
        trust_directory: bool
        read_only: bool
        enabled: bool
        strict: bool


__all__ = [
    "FIELDS",
    "Settings",
    "Source",
    "apply",
    "current_overrides",
    "default_directory",
    "override",
    "parse_duration",
    "parse_size",
    "resolve",
    "sources",
]

_READERS: dict[str, Callable[[object], object]] = {
    "directory": folder,
    "max_size": parse_size,
    "max_entries": count,
    "ttl": parse_duration,
    "policy": one_of("cost", "lru", "lfu", "fifo"),
    "compression": one_of("auto", "none", "lz4", "zstd"),
    "mmap": mapping,
    "verify": truth,
    "durability": one_of("none", "fsync"),
    "lock_timeout": parse_duration,
    "signing_key": keyring,
    "trust_directory": truth,
    "read_only": truth,
    "enabled": truth,
    "strict": truth,
}
FIELDS = tuple(_READERS)
_OPTIONAL = frozenset({"directory", "max_size", "max_entries", "ttl", "lock_timeout", "signing_key"})


def _read(source: Source) -> Source:
    """Return ``source`` with its value as it is kept; an error tells the field and the origin."""
    name, value, origin = source.field, source.value, source.origin
    if name not in _READERS:
        raise unknown(name, FIELDS, origin)
    if value is None and name in _OPTIONAL:
        return source
    try:
        return Source(name, _READERS[name](value), origin)
    except SettingsError as error:
        raise SettingsError(f"{name} ({origin}): {error}", name) from None


def _read_all(raw: Iterable[Source]) -> dict[str, Source]:
    """Return what is set, by field, later sources above earlier ones."""
    found: dict[str, Source] = {}
    for source in map(_read, raw):
        # No directory means "wherever it would be otherwise", so it hides no lower origin.
        if source.field != "directory" or source.value is not None:
            found[source.field] = source
    return found


def _given(values: Mapping[str, object], origin: str) -> Iterator[Source]:
    return (Source(name, value, origin) for name, value in values.items())


class _DataclassFields:
    """Lets `dataclasses.fields`, `asdict` and `replace` work on `Settings`, for programs that import them."""

    def __get__(self, settings: object, owner: type) -> Mapping[str, object]:
        import dataclasses

        annotations = owner.__annotations__
        defaults: dict[str, Any] = vars(owner)["__init__"].__kwdefaults__
        fields = [(name, annotations[name], dataclasses.field(default=defaults[name])) for name in FIELDS]
        made = dataclasses.make_dataclass(owner.__name__, fields, frozen=True, kw_only=True)
        fields_by_name: Mapping[str, object] = made.__dict__["__dataclass_fields__"]
        return fields_by_name


class Settings:
    """How a cache behaves: immutable, checked, equal and hashed by value.

    All are keyword arguments; a wrong name or value raises `SettingsError`. Environment and files are not
    looked at (see `resolve`).

    - ``directory``: where the cache lives; None is the user's cache directory. Made absolute at once.
    - ``max_size``: bytes, or a text like "10 GB"; ``max_entries``: a count; None is no limit.
    - ``ttl``: how long entries stay valid, in seconds or as "7d"; None is for ever.
    - ``policy``: what is evicted first: "cost" (quick to compute again), "lru", "lfu" or "fifo".
    - ``compression``: "auto" (where a sample shows that it pays), "none", "lz4" or "zstd".
    - ``mmap``: map large buffers of results into memory in place of copying them: True or "c" copy-on-write,
      so that they can be written to and the cache stays as it is; "r" read-only; False copies.
    - ``verify``: check the digests of large buffers when they are loaded; False checks their lengths only.
    - ``durability``: "none", or "fsync" to survive power cuts at the price of slower writes.
    - ``lock_timeout``: how long to wait for another process that computes the same; None is without limit.
    - ``signing_key``: a secret of at least 16 bytes that entries are signed with, or several: the first
      signs, all verify. Not shown in ``repr``, but part of the pickled settings.
    - ``trust_directory``: accept a directory that others can write to.
    - ``read_only``: load, never store. ``enabled``: False computes always.
    - ``strict``: raise in place of a warning where something cannot be cached.

    >>> Settings(max_size="1 GB", ttl="1h").max_size
    1000000000
    >>> Settings(max_sise="1 GB")
    Traceback (most recent call last):
    memo.errors.SettingsError: there is no setting max_sise (argument): did you mean max_size?
    """

    __slots__ = FIELDS
    __dataclass_fields__ = _DataclassFields()
    directory: Path
    max_size: int | None
    max_entries: int | None
    ttl: float | None
    policy: Policy
    compression: Compression
    mmap: MemoryMap
    verify: bool
    durability: Durability
    lock_timeout: float | None
    signing_key: tuple[bytes, ...] | None
    trust_directory: bool
    read_only: bool
    enabled: bool
    strict: bool

    def __init__(
        self,
        *,
        directory: str | os.PathLike[str] | None = None,
        max_size: Size | None = "10 GB",
        max_entries: int | None = None,
        ttl: Duration | None = None,
        policy: Policy = "cost",
        compression: Compression = "auto",
        mmap: MemoryMap = True,
        verify: bool = True,
        durability: Durability = "none",
        lock_timeout: Duration | None = "1h",
        signing_key: SigningKey | None = None,
        trust_directory: bool = False,
        read_only: bool = False,
        enabled: bool = True,
        strict: bool = False,
        **misspelt: Never,
    ) -> None:
        known = locals()
        values = {name: known[name] for name in FIELDS} | misspelt
        found = _read_all(_given(values, "argument"))
        if "directory" not in found:
            found["directory"] = _default_folder(os.environ)
        _fill(self, _plain(found))

    def replace(self, **changes: Unpack[Changes]) -> Settings:
        """Return these settings with ``changes``; the same object if they change nothing."""
        return apply(self, changes)

    __replace__ = replace  # For copy.replace of Python 3.13.

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings are immutable: make others with settings.replace({name}=...)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"settings are immutable: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if isinstance(other, Settings) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(_values(self).values()))

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{n}={public(n, v)!r}' for n, v in _values(self).items())})"

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (_values(self),)


def _values(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in FIELDS}


def _plain(found: Mapping[str, Source]) -> dict[str, object]:
    return {name: source.value for name, source in found.items()}


def _fill(settings: Settings, values: Mapping[str, object]) -> Settings:
    for name, value in values.items():
        object.__setattr__(settings, name, value)
    return settings


def _build(values: Mapping[str, object]) -> Settings:
    """Return settings of values that were read already; checking twice would slow calls under `override`."""
    return _fill(Settings.__new__(Settings), values)


def _restore(values: Mapping[str, Any]) -> Settings:
    """Return settings from a pickle; a field that is younger than the pickle has its default."""
    return Settings(**values)


def _default_folder(environ: Mapping[str, str]) -> Source:
    return Source("directory", folder(default_directory(environ)), "default")


def apply(settings: Settings, *layers: Mapping[str, object] | None) -> Settings:
    """Return ``settings`` with the changes of ``layers``, the last one highest.

    The same object if nothing changes. A wrong name or value raises `SettingsError`.
    """
    if not any(layers):  # The usual case, and on the way to every hit.
        return settings
    raw = (source for layer in layers if layer for source in _given(layer, "argument"))
    changes = _plain(_read_all(raw))
    values = _values(settings)
    return settings if values | changes == values else _build(values | changes)


# ---- changing them for a while -------------------------------------------------------------------------

# The whole stack is the variable's value: an `override` object holds no token, so one object may be entered
# twice, or by several threads and tasks at once.
_overrides: ContextVar[tuple[Mapping[str, object], ...]] = ContextVar("memo_overrides", default=())


class override:  # noqa: N801 - Used like a function, as contextlib.suppress is.
    """Change settings for the calls made inside a ``with`` block, above every argument.

    Values are checked at once. Blocks nest; the inner one wins. They hold for the current thread or task and
    for the tasks started inside, not for the worker threads of an executor.

    >>> with override(strict=True, max_size="1 MB"):
    ...     dict(current_overrides() or {})
    {'strict': True, 'max_size': 1000000}
    """

    __slots__ = ("_changes",)

    def __init__(self, **changes: Unpack[Changes]) -> None:
        self._changes = _plain(_read_all(_given(changes, "override")))

    def __enter__(self) -> None:
        stack = _overrides.get()
        in_force = {**stack[-1], **self._changes} if stack else self._changes
        _overrides.set((*stack, MappingProxyType(in_force)))

    def __exit__(self, *exc_info: object) -> None:
        _overrides.set(_overrides.get()[:-1])


def current_overrides() -> Mapping[str, object] | None:
    """Return the overrides in force here, ready for `apply`; None if there are none."""
    stack = _overrides.get()
    return stack[-1] if stack else None


# ---- where they come from ------------------------------------------------------------------------------


def resolve(
    arguments: Mapping[str, object] | None = None,
    *,
    settings: Settings | None = None,
    environ: Mapping[str, str] | None = None,
    start: Path | None = None,
) -> Settings:
    """Return the settings that ``arguments``, the environment and the nearest pyproject.toml make together.

    A ``settings`` object is complete: given one, neither environment nor file is looked at, and
    ``arguments`` are changes to it. `override` is not part of the answer, it is applied at each call.
    ``environ`` stands in for `os.environ`, ``start`` for the current directory. A wrong name or value
    raises `SettingsError`, also where a higher origin hides it.

    >>> resolve({"ttl": "1h"}, environ={"MEMO_TTL": "7d", "MEMO_STRICT": "yes"}).ttl
    3600.0
    """
    found = _in_force(arguments, settings, environ, start)
    return _build(_plain(found))


def sources(
    arguments: Mapping[str, object] | None = None,
    *,
    settings: Settings | None = None,
    environ: Mapping[str, str] | None = None,
    start: Path | None = None,
) -> list[Source]:
    """Return every field with the value in force here and its origin, overrides included.

    The parameters are those of `resolve`. The value of a signing key is replaced by "<hidden>".
    """
    found = _in_force(arguments, settings, environ, start)
    found |= _read_all(_given(current_overrides() or {}, "override"))
    return [Source(name, public(name, found[name].value), found[name].origin) for name in FIELDS]


def _in_force(
    arguments: Mapping[str, object] | None,
    settings: Settings | None,
    environ: Mapping[str, str] | None,
    start: Path | None,
) -> dict[str, Source]:
    environ = os.environ if environ is None else environ
    if settings is not None:
        lower = [*_given(_values(settings), "settings")]
    else:
        defaults = _given(Settings.__init__.__kwdefaults__ or {}, "default")
        lower = [*defaults, *project_file(start, _OPTIONAL), *environment(environ, FIELDS, _OPTIONAL)]
    found = _read_all([*lower, *_given(arguments or {}, "argument")])
    if "directory" not in found:  # Only now: where another origin names one, a missing home does not matter.
        found["directory"] = _default_folder(environ)
    return found
