"""The order of readings in files, against the plain definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wacket.history.order import by_series_and_time

rows = st.lists(st.tuples(st.sampled_from([1, 2, 3, 0xFFFF, 0x10000, 0x10001, 0x30003, 2**32 - 1]), st.integers(0, 5)))


@given(rows, st.booleans())
def test_by_series_then_time_then_arrival(rows: list[tuple[int, int]], in_time: bool) -> None:
    if in_time:
        rows.sort(key=lambda row: row[1])
    series = np.array([series for series, _ in rows], np.uint32)
    at = np.array([at for _, at in rows], np.int64)
    assert by_series_and_time(series, at).tolist() == sorted(range(len(rows)), key=lambda place: rows[place])
