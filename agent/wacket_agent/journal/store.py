"""The agent's journal: lines until the hub has them on disk, and commands so that none is begun twice.

One SQLite file, used from one thread, the loop's; only `add` may be called from any. `add` keeps lines in memory and
`flush` makes them durable, many in one transaction: each costs a small machine's card a write. Commands are durable
when `accept` returns.

A disk that takes nothing is an OSError for whoever needs it durable now; waiting lines stay in memory, bounded, and
what is lost is numbered and told. It sends nothing and knows no connection: streams.py does.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Callable, Mapping, TypeVar

from wacket_agent.journal import command_rows, stream_rows
from wacket_agent.journal.command_rows import CommandRow
from wacket_agent.journal.database import Connection, Database, Unwritten, discard, question
from wacket_agent.journal.stream_rows import Outline, Row, Stream
from wacket_agent.journal.waiting import ROOM, Group, Waiting

__all__ = ["CommandRow", "Outline", "Row", "Store", "Stream", "Unwritten"]

T = TypeVar("T")
FILE = "journal.db"
_CROWDED = 1 << 20  # bytes waiting; a flush of so much takes 20 ms
_MARKS = "CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_SCHEMA = (*stream_rows.SCHEMA, *command_rows.SCHEMA, _MARKS)

# When the memory of commands was lost, µs of the hub's clock. Commands made before that may have been run already.
_LOSS = "store/loss"
_NOT_DATED = 2**62
_LOST = "the agent's journal was damaged: nobody knows whether this command ran, so it is not begun"


def now() -> int:
    return time.time_ns() // 1000


def new_epoch() -> str:
    return os.urandom(8).hex()


class Store:
    """`when_crowded` is called from whatever thread adds, while more waits than a flush should find."""

    def __init__(self, path: Path, clock: Callable[[], int] = now, room: int = ROOM) -> None:
        self.when_crowded: Callable[[], object] = lambda: None
        self._clock = clock
        self._waiting = Waiting(room)
        self._acked: dict[str, int] = {}
        self._trouble = ""
        self._streams: dict[str, Stream] = {}
        self._loss = 0
        self._database = Database(path, _SCHEMA)
        self._begin(damaged=self._database.anew > 0)

    @classmethod
    def open(cls, folder: str | Path) -> Store:
        """Raises OSError, also when another agent has it open."""
        return cls(Path(folder) / FILE)

    @staticmethod
    def discard(folder: str | Path) -> None:
        """Throw away a journal that is not open, as a machine must that was cloned from another."""
        discard(Path(folder) / FILE)

    def close(self) -> None:
        self.flush()
        self._database.close()

    # Lines on their way in

    def add(self, stream: str, lines: bytes, at: int, marks: Mapping[str, str] | None = None) -> None:
        """Whole lines, each with its LF; `at` is their time in µs. From any thread; never waits.

        `marks` become durable in the same transaction as the lines: how far a file was read, for example. Who could
        also read later should rest while the store is `crowded`, for what does not fit into memory is lost.
        """
        self._waiting.add(stream, lines, at, marks or {})
        if self.crowded:
            self.when_crowded()

    @property
    def crowded(self) -> bool:
        return self._waiting.bytes > _CROWDED

    def marks(self, prefix: str) -> dict[str, str]:
        """The newest marks whose names start so, as far as they are durable."""
        sql = "SELECT name, value FROM marks WHERE substr(name, 1, ?) = ?"
        return self._do(lambda c: dict(c.execute(sql, (len(prefix), prefix)).fetchall()), durable=False)

    def forget_mark(self, name: str) -> None:
        self._do(lambda c: c.execute("DELETE FROM marks WHERE name = ?", (name,)), durable=False)

    def waits(self, stream: str = "") -> bool:
        """Whether something is in memory only; of one stream, or at all."""
        return stream in self._waiting if stream else bool(self._waiting)

    def flush(self) -> bool:
        """Write what waits and remove what was acknowledged. False if the disk did not take it."""
        group, acked = self._waiting.take(), dict(self._acked)
        if not group and not acked:
            return True
        try:
            # That something was removed may be forgotten: the hub would say again that it has it.
            self._streams = self._do(lambda c: _write(c, group, acked), durable=bool(group))
        except OSError as error:
            self._waiting.put_back(group)
            self._tell(str(error))
            return False
        self._acked = {name: seq for name, seq in self._acked.items() if acked.get(name) != seq}
        self._tell("")
        return True

    # Lines on their way out

    def stream(self, name: str) -> Stream:
        return self._streams[name]

    def read(self, stream: str, seq: int, most: int) -> list[Row]:
        return self._do(lambda c: stream_rows.read(c, stream, seq, most), durable=False)

    def acknowledge(self, stream: str, seq: int) -> None:
        """The hub has everything up to `seq` on disk. The next flush removes it."""
        self._acked[stream] = max(seq, self._acked.get(stream, -1))

    def renew(self, stream: str) -> None:
        """Begin another epoch: the hub knows numbers that this journal has not given yet, so it is an old copy."""
        self._acked.pop(stream, None)
        self._change(lambda c: stream_rows.renew(c, self._streams[stream], new_epoch()))

    def outline(self, stream: str, start: int, most: int) -> list[Outline]:
        return self._do(lambda c: stream_rows.outline(c, stream, start, most), durable=False)

    def oldest(self, stream: str, start: int) -> tuple[int, int] | None:
        """Number and time of the first row from line `start` on that still has its lines."""
        return self._do(lambda c: stream_rows.oldest(c, stream, start), durable=False)

    def thin(self, stream: str, gaps: list[tuple[int, int]], why: str, once: int, twice: int) -> None:
        """Let lines go (first to last, each), and note how far the first two passes of thinning have come."""

        def change(connection: Connection) -> None:
            for first, last in gaps:
                stream_rows.leave_gap(connection, stream, first, last, why)
            stream_rows.set_thinned(connection, stream, once, twice)

        self._change(change)

    def tidy(self) -> None:
        """Return room that is not needed any more to the file system. Once a minute or so."""
        self._database.tidy()

    # Commands

    def accept(self, command: str, envelope: str, boot: str, at: int) -> bool:
        """Whether the command is new; if so it is on disk as accepted. Raises OSError: then it must not be begun."""
        if self._may_be_lost(command):
            return False
        return self._do(lambda c: command_rows.accept(c, command, envelope, boot, at))

    def known(self, command: str) -> CommandRow | None:
        """What is known of a command. One that may have been run before a loss is known as such."""
        row = self._do(lambda c: command_rows.known(c, command), durable=False)
        return row or (self._lost_row(command) if self._may_be_lost(command) else None)

    def unsettled(self) -> list[CommandRow]:
        return self._do(command_rows.unsettled, durable=False)

    def set_state(self, command: str, state: str, result_json: str | None, durable: bool) -> None:
        self._do(lambda c: command_rows.set_state(c, command, state, result_json), durable)

    def settled(self, command: str, state: str, result_json: str) -> None:
        self._do(lambda c: command_rows.settle(c, command, state, result_json), durable=False)

    def forget_before(self, at: int) -> None:
        """Of settled commands. Whatever is forgotten must have expired, or it could be taken again."""
        self._do(lambda c: command_rows.forget_before(c, at), durable=False)

    def date_loss(self, hub_time: int) -> None:
        """At the first welcome after a loss: commands that the hub makes from now on (its clock, µs) are new."""
        if self._loss == _NOT_DATED:
            self._do(lambda c: _set_mark(c, _LOSS, str(hub_time)))
            self._loss = hub_time

    def statistics(self) -> dict[str, Any]:
        return {
            "waiting_bytes": self._waiting.bytes,
            "lost_lines": self._waiting.lost,
            "trouble": self._trouble,
            "streams": {
                name: {"lines": stream.next - stream.first, "bytes": stream.bytes, "since": stream.since}
                for name, stream in self._streams.items()
            },
        }

    def _begin(self, damaged: bool) -> None:
        """Read what the file holds; a new one gets its epochs first."""

        def begin(connection: Connection) -> tuple[dict[str, Stream], int]:
            (streams,) = question(connection, "SELECT count(*) FROM streams")
            if not streams and self._database.replaced:
                _set_mark(connection, _LOSS, str(_NOT_DATED))
            stream_rows.begin(connection, new_epoch)
            loss = connection.execute("SELECT value FROM marks WHERE name = ?", (_LOSS,)).fetchone()
            return stream_rows.load(connection), int(loss[0]) if loss else 0

        self._streams, self._loss = self._database.do(begin)
        self._acked.clear()
        if damaged:
            self._say("error", "the agent's journal was damaged and a new one begun; lines and commands may be lost")

    def _do(self, work: Callable[[Connection], T], durable: bool = True) -> T:
        before = self._database.anew
        try:
            return self._database.do(work, durable)
        except Unwritten:
            if self._database.anew != before:
                self._begin(damaged=True)
            raise

    def _change(self, work: Callable[[Connection], None]) -> None:
        def change(connection: Connection) -> dict[str, Stream]:
            work(connection)
            return stream_rows.load(connection)

        self._streams = self._do(change, durable=False)

    def _may_be_lost(self, command: str) -> bool:
        made = command_rows.milliseconds_of(command) if self._loss else None
        return made is not None and made * 1000 <= self._loss

    def _lost_row(self, command: str) -> CommandRow:
        at = self._clock()
        result = {"t": "state", "id": command, "state": "lost_reboot", "at": at, "reason": _LOST}
        return CommandRow(command, "", "", at, "lost_reboot", json.dumps(result), settled=False)

    def _tell(self, trouble: str) -> None:
        """Log it when it changes, not at each try."""
        if bool(trouble) != bool(self._trouble):
            level, what = ("error", f"cannot be written: {trouble}") if trouble else ("info", "is written again")
            self._say(level, f"the agent's journal {what}")
        self._trouble = trouble

    def _say(self, level: str, message: str) -> None:
        at = self._clock()
        line = json.dumps({"time": at, "level": level, "message": message, "source": "wacket-agent"})
        self.add("logs", line.encode() + b"\n", at)


def _write(connection: Connection, group: Group, acked: Mapping[str, int]) -> dict[str, Stream]:
    for stream, seq in acked.items():
        stream_rows.forget(connection, stream, seq)
    for stream, pieces in group.pieces.items():
        if pieces:
            stream_rows.append(connection, stream, pieces)
    for name, value in group.marks.items():
        _set_mark(connection, name, value)
    return stream_rows.load(connection)


def _set_mark(connection: Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))
