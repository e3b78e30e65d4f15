"""What the fingerprint is made of and when it holds, beyond the table of edits (`test_fingerprint_edits.py`)."""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import memo
from memo import cached
from memo.fingerprint import Tracker

PACKAGE_PARENT = Path(memo.__file__).parents[1]


class Project:
    """A folder of modules that this process imports and edits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def write(self, name: str, source: str) -> Path:
        path = self.folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return path

    def load(self, source: str, name: str = "edited") -> Any:
        self.write(name, source)
        self.names.append(name)
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module(name)


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = Project(folder)
    yield made
    for name in made.names:
        sys.modules.pop(name, None)


def environment(**more: str) -> dict[str, str]:
    found = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **more}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        found["PYTHONPATH"] = str(PACKAGE_PARENT)
    return found


def python(*args: object, cwd: Path | None = None, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(**more),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# Loaded code, not the text of a file


def test_a_file_saved_while_the_program_runs_does_not_poison_the_cache(project):
    module = project.load("from memo import cached\n@cached\ndef f():\n    return 'old'\n")
    project.write("edited", "from memo import cached\n@cached\ndef f():\n    return 'new'\n")
    assert module.f() == "old"
    assert python("-c", "import edited; print(edited.f())", cwd=project.folder) == "new"


def test_a_helper_saved_while_the_program_runs_does_not_poison_the_cache(project):
    project.load("def g():\n    return 'old'\n", "poisonous")
    module = project.load(
        "from memo import cached\nimport poisonous\n@cached\ndef f():\n    return poisonous.g()\n"
    )
    project.write("poisonous", "def g():\n    return 'new'\n")
    assert module.f() == "old"
    assert python("-c", "import edited; print(edited.f())", cwd=project.folder) == "new"


def test_a_file_saved_between_two_calls_does_not_poison_the_cache(project):
    module = project.load("from memo import cached\n@cached\ndef f(x):\n    return 'old'\n")
    assert module.f(1) == "old"
    project.write("edited", "from memo import cached\n@cached\ndef f(x):\n    return 'new'\n")
    assert module.f(2) == "old"
    program = "import edited; print(edited.f(1), edited.f(2))"
    assert python("-c", program, cwd=project.folder) == "new new"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return x + 1, 'a'", "return x + 1, 'b'"),
        ("return 1", "return True"),
        ("return 0.0", "return -0.0"),
        ("return (1, 2)", "return (1, 2.0)"),
        ("return x.real", "return x.imag"),
        ("return lambda: 1", "return lambda: 2"),
        ("return [i for i in range(3)]", "return [i for i in range(4)]"),
        ("return dict(a=1)", "return dict(b=1)"),
        ("return 1 < x", "return 1 > x"),
        ("return f'{x!r}'", "return f'{x!s}'"),
    ],
)
def test_a_tree_is_believed_only_if_it_compiles_to_the_loaded_code(project, old, new):
    text = "def f(x):\n    {}\n"
    module = project.load(text.format(old))
    before = Tracker(project.load(text.format(old)).f).current().code
    project.write("edited", text.format(new))
    os.utime(project.folder / "edited.py", (1, 1))
    unit = Tracker(module.f).current().units[0]
    assert unit.text.startswith("python==")  # bytecode, not the tree
    project.write("edited", text.format(old))
    assert Tracker(module.f).current().code == before


def test_comments_saved_while_the_program_runs_change_nothing(project):
    module = project.load("def f(x):\n    return x + 1\n")
    before = Tracker(module.f).current()
    project.write("edited", "# moved down\n\n\ndef f(x):\n    # a comment\n    return x + 1\n")
    assert Tracker(module.f).current() == before._replace(units=Tracker(module.f).current().units)


# Code without source

EXEC = """
    import memo
    text = "def g(x):\\n    return x + N\\n@memo.cached\\ndef f(x):\\n    return g(x)\\n"
    space = {"memo": memo, "N": 1, "__name__": "made"}
    exec(text, space)
    f = space["f"]
"""


def test_functions_made_by_exec_are_cached_across_processes(project):
    project.write("made_by_exec", EXEC)
    show = "from made_by_exec import f, space; print(f(1), f.stats().hits, f.key(1))"
    first = python("-c", show, cwd=project.folder, PYTHONHASHSEED="1").split()
    second = python("-c", show, cwd=project.folder, PYTHONHASHSEED="2").split()
    assert (first[:2], second[:2]) == (["2", "0"], ["2", "1"])
    assert first[2] == second[2]


def test_functions_made_by_exec_notice_their_helpers_and_globals(project):
    space = project.load(EXEC, "made_by_exec").space
    f = space["f"]
    keys = [f.key(1)]
    space["N"] = 2
    keys.append(f.key(1))
    exec("def g(x):\n    return x - N", space)
    keys.append(f.key(1))
    assert len(set(keys)) == 3
    assert f(1) == -1


def test_python_c(tmp_path):
    program = "import memo\n@memo.cached\ndef f(x):\n    return x + {0}\nprint(f(1), f.stats().hits)"
    assert python("-c", program.format(1), PYTHONHASHSEED="1") == "2 0"
    assert python("-c", program.format(1), PYTHONHASHSEED="2") == "2 1"
    assert python("-c", program.format(2), PYTHONHASHSEED="3") == "3 0"


def test_a_program_on_standard_input(tmp_path):
    program = "import memo\n@memo.cached\ndef f(x):\n    return x + 1\nprint(f(1), f.stats().hits)"
    outputs = [
        subprocess.run(
            [sys.executable, "-"], env=environment(), input=program, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert [done.stdout.strip() for done in outputs] == ["2 0", "2 1"]


def test_a_deleted_file(project):
    module = project.load("from memo import cached\ndef g():\n    return 1\n@cached\ndef f():\n    return g()\n")
    (project.folder / "edited.py").unlink()
    assert module.f() == 1
    key = module.f.key()
    module.g = lambda: 2
    assert module.f.key() != key
    assert module.f() == 2


def test_a_file_deleted_later_changes_nothing(project):
    module = project.load("from memo import cached\ndef g():\n    return 1\n@cached\ndef f():\n    return g()\n")
    key = module.f.key()
    (project.folder / "edited.py").unlink()
    assert module.f.key() == key


def test_cells_of_a_notebook_have_their_text_in_linecache(monkeypatch):
    import linecache

    def run(cell: str, number: int) -> Any:
        name = f"<ipython-input-{number}>"
        monkeypatch.setitem(linecache.cache, name, (len(cell), None, cell.splitlines(keepends=True), name))
        exec(compile(cell, name, "exec"), space)
        return space["f"]

    space: dict[str, Any] = {"memo": memo, "__name__": "__main__"}
    first = run("@memo.cached\ndef f(x):\n    return x + 1\n", 1).key(1)
    assert run("# again\n\n@memo.cached\ndef f(x):\n    return (x + 1)\n", 2).key(1) == first
    assert run("@memo.cached\ndef f(x):\n    return x + 2\n", 3).key(1) != first


# Where the code stands


def test_main_and_imported_are_the_same(project):
    project.write(
        "program",
        """
        from dataclasses import dataclass
        from memo import cached
        RATE = [1]
        class C:
            def m(self): return RATE
        X = C()
        def g(): return C().m(), X
        @cached
        def f(c): return len(g())
        print(f.key(C()))
        """,
    )
    keys = {
        python("program.py", cwd=project.folder),
        python(project.folder / "program.py"),
        python("-m", "program", cwd=project.folder),
        python("-c", "import program", cwd=project.folder),
    }
    assert len(keys) == 1


def test_a_script_that_changes_its_working_directory_first(project):
    source = "import os\nos.chdir('/')\nfrom memo import cached\n@cached\ndef f(): return {}\nprint(f.key())\n"
    project.write("program", source.format("(1)"))
    first = python("program.py", cwd=project.folder)
    project.write("program", source.format("1"))
    assert python("program.py", cwd=project.folder) == first


def test_optimised_code_with_an_assert_is_other_code(project):
    project.write(
        "program",
        """
        from memo import cached
        @cached
        def f():
            try:
                assert False
            except AssertionError:
                return "asserted"
            return "not"
        print(f())
        """,
    )
    assert python("program.py", cwd=project.folder) == "asserted"
    assert python("-O", "program.py", cwd=project.folder) == "not"


def test_optimised_code_without_an_assert_is_the_same_code(project):
    project.write("program", "from memo import cached\n@cached\ndef f(): return 1\nprint(f.key())\n")
    plain = python("program.py", cwd=project.folder)
    assert python("-O", "program.py", cwd=project.folder) == plain
    assert python("-OO", "program.py", cwd=project.folder) == plain


def test_debug_is_read_as_a_constant(project):
    project.write("program", "from memo import cached\n@cached\ndef f(): return __debug__\nprint(f())\n")
    assert python("program.py", cwd=project.folder) == "True"
    assert python("-O", "program.py", cwd=project.folder) == "False"


# Libraries count by their version

USES = {
    "attribute": "import fakelib\n@cached\ndef f(): return fakelib.g()",
    "from import": "from fakelib import g\n@cached\ndef f(): return g()",
    "submodule": "import fakelib.sub\n@cached\ndef f(): return fakelib.sub.g()",
    "import in the body": "@cached\ndef f():\n    import fakelib\n    return fakelib.g()",
    "from import in the body": "@cached\ndef f():\n    from fakelib.sub import g\n    return g()",
    "through a helper": "import fakelib\ndef h(): return fakelib.g()\n@cached\ndef f(): return h()",
    "class": "from fakelib import C\n@cached\ndef f(): return C().m()",
    "base class": "from fakelib import C\nclass D(C): pass\n@cached\ndef f(): return D().m()",
    "instance": "from fakelib import C\nX = C()\n@cached\ndef f(): return X.m()",
    "decorator": "from fakelib import deco\n@deco\ndef h(): return 1\n@cached\ndef f(): return h()",
    "partial": "import functools, fakelib\nh = functools.partial(fakelib.g)\n@cached\ndef f(): return h()",
    "in a list": "from fakelib import g\nX = [g]\n@cached\ndef f(): return X[0]()",
    "a cell": "import fakelib\ndef make(h):\n    return cached(lambda: h())\nf = make(fakelib.g)",
    "a default": "from fakelib import g\n@cached\ndef f(h=g): return h()",
    "made by exec": "from fakelib import made\n@cached\ndef f(): return made()",
    "a dataclass": "from fakelib import D\n@cached\ndef f(): return D(1).m()",
}


@pytest.fixture
def library(project):
    """Return a function that installs a version of a distribution; its code changes with it."""
    folder = project.folder / "site-packages"

    def install(version: str, body: str = "1") -> None:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "fakelib").mkdir(parents=True)
        info = folder / f"fakelib-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: fakelib\nVersion: {version}\n")
        (folder / "fakelib" / "__init__.py").write_text(
            textwrap.dedent(
                f"""
                import dataclasses, functools, threading
                LOCK = threading.Lock()
                NEXT = iter([])
                def g(): return {body}
                class C:
                    def m(self): return g()
                def deco(h):
                    @functools.wraps(h)
                    def w():
                        with LOCK:
                            return h() + g()
                    return w
                @dataclasses.dataclass
                class D:
                    a: int
                    def m(self): return g()
                exec("def made(): return g(), NEXT")
                """
            )
        )
        (folder / "fakelib" / "sub.py").write_text(f"def g(): return {body}\n")

    install("1.0")
    return install


@pytest.mark.parametrize("use", USES)
def test_a_library_counts_by_its_version(project, library, use):
    project.write(
        "program",
        f"import warnings\nwarnings.simplefilter('error')\nfrom memo import cached\n{USES[use]}\nprint(f.key())",
    )

    def key() -> str:
        return python("-c", "import sys; sys.path.append('site-packages'); import program", cwd=project.folder)

    first = key()
    library("1.0", body="1 + 0")
    assert key() == first
    library("2.0")
    assert key() != first
    library("1.0")
    assert key() == first


def test_a_library_that_is_not_used_does_not_count(project, library):
    text = "import fakelib\nfrom memo import cached\n@cached\ndef f(): return 1\nprint(f.key())"
    project.write("program", text)
    run = functools.partial(
        python, "-c", "import sys; sys.path.append('site-packages'); import program", cwd=project.folder
    )
    first = run()
    library("2.0")
    assert run() == first


def test_the_environment_names_python_and_the_libraries():
    @cached
    def f(x):
        return np.sum(x)

    assert f.fingerprint().environment == (
        f"python=={sys.version_info.major}.{sys.version_info.minor}",
        f"numpy=={np.__version__}",
    )


def test_threads_that_parse_at_once_do_not_trip_over_each_other(tmp_path):
    """On Python 3.11, two trees built at the same time end in a SystemError of the interpreter."""
    program = """
        import sys, threading, gc
        sys.setswitchinterval(1e-6)
        gc.set_threshold(1)
        gc.callbacks.append(lambda phase, info: [None for _ in range(200)])  # threads change places here
        from memo.fingerprint.syntax import parse
        text, wrong = "x = [" + "(1 + f(2, *[3]))," * 300 + "]", []
        def run():
            try:
                for _ in range(20): parse(text)
            except BaseException as error: wrong.append(error)
        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(wrong)
    """
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(program))
    assert python(path) == "[]"


# Guards: what changes while the program runs


@pytest.fixture
def guarded(project):
    project.load("def g():\n    return 1\nRATE = 1\n", "guarded_helpers")
    return project.load(
        """
        from memo import cached
        import decimal
        import functools
        import guarded_helpers
        RATE = 1
        RATES = [1]
        TABLE = {"a": [1]}
        CONTEXT = decimal.Context(prec=5)
        class Base:
            def k(self): return 1
        class C(Base):
            x = 1
            xs = [1]
            def m(self): return self.x
            @property
            def p(self): return 1
        X = C()
        X.y = 1
        def g(x=1, *, k=1): return x
        def h(): return g()
        @functools.singledispatch
        def s(x): return 0
        def make(n):
            @cached
            def f(): return n
            def change(m):
                nonlocal n
                n = m
            return f, change
        counts, change = make(1)
        @cached
        def f():
            return (RATE, RATES, TABLE, h(), C().m(), C().p, C().k(), C.xs, X.y, guarded_helpers.g(),
                    guarded_helpers.RATE, s(1), CONTEXT.divide(1, 3), oct(8))
        @cached
        def lazy():
            try:
                return later()
            except NameError:
                return None
        """,
        "guarded",
    )


CHANGES = {
    "a global rebound": "m.RATE = 2",
    "a global rebound to an equal value of another type": "m.RATE = True",
    "a list changed": "m.RATES.append(2)",
    "a list in a dict changed": "m.TABLE['a'].append(2)",
    "a dict changed": "m.TABLE['b'] = 1",
    "a helper rebound": "m.h = lambda: 5",
    "a helper of a helper rebound": "m.g = lambda: 5",
    "a helper's code replaced": "m.g.__code__ = (lambda x=1, *, k=1: 5).__code__",
    "a helper's defaults replaced": "m.g.__defaults__ = (5,)",
    "a helper's keyword-only defaults replaced": "m.g.__kwdefaults__ = {'k': 5}",
    "a helper's keyword-only default changed in place": "m.g.__kwdefaults__['k'] = 5",
    "a method replaced": "m.C.m = lambda self: 5",
    "a method's code replaced": "m.C.m.__code__ = (lambda self: 5).__code__",
    "a property replaced": "m.C.p = property(lambda self: 5)",
    "a base's method replaced": "m.Base.k = lambda self: 5",
    "a method added that hides the base's": "m.C.k = lambda self: 5",
    "a class attribute replaced": "m.C.x = 5",
    "a class attribute deleted": "del m.C.xs; m.Base.xs = [5]",
    "a list of a class changed": "m.C.xs.append(5)",
    "the bases replaced": "m.C.__bases__ = (type('Other', (m.Base,), {'k': lambda self: 5}),)",
    "two members of a class exchanged": "m.C.x, m.C.xs = m.C.xs, m.C.x",
    "an attribute of an instance": "m.X.y = 5",
    "an attribute of a module": "m.guarded_helpers.RATE = 5",
    "a function of a module": "m.guarded_helpers.g = lambda: 5",
    "a module rebound": "import types; m.guarded_helpers = types.SimpleNamespace(g=lambda: 5, RATE=1)",
    "a built-in shadowed": "m.oct = lambda x: 'five'",
    "the code of the function itself": "m.f.__wrapped__.__code__ = (lambda: 5).__code__",
    "a value replaced by a function": "m.RATES[0] = lambda: 5",
    "an instance put into a list": "m.RATES[0] = type('New', (), {'__repr__': lambda self: 'five'})()",
    "a registration with a singledispatch": "m.s.register(int)(lambda x: 5)",
    "a context changed in place": "m.CONTEXT.prec = 9",
    "a built-in rebound": "import builtins; builtins.oct = lambda x: 'five'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_while_the_program_runs_is_noticed(guarded, change, monkeypatch):
    monkeypatch.setattr("builtins.oct", oct)
    guarded.f()
    key = guarded.f.key()
    assert guarded.f.key() == key
    exec(CHANGES[change], {"m": guarded, "__name__": "made"})
    assert guarded.f.key() != key
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not everything that is put there can be pickled
        assert repr(guarded.f())[:200] == repr(guarded.f.__wrapped__())[:200]


def test_a_class_made_in_a_namespace_without_a_name(guarded):
    key = guarded.f.key()
    exec("m.RATES[0] = type('New', (), {})()", {"m": guarded})
    assert guarded.f.key() != key


def test_a_cell_changed_through_nonlocal_is_noticed(guarded):
    assert guarded.counts() == 1
    guarded.change(2)
    assert guarded.counts() == 2
    guarded.change([3])
    assert guarded.counts() == [3]
    guarded.change(1)
    assert (guarded.counts(), guarded.counts.stats().hits) == (1, 1)


def test_a_name_that_appears_later_is_noticed(guarded):
    assert guarded.lazy() is None
    guarded.later = lambda: 5
    assert guarded.lazy() == 5
    del guarded.later
    assert guarded.lazy() is None


def test_a_change_taken_back_gives_the_old_key(guarded):
    key = guarded.f.key()
    guarded.RATES.append(2)
    guarded.RATE, changed = 7, guarded.f.key()
    assert guarded.f.key() != changed
    guarded.RATES.pop()
    guarded.RATE = 1
    assert guarded.f.key() == key


def test_an_attribute_of_a_function_is_watched(project):
    module = project.load("from memo import cached\ndef g(): return g.n\ng.n = 1\n@cached\ndef f(): return g()\n")
    assert module.f() == 1
    module.g.n = 2
    assert module.f() == 2


@pytest.mark.parametrize("change", ["m.RATE = 2", "m.LATER = 3"])
def test_a_module_used_as_a_value_is_watched(project, change):
    helpers = project.load("RATE = 1\ndef g(): return 1\n", "whole")
    module = project.load(
        """
        from memo import cached
        import whole
        def run(m): return m.RATE, m.g(), getattr(m, "LATER", None)
        @cached
        def f(): return run(whole)
        """
    )
    assert module.f() == (1, 1, None)
    exec(change, {"m": helpers})
    assert module.f() == module.f.__wrapped__()


def test_a_module_imported_anew_is_noticed_by_an_import_in_the_body(project):
    project.load("def g(): return 1\n", "anew")
    module = project.load("from memo import cached\n@cached\ndef f():\n    import anew\n    return anew.g()\n")
    assert module.f() == 1
    project.load("def g(): return 22\n", "anew")
    assert module.f() == 22


def test_a_sentinel_as_a_default(project):
    module = project.load(
        """
        from memo import cached
        UNSET = object()
        def g(x, y=UNSET): return y is UNSET
        @cached
        def f(x, y=UNSET): return g(x), y is UNSET
        """
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module.f(1) == module.f(1) == (True, True)
    assert module.f.stats().hits == 1


def test_a_reload_is_noticed(project):
    helpers = project.load("def g():\n    return 1\n", "reloaded")
    module = project.load("from memo import cached\nimport reloaded\n@cached\ndef f():\n    return reloaded.g()\n")
    assert module.f() == 1
    project.write("reloaded", "def g():\n    return 22\n")
    importlib.reload(helpers)
    assert module.f() == 22


def test_an_array_changed_in_place_is_noticed(project):
    module = project.load(
        "import numpy as np\nfrom memo import cached\nX = np.zeros(3)\n@cached\ndef f(): return X.sum().item()\n"
    )
    assert module.f() == 0
    module.X[1] = 2
    assert module.f() == 2


def test_the_fingerprint_is_the_same_object_while_nothing_changes(guarded):
    assert guarded.f.fingerprint() is guarded.f.fingerprint()


# Shapes of code


def test_deep_recursion_of_helpers(project):
    lines = [f"def g{n}(x): return g{n + 1}(x)" for n in range(1500)]
    text = "\n".join(
        [*lines, "def g1500(x): return x", "from memo import cached", "@cached", "def f(x): return g0"]
    )
    module = project.load(text)
    assert len(module.f.fingerprint().units) == 1502
    key = module.f.key(1)
    module.g1500 = lambda x: -x
    assert module.f.key(1) != key


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_deep_expressions(project, depth):
    text = "from memo import cached\n@cached\ndef f(x):\n    return x{0} + {1}\n"
    keys = [project.load(text.format(" + x" * depth, number)).f.key(1) for number in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]
    formatted = project.load(text.format(" + (x)" * depth, "( 1 )")).f
    assert formatted.key(1) == keys[0]


def test_a_long_elif(project):
    def text(last: int) -> str:
        lines = [f"    elif x == {n}: return {n}" for n in range(1, 95)]
        return "\n".join(
            [
                "from memo import cached",
                "@cached",
                "def f(x):",
                "    if x == 0: return 0",
                *lines,
                f"    return {last}",
            ]
        )

    keys = [project.load(text(last)).f.key(1) for last in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]


def test_a_class_that_refers_to_itself(project):
    text = """
        from memo import cached
        class Node:
            def __init__(self, x, child=None): self.x, self.child = x, child
            def grow(self): return Node(self.x + {0}, self)
            def twin(self): return type(self)(self.x)
        Node.root = Node
        Node.first = Node(1)
        Node.first.child = Node.first
        @cached
        def f(): return Node(1).grow().x
    """
    keys = [project.load(text.format(number)).f.key() for number in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]


def test_classes_that_refer_to_each_other(project):
    text = """
        from memo import cached
        class A:
            def other(self): return B()
        class B(A):
            def other(self): return A()
            def m(self): return {0}
        A.partner, B.partner = B, A
        @cached
        def f(): return A().other().m()
    """
    keys = [project.load(text.format(number)).f.key() for number in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]


def test_containers_that_hold_themselves_and_code(project):
    text = """
        from memo import cached
        def g(): return {0}
        X = [g]
        Y = {{"x": X, "g": g}}
        X.append(Y)
        Y["y"] = Y
        @cached
        def f(): return X[0]() + len(Y)
    """
    keys = [project.load(text.format(number)).f.key() for number in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]


def test_a_function_that_is_in_its_own_globals_and_containers(project):
    text = "from memo import cached\n@cached\ndef f(n): return n and T['f'](n - 1) + {0}\nT = {{'f': f}}\n"
    keys = [project.load(text.format(number)).f.key(3) for number in (1, 2, 1)]
    assert keys[0] == keys[2] != keys[1]
    assert project.load(text.format(1)).f(3) == 3


NEW_SYNTAX = [
    (False, "def g«→[T]»(x«→: T»): return x\n@cached\ndef f(): return g(1)"),
    (False, "«→type Number = int | float\n»@cached\ndef f(x«→: Number»=1): return x"),
    (True, "def g[T](x: T): return x + «1→2»\n@cached\ndef f(): return g(1)"),
    (True, "class C[T]:\n    def m(self, x: T): return x + «1→2»\n@cached\ndef f(): return C().m(1)"),
    (True, "class C[T]:\n    x = «1→2»\n@cached\ndef f(): return C[int].x"),
    (True, "@cached\ndef f[T](x=1): return x + «1→2»"),
    (
        True,
        "N = «1→2»\nclass C[T]:\n    def m[S](self, x: S): return N\n@cached\ndef f(): return C().m(1)",
    ),
    (True, "@cached\ndef f():\n    def g[T](x: T): return x + «1→2»\n    return g(1)"),
    (True, "@cached\ndef f(x='a'): return f'{x + f\"{x!«r→s»}\"}'"),
]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(("changes", "source"), NEW_SYNTAX)
def test_new_syntax(project, changes, source):
    def load(side: int) -> Any:
        text = re.sub("(?s)«(.*?)→(.*?)»", lambda found: found.group(side), source)
        return project.load(f"from memo import cached\n{text}\n").f

    keys = [load(side).key() for side in (1, 2, 1)]
    assert keys[0] == keys[2]
    assert (keys[0] != keys[1]) is changes
    assert load(2)() == load(2).__wrapped__()


def test_ignored_parameters_do_not_change_the_fingerprint():
    def f(a, b=1):
        return a

    assert str(cached(f).fingerprint()) == str(cached(ignore=("b",))(f).fingerprint())


# What it says of itself


def test_describe_names_units_values_and_environment(guarded):
    text = guarded.f.fingerprint().describe()
    assert text.startswith(f"fingerprint {guarded.f.fingerprint()}\ncode id ")
    for part in (
        "  f (",
        "  h (",
        "  C.m (",
        "  f: RATES = [1]\n",
        "  f: guarded_helpers.RATE = 1\n",
        "guarded.py:",
        "python==",
    ):
        assert part in text
    assert "environment python==" in text.splitlines()[-1]


def test_the_parts_of_two_fingerprints_show_what_has_changed(guarded):
    before = guarded.f.fingerprint()
    guarded.RATE = 2
    changed = set(guarded.f.fingerprint().parts) - set(before.parts)
    assert {(part.kind, part.name) for part in changed} == {("value", "f: RATE")}
    assert ("environment", "python", f"{sys.version_info.major}.{sys.version_info.minor}") in before.parts


def test_the_digest_is_32_hex_digits(guarded):
    fingerprint = guarded.f.fingerprint()
    assert str(fingerprint) == fingerprint.digest.hex()
    assert len(bytes.fromhex(str(fingerprint))) == 16


def test_the_manifest_says_what_the_code_id_is_made_of(guarded, cache_dir):
    f = memo.Cache(cache_dir).cached(guarded.f.__wrapped__)
    f()
    code = f.fingerprint().code.hex()
    (path,) = (cache_dir / "v1" / "functions").iterdir()
    content = json.loads(path.read_text())
    assert path.name == f"{code}.json"
    assert content["code"] == code
    assert content["format"] == 1
    assert content["names"] == [{"module": "guarded", "qualname": "f", "file": guarded.__file__}]
    units = {unit["name"]: unit for unit in content["units"]}
    assert {"f", "h", "g", "C", "C.m", "Base", "Base.k", "s"} <= units.keys()
    assert content["units"][0]["name"] == "f"
    assert units["g"]["file"] == guarded.__file__
    assert Path(guarded.__file__).read_text().splitlines()[units["h"]["line"] - 1].startswith("def h")
    assert units["h"]["text"] == "def h():\n    return g()"
    assert all(len(bytes.fromhex(unit["hash"])) == 16 for unit in content["units"])
    values = {value["name"]: value for value in content["values"]}
    assert values["f: guarded_helpers.RATE"]["repr"] == "1"
    assert len(bytes.fromhex(values["f: RATES"]["hash"])) == 16
    assert content["distributions"]["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_same_code_under_two_names_shares_one_manifest(project, cache_dir):
    cache = memo.Cache(cache_dir)
    one = cache.cached(project.load("def f(x):\n    return x + 1\n", "name_one").f)
    two = cache.cached(project.load("def g(x):\n    return x + 1\n", "name_two").g)
    assert one(1) == two(1) == 2
    assert two.stats().hits == 1
    two(2)
    (path,) = (cache_dir / "v1" / "functions").iterdir()
    assert [name["qualname"] for name in json.loads(path.read_text())["names"]] == ["f", "g"]


def test_nothing_is_computed_before_the_first_call():
    program = (
        "import sys, memo\n@memo.cached\ndef f(): return 1\n"
        "assert 'memo.fingerprint' not in sys.modules and 'ast' not in sys.modules and 'dis' not in sys.modules\n"
        "print(f())"
    )
    assert python("-c", program) == "1"


# What cannot be followed


def test_a_global_that_cannot_be_hashed_gives_one_warning_that_names_it(project):
    module = project.load(
        """
        from memo import cached
        STREAM = iter([1, 2, 3])
        RATE = 1
        @cached
        def f(x): return x + RATE, STREAM is None
        """
    )
    with pytest.warns(memo.MemoWarning, match=r"STREAM.*(argument|version=)") as caught:
        assert module.f(1) == (2, False)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module.f(1) == (2, False)
        assert module.f(2) == (3, False)
        key = module.f.key(1)
        module.RATE = 2
        assert module.f.key(1) != key
        module.RATE = 1
        assert module.f.key(1) == key
    assert module.f.stats().hits == 1


def test_a_global_that_cannot_be_hashed_is_noticed_when_it_is_rebound(project):
    module = project.load("from memo import cached\nSTREAM = iter([1])\n@cached\ndef f(): return STREAM is None\n")
    with pytest.warns(memo.MemoWarning, match="STREAM"):
        assert module.f() is False
    module.STREAM = None
    assert module.f() is True


def test_a_key_does_not_depend_on_what_cannot_be_hashed(project):
    project.write(
        "program",
        "from memo import cached\nX = iter([1])\n@cached\ndef f(): return X is None\nprint(f.key())\n",
    )
    assert (
        len(
            {
                python("-W", "ignore", "program.py", cwd=project.folder, PYTHONHASHSEED=str(seed))
                for seed in (1, 2, 3)
            }
        )
        == 1
    )


# Travel


@pytest.mark.parametrize("kept", [True, False])
def test_a_function_pickled_by_value_has_the_same_key_in_the_worker(project, kept):
    pytest.importorskip("cloudpickle")
    project.write(
        "program",
        """
        import sys, cloudpickle, memo
        RATE = 2
        def g(x):
            # a helper
            return (x * RATE)
        @memo.cached
        def f(x):
            return g(x) + 1
        if __name__ == "__main__":
            open("f.pickle", "wb").write(cloudpickle.dumps(f))
            print(f.key(1))
        """,
    )
    key = python("program.py", cwd=project.folder)
    if not kept:
        (project.folder / "program.py").unlink()
    show = "import pickle; f = pickle.load(open('f.pickle', 'rb')); print(f.key(1))"
    assert python("-c", show, cwd=project.folder).split()[0] == key


def test_a_function_pickled_by_value_returns_its_result_in_the_worker(project):
    pytest.importorskip("cloudpickle")
    project.write(
        "program",
        """
        import cloudpickle, memo
        @memo.cached
        def f(x): return x + 1
        if __name__ == "__main__":
            open("f.pickle", "wb").write(cloudpickle.dumps(f))
        """,
    )
    python("program.py", cwd=project.folder)
    show = "import pickle; f = pickle.load(open('f.pickle', 'rb')); print(f(1), f(1), f.stats().hits)"
    assert python("-c", show, cwd=project.folder) == "2 2 1"


# All Pythons


def other_pythons() -> list[str]:
    """Return further interpreters that can run memo: those named in TEST_PYTHONS, else those on the path."""
    named = os.environ.get("TEST_PYTHONS", "").split(os.pathsep)
    found = [name for name in named if name] or [shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)]
    return [name for name in found if name and _can_run(name)]


def _can_run(python: str) -> bool:
    check = "import sys, numpy, xxhash, blosc2, filelock; print(sys.version_info[:2])"
    done = subprocess.run([python, "-c", check], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() != str(sys.version_info[:2])


CORPUS = '''
import collections, dataclasses, enum, functools, math, re
from memo import cached

RATES = {"a": [1, 2.5, -0.0], "b": (True, None, b"x"), "c": {1, 2}}
PATTERN = re.compile("a+")

class Base:
    """A base."""
    rate: float = 0.5
    def m(self, x: int) -> int:
        return x + self.rate
    @property
    def p(self): return self.rate
    @classmethod
    def c(cls): return cls()
    @staticmethod
    def s(): return 1

class Sub(Base):
    def m(self, x):
        return super().m(x) + __class__.rate

class Kind(enum.Enum):
    A = 1
    B = "b"
    def label(self): return self.name.lower()

def deco(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapper

@deco
def helper(x, *, k=3):
    """What it does."""
    return [y for y in (z * k for z in range(x)) if y % 2]

@functools.lru_cache
def remembered(x): return x

def gen(n):
    try:
        yield from (i for i in range(n))
    except ValueError as error:
        raise KeyError from error
    finally:
        pass

def matched(x):
    match x:
        case {"a": a, **rest} if a: return rest
        case [1, *others] | (2, *others): return others
        case Sub(rate=r): return r
        case str() | None: return f"{x!r:>{10}} {x=}"
        case _: return 0x10 + 1_000j

def with_lambda(x):
    total = 0
    g = lambda a, b=2: a + b if x else (total := 1)
    def inner(*args, **kw):
        nonlocal total
        total += len(args)
        return {k: v for k, v in kw.items()}
    with x as handle, handle:
        del handle
    return g, inner, (*range(3),), {**RATES}, x if x is not None else -x, not x, x[1:2, ::3], ...

async def waits(x):
    async with x as y:
        return [await z async for z in y]

@cached
def f(x):
    return (Sub().m(1), Kind.A, helper(x), remembered(x), gen, matched, with_lambda, waits, PATTERN, math.pi,
            1 < x <= 3, "a" "b", f"{x:{x}}", print)
'''
MORE_CORPUS = """
@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list)
    def m(self): return self.x

Pair = collections.namedtuple("Pair", "a b", defaults=[1])

@cached
def f(x):
    return Point(1), Pair(1)
"""

OPENS = CORPUS + "\n@cached\ndef f(x):\n    return open\n"


def code_and_values(python: str, folder: Path) -> str:
    show = "import corpus; p = corpus.f.fingerprint(); print(p.code.hex(), p.values.hex())"
    done = subprocess.run(
        [python, "-c", show], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "corpus",
    [
        CORPUS,
        CORPUS + MORE_CORPUS,
        OPENS,
    ],
    ids=["plain", "with generated methods", "with open()"],
)
def test_the_same_code_has_the_same_hash_on_all_pythons(project, corpus):
    others = other_pythons()
    if not others:
        pytest.skip("no other Python with memo's dependencies")
    project.write("corpus", corpus)
    assert {code_and_values(python, project.folder) for python in [sys.executable, *others]} == {
        code_and_values(sys.executable, project.folder)
    }


def test_a_cached_function_counts_with_its_version_as_an_argument_too():
    """As a helper it did from the start; whoever raises the version of a callback means all that calls it."""

    def callback(x):
        return x

    @memo.cached
    def f(function):
        return function(1)

    plain, first, second = callback, memo.cached(version=1)(callback), memo.cached(version=2)(callback)
    assert len({f.key(plain), f.key(first), f.key(second)}) == 3
    assert f.key(memo.cached(callback)) == f.key(plain)
