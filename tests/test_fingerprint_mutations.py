"""Edits of the standard library's modules, copied as a user's code, as made and judged by `mutations.py`."""

from __future__ import annotations

from pathlib import Path

MUTATIONS = Path(__file__).with_name("mutations.py")
# The quickest of them; `python tests/mutations.py` takes them all.
QUICK = (
    "_markupbase cmd code codeop colorsys compileall contextlib copy copyreg email.base64mime email.header "
    "email.quoprimime email.utils filecmp fnmatch genericpath getopt getpass graphlib hmac html json.decoder "
    "json.encoder json.scanner linecache numbers posixpath pyclbr queue quopri sched shelve shlex string tabnanny "
    "textwrap timeit unittest.util urllib.robotparser wsgiref.headers xml.etree.ElementPath zipapp"
)
FEW = "calendar copy csv email.header fnmatch graphlib http.cookies numbers reprlib shlex textwrap urllib.parse"

# A fault put into memo: constants do not count.
SABOTAGE = """
    import runpy, sys
    from memo.fingerprint import normal

    normal._Writer._write_Constant = lambda self, node, scope: "constant"
    sys.argv = sys.argv[1:]
    sys.path.insert(0, sys.argv[0].rpartition("/")[0])
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        print("ended with", end.code)
"""


def test_200_mutations_of_the_standard_library_are_all_detected(run_python):
    printed = run_python(MUTATIONS, "--count", 200, "--edits", 0, "--modules", QUICK)
    assert "200 mutations: 200 detected, 0 missed, 0 needless" in printed


def test_edits_without_a_meaning_change_no_digest(run_python):
    printed = run_python(MUTATIONS, "--count", 0, "--modules", FEW)
    assert " 6 edits without a meaning" in printed
    assert " roots, 0 changed" in printed


def test_mutations_that_memo_misses_are_reported(run_python):
    """Or the two tests above would prove nothing."""
    printed = run_python(SABOTAGE, MUTATIONS, "--count", 90, "--modules", "shlex", "--edits", 0)
    assert "ended with 1" in printed
    assert ", constant's " in printed
