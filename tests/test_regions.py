"""What the buffers of a result share is stored once, and what they do not cover is not stored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo.envelope import INLINE
from memo.memory import ALIGNMENT
from memo.regions import LARGE, Buffer, arrange

MEMORY = np.random.default_rng(0).integers(0, 256, 6 * LARGE, np.uint8)


def raw(region):
    return b"".join(region.parts)


def contents(arrangement):
    """Return the bytes of all buffers."""
    wholes = {INLINE: raw(arrangement.small), **dict(enumerate(map(raw, arrangement.regions)))}
    return [wholes[region][offset : offset + length] for region, offset, length in arrangement.places]


def at(start, length, **options):
    return Buffer(memoryview(MEMORY)[start : start + length], **options)


def with_gaps(start, length, step):
    """Return the buffer of every `step`th byte."""
    return at(
        start,
        length,
        used=len(range(0, length, step)),
        compact=lambda: memoryview(MEMORY[start : start + length : step].tobytes()),
    )


ranges = st.tuples(st.integers(0, 5 * LARGE), st.sampled_from([0, 1, 100, LARGE - 1, LARGE, LARGE + 7, 2 * LARGE]))
ranges = ranges.map(lambda pair: (pair[0], min(pair[1], len(MEMORY) - pair[0])))


@given(st.lists(ranges, max_size=12))
def test_every_buffer_is_found_again_and_no_byte_stored_twice(spans):
    arrangement = arrange([at(*span) for span in spans])

    for (start, length), found in zip(spans, contents(arrangement), strict=True):
        assert found == MEMORY[start : start + length].tobytes()
    covered = np.zeros(len(MEMORY), bool)
    for start, length in spans:
        covered[start : start + length] = True
    regions = sum(region.length for region in arrangement.regions)
    padding = ALIGNMENT * len(spans)
    assert covered.sum() <= regions + arrangement.small.length <= covered.sum() + padding
    assert all(region.length == len(raw(region)) >= LARGE for region in arrangement.regions)
    assert arrangement.small.length == len(raw(arrangement.small)) < LARGE


@given(st.lists(ranges, min_size=2, max_size=12))
def test_buffers_that_overlapped_still_do(spans):
    arrangement = arrange([at(*span) for span in spans])
    placed = list(zip(spans, arrangement.places, strict=True))
    for (start, length), place in placed:
        for (other_start, other_length), other in placed:
            if length and other_length and start < other_start + other_length and other_start < start + length:
                assert place.region == other.region
                assert other.offset - place.offset == other_start - start


@given(st.lists(st.tuples(ranges, st.sampled_from([1, 2, 3, 50])), max_size=8))
def test_gaps_are_stored_only_where_that_costs_nothing(spans):
    buffers = [at(*span) if step == 1 else with_gaps(*span, step) for span, step in spans]
    arrangement = arrange(buffers)
    stored = sum(region.length for region in arrangement.regions) + arrangement.small.length
    items = sum(len(range(0, length, step)) for (_, length), step in spans)
    assert stored <= items + ALIGNMENT * len(spans)
    for ((start, length), step), found in zip(spans, contents(arrangement), strict=True):
        whole = MEMORY[start : start + length]
        if len(found) == length:
            assert found[::step] == whole[::step].tobytes()
        else:
            assert found == whole[::step].tobytes()


def test_what_lies_side_by_side_is_not_stored_together():
    """Whether two arrays touch is chance, and other results would not find them again."""
    arrangement = arrange([at(0, LARGE), at(LARGE, LARGE)])
    assert [region.length for region in arrangement.regions] == [LARGE, LARGE]


def test_regions_are_in_the_order_of_the_result_not_of_the_addresses():
    arrangement = arrange([at(3 * LARGE, LARGE), at(0, LARGE), at(5 * LARGE, 10), at(4 * LARGE, 10)])
    assert [place.region for place in arrangement.places] == [0, 1, INLINE, INLINE]
    assert arrangement.places[2].offset == 0


def test_the_widest_of_several_views_gives_the_memory():
    views = [at(100, 50), at(0, 2 * LARGE, item_size=8), at(LARGE, LARGE)]
    (region,) = arrange(views).regions
    assert (region.length, region.item_size, len(region.parts)) == (2 * LARGE, 8, 1)


@pytest.mark.parametrize("size", [1, 7, 64, LARGE, 10 * LARGE])
def test_a_region_in_blocks_is_the_same_region(size):
    (region,) = arrange([at(0, LARGE), at(LARGE - 5, LARGE), at(2 * LARGE - 9, 4000)]).regions
    blocks = [bytes(block) for block in region.blocks(size)]
    assert b"".join(blocks) == raw(region) == MEMORY[: region.length].tobytes()
    assert {len(block) for block in blocks[:-1]} <= {size}
