"""A history for the tests of the read side: real Parquet files and tables in memory, made without the write side."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

import duckdb
import numpy as np
from arro3.core import Array, DataType, Table

from wacket.history.shapes import ROLLUPS, Segment, View
from wacket.history.space import Space

READINGS = {"series": "UINTEGER", "at": "TIMESTAMP", "value": "DOUBLE", "quality": "UTINYINT"}
LOGS = {
    "id": "BIGINT",
    "at": "TIMESTAMP",
    "observed_at": "TIMESTAMP",
    "node": "UINTEGER",
    "source": "VARCHAR",
    "severity": "UTINYINT",
    "body": "VARCHAR",
    "attrs": "VARCHAR",
}
LogLine = tuple[int, int, int, str, int, str, str]  # id, at, node, source, severity, body, attrs

_TYPES = {
    "UINTEGER": DataType.uint32(),
    "TIMESTAMP": DataType.int64(),
    "DOUBLE": DataType.float64(),
    "UTINYINT": DataType.uint8(),
    "BIGINT": DataType.int64(),
    "VARCHAR": DataType.utf8(),
}


class FakePast:
    """Holds segments in `folder` and rows in memory; `damage` is what was reported, `views` how many are open, and
    `kept_free` the bytes of the disk that must not be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.readings: list[Segment] = []
        self.logs: list[Segment] = []
        self.rollups: dict[str, list[Segment]] = {name: [] for name in ROLLUPS}
        self.tail_readings: Any = None
        self.tail_logs: Any = None
        self.damage: list[tuple[str, str]] = []
        self.views = 0
        self.kept_free = 0

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        self.views += 1
        rollups = {name: tuple(segments) for name, segments in self.rollups.items()}
        try:
            yield View(tuple(self.readings), rollups, tuple(self.logs), self.tail_readings, self.tail_logs)
        finally:
            self.views -= 1

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        return Space(self.folder, self.kept_free).scratch(size)

    def report_damage(self, path: str, error: str) -> None:
        self.damage.append((path, error))

    def seal_readings(self, series: Any, at: Any, value: Any) -> Segment:
        """A file of readings, sorted as the sealer does, and its roll-ups."""
        order = np.lexsort((np.asarray(at, np.int64), np.asarray(series)))
        columns = [np.asarray(column)[order] for column in (series, at, value)]
        with duckdb.connect() as engine:
            engine.register("given", readings_table(columns[0], columns[1], columns[2], cast=False))
            engine.execute('CREATE TABLE r AS SELECT series, make_timestamp("at") AS "at", value, quality FROM given')
            segment = self._write(engine, "SELECT * FROM r", "readings", "series", '"at"')
            for name, width in ROLLUPS.items():
                self.rollups[name].append(self._write(engine, _rollup(width), name, "series", "bucket"))
            self.readings.append(segment)
        return segment

    def seal_logs(self, lines: Sequence[LogLine]) -> Segment:
        with duckdb.connect() as engine:
            engine.register("given", logs_table(lines, cast=False))
            select = f'SELECT {_cast(LOGS)} FROM given ORDER BY "at", id'
            segment = self._write(engine, select, "logs", "node", '"at"')
            self.logs.append(segment)
        return segment

    def keep_readings(self, series: Any, at: Any, value: Any) -> None:
        """These are the rows in memory."""
        self.tail_readings = readings_table(series, at, value)

    def keep_logs(self, lines: Sequence[LogLine]) -> None:
        self.tail_logs = logs_table(lines)

    def _write(self, engine: Any, select: str, kind: str, group: str, at: str) -> Segment:
        number = len(self.readings) + len(self.logs) + 1
        path = self.folder / f"{number:03}.{kind}.parquet"
        engine.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        low, high, first, last, rows = engine.execute(
            f"""SELECT min({group}), max({group}), epoch_us(min({at})), epoch_us(max({at})), count(*) FROM '{path}'"""
        ).fetchone()
        size = path.stat().st_size
        crc = zlib.crc32(path.read_bytes())
        low, high, first, last = low or 0, high or 0, first or 0, last or 0
        return Segment(str(path), kind, 0, first, last, low, high, rows, size, 0, crc, number, number)


def readings_table(series: Any, at: Any, value: Any, cast: bool = True) -> Table:
    columns: list[Any] = [np.asarray(series, np.uint32), np.asarray(at, np.int64), np.asarray(value, np.float64)]
    columns.append(np.zeros(len(columns[0]), np.uint8))
    names: dict[str, Any] = dict(zip(READINGS, map(Array.from_numpy, columns), strict=True))
    if cast:
        names["at"] = names["at"].cast(DataType.timestamp("us"))
    return Table.from_pydict(names)


def logs_table(lines: Sequence[LogLine], cast: bool = True) -> Table:
    whole = [(number, at, at, *rest) for number, at, *rest in lines]
    by_column = list(zip(*whole, strict=True)) or [()] * len(LOGS)
    names: dict[str, Any] = {
        name: Array(list(column), type=_TYPES[kind])
        for (name, kind), column in zip(LOGS.items(), by_column, strict=True)
    }
    if cast:
        names |= {name: names[name].cast(DataType.timestamp("us")) for name in ("at", "observed_at")}
    return Table.from_pydict(names)


def flip(path: str, place: int) -> None:
    """Damage some bytes of a file, counted from its middle."""
    file = Path(path)
    body = bytearray(file.read_bytes())
    begin = len(body) // 2 + place
    body[begin : begin + 8] = bytes(255 - byte for byte in body[begin : begin + 8])
    file.write_bytes(body)


def _cast(columns: dict[str, str]) -> str:
    return ", ".join(
        f'make_timestamp("{name}") AS "{name}"' if kind == "TIMESTAMP" else f'"{name}"'
        for name, kind in columns.items()
    )


def _rollup(width: int) -> str:
    return f"""SELECT series, make_timestamp(epoch_us("at") // {width} * {width}) AS bucket, count(*)::BIGINT AS count,
        sum(value) AS sum, min(value) AS min, max(value) AS max, arg_min(value, "at") AS first,
        arg_max(value, "at") AS last, min("at") AS t_first, max("at") AS t_last, sum(increase) AS rise
        FROM (SELECT *, CASE WHEN before IS NULL THEN 0.0 WHEN value >= before THEN value - before ELSE value END
        AS increase FROM (
            SELECT *, lag(value) OVER (PARTITION BY series, epoch_us("at") // {width} ORDER BY "at") AS before FROM r
            WHERE NOT isnan(value)) a) b GROUP BY 1, 2 ORDER BY 1, 2"""
