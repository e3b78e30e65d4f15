"""The engine: look up, compute once, commit. One directory and its settings."""

from __future__ import annotations

import functools
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from memo import codec, envelope, flight
from memo.commit import commit
from memo.culprit import short, unpicklable
from memo.errors import CorruptEntry, SettingsError, StoreFault
from memo.files import disk_bytes
from memo.manifest import is_same, names_in
from memo.names import code_of
from memo.settings import Settings, apply, resolve
from memo.stats import CacheStats, Stats
from memo.store import Store
from memo.warning import has_warned, warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from memo.blobs import Blobs
    from memo.hashing import Key
    from memo.question import Question

CLOCK_SKEW = 60.0
"""Seconds by which the clocks of machines that share a directory may differ before an entry counts as expired."""

QUICK = 1e-3
"""Functions known to take less than this (seconds) skip the lock file, which costs more than computing twice."""


class _Nothing:
    def __repr__(self) -> str:
        return "<nothing>"

    def __reduce__(self) -> str:
        return "NOTHING"  # one object: a function pickled by value brings a reference, not another nothing


NOTHING: Any = _Nothing()
"""What a lookup returns where there is no entry: a stored None is a result."""


class Entry(NamedTuple):
    """One stored result, as its file says of itself (not verified).

    Attributes:
        key: The key, as hex.
        function: Names under which the function was seen, as `module:qualname`.
        created: When it was stored, seconds since the epoch.
        last_used: When it was last used, to the hour.
        cost: Seconds that computing it took.
        bytes: Bytes on disk, its blobs included, also where other entries share them.
    """

    key: str
    function: tuple[str, ...]
    created: float
    last_used: float
    cost: float
    bytes: int


class BaseCache:
    """The engine behind `memo.Cache`: everything but the decorator.

    Args:
        directory: Where entries are stored; None: the directory of the settings.
        settings: Complete settings; None: environment, project file and defaults.
        **overrides: Single settings that win over both.

    Raises:
        SettingsError: A setting is misspelt or has a wrong value.
        UnsafeCacheDir: Others could write to the directory.
    """

    __memo_inert__ = True  # where cached code mentions a cache, results do not depend on it

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        settings: Settings | None = None,
        **overrides: Any,
    ) -> None:
        given = overrides if directory is None else {"directory": directory, **overrides}
        self._open(resolve(given, settings=settings), {})

    def _open(self, settings: Settings, counted: dict[int, Stats]) -> None:
        on_the_way = (settings.directory, *settings.directory.parents)
        # Not `Path.exists`, which raises where a folder may not be entered; that is no mistake of the caller's.
        if any(os.path.exists(path) and not os.path.isdir(path) for path in on_the_way):
            raise SettingsError(f"directory: {settings.directory} is a file, or lies in one", "directory")
        self.settings = settings
        self._counted = counted
        self._store = Store(
            settings.directory,
            fsync=settings.durability == "fsync",
            trusted=settings.trust_directory or settings.signing_key is not None or not settings.enabled,
        )
        self._sealer = envelope.Sealer(settings.signing_key or ())
        self._blobs: Blobs | None = None
        self._described: set[tuple[bytes, str, str]] = set()
        self._rejected: dict[str, bytes] = {}
        self._is_swept = settings.read_only
        self._others: dict[Settings, Self] = {}

    # What is pickled and copied is the settings: no lock, no open file, nothing counted.

    def __getstate__(self) -> Settings:
        return self.settings

    def __setstate__(self, settings: Settings) -> None:
        self._open(settings, {})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.directory)!r}>"

    @property
    def directory(self) -> Path:
        """The directory, absolute."""
        return self.settings.directory

    @property
    def location(self) -> str:
        """The directory as text, under the name that joblib's users know."""
        return str(self.settings.directory)

    def under(self, overrides: Mapping[str, object]) -> Self:
        """Return this cache under the changed settings of a `memo.settings.override`."""
        settings = apply(self.settings, overrides)
        if settings == self.settings:
            return self
        other = self._others.get(settings)
        if other is None:
            other = self.__new__(type(self))
            other._open(settings, self._counted)  # noqa: SLF001 - of this very class
            self._others[settings] = other
        return other

    def adopt(self, stats: Stats) -> None:
        """Have `stats` count what this function's counters count."""
        self._counted[id(stats)] = stats

    # A call

    def find(self, key: Key, name: str, stats: Stats, classes: codec.Classes, values: tuple[Any, ...] = ()) -> Any:
        """Return the stored result of a key, or NOTHING: absent, expired, damaged, unreadable."""
        data = None
        try:
            data = self._store.read(name)
            if data is None:
                return NOTHING
            entry = envelope.unpack(self._sealer, data, key, name)
            if self.settings.ttl is not None and self._is_expired(entry.head):
                self._rejected[name] = data[: envelope.START]
                return NOTHING
            contents = self._contents(name, entry) if entry.head.blobs else None
            result = codec.decode(entry, classes, values, contents)
        except _Incomplete:
            self._rejected[name] = (data or b"")[: envelope.START]
            return NOTHING
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an entry, it is a miss
            if data is not None:
                self._rejected[name] = data[: envelope.START]
            self._unusable(name, stats, error)
            return NOTHING
        stats.hits += 1
        stats.seconds_saved += entry.head.cost
        return result

    def answer(self, question: Question, stats: Stats, compute: Callable[[], Any]) -> Any:
        """Compute and store a missing result, unless somebody else does so first."""
        name = question.name
        rejected = self._rejected.pop(name, None)

        def is_done() -> bool:
            # The entry that was just found to be of no use is still there; it takes another to end the wait.
            return self._store.start(name, envelope.START) not in {None, rejected}

        with self._turn(question, stats, is_done):
            if is_done() and (found := self.find(question.key, name, stats, question.classes)) is not NOTHING:
                return found
            return self.renew(question, stats, compute)

    def renew(self, question: Question, stats: Stats, compute: Callable[[], Any]) -> Any:
        """Compute a result and store it, whatever was stored before."""
        start = time.perf_counter()
        result = compute()
        cost = time.perf_counter() - start
        stats.misses += 1
        stats.seconds_computing += cost
        self.keep(question, stats, result, cost)
        return result

    def keep(self, question: Question, stats: Stats, result: object, cost: float) -> bool:
        """Store a result; return whether it was stored.

        Raises:
            UnpicklableResult: It cannot be pickled, under `strict`.
            StoreFault: It cannot be written, under `strict`.
        """
        if self.settings.read_only or not self.settings.enabled:
            return False
        try:
            encoded = codec.encode(result, question.own, question.given)
        except MemoryError as error:
            return self._unstored(stats, error)
        except Exception as error:  # noqa: BLE001 - `__reduce__` of a result may raise anything
            stats.unstored += 1
            name = question.function["qualname"]
            # Looking for the culprit pickles parts of the result again and again.
            if self.settings.strict or not has_warned("pickle", name):
                self._complain(unpicklable(name, result, error), error, "pickle", name)
            return False
        try:
            head, meta = self._head(question, cost, encoded.flags), question.meta()
            self._describe(question)
            seal = functools.partial(envelope.pack, self._sealer, head, meta)
            written = commit(self._store, question.name, encoded, self._large, seal)
        except Exception as error:  # noqa: BLE001 - full disk or full memory: the result is there, and is returned
            return self._unstored(stats, error)
        stats.bytes_written += written
        with suppress(OSError):  # the result is stored; what others left behind can wait
            self._sweep()
        return True

    def _unstored(self, stats: Stats, error: Exception) -> bool:
        stats.unstored += 1
        self._complain(self._fault(error), error, "disk", self.location)
        return False

    def has(self, key: Key, name: str) -> bool:
        """Tell whether a call would hit, without unpickling what is stored."""
        try:
            data = self._store.read(name)
            if data is None:
                return False
            entry = envelope.unpack(self._sealer, data, key)
            if entry.head.blobs and not self._large().are_there(name, entry):
                return False
            return not self._is_expired(entry.head)
        except (CorruptEntry, OSError):
            return False

    def forget(self, name: str) -> bool:
        """Remove one entry; return whether it was there.

        Raises:
            StoreFault: It cannot be removed, or the cache is read-only.
        """
        self._check_writable()
        try:
            return self._store.remove(name)
        except OSError as error:
            raise self._fault(error) from error

    # The whole directory

    def clear(self, function: Any = None) -> None:
        """Remove what is stored: everything, or all entries of one cached function, of its old code too.

        Args:
            function: A function returned by `cached`; None clears the whole cache.

        Raises:
            TypeError: `function` is not a cached function.
            StoreFault: Something cannot be removed, or the cache is read-only.
        """
        if function is None:
            self._clear(None)
            return
        state = getattr(function, "__memo__", None)
        if state is None:
            raise TypeError(
                f"clear() takes a function decorated with @cached, or nothing to clear all; got {function!r}"
            )
        self.clear_function(state.names, state.fingerprint().code)

    def clear_function(self, names: Mapping[str, str], code: bytes) -> None:
        """Remove all entries of a function: of its code, and of every code seen under its name.

        All lambdas of a file have one name: of a lambda only the entries of its present code are removed.
        """
        codes = {code.hex()[:16]}
        if not names["qualname"].endswith("<lambda>"):
            manifests = self._manifests()
            codes.update(code[:16] for code, seen in manifests if any(is_same(names, other) for other in seen))
        self._clear(frozenset(codes))

    def entries(self) -> Iterator[Entry]:
        """Yield what is stored, in no particular order."""
        functions: dict[str, tuple[str, ...]] = {}
        for code, seen in self._manifests():
            functions[code[:16]] = tuple(f"{name['module']}:{name['qualname']}" for name in seen)
        for name in self._store.names():
            found = self._store.peek(name, envelope.HEAD_SIZE)
            head = found and envelope.peek(found[0])
            if found and head:
                status = found[1]
                yield Entry(
                    head.key.hex(),
                    functions.get(code_of(name), ()),
                    head.created,
                    max(head.created, status.st_mtime),
                    head.cost,
                    disk_bytes(status) + head.stored_bytes,
                )

    def stats(self) -> CacheStats:
        """Return what is stored, and what this process has counted."""
        entries = sum(1 for _ in self._store.names())
        return CacheStats(self.location, entries, self._store.size(), list(self._counted.values()))

    # Inside

    def _turn(self, question: Question, stats: Stats, is_done: Callable[[], bool]) -> Any:
        def lock_path() -> str | None:
            quick = stats.misses > 0 and stats.seconds_computing < QUICK * stats.misses
            return None if quick or self.settings.read_only else self._store.lock_path(question.key.hex())

        return flight.turn(
            self.location,
            question.key,
            lock_path=lock_path,
            timeout=self.settings.lock_timeout,
            is_done=is_done,
        )

    def _large(self) -> Blobs:
        """Return what stores large buffers and brings them back."""
        if self._blobs is None:
            from memo.blobs import Blobs

            settings = self.settings
            self._blobs = Blobs(
                self._store,
                signed=settings.signing_key is not None,
                compression=settings.compression,
                mode="c" if settings.mmap is True else settings.mmap,
                verify=settings.verify,
            )
        return self._blobs

    def _contents(self, name: str, entry: envelope.Verified) -> codec.Contents:
        try:
            return self._large().contents(name, entry)
        except FileNotFoundError as error:
            raise _Incomplete from error

    def _head(self, question: Question, cost: float, flags: int) -> envelope.Head:
        now = time.time()
        expires = 0.0 if self.settings.ttl is None else now + self.settings.ttl
        code = question.fingerprint.code
        return envelope.Head(question.key, code, 0, 0, flags, 0, 0, 0, now, expires, cost, 0, 0, 0, b"")

    def _is_expired(self, head: envelope.Head) -> bool:
        """Tell whether an entry is too old for the `ttl` in force now, or from a clock that was wrong."""
        ttl, now = self.settings.ttl, time.time()
        return ttl is not None and not head.created - CLOCK_SKEW <= now < head.created + ttl

    def _describe(self, question: Question) -> None:
        """Write the manifest of a code id once, and again when its code is seen under another name."""
        code = question.fingerprint.code
        seen_here = (code, question.function["qualname"], question.function["file"])
        if seen_here in self._described and self._store.has_manifest(code.hex()):
            return
        seen = names_in(self._store.read_manifest(code.hex()))
        if dict(question.function) not in seen:
            names = [*seen, dict(question.function)]
            self._store.write_manifest(code.hex(), question.fingerprint.manifest(names))
        self._described.add(seen_here)

    def _sweep(self) -> None:
        """Once in a process, and once an hour in all, remove what killed processes left."""
        if self._is_swept:
            return
        self._is_swept = True
        if self._store.is_sweep_due():
            self._store.sweep()
            for path in self._store.old_locks():
                flight.discard(path)

    def _clear(self, codes: frozenset[str] | None) -> None:
        self._check_writable()
        try:
            self._store.clear(codes)
        except OSError as error:
            raise self._fault(error) from error

    def _check_writable(self) -> None:
        if self.settings.read_only:
            raise StoreFault(self.location, "the cache is read-only (read_only=True)")

    def _fault(self, error: Exception) -> StoreFault:
        path = getattr(error, "filename", None) or self.location
        return StoreFault(path, short(error), getattr(error, "errno", None))

    def _manifests(self) -> Iterator[tuple[str, list[dict[str, str]]]]:
        for code in self._store.manifests():
            yield code, names_in(self._store.read_manifest(code))

    def _unusable(self, name: str, stats: Stats, error: Exception) -> None:
        """Say once what is wrong with an entry that could not be used."""
        path = self._store.entry_path(name)
        if isinstance(error, CorruptEntry):
            stats.corrupt += 1
            warn_once("corrupt", self.location, str(CorruptEntry(path, error.reason)))
        elif isinstance(error, OSError):
            warn_once("disk", self.location, f"{self._fault(error)} The result is computed.")
        else:
            warn_once(
                "unusable",
                self.location,
                f"The entry {path} cannot be used ({short(error)}); its result is computed again. If a class was "
                "moved or a package replaced, the new entry will be readable.",
            )

    def _complain(self, problem: Exception, cause: Exception, kind: str, subject: str) -> None:
        if self.settings.strict:
            raise problem from cause
        warn_once(kind, subject, f"{problem} The result is returned, and nothing is stored.")


class _Incomplete(Exception):  # noqa: N818 - no error, but a turn of events
    """An entry is without a blob: removed or replaced after it was read. If it was replaced, `answer` will see."""
