"""The batches that are in the journal but not in a segment yet, as columns in memory.

Add from the writer, ask from any thread. Small batches are joined into larger pieces now and then (each row is copied
a few times at most), since DuckDB scans ten large pieces much faster than ten thousand small ones. The caller bounds
the size by sealing; nothing is dropped here.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from arro3.core import RecordBatch, Table
from numpy.typing import NDArray

from wacket.history import codec
from wacket.history.shapes import ROW_BITS
from wacket.records import Batch, Logs, Readings

_JOIN_BELOW_ROWS = 1 << 16
_JOIN_BELOW_BYTES = 8 << 20
_MOST_FRESH = 64
_NO_IDS: NDArray[np.int64] = np.empty(0, np.int64)


@dataclass(slots=True)
class Piece:
    """Some rows and, once asked for, their Arrow form. `ids` belongs to logs; readings have none."""

    rows: Readings | Logs
    bytes: int
    ids: NDArray[np.int64] = field(default_factory=lambda: _NO_IDS)
    _arrow: RecordBatch | None = None

    def arrow(self) -> RecordBatch:
        if self._arrow is None:
            if isinstance(self.rows, Readings):
                self._arrow = codec.readings_batch(self.rows)
            else:
                self._arrow = codec.logs_batch(self.ids, self.rows)
        return self._arrow


class Pieces:
    """A growing list of pieces that keeps itself short."""

    def __init__(self, items: Sequence[Piece] = ()) -> None:
        self.items = list(items)
        self._fresh = 0  # how many at the end have not been looked at by `join`

    def push(self, piece: Piece) -> None:
        self.items.append(piece)
        self._fresh += 1
        if self._fresh >= _MOST_FRESH:
            self.join()

    def join(self) -> None:
        """Join what is fresh, and what stands before it as long as that is not much larger."""
        start = len(self.items) - self._fresh
        rows = sum(len(piece.rows) for piece in self.items[start:])
        while start and self._fresh and len(self.items[start - 1].rows) <= 2 * rows < _JOIN_BELOW_ROWS:
            start -= 1
            rows += len(self.items[start].rows)
        self.items[start:] = [_joined(group) for group in _groups(self.items[start:])]
        self._fresh = 0


def _groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Neighbours that may become one piece."""
    groups: list[list[Piece]] = []
    rows = size = 0
    for piece in pieces:
        rows, size = rows + len(piece.rows), size + piece.bytes
        if not groups or rows > _JOIN_BELOW_ROWS or size > _JOIN_BELOW_BYTES:
            groups.append([])
            rows, size = len(piece.rows), piece.bytes
        groups[-1].append(piece)
    return groups


def _joined(pieces: Sequence[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    size = sum(piece.bytes for piece in pieces)
    readings = [piece.rows for piece in pieces if isinstance(piece.rows, Readings)]
    if readings:
        return Piece(Readings.concat(readings), size)
    logs = [piece.rows for piece in pieces if isinstance(piece.rows, Logs)]
    return Piece(codec.join_logs(logs), size, np.concatenate([piece.ids for piece in pieces]))


@dataclass(slots=True)
class Part:
    """What is sealed in one go: all rows of the journal rows `first`..`last`. `since` is when the oldest came."""

    first: int = 0
    last: int = 0
    since: int = 0
    rows: int = 0
    bytes: int = 0
    readings: Pieces = field(default_factory=Pieces)
    logs: Pieces = field(default_factory=Pieces)

    def add(self, row: int, batch: Batch, now: int) -> None:
        """`batch` is what stands in journal row `row`."""
        if batch.readings is not None:
            piece = Piece(batch.readings, 21 * len(batch.readings))
            self.readings.push(piece)
        else:
            logs = batch.logs or Logs.empty()
            ids = np.arange(len(logs), dtype=np.int64) + (row << ROW_BITS)
            piece = Piece(logs, codec.logs_bytes(logs), ids)
            self.logs.push(piece)
        if not self.rows:
            self.first, self.since = row, now
        self.last = row
        self.rows += len(piece.rows)
        self.bytes += piece.bytes


class Tail:
    """Parts in order of arrival; the last one grows until it is as large as what is sealed in one go."""

    def __init__(self, most_rows: int, most_bytes: int) -> None:
        self._lock = threading.Lock()
        self._most_rows, self._most_bytes = most_rows, most_bytes
        self._parts = [Part()]
        self._tables: tuple[Table | None, Table | None] | None = (None, None)

    @property
    def size(self) -> tuple[int, int, int]:
        """(rows, bytes, arrival of the oldest row; 0 when empty) of everything not sealed."""
        with self._lock:
            parts = self._parts
            return sum(part.rows for part in parts), sum(part.bytes for part in parts), parts[0].since

    def add(self, row: int, batch: Batch, now: int) -> None:
        """What was just written as journal row `row`."""
        with self._lock:
            if self._parts[-1].rows >= self._most_rows or self._parts[-1].bytes >= self._most_bytes:
                self._parts.append(Part())
            self._parts[-1].add(row, batch, now)
            self._tables = None

    def freeze(self) -> Part | None:
        """The oldest part, which does not grow any more; the same until it is dropped. None when there are no rows."""
        with self._lock:
            if not self._parts[0].rows:
                return None
            if len(self._parts) == 1:
                self._parts.append(Part())
            return self._parts[0]

    def load(self, part: Part) -> None:
        """Rows that are older than all that is here, from the journal; they are sealed next."""
        with self._lock:
            self._parts.insert(0, part)
            self._tables = None

    def drop(self) -> None:
        """What `freeze` gave is in segments now."""
        with self._lock:
            del self._parts[0]
            self._tables = None

    def tables(self) -> tuple[Table | None, Table | None]:
        """(readings, logs) as Arrow tables, None where there are no rows. They stay as they are for ever."""
        with self._lock:
            if self._tables is None:
                self._parts[-1].readings.join()
                self._parts[-1].logs.join()
                self._tables = (
                    _table([piece for part in self._parts for piece in part.readings.items]),
                    _table([piece for part in self._parts for piece in part.logs.items]),
                )
            return self._tables


def _table(pieces: list[Piece]) -> Table | None:
    return Table.from_batches([piece.arrow() for piece in pieces]) if pieces else None
