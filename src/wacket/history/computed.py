"""A table of points that were computed from readings, in the shape in which readings are exported. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from arro3.core import Array, RecordBatch, Table
from numpy.typing import NDArray

from wacket.history import codec

Column = NDArray[Any]


def table(ids: Sequence[int], found: Sequence[tuple[Column, ...]], names: Sequence[str]) -> Table:
    """One row a point, in order of `ids`; each of `found` is one series' times and its numbers, one for each name."""
    at, *numbers = (_joined([one[place] for one in found]) for place in range(1 + len(names)))
    series = np.repeat(np.array(ids, np.uint32), [len(one[0]) for one in found])
    columns: dict[str, Any] = {"series": Array.from_numpy(series), "at": codec.timestamps(at.astype(np.int64))}
    for name, column in zip(names, numbers, strict=True):
        columns[name] = Array.from_numpy(np.ascontiguousarray(column, np.float64))
    return Table.from_batches([RecordBatch.from_pydict(columns)])


def _joined(parts: Sequence[Column]) -> Column:
    return np.concatenate(parts) if parts else np.empty(0)
