"""Lengths of time and moments as people type them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.cli.support.moments import clock, moment, seconds

NOW = datetime(2026, 11, 21, 13, 4, 40, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "length"), [("90", 90), ("1.5m", 90), ("10 m", 600), ("2h", 7200), ("1d", 86_400), ("1w", 604_800)]
)
def test_lengths(text, length):
    assert seconds(text) == length


@pytest.mark.slow
@given(some.text())
def test_any_text_is_a_length_or_told_to_be_none(text):
    try:
        assert seconds(text) >= 0
    except ValueError as error:
        assert "write 90" in str(error)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:30", "2026-11-21T14:30:00+01:00"),
        ("3:00", "2026-11-22T03:00:00+01:00"),
        ("13:04", "2026-11-22T13:04:00+01:00"),
        ("2026-11-22T08:00", "2026-11-22T08:00:00+01:00"),
        ("2026-11-22 08:00Z", "2026-11-22T08:00:00+00:00"),
    ],
)
def test_moments(text, at):
    assert moment(text, NOW).isoformat() == at


@pytest.mark.parametrize("text", ["24:00", "soon", "", "12:60", "2026-13-01"])
def test_what_is_no_moment_is_told(text):
    with pytest.raises(ValueError, match="write 14:30"):
        moment(text, NOW)


def test_a_moment_is_shown_as_short_as_it_can_be_understood():
    assert clock(NOW + timedelta(hours=1), NOW) == "14:04"
    assert clock(NOW + timedelta(days=1), NOW) == "2026-11-22 13:04"
    assert clock(datetime(2026, 11, 21, 23, 0, tzinfo=UTC), NOW.astimezone(UTC)) == "23:00"
