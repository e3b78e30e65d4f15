"""Canonical bytecode: what a code object does, without where it stands and what its locals are called.

Used to check that a syntax tree belongs to loaded code, and in place of the tree where there is none. It holds for
one X.Y version of Python only.
"""

from __future__ import annotations

import dis
from bisect import bisect_left
from types import CodeType
from typing import TYPE_CHECKING, Any, cast

from memo.fingerprint.undecidable import ATTRIBUTES, MODULES, NAMES, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

# Optimized, newlocals, varargs, varkeywords, generator, coroutine, iterable coroutine, async generator, and the
# __future__ flags; not "nested" and "no free variables", which follow from the rest.
FUTURES = 0x1FE0000
"""The flags of `from __future__ import …`."""
_FLAGS = 0x1 | 0x2 | 0x4 | 0x8 | 0x20 | 0x80 | 0x100 | 0x200 | FUTURES
_INVISIBLE = frozenset({"NOP", "CACHE", "EXTENDED_ARG"})
READS_LOCAL_NAMES = frozenset({"locals", "vars", "dir", "eval", "exec", "query"})
"""Functions to whom the names of local variables matter: they are kept in code that mentions one. (`query` is that
of data frames.)"""


def same_code(one: CodeType, other: CodeType) -> bool:
    """Tell whether two code objects of this Python do the same."""
    return _alike(one, other) or canonical(one) == canonical(other)


def _alike(one: CodeType, other: CodeType) -> bool:
    """Tell quickly, for the usual case that nothing at all has changed; may say False too often."""
    return (
        one.co_code == other.co_code
        and _shape(one) == _shape(other)
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_exceptiontable == other.co_exceptiontable
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_alike_constants, one.co_consts, other.co_consts))
    )


def _alike_constants(one: object, other: object) -> bool:
    if isinstance(one, CodeType):
        return isinstance(other, CodeType) and _alike(one, other)
    return one is other or constant(one) == constant(other)


def _shape(code: CodeType) -> tuple[Any, ...]:
    """Return how a code object is called and what it closes over."""
    positional = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
    return (
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & _FLAGS,
        positional,
        code.co_freevars,
        len(code.co_cellvars),
    )


def canonical(code: CodeType) -> tuple[Any, ...]:
    """Return what a code object does as nested tuples of str, int and bytes, the same in every process."""
    instructions = [item for item in dis.get_instructions(code) if item.opname not in _INVISIBLE]
    offsets = sorted(item.offset for item in instructions)
    named = bool(READS_LOCAL_NAMES.intersection(code.co_names))
    cells = {name: number for number, name in enumerate(code.co_cellvars)}
    return (
        _shape(code),
        code.co_varnames if named else (),
        tuple(_instruction(item, offsets, cells, code.co_consts) for item in instructions),
        tuple(_handlers(code.co_exceptiontable, offsets)),
    )


def _instruction(
    item: dis.Instruction, offsets: list[int], cells: dict[str, int], consts: tuple[object, ...]
) -> tuple[Any, ...]:
    op = item.opcode
    if op in dis.hasconst and item.arg is not None:
        return (item.opname, constant(consts[item.arg]))  # not `argval`, which 3.11 leaves out for KW_NAMES
    if op in dis.hasjrel or op in dis.hasjabs:
        return (item.opname, _ordinal(item.argval, offsets))
    if op in dis.hasfree:
        return (item.opname, cells.get(item.argval, item.argval))
    if op in dis.hasname:
        # The low bits of the argument say how the result is called, which the next instructions say too.
        return (item.opname, item.argval)
    return (item.opname, item.arg)


def _ordinal(offset: int, offsets: list[int]) -> int:
    """Return the number of the visible instruction at or after an offset."""
    return bisect_left(offsets, offset)


def _handlers(table: bytes, offsets: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield which instructions are guarded by which handler, by number: offsets move with each NOP.

    The format is that of `Objects/exception_handling_notes.txt` in CPython's source: numbers in groups of six
    bits, the most significant first, `0x80` at the start of each entry, `0x40` where another group follows.
    """
    numbers: list[int] = []
    value = 0
    for byte in table:
        value = (value << 6) | (byte & 0x3F)
        if not byte & 0x40:
            numbers.append(value)
            value = 0
    last: tuple[int, int, int, int] | None = None
    for start, length, target, kind in zip(*[iter(numbers)] * 4, strict=True):
        first, end = _ordinal(2 * start, offsets), _ordinal(2 * (start + length), offsets)
        entry = (first, end, _ordinal(2 * target, offsets), kind)
        if first == end:
            continue  # nothing but a NOP
        if last and last[1:] == (first, *entry[2:]):
            last = (last[0], *entry[1:])
            continue
        if last:
            yield last
        last = entry
    if last:
        yield last


def mentions(code: CodeType) -> set[str]:
    """Return all names of globals and attributes in a code object and those inside it."""
    found = set(code.co_names)
    for value in code.co_consts:
        if isinstance(value, CodeType):
            found |= mentions(value)
    return found


def constant(value: object) -> tuple[Any, ...]:
    """Return a constant of a code object by type and value: `1 == True == 1.0`, and they differ here."""
    if isinstance(value, CodeType):
        return ("code", canonical(value))
    if isinstance(value, tuple):
        return ("tuple", *map(constant, cast("tuple[object, ...]", value)))
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(map(repr, map(constant, cast("frozenset[object]", value)))))
    if isinstance(value, float):
        return ("float", value.hex())
    if isinstance(value, complex):
        return ("complex", value.real.hex(), value.imag.hex())
    return (type(value).__name__, ascii(value))


def names(code: CodeType) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the global and free names that code reads, each with the attributes taken from it, nested code too."""
    chain: tuple[str, tuple[str, ...]] | None = None  # the name just loaded, and the attributes so far
    for item in dis.get_instructions(code):
        if chain is not None and item.opname in {"LOAD_ATTR", "LOAD_METHOD"}:
            name, attributes = chain
            chain = (name, (*attributes, str(item.argval)))
            continue
        if item.opname in {"CACHE", "EXTENDED_ARG", "NOP", "PUSH_NULL"}:
            continue
        if chain is not None:
            yield chain
        outer = item.opname in {"LOAD_GLOBAL", "LOAD_NAME"} or (
            item.opname in {"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_CLOSURE"} and item.argval in code.co_freevars
        )
        chain = (str(item.argval), ()) if outer else None
    if chain is not None:
        yield chain
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from names(value)


def imports(code: CodeType) -> Iterator[tuple[str, int]]:
    """Yield the modules that code imports in its body, with the level of a relative import."""
    stack: list[Any] = []
    for item in dis.get_instructions(code):
        if item.opname == "LOAD_CONST":
            stack.append(item.argval)
        elif item.opname == "IMPORT_NAME":
            level = stack[-2] if len(stack) > 1 and isinstance(stack[-2], int) else 0
            yield str(item.argval), level
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from imports(value)


def problems(code: CodeType) -> Iterator[Problem]:
    """Yield what of code nothing but running it could decide; of code without a tree, so with less certainty."""
    instructions = list(dis.get_instructions(code))
    for index, item in enumerate(instructions):
        line = (item.positions and item.positions.lineno) or code.co_firstlineno
        if item.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            what = NAMES.get(str(item.argval))
            if item.argval == "getattr" and _has_constant_name(instructions[index + 1 :]):
                continue
        elif item.opname == "IMPORT_FROM":
            what = NAMES.get(str(item.argval))
        else:
            what = ATTRIBUTES.get(str(item.argval)) if item.opname in {"LOAD_ATTR", "LOAD_METHOD"} else None
            if item.argval == "modules" and index and instructions[index - 1].argval == "sys":
                what = MODULES
            if item.opname == "STORE_GLOBAL":
                what = f"writes the global {item.argval}"
        if what is not None:
            yield Problem(what, line)
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from problems(value)


def _has_constant_name(rest: list[dis.Instruction]) -> bool:
    """Tell whether a text is loaded for the call that follows."""
    for item in rest:
        if item.opname.startswith("CALL"):
            return False
        if item.opname == "LOAD_CONST" and isinstance(item.argval, str):
            return True
    return False
