"""Columns made to be drawn: no digit that is seen is lost, and a line is broken exactly where values are missing."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.api import drawn
from wacket.api.drawn import Drawn
from wacket.history.times import SECOND

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)


def one(at: list[int], value: list[float]) -> Drawn:
    return Drawn(np.array(at, np.int64), {"value": np.array(value, np.float64)})


def shown(of: Drawn, step: int = 0) -> tuple[list[int], list[float | None]]:
    columns = drawn.columns(of, step)
    return msgspec.json.decode(bytes(columns["at"])), msgspec.json.decode(bytes(columns["value"]))


@pytest.mark.slow
@given(st.lists(numbers, min_size=1, max_size=50))
def test_rounding_changes_nothing_that_can_be_seen(given: list[float]) -> None:
    value = np.array(given)
    with np.errstate(over="ignore"):
        spread = float(value.max() - value.min())
        off = np.abs(drawn.rounded(value) - value).max()
    largest = float(np.abs(value).max())
    assert off <= max(spread * 1e-6, largest * 1e-8)


def test_digits_that_nobody_can_see_are_left_out() -> None:
    assert drawn.rounded(np.array([69.23025495750709, 67.24974999999999])).tolist() == [69.230255, 67.24975]
    assert drawn.rounded(np.array([0.1 + 0.2])).tolist() == [0.3]
    assert drawn.rounded(np.array([21.399999618530273, 20.0])).tolist() == [21.3999996, 20.0]


def test_large_counters_keep_their_last_digit() -> None:
    counters = [123456789012.0, 123456789013.0]
    assert drawn.rounded(np.array(counters)).tolist() == counters
    assert drawn.rounded(np.array([2.0**60, 1.0])).tolist() == [2.0**60, 1.0]


def test_a_small_change_of_a_large_value_is_still_seen() -> None:
    fine = np.array([1000.0001234, 1000.0001235])
    assert len(set(drawn.rounded(fine).tolist())) == 2


def test_what_is_no_number_stays_so() -> None:
    assert shown(one([1, 2, 3], [np.nan, np.inf, 1.5]))[1] == [None, None, 1.5]
    assert shown(one([], [])) == ([], [])
    assert shown(one([5], [np.nan])) == ([5], [None])


def test_a_line_is_broken_in_a_gap_only() -> None:
    at = [0, 10, 20, 30, 61, 71, 81, 91]  # 31 is more than three times 10
    assert shown(one(at, [1.0] * 8)) == ([0, 10, 20, 30, 40, 61, 71, 81, 91], [*[1.0] * 4, None, *[1.0] * 4])
    assert None not in shown(one([0, 10, 20, 50, 60], [1.0] * 5))[1]


def test_steps_without_readings_are_no_gap_where_readings_come_seldom() -> None:
    at = [k * 60 * SECOND for k in range(10)]
    assert None not in shown(one(at, [1.0] * 10), step=10 * SECOND)[1]


@pytest.mark.slow
@given(st.lists(st.integers(1, 1000), max_size=50), st.integers(0, 100))
def test_breaks_only_add_rows_and_keep_the_order(apart: list[int], step: int) -> None:
    at = np.cumsum([0, *apart]).tolist()
    times, values = shown(one(at, [1.0] * len(at)), step)
    assert times == sorted(times)
    assert [t for t, v in zip(times, values, strict=True) if v is not None] == at
    for before, after in zip(values, values[1:], strict=False):
        assert before is not None or after is not None
