"""Waiting before another attempt, and reckoning the hub's clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.link.pace import LONGEST_WAIT, BackOff, HubClock

WAY = st.integers(0, 1_000_000)
HOUR = 3_600_000_000


def test_the_limit_doubles_up_to_a_minute_and_begins_again() -> None:
    back_off = BackOff(lambda: 1.0)
    assert [back_off.next() for _ in range(7)] == [2, 4, 8, 16, 32, 60, 60]
    back_off.succeeded()
    assert back_off.next() == 2


@pytest.mark.slow
@given(st.integers(0, 100), st.floats(0, 1))
def test_every_wait_is_a_part_of_a_minute(failures: int, part: float) -> None:
    back_off = BackOff(lambda: part)
    waits = [back_off.next() for _ in range(failures + 1)]
    assert all(0 <= wait <= LONGEST_WAIT for wait in waits)


def test_nothing_is_known_at_first() -> None:
    assert HubClock().ahead is None


def test_the_quickest_round_counts() -> None:
    clock = HubClock()
    clock.begin(HOUR + 5_000_000)
    assert clock.ahead == HOUR + 5_000_000
    clock.heard(1000, HOUR + 1500, 2000)
    assert clock.ahead == HOUR
    clock.heard(100_000, HOUR + 160_000, 200_000)  # slow, and slower on the way back
    assert clock.ahead == HOUR


def test_a_clock_that_was_set_is_followed_at_once() -> None:
    clock = HubClock()
    clock.heard(1000, 1500, 2000)
    clock.heard(10_000, HOUR + 20_000, 30_000)
    assert clock.ahead == HOUR


@pytest.mark.slow
@given(
    st.integers(-HOUR, HOUR), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=20)
)
def test_the_error_is_at_most_half_the_quickest_round(ahead: int, ways: list[tuple[int, int]]) -> None:
    clock, at = HubClock(), 0
    for there, back in ways:
        clock.heard(at, at + there + ahead, at + there + back)
        at += 5_000_000
    quickest = min(there + back for there, back in ways[-8:])
    assert clock.ahead is not None
    assert abs(clock.ahead - ahead) <= quickest // 2 + 1
