"""`cached`: from a function to one that remembers, still a plain function."""

from __future__ import annotations

import functools
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from xxhash import xxh3_128_digest

from memo.binding import binder
from memo.cache import NOTHING, BaseCache, Question, warn_once
from memo.errors import UnhashableArgument
from memo.hashing import ENCODER_VERSION, Digest, Key, argument_digests, arguments_token, token
from memo.settings import current_overrides
from memo.stats import Stats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import CodeType

    from memo.fingerprint import Fingerprint, Tracker

    Location: TypeAlias = tuple[Key, str, Fingerprint]
    """The key of a call, the name of its entry, and the fingerprint in the key."""

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")
R_co = TypeVar("R_co", covariant=True)


# Calling a NewType takes as long as hashing a small key; for the type checkers only.
_key_of = cast("Callable[[bytes], Key]", xxh3_128_digest)


class CachedFunction(Protocol[P, R_co]):
    """What `cached` returns: the function, with the means to look into its cache and to change it.

    At run time it is a plain function with these as attributes, so it pickles, binds as a method, and ships to
    other processes like any other.
    """

    __name__: str
    __qualname__: str

    @property
    def __wrapped__(self) -> Callable[P, R_co]:
        """The original function."""
        ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Load the result of this call, or compute and store it."""
        ...

    @overload
    def __get__(self, instance: None, owner: type, /) -> CachedFunction[P, R_co]: ...
    @overload
    def __get__(
        self: CachedFunction[Concatenate[S, Q], R_co], instance: S, owner: type | None = None, /
    ) -> Callable[Q, R_co]: ...

    def key(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Return the key of this call: 32 hex digits.

        Raises:
            UnhashableArgument: An argument has no stable hash.
        """
        ...

    def is_cached(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Tell whether this call would hit, without computing or unpickling anything."""
        ...

    def refresh(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Compute this call anew, and replace what is stored."""
        ...

    def forget(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Drop what is stored for this call; return whether there was anything."""
        ...

    def put(self, result: object, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Store a known result for this call.

        Raises:
            UnhashableArgument: An argument has no stable hash.
        """
        ...

    def clear(self) -> None:
        """Drop every entry of this function, of its old code too."""
        ...

    def stats(self) -> Stats:
        """Return what this process has counted for this function."""
        ...

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint in force; its `str` is hex, its `describe()` says what it is made of."""
        ...


class Memoised:
    """Everything behind one cached function; its public methods become the function's attributes.

    Args:
        function: The original.
        cache: Where results go; None: the default cache, opened at the first call.
        ignore: Parameters left out of the key.
        version: A salt of the key.
    """

    def __init__(
        self, function: Callable[..., Any], cache: BaseCache | None, ignore: Collection[str], version: object
    ) -> None:
        self.function = function
        self.version = version
        self._own_cache = cache
        self._ignore = tuple(ignore)
        self._salt = token(version, path="version")
        self._start()

    def _start(self) -> None:
        """Set up what belongs to one process and is not pickled."""
        self.parameters, self.bind = binder(self.function, self._ignore)
        self._tracker: Tracker | None = None
        self._known: tuple[Fingerprint, bytes, str] | None = None
        self.counters = Stats()
        self._cache: BaseCache | None = None
        self.names = _names_of(self.function)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the name of the function where that leads back here, else by value.

        Not by a name in `__main__`: another process has another one.
        """
        module, qualname = self.names["module"], self.names["qualname"]
        with suppress(AttributeError, KeyError, TypeError):
            if module != "__main__" and _by_name(module, qualname) is self:
                return _by_name, (module, qualname)
        return Memoised, (self.function, self._own_cache, self._ignore, self.version)

    # The path of a call

    def cache_in_force(self) -> BaseCache:
        """Return the cache to use now: the function's own or the default one, under the overrides in force."""
        cache = self._cache
        if cache is None:
            cache = self._cache = default_cache() if self._own_cache is None else self._own_cache
            cache.adopt(self.counters)
        overrides = current_overrides()
        return cache if overrides is None else cache.under(overrides)

    def locate(self, values: tuple[Any, ...]) -> Location:
        """Return the key of bound arguments, the name of their entry, and the fingerprint in the key.

        Raises:
            UnhashableArgument: One of them has no stable hash.
        """
        fingerprint = self.fingerprint()
        known = self._known
        if known is None or known[0] is not fingerprint:
            known = self._known = self._learn(fingerprint)
        key = _key_of(known[1] + arguments_token(self.parameters, values, _code_token))
        return key, key.hex() + known[2], fingerprint

    def _learn(self, fingerprint: Fingerprint) -> tuple[Fingerprint, bytes, str]:
        prefix = b"memo %d %b%b" % (ENCODER_VERSION, fingerprint.digest, self._salt)
        for problem in self._tracker.problems if self._tracker else ():
            warn_once("code", self.names["qualname"] + problem, f"{self.names['qualname']}: {problem}.")
        return fingerprint, prefix, f"-{fingerprint.code.hex()[:16]}"

    def compute(
        self, cache: BaseCache, location: Location, values: tuple[Any, ...], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        """Answer a call that missed."""
        question = self._question(location, values)
        return cache.answer(question, self.counters, functools.partial(self.function, *args, **kwargs))

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
        reason = error if isinstance(error, UnhashableArgument) else f"{type(error).__name__}: {error}"
        warn_once("hash", name, f"{name} is computed without the cache: {reason}")
        return self.uncached(args, kwargs)

    def uncached(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a call by the original function alone."""
        self.counters.uncached += 1
        return self.function(*args, **kwargs)

    def _question(self, location: Location, values: tuple[Any, ...]) -> Question:
        # Before the call: the function may change its arguments. They serve explanations, and whoever can be
        # hashed once and not twice shall have its result all the same.
        digests: dict[str, Digest] = {}
        with suppress(Exception):
            found = argument_digests(self.parameters, values, _code_token)
            digests = dict(zip(self.parameters, found, strict=True))
        key, name, fingerprint = location
        return Question(key, name, fingerprint, self.names, digests)

    # The attributes of the function

    def key(self, /, *args: Any, **kwargs: Any) -> str:
        """Return the key of this call."""
        return self.locate(self.bind(*args, **kwargs))[0].hex()

    def is_cached(self, /, *args: Any, **kwargs: Any) -> bool:
        """Tell whether this call would hit; one whose arguments cannot be hashed would not."""
        values = self.bind(*args, **kwargs)
        cache = self.cache_in_force()
        try:
            key, name, _ = self.locate(values)
        except UnhashableArgument:
            return False
        return cache.settings.enabled and cache.has(key, name)

    def refresh(self, /, *args: Any, **kwargs: Any) -> Any:
        """Compute this call anew, and replace what is stored."""
        values = self.bind(*args, **kwargs)
        cache = self.cache_in_force()
        if not cache.settings.enabled:
            return self.uncached(args, kwargs)
        try:
            question = self._question(self.locate(values), values)
        except Exception as error:  # noqa: BLE001 - a value may raise anything when it is looked at
            return self.without_key(cache, error, args, kwargs)
        return cache.renew(question, self.counters, functools.partial(self.function, *args, **kwargs))

    def forget(self, /, *args: Any, **kwargs: Any) -> bool:
        """Drop what is stored for this call; return whether there was anything."""
        values = self.bind(*args, **kwargs)
        try:
            return self.cache_in_force().forget(self.locate(values)[1])
        except UnhashableArgument:
            return False  # what has no key was never stored

    def put(self, result: object, /, *args: Any, **kwargs: Any) -> None:
        """Store a known result for this call."""
        values = self.bind(*args, **kwargs)
        question = self._question(self.locate(values), values)
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
            tracker = self._tracker = _tracker_of(self.function)
        return tracker.current()


def _tracker_of(function: Callable[..., Any]) -> Tracker:
    # Here, at the first call: it reads source files, and its modules double the time that importing memo takes.
    from memo.fingerprint import Tracker

    return Tracker(function)


def _code_token(value: object) -> bytes:
    """Return the token of a function or class met in an argument."""
    from memo.fingerprint import code_token

    return code_token(value)


def _by_name(module: str, qualname: str) -> Memoised:
    """Return what is behind the cached function of that name."""
    import importlib

    found: Any = importlib.import_module(module)
    for name in qualname.split("."):
        found = getattr(found, name)
    state: Memoised = found.__memo__
    return state


_ATTRIBUTES = ("key", "is_cached", "refresh", "forget", "put", "clear", "stats", "fingerprint")


@overload
def cached(function: Callable[P, R], /) -> CachedFunction[P, R]: ...
@overload
def cached(
    function: None = None,
    /,
    *,
    cache: BaseCache | None = None,
    ignore: Collection[str] = (),
    version: object = None,
) -> Callable[[Callable[P, R]], CachedFunction[P, R]]: ...
def cached(
    function: Callable[..., Any] | None = None,
    /,
    *,
    cache: BaseCache | None = None,
    ignore: Collection[str] = (),
    version: object = None,
) -> Any:
    """Make a function remember on disk what it returned: bare, or with options.

    A call is answered from disk if the same call has been computed before by the same code: the function,
    every helper, class, constant and global of yours that it reaches, and the versions of the packages used.

    >>> from memo import cached
    >>> @cached
    ... def slow_square(x: int) -> int:
    ...     return x * x
    >>> slow_square(12), slow_square.is_cached(12)
    (144, True)

    Args:
        function: The function; given by the decorator syntax.
        cache: Where results go; by default the user's cache directory, or what `MEMO_DIRECTORY` says.
        ignore: Names of parameters that do not decide the result: never hashed, not in the key.
        version: A salt; change it to have everything computed again.

    Raises:
        TypeError: What is decorated is not a function.
        ValueError: `ignore` names a parameter that the function does not have.
    """
    if function is None:
        return functools.partial(_wrap, cache=cache, ignore=ignore, version=version)
    return _wrap(function, cache, ignore, version)


cached.__memo_decorator__ = True  # type: ignore[attr-defined]


def _wrap(function: Callable[..., Any], cache: BaseCache | None, ignore: Collection[str], version: object) -> Any:
    _check_function(function)
    if isinstance(ignore, str):
        raise TypeError(f"ignore takes a sequence of parameter names: ignore=({ignore!r},)")
    state = Memoised(function, cache, ignore, version)

    def cached_function(*args: Any, **kwargs: Any) -> Any:
        values = state.bind(*args, **kwargs)
        cache = state.cache_in_force()
        if not cache.settings.enabled:
            return state.uncached(args, kwargs)
        try:
            location = state.locate(values)
        except Exception as error:  # noqa: BLE001 - a value may raise anything when it is looked at
            return state.without_key(cache, error, args, kwargs)
        found = cache.find(location[0], location[1], state.counters)
        return found if found is not NOTHING else state.compute(cache, location, values, args, kwargs)

    functools.update_wrapper(cached_function, function)
    return _equip(cached_function, state)


def _equip(wrapper: Any, state: Memoised) -> Any:
    for name in _ATTRIBUTES:
        setattr(wrapper, name, getattr(state, name))
    wrapper.__memo__ = state
    return wrapper


def _check_function(function: object) -> None:
    """Refuse at once what would only fail, or quietly do the wrong thing, at the first call."""
    if isinstance(function, type):
        raise TypeError(f"cached() decorates functions; {function.__qualname__} is a class: decorate its methods")
    kind = type(function).__name__
    if kind in {"staticmethod", "classmethod"}:
        raise TypeError(f"put @cached below @{kind}: it decorates the function, and {kind} what comes out")
    if not callable(function):
        raise TypeError(f"cached() decorates functions, not {kind} objects: {function!r}")
    inner: Any = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    code: CodeType | None = getattr(inner, "__code__", None)
    for flags, kind in _KINDS.items():
        if code is not None and code.co_flags & flags:
            raise TypeError(
                f"cached() does not take a {kind} yet: have {getattr(function, '__qualname__', function)} "
                "called by a plain function that returns the value, and decorate that"
            )


# Flags of code objects (see `inspect`): what such functions return is no value, but a promise of one.
_KINDS = {0x20: "generator function", 0x80 | 0x100: "coroutine function", 0x200: "asynchronous generator function"}


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


class Cache(BaseCache):
    """A directory of results of one's own.

    >>> import tempfile
    >>> cache = Cache(tempfile.mkdtemp(), max_size="20 GB")
    >>> @cache.cached(version=2)
    ... def cube(x: int) -> int:
    ...     return x**3
    >>> cube(3), cache.stats().entries
    (27, 1)

    Pickled and copied it is its settings: no lock and no open file travels.
    """

    @overload
    def cached(self, function: Callable[P, R], /) -> CachedFunction[P, R]: ...
    @overload
    def cached(
        self, function: None = None, /, *, ignore: Collection[str] = (), version: object = None
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]: ...
    def cached(self, function: Any = None, /, **options: Any) -> Any:
        """Decorate a function as `memo.cached` does, with its results in this cache."""
        return (
            cached(function, cache=self, **options)
            if function is None
            else cached(cache=self, **options)(function)
        )

    cached.__memo_decorator__ = True  # type: ignore[attr-defined]


_default: list[Cache] = []
_opening = threading.Lock()  # two threads that call first together must share one cache, or one's counts are lost


def default_cache() -> Cache:
    """Return the cache of functions that were given none: opened at first use, one for each process.

    Raises:
        SettingsError: The environment or the project file holds a wrong setting.
        UnsafeCacheDir: Others could write to its directory.
    """
    if not _default:
        with _opening:
            if not _default:
                _default.append(Cache())
    return _default[0]
