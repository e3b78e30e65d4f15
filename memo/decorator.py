"""`cached`: from a function to one that remembers, still a plain function."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    overload,
)

from memo.cache import NOTHING, BaseCache
from memo.memoised import Memoised, Options
from memo.readers import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from types import CodeType

    from memo.binding import KeyFunction
    from memo.fingerprint import Fingerprint
    from memo.settings import MemoryMap
    from memo.stats import Stats

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")
R_co = TypeVar("R_co", covariant=True)

Track: TypeAlias = Literal["deep", "shallow", "none"]
_TRACKS = ("deep", "shallow", "none")


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
    key: Mapping[str, KeyFunction] | KeyFunction | None = None,
    version: object = None,
    track: Track = "deep",
    depends_on: Sequence[object] = (),
    mmap: MemoryMap | None = None,
) -> Callable[[Callable[P, R]], CachedFunction[P, R]]: ...
def cached(
    function: Callable[..., Any] | None = None,
    /,
    *,
    cache: BaseCache | None = None,
    ignore: Collection[str] = (),
    key: Mapping[str, KeyFunction] | KeyFunction | None = None,
    version: object = None,
    track: Track = "deep",
    depends_on: Sequence[object] = (),
    mmap: MemoryMap | None = None,
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
        key: What to hash in place of arguments: `{parameter: function of its value}`, as in
            `key={"path": memo.file_digest, "params": memo.unordered, "x": memo.rounded(6)}`. Or one function,
            which is called like the function itself, defaults included, but without what is ignored. Key functions
            are part of the code.
        version: A salt; change it to have everything computed again.
        track: How far code is followed: `"deep"`; `"shallow"`, only the function's own code and the values it
            reads; `"none"`, not at all, which needs a `version` to be changed by hand.
        depends_on: What else the results depend on: functions, classes, modules, files and folders (as `Path`, by
            content), values.
        mmap: How large arrays of results come back, in place of what the settings say: True or `"c"`, mapped
            copy-on-write; `"r"`, mapped read-only, and then such an array is an argument that takes no time to
            hash; False, copied.

    Raises:
        TypeError: What is decorated is not a function; `depends_on` is no collection; a key function is none.
        ValueError: `ignore` or `key` names a parameter that the function does not have; `track` is none of the
            three, or `"none"` without a `version`; `mmap` is none of the modes.
    """
    options = _options(ignore, key, version, track, depends_on)._replace(
        mmap=None if mmap is None else mapping(mmap)
    )
    if function is None:
        decorate = functools.partial(_wrap, cache=cache, options=options)
        decorate.__memo_decorator__ = True  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
        return decorate
    return _wrap(function, cache, options)


cached.__memo_decorator__ = True  # type: ignore[attr-defined]


def _options(
    ignore: Collection[str], key: Any, version: object, track: str, depends_on: Sequence[object]
) -> Options:
    """Return the options of a function, having refused at once those that make no sense."""
    if isinstance(ignore, str):
        raise TypeError(f"ignore takes a sequence of parameter names: ignore=({ignore!r},)")
    functions: Any = {} if key is None or callable(key) else key
    if not isinstance(functions, Mapping) or not all(map(callable, cast("Any", functions).values())):
        raise TypeError(f"key takes a function, or functions by parameter, not {key!r}")
    if track not in _TRACKS:
        raise ValueError(f"track is one of {', '.join(map(repr, _TRACKS))}, not {track!r}")
    if track == "none" and version is None:
        raise ValueError('track="none" needs a version=, to be changed when the code is: nothing else tells')
    if not isinstance(depends_on, (tuple, list)):
        raise TypeError(f"depends_on takes a tuple of what the results depend on: depends_on=({depends_on!r},)")
    by_parameter = dict(cast("Mapping[str, KeyFunction]", functions))
    return Options(tuple(ignore), by_parameter, version, track, tuple(depends_on), key if callable(key) else None)


def _wrap(function: Callable[..., Any], cache: BaseCache | None, options: Options) -> Any:
    _check_function(function)
    state = Memoised(function, default_cache if cache is None else cache, options)

    def cached_function(*args: Any, **kwargs: Any) -> Any:
        values = state.bind(*args, **kwargs)
        cache = state.cache_in_force()
        if not cache.settings.enabled:
            return state.uncached(args, kwargs)
        try:
            location = state.locate(values)
        except Exception as error:  # noqa: BLE001 - a value may raise anything when it is looked at
            reason = error
        else:
            found = cache.find(location[0], location[1], state.counters, state.classes, location[3])
            if found is not NOTHING:
                return found
            # No frame more than it takes: recursive functions pass here at every level.
            compute = functools.partial(function, *args, **kwargs)
            result = cache.answer(state.question(location), state.counters, compute)
            state.look_back(location[2])
            return result
        # Outside of `except`: what the function raises shall not seem to come of memo's own error.
        return state.without_key(cache, reason, args, kwargs)

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
        self,
        function: None = None,
        /,
        *,
        ignore: Collection[str] = (),
        key: Mapping[str, KeyFunction] | KeyFunction | None = None,
        version: object = None,
        track: Track = "deep",
        depends_on: Sequence[object] = (),
        mmap: MemoryMap | None = None,
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]: ...
    def cached(self, function: Any = None, /, **options: Any) -> Any:
        """Decorate a function as `memo.cached` does, with its results in this cache."""
        decorate = cached(cache=self, **options)
        return decorate if function is None else decorate(function)

    cached.__memo_decorator__ = True  # type: ignore[attr-defined]


_default: list[Cache] = []


def default_cache() -> Cache:
    """Return the cache of functions that were given none: opened at first use, one for each process.

    Raises:
        SettingsError: The environment or the project file holds a wrong setting.
        UnsafeCacheDir: Others could write to its directory.
    """
    if not _default:
        # Two threads may both get here. Each returns the first in the list, so that all share one cache and its
        # counts; a lock would block a child forked while another thread holds it.
        _default.append(Cache())
    return _default[0]
