"""Times as people and devices write them; and that the quick way for a column says what the careful one says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import _times

NOON = 1_475_599_670_000_000  # 2016-10-04T16:47:50Z


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2016-10-04T16:47:50Z", NOON),
        ("2016-10-4 16:47:50", NOON),
        ("2016/10/04 16:47:50.25", NOON + 250_000),
        ("2016-10-04T18:47:50+02:00", NOON),
        ("2016-10-04T11:17:50-0530", NOON),
        ("2016-10-04T16:47:50.123456789Z", NOON + 123_456),
        ("2016-10-04T16:47", NOON - 50_000_000),
        ("2016-10-04", NOON - 60_470_000_000),
        ("Tue, 04 Oct 2016 16:47:50 GMT", NOON),
        ("4 Oct 2016 16:47:50", NOON),
        ("1475599670", NOON),
        ("1475599670.5", NOON + 500_000),
        ("1475599670000", NOON),
        ("1475599670000000", NOON),
        ("1475599670000000999", NOON),
    ],
)
def test_instant(text: str, at: int) -> None:
    assert _times.instant(text) == at


@pytest.mark.parametrize(
    "text",
    ["", "now", "today", "16:47:50", "2016-13-01", "2016-02-30", "12345", "-1475599670", "nan", "1e400", "9" * 65,
     "2016-10-04T25:00:00Z", "0000-01-01", "9999-12-31T23:59:59-23:59", "1_475_599_670", "٢٠١٦-١٠-٠٤", "4 Foo 2016"],
)  # fmt: skip
def test_no_instant(text: str) -> None:
    assert _times.instant(text) is None


@given(st.datetimes(), st.sampled_from([0, 3, 6]))
def test_what_iso_writes_is_read_again(moment: datetime, places: int) -> None:
    exact = moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 10 ** (6 - places) * 10 ** (6 - places))
    at = (exact - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert _times.instant(_times.iso(at)) == at


@given(st.lists(st.datetimes(), min_size=1, max_size=5), st.data())
def test_a_column_is_read_as_its_cells_are(moments: list[datetime], data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(["seconds", "milliseconds", "microseconds"]))
    cells = [moment.isoformat(timespec=unit) + "Z" for moment in moments]
    spoilt = data.draw(
        st.sampled_from([None, "2016-13-01T00:00:00Z", "2016-10-04 00:00:00Z", "NaT", "2016-02-30T00:00:00Z"])
    )
    cells += [spoilt] if spoilt else []
    at, told = _times.instants(cells)
    assert [moment if here else None for moment, here in zip(at.tolist(), told.tolist(), strict=True)] == [
        _times.instant(cell) for cell in cells
    ]


@given(st.lists(st.integers(-(10**18), 2**63 - 1), min_size=1))
def test_a_column_of_epochs_is_read_as_its_numbers_are(numbers: list[int]) -> None:
    at, told = _times.epochs(np.array(numbers, np.int64))
    assert [moment if here else None for moment, here in zip(at.tolist(), told.tolist(), strict=True)] == [
        _times.epoch(number) for number in numbers
    ]
