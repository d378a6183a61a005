"""Retention: by series, readings and roll-ups apart, logs by themselves; what is kept is kept whole."""

from __future__ import annotations

import pytest

from wacket.history.retention import NEVER, cutoffs
from wacket.history.shapes import RetentionRule
from wacket.settings import History as Settings

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000
DAY = 86_400_000_000


def rule(ids, readings=0.0, rollups=0.0):
    return RetentionRule(None if ids is None else frozenset(ids), readings, rollups)


def filled(bench, **settings):
    """Series 1 and 2, one reading a day for ten days; the fifth day is sealed apart from the others."""
    history = bench.open(**settings)
    for days in (range(5), range(5, 10)):
        rows = [(s, START + n * DAY, float(n)) for n in days for s in (1, 2)]
        history.append([bench.readings(*rows), bench.logs(*map(str, days), at=START + days[0] * DAY)])
        history.seal()
    bench.now = START + 10 * DAY
    return history


def days(bench, history, series):
    return [round((at - START) / DAY) for number, at, _ in bench.stored(history) if number == series]


def test_without_a_rule_everything_is_kept(bench):
    history = filled(bench)
    assert history.retain([], bench.now) == 0
    assert days(bench, history, 1) == list(range(10))


def test_a_file_that_has_expired_is_dropped(bench):
    history = filled(bench)
    assert history.retain([rule(None, readings=5.5)], bench.now) == 1
    assert days(bench, history, 1) == list(range(5, 10))
    assert len(bench.files()) == 1
    assert len(bench.files("1d")) == 2
    assert days(bench, bench.abandon(), 2) == list(range(5, 10))


def test_one_series_is_taken_out_of_files_that_others_share(bench):
    history = filled(bench)
    assert history.retain([rule([2], readings=3.5)], bench.now) == 2
    assert days(bench, history, 1) == list(range(10))
    assert days(bench, history, 2) == [7, 8, 9]
    assert history.retain([rule([2], readings=3.5)], bench.now) == 0
    assert days(bench, bench.abandon(), 2) == [7, 8, 9]
    assert history.damages == []


def test_few_expired_rows_do_not_cause_a_rewrite(bench):
    history = bench.open()
    history.append([bench.readings(*((1, START + n * DAY, 1.0) for n in range(100)))])
    history.seal()
    now = START + 100 * DAY
    assert history.retain([rule(None, readings=95)], now) == 0
    assert history.retain([rule(None, readings=80)], now) == 1
    assert len(bench.stored(history)) == 80


def test_readings_and_rollups_expire_apart(bench):
    history = filled(bench)
    history.retain([rule(None, readings=0, rollups=5.5)], bench.now)
    assert days(bench, history, 1) == list(range(10))
    with history.view() as view:
        assert {kind: sum(s.rows for s in files) for kind, files in view.rollups.items()} == {
            **{"1m": 10, "1h": 10},
            "1d": 10,  # the oldest of these began before the limit, but holds readings from after it
        }


def test_logs_expire_by_the_setting(bench):
    history = filled(bench, logs_days=6)
    history.retain([], bench.now)
    with history.view() as view:
        assert [body for _, body in bench.lines(view)] == ["5", "6", "7", "8", "9"]


def test_the_first_rule_that_names_a_series_counts():
    limits = Settings(readings_days=9)
    found = cutoffs("readings", [rule([1, 2], 1), rule([2, 3], 2)], limits, 100 * DAY)
    assert found.named == ((frozenset({1, 2}), 99 * DAY), (frozenset({3}), 98 * DAY))
    assert found.others == 91 * DAY
    assert cutoffs("readings", [rule(None, 0)], limits, 100 * DAY).others == NEVER
    assert cutoffs("1m", [rule(None, 5, 3)], limits, 100 * DAY).others == 97 * DAY - 60_000_000
    assert cutoffs("logs", [rule(None, 5, 3)], limits, 100 * DAY) == ((), NEVER)


@pytest.mark.parametrize("kept", [0, 1000])
def test_a_rule_may_keep_longer_than_the_others(bench, kept):
    history = filled(bench)
    history.retain([rule([1], kept), rule(None, 2.5)], bench.now)
    assert days(bench, history, 1) == list(range(10))
    assert days(bench, history, 2) == [8, 9]
