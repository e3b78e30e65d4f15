"""What tests of results share: ways to set a cache, arrays, bytes that do not shrink, what a directory holds."""

import random
from pathlib import Path

import numpy as np
import pytest

MAPPED = {"compression": "none", "mmap": True}
READ_ONLY = {"compression": "none", "mmap": "r"}
WAYS = [
    MAPPED,
    READ_ONLY,
    {"compression": "none", "mmap": False},
    {"compression": "none", "mmap": "r", "verify": False},
    {"compression": "zstd", "mmap": True},
    {"compression": "lz4", "mmap": "r"},
    {"compression": "none", "mmap": "r", "signing_key": "a secret of more than 16 bytes"},
]
EVERY_WAY = pytest.mark.parametrize("way", WAYS, ids=str)
COUNT = 40_000


def steps(count=COUNT, dtype="f8"):
    return np.arange(count).astype(dtype)


def noise(count):
    return random.Random(count).randbytes(count)


def bytes_in(directory):
    """Return what lies in a directory, every file once whatever its names."""
    found = [path.stat() for path in Path(directory).rglob("*") if path.is_file()]
    return sum({status.st_ino: status.st_size for status in found}.values())
