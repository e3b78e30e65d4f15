"""Code without a source of its own: the user's compiled extensions, and functions inside objects of libraries.

A project is run in fresh processes, with another hash seed each time. As extension serves a copy of one of
Python's own; it is edited by a byte at its end, which loaders ignore.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import memo

PACKAGE_PARENT = Path(memo.__file__).parents[1]
SEEDS = itertools.count(1)
EDIT = re.compile("«([^¦»]*)¦([^¦»]*)»")  # the old, then the new

EACH_KEY = """
import importlib, pathlib, warnings
for path in sorted(pathlib.Path(__file__).parent.glob("use_*.py")):
    module = importlib.import_module(path.stem)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        key = module.f.key(*module.ARGUMENTS)
        module.f(*module.ARGUMENTS)
        found = {key, module.f.key(*module.ARGUMENTS), *(str(item.message) for item in caught)}
    print(*sorted(found), sep="; ")
"""


def run(folder: Path, *arguments: object) -> list[str]:
    """Run the program in a folder; return the lines that it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMO_")}
    environment["MEMO_DIRECTORY"] = str(folder.parent / "results")
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": str(next(SEEDS))}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        environment["PYTHONPATH"] = str(PACKAGE_PARENT)
    command = [sys.executable, "program.py", *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def write(path: Path, content: bytes | str) -> Path:
    """Write a file that looks as if it had long been there: memo trusts no extension that may be younger."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (1, 1))
    return path


def save(folder: Path, head: str, sources: dict[str, str], side: int = 1) -> None:
    """Write a module for each source. Where it says nothing of the cached `f`, that returns its last line."""
    write(folder / "program.py", EACH_KEY)
    for number, source in enumerate(sources.values()):
        body, _, last = f"\n{source}".rpartition("\n")
        last = last if "cached" in source else f"@cached\ndef f(): return {last}"
        text = f"{head}\nfrom memo import cached\nARGUMENTS = ()\n{body}\n{last}\n"
        write(folder / f"use_{number:02}.py", EDIT.sub(lambda found: found[side], text))


class Keys(NamedTuple):
    """The keys of all modules at first, in another process, and after the edit."""

    names: list[str]
    first: list[str]
    again: list[str]
    edited: list[str]

    def check(self, name: str) -> None:
        first, again, edited = (keys[self.names.index(name)] for keys in self[1:])
        assert re.fullmatch("[0-9a-f]+", first)  # one: the first call has not changed it, and memo says nothing
        assert again == first
        assert edited != first


def edited_keys(folder: Path, head: str, sources: dict[str, str]) -> Keys:
    save(folder, head, sources)
    first, again = run(folder), run(folder)
    save(folder, head, sources, 2)
    return Keys(list(sources), first, again, run(folder))


# The user's compiled extensions

# A function that takes "i", a type, what the type takes, and a method of it.
EXTENSIONS = {
    "_struct": ("calcsize", "Struct", "'i'", "pack"),
    "_json": ("encode_basestring", "make_scanner", "__import__('json').JSONDecoder()", "__call__"),
}
USES = {
    "in the body": "ext.FUNCTION('i')",
    "by its own name": "from MODULE import FUNCTION\nFUNCTION('i')",
    "imported in the body": "@cached\ndef f():\n    from MODULE import FUNCTION\n    return FUNCTION('i')",
    "its module imported in the body": "@cached\ndef f():\n    import MODULE as m\n    return m.FUNCTION('i')",
    "through a helper": "def g(): return ext.FUNCTION('i')\ng()",
    "in a dict": "TABLE = {'g': ext.FUNCTION}\nTABLE['g']('i')",
    "as a default": "@cached\ndef f(*, g=ext.FUNCTION): return g('i')",
    "in a closure": "def make(g): return cached(lambda: g('i'))\nf = make(ext.FUNCTION)",
    "under lru_cache": "import functools\ng = functools.lru_cache(ext.FUNCTION)\ng('i')",
    "in a partial": "import functools\ng = functools.partial(ext.FUNCTION, 'i')\ng()",
    "in a class": "class C: g = ext.FUNCTION\nC.g('i')",
    "as an argument": "@cached\ndef f(g): return g('i')\nARGUMENTS = (ext.FUNCTION,)",
    "by depends_on": "@cached(depends_on=(ext.FUNCTION,))\ndef f(): return 1",
    "its module by depends_on": "@cached(depends_on=(ext,))\ndef f(): return 1",
    "in an argument": "@cached\ndef f(gs): return gs[0]('i')\nARGUMENTS = ([ext.FUNCTION],)",
    # `class_unit` finds no extension; so do types of PyO3, which say "builtins".
    "a type": "str(ext.TYPE)",
    "a type as an argument": "@cached\ndef f(g): return str(g)\nARGUMENTS = (ext.TYPE,)",
    "a method of a type": "g = ext.TYPE.METHOD\nstr(g)",
    "a method of a type as an argument": "@cached\ndef f(g): return str(g)\nARGUMENTS = (ext.TYPE.METHOD,)",
    "an instance": "g = ext.TYPE(VALUE)\nstr(type(g))",
    "a method of an instance": "g = ext.TYPE(VALUE).METHOD\nstr(type(g))",
}


def origin(name: str) -> str:
    spec = importlib.util.find_spec(name)
    return str(spec.origin) if spec is not None and sys.platform == "linux" else ""


EXTENSION = next((name for name in EXTENSIONS if origin(name).endswith(".so")), "")
needs_extension = pytest.mark.skipif(not EXTENSION, reason="this Python has its extensions built in")


def of_extension(source: str, module: str = EXTENSION) -> str:
    for name, meaning in zip(("FUNCTION", "TYPE", "VALUE", "METHOD"), EXTENSIONS[EXTENSION], strict=True):
        source = source.replace(name, meaning)
    return source.replace("MODULE", module)


def copy_extension(folder: Path, module: str = EXTENSION) -> Path:
    """Copy the extension into a project; return the file."""
    file = Path(origin(EXTENSION))
    return write(folder / Path(*module.split(".")).with_name(file.name), file.read_bytes())


# Python's own modules keep the extension that they are made for.
APART = (
    "import sys\nfolder = sys.path.pop(0)\nimport json, struct\nsys.path.insert(0, folder)\n"
    "del sys.modules['_json'], sys.modules['_struct']\n"
)
IMPORT = "import sys\nimport MODULE as ext\nassert sys.path[0] in ext.__file__\n"


@pytest.fixture(scope="module", params=["", "native."], ids=["on the path", "in a package"])
def extension_keys(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("extension") / "project"
    module = request.param + EXTENSION
    file = copy_extension(folder, module)
    save(folder, of_extension(IMPORT, module), {use: of_extension(text, module) for use, text in USES.items()})
    write(folder / "program.py", APART + EACH_KEY)
    first, moved = run(folder), run(shutil.copytree(folder, folder.with_name("moved")))
    write(file, file.read_bytes() + b"\0")
    return Keys(list(USES), first, moved, run(folder))


@needs_extension
@pytest.mark.parametrize("use", USES)
def test_an_extension_counts_by_its_bytes_wherever_it_lies(extension_keys, use):
    extension_keys.check(use)


# An extension that is replaced while the program runs

REPLACED = """
import os
from memo import cached
def replace():
    if len(sys.argv) > 1:
        os.utime(sys.argv[1], (1, 1) if sys.argv[2] == "old" else None)
        os.replace(sys.argv[1], ext.__file__)
@cached
def f(x): return ext.FUNCTION(x)
"""
BEFORE = "replace()\nprint(f.key('i'))\nf('i')\n"
AFTER = "print(f.key('i'))\nf('i')\nreplace()\n"
REST = "print(f.key('i'))\nf('i')\nf('ii')\nprint(f.stats().hits)\n"


@needs_extension
@pytest.mark.parametrize("age", ["new", "old"])
@pytest.mark.parametrize("calls", [BEFORE, AFTER], ids=["before the first call", "after the first call"])
def test_no_result_is_filed_under_an_extension_that_never_ran(tmp_path, calls, age):
    folder = tmp_path / "project"
    file = copy_extension(folder)
    write(folder / "program.py", APART + of_extension(IMPORT + REPLACED + calls + REST))
    anew = file.read_bytes() + b"\0"
    wrong = run(folder, write(tmp_path / "anew", anew), age)[:-1]
    write(file, anew)
    key, _, hits = run(folder)
    assert key not in wrong
    assert hits == "1"  # of what it has computed itself
    assert run(folder) == [key, key, "3"]


# Functions inside objects of the standard library and numpy

TOOLS = "import contextlib, functools, operator\nimport numpy as np"
SINGLE = "@functools.singledispatch\ndef g(x): return 0\n"
MANAGER = "@contextlib.contextmanager\ndef g(x):\n    yield x, «1¦2»\n"
DECORATOR = (
    "class C(contextlib.ContextDecorator):\n    def __init__(self, x): self.x = x\n"
    "    def __enter__(self): return «1¦2»\n    def __exit__(self, *_): pass\n"
)
COUNT = "class C:\n    def __init__(self, x): self.x = x\n    def g(self): return self.x\n    __call__ = g\n"
WRAPPERS = {
    "lru_cache": "@functools.lru_cache(maxsize=8)\ndef g(x): return x + «1¦2»\ng(1)",
    "lru_cache: typed": "@functools.lru_cache(typed=«False¦True»)\ndef g(x): return x\ng(1)",
    "lru_cache of a partial": "g = functools.lru_cache(functools.partial(lambda x, y: x + «1¦2», 1))\ng(2)",
    "lru_cache of a partial: argument": "g = functools.lru_cache(functools.partial(pow, «1¦2»))\ng(2)",
    "lru_cache in a class": "class C:\n    @functools.lru_cache\n    def g(self): return «1¦2»\nc = C()\nc.g()",
    "lru_cache of a bound method: state": COUNT + "g = functools.lru_cache(C(«1¦2»).g)\ng()",
    "lru_cache of an instance: state": COUNT + "g = functools.lru_cache(C(«1¦2»))\ng()",
    "lru_cache of a methodcaller": "g = functools.lru_cache(operator.methodcaller('«lower¦upper»'))\ng('i')",
    "vectorize": "g = np.vectorize(lambda x: x + «1¦2», otypes=[float])\ng([1.0])",
    "vectorize: otypes": "g = np.vectorize(lambda x: x, otypes=[«float¦complex»])\ng([1])",
    "frompyfunc": "g = np.frompyfunc(lambda x: x + «1¦2», 1, 1)\ng(1)",
    "singledispatch": SINGLE + "@g.register(int)\ndef _(x): return «1¦2»\ng(1)",
    "singledispatch: type": SINGLE + "@g.register(«int¦str»)\ndef _(x): return 1\ng(1)",
    "singledispatch: hint": SINGLE + "@g.register\ndef _(x: «int¦str»): return 1\ng(1)",
    "singledispatch: function of a library": SINGLE + "g.register(int, operator.«neg¦pos»)\ng(1)",
    "singledispatch: partial": SINGLE + "g.register(int, functools.partial(pow, «1¦2»))\ng(1)",
    "contextmanager": MANAGER + "@cached\ndef f():\n    with g(1) as x: return x",
    "contextmanager as decorator": MANAGER + "@g(1)\ndef h(): return 1\nh()",
    "contextmanager as decorator: argument": MANAGER.replace("«1¦2»", "1") + "@g(«1¦2»)\ndef h(): return 1\nh()",
    "ContextDecorator": DECORATOR + "@C(1)\ndef h(): return 1\nh()",
    "ContextDecorator: state": DECORATOR.replace("«1¦2»", "self.x") + "@C(«1¦2»)\ndef h(): return 1\nh()",
    "cmp_to_key": "g = functools.cmp_to_key(lambda a, b: «a - b¦b - a»)\nsorted([1, 2], key=g)",
    "methodcaller": "g = operator.methodcaller('«lower¦upper»')\ng('i')",
    "methodcaller: argument": "g = operator.methodcaller('split', sep='«i¦j»')\ng('i')",
    "attrgetter": "g = operator.attrgetter('«real¦imag»')\ng(1)",
}


@pytest.fixture(scope="module")
def wrapper_keys(tmp_path_factory):
    return edited_keys(tmp_path_factory.mktemp("wrappers") / "project", TOOLS, WRAPPERS)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_what_an_object_of_a_library_is_made_of_counts(wrapper_keys, wrapper):
    wrapper_keys.check(wrapper)


# Other libraries

MODEL = "from pydantic import BaseModel, field_validator\nclass C(BaseModel):\n    x: "
DEFINED = "@attrs.define\nclass C:\n    x: int = "
WRAPT = "@wrapt.decorator\ndef w(h, _, args, kwargs): return h(*args, **kwargs)"
RETRY = "again = tenacity.retry_if_result(lambda x: x > «1¦2»)\n"
LIBRARIES = {
    "numba": {
        "helper": "@numba.njit\ndef h(x): return x + «1¦2»\n@numba.njit\ndef g(x): return h(x)\ng(1)",
        "fastmath": "@numba.njit(fastmath=«False¦True»)\ndef g(x): return x\ng(1.0)",
    },
    "attrs": {
        "default": DEFINED + "«1¦2»\nC().x",
        "converter": DEFINED + "attrs.field(converter=lambda x: x + «1¦2»)\nC(1).x",
        "validator": DEFINED + "attrs.field()\n    @x.validator\n    def g(self, _, x): x > «1¦2»\nC(1).x",
    },
    "pydantic": {
        "default": MODEL + "int = «1¦2»\nC().x",
        "hint": MODEL + "«int¦float»\nC(x=1).x",
        "validator": MODEL + "int\n    @field_validator('x')\n    def g(cls, x): return x + «1¦2»\nC(x=1).x",
    },
    "wrapt": {
        "decorator": WRAPT + " + «1¦2»\n@w\ndef g(): return 1\ng()",
        "function": WRAPT + "\n@w\ndef g(): return «1¦2»\ng()",
    },
    "toolz": {
        "function": "@toolz.curry\ndef g(x, y): return x + y + «1¦2»\ng(1)(2)",
        "argument": "@toolz.curry\ndef g(x, y): return x + y\nh = g(«1¦2»)\nh(2)",
    },
    "tenacity": {
        "function": "@tenacity.retry\ndef g(): return «1¦2»\ng()",
        "condition": RETRY + "@tenacity.retry(retry=again)\ndef g(): return 1\ng()",
    },
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_an_object_of_another_library_is_made_of_counts(tmp_path, library):
    pytest.importorskip(library)
    keys = edited_keys(tmp_path / "project", f"import {library}", LIBRARIES[library])
    for name in LIBRARIES[library]:
        keys.check(name)
