"""A real notebook: cells run again and edited, beside magics, in a restarted kernel, with modules that change."""

from __future__ import annotations

import ast
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import memo

pytest.importorskip("ipykernel")
jupyter_client = pytest.importorskip("jupyter_client")

PACKAGE_PARENT = Path(memo.__file__).parents[1]
TIMES = itertools.count(2_000_000_000)  # of files: each version of a module is newer than the one before

HELPER = "def g(x):\n    return x + 1"
FUNCTION = "import memo\n@memo.cached\ndef f(x):\n    return 10 * g(x)"
ASK = "f(1), f.stats().hits"


class Notebook:
    """A kernel and what its user does: runs cells, restarts it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self._manager = jupyter_client.KernelManager()
        self._manager.start_kernel(
            env=environment, cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._connect()

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def restart(self) -> None:
        self._client.stop_channels()
        self._manager.restart_kernel(now=True)
        self._connect()

    def stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, *cells: str) -> Any:
        """Run cells; return the value of the last one's last expression, if it is a literal."""
        shown = ""
        for cell in cells:
            messages: list[dict[str, Any]] = []
            self._client.execute_interactive(cell, output_hook=messages.append, timeout=60, allow_stdin=False)
            shown = ""
            for message in messages:
                content = message["content"]
                if message["msg_type"] == "error":
                    pytest.fail(f"{cell}\n{content['ename']}: {content['evalue']}", pytrace=False)
                if message["msg_type"] == "execute_result":
                    shown = content["data"]["text/plain"]
        return None if not shown or shown.startswith("<") else ast.literal_eval(shown)

    def fails(self, cell: str) -> None:
        """Run a cell that ends in an error."""
        reply = self._client.execute_interactive(
            cell, output_hook=lambda message: None, timeout=60, allow_stdin=False
        )
        assert reply["content"]["status"] == "error"

    def save(self, name: str, text: str) -> Path:
        """Save a file beside the notebook, newer than whatever was there."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        time = next(TIMES)
        os.utime(path, (time, time))
        return path

    def python(self, *args: object, cwd: Path | None = None) -> str:
        """Run Python beside the notebook; return what it printed."""
        done = subprocess.run(
            [sys.executable, *map(str, args)],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Start one kernel for all tests, away from the user's profile."""
    folder, jupyter = tmp_path_factory.mktemp("notebook"), tmp_path_factory.mktemp("jupyter")
    paths = {name: str(jupyter) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    paths |= {"JUPYTER_RUNTIME_DIR": str(jupyter), "JUPYTER_PLATFORM_DIRS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    paths["MEMO_DIRECTORY"] = str(tmp_path_factory.mktemp("notebook-cache"))
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        paths["PYTHONPATH"] = str(PACKAGE_PARENT)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in paths.items():
            patch.setenv(name, value)  # this process looks for kernels, and keeps the connection's file there
        started = Notebook(folder, {**os.environ, "PYTHONHASHSEED": "random"})
        yield started
        started.stop()


@pytest.fixture
def notebook(kernel):
    """Return the kernel without names, `__future__` flags and results of the test before."""
    kernel.run("%reset -f", "get_ipython().compile.reset_compiler_flags()", "import memo; memo.clear()")
    return kernel


# Cells run again


@pytest.mark.parametrize(
    "again",
    [
        HELPER,
        f"# a comment\n\n{HELPER}  # another",
        'def g(x):\n    """Say what it does."""\n    return x + 1',
        "def g( x ):\n    return (x\n            + 1)",
        "def g(x: int) -> int:\n    return x + 1",
        f"{HELPER}\n\nprint('beside it')",
        f"import math; other = math.pi\n{HELPER}",
        f"def other(x):\n    return x + 2\n{HELPER}",
    ],
    ids=["unchanged", "comments", "docstring", "formatting", "hints", "more below", "more above", "another first"],
)
def test_a_helpers_cell_run_again_without_an_edit_that_counts_is_a_hit(notebook, again):
    assert notebook.run(HELPER, FUNCTION, ASK) == (20, 0)
    assert notebook.run(again, ASK) == (20, 1)


def test_a_helpers_cell_run_again_with_an_edit_is_computed_and_the_edit_undone_is_a_hit(notebook):
    assert notebook.run(HELPER, FUNCTION, ASK) == (20, 0)
    assert notebook.run(HELPER.replace("1", "2"), ASK) == (30, 0)
    assert notebook.run(HELPER, ASK) == (20, 1)
    assert notebook.run("def h(x):\n    return x + 3\ng = h", ASK) == (40, 1)
    assert notebook.run("g = lambda x: x + 4; h = lambda x: x + 5", ASK) == (50, 1)
    assert notebook.run("h = lambda x: x + 4; g = lambda x: x + 5", ASK) == (60, 1)


def test_the_cell_of_the_cached_function_run_again(notebook):
    assert notebook.run(HELPER, FUNCTION, ASK) == (20, 0)
    assert notebook.run(FUNCTION, ASK) == (20, 1)
    assert notebook.run(f"# again\n{FUNCTION}", ASK) == (20, 1)
    assert notebook.run(FUNCTION.replace("10", "11"), ASK) == (22, 0)
    assert notebook.run(FUNCTION, ASK) == (20, 1)


def test_cells_run_in_another_order_have_the_same_key(notebook):
    key = notebook.run(HELPER, FUNCTION, "f.key(1)")
    assert notebook.run("%reset -f", FUNCTION, HELPER, "f.key(1)") == key
    assert notebook.run("%reset -f", f"{HELPER}\n{FUNCTION}", "f.key(1)") == key


def test_a_cell_that_fails_half_way_has_defined_what_stands_above(notebook):
    key = notebook.run(HELPER, FUNCTION, "f.key(1)")
    notebook.run("%reset -f", FUNCTION)
    notebook.fails(f"{HELPER}\n1 / 0\n{HELPER.replace('1', '2')}")
    assert notebook.run("f.key(1)") == key


def test_a_constant_changed_in_a_cell(notebook):
    assert notebook.run("RATE = 2", "def g(x):\n    return x * RATE", FUNCTION, ASK) == (20, 0)
    assert notebook.run("RATE = 3", ASK) == (30, 0)
    assert notebook.run("RATE = 2  # again", ASK) == (20, 1)
    assert notebook.run("RATE = 2.0", ASK) == (20.0, 1)


CLASS = "class Model:\n    rate = 2\n    def predict(self, x):\n        return x * self.rate"
HAS_CLASS = "import memo\n@memo.cached\ndef f(x):\n    return Model().predict(x)"


def test_a_method_edited_in_a_cell(notebook):
    assert notebook.run(CLASS, HAS_CLASS, ASK) == (2, 0)
    assert notebook.run(CLASS, ASK) == (2, 1)
    assert notebook.run(CLASS.replace("x * self", "x + self"), ASK) == (3, 1)
    assert notebook.run(CLASS.replace("rate = 2", "rate = 5"), ASK) == (5, 1)
    assert notebook.run(f"# the first again\n{CLASS}", ASK) == (2, 2)


def test_an_instance_as_argument_counts_with_its_class_as_it_was_when_it_was_made(notebook):
    ask = "f(m), f.stats().hits"
    notebook.run(CLASS, "import memo\n@memo.cached\ndef f(model):\n    return model.predict(1)", "m = Model()")
    assert notebook.run(ask) == (2, 0)
    assert notebook.run(CLASS.replace("x *", "x -"), ask) == (2, 1)  # `m` is still one of the old class
    assert notebook.run("m = Model()", ask) == (-1, 1)
    assert notebook.run(CLASS, "m = Model()", ask) == (2, 2)


def test_a_result_comes_back_as_one_of_the_class_that_was_defined_last(notebook):
    notebook.run(CLASS, "import memo\n@memo.cached\ndef f(x):\n    return Model()", "f(1)")
    assert notebook.run(CLASS, "type(f(1)) is Model, f.stats().hits") == (True, 1)


def test_a_function_from_a_cell_as_argument(notebook):
    ask = "f(g), f.stats().hits"
    notebook.run(HELPER, "import memo\n@memo.cached\ndef f(function):\n    return function(1)")
    assert notebook.run(ask) == (2, 0)
    assert notebook.run(HELPER, ask) == (2, 1)
    assert notebook.run(HELPER.replace("1", "2"), ask) == (3, 1)


# What may stand beside a function in its cell

BESIDE = {
    "top-level await": "import asyncio\n{}\nawait asyncio.sleep(0)",
    "top-level async with": "import contextlib\n{}\nasync with contextlib.AsyncExitStack():\n    pass",
    "a line magic": "%time 1\n{}",
    "a line magic below": "{}\n%time f.key(1)",
    "a shell command": "!true\n{}",
    "a shell command that is assigned": "lines = !echo 1\n{}",
    "help": "{}\nlen?",
    "a cell magic that runs the cell": "%%capture\n{}",
    "a future import": "from __future__ import annotations\n{}",
}


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_beside_a_function_does_not_count(notebook, beside):
    plain = notebook.run(HELPER, FUNCTION, "f.key(1), f(1)")
    assert plain[1] == 20
    assert notebook.run("%reset -f", BESIDE[beside].format(f"{HELPER}\n{FUNCTION}"), ASK) == (20, 1)
    assert notebook.run("f.key(1), f(1)") == plain


def test_cells_after_a_future_import(notebook):
    """It holds for all later cells, and leaves its mark in each of their code objects."""
    notebook.run("from __future__ import annotations", HELPER, FUNCTION)
    assert notebook.run(ASK) == (20, 0)
    assert notebook.run(f"# again\n{HELPER}", ASK) == (20, 1)
    assert notebook.run(HELPER.replace("1", "2"), ASK) == (30, 1)
    text = f"from __future__ import annotations\n{HELPER}\n{FUNCTION}\nprint(f.fingerprint().code.hex())"
    code = notebook.python(notebook.save("future_program.py", text))
    assert notebook.run(HELPER, "f.fingerprint().code.hex()") == code


@pytest.mark.parametrize("magic", ["%%time", "%%prun -q", "%%python_here"])
def test_a_function_defined_under_a_cell_magic(notebook, magic):
    """Some of them compile the cell themselves, and keep its text nowhere."""
    if magic == "%%python_here":
        notebook.run(
            "from IPython.core.magic import register_cell_magic\n"
            "@register_cell_magic\n"
            "def python_here(line, cell):\n"
            "    exec(cell, get_ipython().user_ns)"
        )
    assert notebook.run(f"{magic}\n{HELPER}", f"{magic}\n{FUNCTION}", ASK) == (20, 0)
    assert notebook.run(f"{magic}\n{HELPER}", ASK) == (20, 1)
    assert notebook.run(f"{magic}\n{FUNCTION}", ASK) == (20, 1)
    assert notebook.run(f"{magic}\n{HELPER.replace('1', '2')}", ASK) == (30, 1)


# Kernels that restart, and the same code elsewhere

SESSIONS = {
    "two cells": (HELPER, FUNCTION),
    "a constant and a class": ("RATE = [1, {'a'}]", f"{CLASS}\n    extra = len(RATE)", HAS_CLASS),
    "a shell command in a helper": ("def g(x):\n    !true\n    return x", FUNCTION),
    "top-level await": (HELPER, f"import asyncio\n{FUNCTION}\nawait asyncio.sleep(0)"),
    "a cell magic": (f"%%time\n{HELPER}", f"%%time\n{FUNCTION}"),
    "a closure": ("def make(n):\n    return lambda x: x + n\ng = make(3)", FUNCTION),
    "a dataclass": (
        "from dataclasses import dataclass",
        f"@dataclass\n{CLASS.replace('rate =', 'rate: int =')}",
        HAS_CLASS,
    ),
    "a future import": ("from __future__ import annotations", HELPER, FUNCTION),
}


@pytest.fixture(scope="module")
def restarted(kernel):
    """Run every session in a kernel and again in the one that follows it."""

    def run_all() -> dict[str, Any]:
        seen = {}
        for name, cells in SESSIONS.items():
            kernel.run("%reset -f", "get_ipython().compile.reset_compiler_flags()", *cells)
            seen[name] = kernel.run("f.__wrapped__.__code__.co_filename, f.key(1), f(1), f.stats().hits")
        return seen

    kernel.run("import memo; memo.clear()")
    before = run_all()
    kernel.restart()
    return before, run_all()


@pytest.mark.parametrize("session", SESSIONS)
def test_the_same_cells_in_a_restarted_kernel_are_hits(restarted, session):
    """The name that ipykernel gives to a cell's file contains the number of its process."""
    before, after = (seen[session] for seen in restarted)
    assert before[0] != after[0] or before[0] in {"<timed exec>", "<string>"}
    assert after[1:] == (*before[1:3], 1)


def test_cells_and_a_program_of_the_same_code_have_the_same_key(notebook):
    text = "RATE = 3\ndef g(x: int):\n    # the rate\n    return x * RATE"
    function = f"{FUNCTION}\nshown = (f.fingerprint().code.hex(), f.key(1))"
    program = notebook.save("same_program.py", f"{text}\n\n\n{function}\nprint(shown)")
    shown = ast.literal_eval(notebook.python(program))
    assert notebook.run(text, function, "shown") == shown
    assert notebook.run("%reset -f", "%run same_program.py", "shown") == shown
    assert notebook.run("%reset -f", "import same_program; same_program.shown") == shown


def test_a_module_saved_while_the_kernel_runs_does_not_poison_the_cache(notebook):
    """The kernel computes with what it has loaded; whoever loads the new version must not get that."""
    notebook.save("poison.py", HELPER)
    function = FUNCTION.replace("g(x)", "poison.g(x)")
    notebook.run("import poison", function)
    notebook.save("poison.py", HELPER.replace("1", "2"))
    assert notebook.run(ASK) == (20, 0)
    notebook.restart()
    assert notebook.run("import poison", function, ASK) == (30, 0)
    notebook.save("poison.py", HELPER)
    assert notebook.run("import importlib; importlib.reload(poison);", "f(1)") == 20


def test_a_function_from_a_cell_has_the_same_key_where_it_is_pickled_to(notebook):
    pytest.importorskip("cloudpickle")
    dump = "import cloudpickle\nwith open('cell.pickle', 'wb') as file:\n    cloudpickle.dump(f, file)"
    key, value = notebook.run("RATE = 2", "def g(x):\n    return x * RATE", FUNCTION, dump, "f.key(1), f(1)")
    show = "import pickle; f = pickle.load(open('cell.pickle', 'rb')); print(f.key(1), f(1), f.stats().hits)"
    assert notebook.python("-c", show).split() == [key, str(value), "1"]


# Autoreload


@pytest.fixture
def reloading(notebook):
    notebook.run("%reload_ext autoreload", "%autoreload 2")
    yield notebook
    notebook.run("%autoreload 0")


@pytest.mark.parametrize(
    ("statement", "call"),
    [("import reloaded{0}", "reloaded{0}.g(x)"), ("from reloaded{0} import g", "g(x)")],
    ids=["by module", "by name"],
)
def test_autoreload_of_an_edited_helper_module(reloading, statement, call):
    name = "1" if "from" in statement else "2"
    reloading.save(f"reloaded{name}.py", HELPER)
    reloading.run(statement.format(name), FUNCTION.replace("g(x)", call.format(name)))
    assert reloading.run(ASK) == (20, 0)
    reloading.save(f"reloaded{name}.py", f"# a comment\n{HELPER}")
    assert reloading.run(ASK) == (20, 1)
    reloading.save(f"reloaded{name}.py", HELPER.replace("1", "2"))
    assert reloading.run(ASK) == (30, 1)
    reloading.save(f"reloaded{name}.py", HELPER)
    assert reloading.run(ASK) == (20, 2)


def test_autoreload_of_an_edited_class(reloading):
    """It puts the new methods into the old class, so that old instances have them."""
    reloading.save("reloaded3.py", CLASS)
    reloading.run("from reloaded3 import Model", "model = Model()")
    reloading.run("import memo\n@memo.cached\ndef f(x):\n    return model.predict(x)")
    assert reloading.run(ASK) == (2, 0)
    reloading.save("reloaded3.py", CLASS.replace("x * self", "x + self"))
    assert reloading.run(ASK) == (3, 0)


def test_autoreload_of_the_module_of_the_cached_function(reloading):
    reloading.save("reloaded4.py", f"{HELPER}\n{FUNCTION}")
    reloading.run("import reloaded4")
    ask = "reloaded4.f(1), reloaded4.f.is_cached(1)"
    assert reloading.run(ask) == (20, True)
    reloading.save("reloaded4.py", f"{HELPER.replace('1', '2')}\n{FUNCTION}")
    assert reloading.run(ask) == (30, True)
    reloading.save("reloaded4.py", f"{HELPER}\n{FUNCTION.replace('10', '100')}")
    assert reloading.run(ask) == (200, True)


def test_autoreload_of_a_cached_function_that_was_imported_by_name(reloading):
    """It puts the new attributes into the old function: call and attributes must speak of the same code."""
    reloading.save("reloaded5.py", f"{HELPER}\n{FUNCTION}")
    reloading.run("from reloaded5 import f")
    assert reloading.run("f(1), f.is_cached(1)") == (20, True)
    reloading.save("reloaded5.py", f"{HELPER}\n{FUNCTION.replace('10', '100')}")
    assert reloading.run("f.is_cached(1)") is False
    assert reloading.run("f(1), f.is_cached(1)") == (200, True)
