"""`track`, `depends_on`, and what memo says of code that it cannot follow."""

from __future__ import annotations

import os
import subprocess
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import pytest

import memo
from memo import cached
from memo.errors import MemoWarning

PACKAGE_PARENT = Path(memo.__file__).parents[1]


def run(folder: Path, program: str = "program.py", **more: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **more}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        environment["PYTHONPATH"] = str(PACKAGE_PARENT)
    done = subprocess.run(
        [sys.executable, program], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def key(folder: Path, source: str, **files: str) -> str:
    """Return what a program prints last: the key of `f`, computed in a process of its own."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "program.py").write_text(f"from memo import cached\n{source}\nprint(f.key())\n")
    return run(folder).splitlines()[-1]


# track


def test_shallow_does_not_follow_helpers(tmp_path):
    source = "import helpers\nRATE = {}\n@cached(track='shallow')\ndef f(): return helpers.g() + RATE + {}\n"
    one, two = "def g(): return 1\n", "def g(): return 2\n"
    first = key(tmp_path, source.format(1, 0), helpers=one)
    assert key(tmp_path, source.format(1, 0), helpers=two) == first
    assert key(tmp_path, source.format(2, 0), helpers=one) != first
    assert key(tmp_path, source.format(1, 3), helpers=one) != first
    assert key(tmp_path, source.format(1, 0).replace("shallow", "deep"), helpers=one) != first


def test_shallow_keeps_to_what_a_decorated_function_holds(tmp_path):
    source = (
        "import functools\n"
        "def g(): return {0}\n"
        "def twice(h):\n"
        "    @functools.wraps(h)\n"
        "    def w(): return {1} * h()\n"
        "    return w\n"
        "@cached(track='shallow')\n@twice\ndef f(): return g() + {2}\n"
    )
    first = key(tmp_path, source.format(1, 2, 3))
    assert key(tmp_path, source.format(9, 2, 3)) == first
    assert key(tmp_path, source.format(1, 9, 3)) != first
    assert key(tmp_path, source.format(1, 2, 9)) != first


def test_shallow_notices_values_and_not_the_functions_among_them(tmp_path):
    source = (
        "def g(): return {0}\nTABLE = {{'a': {1}, 'g': g}}\n"
        "@cached(track='shallow')\ndef f(): return TABLE['g']()\n"
    )
    first = key(tmp_path, source.format(1, 2))
    assert key(tmp_path, source.format(9, 2)) == first
    assert key(tmp_path, source.format(1, 9)) != first


def test_none_follows_nothing_but_the_version(tmp_path):
    source = "RATE = {0}\n@cached(track='none', version={1})\ndef f(): return RATE + {2}\n"
    first = key(tmp_path, source.format(1, 1, 1))
    assert key(tmp_path, source.format(9, 1, 9)) == first
    assert key(tmp_path, source.format(1, 2, 1)) != first


def test_none_keeps_two_functions_apart(tmp_path):
    source = "@cached(track='none', version=1)\ndef {0}(): return 1\nf = {0}\n"
    first = key(tmp_path, source.format("g"))
    assert key(tmp_path, source.format("h")) != first
    (tmp_path / "other").mkdir()
    assert key(tmp_path / "other", source.format("g")) != first  # another file: perhaps another function


def test_a_helper_that_is_not_tracked_counts_by_its_version(tmp_path):
    source = "@cached(track='none', version={0})\ndef g(): return {1}\n@cached\ndef f(): return g()\n"
    first = key(tmp_path, source.format(1, 1))
    assert key(tmp_path, source.format(1, 9)) == first  # g would answer from its cache
    assert key(tmp_path, source.format(2, 1)) != first


def test_a_helper_that_is_shallow_is_followed_as_far_as_it_says(tmp_path):
    source = (
        "def h(): return {0}\n@cached(track='shallow')\ndef g(): return h() + {1}\n@cached\ndef f(): return g()\n"
    )
    first = key(tmp_path, source.format(1, 1))
    assert key(tmp_path, source.format(9, 1)) == first
    assert key(tmp_path, source.format(1, 9)) != first


def test_none_without_a_version_is_refused():
    with pytest.raises(ValueError, match='track="none" needs a version='):
        cached(track="none")


def test_a_misspelt_track_is_refused():
    with pytest.raises(ValueError, match="track is one of 'deep', 'shallow', 'none', not 'depp'"):
        cached(track="depp")  # type: ignore[call-overload]


# depends_on


def test_functions_modules_and_values_in_depends_on(tmp_path):
    source = (
        "import helpers\n"
        "def g(): return {0}\n"
        "class C:\n    def m(self): return {1}\n"
        "@cached(depends_on=(g, helpers, C, {2}))\n"
        "def f(): return 1\n"
    )
    first = key(tmp_path, source.format(1, 1, 1), helpers="X = 1\n")
    assert key(tmp_path, source.format(1, 1, 1), helpers="# as before\nX = 1\n") == first
    changed = [
        key(tmp_path, source.format(9, 1, 1), helpers="X = 1\n"),
        key(tmp_path, source.format(1, 9, 1), helpers="X = 1\n"),
        key(tmp_path, source.format(1, 1, 9), helpers="X = 1\n"),
        key(tmp_path, source.format(1, 1, 1), helpers="X = 9\n"),
        key(tmp_path, source.format(1, 1, 1), helpers="X = 1\ndef y(): return X\n"),
    ]
    assert len({first, *changed}) == 6


def test_what_a_helper_depends_on_counts_for_those_who_call_it(tmp_path):
    source = "@cached(depends_on=({0},))\ndef g(): return 1\n@cached\ndef f(): return g()\n"
    assert key(tmp_path, source.format(1)) != key(tmp_path, source.format(2))


def test_depends_on_is_followed_under_shallow_and_none(tmp_path):
    for options in ("track='shallow'", "track='none', version=1"):
        source = f"def g(): return {{0}}\n@cached(depends_on=(g,), {options})\ndef f(): return 1\n"
        assert key(tmp_path, source.format(1)) != key(tmp_path, source.format(2))


def test_a_list_in_depends_on_is_looked_at_each_time():
    levels = [1]

    @cached(depends_on=[levels])
    def f():
        return 1

    first = f.key()
    levels.append(2)
    assert f.key() != first
    levels.pop()
    assert f.key() == first


def test_a_file_counts_by_its_content(tmp_path):
    path = tmp_path / "rates.csv"

    @cached(depends_on=(path,))
    def f():
        return path.exists()

    absent = f.key()
    assert f() is False
    path.write_text("1")
    one = f.key()
    assert f() is True
    path.write_text("2")  # as long, and perhaps within one tick of the file system's clock
    two = f.key()
    path.write_text("1")
    assert f.key() == one
    os.utime(path, (1, 1))
    assert f.key() == one
    path.unlink()
    assert f.key() == absent
    assert len({absent, one, two}) == 3


def test_a_file_that_was_not_changed_is_not_read_again(tmp_path, monkeypatch):
    from memo import contents

    path = tmp_path / "rates.csv"
    path.write_text("1")
    monkeypatch.setattr(contents, "_is_settled", lambda status: True)  # as if it had been written long ago

    @cached(depends_on=(path,))
    def f():
        return 1

    first = f.key()
    monkeypatch.setattr(contents, "_digest_of", lambda fd: pytest.fail("it was read again"))
    assert f.key() == first


def test_a_file_elsewhere_with_the_same_content_is_the_same(tmp_path):
    keys = set()
    for name in ("a", "b"):
        (tmp_path / name).write_text("1")
        keys.add(cached(depends_on=(tmp_path / name,))(abs_of).key(1))
    assert len(keys) == 1


def abs_of(x: int) -> int:
    return abs(x)


def test_a_folder_counts_by_all_that_is_in_it(tmp_path):
    folder = tmp_path / "data"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "a").write_text("1")
    f = cached(depends_on=(folder,))(abs_of)
    keys = [f.key(1)]
    (folder / "inner" / "a").write_text("2")
    keys.append(f.key(1))
    (folder / "inner" / "b").write_text("2")
    keys.append(f.key(1))
    (folder / "inner" / "a").rename(folder / "inner" / "c")
    keys.append(f.key(1))
    assert len(set(keys)) == 4
    folder.rename(tmp_path / "moved")
    assert cached(depends_on=(tmp_path / "moved",))(abs_of).key(1) == keys[-1]


def test_something_without_a_hash_in_depends_on_is_named():
    f = cached(depends_on=(abs, iter([1])))(abs_of)
    assert "depends_on[1]" in f.fingerprint().problems[0]


@pytest.mark.parametrize("wrong", ["rates.csv", b"x", {1, 2}, abs_of, 1])
def test_depends_on_that_is_no_tuple_is_refused(wrong):
    with pytest.raises(TypeError, match="depends_on takes a tuple of what the results depend on"):
        cached(depends_on=wrong)


# What memo cannot follow

UNDECIDABLE = {
    "return getattr(math, name)": "takes an attribute of a computed name by getattr()",
    "return functools.reduce(getattr, name, math)": "takes an attribute of a computed name by getattr()",
    "return eval(name)": "runs text by eval()",
    "exec(name)": "runs text by exec()",
    "exec('x = 1')": "runs text by exec()",
    "return globals()[name]": "reads globals()",
    "return list(globals())": "reads globals()",
    "return importlib.import_module(name)": "imports a module by a computed name",
    "return __import__(name)": "imports a module by a computed name",
    "from importlib import import_module\n    return import_module(name)": "imports a module by a computed name",
    "return sys.modules[name]": "looks into sys.modules",
    "return object.__subclasses__()": "looks for subclasses",
    "return sys._getframe(1)": "reads the names of its caller's frame",
    "global COUNT\n    COUNT = 1": "writes the global COUNT",
    "return abs_of.__globals__[name]": "reads a function's __globals__",
    "return [lambda: eval(name)]": "runs text by eval()",
}
HEAD = "import functools, importlib, math, sys\ndef abs_of(x): return abs(x)\n"


def made(body: str, options: str = "", *, with_source: bool, folder: Path) -> Any:
    """Return a module whose function `f` calls a helper with that body, which stands in line 4."""
    path = folder / "undecidable.py"
    text = f"{HEAD}def helper(name):\n    {body}\n@cached{options}\ndef f(name):\n    return helper(name)\n"
    if with_source:
        path.write_text(text)
    module = types.ModuleType("undecidable")
    module.__dict__.update(cached=cached, __file__=str(path))
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("with_source", [True, False], ids=["source", "bytecode"])
@pytest.mark.parametrize("body", UNDECIDABLE)
def test_code_that_cannot_be_followed_is_named_with_its_place(tmp_path, body, with_source):
    if not with_source and body.startswith("from"):
        pytest.skip("bytecode shows where the function is imported, not where it is called")
    module = made(body, with_source=with_source, folder=tmp_path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module.f.key("pi")
        module.f.key("e")
    (warning,) = caught
    text = str(warning.message)
    assert issubclass(warning.category, MemoWarning)
    line = 4 + body.count("\n")
    assert f"{UNDECIDABLE[body]} ({tmp_path / 'undecidable.py'}:{line})" in text
    assert text.startswith("f depends on what its code does not show")
    assert "depends_on=" in text
    assert "version=" in text
    assert warning.filename == __file__


DECIDABLE = [
    "return getattr(math, 'pi')",
    "return getattr(name, 'real', None)",
    "return globals()['abs_of'](1)",
    "return globals().get('abs_of')",
    "return importlib.import_module('math').pi",
    "return __import__('math').pi",
    "return sys.modules['math'].pi",
    "return locals()",
    "return name.eval('x')",
    "return name.modules",
    "return hasattr(name, 'x')",
    "x = 1\n    return x",
    "return COUNT if False else 1",
]


@pytest.mark.parametrize("with_source", [True, False], ids=["source", "bytecode"])
@pytest.mark.parametrize("body", DECIDABLE)
def test_code_that_can_be_followed_is_no_cause_for_a_warning(tmp_path, body, with_source):
    if not with_source and ("globals" in body or "import" in body or "modules['" in body):
        pytest.skip("what bytecode calls a function with is not looked at")
    made(body, with_source=with_source, folder=tmp_path).f.key("pi")  # warnings are errors here


@pytest.mark.parametrize("options", ["(version=1)", "(depends_on=(abs_of,))"])
def test_whoever_gives_a_version_or_dependencies_is_not_warned(tmp_path, options):
    made("return eval(name)", options, with_source=True, folder=tmp_path).f.key("pi")


def test_a_missing_name_is_no_cause_for_a_warning_and_its_appearance_a_change(tmp_path):
    module = made("return later(name) if name else 0", with_source=True, folder=tmp_path)
    first = module.f.key("")
    module.later = len
    assert module.f.key("") != first


def test_what_is_looked_up_by_a_constant_is_followed(tmp_path):
    source = "import helpers\ndef g(): return {0}\nTEXT = 'g'\n@cached\ndef f(): return {1}\n"
    for lookup in (
        "globals()['g']()",
        "globals().get('g')()",
        "eval('g()')",
        "getattr(helpers, 'g')()",
        "__import__('helpers').g()",
    ):
        one, two = ("def g(): return 1\n", "def g(): return 2\n")
        first = key(
            tmp_path, "import warnings\nwarnings.simplefilter('ignore')\n" + source.format(1, lookup), helpers=one
        )
        text = "import warnings\nwarnings.simplefilter('ignore')\n" + source.format(2, lookup)
        assert key(tmp_path, text, helpers=two) != first, lookup


# A global without a hash


CLIENT = (
    "import threading\n"
    "class Client:\n"
    "    def __init__(self, host): self.host, self.lock = host, threading.Lock()\n"
    "    def get(self): return self.host + {2}\n"
    "HOST = {0}\n"
    "CLIENT = Client({1})\n"
    "@cached\ndef f(): return CLIENT.get()\n"
)


def test_a_global_without_a_hash_counts_by_the_statement_that_builds_it(tmp_path):
    first = key(tmp_path, "import warnings\nwarnings.simplefilter('error')\n" + CLIENT.format("'a'", "HOST", "''"))
    assert key(tmp_path, CLIENT.format("'a'", "(HOST)", "''  # none")) == first
    changed = [
        key(tmp_path, CLIENT.format("'b'", "HOST", "''")),
        key(tmp_path, CLIENT.format("'a'", "HOST + 'x'", "''")),
        key(tmp_path, CLIENT.format("'a'", "HOST", "'x'")),
    ]
    assert len({first, *changed}) == 4


def test_a_global_without_a_hash_whose_statement_may_have_been_edited_is_warned_of(tmp_path):
    module = types.ModuleType("edited")
    path = tmp_path / "edited.py"
    text = "from memo import cached\nCLIENT = iter([1])\n@cached\ndef f(): return CLIENT is None\n"
    path.write_text(text)  # after this process began: memo cannot know what it was loaded from
    module.__dict__["__file__"] = str(path)
    exec(compile(text, str(path), "exec"), module.__dict__)
    with pytest.warns(MemoWarning, match="it reads f: CLIENT, a list_iterator, which has no hash"):
        module.f.key()


# A function that changes what it reads


def test_a_function_that_changes_a_global_which_it_reads_is_told_so_once():
    seen: list[int] = []

    @cached
    def f(x):
        seen.append(x)
        return len(seen)

    with pytest.warns(MemoWarning, match=r"f: seen.append changed while .*f ran, and its code reads it"):
        f(1)
    f(2)
    f(1)


def test_a_function_that_leaves_its_globals_alone_is_not_warned_of():
    table = {"a": [1]}

    @cached
    def f(x):
        return table["a"][0] + x

    assert [f(1), f(2), f(1)] == [2, 3, 2]
