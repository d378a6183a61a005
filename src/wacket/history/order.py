"""The order in which readings stand in files: by series, then by time, equals as they came. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LOW = 0xFFFF


def by_series_and_time(series: NDArray[np.uint32], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of the rows in that order.

    Readings mostly come in the order of their times. Then ordering by series is enough, which NumPy does by counting
    (two bytes at a time) eight times faster than by comparing.
    """
    order = np.argsort((series & _LOW).astype(np.uint16), kind="stable")
    if series.max(initial=0) > _LOW:
        order = order[np.argsort((series >> 16)[order].astype(np.uint16), kind="stable")]
    sorted_series, sorted_at = series[order], at[order]
    if ((sorted_at[1:] >= sorted_at[:-1]) | (sorted_series[1:] != sorted_series[:-1])).all():
        return order
    return np.lexsort((at, series))
