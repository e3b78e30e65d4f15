"""Many processes, one directory, few results that share buffers: right values, and no file is left over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CROWD = Path(__file__).parent / "blobs" / "crowd.py"
BESIDE = {"PYTHONPATH": str(Path(__file__).parent)}
LONGER = int(os.environ.get("TEST_LONGER") or 1)


def test_equal_content_stored_at_once_is_one_file(run_python, cache_dir):
    printed = run_python(CROWD, "together", cache_dir, 8, 6 * LONGER, env=BESIDE, timeout=60 * LONGER)
    assert printed.splitlines() == ["8 [9, 9] []"] * 6 * LONGER


@pytest.mark.timeout(120 + 60 * LONGER)
@pytest.mark.parametrize("compression", ["none", "auto"])
def test_a_storm_of_changes_and_readers_ends_with_right_values_and_nothing_left(
    run_python, cache_dir, compression
):
    printed = run_python(CROWD, "storm", cache_dir, 2 * LONGER, compression, env=BESIDE, timeout=60 + 10 * LONGER)
    assert printed.splitlines() == ["ended {0}", "litter []", "left []"], printed


@pytest.mark.timeout(120 + 60 * LONGER)
def test_a_storm_in_which_everything_is_cleared_ends_with_right_values_and_nothing_left(run_python, cache_dir):
    environment = {**BESIDE, "BLOBS_DO": "spoil"}
    printed = run_python(CROWD, "storm", cache_dir, 2 * LONGER, "none", env=environment, timeout=60 + 10 * LONGER)
    assert printed.splitlines() == ["ended {0}", "litter []", "left []"], printed


@pytest.mark.timeout(120 + 60 * LONGER)
@pytest.mark.parametrize(("compression", "rounds"), [("none", 200), ("zstd", 50)])
def test_kills_at_random_moments_leave_nothing_wrong(run_python, cache_dir, compression, rounds):
    printed = run_python(
        CROWD, "kills", cache_dir, rounds * LONGER, compression, env=BESIDE, timeout=100 + 20 * LONGER
    )
    assert printed.splitlines() == ["stats 0 0", "litter []", "left []"], printed
