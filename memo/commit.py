"""The commit: a result becomes an entry, its blobs first and the entry last: none is ever without its blobs."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from memo.envelope import INLINE, pack
from memo.names import link_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memo.blobs import Blobs
    from memo.codec import Encoded
    from memo.envelope import Blob, Head, Sealer
    from memo.store import Store

_ATTEMPTS = 3
"""How often blobs are stored anew while somebody else clears the cache."""


def commit(
    store: Store, sealer: Sealer, name: str, head: Head, meta: bytes, encoded: Encoded, blobs: Callable[[], Blobs]
) -> int:
    """Publish an entry, in place of one of the same name; return the bytes written.

    Args:
        store: Where to.
        sealer: What seals it.
        name: Its name.
        head: Its head.
        meta: Its meta block.
        encoded: The result.
        blobs: What stores its regions, if it has any.

    Raises:
        OSError: It could not be written; nothing of it stays.
    """
    store.prepare(name)
    before = store.files_of(name)
    made: set[str] = set()
    try:
        for _ in range(_ATTEMPTS):
            rows, numbers, written = _keep(blobs, name, encoded, made)
            slices = [
                row if row.blob == INLINE else row._replace(blob=numbers[row.blob]) for row in encoded.slices
            ]
            parts = pack(sealer, head, meta, encoded.stream, encoded.small, rows, slices)
            store.write(name, parts)
            if store.links.settle(made):
                break
        else:
            store.remove(name)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), store.entry_path(name))
    except BaseException:  # also Ctrl-C: what was there before stays as it was
        store.links.drop(made - before)
        raise
    store.links.drop(before - made)
    return written + sum(map(len, parts))


def _keep(
    blobs: Callable[[], Blobs], name: str, encoded: Encoded, made: set[str]
) -> tuple[Sequence[Blob], list[int], int]:
    """Store the regions of a result; return the table of blobs, the row of each region, and the bytes written."""
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
    return list(rows.values()), [numbers[link] for link in links], written
