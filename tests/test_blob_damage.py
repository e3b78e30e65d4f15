"""A damaged large buffer is a miss and is never taken over by the next writer, whatever has become of it."""

from __future__ import annotations

import os
import random

import pytest
from blobs.disk import Disk
from blobs.scene import Scene, heard
from blobs.stored import (
    DAMAGE,
    KEEPS_LENGTH,
    KINDS,
    TWICE,
    WAYS,
    Stored,
    assert_found_once,
    assert_sound,
    cut,
    cut_to_a_page,
    emptied,
    exchange,
    extended,
    first_bit,
    other_content,
    rewrite,
    same,
)

LONGER = int(os.environ.get("TEST_LONGER") or 1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_buffer_is_computed_again_and_replaced(cache_dir, kind, damage, way):
    stored = Stored(cache_dir, kind)
    WAYS[way](stored, damage(stored.content))
    assert_found_once(stored, 2 if way == TWICE else 1)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_buffer_is_not_taken_over_by_another_function(cache_dir, kind, damage):
    """The writer finds the damaged content under the name of its own; nobody has read it yet."""
    stored = Stored(cache_dir, kind)
    rewrite(stored.blob, damage(stored.content))
    other = stored.reopened()
    other.supply.make = lambda name, x, turn: stored.expected
    with heard() as said:
        for _ in range(3):
            assert same(other.right(1), stored.expected)
    assert len(said) <= 1, said
    assert other.supply.taken[("right", 1)] <= 2
    assert same(stored.reopened().right(1), stored.expected)
    with heard() as said:
        assert same(stored.reopened().left(1), stored.expected)
    assert len(said) <= 1, said
    assert_sound(stored)


def foreign(directory, kind):
    """Return a sound file of other content of the same length, as it is stored elsewhere."""
    make, compression = KINDS[kind]
    scene = Scene(directory, compression=compression)
    scene.supply.make = lambda name, x, turn: make(name, x, 1)
    scene.left(1)
    (blob,) = Disk(directory).blobs.values()
    return blob.read_bytes()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_of_other_content_is_not_taken_for_ours(cache_dir, tmp_path, kind, way):
    stored = Stored(cache_dir, kind)
    WAYS[way](stored, foreign(tmp_path / "other", kind))
    assert_found_once(stored, 2 if way == TWICE else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_of_other_content_is_taken_over_by_nobody_for_good(cache_dir, tmp_path, kind):
    stored = Stored(cache_dir, kind)
    rewrite(stored.blob, foreign(tmp_path / "other", kind))
    other = stored.reopened()
    other.supply.make = lambda name, x, turn: stored.expected
    with heard() as said:
        for _ in range(4):
            assert same(other.right(1), stored.expected)
    assert len(said) <= 1, said
    assert other.supply.taken[("right", 1)] <= 2


@pytest.mark.parametrize("damage", [cut, emptied, first_bit, other_content], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["array", "compressed array", "stream"])
def test_damage_in_the_index_alone_costs_the_entry_nothing(cache_dir, kind, damage):
    stored = Stored(cache_dir, kind)
    exchange(stored.blob, damage(stored.content))
    other = stored.reopened()
    other.supply.make = lambda name, x, turn: stored.expected
    with heard() as said:
        assert stored.is_hit()
        for _ in range(3):
            assert same(other.right(1), stored.expected)
    assert len(said) <= 1, said
    assert stored.is_hit()
    hits = stored.reopened()
    hits.supply.make = lambda name, x, turn: pytest.fail("computed")
    assert same(hits.right(1), stored.expected)


@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_bit_of_a_buffer_goes_unseen(cache_dir, kind):
    stored = Stored(cache_dir, kind)
    chance = random.Random(kind)
    bits = [*range(256), *(chance.randrange(len(stored.content) * 8) for _ in range(60 * LONGER))]
    problems = []
    for bit in bits[:: 1 if LONGER > 1 else 4]:
        flipped = bytearray(stored.content)
        flipped[bit // 8] ^= 1 << bit % 8
        rewrite(stored.blob, flipped)
        again = stored.reopened()
        with heard() as said:
            if not same(again.left(1), stored.expected):
                problems.append(f"bit {bit}: wrong")
        if not again.supply.taken or len(said) != 1 or again.left.stats().corrupt != 1:
            problems.append(f"bit {bit}: {again.left.stats()}, {said}")
        disk = Disk(cache_dir)
        stored.blob = disk.blobs[stored.name]
        if stored.blob.read_bytes() != stored.content or disk.problems():
            problems.append(f"bit {bit}: the damage is still there: {disk.problems()}")
    assert problems == []


@pytest.mark.parametrize("kind", ["array", "compressed array"])
def test_no_flipped_bit_of_an_entry_with_large_buffers_goes_unseen(cache_dir, kind):
    stored = Stored(cache_dir, kind)
    sound = stored.entry.read_bytes()
    problems = []
    for bit in range(0, len(sound) * 8, 1 if LONGER > 1 else 29):
        flipped = bytearray(sound)
        flipped[bit // 8] ^= 1 << bit % 8
        stored.entry.write_bytes(flipped)
        again = stored.reopened()
        with heard() as said:
            right = same(again.left(1), stored.expected)
        if not right or len(said) != 1 or again.left.stats().corrupt != 1 or not stored.is_hit():
            problems.append(f"bit {bit}: {right}, {again.left.stats()}, {said}")
        problems += Disk(cache_dir).problems()
    assert problems == []


@pytest.mark.parametrize("length", [0, 1, 39, 40, 100, 150, 200, 250, -17, -1])
def test_a_truncated_entry_with_large_buffers_is_a_miss(cache_dir, length):
    stored = Stored(cache_dir, "array")
    stored.entry.write_bytes(stored.entry.read_bytes()[:length])
    assert_found_once(stored)


# ---- unverified ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [cut, cut_to_a_page, emptied, extended], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["array", "compressed array", "bytes", "stream"])
@pytest.mark.parametrize("mode", [True, "r", False])
def test_without_verification_a_wrong_length_is_seen(cache_dir, kind, damage, mode):
    stored = Stored(cache_dir, kind, verify=False, mmap=mode)
    rewrite(stored.blob, damage(stored.content))
    assert_found_once(stored)


@pytest.mark.parametrize("damage", KEEPS_LENGTH, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["stream", "compressed stream"])
def test_without_verification_a_stream_is_verified_all_the_same(cache_dir, kind, damage):
    stored = Stored(cache_dir, kind, verify=False)
    rewrite(stored.blob, damage(stored.content))
    assert_found_once(stored)


@pytest.mark.parametrize("damage", KEEPS_LENGTH, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["compressed array", "compressed bytes"])
def test_without_verification_what_cannot_be_decompressed_is_replaced(cache_dir, kind, damage):
    """Wrong values are what was asked for, but not that each call is computed for ever."""
    stored = Stored(cache_dir, kind, verify=False)
    rewrite(stored.blob, damage(stored.content))
    again = stored.reopened()
    with heard() as said:
        for _ in range(4):
            again.left(1)
    assert len(said) <= 1, said
    assert again.supply.taken[("left", 1)] <= 1
