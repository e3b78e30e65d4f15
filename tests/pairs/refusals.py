"""What has no stable hash: how to make it, what the path to it ends with, and why it has none."""

# ruff: noqa: PLR0915, PLW0108, SIM115, TRY301 - these are values under test.

from __future__ import annotations

import array
import asyncio
import bz2
import collections
import concurrent.futures
import configparser
import contextlib
import contextvars
import csv
import ctypes
import dataclasses
import dbm.dumb
import functools
import hashlib
import io
import itertools
import logging
import lzma
import multiprocessing
import os
import pathlib
import queue
import random
import re
import select
import selectors
import shelve
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import types
import typing
import weakref
import zipfile
import zlib
import zoneinfo
from multiprocessing.shared_memory import SharedMemory

LOCK = threading.Lock()
# The smallest file of a zone: UTC and nothing else, in the first version of the format.
ZONE_FILE = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"


class Box:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("__inner",)

    def __init__(self, inner):
        self.__inner = inner


@dataclasses.dataclass(frozen=True, slots=True)
class Data:
    inner: object


class WithState:
    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state


class Reduced:
    def __init__(self, *result):
        self.result = result

    def __reduce__(self):
        return self.result


class Protocol:
    def __init__(self, key):
        self.key = key

    def __memo_hash__(self):
        return self.key


class HidingDict(dict):
    """Shows nothing of what is in it."""

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def keys(self):
        return ()


class RaisingDict(dict):
    def __iter__(self):
        raise RuntimeError

    keys = values = items = __len__ = __getitem__ = __iter__


class FieldlessTuple(tuple):
    """Looks like a named tuple of no fields."""

    __slots__ = ()
    _fields = ()


class OddFieldsTuple(tuple):
    __slots__ = ()
    _fields = (None, 1.5)


class RaisingText(Exception):  # noqa: N818
    def __str__(self):
        raise RuntimeError


class RaisingReduce:
    def __reduce__(self):
        raise RaisingText


class Recursive:
    def __reduce__(self):
        return self.__reduce__()


class Stack(list):
    pass


def generator():
    yield 1


async def async_generator():
    yield 1


def started(made):
    next(made)
    return made


def in_cycle(culprit):
    ring = [culprit]
    ring.insert(0, ring)
    return ring


def deep(depth, value, wrap=lambda v: [v]):
    for _ in range(depth):
        value = wrap(value)
    return value


def opened(mode="rb"):
    return pathlib.Path(os.devnull).open(mode)


def connected():
    return sqlite3.connect(":memory:")


def entered(manager):
    manager.__enter__()
    return manager


@contextlib.contextmanager
def managed():
    yield 1


def traceback():
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def member():
    return sys._getframe().f_code


def iterators():
    yield lambda: iter((1,)), "value", "an iterator of a tuple"
    yield lambda: iter("a"), "value", "an iterator of a text"
    yield lambda: iter("\xe9"), "value", "an iterator of a text that is not ASCII"
    yield lambda: iter(b"a"), "value", "an iterator of bytes"
    yield lambda: iter(bytearray(b"a")), "value", "an iterator of a bytearray"
    yield lambda: iter({1}), "value", "an iterator of a set"
    yield lambda: iter(frozenset({1})), "value", "an iterator of a frozenset"
    yield lambda: iter({1: 2}.values()), "value", "an iterator of values"
    yield lambda: iter({1: 2}.items()), "value", "an iterator of items"
    yield lambda: reversed({1: 2}), "value", "a dict from its end"
    yield lambda: reversed({1: 2}.items()), "value", "items from their end"
    yield lambda: iter(range(2**70)), "value", "an iterator of a long range"
    yield lambda: iter(collections.deque([1])), "value", "an iterator of a deque"
    yield lambda: reversed(collections.deque([1])), "value", "a deque from its end"
    yield lambda: iter(collections.OrderedDict(a=1)), "value", "an iterator of an OrderedDict"
    yield lambda: iter(memoryview(b"a")), "value", "an iterator of a memoryview"
    yield lambda: iter(array.array("b", [1])), "value", "an iterator of an array"
    yield lambda: iter(len, 0), "value", "an iterator that calls"
    yield lambda: itertools.cycle([1]), "value", "cycle"
    yield lambda: itertools.repeat(1), "value", "repeat"
    yield lambda: itertools.islice([1], 1), "value", "islice"
    yield lambda: itertools.product([1]), "value", "product"
    yield lambda: itertools.permutations([1]), "value", "permutations"
    yield lambda: itertools.combinations([1], 1), "value", "combinations"
    yield lambda: itertools.accumulate([1]), "value", "accumulate"
    yield lambda: itertools.starmap(len, []), "value", "starmap"
    yield lambda: itertools.takewhile(len, []), "value", "takewhile"
    yield lambda: itertools.dropwhile(len, []), "value", "dropwhile"
    yield lambda: itertools.filterfalse(len, []), "value", "filterfalse"
    yield lambda: itertools.compress([], []), "value", "compress"
    yield lambda: itertools.groupby([]), "value", "groupby"
    yield lambda: itertools.pairwise([]), "value", "pairwise"
    yield lambda: itertools.zip_longest([]), "value", "zip_longest"
    yield lambda: itertools.tee([1])[0], "value", "tee"
    yield lambda: started(generator()), "value", "a generator that has begun"
    yield async_generator, "value", "an asynchronous generator"
    yield lambda: re.finditer("a", "a"), "value", "matches"
    yield lambda: csv.reader(["a"]), "value", "a reader of CSV"
    yield lambda: os.scandir("."), "value", "an iterator of a folder"
    yield lambda: started(os.scandir(os.sep)), "value", "an iterator of a folder that has begun"
    yield lambda: struct.iter_unpack("b", b"a"), "value", "an iterator of structs"


def resources():
    yield lambda: opened("rb"), "value", "a file of bytes"
    yield lambda: opened("r"), "value", "a file of text"
    yield lambda: opened("rb").raw, "value", "a raw file"
    yield lambda: io.BufferedReader(io.BytesIO()), "value", "a buffered stream"
    yield lambda: io.TextIOWrapper(io.BytesIO()), "value", "a stream of text"
    yield lambda: tempfile.SpooledTemporaryFile(), "value", "a file that begins in memory"
    yield lambda: zipfile.ZipFile(io.BytesIO(), "w"), "value", "an archive"
    yield lambda: bz2.BZ2File(io.BytesIO(), "w"), "value", "a compressed file"
    yield bz2.BZ2Compressor, "value", "a compressor"
    yield lzma.LZMADecompressor, "value", "a decompressor"
    yield zlib.compressobj, "value", "a compressor of zlib"
    yield hashlib.sha256, "value", "a hash under way"
    yield connected, "value", "a connection"
    yield lambda: connected().cursor(), "value", "a cursor"
    yield lambda: connected().execute("select 1").fetchone, "value", "a method of a cursor"
    yield socket.socket, "value", "a socket"
    yield socket.socketpair, "value[0]", "a pair of sockets"
    yield lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "value", "a context of TLS"
    yield selectors.DefaultSelector, "value", "a selector"
    yield select.poll, "value", "a poll"
    yield lambda: subprocess.Popen([sys.executable, "-c", ""]), "value", "a process"
    yield multiprocessing.Event, "value", "an event of processes"
    yield lambda: multiprocessing.Pipe()[0], "value", "a pipe"
    yield multiprocessing.SimpleQueue, "value", "a queue of processes"
    yield queue.SimpleQueue, "value", "a simple queue"
    yield queue.LifoQueue, "value", "a queue with a lock"
    yield lambda: threading.Timer(1, len), "value", "a timer"
    yield threading.Semaphore, "value", "a semaphore"
    yield lambda: threading.Barrier(1), "value", "a barrier"
    yield threading.current_thread, "value", "the thread itself"
    yield concurrent.futures.ProcessPoolExecutor, "value", "a pool of processes"
    yield asyncio.Lock, "value", "a lock of asyncio"
    yield asyncio.Event, "value", "an event of asyncio"
    yield asyncio.Condition, "value", "a condition of asyncio"
    yield asyncio.Semaphore, "value", "a semaphore of asyncio"
    yield lambda: asyncio.Barrier(1), "value", "a barrier of asyncio"
    yield asyncio.TaskGroup, "value", "a group of tasks"
    yield asyncio.Runner, "value", "a runner of asyncio"
    yield asyncio.Queue, "value", "a queue of asyncio"
    yield lambda: SharedMemory.__new__(SharedMemory), "value", "memory shared with other processes"
    yield lambda: shelve.Shelf({}), "value", "a shelf"
    yield lambda: dbm.dumb.open(tempfile.mktemp()), "value", "a database of texts"
    yield concurrent.futures.Future, "value", "a result to come"
    yield logging.StreamHandler, "value", "a handler of logs"
    yield lambda: contextvars.ContextVar("a").set(1), "value", "a token of a context"
    yield lambda: entered(managed()), "value", "a context that was entered"
    yield random.SystemRandom, "value", "numbers from the system"
    yield tempfile.TemporaryDirectory, "value", "a folder that will be removed"
    yield lambda: ctypes.pointer(ctypes.c_int(1)), "value", "a pointer"
    yield lambda: ctypes.c_char_p(b"a"), "value", "a pointer to characters"
    yield lambda: ctypes.py_object([1]), "value", "an object of ctypes"
    yield lambda: memoryview((ctypes.c_void_p * 1)(1)), "value", "a view of pointers"
    yield lambda: zoneinfo.ZoneInfo.from_file(io.BytesIO(ZONE_FILE)), "value", "a zone without a name"
    yield (
        lambda: zoneinfo.ZoneInfo.from_file(io.BytesIO(ZONE_FILE), key="Europe/Berlin"),
        "value",
        "a zone of a file, which need not be what its name says",
    )


def insides():
    yield lambda: weakref.ref(LOCK.__class__), "value", "a weak reference"
    yield lambda: weakref.proxy(Box), "value", "a weak proxy of a class"
    yield lambda: weakref.WeakMethod(Protocol(1).__memo_hash__), "value", "a weak method"
    yield lambda: weakref.finalize(Box, int), "value", "a finaliser"
    yield weakref.WeakKeyDictionary, "value", "a weak dictionary"
    yield weakref.WeakSet, "value", "an empty weak set"
    yield lambda: Box(a=weakref.WeakSet()), "value.a", "a weak set in an attribute"
    yield traceback, "value", "a traceback"
    yield lambda: traceback().tb_frame, "value", "a frame"
    yield member, "value", "a code object"
    yield lambda: re.match("a", "a"), "value", "a match"
    yield lambda: super(Stack, Stack()), "value", "a view of a base"
    yield lambda: types.CellType(), "value", "an empty cell"
    yield lambda: functools.cmp_to_key(len), "value", "a key made of a comparison"
    yield lambda: os.scandir("/").__next__(), "value", "an entry of a folder"
    yield lambda: [object()], "value[0]", "a bare object in a list"
    yield lambda: typing.TypeVar("Nowhere"), "value", "a type variable that no name leads to"


def paths():
    yield lambda: {"a": LOCK}, "value['a']", "a key of text"
    yield lambda: {b"a": LOCK}, "value[b'a']", "a key of bytes"
    yield lambda: {1.5: LOCK}, "value[1.5]", "a key that is a float"
    yield lambda: {True: LOCK}, "value[True]", "a key that is a bool"
    yield lambda: {10**5000: LOCK}, "value[", "a key that has no text"
    yield lambda: {"\ud800": LOCK}, "value['\\ud800']", "a key with a surrogate"
    yield lambda: {"x": {"y": [0, (LOCK,)]}}, "value['x']['y'][1][0]", "a path of several steps"
    yield lambda: [{LOCK: 1}], "value[0].keys()[0]", "a key that is the culprit"
    yield lambda: {0: 0, LOCK: 1}, "value.keys()[1]", "a second key"
    yield lambda: {(1, LOCK): 1}, "value.keys()[0][1]", "a part of a key"
    yield lambda: {LOCK}, "value[0]", "an element of a set"
    yield lambda: frozenset({(1, LOCK)}), "value[0][1]", "a part of an element"
    yield lambda: Slotted(LOCK), "value._Slotted__inner", "a private slot"
    yield lambda: Data(Data(LOCK)), "value.inner.inner", "a dataclass in another"
    yield lambda: Box(a=[Box(b={"c": LOCK})]), "value.a[0].b['c']", "attributes and keys"
    yield lambda: WithState([LOCK]), "value[0]", "a state"
    yield lambda: WithState({"a": LOCK}), "value.a", "a state by names"
    yield lambda: WithState({1: LOCK}), "value[1]", "a state by keys"
    yield lambda: Reduced(len, (1, LOCK)), "value[1]", "an argument of a reduction"
    yield lambda: Reduced(len, (), None, iter([LOCK])), "value[0]", "an item of a reduction"
    yield lambda: Reduced(len, (), None, None, iter([("k", LOCK)])), "value['k']", "a pair of a reduction"
    yield lambda: Protocol([LOCK]), "value[0]", "what a protocol returns"
    yield lambda: collections.OrderedDict(a=LOCK), "value['a']", "an OrderedDict"
    yield lambda: collections.defaultdict(int, a=LOCK), "value['a']", "a defaultdict"
    yield lambda: collections.deque([1, LOCK]), "value[1]", "a deque"
    yield lambda: collections.ChainMap({"a": LOCK}), "value.maps[0]['a']", "a ChainMap"
    yield lambda: collections.UserList([LOCK]), "value.data[0]", "a UserList"
    yield lambda: types.MappingProxyType({"a": LOCK}), "value['a']", "a proxy"
    yield lambda: {"a": LOCK}.values(), "value[0]", "a view of values"
    yield lambda: types.SimpleNamespace(a=[LOCK]), "value.a[0]", "a namespace"
    yield lambda: functools.partial(len, LOCK), "value.args[0]", "an argument of a partial"
    yield lambda: functools.partial(len, a=LOCK), "value.keywords['a']", "a keyword of a partial"
    yield lambda: Box(a=LOCK).__eq__, "value.__self__.a", "to what a method is bound"
    yield lambda: types.MethodType(len, LOCK), "value.__self__", "a function bound to it"
    yield lambda: collections.namedtuple("P", "x y")(1, LOCK), "value.y", "a named tuple"  # noqa: PYI024
    yield lambda: ValueError(1, LOCK), "value[1]", "an argument of an error"
    yield lambda: slice(1, LOCK), "value.stop", "a slice"
    yield lambda: in_cycle(LOCK), "value[1]", "a cycle"
    yield lambda: deep(200, LOCK), "...", "a long path"
    yield lambda: deep(100_000, LOCK, lambda v: (v,)), "...", "a very long path"
    yield lambda: [*[0] * 8192, LOCK], "value[8192]", "after a chunk"
    yield lambda: [*[()] * 20_000, LOCK], "value[20000]", "after some chunks of containers"
    yield lambda: configparser.ConfigParser(defaults=None, converters={"x": LOCK.acquire}), "value", "a converter"


def hostile():
    yield lambda: HidingDict(a=LOCK), "value", "a dict that shows no keys"
    yield lambda: RaisingDict(a=LOCK), "value", "a dict that raises when asked for keys"
    yield lambda: FieldlessTuple([LOCK]), "value", "a tuple with no names of fields"
    yield lambda: OddFieldsTuple([1, LOCK]), "value", "a tuple with odd names of fields"
    yield RaisingReduce, "value", "an error whose text raises"
    yield Recursive, "value", "a reduction that calls itself"
    yield lambda: Protocol(LOCK), "value", "a protocol that returns a lock"
    yield lambda: Reduced(1), "value", "a reduction to too little"
    yield lambda: Reduced(len, [1]), "value", "a reduction with a list for arguments"
    yield lambda: Reduced(len, (), 1, None, [(1,)]), "value", "a reduction with half a pair"
    yield lambda: Reduced(len, (), 1, 2), "value", "a reduction whose items are a number"
    yield lambda: Reduced("no such name"), "value", "a tuple of a name"
    yield lambda: Box(__reduce__=1, a=LOCK), "value.a", "an attribute named like a method"


FAMILIES = (iterators, resources, insides, paths, hostile)
