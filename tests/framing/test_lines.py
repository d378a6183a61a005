"""Cutting a stream into whole lines: the same whatever the pieces, bounded, over-long lines told with their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import _frames
from wacket.framing.lines import Dropped, Lines, count, frames
from wacket.records import Envelope


def feed_all(lines: Lines, pieces: list[bytes]) -> tuple[bytes, list[int]]:
    """Everything that came out, and the frames ahead of each dropped line, counted over the whole stream."""
    out, dropped, seen = b"", [], 0
    for piece in pieces:
        chunk = lines.feed(piece)
        dropped += [seen + one.before for one in lines.dropped]
        seen += count(chunk)
        out += chunk
    return out, dropped


def test_whole_lines_pass_and_half_a_line_waits() -> None:
    lines = Lines(100)
    assert lines.feed(b"one\ntwo\nthr") == b"one\ntwo\n"
    assert lines.held == 3
    assert lines.feed(b"ee\n") == b"three\n"
    assert lines.held == 0


def test_half_a_line_at_the_end_is_kept() -> None:
    lines = Lines(100)
    assert lines.feed(b"one\nhalf") == b"one\n"
    assert lines.close() == b"half\n"
    assert lines.close() == b""


@pytest.mark.parametrize(("size", "kept", "overlong"), [(10, b"x" * 10 + b"\n", 0), (11, b"", 1)])
def test_the_limit_is_the_longest_line(size: int, kept: bytes, overlong: int) -> None:
    lines = Lines(10)
    assert lines.feed(b"x" * size + b"\n") == kept
    assert lines.overlong == overlong


def test_an_overlong_line_is_dropped_told_and_the_stream_goes_on() -> None:
    lines = Lines(8)
    assert lines.feed(b"a\n\nb\n" + b"x" * 20 + b"\nc\n" + b"y" * 9 + b"\nd") == b"a\n\nb\nc\n"
    assert lines.dropped == [Dropped(2, b"x" * 20), Dropped(3, b"y" * 9)]
    assert lines.feed(b"\n") == b"d\n"
    assert lines.dropped == []
    assert lines.overlong == 2


def test_an_overlong_line_in_many_pieces_is_dropped_once_and_not_held() -> None:
    lines = Lines(8)
    pieces = [b"a\n12345", b"6789", b"0" * 50, b"\nb\n"]
    assert feed_all(lines, pieces) == (b"a\nb\n", [1])
    assert lines.overlong == 1
    assert lines.held == 0


def test_the_excerpt_of_a_dropped_line_is_short() -> None:
    lines = Lines(1000)
    lines.feed(b"z" * 5000)
    assert lines.dropped == [Dropped(0, b"z" * 256)]


def test_an_overlong_half_line_is_nothing_at_close() -> None:
    lines = Lines(4)
    lines.feed(b"123456")
    assert lines.close() == b""
    assert lines.feed(b"new\n") == b"new\n"


@given(
    st.lists(st.sampled_from([b"a", b"bc", b" ", b"\n", b"\r\n", b"0123456789", b"\n\n"]), max_size=30).map(b"".join),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_the_pieces_make_no_difference(stream: bytes, cuts: list[int]) -> None:
    stream += b"\n"
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in zip(places, places[1:], strict=False)]
    at_once = feed_all(Lines(12), [stream])
    assert at_once == feed_all(Lines(12), pieces)
    assert at_once == feed_all(Lines(12), [bytes([byte]) for byte in stream])
    lines = stream[:-1].split(b"\n")
    assert at_once[0] == b"".join(line + b"\n" for line in lines if len(line) <= 12)
    assert len(at_once[1]) == sum(len(line) > 12 for line in lines)


@given(
    st.lists(
        st.sampled_from([b"a:1", b"", b" ", b"\t", b"x y\r", b"\r", b" \x0b\x0c", b"\x00", b"\x85", b" in "]),
        max_size=12,
    ),
    st.booleans(),
)
def test_all_agree_on_what_a_frame_is(lines: list[bytes], ended: bool) -> None:
    chunk = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    joined = _frames.join([Envelope("test", "", 1, "text", 0, chunk)])
    assert count(chunk) == len(frames(chunk)) == len(joined)
    assert [frame.removesuffix(b"\r") for frame in frames(chunk)] == joined.lines()
