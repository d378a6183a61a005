from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.errors import BadRequest
from wacket.intake import marks

spans = st.tuples(st.integers(0, 300), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=30))
def test_ranges_hold_exactly_the_numbers_that_were_added(added: list[tuple[int, int]]) -> None:
    ranges: marks.Ranges = ()
    for low, high in added:
        ranges = marks.add(ranges, low, high)
    held = {number for low, high in ranges for number in range(low, high + 1)}
    assert held == {number for low, high in added for number in range(low, high + 1)}
    assert all(before[1] + 1 < after[0] for before, after in zip(ranges, ranges[1:], strict=False))


@given(st.lists(spans, max_size=10), spans)
def test_unknown_is_what_is_missing(added: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    ranges: marks.Ranges = ()
    for low, high in added:
        ranges = marks.add(ranges, low, high)
    held = {number for low, high in ranges for number in range(low, high + 1)}
    missing = [number for low, high in marks.unknown(ranges, *asked) for number in range(low, high + 1)]
    assert missing == [number for number in range(asked[0], asked[1] + 1) if number not in held]


def test_too_many_holes_are_refused_before_anything_changes() -> None:
    ranges: marks.Ranges = ()
    for number in range(marks.MOST_RANGES):
        ranges = marks.add(ranges, number * 10, number * 10)
    with pytest.raises(BadRequest, match="holes"):
        marks.add(ranges, 10_000_000, 10_000_000)
    assert len(marks.add(ranges, 1, 9)) == marks.MOST_RANGES - 1


def test_contiguous_ends_at_the_first_hole() -> None:
    assert marks.contiguous(()) == -1
    assert marks.contiguous(((0, 7), (9, 12))) == 7
