"""When a node is late: by what it usually does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.fleet.habit import ENOUGH, MINUTE, REMEMBERED, SECOND, SOONEST_DOWN, SOONEST_LATE, UNKNOWN, Habit


def spoken(*intervals, start=0):
    habit, now = Habit(start), start
    for interval in intervals:
        now += interval
        habit.heard(now)
    return habit


def test_a_board_that_spoke_each_minute_is_late_after_two():
    habit = spoken(*[MINUTE] * 10)
    last = habit.last
    assert habit.state(last + 2 * MINUTE) == "up"
    assert habit.state(last + 2 * MINUTE + 1) == "late"
    assert habit.state(last + 10 * MINUTE) == "late"
    assert habit.state(last + 10 * MINUTE + 1) == "down"


def test_who_speaks_all_the_time_is_not_late_for_a_hiccup_of_the_network():
    habit = spoken(*[SECOND] * 10)
    assert habit.state(habit.last + SOONEST_LATE) == "up"
    assert habit.state(habit.last + SOONEST_LATE + 1) == "late"
    assert habit.state(habit.last + SOONEST_DOWN + 1) == "down"


def test_one_long_pause_is_no_new_habit():
    assert spoken(*[MINUTE] * 7, 600 * MINUTE, *[MINUTE] * 3).interval == MINUTE


def test_a_new_habit_is_learned():
    assert spoken(*[MINUTE] * 30, *[5 * MINUTE] * REMEMBERED).interval == 5 * MINUTE


def test_a_burst_is_one_sending():
    habit = spoken(MINUTE, 10, 10, MINUTE, 10, MINUTE, 10, MINUTE)
    assert habit.interval == MINUTE


def test_who_has_shown_no_habit_yet_gets_time():
    habit = spoken(*[SECOND] * (ENOUGH - 1))
    assert habit.interval == UNKNOWN
    assert habit.state(habit.last + 2 * UNKNOWN) == "up"


@pytest.mark.parametrize("back", [1, MINUTE, 10**15])
def test_a_clock_that_is_set_back_makes_nobody_late(back):
    habit = spoken(*[MINUTE] * 5, start=2 * 10**15)
    assert habit.state(habit.last - back) == "up"
    habit.heard(habit.last - back)
    assert habit.interval == MINUTE


@pytest.mark.slow
@given(st.lists(st.integers(0, 10**13), max_size=60))
def test_it_is_late_before_it_is_down_and_remembers_little(intervals):
    habit = spoken(*intervals)
    assert SOONEST_LATE <= habit.late_after < habit.down_after
    assert len(habit._intervals) <= REMEMBERED
