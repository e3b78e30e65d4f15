"""Privacy of a directory: what is unpickled from there runs, so nobody else may be able to put files there."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from memo.errors import UnsafeCacheDir

if TYPE_CHECKING:
    from pathlib import Path


def make_private(directory: str | Path) -> None:
    """Make a directory, and those above it that are missing, that only their owner may enter.

    `os.makedirs` would give the ones above whatever the umask leaves, and the next process would refuse them.

    Raises:
        OSError: It cannot be made.
    """
    missing: list[str] = []
    path = os.fspath(directory).rstrip(os.sep)
    while path and not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for path in reversed(missing):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            if not os.path.isdir(path):
                raise


def check_private(directory: Path) -> None:
    """Check that nobody else could have put files into a directory: what is unpickled from there runs.

    The directory and all above it must belong to us or to root and must not be writable by others, unless
    sticky (like /tmp). A group counts as others, except the private group that some systems give each user.
    Where the system has no such owners (Windows), there is nothing to check.

    Raises:
        UnsafeCacheDir: Somebody else could.
    """
    if not hasattr(os, "geteuid"):
        return
    for path in (directory, *directory.parents):
        try:
            status = path.stat()
        except OSError:
            continue  # it is not there, or not for us to look at: then nothing will be read from there either
        reason = _why_unsafe(status, os.geteuid(), is_above=path != directory)
        if reason:
            where = "" if path == directory else f"{path}, above it, "
            raise UnsafeCacheDir(str(directory), f"{where}{reason}")


def _why_unsafe(status: os.stat_result, user: int, *, is_above: bool) -> str | None:
    if status.st_uid not in (user, 0):
        return f"belongs to user {status.st_uid}, who is neither you ({user}) nor root"
    if is_above and status.st_mode & stat.S_ISVTX:
        return None  # others can put things beside our directory, and cannot touch it
    if status.st_mode & stat.S_IWOTH:
        return "can be written by everybody"
    if status.st_mode & stat.S_IWGRP and not _is_private_group(status.st_gid, status.st_uid):
        return f"can be written by group {status.st_gid}"
    return None


def _is_private_group(group: int, user: int) -> bool:
    """Tell whether a group is one user's own (root's count too): then its permission gives nothing away."""
    import grp
    import pwd

    try:
        owner = pwd.getpwuid(user)
        members = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return False
    # Whoever has it as first group is a member too, and is not listed with the others.
    members.update(person.pw_name for person in pwd.getpwall() if person.pw_gid == group)
    return owner.pw_gid == group and members <= {owner.pw_name}
