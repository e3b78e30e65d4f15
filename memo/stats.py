"""What memo has done: counted in this process, per function and per cache."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Stats:
    """What happened to the calls of one function in this process, or to those of a whole cache.

    Attributes:
        hits: Calls answered from disk.
        misses: Calls computed; stored where possible.
        corrupt: Damaged entries met; each was a miss.
        uncached: Calls computed without a key: an argument could not be hashed, or memo was switched off.
        unstored: Results that could not be stored.
        seconds_saved: Seconds that computing the hits took when they were stored.
        seconds_computing: Seconds spent computing misses.
        bytes_written: Bytes of the entries written.
    """

    __slots__ = (
        "bytes_written",
        "corrupt",
        "hits",
        "misses",
        "seconds_computing",
        "seconds_saved",
        "uncached",
        "unstored",
    )

    def __init__(self) -> None:
        self.hits = self.misses = self.corrupt = self.uncached = self.unstored = self.bytes_written = 0
        self.seconds_saved = self.seconds_computing = 0.0

    @classmethod
    def total(cls, parts: Iterable[Stats]) -> Stats:
        """Return the sum of several; of one, a copy that later calls do not change."""
        total = cls()
        total._add(parts)
        return total

    def _add(self, parts: Iterable[Stats]) -> None:
        for part in parts:
            for name in Stats.__slots__:
                setattr(self, name, getattr(self, name) + getattr(part, name))

    def __str__(self) -> str:
        text = (
            f"{self.hits} hits, {self.misses} misses, {self.seconds_saved:.3g} s saved, "
            f"{self.seconds_computing:.3g} s computing, {self.bytes_written:,} bytes written"
        )
        rare = [f"{getattr(self, name)} {name}" for name in ("corrupt", "uncached", "unstored")]
        return ", ".join([text, *(part for part in rare if not part.startswith("0 "))])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class CacheStats(Stats):
    """What lies in a directory, and what this process has done with it: all that `Stats` counts, and more.

    Attributes:
        directory: The directory.
        entries: Number of entries on disk.
        bytes: Bytes that they take on disk, manifests included.
    """

    __slots__ = ("bytes", "directory", "entries")

    def __init__(self, directory: str, entries: int, size: int, parts: Iterable[Stats]) -> None:
        super().__init__()
        self.directory, self.entries, self.bytes = directory, entries, size
        self._add(parts)

    def __str__(self) -> str:
        return f"{self.directory}: {self.entries:,} entries, {self.bytes:,} bytes; {super().__str__()}"
