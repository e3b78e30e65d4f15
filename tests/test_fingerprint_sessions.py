"""Code that was typed, piped or made by `exec`: followed like any other, with its text or without.

Each program runs in fresh interpreters, with another hash seed each time. Notebooks have a module of their own.
"""

from __future__ import annotations

import ast
import itertools
import os
import select
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

import memo

PACKAGE_PARENT = Path(memo.__file__).parents[1]
SEEDS = itertools.count(1)

HELPER = "def g(x):\n    return x + 1\n"
OTHER_HELPER = "def g(x):\n    return x + 2\n"
COMMENTED = 'def g(x):\n    """Add."""\n    # one\n    return (x + 1)\n'
FUNCTION = "import memo\n@memo.cached\ndef f(x):\n    return 10 * g(x)\n"
SHOW = "print((f(1), f.stats().hits, f.key(1), f.fingerprint().code.hex()))\n"


def environment(*paths: object, **more: str) -> dict[str, str]:
    found = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": str(next(SEEDS)), **more}
    if (PACKAGE_PARENT / "pyproject.toml").exists():
        paths = (PACKAGE_PARENT, *paths)
    found["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    return found


def python(*args: object, typed: str = "", cwd: Path | None = None) -> str:
    """Run Python; return what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(*() if cwd is None else [cwd]),
        cwd=cwd,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def shown(*args: object, typed: str = "", cwd: Path | None = None) -> Any:
    """Run Python; return the value of the last line that it printed."""
    return ast.literal_eval(python(*args, typed=typed, cwd=cwd).splitlines()[-1])


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


# Programs that are in no file


def whole_program(helper: str) -> str:
    return f"{helper}{FUNCTION}{SHOW}"


def assert_follows_the_code(run: Any) -> None:
    """Check that equal programs hit, edited ones do not, and comments and docstrings change nothing."""
    first, again = run(whole_program(HELPER)), run(whole_program(HELPER))
    assert first[:2] == (20, 0)
    assert again == (20, 1, *first[2:])
    assert run(whole_program(COMMENTED)) == again
    other = run(whole_program(OTHER_HELPER))
    assert other[:2] == (30, 0)
    assert other[3] != first[3]


def test_python_c():
    assert_follows_the_code(lambda text: shown("-c", text))


@pytest.mark.parametrize("arguments", [(), ("-",)], ids=["bare", "dash"])
def test_a_program_on_standard_input(arguments):
    assert_follows_the_code(lambda text: shown(*arguments, typed=text))


def test_a_program_on_standard_input_that_is_a_file(tmp_path):
    def run(text: str) -> Any:
        with save(tmp_path, "piped.py", text).open() as file:
            done = subprocess.run(
                [sys.executable, "-"], env=environment(), stdin=file, capture_output=True, text=True, check=True
            )
        return ast.literal_eval(done.stdout)

    assert_follows_the_code(run)


def statements(*texts: str) -> str:
    """Return statements as they are typed: each block ends with an empty line."""
    return "".join(text.rstrip("\n") + "\n\n" for text in texts)


def session(helpers: tuple[str, ...]) -> str:
    """Return a session that defines a function, then helper after helper, and shows what came of each."""
    steps = [step for helper in helpers for step in (helper, "seen.append((f(1), f.stats().hits, f.key(1)))")]
    return statements("seen = []", *FUNCTION.split("\n", 1), *steps, "print(seen)")


HELPERS = (HELPER, HELPER, COMMENTED, OTHER_HELPER, "g = lambda x: x + 3", "g = lambda x: x + 4", HELPER)


def assert_session_follows_the_code(first: Any, again: Any) -> None:
    assert [step[:2] for step in first] == [(20, 0), (20, 1), (20, 2), (30, 2), (40, 2), (50, 2), (20, 3)]
    assert [step[:2] for step in again] == [(20, 1), (20, 2), (20, 3), (30, 4), (40, 5), (50, 6), (20, 7)]
    assert [step[2] for step in again] == [step[2] for step in first]
    keys = [step[2] for step in first]
    assert keys[0] == keys[1] == keys[2] == keys[6]
    assert len(set(keys)) == 4


def test_lines_typed_at_the_prompt():
    first, again = (shown("-i", "-q", typed=session(HELPERS)) for _ in range(2))
    assert_session_follows_the_code(first, again)


def test_lines_typed_into_an_interactive_console(tmp_path):
    """All that is typed there has one file name, in programs that embed a prompt."""
    program = save(
        tmp_path,
        "embeds.py",
        f"""
        import code
        console = code.InteractiveConsole()
        for line in {session(HELPERS)!r}.splitlines():
            console.push(line)
        """,
    )
    assert_session_follows_the_code(shown(program), shown(program))


def test_lines_typed_at_the_prompt_of_a_terminal(tmp_path):
    """Python 3.13 has another prompt there than on a pipe."""
    out = tmp_path / "seen"
    typed = [
        "import memo",
        "seen = []",
        "g = lambda x: x + 1",
        "f = memo.cached(lambda x: 10 * g(x))",
        "look = lambda: seen.append((f(1), f.stats().hits, f.key(1)))",
        "look()",
        "g = lambda x: x + 1",
        "look()",
        "g = lambda x: x + 2",
        "look()",
        f"done = open({str(out)!r}, 'w').write(repr(seen))",
        "exit()",
    ]
    sessions = []
    for _ in range(2):
        type_at_terminal(typed)
        sessions.append(ast.literal_eval(out.read_text()))
    first, again = sessions
    assert [step[:2] for step in first] == [(20, 0), (20, 1), (30, 1)]
    assert [step[:2] for step in again] == [(20, 1), (20, 2), (30, 3)]
    assert [step[2] for step in first] == [step[2] for step in again]


def type_at_terminal(lines: list[str]) -> None:
    """Type lines at Python's prompt, the next one when the one before is done."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    environ = environment(TERM="xterm", PYTHON_HISTORY=os.devnull, PYTHONSTARTUP="", NO_COLOR="1")
    arguments = [sys.executable, "-q", "-i", "-c", "import sys; sys.ps1 = '[ready]'"]
    process = subprocess.Popen(arguments, env=environ, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    try:
        for number, line in enumerate(lines):
            read_until(master, b"[ready]" if number == 0 else b"<%d>" % number)
            text = line if line == "exit()" else f"{line}; print('<' + '{number + 1}>')"
            os.write(master, text.encode() + b"\r")
        read_until(master, None)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait(30)
        os.close(master)


def read_until(master: int, mark: bytes | None) -> None:
    """Read what the terminal shows, up to a mark or to its end."""
    seen, deadline = b"", time.monotonic() + 30
    while mark is None or mark not in seen:
        ready, _, _ = select.select([master], [], [], deadline - time.monotonic())
        assert ready, f"the terminal never showed {mark!r}, but {seen!r}"
        try:
            part = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            part = b""
        if not part:
            assert mark is None, f"the terminal was closed after {seen!r}"
            return
        seen += part


# exec

EXEC = """
import linecache
def run(text, name, listed):
    if listed is not None:
        linecache.cache[name] = (len(listed), None, listed.splitlines(keepends=True), name)
    space = {{"__name__": "__main__"}}
    exec(compile(text, name, "exec"), space)
    f = space["f"]
    return f(1), f.stats().hits, f.key(1), f.fingerprint().code.hex()
HELPER, OTHER, COMMENTED, FUNCTION = {texts!r}
print([
    run(HELPER + FUNCTION, "<plain>", None),
    run(COMMENTED + FUNCTION, "<commented>", None),
    run(OTHER + FUNCTION, "<edited>", None),
    run(HELPER + FUNCTION, "<listed>", HELPER + FUNCTION),
    run(COMMENTED + FUNCTION, "<listed and commented>", COMMENTED + FUNCTION),
    run(OTHER + FUNCTION, "<listed and edited>", OTHER + FUNCTION),
    run(OTHER + FUNCTION, "<listed as another>", HELPER + FUNCTION),
    run(OTHER + FUNCTION, __file__, None),
])
"""
TEXTS = (HELPER, OTHER_HELPER, COMMENTED, FUNCTION)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Run the program above twice, and twice with a `__future__` flag, which code that it compiles inherits."""
    folder, text = tmp_path_factory.mktemp("executed"), EXEC.format(texts=TEXTS)
    plain = save(folder, "executes.py", text)
    future = save(folder, "executes_in_the_future.py", f"from __future__ import annotations\n{text}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMO_DIRECTORY", str(folder / "cache"))
        return {"plain": (shown(plain), shown(plain)), "future": (shown(future), shown(future))}


@pytest.mark.parametrize("which", ["plain", "future"])
def test_exec_with_and_without_lines_in_linecache(executed, which):
    """A tool may list the lines, none, or another text's: its own earlier version, under the same name."""
    first, again = executed[which]
    assert [run[0] for run in first] == [20, 20, 30, 20, 20, 30, 30, 30]
    assert [run[2:] for run in again] == [run[2:] for run in first]
    assert [run[1] for run in again] == [1] * 8
    plain, commented, edited, listed, listed_comment, listed_edit, lied, borrowed = (run[2] for run in first)
    assert plain == commented
    assert listed == listed_comment
    assert not {edited, listed_edit, lied, borrowed} & {plain, listed}
    assert borrowed == edited  # the file whose name it borrows says nothing of it


def test_exec_with_its_lines_in_linecache_has_the_key_of_a_file(tmp_path, executed):
    code = shown(save(tmp_path, "in_a_file.py", whole_program(HELPER)))[2:]
    assert executed["plain"][0][3][2:] == code
    assert executed["future"][0][3][2:] == code
