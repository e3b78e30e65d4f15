"""Types refused by name, because what they are made of can be read but does not say what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memo.hashing.dispatch import BASES, FIRM, qualified_name
from memo.hashing.node import Refused

if TYPE_CHECKING:
    from memo.hashing.dispatch import Handler
    from memo.hashing.encoder import Encoder


# By name, so that none of their modules is imported for it.
NAMED = {
    name: reason
    for reason, names in {
        "it belongs to an event loop": (
            *("asyncio.events.AbstractEventLoop", "asyncio.queues.Queue", "asyncio.runners.Runner"),
            *("asyncio.locks.Barrier", "asyncio.locks.Condition", "asyncio.locks.Event", "asyncio.locks.Lock"),
            *("asyncio.locks.Semaphore", "asyncio.taskgroups.TaskGroup", "asyncio.timeouts.Timeout"),
        ),
        "it runs what is given to it, or is what that will give": (
            *("concurrent.futures._base.Executor", "concurrent.futures._base.Future"),
        ),
        "it leads to another process": (
            *("multiprocessing.connection._ConnectionBase", "multiprocessing.connection.Listener"),
            *("multiprocessing.managers.BaseManager", "multiprocessing.managers.BaseProxy"),
            *("multiprocessing.shared_memory.SharedMemory", "multiprocessing.shared_memory.ShareableList"),
        ),
        "it is an open database": (
            *("dbm.dumb._Database", "dbm.sqlite3._Database", "_dbm.dbm", "_gdbm.gdbm", "shelve.Shelf"),
            *("sqlite3.Blob", "sqlite3.Connection", "sqlite3.Cursor"),
        ),
        "it is a view of another object, as an instance of one of its bases": ("super",),
    }.items()
    for name in names
}


def by_name(bases: tuple[type, ...]) -> Handler | None:
    """Return what refuses a class with these bases, if one of them is known by its name."""
    reason = next((NAMED[name] for name in map(qualified_name, bases) if name in NAMED), None)
    return None if reason is None else refusing(reason)


def install(top: str) -> None:
    """Enter the types of one top-level module into the tables."""
    handler, types = {
        "_ctypes": _foreign,
        "dask": _graphs,
        "ctypes": _foreign,
        "io": _streams,
        "_io": _streams,
        "weakref": _weak_references,
    }.get(top, _threads)()
    BASES.update(dict.fromkeys(types, handler))
    FIRM.update(types)


def refusing(reason: str) -> Handler:
    """Return a handler that refuses every value, for that reason."""

    def refuse(_value: object, _encoder: Encoder) -> bytes:
        raise Refused(reason)

    return refuse


def _streams() -> tuple[Handler, tuple[type, ...]]:
    import io

    # The base in C, from which all files derive; io.IOBase itself is an abstract class below it.
    base = io.IOBase.__base__ or io.IOBase
    return refusing("it is a stream: what reading it gives changes with every read"), (base,)


def _threads() -> tuple[Handler, tuple[type, ...]]:
    import threading

    types = (
        threading.Thread,
        threading.Event,
        threading.Condition,
        threading.Semaphore,
        threading.Barrier,
        threading.local,
        type(threading.Lock()),
        type(threading.RLock()),
    )
    return refusing("it is a thread or a lock, which belongs to this process"), types


def _graphs() -> tuple[Handler, tuple[type, ...]]:
    from importlib import import_module

    mixin: Any = import_module("dask.base").DaskMethodsMixin
    reason = "it is a dask graph, which may read files that change; compute() it first"
    return refusing(reason), (mixin,)


def _foreign() -> tuple[Handler, tuple[type, ...]]:
    import ctypes
    from importlib import import_module

    inside = import_module("_ctypes")
    types = (ctypes.CDLL, inside.CFuncPtr, inside._Pointer)  # noqa: SLF001 - it has no other name
    return refusing("it is an address in this process"), types


def _weak_references() -> tuple[Handler, tuple[type, ...]]:
    import weakref

    types = (
        weakref.ReferenceType,
        weakref.ProxyType,
        weakref.CallableProxyType,
        weakref.WeakSet,
        weakref.WeakKeyDictionary,
        weakref.WeakValueDictionary,
        weakref.finalize,
    )
    return refusing("it is made of weak references, whose objects can vanish at any time"), types
