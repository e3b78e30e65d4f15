"""Edits modules of the standard library, copied as a user's code, and asks memo what it makes of each edit.

    python tests/mutations.py --count 10000 --seed 1

Edits that mean nothing (other formatting, docstrings, comments, names of locals, another place and name of the
file, each in a process with another hash seed) may change the digest of no function, method or class. An edit of
one node of the syntax tree must change the digest of the function that it is in and of one that reaches it, and
must leave alone that of one that does not. What runs at import is judged by what it leaves behind: whatever then
reads another constant, has another default or another member must have another digest. Ends with 1 if anything was
wrong.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import gc
import importlib.util
import io
import json
import os
import random
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from mutation_edits import EDITS
from mutation_kinds import Edit, edits_of
from mutation_state import reads, roots_of, state_of

import memo.fingerprint.source
from memo.fingerprint import Fingerprint, Tracker

# Neither `random` nor `tokenize`: the one seeds a generator, the other joins a set in the order of hashes. What
# comes of it is a value that their functions read; another in each process, it rightly gives another digest.
MODULES = (
    "_markupbase argparse base64 calendar cmd code codeop colorsys compileall concurrent.futures._base "
    "configparser contextlib copy copyreg csv dataclasses difflib dis email.base64mime email.charset "
    "email.feedparser email.generator email.header email.message email.quoprimime email.utils filecmp "
    "fileinput fnmatch fractions functools genericpath getopt getpass gettext glob graphlib gzip heapq hmac "
    "html html.parser http.cookies json.decoder json.encoder json.scanner linecache mimetypes modulefinder "
    "netrc ntpath numbers optparse pkgutil plistlib poplib posixpath pprint pyclbr queue quopri reprlib runpy "
    "sched selectors shelve shlex statistics string tabnanny tempfile textwrap timeit unittest.util "
    "urllib.parse urllib.robotparser wave wsgiref.headers xml.etree.ElementPath zipapp "
)

# The name of a file that has been moved begins like that of a library's module, as `enums.py` does.
MOVED = "enums"

sys.dont_write_bytecode = True  # two versions of a file written within a second would share one .pyc file


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def source_of(name: str) -> str:
    folder = Path(sysconfig.get_paths()["stdlib"])
    path = folder / f"{name.replace('.', '/')}.py"
    path = path if path.exists() else folder / name.replace(".", "/") / "__init__.py"
    return importlib.util.decode_source(path.read_bytes())


def _out_of_time(*_: object) -> None:
    raise TimeoutError


def load(path: Path) -> ModuleType:
    """Import a file as a top-level module; a mutated one may do anything, or not end."""
    memo.fingerprint.source._files.clear()  # mutants of one size, written within one tick of the clock
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, 5, 1)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spec.loader.exec_module(module)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return module


def digests(folder: Path) -> dict[str, dict[str, str]]:
    """Return the digests of all roots of all modules in a folder."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.py")):
        roots = roots_of(load(path))
        digests = {name: str(Tracker(root).current()) for name, root in roots.items()}
        found[path.stem.partition("__")[2]] = digests
    return found


# Edits that mean nothing


def unchanged(modules: list[str], edits: list[str], root: Path) -> tuple[list[str], int]:
    """Return what edits without a meaning have changed all the same, and how many roots were looked at."""
    wrong: list[str] = []
    sources = {name: source_of(name) for name in modules} if edits else {}
    original = _fresh(root / "original", "copied", sources, 0) if edits else {}
    for seed, edit in enumerate(edits, 1):
        texts = {name: EDITS[edit](text) for name, text in sources.items()}
        moved = edit == "moved"
        after = _fresh(root / ("else/where" if moved else edit), MOVED if moved else "copied", texts, seed)
        wrong += [
            f"{edit}: {name}, {what}: {digest} is now {after[name].get(what)}"
            for name, before in original.items()
            for what, digest in before.items()
            if after[name].get(what) != digest
            and not (edit.startswith("docstrings") and reads_docs(sources[name]))
        ]
        say(f"{edit}: {len(modules)} modules, {len(wrong)} changed so far")
    return wrong, sum(map(len, original.values()))


def reads_docs(text: str) -> bool:
    """Tell whether the code of a module gets at docstrings, which count where they are read."""
    return "__doc__" in text or "getdoc" in text


def _fresh(folder: Path, prefix: str, texts: dict[str, str], seed: int) -> dict[str, dict[str, str]]:
    """Return the digests of all roots, from a process of its own."""
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{prefix}__{name.replace('.', '_')}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, __file__, "--digests", str(folder)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


# Edits that mean something


class Verdict(NamedTuple):
    """What became of one mutation: detected, missed, needless, or why it was set aside."""

    name: str
    roots: tuple[str, ...] = ()


class Mutant:
    """One module under mutation.

    Args:
        name: Its name in the standard library.
        folder: Where its copies are written.
        seed: Decides which mutations are made in which order.
    """

    def __init__(self, name: str, folder: Path, seed: int) -> None:
        self.name = name
        self.rng = random.Random(f"{seed}:{name}")
        self.path = folder / f"mutated__{name.replace('.', '_')}.py"
        self.texts = [ast.unparse(statement) for statement in ast.parse(source_of(name)).body]
        self.tree = ast.parse("\n".join(self.texts))
        self.statements = {id(statement): text for statement, text in zip(self.tree.body, self.texts, strict=True)}
        self._measure()

    def _measure(self) -> None:
        """Load the module as it is, and note all that mutants are compared with."""
        module, self.ran = _traced(self._write(self.texts))
        roots = roots_of(module)
        self.before = {name: Tracker(root).current() for name, root in roots.items()}
        self.units = {
            name: {(unit.name, unit.line) for unit in found.units if unit.file == str(self.path)}
            for name, found in self.before.items()
        }
        self.reads = {name: reads(root, vars(module)) for name, root in roots.items()}
        self.state = {name: state_of(root, self.reads[name], vars(module)) for name, root in roots.items()}
        self.alive = {
            (item.__qualname__, item.__code__.co_firstlineno)
            for item in gc.get_objects()
            if isinstance(item, FunctionType) and item.__globals__ is vars(module)
        }
        functions = [name for name, value in vars(module).items() if isinstance(value, (FunctionType, type))]
        self.names = [*functions, "len", "repr", "sorted"]

    def _write(self, texts: list[str]) -> Path:
        self.path.write_text("\n".join(texts), encoding="utf-8", errors="surrogatepass")
        return self.path

    def mutations(self) -> list[Edit]:
        """Return all mutations, in an order in which the kinds take turns."""
        by_kind: dict[str, list[Edit]] = {}
        for edit in edits_of(self.tree, self.names, self.rng):
            by_kind.setdefault(edit.kind, []).append(edit)
        ranked = []
        for kind in sorted(by_kind):
            self.rng.shuffle(by_kind[kind])
            ranked += [(rank, self.rng.random(), edit) for rank, edit in enumerate(by_kind[kind])]
        return [edit for _, _, edit in sorted(ranked, key=lambda item: item[:2])]

    def text(self, edit: Edit) -> list[str]:
        """Return the statements of the mutated module."""
        old = getattr(edit.node, edit.field)
        setattr(edit.node, edit.field, edit.new)
        try:
            return [
                self.statements[id(statement)]
                if index != edit.place.top and id(statement) in self.statements
                else ast.unparse(ast.fix_missing_locations(statement))
                for index, statement in enumerate(self.tree.body)
            ]
        finally:
            setattr(edit.node, edit.field, old)

    def judge(self, edit: Edit) -> Verdict:
        try:
            texts = self.text(edit)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile("\n".join(texts), "mutant", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, TypeError, AttributeError, KeyError):
            return Verdict("are no program")
        if ast.dump(ast.parse("\n".join(texts))) == ast.dump(self.tree):
            return Verdict("are the same program")
        if edit.place.unit is not None and edit.place.unit not in self.alive:
            return Verdict("are in a function that is never made")
        try:
            module = load(self._write(texts))
        except BaseException as error:  # whatever it likes, SystemExit included
            if isinstance(error, KeyboardInterrupt):
                raise
            return Verdict("cannot be imported")
        roots = roots_of(module)
        return self._in_function(edit, roots) if edit.place.unit else self._at_import(roots, vars(module))

    def _in_function(self, edit: Edit, roots: dict[str, Any]) -> Verdict:
        """Judge a mutation in a function: by itself, one that reaches it, and one that does not."""
        holding = [name for name, units in self.units.items() if edit.place.unit in units]
        if not holding:
            return Verdict("missed", (f"no root holds {edit.place.unit}",))
        left = [name for name in holding if name in roots]  # without `@property`, a method has another name
        if not left:
            return Verdict("leave nothing to compare")
        own = edit.place.unit[0] if edit.place.unit[0] in left else left[0]
        missed = [name for name in dict.fromkeys((own, self.rng.choice(left))) if not self._changed(name, roots)]
        if missed:
            return Verdict("missed", tuple(missed))
        others = [name for name in self.before if name in roots and name not in holding]
        if others and edit.place.unit not in self.ran:  # else it may have left other values behind
            other = self.rng.choice(others)
            if self._changed(other, roots):
                return Verdict("needless", (other,))
        return Verdict("detected")

    def _at_import(self, roots: dict[str, Any], scope: dict[str, Any]) -> Verdict:
        """Judge a mutation of what runs at import: by each root that has other values than before."""
        left = [name for name in self.before if name in roots]
        other = [name for name in left if state_of(roots[name], self.reads[name], scope) != self.state[name]]
        if not other:
            return Verdict("change no value that can be compared")
        missed = [name for name in other if not self._changed(name, roots)]
        return Verdict("missed", tuple(missed)) if missed else Verdict("detected")

    def _changed(self, name: str, roots: dict[str, Any]) -> bool:
        now, before = Tracker(roots[name]).current(), self.before[name]
        # Where no tree is found, canonical bytecode takes its place, and that differs whatever the mutation.
        return now.digest != before.digest and _from_bytecode(now) <= _from_bytecode(before)

    def control(self) -> list[str]:
        """Return the roots that differ although the module is as it was: what the mutants have left behind."""
        roots = roots_of(load(self._write(self.texts)))
        return [name for name in self.before if self._changed(name, roots)]

    def show(self, edit: Edit, verdict: Verdict) -> str:
        before, after = ("\n".join(texts).splitlines() for texts in (self.texts, self.text(edit)))
        diff = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
        head = f"{verdict.name}: {self.name}, line {edit.place.line}, {edit.kind}: {', '.join(verdict.roots)}"
        return "\n".join([head, *(f"    {line[:300]}" for line in diff[:12])])


def _from_bytecode(found: Fingerprint) -> int:
    return sum(unit.text.startswith("python==") for unit in found.units)


def _traced(path: Path) -> tuple[ModuleType, set[tuple[str, int]]]:
    """Load a module, and note which of its functions run meanwhile."""
    ran: set[tuple[str, int]] = set()

    def note(frame: Any, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == str(path):
            ran.add((frame.f_code.co_qualname, frame.f_code.co_firstlineno))

    sys.setprofile(note)
    try:
        return load(path), ran
    finally:
        sys.setprofile(None)


def mutate(modules: list[str], count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Make mutations of each module in turn, and return the verdicts and what is wrong, as text."""
    verdicts: Counter[str] = Counter()
    wrong: list[str] = []
    for number, name in enumerate(modules if count else []):
        mutant = Mutant(name, folder, seed)
        wanted = count * (number + 1) // len(modules)
        for edit in mutant.mutations():
            if _judged(verdicts) >= wanted:
                break
            verdict = mutant.judge(edit)
            verdicts[verdict.name] += 1
            if verdict.name in {"missed", "needless"}:
                wrong.append(mutant.show(edit, verdict))
                say(wrong[-1])
        wrong += [f"{name}: {root} changed without a mutation" for root in mutant.control()]
        say(f"{name}: {_judged(verdicts):,} of {count:,}")
    return verdicts, wrong


def _judged(verdicts: Counter[str]) -> int:
    return verdicts["detected"] + verdicts["missed"] + verdicts["needless"]


def counts(verdicts: Counter[str]) -> str:
    """Return what became of the mutations, in words."""
    judged = {name: verdicts[name] for name in ("detected", "missed", "needless")}
    aside = [f"{number:,} that {why}" for why, number in sorted(verdicts.items()) if why not in judged]
    figures = ", ".join(f"{number:,} {name}" for name, number in judged.items())
    return f"Set aside: {', '.join(aside) or 'none'}.\n{sum(judged.values()):,} mutations: {figures}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="how many mutations are judged, over all modules")
    parser.add_argument("--seed", type=int, default=1, help="decides which")
    parser.add_argument("--modules", default=MODULES, help="of which modules")
    parser.add_argument("--edits", type=int, default=len(EDITS), help="how many of the edits without a meaning")
    parser.add_argument(
        "--digests", type=Path, help="print the digests of the modules in a folder, and nothing else"
    )
    options = parser.parse_args()
    if options.digests:
        say(json.dumps(digests(options.digests)))
        return
    gc.freeze()  # what is there now stays; looking through it after every few trees would take most of the time
    start = time.monotonic()
    modules = options.modules.replace(",", " ").split()
    with tempfile.TemporaryDirectory() as folder:
        changed, roots = unchanged(modules, list(EDITS)[: options.edits], Path(folder))
        say("\n".join(changed))
        verdicts, wrong = mutate(modules, options.count, options.seed, Path(folder))
    spent = f"{time.monotonic() - start:.0f} s"
    edits = f"{options.edits} edits without a meaning: {roots:,} roots, {len(changed):,} changed"
    say(f"{counts(verdicts)}; {edits}; {len(modules)} modules, {spent}")
    sys.exit(1 if changed or wrong else 0)


if __name__ == "__main__":
    main()
