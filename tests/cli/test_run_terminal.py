"""wacket run in front of a person: what machines write steers no terminal, many are asked about, Ctrl-C is kind."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

EVIL = "\x1b]0;owned\x07 \x9b2J \u202e txt\r\n"
JOB = {"event": "job", "id": 212, "nodes": ["a"], "waiting": [], "left_out": []}
OUTPUT = {"event": "output", "node": "a", "stream": "out", "text": EVIL, "offset": 0}
OVER = {"event": "state", "node": "a", "state": "succeeded", "exit": 0}
END = {"event": "end", "counts": {"succeeded": 1}}
PREVIEW = {"nodes": [{"node": "a", "state": "up"}], "left_out": []}


def ndjson(*events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


class Terminal:
    """A command whose input and output are a terminal; `seen` is what appeared on it."""

    def __init__(self, hub, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
        environment |= {"TERM": "xterm-256color", "PYTHONUTF8": "1", "NO_COLOR": "1", "WACKET_HUB": hub.url}
        self._ours, theirs = pty.openpty()
        self.going = subprocess.Popen(
            [sys.executable, "-m", "wacket", *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = ""

    def until(self, text):
        while text not in self.seen:
            self.seen += os.read(self._ours, 65536).decode()

    def type(self, text):
        os.write(self._ours, text.encode())

    def end(self):
        """The exit code, once all that appeared is read."""
        with contextlib.suppress(OSError):  # a terminal that nobody holds any more ends with an error
            while piece := os.read(self._ours, 65536):
                self.seen += piece.decode()
        os.close(self._ours)
        return self.going.wait(30)


@pytest.fixture
def evil(hub):
    hub.answers["POST /api/v1/jobs"] = (200, ndjson(JOB, OUTPUT, OVER, END), {})
    hub.answers["POST /api/v1/jobs/preview"] = PREVIEW
    hub.answers["GET /api/v1/jobs/212/output/a"] = (200, EVIL.encode(), {})
    many = [{"nodes": "a,b", "count": 2, "state": "succeeded", "exit": 0, "out": EVIL * 2, "err": EVIL}]
    hub.answers["GET /api/v1/jobs/212/answers"] = {"answers": many}
    hub.answers["GET /api/v1/jobs/212"] = {"id": 212, "argv": [EVIL], "nodes": [{"node": EVIL}], "left_out": []}
    both = ndjson({**JOB, "nodes": ["a", "b"]}, OUTPUT, OVER, {**OVER, "node": "b"}, END)
    hub.answers["GET /api/v1/jobs/212/events"] = (200, both, {})
    return hub


@pytest.mark.parametrize(
    "words",
    [
        ("run", "a", "--", "x"),
        ("run", "a", "--json", "--", "x"),
        ("job", "logs", "212", "a"),
        ("job", "show", "212"),
        ("job", "follow", "212"),
        ("job", "follow", "212", "--live"),
    ],
    ids=" ".join,
)
def test_what_a_machine_writes_steers_no_terminal(evil, words):
    shown = Terminal(evil, *words)
    assert shown.end() == 0, shown.seen
    # The line that counts the answers is our own; it is taken away with an escape.
    seen = shown.seen.replace("\r\x1b[K", "")
    assert "owned" in seen
    assert [character for character in "\x1b\x07\x9b\u202e" if character in seen] == []


def test_raw_output_is_for_those_who_ask_for_it(evil):
    shown = Terminal(evil, "run", "a", "--raw", "--", "x")
    assert shown.end() == 0 and "\x1b]0;owned\x07" in shown.seen


@pytest.mark.parametrize(
    ("target", "count", "asked"), [("tag:demo", 11, True), ("tag:demo", 10, False), ("*", 1, True), ("a*", 1, False)]
)
def test_many_machines_are_asked_about(evil, target, count, asked):
    evil.answers["POST /api/v1/jobs/preview"] = {"nodes": PREVIEW["nodes"] * count, "left_out": []}
    shown = Terminal(evil, "run", target, "--", "x")
    if asked:
        shown.until("[y/N]")
        shown.type("n\n")
    assert shown.end() == (130 if asked else 0)
    assert len(evil.asked) == (1 if asked else 2)


def test_machines_that_are_away_are_told_before_anything_is_asked_for(evil):
    away = [{"node": "a", "state": "down"}, {"node": "b", "state": "off"}]
    evil.answers["POST /api/v1/jobs/preview"] = {"nodes": away, "left_out": []}
    shown = Terminal(evil, "run", "a,b", "--", "x")
    assert shown.end() == 0 and "a, b are not there; their commands wait until" in shown.seen


@pytest.fixture
def endless(evil):
    """A job of which nothing more is heard."""
    evil.answers["POST /api/v1/jobs"] = (200, ndjson(JOB, OUTPUT), {"Content-Length": "99999"})
    evil.answers["POST /api/v1/jobs/212/cancel"] = {}
    return evil


def test_an_interrupt_ends_the_watching_and_not_the_job(endless):
    shown = Terminal(endless, "run", "a", "--", "x")
    shown.until("txt")
    shown.going.send_signal(signal.SIGINT)
    assert shown.end() == 130
    assert "wacket job show 212" in shown.seen and "wacket job cancel 212" in shown.seen
    assert "POST /api/v1/jobs/212/cancel" not in [f"{one.method} {one.path}" for one in endless.asked]


def test_a_second_interrupt_cancels_the_job(endless):
    shown = Terminal(endless, "run", "a", "--", "x")
    shown.until("txt")
    shown.going.send_signal(signal.SIGINT)
    shown.until("again cancels")
    shown.going.send_signal(signal.SIGINT)
    assert shown.end() == 130 and "is being cancelled" in shown.seen
    assert endless.last().path == "/api/v1/jobs/212/cancel"
