"""On a real terminal: what a device sent is shown as text and steers nothing."""

import contextlib
import os
import pty
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

EVIL = "\x1b]0;owned\x07 \x9b2J \u202e txt"
SERIES = {"id": 1, "node": EVIL, "name": EVIL, "labels": {}, "unit": EVIL, "at": "T", "value": 1.0}
CSV = f"a\n{EVIL}\n".encode()


def on_terminal(*words, env=None):
    """(exit code, what appeared) of a command whose standard output and error are a terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
    environment |= {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | (env or {})
    environment = {name: value for name, value in environment.items() if value}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "wacket", *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as going:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # a terminal that nobody holds any more ends with an error
            while piece := os.read(ours, 65536):
                seen += piece
    os.close(ours)
    return going.returncode, seen.decode()


@pytest.fixture
def evil(hub):
    hub.answers["POST /api/v1/sql"] = {"columns": ["body"], "rows": [[EVIL]], "truncated": False}
    hub.answers["GET /api/v1/series"] = {"series": [SERIES]}
    hub.answers["GET /api/v1/series/values"] = {"step_us": 1, "series": [{**SERIES, "points": [[1, 1.0]]}]}
    hub.answers["GET /api/v1/export/readings"] = (200, CSV, {})
    return hub


@pytest.mark.parametrize(
    "words",
    [
        ("sql", "--csv", "select 1"),
        ("sql", "--json", "select 1"),
        ("sql", "select 1"),
        ("series", "ls"),
        ("series", "ls", "--json"),
        ("series", "get", "*", "--csv"),
        ("series", "get", "*"),
        ("series", "plot", "*"),
        ("export", "readings", "--format", "csv"),
    ],
    ids=" ".join,
)
def test_what_a_device_sent_steers_no_terminal(evil, words):
    code, seen = on_terminal(*words, "--hub", evil.url, "--no-color", env={"NO_COLOR": "1"})
    assert code == 0, seen
    assert "owned" in seen
    assert [character for character in "\x1b\x07\x9b\u202e" if character in seen] == []


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        (["node", "lst"], {"NO_COLOR": ""}, True),
        (["node", "lst", "--no-color"], {"NO_COLOR": ""}, False),
        (["--no-color", "nothing-like-this"], {"NO_COLOR": ""}, False),
        (["node", "lst"], {"NO_COLOR": "1"}, False),
        (["status", "--data", "/nonexistent", "--no-color"], {"NO_COLOR": ""}, False),
    ],
)
def test_errors_have_colour_unless_it_is_not_wanted(words, env, coloured):
    code, seen = on_terminal(*words, env=env)
    assert code in {2, 5} and "✗" in seen
    assert ("\x1b" in seen) == coloured


@pytest.mark.parametrize(("word", "shown"), [("--no-color", True), ("--plain", False)])
def test_plainly_a_terminal_gets_what_a_pipe_gets(evil, word, shown):
    _, seen = on_terminal("series", "ls", word, "--hub", evil.url)
    assert ("VALUE" in seen) == shown and "\x07" not in seen


def test_bytes_are_scaled_for_people_only(hub):
    series = [{**SERIES, "node": "pi", "name": "disk.free_bytes", "unit": "B", "value": 82880786432.0}]
    hub.answers["GET /api/v1/series"] = {"series": series}
    words = ("series", "ls", "--hub", hub.url)
    assert "82.9  GB" in on_terminal(*words)[1]
    assert "82880786432  B" in on_terminal(*words, "--plain")[1]
    assert "82880786432.0" in on_terminal(*words, "--json")[1]


@pytest.mark.parametrize(("words", "moving"), [([], True), (["-q"], False), (["--plain"], False)])
def test_bars_are_for_those_who_want_them(evil, tmp_path, words, moving):
    _, seen = on_terminal("export", "readings", "-o", str(tmp_path / "a.csv"), "--hub", evil.url, *words)
    assert ("export readings" in seen) == moving
