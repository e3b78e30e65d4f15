"""The README and the pages are true: their Python runs; two commands, and success comes early."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(fence[1], fence[2], TEXT.count("\n", 0, fence.end()) + 1) for fence in FENCE.finditer(TEXT)]
PYTHON = [pytest.param(code, id=f"ends-at-line-{end}") for language, code, end in BLOCKS if language == "python"]
PAGES = [
    pytest.param(found[2], id=f"{page.stem}-{number}")
    for page in sorted((README.parent / "docs").glob("*.md"))
    for number, found in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")))
    if found[1] == "python"
]


@pytest.mark.parametrize("code", PYTHON + PAGES)
def test_python_blocks_run(code, run_python):
    run_python(code)


def test_first_success_comes_by_line_15():
    assert next(end for language, _, end in BLOCKS if language == "python") <= 15


def test_a_fresh_machine_needs_exactly_two_commands():
    commands = [line for language, code, _ in BLOCKS if language == "sh" for line in code.splitlines()]
    assert commands == [
        'python -m pip install ".[examples]" && python examples/backtest.py',
        'python -m pip install ".[test]" && python -m pytest',
    ]


def test_every_block_says_its_language():
    assert {language for language, _, _ in BLOCKS} <= {"python", "sh", "text"}


def test_links_lead_somewhere():
    for page in (README, *(README.parent / "docs").glob("*.md")):
        targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        assert targets
        assert [target for target in targets if not (page.parent / target).exists()] == []
