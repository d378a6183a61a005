from __future__ import annotations

from wacket.doors.unsettled import FAILED, OFFERED, STORED, Unsettled, in_order
from wacket.framing.lines import Dropped
from wacket.records import Receipt


def test_answers_wait_for_everything_before_them() -> None:
    unsettled = Unsettled()
    unsettled.numbered = True
    for body in (b"a\nb\n", b"c\n", b"d\n"):
        unsettled.add(body, None)
    first, second, third = unsettled.pieces
    assert [piece.first for piece in unsettled.pieces] == [0, 2, 3]
    second.state = STORED
    assert list(unsettled.answered()) == []
    first.state = STORED
    first.receipt, second.receipt = Receipt(1, 1), Receipt(1, 0)
    assert list(unsettled.answered()) == [first, second]
    assert unsettled.answered_lines == 3
    assert unsettled.bytes == len(third.body)


def test_only_what_the_intake_does_not_have_is_offered() -> None:
    unsettled = Unsettled()
    for body in (b"a\n", b"b\n", b"c\n"):
        unsettled.add(body, None)
    first, second, third = unsettled.pieces
    first.state, second.state = OFFERED, FAILED
    assert list(unsettled.to_offer()) == [second, third]


def test_a_refused_line_counts_one_whatever_it_holds() -> None:
    unsettled = Unsettled()
    unsettled.numbered = True
    unsettled.add(b" " * 256, "longer than allowed")
    unsettled.add(b"\n \n", None)
    unsettled.add(b"next\n", None)
    assert [piece.first for piece in unsettled.pieces] == [0, 1, 1]
    assert unsettled.taken == 2


def test_a_line_that_was_too_long_stands_where_it_came() -> None:
    pieces = in_order(b"\na\n \nb\r\nc", [Dropped(1, b" " * 256), Dropped(1, b"x")], 1000)
    refusal = "the line is longer than 1000 bytes"
    assert pieces == [(b"a\n", None), (b" " * 256, refusal), (b"x", refusal), (b"b\r\nc\n", None)]
