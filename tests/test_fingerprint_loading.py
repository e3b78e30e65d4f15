"""The same code however it was loaded: again after an edit, from an archive, without its source, as a script.

Each program runs in fresh interpreters, with another hash seed each time.
"""

from __future__ import annotations

import ast
import itertools
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import memo

PACKAGE_PARENT = Path(memo.__file__).parents[1]
SEEDS = itertools.count(1)

HELPER = "def g(x):\n    return x + 1\n"
OTHER_HELPER = "def g(x):\n    return x + 2\n"
COMMENTED = 'def g(x):\n    """Add."""\n    # one\n    return (x + 1)\n'
FUNCTION = "import memo\n@memo.cached\ndef f(x):\n    return 10 * g(x)\n"
TEXTS = (HELPER, OTHER_HELPER, COMMENTED, FUNCTION)


LAZY = """
import sys
import numpy as np
import memo

@memo.cached
def f(seed):
    return np.random.default_rng(seed).random()

assert "random" not in vars(np), "numpy imports it by itself now: take another library"
before = f.key(1)
np.random.default_rng
print(f.key(1) == before)
"""


def environment(*paths: object, **more: str) -> dict[str, str]:
    found = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": str(next(SEEDS)), **more}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        paths = (PACKAGE_PARENT, *paths)
    found["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    return found


def python(*args: object, cwd: Path | None = None) -> str:
    """Run Python; return what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(*() if cwd is None else [cwd]),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def shown(*args: object, cwd: Path | None = None) -> Any:
    """Run Python; return the value of the last line that it printed."""
    return ast.literal_eval(python(*args, cwd=cwd).splitlines()[-1])


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


# Modules that are loaded again

RELOAD = """
import importlib, os, sys
from pathlib import Path
sys.dont_write_bytecode = True
import {module} as module
times = iter(range(2_000_000_000, 2_000_000_100))

def edit(name, text):
    path = Path(__file__).with_name(name + ".py")
    path.write_text(text)
    time = next(times)
    os.utime(path, (time, time))
    importlib.reload(sys.modules[name])

HELPER, OTHER, COMMENTED, FUNCTION = {texts!r}
"""


def test_a_helper_that_is_reloaded(tmp_path):
    """Through the module the function sees the new one, by a name of its own the old one."""
    save(tmp_path, "helper.py", HELPER)
    program = save(
        tmp_path,
        "program.py",
        RELOAD.format(module="helper", texts=TEXTS)
        + FUNCTION.replace("g(x)", "module.g(x)")
        + "from helper import g\n@memo.cached\ndef by_name(x):\n    return g(x)\n"
        + "seen = []\n"
        + "for text in (HELPER, HELPER, COMMENTED, OTHER, HELPER):\n"
        + "    edit('helper', text)\n"
        + "    seen.append((f(1), f.stats().hits, by_name(1), by_name.stats().hits))\n"
        + "print(seen)\n",
    )
    assert shown(program) == [(20, 0, 2, 0), (20, 1, 2, 1), (20, 2, 2, 2), (30, 2, 2, 3), (20, 3, 2, 4)]


def test_the_module_of_the_cached_function_is_reloaded(tmp_path):
    """The old function, which somebody may still hold, reads the new helpers."""
    save(tmp_path, "module.py", HELPER + FUNCTION)
    program = save(
        tmp_path,
        "program.py",
        RELOAD.format(module="module", texts=TEXTS)
        + "old = module.f\n"
        + "seen = []\n"
        + "for text in (HELPER, HELPER, COMMENTED, OTHER, HELPER):\n"
        + "    edit('module', text + FUNCTION)\n"
        + "    seen.append((module.f(1), module.f.stats().hits, module.f.key(1) == old.key(1), old(1)))\n"
        + "edit('module', HELPER + FUNCTION.replace('10', '11'))\n"
        + "seen.append((module.f(1), module.f.stats().hits, module.f.key(1) == old.key(1), old(1)))\n"
        + "print(seen)\n",
    )
    last = (22, 0, False, 20)
    assert shown(program) == [
        (20, 0, True, 20),
        (20, 1, True, 20),
        (20, 1, True, 20),
        (30, 0, True, 30),
        (20, 1, True, 20),
        last,
    ]
    assert shown("-c", "import module; print((module.f(1), module.f.stats().hits))", cwd=tmp_path) == (22, 1)


# Code that is not in a `.py` file of its own

PACK = """
import py_compile, sys, zipfile
from pathlib import Path
folder, text = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
folder.mkdir()
with zipfile.ZipFile(folder / "packed.zip", "w") as file:
    file.writestr("packed.py", text)
    file.writestr("packed_package/__init__.py", "")
    file.writestr("packed_package/inner.py", text)
    file.writestr("__main__.py", text + "print((f(1), f.key(1)))")
source = Path(sys.argv[2]).with_name("compiled.py")
source.write_text(text)
py_compile.compile(str(source), str(folder / "compiled.pyc"), doraise=True)
py_compile.compile(str(source), str(folder / "other_file.pyc"), dfile="/nowhere/at/all.py", doraise=True)
source.write_text(sys.argv[3])
"""


def pack(folder: Path, name: str, helper: str, later: str) -> Path:
    """Pack a program; put another one where the compiled file says that it comes from."""
    text = save(folder, "text.py", helper + FUNCTION)
    python("-c", PACK, folder / name, text, later)
    return folder / name


LOAD = """
import importlib, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/packed.zip"]
seen = {}
for name in ("packed", "packed_package.inner", "compiled", "other_file"):
    f = importlib.import_module(name).f
    seen[name] = f(1), f.key(1)
print(seen)
"""


def test_code_in_zip_files_and_compiled_files_without_source(tmp_path):
    first = shown("-c", LOAD, pack(tmp_path, "first", HELPER, ""))
    moved = shown("-c", LOAD, pack(tmp_path, "moved", HELPER, "HELPER = 1"))
    comments = shown("-c", LOAD, pack(tmp_path, "comments", COMMENTED, ""))
    edited = shown("-c", LOAD, pack(tmp_path, "edited", OTHER_HELPER, HELPER + FUNCTION))
    assert first == moved == comments
    assert first["packed"] == first["packed_package.inner"]
    assert first["compiled"] == first["other_file"]
    assert {value for value, _ in first.values()} == {20}
    assert {value for value, _ in edited.values()} == {30}
    assert not {key for _, key in first.values()} & {key for _, key in edited.values()}


def test_a_program_in_a_zip_file_has_the_key_of_the_module_in_it(tmp_path):
    packed, edited = pack(tmp_path, "packed", HELPER, ""), pack(tmp_path, "edited", OTHER_HELPER, "")
    assert shown(packed / "packed.zip") == shown("-c", LOAD, packed)["packed"]
    assert shown(edited / "packed.zip") == shown("-c", LOAD, edited)["packed"]


# A program as a script, a module, and what runs it

PARTS = {
    "pkg/__init__.py": "",
    "pkg/helper.py": HELPER,
    "pkg/mod.py": """
        import memo
        from pkg import helper
        from pkg.helper import g
        RATE = 10
        class C:
            def m(self, x):
                return helper.g(x) * RATE
        @memo.cached
        def f(c, x=1):
            return c.m(x) + g(x) - g(x)
        if __name__ == "__main__":
            print((f(C()), f.key(C()), f.stats().hits))
    """,
    "pkg/__main__.py": "from pkg.mod import *\nprint((f(C()), f.key(C()), f.stats().hits))\n",
}
WAYS = {
    "script": ["pkg/mod.py"],
    "module": ["-m", "pkg.mod"],
    "package": ["-m", "pkg"],
    "folder": ["pkg"],
    "imported": ["-c", "from pkg.mod import *; print((f(C()), f.key(C()), f.stats().hits))"],
    "run_module": ["-c", "import runpy; runpy.run_module('pkg.mod', run_name='__main__')"],
    "run_module that alters sys": [
        "-c",
        "import runpy; runpy.run_module('pkg.mod', run_name='__main__', alter_sys=True)",
    ],
    "run_module under its own name": [
        "-c",
        "import runpy; m = runpy.run_module('pkg.mod'); f, c = m['f'], m['C'](); print((f(c), f.key(c), 1))",
    ],
    "run_path": ["-c", "import runpy; runpy.run_path('pkg/mod.py', run_name='__main__')"],
    "pdb": ["-m", "pdb", "-c", "continue", "-c", "quit", "pkg/mod.py"],
    "cProfile": ["-m", "cProfile", "-o", os.devnull, "pkg/mod.py"],
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    for name, text in PARTS.items():
        save(folder, name, text)
    return folder


def test_a_program_has_one_key_however_it_is_run(package):
    seen = {}
    for name, arguments in WAYS.items():
        lines = [line for line in python(*arguments, cwd=package).splitlines() if line.startswith("(")]
        seen[name] = ast.literal_eval(lines[0])
    assert {value for value, _, _ in seen.values()} == {20}
    assert {name: key for name, (_, key, _) in seen.items() if key != seen["script"][1]} == {}
    assert [hits for _, _, hits in seen.values()] == [0] + [1] * (len(WAYS) - 1)


def test_a_helper_under_lru_cache_counts_without_the_name_of_its_module(tmp_path):
    """Else a script and its import, or the worker of a pool, compute the same twice."""
    text = f"import functools\n@functools.lru_cache\n{HELPER}{FUNCTION}"
    program = save(tmp_path, "one.py", f"{text}print((f(1), f.key(1)))\n")
    save(tmp_path, "other.py", text.replace("x + 1", "x + 2"))
    assert shown(program) == shown("-c", "import one", cwd=tmp_path)
    other = shown("-c", "from other import f; print((f(1), f.key(1)))", cwd=tmp_path)
    assert other[0] == 30
    assert other[1] != shown(program)[1]


def test_a_library_that_imports_its_parts_when_they_are_used_changes_no_key(tmp_path):
    """Every program that uses numpy.random would compute everything twice: before it is imported, and after."""
    (tmp_path / "script.py").write_text(LAZY)
    assert python(tmp_path / "script.py").split() == ["True"]
