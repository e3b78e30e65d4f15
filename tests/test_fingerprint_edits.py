"""The table of edits: which must change the key of a call, and which must not.

Each row of `edits/*.txt` is a small project with an edit marked in it, `«before→after»`. It begins with `## ` and
a note; `# file: name` begins a further file. ␍ ␉ ␌ ␂ ␊ stand for a carriage return, a tab, a form feed, a byte
order mark and a newline. Every project runs in fresh processes: as it was; edited, at the same path; and as it
was at another path, each with another hash seed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import memo

TABLES = Path(__file__).with_name("edits")
RUNNER = Path(__file__).with_name("edits_runner.py")
EDIT = re.compile("«(.*?)→(.*?)»", re.DOTALL)
SIGNS = str.maketrans({"␍": "\r", "␉": "\t", "␌": "\f", "␂": "\ufeff", "␊": "\n"})


class Row(NamedTuple):
    """One edit."""

    note: str
    reason: str  # why a known gap is one, else ""
    source: str

    def files(self, side: int) -> dict[str, str]:
        """Return the project before (1) or after (2) the edit; the module with `f` comes first."""
        text = EDIT.sub(lambda found: found.group(side), self.source).translate(SIGNS)
        if not text.startswith("# file: "):
            own = text.partition("# file: ")[0]
            start = (
                "" if re.search("^\ufeff?(from|import) memo", own, re.MULTILINE) else "from memo import cached\n"
            )
            text = f"# file: mod.py\n{start}{text}"
        parts = re.split(r"^# file: (\S+)\n?", text, flags=re.MULTILINE)
        return dict(zip(parts[1::2], parts[2::2], strict=True))


def table(name: str) -> list[Row]:
    blocks = re.split("^## ", (TABLES / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    rows = []
    for block in blocks:
        note, _, source = block.partition("\n")
        reason = ""
        if source.startswith("#! "):
            reason, _, source = source[3:].partition("\n")
        rows.append(Row(note, reason, source.rstrip("\n") + "\n"))
    return rows


MUST_CHANGE = table("must_change.txt")
MUST_NOT_CHANGE = table("must_not_change.txt")
KNOWN_GAPS = table("known_gaps.txt")
ROWS = [*MUST_CHANGE, *MUST_NOT_CHANGE, *KNOWN_GAPS]


class Outcome(NamedTuple):
    """What came of one row: before the edit, after it, and before it at another path."""

    before: dict[str, Any]
    after: dict[str, Any]
    moved: dict[str, Any]

    def keys(self) -> tuple[str, str, str]:
        for report in self:
            assert "error" not in report, report["error"]
        return tuple(report["key"] for report in self)


def run_all(root: Path, side: int, seed: int, cache: Path, python: str = sys.executable) -> dict[str, Any]:
    order = {"root": str(root), "cases": {f"row{number}": row.files(side) for number, row in enumerate(ROWS)}}
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "MEMO_DIRECTORY": str(cache)}
    source = Path(memo.__file__).parents[1]
    if (source / "pyproject.toml").exists():  # not where the installed memo is tested
        environment["PYTHONPATH"] = str(source)
    done = subprocess.run(
        [python, str(RUNNER)],
        env=environment,
        input=json.dumps(order),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    root, cache = tmp_path_factory.mktemp("edits"), tmp_path_factory.mktemp("edits-cache")
    cache.chmod(0o700)
    before = run_all(root / "here", 1, 1, cache)
    after = run_all(root / "here", 2, 22, cache)
    moved = run_all(root / "there", 1, 333, cache)
    names = [f"row{number}" for number in range(len(ROWS))]
    return {
        row.note: Outcome(before[name], after[name], moved[name]) for row, name in zip(ROWS, names, strict=True)
    }


def test_every_row_has_a_note_of_its_own_and_an_edit():
    notes = [row.note for row in ROWS]
    assert len(set(notes)) == len(notes)
    assert all(row.files(1) != row.files(2) for row in ROWS)


@pytest.mark.parametrize("row", MUST_CHANGE, ids=lambda row: row.note)
def test_edit_that_must_change_the_key(row: Row, outcomes: dict[str, Outcome]):
    before, after, moved = outcomes[row.note]
    keys = outcomes[row.note].keys()
    assert keys[0] != keys[1]
    assert after["result"] == after["truth"]
    assert keys[0] == keys[2]  # reverted, moved, and under another hash seed
    assert (moved["hits"], moved["result"]) == (1, before["result"])
    assert before["again"] == keys[0]
    assert after["again"] == keys[1]


@pytest.mark.parametrize("row", MUST_NOT_CHANGE, ids=lambda row: row.note)
def test_edit_that_must_not_change_the_key(row: Row, outcomes: dict[str, Outcome]):
    before, after, moved = outcomes[row.note]
    keys = outcomes[row.note].keys()
    assert before["truth"] == after["truth"]  # or the row is wrong
    assert keys[0] == keys[1] == keys[2] == before["again"] == after["again"]
    assert before["fingerprint"] == after["fingerprint"] == moved["fingerprint"]
    assert (after["hits"], moved["hits"]) == (1, 1)
    assert before["result"] == after["result"] == moved["result"]


@pytest.mark.parametrize("row", KNOWN_GAPS, ids=lambda row: row.note)
def test_known_gap_is_still_there(row: Row, outcomes: dict[str, Outcome]):
    """A gap that is mended moves to the table where it belongs."""
    kind, _, version = row.reason.partition(":")[0].partition(" on ")
    if version and version != f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip(f"a gap of Python {version}")
    before, after, _ = outcomes[row.note].keys()
    assert kind in {"stale", "needless"}
    assert (before == after) is (kind == "stale")
