"""What people may write for a time, a span and a step, and what the hub makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.errors import BadRequest
from wacket.history import times
from wacket.history.times import DAY, HOUR, MINUTE, SECOND

NOW = 1_795_249_800_123_456  # 2026-11-21T08:30:00.123456Z


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        (" now ", NOW),
        ("24h", NOW - 24 * HOUR),
        ("-24h", NOW - 24 * HOUR),
        ("90s", NOW - 90 * SECOND),
        ("1.5d", NOW - 36 * HOUR),
        ("2w", NOW - 14 * DAY),
        ("250ms", NOW - 250_000),
        ("9999y", 0),  # ago goes back to 1970 and no further
        ("0", 0),
        ("1700000000", 1_700_000_000 * SECOND),
        ("1700000000.25", 1_700_000_000 * SECOND + 250_000),
        ("2026-11-21", 1_795_219_200 * SECOND),
        ("2026-11-21T08:30:00.123456Z", NOW),
        ("2026-11-21 08:30:00.123456", NOW),
        ("2026-11-21T10:30:00.123456+02:00", NOW),
    ],
)
def test_a_time_can_be_written_in_many_ways(text: str, at: int) -> None:
    assert times.instant(text, NOW) == at


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "24 h", "1e9", "-5", "1700000000000000", "1969-12-31", "2026-13-01", "٣h", "9" * 50, "nan"],
)
def test_what_is_no_time_is_named_with_its_field(text: str) -> None:
    with pytest.raises(BadRequest, match="2026-11-21T08:30:00Z") as caught:
        times.instant(text, NOW, "until")
    assert caught.value.field == "until"


moments = st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1))  # noqa: DTZ001 - the zone is put on below


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_iso_text_means_the_same_moment_in_any_zone(moment: datetime, offset: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    at = times.instant(zoned.isoformat(), NOW)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at) == zoned
    assert times.instant(times.iso(at), NOW) == at


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    reads: tuple[Callable[[], int], ...] = (
        lambda: times.instant(text, NOW),
        lambda: times.span(text),
        lambda: times.step(text, 0, HOUR),
    )
    for read in reads:
        try:
            assert 0 <= read() < times.LATEST
        except BadRequest as error:
            assert error.field


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=5))
def test_any_number_can_be_shown_as_a_time(numbers: list[int]) -> None:
    texts = times.iso_column(np.array(numbers, np.int64))
    assert len(texts) == len(numbers)
    assert all(text.endswith("Z") for text in texts)


def test_times_are_shown_short_where_they_are_whole_seconds() -> None:
    assert times.iso(0) == "1970-01-01T00:00:00Z"
    assert times.iso(NOW) == "2026-11-21T08:30:00.123456Z"


def test_a_range_must_not_end_before_it_begins() -> None:
    assert times.bounds("24h", "now", NOW) == (NOW - 24 * HOUR, NOW)
    with pytest.raises(BadRequest, match="before it begins") as caught:
        times.bounds("now", "24h", NOW)
    assert caught.value.field == "until"


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "0s", "1 h", "1month", "1e3s", "99999999999999d"])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        times.step(text, 0, HOUR)
    assert caught.value.field == "step"


def test_a_step_is_raw_or_a_length_and_not_finer_than_a_millisecond() -> None:
    assert times.step("raw", 0, HOUR) == times.RAW
    assert times.step("90s", 0, HOUR) == 90 * SECOND
    with pytest.raises(BadRequest, match="raw"):
        times.step("500us", 0, HOUR)


@given(st.integers(1, times.LATEST))
def test_auto_gives_at_most_a_thousand_points(length: int) -> None:
    step = times.step("auto", 0, length)
    assert length <= step * times.POINTS
    assert step == 1000 or length > step / 10 * times.POINTS / 2  # and not many fewer than it could


@pytest.mark.parametrize(
    ("length", "step"), [(15 * MINUTE, SECOND), (24 * HOUR, 2 * MINUTE), (30 * DAY, HOUR), (365 * DAY, 12 * HOUR)]
)
def test_auto_steps_are_those_that_people_would_choose(length: int, step: int) -> None:
    assert times.nice_step(length) == step


@given(st.integers(0, times.LATEST), st.integers(1, times.LATEST), st.integers(1, 400 * DAY))
def test_a_range_is_widened_to_whole_steps_and_not_further(since: int, length: int, step: int) -> None:
    begin, end = times.aligned(since, since + length, step)
    assert begin <= since < begin + step
    assert end - step < since + length <= end
    assert begin % step == end % step == 0
