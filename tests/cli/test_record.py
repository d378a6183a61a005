"""The record of a job as a person reads it, with whatever nodes may have put into it."""

import shlex

from hypothesis import given
from hypothesis import strategies as some

from wacket.cli.support.record import NODE, counted, facts, on_node, what

JOB = {
    "id": 212,
    "at": "2026-11-21T08:00:00Z",
    "actor": "person:ada",
    "peer": "192.0.2.7",
    "target": "tag:demo",
    "kind": "exec",
    "argv": ["sh", "-c", "echo $HOME; exit 7"],
    "digest": "ab" * 32,
    "counts": {"failed": 1, "succeeded": 2},
    "open": True,
    "timeout": 600,
    "files": [{"name": "data.csv", "sha256": "cd" * 32, "size": 1234}],
    "bring": ["*.png"],
    "repeats": 200,
}


def test_the_facts_stand_in_the_order_of_the_questions():
    assert list(facts(JOB).items()) == [
        ("job", 212),
        ("what", "sh -c 'echo $HOME; exit 7'"),
        ("asked by", "person:ada, from 192.0.2.7"),
        ("at", "2026-11-21T08:00:00Z"),
        ("target", "tag:demo"),
        ("bring", ["*.png"]),
        ("repeats", 200),
        ("sent along", ["data.csv (1.2 kB)"]),
        ("timeout", "600 s"),
        ("sha256", "ab" * 32),
        ("ended", "2 succeeded, 1 failed, still open"),
    ]


@given(some.lists(some.text("ab $'\"()-\\", max_size=8), min_size=1, max_size=4))
def test_a_command_line_can_be_typed_again(argv):
    assert shlex.split(what({"argv": argv}, most=None)) == argv


def test_what_is_long_or_no_command_line_is_told_in_short():
    assert what({"argv": ["x" * 100]}) == "x" * 59 + "…"
    assert what({"kind": "python", "digest": "ab" * 32, "args": ["--n", "a b"]}) == "python (abababababab) --n 'a b'"
    assert what({"kind": "python", "digest": "ab" * 32}) == "python (abababababab)"
    assert what({"kind": "ping"}) == "ping"
    assert what({"argv": ["\x1b]0;x\x07"]}) == "'\\x1b]0;x\\x07'"
    assert counted(None) == ""


def test_what_a_cancel_killed_and_what_came_back_is_told():
    said = {"node": "a", "state": "cancelled", "signal": 15, "seconds": 0.0123456, "peak": 3_145_728, "out": 0}
    cells = on_node({**said, "killed": [{"pid": 7, "name": "sleep"}, {"pid": 8, "name": "sh"}], "files": []})
    assert [cells.get(name) for name in NODE] == [
        *("a", "cancelled", None, "0.012", "3.1 MB", "0 B", None),
        "signal 15; killed sleep, sh",
    ]
    assert on_node({"state": "succeeded", "files": [{"name": "x.png"}]})["remark"] == "brought x.png"
    assert on_node({"state": "running", "unreachable": True, "reason": "why"})["remark"] == "why; not there"
