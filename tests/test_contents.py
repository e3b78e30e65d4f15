"""`file_digest`: what is in a file, read again whenever it may have changed, and only then."""

from __future__ import annotations

import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from xxhash import xxh3_128_hexdigest

from memo import contents, file_digest

SECOND = 1_000_000_000


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Begin with nothing remembered."""
    found = {}
    monkeypatch.setattr(contents, "_known", found)
    return found


@pytest.fixture
def later(monkeypatch):
    """Let it be later than it is, so that files written just now have settled. Returns the clock, to be set."""
    clock = SimpleNamespace(ahead=60 * SECOND)
    real = time.time_ns
    monkeypatch.setattr(contents, "time", SimpleNamespace(time_ns=lambda: real() + clock.ahead))
    return clock


@pytest.fixture
def reads(monkeypatch):
    """Return the list of files read, a name for each pass from beginning to end."""
    found = []
    real = contents._digest_of

    def counted(fd):
        found.append(Path(f"/proc/self/fd/{fd}").resolve().name)
        return real(fd)

    monkeypatch.setattr(contents, "_digest_of", counted)
    return found


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b"content")
    return path


def fresh(path):
    return xxh3_128_hexdigest(Path(path).read_bytes())


# ---- what it is made of --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, contents._CHUNK - 1, contents._CHUNK, 2 * contents._CHUNK + 1])
def test_it_is_the_digest_of_all_the_bytes(tmp_path, size):
    path = tmp_path / "f"
    path.write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    found = file_digest(path)
    assert found == fresh(path)
    assert len(found) == 32


def test_short_reads_are_no_end_of_the_file(file, monkeypatch):
    real = os.read
    monkeypatch.setattr(os, "read", lambda fd, count: real(fd, min(count, 3)))
    assert file_digest(file) == fresh(file)


def test_the_content_counts_and_not_the_name(tmp_path, file):
    other = tmp_path / "a folder" / "another name"
    other.parent.mkdir()
    other.write_bytes(file.read_bytes())
    different = tmp_path / "third"
    different.write_bytes(b"contents")
    assert file_digest(file) == file_digest(other) != file_digest(different)


def test_times_and_permissions_do_not_count(file):
    before = file_digest(file)
    os.utime(file, (1, 1))
    file.chmod(0o600)
    assert file_digest(file) == before


def test_text_bytes_and_path_like_name_the_same_file(file, monkeypatch):
    class Named:
        def __fspath__(self):
            return str(file)

    monkeypatch.chdir(file.parent)
    ways = [str(file), os.fsencode(file), file, Named(), file.name, os.fsencode(file.name), f"./{file.name}"]
    assert {file_digest(way) for way in ways} == {fresh(file)}


def test_a_name_that_is_no_unicode(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe"
    Path(os.fsdecode(path)).write_bytes(b"x")
    assert file_digest(path) == file_digest(os.fsdecode(path)) == xxh3_128_hexdigest(b"x")


# ---- remembered, and for how long ----------------------------------------------------------------------


def test_asked_again_nothing_is_read(file, later, reads):
    assert {file_digest(file) for _ in range(5)} == {fresh(file)}
    assert reads == ["data.csv"]


def test_nothing_is_opened_for_what_is_remembered(file, later, monkeypatch):
    before = file_digest(file)
    monkeypatch.setattr("builtins.open", None)
    monkeypatch.setattr(os, "open", None)
    assert file_digest(file) == before


def test_each_file_is_remembered(tmp_path, later, reads):
    paths = [tmp_path / str(number) for number in range(20)]
    for path in paths:
        path.write_text(path.name)
    assert [file_digest(path) for path in paths * 2] == [fresh(path) for path in paths * 2]
    assert len(reads) == 20


@pytest.mark.parametrize("content", [b"CONTENT", b"longer content", b""])
def test_a_changed_file_is_read_again(file, later, content):
    file_digest(file)
    file.write_bytes(content)
    assert file_digest(file) == xxh3_128_hexdigest(content)


def restore_times(path, before):
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edit_in_place_with_the_old_time_and_size_is_seen(file, later):
    os.utime(file, ns=(SECOND, SECOND))
    before = file.stat()
    file_digest(file)
    with file.open("r+b") as opened:
        opened.write(b"C")
    restore_times(file, before)
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    assert file_digest(file) == xxh3_128_hexdigest(b"Content")


@pytest.mark.parametrize("field", ["st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev"])
def test_each_of_size_times_inode_and_device_shows_a_change(file, later, reads, monkeypatch, field):
    file_digest(file)
    real = os.stat
    names = [name for name in dir(file.stat()) if name.startswith("st_")]

    def changed(path):
        values = {name: getattr(real(path), name) for name in names}
        values[field] += 1
        return SimpleNamespace(**values)

    monkeypatch.setattr(contents, "os", SimpleNamespace(**{**vars(os), "stat": changed}))
    file_digest(file)
    assert len(reads) == 2


def test_a_file_put_in_the_place_of_another_is_read(file, later):
    os.utime(file, ns=(SECOND, SECOND))
    before = file.stat()
    file_digest(file)
    new = file.with_name("new")
    new.write_bytes(b"CONTENT")
    restore_times(new, before)
    new.replace(file)
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")


def test_a_file_deleted_and_made_again_is_read(file, later):
    before = file.stat()
    file_digest(file)
    file.unlink()
    file.write_bytes(b"CONTENT")  # Often with the inode of the old one.
    restore_times(file, before)
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")


def test_a_touched_file_is_read_again_and_has_the_same_digest(file, later, reads):
    before = file_digest(file)
    os.utime(file, ns=(SECOND, SECOND))
    assert file_digest(file) == before
    assert len(reads) == 2


def test_a_renamed_file_keeps_its_digest(file, later):
    before = file_digest(file)
    assert file_digest(file.rename(file.with_name("renamed"))) == before


def test_a_symbolic_link_is_the_file_it_leads_to(tmp_path, file, later, reads):
    link = tmp_path / "link"
    link.symlink_to(file)
    other = tmp_path / "other"
    other.write_bytes(b"other")
    assert file_digest(link) == file_digest(file)
    assert reads == ["data.csv"]
    link.unlink()
    link.symlink_to(other)
    assert file_digest(link) == fresh(other)


def test_hard_links_are_read_once(tmp_path, file, later, reads):
    link = tmp_path / "hard"
    link.hardlink_to(file)
    assert file_digest(link) == file_digest(file)
    assert len(reads) == 1
    link.write_bytes(b"written through the other name")
    assert file_digest(file) == xxh3_128_hexdigest(b"written through the other name")


# ---- never remembered too soon -------------------------------------------------------------------------


def test_what_changed_within_a_tick_of_the_clock_is_never_remembered(file, known):
    # No clock is turned here: the file was written just now.
    before = file.stat()
    for number in range(50):
        content = b"%7d" % number
        file.write_bytes(content)
        restore_times(file, before)
        assert file_digest(file) == xxh3_128_hexdigest(content)
    assert known == {}


@pytest.mark.parametrize(
    ("age", "part", "remembered"),
    [
        (contents._UNSETTLED - 1, 123_456_789, False),
        (contents._UNSETTLED + 1, 123_456_789, True),
        (contents._UNSETTLED_COARSE - 1, 0, False),  # A file system that knows whole seconds only.
        (contents._UNSETTLED_COARSE + 1, 0, True),
        (-60 * SECOND, 123_456_789, False),  # Changed in the future: by a clock that goes before ours.
        (0, 123_456_789, False),
    ],
)
@pytest.mark.parametrize("newest", ["st_mtime_ns", "st_ctime_ns"])
def test_a_file_settles_some_time_after_its_last_change(monkeypatch, age, part, remembered, newest):
    changed = 1_700_000_000 * SECOND + part
    status = SimpleNamespace(**{"st_mtime_ns": 0, "st_ctime_ns": 0, newest: changed})
    monkeypatch.setattr(contents, "time", SimpleNamespace(time_ns=lambda: changed + age))
    assert contents._is_settled(status) is remembered


def change_while_reading(monkeypatch, change):
    """Have something happen between the first read and the second."""
    real, done = os.read, []

    def read(fd, count):
        found = real(fd, count)
        if not done:
            done.append(True)
            change()
        return found

    monkeypatch.setattr(os, "read", read)


@pytest.mark.parametrize("when", ["now", "with the old time"])
def test_a_file_that_changes_while_it_is_read_is_not_remembered(file, known, later, monkeypatch, when):
    os.utime(file, ns=(SECOND, SECOND))
    before = file.stat()

    def change():
        with file.open("r+b") as opened:
            opened.write(b"C")
        if when != "now":
            restore_times(file, before)

    change_while_reading(monkeypatch, change)
    file_digest(file)
    assert known == {}
    assert file_digest(file) == fresh(file)


def test_a_file_that_is_replaced_while_it_is_read_is_remembered_as_none_other(file, known, later, monkeypatch):
    new = file.with_name("new")
    new.write_bytes(b"CONTENT")
    change_while_reading(monkeypatch, lambda: new.replace(file))
    file_digest(file)
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")


def test_a_file_that_is_replaced_between_look_and_open_is_remembered_as_the_one_read(file, later, monkeypatch):
    new = file.with_name("new")
    new.write_bytes(b"CONTENT")
    old = file.with_name("old")
    old.hardlink_to(file)
    # Written within one tick of the clock, the two have the same times.
    monkeypatch.setattr(contents, "_stamp", lambda status: (status.st_size,))
    real, done = os.stat, []

    def look(path):
        found = real(path)
        if not done:
            done.append(True)
            new.replace(file)
        return found

    monkeypatch.setattr(contents, "os", SimpleNamespace(**{**vars(os), "stat": look}))
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")
    assert file_digest(old) == xxh3_128_hexdigest(b"content")
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")


def test_a_file_without_an_inode_number_is_not_remembered(file, later, reads, monkeypatch):
    # Some network file systems and FUSE give 0 to all of their files.
    def without(status):
        names = [name for name in dir(status) if name.startswith("st_")]
        return SimpleNamespace(**{**{name: getattr(status, name) for name in names}, "st_ino": 0})

    other = file.with_name("other")
    other.write_bytes(b"CONTENT")
    # Written within one tick of the clock, the two have the same times.
    monkeypatch.setattr(contents, "_stamp", lambda status: (status.st_size,))
    module = SimpleNamespace(
        **{**vars(os), "stat": lambda path: without(Path(path).stat()), "fstat": lambda fd: without(os.fstat(fd))}
    )
    monkeypatch.setattr(contents, "os", module)
    for _ in range(2):
        assert file_digest(file) == xxh3_128_hexdigest(b"content")
        assert file_digest(other) == xxh3_128_hexdigest(b"CONTENT")


def test_a_read_that_fails_half_way_is_not_remembered(file, known, later, monkeypatch):
    real = os.read

    def fails(fd, count):
        del fd, count
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fails)
    with pytest.raises(OSError, match="Input/output error"):
        file_digest(file)
    monkeypatch.setattr(os, "read", real)
    assert known == {}
    assert file_digest(file) == fresh(file)


# ---- what is no file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1, True, None, 1.5, ["a"], np.int64(0)], ids=repr)
def test_what_is_no_path_is_refused(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        file_digest(value)


def test_the_number_of_an_open_file_is_no_path_and_the_file_stays_open(file):
    with file.open("rb") as opened:
        with pytest.raises(TypeError, match="file_digest takes a path, not int"):
            file_digest(opened.fileno())
        assert opened.read() == b"content"


def test_a_missing_file_is_named(tmp_path, known):
    with pytest.raises(FileNotFoundError) as caught:
        file_digest(tmp_path / "missing")
    assert caught.value.filename == str(tmp_path / "missing")
    assert known == {}


def test_a_file_that_went_away_is_missing_even_if_it_was_remembered(file, later):
    file_digest(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        file_digest(file)


def test_a_folder_is_refused(tmp_path):
    for path in (tmp_path, os.fsencode(tmp_path)):
        with pytest.raises(IsADirectoryError) as caught:
            file_digest(path)
        assert os.fspath(tmp_path) in str(caught.value)


def test_a_dangling_link_and_a_ring_of_links_are_refused(tmp_path):
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "ring").symlink_to("ring")
    for name in ("dangling", "ring"):
        with pytest.raises(OSError, match=name):
            file_digest(tmp_path / name)


def test_a_name_with_a_null_byte_is_refused():
    with pytest.raises(ValueError, match="null"):
        file_digest("a\0b")


def test_a_pipe_is_refused_at_once_and_not_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY)
    os.write(writer, b"x")
    try:
        with pytest.raises(OSError, match="not a file whose content could be read twice"):
            file_digest(path)
        assert os.read(reader, 10) == b"x"
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.timeout(10)
def test_a_pipe_without_a_writer_does_not_hang(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a file whose content could be read twice"):
        file_digest(path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty"])
@pytest.mark.timeout(10)
def test_a_device_is_refused(path):
    if not stat.S_ISCHR(Path(path).stat().st_mode):
        pytest.skip("no such device here")
    with pytest.raises(OSError, match="not a file whose content could be read twice"):
        file_digest(path)


# ---- many of them --------------------------------------------------------------------------------------


def test_no_more_files_are_remembered_than_memory_allows(tmp_path, known, later, monkeypatch):
    monkeypatch.setattr(contents, "_MOST", 5)
    for number in range(50):
        path = tmp_path / str(number)
        path.write_text(path.name)
        assert file_digest(path) == fresh(path)
        assert len(known) <= 5
    assert known


def test_a_file_that_changes_all_the_time_takes_one_place(file, known, later):
    for number in range(20):
        file.write_bytes(b"%d" % number)
        file_digest(file)
    assert len(known) == 1


def test_no_file_is_left_open(file, later, tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        file_digest(file)
        for path in (tmp_path, tmp_path / "missing"):
            with pytest.raises(OSError, match=str(path)):
                file_digest(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_threads_that_ask_together_get_what_is_there(tmp_path, later, monkeypatch):
    monkeypatch.setattr(contents, "_MOST", 3)
    paths = [tmp_path / str(number) for number in range(8)]
    for path in paths:
        path.write_bytes(path.name.encode() * 10_000)
    expected = [fresh(path) for path in paths]
    start = threading.Barrier(8)

    def ask(_):
        start.wait()
        return [[file_digest(path) for path in paths] for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(ask, range(8)):
            assert all(digests == expected for digests in found)


def test_a_thread_that_reads_the_old_content_does_not_spoil_the_new(file, later, known, monkeypatch):
    # It has read before the change and is done only after another thread has read the new content.
    real, nested = contents._digest_of, []

    def slow(fd):
        found = real(fd)
        if not nested:
            nested.append(True)
            file.write_bytes(b"CONTENT")
            assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")
        return found

    monkeypatch.setattr(contents, "_digest_of", slow)
    file_digest(file)
    assert file_digest(file) == xxh3_128_hexdigest(b"CONTENT")
    assert known


# ---- in cached functions -------------------------------------------------------------------------------


def test_a_cached_function_depends_on_the_content_and_not_on_the_name(cache, calls, file, later):
    @cache.cached(key={"path": file_digest})
    def size(path):
        calls.append(path)
        return len(Path(path).read_bytes())

    other = file.with_name("other")
    other.write_bytes(b"content")
    assert size(file) == size(other) == size(str(file)) == size(os.fsencode(other)) == 7
    assert calls == [file]
    other.write_bytes(b"longer content")
    assert size(other) == 14
    assert len(calls) == 2


def test_what_is_remembered_is_no_part_of_the_key(cache, file, later):
    @cache.cached(key={"path": file_digest})
    def f(path):
        return path

    before, fingerprint = f.key(file), str(f.fingerprint())
    for number in range(5):
        path = file.with_name(str(number))
        path.write_bytes(b"%d" % number)
        f(path)
    assert f.key(file) == before
    assert str(f.fingerprint()) == fingerprint
