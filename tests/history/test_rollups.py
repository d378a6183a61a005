"""Roll-ups: rows in pieces, late or in turn, say the same as all of them at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wacket.history import rollups

readings = st.lists(
    st.tuples(st.integers(1, 3), st.integers(-400, 400), st.floats(-9, 9).map(lambda v: round(v, 1))),
    max_size=60,
)


@given(readings)
@settings(max_examples=100)
def test_rollups_are_what_a_loop_would_say(rows):
    rows = sorted(rows, key=lambda row: row[:2])
    columns = rollups.build(*_columns(rows), 60)
    expected = []
    for series, at, value in rows:
        bucket = at - at % 60
        if expected and expected[-1][:2] == [series, bucket]:
            last = expected[-1]
            step = value - last[7] if value >= last[7] else value
            last[2:] = [
                *(last[2] + 1, last[3] + value, min(last[4], value), max(last[5], value)),
                *(last[6], value, last[8], at, last[10] + step),
            ]
        else:
            expected.append([series, bucket, 1, value, value, value, value, value, at, at, 0.0])
    found = list(zip(*(columns[name].tolist() for name in rollups.NAMES), strict=True))
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert row == pytest.approx(tuple(wanted))


@given(readings, st.integers(1, 5))
@settings(max_examples=100)
def test_merging_the_rollups_of_pieces_gives_the_rollup_of_the_whole(rows, pieces):
    """Where the pieces follow each other in time, even `rise` is the same."""
    rows = sorted({row[:2]: row for row in rows}.values(), key=lambda row: row[1])
    size = len(rows) // pieces + 1
    parts = [sorted(rows[n : n + size]) for n in range(0, len(rows), size)]
    small = rollups.concat([rollups.build(*_columns(part), 60) for part in parts])
    merged = rollups.merge(small, 120)
    whole = rollups.build(*_columns(sorted(rows)), 120)
    for name in rollups.NAMES:
        assert merged[name].tolist() == pytest.approx(whole[name].tolist()), name


@given(st.dictionaries(st.tuples(st.integers(1, 2), st.integers(0, 150)), st.booleans(), max_size=60))
@settings(max_examples=100)
def test_merging_pieces_that_came_late_counts_no_increase_of_a_counter_twice(came_late):
    """However the readings are spread over two pieces."""
    rows = [(series, at, 7.0 * at) for series, at in sorted(came_late)]
    late = [row for row in rows if came_late[row[:2]]]
    parts = [late, [row for row in rows if row not in late]]
    merged = rollups.merge(rollups.concat([rollups.build(*_columns(part), 60) for part in parts]), 120)
    whole = rollups.build(*_columns(rows), 120)
    for name in rollups.NAMES:
        assert merged[name].tolist() == pytest.approx(whole[name].tolist()), name


def test_late_readings_beyond_a_new_beginning_of_a_counter_add_what_is_known():
    early = rollups.build(*_columns([(1, 0, 0.0), (1, 20, 20.0), (1, 50, 10.0), (2, 9, 5.0)]), 60)
    late = rollups.build(*_columns([(1, 40, 40.0), (1, 45, 5.0), (2, 7, 3.0)]), 60)  # 45 is within what is known
    newer = rollups.build(*_columns([(1, 48, 8.0), (1, 55, 15.0), (1, 58, 2.0)]), 60)
    merged = rollups.merge(rollups.concat([early, late, newer]), 60)
    assert merged["rise"].tolist() == [20.0 + 10.0 + 5.0 + 2.0, 2.0]
    assert merged["last"].tolist() == [2.0, 5.0]


def _columns(rows):
    series, at, value = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(series, np.uint32), np.array(at, np.int64), np.array(value, np.float64)


def test_infinite_values_do_not_spoil_the_rest():
    at = np.arange(4)
    columns = rollups.build(np.ones(4, np.uint32), at, np.array([1.0, np.inf, np.inf, 2.0]), 60)
    assert columns["max"].tolist() == [np.inf]
    assert columns["rise"].tolist() == [np.inf]
    assert columns["last"].tolist() == [2.0]
