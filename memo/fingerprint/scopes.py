"""Which names a scope of Python source binds, after the rules of the language reference (4.2.1, 4.2.2)."""

from __future__ import annotations

import ast
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """One scope of a unit: what it binds, and which number each of its names has been given.

    Args:
        node: The function, lambda, class or comprehension whose scope it is.
        outer: The scope around it; None for the outermost of the unit.
    """

    def __init__(self, node: ast.AST, outer: Scope | None) -> None:
        self.outer = outer
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.is_class = isinstance(node, ast.ClassDef)
        self.bound, self.not_here = _bindings(node)
        self.imported: dict[str, tuple[str, int, str | None]] = _imports(node)
        self._numbers: dict[str, int] = {}

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

    def number(self, name: str) -> int:
        """Return the number of a name of this scope, given in the order of first appearance."""
        return self._numbers.setdefault(name, len(self._numbers))


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters in the order of the signature."""
    found = [*arguments.posonlyargs, *arguments.args]
    found += [arguments.vararg] if arguments.vararg else []
    found += arguments.kwonlyargs
    return found + ([arguments.kwarg] if arguments.kwarg else [])


def _bindings(node: ast.AST) -> tuple[set[str], dict[str, str]]:
    """Return the names that a scope binds, and those it declares global or nonlocal."""
    bound: set[str] = set()
    declared: dict[str, str] = {}
    if isinstance(node, FUNCTIONS):
        bound.update(parameter.arg for parameter in parameters(node.args))
    for item in _own_nodes(node):
        _bind(item, bound, declared)
    return bound - declared.keys(), declared


def _bind(item: ast.AST, bound: set[str], declared: dict[str, str]) -> None:
    match item:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            bound.add(name)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            bound.add(name)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            bound.add(name)
        case ast.MatchMapping(rest=str(name)):
            bound.add(name)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            bound.update((alias.asname or alias.name.partition(".")[0]) for alias in names)
        case ast.Global(names=names):
            declared.update(dict.fromkeys(names, "global"))
        case ast.Nonlocal(names=names):
            declared.update(dict.fromkeys(names, "nonlocal"))
        case _:
            pass


def _imports(node: ast.AST) -> dict[str, tuple[str, int, str | None]]:
    """Return what the imports in a scope bind: name -> (module, level, attribute or None for the module)."""
    found: dict[str, tuple[str, int, str | None]] = {}
    for item in _own_nodes(node):
        if isinstance(item, ast.Import):
            for alias in item.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or module] = (module, 0, None)
        elif isinstance(item, ast.ImportFrom):
            for alias in item.names:
                found[alias.asname or alias.name] = (item.module or "", item.level, alias.name)
    return found


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    """Return the nodes evaluated in a scope itself, not in the scopes inside it."""
    found: list[ast.AST] = []
    pending = list(_start(node))
    while pending:
        item = pending.pop()
        found.append(item)
        if isinstance(item, (*FUNCTIONS, ast.ClassDef)):
            pending += _evaluated_outside(item)
        elif isinstance(item, COMPREHENSIONS):
            # Its targets are its own; a walrus inside binds out here, and the first iterable is evaluated here.
            pending.append(item.generators[0].iter)
            found += _walruses(item)
        else:
            pending += ast.iter_child_nodes(item)
    return found


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
    pending = list(ast.iter_child_nodes(item))
    while pending:
        inner = pending.pop()
        if isinstance(inner, ast.NamedExpr):
            found.append(inner.target)
        if not isinstance(inner, (*FUNCTIONS, ast.ClassDef)):
            pending += ast.iter_child_nodes(inner)
    return found
