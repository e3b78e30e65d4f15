"""What lies in a cache directory, told from the documented layout alone: an oracle for tests."""

from __future__ import annotations

import os
import re
from pathlib import Path

import xxhash

ENTRY = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}")
LINK = re.compile(r"([0-9a-f]{32}-[0-9a-f]{16})\.([0-9a-f]{32}(?:\.b2)?)")
BLOB = re.compile(r"[0-9a-f]{32}(?:\.b2)?")
MANIFEST = re.compile(r"[0-9a-f]{32}\.json")


def digest(content):
    """Return the name of the blob of some content."""
    return xxhash.xxh3_128(content).hexdigest()


def inode(path):
    """Return what tells a file from every other, whatever its names are."""
    status = path.stat(follow_symlinks=False)
    return status.st_dev, status.st_ino


class Disk:
    """The files of a directory as they are at this moment, by what they are.

    Attributes:
        entries: Paths by entry name.
        links: Paths of the entries' large buffers, by entry name and blob name.
        blobs: Paths by blob name.
        others: Files among them that are none of these: temporary ones, for example.
    """

    def __init__(self, directory):
        self.root = Path(directory) / "v1"
        self.entries, self.links, self.blobs, self.others = {}, {}, {}, []
        for path in sorted(self.root.glob("entries/**/*")):
            if path.is_dir() and not path.is_symlink():
                continue
            if ENTRY.fullmatch(path.name):
                self.entries[path.name] = path
            elif link := LINK.fullmatch(path.name):
                self.links[link.groups()] = path
            else:
                self.others.append(path)
        for path in sorted(self.root.glob("blobs/**/*")):
            if path.is_dir() and not path.is_symlink():
                continue
            if BLOB.fullmatch(path.name):
                self.blobs[path.name] = path
            else:
                self.others.append(path)

    def of(self, entry):
        """Return the paths of the large buffers of an entry, by blob name."""
        return {blob: path for (owner, blob), path in self.links.items() if owner == entry}

    def holders(self, blob):
        """Return the links of a blob by all entries."""
        return [path for (_, name), path in self.links.items() if name == blob]

    @property
    def published(self):
        """Every file of the directory that a reader may open."""
        return [*self.entries.values(), *self.links.values(), *self.blobs.values()]

    def bytes(self):
        """Return what everything takes on disk, each inode once."""
        found = [*self.published, *self.root.glob("functions/*.json")]
        sizes = {inode(path): path.stat().st_blocks * 512 for path in found}
        return sum(sizes.values())

    def bytes_of(self, entry):
        """Return what an entry takes on disk with its large buffers."""
        return sum(path.stat().st_blocks * 512 for path in (self.entries[entry], *self.of(entry).values()))

    def length_of(self, entry):
        """Return how long an entry and its large buffers are."""
        return sum(path.stat().st_size for path in (self.entries[entry], *self.of(entry).values()))

    def problems(self, *, copies=False, raced=False):
        """Return what is there and should not be, and the other way round, as sentences.

        Args:
            copies: Whether entries may hold buffers that are no blob's: where files could not be linked.
            raced: Whether only litter counts: a race may cost a blob its place in the index, never its readers.
        """
        found = [f"litter: {path}" for path in self.others]
        found += [f"wrong shard: {path}" for name, path in self.entries.items() if path.parent.name != name[:2]]
        found += [f"wrong shard: {path}" for name, path in self.blobs.items() if path.parent.name != name[:2]]
        for (entry, blob), path in self.links.items():
            if entry not in self.entries:
                found.append(f"a link without its entry: {path}")
            elif path.parent != self.entries[entry].parent:
                found.append(f"not beside its entry: {path}")
            is_blob = blob in self.blobs and inode(path) == inode(self.blobs[blob])
            is_copy = path.stat().st_nlink == 1
            if not is_blob and not raced and not (copies and is_copy):
                found.append(f"no link to a blob: {path}")
        for blob, path in self.blobs.items():
            holders = [link for link in self.holders(blob) if inode(link) == inode(path)]
            if not holders:
                found.append(f"a blob that nobody needs: {path}")
            elif path.stat().st_nlink != len(holders) + 1:
                found.append(f"{path.stat().st_nlink} links to a blob of {len(holders)} entries: {path}")
        return found + self.damaged()

    def damaged(self):
        """Return, as sentences, which uncompressed blobs and links are not what their names say."""
        found, seen = [], set()
        for path in (*self.links.values(), *self.blobs.values()):
            name = path.name.rpartition("-")[2].partition(".")[2] if "-" in path.name else path.name
            if not name.endswith(".b2") and inode(path) not in seen:
                seen.add(inode(path))
                if digest(path.read_bytes()) != name:
                    found.append(f"not what its name says: {path}")
        return found


class Witness:
    """Holds the published files of a directory open, and tells later whether one was written to.

    Removing and replacing a name leaves the file as it was; what has it mapped reads it for as long as it likes.
    """

    def __init__(self):
        self._seen = {}

    def look(self, directory):
        """Note the files that are there and were not seen before."""
        for path in Disk(directory).published:
            if inode(path) not in self._seen:
                file = path.open("rb")
                self._seen[inode(path)] = (path, file, self._state(path, file))

    def changed(self):
        """Return the paths of the files that are not as they were when they were first seen."""
        return [path for path, file, state in self._seen.values() if self._state(path, file) != state]

    def close(self):
        """Let go of them."""
        for _, file, _ in self._seen.values():
            file.close()

    @staticmethod
    def _state(path, file):
        status = os.fstat(file.fileno())
        file.seek(0)
        # When an entry was last used is noted in its time; of what several entries share it would say nothing.
        changed = 0 if ENTRY.fullmatch(path.name) else status.st_mtime_ns
        return status.st_size, changed, digest(file.read())
