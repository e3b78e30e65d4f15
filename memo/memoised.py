"""What is behind one cached function: how it makes keys, and where it keeps its results."""

from __future__ import annotations

import functools
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from xxhash import xxh3_128_digest

from memo.binding import binding
from memo.cache import BaseCache, Question
from memo.codec import joined
from memo.culprit import short
from memo.envelope import ARGUMENT_CLASSES
from memo.errors import UnhashableArgument
from memo.hashing import ENCODER_VERSION, Key, argument_tokens, content_digest, scalar_tokens, token
from memo.settings import current_overrides
from memo.stats import Stats
from memo.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from memo.binding import KeyFunction
    from memo.fingerprint import ClassCollector, Fingerprint, Tracker

    Hashed: TypeAlias = tuple[tuple[Any, ...], Sequence[bytes] | None, Callable[[], Mapping[str, type]]]
    """The values in a key; their tokens, None if all are scalars; what finds the user's classes in them."""

    Location: TypeAlias = tuple[Key, str, Fingerprint, Hashed]
    """The key of a call, the name of its entry, and the fingerprint and the values in the key."""

# Calling a NewType takes as long as hashing a small key; for the type checkers only.
_key_of = cast("Callable[[bytes], Key]", xxh3_128_digest)


class Options(NamedTuple):
    """What the user chose for one cached function; see `memo.cached`."""

    ignore: tuple[str, ...] = ()
    key: Mapping[str, KeyFunction] = {}
    version: object = None
    track: str = "deep"
    depends_on: tuple[object, ...] = ()
    whole: KeyFunction | None = None
    mmap: bool | str | None = None

    def key_functions(self) -> list[KeyFunction]:
        """Return the key functions in the order of their parameters' names."""
        return [self.key[name] for name in sorted(self.key)] if self.whole is None else [self.whole]


class Memoised:
    """Everything behind one cached function; its public methods become the function's attributes.

    Args:
        function: The original.
        cache: Where results go, or what opens it at the first call.
        options: What the user chose.
        parcels: What came with the function if it was pickled by value: see `memo.fingerprint`.
    """

    __memo_inert__ = True  # where code mentions a cached function's methods, results do not depend on its counts

    def __init__(
        self,
        function: Callable[..., Any],
        cache: BaseCache | Callable[[], BaseCache],
        options: Options,
        parcels: tuple[Any, ...] = (),
    ) -> None:
        self.function = function
        self.version, self.track, self.depends_on = options.version, options.track, options.depends_on
        self._options = options
        self._source = cache
        self._salt = token(options.version, path="version")
        if options.key or options.whole:
            # A value that a key function returned is not the argument that looks like it.
            self._salt += token(tuple(sorted(options.key)), path="key")
        if parcels:
            _receive(parcels)
        # From here on what belongs to one process; `__reduce__` leaves it behind.
        self.parameters, self.bind, self._choose = binding(function, options.ignore, options.key, options.whole)
        self._tracker: Tracker | None = None
        self._known: tuple[Fingerprint, bytes, str] | None = None
        self.counters = Stats()
        self._cache: BaseCache | None = None
        self.names = _names_of(function)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the name of the function where that leads back here, else by value.

        Not by a name in `__main__`: another process has another one.
        """
        from memo.fingerprint.border import is_sent_by_value

        module, qualname = self.names["module"], self.names["qualname"]
        with suppress(AttributeError, KeyError):
            if not is_sent_by_value(module) and _named(sys.modules[module], qualname) is self:
                return _by_name, (module, qualname)
        parcels: tuple[Any, ...] = ()
        with suppress(Exception):  # without them, a worker that does not see the file computes anew
            self.fingerprint()
            parcels = self._tracker.parcels() if self._tracker else ()
        return Memoised, (self.function, self._source, self._options, parcels)

    # The path of a call

    def cache_in_force(self) -> BaseCache:
        """Return the cache to use now: the function's own or the default one, under the overrides in force."""
        cache = self._cache
        if cache is None:
            cache = source if isinstance(source := self._source, BaseCache) else source()
            cache.adopt(self.counters)
            if self._options.mmap is not None:
                cache = cache.under({"mmap": self._options.mmap})
            self._cache = cache
        overrides = current_overrides()
        return cache if overrides is None else cache.under(overrides)

    def locate(self, values: tuple[Any, ...]) -> Location:
        """Return the key of bound arguments, the name of their entry, and what is in the key.

        Raises:
            UnhashableArgument: One of them has no stable hash.
            Exception: A key function raised it.
        """
        if self._choose is not None:
            values = self._choose(values)
        fingerprint = self.fingerprint()
        known = self._known
        if known is None or known[0] is not fingerprint:
            known = self._known = self._learn(fingerprint)
        tokens: Sequence[bytes] | None = None
        classes: Callable[[], Mapping[str, type]] = dict
        content = scalar_tokens(values)
        if content is None:
            # Once for all purposes: a value may be large, and what is read twice may differ.
            collect = _class_collector()
            tokens, classes = argument_tokens(self.parameters, values, collect), collect.classes
            content = b"".join(tokens)
        key = _key_of(known[1] + content)
        return key, key.hex() + known[2], fingerprint, (values, tokens, classes)

    def _learn(self, fingerprint: Fingerprint) -> tuple[Fingerprint, bytes, str]:
        prefix = b"memo %d %b%b" % (ENCODER_VERSION, fingerprint.digest, self._salt)
        problems = fingerprint.problems
        # Whoever gives one of these has seen to it.
        if problems and self.version is None and not self.depends_on:
            name = self.names["qualname"]
            warn_once(
                "code",
                f"{self.names['file']}:{name}",
                f"{name} depends on what its code does not show: it {', it '.join(problems)}. Results will not "
                "notice when that changes: name what it leads to in depends_on=, or set version= and change it",
            )
        return fingerprint, prefix, f"-{fingerprint.code.hex()[:16]}"

    def classes(self, hashed: Hashed, flags: int) -> Mapping[str, type]:
        """Return the user's classes of a call by qualified name: those its code reaches, and of its arguments."""
        return joined(self._own_classes(), hashed[2]()) if flags & ARGUMENT_CLASSES else self._own_classes()

    def look_back(self, fingerprint: Fingerprint) -> None:
        """Warn once of a function that changes what its own key is made of: it would be computed every time."""
        if self._tracker is None:
            return
        changed = self._tracker.changed(fingerprint)
        if changed:
            name = self.names["qualname"]
            warn_once(
                "changed",
                f"{self.names['file']}:{name}",
                f"{changed[0]} changed while {name} ran, and its code reads it: so the next call has another key, "
                "and is computed again. Keep what a function collects from call to call out of globals, or pass "
                "it as an argument",
            )

    def _own_classes(self) -> Mapping[str, type]:
        return {} if self._tracker is None else self._tracker.classes()

    def without_key(
        self, cache: BaseCache, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Answer a call for which no key can be made.

        Raises:
            Exception: `error`, under `strict`.
        """
        if cache.settings.strict:
            raise error
        name = self.names["qualname"]
        reason = error if isinstance(error, UnhashableArgument) else short(error)
        warn_once("hash", name, f"{name} is computed without the cache: {reason}")
        return self.uncached(args, kwargs)

    def uncached(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a call by the original function alone."""
        self.counters.uncached += 1
        return self.function(*args, **kwargs)

    def question(self, location: Location) -> Question:
        """Return what to ask of the cache for a call that missed."""
        key, name, fingerprint, (values, tokens, classes) = location
        if tokens is None:
            tokens = [token(value) for value in values]
        digests = dict(zip(self.parameters, map(content_digest, tokens), strict=True))
        return Question(key, name, fingerprint, self.names, digests, self._own_classes(), classes())

    # The attributes of the function

    def key(self, /, *args: Any, **kwargs: Any) -> str:
        """Return the key of this call."""
        return self.locate(self.bind(*args, **kwargs))[0].hex()

    def is_cached(self, /, *args: Any, **kwargs: Any) -> bool:
        """Tell whether this call would hit; one whose arguments cannot be hashed would not."""
        values = self.bind(*args, **kwargs)
        cache = self.cache_in_force()
        try:
            key, name, *_ = self.locate(values)
        except Exception:  # noqa: BLE001 - what has no key, since a key function raised for one, would not hit
            return False
        return cache.settings.enabled and cache.has(key, name)

    def refresh(self, /, *args: Any, **kwargs: Any) -> Any:
        """Compute this call anew, and replace what is stored."""
        values = self.bind(*args, **kwargs)
        cache = self.cache_in_force()
        if not cache.settings.enabled:
            return self.uncached(args, kwargs)
        try:
            question = self.question(self.locate(values))
        except Exception as error:  # noqa: BLE001 - a value may raise anything when it is looked at
            reason = error
        else:
            return cache.renew(question, self.counters, functools.partial(self.function, *args, **kwargs))
        return self.without_key(cache, reason, args, kwargs)

    def forget(self, /, *args: Any, **kwargs: Any) -> bool:
        """Drop what is stored for this call; return whether there was anything."""
        values = self.bind(*args, **kwargs)
        try:
            name = self.locate(values)[1]
        except Exception:  # noqa: BLE001 - what has no key was never stored
            return False
        return self.cache_in_force().forget(name)

    def put(self, result: object, /, *args: Any, **kwargs: Any) -> None:
        """Store a known result for this call."""
        values = self.bind(*args, **kwargs)
        question = self.question(self.locate(values))
        self.cache_in_force().keep(question, self.counters, result, 0.0)

    def clear(self) -> None:
        """Drop every entry of this function, of its old code too."""
        self.cache_in_force().clear_function(self.names, self.fingerprint().code)

    def stats(self) -> Stats:
        """Return what this process has counted for this function."""
        return Stats.total([self.counters])

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint in force."""
        tracker = self._tracker
        if tracker is None:
            others = (*self.depends_on, *self._options.key_functions())
            tracker = self._tracker = _tracker_of(self.function, others, self.track)
        return tracker.current()


def _tracker_of(function: Callable[..., Any], depends_on: Collection[object], track: str) -> Tracker:
    # Here, at the first call: it reads source files, and its modules double the time that importing memo takes.
    from memo.fingerprint import Tracker

    return Tracker(function, depends_on, track)


def _receive(parcels: tuple[Any, ...]) -> None:
    from memo.fingerprint import receive

    receive(parcels)


def code_token(value: object) -> bytes:
    """Return the token of a function or class met in an argument."""
    from memo.fingerprint import code_token

    return code_token(value)


class _Imported:
    """What is imported at the first call; an import statement at each takes half a microsecond."""

    collector: type[ClassCollector] | None = None


def _class_collector() -> ClassCollector:
    found = _Imported.collector
    if found is None:
        from memo.fingerprint import ClassCollector

        found = _Imported.collector = ClassCollector
    return found()


def _by_name(module: str, qualname: str) -> Memoised:
    """Return what is behind the cached function of that name."""
    import importlib

    return _named(importlib.import_module(module), qualname)


def _named(found: Any, qualname: str) -> Memoised:
    for name in qualname.split("."):
        found = getattr(found, name)
    state: Memoised = found.__memo__
    return state


def _names_of(function: Any) -> dict[str, str]:
    """Return the names under which manifests know a function: module, qualname and file."""
    innermost = function
    while hasattr(innermost, "__wrapped__"):
        innermost = innermost.__wrapped__
    code = getattr(innermost, "__code__", None)
    file = code.co_filename if code is not None and not code.co_filename.startswith("<") else ""
    return {
        "module": getattr(function, "__module__", None) or "",
        "qualname": getattr(function, "__qualname__", type(function).__qualname__),
        "file": file,
    }
