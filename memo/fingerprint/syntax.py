"""Parsing, by several threads at once."""

from __future__ import annotations

import ast

_TRIES = 100


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a text.

    Python 3.11 keeps the depth of the tree that it builds in one place for all threads, and notices when two have
    used it (https://github.com/python/cpython/issues/106905). Whoever tries again is mostly alone. No lock: one
    that another thread holds during a fork would block the child for good.

    Raises:
        SyntaxError: The text is no Python.
        ValueError: It holds a null character.
        RecursionError, MemoryError: It is nested too deep.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(text)
        except SystemError:
            continue
    return ast.parse(text)
