"""A file is published whole or not at all, in a directory that only its owner can write to; foreign files stay."""

import errno
import grp
import os
import pwd
import shutil
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from memo.errors import UnsafeCacheDir
from memo.names import is_entry_name
from memo.privacy import check_private, make_private
from memo.store import ORPHAN_AFTER, Store

KEY = "0123456789abcdef0123456789abcdef"
CODE = "fedcba9876543210"
NAME = f"{KEY}-{CODE}"
OTHER_CODE = "0000000000000000"
OTHER = f"{KEY[::-1]}-{OTHER_CODE}"
CODE_ID = CODE + "0" * 16
TEMPORARY = ".1a2b3c4d-7f-0.tmp"
NOBODY = 65534


@pytest.fixture
def store(cache_dir):
    return Store(cache_dir / "store")


def files_in(directory):
    return sorted(path for path in Path(directory).rglob("*") if not path.is_dir())


def names_in(directory):
    return [path.name for path in files_in(directory) if path.name not in {"CACHEDIR.TAG", ".gitignore"}]


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def entry_of(store, name=NAME):
    return Path(store.entry_path(name))


# ---- what is written comes back ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 1_000_000])
def test_an_entry_of_any_size_comes_back_whole(store, size):
    data = os.urandom(size)
    store.write(NAME, (data[:100], data[100:]))
    assert store.read(NAME) == data


@pytest.mark.parametrize("fsync", [False, True])
def test_the_later_write_wins_and_leaves_nothing_else(cache_dir, fsync):
    store = Store(cache_dir, fsync=fsync)
    for data in (b"long" * 9000, b"short"):
        store.write(NAME, (data,))
    assert store.read(NAME) == b"short"
    assert names_in(cache_dir) == [NAME]


def test_absent_is_none_and_not_an_error(store):
    assert store.read(NAME) is None
    assert store.peek(NAME, 10) is None
    assert store.read_manifest(CODE_ID) is None
    assert store.start(NAME, 8) is None
    assert not store.remove(NAME)
    assert list(store.names()) == []
    assert list(store.manifests()) == []
    assert store.clear() == 0
    assert store.sweep() == 0
    assert not store.directory.exists()


def test_a_write_the_kernel_takes_in_pieces_is_still_whole(store, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data)[:1000]))
    data = os.urandom(50_000)
    store.write(NAME, (data[:48], data[48:]))
    assert store.read(NAME) == data


def test_a_kernel_that_takes_nothing_is_a_full_disk_and_not_an_endless_loop(store, monkeypatch):
    monkeypatch.setattr(os, "write", lambda fd, data: 0)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is what is tested
        store.write(NAME, (b"data",))
    assert caught.value.errno == errno.ENOSPC
    assert names_in(store.directory) == []


# ---- whole or not at all -------------------------------------------------------------------------------

READER = """
    import sys
    from pathlib import Path
    from memo.store import Store

    store, stop = Store(Path(sys.argv[1])), Path(sys.argv[2])
    Path(sys.argv[3]).touch()
    seen = reads = 0
    while not stop.exists() or not reads:
        data = store.read(sys.argv[4])
        reads += 1
        assert data, data
        assert data == data[:1] * len(data), "two writes in one read"
        assert len(data) in (100, 40_000, 400_000), len(data)
    print(reads)
"""


def test_a_reader_in_another_process_never_sees_part_of_a_write(store, run_python, tmp_path):
    contents = [b"a" * 100, b"b" * 40_000, b"c" * 400_000]
    stop, ready, script = tmp_path / "stop", tmp_path / "ready", tmp_path / "reader.py"
    script.write_text("if True:" + READER)
    store.write(NAME, (contents[0],))
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(run_python, script, store.directory, stop, ready, NAME)
        try:
            wait_for(lambda: ready.exists() or reader.done())
            for turn in range(900):
                data = contents[turn % 3]
                store.write(NAME, (data[:50], data[50:]))
        finally:
            stop.touch()
        assert int(reader.result()) > 0


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


@pytest.mark.parametrize("function", ["replace", "write", "close", "fsync"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, OSError(errno.EIO, "broken disk")])
def test_a_write_that_is_broken_off_leaves_the_old_entry_and_no_litter(cache_dir, monkeypatch, function, error):
    store = Store(cache_dir, fsync=True)
    store.write(NAME, (b"old",))
    original = getattr(os, function)

    def broken(*args):
        monkeypatch.undo()
        if function == "close":
            original(*args)
        raise error

    monkeypatch.setattr(os, function, broken)
    with pytest.raises(error if isinstance(error, type) else type(error)):
        store.write(NAME, (b"new" * 10_000, b"more"))
    monkeypatch.undo()
    assert store.read(NAME) == b"old"
    assert names_in(cache_dir) == [NAME]


def test_writers_of_one_entry_do_not_mix(store):
    contents = [bytes([number]) * 30_000 for number in range(8)]
    barrier = threading.Barrier(8)

    def write(data):
        barrier.wait()
        for _ in range(20):
            store.write(NAME, (data[:7], data[7:]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, contents))
    assert store.read(NAME) in contents
    assert names_in(store.directory) == [NAME]


def test_an_entry_replaced_while_it_is_read_is_read_to_its_end(store, monkeypatch):
    old = os.urandom(100_000)
    store.write(NAME, (old,))
    original = os.read

    def read(fd, size):
        monkeypatch.undo()
        store.write(NAME, (b"new",))
        return original(fd, size)

    monkeypatch.setattr(os, "read", read)
    assert store.read(NAME) == old
    assert store.read(NAME) == b"new"


def test_an_entry_removed_while_it_is_read_is_read_to_its_end(store, monkeypatch):
    data = os.urandom(100_000)
    store.write(NAME, (data,))
    original = os.read

    def read(fd, size):
        monkeypatch.undo()
        store.clear()
        return original(fd, size)

    monkeypatch.setattr(os, "read", read)
    assert store.read(NAME) == data
    assert store.read(NAME) is None


def test_no_open_file_is_left_behind(store, monkeypatch):
    """A leak of one descriptor for each failed call would end every long-running program."""
    store.write(NAME, (b"x" * 20_000,))
    entry_of(store, OTHER).parent.mkdir(mode=0o700, exist_ok=True)
    entry_of(store, OTHER).mkdir()
    store.read(NAME)  # from here on the folder of entries is held open
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        store.read(NAME)
        store.peek(NAME, 10)
        store.write(NAME, (b"y" * 20_000,))
        with pytest.raises(IsADirectoryError):
            store.read(OTHER)
        with pytest.raises(IsADirectoryError):
            store.write(OTHER, (b"z",))
        store.clear(frozenset())
        store.sweep()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# ---- the directory vanishes ----------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "v1", "v1/entries", f"v1/entries/{KEY[:2]}"])
def test_a_directory_deleted_while_running_is_made_anew(store, part):
    store.write(NAME, (b"one",))
    shutil.rmtree(store.directory / part)
    assert store.read(NAME) is None
    store.write(NAME, (b"two",))
    store.write_manifest(CODE_ID, b"{}")
    assert store.read(NAME) == b"two"
    assert store.lock_path(KEY) is not None


@pytest.mark.parametrize("part", ["", "v1"])
def test_a_directory_deleted_while_writing_is_not_the_end(store, part, monkeypatch):
    """Between writing the temporary file and giving it its name: written once more."""
    store.write(NAME, (b"one",))
    original = os.replace

    def replace(*paths):
        monkeypatch.undo()
        shutil.rmtree(store.directory / part)
        return original(*paths)

    monkeypatch.setattr(os, "replace", replace)
    store.write(NAME, (b"two",))
    assert store.read(NAME) == b"two"


# ---- modes ---------------------------------------------------------------------------------------------


@pytest.fixture(params=[0o022, 0o000, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_every_folder_is_for_its_owner_alone_whatever_the_umask(cache_dir, umask):
    """Not only the outermost: it may be the user's own, and open to others."""
    cache_dir.chmod(0o755)
    store = Store(cache_dir)
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    assert store.lock_path(KEY)
    folders = [path for path in cache_dir.rglob("*") if path.is_dir()]
    assert len(folders) == 6
    assert {path.relative_to(cache_dir): mode_of(path) for path in folders} == dict.fromkeys(
        (path.relative_to(cache_dir) for path in folders), 0o700
    )


def test_every_file_is_for_its_owner_alone_whatever_the_umask(cache_dir, umask):
    store = Store(cache_dir)
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    assert {mode_of(path) for path in files_in(cache_dir / "v1")} == {0o600}


def test_a_new_directory_passes_the_check_that_the_next_process_makes(cache_dir, umask):
    directory = cache_dir / "made" / "on the way" / "store"
    Store(directory).write(NAME, (b"data",))
    assert mode_of(directory) == 0o700
    check_private(directory)


def test_a_cache_is_marked_for_backup_programs_and_for_git(store):
    store.write(NAME, (b"data",))
    tag = (store.directory / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (store.directory / ".gitignore").read_text() == "*\n"


def test_marks_that_are_there_already_stay(store):
    make_private(store.directory)
    (store.directory / ".gitignore").write_text("mine")
    store.write(NAME, (b"data",))
    assert (store.directory / ".gitignore").read_text() == "mine"


# ---- foreign files -------------------------------------------------------------------------------------

FOREIGN = [
    "README",
    "notes.json",
    "my.json.tmp",
    "x.tmp",
    ".nfs000000000001",
    NAME.upper(),
    NAME[:-1],
    NAME + "0",
    NAME.replace("-", "_"),
    NAME.replace("0", "g", 1),
    f"{NAME}.bak",
    f"{NAME}.mine.tmp",
]


@pytest.mark.parametrize("folder", ["", "v1", "v1/entries", f"v1/entries/{KEY[:2]}", "v1/functions", "v2/entries"])
@pytest.mark.parametrize("foreign", FOREIGN)
def test_foreign_files_are_neither_listed_nor_deleted(store, folder, foreign):
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    path = store.directory / folder / foreign
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    os.utime(path, (0, 0))

    assert list(store.names()) == [NAME]
    assert list(store.manifests()) == [CODE_ID]
    assert store.sweep() == 0
    assert store.clear(frozenset({CODE})) == 1
    store.write(NAME, (b"data",))
    assert store.clear() == 1
    assert path.read_text() == "mine"


def test_links_lead_nowhere(store, tmp_path):
    """Neither reads nor clear() may leave the directory through a link, to an entry or to a folder of them."""
    elsewhere = Store(tmp_path / "elsewhere")
    for other in (store, elsewhere):
        other.write(NAME, (b"data",))
        other.write(OTHER, (b"data",))
        other.write_manifest(CODE_ID, b"{}")
    there = files_in(elsewhere.directory)
    entry_of(store).unlink()
    entry_of(store).symlink_to(entry_of(elsewhere))
    shutil.rmtree(entry_of(store, OTHER).parent)
    entry_of(store, OTHER).parent.symlink_to(entry_of(elsewhere, OTHER).parent)
    shutil.rmtree(store.directory / "v1/functions")
    (store.directory / "v1/functions").symlink_to(elsewhere.directory / "v1/functions")

    assert list(store.names()) == []
    assert store.clear() == 0
    assert files_in(elsewhere.directory) == there


def test_an_entry_that_is_a_link_is_refused_and_replaced(store, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"from elsewhere")
    store.write(OTHER, (b"data",))
    entry_of(store).parent.mkdir(mode=0o700, exist_ok=True)
    entry_of(store).symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        store.read(NAME)
    store.write(NAME, (b"ours",))
    assert store.read(NAME) == b"ours"
    assert not entry_of(store).is_symlink()
    assert target.read_bytes() == b"from elsewhere"


def test_a_shard_that_is_a_link_is_refused(store, tmp_path):
    elsewhere = Store(tmp_path / "elsewhere")
    elsewhere.write(NAME, (b"from elsewhere",))
    store.write(OTHER, (b"data",))
    entry_of(store).parent.symlink_to(entry_of(elsewhere).parent)
    with pytest.raises(OSError, match=r".+"):
        pytest.fail(f"read {store.read(NAME)!r} through a link")


@pytest.mark.parametrize("with_writer", [False, True])
def test_an_entry_that_is_a_fifo_is_not_waited_for(store, with_writer):
    store.write(NAME, (b"data",))
    entry_of(store).unlink()
    os.mkfifo(entry_of(store))
    writer = os.open(entry_of(store), os.O_RDWR) if with_writer else None
    try:
        assert not read_or_none(store)
        store.write(NAME, (b"ours",))
        assert store.read(NAME) == b"ours"
    finally:
        if writer is not None:
            os.close(writer)


def read_or_none(store, name=NAME):
    try:
        return store.read(name)
    except OSError:
        return None


def test_a_fifo_that_somebody_keeps_full_is_not_read_for_ever(store):
    """What is no regular file has no end; its first bytes would be followed by more and more."""
    store.write(NAME, (b"data",))
    entry_of(store).unlink()
    os.mkfifo(entry_of(store))
    fifo = os.open(entry_of(store), os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(fifo, bytes(16384))
        assert read_or_none(store) is None
    finally:
        os.close(fifo)


def test_an_entry_that_is_a_directory_is_an_error_of_the_disk_and_stays(store):
    store.write(NAME, (b"data",))
    entry_of(store).unlink()
    entry_of(store).mkdir()
    with pytest.raises(OSError, match="directory"):
        store.read(NAME)
    with pytest.raises(OSError, match="directory"):
        store.write(NAME, (b"data",))
    assert entry_of(store).is_dir()
    assert list(store.names()) == []
    assert store.clear() == 0
    assert names_in(store.directory) == []


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", ".", NAME + "\n", "é" * 49, NAME.replace("0", "\N{ARABIC-INDIC DIGIT ZERO}")]
)
def test_only_lower_case_hex_names_an_entry(name):
    assert not is_entry_name(name)
    assert is_entry_name(NAME)


# ---- removing ------------------------------------------------------------------------------------------


def test_clear_by_code_removes_only_entries_of_that_code(store):
    for name in (NAME, OTHER):
        store.write(name, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    assert store.clear(frozenset({CODE})) == 1
    assert list(store.names()) == [OTHER]
    assert list(store.manifests()) == [CODE_ID]


def test_clear_removes_everything_of_ours_whatever_its_age(store):
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    entry_of(store, NAME + TEMPORARY).write_bytes(b"left by a killed process")
    (store.directory / f"v1/functions/{CODE_ID}.json{TEMPORARY}").write_bytes(b"too")
    assert store.clear() == 1
    assert names_in(store.directory) == []


def test_sweep_takes_temporaries_that_are_nobodys_any_more(store):
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    left = [
        entry_of(store, NAME + TEMPORARY),
        entry_of(store, NAME + TEMPORARY).parent / f"{OTHER}{TEMPORARY}",
        store.directory / f"v1/functions/{CODE_ID}.json{TEMPORARY}",
    ]
    for path in left:
        path.write_bytes(b"half")
    os.utime(entry_of(store), (0, 0))
    assert Store(store.directory, clock=lambda: time.time() + ORPHAN_AFTER - 60).sweep() == 0
    assert Store(store.directory, clock=lambda: time.time() + ORPHAN_AFTER + 60).sweep() == 3
    assert names_in(store.directory) == sorted([NAME, f"{CODE_ID}.json"])


def test_remove_removes_one(store):
    for name in (NAME, OTHER):
        store.write(name, (b"data",))
    assert store.remove(NAME)
    assert list(store.names()) == [OTHER]


AS_NOBODY = """
    import os, sys
    from pathlib import Path
    from memo.store import Store

    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    store = Store(Path(sys.argv[1]))
    assert store.read(sys.argv[2]) == b"data"
"""


@pytest.fixture
def read_only_store():
    """Return a store whose folders nobody may write to; below /tmp, whose parents everybody may enter."""
    base = Path("/tmp") / f"memo-test-{os.getpid()}-{time.monotonic_ns()}"
    base.mkdir(mode=0o755)
    store = Store(base / "store")
    store.write(NAME, (b"data",))
    store.write_manifest(CODE_ID, b"{}")
    for path in [base, *base.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.chmod(0o500 if path.is_dir() else 0o400)
    yield store
    for path in [base, *(path for path in base.rglob("*") if path.is_dir())]:
        path.chmod(0o700)
    shutil.rmtree(base)


def test_what_cannot_be_removed_is_not_taken_for_removed(read_only_store, run_python):
    script = (
        AS_NOBODY
        + "    try:\n        store.clear()\n    except PermissionError as e:\n        print(e.filename)\n"
    )
    said = run_python(script, read_only_store.directory, NAME).strip()
    assert said == str(entry_of(read_only_store))


def test_a_directory_nobody_can_write_to_is_read(read_only_store, run_python):
    script = AS_NOBODY + "    print(list(store.names()), store.lock_path('ff' * 16))\n"
    assert run_python(script, read_only_store.directory, NAME).strip() == f"['{NAME}'] None"


# ---- directories that others can write to --------------------------------------------------------------


def test_a_private_directory_is_accepted(cache_dir):
    check_private(cache_dir)
    check_private(cache_dir / "not" / "there" / "yet")


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o707])
def test_a_directory_that_everybody_can_write_to_is_refused(cache_dir, mode):
    cache_dir.chmod(mode)
    with pytest.raises(UnsafeCacheDir, match="by everybody"):
        check_private(cache_dir)
    with pytest.raises(UnsafeCacheDir, match=r"above it.* by everybody"):
        check_private(cache_dir / "a" / "b")


def test_sticky_directories_are_accepted_as_ancestors(cache_dir):
    cache_dir.chmod(0o1777)
    check_private(cache_dir / "mine")


def test_a_sticky_directory_is_no_cache_itself(cache_dir):
    """In one everybody can create the folder v1 first: sticky protects what is there, not what is not."""
    cache_dir.chmod(0o1777)
    with pytest.raises(UnsafeCacheDir):
        check_private(cache_dir)


@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_directory_of_somebody_else_is_refused(cache_dir, below, monkeypatch):
    if os.geteuid() == 0:
        os.chown(cache_dir, NOBODY, NOBODY)
    else:  # only root can give a directory away: here its owner becomes somebody else
        somebody_else = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    with pytest.raises(UnsafeCacheDir, match=f"belongs to user {cache_dir.stat().st_uid}"):
        check_private(cache_dir / below)


def fake_groups(monkeypatch, *, user_group, members, users=()):
    """Make the group of every file one of the test's making."""
    me = SimpleNamespace(pw_name="me", pw_gid=user_group, pw_uid=os.geteuid())
    everybody = [me, *(SimpleNamespace(pw_name=name, pw_gid=gid, pw_uid=999) for name, gid in users)]
    monkeypatch.setattr(pwd, "getpwuid", lambda _: me)
    monkeypatch.setattr(pwd, "getpwall", lambda: everybody)
    monkeypatch.setattr(grp, "getgrgid", lambda gid: SimpleNamespace(gr_name="group", gr_gid=gid, gr_mem=members))


@pytest.mark.parametrize("members", [[], ["me"]])
def test_the_private_group_that_some_systems_give_each_user_is_accepted(cache_dir, monkeypatch, members):
    cache_dir.chmod(0o770)
    fake_groups(monkeypatch, user_group=cache_dir.stat().st_gid, members=members)
    check_private(cache_dir)


def test_a_group_with_other_members_is_refused(cache_dir, monkeypatch):
    cache_dir.chmod(0o770)
    fake_groups(monkeypatch, user_group=cache_dir.stat().st_gid, members=["me", "mallory"])
    with pytest.raises(UnsafeCacheDir, match="by group"):
        check_private(cache_dir)


def test_a_group_that_is_not_our_own_is_refused(cache_dir, monkeypatch):
    cache_dir.chmod(0o770)
    fake_groups(monkeypatch, user_group=cache_dir.stat().st_gid + 1, members=[])
    with pytest.raises(UnsafeCacheDir, match="by group"):
        check_private(cache_dir)


def test_a_group_that_others_have_as_their_first_is_refused(cache_dir, monkeypatch):
    """Many systems give all users one group, "users", and list none of them as its members."""
    cache_dir.chmod(0o770)
    group = cache_dir.stat().st_gid
    fake_groups(monkeypatch, user_group=group, members=[], users=[("mallory", group)])
    with pytest.raises(UnsafeCacheDir, match="by group"):
        check_private(cache_dir)


def test_a_group_without_a_name_is_refused(cache_dir, monkeypatch):
    def unknown(_):
        raise KeyError

    cache_dir.chmod(0o770)
    monkeypatch.setattr(grp, "getgrgid", unknown)
    with pytest.raises(UnsafeCacheDir, match="by group"):
        check_private(cache_dir)


def test_a_file_system_that_cannot_spread_folders_does_without(cache_dir, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    monkeypatch.setattr("fcntl.ioctl", refuse)
    store = Store(cache_dir)
    store.write(NAME, (b"data",))
    assert store.read(NAME) == b"data"


def test_folders_are_spread_where_the_file_system_can(tmp_path):
    """After thousands of deletions in their part of the disk, making a file would cost seven times as much."""
    (tmp_path / "plain").mkdir()
    if (
        shutil.which("chattr") is None
        or subprocess.run(["chattr", "+T", tmp_path / "plain"], check=False).returncode
    ):
        pytest.skip("this file system cannot, or nothing is here to look with")
    Store(tmp_path / "cache").write(NAME, (b"data",))
    listed = subprocess.run(
        ["lsattr", "-d", tmp_path / "cache/v1/entries"], capture_output=True, text=True, check=True
    )
    assert "T" in listed.stdout.split()[0]
