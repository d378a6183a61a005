"""The table of commands: what the agent was told to do, and what came of it. Never twice rests on this table.

Functions of an open connection; nothing here begins or ends a transaction.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from wacket_agent.journal.database import Connection

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS commands (id TEXT PRIMARY KEY, envelope TEXT NOT NULL, boot TEXT NOT NULL,
       at INTEGER NOT NULL, state TEXT NOT NULL, result TEXT NOT NULL, settled INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS commands_open ON commands (id) WHERE NOT settled",
)
_COLUMNS = "SELECT id, envelope, boot, at, state, result, settled FROM commands"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CommandRow(NamedTuple):
    """`at` is when it was accepted (µs), `boot` the boot of the machine then, `result` the end state's message."""

    id: str
    envelope: str
    boot: str
    at: int
    state: str
    result: str
    settled: bool


def accept(connection: Connection, command: str, envelope: str, boot: str, at: int) -> bool:
    row = (command, envelope, boot, at)
    return connection.execute("INSERT OR IGNORE INTO commands VALUES (?, ?, ?, ?, 'accepted', '', 0)", row).rowcount > 0


def known(connection: Connection, command: str) -> CommandRow | None:
    row = connection.execute(f"{_COLUMNS} WHERE id = ?", (command,)).fetchone()
    return _row(row) if row else None


def unsettled(connection: Connection) -> list[CommandRow]:
    """Oldest first: ids sort by time."""
    return [_row(row) for row in connection.execute(f"{_COLUMNS} WHERE NOT settled ORDER BY id")]


def set_state(connection: Connection, command: str, state: str, result: str | None) -> None:
    connection.execute("UPDATE commands SET state = ?, result = ? WHERE id = ?", (state, result or "", command))


def settle(connection: Connection, command: str, state: str, result: str) -> None:
    """The envelope goes, for it may be large; the id stays, so that the command is never taken again."""
    row = (state, result, command)
    connection.execute("UPDATE commands SET settled = 1, envelope = '', state = ?, result = ? WHERE id = ?", row)


def forget_before(connection: Connection, at: int) -> None:
    connection.execute("DELETE FROM commands WHERE settled AND at < ?", (at,))


def milliseconds_of(command: str) -> int | None:
    """When an id (a ULID) was made, ms since 1970 by the hub's clock; None if it is no such id."""
    head = command[:10].upper()
    if len(command) != 26 or any(letter not in _DIGITS for letter in head):
        return None
    number = 0
    for letter in head:
        number = number * 32 + _DIGITS.index(letter)
    return number


def _row(row: Sequence[Any]) -> CommandRow:
    identity, envelope, boot, at, state, result, settled = row
    return CommandRow(identity, envelope, boot, at, state, result, bool(settled))
