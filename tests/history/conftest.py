"""Histories in a temporary folder, closed at the end, and batches that are quick to write and to compare."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from wacket.history import History
from wacket.history.shapes import LOGS, READINGS, Segment, View
from wacket.records import Batch, Logs, Readings
from wacket.settings import History as Settings

SECOND = 1_000_000
START = 1_790_000_000 * SECOND

Row = tuple[int, int, float]  # series, at, value


class Bench:
    """One history folder, opened and closed at will; `now` is the clock, and `rows` are in order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, START
        self.settings: dict[str, Any] = {"reserve_bytes": 1}
        self._open: History | None = None

    def open(self, **settings: Any) -> History:
        self.close()
        self.settings |= settings
        self._open = History.open(self.folder, Settings(**self.settings), lambda: self.now)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None

    def abandon(self) -> History:
        """Leave the files as kill -9 does: nothing is checkpointed or tidied. The copy is opened next."""
        import shutil

        assert self._open is not None
        copy = self.folder.with_name(self.folder.name + "-copy")
        shutil.copytree(self.folder, copy)
        self.close()
        shutil.rmtree(self.folder)
        copy.rename(self.folder)
        return self.open()

    @staticmethod
    def readings(*rows: Row) -> Batch:
        series, at, value = zip(*rows, strict=True)
        count = len(rows)
        return Batch(
            readings=Readings(
                np.array(series, np.uint32),
                np.array(at, np.int64),
                np.array(value, np.float64),
                np.zeros(count, np.uint8),
            )
        )

    @staticmethod
    def logs(*bodies: str, at: int = START, node: int = 1) -> Batch:
        return Batch(logs=Logs.of([(at, at, node, "test", 9, body, "") for body in bodies]))

    def stored(self, history: History) -> list[Row]:
        """Every reading in the view, as it would be read: segments in order, then the tail."""
        with history.view() as view:
            rows = [row for segment in view.readings for row in self.rows_of(segment)]
            if view.tail_readings is not None:
                rows += self._select(view.tail_readings)
        return rows

    def rows_of(self, segment: Segment) -> list[Row]:
        return self._select(segment.path)

    @staticmethod
    def _select(source: Any) -> list[Row]:
        name = f"'{source}'" if isinstance(source, str) else "source"
        return duckdb.execute(f'select series, epoch_us("at"), value from {name}').fetchall()

    @staticmethod
    def counted(segment: Segment) -> int:
        """How many readings a roll-up file speaks of."""
        found = duckdb.execute(f"select sum(count)::bigint from '{segment.path}'").fetchone()
        return int(found[0]) if found else 0

    @staticmethod
    def lines(view: View) -> list[tuple[int, str]]:
        """(id, body) of every log line in the view, by id."""
        found = []
        for segment in view.logs:
            found += duckdb.execute(f"select id, body from '{segment.path}'").fetchall()
        if view.tail_logs is not None:
            tail = view.tail_logs  # noqa: F841 - DuckDB finds it by its name
            found += duckdb.execute("select id, body from tail").fetchall()
        return sorted(found)

    def files(self, kind: str = READINGS) -> list[Path]:
        folder = kind if kind in (READINGS, LOGS) else f"rollup_{kind}"
        return sorted((self.folder / folder).glob("*.parquet"))

    @staticmethod
    def flip(path: Path, place: int) -> None:
        """Change one byte; a negative place counts from the end."""
        raw = bytearray(path.read_bytes())
        raw[place] ^= 0xFF
        path.write_bytes(raw)


class Failing:
    """Stands in front of the journal's connection and fails at one statement, before or after it took effect."""

    def __init__(self, connection: sqlite3.Connection, at: str, code: int, after: bool) -> None:
        self._connection, self._at, self._code, self._after = connection, at, code, after

    def execute(self, statement: str, *arguments: Any) -> Any:
        if statement.startswith(self._at):
            if self._after:
                self._connection.execute(statement, *arguments)
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorcode = self._code
            raise error
        return self._connection.execute(statement, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "history")
    yield bench
    bench.close()
