"""Runs many small projects in one process, each in a directory of its own, and reports what memo made of them.

A script, started by `test_fingerprint_edits.py` with JSON on standard input: `root`, and `cases`, from a name to
the files of a project. The first file is the module; it holds the cached function `f`, and perhaps `CALL`, the
arguments of the call. On standard output: for each case what its call gave and what it gives without a cache.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import traceback
import warnings
from pathlib import Path

import memo.cache

sys.dont_write_bytecode = True  # two versions of a file written within a second would share one .pyc file


def main() -> None:
    order = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # some of the projects print
        report = {name: run(Path(order["root"]) / name, files) for name, files in order["cases"].items()}
    json.dump(report, sys.stdout)


def run(folder: Path, files: dict[str, str]) -> dict[str, object]:
    for path in sorted(folder.rglob("*.py")):
        path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    paths = list(sys.path)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    memo.warning._warned.clear()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module = importlib.import_module(next(iter(files)).removesuffix(".py").replace("/", "."))
            report = call(module.f, getattr(module, "CALL", ()))
        return {**report, "warnings": [str(item.message) for item in caught]}
    except Exception:  # noqa: BLE001 - the report of one case must not be lost with that of the others
        return {"error": traceback.format_exc()}
    finally:
        sys.path[:] = paths
        own = {Path(name).parts[0].removesuffix(".py") for name in files}
        for name in [name for name in sys.modules if name.partition(".")[0] in own]:
            del sys.modules[name]


def call(function: object, arguments: tuple[object, ...]) -> dict[str, object]:
    fingerprint = function.fingerprint()
    key = function.key(*arguments)
    again = function.key(*arguments)
    result = repr(function(*arguments))
    truth = repr(function.__wrapped__(*arguments))
    return {
        "key": key,
        "again": again,
        "fingerprint": str(fingerprint),
        "code": fingerprint.code.hex(),
        "values": fingerprint.values.hex(),
        "environment": fingerprint.environment,
        "result": result,
        "truth": truth,
        "hits": function.stats().hits,
        "uncached": function.stats().uncached + function.stats().unstored,
    }


if __name__ == "__main__":
    main()
