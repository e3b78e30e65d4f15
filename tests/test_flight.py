"""One computes, the others wait for it; nobody waits for the dead, for itself, or beyond the timeout."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import memo
from memo import Cache, flight

KEY = b"k" * 16
PACKAGE_PARENT = Path(memo.__file__).resolve().parents[1]
# The source tree is tested, not an installed memo; site-packages must not come before the standard library.
ENVIRONMENT = dict(os.environ)
if (PACKAGE_PARENT / "pyproject.toml").exists():
    ENVIRONMENT["PYTHONPATH"] = os.pathsep.join([str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")])


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


# ---- threads -------------------------------------------------------------------------------------------


@contextmanager
def turn(key=KEY, *, directory="here", timeout=None):
    with flight.turn(
        directory, key, lock_path=lambda: None, timeout=timeout, is_done=lambda: pytest.fail("not asked for")
    ):
        yield


class Worker(threading.Thread):
    """A thread whose result, or exception, is handed to whoever joins it."""

    def __init__(self, function, *args):
        super().__init__(daemon=True)
        self.function, self.args, self.error, self.result = function, args, None, None
        self.start()

    def run(self):
        try:
            self.result = self.function(*self.args)
        except BaseException as error:  # noqa: BLE001 - raised again by `outcome`
            self.error = error

    @property
    def is_waiting(self):
        """Tell whether it stands inside `memo.flight`, where it can only be waiting."""
        frame = sys._current_frames().get(self.ident)
        return frame is not None and frame.f_code.co_filename == flight.__file__

    def outcome(self):
        self.join(30)
        assert not self.is_alive(), "it hangs"
        if self.error:
            raise self.error
        return self.result


@pytest.fixture(autouse=True)
def _no_trace_is_left():
    yield
    assert flight._running == {}
    assert flight._computing.get() == frozenset()


class Answer:
    """What is computed once: a result, or one exception for each of the first computations."""

    def __init__(self, *errors):
        self.errors, self.computed, self.stored = list(errors), 0, False
        self.started, self.go = threading.Event(), threading.Event()

    def __call__(self, *, timeout=None):
        with turn(timeout=timeout):
            if not self.stored:
                self.computed += 1
                self.started.set()
                assert self.go.wait(30)
                if self.errors:
                    raise self.errors.pop()
                self.stored = True
        return self.stored


def ask_together(answer, count):
    """Return the owner and the waiters, all of them inside `turn`."""
    owner = Worker(answer)
    assert answer.started.wait(30)
    waiters = [Worker(answer) for _ in range(count)]
    wait_for(lambda: all(waiter.is_waiting for waiter in waiters))
    return owner, waiters


def test_of_many_threads_one_computes():
    answer = Answer()
    owner, waiters = ask_together(answer, 12)
    answer.go.set()
    assert all(worker.outcome() for worker in [owner, *waiters])
    assert answer.computed == 1


@pytest.mark.parametrize("error", [ValueError("the user's"), KeyboardInterrupt(), SystemExit(3)])
def test_after_an_owner_that_raised_one_waiter_computes(error):
    answer = Answer(error)
    owner, waiters = ask_together(answer, 5)
    answer.go.set()
    with pytest.raises(type(error)):
        owner.outcome()
    assert all(worker.outcome() for worker in waiters)
    assert answer.computed == 2


def test_waiters_of_an_owner_that_always_raises_each_raise_in_turn():
    answer = Answer(*[ValueError("again")] * 4)
    owner, waiters = ask_together(answer, 3)
    answer.go.set()
    for worker in [owner, *waiters]:
        with pytest.raises(ValueError, match="again"):
            worker.outcome()
    assert answer.computed == 4


def test_a_waiter_computes_when_its_patience_ends():
    """The owner may wait for this very thread, which nobody can see from here."""
    answer = Answer()
    owner = Worker(answer)
    assert answer.started.wait(30)
    impatient = Worker(lambda: answer(timeout=0.01))
    wait_for(lambda: answer.computed == 2)
    answer.go.set()
    assert impatient.outcome()
    assert owner.outcome()


def test_the_end_of_an_impatient_waiter_does_not_let_a_third_in():
    answer = Answer()
    owner = Worker(answer)
    assert answer.started.wait(30)

    def impatient():
        with turn(timeout=0.01):
            return True

    assert Worker(impatient).outcome()
    third = Worker(answer)
    wait_for(lambda: third.is_waiting)
    answer.go.set()
    assert owner.outcome()
    assert third.outcome()
    assert answer.computed == 1


def test_a_timeout_longer_than_any_clock_is_waited_for():
    answer = Answer()
    owner = Worker(answer)
    assert answer.started.wait(30)
    patient = Worker(lambda: answer(timeout=1e300))
    wait_for(lambda: patient.is_waiting)
    answer.go.set()
    assert owner.outcome()
    assert patient.outcome()


@pytest.mark.parametrize(("key", "directory"), [(b"l" * 16, "here"), (KEY, "there")])
def test_other_keys_and_other_directories_do_not_wait(key, directory):
    def beside():
        with turn(key, directory=directory):
            return True

    with turn():
        assert Worker(beside).outcome()


def test_a_function_that_asks_for_its_own_key_does_not_wait_for_itself():
    def recursive(depth):
        with turn():
            return depth if depth == 5 else recursive(depth + 1)

    assert Worker(recursive, 0).outcome() == 5


def test_a_function_that_asks_for_its_own_key_through_another_does_not_wait_for_itself():
    with turn(b"a" * 16), turn(b"b" * 16), turn(b"a" * 16), turn(b"b" * 16):
        assert len(flight._running) == 2
    assert flight._running == {}


def test_the_inner_end_of_a_recursion_does_not_let_others_in():
    inner, go = threading.Event(), threading.Event()

    def recursive():
        with turn():
            with turn():
                pass
            inner.set()
            assert go.wait(30)

    owner = Worker(recursive)
    assert inner.wait(30)
    other = Worker(recursive)
    wait_for(lambda: other.is_waiting)
    go.set()
    owner.outcome()
    other.outcome()


@pytest.mark.parametrize("error", [OSError("no descriptor left"), NotImplementedError("no locks here")])
def test_a_lock_that_cannot_be_had_is_done_without(tmp_path, monkeypatch, error):
    import filelock

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert computes_alone(tmp_path / "lock")


def computes_alone(path):
    with flight.turn(
        "here", KEY, lock_path=lambda: str(path), timeout=5, is_done=lambda: pytest.fail("there is no rival")
    ):
        return True


@pytest.mark.parametrize("obstacle", ["directory", "link", "link to nothing", "no folder", "fifo", "long name"])
def test_whatever_stands_where_the_lock_should_be_is_done_without(tmp_path, obstacle):
    path = tmp_path / "lock"
    if obstacle == "directory":
        path.mkdir()
    elif obstacle.startswith("link"):
        (tmp_path / "target").touch()
        path.symlink_to(tmp_path / ("target" if obstacle == "link" else "nothing"))
    elif obstacle == "no folder":
        path = tmp_path / "gone" / "lock"
    elif obstacle == "fifo":
        os.mkfifo(path)
    else:
        path = tmp_path / ("x" * 300)
    assert computes_alone(path)


def test_filelock_that_cannot_even_be_imported_is_done_without(tmp_path, monkeypatch):
    """The first miss imports it, and may find no file descriptor left."""

    class Refuses:
        @staticmethod
        def find_spec(name, *args):
            if name.partition(".")[0] == "filelock":
                raise OSError(24, "Too many open files")

    for name in [name for name in sys.modules if name.partition(".")[0] == "filelock"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Refuses, *sys.meta_path])
    assert computes_alone(tmp_path / "lock")


def test_no_lock_file_is_left(tmp_path):
    assert computes_alone(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_no_lock_file_is_left_by_a_function_that_raises(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        flight.turn("here", KEY, lock_path=lambda: str(tmp_path / "lock"), timeout=5, is_done=lambda: False),
    ):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


# ---- processes -----------------------------------------------------------------------------------------

# Every step of a process shows as a file named after the step and the process. The entry is a file too.
PROCESS = """
import os, sys, time
from pathlib import Path
from memo import Cache, flight

folder, name, what, timeout = Path(sys.argv[1]), sys.argv[2], sys.argv[3], eval(sys.argv[4])

def show(step):
    (folder / f"{step}-{name}").touch()

def wait_for(file):
    while not (folder / file).exists():
        time.sleep(0.002)

def is_done():
    show("waits")
    return (folder / "entry").exists()

def compute():
    show("computes")
    if what == "raise":
        wait_for("go")
        raise ValueError
    if what == "fork" and os.fork() == 0:
        show("child")
        wait_for("end")
        os._exit(0)
    wait_for("go")
    (folder / "entry").touch()

with flight.turn(
    "here", b"k" * 16, lock_path=lambda: str(folder / "lock"), timeout=timeout, is_done=is_done
):
    if not (folder / "entry").exists():
        compute()
show("ends")
"""


class Processes:
    """Starts rivals for one key, and tells from the files in a folder how far each has come."""

    def __init__(self, folder):
        self.folder, self.started = folder, []

    def start(self, name, what="compute", timeout=None):
        command = [sys.executable, "-c", PROCESS, str(self.folder), name, what, repr(timeout)]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append((process, what))
        return process

    def allow(self, file):
        (self.folder / file).touch()

    def reach(self, step, *names):
        wait_for(lambda: set(names) <= self.at(step) or self.failed())
        assert set(names) <= self.at(step), "a process has failed"

    def failed(self):
        """Tell whether a process ended by an error of its own: then there is nothing to wait for."""
        return any((process.poll() or 0) > 0 for process, what in self.started if what != "raise")

    def at(self, step):
        return {path.name.removeprefix(f"{step}-") for path in self.folder.glob(f"{step}-*")}


@pytest.fixture
def processes(tmp_path):
    processes = Processes(tmp_path / "steps")
    processes.folder.mkdir()
    yield processes
    processes.allow("end")
    for process, _ in processes.started:
        process.kill()
        process.wait(30)


def test_of_many_processes_one_computes(processes):
    waiters = [f"waiter{number}" for number in range(4)]
    processes.start("owner")
    processes.reach("computes", "owner")
    for name in waiters:
        processes.start(name)
    processes.reach("waits", *waiters)
    processes.allow("go")
    processes.reach("ends", "owner", *waiters)
    assert processes.at("computes") == {"owner"}


def test_of_processes_that_start_at_once_one_computes(processes):
    names = [f"rival{number}" for number in range(4)]
    for name in names:
        processes.start(name)
    wait_for(lambda: len(processes.at("computes") | processes.at("waits")) == 4)
    processes.allow("go")
    processes.reach("ends", *names)
    assert len(processes.at("computes")) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_owner_is_taken_over(processes, number):
    owner = processes.start("owner")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    killed = time.monotonic()
    os.kill(owner.pid, number)
    owner.wait(30)
    processes.reach("computes", "waiter")
    assert time.monotonic() - killed < 1
    processes.allow("go")
    processes.reach("ends", "waiter")


def test_the_lock_file_of_a_killed_owner_means_nothing(processes):
    owner = processes.start("owner")
    processes.reach("computes", "owner")
    owner.kill()
    owner.wait(30)
    assert (processes.folder / "lock").exists()
    processes.allow("go")
    processes.start("next")
    processes.reach("ends", "next")
    assert processes.at("waits") == set()
    assert not (processes.folder / "lock").exists()


def test_an_owner_that_was_killed_after_forking_is_taken_over(processes):
    """The child has inherited the lock, and would hold it for as long as it lives."""
    owner = processes.start("owner", "fork")
    processes.reach("child", "owner")
    owner.kill()
    owner.wait(30)
    processes.start("next")
    processes.reach("computes", "next")


def test_a_child_that_outlives_the_computation_does_not_keep_the_lock(processes):
    processes.start("owner", "fork")
    processes.reach("child", "owner")
    processes.allow("go")
    processes.reach("ends", "owner")
    (processes.folder / "entry").unlink()
    processes.start("next")
    processes.reach("ends", "next")
    assert processes.at("waits") == set()


def test_after_an_owner_that_raised_another_process_computes(processes):
    processes.start("owner", "raise")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    processes.allow("go")
    processes.reach("ends", "waiter")
    assert processes.at("computes") == {"owner", "waiter"}
    assert not (processes.folder / "lock").exists()


def test_a_stopped_owner_is_waited_for_no_longer_than_the_timeout(processes):
    owner = processes.start("owner")
    processes.reach("computes", "owner")
    os.kill(owner.pid, signal.SIGSTOP)
    processes.start("waiter", timeout=0.05)
    processes.reach("computes", "waiter")
    os.kill(owner.pid, signal.SIGCONT)
    processes.allow("go")
    processes.reach("ends", "owner", "waiter")


def test_a_waiter_leaves_when_the_entry_appears_though_the_owner_lives_on(processes):
    processes.start("owner")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    processes.allow("entry")
    processes.reach("ends", "waiter")
    assert processes.at("ends") == {"waiter"}
    assert processes.at("computes") == {"owner"}


FORKED = """
import os, threading
from memo import Cache, flight

def turn(key):
    return flight.turn("here", key, lock_path=lambda: None, timeout=None, is_done=lambda: False)

started, go = threading.Event(), threading.Event()

def other():
    with turn(b"other"):
        started.set()
        go.wait(30)

thread = threading.Thread(target=other, daemon=True)
thread.start()
started.wait(30)
with turn(b"mine"):
    child = os.fork()
    if child == 0:
        # The owners of both keys are in the parent: one is a thread that does not exist here.
        with turn(b"other"), turn(b"mine"):
            os._exit(7)
    status = os.waitpid(child, 0)[1]
    print(os.waitstatus_to_exitcode(status), sorted(key for _, key in flight._running))
go.set()
thread.join(30)
"""


def test_a_child_forked_while_computing_waits_for_no_thread_of_its_parent(run_python):
    warnings_of_3_12 = {"PYTHONWARNINGS": "ignore::DeprecationWarning"}
    assert run_python(FORKED, env=warnings_of_3_12).strip() == "7 [b'mine', b'other']"


def test_threads_that_ask_for_each_others_keys_come_to_an_end(cache_dir):
    """The function ends without memo, because of the depth that it ignores; so it must with it."""
    cache = Cache(cache_dir)
    all_compute = threading.Barrier(3, timeout=30)

    @cache.cached(ignore=("depth",))
    def f(x, depth=0):
        if not depth:
            all_compute.wait()
            assert f((x + 1) % 3, depth=1) == (x + 1) % 3
        return x

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(f, x) for x in range(3)]
        # Whoever closes the circle computes, and the others find what they wait for.
        assert [future.result(timeout=30) for future in asked] == [0, 1, 2]
    assert flight._awaited == {}
