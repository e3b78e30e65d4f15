"""Settings hold only what was checked, and the highest origin wins, everywhere and always."""

import asyncio
import copy
import inspect
import itertools
import pickle
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from memo.errors import SettingsError
from memo.settings import (
    FIELDS,
    Settings,
    apply,
    current_overrides,
    default_directory,
    override,
    resolve,
    sources,
)

KEY = "a-secret-of-more-than-16-bytes"
DEFAULTS = {
    "max_size": 10**10,
    "max_entries": None,
    "ttl": None,
    "policy": "cost",
    "compression": "auto",
    "mmap": True,
    "verify": True,
    "durability": "none",
    "lock_timeout": 3600.0,
    "signing_key": None,
    "trust_directory": False,
    "read_only": False,
    "enabled": True,
    "strict": False,
}
# For each field a value that is not its default, and one that it must refuse.
OTHER = {
    "directory": "/x/other",
    "max_size": "1 MB",
    "max_entries": 7,
    "ttl": "7d",
    "policy": "lru",
    "compression": "lz4",
    "mmap": False,
    "verify": False,
    "durability": "fsync",
    "lock_timeout": "1m",
    "signing_key": KEY,
    "trust_directory": True,
    "read_only": True,
    "enabled": False,
    "strict": True,
}
BAD = {
    "directory": 3,
    "max_size": "big",
    "max_entries": 0,
    "ttl": "soon",
    "policy": "random",
    "compression": "gzip",
    "mmap": "w",
    "verify": None,
    "durability": "yes",
    "lock_timeout": -1,
    "signing_key": "short",
    "trust_directory": "perhaps",
    "read_only": 2,
    "enabled": None,
    "strict": [],
}


def values(settings):
    return {name: getattr(settings, name) for name in FIELDS}


def test_the_tables_above_miss_no_field():
    assert set(OTHER) == set(BAD) == {"directory", *DEFAULTS} == set(FIELDS)


def test_defaults_are_as_promised():
    assert values(Settings()) == {"directory": default_directory().resolve(), **DEFAULTS}


def test_the_signature_shows_every_field_and_its_default():
    parameters = inspect.signature(Settings).parameters
    assert list(parameters)[:-1] == list(FIELDS)
    assert parameters["max_size"].default == "10 GB"
    assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_swallows_its_value(name):
    changed = Settings(**{name: OTHER[name]})
    assert [field for field in FIELDS if getattr(changed, field) != getattr(Settings(), field)] == [name]


@pytest.mark.parametrize("name", FIELDS)
def test_a_wrong_value_is_told_with_field_and_origin(name):
    ways = {
        "argument": lambda: Settings(**{name: BAD[name]}),
        "override": lambda: override(**{name: BAD[name]}),
        f"MEMO_{name.upper()}": lambda: resolve(environ={f"MEMO_{name.upper()}": str(BAD[name])}),
    }
    if name == "directory":  # Any text names a directory, but for an unknown user's.
        ways.pop("MEMO_DIRECTORY")
    for origin, construct in ways.items():
        with pytest.raises(SettingsError) as caught:
            construct()
        assert caught.value.field == name
        assert str(caught.value).startswith(f"{name} ({origin}): ")
        assert caught.value.__cause__ is None  # One error, not two tracebacks.


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"signing_key", "trust_directory"}))
def test_a_wrong_value_in_the_file_is_told_with_the_file(name, tmp_path):
    line = f"{name} = {'[1]' if BAD[name] is None else repr(BAD[name]).lower()}"
    (tmp_path / "pyproject.toml").write_text(f"[tool.memo]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        resolve(environ={}, start=tmp_path)
    assert str(caught.value).startswith(f"{name} ([tool.memo] in {tmp_path / 'pyproject.toml'}): ")


def test_a_wrong_value_is_refused_even_where_a_higher_origin_hides_it():
    with pytest.raises(SettingsError, match="MEMO_TTL"):
        resolve({"ttl": 5}, environ={"MEMO_TTL": "soon"})


@pytest.mark.parametrize(
    "construct",
    [
        Settings,
        override,
        lambda **wrong: apply(Settings(), wrong),
        lambda **wrong: resolve(wrong, environ={}),
        lambda **wrong: resolve(wrong, settings=Settings()),
        lambda **wrong: Settings().replace(**wrong),
        lambda **wrong: sources(wrong, environ={}),
    ],
    ids=["Settings", "override", "apply", "resolve", "resolve-settings", "replace", "sources"],
)
def test_a_misspelt_field_is_told_with_the_right_one(construct):
    with pytest.raises(SettingsError, match=r"max_sise.*did you mean max_size") as caught:
        construct(max_sise=1)
    assert caught.value.field == "max_sise"
    with pytest.raises(SettingsError, match=r"there are directory, max_size, .*strict"):
        construct(qqq=1)


def test_settings_do_not_change_behind_the_back_of_a_cache():
    settings = Settings()
    with pytest.raises(AttributeError, match="immutable"):
        settings.strict = True
    with pytest.raises(AttributeError, match="immutable"):
        del settings.strict
    with pytest.raises(AttributeError):
        settings.stricct = True
    assert settings.strict is False


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_settings_travel_unchanged(duplicate):
    settings = Settings(**OTHER)
    twin = duplicate(settings)
    assert twin == settings
    assert hash(twin) == hash(settings)
    assert values(twin) == values(settings)


def test_a_pickle_from_before_a_field_existed_still_loads():
    function, (kept,) = Settings(ttl=5).__reduce__()
    del kept["strict"]
    assert function(kept) == Settings(ttl=5)


@pytest.mark.parametrize("name", FIELDS)
def test_settings_that_differ_are_not_equal(name):
    assert Settings() == Settings()
    assert Settings(**{name: OTHER[name]}) != Settings()
    assert Settings() != values(Settings())


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda s: repr([s]), lambda s: f"{s!r:.9999}"])
def test_a_signing_key_is_never_shown(show):
    text = show(Settings(signing_key=[KEY, KEY + "2"]))
    assert KEY not in text
    assert "signing_key='<hidden>'" in text
    assert "signing_key=None" in show(Settings())


def test_a_refused_signing_key_is_never_shown():
    for construct in (lambda k: Settings(signing_key=k), lambda k: resolve(environ={"MEMO_SIGNING_KEY": k})):
        with pytest.raises(SettingsError) as caught:
            construct("hush-hush")
        assert "hush" not in str(caught.value)


def test_no_directory_does_not_hide_the_one_of_a_lower_origin():
    settings = Settings(directory="/x")
    assert resolve({"directory": None}, environ={"MEMO_DIRECTORY": "/x"}).directory == Path("/x").resolve()
    assert apply(settings, {"directory": None}) is settings
    with override(directory=None):
        assert apply(settings, current_overrides()) is settings


def test_a_settings_object_is_complete(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.memo]\nttl = 5\nqqq = 1\n", encoding="utf-8")
    ready = Settings(max_entries=3)
    environ = {"MEMO_STRICT": "yes", "MEMO_QQQ": "1"}
    assert resolve(settings=ready, environ=environ, start=tmp_path) == ready
    changed = resolve({"ttl": 9}, settings=ready, environ=environ, start=tmp_path)
    assert changed == Settings(max_entries=3, ttl=9)


def test_nothing_is_copied_where_nothing_changes():
    settings = Settings(ttl="1h")
    for layers in ((), (None,), ({},), ({"ttl": 3600, "verify": "yes"}, None)):
        assert apply(settings, *layers) is settings
    assert settings.replace() is settings


def test_later_layers_lie_above_earlier_ones():
    settings = apply(Settings(), {"ttl": 1, "strict": True}, None, {"ttl": "2s"})
    assert (settings.ttl, settings.strict) == (2.0, True)
    assert Settings().replace(ttl=3).ttl == 3.0


LAYERS = ["file", "environment", "argument", "override", "call"]
SUBSETS = [subset for size in range(6) for subset in itertools.combinations(LAYERS, size)]


def layered(said, folder):
    """Return the settings for a call, and their sources, with ``said`` put where each layer is found."""
    lines = "".join(f"{name} = {value}\n" for name, value in said.get("file", {}).items())
    (folder / "pyproject.toml").write_text(f"[tool.memo]\n{lines}", encoding="utf-8")
    environ = {f"MEMO_{name.upper()}": str(value) for name, value in said.get("environment", {}).items()}
    base = resolve(said.get("argument"), environ=environ, start=folder)
    with override(**said.get("override", {})):
        told = sources(said.get("argument"), environ=environ, start=folder)
        return apply(base, current_overrides(), said.get("call")), {source.field: source for source in told}


@pytest.mark.parametrize("layers", SUBSETS, ids="-".join)
def test_the_highest_origin_wins_whichever_are_there(tmp_path, layers):
    said = {layer: {"max_entries": LAYERS.index(layer) + 1} for layer in layers}
    settings, told = layered(said, tmp_path)
    assert settings.max_entries == (LAYERS.index(layers[-1]) + 1 if layers else None)
    below = [layer for layer in layers if layer != "call"]  # A call's own options have no source to tell.
    highest = below[-1] if below else "default"
    origin = {"environment": "MEMO_MAX_ENTRIES", "file": f"[tool.memo] in {tmp_path / 'pyproject.toml'}"}
    assert told["max_entries"].origin == origin.get(highest, highest)
    assert told["max_entries"].value == (LAYERS.index(highest) + 1 if below else None)


NUMBERS = st.integers(1, 10**6)
SAID = st.fixed_dictionaries({}, optional={"max_entries": NUMBERS, "ttl": NUMBERS, "max_size": NUMBERS})


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries(dict.fromkeys(LAYERS, SAID)))
def test_one_field_does_not_decide_about_another(tmp_path, said):
    merged = {name: value for layer in LAYERS for name, value in said[layer].items()}
    settings, _ = layered(said, tmp_path)
    assert settings == Settings(**{"directory": settings.directory, **merged})


def test_sources_tell_every_field_once():
    told = sources({"ttl": "1h"}, environ={"MEMO_STRICT": "on"})
    assert [source.field for source in told] == list(FIELDS)
    lines = [str(source) for source in told]
    assert "ttl = 3600.0 (argument)" in lines
    assert "strict = True (MEMO_STRICT)" in lines
    assert "max_size = 10000000000 (default)" in lines
    assert {source.origin for source in sources(settings=Settings())} == {"settings"}


def test_sources_agree_with_what_is_resolved():
    arguments, environ = {"ttl": "1h"}, {"MEMO_STRICT": "on"}
    told = {source.field: source.value for source in sources(arguments, environ=environ)}
    assert told == values(resolve(arguments, environ=environ))


def test_overrides_nest_and_end():
    assert current_overrides() is None
    with override(ttl="1h", strict=True):
        with override(ttl="2h"):
            assert dict(current_overrides()) == {"ttl": 7200.0, "strict": True}
        assert dict(current_overrides()) == {"ttl": 3600.0, "strict": True}
    assert current_overrides() is None


def test_an_exception_ends_an_override():
    with pytest.raises(ZeroDivisionError), override(strict=True):
        raise ZeroDivisionError
    assert current_overrides() is None


def test_one_override_object_can_be_entered_twice():
    strict = override(strict=True)
    with strict:
        with strict:
            assert dict(current_overrides()) == {"strict": True}
        assert dict(current_overrides()) == {"strict": True}
    assert current_overrides() is None


def test_overrides_in_force_cannot_be_edited():
    with override(strict=True), pytest.raises(TypeError):
        current_overrides()["strict"] = False


def test_another_directory_may_hold_for_a_while(tmp_path):
    settings = Settings()
    with override(directory=tmp_path):
        assert apply(settings, current_overrides()).directory == tmp_path
    assert apply(settings, current_overrides()) is settings


def test_an_override_is_not_seen_by_another_thread():
    seen = {}
    inside, looked = threading.Event(), threading.Event()

    def other():
        with override(strict=True):
            seen["other"] = dict(current_overrides())
            inside.set()
            assert looked.wait(30)
        seen["after"] = current_overrides()

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(30)
    seen["main"] = current_overrides()
    looked.set()
    thread.join(30)
    assert seen == {"other": {"strict": True}, "main": None, "after": None}


def test_one_override_object_serves_many_threads():
    strict, barrier, seen = override(strict=True), threading.Barrier(4), []

    def enter():
        with strict:
            barrier.wait(30)
            seen.append(dict(current_overrides()))
            barrier.wait(30)
        seen.append(current_overrides())

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen.count({"strict": True}) == seen.count(None) == 4


def test_an_override_is_inherited_by_tasks_and_not_leaked_by_them():
    async def task(number, ready):
        with override(max_entries=number):
            await ready.wait()
            return dict(current_overrides())

    async def main():
        ready = asyncio.Event()
        with override(strict=True):
            tasks = [asyncio.create_task(task(number, ready)) for number in (1, 2)]
            await asyncio.sleep(0)
            mine = dict(current_overrides())
            ready.set()
            return mine, await asyncio.gather(*tasks)

    mine, theirs = asyncio.run(main())
    assert mine == {"strict": True}
    assert theirs == [{"strict": True, "max_entries": 1}, {"strict": True, "max_entries": 2}]


def test_importing_settings_stays_cheap(run_python):
    """Each of these modules alone would cost more than all of memo.errors and memo.settings."""
    heavy = {"dataclasses", "inspect", "typing", "re", "pathlib", "tomllib", "difflib", "datetime"}
    new = "import sys; before = set(sys.modules); import memo.settings; print(*set(sys.modules) - before)"
    already = "import sys; import memo; print(*sys.modules)"  # What the package itself imports is not ours.
    assert heavy & (set(run_python(new).split()) - set(run_python(already).split())) == set()
