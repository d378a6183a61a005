"""The lines in memory: none is doubled or lost unseen, whatever is added and however little room there is."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.journal.waiting import LONGEST_LINE, LONGEST_PIECE, Waiting

LINES = st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"") + b"\n"), min_size=1, max_size=6)
ADDED = st.lists(st.tuples(st.sampled_from(["metrics", "logs"]), LINES), max_size=30)


def taken(waiting):
    return {stream: [piece._asdict() for piece in pieces] for stream, pieces in waiting.take().pieces.items()}


def test_a_group_has_what_was_added_joined_in_order():
    waiting = Waiting()
    waiting.add("logs", b"a\nb\n", 5, {})
    waiting.add("logs", b"c\n", 7, {"file": "3"})
    assert waiting
    group = waiting.take()
    assert [piece[:4] for piece in group.pieces["logs"]] == [(3, 5, 7, b"a\nb\nc\n")]
    assert group.pieces["metrics"] == []
    assert group.marks == {"file": "3"}
    assert not waiting
    assert not waiting.take()


def test_lines_without_an_end_are_a_mistake():
    with pytest.raises(ValueError, match="line feed"):
        Waiting().add("logs", b"a\nb", 5, {})


def test_a_line_that_the_hub_would_refuse_is_counted_as_gone():
    waiting = Waiting()
    long, longest = b"x" * LONGEST_LINE + b"\n", b"y" * (LONGEST_LINE - 1) + b"\n"
    waiting.add("logs", b"a\n" + long + longest + b"b\n", 5, {})
    found = waiting.take().pieces["logs"]
    assert [(piece.amount, piece.lines[:1], piece.why) for piece in found] == [
        (1, b"a", ""),
        (1, b"", "dropped"),
        (1, b"y", ""),
        (1, b"b", ""),
    ]


def test_metrics_give_way_before_logs():
    waiting = Waiting(room=2000)
    for number in range(4):
        waiting.add("metrics", b"m\n", number, {})
    for number in range(6):
        waiting.add("logs", b"l\n", number, {})
    group = waiting.take()
    assert sum(piece.amount for piece in group.pieces["metrics"] if piece.why) == waiting.lost == 4
    assert [piece.why for piece in group.pieces["logs"]] == [""]


@pytest.mark.slow
@given(ADDED, st.integers(0, 4000))
def test_every_line_is_there_or_counted(added, room):
    waiting = Waiting(room)
    for at, (stream, lines) in enumerate(added):
        waiting.add(stream, b"".join(lines), at, {})
    group = waiting.take()
    for stream in ("metrics", "logs"):
        given_lines = [line for name, lines in added if name == stream for line in lines]
        pieces = group.pieces[stream]
        assert sum(piece.amount for piece in pieces) == len(given_lines)
        kept = b"".join(piece.lines for piece in pieces)
        assert b"".join(given_lines).endswith(kept)
        assert len(given_lines) - kept.count(b"\n") == sum(piece.amount for piece in pieces if piece.why)
        assert all(piece.amount == piece.lines.count(b"\n") for piece in pieces if not piece.why)
        assert all(len(piece.lines) <= LONGEST_PIECE for piece in pieces)


@pytest.mark.slow
@given(ADDED, ADDED)
def test_what_is_put_back_comes_first_again(before, after):
    waiting, plain = Waiting(), Waiting()
    for at, (stream, lines) in enumerate(before):
        waiting.add(stream, b"".join(lines), at, {"newest": "before"})
        plain.add(stream, b"".join(lines), at, {"newest": "before"})
    group = waiting.take()
    for at, (stream, lines) in enumerate(after, len(before)):
        waiting.add(stream, b"".join(lines), at, {"newest": "after"})
        plain.add(stream, b"".join(lines), at, {"newest": "after"})
    waiting.put_back(group)
    assert waiting.take() == plain.take()


def test_what_could_not_be_put_back_is_counted():
    waiting = Waiting(room=600)
    waiting.add("logs", b"a\n" * 100, 1, {})
    group = waiting.take()
    waiting.add("logs", b"b\n" * 10, 2, {})
    waiting.put_back(group)
    gone, kept = waiting.take().pieces["logs"]
    assert (gone.amount, gone.since, gone.why) == (100, 1, "dropped")
    assert kept.lines == b"b\n" * 10
    assert waiting.lost == 100


def test_lines_may_come_from_many_threads():
    waiting = Waiting()

    def add():
        for _ in range(200):
            waiting.add("metrics", b"x\n", 1, {})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(piece.amount for piece in waiting.take().pieces["metrics"]) == 800
    assert waiting.bytes == 0
