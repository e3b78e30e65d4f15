"""What `cached` returns is the function, for everybody who looks at it, calls it, sends it or subclasses it."""

import copy
import functools
import inspect
import io
import multiprocessing
import pickle
import pydoc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType

import cloudpickle
import pytest

import memo
from memo import Cache, MemoWarning, Stats, StoreFault, UnhashableArgument, cached, default_cache, settings

# ---- a plain function ----------------------------------------------------------------------------------


def the_function(a: int, /, b: "str" = "b", *rest: float, c: bool = True, **others: object) -> list[int]:
    """Say what it does."""
    return [a]


the_function.note = "the user's own"


@pytest.mark.parametrize("decorate", [cached, cached(), cached(version=1)], ids=["bare", "called", "with options"])
def test_it_looks_like_the_function(decorate):
    found = decorate(the_function)
    assert type(found) is FunctionType
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
        assert getattr(found, name) == getattr(the_function, name)
    assert inspect.signature(found) == inspect.signature(the_function)
    assert found.__wrapped__ is the_function
    assert found.note == "the user's own"
    assert not inspect.iscoroutinefunction(found)


def test_help_shows_the_function():
    text = pydoc.render_doc(cached(the_function), renderer=pydoc.plaintext)
    signature = "the_function(a: int, /, b: 'str' = 'b', *rest: float, c: bool = True, **others: object)"
    assert signature.replace(" ", "") in "".join(text.split())  # which Python 3.13 breaks into lines
    assert "Say what it does." in text


def test_the_function_itself_is_not_changed(cache):
    def f(x):
        return x

    cache.cached(f)
    assert vars(f) == {}


def test_the_original_is_called_past_the_cache(double, calls):
    double(1)
    assert double.__wrapped__(1) == 2
    assert calls == [1, 1]


def test_a_function_can_be_cached_twice_in_two_places(cache, tmp_path, calls):
    outer = Cache(tmp_path / "outer")

    @outer.cached
    @cache.cached
    def f(x):
        calls.append(x)
        return x

    assert f(1) == f(1) == 1
    f.clear()
    assert f(1) == 1
    assert calls == [1]


# ---- methods -------------------------------------------------------------------------------------------


class Shape:
    """Its instances are part of the key, by value."""

    def __init__(self, width):
        self.width = width

    @cached
    def area(self, height):
        return self.width * height

    @staticmethod
    @cached
    def static(x):
        return x + 1

    @classmethod
    @cached
    def named(cls, x):
        return cls.__name__, x

    @property
    @cached
    def doubled(self):
        return 2 * self.width


class Square(Shape):
    def area(self):
        return super().area(self.width)


def test_methods_are_keyed_by_the_instance():
    assert [Shape(2).area(3), Shape(3).area(3), Shape(2).area(height=3), Shape.area(Shape(2), 3)] == [6, 9, 6, 6]
    assert Shape.area.stats().misses == 2
    assert Shape.area.is_cached(Shape(2), 3)


def test_a_method_is_keyed_by_the_instance_as_it_is_now():
    shape = Shape(2)
    assert shape.area(3) == 6
    shape.width = 5
    assert shape.area(3) == 15


def test_methods_work_below_other_descriptors_and_in_subclasses():
    for _ in range(2):
        assert Shape.static(1) == Shape(1).static(1) == 2
        assert Shape.named(1) == ("Shape", 1)
        assert Square.named(1) == ("Square", 1)
        assert Shape(4).doubled == 8
        assert Square(3).area() == 9


def test_an_instance_without_a_hash_is_computed_uncached():
    class Holds:
        def __init__(self):
            self.lock = iter("")

        @cached
        def answer(self):
            return 42

    with pytest.warns(MemoWarning, match=r"Holds\.answer is computed without the cache.*self"):
        assert Holds().answer() == 42


# ---- travelling ----------------------------------------------------------------------------------------


@cached
def module_level(x):
    return x + 1


@pytest.fixture
def importable(monkeypatch):
    """Make this module importable by name, as it is for pytest's other import modes."""
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys.modules[Shape.__module__])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_function_of_a_module_pickles_by_reference(importable, protocol):
    stream = pickle.dumps(module_level, protocol)
    assert len(stream) < 200
    assert pickle.loads(stream) is module_level
    assert pickle.loads(pickle.dumps(Shape.area, max(protocol, 4))) is Shape.area


def test_copies_of_a_function_are_the_function():
    assert copy.copy(module_level) is module_level
    assert copy.deepcopy(module_level) is module_level


def by_value(function):
    stream = io.BytesIO()
    cloudpickle.CloudPickler(stream).dump(function)
    return pickle.loads(stream.getvalue())


def test_a_function_pickled_by_value_finds_what_was_stored_before(double, cache):
    double(1)
    travelled = by_value(double)
    assert travelled is not double
    assert inspect.signature(travelled) == inspect.signature(double)
    assert travelled.key(1) == double.key(1)
    assert travelled(1) == 2
    assert travelled.stats().hits == 1
    assert travelled.stats().misses == 0


def test_a_function_pickled_by_value_computes_what_was_not_stored(double):
    assert by_value(double)(1) == 2
    assert double.stats().misses == 0
    assert double.is_cached(1)


def test_options_travel_with_a_function_pickled_by_value(cache_dir):
    @cached(
        cache=Cache(cache_dir, ttl="1h", signing_key="a secret of more than 16 bytes"), ignore=["n"], version=2
    )
    def f(x, n=1):
        return x

    travelled = by_value(f)
    assert travelled.key(1, n=5) == f.key(1)
    f(1)
    assert travelled.is_cached(1)


def test_recursive_functions_travel_by_value(cache):
    @cache.cached
    def even(n, *, step=1):
        return True if n == 0 else odd(n - step)

    @cache.cached
    def odd(n, *, step=1):
        return False if n == 0 else even(n - step)

    for function in (even, even.__wrapped__):
        assert by_value(function)(10) is True
    assert by_value(even.__wrapped__.__closure__[0].cell_contents)(7) is True


IN_PROCESSES = """
    import multiprocessing, sys
    from memo import Cache, cached

    cache = Cache(sys.argv[1])

    @cache.cached
    def double(x):
        with open(sys.argv[2], "a") as log:
            log.write(f"{x}\\n")
        return 2 * x

    class Shape:
        @cached
        def area(self, x):
            return x

    if __name__ == "__main__":
        double(0)
        with multiprocessing.get_context(sys.argv[3]).Pool(2) as pool:
            print(pool.map(double, [0, 1, 2, 0, 1, 2]), pool.map(Shape().area, [7]))
        print(double(1), double(2), double.stats().hits)
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_worker_processes_share_what_is_stored(cache_dir, run_python, tmp_path, method):
    log = tmp_path / "log"
    found = run_python(IN_PROCESSES, cache_dir, log, method).splitlines()
    assert found == ["[0, 2, 4, 0, 2, 4] [7]", "2 4 2"]
    # Two workers may compute one result twice: the function is known to be quicker than a lock.
    assert set(log.read_text().split()) == {"0", "1", "2"}
    assert log.read_text().split().count("0") == 1


def test_the_attributes_of_a_function_travel_like_the_function(importable):
    """`executor.map(f.refresh, cases)` sends them to workers."""
    for name in ("refresh", "key", "is_cached"):
        assert pickle.loads(pickle.dumps(getattr(module_level, name)))(1) == getattr(module_level, name)(1)


# ---- options -------------------------------------------------------------------------------------------


def test_ignored_parameters_are_not_in_the_key(cache, calls):
    @cache.cached(ignore=("jobs", "log"))
    def f(x, jobs=1, *, log=None):
        calls.append((x, jobs, log))
        return x

    assert f(1) == f(1, 2) == f(1, jobs=3, log=iter("")) == 1
    assert calls == [(1, 1, None)]
    assert f.key(1, jobs=9) == f.key(1)


def test_all_parameters_may_be_ignored(cache, calls):
    @cache.cached(ignore=["args", "kwargs"])
    def f(*args, **kwargs):
        calls.append(args)
        return 1

    assert f(1, a=2) == f() == 1
    assert len(calls) == 1


@pytest.mark.parametrize("decorate", [cached, Cache.cached], ids=["cached", "Cache.cached"])
def test_a_misspelt_ignore_is_refused_at_decoration_and_names_the_nearest(cache, decorate):
    options = {"ignore": ("n_job",)}
    with pytest.raises(ValueError, match=r"'n_job'.*did you mean 'n_jobs'"):
        (decorate(**options) if decorate is cached else cache.cached(**options))(lambda x, n_jobs=1: x)


def test_a_single_name_to_ignore_must_still_be_a_sequence():
    with pytest.raises(TypeError, match=r"ignore=\('jobs',\)"):
        cached(ignore="jobs")(lambda jobs: 1)


@pytest.mark.parametrize("other", [2, "1", 1.0, True, (1,), None, {"a": 1}])
def test_a_version_is_a_salt(cache, calls, other):
    def f(x):
        calls.append(x)
        return x

    one, another = cache.cached(version=1)(f), cache.cached(version=other)(f)
    one(1), another(1), one(1), another(1)
    assert len(calls) == 2
    assert one.key(1) != another.key(1)
    assert cache.cached(version=copy.copy(other))(f).is_cached(1)


def test_a_version_without_a_stable_hash_is_refused_at_decoration():
    with pytest.raises(UnhashableArgument, match="Cannot hash version"):
        cached(version=iter(""))(the_function)


@pytest.mark.parametrize("option", ["ignored", "Version", "ttl_seconds"])
def test_an_unknown_option_is_refused(cache, option):
    with pytest.raises(TypeError, match=option):
        cached(**{option: 1})(the_function)
    with pytest.raises(TypeError, match=option):
        cache.cached(**{option: 1})(the_function)


async def coroutine():
    pass


def generator():
    yield


async def asynchronous_generator():
    yield


MISTAKES = {
    "class": (Shape, "Shape is a class: decorate its methods"),
    "dataclass": (type("Point", (), {}), "Point is a class"),
    "generator": (generator, "generator function.*plain function that returns the value"),
    "coroutine": (coroutine, "coroutine function.*plain function that returns the value"),
    "asynchronous generator": (asynchronous_generator, "asynchronous generator function"),
    "partial of a coroutine": (functools.partial(coroutine), "coroutine function"),
    "method of a coroutine": (type("C", (), {"m": coroutine})().m, "coroutine function"),
    "static method": (staticmethod(the_function), "below @staticmethod"),
    "class method": (classmethod(the_function), "below @classmethod"),
    "property": (property(the_function), "not property objects"),
    "number": (42, "not int objects: 42"),
    "directory": ("results", "not str objects: 'results'"),
}


@pytest.mark.parametrize(("mistake", "advice"), MISTAKES.values(), ids=MISTAKES)
def test_what_is_decorated_by_mistake_is_refused_with_advice(cache, mistake, advice):
    for decorate in (cached, cached(version=1), cache.cached, cache.cached(version=1)):
        with pytest.raises(TypeError, match=advice):
            decorate(mistake)


# ---- attributes ----------------------------------------------------------------------------------------


def test_a_key_is_32_hex_digits_and_the_same_for_the_same_call(double, calls):
    key = double.key(1)
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")
    assert key == double.key(x=1) != double.key(2)
    assert calls == []
    with pytest.raises(UnhashableArgument, match="Cannot hash x"):
        double.key(iter(""))


def test_is_cached_tells_without_computing_or_counting(double, calls):
    assert double.is_cached(1) is False
    double(1)
    before = repr(double.stats())
    assert double.is_cached(1) is True
    assert double.is_cached(2) is False
    assert repr(double.stats()) == before
    assert calls == [1]


class Explosive:
    def __setstate__(self, state):
        raise AssertionError("unpickled")

    def __init__(self):
        self.state = 1


def test_is_cached_unpickles_nothing(double):
    double.put(Explosive(), 1)
    assert double.is_cached(1) is True


def test_refresh_computes_and_replaces(cache, calls):
    answers = type(calls)(["new", "old"])

    @cache.cached
    def f(x):
        return answers.pop()

    assert f(1) == "old"
    assert f.refresh(1) == "new"
    assert f(1) == "new"
    assert f.stats().misses == 2


def test_forget_drops_one_and_tells_whether_it_was_there(double, calls):
    double(1), double(2)
    assert double.forget(1) is True
    assert double.forget(1) is False
    assert double.forget(iter("")) is False
    double(1), double(2)
    assert calls == [1, 2, 1]


def test_put_stores_a_known_result(double, calls):
    assert double.put("known", 1) is None
    assert double(1) == "known"
    assert double.put(None, x=1) is None
    assert double(1) is None
    assert calls == []
    with pytest.raises(UnhashableArgument):
        double.put(1, iter(""))


def test_clear_drops_all_of_one_function_and_nothing_else(cache, double, calls):
    @cache.cached
    def other(x):
        return x

    double(1), double(2), other(1)
    double.clear()
    assert [double.is_cached(1), double.is_cached(2), other.is_cached(1)] == [False, False, True]
    double(1)
    assert calls == [1, 2, 1]


CLEARED = """
    import sys
    from memo import Cache

    cache = Cache(sys.argv[1])

    @cache.cached
    def f(x):
        return x + {0}

    def other(x):
        return x * {0}

    other = cache.cached(other)
    if len(sys.argv) > 2:
        f.clear()
    else:
        f(1), f(2), other(1)
    print(cache.stats().entries)
"""


def test_clear_drops_what_older_code_of_the_function_has_stored(cache_dir, run_python):
    for number in (1, 2):
        run_python(CLEARED.format(number), cache_dir)
    assert run_python(CLEARED.format(3), cache_dir, "clear").strip() == "2"


def test_stats_count_what_happened(double):
    before = double.stats()
    with pytest.warns(MemoWarning):
        double(1), double(1), double(1), double([iter("")])
    found = double.stats()
    assert isinstance(found, Stats)
    assert (found.hits, found.misses, found.uncached, found.corrupt, found.unstored) == (2, 1, 1, 0, 0)
    assert found.bytes_written > 0
    assert found.seconds_saved > 0
    assert (before.hits, before.misses) == (0, 0)


def test_the_fingerprint_names_what_it_is_made_of(double):
    found = double.fingerprint()
    assert len(str(found)) == 32
    assert "double" in found.describe()
    assert found is double.fingerprint()
    assert str(found) != str(module_level.fingerprint())


@pytest.mark.parametrize("name", ["key", "is_cached", "refresh", "forget", "put", "clear", "stats", "fingerprint"])
def test_every_attribute_has_a_docstring(double, name):
    assert inspect.getdoc(getattr(double, name))


# ---- which cache ---------------------------------------------------------------------------------------


def test_the_default_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("MEMO_DIRECTORY", str(tmp_path / "mine"))
    f = cached(lambda x: x)
    assert not (tmp_path / "mine").exists()
    f(1)
    assert default_cache().directory == tmp_path / "mine"
    assert memo.stats().entries == 1
    assert len(list((tmp_path / "mine").glob("v1/entries/*/*"))) == 1
    memo.clear()
    assert memo.stats().entries == 0
    assert not f.is_cached(1)


def test_the_default_cache_is_opened_at_the_first_call(monkeypatch, tmp_path):
    """Decorating reads no settings: a wrong one must not make a module impossible to import."""
    monkeypatch.setenv("MEMO_TTL", "not a time")
    f = cached(lambda x: x)
    with pytest.raises(memo.SettingsError, match="MEMO_TTL"):
        f(1)
    monkeypatch.setenv("MEMO_TTL", "1h")
    assert f(1) == 1


def test_switched_off_every_call_is_computed(double, calls, cache):
    double(1)
    with settings.override(enabled=False):
        assert double(1) == double(1) == double.refresh(1) == 2
        assert double.is_cached(1) is False
    assert calls == [1] * 4
    assert double.stats().uncached == 3
    assert double(1) == 2
    assert len(calls) == 4


def test_an_override_leads_to_another_directory_and_back(double, calls, tmp_path):
    double(1)
    for _ in range(2):
        with settings.override(directory=tmp_path / "other"):
            double(1)
        double(1)
    assert calls == [1, 1]
    assert (tmp_path / "other" / "v1").is_dir()


def test_read_only_loads_and_never_changes_anything(double, calls, cache):
    double(1)
    before = {path: path.read_bytes() for path in cache.directory.rglob("*") if path.is_file()}
    with settings.override(read_only=True):
        assert double(1) == 2
        assert double(2) == double(2) == 4
        double.put("other", 1)
        assert double.refresh(1) == 2
        for remove in (lambda: double.forget(1), double.clear, cache.under(settings.current_overrides()).clear):
            with pytest.raises(StoreFault, match="read-only"):
                remove()
    assert {path: path.read_bytes() for path in cache.directory.rglob("*") if path.is_file()} == before
    assert calls == [1, 2, 2, 1]


# ---- threads -------------------------------------------------------------------------------------------


def test_threads_that_call_first_together_agree_and_count_once(cache_dir, monkeypatch):
    monkeypatch.setenv("MEMO_DIRECTORY", str(cache_dir))
    for _ in range(20):
        monkeypatch.setattr("memo.decorator._default", [])
        f = cached(lambda x: x + 1)
        barrier = threading.Barrier(8)

        def call(number, f=f, barrier=barrier):
            barrier.wait()
            return f(number)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(call, range(8))) == list(range(1, 9))
        assert memo.stats().misses + memo.stats().hits == 8
        memo.clear()


def test_many_closures_of_one_cache_do_not_stay_in_memory(cache):
    """A function decorated inside another one is made at each call of that one."""
    import gc
    import weakref

    def make(n):
        @cache.cached
        def f():
            return n

        return f

    made = []
    for number in range(5):
        f = make(number)
        f()
        made.append(weakref.ref(f))
    del f
    gc.collect()
    assert [ref() for ref in made] == [None] * 5
    assert cache.stats().misses == 5


# ---- what a fresh pair of eyes tripped over -------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::memo.MemoWarning")
def test_an_exception_of_the_function_has_no_context_of_memos_own():
    @cached
    def fails(x):
        raise ValueError("mine")

    for call in (fails, fails.refresh):
        with pytest.raises(ValueError, match="mine") as caught:
            call(threading.Lock())
        assert caught.value.__context__ is None


def test_clearing_one_lambda_leaves_the_others_of_its_file(cache):
    one, two = cache.cached(lambda x: x + 1), cache.cached(lambda x: x + 2)
    assert (one(1), two(1)) == (2, 3)
    one.clear()
    assert (one.is_cached(1), two.is_cached(1)) == (False, True)


def test_what_is_switched_off_stores_nothing(cache_dir):
    cache = Cache(cache_dir, enabled=False)
    f = cache.cached(lambda x: x)
    f.put(5, 1)
    f.refresh(1)
    assert list(cache_dir.iterdir()) == []


# ---- how often an argument is looked at ----------------------------------------------------------------


class Read:
    """Counts how often it is taken apart; how often is no part of it."""

    def __init__(self, value):
        self.value = value
        self.times = []

    def __memo_hash__(self):
        self.times.append(1)
        return self.value


def test_an_argument_is_read_once_for_each_call_hit_or_miss():
    @cached
    def f(read):
        return read.value

    for _ in ("miss", "hit"):
        read = Read(7)
        assert f(read) == 7
        assert len(read.times) == 1


@pytest.mark.parametrize("wrong", ["w", 2, "rw"])
def test_a_misspelt_way_to_map_is_refused_at_decoration(cache, wrong):
    with pytest.raises(ValueError, match="copy-on-write"):
        cache.cached(mmap=wrong)(lambda: 1)
