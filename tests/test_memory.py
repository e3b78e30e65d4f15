"""Memory is aligned, mapped files do not change, and what is remembered of them holds."""

import os

import numpy as np
import pytest

from memo import memory
from memo.memory import ALIGNMENT, ReadOnlyMap, address_of, allocate, map_file, read_file


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
    view = map_file(descriptor, 256_000, writable=True)
    view[:4] = b"mine"
    assert path.read_bytes() == bytes(range(256)) * 1000
    assert map_file(descriptor, 256_000, writable=True)[:4] == b"\0\1\2\3"


def test_a_read_only_map_cannot_be_written_to(file):
    view = map_file(file[0], 256_000, writable=False)
    assert view.readonly
    array = np.frombuffer(view, np.uint8)
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True


def test_parts_of_a_map_are_told_by_their_addresses(file):
    view = map_file(file[0], 256_000, writable=False)
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
