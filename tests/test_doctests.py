"""The examples in the docstrings are true, in the source tree and in the installed package alike."""

import doctest
import importlib
import pkgutil

import pytest

import memo

MODULES = ["memo", *(module.name for module in pkgutil.walk_packages(memo.__path__, "memo."))]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_prints_what_it_says(name):
    if ".torch_" in name:
        pytest.importorskip("torch")  # Too large to be installed for tests.
    outcome = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.failed == 0
