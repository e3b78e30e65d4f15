"""One stored result with one large buffer: what it is made of, how it can be damaged, what must come of that."""

from __future__ import annotations

import random

import numpy as np

from blobs.disk import Disk
from blobs.scene import Scene, heard, levels, numbers


def array(name, x, turn):
    """Return one array of noise in a dict."""
    return {"what": (name, x, turn), "array": numbers(5 + turn).copy()}


def compressed(name, x, turn):
    """Return one array that shrinks in a dict."""
    return {"what": (name, x, turn), "array": levels(5 + turn).copy()}


def text(name, x, turn):
    """Return a result that holds bytes."""
    return {"what": (name, x, turn), "text": b"0123456789abcde%d" % turn * 5000}


def stream(name, x, turn):
    """Return a result of many small objects."""
    return {"what": (name, x, turn), "many": [f"{n} of many" for n in range(8000 - turn)]}


# What is stored, and under which setting.
KINDS = {
    "array": (array, "none"),
    "compressed array": (compressed, "zstd"),
    "bytes": (text, "none"),
    "compressed bytes": (text, "lz4"),
    "stream": (stream, "none"),
    "compressed stream": (stream, "auto"),
}


def same(a, b):
    """Compare results with arrays."""
    return list(a) == list(b) and all(
        np.array_equal(a[key], b[key]) if isinstance(a[key], np.ndarray) else a[key] == b[key] for key in a
    )


class Stored:
    """One result with one large buffer, its files, and what is right."""

    def __init__(self, directory, kind, **options):
        self.directory, self.options = directory, options
        make, options["compression"] = KINDS[kind]
        self.scene = Scene(directory, **options)
        self.scene.supply.make = make
        self.expected = make("left", 1, 0)
        assert same(self.scene.left(1), self.expected)
        disk = Disk(directory)
        ((self.name, self.link),) = disk.of(self.scene.entry("left", 1)).items()
        self.entry, self.blob = disk.entries[self.scene.entry("left", 1)], disk.blobs[self.name]
        self.content = self.blob.read_bytes()
        assert self.name.endswith(".b2") == kind.startswith("compressed")

    def reopened(self):
        """Return the functions as another process has them."""
        again = Scene(self.directory, **self.options)
        again.supply.make = self.scene.supply.make
        return again

    def is_hit(self):
        """Look whether the next call is right, and a hit."""
        again = self.reopened()
        assert same(again.left(1), self.expected)
        return not again.supply.taken


def rewrite(path, content):
    """Put other bytes into the file that all its names lead to."""
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()


def exchange(path, content):
    """Put another file in the place of a name."""
    path.unlink()
    path.write_bytes(content)


def cut(content):
    return content[:-1]


def cut_to_half(content):
    return content[: len(content) // 2]


def cut_to_a_page(content):
    return content[: min(4096, len(content) // 2)]


def emptied(content):
    return b""


def extended(content):
    return content + b"\0"


def doubled(content):
    return content * 2


def zeroed(content):
    return bytes(len(content))


def first_bit(content):
    return bytes([content[0] ^ 1]) + content[1:]


def last_bit(content):
    return content[:-1] + bytes([content[-1] ^ 128])


def other_content(content):
    return random.Random(0).randbytes(len(content))


DAMAGE = [
    cut, cut_to_half, cut_to_a_page, emptied, extended, doubled, zeroed, first_bit, last_bit, other_content
]  # fmt: skip
KEEPS_LENGTH = [zeroed, first_bit, last_bit, other_content]
# Where two files are damaged each by itself, the writer takes over the second, which nobody has read yet.
TWICE = "both names"
WAYS = {
    "where all names lead": lambda stored, content: rewrite(stored.blob, content),
    "the entry's own file": lambda stored, content: exchange(stored.link, content),
    TWICE: lambda stored, content: (exchange(stored.link, content), exchange(stored.blob, content)),
}


def assert_found_once(stored, times=1):
    """Call, and look whether it is computed again with one warning, and stored so that it is sound."""
    again = stored.reopened()
    with heard() as said:
        for _ in range(times + 1):
            assert same(again.left(1), stored.expected)
    assert 1 <= again.supply.taken["left", 1] <= times
    assert len(said) == 1, said
    assert said[0].startswith("MemoWarning")
    stats = again.left.stats()
    assert stats.corrupt == stats.misses == times + 1 - stats.hits
    assert_sound(stored)


def assert_sound(stored):
    """Look whether the stored file is what it was at first, and whether others can share it."""
    assert stored.is_hit()
    again = stored.reopened()
    again.supply.make = lambda name, x, turn: stored.expected
    for _ in range(2):
        assert same(again.third(1), stored.expected)
    assert again.third.stats().hits == 1
    disk = Disk(stored.directory)
    assert disk.problems() == []
    links = [path for (_, blob), path in disk.links.items() if blob == stored.name]
    assert [path.read_bytes() for path in links] == [stored.content] * len(links)
    assert len(links) > 1
