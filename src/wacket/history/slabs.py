"""Reads many sorted segments as one sorted stream, a slab at a time, so that memory stays bounded.

DuckDB 1.5's own sort of 24 million rows gives up below 1 GB instead of spilling. The inputs are sorted already, so a
slab (some series, or a span of time) is cheap to find in each of them and small enough to sort in memory. Ties keep
the order of the segments and of the rows in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import numpy as np
from arro3.core import RecordBatch, RecordBatchReader

from wacket.history import codec
from wacket.history.order import by_series_and_time
from wacket.history.segments import quoted
from wacket.history.shapes import Segment
from wacket.records import Readings

_MOST_ROWS = 2_000_000  # in a slab of readings: 21 bytes a row, five times while it is sorted
_MOST_BYTES = 48 << 20  # in a slab of logs, as text

Engine = duckdb.DuckDBPyConnection


def readings(connection: Engine, group: Sequence[Segment]) -> RecordBatchReader:
    """All rows of the group by (series, at). `connection` is used while the stream is read."""
    schema = codec.readings_batch(Readings.empty()).schema
    return RecordBatchReader.from_batches(schema, _readings(connection, _source(group)))


def logs(connection: Engine, group: Sequence[Segment]) -> RecordBatchReader:
    """All lines of the group by (at, id). `connection` is used while the stream is read."""
    schema = RecordBatchReader.from_arrow(connection.sql(f"select * from {_source(group)} limit 0")).schema
    return RecordBatchReader.from_batches(schema, _logs(connection, group))


def _source(group: Sequence[Segment]) -> str:
    return f"read_parquet([{','.join(quoted(segment.path) for segment in group)}])"


def _readings(connection: Engine, source: str) -> Iterator[RecordBatch]:
    for condition in _series_slabs(connection, source):
        found = connection.execute(
            f'select series, epoch_us("at") as t, value, quality from {source} where {condition}'
        ).fetchnumpy()
        order = by_series_and_time(found["series"], found["t"])
        columns = (np.ascontiguousarray(found[name][order]) for name in ("series", "t", "value", "quality"))
        yield codec.readings_batch(Readings(*columns))


def _series_slabs(connection: Engine, source: str) -> Iterator[str]:
    """Conditions that together name every row once, in the order of the result."""
    counts = connection.execute(f"select series, count(*) from {source} group by series order by series").fetchall()
    low, rows, high = None, 0, 0
    for series, count in counts:
        if low is not None and rows + count > _MOST_ROWS:
            yield f"series between {low} and {high}"
            low, rows = None, 0
        if count > _MOST_ROWS:
            where = f"series = {series}"
            yield from (f"{where} and {span}" for span in _spans(connection, source, where, count // _MOST_ROWS + 1))
            continue
        low, rows, high = series if low is None else low, rows + count, series
    if low is not None:
        yield f"series between {low} and {high}"


def _logs(connection: Engine, group: Sequence[Segment]) -> Iterator[RecordBatch]:
    source = _source(group)
    files = ",".join(quoted(segment.path) for segment in group)
    found = connection.execute(f"select sum(total_uncompressed_size) from parquet_metadata([{files}])").fetchone()
    size = int(found[0]) if found and found[0] else 0
    for span in _spans(connection, source, "true", size // _MOST_BYTES + 1):
        query = f'select * from {source} where {span} order by "at", id'
        yield from RecordBatchReader.from_arrow(connection.sql(query))


def _spans(connection: Engine, source: str, where: str, count: int) -> list[str]:
    """About `count` spans of time with about as many rows each, in order."""
    shares = [n / count for n in range(1, count)]
    if not shares:
        return ["true"]
    query = f'select approx_quantile(epoch_us("at"), {shares}) from {source} where {where}'
    found = connection.execute(query).fetchone()
    bounds = sorted(set(found[0])) if found else []
    edges = [f"make_timestamp({int(bound)}::bigint)" for bound in bounds]
    spans = [f'"at" >= {low} and "at" < {high}' for low, high in zip(edges, edges[1:], strict=False)]
    return [f'"at" < {edges[0]}', *spans, f'"at" >= {edges[-1]}'] if edges else ["true"]
