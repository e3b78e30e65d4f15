"""Pairs of instances of classes: what they say of themselves, what they hold, and what their classes make up."""

# ruff: noqa: PLC0205 - these are classes under test.

from __future__ import annotations

import abc
import collections
import copyreg
import dataclasses
import enum
import functools
import threading
import types
import typing
import weakref

import memo


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class OtherPlain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class SubPlain(Plain):
    pass


class Empty:
    pass


class OtherEmpty:
    pass


# What a class says of its instances.


class Protocol:
    def __init__(self, key=None, noise=None):
        self.key = key
        self.noise = noise

    def __memo_hash__(self):
        return self.key


class SubProtocol(Protocol):
    pass


class Overridden(Protocol):
    def __memo_hash__(self):
        return [super().__memo_hash__(), self.noise]


class StaticProtocol:
    def __init__(self, name):
        self.name = name

    @staticmethod
    def __memo_hash__():
        return "all alike"


class ClassProtocol:
    def __init__(self, name):
        self.name = name

    @classmethod
    def __memo_hash__(cls):
        return cls.__name__


class SubClassProtocol(ClassProtocol):
    pass


class ListProtocol(list):
    def __memo_hash__(self):
        return len(self)


class ProtocolMember(enum.Enum):
    A = 1
    B = 2

    def __memo_hash__(self):
        return "member"


class ProtocolFirst(Protocol):
    """Has a state and a reduction as well, which are not asked."""

    def __getstate__(self):
        raise RuntimeError

    def __reduce__(self):
        raise RuntimeError


@dataclasses.dataclass
class ProtocolData:
    a: object
    b: object

    def __memo_hash__(self):
        return self.a


class InstanceProtocol:
    """Has the method as an attribute of the instance, where it does not count."""

    def __init__(self, key):
        self.key = key
        self.__dict__["__memo_hash__"] = None


class Registered:
    def __init__(self, key, noise=None):
        self.key = key
        self.noise = noise


class SubRegistered(Registered):
    pass


class NearerRegistered(Registered):
    pass


class RegisteredTwice:
    def __init__(self, key, noise=None):
        self.key = key
        self.noise = noise


class RegisteredByName:
    def __init__(self, key, noise=None):
        self.key = key
        self.noise = noise

    class Inner:
        def __init__(self, key, noise=None):
            self.key = key
            self.noise = noise


class RegisteredList(list):
    pass


class RegisteredAndProtocol(Protocol):
    pass


class LeftParent:
    pass


class RightParent:
    pass


class BothParents(LeftParent, RightParent):
    def __init__(self, left, right):
        self.left = left
        self.right = right


class OtherOrder(RightParent, LeftParent):
    def __init__(self, left, right):
        self.left = left
        self.right = right


class RegisteredAbstract(abc.ABC):  # noqa: B024 - it is there to be registered with.
    pass


@RegisteredAbstract.register
class Virtual:
    """Is an instance of the abstract class for isinstance only, not by its bases."""

    def __init__(self, key):
        self.key = key


@dataclasses.dataclass
class RegisteredData:
    key: object
    noise: object = None


memo.register_hasher(Registered, lambda value: value.key)
memo.register_hasher(NearerRegistered, lambda value: (value.key, value.noise))
memo.register_hasher(RegisteredTwice, lambda value: value.noise)
memo.register_hasher(RegisteredTwice, lambda value: value.key)
memo.register_hasher(f"{__name__}:RegisteredByName", lambda value: value.key)
memo.register_hasher(f"{__name__}:RegisteredByName.Inner", lambda value: [value.key])
memo.register_hasher(RegisteredList, len)
memo.register_hasher(RegisteredAndProtocol, lambda value: value.noise)
memo.register_hasher(LeftParent, lambda value: value.left)
memo.register_hasher(RightParent, lambda value: value.right)
memo.register_hasher(RegisteredAbstract, lambda value: "abstract")
memo.register_hasher(RegisteredData, lambda value: value.key)


# What a class says to pickle and copy.


class WithState:
    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state


class WithoutLock:
    """Leaves out of its attributes what belongs to the process, as many classes do."""

    def __init__(self, **attributes):
        self.lock = threading.Lock()
        self.__dict__.update(attributes)

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["lock"]
        return state


class SubWithoutLock(WithoutLock):
    pass


class ReducedToDict:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __reduce__(self):
        return ReducedToDict, (), self.__dict__


class Reduced:
    def __init__(self, *result):
        self.result = result

    def __reduce__(self):
        return self.result


class ReducedEx:
    def __init__(self, a, b=None):
        self.a = a
        self.b = b

    def __reduce_ex__(self, protocol):
        assert protocol >= 2
        return ReducedEx, (self.a,)


class NewArguments:
    def __new__(cls, *arguments):
        made = super().__new__(cls)
        made.__dict__["given"] = arguments
        return made

    def __getnewargs__(self):
        return self.given

    def __getstate__(self):
        return None


class NewKeywords:
    def __new__(cls, *arguments, **keywords):
        made = super().__new__(cls)
        made.arguments, made.keywords = arguments, keywords
        return made

    def __getnewargs_ex__(self):
        return self.arguments, self.keywords

    def __getstate__(self):
        return None


class IntOfArguments(int):
    def __new__(cls, value, unit):
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __getnewargs__(self):
        return int(self), self.unit


class Copied:
    def __init__(self, key, noise=None):
        self.key = key
        self.noise = noise


class SubCopied(Copied):
    pass


copyreg.pickle(Copied, lambda value: (Copied, (value.key,)))


class Items(list):
    """Adds items by its reduction, which hides those of the list."""

    def __init__(self, shown=(), hidden=()):
        super().__init__(hidden)
        self.shown = shown

    def __reduce__(self):
        return Items, (), None, iter(self.shown)


class Pairs(dict):
    def __init__(self, shown=()):
        super().__init__()
        self.shown = shown

    def __reduce__(self):
        return Pairs, (), None, None, iter(self.shown)


SINGLETON = None


class Single:
    def __reduce__(self):
        return "SINGLE"


class OtherSingle:
    def __reduce__(self):
        return "OTHER_SINGLE"


SINGLE = Single()
OTHER_SINGLE = OtherSingle()


def rebuild(*arguments):
    return arguments


def rebuild_otherwise(*arguments):
    return list(arguments)


# Slots.


class Slotted:
    __slots__ = ("__private", "_single", "public")

    def __init__(self, private=None, public=None):
        if private is not None:
            self.__private = private
        if public is not None:
            self.public = public


class SlottedBelow(Slotted):
    __slots__ = ("__private", "more")

    def __init__(self, private=None, below=None):
        super().__init__(private)
        if below is not None:
            self.__private = below


class DictBelow(SlottedBelow):
    pass


class WeakSlots:
    __slots__ = ("__weakref__", "a")


class DictSlot:
    __slots__ = ("__dict__", "a")


class DocumentedSlots:
    __slots__ = {"a": "the first", "b": "the second"}


class OneSlot:
    __slots__ = "only"


class NoSlots:
    __slots__ = ()


class _:  # noqa: N801 - in a class whose name is underscores alone, private names stay as they are.
    __slots__ = ("__hidden",)

    def __init__(self, hidden):
        self.__hidden = hidden


class __Hidden:
    __slots__ = ("__x",)

    def __init__(self, x):
        self.__x = x


HiddenSlots = __Hidden


class Upper:
    __slots__ = ("x",)


class Lower(Upper):
    """Has a second slot of the same name, behind which the first is hidden."""

    __slots__ = ("x",)


class PropertyOverSlot(Upper):
    __slots__ = ()
    x = property(lambda self: 1)


# Attributes that are made when read, and classes that say what is not so.


class Answering:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __getattr__(self, name):
        return lambda *arguments: "an answer"


class AnsweringSelf:
    def __getattr__(self, name):
        return self


class LyingAttributes:
    def __init__(self, a):
        object.__setattr__(self, "a", a)

    def __getattribute__(self, name):
        return object.__getattribute__(self, name) if name.startswith("__") else 1


class LyingClass:
    def __init__(self, a):
        self.a = a

    @property
    def __class__(self):
        return int


class LyingModule(list):
    """Claims to be a module, of which methods would be functions."""

    __class__ = types.ModuleType


class LyingEq:
    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __bool__(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError


class NeverEqual:
    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return False

    def __hash__(self):
        return 1


class EqualMeta(type):
    """Makes classes that all equal each other."""

    def __eq__(cls, other):
        return isinstance(other, EqualMeta)

    def __hash__(cls):
        return 1


class EqualList(list, metaclass=EqualMeta):
    pass


class EqualDict(dict, metaclass=EqualMeta):
    pass


class EqualPlain(metaclass=EqualMeta):
    def __init__(self, a):
        self.a = a


class EqualOther(metaclass=EqualMeta):
    def __init__(self, a):
        self.a = a


class DeepMeta(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, subclass):
        return True

    def __getattr__(cls, name):
        if name in {"__reduce__", "__memo_hash__", "_fields"}:
            raise RuntimeError(name)
        raise AttributeError(name)


class EverythingIsMine(metaclass=DeepMeta):
    def __init__(self, a):
        self.a = a


class ReadOnly:
    def __init__(self, a):
        object.__setattr__(self, "a", a)

    def __setattr__(self, name, value):
        raise AttributeError(name)


class Descriptor:
    def __init__(self, start):
        self.start = start

    def __get__(self, instance, owner=None):
        raise RuntimeError


class Described:
    described = Descriptor(1)

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Iterator:
    """Counts, and shows where it is."""

    def __init__(self, start):
        self.at = start

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        return self.at


class ContextManager:
    def __init__(self, a):
        self.a = a

    def __enter__(self):
        raise RuntimeError

    def __exit__(self, *error):
        raise RuntimeError


class Callable:
    def __init__(self, a):
        self.a = a

    def __call__(self):
        raise RuntimeError


class Weak:
    """Can be referred to weakly, which leaves a trace in the instance that is no value."""

    def __init__(self, a):
        self.a = a


class Cached:
    def __init__(self, a):
        self.a = a

    @functools.lru_cache(8)  # noqa: B019 - as people do it.
    def kept(self):
        return self.a

    @property
    def doubled(self):
        return self.a * 2


class Mapping(collections.abc.Mapping):
    def __init__(self, **items):
        self.inside = items

    def __getitem__(self, key):
        return self.inside[key]

    def __iter__(self):
        return iter(self.inside)

    def __len__(self):
        return len(self.inside)


class Generic(typing.Generic[typing.TypeVar("Item")]):
    def __init__(self, a):
        self.a = a


class Abstract(abc.ABC):
    @abc.abstractmethod
    def method(self): ...


class Concrete(Abstract):
    def __init__(self, a):
        self.a = a

    def method(self):
        return self.a


# Dataclasses.


@dataclasses.dataclass
class Data:
    a: object = None
    b: object = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class OtherData:
    a: object = None
    b: object = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class SubData(Data):
    c: object = None


@dataclasses.dataclass(frozen=True, slots=True)
class FrozenSlots:
    a: object = None
    b: object = None


@dataclasses.dataclass(frozen=True, slots=True)
class SubFrozenSlots(FrozenSlots):
    c: object = None


@dataclasses.dataclass(slots=True)
class Slots:
    a: object
    b: object = dataclasses.field(init=False, repr=False)


@dataclasses.dataclass(slots=True, weakref_slot=True)
class WeakrefSlots:
    a: object


class BelowSlots(Slots):
    pass


class BelowFrozenSlots(FrozenSlots):
    pass


@dataclasses.dataclass(kw_only=True, order=True)
class KeywordOnly:
    a: object
    b: object = 2


@dataclasses.dataclass
class Initial:
    a: object
    seed: dataclasses.InitVar[object] = None
    made: object = dataclasses.field(init=False)

    def __post_init__(self, seed):
        self.made = (self.a, seed)


@dataclasses.dataclass
class Shared:
    a: object = None
    everywhere: typing.ClassVar[object] = []


@dataclasses.dataclass(eq=False)
class ByIdentity:
    a: object


@dataclasses.dataclass(unsafe_hash=True)
class NotCompared:
    a: object
    b: object = dataclasses.field(default=None, compare=False, hash=False, repr=False)


@dataclasses.dataclass
class DataList(list):
    a: object = None


@dataclasses.dataclass
class DataDict(dict):
    a: object = None


@dataclasses.dataclass(frozen=True)
class FrozenFailure(Exception):  # noqa: N818
    a: object


def with_attributes(value, **attributes):
    for name, content in attributes.items():
        setattr(value, name, content)
    return value


def forced(value, **attributes):
    for name, content in attributes.items():
        object.__setattr__(value, name, content)
    return value


def without(value, name):
    object.__delattr__(value, name)
    return value


def touched(value):
    """Return an object that was compared, referred to and asked for what it computes."""
    weakref.ref(value)
    hash(value)
    value == value  # noqa: B015, PLR0124
    repr(value)
    value.__dict__  # noqa: B018 - makes the dictionary that an instance does without till then.
    return value


def double_slot(upper, lower):
    made = Lower()
    made.x = lower
    Upper.x.__set__(made, upper)
    return made


def behind_property(hidden):
    made = PropertyOverSlot()
    Upper.x.__set__(made, hidden)
    return made


def kept(value):
    value.kept()
    return value


def linked(*names):
    first = last = Plain(name=names[0])
    for name in names[1:]:
        last.next = Plain(name=name, before=last)
        last = last.next
    return first


def tree(shape):
    """Return a node whose children know it: of nested tuples."""
    node = Plain(children=[tree(part) for part in shape])
    for child in node.children:
        child.parent = node
    return node


def observed(*names):
    """Return a subject whose observers hold its own bound methods."""
    subject = Plain(names=names)
    subject.observers = [types.MethodType(rebuild, subject) for _ in names]
    return subject


def chained(depth, make, last):
    for _ in range(depth):
        last = make(last)
    return last


def shared_state(*, shared):
    state = {"a": [1]}
    return Plain(x=state, y=state if shared else {"a": [1]})


def protocols():
    yield Protocol([1], 1), Protocol([1], 2), True, "what __memo_hash__ leaves out"
    yield Protocol([1]), Protocol((1,)), False, "types of what it returns"
    yield Protocol(), Protocol(0), False, "None is an answer"
    yield Protocol(1), SubProtocol(1), False, "the class of a subclass"
    yield Protocol(1), Overridden(1), False, "an override"
    yield Overridden(1, 2), Overridden(1, 3), False, "what an override adds"
    yield Protocol(Protocol(1)), Protocol(Protocol(1)), True, "a protocol in a protocol"
    yield Protocol(Protocol(1)), Protocol(1), False, "how many protocols"
    yield Protocol({"b": 1, "a": 2}), Protocol({"a": 2, "b": 1}), False, "the order of the dict it returns"
    yield Protocol({3, 1, 2}), Protocol({1, 2, 3}), True, "the set that it returns"
    yield Protocol(float("nan")), Protocol(-float("nan")), True, "the NaN that it returns"
    yield StaticProtocol("a"), StaticProtocol("b"), True, "a static __memo_hash__"
    yield ClassProtocol("a"), ClassProtocol("b"), True, "a __memo_hash__ of the class"
    yield ClassProtocol("a"), SubClassProtocol("a"), False, "of which class"
    yield ListProtocol([1]), ListProtocol([2]), True, "a list with a __memo_hash__"
    yield ListProtocol([1]), ListProtocol([1, 2]), False, "what the list's says"
    yield ProtocolMember.A, ProtocolMember.B, True, "a member with a __memo_hash__"
    yield ProtocolFirst(1, 2), ProtocolFirst(1, 3), True, "it is asked first"
    yield ProtocolData(1, 2), ProtocolData(1, 3), True, "a dataclass with a __memo_hash__"
    yield ProtocolData(1, 2), ProtocolData(2, 2), False, "what the dataclass's says"
    yield InstanceProtocol(1), InstanceProtocol(2), False, "no method of the instance alone"
    yield Protocol, SubProtocol, False, "the classes themselves"
    yield [Protocol(1)], [1], False, "inside of a list"


def registered():
    yield Registered(1, 2), Registered(1, 3), True, "what a hasher leaves out"
    yield Registered(1), Registered(2), False, "what a hasher returns"
    yield Registered(1), 1, False, "the class stays"
    yield SubRegistered(1, 2), SubRegistered(1, 3), True, "a hasher counts for subclasses"
    yield SubRegistered(1), Registered(1), False, "whose class counts"
    yield NearerRegistered(1, 2), NearerRegistered(1, 3), False, "the nearest hasher wins"
    yield RegisteredTwice(1, 2), RegisteredTwice(1, 3), True, "the later hasher wins"
    yield RegisteredTwice(1, 2), RegisteredTwice(2, 2), False, "over the earlier one"
    yield RegisteredByName(1, 2), RegisteredByName(1, 3), True, "a hasher by name"
    yield RegisteredByName(1), RegisteredByName(2), False, "what it returns by name"
    yield RegisteredByName.Inner(1, 2), RegisteredByName.Inner(1, 3), True, "the name of an inner class"
    yield RegisteredByName.Inner(1), RegisteredByName(1), False, "inner and outer"
    yield RegisteredList([1]), RegisteredList([2]), True, "a hasher for a list"
    yield RegisteredList([1]), RegisteredList([1, 2]), False, "what it says of the list"
    yield RegisteredAndProtocol(1, 2), RegisteredAndProtocol(1, 3), True, "__memo_hash__ goes before a hasher"
    yield RegisteredAndProtocol(1, 2), RegisteredAndProtocol(2, 2), False, "also of a base"
    yield BothParents(1, 2), BothParents(1, 3), True, "the first base wins"
    yield BothParents(1, 2), BothParents(2, 2), False, "of two bases with hashers"
    yield OtherOrder(1, 2), OtherOrder(2, 2), True, "in the other order the other"
    yield OtherOrder(1, 2), OtherOrder(1, 3), False, "and only that"
    yield Virtual(1), Virtual(2), False, "a virtual base is no base"
    yield RegisteredData(1, 2), RegisteredData(1, 3), True, "a hasher for a dataclass"
    yield RegisteredData(1), RegisteredData(2), False, "what it says of the dataclass"
    yield Registered(Registered(1, 2)), Registered(Registered(1, 3)), True, "hashers in hashers"


def states():
    yield WithState(1), WithState(True), False, "a state that is a number"
    yield WithState(None), WithState({}), False, "no state is not an empty one"
    yield WithState({"a": {1, 2}}), WithState({"a": {2, 1}}), True, "a set in a state"
    yield WithState((None, {"a": 1})), WithState(({"a": 1}, None)), False, "slots or attributes in a state"
    yield WithState({1: 2}), WithState({1: 3}), False, "keys of a state that are no names"
    yield WithState({1: 2, "a": 3}), WithState({1: 2, "a": 3}), True, "keys of a state of two kinds"
    yield WithState([("a", 1)]), WithState({"a": 1}), False, "pairs are not a state by names"
    yield WithState("a"), WithState(b"a"), False, "a state that is a text"
    yield WithoutLock(a=1), WithoutLock(a=1), True, "what a state leaves out"
    yield WithoutLock(a=1), WithoutLock(a=2), False, "what a state keeps"
    yield WithoutLock(a=1), SubWithoutLock(a=1), False, "a state of a subclass"
    yield Reduced(rebuild, (1,)), Reduced(rebuild, (1,)), True, "a function and arguments"
    yield Reduced(rebuild, (1,)), Reduced(rebuild_otherwise, (1,)), False, "which function"
    yield Reduced(rebuild, ()), Reduced(rebuild, (None,)), False, "no argument is not None"
    yield Reduced(rebuild, (1, 2)), Reduced(rebuild, ((1, 2),)), False, "one tuple is not two arguments"
    yield Reduced(rebuild, (), {"a": 1}), Reduced(rebuild, ({"a": 1},)), False, "a state is no argument"
    yield Reduced(rebuild, (), {"a": 1}), Reduced(rebuild, (), {"a": 2}), False, "a state from a reduction"
    yield Reduced(rebuild, (), None), Reduced(rebuild, ()), True, "no state"
    yield Reduced(rebuild, (), None, [1]), Reduced(rebuild, (), None, [2]), False, "items of a reduction"
    yield (
        Reduced(rebuild, (), None, None, [("a", 1)]),
        Reduced(rebuild, (), None, None, [("a", 2)]),
        False,
        "pairs",
    )
    yield Reduced(rebuild, (), None, [1]), Reduced(rebuild, (), None, None, [(1, 1)]), False, "items are no pairs"
    yield (
        Reduced(rebuild, (), 1, None, None, rebuild),
        Reduced(rebuild, (), 1, None, None, rebuild_otherwise),
        False,
        "how a state is set",
    )
    yield Reduced(rebuild, ([1],)), Reduced(rebuild, ([1],)), True, "arguments of any type"
    yield ReducedEx(1, 2), ReducedEx(1, 3), True, "what __reduce_ex__ leaves out"
    yield ReducedEx(1), ReducedEx(2), False, "what __reduce_ex__ gives"
    yield NewArguments(1, 2), NewArguments(1, 2), True, "arguments of __new__"
    yield NewArguments(1, 2), NewArguments(2, 1), False, "arguments of __new__ differ"
    yield NewKeywords(1, a=2), NewKeywords(1, a=2), True, "keywords of __new__"
    yield NewKeywords(1, a=2), NewKeywords(1, a=3), False, "keywords of __new__ differ"
    yield NewKeywords(1, a=2), NewKeywords(1, 2), False, "how __new__ is given them"
    yield IntOfArguments(1, "m"), IntOfArguments(1, "s"), False, "what an int is made of"
    yield Copied(1, 2), Copied(1, 3), True, "a function of copyreg"
    yield Copied(1), Copied(2), False, "what the function gives"
    yield SubCopied(1, 2), SubCopied(1, 3), False, "it counts for the class alone"
    yield Items([1], [2]), Items([1], [3]), True, "what a reduction hides"
    yield Items([1]), Items([2]), False, "what a reduction shows"
    yield Pairs([("a", 1)]), Pairs([("a", 2)]), False, "pairs from a reduction of a dict"
    yield Pairs([("a", 1), ("b", 2)]), Pairs([("b", 2), ("a", 1)]), False, "the order of pairs"
    yield SINGLE, SINGLE, True, "a global by its name"
    yield SINGLE, OTHER_SINGLE, False, "two globals"
    yield ReducedToDict(a=1), ReducedToDict(a=2), False, "a reduction to the attributes"


def attributes():
    yield Empty(), OtherEmpty(), False, "nothing but the class"
    yield Empty(), Empty(), True, "nothing at all"
    yield Plain(a=1), Plain(a=1, b=None), False, "one attribute more"
    yield Plain(a=1, b=2), Plain(a=2, b=1), False, "which attribute has which value"
    yield Plain(a=[]), Plain(a=()), False, "empties as attributes"
    yield Plain(**{"": 1}), Plain(**{" ": 1}), False, "names that are none"
    yield Plain(ab=1, c=2), Plain(a=1, bc=2), False, "borders of names"
    yield Plain(a=Plain(b=1)), Plain(a=Plain(b=2)), False, "instances in instances"
    yield Plain(a=Plain()), Plain(a={}), False, "an instance is not a dict"
    yield Plain(a={"x": 1, "y": 2}), Plain(a={"y": 2, "x": 1}), False, "a dict as an attribute keeps its order"
    yield Plain(a=1), SubPlain(a=1), False, "a subclass of a class"
    yield Plain(a=1), touched(Plain(a=1)), True, "what asking leaves behind"
    yield without(Plain(a=1, b=2), "b"), Plain(a=1), True, "an attribute that was removed"
    many = {f"a{n}": n for n in range(100)}
    yield Plain(**many), Plain(**dict(reversed(many.items()))), True, "a hundred attributes in any order"
    yield Plain(a=Plain), Plain(a=OtherPlain), False, "a class as an attribute"
    yield Plain(a=rebuild), Plain(a=rebuild_otherwise), False, "a function as an attribute"
    yield shared_state(shared=True), shared_state(shared=False), True, "two attributes of one object"
    yield Plain(__wrapped__=rebuild), Plain(__wrapped__=rebuild_otherwise), False, "what is wrapped"
    yield Plain(__wrapped__=rebuild, a=1), Plain(__wrapped__=rebuild, a=2), False, "what is beside it"
    yield (
        Plain(_attrs_cached_hash=1),
        Plain(_attrs_cached_hash=2),
        False,
        "a name that means something to attrs only",
    )
    yield Plain(__pydantic_fields_set__=1), Plain(__pydantic_fields_set__=2), False, "nor to pydantic"
    yield Weak(1), touched(Weak(1)), True, "a weak reference to it"
    yield Cached(1), kept(Cached(1)), True, "what a method remembers"
    yield Mapping(a=1), Mapping(a=1), True, "a mapping of one's own"
    yield Mapping(a=1), Mapping(a=2), False, "mappings differ"
    yield Mapping(a=1).keys(), Mapping(a=1).values(), False, "views of a mapping of one's own"
    yield Generic(1), Generic(2), False, "an instance of a generic class"
    yield Generic(1), Generic(1), True, "equal instances of a generic class"
    yield Concrete(1), Concrete(1), True, "instances of an abstract class's subclass"
    yield Concrete(1), Concrete(2), False, "they differ"
    yield Callable(1), Callable(1), True, "a callable object"
    yield Callable(1), Callable(2), False, "callable objects differ"
    yield ContextManager(1), ContextManager(1), True, "a context manager is not entered"
    yield Iterator(1), Iterator(1), True, "an iterator that shows where it is"
    yield Iterator(1), Iterator(2), False, "where it is"


def slots():
    yield Slotted(1, 2), Slotted(1, 2), True, "equal slots"
    yield Slotted(1, 2), Slotted(2, 1), False, "which slot has which value"
    yield Slotted(), Slotted(public=0), False, "an empty slot is not 0"
    yield with_attributes(Slotted(), _single=1), with_attributes(Slotted(), _single=2), False, "one underscore"
    yield SlottedBelow(1, 2), SlottedBelow(2, 1), False, "private slots of two classes"
    yield SlottedBelow(1), SlottedBelow(None, 1), False, "which of them is set"
    yield DictBelow(1, 2), with_attributes(DictBelow(1, 2), loose=1), False, "a dictionary below two classes"
    yield DictBelow(1, 2), DictBelow(2, 1), False, "slots above a dictionary"
    loose = with_attributes(DictBelow(1, 2), more=1, other=2)
    yield loose, with_attributes(DictBelow(1, 2), other=2, more=1), True, "slots and a dictionary in any order"
    yield WeakSlots(), WeakSlots(), True, "room for weak references"
    yield with_attributes(WeakSlots(), a=1), WeakSlots(), False, "a slot beside it"
    yield with_attributes(DictSlot(), a=1), with_attributes(DictSlot(), b=1), False, "a dictionary in a slot"
    yield (
        with_attributes(DictSlot(), a=1, b=2),
        with_attributes(DictSlot(), b=2, a=1),
        True,
        "a dictionary and a slot",
    )
    yield (
        with_attributes(DocumentedSlots(), a=1),
        with_attributes(DocumentedSlots(), b=1),
        False,
        "slots with texts",
    )
    yield with_attributes(OneSlot(), only=1), with_attributes(OneSlot(), only=2), False, "a slot without a tuple"
    yield NoSlots(), NoSlots(), True, "no slots"
    yield _(1), _(2), False, "a private slot in a class called _"
    yield HiddenSlots(1), HiddenSlots(2), False, "a private slot in a class with underscores before its name"
    yield double_slot(1, 2), double_slot(3, 2), False, "a slot behind a slot"
    yield double_slot(1, 2), double_slot(1, 3), False, "a slot before a slot"
    yield behind_property(1), behind_property(2), False, "a slot behind a property"


def hostile():
    yield Answering(a=1), Answering(a=1), True, "an answer to every name"
    yield Answering(a=1), Answering(a=2), False, "and attributes"
    yield AnsweringSelf(), AnsweringSelf(), True, "itself as the answer"
    yield LyingAttributes(1), LyingAttributes(2), False, "attributes, whatever reading them gives"
    yield LyingClass(1), LyingClass(2), False, "whatever __class__ says"
    yield LyingClass(1), 1, False, "it is not what it claims to be"
    yield [LyingClass(1)], [1], False, "nor in a list"
    yield LyingModule([1]).append, LyingModule([2]).append, False, "methods of what claims to be a module"
    yield LyingEq(1), LyingEq(2), False, "whatever __eq__ says"
    yield {LyingEq(1)}, {LyingEq(2)}, False, "in a set"
    yield {LyingEq(1): 1}, {LyingEq(2): 1}, False, "as a key"
    yield [LyingEq(1)], [LyingEq(1)], True, "without asking for its truth"
    yield NeverEqual(1), NeverEqual(1), True, "never equal, not even to itself"
    yield {NeverEqual(1): 1}, {NeverEqual(1): 1}, True, "a key that equals nothing"
    yield {NeverEqual(1), NeverEqual(1)}, {NeverEqual(1)}, False, "elements that equal nothing"
    yield EqualList([1]), EqualList([2]), False, "a list whose class equals others"
    yield EqualDict(a=1), EqualDict(a=2), False, "a dict whose class equals that of a list"
    yield EqualPlain(1), EqualPlain(2), False, "an instance whose class equals that of a list"
    yield EqualPlain(1), EqualOther(1), False, "instances of equal classes"
    yield EverythingIsMine(1), EverythingIsMine(2), False, "a class of everything"
    yield ReadOnly(1), ReadOnly(2), False, "attributes that cannot be set"
    yield Described(a=1), Described(a=2), False, "a descriptor that raises"
    yield Described(described=1), Described(described=2), False, "an attribute behind a descriptor"


def dataclass_instances():
    yield Data(1), Data(1, []), True, "defaults made by a factory"
    yield Data(1), OtherData(1), False, "dataclasses of one shape"
    yield Data(1), SubData(1), False, "a dataclass below another"
    yield SubData(1, 2, 3), SubData(1, 2, 4), False, "fields of both"
    yield Data(1, 2), Data(b=2, a=1), True, "by keyword or not"
    yield Data(1, 2), Data(2, 1), False, "which field"
    yield Data(1), dataclasses.replace(Data(2), a=1), True, "a replaced field"
    yield Data(Data(1)), Data(Data(1)), True, "dataclasses in dataclasses"
    yield Data(1), dataclasses.asdict(Data(1)), False, "a dataclass is not its dict"
    yield without(Data(1), "b"), Data(1), False, "a field that was removed"
    yield with_attributes(without(Data(1, 2), "a"), a=1), Data(1, 2), True, "a field that was set again"
    yield FrozenSlots(1), FrozenSlots(1, None), True, "defaults in slots"
    yield FrozenSlots(1), SubFrozenSlots(1), False, "slots below slots"
    yield SubFrozenSlots(1, 2, 3), SubFrozenSlots(1, 2, 4), False, "the lower slots"
    yield SubFrozenSlots(1, 2, 3), SubFrozenSlots(1, 3, 3), False, "the upper slots"
    yield forced(FrozenSlots(1), a=2), FrozenSlots(2), True, "a frozen field that was forced"
    yield Slots(1), Slots(1), True, "a field never set"
    yield Slots(1), with_attributes(Slots(1), b=2), False, "a field set later"
    yield BelowSlots(1), with_attributes(BelowSlots(1), loose=2), False, "a dictionary below slots"
    yield BelowFrozenSlots(1), forced(BelowFrozenSlots(1), loose=2), False, "a dictionary below frozen slots"
    yield BelowFrozenSlots(1), BelowFrozenSlots(2), False, "frozen slots above a dictionary"
    yield WeakrefSlots(1), WeakrefSlots(1), True, "a slot for weak references"
    yield KeywordOnly(a=1), KeywordOnly(b=2, a=1), True, "fields by keyword only"
    yield KeywordOnly(a=1), KeywordOnly(a=1, b=3), False, "fields by keyword differ"
    yield Initial(1, 2), Initial(1, 3), False, "what was made of a variable of __init__"
    yield Initial(1, 2), Initial(1, 2), True, "equal variables of __init__"
    yield Shared(1), Shared(1), True, "a variable of the class"
    yield Shared(1), with_attributes(Shared(1), everywhere=[1]), False, "which the instance hides"
    yield ByIdentity(1), ByIdentity(1), True, "no __eq__ is no matter"
    yield ByIdentity(1), ByIdentity(2), False, "and its fields count"
    yield NotCompared(1), NotCompared(1, 2), False, "a field that is not compared"
    yield NotCompared(1, 2), NotCompared(1, 2), True, "an equal field that is not compared"
    yield {NotCompared(1): 1}, {NotCompared(1, 2): 1}, False, "a field that is not hashed"
    yield DataList(1), DataList(2), False, "a dataclass that is a list"
    yield with_attributes(DataDict(1), b=1), with_attributes(DataDict(1), b=2), False, "a dataclass that is a dict"
    yield FrozenFailure(1), FrozenFailure(2), False, "a dataclass that is an error"
    yield dataclasses.make_dataclass, dataclasses.dataclass, False, "functions that make them"


def graphs():
    yield linked("a", "b", "c"), linked("a", "b", "c"), True, "linked both ways"
    yield linked("a", "b", "c"), linked("a", "c", "b"), False, "the order of links"
    yield linked(*"aaa"), linked(*"aaaa"), False, "how many links"
    yield linked(*"ab").next.before, linked(*"ab"), True, "there and back again"
    yield linked(*"ab").next, linked(*"ba"), False, "the other end"
    yield tree(((), ((), ()))), tree(((), ((), ()))), True, "trees whose nodes know their parents"
    yield tree(((), ((), ()))), tree((((), ()), ())), False, "which branch is the longer"
    yield tree(((), ())), tree(((),)), False, "how many branches"
    yield tree(((), ())).children[0], tree(((), ())).children[1], True, "leaves that nothing tells apart"
    yield tree(((), ((),))).children[0], tree(((), ((),))).children[1], False, "a leaf and a branch"
    yield observed("a", "b"), observed("a", "b"), True, "methods bound to what holds them"
    yield observed("a", "b"), observed("b", "a"), False, "what is beside the methods"
    yield chained(5_000, lambda v: Plain(v=v), 1), chained(5_000, lambda v: Plain(v=v), 2), False, "deep inside"
    yield chained(5_000, FrozenSlots, 1), chained(5_000, FrozenSlots, 1), True, "5,000 dataclasses"
    yield chained(5_000, FrozenSlots, 1), chained(5_001, FrozenSlots, 1), False, "one more"
    yield chained(5_000, Protocol, 1), chained(5_000, Protocol, 2), False, "5,000 protocols"
    yield chained(5_000, Registered, 1), chained(5_000, Registered, 2), False, "5,000 hashers"
    wrap = functools.partial(functools.partial, rebuild)
    yield chained(5_000, wrap, 1), chained(5_000, wrap, 2), False, "5,000 partials as arguments"
    state = [chained(5_000, WithState, n) for n in (1, 1, 2)]
    yield state[0], state[1], True, "5,000 states"
    yield state[1], state[2], False, "the last of 5,000 states"
    yield [Plain(a=1)] * 10_000, [Plain(a=1) for _ in range(10_000)], True, "one instance or many"


FAMILIES = (
    protocols,
    registered,
    states,
    attributes,
    slots,
    hostile,
    dataclass_instances,
    graphs,
)
