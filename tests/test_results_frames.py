"""Frames and tensors of a result mean to each other, when they come back, what they did before."""

import importlib.util

import numpy as np
import pytest
from blobs.results import bytes_in, noise, steps

WAYS = [
    {"compression": "none"},
    {"compression": "none", "mmap": False, "verify": False},
    {"compression": "lz4"},
    {"compression": "none", "signing_key": "a secret of more than 16 bytes"},
]
READ_ONLY = [{"compression": "none", "mmap": "r"}, {"compression": "zstd", "mmap": "r", "verify": False}]
WRITABLE_WAY = pytest.mark.parametrize("way", WAYS, ids=str)
BLOB = 64 << 10


# ---- frames and tensors --------------------------------------------------------------------------------


def what_is_seen(frame, column, where):
    """Write to a frame, then to its column; return what both of them show after each."""
    frame.iloc[where, 0] = -1.0
    first = [frame.iloc[where, 0], column.iloc[where]]
    column.iloc[where + 1] = -2.0
    return [*first, frame.iloc[where + 1, 0], column.iloc[where + 1]]


@WRITABLE_WAY
@pytest.mark.parametrize("rows", [10, 50_000])
@pytest.mark.parametrize(
    "cut", [lambda frame: frame["a"], lambda frame: frame.iloc[:, 0], lambda frame: frame["a"][:]]
)
def test_a_frame_and_its_column_mean_to_each_other_what_they_did(back, way, rows, cut):
    """pandas copies on writing: sharing memory behind its back would let one change the other."""
    import pandas as pd

    frame = pd.DataFrame({"a": steps(rows), "b": steps(rows)})
    found = back([frame, cut(frame)], **way)
    pd.testing.assert_frame_equal(found[0], frame)
    pd.testing.assert_series_equal(found[1], cut(frame))
    expected = frame.copy()
    assert what_is_seen(*found, 3) == what_is_seen(expected, cut(expected), 3)


@WRITABLE_WAY
@pytest.mark.parametrize("rows", [10, 50_000])
def test_frames_that_share_their_columns_stay_apart(back, way, rows):
    import pandas as pd

    if int(pd.__version__.partition(".")[0]) < 3:
        pytest.skip("this pandas does not copy on writing")
    frame = pd.DataFrame({"a": steps(rows), "b": steps(rows)})
    found = back([frame, frame.copy(deep=False), frame[["b", "a"]], frame.iloc[1:], frame.T], **way)
    found[0].iloc[2, 0] = -1.0
    assert [found[1].iloc[2, 0], found[2].iloc[2, 1], found[3].iloc[1, 0], found[4].iloc[0, 2]] == [2.0] * 4
    found[3].iloc[5, 0] = -1.0
    assert [found[1].iloc[6, 0], found[2].iloc[6, 1], found[4].iloc[0, 6]] == [6.0] * 3


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")
@WRITABLE_WAY
@pytest.mark.parametrize("size", [100, 100_000])
@pytest.mark.parametrize(
    "cut",
    [
        lambda t: t[3:],
        lambda t: t[::2],
        lambda t: t.reshape(2, -1).T,
        lambda t: t.detach(),
        lambda t: t.view(2, -1)[1],
        lambda t: t.unsqueeze(0).expand(3, -1),
    ],
)
def test_tensors_of_one_storage_share_it_again(back, way, size, cut):
    import torch

    base = torch.arange(float(size))
    found = back({"base": base, "cut": cut(base)}, **way)
    assert torch.equal(found["base"], base)
    assert torch.equal(found["cut"], cut(base))
    assert found["cut"].stride() == cut(base).stride()
    found["base"].mul_(-1).add_(0.5)
    assert torch.equal(found["cut"], cut(0.5 - base))
    assert found["cut"].data_ptr() - found["base"].data_ptr() == cut(base).data_ptr() - base.data_ptr()


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")
@pytest.mark.parametrize("way", [*WAYS, *READ_ONLY], ids=str)
def test_tied_weights_stay_tied(back, way):
    import torch
    from torch import nn

    one, two = nn.Linear(200, 200, bias=False), nn.Linear(200, 200, bias=False)
    two.weight = one.weight
    found = back(nn.Sequential(one, two), **way)
    assert found[0].weight is found[1].weight
    with torch.no_grad():
        found[0].weight.zero_()  # of what cannot be read-only nothing is mapped that must not be written to
    assert not found[1].weight.any()


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")
def test_a_small_part_of_a_tensor_does_not_bring_its_storage_along(back, cache_dir):
    import torch

    big = torch.frombuffer(bytearray(noise(8_000_000)), dtype=torch.int64)
    found = back([big[:10], big[::1000], big.view(1000, -1)[:, 1]], compression="none")
    assert all(map(torch.equal, found, [big[:10], big[::1000], big.view(1000, -1)[:, 1]]))
    assert bytes_in(cache_dir) < 60_000


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")
@WRITABLE_WAY
def test_a_tensor_and_an_array_over_one_memory_come_back(back, way):
    import torch

    base = steps(BLOB)
    tensor = torch.from_numpy(base)
    found = back([base, tensor, tensor.numpy()[5:]], **way)
    assert np.array_equal(found[0], base)
    assert torch.equal(found[1], tensor)
    assert np.array_equal(found[2], base[5:])
