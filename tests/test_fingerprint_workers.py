"""Functions in pools of processes, by reference, in between, and what a worker asks of its own machine.

By reference the code is what the worker imports. The environment is always the worker's.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import memo

PACKAGE_PARENT = Path(memo.__file__).parents[1]


def environment(*paths: object, **more: str) -> dict[str, str]:
    found = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "random", **more}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        paths = (PACKAGE_PARENT, *paths)
    found["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    return found


def python(*args: object, cwd: Path, paths: tuple[Path, ...] = ()) -> Any:
    """Run Python; return the value of what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(*paths),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


# Pools

POOLS = """
import functools, json, multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
import memo

RATE = [2]

class Model:
    def __init__(self, extra): self.extra = extra
    def predict(self, x): return x * RATE[0] + self.extra

def twice(function):
    @functools.wraps(function)
    def wrapper(*args): return 2 * function(*args)
    return wrapper

@functools.lru_cache
def remembered(x):
    # by reference alone
    return x - 1

@twice
def helper(x): return x + len(RATE)

@memo.cached
def f(x, model=Model(1)):
    return helper(x) + model.predict(x) + WHAT(x)

def ask(x):
    before = f.stats().hits
    return os.getpid(), f.key(x), f(x), f.stats().hits - before

def there_and_back(run, x):
    "Compute one call here and ask for it there, and another one the other way round."
    here, there = ask(x), run(ask, x)
    there_first, back = run(ask, x + 1), ask(x + 1)
    return {
        "elsewhere": here[0] != there[0] == there_first[0],
        "keys": here[1] == there[1] and there_first[1] == back[1],
        "values": here[2] == there[2] == run(f, x) and there_first[2] == back[2],
        "hits": [here[3], there[3], there_first[3], back[3]],
    }
"""

MULTIPROCESSING = """
WHAT = remembered

if __name__ == "__main__":
    seen = {}
    for number, method in enumerate(("fork", "forkserver", "spawn")):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            seen[method] = there_and_back(lambda function, x: pool.apply(function, (x,)), 10 * number)
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            run = lambda function, x: executor.submit(function, x).result()
            seen[method + " of futures"] = there_and_back(run, 10 * number + 5)
    print(json.dumps(seen))
"""

LOKY = """
from joblib import Parallel, delayed
from joblib.externals import loky
WHAT = abs

if __name__ == "__main__":
    if sys.argv[1] == "deleted":
        ask(0)
        Path(__file__).unlink()
    with loky.ProcessPoolExecutor(1) as executor:
        seen = {"loky": there_and_back(lambda function, x: executor.submit(function, x).result(), 100)}
    for number, name in enumerate(("loky", "multiprocessing")):
        # Two of them: joblib calls a single task itself.
        with Parallel(n_jobs=2, backend=name) as parallel:
            run = lambda function, x: parallel(delayed(function)(x) for _ in range(2))[0]
            seen[f"joblib's {name}"] = there_and_back(run, 200 + 10 * number)
            del seen[f"joblib's {name}"]["elsewhere"]
    print(json.dumps(seen))
"""

WORKS = {"elsewhere": True, "keys": True, "values": True, "hits": [0, 1, 0, 1]}


def test_pools_of_multiprocessing_and_of_futures(tmp_path):
    """Their workers import the script under another name, or have all of it by a fork."""
    seen = python("-W", "ignore", save(tmp_path, "pools.py", POOLS + MULTIPROCESSING), cwd=tmp_path)
    assert len(seen) == 6
    assert {name: outcome for name, outcome in seen.items() if outcome != WORKS} == {}


@pytest.mark.parametrize("fate", ["kept", "deleted"])
def test_pools_of_joblib(tmp_path, fate):
    """They send functions of the script by value, with every task anew."""
    pytest.importorskip("joblib")
    seen = python("-W", "ignore", save(tmp_path, "pools.py", POOLS + LOKY), fate, cwd=tmp_path)
    assert seen["loky"] == WORKS
    assert {outcome["keys"] and outcome["values"] for outcome in seen.values()} == {True}


EDITS_ITSELF = """
import json, multiprocessing, os
from pathlib import Path
import memo

@memo.cached
def f(x): return x * 2

def ask(x): return f.key(x), f(x), f.stats().hits

if __name__ == "__main__":
    path = Path(__file__)
    path.write_text(path.read_text().replace("x * 2", "x * 3"))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(json.dumps([pool.apply(ask, (1,)), ask(1), pool.apply(ask, (1,))]))
"""


def test_a_script_that_is_edited_before_its_workers_start(tmp_path):
    """They load the new text and compute by it; what they store must not be taken for the old function's."""
    program = save(tmp_path, "edits.py", EDITS_ITSELF)
    there, here, again = python(program, cwd=tmp_path)
    assert (there[1:], here[1:], again[1:]) == ([3, 0], [2, 0], [3, 1])
    assert there[0] == again[0] != here[0]
    show = "import edits, json; print(json.dumps([edits.f.key(1), edits.f(1), edits.f.stats().hits]))"
    assert python("-c", show, cwd=tmp_path, paths=(tmp_path,)) == [there[0], 3, 1]


# By reference, and in between


def test_a_function_that_travels_by_reference_is_that_of_the_worker(tmp_path):
    for name, rate in (("old", 2), ("same", 2), ("new", 3)):
        save(
            tmp_path,
            f"{name}/lab.py",
            f"import memo\n@memo.cached\ndef f(x):\n    # {name}\n    return x * {rate}\n",
        )
    send = "import json, lab, pickle; open('stream', 'wb').write(pickle.dumps((lab.f, lab.f.key)))\n"
    show = "import json, lab; print(json.dumps([lab.f.key(1), lab.f(1), lab.f.stats().hits]))"
    load = "import json, pickle; f, key = pickle.load(open('stream', 'rb'))\n"
    load += "print(json.dumps([key(1), f(1), f.stats().hits]))"
    old = python("-c", send + show, cwd=tmp_path, paths=(tmp_path / "old",))
    assert python("-c", load, cwd=tmp_path, paths=(tmp_path / "same",)) == [old[0], 2, 1]
    new = python("-c", load, cwd=tmp_path, paths=(tmp_path / "new",))
    assert new[1:] == [3, 0]
    assert python("-c", show, cwd=tmp_path, paths=(tmp_path / "new",)) == [new[0], 3, 1]
    assert new[0] != old[0]


MIXED = """
import cloudpickle, json, lab, memo
from lab import g
def own(x): return lab.g(x) + lab.RATE
@memo.cached
def f(x): return own(x) + lab.C().m(x) + g(x)
f.key(1)
open("stream", "wb").write(cloudpickle.dumps(f))
print(json.dumps([f.key(1), f(1), f.fingerprint().code.hex()]))
"""


def test_helpers_that_travel_by_reference_count_as_the_worker_has_them(tmp_path):
    """The function brings its own text. It must not bring that of helpers which are other ones there."""
    pytest.importorskip("cloudpickle")
    text = "RATE = {0}\ndef g(x): return x {1} 1\nclass C:\n    def m(self, x): return x {2} 1\n"
    labs = {"old": "1++", "same": "1++", "g": "1-+", "method": "1+-", "rate": "2++"}
    for name, signs in labs.items():
        save(tmp_path, f"{name}/lab.py", f"# {name}\n{text.format(*signs)}")
    save(tmp_path, "mixed.py", MIXED)
    key, value, code = python("mixed.py", cwd=tmp_path, paths=(tmp_path / "old",))
    (tmp_path / "mixed.py").unlink()
    load = "import json, pickle; f = pickle.load(open('stream', 'rb'))\n"
    load += "print(json.dumps([f.key(1), f(1), f.fingerprint().code.hex(), f.stats().hits]))"
    seen = {name: python("-c", load, cwd=tmp_path, paths=(tmp_path / name,)) for name in labs}
    assert seen["old"] == seen["same"] == [key, value, code, 1]
    assert [seen[name][1] for name in ("g", "method", "rate")] == [value - 4, value - 2, value + 1]
    assert len({key for key, _, _, _ in seen.values()}) == 4
    assert len({code for _, _, code, _ in seen.values()}) == 3  # a rate is a value, not code


# The environment

USES_A_LIBRARY = """
import cloudpickle, fakelib, json, memo
def own(x): return fakelib.g(x)
@memo.cached
def f(x): return own(x)
open("stream", "wb").write(cloudpickle.dumps(f))
print(json.dumps([f.key(1), f(1), f.fingerprint().code.hex(), f.fingerprint().environment]))
"""


def test_the_environment_is_that_of_the_worker(tmp_path):
    pytest.importorskip("cloudpickle")
    folders = {name: tmp_path / name / "site-packages" for name in ("home", "same", "newer")}
    for name, version in (("home", "1.0"), ("same", "1.0"), ("newer", "2.0")):
        save(folders[name], "fakelib/__init__.py", f"def g(x): return {version[0]} * x\n")
        metadata = f"Metadata-Version: 2.1\nName: fakelib\nVersion: {version}\n"
        save(folders[name], f"fakelib-{version}.dist-info/METADATA", metadata)
    program = save(tmp_path, "uses.py", USES_A_LIBRARY)
    home = python(program, cwd=tmp_path, paths=(folders["home"],))
    program.unlink()
    load = "import json, pickle; f = pickle.load(open('stream', 'rb')); p = f.fingerprint()\n"
    load += "print(json.dumps([f.key(1), f(1), p.code.hex(), p.environment]))"
    same, newer = (python("-c", load, cwd=tmp_path, paths=(folders[name],)) for name in ("same", "newer"))
    assert home[3][1:] == ["fakelib==1.0"]
    assert same == home
    assert newer[0] != home[0]
    assert newer[1:] == [2, home[2], [home[3][0], "fakelib==2.0"]]


# Copies


def test_copies_in_one_process_are_the_same_function(tmp_path):
    @memo.cached
    def f(x, y=tmp_path):
        return x

    class Holder:
        def __init__(self):
            self.function, self.key = f, f.key

    key = f.key(1)
    assert copy.copy(f) is f
    assert copy.deepcopy(f) is f
    copied = copy.deepcopy(Holder())
    assert copied.function is f
    assert copied.key(1) == key
    assert copy.deepcopy({"state": f.__memo__})["state"].key(1) == key
