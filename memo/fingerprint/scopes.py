"""Which names a scope of Python source binds, after the rules of the language reference (4.2.1, 4.2.2)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_BINDING = frozenset(
    {
        ast.Name,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.ExceptHandler,
        ast.MatchAs,
        ast.MatchStar,
        ast.MatchMapping,
        ast.Import,
        ast.ImportFrom,
        ast.Global,
        ast.Nonlocal,
    }
)
# Fields that hold neither a name that is bound nor anything around one: to walk past them takes half of the time.
_BARREN = frozenset({"ctx", "op", "ops", "kind", "type_comment", "conversion", "type_ignores"})
_fields: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


class Scope:
    """One scope of a unit: what it binds, and which number each of its names has been given.

    Args:
        node: The function, lambda, class or comprehension whose scope it is.
        outer: The scope around it; None for the outermost of the unit.
        class_name: The class around the unit, whose name private names are mangled with; "" without one.
    """

    def __init__(self, node: ast.AST, outer: Scope | None, class_name: str = "") -> None:
        self.outer = outer
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.is_class = isinstance(node, ast.ClassDef)
        inherited = class_name if outer is None else outer.class_name
        self.class_name: str = node.name if isinstance(node, ast.ClassDef) else inherited
        self.bound: set[str] = set()
        self.not_here: dict[str, str] = {}
        self.imported: dict[str, list[tuple[str, int, str | None]]] = {}
        """What imports bind: name -> all of (module, level, attribute or None for the module)."""
        self._numbers: dict[str, int] = {}
        if isinstance(node, FUNCTIONS):
            self.bound.update(parameter.arg for parameter in parameters(node.args))
        for item in _own_nodes(node):
            if type(item) in _BINDING:
                self._bind(item)
        self.bound -= self.not_here.keys()

    def owner(self, name: str) -> Scope | None:
        """Return the scope of the unit in which a name read here is bound; None: it is global or free."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.not_here and scope.not_here[name] == "global":
                return None
            # The names of a class body are not seen from the functions in it.
            if name in scope.bound and (scope is self or not scope.is_class):
                return scope
            scope = scope.outer
        return None

    def is_global(self, name: str) -> bool:
        """Tell whether a name is declared global in the scope, so that binding it changes the module."""
        return self.not_here.get(name) == "global"

    def number(self, name: str) -> int:
        """Return the number of a name of this scope, given in the order of first appearance."""
        return self._numbers.setdefault(name, len(self._numbers))

    def mangled(self, name: str) -> str:
        """Return what a private name of a class is compiled to (language reference, 6.2.1)."""
        stripped = self.class_name.lstrip("_")
        if not stripped or not name.startswith("__") or name.endswith("__") or "." in name:
            return name
        return f"_{stripped}{name}"

    def _bind(self, item: ast.AST) -> None:
        match item:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                self.bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.bound.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                self.bound.add(name)
            case ast.Import() | ast.ImportFrom():
                self._bind_import(item)
            case ast.Global(names=names):
                self.not_here.update(dict.fromkeys(names, "global"))
            case ast.Nonlocal(names=names):
                self.not_here.update(dict.fromkeys(names, "nonlocal"))
            case _:
                pass

    def _bind_import(self, item: ast.Import | ast.ImportFrom) -> None:
        for alias in item.names:
            found: tuple[str, int, str | None]
            if isinstance(item, ast.ImportFrom):
                name, found = alias.asname or alias.name, (item.module or "", item.level, alias.name)
            else:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                name, found = alias.asname or module, (module, 0, None)
            self.bound.add(name)
            # Two branches may bind one name to two modules: `except ImportError` is why.
            self.imported.setdefault(name, []).append(found)


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters in the order of the signature."""
    found = [*arguments.posonlyargs, *arguments.args]
    found += [arguments.vararg] if arguments.vararg else []
    found += arguments.kwonlyargs
    return found + ([arguments.kwarg] if arguments.kwarg else [])


def children(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that can bind or read a name; `ast.iter_child_nodes` takes four times as long."""
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _fields[kind] = tuple(name for name in kind._fields if name not in _BARREN)
    found: list[ast.AST] = []
    for name in names:
        value: object = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in cast("list[object]", value) if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes evaluated in a scope itself, not in the scopes inside it."""
    pending = list(_start(node))
    while pending:
        item = pending.pop()
        yield item
        if isinstance(item, (*FUNCTIONS, ast.ClassDef)):
            pending += _evaluated_outside(item)
        elif isinstance(item, COMPREHENSIONS):
            # Its targets are its own; a walrus inside binds out here, and the first iterable is evaluated here.
            pending.append(item.generators[0].iter)
            yield from _walruses(item)
        else:
            pending += children(item)


def _start(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Lambda):
        return [node.body]
    if isinstance(node, COMPREHENSIONS):
        return [generator.target for generator in node.generators]
    return list(getattr(node, "body", ()))


def _evaluated_outside(item: ast.AST) -> list[ast.AST]:
    """Return what an inner function or class has evaluated in the scope around it."""
    if isinstance(item, ast.ClassDef):
        return [*item.decorator_list, *item.bases, *item.keywords]
    assert isinstance(item, FUNCTIONS)  # noqa: S101 - for the type checker
    defaults = [default for default in (*item.args.defaults, *item.args.kw_defaults) if default is not None]
    return [*(() if isinstance(item, ast.Lambda) else item.decorator_list), *defaults]


def _walruses(item: ast.AST) -> list[ast.AST]:
    """Return the targets that assignment expressions in a comprehension bind in the function around it."""
    found: list[ast.AST] = []
    pending = children(item)
    while pending:
        inner = pending.pop()
        if isinstance(inner, ast.NamedExpr):
            found.append(inner.target)
        if not isinstance(inner, (*FUNCTIONS, ast.ClassDef)):
            pending += children(inner)
    return found
