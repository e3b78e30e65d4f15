"""What every test stands on: a cache directory of its own, fresh processes, a settled Hypothesis."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import hypothesis
import pytest

import memo

if TYPE_CHECKING:
    from collections.abc import Mapping

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
PACKAGE_PARENT = Path(memo.__file__).resolve().parents[1]

# Tests change the working directory; Hypothesis would leave its files wherever the first of them went.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".hypothesis"))
# A deadline judges the machine, not the code. In CI the same examples every time: a red run can be repeated.
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")


def _load_package(name: str) -> None:
    """Import a package that lies beside this file, on nobody's path; several tests share it."""
    spec = importlib.util.spec_from_file_location(name, TESTS / name / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


pytest.register_assert_rewrite("blobs")
for package in ("blobs", "pairs"):
    _load_package(package)


class RunPython(Protocol):
    """Run a script in a fresh interpreter and return what it printed."""

    def __call__(
        self,
        source: str | Path,
        *args: object,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> str: ...


@pytest.fixture(autouse=True)
def _isolated(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test, and the processes it starts, away from the user's cache and settings."""
    for name in os.environ:
        if name.startswith("MEMO_"):
            monkeypatch.delenv(name)
    # The first is where memo goes; the second catches whoever would ask the system instead.
    monkeypatch.setenv("MEMO_DIRECTORY", str(tmp_path_factory.mktemp("default-cache")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("xdg-cache")))
    # What a process opens once, or says once, each test opens and hears again.
    monkeypatch.setattr("memo.decorator._default", [])
    monkeypatch.setattr("memo.warning._warned", set())
    # Above the test's own directory lies no pyproject.toml whose [tool.memo] could be found.
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty private directory."""
    directory = tmp_path_factory.mktemp("cache")
    directory.chmod(0o700)
    return directory


@pytest.fixture
def cache(cache_dir: Path) -> memo.Cache:
    """Return a cache in an empty private directory."""
    return memo.Cache(cache_dir)


class Calls(list[object]):
    """What a function under test was called with. Inert: else each call would change the function's own key."""

    __memo_inert__ = True


@pytest.fixture
def calls() -> Calls:
    """Return an empty record of calls."""
    return Calls()


@pytest.fixture
def double(cache: memo.Cache, calls: Calls) -> memo.CachedFunction[[int], int]:
    """Return a cached function that records with what it was computed."""

    @cache.cached
    def double(x: int) -> int:
        calls.append(x)
        return 2 * x

    return double


@pytest.fixture
def run_python(tmp_path: Path) -> RunPython:
    """Return a function that runs a script, given as text or as a path, in a fresh interpreter.

    Text is written to a file first, because a function's source is part of what is tested; the file lies in
    the working directory, so that the script imports the modules which the test has put there.
    """

    def run(
        source: str | Path,
        *args: object,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> str:
        cwd = cwd or tmp_path
        if isinstance(source, Path):
            script = source
        else:
            script = cwd / "script.py"
            script.write_text(textwrap.dedent(source), encoding="utf-8")
        environment = {**os.environ, **(env or {})}
        if (PACKAGE_PARENT / "pyproject.toml").exists():
            # The source tree is tested, not an installed memo. Only then: site-packages on PYTHONPATH
            # would come before the standard library.
            paths = [str(PACKAGE_PARENT), environment.get("PYTHONPATH", "")]
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        done = subprocess.run(
            [sys.executable, str(script), *map(str, args)],
            env=environment,
            cwd=cwd,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{script} ended with {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
        return done.stdout

    return run


class Shelf(dict[int, object]):
    """Results by number. Inert: else each would change the key of the function that takes them from here."""

    __memo_inert__ = True


class Back(Protocol):
    """Have a result stored, and return what the next call loads."""

    def __call__(self, result: object, cache: memo.Cache | None = None, **options: Any) -> Any: ...


@pytest.fixture
def back(cache_dir: Path) -> Back:
    """Return a function that has a result stored, and returns what the next call loads."""
    shelf = Shelf()

    def there_and_back(result: object, cache: memo.Cache | None = None, **options: Any) -> Any:
        cache = memo.Cache(cache_dir, **options) if cache is None else cache
        shelf[len(shelf)] = result

        @cache.cached
        def take(number: int) -> object:
            return shelf[number]

        assert take(len(shelf) - 1) is result
        found = take(len(shelf) - 1)
        assert take.stats().hits == 1, "it was not stored"
        return found

    return there_and_back
