"""Binding at C speed: a generated function with the signature of the cached one, which returns its arguments.

`Signature.bind` takes ten times as long. A call that does not fit raises Python's own `TypeError`, because it is
Python that binds.
"""

from __future__ import annotations

import difflib
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_EMPTY = inspect.Parameter.empty
_POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
_VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
_KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
_VAR_KEYWORD = inspect.Parameter.VAR_KEYWORD


def binder(
    function: Callable[..., Any], ignore: Collection[str]
) -> tuple[tuple[str, ...], Callable[..., tuple[Any, ...]]]:
    """Return the names of the parameters that enter the key, and a function from a call to their values.

    Args:
        function: The function whose signature counts.
        ignore: Parameters to leave out.

    Raises:
        ValueError: `ignore` names a parameter that the function does not have.
        TypeError: The function has no signature that Python knows.
    """
    try:
        parameters = list(inspect.signature(function, follow_wrapped=False).parameters.values())
    except ValueError as error:
        raise TypeError(f"cached() cannot see the parameters of {function!r}: wrap it in a def of your own") from error
    known = [parameter.name for parameter in parameters]
    _check_names(function, ignore, known)
    names = tuple(name for name in known if name not in ignore)
    defaults = {f"_memo_default_{name}": p.default for name, p in zip(known, parameters, strict=True)}
    source = f"def bind({_signature(parameters)}): return ({''.join(f'{name}, ' for name in names)})"
    scope: dict[str, Any] = {name: value for name, value in defaults.items() if value is not _EMPTY}
    exec(source, scope)  # noqa: S102 - made of identifiers only, which `inspect` took from a real function
    bind = scope["bind"]
    # Python names the function in its TypeError: it shall be the user's.
    bind.__name__ = getattr(function, "__name__", "function")
    bind.__qualname__ = getattr(function, "__qualname__", bind.__name__)
    return names, bind


def _check_names(function: Callable[..., Any], ignore: Collection[str], known: list[str]) -> None:
    for name in ignore:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(known) or 'none'}"
            who = getattr(function, "__qualname__", repr(function))
            raise ValueError(f"ignore names {name!r}, which is no parameter of {who}; {hint}")


def _signature(parameters: list[inspect.Parameter]) -> str:
    parts: list[str] = []
    kinds = [parameter.kind for parameter in parameters]
    for at, parameter in enumerate(parameters):
        if parameter.kind is _KEYWORD_ONLY and _KEYWORD_ONLY not in kinds[:at] and _VAR_POSITIONAL not in kinds:
            parts.append("*")
        stars = {_VAR_POSITIONAL: "*", _VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is _EMPTY else f"=_memo_default_{parameter.name}"
        parts.append(f"{stars}{parameter.name}{default}")
        if parameter.kind is _POSITIONAL_ONLY and _POSITIONAL_ONLY not in kinds[at + 1 :]:
            parts.append("/")
    return ", ".join(parts)
