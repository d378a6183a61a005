"""When it is time to look through what is kept."""

from wacket.commands.kept.upkeep import HOUR, Due


def test_the_first_time_and_then_when_enough_is_new():
    due = Due(100)
    assert due.is_now(0, 1)
    assert not due.is_now(99, 2)
    assert due.is_now(100, 3)
    assert not due.is_now(199, 4)
    assert due.is_now(200, 5)


def test_what_is_old_goes_where_nothing_is_new():
    due = Due(100)
    assert due.is_now(0, 1)
    assert not due.is_now(0, HOUR)
    assert due.is_now(0, HOUR + 1)
    assert not due.is_now(0, HOUR + 2)
