"""Settings are found where people put them, and a slip is told with its place."""

from pathlib import Path

import pytest

from memo.errors import SettingsError
from memo.origins import OTHER_VARIABLES, Source, default_directory
from memo.settings import FIELDS, resolve, sources

KEYS = ["new-" + "k" * 16, "old-" + "k" * 16]


@pytest.fixture
def project(tmp_path):
    """Return a function that writes [tool.memo] into a project's file."""

    def write(table, folder=tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text(f"[tool.memo]\n{table}\n", encoding="utf-8")
        return folder

    return write


VALUES = {
    "directory": ("/x/cache", Path("/x/cache").resolve()),
    "max_size": ("2 MB", 2_000_000),
    "max_entries": ("12", 12),
    "ttl": ("1h", 3600.0),
    "policy": ("lfu", "lfu"),
    "compression": ("zstd", "zstd"),
    "mmap": ("no", False),
    "verify": ("off", False),
    "durability": ("fsync", "fsync"),
    "lock_timeout": ("5m", 300.0),
    "signing_key": (KEYS[0], (KEYS[0].encode(),)),
    "trust_directory": ("yes", True),
    "read_only": ("1", True),
    "enabled": ("false", False),
    "strict": ("true", True),
}


def test_every_field_has_a_variable():
    assert set(VALUES) == set(FIELDS)
    environ = {f"MEMO_{name.upper()}": text for name, (text, _) in VALUES.items()}
    settings = resolve(environ=environ)
    assert {name: getattr(settings, name) for name in FIELDS} == {n: value for n, (_, value) in VALUES.items()}


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"signing_key", "trust_directory"}))
def test_every_field_has_a_place_in_the_file(name, project):
    text, value = VALUES[name]
    assert getattr(resolve(environ={}, start=project(f'{name} = "{text}"')), name) == value


@pytest.mark.parametrize("nothing", ["none", "None", "", " "])
@pytest.mark.parametrize("name", ["max_size", "max_entries", "ttl", "lock_timeout"])
def test_no_limit_can_be_said_in_text(name, nothing, project):
    assert getattr(resolve(environ={f"MEMO_{name.upper()}": nothing}), name) is None
    assert getattr(resolve(environ={}, start=project(f'{name} = "{nothing}"')), name) is None


def test_compression_none_is_a_choice_not_an_absence():
    assert resolve(environ={"MEMO_COMPRESSION": "none"}).compression == "none"


def test_an_empty_directory_variable_leaves_the_one_of_the_file(project, tmp_path):
    project('directory = "cache"')
    assert resolve(environ={"MEMO_DIRECTORY": ""}, start=tmp_path).directory == tmp_path / "cache"


def test_the_directory_named_none_in_the_file_is_the_default(project, tmp_path):
    project('directory = "none"')
    settings = resolve(environ={"XDG_CACHE_HOME": str(tmp_path)}, start=tmp_path)
    assert settings.directory == tmp_path / "memo"


def test_several_keys_fit_into_one_variable():
    settings = resolve(environ={"MEMO_SIGNING_KEY": f"{KEYS[0]}, {KEYS[1]}\n"})
    assert settings.signing_key == tuple(key.encode() for key in KEYS)
    assert resolve(environ={"MEMO_SIGNING_KEY": "none"}).signing_key is None


def test_a_secret_that_got_lost_does_not_mean_unsigned():
    with pytest.raises(SettingsError, match="MEMO_SIGNING_KEY"):
        resolve(environ={"MEMO_SIGNING_KEY": ""})


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("MEMO_MAX_SISE", "MEMO_MAX_SIZE"), ("MEMO_DIR", "MEMO_DIRECTORY"), ("MEMO_TLT", "MEMO_TTL")],
)
def test_a_misspelt_variable_is_told_with_the_right_one(variable, meant):
    with pytest.raises(SettingsError, match=rf"{variable} \(environment\): .*{meant}") as caught:
        resolve(environ={variable: "1"})
    assert caught.value.field == variable


@pytest.mark.parametrize("variable", [*sorted(OTHER_VARIABLES), "MEMOS_PORT", "XMEMO_TTL", "memo_x"])
def test_variables_that_are_no_settings_are_left_alone(variable):
    assert resolve(environ={variable: "1"}) == resolve(environ={})


def test_a_misspelt_field_in_the_file_is_told_with_file_and_right_name(project):
    folder = project("max-size = 5")
    with pytest.raises(SettingsError, match="max_size") as caught:
        resolve(environ={}, start=folder)
    assert caught.value.field == "max-size"
    assert str(folder / "pyproject.toml") in str(caught.value)


@pytest.mark.parametrize("line", [f'signing_key = "{KEYS[0]}"', "trust_directory = true"])
def test_a_project_cannot_decide_about_trust(project, line):
    with pytest.raises(SettingsError, match=r"\[tool\.memo\] in .*: set MEMO_") as caught:
        resolve(environ={}, start=project(line))
    assert caught.value.field == line.split()[0]
    assert KEYS[0] not in str(caught.value)


def test_the_nearest_file_alone_decides(project, tmp_path):
    project('ttl = "1h"\nmax_entries = 5')
    inner = project('ttl = "2h"', tmp_path / "a" / "b")
    (inner / "c").mkdir()
    settings = resolve(environ={}, start=inner / "c")
    assert (settings.ttl, settings.max_entries) == (7200.0, None)
    assert resolve(environ={}, start=inner).ttl == 7200.0
    assert resolve(environ={}, start=tmp_path / "a").ttl == 3600.0


def test_without_start_the_search_begins_in_the_current_directory(project, tmp_path, monkeypatch):
    project('ttl = "1h"')
    monkeypatch.chdir(tmp_path)
    assert resolve(environ={}).ttl == 3600.0


def test_a_relative_directory_in_the_file_starts_from_the_file(project, tmp_path, monkeypatch):
    project('directory = "../cache"', tmp_path / "project")
    (tmp_path / "project" / "src").mkdir()
    monkeypatch.chdir(tmp_path / "project" / "src")
    assert resolve(environ={}).directory == tmp_path / "cache"


def test_the_home_directory_in_the_file_is_the_users(project, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert resolve(environ={}, start=project('directory = "~/cache"')).directory == tmp_path / "home" / "cache"


@pytest.mark.parametrize(
    "content", [b"[tool.memo", b"memo = '\xff'", b"[tool]\nmemo = 3", b"tool = 'memo'"], ids=range(4)
)
def test_a_broken_file_is_named(tmp_path, content):
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"pyproject\.toml"):
        resolve(environ={}, start=tmp_path)


@pytest.mark.parametrize(
    "content", ["", "[project]\nname = 'x'", "[tool.memory]\nttl = 3", "[project]\nname = 'memo'"]
)
def test_a_file_without_settings_sets_nothing(tmp_path, content):
    (tmp_path / "pyproject.toml").write_text(content, encoding="utf-8")
    assert resolve(environ={}, start=tmp_path) == resolve(environ={})


def test_another_tools_broken_file_is_not_our_business(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.other", encoding="utf-8")
    assert resolve(environ={}, start=tmp_path) == resolve(environ={})


def test_a_deleted_current_directory_has_no_project(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert resolve(environ={"MEMO_TTL": "1h"}).ttl == 3600.0


def test_a_signing_key_does_not_show_in_its_source():
    source = next(s for s in sources(environ={"MEMO_SIGNING_KEY": KEYS[0]}) if s.field == "signing_key")
    assert source.origin == "MEMO_SIGNING_KEY"
    for text in (
        str(source),
        repr(source),
        str(source.value),
        str(Source("signing_key", KEYS[0], "argument")),
    ):
        assert KEYS[0] not in text


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg", "HOME": "/home/me"}, "/xdg/memo"),
        ("linux", {"HOME": "/home/me"}, "/home/me/.cache/memo"),
        ("linux", {"XDG_CACHE_HOME": "", "HOME": "/home/me"}, "/home/me/.cache/memo"),
        ("linux", {"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.cache/memo"),
        ("freebsd14", {"HOME": "/home/me"}, "/home/me/.cache/memo"),
        ("darwin", {"XDG_CACHE_HOME": "/xdg", "HOME": "/Users/me"}, "/Users/me/Library/Caches/memo"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/memo/Cache"),
        ("win32", {"USERPROFILE": "/users/me"}, "/users/me/AppData/Local/memo/Cache"),
    ],
)
def test_the_default_directory_is_where_the_platform_has_its_caches(platform, environ, expected):
    assert default_directory(environ, platform) == Path(expected)


def test_the_default_directory_stays_where_it_was_when_a_link_is_moved(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    environ = {"XDG_CACHE_HOME": str(tmp_path / "link")}
    assert resolve(environ=environ).directory == tmp_path / "real" / "memo"


def test_without_a_home_no_directory_named_tilde_appears(monkeypatch):
    def no_home():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(SettingsError, match="MEMO_DIRECTORY") as caught:
        default_directory({}, "linux")
    assert caught.value.field == "directory"
    assert resolve(environ={"MEMO_DIRECTORY": "/x"}).directory == Path("/x").resolve()
    assert default_directory({"XDG_CACHE_HOME": "/xdg"}, "linux") == Path("/xdg/memo")
