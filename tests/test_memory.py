"""Memory is aligned, mapped files do not change, and what is remembered of them holds."""

import os

import numpy as np
import pytest

from memo import memory
from memo.memory import ALIGNMENT, ReadOnlyMap, address_of, allocate, memory_of, read_file


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 1000)
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor, path
    os.close(descriptor)


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 100_000, 5 << 20])
def test_fresh_memory_is_aligned_and_writable(length):
    view = allocate(length)
    assert len(view) == length
    assert not view.readonly
    assert not length or address_of(view) % ALIGNMENT == 0


def test_writing_to_a_map_does_not_change_the_file(file):
    descriptor, path = file
    view = memory_of(descriptor, 256_000, writable=True)
    view[:4] = b"mine"
    assert path.read_bytes() == bytes(range(256)) * 1000
    assert memory_of(descriptor, 256_000, writable=True)[:4] == b"\0\1\2\3"


def test_a_read_only_map_cannot_be_written_to(file):
    view = memory_of(file[0], 256_000, writable=False)
    assert view.readonly
    array = np.frombuffer(view, np.uint8)
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True


def test_parts_of_a_map_are_told_by_their_addresses(file):
    view = memory_of(file[0], 256_000, writable=False)
    mapped = view.obj
    assert isinstance(mapped, ReadOnlyMap)
    start = address_of(view)
    assert mapped.part_at(start, 256_000) == (0, 256_000)
    assert mapped.part_at(start + 8, 16) == (8, 16)
    assert mapped.part_at(start - 1, 16) is None
    assert mapped.part_at(start + 8, 256_000) is None


@pytest.mark.parametrize("at_most", [1000, 1 << 30])
def test_a_file_is_read_whole_however_little_comes_at_a_time(file, monkeypatch, at_most):
    monkeypatch.setattr(memory, "_READ_AT_MOST", at_most)
    assert read_file(file[0], 256_000) == bytes(range(256)) * 1000


def test_a_file_that_ends_too_soon_is_not_filled_up(file):
    with pytest.raises(EOFError, match="256000 of 256001"):
        read_file(file[0], 256_001)


def test_maps_leave_descriptors_for_others(file, monkeypatch):
    """Until Python 3.13 each map keeps one; results beyond a quarter of what there are come back as copies."""
    resource = pytest.importorskip("resource")
    limit = len(memory._maps) * 4 + 40
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    views = [memory_of(file[0], 256_000, writable=False) for _ in range(20)]
    assert all(view[:4] == b"\0\1\2\3" for view in views)
    mapped = sum(isinstance(view.obj, ReadOnlyMap) for view in views)
    assert mapped == (10 if memory._MAPS_HOLD_DESCRIPTORS else 20)


def test_what_cannot_be_mapped_is_read(file, monkeypatch):
    def no_map(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(memory, "_map_file", no_map)
    assert memory_of(file[0], 256_000, writable=True) == bytes(range(256)) * 1000
