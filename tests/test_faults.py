"""Whatever breaks, a call returns the right value, warns at most once, and raises only what the function raises.

The numbers in brackets are those of the table of faults in the project's documents.
"""

import errno
import math
import os
import shutil
import signal
import sys
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

import pytest

import memo.cache
from memo import Cache, MemoWarning, UnhashableArgument, UnpicklableResult, UnsafeCacheDir, cached, settings
from memo.errors import StoreFault

NOBODY = 65534
SECRET = "a secret of more than 16 bytes"


def entries_in(directory):
    return [path for path in Path(directory).glob("v1/entries/*/*") if path.suffix != ".tmp"]


def temporaries_in(directory):
    return list(Path(directory).rglob("*.tmp"))


def the_entry(directory):
    (entry,) = entries_in(directory)
    return entry


@contextmanager
def warned_once(part=""):
    """Expect exactly one warning, of ours, with `part` in its text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    said = [f"{item.category.__name__}: {item.message}" for item in caught]
    assert len(said) == 1, said
    assert said[0].startswith("MemoWarning")
    assert part in said[0]


def assert_answers(function, *arguments, expected):
    """Call twice: what the first one says must not be said again."""
    assert function(*arguments) == expected
    assert function(*arguments) == expected


# ---- damaged entries (3 to 7) --------------------------------------------------------------------------


def truncated(data):
    return data[:-1]


def emptied(data):
    return b""


def header_flipped(data):
    return data[:50] + bytes([data[50] ^ 4]) + data[51:]


def payload_flipped(data):
    return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]


def extended(data):
    return data + b"\0"


def of_another_version(data):
    return data[:5] + b"\2" + data[6:]


def zeroed(data):
    return bytes(len(data))


DAMAGE = pytest.mark.parametrize(
    "damage",
    [truncated, emptied, header_flipped, payload_flipped, extended, of_another_version, zeroed],
    ids=lambda damage: damage.__name__,
)


@DAMAGE
def test_a_damaged_entry_is_computed_again_and_replaced(double, calls, cache, damage):
    assert double(21) == 42
    entry = the_entry(cache.directory)
    sound = entry.read_bytes()
    entry.write_bytes(damage(sound))

    with warned_once(str(entry)):
        assert_answers(double, 21, expected=42)

    assert calls == [21, 21]
    assert double.stats().corrupt == 1
    assert len(entry.read_bytes()) == len(sound)
    assert temporaries_in(cache.directory) == []


@DAMAGE
def test_a_damaged_entry_does_not_count_as_cached(double, cache, damage):
    double(21)
    entry = the_entry(cache.directory)
    entry.write_bytes(damage(entry.read_bytes()))
    assert not double.is_cached(21)
    assert double.forget(21)


@DAMAGE
@pytest.mark.parametrize("which", ["entry", "blob"])
def test_a_damaged_large_entry_is_computed_again(cache, calls, damage, which):
    @cache.cached
    def large():
        calls.append(None)
        return list(range(50_000))

    large()
    entry, blob = sorted(entries_in(cache.directory), key=lambda path: len(path.name))
    damaged = entry if which == "entry" else blob
    damaged.write_bytes(damage(damaged.read_bytes()))
    with warned_once(str(entry)):
        assert_answers(large, expected=list(range(50_000)))
    assert len(calls) == 2


def test_every_truncation_of_an_entry_is_a_miss(double, cache, calls):
    double(21)
    entry = the_entry(cache.directory)
    sound = entry.read_bytes()
    with warned_once():
        for length in range(len(sound)):
            entry.write_bytes(sound[:length])
            assert double(21) == 42
    assert len(calls) == len(sound) + 1


def test_the_entry_of_another_call_is_not_taken_for_ours(double, cache, calls):
    double(1)
    foreign = the_entry(cache.directory).read_bytes()
    double(2)
    (other,) = (entry for entry in entries_in(cache.directory) if entry.read_bytes() != foreign)
    other.write_bytes(foreign)
    with warned_once("another key"):
        assert_answers(double, 2, expected=4)
    assert calls == [1, 2, 2]


def test_the_warning_points_at_the_line_that_called(double, cache):
    double(21)
    the_entry(cache.directory).write_bytes(b"")
    with pytest.warns(MemoWarning) as caught:
        double(21)
    assert [item.filename for item in caught] == [__file__]


@pytest.mark.parametrize("left", [b"", b"[", b"null", b"[]", b'{"names": [1]}', b'{"names": 1}', b"\xff\0"])
def test_a_damaged_manifest_is_no_obstacle(double, cache, calls, left):
    double(21)
    for manifest in cache.directory.glob("v1/functions/*"):
        manifest.write_bytes(left)
    assert double(21) == 42
    assert [entry.function for entry in cache.entries()] == [()]
    double.clear()
    assert calls == [21]
    assert list(cache.entries()) == []


# ---- other things in place of an entry (14, 16) --------------------------------------------------------


def link(entry, tmp_path):
    shutil.copy(entry, tmp_path / "copy")
    entry.unlink()
    entry.symlink_to(tmp_path / "copy")


def link_to_nothing(entry, tmp_path):
    entry.unlink()
    entry.symlink_to(tmp_path / "nothing")


def fifo(entry, tmp_path):
    entry.unlink()
    os.mkfifo(entry)


@pytest.mark.parametrize("obstacle", [link, link_to_nothing, fifo], ids=lambda obstacle: obstacle.__name__)
def test_what_is_no_file_is_replaced_by_an_entry(double, cache, calls, tmp_path, obstacle):
    double(21)
    entry = the_entry(cache.directory)
    obstacle(entry, tmp_path)
    with warned_once(str(entry)):
        assert_answers(double, 21, expected=42)
    assert calls == [21, 21]
    assert entry.is_file()
    assert not entry.is_symlink()


@pytest.mark.parametrize("part", ["", "v1", "v1/entries", "shard", "entry"])
def test_a_directory_or_file_in_the_way_is_computed_around(double, cache, calls, part):
    """A file where a directory should be, and the other way round."""
    double(21)
    entry = the_entry(cache.directory)
    if part == "entry":
        entry.unlink()
        entry.mkdir()
    else:
        path = entry.parent if part == "shard" else cache.directory / part
        shutil.rmtree(path)
        path.touch()
    with warned_once(str(cache.directory)):
        assert_answers(double, 21, expected=42)
    assert calls == [21, 21, 21]
    assert double.is_cached(21) is False
    assert temporaries_in(cache.directory) == []


# ---- the disk refuses (8 to 12) ------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS, errno.ESTALE])
@pytest.mark.parametrize("function", ["write", "replace", "open", "mkdir", "close"])
def test_a_disk_that_refuses_costs_the_entry_and_nothing_else(cache, double, monkeypatch, function, number):
    original = getattr(os, function)

    def refuse(target, *args, **kwargs):
        is_write = function != "open" or args[0] & os.O_CREAT
        if function == "close":
            original(target)
        if is_write and (function != "open" or str(cache.directory) in os.fspath(target)):
            raise OSError(number, os.strerror(number), target if function == "open" else None)
        return original(target, *args, **kwargs)

    double.fingerprint()
    with monkeypatch.context() as patch, warned_once(os.strerror(number)):
        patch.setattr(os, function, refuse)
        assert double(21) == 42
        assert double(22) == 44
    assert temporaries_in(cache.directory) == []
    assert double.stats().unstored == 2
    assert_answers(double, 21, expected=42)
    assert (double.stats().misses, double.stats().hits) == (3, 1)


def test_under_strict_a_disk_that_refuses_is_an_error_with_its_data(double, cache, monkeypatch):
    def refuse(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with settings.override(strict=True), pytest.raises(StoreFault, match="No space left") as caught:
        double(21)
    assert caught.value.errno == errno.ENOSPC


FULL_DISK = """
    import os, resource, signal, sys, warnings
    from memo import Cache

    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
    cache = Cache(sys.argv[1])

    @cache.cached
    def double(x):
        return 2 * x

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print([double(x) for x in (1, 1, 2)])
    print(len(caught), caught[0].category.__name__)
"""


def test_a_real_limit_on_the_size_of_files_costs_the_entry_and_nothing_else(cache_dir, run_python):
    assert run_python(FULL_DISK, cache_dir).splitlines() == ["[2, 2, 4]", "1 MemoWarning"]
    assert entries_in(cache_dir) == []
    assert temporaries_in(cache_dir) == []


NO_DESCRIPTORS = """
    import os, resource, sys, warnings
    from memo import Cache

    cache = Cache(sys.argv[1])

    @cache.cached
    def double(x):
        return 2 * x

    if sys.argv[2] == "warm":
        double(0)
    elif sys.argv[2] == "known":
        double.fingerprint()
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    taken = []
    try:
        while True:
            taken.append(os.dup(0))
    except OSError:
        pass
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = [double(x) for x in (1, 1, 2)]
    for fd in taken:
        os.close(fd)
    print(found, [str(item.message) for item in caught if item.category.__name__ != "MemoWarning"])
    print(len(caught))
    print(double(1), double(1), double.stats().hits)
"""


@pytest.mark.parametrize("state", ["cold", "known", "warm"])
def test_without_a_file_descriptor_left_memo_computes(cache_dir, run_python, state):
    found, said, later = run_python(NO_DESCRIPTORS, cache_dir, state).splitlines()
    assert found == "[2, 2, 4] []"
    assert int(said) == 1
    assert later == "2 2 1"


# Root may read and write everything: the script is nobody before it looks. A first miss and hit elsewhere
# import what memo needs, from wherever only root may read.
AS_NOBODY = """
    import os, sys, tempfile, warnings
    from memo import Cache

    def double(x):
        return 2 * x

    with tempfile.TemporaryDirectory() as elsewhere:
        first = Cache(elsewhere).cached(double)
        first(0), first(0)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    double = Cache(sys.argv[1], trust_directory=True).cached(double)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print([double(x) for x in eval(sys.argv[2])])
    print([item.category.__name__ for item in caught])
    print(double.stats().hits, double.stats().unstored)
"""


@pytest.fixture
def open_folder():
    """Return an empty folder that user nobody owns and reaches; pytest's own are closed to others."""
    folder = Path("/tmp") / f"memo-test-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)
    shutil.rmtree(folder)


def forbid(folder, *, folders, files):
    for path in sorted([folder, *folder.rglob("*")], reverse=True):
        path.chmod(folders if path.is_dir() else files)


def test_a_directory_that_may_not_be_written_to_gives_hits_and_computes_misses(open_folder, run_python):
    run_python(AS_NOBODY, open_folder, [1])
    forbid(open_folder, folders=0o500, files=0o400)
    found = run_python(AS_NOBODY, open_folder, [1, 2, 3, 1]).splitlines()
    assert found == ["[2, 4, 6, 2]", "['MemoWarning']", "2 2"]


def test_hits_alone_say_nothing_of_a_directory_that_may_not_be_written_to(open_folder, run_python):
    run_python(AS_NOBODY, open_folder, [1])
    forbid(open_folder, folders=0o500, files=0o400)
    assert run_python(AS_NOBODY, open_folder, [1, 1]).splitlines() == ["[2, 2]", "[]", "2 0"]


@pytest.mark.parametrize("mode", [0o000, 0o600, 0o100])
def test_a_directory_that_may_not_even_be_entered_is_computed_around(open_folder, run_python, mode):
    run_python(AS_NOBODY, open_folder, [1])
    forbid(open_folder, folders=0o700, files=0o600)
    (open_folder / "v1/entries").chmod(mode)
    found = run_python(AS_NOBODY, open_folder, [1, 2, 1]).splitlines()
    assert found[:2] == ["[2, 4, 2]", "['MemoWarning']"]


def test_entries_that_may_not_be_read_are_replaced(open_folder, run_python):
    run_python(AS_NOBODY, open_folder, [1])
    forbid(open_folder, folders=0o700, files=0o000)
    assert run_python(AS_NOBODY, open_folder, [1, 1]).splitlines() == ["[2, 2]", "['MemoWarning']", "1 0"]
    assert run_python(AS_NOBODY, open_folder, [1]).splitlines()[1:] == ["[]", "1 0"]


@pytest.mark.parametrize("part", ["", "v1", "v1/entries"])
def test_a_directory_deleted_while_running_is_made_anew(double, cache, calls, part):
    double(21)
    shutil.rmtree(cache.directory / part)
    assert_answers(double, 21, expected=42)
    assert calls == [21, 21]
    assert double.stats().hits == 1


def test_a_directory_deleted_while_running_gets_its_manifests_again(double, cache):
    """By them an entry is listed under its function's name, and cleared though the code has changed."""
    double(21)
    shutil.rmtree(cache.directory)
    double(21)
    assert [entry.function for entry in cache.entries()] == [(f"{double.__module__}:{double.__qualname__}",)]


def test_a_directory_cleared_by_another_cache_gets_its_manifests_again(double, cache):
    double(21)
    Cache(cache.directory).clear()
    double(21)
    assert [entry.function for entry in cache.entries()] == [(f"{double.__module__}:{double.__qualname__}",)]


def test_a_directory_deleted_while_computing_is_made_anew(cache):
    @cache.cached
    def deletes(directory):
        shutil.rmtree(directory)
        return "done"

    assert_answers(deletes, str(cache.directory), expected="done")
    assert deletes.stats().misses == 1


# ---- foreign files (15) --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README", "notes.json", ".nfs0000000001", "a-b", "0" * 49])
@pytest.mark.parametrize("folder", [".", "v1", "v1/entries", "v1/functions", "v1/entries/00"])
def test_foreign_files_are_neither_read_nor_counted_nor_deleted(double, cache, folder, name):
    double(21)
    foreign = cache.directory / folder / name
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("[]")
    assert double(21) == 42
    assert [entry.key for entry in cache.entries()] == [double.key(21)]
    assert cache.stats().entries == 1
    double.clear()
    cache.clear()
    assert foreign.read_text() == "[]"


# ---- killed (1, 17) ------------------------------------------------------------------------------------

KILLED_WHILE_STORING = """
    import os, signal, sys
    import memo.store
    from memo import Cache

    cache = Cache(sys.argv[1])

    @cache.cached
    def double(x):
        return 2 * x

    def kill(*args):
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        setattr(os, sys.argv[2], kill)
        double(21)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(double(21), double(21), double.stats().misses, double.stats().hits, double.stats().corrupt)
"""


@pytest.mark.parametrize("step", ["write", "close", "replace"])
def test_a_process_killed_while_storing_leaves_a_temporary_and_no_entry(cache_dir, run_python, step):
    found = run_python(KILLED_WHILE_STORING, cache_dir, step).splitlines()
    assert found == [str(-signal.SIGKILL), "42 42 1 1 0"]
    assert len(entries_in(cache_dir)) == 1
    assert len(temporaries_in(cache_dir)) <= 1


def test_what_killed_processes_left_is_gone_after_an_hour(double, cache, monkeypatch):
    double(21)
    entry = the_entry(cache.directory)
    orphan = entry.with_name(f"{entry.name}.1a2b3c4d-7f-0.tmp")
    orphan.write_bytes(b"half")
    lock = cache.directory / f"v1/locks/{'0' * 2}/{'0' * 32}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    for path in (orphan, lock, cache.directory / "v1/swept"):
        os.utime(path, (0, 0))
    again = Cache(cache.directory)
    again.cached(double.__wrapped__)(22)
    assert not orphan.exists()
    assert not lock.exists()
    assert entry.exists()


def test_a_result_that_was_stored_is_not_said_to_be_lost_because_cleaning_up_failed(double, monkeypatch):
    original = os.replace

    def refuse(source, target):
        if Path(target).name == "swept":
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with settings.override(strict=True):
        assert double(21) == 42
    assert double.is_cached(21)
    assert double.stats().unstored == 0


# ---- the clock (20, 21) --------------------------------------------------------------------------------


class Clock:
    perf_counter = staticmethod(time.perf_counter)

    def __init__(self):
        self.now = 1_700_000_000.0

    def time(self):
        return self.now


@pytest.mark.parametrize(
    ("by", "hits"), [(0, 1), (3599, 1), (3600, 0), (1e9, 0), (-59, 1), (-61, 0), (-1e9, 0)], ids=str
)
def test_an_entry_from_a_clock_that_was_wrong_is_not_kept_for_ever(cache_dir, monkeypatch, calls, by, hits):
    clock = Clock()
    monkeypatch.setattr(memo.cache, "time", clock)

    @cached(cache=Cache(cache_dir, ttl="1h"))
    def double(x):
        calls.append(x)
        return 2 * x

    double(21)
    clock.now += by
    assert double.is_cached(21) is bool(hits)
    assert_answers(double, 21, expected=42)
    assert len(calls) == 2 - hits


# ---- results (27, 29 to 33, 38, 58) --------------------------------------------------------------------


class Unpicklable:
    def __reduce__(self):
        raise RuntimeError("not this one")


class RaisesOnReading:
    def __reduce__(self):
        return int, ("no number",)


class MemoryHog:
    def __reduce__(self):
        raise MemoryError


def local_function():
    def local():
        pass

    return local


def deep(levels=50_000):
    result = []
    for _ in range(levels):
        result = [result]
    return result


UNSTORABLE = {
    "a lock": threading.Lock,
    "a generator": lambda: (x for x in ()),
    "a local class": type("Local", (), {}),
    "a nested function": local_function,
    "an open file": lambda: sys.stdout,
    "its own error": Unpicklable,
    "midway": lambda: [bytes(100_000), Unpicklable()],
    "deep": deep,
}


@pytest.mark.parametrize("make", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_result_that_does_not_pickle_is_returned_and_not_stored(cache, calls, make):
    @cache.cached(version=str(make))
    def returns(maker):
        calls.append(None)
        return maker.make()

    maker = Maker(make)
    with warned_once(returns.__qualname__):
        for _ in range(2):
            assert type(returns(maker)).__name__ == type(make()).__name__
    assert len(calls) == 2
    assert entries_in(cache.directory) == []
    assert temporaries_in(cache.directory) == []
    assert returns.stats().unstored == 2


def test_a_result_for_which_memory_does_not_suffice_is_returned_and_not_stored(cache):
    @cache.cached
    def returns():
        return MemoryHog()

    with warned_once("MemoryError"):
        for _ in range(2):
            assert isinstance(returns(), MemoryHog)
    assert entries_in(cache.directory) == temporaries_in(cache.directory) == []
    assert returns.stats().unstored == 2


class Maker:
    """Makes results, and is the same argument whichever it makes."""

    def __init__(self, make):
        self.make = make

    def __memo_hash__(self):
        return "maker"


def test_under_strict_a_result_that_does_not_pickle_is_an_error(cache):
    @cache.cached
    def lock():
        return threading.Lock()

    with settings.override(strict=True), pytest.raises(UnpicklableResult, match=r"lock.*cannot pickle") as caught:
        lock()
    assert caught.value.function == lock.__qualname__


@pytest.mark.parametrize("result", [None, False, 0, "", (), math.nan, NotImplemented, ...])
def test_every_result_is_a_result_also_none(cache, calls, result):
    @cache.cached
    def returns():
        calls.append(None)
        return result

    for _ in range(2):
        found = returns()
        assert found is result or (found != found and result != result) or found == result  # noqa: PLR0124
    assert len(calls) == 1


def test_a_result_that_pickles_and_does_not_unpickle_is_computed_again(cache, calls):
    @cache.cached
    def returns():
        calls.append(None)
        return RaisesOnReading()

    with warned_once("ValueError"):
        for _ in range(3):
            assert isinstance(returns(), RaisesOnReading)
    assert len(calls) == 3


def test_a_class_that_was_moved_is_a_miss(cache, calls, monkeypatch):
    module = ModuleType("a_module_that_moves")
    module.Moved = type("Moved", (), {"__module__": module.__name__})
    maker = Maker(module.Moved)

    @cache.cached
    def returns(maker):
        calls.append(None)
        return maker.make()

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, module.__name__, module)
        returns(maker)
    maker.make = lambda: "from its new place"
    with warned_once(module.__name__):
        assert_answers(returns, maker, expected="from its new place")
    assert len(calls) == 2


def test_an_entry_that_cannot_be_unpickled_is_unpickled_once_a_call(cache, tmp_path):
    """Unpickling runs code of the user's, which may be slow or have effects."""
    log = tmp_path / "log"

    @cache.cached
    def returns(path):
        return LogsAndRaises(path)

    returns(str(log))
    with warned_once("not loaded"):
        returns(str(log))
    assert log.read_text() == "loaded\n"


class LogsAndRaises:
    def __init__(self, path):
        self.path = path

    def __setstate__(self, state):
        with Path(state["path"]).open("a") as log:
            log.write("loaded\n")
        raise ValueError("not loaded")


# ---- functions (34 to 37) ------------------------------------------------------------------------------


def test_a_recursive_function_is_computed_once_for_each_argument(cache, calls):
    @cache.cached
    def fibonacci(n):
        calls.append(n)
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    assert fibonacci(25) == 75025
    assert sorted(calls) == list(range(26))


def test_a_function_that_asks_for_its_own_key_gets_an_answer(cache, calls):
    @cache.cached
    def itself(x):
        calls.append(x)
        return itself(x) + 1 if len(calls) < 3 else 1

    assert_answers(itself, 1, expected=3)


def test_a_function_may_recurse_nearly_as_deep_as_it_could_without_memo(cache):
    """memo adds three frames to each of the function's own, and no more."""

    @cache.cached
    def depth(n):
        return 0 if n == 0 else 1 + depth(n - 1)

    levels = sys.getrecursionlimit() // 5
    assert depth(levels) == levels


@pytest.mark.parametrize(
    "error", [ValueError("no"), KeyboardInterrupt(), SystemExit(3), MemoryError(), GeneratorExit()]
)
def test_what_the_function_raises_is_raised_each_time_and_not_stored(cache, calls, error):
    raised = type(calls)([error])

    @cache.cached
    def raises():
        calls.append(None)
        raise raised[0]

    for _ in range(2):
        with pytest.raises(type(error)) as caught:
            raises()
        assert caught.value is error
        assert caught.value.__context__ is None
    assert len(calls) == 2
    assert entries_in(cache.directory) == []
    assert list(cache.directory.glob("v1/locks/*/*")) == []
    assert memo.flight._running == {}


def test_an_interrupt_while_storing_is_not_swallowed(double, cache, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            double(21)
    assert temporaries_in(cache.directory) == []
    assert list(cache.directory.glob("v1/locks/*/*")) == []
    assert_answers(double, 21, expected=42)


def test_an_interrupt_while_loading_is_not_swallowed(double, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    double(21)
    monkeypatch.setattr(memo.cache.codec, "decode", interrupt)
    with pytest.raises(KeyboardInterrupt):
        double(21)


def test_a_warning_made_an_error_is_raised_before_anything_is_damaged(double, cache, monkeypatch):
    """As pytest and `python -W error` do it."""
    double(21)
    the_entry(cache.directory).write_bytes(b"")
    with pytest.raises(MemoWarning):
        double(21)
    assert memo.flight._running == {}
    assert double(21) == 42


# ---- arguments (53 to 57, 60, 61) ----------------------------------------------------------------------


def test_an_argument_that_the_function_changes_is_keyed_as_it_was(cache, calls):
    @cache.cached
    def pops(items):
        calls.append(None)
        return items.pop()

    for _ in range(3):
        assert pops([1, 2, 3]) == 3
    assert len(calls) == 1
    assert pops([1, 2]) == 2


def test_a_result_that_the_caller_changes_is_not_changed_in_the_cache(cache):
    @cache.cached
    def numbers():
        return [1, 2, 3]

    for _ in range(3):
        found = numbers()
        assert found == [1, 2, 3]
        found.append(4)


DISTINCT = [
    1,
    1.0,
    True,
    "1",
    b"1",
    0,
    0.0,
    -0.0,
    False,
    None,
    "",
    b"",
    (),
    [],
    {},
    set(),
    frozenset(),
    [1],
    (1,),
    [1.0],
    [True],
    {1: 2},
    {"1": 2},
    {1},
    [[1], [2]],
    [[1, 2]],
    [[], [1, 2]],
    "a\0b",
    ["a", "b"],
    ["ab"],
    1j,
    bytearray(b"1"),
    math.nan,
    math.inf,
    -math.inf,
    10**30,
    "é",
    "e\u0301",
    range(3),
    [0, 1, 2],
]


def test_values_that_only_look_alike_are_told_apart(cache):
    @cache.cached
    def name(value):
        return f"{type(value).__name__} {value!r}"

    for value in [*DISTINCT, *DISTINCT]:
        assert name(value) == f"{type(value).__name__} {value!r}"
    assert name.stats().hits == name.stats().misses == len(DISTINCT)


def test_nan_finds_itself(double):
    for nan in (math.nan, float("nan"), -float("nan")):
        assert math.isnan(double(nan))
    assert double.stats().misses == 1


def test_closures_of_one_code_do_not_share_results(cache):
    def adder(n):
        @cache.cached
        def add(x):
            return x + n

        return add

    adders = [adder(n) for n in (1, 10, 1.0, True)]
    for _ in range(2):
        assert [repr(add(1)) for add in adders] == ["2", "11", "2.0", "2"]
    assert [add.stats().misses for add in adders] == [1, 1, 1, 1]


def test_a_captured_value_that_changes_changes_the_answer(cache):
    rates = {"a": 2}

    @cache.cached
    def rate(x):
        return x * rates["a"]

    assert rate(2) == 4
    rates["a"] = 3
    assert rate(2) == 6
    rates["a"] = 2
    assert rate(2) == 4
    assert rate.stats().misses == 2


def test_one_call_written_four_ways_is_computed_once(cache, calls):
    @cache.cached
    def f(a, b=2, *, c=3):
        calls.append((a, b, c))
        return a + b + c

    assert {f(1), f(1, 2), f(a=1, b=2), f(1, c=3), f(b=2, c=3, a=1)} == {6}
    assert len(calls) == 1


HASH_SEED = """
    import sys
    from memo import Cache

    cache = Cache(sys.argv[1])

    @cache.cached
    def f(x):
        return sorted(x)

    words = [f"word{n}" for n in range(50)]
    f(set(words)), f(frozenset(words)), f([{"a", "b", "c"}, frozenset("xyz")]) and None
    print(f.stats().misses, {word: 1 for word in words} and f.key(set(words)))
"""


def test_the_order_of_a_set_is_no_part_of_the_key(cache_dir, run_python):
    source = HASH_SEED.replace("f([{", "f.key([{")
    runs = [run_python(source, cache_dir, env={"PYTHONHASHSEED": seed}).split() for seed in ("0", "1", "4242")]
    assert [misses for misses, _ in runs] == ["2", "0", "0"]
    assert len({key for _, key in runs}) == 1


class RaisesWhenHashed:
    """Raises from the n-th look on: an argument is hashed for the key, and must not be needed again."""

    def __init__(self, looks):
        self.looks = looks

    def __memo_hash__(self):
        self.looks -= 1
        if self.looks < 0:
            raise ValueError("no more looks")
        return "hash"


def test_an_argument_that_raises_when_it_is_hashed_makes_the_call_uncached(cache, calls):
    @cache.cached
    def f(x):
        calls.append(None)
        return "right"

    with warned_once("no more looks"):
        assert f(RaisesWhenHashed(0)) == "right"
        assert f(RaisesWhenHashed(0)) == "right"
    assert len(calls) == 2
    assert f.stats().uncached == 2


@pytest.mark.parametrize("looks", [1, 2])
def test_an_argument_that_raises_when_it_is_hashed_again_does_not_reach_the_caller(cache, looks):
    @cache.cached
    def f(x):
        return "right"

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MemoWarning)
        assert f(RaisesWhenHashed(looks)) == "right"
        assert f.refresh(RaisesWhenHashed(looks)) == "right"


def test_an_argument_without_a_hash_makes_the_call_uncached_and_names_it(cache, calls):
    @cache.cached
    def f(config):
        calls.append(None)
        return "right"

    with warned_once("config['loader'][3]"):
        assert_answers(f, {"loader": [0, 1, 2, iter("")]}, expected="right")
    assert len(calls) == 2
    assert f.is_cached({"loader": [0, 1, 2, iter("")]}) is False


def test_under_strict_an_argument_without_a_hash_is_an_error(cache):
    @cache.cached
    def f(config):
        pytest.fail("computed")

    with settings.override(strict=True), pytest.raises(UnhashableArgument) as caught:
        f({"loader": [0, 1, 2, iter("")]})
    assert caught.value.path == "config['loader'][3]"


def test_an_argument_too_deep_to_be_hashed_makes_no_exception(cache, calls):
    @cache.cached
    def f(x):
        calls.append(None)
        return "right"

    nested = deep()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MemoWarning)
        assert_answers(f, nested, expected="right")


# ---- names (44, 45) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../../escape",
        "/absolute",
        "x" * 5000,
        "名前" * 100,
        "a\0b",
        "nul",
        "CON",
        "a\nb",
        "\ud800",
        "",
        "{0}%s",
    ],
    ids=ascii,
)
def test_the_name_of_a_function_never_reaches_the_file_system(cache, tmp_path, name):
    def f(x):
        return x + 1

    f.__qualname__ = f.__name__ = name
    g = cache.cached(f)
    before = set(tmp_path.parent.iterdir())
    assert_answers(g, 1, expected=2)
    assert g.stats().hits == 1
    assert set(tmp_path.parent.iterdir()) == before
    names = [path.name for path in cache.directory.rglob("*") if path.is_file() and path.name != "swept"]
    assert all(set(found) <= set("0123456789abcdef-.json") for found in names if found[0] not in ".C")
    assert [entry.function for entry in cache.entries()] == [(f"{__name__}:{name}",)]
    g.clear()
    assert list(cache.entries()) == []


def test_the_name_of_a_module_never_reaches_the_file_system(cache):
    def f(x):
        return x + 1

    f.__module__ = "../" * 10 + "etc/passwd"
    assert_answers(cache.cached(f), 1, expected=2)


# ---- who may write (39 to 43) --------------------------------------------------------------------------


class Explosive:
    """Leaves a trace in the working directory when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def plant(directory, function, *arguments, result, **options):
    """Store a result for a call of `function` as an attacker would who can write to the directory."""
    options.setdefault("trust_directory", True)
    Cache(directory, **options).cached(function).put(result, *arguments)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o703])
def test_a_directory_that_everybody_can_write_to_is_refused(cache_dir, mode):
    cache_dir.chmod(mode)
    with pytest.raises(UnsafeCacheDir, match=str(cache_dir)):
        Cache(cache_dir)


@pytest.mark.parametrize("options", [{"trust_directory": True}, {"signing_key": SECRET}])
def test_it_is_accepted_when_signed_or_trusted(cache_dir, options):
    cache_dir.chmod(0o777)
    double = Cache(cache_dir, **options).cached(lambda x: 2 * x)
    assert_answers(double, 21, expected=42)
    assert double.stats().hits == 1


def test_a_default_directory_that_everybody_can_write_to_is_refused_at_the_first_call(cache_dir, monkeypatch):
    cache_dir.chmod(0o777)
    monkeypatch.setenv("MEMO_DIRECTORY", str(cache_dir))
    with pytest.raises(UnsafeCacheDir):
        cached(lambda x: x)(1)


def test_an_override_cannot_lead_to_a_directory_that_everybody_can_write_to(double, tmp_path):
    tmp_path.chmod(0o777)
    with settings.override(directory=tmp_path), pytest.raises(UnsafeCacheDir):
        double(1)


def test_a_directory_that_somebody_else_makes_first_is_not_trusted(cache_dir, tmp_path):
    """It was not there when the cache was opened. In /tmp everybody can then make it, and fill it."""

    def f(x):
        return "right"

    cache_dir.chmod(0o1777)
    opened = Cache(cache_dir / "not yet")
    opened.directory.mkdir()
    opened.directory.chmod(0o777)
    plant(opened.directory, f, 1, result=Explosive())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MemoWarning)
            opened.cached(f)(1)
    except UnsafeCacheDir:
        pass
    assert not (tmp_path / "unpickled").exists()


def test_nothing_is_written_where_somebody_else_could_read_and_change_it(cache_dir):
    cache_dir.chmod(0o1777)
    opened = Cache(cache_dir / "not yet")
    opened.directory.mkdir()
    opened.directory.chmod(0o777)
    with warned_once("can be written by everybody"):
        assert_answers(opened.cached(lambda x: "right"), 1, expected="right")
    assert list(opened.directory.iterdir()) == []


def test_a_directory_that_somebody_else_makes_anew_is_not_trusted(cache_dir, tmp_path):
    """What cleans /tmp deletes it under a running program; then anybody can make it, and fill it."""

    def f(x):
        return "right"

    cache_dir.chmod(0o1777)
    opened = Cache(cache_dir / "mine")
    function = opened.cached(f)
    assert_answers(function, 1, expected="right")
    shutil.rmtree(opened.directory)
    opened.directory.mkdir()
    opened.directory.chmod(0o777)
    plant(opened.directory, f, 1, result=Explosive())
    with warnings.catch_warnings(), suppress(UnsafeCacheDir):
        warnings.simplefilter("ignore", MemoWarning)
        function(1)
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize(
    "forger",
    [{}, {"signing_key": "another secret of over 16 bytes"}],
    ids=["checksum", "another secret"],
)
def test_what_was_not_signed_by_us_is_not_unpickled(cache_dir, tmp_path, forger):
    def f(x):
        return "right"

    cache_dir.chmod(0o777)
    plant(cache_dir, f, 1, result=Explosive(), **forger)
    signed = Cache(cache_dir, signing_key=SECRET).cached(f)
    assert not signed.is_cached(1)
    with warned_once("signature"):
        assert_answers(signed, 1, expected="right")
    assert not (tmp_path / "unpickled").exists()
    assert signed.stats().hits == 1


def test_a_signed_entry_moved_to_another_call_is_not_unpickled(cache_dir):
    signed = Cache(cache_dir, signing_key=SECRET).cached(lambda x: 2 * x)
    signed(1)
    entry = the_entry(cache_dir)
    other = entry.with_name(entry.name.replace(signed.key(1), signed.key(2)))
    target = cache_dir / "v1/entries" / signed.key(2)[:2] / other.name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(entry, target)
    with warned_once("another key"):
        assert signed(2) == 4


def test_entries_of_a_rotated_secret_are_still_read(cache_dir):
    def f(x):
        return 2 * x

    Cache(cache_dir, signing_key=SECRET).cached(f)(1)
    rotated = Cache(cache_dir, signing_key=["a new secret of over 16 bytes", SECRET]).cached(f)
    assert rotated(1) == 2
    assert rotated.stats().hits == 1


def test_no_stored_file_holds_the_secret(cache_dir):
    Cache(cache_dir, signing_key=SECRET).cached(lambda x: 2 * x)(1)
    for path in cache_dir.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
