"""Turns a part of the tail into segments: readings with their roll-ups, and logs.

Sorting and roll-ups are NumPy's (a stable sort keeps ties in order of arrival; 2 million rows take about 0.3 s), the
files DuckDB's, which leaves the interpreter to others meanwhile. It changes neither journal nor manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from arro3.core import Array, RecordBatch, RecordBatchReader, Table
from numpy.typing import NDArray

from wacket.history import codec, rollups, segments
from wacket.history.order import by_series_and_time
from wacket.history.shapes import LOGS, READINGS, ROLLUPS, Segment
from wacket.history.tail import Part
from wacket.records import Readings

_ZSTD, _ZSTD_LOGS = 3, 1  # quick ones; compaction takes its time
Number = Callable[[], int]

_SLAB = 1 << 16  # rows that are put in order at a time
_LOG_COLUMNS = 'id, "at", nullif(observed_at, "at") as observed_at, node, source, severity, body, attrs'

# Logs are sorted by (at, id): newest-first paging reads only the last row groups, `id` and `at` shrink to almost
# nothing, and a search for node + 24 h + word in 3 million lines takes 20 ms anyway, since the row groups of other
# days are skipped. By (node, at, id) it took 12 ms but the files were a third larger.


def seal(part: Part, folder: Path, number: Number) -> list[Segment]:
    """Write all rows of `part`; `number` gives ids for new segments. On an error no file is left behind."""
    done: list[Segment] = []
    try:
        with segments.engine(folder) as connection:
            if part.readings.items:
                _seal_readings(part, connection, folder, number, done)
            if part.logs.items:
                done.append(_seal_logs(part, connection, folder, number()))
    except BaseException:
        for segment in done:
            Path(segment.path).unlink(missing_ok=True)
        raise
    return done


def _seal_readings(
    part: Part, connection: duckdb.DuckDBPyConnection, folder: Path, number: Number, done: list[Segment]
) -> None:
    rows = Readings.concat([piece.rows for piece in part.readings.items if isinstance(piece.rows, Readings)])
    planned = Segment(
        *("", READINGS, 0, int(rows.at.min()), int(rows.at.max()), int(rows.series.min()), int(rows.series.max())),
        *(0, 0, number(), 0, part.first, part.last),
    )
    finest: list[rollups.Columns] = []
    schema = codec.readings_batch(Readings.empty()).schema
    table = RecordBatchReader.from_batches(schema, _sorted(rows, finest))
    done.append(segments.whole(_copy(connection, table, planned, folder, _ZSTD), len(rows)))
    together = rollups.concat(finest)
    for kind, width in ROLLUPS.items():
        together = rollups.merge(together, width)
        if len(together["series"]):
            done.append(write_rollup(together, planned._replace(kind=kind, id=number()), connection, folder, _ZSTD))


def _sorted(rows: Readings, finest: list[rollups.Columns]) -> Iterator[RecordBatch]:
    """The rows by (series, at), a slab at a time: what fits into the processor's cache is handled several times faster
    than memory that was never touched. Each slab's roll-up is added to `finest`."""
    order = by_series_and_time(rows.series, rows.at)
    width = next(iter(ROLLUPS.values()))
    for begin in range(0, len(order), _SLAB):
        some = order[begin : begin + _SLAB]
        slab = Readings(rows.series[some], rows.at[some], rows.value[some], rows.quality[some])
        finest.append(rollups.build(slab.series, slab.at, slab.value, width))
        yield codec.readings_batch(slab)


def write_rollup(
    columns: rollups.Columns,
    planned: Segment,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    level: int,
) -> Segment:
    """Roll-up rows, sorted by (series, bucket), as a file; the times and series of `planned` are set from them."""
    bucket, series = columns["bucket"], columns["series"]
    planned = planned._replace(t_min=int(bucket.min()), t_max=int(bucket.max()))
    planned = planned._replace(series_min=int(series[0]), series_max=int(series[-1]))
    arrays: dict[str, Any] = {
        name: codec.timestamps(column) if name in rollups.TIMES else Array(column) for name, column in columns.items()
    }
    table = Table.from_batches([RecordBatch.from_pydict(arrays)])
    return _copy(connection, table, planned, folder, level)


def _seal_logs(part: Part, connection: duckdb.DuckDBPyConnection, folder: Path, number: int) -> Segment:
    rows = [piece.rows for piece in part.logs.items if not isinstance(piece.rows, Readings)]
    planned = Segment(
        *("", LOGS, 0, min(int(r.at.min()) for r in rows), max(int(r.at.max()) for r in rows)),
        *(min(int(r.node.min()) for r in rows), max(int(r.node.max()) for r in rows)),
        *(0, 0, number, 0, part.first, part.last),
    )
    connection.register("rows", _in_order(part, np.concatenate([r.at for r in rows])))
    made = segments.write(connection, f"select {_LOG_COLUMNS} from rows", planned, folder, _ZSTD_LOGS)
    return segments.whole(made, sum(map(len, rows)))


def _in_order(part: Part, at: NDArray[np.int64]) -> Table | RecordBatchReader:
    """The lines by (at, id); ids grow with arrival, so a stable sort by time is enough. Mostly they are so already."""
    table = Table.from_batches([piece.arrow() for piece in part.logs.items])
    if (at[1:] >= at[:-1]).all():
        return table
    order = np.argsort(at, kind="stable")
    [whole] = table.combine_chunks().to_batches()
    slabs = (whole.take(Array(order[n : n + _SLAB])) for n in range(0, len(order), _SLAB))
    return RecordBatchReader.from_batches(whole.schema, slabs)


def _copy(connection: duckdb.DuckDBPyConnection, table: Any, planned: Segment, folder: Path, level: int) -> Segment:
    connection.register("rows", table)
    return segments.write(connection, "select * from rows", planned, folder, level)
