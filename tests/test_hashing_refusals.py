"""What has no stable hash is refused, with the path to it, and hostile classes break nothing."""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import gc
import io
import itertools
import mmap
import multiprocessing
import queue
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import types
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from memo.errors import UnhashableArgument
from memo.hashing import argument_tokens, digest, register_hasher, token
from memo.hashing.identity import IdentityMap


class Box:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


@dataclass
class Config:
    loader: object


@dataclass(frozen=True, slots=True)
class Slotted:
    window: object


class Pair(tuple):  # noqa: SLOT001 - as people write them.
    pass


def generator():
    yield 1


async def coroutine():
    pass


def coroutine_object():
    made = coroutine()
    made.close()
    return made


def released_view():
    view = memoryview(b"a")
    view.release()
    return view


REFUSED = {
    "lock": threading.Lock,
    "rlock": threading.RLock,
    "event": threading.Event,
    "condition": threading.Condition,
    "semaphore": threading.BoundedSemaphore,
    "thread": threading.Thread,
    "local": threading.local,
    "generator": generator,
    "generator expression": lambda: (x for x in ()),
    "coroutine": coroutine_object,
    "list iterator": lambda: iter([1]),
    "range iterator": lambda: iter(range(3)),
    "dict iterator": lambda: iter({}),
    "reversed": lambda: reversed([1]),
    "map": lambda: map(str, [1]),
    "zip": lambda: zip([1], strict=True),
    "filter": lambda: filter(None, [1]),
    "enumerate": lambda: enumerate([1]),
    "count": itertools.count,
    "chain": lambda: itertools.chain([1]),
    "array iterator": lambda: np.arange(3).flat,
    "nditer": lambda: np.nditer(np.arange(3)),
    "text stream": lambda: io.StringIO("a"),
    "byte stream": lambda: io.BytesIO(b"a"),
    "standard output": lambda: sys.__stdout__,
    "weak reference": lambda: weakref.ref(Box),
    "weak set": weakref.WeakSet,
    "weak dictionary": weakref.WeakValueDictionary,
    "frame": sys._getframe,
    "code": lambda: generator.__code__,
    "cell": lambda: types.CellType(1),
    "bare object": object,
    "memory map": lambda: mmap.mmap(-1, 1),
    "context": contextvars.copy_context,
    "context variable": lambda: contextvars.ContextVar("v"),
    "process lock": multiprocessing.Lock,
    "local function": lambda: lambda: None,
    "local class": lambda: type("Local", (), {}),
    "pointers": lambda: memoryview(np.array([None])),
    "released view": released_view,
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_path(name):
    culprit = REFUSED[name]()
    with pytest.raises(UnhashableArgument) as caught:
        token({"a": [1, (culprit,)]}, path="config")
    assert caught.value.path == "config['a'][1][0]"
    with pytest.raises(UnhashableArgument) as caught:
        digest(culprit, path="x")
    assert caught.value.path == "x"
    kind = type(culprit)
    assert caught.value.type_name in {kind.__qualname__, f"{kind.__module__}.{kind.__qualname__}"}


def test_open_resources_are_refused(tmp_path):
    with contextlib.ExitStack() as stack:
        resources = [
            stack.enter_context((tmp_path / "f").open("w")),
            stack.enter_context((tmp_path / "f").open("rb")),
            stack.enter_context(tempfile.TemporaryFile()),
            stack.enter_context(socket.socket()),
            stack.enter_context(ThreadPoolExecutor(1)),
            stack.enter_context(contextlib.closing(sqlite3.connect(":memory:"))),
            stack.enter_context(subprocess.Popen([sys.executable, "-c", ""])),
            queue.Queue(),
            Future(),
            stack.enter_context(tempfile.NamedTemporaryFile()),
        ]
        for resource in resources:
            with pytest.raises(UnhashableArgument, match=r"x"):
                token(resource, path="x")


def test_nothing_is_read_from_what_is_refused():
    items = generator()
    stream = io.StringIO("text")
    numbers = iter([1, 2])
    for value in (items, stream, numbers):
        with pytest.raises(UnhashableArgument):
            token([value])
    assert [*items, stream.read(), *numbers] == [1, "text", 1, 2]


LOCK = threading.Lock()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Config([0, 1, 2, LOCK]), "x.loader[3]"),
        ({"close": LOCK}, "x['close']"),
        ({1: {None: LOCK}}, "x[1][None]"),
        ({LOCK: 1}, "x.keys()[0]"),
        ({(1, 2): LOCK}, "x[<tuple>]"),
        (Slotted(LOCK), "x.window"),
        (Box(a=Box(b=(LOCK,))), "x.a.b[0]"),
        (types.SimpleNamespace(a=LOCK), "x.a"),
        ([*range(10_000), LOCK], "x[10000]"),
        ({**{n: n for n in range(10_000)}, "last": LOCK}, "x['last']"),
        (pd.DataFrame({"n": [1, 2], "close": pd.Series([1, LOCK], dtype=object)}), "x['close'][1]"),
        (np.array([1, LOCK], dtype=object), "x[1]"),
        (np.array([(1, LOCK)], dtype=[("n", "i4"), ("o", "O")]), "x['o'][0]"),
        (Box(window=slice(None, LOCK)), "x.window.stop"),
        (Pair((1, LOCK)), "x[1]"),
        ([[LOCK].append], "x[0].__self__[0]"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_the_path_leads_to_the_culprit(value, path):
    with pytest.raises(UnhashableArgument) as caught:
        token(value, path="x")
    assert caught.value.path == path


def test_arguments_are_called_by_their_names():
    for names, values in ((("a", "prices"), (1, [LOCK])), (("prices",), ([LOCK],))):
        with pytest.raises(UnhashableArgument) as caught:
            argument_tokens(names, values)
        assert caught.value.path == "prices[0]"


def test_the_path_of_a_deep_culprit_is_cut():
    value = LOCK
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UnhashableArgument) as caught:
        token(value)
    assert "..." in caught.value.path
    assert len(caught.value.path) < 1000


# Depth, width, sharing and cycles.


def nested(depth, wrap):
    value = 0
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"k": v}, lambda v: Box(v=v)])
def test_a_hundred_thousand_levels(wrap):
    deep = nested(100_000, wrap)
    assert token(deep) != token(wrap(deep))
    while deep:  # Taken down level by level: Box has no protection against its own depth.
        deep = next(
            iter(
                deep.values() if isinstance(deep, dict) else vars(deep).values() if isinstance(deep, Box) else deep
            )
        )


def graph(size, *, name=str):
    """Return a node of a graph in which every node knows all others."""
    nodes = [Box(name=name(n)) for n in range(size)]
    for node in nodes:
        node.others = nodes
    return nodes


def chain(size):
    """Return the ends of a list linked both ways, whose nodes look the same."""
    nodes = [Box(before=None, after=None) for _ in range(size)]
    for before, after in itertools.pairwise(nodes):
        before.after, after.before = after, before
    return nodes


def test_cycles_through_which_many_ways_lead():
    assert token(graph(40)) == token(graph(40))
    assert token(graph(40)[0]) != token(graph(40)[1])
    assert token(graph(40)) != token(graph(41))
    # Nodes that cannot be told apart by walking from them are one, however many there are.
    assert token(graph(3, name=lambda _: "")[0]) == token(graph(3, name=lambda _: "")[2])


def test_long_chains_of_nodes_that_look_the_same():
    nodes = chain(5000)
    assert token(nodes[0]) == token(chain(5000)[0]) != token(nodes[1])
    assert token(nodes) == token(chain(5000)) != token(chain(5001))
    assert token(nodes[1]) != token(chain(5001)[1])


def test_a_cycle_through_a_list_of_many_chunks():
    def long(last):
        items = [*range(9000)]
        items += [items, *range(20_000), (items,), last]
        return items

    assert token(long(1)) == token(long(1)) != token(long(2))


def test_the_place_in_a_cycle_counts():
    first, second = [1], [2]
    first.append(second)
    second.append(first)
    assert token(first) != token(second)
    assert token([first, second]) != token([second, first])


def test_a_cycle_is_the_same_wherever_it_is_entered_first():
    nodes = chain(4)
    expected = [token(node) for node in nodes]
    together = token(nodes)
    assert [token(node) for node in reversed(nodes)] == expected[::-1]
    assert together == token([nodes[0], *nodes[1:]])
    shown = Box(a=nodes[2], b=nodes[0])
    assert token(shown) == token(Box(b=chain(4)[0], a=chain(4)[2]))


def test_a_set_in_a_cycle():
    def family(names):
        members = {Box(name=name) for name in names}
        for member in members:
            member.family = members
        return members

    assert token(family("abc")) == token(family("cba")) != token(family("abd"))


# Classes of hostile or careless people.


class TroubleError(RuntimeError):
    pass


def raising(name, error=TroubleError):
    def method(self, *_args):
        raise error(name)

    return type(f"Trouble_{name}", (), {name: method})


@pytest.mark.parametrize("name", ["__memo_hash__", "__reduce__", "__reduce_ex__", "__getstate__"])
def test_an_exception_of_the_class_is_the_cause(name):
    with pytest.raises(UnhashableArgument, match=name) as caught:
        token({"a": raising(name)()}, code=code, path="x")
    assert caught.value.path == "x['a']"
    assert isinstance(caught.value.__cause__, TroubleError)


@pytest.mark.parametrize("name", ["__memo_hash__", "__reduce__", "__getstate__"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_passes(name, error):
    with pytest.raises(error):
        token([raising(name, error)()], code=code)


def code(thing):
    return getattr(thing, "__qualname__", str(thing)).encode()


@pytest.mark.parametrize(
    "name", ["__eq__", "__hash__", "__bool__", "__len__", "__iter__", "__repr__", "__str__", "__getattr__"]
)
def test_methods_that_are_never_called(name):
    value = raising(name)()
    value.a = 1
    assert token(value, code=code) == token(value, code=code)
    value.a = 2


class Mock:
    """Answers to every name, as mocks and remote objects do."""

    def __getattr__(self, name):
        return Mock()


class NotWhatItSeems:
    """Claims to be an int."""

    __class__ = int


class Meta(type):
    def __getattribute__(cls, name):
        if name in {"__memo_hash__", "__mro__", "__reduce_ex__", "__module__"}:
            raise TroubleError(name)
        return super().__getattribute__(name)


class Obscure(metaclass=Meta):
    pass


class Endless:
    def __reduce__(self):
        return Endless, (Endless(),)


class SelfHashed:
    def __memo_hash__(self):
        return self


class Nonsense:
    def __init__(self, result):
        self.result = result

    def __reduce__(self):
        return self.result


class Unhashable(type):
    __hash__ = None

    def __eq__(cls, other):
        return True


def test_hostile_classes(monkeypatch):
    assert token(NotWhatItSeems(), code=code) != token(0)
    assert token(Obscure(), code=code) == token(Obscure(), code=code)
    assert token(Mock(), code=code) == token(Mock(), code=code)
    monkeypatch.setattr("memo.hashing.encoder.DEEPEST", 1000)
    hostile = [Endless(), SelfHashed(), Unhashable("U", (), {})()]
    hostile += [
        Nonsense(result) for result in (1, (), (1,), (1, 2), (print, None), (print, ()) * 4, "no such name")
    ]
    for value in hostile:
        with pytest.raises(UnhashableArgument):
            token([value], code=code)


class Counting:
    """Counts how often it is read, in one of three methods."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)
        self.count = 0


class CountingReductions(Counting):
    def __reduce__(self):
        self.count += 1
        return Counting, (self.count,)


class CountingStates(Counting):
    def __getstate__(self):
        self.count += 1
        return self.__dict__


class CountingList(list):
    count = 0

    def __getstate__(self):
        CountingList.count += 1
        return {"count": self.count}


@pytest.mark.parametrize("kind", [CountingReductions, CountingStates, CountingList])
def test_an_object_whose_state_changes_when_it_is_read(kind):
    value = {"a": [1, kind()]}
    with pytest.raises(UnhashableArgument, match="its state changes when it is read") as caught:
        token(value, code=code, path="x")
    assert caught.value.path.startswith("x['a']")
    with pytest.raises(UnhashableArgument) as caught:
        argument_tokens(("a", "b"), ({"a": WithoutLock()}, [kind()]), code)
    assert caught.value.path.startswith("b")


class WithoutLock:
    """Makes a new state at every reading, and the same."""

    readings = 0

    def __init__(self):
        self.lock = threading.Lock()
        self.shared = [1]

    def __getstate__(self):
        WithoutLock.readings += 1
        return {"shared": self.shared, "more": [*self.shared]}


def test_only_what_the_user_wrote_is_read_twice(monkeypatch):
    class Installed(WithoutLock):
        pass

    def read(value):
        WithoutLock.readings = 0
        token([value, value], code=code)
        return WithoutLock.readings

    assert read(WithoutLock()) == 2
    monkeypatch.setattr("memo.hashing.facts._is_installed", lambda _: True)
    assert read(Installed()) == 1


def test_a_protocol_is_not_read_twice():
    class Asked(WithoutLock):
        def __memo_hash__(self):
            WithoutLock.readings += 1
            return 1

    WithoutLock.readings = 0
    token(Asked(), code=code)
    assert WithoutLock.readings == 1


def test_classes_made_in_a_loop_are_let_go():
    def made():
        kind = type("Made", (), {"__slots__": ("a", "__weakref__")})
        token(kind(), code=code)
        return weakref.ref(kind)

    references = [made() for _ in range(3000)]
    gc.collect()
    assert sum(reference() is not None for reference in references) <= 1024


# The code hook and names.


def test_without_a_hook_code_is_known_by_its_name():
    assert token(len) != token(sum)
    assert token(builtins) != token(io)
    assert token(Config) != token(Box)


def test_a_name_must_lead_to_the_object(monkeypatch):
    twin = types.FunctionType(generator.__code__, globals(), "generator")
    twin.__qualname__ = "generator"
    with pytest.raises(UnhashableArgument, match="imported by its name"):
        token(twin)


def test_the_hook_sees_functions_classes_and_modules():
    seen = []

    def hook(thing):
        seen.append(thing)
        return b"same"

    assert token([generator, Config, io, Box(a=1)], code=hook) == token(
        [coroutine, Slotted, io, Box(a=1)], code=hook
    )
    assert seen[:4] == [generator, Config, io, Box]


def test_the_bytes_of_the_hook_cannot_forge_a_token():
    assert token([io, 1], code=lambda _: b"") != token([io], code=lambda _: token(1))


def test_an_error_of_the_hook_keeps_its_path():
    def hook(thing):
        raise UnhashableArgument("f.<cell>", "lock", "because")

    with pytest.raises(UnhashableArgument) as caught:
        token([generator], code=hook)
    assert caught.value.path == "f.<cell>"


# Registered hashers.


@pytest.fixture
def _registry(monkeypatch):
    monkeypatch.setattr("memo.hashing.dispatch._registered", {})
    monkeypatch.setattr("memo.hashing.dispatch._Choices.table", IdentityMap())


class Animal:
    def __init__(self, name, lock=None):
        self.name = name
        self.lock = lock or threading.Lock()


class Dog(Animal):
    pass


@pytest.mark.usefixtures("_registry")
def test_a_registered_hasher_counts_from_then_on():
    with pytest.raises(UnhashableArgument):
        token(Dog("a"))
    register_hasher(Animal, lambda animal: animal.name)
    assert token(Dog("a")) == token(Dog("a")) != token(Dog("b"))
    assert token(Dog("a")) != token(Animal("a"))


@pytest.mark.usefixtures("_registry")
def test_the_most_specific_hasher_wins():
    register_hasher(Dog, lambda dog: dog.name.lower())
    register_hasher(Animal, lambda animal: animal.name)
    assert token(Dog("A")) == token(Dog("a"))
    assert token(Animal("A")) != token(Animal("a"))


@pytest.mark.usefixtures("_registry")
def test_a_hasher_by_name():
    register_hasher(f"{__name__}:Animal", lambda animal: [animal.name])
    assert token(Dog("a")) == token(Dog("a"))
    register_hasher("pandas:DataFrame", lambda frame: frame.shape)
    register_hasher("not.imported:Class", lambda _: 0)
    assert token(pd.DataFrame([[1]])) == token(pd.DataFrame([[2]]))


@pytest.mark.usefixtures("_registry")
def test_the_last_of_two_hashers_for_one_class_wins():
    name = f"{__name__}:Animal"
    hashers = {Animal: lambda animal: animal.name, name: lambda animal: animal.age}
    for order in ([name, Animal], [Animal, name], [name, Animal]):
        for key in order:
            register_hasher(key, hashers[key])
        tokens = {token(with_age(Animal(text), age)) for text, age in (("a", 1), ("b", 1), ("a", 2))}
        same = with_age(Animal("a"), 3), with_age(Animal("b"), 2)
        assert len(tokens) == 2
        assert token(same[order[-1] is not Animal]) in tokens


def with_age(animal, age):
    animal.age = age
    return animal


@pytest.mark.usefixtures("_registry")
def test_a_module_that_raises_when_asked_for_a_class(monkeypatch):
    def ask(name):
        raise ImportError(name)

    module = types.ModuleType("lazy_module")
    module.__getattr__ = ask
    monkeypatch.setitem(sys.modules, "lazy_module", module)
    register_hasher("lazy_module:Class", str)
    assert token(Box(a=1)) == token(Box(a=1))


@pytest.mark.usefixtures("_registry")
def test_a_hasher_that_raises_or_returns_a_lock():
    register_hasher(Dog, lambda dog: {"lock": dog.lock})
    with pytest.raises(UnhashableArgument) as caught:
        token([Dog("a")], path="x")
    assert caught.value.path == "x[0]['lock']"
    register_hasher(Dog, lambda dog: 1 // 0)
    with pytest.raises(UnhashableArgument) as caught:
        token([Dog("a")], path="x")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.usefixtures("_registry")
def test_wrong_registrations():
    with pytest.raises(TypeError, match="function"):
        register_hasher(Dog, "name")
    with pytest.raises(TypeError, match="class"):
        register_hasher(1, str)
    with pytest.raises(ValueError, match="module:qualname"):
        register_hasher("Dog", str)
    for scalar in (int, str, list, dict, object):
        with pytest.raises(ValueError, match="cannot be hashed otherwise"):
            register_hasher(scalar, str)


def test_importing_imports_no_library(run_python):
    printed = run_python(
        """
        import sys
        before = set(sys.modules)
        import memo.hashing
        memo.hashing.token({"a": [1, 2.0, ("b",), {3}]})
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(new & {"numpy", "pandas", "decimal", "uuid", "zoneinfo", "ipaddress", "fractions"}))
        """
    )
    assert printed.strip() == "[]"
