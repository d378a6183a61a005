"""The terminal plot."""

import math

import pytest

from wacket.cli.support.plot import Band, bands, chart, clock

SECOND = 1_000_000


def test_one_spike_in_many_points_is_seen_at_any_width():
    points = [(at, 1.0) for at in range(5_000)]
    points[777] = (777, 99.0)
    for ascii_only in (True, False):
        lines = chart(points, 60, 8, ascii_only)
        assert lines[0].strip().startswith("99")
        assert lines[0].split("99", 1)[1].strip(" +┤")


def test_a_column_keeps_the_lowest_the_highest_and_the_last():
    found = bands([(0, 5.0), (1, 9.0), (2, 1.0), (3, 4.0), (10, 2.0)], 2, 0, 10)
    assert found == [Band(1.0, 9.0, 4.0), Band(2.0, 2.0, 2.0)]


def test_an_empty_span_stays_empty():
    assert bands([(0, 1.0), (10, 1.0)], 5, 0, 10)[1:4] == [None, None, None]


@pytest.mark.parametrize("width", [30, 40, 80, 200])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_line_is_wider_than_asked(width, ascii_only):
    points = [(second * SECOND, math.sin(second / 9) * 1e4) for second in range(500)]
    lines = chart(points, width, 6, ascii_only)
    assert len(lines) == 7 and max(map(len, lines)) <= width


def test_ascii_is_ascii():
    points = [(0, 1.0), (SECOND, 2.0), (2 * SECOND, 1.5)]
    assert all(line.isascii() for line in chart(points, 40, 5, ascii_only=True))


def test_rising_values_rise():
    rows = chart([(at, float(at)) for at in range(100)], 40, 5, ascii_only=True)[:5]
    firsts = [min((i for i, c in enumerate(row) if c in "*|"), default=99) for row in rows]
    assert firsts == sorted(firsts, reverse=True)


def test_a_flat_line_is_drawn_in_the_middle_and_a_single_point_is_drawn():
    assert "*" in chart([(0, 3.0), (9, 3.0)], 40, 5, ascii_only=True)[2]
    assert "*" in "".join(chart([(5, 3.0)], 40, 5, ascii_only=True))


def test_what_is_not_a_number_is_left_out_and_nothing_is_drawn_of_nothing():
    assert chart([(0, math.nan), (1, math.inf)], 40, 5) == []
    assert chart([], 40, 5) == []
    assert chart([(0, math.nan), (1, 2.0)], 40, 5) == chart([(1, 2.0)], 40, 5)


def test_the_axis_shows_as_much_of_the_time_as_its_span_needs():
    at = 1_700_000_000 * SECOND
    assert clock(at, 60 * SECOND) == "22:13:20Z"
    assert clock(at, 7200 * SECOND) == "22:13Z"
    assert clock(at, 10 * 86400 * SECOND) == "2023-11-14 22:13Z"
