"""The directory of entries: bytes under names, published whole or not at all.

Knows bytes and paths, never pickle and never keys' meaning. Layout::

    <directory>/            created 0700
      CACHEDIR.TAG  .gitignore
      v1/
        entries/<kk>/<name>       <name> = <key>-<code>, <kk> = its first two characters
        entries/<kk>/<name>.<blob>    large buffers of the entry, see `memo.links`
        blobs/<dd>/<blob>         the same files, by their digests
        functions/<code>.json     manifests
        locks/<kk>/<key>.lock     only while somebody computes

Everything is written to a temporary file beside its target and published with `os.replace`, so a reader sees the
old file, the new one, or none. Nothing is synced by default: after a power cut a file can be empty or short, and
then its seal does not hold, which is a miss.
"""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from memo.envelope import blobs_in
from memo.files import READ, disk_bytes, is_link, publish, read_rest, spread, sync_folder, unlink
from memo.folder import Folder, hold
from memo.links import Links
from memo.names import (
    code_of,
    entry_of,
    is_blob_name,
    is_entry_name,
    is_link_name,
    is_lock_name,
    is_manifest_name,
    is_temporary,
    link_name,
    temporary_path,
)
from memo.privacy import check_private, make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FORMAT_DIRECTORY = "v1"
ORPHAN_AFTER = 3600.0
"""Age (seconds) from which a temporary or lock file is nobody's any more."""

_FIRST_READ = 16384  # most entries are shorter, and a larger buffer costs more to get than to fill
_TOUCH_EVERY = 3600.0
_TOUCHED_AT_MOST = 100_000

_SHARDS = tuple(f"{number:02x}" for number in range(256))


class Store:
    """One directory on disk.

    Args:
        directory: The directory, absolute; created when first written to.
        fsync: Whether a write returns only once it would survive a power cut.
        trusted: Whether files of others are harmless, because they are signed or because somebody said so.
        clock: Seconds since the epoch.

    Raises:
        UnsafeCacheDir: Others could put files there, and that is not to be trusted.
    """

    def __init__(
        self,
        directory: Path,
        *,
        fsync: bool = False,
        trusted: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory = directory
        self._root = os.path.join(directory, FORMAT_DIRECTORY)
        self._entries = os.path.join(self._root, "entries", "")
        self._functions = os.path.join(self._root, "functions", "")
        self._locks = os.path.join(self._root, "locks", "")
        self._blobs = os.path.join(self._root, "blobs", "")
        self.links = Links(self._entries, self._blobs, self._make, fsync=fsync)
        self._fsync = fsync
        self._trusted = trusted
        self._clock = clock
        self._touched: dict[str, float] = {}
        self._admitted: set[str] = set()
        self._folder: Folder | None = None
        if not trusted:
            check_private(directory)

    # Entries

    def read(self, name: str) -> bytes | None:
        """Return the bytes of an entry, or None where there is none.

        Raises:
            OSError: It is there and cannot be read, or is no regular file, or lies behind a link.
        """
        shard, folder = name[:2], self._folder
        if folder is None or shard not in self._admitted:
            folder = self._admit(shard)
            if folder is None:
                return None
        try:
            fd = os.open(f"{folder.base}{shard}/{name}", READ, dir_fd=folder.descriptor)
        except OSError as error:
            if not folder.is_current():
                self._folder = None
                return self.read(name)
            if isinstance(error, FileNotFoundError):
                return None
            raise OSError(error.errno, error.strerror, self.entry_path(name)) from error
        try:
            data = os.read(fd, _FIRST_READ)
            if len(data) == _FIRST_READ:
                data = read_rest(fd, data)
            touched = self._touched.get(name)
            if touched is None or touched + _TOUCH_EVERY < self._clock():
                self._touch(fd, name)
        finally:
            os.close(fd)
        return data

    def open(self, link: str) -> int:
        """Open an entry's own file of a blob for reading, in the folder where the entry was read.

        Raises:
            OSError: It is not there, cannot be read, or lies behind a link.
        """
        folder = self._folder
        if folder is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.links.path(link))
        try:
            return os.open(f"{folder.base}{link[:2]}/{link}", READ, dir_fd=folder.descriptor)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self.links.path(link)) from error

    def peek(self, name: str, size: int) -> tuple[bytes, os.stat_result] | None:
        """Return the first `size` bytes of an entry and its stat, or None where there is none."""
        try:
            fd = os.open(self.entry_path(name), READ)
        except OSError:
            return None
        try:
            return os.read(fd, size), os.fstat(fd)
        except OSError:
            return None
        finally:
            os.close(fd)

    def prepare(self, name: str) -> None:
        """Look at the folders on the way to an entry before anything is written there.

        Raises:
            OSError: One of them is a link.
        """
        if self._folder is not None and not self._folder.is_current():
            self._folder = None
        if self._folder is None:
            self._admit(name[:2])  # somebody else may have made it anew

    def write(self, name: str, parts: Sequence[bytes]) -> None:
        """Publish an entry, replacing one of the same name. Its own files of blobs must be there.

        Raises:
            OSError: It could not be written; nothing of it stays.
        """
        publish(self.entry_path(name), parts, self._make, fsync=self._fsync)

    def remove(self, name: str) -> bool:
        """Remove an entry; return whether it was there. A power cut afterwards does not bring it back.

        Raises:
            OSError: It is there and cannot be removed.
        """
        try:
            links = self._take(name)
        except FileNotFoundError:
            links = None
        self.tidy(name, (links or set()) | self._left_for(name))
        if links is not None:
            sync_folder(os.path.dirname(self.entry_path(name)))
        return links is not None

    def _take(self, name: str) -> set[str]:
        """Remove an entry and nothing else; return its files of blobs.

        By another name first: between a look at it and its removal somebody might replace it.

        Raises:
            FileNotFoundError: It is not there.
            OSError: It cannot be removed.
        """
        path = self.entry_path(name)
        taken = temporary_path(path)
        os.rename(path, taken)
        found = self._files_in(name, _content(taken))
        if not unlink(taken):
            os.rename(taken, path)
            os.unlink(path)  # which says why not
        return found

    def files_of(self, name: str, *, unreadable: set[str] | None = None) -> set[str]:
        """Return the names of an entry's files of blobs.

        Args:
            name: The entry.
            unreadable: What to return of an entry that cannot be read; None: all files that could be its.
        """
        data = self.look(name)
        return unreadable if data == b"" and unreadable is not None else self._files_in(name, data)

    def _files_in(self, name: str, data: bytes | None) -> set[str]:
        if data is None:
            return set()
        rows = blobs_in(data)
        return self._left_for(name) if rows is None else {link_name(name, row.name) for row in rows}

    def tidy(self, name: str, links: set[str]) -> None:
        """Remove files of blobs, but those of the entry that is there now: somebody may just have stored it."""
        self.links.drop(links - self.files_of(name))

    def _left_for(self, name: str) -> set[str]:
        """Return the names of all files of blobs that an entry has, or that somebody left for it."""
        with suppress(OSError):
            shard = self._entries + name[:2]
            if not is_link(shard):
                return {file for file in os.listdir(shard) if is_link_name(file) and entry_of(file) == name}
        return set()

    def look(self, name: str) -> bytes | None:
        """Return the bytes of an entry without using it: None where there is none, b"" if it cannot be read."""
        return _content(self.entry_path(name))

    def start(self, name: str, size: int) -> bytes | None:
        """Return the first `size` bytes of an entry, which tell it from the next of its name; None if absent."""
        found = self.peek(name, size)
        return None if found is None else found[0]

    def names(self) -> Iterator[str]:
        """Yield the names of all entries, shard by shard; foreign files are passed over."""
        for item in self._files(self._entries):
            if is_entry_name(item.name):
                yield item.name

    def entry_path(self, name: str) -> str:
        """Return where the entry of that name lies, or would lie."""
        return f"{self._entries}{name[:2]}/{name}"

    # Manifests

    def read_manifest(self, code: str) -> bytes | None:
        """Return a manifest's bytes, or None where there is none or it cannot be read."""
        return _content(f"{self._functions}{code}.json") or None

    def has_manifest(self, code: str) -> bool:
        """Tell whether there is a manifest of a code id."""
        return os.path.exists(f"{self._functions}{code}.json")

    def write_manifest(self, code: str, data: bytes) -> None:
        """Publish a manifest.

        Raises:
            OSError: It could not be written; nothing of it stays.
        """
        publish(f"{self._functions}{code}.json", (data,), self._make, fsync=self._fsync)

    def manifests(self) -> Iterator[str]:
        """Yield the code ids (hex) that have a manifest."""
        with suppress(OSError):
            for file in os.listdir(self._functions):
                if is_manifest_name(file):
                    yield file.removesuffix(".json")

    # The directory

    def lock_path(self, key: str) -> str | None:
        """Return the lock file of a key, its folder made; None where it cannot be made."""
        folder = f"{self._locks}{key[:2]}"
        try:
            self._make(folder)
        except OSError:
            return None
        return f"{folder}/{key}.lock"

    def size(self) -> int:
        """Return the bytes that everything of this format takes on disk (allocated blocks where known)."""
        total = 0
        shared: set[int] = set()
        for folder in (self._entries, self._functions, self._blobs):
            for item in self._files(folder):
                with suppress(OSError):
                    status = os.lstat(item.path)  # on Windows, that of the listing does not count links
                    if status.st_nlink == 1 or status.st_ino not in shared:
                        total += disk_bytes(status)
                    if status.st_nlink > 1:
                        shared.add(status.st_ino)
        return total

    def clear(self, codes: frozenset[str] | None = None) -> int:
        """Remove entries, and return how many; foreign files stay.

        Args:
            codes: The code parts of the names to remove (16 hex digits); None removes everything: all entries
                and manifests, and what killed processes left.

        Raises:
            OSError: Something could not be removed; all else is.
        """
        removed, shards = 0, set[str]()
        links: dict[str, set[str]] = {}
        stuck: str | None = None
        for item in self._files(self._entries):
            if codes is None or code_of(item.name) in codes:
                shards.add(os.path.dirname(item.path))
                try:
                    removed += self._clear_file(item, links, is_all=codes is None)
                except OSError:
                    stuck = stuck or item.path
        for name, files in links.items():  # after the entries: none is ever without its files
            self.tidy(name, files)
        if codes is None:
            self._clear_rest()
        for shard in shards:
            sync_folder(shard)
        if stuck is not None:
            raise PermissionError(errno.EACCES, "cannot be removed", stuck)
        return removed

    def _clear_file(self, item: os.DirEntry[str], links: dict[str, set[str]], *, is_all: bool) -> bool:
        """Remove an entry, or note one of its files for later; return whether it was an entry.

        Raises:
            OSError: It cannot be removed.
        """
        if is_entry_name(item.name):
            with suppress(FileNotFoundError):
                links.setdefault(item.name, set()).update(self._take(item.name))
                return True
        elif is_link_name(item.name):
            links.setdefault(entry_of(item.name), set()).add(item.name)
        elif is_all and is_temporary(item.name):
            unlink(item.path)
        return False

    def _clear_rest(self) -> None:
        for item in self._files(self._functions):
            if is_manifest_name(item.name) or is_temporary(item.name):
                unlink(item.path)
        for item in self._files(self._blobs):
            if is_blob_name(item.name):
                self.links.release(item.name)

    def is_sweep_due(self) -> bool:
        """Tell whether an hour has gone by since anybody swept this directory, and note that it is swept now."""
        marker = os.path.join(self._root, "swept")
        with suppress(FileNotFoundError):
            if os.stat(marker).st_mtime + ORPHAN_AFTER > self._clock():
                return False
        publish(marker, (b"",), self._make, fsync=False)
        return True

    def sweep(self) -> int:
        """Remove what killed processes left an hour ago and more; return how many files."""
        folders = (self._entries, self._functions)
        removed = sum(unlink(item.path) for folder in folders for item in self._orphans(folder, is_temporary))
        name, needed = "", set[str]()
        for link in sorted(item.name for item in self._orphans(self._entries, is_link_name)):
            if entry_of(link) != name:
                name = entry_of(link)
                needed = self.files_of(name)
            if link not in needed:
                self.links.drop([link])
                removed += 1
        blobs = [item.name for item in self._orphans(self._blobs, is_blob_name)]
        return removed + sum(map(self.links.release, blobs))

    def old_locks(self) -> Iterator[str]:
        """Yield the lock files that have lain for an hour: of long computations, or of killed processes."""
        return (item.path for item in self._orphans(self._locks, is_lock_name))

    def _orphans(self, folder: str, is_kind: Callable[[str], bool]) -> Iterator[os.DirEntry[str]]:
        for item in self._files(folder):
            with suppress(OSError):
                if is_kind(item.name):
                    status = os.lstat(item.path)
                    # A link to a blob has the times of the blob, but for that of the last change of their number.
                    made = status.st_ctime if status.st_nlink > 1 else status.st_mtime
                    if made + ORPHAN_AFTER < self._clock():
                        yield item

    def _files(self, folder: str) -> Iterator[os.DirEntry[str]]:
        """Yield the regular files of a folder and of its shards; links are never followed, to folders neither."""
        for path in (folder, *(folder + shard for shard in _SHARDS)):
            if is_link(path) or (path == folder and is_link(self._root)):
                continue
            try:
                listing = os.scandir(path)
            except OSError:
                continue
            with listing:
                for item in listing:
                    if item.is_file(follow_symlinks=False):
                        yield item

    def _admit(self, shard: str) -> Folder | None:
        """Look once at the folders on the way to a shard; return that of all entries, None if it is not there.

        A directory that did not exist when it was checked can have been made by somebody else since; and a link
        in it would lead reads and removals out of it.
        """
        path = self._entries + shard
        if not os.path.lexists(path):
            return None
        for folder in (self._root, self._entries, path):
            if is_link(folder):
                raise OSError(errno.ELOOP, "is a link, which memo does not follow", folder)
        if self._folder is None:
            if not self._trusted:
                check_private(self.directory)
            self._folder = hold(self._entries)
            self._admitted.clear()
        self._admitted.add(shard)
        return self._folder

    def _touch(self, fd: int, name: str) -> None:
        """Note that an entry was used, at most once an hour: eviction by last use needs no more."""
        if len(self._touched) >= _TOUCHED_AT_MOST:
            self._touched.clear()
        now = self._touched[name] = self._clock()
        with suppress(OSError, NotImplementedError):
            if os.fstat(fd).st_mtime + _TOUCH_EVERY < now:
                os.utime(fd if os.utime in os.supports_fd else self.entry_path(name))

    def _make(self, folder: str) -> None:
        """Make a folder of this store, and the store around it where it is not there (any more)."""
        if os.path.isdir(folder):
            return
        is_new = not os.path.isdir(self._root)
        make_private(self.directory)
        if not self._trusted:
            check_private(self.directory)  # somebody else may have been quicker
        if is_new:
            _mark(self.directory)
        if not os.path.isdir(self._entries):
            make_private(self._entries)
            spread(self._entries)
        make_private(folder)


def _content(path: str) -> bytes | None:
    """Return what is in a file; None where there is none, nothing if it cannot be read."""
    try:
        fd = os.open(path, READ)
    except FileNotFoundError:
        return None
    except OSError:
        return b""
    try:
        return read_rest(fd, b"")
    except OSError:
        return b""
    finally:
        os.close(fd)


def _mark(directory: Path) -> None:
    """Tell backup programs (bford.info/cachedir) and git that this is a cache."""
    with suppress(OSError):
        tag = directory / "CACHEDIR.TAG"
        if not tag.exists():
            tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n# A cache of memo; safe to delete.\n")
        ignore = directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
