"""Writes a project as source, in any of the styles that mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import PLAIN, Expressions, Style
from .model import Node, bare, local_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Project

_SIMPLE = frozenset({"assign", "augment", "expression", "return_", "assert_"})


def write(project: Project, style: Style = PLAIN) -> dict[str, str]:
    """Return the files of a project: module name -> source."""
    return {module.name: Writer(project, number, style).module() for number, module in enumerate(project.modules)}


class Writer(Expressions):
    """Writes one module: definitions and statements as lines, by a method for each kind of node."""

    # The module

    def module(self) -> str:
        lines = self._docstring()
        definitions = self._project.modules[self._number].definitions
        # What a field's annotation is does count, since a field shows it to whoever asks.
        has_fields = any(node.kind == "field" for definition in definitions for node in definition.walk())
        lines += ["from __future__ import annotations"] if not has_fields and self._may("annotations") else []
        lines += ["import dataclasses", "import functools", *self._imports()]
        for definition in definitions:
            self._names = self._renamed(definition)
            lines += ["", "", *self._extras(), *self._lines(definition)]
        return "\n".join(lines) + "\n"

    def _imports(self) -> list[str]:
        project = self._project
        needed: dict[int, set[str]] = {}
        for definition in project.modules[self._number].definitions:
            for node in definition.walk():
                if node.kind in {"ref", "member"}:
                    name = node.value.partition(".")[0]
                    needed.setdefault(project.home(name), set()).add(name)
        needed.pop(self._number, None)
        found = [line for number in sorted(needed) for line in self._link(number, sorted(needed[number]))]
        if self._may("imports"):
            self._random.shuffle(found)
            found.insert(0, "import json, collections as unused_collections")
        return found

    def _link(self, number: int, names: list[str]) -> list[str]:
        module = self._project.modules[number].name
        match self._project.links[self._number, number]:
            case "from":
                return [f"from {module} import {name}" for name in names]
            case "import":
                return [f"import {module}"]
            case _:
                return [f"import {module} as x{number}"]

    def _renamed(self, definition: Node) -> dict[str, str]:
        """Return other names for the locals of a definition: exchanged ones, new ones, those of unread globals."""
        names = local_names(definition)
        if "locals" not in self._style.freedoms:
            return {name: bare(name) for name in names}
        read = {place.partition(".")[0] for place in definition.references()} | {definition.value}
        pool = [f"{letter}{number}" for letter in "vw" for number in range(len(names))]
        pool += [*sorted(self._project.names() - read), "id", "zip", "été"]
        return dict(zip(names, self._random.sample(pool, len(names)), strict=True))

    # What means nothing

    def _extras(self) -> list[str]:
        """Return lines that may stand between any two."""
        found = ["# a comment: 'x' \"y"] if self._may("comments") else []
        return found + ([""] * self._random.randint(1, 3) if self._may("blank lines") else [])

    def _docstring(self) -> list[str]:
        return [self._random.choice(['"""Say it."""', "'other'", '"""Say\n\nmore."""'])] * self._may("docstrings")

    def _idle(self) -> list[str]:
        return [self._random.choice(["pass", "...", "0", "'text'", "None"])] * self._may("statements")

    def _indented(self, lines: list[str]) -> list[str]:
        return [self._indent + line.replace("\n", "\n" + self._indent) for line in lines]

    def _block(self, nodes: Sequence[Node], first: Sequence[str] = ()) -> list[str]:
        lines: list[str] = list(first)
        is_open = False
        for node in nodes:
            lines += [*self._extras(), *self._idle()]
            new = self._lines(node)
            is_open = is_open and bool(lines[-1]) and not lines[-1].startswith("#")
            if is_open and node.kind in _SIMPLE and self._may("statements"):
                lines[-1] = f"{lines[-1]}; {new.pop(0)}"
            lines += new
            is_open = node.kind in _SIMPLE
            if self._may("comments"):
                lines[-1] += "  # why"
                is_open = False
        return self._indented(lines + self._idle())

    def _lines(self, node: Node) -> list[str]:
        return getattr(self, node.kind)(node)

    # Definitions

    def raw(self, node: Node) -> list[str]:
        return node.value.splitlines()

    def setting(self, node: Node, hint: str = "") -> list[str]:
        return [f"{node.value}{hint or self._hint()} = {self._text(node.parts[0])}"]

    def field(self, node: Node) -> list[str]:
        return self.setting(node, ": int")

    def function(self, node: Node) -> list[str]:
        lines = [line for part in node.parts if part.kind == "decorate" for line in self._lines(part)]
        head = f"def {self._name(node.value)}({self._parameters(node, hints=True)})"
        result = self._hint().replace(":", " ->", 1)
        return [*lines, f"{head}{result}:", *self._block(node.parts[-1].parts, self._docstring())]

    def decorate(self, node: Node) -> list[str]:
        return ["@" + (self._reference(node.parts[0].value) if node.parts else node.value)]

    def class_(self, node: Node) -> list[str]:
        by_kind: dict[str, list[Node]] = {}
        for part in node.parts:
            by_kind.setdefault(part.kind, []).append(part)
        marks = [line for part in by_kind.pop("decorate", []) for line in self._lines(part)]
        bases = ", ".join(self._text(part.parts[0]) for part in by_kind.pop("base", []))
        members = [part for part in node.parts if part.kind not in {"decorate", "base"}]
        return [*marks, f"class {node.value}({bases}):", *self._members(members, is_plain=not marks)]

    def _members(self, members: list[Node], *, is_plain: bool) -> list[str]:
        lines = self._docstring()
        for member in members:
            is_constant = member.kind == "setting" and not is_plain
            new = self.setting(member, " ") if is_constant else self._lines(member)  # a hint would make a field
            lines += [*self._extras(), *self._idle(), *new]
        return self._indented(lines or ["pass"])

    def instance(self, node: Node) -> list[str]:
        made = self._text(node.parts[0])
        return [f"{node.value}{self._hint()} = {made}()", f"{node.value}.a0 = {self._text(node.parts[1])}"]

    def closure(self, node: Node) -> list[str]:
        cell, inner = node.parts
        body = [*self._lines(inner), f"return {self._name(inner.value)}"]
        made = f"{node.value} = make_{node.value}({self._text(cell)})"
        return [f"def make_{node.value}(c1):", *self._indented(self._docstring() + body), *self._extras(), made]

    def decorator(self, node: Node) -> list[str]:
        wrapper = node.parts[0]
        body = [*self._lines(wrapper), f"return {self._name(wrapper.value)}"]
        return [f"def {node.value}(fn{self._hint()}):", *self._indented(self._docstring() + body)]

    # Statements

    def assign(self, node: Node) -> list[str]:
        hint = self._hint() if len(node.value) == 1 else ""
        return [f"{', '.join(map(self._name, node.value))}{hint} = {self._text(node.parts[0])}"]

    def augment(self, node: Node) -> list[str]:
        return [f"{self._name(node.value[1])} {node.value[0]}= {self._text(node.parts[0])}"]

    def expression(self, node: Node) -> list[str]:
        return [self._text(node.parts[0])]

    def return_(self, node: Node) -> list[str]:
        return [f"return {self._text(node.parts[0])}"]

    def assert_(self, node: Node) -> list[str]:
        return [f"assert {self._text(node.parts[0])}"]

    def if_(self, node: Node) -> list[str]:
        lines = [f"if {self._text(node.parts[0])}:", *self._block(node.parts[1].parts)]
        for other in node.parts[2:]:
            if len(other.parts) == 1 and other.parts[0].kind == "if_" and self._may("statements"):
                first, *rest = self._lines(other.parts[0])
                return [*lines, f"el{first}", *rest]
            lines += ["else:", *self._block(other.parts)]
        return lines

    def for_(self, node: Node) -> list[str]:
        lines = [
            f"for {self._name(node.value)} in {self._text(node.parts[0])}:",
            *self._block(node.parts[1].parts),
        ]
        return lines + [line for other in node.parts[2:] for line in ("else:", *self._block(other.parts))]

    def while_(self, node: Node) -> list[str]:
        return [f"while {self._text(node.parts[0])}:", *self._block(node.parts[1].parts)]

    def try_(self, node: Node) -> list[str]:
        error, name = node.value
        lines = ["try:", *self._block(node.parts[0].parts)]
        lines += [f"except {error} as {self._name(name)}:", *self._block(node.parts[1].parts)]
        return lines + [line for last in node.parts[2:] for line in ("finally:", *self._block(last.parts))]

    def with_(self, node: Node) -> list[str]:
        return [
            f"with {self._text(node.parts[0])} as {self._name(node.value)}:",
            *self._block(node.parts[1].parts),
        ]

    def match_(self, node: Node) -> list[str]:
        subject, constant, first, second = node.parts
        one, two, three = map(self._name, node.value)
        cases = [f"case [{self._text(constant)}, {one}, *{two}]:", *self._block(first.parts)]
        cases += [f"case {{'key': {three}}}:", *self._block(second.parts)]
        return [f"match {self._text(subject)}:", *self._indented(cases)]

    def import_(self, node: Node) -> list[str]:
        style, target, alias, result = node.value
        module = self._project.modules[self._project.home(target)].name
        arguments = ", ".join(map(self._text, node.parts))
        line, called = {
            "from": (f"from {module} import {target}", target),
            "from as": (f"from {module} import {target} as {self._name(alias)}", self._name(alias)),
            "import": (f"import {module}", f"{module}.{target}"),
            "import as": (f"import {module} as {self._name(alias)}", f"{self._name(alias)}.{target}"),
        }[style]
        return [line, *self._extras(), f"{self._name(result)} = {called}({arguments})"]

    def global_(self, node: Node) -> list[str]:
        return [f"global {node.value}", f"{node.value} += {self._text(node.parts[0])}"]

    def nonlocal_(self, node: Node) -> list[str]:
        return [f"nonlocal {self._name(node.value)}", f"{self._name(node.value)} += {self._text(node.parts[0])}"]
