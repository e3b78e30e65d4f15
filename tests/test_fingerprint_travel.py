"""Functions that travel by value, by cloudpickle: out of `__main__`, `exec`, or modules registered for it.

What their code is goes along: the worker has the sender's code id, whether or not it sees the file, and what the
file says by then. Pools, and functions that travel by reference, are in `test_fingerprint_workers.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import memo

pytest.importorskip("cloudpickle")

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


SUBJECT = """
import functools, memo
RATE = 2
TABLE = {"a": [1, 2]}

def plain(x):
    # a comment
    return (x * RATE + len(TABLE))

def factorial(n):
    return 1 if n < 1 else n * factorial(n - 1)

class Base:
    rate = 3
    def predict(self, x): return x * self.rate

class Model(Base):
    def predict(self, x):
        "Say more."
        return super().predict(x) + plain(x) + self.extra
    @property
    def extra(self): return 1
    @classmethod
    def make(cls): return cls()
    @memo.cached
    def remembered(self, x): return self.predict(x)

def add(n):
    def inner(x): return x + n
    return inner
plus_four = add(4)
plus_five = lambda x: x + 5; plus_six = lambda x: x + 6

def twice(function):
    @functools.wraps(function)
    def wrapper(*args): return 2 * function(*args)
    return wrapper
@twice
def decorated(x): return plain(x)

@memo.cached
def helper(x): return plain(x)
@memo.cached
def recursion(x): return factorial(x)
@memo.cached
def classes(x): return Model.make().predict(x)
@memo.cached
def closure(x): return plus_four(x)
@memo.cached
def lambdas(x): return plus_five(x) + plus_six(x)
@memo.cached
def wrapped(x): return decorated(x)
@memo.cached
def default(x, function=plain): return function(x)
@memo.cached
def nested(x): return helper(x) + 1
@memo.cached
def generator(x): return sum(plain(i) for i in range(x) if i or [j for j in (1, 2)])
@memo.cached(version=3, ignore=["y"])
def options(x, y=1): return plain(x)
partial = memo.cached(functools.partial(plain))
FUNCTIONS = {
    "helper": helper, "recursion": recursion, "class": classes, "closure": closure, "lambdas": lambdas,
    "wrapped": wrapped, "default": default, "nested": nested, "generator": generator, "options": options,
    "partial": partial, "a closure that is cached": memo.cached(add(7)), "method": Model.remembered,
}
MODEL = Model()
"""
NAMES = (
    "helper", "recursion", "class", "closure", "lambdas", "wrapped", "default", "nested", "generator", "options",
    "partial", "a closure that is cached", "method",
)  # fmt: skip

REPORT = """
import json, subprocess, sys
from pathlib import Path
import cloudpickle

def report(functions, model, x):
    found = {}
    for name, f in functions.items():
        arguments = (model, x) if name == "method" else (x,)
        before = f.stats().hits
        key, value = f.key(*arguments), f(*arguments)
        found[name] = key, f.fingerprint().code.hex(), value, f.stats().hits - before
    return found
"""

# What becomes of the file: before the sender has looked at its code, and before the worker does.
FATES = {
    "kept": ("keep", "keep"),
    "deleted": ("keep", "delete"),
    "edited": ("keep", "edit"),
    "reformatted": ("keep", "reformat"),
    "deleted before": ("delete", "keep"),
    "edited before": ("edit", "keep"),
    "deleted before, and back": ("delete", "restore"),
    "deleted, and first called after it was pickled": ("keep", "delete"),
}

SENDER = """
MODULE, FATES = sys.argv[1], json.loads(sys.argv[2])
SUBJECT = Path("subject").read_text()

def happens(path, what):
    if what == "delete":
        path.unlink()
    elif what == "edit":
        path.write_text(SUBJECT.replace("RATE + len", "RATE - len").replace("n + x", "n - x"))
    elif what == "reformat":
        path.write_text("# moved\\n" + SUBJECT.replace("# a comment", "# another"))
    elif what == "restore":
        path.write_text(SUBJECT)

spaces, parcels, seen = {}, {}, {}
for fate, (before, _) in FATES.items():
    path = Path(fate + ".py").resolve()
    path.write_text(SUBJECT)
    spaces[fate] = space = {"__name__": MODULE}
    exec(compile(SUBJECT, str(path), "exec"), space)
    happens(path, before)
    if "first called" not in fate:
        seen[fate] = report(space["FUNCTIONS"], space["MODEL"], 1)
    parcels[fate] = cloudpickle.dumps((space["FUNCTIONS"], space["MODEL"]))
for fate, (_, after) in FATES.items():
    happens(Path(fate + ".py"), after)
    if "first called" in fate:
        seen[fate] = report(spaces[fate]["FUNCTIONS"], spaces[fate]["MODEL"], 1)
Path("parcels").write_bytes(cloudpickle.dumps(parcels))
workers = [json.loads(subprocess.check_output([sys.executable, "worker.py"])) for _ in range(2)]
back = {fate: report(space["FUNCTIONS"], space["MODEL"], 2) for fate, space in spaces.items()}
print(json.dumps({fate: [seen[fate], *(worker[fate] for worker in workers), back[fate]] for fate in FATES}))
"""

# Calls all that it is sent, and sends it on.
WORKER = """
parcels, seen = cloudpickle.loads(Path("parcels").read_bytes()), {}
for fate, parcel in parcels.items():
    functions, model = cloudpickle.loads(parcel)
    seen[fate] = report(functions, model, 1)
    report(functions, model, 2)
    parcels[fate] = cloudpickle.dumps((functions, model))
Path("parcels").write_bytes(cloudpickle.dumps(parcels))
print(json.dumps(seen))
"""


@pytest.fixture(scope="module", params=["made", "__main__"])
def journeys(request, tmp_path_factory):
    """Return for each fate what the sender saw, a worker, another one after it, and the sender again."""
    folder = tmp_path_factory.mktemp("journeys")
    save(folder, "subject", SUBJECT)
    save(folder, "worker.py", REPORT + WORKER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMO_DIRECTORY", str(folder / "cache"))
        return python(save(folder, "sender.py", REPORT + SENDER), request.param, json.dumps(FATES), cwd=folder)


@pytest.mark.parametrize("fate", FATES)
def test_a_function_that_travels_by_value_has_the_key_that_it_has_at_home(journeys, fate):
    sender, worker, next_worker, back = journeys[fate]
    expected = {name: seen[:3] for name, seen in sender.items()}
    assert tuple(expected) == NAMES
    assert {name: seen[:3] for name, seen in worker.items()} == expected
    assert {name: seen[:3] for name, seen in next_worker.items()} == expected
    # Each hits what the other has stored.
    assert {name for name in NAMES if 0 in (worker[name][3], next_worker[name][3], back[name][3])} == set()


VERSIONS = """
import cloudpickle, json
from pathlib import Path
path, streams, seen = Path("same.py").resolve(), [], []
for body, option in (("x + 2 * 3", 2), ("x + 6", 2), ("x - 6", 2), ("x + 6", 3)):
    text = f"@fakelib.multiplied({{'by': {option}}})\\ndef g(x): return {body}\\n"
    text = f"import fakelib, memo\\n{text}@memo.cached\\ndef f(x): return g(x)\\n"
    path.write_text(text)
    space = {"__name__": "__main__"}
    exec(compile(text, str(path), "exec"), space)
    seen.append((space["f"].key(1), space["f"](1)))
    streams.append(cloudpickle.dumps(space["f"]))
path.unlink()
Path("streams").write_bytes(cloudpickle.dumps(streams))
print(json.dumps(seen))
"""

# Of what a library keeps in a closure, memo sees a dictionary only where the decorator is written.
MULTIPLIED = """
import functools
def multiplied(options):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args): return options["by"] * function(*args)
        return wrapper
    return decorate
"""


def test_versions_of_a_function_that_meet_in_one_worker_keep_their_keys_apart(tmp_path):
    """They come from one place, one after the other, and some of them compile to the same instructions."""
    library = save(tmp_path, "site-packages/fakelib.py", MULTIPLIED).parent
    sent = python("-c", VERSIONS, cwd=tmp_path, paths=(library,))
    assert [value for _, value in sent] == [14, 14, -10, 21]
    assert len({key for key, _ in sent}) == 4
    load = (
        "import json, pickle; functions = list(map(pickle.loads, pickle.load(open('streams', 'rb'))))\n"
        "print(json.dumps([(f.key(1), f(1), f(2), f.stats().hits) for f in functions]))"
    )
    received = python("-c", load, cwd=tmp_path, paths=(library,))
    assert [seen[1:3] for seen in received] == [[14, 16], [14, 16], [-10, -8], [21, 24]]
    assert [[seen[0], seen[1], seen[3]] for seen in received] == [[*seen, 1] for seen in sent]


def test_what_has_travelled_is_still_followed(tmp_path):
    """What went along says what the code is, not what its names lead to."""
    save(tmp_path, "subject.py", SUBJECT)
    send = "import sys, runpy, cloudpickle; space = runpy.run_path('subject.py', run_name='__main__')\n"
    send += "open('stream', 'wb').write(cloudpickle.dumps(space['FUNCTIONS']['nested']))\n"
    python("-c", send, cwd=tmp_path)
    (tmp_path / "subject.py").unlink()
    load = """
import json, pickle
f = pickle.load(open("stream", "rb"))
inner = f.__wrapped__.__globals__["helper"].__wrapped__.__globals__
keys, values = [f.key(3)], [f(3)]
for name, value in {"RATE": 5, "TABLE": {}, "plain": lambda x: x - 1}.items():
    kept, inner[name] = inner[name], value
    keys.append(f.key(3)), values.append(f(3))
    inner[name] = kept
keys.append(f.key(3)), values.append(f(3))
inner["TABLE"]["c"] = 1
keys.append(f.key(3)), values.append(f(3))
print(json.dumps([keys, values]))
"""
    keys, values = python("-c", load, cwd=tmp_path)
    assert values == [8, 17, 7, 3, 8, 9]
    assert keys[0] == keys[4]
    assert len(set(keys)) == 5


LAB = {
    "lab/__init__.py": "from lab.inner import scale\nimport memo\n@memo.cached\ndef f(x): return scale(x) + 1\n",
    "lab/inner.py": "RATE = 3\ndef scale(x):\n    # by value\n    return (x * RATE)\n",
    "single.py": "import lab, memo\ndef g(x): return x - 1\n@memo.cached\ndef f(x): return g(x) * 2\n",
}


def test_a_module_that_is_registered_to_travel_by_value(tmp_path):
    """The worker has no such module, and nothing of it may be asked for by name."""
    for name, text in LAB.items():
        save(tmp_path, f"here/{name}", text)
    send = (
        "import cloudpickle, json, lab, single; fs = [lab.f, single.f]\n"
        "for module in (lab, single): cloudpickle.register_pickle_by_value(module)\n"
        "open('stream', 'wb').write(cloudpickle.dumps(fs))\n"
        "print(json.dumps([(f.key(1), f.fingerprint().code.hex(), f(1)) for f in fs]))"
    )
    sent = python("-c", send, cwd=tmp_path, paths=(tmp_path / "here",))
    load = (
        "import json, pickle, sys; fs = pickle.load(open('stream', 'rb'))\n"
        "assert not {'lab', 'single'} & set(sys.modules)\n"
        "print(json.dumps([(f.key(1), f.fingerprint().code.hex(), f(1), f.stats().hits) for f in fs]))"
    )
    assert python("-c", load, cwd=tmp_path) == [[*seen, 1] for seen in sent]


def test_a_travelling_function_is_not_much_larger_than_the_plain_one(tmp_path):
    """Neither is what it captures sent twice, nor the text of a helper once for each that calls it."""
    lines = ["import cloudpickle, json, memo, sys", "BLOB = bytes(range(256)) * 4096", "def g0(x): return x, BLOB"]
    for number in range(1, 60):
        callees = " + ".join(f"g{callee}(x)" for callee in range(max(0, number - 5), number))
        lines.append(f"def g{number}(x):\n    total = {callees}\n    return [total for _ in range(x)]")
    lines += ["def plain(x): return g59(x)", "f = memo.cached(plain)", "sizes = [len(cloudpickle.dumps(plain))]"]
    lines += ["sizes.append(len(cloudpickle.dumps(f)))", "f.key(0)", "sizes.append(len(cloudpickle.dumps(f)))"]
    lines += ["[f.put(0, number) for number in range(50)]", "sizes.append(len(cloudpickle.dumps(f)))"]
    plain, before, after, later = python(
        save(tmp_path, "size.py", "\n".join([*lines, "print(json.dumps(sizes))"])), cwd=tmp_path
    )
    blob = 256 * 4096
    assert before - blob < 4 * (plain - blob)
    assert abs(after - before) < 1000
    assert abs(later - after) < 1000
