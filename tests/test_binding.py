"""A call is bound as Python itself would bind it, or refused as Python itself would refuse it."""

import functools
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo import cached
from memo.binding import binding

# Names that a careless generator of code would trip over: those it uses itself, and what looks like its own.
NAMES = (
    "a",
    "bind",
    "x",
    "self",
    "cls",
    "args",
    "kwargs",
    "_memo_default_a",
    "_memo_default_bind",
    "é",
    "tuple",
    "_",
)


@st.composite
def signatures(draw):
    """Return the source of a parameter list, and the names and values of its defaults."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=7))
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), min_size=2, max_size=2)))
    only_positional, plain, only_keyword = names[: cuts[0]], names[cuts[0] : cuts[1]], names[cuts[1] :]
    first_default = draw(st.integers(0, cuts[1]))
    defaults = {name: f"default of {name}" for name in names[first_default : cuts[1]]}
    defaults |= {name: f"default of {name}" for name in only_keyword if draw(st.booleans())}
    parts = [written(name, defaults) for name in only_positional]
    parts += ["/"] if only_positional else []
    parts += [written(name, defaults) for name in plain]
    star = draw(st.sampled_from(["", "*rest"]))
    parts += [star or "*"] if only_keyword or star else []
    parts += [written(name, defaults) for name in only_keyword]
    parts += ["**others"] if draw(st.booleans()) else []
    return ", ".join(parts), defaults


def written(name, defaults):
    return f"{name}=DEFAULTS[{name!r}]" if name in defaults else name


calls = st.tuples(
    st.lists(st.integers(), max_size=8),
    st.dictionaries(st.sampled_from([*NAMES, "another", "rest", "others"]), st.integers(), max_size=5),
)


def function_with(parameters, defaults, *, as_lambda=False):
    scope = {"DEFAULTS": defaults}
    if as_lambda:
        return eval(f"lambda {parameters}: locals()", scope)
    exec(f"def the_function({parameters}): return locals()", scope)
    return scope["the_function"]


def bound_by_python(function, args, kwargs):
    """Return the values by parameter as the function itself has them, or None if the call does not fit.

    Not `Signature.bind`: before Python 3.13 it refuses `f(a=0)` for `def f(a=1, /, **others)`.
    """
    try:
        return function(*args, **kwargs)
    except TypeError:
        return None


@given(signatures(), calls, st.booleans())
def test_values_are_those_that_python_binds(signature, call, as_lambda):
    (parameters, defaults), (args, kwargs) = signature, call
    function = function_with(parameters, defaults, as_lambda=as_lambda)
    expected = bound_by_python(function, args, kwargs)
    names, bind, _ = binding(function, (), {})
    if expected is None:
        with pytest.raises(TypeError) as caught:
            bind(*args, **kwargs)
        with pytest.raises(TypeError) as pythons:
            function(*args, **kwargs)
        assert str(caught.value) == str(pythons.value)
    else:
        assert dict(zip(names, bind(*args, **kwargs), strict=True)) == expected


@given(signatures(), calls, st.data())
def test_ignored_parameters_are_bound_and_left_out(signature, call, data):
    (parameters, defaults), (args, kwargs) = signature, call
    function = function_with(parameters, defaults)
    known = list(inspect.signature(function).parameters)
    ignored = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    names, bind, _ = binding(function, ignored, {})
    expected = bound_by_python(function, args, kwargs)
    assert list(names) == [name for name in known if name not in ignored]
    if expected is None:
        with pytest.raises(TypeError):
            bind(*args, **kwargs)
    else:
        wanted = {name: value for name, value in expected.items() if name not in ignored}
        assert dict(zip(names, bind(*args, **kwargs), strict=True)) == wanted


@given(signatures())
def test_a_default_is_the_very_object(signature):
    parameters, defaults = signature
    defaults = {name: [name] for name in defaults}
    names, bind, _ = binding(function_with(parameters, defaults), (), {})
    try:
        found = dict(zip(names, bind(), strict=True))
    except TypeError:
        return
    assert all(found[name] is value for name, value in defaults.items())


class Shape:
    def area(self, width, height=2):
        return width * height

    @staticmethod
    def static(x, *, y=1):
        return x + y

    @classmethod
    def made(cls, x, y=3):
        return x + y

    def __call__(self, a, *rest, b=4):
        return a


CALLABLES = {
    "bound method": Shape().area,
    "function of a class": Shape.area,
    "static method": Shape.static,
    "class method": Shape.made,
    "callable object": Shape(),
    "partial": functools.partial(Shape.area, None, height=9),
    "partial of a partial": functools.partial(functools.partial(Shape.area, None), 5),
    "built-in": sorted,
    "C function": divmod,
}


@pytest.mark.parametrize("function", CALLABLES.values(), ids=CALLABLES)
@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1,), {"y": 2}), ((), {"height": 1}), ((1,), {"b": 2})],
)
def test_every_kind_of_callable_is_bound_as_inspect_has_it(function, args, kwargs):
    names, bind, _ = binding(function, (), {})
    try:
        expected = inspect.signature(function, follow_wrapped=False).bind(*args, **kwargs)
    except TypeError:
        with pytest.raises(TypeError):
            bind(*args, **kwargs)
        return
    expected.apply_defaults()
    assert dict(zip(names, bind(*args, **kwargs), strict=True)) == expected.arguments


def test_a_wrapper_is_bound_by_its_own_signature_and_not_by_that_of_what_it_wraps():
    """It may change the arguments on the way: only what it is given is known."""

    @functools.wraps(Shape.static)
    def wrapper(*args, **kwargs):
        return Shape.static(*args, **kwargs)

    names, bind, _ = binding(wrapper, (), {})
    assert names == ("args", "kwargs")
    assert bind(1, y=2) == ((1,), {"y": 2})


def test_a_function_under_lru_cache_is_bound_by_the_signature_that_help_shows():
    """Written in C it has none of its own, but hands its arguments on as they are."""

    @functools.lru_cache
    def f(x, y=1):
        return x

    assert binding(f, ("y",), {}).names == ("x",)
    assert cached(f)(1, y=2) == 1


def needs_a_connection(x, connection):
    return x, connection


@functools.wraps(needs_a_connection)
def connects(*args, **kwargs):
    return needs_a_connection(*args, connection="made", **kwargs)


@pytest.mark.parametrize(
    ("function", "args"),
    [(connects, (1,)), (functools.partial(connects, 1), ()), (functools.lru_cache(connects), (1,))],
    ids=["wrapper", "partial", "lru_cache"],
)
def test_a_wrapper_that_adds_an_argument_is_not_asked_for_it(function, args):
    assert function(*args) == (1, "made")
    assert cached(function)(*args) == (1, "made")


def test_mangled_names_are_bound_by_the_names_that_python_gave_them():
    class Mangles:
        def f(self, a, __x, *, __y=2):
            return __x

    names, bind, _ = binding(Mangles.f, (), {})
    assert dict(zip(names, bind(1, 2, 3), strict=True)) == {
        "self": 1,
        "a": 2,
        "_Mangles__x": 3,
        "_Mangles__y": 2,
    }


def test_a_callable_without_a_signature_is_refused_with_advice():
    with pytest.raises(TypeError, match="def of your own"):
        binding(dict.fromkeys.__self__, (), {})


@pytest.mark.parametrize(
    ("ignored", "hint"),
    [("widht", "did you mean 'width'"), ("Width", "did you mean 'width'"), ("zzz", "self, width, height")],
)
def test_a_misspelt_ignore_names_the_nearest_parameter(ignored, hint):
    with pytest.raises(ValueError, match=rf"'{ignored}'.* no parameter of Shape.area; .*{hint}"):
        binding(Shape.area, (ignored,), {})


def test_a_misspelt_ignore_of_a_function_without_parameters_says_so():
    with pytest.raises(ValueError, match="it has: none"):
        binding(lambda: None, ("x",), {})


# ---- calls that do not fit -----------------------------------------------------------------------------


def the_users_own(a, /, b, *, c=3):
    return a, b, c


BAD_CALLS = [
    ((), {}),
    ((1,), {}),
    ((1, 2, 3), {}),
    ((1, 2), {"d": 4}),
    ((1, 2), {"b": 4}),
    ((), {"a": 1, "b": 2}),
    ((1, 2), {"c": 3, "e": 4}),
]


@pytest.mark.parametrize("state", ["cold", "warm"])
@pytest.mark.parametrize(("args", "kwargs"), BAD_CALLS)
def test_a_call_that_does_not_fit_is_refused_in_pythons_words(args, kwargs, state):
    function = cached(the_users_own)
    if state == "warm":
        function(1, 2)
        assert function(1, 2) == (1, 2, 3)
    with pytest.raises(TypeError) as pythons:
        the_users_own(*args, **kwargs)
    for call in (function, function.key, function.is_cached, function.refresh, function.forget):
        with pytest.raises(TypeError) as caught:
            call(*args, **kwargs)
        assert str(caught.value) == str(pythons.value)
        assert str(caught.value).startswith("the_users_own()")
    with pytest.raises(TypeError, match=r"the_users_own\(\)"):
        function.put(None, *args, **kwargs)
    assert function.stats().misses == (state == "warm")


def test_a_bad_call_of_a_method_names_the_method():
    class Shape:
        @cached
        def area(self, width):
            return width

    with pytest.raises(TypeError, match=r"Shape\.area\(\) missing 1 required positional argument: 'width'"):
        Shape().area()


@pytest.mark.parametrize(
    "name", ["self", "args", "kwargs", "function", "result", "values", "state", "cache", "key"]
)
def test_no_name_of_a_parameter_is_taken_by_memo_itself(name):
    scope = {}
    exec(f"def f({name}): return {name}", scope)
    function = cached(scope["f"])
    call = {name: 7}
    assert function(**call) == 7
    assert function.key(**call) == function.key(7)
    assert function.is_cached(**call)
    assert function.refresh(**call) == 7
    assert function.forget(**call)
    function.put(8, **call)
    assert function(**call) == 8
