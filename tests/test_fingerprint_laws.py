"""Laws of the fingerprint that Hypothesis looks for exceptions to, in small projects that it makes and edits."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

import memo

PACKAGE = Path(__file__).with_name("projects")


def load_package():
    """Import the package that lies beside this file, on nobody's path."""
    spec = importlib.util.spec_from_file_location(PACKAGE.name, PACKAGE / "__init__.py")
    sys.modules[PACKAGE.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[PACKAGE.name])


load_package()

from projects.edits import PRESERVING, breaking, preserved  # noqa: E402
from projects.loaded import fingerprint, place  # noqa: E402
from projects.made import projects, styles  # noqa: E402
from projects.model import Project  # noqa: E402
from projects.source import PLAIN, Writer, write  # noqa: E402

# A failing project takes Hypothesis minutes to make small, and the explanation as long again.
pytestmark = pytest.mark.timeout(600)
PHASES = [phase for phase in Phase if phase is not Phase.explain]

EDITS = st.frozensets(st.sampled_from(sorted(PRESERVING)))
SEEDS = st.integers(0, 999)


def law(examples, **options):
    """Return the settings of a law."""
    return settings(max_examples=examples, phases=PHASES, report_multiple_bugs=False, **options)


class Desk:
    """Where projects are written and loaded."""

    def __init__(self, folder):
        self.folder = folder

    def fingerprint(self, project, style=PLAIN, *, where="here", **options):
        """Return the fingerprint of a project's root, as the project is written at one of two places."""
        files = write(project, style)
        note("\n".join(f"# {where}: {name}\n{text}" for name, text in files.items()))
        place(self.folder / where, files)
        return fingerprint(self.folder / where, **options)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("projects"))


def test_the_root_reaches_every_kind_of_node_in_some_project():
    found = set()

    @law(150, derandomize=True)
    @given(projects())
    def look(project):
        found.update(node.kind for place in project.reached() for node in project.part(place).walk())

    look()
    kinds = {name for name in dir(Writer) if not name.startswith("_")} - {"module", "raw"}
    assert kinds <= found


@law(80)
@given(projects(), styles(), EDITS, SEEDS)
def test_what_means_nothing_to_the_root_leaves_the_fingerprint(desk, project, style, edits, seed):
    before = desk.fingerprint(project)
    assert desk.fingerprint(preserved(project, edits, Random(seed)), style, where="elsewhere") == before


def draw_edits(data, project, places):
    """Yield what becomes of a project by edits at some places, picked by their kind or by the place."""
    for _ in range(6):
        edited = copy.deepcopy(project)
        chosen = places if data.draw(st.booleans()) else {data.draw(st.sampled_from(sorted(places)))}
        edits = breaking(edited, chosen)
        if edits:
            name = data.draw(st.sampled_from(sorted(edits)), label="edit")
            data.draw(st.sampled_from(edits[name]), label="where")()
            yield edited


@law(60)
@given(projects(), st.data())
def test_what_changes_the_root_changes_the_fingerprint_until_it_is_undone(desk, project, data):
    before = desk.fingerprint(project)
    for edited in draw_edits(data, project, project.reached()):
        assert desk.fingerprint(edited) != before
    assert desk.fingerprint(project) == before


@law(30)
@given(projects().filter(Project.unreached), st.data())
def test_what_the_root_does_not_reach_leaves_the_fingerprint(desk, project, data):
    before = desk.fingerprint(project)
    for edited in draw_edits(data, project, project.unreached()):
        assert desk.fingerprint(edited) == before


@law(20)
@given(projects())
def test_the_decorator_shows_the_same_fingerprint(desk, project):
    shown = desk.fingerprint(project, look=lambda root: memo.cached(root).fingerprint())
    assert shown == desk.fingerprint(project)


@pytest.mark.parametrize("hash_seed", ["1", "22"])
def test_another_process_finds_the_same(desk, tmp_path, run_python, hash_seed):
    here = []

    @law(25, derandomize=True)
    @given(projects(), styles(), EDITS, SEEDS)
    def write_twice(project, style, edits, seed):
        here.append(desk.fingerprint(project))
        place(tmp_path / f"project{len(here)}", write(preserved(project, edits, Random(seed)), style))

    write_twice()
    folders = [tmp_path / f"project{number + 1}" for number in range(len(here))]
    there = run_python(PACKAGE / "loaded.py", *folders, env={"PYTHONHASHSEED": hash_seed})
    assert json.loads(there) == here
