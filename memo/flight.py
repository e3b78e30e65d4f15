"""Single-flight: at most one computation of a key at a time, in this process and in all others.

Everything here only saves work. Whoever cannot get a lock computes without one: a value is right or wrong by its
entry's seal, never by a lock.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_POLL_SECONDS = 0.005

_computing: ContextVar[frozenset[tuple[str, bytes]]] = ContextVar("memo_computing", default=frozenset())
"""The keys that the current call chain computes: asking for one of them again is recursion, not a rival."""

_running: dict[tuple[str, bytes], threading.Lock] = {}
"""The computations of this process; each lock is held by the thread that computes."""

_awaited: dict[tuple[str, bytes], tuple[str, bytes]] = {}
"""What the computation of a key waits for at this moment."""


@contextmanager
def turn(
    directory: str,
    key: bytes,
    *,
    lock_path: Callable[[], str | None],
    timeout: float | None,
    is_done: Callable[[], bool],
) -> Generator[None]:
    """Wait until nobody else computes `key`, or until there is no use in waiting.

    The caller looks for the entry again inside: another may have stored it meanwhile.

    Args:
        directory: The directory that the key belongs to; tells equal keys of two directories apart.
        key: What is to be computed.
        lock_path: Gives the lock file to hold against other processes; None: no other process is asked.
        timeout: Seconds to wait for another at most; None: as long as it lives.
        is_done: Tells whether the entry has appeared, so that waiters leave without taking the lock.
    """
    mine = (directory, key)
    chain = _computing.get()
    if mine in chain:
        # The function asks for the very key that it is computing: waiting for itself would never end.
        yield
        return
    token = _computing.set(chain | {mine})
    try:
        # Whoever stopped waiting for a thread must not wait for the lock file that the same thread holds.
        with (
            _among_threads(mine, chain, timeout) as is_owner,
            _among_processes(lock_path if is_owner else _no_lock, timeout, is_done),
        ):
            yield
    finally:
        _computing.reset(token)


@contextmanager
def _among_threads(
    mine: tuple[str, bytes], chain: frozenset[tuple[str, bytes]], timeout: float | None
) -> Generator[bool]:
    """Yield True once no other thread computes the key, False where waiting is of no use."""
    lock = threading.Lock()
    lock.acquire()
    while (other := _running.setdefault(mine, lock)) is not lock:
        # Not `with other`: it is taken only to be woken when its owner is done. The timeout is for a function
        # that waits for a thread of its own which asks for the same key: the context does not reach there.
        _awaited.update(dict.fromkeys(chain, mine))
        try:
            in_time = not _leads_back(mine, chain) and other.acquire(
                timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)
            )
        finally:
            for held in chain:
                _awaited.pop(held, None)
        if not in_time:
            yield False
            return
        other.release()
    try:
        yield True
    finally:
        # After a fork the child's table is empty, though it may be inside this very block.
        _running.pop(mine, None)
        lock.release()


def _no_lock() -> None:
    return None


def _leads_back(wanted: tuple[str, bytes], chain: frozenset[tuple[str, bytes]]) -> bool:
    """Tell whether the one who computes `wanted` waits, through however many others, for a key of this chain.

    Two functions that ask for each other's keys, `ignore` set so that they end all the same: without memo they
    would end, so they must with it.
    """
    seen: set[tuple[str, bytes]] = set()
    while wanted not in seen:
        seen.add(wanted)
        found = _awaited.get(wanted)
        if found is None:
            return False
        if found in chain:
            return True
        wanted = found
    return False


@contextmanager
def _among_processes(
    lock_path: Callable[[], str | None], timeout: float | None, is_done: Callable[[], bool]
) -> Generator[None]:
    """Hold the key's lock file, or go on without it where it cannot be had."""
    path = None
    with suppress(Exception):  # deep in a recursion, not even a folder can be made
        path = lock_path()
    release = None if path is None else _acquire(path, timeout, is_done)
    try:
        yield
    finally:
        if release is not None:
            release()


def _acquire(path: str, timeout: float | None, is_done: Callable[[], bool]) -> Callable[[], None] | None:
    """Take the lock file; return what releases it, or None if it could not be had or is not needed."""
    try:
        from filelock import FileLock, Timeout
    except Exception:  # noqa: BLE001 - without a free file descriptor, for one, nothing can be imported
        return None
    # A lock of its own for every miss, never shared: an object shared between threads would be re-entrant.
    # No soft locks: a file left by a killed process would block all others for good.
    try:
        lock = FileLock(path, mode=0o600, thread_local=False, fallback_to_soft=False)
        lock.acquire(timeout=-1 if timeout is None else timeout, poll_interval=_POLL_SECONDS, cancel_check=is_done)
    except (Timeout, OSError, NotImplementedError, RuntimeError):
        return None

    def release() -> None:
        # Unlinked while held: whoever then locks the orphaned file sees its link count of zero and tries again.
        # Windows cannot unlink an open file; there the file stays, and means nothing.
        with suppress(OSError):
            os.unlink(path)
        with suppress(OSError, RuntimeError):
            lock.release()

    return release


def discard(path: str) -> None:
    """Remove a lock file that a killed process left; one that is held stays."""
    release = _acquire(path, 0, lambda: True)
    if release is not None:
        release()


if hasattr(os, "register_at_fork"):
    # The parent's threads do not exist in a forked child: waiting for one of them would never end.
    os.register_at_fork(after_in_child=_running.clear)
    os.register_at_fork(after_in_child=_awaited.clear)
