"""A cache is a directory and its settings, and says truly what is in it."""

import copy
import pickle
import time
from pathlib import Path

import cloudpickle
import pytest

import memo.cache
from memo import Cache, MemoWarning, Settings, SettingsError, cached, settings

SECRET = "a secret of more than 16 bytes"


def square(x):
    return x * x


def cube(x):
    return x**3


class Clock:
    perf_counter = staticmethod(time.perf_counter)
    now = 1_700_000_000.0

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(memo.cache, "time", clock)
    return clock


# ---- opening -------------------------------------------------------------------------------------------


def test_opening_makes_nothing(tmp_path):
    cache = Cache(tmp_path / "a" / "b")
    assert cache.stats().entries == 0
    assert list(cache.entries()) == []
    cache.clear()
    assert not (tmp_path / "a").exists()


def test_a_relative_directory_stays_where_it_was_when_the_program_moves(tmp_path, monkeypatch):
    cache = Cache("here")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    cache.cached(square)(2)
    assert cache.directory == tmp_path / "here"
    assert cache.location == str(tmp_path / "here")
    assert (tmp_path / "here/v1").is_dir()


def test_settings_come_from_an_object_or_from_arguments(tmp_path):
    given = Settings(directory=tmp_path, ttl="1h")
    assert Cache(settings=given).settings == given
    assert Cache(settings=given, ttl="2h").settings.ttl == 7200
    assert Cache(tmp_path / "x", given).directory == tmp_path / "x"


@pytest.mark.parametrize("options", [{"tll": 1}, {"ttl": "soon"}, {"signing_key": "short"}, {"policy": "best"}])
def test_a_wrong_setting_is_refused_at_once(tmp_path, options):
    with pytest.raises(SettingsError):
        Cache(tmp_path, **options)


def test_a_cache_shows_its_directory(cache):
    assert repr(cache) == f"<Cache {str(cache.directory)!r}>"


# ---- travelling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "travel",
    [
        *[lambda cache, p=p: pickle.loads(pickle.dumps(cache, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)],
        copy.copy,
        copy.deepcopy,
        lambda cache: pickle.loads(cloudpickle.dumps(cache)),
    ],
)
def test_a_cache_travels_as_its_settings(cache_dir, travel):
    cache = Cache(cache_dir, ttl="1h", signing_key=SECRET)
    f = cache.cached(square)
    f(3)
    travelled = travel(cache)
    assert travelled.settings == cache.settings
    assert travelled.cached(square).is_cached(3)
    assert travelled.stats().misses == 0
    travelled.clear()
    assert not f.is_cached(3)


def test_a_cache_that_is_pickled_holds_no_lock_and_no_file(cache):
    cache.cached(square)(3)
    assert len(pickle.dumps(cache)) < 1000


# ---- two on one directory ------------------------------------------------------------------------------


def test_two_caches_on_one_directory_share_what_is_stored(cache_dir, calls):
    def f(x):
        calls.append(x)
        return x

    one, two = Cache(cache_dir).cached(f), Cache(cache_dir).cached(f)
    assert one(1) == two(1) == 1
    assert two.forget(1)
    assert not one.is_cached(1)
    assert one.key(1) == two.key(1)
    assert calls == [1]


def test_functions_of_one_code_share_what_is_stored(cache, calls):
    def make():
        def f(x):
            calls.append(x)
            return x

        return cache.cached(f)

    make()(1), make()(1)
    assert calls == [1]


# ---- contents ------------------------------------------------------------------------------------------


def test_entries_tell_what_is_stored(cache, clock):
    f, g = cache.cached(square), cache.cached(cube)
    f(1), f(2), g(1)
    found = {entry.key: entry for entry in cache.entries()}
    assert set(found) == {f.key(1), f.key(2), g.key(1)}
    entry = found[f.key(2)]
    assert entry.function == (f"{__name__}:square",)
    assert entry.created == clock.now
    assert entry.last_used >= entry.created
    assert entry.cost >= 0
    assert entry.bytes > 0


def test_stats_of_a_cache_are_those_of_its_directory_and_of_its_functions(cache):
    f, g = cache.cached(square), cache.cached(cube)
    f(1), f(1), g(1)
    found = cache.stats()
    assert (found.entries, found.hits, found.misses) == (2, 1, 2)
    assert found.directory == str(cache.directory)
    assert found.bytes > 0
    assert str(found).startswith(f"{cache.directory}: 2 entries")


def test_calls_under_an_override_are_counted_too(cache):
    f = cache.cached(square)
    f(1)
    with settings.override(strict=True):
        f(1)
    assert f.stats().hits == cache.stats().hits == 1


def test_clear_drops_everything_or_one_function(cache):
    f, g = cache.cached(square), cache.cached(cube)
    f(1), g(1)
    cache.clear(f)
    assert [f.is_cached(1), g.is_cached(1)] == [False, True]
    f(1)
    cache.clear()
    assert [f.is_cached(1), g.is_cached(1)] == [False, False]
    assert cache.stats().entries == 0


@pytest.mark.parametrize("what", [square, "square", 1, Cache])
def test_clear_refuses_what_is_no_cached_function(cache, what):
    cache.cached(square)(1)
    with pytest.raises(TypeError, match="decorated with @cached"):
        cache.clear(what)
    assert cache.stats().entries == 1


# ---- expiry --------------------------------------------------------------------------------------------


def test_an_entry_expires_by_the_ttl_in_force_now(cache_dir, clock, calls):
    def f(x):
        calls.append(x)
        return x

    forever, hour = Cache(cache_dir).cached(f), Cache(cache_dir, ttl="1h").cached(f)
    forever(1)
    clock.now += 3599
    assert hour.is_cached(1)
    clock.now += 1
    assert not hour.is_cached(1)
    assert forever.is_cached(1)
    hour(1)
    assert hour.is_cached(1)
    assert calls == [1, 1]


def test_a_ttl_for_a_while(cache, clock):
    f = cache.cached(square)
    f(1)
    clock.now += 100
    with settings.override(ttl=50):
        assert not f.is_cached(1)
        f(1)
        assert f.is_cached(1)
    assert f.stats().misses == 2


# ---- compression ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["auto", "none", "lz4", "zstd"])
@pytest.mark.parametrize("read", ["auto", "none"])
def test_what_was_stored_under_one_compression_is_read_under_another(cache_dir, written, read):
    def f():
        return list(range(100_000))

    Cache(cache_dir, compression=written).cached(f)()
    reader = Cache(cache_dir, compression=read).cached(f)
    assert reader() == list(range(100_000))
    assert reader.stats().hits == 1


@pytest.mark.parametrize("durability", ["none", "fsync"])
def test_what_is_stored_is_found_whatever_the_durability(cache_dir, durability):
    f = Cache(cache_dir, durability=durability).cached(square)
    f(2)
    assert f(2) == 4
    assert f.stats().hits == 1


# ---- the cache inside cached code ----------------------------------------------------------------------


def test_results_do_not_depend_on_a_cache_that_the_code_mentions(tmp_path):
    def function_of(cache):
        @cached(cache=cache)
        def f(x):
            return x if cache else None

        return f

    here, there = Cache(tmp_path / "here"), Cache(tmp_path / "there", ttl="1h")
    assert function_of(here).key(1) == function_of(there).key(1)


def test_a_project_file_sets_what_is_not_given(tmp_path, monkeypatch):
    Path("pyproject.toml").write_text('[tool.memo]\nttl = "1h"\ncompression = "none"\n')
    monkeypatch.setenv("MEMO_COMPRESSION", "lz4")
    found = Cache(tmp_path / "x").settings
    assert (found.ttl, found.compression) == (3600, "lz4")


@pytest.mark.parametrize("inside", ["", "sub", "sub/sub"])
def test_a_directory_that_is_a_file_is_refused_at_once(tmp_path, inside):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="is a file, or lies in one") as caught:
        Cache(tmp_path / "file" / inside)
    assert caught.value.field == "directory"


def test_what_is_switched_off_looks_at_no_directory(tmp_path):
    """MEMO_ENABLED=0 is the way out, whatever is wrong with the directory."""
    tmp_path.chmod(0o777)
    cache = Cache(tmp_path, enabled=False)
    assert cache.cached(abs)(-1) == 1
    assert list(tmp_path.iterdir()) == []


class HidesItself:
    """Cannot be pickled, cannot be looked into, and says nothing about it."""

    def __reduce__(self):
        raise Unreadable

    @property
    def __dict__(self):
        raise Unreadable


class Unreadable(Exception):  # noqa: N818
    def __str__(self):
        raise ValueError("no")


def test_a_result_that_cannot_even_be_looked_into_is_returned(cache_dir):
    cache = Cache(cache_dir)
    made = HidesItself()
    with pytest.warns(MemoWarning, match="its message cannot be read"):
        assert cache.cached(lambda: made)() is made
    assert list(cache.entries()) == []


def test_without_memory_for_storing_the_result_is_returned(cache_dir, monkeypatch):
    def no_memory(*_):
        raise MemoryError

    cache = Cache(cache_dir)
    monkeypatch.setattr("memo.envelope.pack", no_memory)
    with pytest.warns(MemoWarning, match="MemoryError"):
        assert cache.cached(lambda x: x)(1) == 1
    assert list(cache.entries()) == []


NOT_TO_BE_ENTERED = """
    import os, sys, warnings
    from memo import Cache
    Cache(sys.argv[2]).cached(lambda x: x + 1)(1)  # everything is imported while it may still be read
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        cached = Cache(sys.argv[1]).cached(lambda x: x + 1)
        print(cached(1), cached(1), [w.category.__name__ for w in said])
"""


def test_a_directory_behind_a_closed_door_is_computed_around(tmp_path, run_python):
    (tmp_path / "closed").mkdir(mode=0o000)
    assert run_python(NOT_TO_BE_ENTERED, tmp_path / "closed" / "cache", tmp_path / "open").split() == [
        "2",
        "2",
        "['MemoWarning']",
    ]
