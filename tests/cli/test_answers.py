"""Folded answers for a person: one table where all are short, else paragraphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.cli.support.answers import lines, names, summary, why
from wacket.cli.support.text import plain


def answer(nodes, count, out="", err="", state="succeeded", code=0, **more):
    return {"nodes": nodes, "count": count, "out": out, "err": err, "state": state, "exit": code, **more}


def test_short_answers_are_a_table_the_most_frequent_first():
    assert lines([answer("b", 1, "2\n"), answer("a-[1-3]", 3, "1\r\n"), answer("c", 1)]) == [
        "1               a-[1-3]  (3)",
        "2               b        (1)",
        "(nothing said)  c        (1)",
    ]


def test_one_long_answer_makes_paragraphs_of_all():
    assert lines([answer("a", 2, "1\n2\n", "odd\n"), answer("b", 1, state="failed", code=2, err="no\n")]) == [
        "── a  (2)",
        "1",
        "2",
        "! odd",
        "",
        "✗ b  (1) exit 2",
        "! no",
    ]


def test_paragraphs_are_cut_where_a_person_reads_them():
    found = lines([answer("a", 1, "".join(f"{n}\n" for n in range(100)))], most=2)
    assert found == ["── a  (1)", "0", "1", "… 98 more lines"]


@pytest.mark.slow
@given(some.text(), some.text(), some.text())
def test_nothing_that_a_node_wrote_steers_a_terminal(nodes, out, err):
    for line in lines([answer(nodes, 1, out, err), answer(nodes, 1, out, err, state="rejected", reason=err)]):
        assert plain(line, keep="\t") == line


def test_raw_output_stays_as_it_is():
    assert lines([answer("a", 1, "\x1b[1m\nx\n")], harmless=False)[1] == "\x1b[1m"


@pytest.mark.parametrize(
    ("answers", "waiting", "said"),
    [
        ([answer("a", 38), answer("b", 1, "x"), answer("c", 1, state="failed")], 0, "38 ok, 1 differs, 1 failed"),
        ([answer("a", 1, "a"), answer("b", 1, "b"), answer("c", 1, "c")], 0, "3 ok"),
        ([answer("a", 3), answer("b", 2, "x")], 2, "3 ok, 2 differ, 2 wait"),
        ([answer("a", 2, state="queued")], 1, "0 ok, 1 waits"),
        ([], 0, "0 ok"),
    ],
)
def test_the_summary_counts(answers, waiting, said):
    assert summary(answers, waiting, 0) == said
    assert summary(answers, waiting, 4) == said + ", 4 left out"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer("a", 1, state="failed", code=2), "exit 2"),
        (answer("a", 1, state="failed", code=None, signal=9), "ended by signal 9"),
        (answer("a", 1, state="failed", code=None, reason="no such program"), "failed: no such program"),
        (answer("a", 1, state="timed_out"), "timed out"),
        (answer("a", 1, state="of_tomorrow\x1b"), "of_tomorrow\\x1b"),
    ],
)
def test_why_it_did_not_succeed(said, words):
    assert why(said) == words


def test_many_names_are_not_all_said():
    assert names([f"n{number}" for number in range(10)], 2) == "n0, n1 and 8 more"
    assert names({"b", "a\x1b"}) == "a\\x1b, b"
