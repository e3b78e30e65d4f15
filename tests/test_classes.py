"""Results that are instances of the user's classes: of the reader's class, never of its twin in another module."""

from __future__ import annotations

import importlib
import sys
import textwrap

import pytest

from memo import Cache, MemoWarning, cached

TWIN = """
    import dataclasses, enum
    from memo import cached

    class Side(enum.Enum):
        BUY = 1
        SELL = 2

    @dataclasses.dataclass
    class Row:
        x: int

    @cached
    def side(x):
        return Side.BUY if x > 0 else Side.SELL

    @cached
    def rows(x):
        return {"rows": [Row(x)], "class": Row}

    @cached
    def same(row):
        return row
"""
SHOW = """
    def show():
        right = side(1) is Side.BUY, rows(1) == {"rows": [Row(1)], "class": Row}
        print(*right, side.stats().hits, rows.stats().hits)

    if __name__ == "__main__":
        show()
"""


@pytest.fixture
def twin(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def load(name, source=TWIN):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return load


def test_equal_code_in_two_modules_shares_entries_and_not_classes(twin):
    one, two = twin("twin_one"), twin("twin_two")
    for module in (one, two, one):
        assert module.side(1) is module.Side.BUY
        found = module.rows(1)
        assert found == {"rows": [module.Row(1)], "class": module.Row}
        assert type(found["rows"][0]) is found["class"] is module.Row
    assert (two.side.stats().hits, two.rows.stats().hits) == (1, 1)


def test_an_instance_given_as_argument_comes_back_as_it_was(twin):
    """Its class is in no code that the function reaches, only in the argument."""
    one, two = twin("twin_one"), twin("twin_two")
    for module in (one, two, one, two):
        assert type(module.same(module.Row(1))) is module.Row


@pytest.mark.parametrize("first", ["script", "import"])
def test_a_script_and_its_import_share_entries_and_not_classes(tmp_path, run_python, first):
    script = tmp_path / "both.py"
    script.write_text(textwrap.dedent(TWIN + SHOW))
    imports = "import both; both.show()"
    runs = [script, imports] if first == "script" else [imports, script]
    assert [run_python(run).split() for run in runs] == [["True", "True", "0", "0"], ["True", "True", "1", "1"]]


def test_classes_of_one_name_are_told_apart_by_their_modules(twin):
    one, two = twin("twin_one"), twin("twin_two")

    @cached
    def both():
        return one.Row(1), two.Row(1)

    for _ in range(2):
        assert [type(row) for row in both()] == [one.Row, two.Row]
    assert both.stats().hits == 1


class Kept:
    pass


def test_a_class_that_the_function_no_longer_reaches_is_a_miss(cache_dir, monkeypatch):
    cache = Cache(cache_dir)

    def make():
        return Kept()

    assert type(cache.cached(make)()) is Kept
    again = cache.cached(make)
    monkeypatch.setattr(again.__memo__, "classes", lambda *_: {})
    with pytest.warns(MemoWarning, match="has no class Kept"):
        assert type(again()) is Kept
    assert again.stats().misses == 1
