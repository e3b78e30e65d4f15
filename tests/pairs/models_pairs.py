"""Pairs of instances of classes made by attrs and pydantic."""

from __future__ import annotations

import functools

import attrs
import pydantic


@attrs.define
class Slotted:
    a: object = None
    b: object = None


@attrs.define
class OtherSlotted:
    a: object = None
    b: object = None


@attrs.define
class SubSlotted(Slotted):
    c: object = None


class BelowSlotted(Slotted):
    """Has a dictionary that the methods of the slotted class know nothing of."""


class SlotsBelow(Slotted):
    __slots__ = ("more",)


@attrs.define(slots=False)
class WithDict:
    a: object = None
    b: object = None


class BelowWithDict(WithDict):
    pass


@attrs.frozen
class Frozen:
    a: object = None


class BelowFrozen(Frozen):
    pass


@attrs.frozen(cache_hash=True)
class HashKept:
    a: object = None


@attrs.define(slots=False, unsafe_hash=True, cache_hash=True)
class HashKeptInDict:
    a: object = None


class BelowHashKept(HashKept):
    pass


@attrs.define
class NotCompared:
    a: object
    b: object = attrs.field(default=None, eq=False, repr=False, init=False)


@attrs.define(eq=False)
class ByIdentity:
    a: object


@attrs.define
class Private:
    _a: object
    __b: object = 1


@attrs.define(kw_only=True)
class Converted:
    a: int = attrs.field(converter=int)
    b: object = attrs.field(factory=list)


@attrs.define
class Failure(Exception):  # noqa: N818
    a: object


@attrs.define
class Computing:
    a: object

    @functools.cached_property
    def doubled(self):
        return self.a * 2


@attrs.define(getstate_setstate=False, slots=False)
class OwnState:
    a: object
    b: object = None

    def __getstate__(self):
        return {"a": self.a}


class Model(pydantic.BaseModel):
    a: object = None
    b: object = None


class OtherModel(pydantic.BaseModel):
    a: object = None
    b: object = None


class SubModel(Model):
    c: object = None


class FrozenModel(pydantic.BaseModel, frozen=True):
    a: object = None


class ExtraModel(pydantic.BaseModel, extra="allow"):
    a: int = 0


class PrivateModel(pydantic.BaseModel):
    a: int = 0
    _b: object = pydantic.PrivateAttr(default=None)


class Inner(pydantic.BaseModel):
    x: int


class Outer(pydantic.BaseModel):
    one: Inner
    many: list[Inner] = []
    named: dict[str, Inner] = {}


class ComputedModel(pydantic.BaseModel):
    a: int

    @pydantic.computed_field
    @property
    def doubled(self) -> int:
        return self.a * 2


class Aliased(pydantic.BaseModel):
    a: int = pydantic.Field(alias="b")


class Hidden(pydantic.BaseModel):
    a: object = pydantic.Field(default=None, exclude=True, repr=False)


class Secret(pydantic.BaseModel):
    password: pydantic.SecretStr


class Numbers(pydantic.RootModel[list[int]]):
    pass


@pydantic.dataclasses.dataclass
class Data:
    a: int
    b: object = None


@pydantic.dataclasses.dataclass(frozen=True, slots=True)
class FrozenData:
    a: int


def with_attributes(value, **attributes):
    for name, content in attributes.items():
        object.__setattr__(value, name, content)
    return value


def hashed(value):
    hash(value)
    return value


def set_later(value, **attributes):
    for name, content in attributes.items():
        setattr(value, name, content)
    return value


def attrs_instances():
    yield Slotted(1), Slotted(1, None), True, "defaults are values"
    yield Slotted(1), Slotted(2), False, "fields count"
    yield Slotted(1, 2), Slotted(2, 1), False, "which field"
    yield Slotted(1), OtherSlotted(1), False, "classes of one shape"
    yield Slotted(1), SubSlotted(1), False, "a class below"
    yield SubSlotted(1, 2, 3), SubSlotted(1, 2, 4), False, "fields of a class below"
    yield SubSlotted(1, 2, 3), SubSlotted(0, 2, 3), False, "fields of the class above"
    yield BelowSlotted(1), with_attributes(BelowSlotted(1), c=1), False, "a dictionary below slots"
    yield BelowSlotted(1), BelowSlotted(2), False, "slots above a dictionary"
    yield SlotsBelow(1), with_attributes(SlotsBelow(1), more=1), False, "slots of a plain class below"
    yield WithDict(1), WithDict(1), True, "equal with a dictionary"
    yield WithDict(1), with_attributes(WithDict(1), c=1), False, "attributes that are no fields"
    yield BelowWithDict(1), BelowWithDict(2), False, "a plain class below a dictionary"
    yield WithDict(1), Slotted(1), False, "slots or not"
    yield Frozen(1), Frozen(1), True, "equal and frozen"
    yield Frozen(1), Frozen(True), False, "types of fields"
    yield BelowFrozen(1), with_attributes(BelowFrozen(1), c=1), False, "a dictionary below frozen slots"
    yield HashKept(1), hashed(HashKept(1)), True, "a kept hash is no value"
    yield HashKeptInDict(1), hashed(HashKeptInDict(1)), True, "nor one kept in a dictionary"
    yield BelowHashKept(1), hashed(BelowHashKept(1)), True, "nor one of a class above"
    yield HashKept("a"), HashKept("b"), False, "beside a kept hash"
    yield NotCompared(1), set_later(NotCompared(1), b=2), False, "a field that is not compared"
    yield ByIdentity(1), ByIdentity(1), True, "no __eq__ is no matter"
    yield Private(1), Private(2), False, "a private field"
    yield Private(1, 1), Private(1, 2), False, "a field with two underscores"
    yield Converted(a="1"), Converted(a=1), True, "what a converter made"
    yield Converted(a=1), Converted(a=1, b=[]), True, "what a factory made"
    yield attrs.evolve(Slotted(1), b=2), Slotted(1, 2), True, "evolved"
    yield Slotted(1), attrs.asdict(Slotted(1)), False, "an instance is not its dict"
    yield Slotted(Slotted(1)), Slotted(Slotted(2)), False, "one in another"
    yield Failure(1), Failure(2), False, "errors differ"
    yield Failure(1), set_later(Failure(1), a=2), False, "a field of an error set later"
    yield Computing(1), Computing(1), True, "not computed yet"
    yield Computing(1), Computing(2), False, "what it would be computed from"
    yield OwnState(1, 2), OwnState(1, 3), True, "a state of one's own"
    yield set_later(Slotted(), b=1, a=2), set_later(Slotted(), a=2, b=1), True, "fields set in any order"


def pydantic_models():
    yield Model(a=1), Model(a=1), True, "equal models"
    yield Model(a=1), Model(a=2), False, "fields of a model"
    yield Model(a=1, b=2), Model(b=2, a=1), True, "fields of a model in any order"
    yield Model(a=1), Model(b=1), False, "which field of a model"
    yield Model(a=1), OtherModel(a=1), False, "models of one shape"
    yield Model(a=1), SubModel(a=1), False, "a model below"
    yield SubModel(a=1, c=2), SubModel(a=1, c=3), False, "fields of a model below"
    yield FrozenModel(a=1), FrozenModel(a=1), True, "frozen models"
    yield FrozenModel(a=1), hashed(FrozenModel(a=1)), True, "a frozen model that was hashed"
    yield ExtraModel(x=1), ExtraModel(x=2), False, "extra fields"
    yield ExtraModel(x=1), ExtraModel(), False, "an extra field"
    yield ExtraModel(a="1"), ExtraModel(a=1), True, "validated fields"
    yield PrivateModel(), set_later(PrivateModel(), _b=1), False, "private attributes"
    yield set_later(PrivateModel(), _b=1), set_later(PrivateModel(), _b=1), True, "equal private attributes"
    yield Outer(one={"x": 1}), Outer(one=Inner(x=1)), True, "a model in another"
    yield Outer(one={"x": 1}), Outer(one={"x": 2}), False, "fields of an inner model"
    yield Outer(one={"x": 1}, many=[{"x": 1}]), Outer(one={"x": 1}, many=[{"x": 2}]), False, "a list of models"
    one, two = {"x": 1}, {"x": 2}
    named = Outer(one=one, named={"k": one})
    yield named, Outer(one=one, named={"k": two}), False, "a dict of models"
    yield ComputedModel(a=1), ComputedModel(a=2), False, "a computed field"
    yield ComputedModel(a=1), ComputedModel(a=1), True, "equal computed fields"
    yield Aliased(b=1), Aliased(b=1), True, "an alias"
    yield Hidden(a=1), Hidden(a=2), False, "a field that is not shown"
    yield Secret(password="a"), Secret(password="b"), False, "a secret, whatever its text says"
    yield Secret(password="a"), Secret(password="a"), True, "equal secrets"
    yield Numbers([1]), Numbers([1]), True, "a model of a list"
    yield Numbers([1]), Numbers([2]), False, "lists of models differ"
    yield Numbers([1]), [1], False, "a model is not its list"
    yield Model(a=1), Model(a=1).model_dump(), False, "a model is not its dict"
    yield Model(a=1), Model(a=1).model_copy(), True, "a copied model"
    yield Model(a=[1]), Model(a=[1]).model_copy(deep=True), True, "a deep copy"
    yield Data(1), Data("1"), True, "a validated dataclass"
    yield Data(1), Data(2), False, "a validated dataclass differs"
    yield FrozenData(1), FrozenData(1), True, "slots of a validated dataclass"
    yield FrozenData(1), FrozenData(2), False, "slots of a validated dataclass differ"


FAMILIES = (attrs_instances, pydantic_models)
