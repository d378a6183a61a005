"""Log lines for one live connection: those of each batch that fit, held as columns until they are sent.

A client that was away gets first what it missed, from the history; until that is told, what comes new is held. Bounded
in lines and bytes; what is beyond is left out, the oldest first, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from wacket.api import logs
from wacket.api.parts import Parts
from wacket.api.watching.wants import WantedLogs
from wacket.history.logsearch import LogQuery, LogRow
from wacket.records import Logs

MOST_LOGS = 500  # rows in one message
MOST_BYTES = 16 * 1024 * 1024  # held for one client
LONGEST = 16 * 1024  # characters of a body, or of what came with it, in a live message
Bools = NDArray[np.bool_]


class Piece(NamedTuple):
    """Some lines of a batch, the first of them with this id, and which of them fit."""

    lines: Logs
    first_id: int
    fits: Bools
    rows: int
    bytes: int


class Lines:
    """`holds` while what was missed is not told yet: nothing is sent then."""

    def __init__(self) -> None:
        self.wanted: WantedLogs | None = None
        self.holds = False
        self._nodes: frozenset[int] | None = None
        self._least = self._begin = 0
        self._pieces: list[Piece] = []

    @property
    def ready(self) -> bool:
        return bool(self._pieces) and not self.holds

    def choose(self, wanted: WantedLogs | None, nodes: frozenset[int] | None, least: int) -> None:
        """From now on these. What is wanted as before goes on as before, whatever its `after`."""
        if self.is_same(wanted):
            return
        self.wanted, self._nodes, self._least = wanted, nodes, least
        self._begin, self.holds = 0, False
        self._pieces = []

    def come_from(self, nodes: frozenset[int] | None) -> None:
        """From now on of these nodes."""
        self._nodes = nodes

    def is_same(self, wanted: WantedLogs | None) -> bool:
        return _lasting(wanted) == _lasting(self.wanted)

    def resume(self, cursor: int) -> LogQuery:
        """Hold what comes from `cursor` on until `go_on`; what is before that is to be asked of the history."""
        self._begin, self.holds = cursor, True
        chosen = self.wanted or WantedLogs()
        return LogQuery(find=chosen.find, nodes=self._nodes, severity=self._least)

    def go_on(self) -> None:
        self.holds = False

    def take(self, lines: Logs, first_id: int) -> int:
        """Keep those that fit; how many had to be left out for it."""
        if self.wanted is None or not len(lines) or first_id < self._begin:
            return 0
        fits = lines.severity >= self._least
        if self._nodes is not None:
            fits &= np.isin(lines.node, list(self._nodes))
        if self.wanted.find:
            fits &= rows_with(lines, self.wanted.find)
        rows = np.flatnonzero(fits)
        kept = rows[-MOST_LOGS:]
        if len(kept):
            begin, end = int(kept[0]), int(kept[-1]) + 1
            part = lines.slice(begin, end)
            size = sum(len(column.data) for column in (part.source, part.body, part.attrs))
            self._pieces.append(Piece(part, first_id + begin, fits[begin:end], len(kept), size))
        return len(rows) - len(kept) + self._trim()

    def drain(self) -> list[LogRow]:
        """What is to be sent now."""
        if self.holds:
            return []
        pieces, self._pieces = self._pieces, []
        found = [row for piece in pieces for row in _rows(piece)]
        return found[-MOST_LOGS:]

    def _trim(self) -> int:
        """Leave out the oldest until no more than a message is held."""
        lost, rows, size = 0, sum(one.rows for one in self._pieces), sum(one.bytes for one in self._pieces)
        while len(self._pieces) > 1 and (rows - self._pieces[0].rows >= MOST_LOGS or size > MOST_BYTES):
            oldest = self._pieces.pop(0)
            rows, size, lost = rows - oldest.rows, size - oldest.bytes, lost + oldest.rows
        if rows > MOST_LOGS:
            self._pieces[0], cut = _without_oldest(self._pieces[0], rows - MOST_LOGS)
            lost += cut
        return lost


def messages(parts: Parts, rows: Sequence[LogRow]) -> list[bytes]:
    """As they are sent, at most MOST_LOGS in each."""
    pieces = [rows[begin : begin + MOST_LOGS] for begin in range(0, len(rows), MOST_LOGS)]
    return [msgspec.json.encode({"logs": shown(parts, piece)}) for piece in pieces]


def shown(parts: Parts, rows: Sequence[LogRow]) -> list[dict[str, Any]]:
    """What is very long is cut, and `cut` is then the length of the whole body: the line is to be had by its id."""
    short = [
        row._replace(body=row.body[:LONGEST], attrs=row.attrs if len(row.attrs) <= LONGEST else "") for row in rows
    ]
    found = logs.as_json(parts, short)
    for line, row, cut in zip(found, rows, short, strict=True):
        if row is not cut and (row.body, row.attrs) != (cut.body, cut.attrs):
            line["cut"] = len(row.body)
    return found


def rows_with(lines: Logs, find: str) -> Bools:
    """Which lines hold `find`. Searches all bodies as one text, so it costs nothing per line."""
    text, wanted = lines.body.data.lower(), find.encode().lower()
    offsets = lines.body.offsets
    fits = np.zeros(len(lines), np.bool_)
    place = text.find(wanted, offsets[0], offsets[-1])
    while place >= 0:
        row = int(np.searchsorted(offsets, place, "right")) - 1
        fits[row] |= place + len(wanted) <= offsets[row + 1]
        # On to the next line once this one fits; else on by one, for a hit across a line's end may hide one.
        place = text.find(wanted, offsets[row + 1] if fits[row] else place + 1, offsets[-1])
    return fits


def _lasting(wanted: WantedLogs | None) -> WantedLogs | None:
    """All but where the client had stopped."""
    return msgspec.structs.replace(wanted, after=None) if wanted is not None else None


def _rows(piece: Piece) -> Iterator[LogRow]:
    lines = piece.lines
    for row in np.flatnonzero(piece.fits).tolist():
        source, body, attrs = (
            column.bytes_at(row).decode("utf-8", "replace") for column in (lines.source, lines.body, lines.attrs)
        )
        at, node, severity = int(lines.at[row]), int(lines.node[row]), int(lines.severity[row])
        yield LogRow(piece.first_id + row, at, node, source, severity, body, attrs)


def _without_oldest(piece: Piece, count: int) -> tuple[Piece, int]:
    """It without so many of its lines that fit."""
    fits = piece.fits.copy()
    fits[np.flatnonzero(fits)[:count]] = False
    return piece._replace(fits=fits, rows=piece.rows - count), count
