"""Many processes, one directory: each gets the right value, one computes it, a kill costs nobody else anything."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import memo

PACKAGE_PARENT = Path(memo.__file__).resolve().parents[1]

# The function is slow in a way the test controls: it shows that it has begun, and ends when a file lets it.
# A process shows that it waits when it did not get the lock, has asked whether there is still any use in
# waiting, and goes on waiting. Nothing is known of the function's cost at first, so that the lock is used.
PROCESS = """
import os, sys, time, types, warnings
from pathlib import Path
import filelock
import memo.cache
from memo import Cache

warnings.simplefilter("ignore")
folder, name, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
cache = Cache(folder / "cache", **eval(sys.argv[4]))

def show(step, content=""):
    made = folder / f".{step}-{name}"
    made.write_text(content)
    made.rename(folder / f"{step}-{name}")

def wait_for(file):
    while not (folder / file).exists():
        time.sleep(0.002)

def acquire(self, *args, cancel_check=None, **options):
    def check():
        has_ended = cancel_check is not None and cancel_check()
        if not has_ended:
            show("waits")
        return has_ended

    return original_acquire(self, *args, cancel_check=check, **options)

original_acquire, filelock.FileLock.acquire = filelock.FileLock.acquire, acquire
if what == "yesterday":
    memo.cache.time = types.SimpleNamespace(time=lambda: time.time() - 86400, perf_counter=time.perf_counter)

class Steps:
    __memo_inert__ = True

    def go(self, x):
        show("computes")
        wait_for("go")
        if what == "raise":
            raise ValueError("the user's")

steps = Steps()

@cache.cached
def slow(x):
    steps.go(x)
    return 2 * x

slow.fingerprint()
show("ready")
wait_for("start")
try:
    show("ends", repr(slow(21)))
except ValueError as error:
    show("ends", str(error))
"""


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


class Processes:
    """Runs processes that call one function, and tells from files how far each has come."""

    def __init__(self, folder):
        self.folder, self.started = folder, {}

    def start(self, *names, what="return", **options):
        environment = dict(os.environ)
        if (PACKAGE_PARENT / "pyproject.toml").exists():
            environment["PYTHONPATH"] = os.pathsep.join([str(PACKAGE_PARENT), environment.get("PYTHONPATH", "")])
        script = self.folder / "process.py"
        script.write_text(PROCESS)
        for name in names:
            self.started[name] = subprocess.Popen(
                [sys.executable, str(script), str(self.folder), name, what, repr(options)],
                env=environment,
                stdin=subprocess.DEVNULL,
            )

    def allow(self, file):
        (self.folder / file).touch()

    def at(self, step):
        return {path.name.removeprefix(f"{step}-") for path in self.folder.glob(f"{step}-*")}

    def reach(self, step, *names, seconds=30):
        wait_for(lambda: set(names) <= self.at(step) or self.failed(), seconds)
        assert set(names) <= self.at(step), "a process has failed"

    def failed(self):
        """Tell whether a process ended by an error of its own: then there is nothing to wait for."""
        return any(process.poll() for process in self.started.values())

    def answers(self):
        self.reach("ends", *self.started)
        return {(self.folder / f"ends-{name}").read_text() for name in self.started}

    def kill(self, name, number=signal.SIGKILL):
        process = self.started.pop(name)
        os.kill(process.pid, number)
        process.wait(30)

    @property
    def entries(self):
        return list(self.folder.glob("cache/v1/entries/*/*"))


@pytest.fixture
def processes(tmp_path):
    processes = Processes(tmp_path / "steps")
    processes.folder.mkdir(mode=0o700)
    yield processes
    for process in processes.started.values():
        process.kill()
    for process in processes.started.values():
        process.wait(30)


NAMES = [f"process{number}" for number in range(6)]


def store_one(processes, **options):
    """Have the result stored once, and forget how it came about."""
    processes.allow("start")
    processes.allow("go")
    processes.start("first", **options)
    assert processes.answers() == {"42"}
    processes.started.pop("first").wait(30)
    for path in [processes.folder / "start", processes.folder / "go", *processes.folder.glob("*-first")]:
        path.unlink()
    (entry,) = processes.entries
    return entry


def race(processes, **options):
    """Let all ask at once; who computes goes on only when all others compute too, or wait."""
    processes.start(*NAMES, **options)
    processes.reach("ready", *NAMES)
    processes.allow("start")
    wait_for(lambda: processes.at("computes") | processes.at("waits") == set(NAMES) or processes.failed())
    processes.allow("go")
    return processes.answers()


def test_of_many_processes_that_miss_one_computes(processes):
    assert race(processes) == {"42"}
    assert len(processes.at("computes")) == 1
    assert len(processes.entries) == 1
    assert list(processes.folder.glob("cache/v1/locks/*/*")) == []


def test_of_many_processes_that_find_a_damaged_entry_one_computes(processes):
    """The waiters leave when the entry appears. It is there from the start, and says nothing."""
    store_one(processes).write_bytes(b"damaged")
    assert race(processes) == {"42"}
    assert len(processes.at("computes")) == 1


def test_of_many_processes_that_find_an_expired_entry_one_computes(processes):
    """Else all of them compute at once, each time that what all of them use expires."""
    store_one(processes, what="yesterday")
    assert race(processes, ttl="1h") == {"42"}
    assert len(processes.at("computes")) == 1


def test_a_killed_owner_is_taken_over(processes):
    processes.allow("start")
    processes.start("owner")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    processes.kill("owner")
    processes.reach("computes", "waiter", seconds=5)
    processes.allow("go")
    assert processes.answers() == {"42"}


def test_after_an_owner_that_raised_a_waiter_computes(processes):
    processes.allow("start")
    processes.start("owner", what="raise")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    processes.allow("go")
    assert processes.answers() == {"the user's", "42"}
    assert len(processes.entries) == 1


def test_a_stopped_owner_is_waited_for_no_longer_than_the_timeout(processes):
    processes.allow("start")
    processes.start("owner")
    processes.reach("computes", "owner")
    os.kill(processes.started["owner"].pid, signal.SIGSTOP)
    processes.start("waiter", lock_timeout=0.05)
    processes.reach("computes", "waiter")
    processes.allow("go")
    processes.reach("ends", "waiter")
    os.kill(processes.started["owner"].pid, signal.SIGCONT)
    assert processes.answers() == {"42"}
    assert len(processes.entries) == 1


def test_a_directory_deleted_under_a_waiter_costs_at_most_a_second_computation(processes):
    processes.allow("start")
    processes.start("owner")
    processes.reach("computes", "owner")
    processes.start("waiter")
    processes.reach("waits", "waiter")
    (processes.folder / "cache").rename(processes.folder / "moved away")
    processes.allow("go")
    assert processes.answers() == {"42"}


# ---- recursion -----------------------------------------------------------------------------------------

MUTUAL = """
    import os, sys
    from memo import Cache

    cache = Cache(sys.argv[1])

    def log(*what):
        with open(sys.argv[2], "a") as file:
            file.write(f"{what}\\n")

    @cache.cached
    def male(n):
        log("male", n)
        return 0 if n == 0 else n - female(male(n - 1))

    @cache.cached
    def female(n):
        log("female", n)
        return 1 if n == 0 else n - male(female(n - 1))

    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            first, second = (male, female) if number % 2 else (female, male)
            for n in range(30) if number % 3 else reversed(range(30)):
                first(n), second(n)
            os._exit(0 if (male(29), female(29)) == (18, 18) else 1)
        children.append(child)
    print([os.waitpid(child, 0)[1] for child in children])
"""


def test_mutual_recursion_in_many_processes_neither_hangs_nor_errs(cache_dir, run_python, tmp_path):
    """Each holds one lock while it waits for another: held in a circle, they would wait for ever."""
    assert run_python(MUTUAL, cache_dir, tmp_path / "log") == "[0, 0, 0, 0, 0, 0]\n"
    assert len(set((tmp_path / "log").read_text().splitlines())) == 60


# ---- forks ---------------------------------------------------------------------------------------------

FORK_WHILE_COMPUTING = """
    import os, sys
    from memo import Cache

    cache = Cache(sys.argv[1], lock_timeout=None)

    @cache.cached
    def inner(x):
        return x

    @cache.cached
    def forks(x):
        child = os.fork()
        if child == 0:
            os._exit(inner(x))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    print(forks(7), inner(7), inner.stats().hits)
"""

FORKED_CHILD_ASKS_THE_SAME = """
    import os, sys, warnings
    from memo import Cache

    cache = Cache(sys.argv[1], lock_timeout=None)

    class Parent:
        __memo_inert__ = True
        pid = os.getpid()

    parent = Parent()

    @cache.cached
    def f(x):
        if os.getpid() != parent.pid:
            return x
        child = os.fork()
        if child == 0:
            os._exit(f(x))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    print(f(7), f(7), f.stats().hits)
"""


def test_a_child_forked_while_computing_may_ask_for_the_same(cache_dir, run_python):
    """Its parent computes that key and waits for the child: waiting for the parent would never end."""
    assert run_python(FORKED_CHILD_ASKS_THE_SAME, cache_dir).split() == ["7", "7", "1"]


def test_children_forked_while_computing_may_compute_and_store(cache_dir, run_python):
    assert run_python(FORK_WHILE_COMPUTING, cache_dir).split() == ["7", "7", "1"]


FORK_WHILE_A_THREAD_HASHES = """
    import os, signal, sys, threading, warnings
    from memo import Cache

    warnings.simplefilter("ignore", DeprecationWarning)
    cache = Cache(sys.argv[1])

    class Slow:
        entered, leave = threading.Event(), threading.Event()

        def __memo_hash__(self):
            if threading.current_thread() is not threading.main_thread():
                Slow.entered.set()
                Slow.leave.wait(30)
            return "slow"

    CONFIG = Slow()

    @cache.cached
    def f(x):
        return x if CONFIG else None

    thread = threading.Thread(target=f, args=(7,), daemon=True)
    thread.start()
    assert Slow.entered.wait(30)
    child = os.fork()
    if child == 0:
        signal.alarm(5)
        os._exit(f(7))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    Slow.leave.set()
    thread.join(30)
"""


def test_a_child_forked_while_a_thread_reads_the_code_does_not_wait_for_that_thread(cache_dir, run_python):
    """Whatever lock that thread held, the child has a copy of it that nobody will ever release."""
    assert run_python(FORK_WHILE_A_THREAD_HASHES, cache_dir).strip() == "7"


FORK_AFTER_COMPRESSING = """
    import os, signal, sys, warnings
    from memo import Cache

    warnings.simplefilter("ignore", DeprecationWarning)
    cache = Cache(sys.argv[1], compression="zstd")

    @cache.cached
    def large(x):
        return list(range(x, x + 400_000))

    ended = []
    for turn in range(25):
        large.refresh(turn)
        child = os.fork()
        if child == 0:
            signal.alarm(5)
            os._exit(0 if large.refresh(turn) == large.__wrapped__(turn) else 1)
        ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        if ended[-1]:
            break
    print(set(ended))
"""


def test_a_child_compresses_though_the_threads_of_blosc2_stayed_in_its_parent(cache_dir, run_python):
    """Without care about one fork in five leaves the child waiting for them for ever."""
    assert run_python(FORK_AFTER_COMPRESSING, cache_dir).strip() == "{0}"


# ---- kills and storms ----------------------------------------------------------------------------------

KILLS = """
    import os, random, signal, sys, time, warnings
    from pathlib import Path
    from memo import Cache

    warnings.simplefilter("error")
    chance = random.Random(sys.argv[2])
    cache = Cache(sys.argv[1])

    @cache.cached
    def pattern(n):
        return bytes([n % 256]) * (n * 997)

    for turn in range(30):
        child = os.fork()
        if child == 0:
            while True:
                pattern.clear()
                for n in range(0, 200, 7):
                    assert pattern(n) == bytes([n % 256]) * (n * 997)
        time.sleep(chance.random() * 0.04)  # not to wait for anything: to kill at some moment
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL, "the child failed before it was killed"
        for n in range(0, 200, 7):
            assert pattern(n) == bytes([n % 256]) * (n * 997)
    print(pattern.stats().corrupt, pattern.stats().unstored, pattern.stats().hits > 0)
"""


def test_thirty_kills_at_random_moments_leave_nothing_wrong(cache_dir, run_python):
    assert run_python(KILLS, cache_dir, 0).split() == ["0", "0", "True"]
    left = [path.suffix for path in cache_dir.glob("v1/entries/*/*")]
    assert left.count("") == 29


STORM = """
    import itertools, os, random, shutil, signal, sys, warnings
    from pathlib import Path
    from memo import Cache, MemoWarning

    warnings.simplefilter("error")
    warnings.simplefilter("ignore", MemoWarning)
    cache = Cache(sys.argv[1])

    @cache.cached
    def pattern(n):
        return bytes([n]) * (n * 400)

    def call(chance):
        for _ in range(400):
            n = chance.randrange(60)
            assert pattern(n) == bytes([n]) * (n * 400)

    def clear(chance):
        for _ in range(60):
            chance.choice([pattern.clear, cache.clear, cache.stats, lambda: list(cache.entries())])()

    def damage(chance):
        for _ in range(200):
            found = list(cache.directory.glob("v1/entries/*/*"))
            if found:
                path = chance.choice(found)
                try:
                    with path.open("r+b") as file:
                        file.seek(chance.randrange(path.stat().st_size + 1))
                        file.write(bytes([chance.randrange(256)]))
                        if chance.random() < 0.3:
                            file.truncate()
                except FileNotFoundError:
                    pass

    def delete(chance):
        for _ in range(20):
            shutil.rmtree(cache.directory / chance.choice(["", "v1", "v1/entries"]), ignore_errors=True)

    children = []
    for number, work in enumerate([call, call, call, clear, damage, delete]):
        child = os.fork()
        if child == 0:
            try:
                work(random.Random(number))
            except BaseException:
                import traceback
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
    print([os.waitpid(child, 0)[1] for child in children])
"""


def test_values_stay_right_while_others_clear_damage_and_delete(cache_dir, run_python):
    assert run_python(STORM, cache_dir).strip() == "[0, 0, 0, 0, 0, 0]"
