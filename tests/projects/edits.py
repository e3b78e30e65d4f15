"""Edits of projects: those after which the root does the same, and those after which it does something else."""

from __future__ import annotations

import copy
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .made import DATACLASSES, ERRORS, OPERATORS
from .model import ROOT, Node, Project, is_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from random import Random

Edit = tuple[str, "Callable[[], object]"]
_NAMED = frozenset({"keyword", "star"})

# Edits that change what the root does, at the places that are given


def breaking(project: Project, places: Iterable[str]) -> dict[str, list[Callable[[], object]]]:
    """Return edits of some places of a project, by what they change; each, when called, is done to `project`."""
    found: dict[str, list[Callable[[], object]]] = {}
    for place in sorted(places):
        for node in project.part(place).walk():
            for name, edit in _edits(project, place, node):
                found.setdefault(name, []).append(edit)
    return found


def _edits(project: Project, place: str, node: Node) -> Iterator[Edit]:
    if node.kind == "ref":
        yield "reference", partial(_replace_by_new, project, place, node)
    if node.kind in OPERATORS:
        operator = node.value[0] if node.kind == "augment" else node.value
        for other in OPERATORS[node.kind]:
            if other != operator:
                yield "operator", partial(_set, node, (other, node.value[1]) if node.kind == "augment" else other)
    special = globals().get(f"_edits_of_{node.kind.rstrip('_')}")
    if special is not None:
        yield from special(node)


def _set(node: Node, value: Any) -> None:
    node.value = value


def _swap(parts: list[Node], one: int, other: int) -> None:
    parts[one], parts[other] = parts[other], parts[one]


def _differ(one: Node, other: Node) -> bool:
    """Tell whether two trees differ in more than names of locals: else to exchange them may mean nothing."""
    return _without_locals(one) != _without_locals(other)


def _without_locals(node: Node) -> object:
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    kept = ["" if isinstance(value, str) and is_local(value) else repr(value) for value in values]
    return node.kind, kept, [_without_locals(part) for part in node.parts]


def _edits_of_constant(node: Node) -> Iterator[Edit]:
    value = node.value
    others: tuple[object, ...] = {
        bool: lambda: (not value, int(value)),
        int: lambda: (value + 1000, float(value)),
        float: lambda: (value + 1000, str(value)),
        str: lambda: (value + "x", value.encode()),
        bytes: lambda: (value + b"x", value.decode()),
    }.get(type(value), lambda: (False, 0))()
    for other in others:
        yield "constant", partial(_set, node, other)


def _edits_of_call(node: Node) -> Iterator[Edit]:
    first = 2 if node.parts[0].value == "functools.partial" else 1  # what a partial is of is called at import
    positions = [number for number in range(first, len(node.parts)) if node.parts[number].kind not in _NAMED]
    for one, other in pairwise(positions):
        if _differ(node.parts[one], node.parts[other]):
            yield "order of arguments", partial(_swap, node.parts, one, other)
    if positions:
        yield "argument removed", partial(node.parts.pop, positions[-1])


def _edits_of_keyword(node: Node) -> Iterator[Edit]:
    yield "keyword", partial(_set, node, "p9")


def _edits_of_binary(node: Node) -> Iterator[Edit]:
    if _differ(*node.parts):
        yield "order of operands", partial(_swap, node.parts, 0, 1)


def _edits_of_function(node: Node) -> Iterator[Edit]:
    for part in node.parts:
        if part.kind == "parameter" and part.value[0] in {"plain", "keyword"} and part.value[1] != "self":
            yield "name of a parameter", partial(_rename, node, part.value[1], f"{part.value[1]}9")
        if part.kind == "parameter" and part.value[0] == "keyword":
            other = [] if part.parts else [Node("constant", 424242)]
            yield "default", partial(part.parts.__setitem__, slice(None), other)
        if part.kind == "decorate" and (part.parts or part.value in {"property", "staticmethod", "classmethod"}):
            yield "decorator removed", partial(_remove, node.parts, part)


def _rename(node: Node, old: str, new: str) -> None:
    for part in node.walk():
        if part.kind in {"local", "nonlocal_"} and part.value == old:
            part.value = new
        elif part.kind in {"augment", "parameter"} and part.value[1] == old:
            part.value = (part.value[0], new)


def _remove(parts: list[Node], part: Node) -> None:
    parts[:] = [other for other in parts if other is not part]


def _edits_of_block(node: Node) -> Iterator[Edit]:
    added = Node("expression", None, [Node("call", None, [Node("library", "print"), Node("constant", 424242)])])
    yield "statement added", partial(node.parts.insert, 0, added)
    if len(node.parts) > 1:
        for part in node.parts:
            yield "statement removed", partial(_remove, node.parts, part)


def _edits_of_if(node: Node) -> Iterator[Edit]:
    yield "condition", partial(node.parts.__setitem__, 0, Node("unary", "not", [node.parts[0]]))
    if len(node.parts) > 2 and _differ(*node.parts[1:]):
        yield "order of branches", partial(_swap, node.parts, 1, 2)


def _edits_of_try(node: Node) -> Iterator[Edit]:
    for error in ERRORS:
        if error != node.value[0]:
            yield "exception", partial(_set, node, (error, node.value[1]))


def _edits_of_class(node: Node) -> Iterator[Edit]:
    fields = [number for number, part in enumerate(node.parts) if part.kind == "field"]
    for one, other in pairwise(fields):
        yield "order of fields", partial(_swap, node.parts, one, other)
    for part in node.parts:
        if part.kind == "base":
            yield "base removed", partial(_remove, node.parts, part)
        if part.kind == "decorate":
            for other in DATACLASSES:
                if other != part.value:
                    yield "option of a dataclass", partial(_set, part, other)


def _edits_of_comprehension(node: Node) -> Iterator[Edit]:
    for kind in ("list", "set", "generator"):
        if node.value[0] not in {"mapping", kind}:
            yield "kind of comprehension", partial(_set, node, (kind, node.value[1]))


def _edits_of_fstring(node: Node) -> Iterator[Edit]:
    (text, conversion, form), *others = node.value
    for other in ((f"{text}x", conversion, form), (text, "!a", form), (text, conversion, ":<9")):
        yield "format", partial(_set, node, (other, *others))


def _edits_of_attribute(node: Node) -> Iterator[Edit]:
    yield "attribute", partial(_set, node, f"{node.value}9")


def _replace_by_new(project: Project, place: str, node: Node) -> None:
    """Let a reference refer to something new that does what nothing else does."""
    kind = node.value[0]
    number = Node("constant", 424242)
    body = Node("block", None, [Node("return_", None, [number])])
    if kind in "go":
        made = Node("setting", "g_new", [number])
    elif kind in "BCD":
        method = Node("function", "m0", [Node("parameter", ("plain", "self")), body])
        made = Node("class_", "C_new", [Node("setting", "k0", [number]), method])
    elif kind == "d":
        made = Node("decorator", "d_new", [Node("function", "v1", [Node("parameter", ("star", "v2")), body])])
    else:
        made = Node("function", "f_new", [body])
    node.value = made.value
    project.modules[project.home(place.partition(".")[0])].definitions.insert(0, made)


# Edits that change nothing for the root


def _change_order(project: Project, random: Random) -> None:
    """Put definitions in another order: each still after those that it needs when it is evaluated."""
    for module in project.modules:
        random.shuffle(module.definitions)
        own = {definition.value: definition for definition in module.definitions}
        ordered: dict[str, Node] = {}

        def place(name: str, own: dict[str, Node] = own, ordered: dict[str, Node] = ordered) -> None:
            if name in own and name not in ordered:
                for node in own[name].early():
                    if node.kind in {"ref", "member"}:
                        place(node.value.partition(".")[0])
                ordered[name] = own[name]

        for name in own:
            place(name)
        module.definitions[:] = ordered.values()


def _change_order_of_members(project: Project, random: Random) -> None:
    for _, definition in project.places():
        if definition.kind == "class_":
            members = [part for part in definition.parts if part.kind in {"setting", "function"}]
            others = [part for part in definition.parts if part.kind not in {"setting", "function"}]
            random.shuffle(members)
            definition.parts = others + members


_UNRELATED = (
    "def unrelated(x, y=[1]):\n    return unrelated, x + 1",
    "class Unrelated(dict):\n    rate = 3\n\n    def m(self):\n        return super().m()",
    "UNRELATED = {'a': [1, 2], 'b': lambda x: x}",
    "import json, collections.abc as unrelated_abc",
    "from random import random as unrelated_random",
    "if __name__ == '__main__':\n    print('x')",
    "for unrelated_x in range(3):\n    pass",
)


def _add_what_is_unrelated(project: Project, random: Random) -> None:
    for module in project.modules:
        definitions = module.definitions
        definitions.insert(random.randint(0, len(definitions)), Node("raw", random.choice(_UNRELATED)))


def _change_what_is_not_reached(project: Project, random: Random) -> None:
    edits = breaking(project, project.unreached())
    if edits:
        random.choice(edits[random.choice(sorted(edits))])()


def _rename_modules(project: Project, random: Random) -> None:
    """Rename the modules whose names no function says: `import m` is followed by `m.f` in functions."""
    said = {lower for (_, lower), link in project.links.items() if link == "import"}
    for _, definition in project.places():
        said |= {project.home(node.value[1]) for node in definition.walk() if node.kind == "import_"}
    for number, module in enumerate(project.modules):
        if number not in said:
            module.name = f"{module.name}_renamed"


def _move_definitions(project: Project, random: Random) -> None:
    """Move definitions to modules further down, as far as all can go on to call them by the same names."""
    places = list(project.places())
    random.shuffle(places)
    for home, definition in places:
        for target in range(home):
            if definition.value != ROOT and _is_movable(project, definition, home, target):
                project.modules[home].definitions.remove(definition)
                project.modules[target].definitions.append(definition)
                break


def _is_movable(project: Project, definition: Node, home: int, target: int) -> bool:
    if definition.kind == "raw" or any(node.kind == "global_" for node in definition.walk()):
        return False
    pairs: set[tuple[int, int]] = set()
    for name in definition.references() - {definition.value}:
        pairs |= {(module, project.home(name.partition(".")[0])) for module in (home, target)}
    for number, other in project.places():
        nodes = [node for node in other.walk() if node.kind != "raw" and node is not definition]
        if any(node.kind == "import_" and node.value[1] == definition.value for node in nodes):
            return False
        if any(node.kind == "global_" and node.value == definition.value for node in nodes):
            return False
        read = {place.partition(".")[0] for place in other.references()}
        if other is not definition and definition.value in read:
            pairs |= {(number, home), (number, target)}
    return all(upper == lower or project.links.get((upper, lower)) == "from" for upper, lower in pairs)


PRESERVING: dict[str, Callable[[Project, Random], None]] = {
    "order": _change_order,
    "order of members": _change_order_of_members,
    "unreached": _change_what_is_not_reached,
    "moved": _move_definitions,
    "modules": _rename_modules,
    "unrelated": _add_what_is_unrelated,
}


def preserved(project: Project, names: Iterable[str], random: Random) -> Project:
    """Return a project after edits that mean nothing to its root."""
    found = copy.deepcopy(project)
    # In this order: what is unrelated is raw text, of which the other edits know nothing.
    for name, edit in PRESERVING.items():
        if name in names:
            edit(found, random)
    return found
