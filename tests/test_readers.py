"""Values are read exactly as they are meant, or refused; never guessed."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo.errors import SettingsError
from memo.readers import (
    MIN_KEY_BYTES,
    count,
    folder,
    keyring,
    mapping,
    one_of,
    parse_duration,
    parse_size,
    shown,
    truth,
)

UNITS = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "PB": 10**15,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
    "PiB": 2**50,
}
KEY = "k" * MIN_KEY_BYTES


class Broken:
    def __repr__(self):
        raise RuntimeError("no repr")


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (1, 1),
        (20e9, 20 * 10**9),
        ("10 GB", 10**10),
        ("10GB", 10**10),
        ("  10  gb ", 10**10),
        ("1.5 GB", 1_500_000_000),
        ("512 MiB", 2**29),
        ("100kb", 100_000),
        ("4096", 4096),
        ("7 b", 7),
        ("0.57 kB", 570),
        ("9007199254740993 B", 2**53 + 1),
    ],
)
def test_sizes_are_read_to_the_byte(written, size):
    assert parse_size(written) == size
    assert type(parse_size(written)) is int


@pytest.mark.parametrize(
    "bad",
    [
        *(
            0,
            -1,
            True,
            False,
            1.5,
            float("nan"),
            float("inf"),
            None,
            b"1",
            [1],
            "",
            " ",
            "GB",
            "-1 GB",
            "0 GB",
        ),
        *("0.5 B", "1e9", "1_000", "1,5 GB", "10 G", "10 GB/s", "1 GB 2 MB", ".5 GB", "5. GB", "9" * 5000),
        *(-(10**5000), Broken()),
    ],
    ids=lambda bad: shown(bad)[:12],
)
def test_what_is_no_size_is_refused_with_the_accepted_forms(bad):
    with pytest.raises(SettingsError, match=r'is not a size: .*"10 GB".*"512 MiB"'):
        parse_size(bad)


@given(
    st.integers(1, 10**6),
    st.sampled_from(list(UNITS)),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from([str, str.lower, str.upper, str.swapcase]),
)
def test_no_spelling_of_a_size_changes_it(number, unit, space, spell):
    assert parse_size(spell(f"{number}{space}{unit}")) == number * UNITS[unit]


@given(st.integers(1, 10**18), st.sampled_from(["kB", "MB", "GB", "TB", "PB"]))
def test_a_size_written_with_a_fraction_comes_back_to_the_byte(size, unit):
    digits = len(str(UNITS[unit])) - 1
    text = f"{size // UNITS[unit]}.{size % UNITS[unit]:0{digits}d} {unit}"
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1, 1.0),
        (0.25, 0.25),
        ("45", 45.0),
        ("1.5", 1.5),
        ("45s", 45.0),
        ("30m", 1800.0),
        ("12h", 43_200.0),
        ("7d", 604_800.0),
        ("2w", 1_209_600.0),
        ("1.5h", 5400.0),
        ("1h30m", 5400.0),
        (" 1 H 30 M ", 5400.0),
        ("1w2d3h4m5s", 604_800.0 + 2 * 86_400 + 3 * 3_600 + 4 * 60 + 5),
        (timedelta(hours=1, milliseconds=500), 3600.5),
    ],
)
def test_durations_are_read_as_seconds(written, seconds):
    assert parse_duration(written) == seconds
    assert type(parse_duration(written)) is float


@pytest.mark.parametrize(
    "bad",
    [
        *(0, -1, True, False, float("nan"), float("inf"), 10**400, None, b"1", "", "h", "-1h", "0s", "0h0m"),
        *(
            "1h 30",
            "500ms",
            "1 month",
            "1hh",
            "1.h",
            ".5h",
            "1e3",
            timedelta(0),
            timedelta(days=-1),
            timedelta,
        ),
        Broken(),
    ],
    ids=lambda bad: shown(bad)[:12],
)
def test_what_is_no_duration_is_refused_with_the_accepted_forms(bad):
    with pytest.raises(SettingsError, match=r'is not a duration: .*timedelta.*"30m".*"7d"'):
        parse_duration(bad)


@given(st.lists(st.tuples(st.integers(1, 1000), st.sampled_from("wdhms")), min_size=1, max_size=6))
def test_the_parts_of_a_duration_add_up(parts):
    seconds = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert parse_duration(text) == sum(number * seconds[unit] for number, unit in parts)


@pytest.mark.parametrize("word", ["true", "TRUE", "yes", "on", "1", " True ", True, 1])
def test_words_for_true(word):
    assert truth(word) is True


@pytest.mark.parametrize("word", ["false", "False", "no", "off", "0", " no ", False, 0])
def test_the_text_false_is_not_true(word):
    assert truth(word) is False


@pytest.mark.parametrize("bad", ["", "maybe", "2", 2, -1, None, 1.0, [], "tru"])
def test_truthiness_is_not_truth(bad):
    with pytest.raises(SettingsError, match="is not one of True, False"):
        truth(bad)


@pytest.mark.parametrize(("written", "number"), [(1, 1), ("1000", 1000), (10**6, 10**6)])
def test_counts_are_read(written, number):
    assert count(written) == number


@pytest.mark.parametrize("bad", [0, -1, True, 1.0, "", "0", "-1", "1.5", "many", None, "9" * 5000])
def test_what_counts_nothing_is_refused(bad):
    with pytest.raises(SettingsError, match="is not a positive whole number"):
        count(bad)


@pytest.mark.parametrize("bad", ["LRU", "", "lru ", None, 1, ["lru"]])
def test_only_the_choices_are_chosen(bad):
    read = one_of("lru", "lfu")
    assert read("lfu") == "lfu"
    with pytest.raises(SettingsError, match="is not one of 'lru', 'lfu'"):
        read(bad)


def test_a_directory_stays_where_it_was_when_the_process_moves(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    before = folder("results")
    monkeypatch.chdir("other")
    assert before == folder(before) == tmp_path / "results"


def test_a_directory_stays_where_it_was_when_a_link_is_moved(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "link").symlink_to("old")
    assert folder(tmp_path / "link") == tmp_path / "old"


def test_the_tilde_is_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder("~/results") == folder(Path("~/results")) == tmp_path / "results"


@pytest.mark.parametrize("bad", ["", "a\0b", "~no-such-user-of-this-machine/x", b"/x", 3, None, True, object()])
def test_what_is_no_path_is_refused(bad):
    with pytest.raises(SettingsError, match="path"):
        folder(bad)


def test_a_relative_path_in_a_deleted_directory_is_refused_in_words(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match="'results' is not a usable path"):
        folder("results")


@pytest.mark.parametrize(
    ("written", "ring"),
    [
        (KEY, (KEY.encode(),)),
        (KEY.encode(), (KEY.encode(),)),
        (f"{KEY}\n", (KEY.encode(),)),
        ([KEY, b"x" * 40], (KEY.encode(), b"x" * 40)),
        ((KEY.encode(),), (KEY.encode(),)),
        ("ключ" * 4, ("ключ" * 4).encode()),
    ],
)
def test_keys_become_a_ring_of_bytes_in_order(written, ring):
    ring = ring if isinstance(ring, tuple) else (ring,)
    assert keyring(written) == keyring(keyring(written)) == ring


@pytest.mark.parametrize(
    "bad",
    ["short-secret", b"short-secret", ["short-secret"], [KEY, "short-secret"], "", [""], {"short-secret": 1}],
)
def test_a_weak_key_is_refused_and_never_shown(bad):
    with pytest.raises(SettingsError, match="signing key") as caught:
        keyring(bad)
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize("bad", [[], ()])
def test_a_key_lost_on_the_way_does_not_mean_unsigned(bad):
    with pytest.raises(SettingsError, match="no signing key"):
        keyring(bad)


def test_no_text_makes_a_key_fail_with_the_key_in_the_traceback():
    assert len(keyring("\ud800" * MIN_KEY_BYTES)[0]) >= MIN_KEY_BYTES


def test_a_long_or_broken_value_does_not_drown_the_message():
    assert len(shown("x" * 10**6)) <= 80
    assert shown(Broken()) == "a Broken"


@pytest.mark.parametrize(
    ("value", "read"),
    [(True, True), (False, False), ("c", True), ("r", "r"), ("R", "r"), ("yes", True), ("0", False)],
)
def test_how_to_map_is_read_as_a_mode_or_a_truth(value, read):
    assert mapping(value) == read
    assert type(mapping(value)) is type(read)


@pytest.mark.parametrize("value", ["w", "r+", "", None, 2, b"r"])
def test_another_way_to_map_is_refused_with_those_that_there_are(value):
    with pytest.raises(SettingsError, match=r"copy-on-write.* and r "):
        mapping(value)
