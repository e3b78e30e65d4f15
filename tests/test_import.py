"""Importing memo is cheap, because what is heavy is imported where it is first needed."""

import importlib.metadata

import pytest

import memo

HEAVY = ("numpy", "blosc2", "filelock", "pandas", "asyncio", "multiprocessing", "importlib.metadata")


def test_import_leaves_heavy_modules_alone(run_python):
    loaded = run_python("import sys, memo; print(*sys.modules)").split()
    assert "memo" in loaded
    assert set(HEAVY).isdisjoint(loaded)


def test_the_version_is_the_one_that_was_built():
    try:
        built = importlib.metadata.version("memo-disk")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("memo runs from its source tree and was never installed here")
    assert memo.__version__ == built


def test_everything_promised_is_there(run_python):
    missing = run_python("import memo; print([name for name in memo.__all__ if not hasattr(memo, name)])")
    assert missing.strip() == "[]"
