"""Warnings: once for each thing that is wrong, at the line of the user's that met it."""

from __future__ import annotations

import os
import sys
import warnings

from memo.errors import MemoWarning

_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_warned: set[tuple[str, str]] = set()


def has_warned(kind: str, subject: str) -> bool:
    """Tell whether something has been said to be wrong with a subject."""
    return (kind, subject) in _warned


def warn_once(kind: str, subject: str, message: str) -> None:
    """Warn the first time that something is wrong with a subject, at the line of the user's that called."""
    if has_warned(kind, subject):
        return
    _warned.add((kind, subject))
    level, frame = 2, sys._getframe(1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - documented, and there is no other
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, MemoWarning, stacklevel=level)
