"""What imports lead to: those in a function's body, and submodules that nobody has imported yet."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from memo.fingerprint.border import STANDARD, Library, owner_of_file, owner_of_module
from memo.fingerprint.guards import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from memo.fingerprint.normal import Chain


def imported(chain: Chain, scope: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the name of the module that an import in a body means, and the module.

    In place of the module: the library it belongs to, if it is not imported yet (torch, in one branch, is not
    imported only to learn its version); MISSING, if importing it fails. It will fail for the call too, where it
    belongs.
    """
    name = chain.name
    try:
        if chain.level:
            package = scope.get("__package__") or scope.get("__name__", "").rpartition(".")[0]
            name = importlib.util.resolve_name("." * chain.level + chain.name, package)
        if name in sys.modules:
            return name, sys.modules[name]
        spec = importlib.util.find_spec(name.partition(".")[0])
        owner = STANDARD if spec is None or spec.origin is None else owner_of_file(spec.origin)
        return name, importlib.import_module(name) if owner is None else owner
    except (Exception, SystemExit):  # noqa: BLE001 - an import runs any code
        return name, MISSING


def submodule(package: ModuleType, name: str) -> Any:
    """Return a submodule of the user's package that nobody has imported yet, else MISSING."""
    if not hasattr(package, "__path__") or isinstance(owner_of_module(package.__name__), Library):
        return MISSING
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except (Exception, SystemExit):  # noqa: BLE001 - an import runs any code
        return MISSING
