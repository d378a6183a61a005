"""Joins small segments into larger ones: five minutes to an hour, hours to a day, days to a month.

Only neighbours in order of arrival are joined, so the journal rows of any two segments of one kind stay disjoint and
a manifest can be made again from the files. What is large is left alone; one piece of work is bounded in rows and
bytes. It changes neither journal nor manifest and deletes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

import duckdb

from wacket.history import rollups, segments, slabs
from wacket.history.sealer import Number, write_rollup
from wacket.history.segments import quoted
from wacket.history.shapes import LOGS, READINGS, ROLLUPS, Segment

_FAN = (12, 24, 30)  # how many segments of a level make one of the next
_MOST_BYTES = 256 << 20
_MOST_ROWS = {READINGS: 1 << 26, LOGS: 1 << 24}
_MOST_ROLLUP_ROWS = 1 << 20  # these are joined in memory, at about 100 bytes a row
# So many rows of a level are joined whatever the number of segments; at level 0 even one alone, to be packed well.
_ENOUGH = {READINGS: 1 << 18, LOGS: 1 << 17}
_ENOUGH_ROLLUP = 1 << 13
_GROWTH = 8  # times as many at the next level
# Measured, against 3 as sealed: readings 1.31 -> 1.15 B at 15 (3 million rows/s); lines of 98 bytes 15.6 -> 12.2 B
# at 12 (0.25 million/s). 15 would save another 0.8 B of a line for three times the work.
_ZSTD = {LOGS: 12}
_ZSTD_NUMBERS = 15


def plan(kind: str, existing: Sequence[Segment], missing: Sequence[Segment] = ()) -> list[Segment]:
    """The next segments of `kind` to be joined, oldest first; empty when all is well.

    Nothing is joined across one that is `missing`, so that it fits in again if it is put back.
    """
    in_order = sorted([*existing, *missing], key=lambda segment: (segment.first, segment.id))
    barriers = {segment.id for segment in missing}
    groups = (_first_group(kind, in_order, barriers, level, fan) for level, fan in enumerate(_FAN))
    return next(filter(None, groups), [])


def _first_group(
    kind: str, in_order: Sequence[Segment], barriers: Container[int], level: int, fan: int
) -> list[Segment]:
    enough = _ENOUGH.get(kind, _ENOUGH_ROLLUP) * _GROWTH**level
    group: list[Segment] = []
    for segment in in_order:
        if segment.level != level or segment.id in barriers:
            group = []
            continue
        if _too_large(kind, [*group, segment]):
            if len(group) > 1:
                return group
            group = []
        group.append(segment)
        ample = sum(one.rows for one in group) >= enough and (level == 0 or len(group) > 1)
        if len(group) == fan or ample:
            return group
    return []


def _too_large(kind: str, group: Sequence[Segment]) -> bool:
    rows = sum(segment.rows for segment in group)
    return rows > _MOST_ROWS.get(kind, _MOST_ROLLUP_ROWS) or sum(s.bytes for s in group) > _MOST_BYTES


def join(group: Sequence[Segment], folder: Path, number: Number) -> Segment:
    """Write one segment with all rows of `group`. Raises duckdb.Error or OSError; then no file is left behind.

    The files of `group` go when this one counts, so they must have been checked before.
    """
    kind = group[0].kind
    planned = Segment(
        *(
            "",
            kind,
            max(s.level for s in group) + 1,
            min(s.t_min for s in group),
            max(s.t_max for s in group),
        ),
        *(min(s.series_min for s in group), max(s.series_max for s in group), 0, 0, number(), 0),
        *(min(s.first for s in group), max(s.last for s in group)),
    )
    with segments.engine(folder) as source, segments.engine(folder) as connection:
        if kind in ROLLUPS:
            columns = rollups.merge(_rollup_rows(source, group), ROLLUPS[kind])
            return write_rollup(columns, planned, connection, folder, _ZSTD_NUMBERS)
        connection.register("rows", (slabs.logs if kind == LOGS else slabs.readings)(source, group))
        made = segments.write(connection, "select * from rows", planned, folder, _ZSTD.get(kind, _ZSTD_NUMBERS))
    return segments.whole(made, sum(segment.rows for segment in group))


def _rollup_rows(connection: duckdb.DuckDBPyConnection, group: Sequence[Segment]) -> rollups.Columns:
    names = [f"epoch_us({name}) as {name}" if name in rollups.TIMES else f'"{name}"' for name in rollups.NAMES]
    files = ",".join(quoted(segment.path) for segment in group)
    found = connection.execute(f"select {', '.join(names)} from read_parquet([{files}])").fetchnumpy()
    return {name: found[name] for name in rollups.NAMES}
