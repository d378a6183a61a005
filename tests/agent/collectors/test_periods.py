"""When a collector is asked: on multiples of its period, later after failures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.collectors._periods import back_off, pause, period_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 10), ("on", 10), ("off", None), ("no", None), ("5s", 5), ("2m", 120), ("1h", 3600), ("7", 7), ("0.1s", 1)],
)
def test_periods(text, seconds):
    assert period_of(text, 10) == seconds


@pytest.mark.parametrize("text", ["often", "5x", "-1s", "nan", "inf", "s", "1e999"])
def test_what_is_no_period(text):
    with pytest.raises(ValueError):
        period_of(text, 10)


@pytest.mark.slow
@given(st.floats(1, 2e9), st.floats(1, 1e5), st.floats(0, 1, exclude_max=True), st.integers(0, 60))
def test_turns_fall_on_multiples_of_the_period(now, period, jitter, failures):
    least = back_off(period, failures)
    wait = pause(now, period, jitter, least)
    assert least - 1e-3 <= wait <= least + period + 1e-3
    place = (now + wait) / period - jitter
    assert math.isclose(place, round(place), abs_tol=1e-3)


def test_failures_back_off_up_to_an_hour():
    assert [back_off(10, failures) for failures in (0, 1, 2, 3)] == [1, 10, 20, 40]
    assert back_off(10, 1000) == 3600
    assert back_off(86400, 5) == 86400
