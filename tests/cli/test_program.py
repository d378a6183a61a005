"""The real program as a process: how fast it says hello, what it imports, how it behaves in a pipe."""

import os
import resource
import subprocess
import sys

import pytest

from wacket.cli.support.lazy import names

HEAVY = ("numpy", "duckdb", "fastapi", "sqlalchemy", "rich", "uvicorn", "sklearn", "websockets", "asyncio", "http")


def program(*words, **more):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
    environment |= more.pop("env", {})
    return subprocess.run(
        [sys.executable, "-m", "wacket", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
        **more,
    )


@pytest.mark.slow
def test_help_takes_less_than_a_fifth_of_a_second():
    """Processor time, and the least of several runs: a clock would measure what else the machine was doing."""
    took = []
    for _ in range(7):
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        assert program("--help").returncode == 0
        took.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)
    assert 0 < min(took) < 0.2


@pytest.mark.slow
def test_help_imports_nothing_heavy_and_no_command():
    code = "import sys; from wacket.cli import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = ran.stderr
    assert not [name for name in HEAVY if f"'{name}'" in loaded]
    assert not [name for name in names().values() if f"'wacket.cli.{name}'" in loaded]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--version"], 0),
        ([], 2),
        (["nothing"], 2),
        (["status", "--data", "/nonexistent"], 5),
        (["node", "ls", "-x"], 2),
    ],
)
def test_exit_codes(words, code):
    ran = program(*words)
    assert ran.returncode == code
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m wacket reference | head -n 1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout.splitlines() == ["# Command line", "0"] and ran.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_empty_ones(closed):
    command = f"{sys.executable} -m wacket run x --hub http://127.0.0.1:1 -- true {closed}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 5 and "mistake" not in ran.stderr
    assert ("no hub answers" in ran.stderr) == ("2>" not in closed)


@pytest.mark.slow
def test_no_escape_sequence_reaches_a_pipe():
    ran = program("stauts", env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert ran.returncode == 2 and "\x1b" not in ran.stderr and "wacket status" in ran.stderr


@pytest.mark.slow
def test_tab_completes_commands():
    ran = program(env={"_WACKET_COMPLETE": "bash_complete", "COMP_WORDS": "wacket ser", "COMP_CWORD": "1"})
    assert "plain,series" in ran.stdout.splitlines()
