"""Folders that are made for their owner alone, from whatever part of the path is missing."""

import os

import pytest

from memo.privacy import make_private


@pytest.mark.timeout(5)
@pytest.mark.parametrize("directory", [os.sep, ".", os.sep * 2])
def test_making_what_has_nothing_above_it_ends(directory):
    make_private(directory)
    assert os.path.isdir(directory)  # noqa: PTH112


def test_only_what_is_missing_is_made(tmp_path):
    tmp_path.chmod(0o755)
    make_private(tmp_path / "a" / "b")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "a", tmp_path / "a/b")] == [
        0o755,
        0o700,
        0o700,
    ]
