"""The culprit: which part of a result cannot be pickled, and what to say of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from memo.codec import can_be_pickled
from memo.errors import UnpicklableResult


def unpicklable(function: str, result: object, error: Exception) -> UnpicklableResult:
    """Return the error for a result that cannot be pickled, with the path to the part that cannot."""
    where = ""
    with suppress(Exception):  # looking into a result runs code of its own
        path, part = culprit(result)
        where = f"result{path}, a {type(part).__qualname__}, " if path else ""
    return UnpicklableResult(function, type(result).__qualname__, where + short(error))


def short(error: BaseException) -> str:
    """Return what an error says, in a line; its own `__str__` may raise."""
    text = "its message cannot be read"
    with suppress(Exception):
        text = str(error)
    return f"{type(error).__name__}: {text}"[:300]


def culprit(result: object) -> tuple[str, object]:
    """Return the path to the part of a result that cannot be pickled, like `["model"].lock`, and that part."""
    path, value, seen = "", result, set[int]()
    while id(value) not in seen:
        seen.add(id(value))
        for step, child in _children(value):
            if not can_be_pickled(child):
                path, value = path + step, child
                break
    return path, value


def _children(value: Any) -> list[tuple[str, Any]]:
    """Return the parts of a container or instance, each with the step that leads to it."""
    if isinstance(value, dict):
        items = cast("dict[object, object]", value).items()
        return [(f"[{key!a}]", child) for key, child in items]
    if isinstance(value, (list, tuple)):
        return [(f"[{index}]", child) for index, child in enumerate(cast("list[object]", value))]
    attributes: dict[str, object] = getattr(value, "__dict__", {})
    return [] if isinstance(value, type) else [(f".{name}", child) for name, child in attributes.items()]
