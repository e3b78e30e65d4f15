"""The commit: a result becomes an entry, its blobs first and the entry last: none is ever without its blobs."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from memo.envelope import INLINE, Payload
from memo.names import link_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from memo.blobs import Blobs
    from memo.codec import Encoded
    from memo.envelope import Blob
    from memo.store import Store

_ATTEMPTS = 20
"""How often a result is stored anew while somebody else clears the cache, files under way included."""


def commit(
    store: Store,
    name: str,
    encoded: Encoded,
    blobs: Callable[[], Blobs],
    seal: Callable[[Payload], tuple[bytes, bytes]],
) -> int:
    """Publish an entry, in place of one of the same name; return the bytes written.

    Args:
        store: Where to.
        name: Its name.
        encoded: The result.
        blobs: What stores its regions, if it has any.
        seal: Makes the parts of its file.

    Raises:
        OSError: It could not be written; nothing of it stays.
    """
    store.prepare(name)
    before = store.files_of(name)
    if not encoded.regions and not before:  # most results: there is nothing that could come apart
        parts = seal(Payload(encoded.stream, encoded.small, (), encoded.slices))
        store.write(name, parts)
        return len(parts[0]) + len(parts[1])
    made: set[str] = set()
    try:
        for _ in range(_ATTEMPTS):
            with suppress(FileNotFoundError):
                payload, written = _keep(blobs, name, encoded, made)
                parts = seal(payload)
                store.write(name, parts)
                if store.links.settle(made):
                    break
        else:
            _give_up(store, name)
    except BaseException:  # also Ctrl-C: what was there before stays as it was
        # Without a look at what is there now, where that cannot be had: there may be no descriptor left for it.
        store.links.drop(made - store.files_of(name, unreadable=before))
        raise
    if before:
        store.tidy(name, before - made)
    return written + sum(map(len, parts))


def _give_up(store: Store, name: str) -> NoReturn:
    """Leave no entry without its blobs."""
    store.remove(name)
    raise FileNotFoundError(errno.ENOENT, "its blobs are removed while it is stored", store.entry_path(name))


def _keep(blobs: Callable[[], Blobs], name: str, encoded: Encoded, made: set[str]) -> tuple[Payload, int]:
    """Store the regions of a result; return what goes into its entry, and the bytes written."""
    rows: dict[str, Blob] = {}
    links: list[str] = []
    written = 0
    for region in encoded.regions:
        row, new = blobs().keep(name, region)
        links.append(link_name(name, row.name))
        rows[links[-1]] = row
        made.add(links[-1])
        written += new
    numbers = {link: number for number, link in enumerate(rows)}
    slices = [row if row.blob == INLINE else row._replace(blob=numbers[links[row.blob]]) for row in encoded.slices]
    return Payload(encoded.stream, encoded.small, list(rows.values()), slices), written
