from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wacket.doors.unsettled import FAILED, OFFERED, STORED, Unsettled, count_frames
from wacket.records import Receipt


@given(
    st.lists(st.sampled_from([b"a:1", b"", b" ", b"\t", b"x y\r", b"\r", b"two words"]), max_size=12),
    st.booleans(),
)
def test_frames_are_the_lines_that_are_not_blank(lines: list[bytes], ended: bool) -> None:
    chunk = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    assert count_frames(chunk) == sum(1 for line in chunk.split(b"\n") if line.strip())


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
    unsettled.add(b"half of a long line", "longer than allowed")
    unsettled.add(b"\n \n", None)
    unsettled.add(b"next\n", None)
    assert [piece.first for piece in unsettled.pieces] == [0, 1, 1]
    assert unsettled.taken == 2
