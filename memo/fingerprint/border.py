"""The border between the user's code, which is followed, and libraries, which count by their version.

It runs where a *code object lives*, not along the path that led to it: a patched `math.sqrt` is user code.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from typing import Any, NamedTuple

_PACKAGE_FOLDERS = ("site-packages", "dist-packages")


class Library(NamedTuple):
    """What something outside the user's code belongs to: the standard library, or a distribution.

    Attributes:
        top: The name of the top-level module; "" for the standard library and built-ins.
    """

    top: str


STANDARD = Library("")

# memo itself counts as standard: what of it decides results is in the encoder's and the formats' versions.
_OWN_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")


@functools.lru_cache(maxsize=4096)
def owner_of_file(path: str) -> Library | None:
    """Return the library that a code object's file belongs to, or None for the user's own code."""
    if path.startswith(("<frozen ", _OWN_FOLDER)):
        return STANDARD
    parts = path.replace("\\", "/").split("/")
    for folder in _PACKAGE_FOLDERS:
        if folder in parts[:-1]:
            top = parts[len(parts) - parts[::-1].index(folder)]
            return Library(top.partition(".")[0])
    if os.path.isabs(path) and path.startswith(_standard_folders()):
        return STANDARD
    return None


@functools.cache
def _standard_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths["stdlib"], paths["platstdlib"], os.path.dirname(os.__file__)}
    return tuple(os.path.join(os.path.abspath(folder), "") for folder in folders)


def owner_of_module(name: str) -> Library | None:
    """Return the library that a loaded module belongs to, or None for the user's own (and for unknown ones)."""
    if name == "__main__":
        return None  # though its file may be a library's: under `python -m pytest`, or a notebook's kernel
    module = sys.modules.get(name) or sys.modules.get(name.partition(".")[0])
    path = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if isinstance(path, str):
        return owner_of_file(path if path.endswith((".py", ".pyc", ".so", ".pyd")) else os.path.join(path, "_"))
    # Without a file: built in, or made by hand (`__main__` of a notebook, `types.ModuleType`).
    return STANDARD if name.partition(".")[0] in sys.builtin_module_names else None


def is_sent_by_value(module: str) -> bool:
    """Tell whether cloudpickle sends what is in a module itself, not names to import it by.

    So it does with `__main__`, and with modules that it was told of by `cloudpickle.register_pickle_by_value`.
    """
    if module in {"", "__main__"}:
        return True
    list_registered: Any = getattr(sys.modules.get("cloudpickle"), "list_registry_pickle_by_value", set)
    return any(module == name or module.startswith(f"{name}.") for name in list_registered())


def extension_of(module: str) -> str | None:
    """Return the file of a compiled module of the user's, else None: it has no source to look at."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if isinstance(path, str) and path.endswith((".so", ".pyd")) and owner_of_file(path) is None:
        return path
    return None


@functools.cache
def version_of(top: str) -> str:
    """Return the name and version of the distribution that provides a top-level module, as `name==version`."""
    from importlib import metadata

    try:
        return f"{top}=={metadata.version(top)}"
    except metadata.PackageNotFoundError:
        pass
    # The distribution has another name (scikit-learn for sklearn). The map of all distributions takes up to a
    # second, so a version that the module states itself comes first.
    stated = getattr(sys.modules.get(top), "__version__", None)
    if isinstance(stated, str):
        return f"{top}=={stated}"
    found = metadata.packages_distributions().get(top, [])
    return ",".join(f"{name}=={metadata.version(name)}" for name in sorted(set(found))) or f"{top}==unknown"


def python_version() -> str:
    """Return `python==X.Y`: results can differ between minor versions (the sum of floats did in 3.12)."""
    return f"python=={sys.version_info[0]}.{sys.version_info[1]}"
