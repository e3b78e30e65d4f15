"""The tables of `tests/pairs`: pairs of values of every family, and what has no hash.

One test for each family of a module, for there are some eight thousand pairs. It lists all that fail.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from memo import UnhashableArgument
from memo.hashing import digest, token

PACKAGE = Path(__file__).with_name("pairs")
# Those whose values are the same on every Python. scipy and scikit-learn compute otherwise in other versions.
EVERYWHERE = ("builtins_pairs", "standard_pairs", "objects_pairs", "numpy_pairs", "pyarrow_pairs", "polars_pairs")


def load_package():
    """Import the package that lies beside this file, on nobody's path: where this file is run, nobody else has."""
    if PACKAGE.name not in sys.modules:
        spec = importlib.util.spec_from_file_location(PACKAGE.name, PACKAGE / "__init__.py")
        sys.modules[PACKAGE.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[PACKAGE.name])
    return sys.modules[PACKAGE.name]


LIBRARIES = load_package().LIBRARIES


def is_there(library):
    return library is None or importlib.util.find_spec(library) is not None


def module_of(name):
    return importlib.import_module(f"{PACKAGE.name}.{name}")


def code(thing):
    """Stand in for the fingerprint: a function, class or module is its name, wherever this file is imported."""
    return f"{type(thing).__name__}:{getattr(thing, '__qualname__', None) or thing.__name__}".encode()


def told(value):
    """Return the token of a value, or why it has none; hashing must not give a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return token(value, code=code)
        except UnhashableArgument as error:
            return str(error)


def fault(a, b, same):
    """Return what is wrong with a pair, None if nothing is."""
    one, other = told(a), told(b)
    if isinstance(one, str) or isinstance(other, str):
        return f"refused: {one if isinstance(one, str) else other}"
    if (one == other) is not same:
        return "the tokens differ" if same else "the tokens are the same"
    if told(a) != one or told(b) != other:
        return "hashing changed it"
    # Inside a container a value takes other paths than at the top.
    if (told([a, {"k": a}]) == told([b, {"k": b}])) is not same:
        return "inside of containers it is not so"
    return None


# Libraries warn where values are made, and some values are resources that nobody closes.
pytestmark = pytest.mark.filterwarnings("ignore")

NAMES = [name for name, library in LIBRARIES.items() if is_there(library)] if __name__ != "__main__" else []
SKIPPED = [name for name in LIBRARIES if name not in NAMES]
MODULES = {name: module_of(name) for name in NAMES}
FAMILIES = [
    pytest.param(family, id=f"{name}-{family.__name__}")
    for name, module in MODULES.items()
    for family in module.FAMILIES
]
REFUSED = [
    pytest.param(refused, id=f"{name}-{refused.__name__}")
    for name, module in MODULES.items()
    for refused in getattr(module, "REFUSED", ())
]


@pytest.mark.parametrize("family", FAMILIES)
def test_equal_values_have_equal_tokens_and_others_others(family):
    rows = [(why, fault(a, b, bool(same))) for a, b, same, why in family()]
    assert rows
    assert [row for row in rows if row[1]] == []


@pytest.mark.parametrize("refused", REFUSED)
def test_what_has_no_hash_is_refused(refused):
    rows = [(why, told(value)) for value, why in refused()]
    assert rows
    assert [why for why, found in rows if not isinstance(found, str)] == []


@pytest.mark.parametrize("family", module_of("refusals").FAMILIES if NAMES else [], ids=lambda f: f.__name__)
def test_the_refusal_names_the_way_to_the_culprit(family):
    rows = [(why, part, told(make())) for make, part, why in family()]
    assert rows
    assert [row for row in rows if not (isinstance(row[2], str) and row[1] in row[2])] == []


@pytest.mark.parametrize("name", SKIPPED)
def test_a_table_whose_library_is_not_here(name):
    pytest.skip(f"{LIBRARIES[name]} is not installed")


def digests(module):
    """Return the digest of the first value of every pair."""
    per_python = getattr(module, "PER_PYTHON", ())
    return {
        f"{family.__name__}: {why}": digest(a, code=code).hex()
        for family in module.FAMILIES
        for a, _, _, why in family()
        if why not in per_python
    }


def digests_elsewhere(python, name, seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    if python != sys.executable:
        import memo

        environment["PYTHONPATH"] = str(Path(memo.__file__).parents[1])
    done = subprocess.run(
        [python, "-W", "ignore", __file__, name], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("seed", ["0", "4242"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "sklearn_pairs"])
def test_digests_are_the_same_in_another_process(name, seed):
    here = digests(MODULES[name])
    there = digests_elsewhere(sys.executable, name, seed)
    assert {why for why in here if here[why] != there.get(why)} == set()


@pytest.mark.parametrize("python", [path for path in os.environ.get("TEST_PYTHONS", "").split(os.pathsep) if path])
@pytest.mark.parametrize("name", EVERYWHERE)
def test_digests_are_the_same_on_another_python(name, python):
    here = digests(MODULES[name])
    there = digests_elsewhere(python, name, "0")
    both = here.keys() & there.keys()
    assert len(both) > len(here) * 0.9
    assert {why for why in both if here[why] != there[why]} == set()


if __name__ == "__main__":
    json.dump(digests(module_of(sys.argv[1])), sys.stdout)
