"""Charts: roll-ups and rows in memory together say the same as the readings themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.support.past import FakePast, flip

from wacket import settings
from wacket.errors import BadRequest
from wacket.history.query import Query
from wacket.history.times import DAY, HOUR, MINUTE, SECOND
from wacket.history.values import FUNCTIONS, SUMMARIES

pytestmark = pytest.mark.slow  # each test writes Parquet files

BASE = 1_764_547_200 * SECOND  # a midnight


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    return FakePast(tmp_path)


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()


def truth(at: list[int], value: list[float], since: int, step: int, function: str) -> dict[int, float]:
    """The plain, slow way, for one series."""
    buckets: dict[int, list[float]] = {}
    for moment, number in sorted(zip(at, value, strict=True), key=lambda pair: pair[0]):
        buckets.setdefault((moment - since) // step * step + since, []).append(number)
    how: dict[str, Callable[[list[float]], float]] = {
        "min": min,
        "max": max,
        "mean": lambda some: sum(some) / len(some),
        "sum": sum,
        "count": len,
        "first": lambda some: some[0],
        "last": lambda some: some[-1],
    }
    return {bucket: float(how[function](some)) for bucket, some in buckets.items()}


@pytest.mark.parametrize("step", [10 * SECOND, MINUTE, 90 * SECOND, 15 * MINUTE, HOUR, DAY])
@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_files_and_memory_together_agree_with_the_plain_way(
    past: FakePast, query: Query, function: str, step: int
) -> None:
    numbers = np.random.default_rng(7)
    at = BASE + np.sort(numbers.choice(4 * 3600, 900, replace=False)) * SECOND
    value = np.round(numbers.normal(20, 5, 900), 2)
    past.seal_readings(np.full(400, 7), at[:400], value[:400])
    past.seal_readings(np.full(300, 7), at[400:700], value[400:700])  # shares buckets with the file before
    past.keep_readings(np.full(200, 7), at[700:], value[700:])
    (points,) = query.values([7], BASE, BASE + 4 * HOUR, step, function)
    expected = truth(at.tolist(), value.tolist(), BASE, step, function)
    assert points.at.tolist() == list(expected)
    assert points.value == pytest.approx(list(expected.values()))


def test_points_come_in_the_order_asked_and_gaps_stay_gaps(past: FakePast, query: Query) -> None:
    past.seal_readings([1, 1, 2], [BASE, BASE + 5 * MINUTE, BASE], [1.0, 2.0, 3.0])
    two, none, one = query.values([2, 9, 1], BASE, BASE + HOUR, MINUTE, "max")
    assert (two.series, two.at.tolist(), two.value.tolist()) == (2, [BASE], [3.0])
    assert (none.series, len(none.at)) == (9, 0)
    assert one.at.tolist() == [BASE, BASE + 5 * MINUTE]


def test_the_range_is_widened_to_whole_steps(past: FakePast, query: Query) -> None:
    past.seal_readings([1, 1], [BASE, BASE + 59 * MINUTE], [1.0, 2.0])
    (points,) = query.values([1], BASE + 30 * MINUTE, BASE + 31 * MINUTE, HOUR, "sum")
    assert points.value.tolist() == [3.0]


def test_a_spike_of_one_sample_shows_on_a_chart_of_a_year(past: FakePast, query: Query) -> None:
    at = BASE + np.arange(365 * 24) * HOUR
    value = np.full(len(at), 20.0)
    value[4321] = 900.0
    past.seal_readings(np.full(len(at), 3), at, value)
    (points,) = query.values([3], BASE, BASE + 365 * DAY, 12 * HOUR, "max")
    assert len(points.at) == 730
    assert points.value.max() == 900.0
    assert points.at[points.value.argmax()] <= at[4321] < points.at[points.value.argmax()] + 12 * HOUR


def test_nan_is_no_reading_on_a_chart_but_is_among_the_raw_ones(past: FakePast, query: Query) -> None:
    past.keep_readings([1, 1, 1], [BASE, BASE + SECOND, BASE + MINUTE], [1.0, np.nan, np.nan])
    (points,) = query.values([1], BASE, BASE + HOUR, MINUTE, "count")
    assert points.value.tolist() == [1.0]
    (raw,) = query.raw([1], BASE, BASE + HOUR, 10)
    assert np.isnan(raw.value).tolist() == [False, True, True]


@pytest.mark.parametrize("step", [MINUTE, 10 * SECOND, 90 * SECOND])
def test_rate_is_the_increase_per_second_through_files_and_restarts(past: FakePast, query: Query, step: int) -> None:
    at = BASE + np.arange(7200) * SECOND
    counter = (np.arange(7200) * 2.0) % 3000  # restarts from 0 at 3000
    past.seal_readings(np.full(3000, 1), at[:3000], counter[:3000])
    past.seal_readings(np.full(3000, 1), at[3000:6000], counter[3000:6000])
    past.keep_readings(np.full(1200, 1), at[6000:], counter[6000:])
    (points,) = query.values([1], BASE, BASE + 2 * HOUR, step, "rate")
    assert len(points.at) == 7200 * SECOND // step
    restarted = points.value < 1.999
    assert restarted.sum() == 4  # of the increase from 2998 to 0 only what is known is counted: nothing
    assert points.value[~restarted] == pytest.approx(2.0)


def test_rate_knows_increases_between_steps_with_one_reading_each(past: FakePast, query: Query) -> None:
    past.seal_readings([1] * 10, BASE + np.arange(10) * MINUTE, np.arange(10) * 60.0)
    (points,) = query.values([1], BASE + 2 * MINUTE, BASE + 10 * MINUTE, MINUTE, "rate")
    assert points.at.tolist() == [BASE + k * MINUTE for k in range(2, 10)]
    assert points.value == pytest.approx(1.0)


def test_rate_after_a_gap_is_no_jump_and_one_reading_alone_gives_none(past: FakePast, query: Query) -> None:
    past.seal_readings([1, 1, 2], [BASE, BASE + HOUR, BASE], [0.0, 3600.0, 5.0])
    one, two = query.values([1, 2], BASE, BASE + 2 * HOUR, MINUTE, "rate")
    assert (one.at.tolist(), one.value.tolist()) == ([BASE + HOUR], [1.0])
    assert len(two.at) == 0


@pytest.mark.parametrize("step", [10 * SECOND, MINUTE, 15 * MINUTE])
@pytest.mark.parametrize("place", ["in memory", "in a file", "in a file with newer ones"])
def test_a_late_reading_does_not_change_the_rate(past: FakePast, query: Query, place: str, step: int) -> None:
    at = BASE + np.arange(900) * SECOND
    counter = np.arange(900.0)
    late, newer = np.arange(900) == 130, np.arange(900) >= 600
    second = late | newer if place == "in a file with newer ones" else late
    for some in (~(second | newer), newer & ~second):
        if some.any():
            past.seal_readings(np.full(some.sum(), 1), at[some], counter[some])
    (past.keep_readings if place == "in memory" else past.seal_readings)(
        np.full(second.sum(), 1), at[second], counter[second]
    )
    (points,) = query.values([1], BASE, BASE + 15 * MINUTE, step, "rate")
    assert len(points.at) == 15 * MINUTE // step
    assert points.value == pytest.approx(1.0)


def true_rate(at: list[int], value: list[float], since: int, step: int) -> dict[int, float]:
    """The plain, slow way, for one series of which no value is less than the one before."""
    found: dict[int, list[float]] = {}
    rows = sorted(zip(at, value, strict=True))
    for (before, less), (moment, more) in itertools.pairwise(rows):
        bucket = (moment - since) // step * step + since
        increase, seconds = found.setdefault(bucket, [0.0, 0.0])
        found[bucket] = [increase + more - less, seconds + (moment - before) / SECOND]
    return {bucket: increase / seconds for bucket, (increase, seconds) in found.items()}


@hypothesis_settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 7200), st.floats(0, 1e6), st.sampled_from("abm")),
        min_size=2,
        max_size=40,
        unique_by=lambda row: row[0],
    ),
    step=st.sampled_from([7 * SECOND, MINUTE, HOUR]),
)
def test_the_rate_is_the_same_however_late_the_readings_came(
    tmp_path: Path, rows: list[tuple[int, float, str]], step: int
) -> None:
    past = FakePast(tmp_path)
    seconds, increases, places = zip(*sorted(rows), strict=True)
    at, counter, place = BASE + np.array(seconds) * SECOND, np.cumsum(increases), np.array(places)
    for name in "ab":
        if (some := place == name).any():
            past.seal_readings(np.full(some.sum(), 1), at[some], counter[some])
    if (some := place == "m").any():
        past.keep_readings(np.full(some.sum(), 1), at[some], counter[some])
    query = Query(past, settings.History())
    since = BASE // step * step
    (points,) = query.values([1], since, BASE + 3 * HOUR, step, "rate")
    query.close()
    expected = true_rate(at.tolist(), counter.tolist(), since, step)
    assert points.at.tolist() == list(expected)
    assert points.value == pytest.approx(list(expected.values()), rel=1e-9, abs=1e-6)


def test_raw_keeps_the_order_of_arrival_at_equal_times(past: FakePast, query: Query) -> None:
    past.seal_readings([1, 1, 1], [BASE, BASE, BASE + SECOND], [3.0, 1.0, 5.0])
    past.keep_readings([1, 1], [BASE, BASE - SECOND], [2.0, 9.0])
    (points,) = query.raw([1], BASE - HOUR, BASE + HOUR, 100)
    assert points.value.tolist() == [9.0, 3.0, 1.0, 2.0, 5.0]


def test_raw_leaves_out_the_end_of_the_range_and_refuses_too_much(past: FakePast, query: Query) -> None:
    past.keep_readings([1, 1, 2], [BASE, BASE + SECOND, BASE], [1.0, 2.0, 3.0])
    assert [len(points.at) for points in query.raw([1, 2], BASE, BASE + SECOND, 2)] == [1, 1]
    with pytest.raises(BadRequest, match="more than 2"):
        query.raw([1, 2], BASE, BASE + HOUR, 2)


def test_questions_that_make_no_sense_are_refused(query: Query) -> None:
    with pytest.raises(BadRequest, match=r"known: count, first, last, max, mean, min, rate, sum") as caught:
        query.values([1], BASE, BASE + HOUR, MINUTE, "median")
    assert caught.value.field == "fn"
    with pytest.raises(BadRequest, match="longer step") as caught:
        query.values([1, 2], BASE, BASE + 365 * DAY, SECOND, "max")
    assert caught.value.field == "step"


@pytest.mark.parametrize("function", sorted(SUMMARIES))
def test_an_empty_history_has_no_points(query: Query, function: str) -> None:
    assert query.values([], BASE, BASE + HOUR, MINUTE, function) == []
    assert [len(points.at) for points in query.values([1], BASE, BASE + HOUR, MINUTE, function)] == [0]
    assert query.raw([], BASE, BASE + HOUR, 10) == []
    assert [len(points.at) for points in query.raw([1], BASE, BASE + HOUR, 10)] == [0]


def test_latest_follows_files_and_memory_and_remembers(past: FakePast, query: Query) -> None:
    assert query.latest([1]) == {}
    past.seal_readings([1, 1, 2000], [BASE, BASE + SECOND, BASE], [1.0, 2.0, 3.0])
    assert query.latest([1, 2000, 5, 999_999]) == {1: (BASE + SECOND, 2.0), 2000: (BASE, 3.0)}
    past.keep_readings([1, 1, 1, 1], [BASE + 9, BASE + MINUTE, BASE + MINUTE, BASE + HOUR], [8.0, 5.0, 6.0, np.nan])
    assert query.latest([1]) == {1: (BASE + MINUTE, 6.0)}  # of two at the same time the one that came later
    past.tail_readings = None
    assert query.latest([1]) == {1: (BASE + MINUTE, 6.0)}
    past.seal_readings([2000], [BASE - DAY], [7.0])  # late: it is not the newest
    assert query.latest([2000]) == {2000: (BASE, 3.0)}


def test_latest_is_right_when_a_rollup_is_damaged_or_lost(past: FakePast, query: Query) -> None:
    past.seal_readings([1, 2], [BASE, BASE], [1.0, 7.0])
    past.seal_readings([1], [BASE + DAY], [2.0])
    past.seal_readings([1], [BASE - DAY], [3.0])
    flip(past.rollups["1d"][1].path, 0)
    newest = {1: (BASE + DAY, 2.0), 2: (BASE, 7.0)}
    assert query.latest([1, 2]) == newest
    assert [path for path, _ in past.damage] == [past.rollups["1d"][1].path]
    for kind in ("1d", "1h", "1m"):  # as the next starts find them
        del past.rollups[kind][1]
        again = Query(past, settings.History())
        assert again.latest([1, 2]) == newest
        again.close()


def test_latest_after_everything_was_damaged_is_nothing(past: FakePast, query: Query) -> None:
    past.seal_readings([1], [BASE], [1.0])
    for segment in [*past.readings, *(one for some in past.rollups.values() for one in some)]:
        flip(segment.path, 0)
    assert query.latest([1]) == {}
    assert len(past.damage) == 4


def test_latest_looks_at_files_older_than_every_rollup(past: FakePast, query: Query) -> None:
    past.seal_readings([1], [BASE - 9 * DAY], [4.0])
    for segments in past.rollups.values():
        segments.clear()  # retention may keep roll-ups for a shorter time than readings
    past.seal_readings([2], [BASE], [5.0])
    assert query.latest([1, 2]) == {1: (BASE - 9 * DAY, 4.0), 2: (BASE, 5.0)}


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 7200), st.floats(-1e6, 1e6), st.sampled_from("abm")),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[:2],
    ),
    function=st.sampled_from(sorted(FUNCTIONS)),
    step=st.sampled_from([7 * SECOND, MINUTE, HOUR]),
)
def test_however_the_rows_are_spread_the_answer_is_the_same(
    tmp_path: Path, rows: list[tuple[int, int, float, str]], function: str, step: int
) -> None:
    past = FakePast(tmp_path)
    for place in "ab":
        some = [row for row in rows if row[3] == place]
        if some:
            past.seal_readings([r[0] for r in some], [BASE + r[1] * SECOND for r in some], [r[2] for r in some])
    some = [row for row in rows if row[3] == "m"]
    if some:
        past.keep_readings([r[0] for r in some], [BASE + r[1] * SECOND for r in some], [r[2] for r in some])
    query = Query(past, settings.History())
    found = query.values([1, 2, 3], BASE, BASE + 3 * HOUR, step, function)
    query.close()
    since = BASE // step * step
    for points in found:
        mine = [row for row in rows if row[0] == points.series]
        at, value = [BASE + row[1] * SECOND for row in mine], [row[2] for row in mine]
        expected = truth(at, value, since, step, function)
        assert points.at.tolist() == list(expected)
        assert points.value == pytest.approx(list(expected.values()), rel=1e-9, abs=1e-6)
