"""The folder that is held open: few descriptors, never a stranger's, and nothing lost when they are closed."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest

from memo import Cache
from memo.folder import Folder, hold
from memo.store import Store

NAME = "0123456789abcdef0123456789abcdef-fedcba9876543210"

pytestmark = pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="no descriptors of folders here")


def descriptors():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "entries").mkdir()
    return f"{tmp_path}/entries/"


def test_many_caches_of_one_directory_need_one_descriptor(cache_dir):
    """A worker that unpickles a thousand cached functions gets a thousand caches."""
    before = descriptors()
    caches = [Cache(cache_dir) for _ in range(50)]
    functions = [cache.cached(abs_of) for cache in caches]
    assert [function(-3) for function in functions] == [3] * 50
    assert [function(-3) for function in functions] == [3] * 50
    assert descriptors() == before + 1
    del caches, functions
    assert descriptors() == before


def abs_of(x):
    return abs(x)


def test_a_folder_that_was_replaced_is_not_current(folder):
    held = hold(folder)
    assert held.is_current()
    Path(folder).rename(folder.rstrip("/") + ".old")
    assert not held.is_current()
    Path(folder).mkdir()
    assert not held.is_current()
    assert hold(folder).is_current()
    assert hold(folder) is not held


def test_a_descriptor_that_is_somebody_elses_by_now_is_neither_used_nor_closed(folder, tmp_path):
    """A daemon closes everything at its start; the next file it opens gets the number."""
    held = Folder(folder)
    number = held.descriptor
    os.close(number)
    other = os.open(tmp_path, os.O_RDONLY)
    assert other == number
    assert not held.is_current()
    del held
    gc.collect()
    os.fstat(other)
    os.close(other)


@pytest.mark.parametrize("reused", [False, True])
def test_a_store_whose_descriptor_was_closed_reads_on(cache_dir, reused):
    store = Store(cache_dir)
    store.write(NAME, (b"data",))
    assert store.read(NAME) == b"data"
    number = store._folder.descriptor
    os.close(number)
    other = os.open(cache_dir, os.O_RDONLY) if reused else None
    try:
        assert store.read(NAME) == b"data"
        assert store.read(NAME.replace("f", "e")) is None
    finally:
        if other is not None:
            os.close(other)


def test_a_directory_made_anew_is_read_anew(cache_dir):
    """Another process clears by deleting, and stores again: its entries are found without a restart."""
    store = Store(cache_dir / "cache")
    store.write(NAME, (b"old",))
    assert store.read(NAME) == b"old"
    shutil.rmtree(store.directory)
    assert store.read(NAME) is None
    Store(cache_dir / "cache").write(NAME, (b"new",))
    assert store.read(NAME) == b"new"


def test_without_descriptors_of_folders_paths_will_do(cache_dir, monkeypatch):
    """As on Windows."""
    monkeypatch.setattr(os, "supports_dir_fd", set())
    store = Store(cache_dir)
    store.write(NAME, (b"data",))
    assert store.read(NAME) == b"data"
    assert store._folder.descriptor is None
    store.clear()
    assert store.read(NAME) is None
    shutil.rmtree(cache_dir)
    assert store.read(NAME) is None
