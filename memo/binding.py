"""Binding at C speed: a generated function with the signature of the cached one, which returns its arguments.

`Signature.bind` takes ten times as long. A call that does not fit raises Python's own `TypeError`, because it is
Python that binds.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    KeyFunction: TypeAlias = Callable[..., object]
    Chooser: TypeAlias = Callable[[tuple[Any, ...]], tuple[Any, ...]]

# The kinds of parameters, numbered as in `inspect`, whose import would take longer than all of memo's.
_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD, _VAR_POSITIONAL, _KEYWORD_ONLY, _VAR_KEYWORD = range(5)
_STARS = {_VAR_POSITIONAL: "*", _VAR_KEYWORD: "**"}
_HAS_ARGS, _HAS_KWARGS = 0x4, 0x8  # flags of a code object


class _Parameter(NamedTuple):
    """One parameter; `default` is a tuple of the default, or of nothing."""

    name: str
    kind: int
    default: tuple[object, ...]


class Binding(NamedTuple):
    """How the calls of a function become values to hash."""

    names: tuple[str, ...]
    """What errors and explanations call the values."""

    bind: Callable[..., tuple[Any, ...]]
    """Returns the arguments of a call that are not ignored."""

    choose: Chooser | None
    """Returns what to hash in their place; None if that is they themselves."""


def binding(
    function: Callable[..., Any],
    ignore: Collection[str],
    key: Mapping[str, KeyFunction],
    whole: KeyFunction | None = None,
) -> Binding:
    """Return how calls of a function become values to hash.

    Args:
        function: The function whose signature counts.
        ignore: Parameters to leave out.
        key: Key functions by the parameters that they are for.
        whole: One for all of them.

    Raises:
        ValueError: `ignore` or `key` names a parameter that the function does not have, or both name one.
        TypeError: The function has no signature that Python knows.
    """
    parameters = _parameters(function) if isinstance(function, FunctionType) else _inspected(function)
    known = [parameter.name for parameter in parameters]
    _check_names(function, "ignore", ignore, known)
    _check_names(function, "key", key, known)
    if both := set(key).intersection(ignore):
        raise ValueError(f"ignore and key both name {', '.join(sorted(both))}: hash it, or leave it out")
    left = [parameter for parameter in parameters if parameter.name not in ignore]
    names, choose = tuple(parameter.name for parameter in left), None
    if whole is not None:
        names, choose = ("key",), _all_in_one(left, whole)
    elif key:
        choose = _each(tuple(key.get(name) for name in names))
    return Binding(names, _bind(function, parameters, left), choose)


def _bind(
    function: Callable[..., Any], parameters: list[_Parameter], returned: list[_Parameter]
) -> Callable[..., tuple[Any, ...]]:
    """Return a function with the parameters of another, which returns some of them."""
    values = "".join(f"{_value(parameter)}, " for parameter in returned)
    source = f"def bind({_signature(parameters)}): return ({values})"
    scope: dict[str, Any] = {_default_name(p.name): p.default[0] for p in parameters if p.default}
    scope[_NOT_GIVEN] = NOT_GIVEN
    exec(source, scope)  # noqa: S102 - made of nothing but identifiers, which come from a real function
    bind: Callable[..., tuple[Any, ...]] = scope["bind"]
    # Python names the function in its TypeError: it shall be the user's.
    bind.__name__ = getattr(function, "__name__", type(function).__name__)
    bind.__qualname__ = getattr(function, "__qualname__", bind.__name__)
    return bind


def _each(functions: tuple[KeyFunction | None, ...]) -> Chooser:
    """Return what puts the answers of key functions in the place of their arguments."""

    def choose(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            value if function is None or value is NOT_GIVEN else function(value)
            for function, value in zip(functions, values, strict=True)
        )

    return choose


def _all_in_one(parameters: list[_Parameter], key: KeyFunction) -> Chooser:
    """Return what calls one key function as the function itself is called."""
    prefixes = {**_STARS, _KEYWORD_ONLY: "{}="}
    passed = ", ".join(prefixes.get(p.kind, "").format(p.name) + p.name for p in parameters)
    scope: dict[str, Any] = {_KEY: key}
    exec(f"def call({', '.join(p.name for p in parameters)}): return {_KEY}({passed})", scope)  # noqa: S102 - as below
    call = cast("Callable[..., object]", scope["call"])
    absent = [p.default[0] if p.default else None for p in parameters]

    def choose(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not any(value is NOT_GIVEN for value in values):
            return (call(*values),)
        # The key function asks for the default as the function itself would.
        given = [default if value is NOT_GIVEN else value for value, default in zip(values, absent, strict=True)]
        return (_marked(call(*given), [default for default in absent if type(default) is object]),)

    return choose


def _marked(found: Any, absent: list[object]) -> Any:
    """Put what can be hashed in the place of defaults that cannot, if a key function returned them."""
    parts: Any = found
    if type(parts) in {tuple, list}:
        return [_marked(part, absent) for part in parts]
    return NOT_GIVEN if any(found is default for default in absent) else found


class _NotGiven:
    """Stands in the key for an argument that is a bare `object()` as default, which nothing else could hash."""

    def __memo_hash__(self) -> str:
        """Return the same in every process."""
        return "not given"


NOT_GIVEN = _NotGiven()
_NOT_GIVEN, _KEY = "_memo_not_given", "_memo_key"


def _value(parameter: _Parameter) -> str:
    """Return the expression for the value of a parameter in the key."""
    if parameter.default and type(parameter.default[0]) is object:
        return f"{_NOT_GIVEN} if {parameter.name} is {_default_name(parameter.name)} else {parameter.name}"
    return parameter.name


def _parameters(function: FunctionType) -> list[_Parameter]:
    """Read the parameters of a plain function off its code object."""
    code = function.__code__
    plain, keyword = code.co_argcount, code.co_kwonlyargcount
    names = iter(code.co_varnames)
    defaults = function.__defaults__ or ()
    by_name = function.__kwdefaults__ or {}
    found: list[_Parameter] = []
    for at in range(plain):
        kind = _POSITIONAL_ONLY if at < code.co_posonlyargcount else _POSITIONAL_OR_KEYWORD
        from_end = at - plain + len(defaults)
        found.append(_Parameter(next(names), kind, defaults[from_end : from_end + 1] if from_end >= 0 else ()))
    only: list[_Parameter] = []
    for _ in range(keyword):
        name = next(names)
        only.append(_Parameter(name, _KEYWORD_ONLY, (by_name[name],) if name in by_name else ()))
    found += [_Parameter(next(names), _VAR_POSITIONAL, ())] if code.co_flags & _HAS_ARGS else []
    found += only
    return found + ([_Parameter(next(names), _VAR_KEYWORD, ())] if code.co_flags & _HAS_KWARGS else [])


def _inspected(function: Callable[..., Any]) -> list[_Parameter]:
    """Return the parameters of any other callable, as `inspect` finds them."""
    import inspect

    try:
        # Not the signature that a wrapper shows for what it wraps: the call is made to the wrapper.
        signature = inspect.signature(function, follow_wrapped=False)
    except ValueError as error:
        inner = getattr(function, "__wrapped__", None)  # `lru_cache` has none of its own
        if inner is not None:
            return _parameters(inner) if isinstance(inner, FunctionType) else _inspected(inner)
        raise TypeError(
            f"cached() cannot see the parameters of {function!r}: call it in a def of your own and decorate that"
        ) from error
    return [
        _Parameter(p.name, int(p.kind), () if p.default is p.empty else (p.default,))
        for p in signature.parameters.values()
    ]


def _check_names(function: Callable[..., Any], option: str, names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(str(name), known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(known) or 'none'}"
            who = getattr(function, "__qualname__", repr(function))
            raise ValueError(f"{option} names {name!r}, which is no parameter of {who}; {hint}")


def _signature(parameters: list[_Parameter]) -> str:
    parts: list[str] = []
    kinds = [parameter.kind for parameter in parameters]
    for at, (name, kind, default) in enumerate(parameters):
        if kind == _KEYWORD_ONLY and _KEYWORD_ONLY not in kinds[:at] and _VAR_POSITIONAL not in kinds:
            parts.append("*")
        parts.append(f"{_STARS.get(kind, '')}{name}{f'={_default_name(name)}' if default else ''}")
        if kind == _POSITIONAL_ONLY and _POSITIONAL_ONLY not in kinds[at + 1 :]:
            parts.append("/")
    return ", ".join(parts)


def _default_name(parameter: str) -> str:
    return f"_memo_default_{parameter}"
