"""When a series was heard last, and how often it speaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.fleet.pulse import NEVER, SECOND, Pulse
from wacket.records import Readings

START = 1_795_262_400 * SECOND
LATER = START + 10**6 * SECOND


def readings(*rows: tuple[int, int, float]) -> Readings:
    """Rows are (series, µs after START, value)."""
    series, at, value = zip(*rows, strict=True)
    count = len(rows)
    moments = np.array(at, np.int64) + START
    return Readings(np.array(series, np.uint32), moments, np.array(value, np.float64), np.zeros(count, np.uint8))


def heard_at(*seconds: float) -> Pulse:
    """Series 7, heard at each of these moments by itself."""
    pulse = Pulse()
    for moment in seconds:
        pulse.heard(readings((7, int(moment * SECOND), moment)), LATER)
    return pulse


def test_the_newest_value_is_known_in_whatever_order_readings_come() -> None:
    pulse = Pulse()
    touched = pulse.heard(readings((1, 5, 50.0), (2, 1, 10.0), (1, 9, 90.0), (1, 7, 70.0)), LATER)
    assert touched.tolist() == [1, 2]
    assert (pulse.at[1] - START, pulse.value[1], pulse.value[2]) == (9, 90.0, 10.0)
    pulse.heard(readings((1, 3, 30.0)), LATER)
    assert pulse.value[1] == 90.0
    assert pulse.at[3] == NEVER


def test_what_is_no_number_is_no_reading() -> None:
    pulse = Pulse()
    assert pulse.heard(readings((1, 5, np.nan)), LATER).tolist() == []
    assert pulse.heard(readings((1, 5, np.nan), (2, 5, 1.0)), LATER).tolist() == [2]
    assert pulse.at[1] == NEVER


def test_a_clock_that_is_ahead_does_not_freeze_a_value() -> None:
    pulse = Pulse()
    year = 31_536_000 * SECOND
    pulse.heard(readings((1, year, 1.0)), START)
    pulse.heard(readings((1, SECOND, 2.0)), START + SECOND)
    assert (pulse.at[1], pulse.value[1]) == (START + SECOND, 2.0)


@pytest.mark.parametrize(
    ("seconds", "period"),
    [
        ((0,), None),
        ((0, 10, 20), None),
        ((0, 10, 20, 30), 10),
        ((0, 10, 20, 30, 400, 410, 420), 10),  # it was away for a while
        ((0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 2.0, 3.0), 1),  # what comes faster is one sending
        ((0, 1, 60, 62, 500, 503, 2000, 2001), None),  # speaks when it likes
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 68, 128, 188, 248, 308, 368, 428), 60),  # was set to another pace
    ],
)
def test_how_often_a_series_speaks(seconds: Sequence[float], period: int | None) -> None:
    assert heard_at(*seconds).periods([7, 1, 10**9]) == [period and period * SECOND, None, None]


def test_what_comes_in_one_sending_counts_as_one() -> None:
    """A board that measures each 10 ms and sends each 5 s is not silent in between."""
    pulse = Pulse()
    for sending in range(6):
        rows = [(1, sending * 5 * SECOND + place * 10_000, 1.0) for place in range(500)]
        pulse.heard(readings(*rows), LATER)
    assert pulse.periods([1]) == [5 * SECOND]


def test_what_is_known_from_before_stays_until_more_is_heard() -> None:
    pulse = heard_at(100)
    series = np.array([7, 8], np.uint32)
    before = np.array([50 * SECOND + START, 60 * SECOND + START], np.int64)
    pulse.seed(series, before, np.array([5.0, 6.0]), np.array([20.0 * SECOND, np.nan]))
    assert (pulse.value[7], pulse.value[8], pulse.at[8] - START) == (100.0, 6.0, 60 * SECOND)
    assert pulse.periods([7, 8]) == [20 * SECOND, None]
    for moment in range(105, 140, 5):
        pulse.heard(readings((7, moment * SECOND, 1.0)), LATER)
    assert pulse.periods([7]) == [5 * SECOND]


@given(st.lists(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 100), st.floats(-5, 5)), min_size=1), max_size=6))
def test_it_agrees_with_looking_at_each_reading(batches: list[list[tuple[int, int, float]]]) -> None:
    pulse, newest = Pulse(), dict[int, tuple[int, float]]()
    for batch in batches:
        touched = pulse.heard(readings(*batch), LATER)
        assert set(touched.tolist()) == {series for series, _, _ in batch}
        for series, at, value in batch:
            if at >= newest.get(series, (at, 0))[0]:
                newest[series] = at, value
    assert {series: (int(pulse.at[series]) - START, pulse.value[series]) for series in newest} == newest
