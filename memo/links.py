"""Links: the large buffers of entries as files, each distinct one stored once.

    entries/<kk>/<name>.<blob>     an entry's own file: a hard link to the blob, or a copy where there are none
    blobs/<dd>/<blob>              the same file under its digest, for the next entry that has this content

An entry needs nothing but its own files. Blobs only tell a writer what is there already, and the file system
counts who still has one: so a crash between any two steps costs nothing but a file that nobody needs, and that is
swept.

Not numbered, as in `<name>.0`: storing another result in place of an entry would change what the entry that is
still there means.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from memo.files import create, is_link, unlink, write_all
from memo.names import blob_of, temporary_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Links:
    """The blobs of one directory, and the links to them.

    Args:
        entries: The folder of entries, with a separator at its end.
        blobs: The folder of blobs, with a separator at its end.
        make: Makes a missing folder.
        fsync: Whether what is written must survive a power cut from now on.
    """

    def __init__(self, entries: str, blobs: str, make: Callable[[str], None], *, fsync: bool) -> None:
        self._entries, self._blobs = entries, blobs
        self._make = make
        self._fsync = fsync

    def path(self, link: str) -> str:
        """Return where an entry's own file lies, or would lie."""
        return f"{self._entries}{link[:2]}/{link}"

    def blob_path(self, blob: str) -> str:
        """Return where a blob lies, or would lie."""
        return f"{self._blobs}{blob[:2]}/{blob}"

    def share(self, link: str, accept: Callable[[str], bool]) -> bool:
        """Make an entry's own file a link to the blob that is there; return whether that was possible.

        A blob that is not what it should be is removed.

        Args:
            link: The name of the entry's own file.
            accept: Tells whether the file at a path is the blob that it should be.
        """
        own, blob = self.path(link), self.blob_path(blob_of(link))
        with suppress(OSError):
            if os.path.samestat(os.lstat(own), os.lstat(blob)) and accept(own):
                return True  # of the entry that is to be replaced
        temporary = temporary_path(own)
        if not self._is_linked(blob, temporary):
            return False
        try:
            if not stat.S_ISREG(os.lstat(temporary).st_mode):
                return False
            if accept(temporary):
                os.replace(temporary, own)
                return True
        finally:
            unlink(temporary)  # still there, too, if it was a second link to what `own` is
        unlink(blob)
        return False

    def _is_linked(self, blob: str, path: str) -> bool:
        """Give a blob another name; return whether that was possible."""
        if self._is_elsewhere(blob):
            return False
        try:
            try:
                _link(blob, path)
            except FileNotFoundError:
                if not os.path.lexists(blob):
                    return False
                self._make(os.path.dirname(path))
                _link(blob, path)
        except OSError as error:
            if error.errno == errno.EMLINK:
                unlink(blob)  # the next copy takes its place, for as many entries again
            return False
        return True

    def _is_elsewhere(self, blob: str) -> bool:
        """Tell whether the way to a blob leads out of the directory."""
        return is_link(self._blobs) or is_link(os.path.dirname(blob))

    def write(
        self,
        link: str,
        chunks: Iterable[bytes | memoryview],
        prove: Callable[[int], None],
        accept: Callable[[str], bool],
    ) -> None:
        """Write an entry's own file, and make it a blob unless there is one.

        Args:
            link: The name of the entry's own file.
            chunks: Its content.
            prove: Raises an error if the file behind a descriptor is not what its name says.
            accept: Tells whether the file at a path is as good: of a writer who was quicker.

        Raises:
            OSError: It could not be written; nothing of it stays.
            Exception: What `prove` raises; as above.
        """
        own, blob = self.path(link), self.blob_path(blob_of(link))
        temporary = temporary_path(own)
        descriptor = create(temporary, self._make)
        try:
            try:
                for chunk in chunks:
                    write_all(descriptor, chunk)
                prove(descriptor)
                if self._fsync:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            for _ in range(2):  # again where what was there was no good, and has been removed
                if self._name(temporary, blob):
                    break
                if self.share(link, accept):
                    unlink(temporary)
                    return
            os.replace(temporary, own)
            unlink(temporary)  # still there if somebody has linked the blob to `own` meanwhile
        except BaseException:
            unlink(temporary)
            self.release(blob_of(link))  # where it had its name already
            raise

    def _name(self, path: str, blob: str) -> bool:
        """Make a file a blob; return False if there is one of that name. Without hard links, it is none."""
        if self._is_elsewhere(blob):
            return True
        try:
            try:
                _link(path, blob)
            except FileNotFoundError:
                self._make(os.path.dirname(blob))
                _link(path, blob)
        except FileExistsError:
            return False
        except OSError:
            pass
        return True

    def settle(self, links: Iterable[str]) -> bool:
        """Look once more at an entry's own files after it was published; return whether they are all there.

        While they were made, somebody else may have removed the last other link to a blob, and the blob with it.
        """
        for link in links:
            try:
                alone = os.lstat(self.path(link)).st_nlink == 1
            except OSError:
                return False
            if alone:
                self._name(self.path(link), self.blob_path(blob_of(link)))
        return True

    def drop(self, links: Iterable[str]) -> None:
        """Remove files of an entry, and the blobs that no other entry has."""
        for link in links:
            unlink(self.path(link))
            self.release(blob_of(link))

    def release(self, blob: str) -> bool:
        """Remove a blob that no entry has (any more); return whether it is gone."""
        path = self.blob_path(blob)
        with suppress(OSError):
            if self._is_elsewhere(path):
                return False
            status = os.lstat(path)
            return stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and unlink(path)
        return False

    def condemn(self, link: str) -> None:
        """Take the name from a damaged blob, so that no further entry gets it; not from one in its place."""
        path = self.blob_path(blob_of(link))
        with suppress(OSError):
            if not self._is_elsewhere(path) and os.path.samestat(os.lstat(path), os.lstat(self.path(link))):
                unlink(path)


def _link(source: str, target: str) -> None:
    """Make a hard link; as `os.link`, but without one (on some platforms Python has none) an OSError."""
    if not hasattr(os, "link"):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), source)
    os.link(source, target)
