"""Errors tell what happened, to what and what to do, and lose nothing on the way between processes."""

import copy
import errno
import pickle
from pathlib import Path

import pytest

from memo.errors import (
    CorruptEntry,
    MemoError,
    MemoWarning,
    SettingsError,
    StoreFault,
    UnhashableArgument,
    UnpicklableResult,
    UnsafeCacheDir,
)

# Each error, the built-in class that an `except` clause would name, and the attributes it carries.
CASES = [
    (
        SettingsError("max_size: bad", "max_size"),
        ValueError,
        {"message": "max_size: bad", "field": "max_size"},
    ),
    (SettingsError("bad"), ValueError, {"message": "bad", "field": None}),
    (
        UnhashableArgument("config.loader[3]", "socket", "it is open", "close it"),
        TypeError,
        {"path": "config.loader[3]", "type_name": "socket", "reason": "it is open", "remedy": "close it"},
    ),
    (
        UnpicklableResult("lab.f", "generator", "it is lazy"),
        TypeError,
        {"function": "lab.f", "type_name": "generator", "reason": "it is lazy"},
    ),
    (CorruptEntry("/c/e", "it is short"), ValueError, {"path": "/c/e", "reason": "it is short"}),
    (
        UnsafeCacheDir("/c", "others can write to it"),
        PermissionError,
        {
            "directory": "/c",
            "reason": "others can write to it",
            "errno": errno.EACCES,
            "strerror": "others can write to it",
            "filename": "/c",
        },
    ),
    (
        StoreFault("/c/e", "no space", errno.ENOSPC),
        OSError,
        {
            "path": "/c/e",
            "reason": "no space",
            "errno": errno.ENOSPC,
            "strerror": "no space",
            "filename": "/c/e",
        },
    ),
    (StoreFault("/c/e", "gone"), OSError, {"path": "/c/e", "reason": "gone", "errno": None}),
]
IDS = [f"{type(error).__name__}-{i}" for i, (error, _, _) in enumerate(CASES)]
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle{p}": lambda error, p=p: pickle.loads(pickle.dumps(error, p)) for p in range(6)},
}


@pytest.mark.parametrize(("error", "parent", "data"), CASES, ids=IDS)
def test_errors_are_caught_by_root_and_by_builtin_class(error, parent, data):
    assert isinstance(error, MemoError)
    assert isinstance(error, parent)
    assert {name: getattr(error, name) for name in data} == data


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize(("error", "parent", "data"), CASES, ids=IDS)
def test_nothing_is_lost_when_an_error_comes_home_from_a_worker(error, parent, data, duplicate):
    error = copy.copy(error)
    error.add_note("seen by worker 3")
    twin = duplicate(error)
    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert repr(twin) == repr(error)
    assert {name: getattr(twin, name) for name in data} == data
    assert twin.__notes__ == ["seen by worker 3"]


@pytest.mark.parametrize(("error", "parent", "data"), CASES, ids=IDS)
def test_no_datum_is_missing_from_the_message(error, parent, data):
    told = {value for name, value in data.items() if name not in ("errno", "field") and value}
    assert all(value in str(error) for value in told)


@pytest.mark.parametrize("cls", [CorruptEntry, StoreFault, UnsafeCacheDir])
def test_a_path_object_is_kept_as_text(cls):
    error = cls(Path("/c") / "e", "why")
    assert error.args == cls("/c/e", "why").args
    assert "/c/e" in str(error)


def test_the_message_about_an_argument_names_every_way_out():
    error = UnhashableArgument("x", "socket", "it is open")
    for way in ("ignore=", "memo.register_hasher", "__memo_hash__"):
        assert way in str(error)
        assert way in error.remedy


def test_the_message_about_a_directory_names_every_way_out():
    message = str(UnsafeCacheDir("/c", "others can write to it"))
    for way in ("chmod 700", "directory=", "signing_key=", "trust_directory=True"):
        assert way in message


def test_a_damaged_entry_without_a_path_reads_as_a_sentence():
    assert str(CorruptEntry("", "it is short")).startswith("An entry is damaged: it is short.")


def test_a_fault_of_the_disk_keeps_its_number_for_who_asks():
    with pytest.raises(OSError, match="no space") as caught:
        raise StoreFault("/c", "no space", errno.ENOSPC)
    assert caught.value.errno == errno.ENOSPC


def test_warnings_of_memo_can_be_filtered_alone():
    assert issubclass(MemoWarning, UserWarning)
    assert not issubclass(MemoWarning, MemoError)
