"""The values of `tests/pairs` as results: what pickle keeps comes back, and the rest is returned all the same.

Pickle by itself is what to expect: some values lose something on the way, and some cannot travel at all.
"""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import warnings

import pytest
from pairs import LIBRARIES

import memo
from memo import MemoWarning, UnhashableArgument

NAMES = [name for name, library in LIBRARIES.items() if library is None or importlib.util.find_spec(library)]
REFUSED = "<refused>"
# Too deep to be pickled: naming the culprit takes seconds. `tests/test_results_deep.py` has some like them.
DEEP = ("100,000 dicts", "a very long ring", "deep inside", "5,000 ", "the last of 5,000")

# Libraries warn where values are made, and some values are resources that nobody closes.
pytestmark = pytest.mark.filterwarnings("ignore")


class Shelf(list):
    """Results. Inert: else they would change the key of the function that takes them from here."""

    __memo_inert__ = True


def families(name):
    """Return the families of a module of pairs."""
    return importlib.import_module(f"pairs.{name}").FAMILIES


def hashed(value):
    try:
        return memo.hash(value)
    except UnhashableArgument:
        return REFUSED


def expected_of(value):
    """Return the hashes that may come back, and whether pickle can keep a value at all.

    Some lose something on the way; memo may be better at it than pickle is.
    """
    try:
        copy = pickle.loads(pickle.dumps(value, 5))
    except Exception:  # noqa: BLE001 - whatever a `__reduce__` or a `__setstate__` raises
        return {hashed(value)}, False
    return {hashed(value), hashed(copy)}, True


def fault(take, number, value, heard):
    """Return what is wrong with a result and with what comes back of it, None if nothing is."""
    may, travels = expected_of(value)
    if take(number) is not value:
        return "not even the first call returns it"
    hits = take.stats().hits
    found = take(number)
    if take.stats().hits == hits:
        if travels:
            return f"pickle can keep it, memo cannot: {said(heard)}"
        if found is not value:
            return "a miss that does not return what was computed"
        return None if len(said(heard)) == 1 else f"not one warning: {said(heard)}"
    if hashed(found) not in may:
        return f"something else came back: {found!a:.200}"
    return f"warnings: {said(heard)}" if said(heard) else None


def said(heard):
    return [str(item.message) for item in heard if issubclass(item.category, MemoWarning)]


@pytest.mark.parametrize("apart", [False, True], ids=["as usual", "all apart"])
@pytest.mark.parametrize("name", LIBRARIES)
def test_what_pickle_keeps_comes_back_and_the_rest_is_returned_with_one_warning(
    cache_dir, monkeypatch, name, apart
):
    """Once as everybody stores it, and once with the smallest buffer in a file of its own."""
    if name not in NAMES:
        pytest.skip(f"{LIBRARIES[name]} is not installed")
    if apart:
        monkeypatch.setattr("memo.codec.LARGE", 1)
        monkeypatch.setattr("memo.stream.LARGE", 1)
        monkeypatch.setattr("memo.regions.LARGE", 1)
    shelf = Shelf()

    @memo.Cache(cache_dir, **{"compression": "none", "mmap": "r"} if apart else {}).cached
    def take(number):
        return shelf[number]

    faults = []
    for family in families(name):
        for value, _, _, why in family():
            if why.startswith(DEEP):
                continue
            monkeypatch.setattr("memo.warning._warned", set())
            shelf.append(value)
            with warnings.catch_warnings(record=True) as heard:
                warnings.simplefilter("always", MemoWarning)
                found = fault(take, len(shelf) - 1, value, heard)
            if found:
                faults.append((family.__name__, why, found))
    assert shelf
    assert any(cache_dir.glob("v1/blobs/*/*")) or not apart
    assert faults == []
