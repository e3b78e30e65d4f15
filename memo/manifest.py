"""Manifests: under which names the code of a code id has been seen. Written by `memo.fingerprint`, read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def names_in(manifest: bytes | None) -> list[dict[str, str]]:
    """Return the names in a manifest; one that is damaged names nothing."""
    import json

    try:
        names = json.loads(manifest or b"{}")["names"]
        return [name for name in names if {"module", "qualname", "file"} <= name.keys()]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two names mean the same function: same file, or, without one, same module."""
    return one["qualname"] == other["qualname"] and (
        one["file"] == other["file"] if one["file"] else one["module"] == other["module"]
    )
