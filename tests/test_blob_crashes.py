"""A process killed at any step of storing, refreshing, forgetting, clearing or sweeping large results costs nobody
a result, and what it leaves is gone an hour later."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from blobs.crashes import OPERATIONS

CRASHES = Path(__file__).parent / "blobs" / "crashes.py"
BESIDE = {"PYTHONPATH": str(Path(__file__).parent)}
# Dying after a step is dying before the next one, if the steps are all there is: the long form looks.
WHEN = ("midway", "before", "after") if os.environ.get("TEST_LONGER") else ("midway",)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_process_killed_at_any_step_harms_nobody(run_python, tmp_path, operation, when):
    printed = run_python(CRASHES, tmp_path, operation, when, env=BESIDE, timeout=110)
    first, _, rest = printed.partition("\n")
    steps, problems = map(int, first.split())
    assert problems == 0, rest
    assert steps > 2
