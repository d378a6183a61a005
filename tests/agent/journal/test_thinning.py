"""What goes when the hub stays away: metrics before logs, the oldest first, and never more than must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wacket_agent.journal.stream_rows import ROW_COST, Outline, Stream
from wacket_agent.journal.thinning import (
    DAY,
    HOUR,
    MOST_ROWS,
    SECOND,
    Limits,
    decide,
    limits_from,
    marks_after,
    next_step,
)

NOW = 1_800_000_000 * SECOND
BIG = Limits(days=7, bytes=1 << 40)


class Held:
    """The rows of both streams in memory, changed as the journal would be."""

    def __init__(self, metrics, logs):
        self.rows = {"metrics": numbered(metrics), "logs": numbered(logs)}
        self.once = self.twice = 0
        self.went = []  # (stream, why, metrics that could have gone instead)

    def stream(self, name):
        rows = self.rows[name]
        first, following = (rows[0].first, rows[-1].last + 1) if rows else (0, 0)
        once, twice = (self.once, self.twice) if name == "metrics" else (0, 0)
        return Stream(name, "e", following, sum(row.size for row in rows), once, twice, first, 0)

    def oldest(self, name, start):
        return next(((row.first, row.since) for row in self.rows[name] if row.first >= start and not row.why), None)

    def full(self, name):
        return [row for row in self.rows[name] if not row.why]

    def thinnable(self):
        return [row for row in self.full("metrics") if not NOW - HOUR <= row.since <= NOW]

    def step(self, limits):
        step = next_step(self.stream("metrics"), self.stream("logs"), self.oldest, limits, NOW)
        if step is None:
            return False
        name = step.part.stream
        rows = [row for row in self.rows[name] if row.first >= step.part.start][:MOST_ROWS]
        before = self.once, self.twice, len(self.full(name))
        decision = decide(step, rows)
        if decision.gaps:
            self.went.append((name, decision.why, len(self.thinnable())))
        for first, last in decision.gaps:
            self.leave_gap(name, first, last, decision.why)
        if name == "metrics":
            self.once, self.twice = marks_after(step, decision, self.stream(name))
        assert (self.once, self.twice, len(self.full(name))) != before, "a step that does nothing"
        return True

    def leave_gap(self, name, first, last, why):
        inside = [row for row in self.rows[name] if first <= row.first <= last]
        assert inside[0].first == first
        assert inside[-1].last == last
        gap = Outline(first, last, min(r.since for r in inside), max(r.until for r in inside), ROW_COST, why)
        self.rows[name] = sorted([row for row in self.rows[name] if row not in inside] + [gap])

    def settle(self, limits, most=10_000):
        for _ in range(most):
            if not self.step(limits):
                return self
        raise AssertionError("no end")


def numbered(times_and_sizes):
    return [Outline(n * 2, n * 2 + 1, at, at, size, "") for n, (at, size) in enumerate(times_and_sizes)]


def every(seconds, since, until=0, size=1000):
    """Rows from so long ago until so long ago (µs)."""
    return [(NOW - ago, size) for ago in range(since, until, -seconds * SECOND)]


def spans(rows):
    return [(later.since - earlier.since) // SECOND for earlier, later in zip(rows, rows[1:], strict=False)]


def test_nothing_goes_within_the_limits():
    held = Held(every(600, 6 * DAY), every(600, 90 * DAY))
    assert not held.step(BIG)


@pytest.mark.slow
def test_metrics_older_than_days_thin_to_one_a_minute():
    held = Held(every(10, 8 * DAY, 7 * DAY - HOUR), []).settle(BIG)
    old = [row for row in held.full("metrics") if row.since < NOW - 7 * DAY]
    assert len(old) == pytest.approx(1440, abs=2)
    young = [row for row in held.full("metrics") if row.since >= NOW - 7 * DAY]
    assert set(spans(young)) == {10}
    assert {why for _, why, _ in held.went} == {"thinned"}


def test_a_piece_at_a_time_leaves_as_much_as_all_at_once():
    held = Held(every(10, 7 * DAY + HOUR, 7 * DAY - HOUR), [])
    for minute in range(60):
        limits = Limits(days=7 + (60 - minute) / 1440, bytes=1 << 40)
        held.settle(limits)
    old = [row for row in held.full("metrics") if row.since < NOW - 7 * DAY - 60 * SECOND]
    assert len(old) == pytest.approx(60, abs=2)


def test_the_fullest_piece_of_a_minute_stays():
    rows = [(NOW - 8 * DAY + n * 10 * SECOND, 5000 if n % 6 == 4 else 100) for n in range(600)]
    assert {row.size for row in Held(rows, []).settle(BIG).full("metrics")} == {5000}


@pytest.mark.slow
def test_much_older_metrics_go_in_the_end_and_leave_a_gap():
    held = Held(every(600, 60 * DAY), []).settle(BIG)
    gap, oldest = held.rows["metrics"][0], held.full("metrics")[0]
    assert (gap.first, gap.since, gap.why) == (0, NOW - 60 * DAY, "dropped")
    assert NOW - 28 * DAY <= oldest.since < NOW - 28 * DAY + HOUR


@pytest.mark.slow
def test_bytes_thin_the_oldest_metrics_first():
    held = Held(every(10, 2 * DAY), every(60, 2 * DAY))
    whole = held.stream("metrics").bytes + held.stream("logs").bytes
    held.settle(Limits(days=7, bytes=int(whole * 0.9)))
    assert len(held.full("logs")) == 2880
    assert spans(held.full("metrics"))[0] >= 50
    assert spans(held.full("metrics"))[-1] == 10
    assert held.twice == 0


def test_logs_go_when_only_the_last_hour_of_metrics_is_left():
    held = Held(every(10, 5 * HOUR), every(10, 5 * HOUR)).settle(Limits(days=7, bytes=1 << 20))
    assert set(spans(held.full("metrics"))) == {10}
    assert len(held.full("metrics")) == 360
    assert held.rows["logs"][0].why == "dropped"
    assert 500 < len(held.full("logs")) < 1000


def test_the_last_hour_goes_too_when_there_is_nothing_else():
    held = Held(every(1, HOUR), []).settle(Limits(days=7, bytes=1 << 20))
    assert held.stream("metrics").bytes <= 1 << 20


def test_a_time_that_has_not_come_yet_is_no_reason_to_stay():
    held = Held([(NOW + DAY, 1 << 20)] * 3, every(10, HOUR, size=1 << 10)).settle(Limits(days=7, bytes=2 << 20))
    assert len(held.full("logs")) == 360


TIMES = st.one_of(st.integers(0, 40 * DAY), st.integers(0, 2 * HOUR), st.integers(-DAY, 0))
SOME = st.lists(st.tuples(TIMES.map(lambda ago: NOW - ago), st.integers(ROW_COST, 100_000)), max_size=60)


@pytest.mark.slow
@settings(max_examples=300)
@given(SOME, SOME, st.booleans(), st.floats(0.01, 20), st.integers(1 << 20, 8 << 20))
def test_whatever_is_held_ends_within_the_limits_and_logs_go_last(metrics, logs, in_order, days, most):
    if in_order:
        metrics, logs = sorted(metrics), sorted(logs)
    held = Held(metrics, logs)
    before = held.stream("metrics").bytes + held.stream("logs").bytes
    lines = {name: held.stream(name).next for name in held.rows}
    held.settle(Limits(days, most))
    assert held.stream("metrics").bytes + held.stream("logs").bytes <= most
    assert all(thinnable == 0 for name, _, thinnable in held.went if name == "logs")
    assert {name: held.stream(name).next for name in held.rows} == lines
    if before <= most:
        assert len(held.full("logs")) == len(logs)
        assert all(row.since < NOW - days * DAY for row in held.rows["metrics"] if row.why)


def test_limits_as_written_in_the_configuration():
    assert limits_from({}) == Limits(7, 256 << 20)
    assert limits_from({"days": "0.5", "bytes": "2g"}) == Limits(0.5, 2 << 30)
    assert limits_from({"bytes": " 5000000 "}) == Limits(7, 5_000_000)


@pytest.mark.parametrize("wrong", [{"days": "0"}, {"days": "x"}, {"days": "nan"}, {"bytes": "1k"}, {"bytes": "1GM"}])
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r".+"):
        limits_from(wrong)
