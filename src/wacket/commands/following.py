"""A job as a stream of events, from its beginning to its end, for whoever follows it.

Nothing is held for a slow follower but which commands have changed: what they said is read from the disk when there is
room to send it, so an event is never ahead of what is stored. Docs: docs/reference/commands.md.
"""

from __future__ import annotations

import asyncio
import base64
import codecs
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from wacket.commands.board import Job
from wacket.commands.control import CommandDesk
from wacket.commands.kept.pieces import CUT, STREAMS, Piece
from wacket.commands.kept.spool import Reader
from wacket.commands.states import counts
from wacket.ledger.commands import CommandRow

AT_ONCE = 256  # commands that are read in one turn
TURN = 1024 * 1024  # bytes of output read in one turn
SIGN_OF_LIFE = 15.0  # seconds

Event = dict[str, Any]


class _Taken(NamedTuple):
    """What one turn gives of a command. `more` is left to read."""

    command: str
    pieces: list[Piece]
    more: bool


class Words:
    """Text of one stream, where it is text: a character that is torn between two records waits for its end."""

    def __init__(self) -> None:
        self._torn = b""

    def event(self, payload: bytes) -> Event:
        data = self._torn + payload
        try:
            text, used = codecs.utf_8_decode(data, "strict", False)
        except UnicodeDecodeError:
            self._torn = b""
            return {"base64": base64.b64encode(data).decode()}
        self._torn = data[used:]
        return {"text": text}

    def rest(self) -> Event | None:
        """What is torn at the end of all."""
        return {"base64": base64.b64encode(self._torn).decode()} if self._torn else None


class _Followed:
    """One command, as far as it was told."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.told = ""
        self.away: bool | None = None
        self.words = {name: Words() for name in STREAMS.values()}

    def events(self, node: str, pieces: Iterable[Piece]) -> list[Event]:
        return [self._event(node, piece) for piece in pieces]

    def rests(self, node: str, offset: int) -> list[Event]:
        found = ((name, words.rest()) for name, words in self.words.items())
        head = {"event": "output", "node": node, "offset": offset}
        return [{**head, "stream": name, **rest} for name, rest in found if rest is not None]

    def _event(self, node: str, piece: Piece) -> Event:
        if piece.kind == CUT:
            cut = piece.cut
            return {"event": "cut", "node": node, "out": cut.out, "err": cut.err, "bytes": cut.skipped}
        name = STREAMS[piece.kind]
        said = self.words[name].event(piece.payload)
        return {"event": "output", "node": node, "stream": name, "offset": piece.offset, **said}


class Follower:
    """`name` gives a node's name. To be iterated once; `with` ends the following."""

    def __init__(self, desk: CommandDesk, job: Job, name: Callable[[int], str]) -> None:
        self._desk, self._job, self._name = desk, job, name
        self._changed: dict[str, CommandRow] = {}
        self._followed: dict[str, _Followed] = {}
        self._wake = asyncio.Event()
        self._dismissed = False

    def __enter__(self) -> Follower:
        self._job.followers.add(self._hear)
        self._desk.attend(self.dismiss)
        for row in self._job.rows.values():
            self._hear(row)
        return self

    def __exit__(self, *_: object) -> None:
        self._job.followers.discard(self._hear)
        self._desk.leave(self.dismiss)

    def dismiss(self) -> None:
        """The hub ends: no more lines. Without the event `end` it is plain that this was not the end of the job."""
        self._dismissed = True
        self._wake.set()

    def _hear(self, row: CommandRow) -> None:
        self._changed[row.id] = row
        self._wake.set()

    async def lines(self) -> AsyncIterator[bytes]:
        """NDJSON, some events at a time; an empty line where nothing happens for a while."""
        yield _lines([self._beginning()])
        is_told = False
        while not (is_told or self._dismissed):
            if not (self._changed or self._job.over):
                yield b"" if await self._woken() else b"\n"
                continue
            events = await self._turn()
            is_told = self._job.over and not self._changed
            yield _lines([*events, self._end()] if is_told else events)

    async def _woken(self) -> bool:
        try:
            async with asyncio.timeout(SIGN_OF_LIFE):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _turn(self) -> list[Event]:
        """What is new of some commands; what is not read to its end comes in the next turn."""
        self._wake.clear()
        batch = dict(list(self._changed.items())[:AT_ONCE])
        for number in batch:
            del self._changed[number]
        untils = {number: until for number, row in batch.items() if (until := self._until(row)) != 0}
        for number in untils.keys() - self._followed.keys():
            row = batch[number]
            self._followed[number] = _Followed(Reader(self._desk.outputs.place(row.job, row.node)))
        readers = {number: (self._followed[number].reader, until) for number, until in untils.items()}
        taken = {one.command: one for one in await asyncio.to_thread(_read, readers)} if readers else {}
        events: list[Event] = []
        for number, row in batch.items():
            one = taken.get(number)
            if one is not None:
                events += self._followed[number].events(self._name(row.node), one.pieces)
            if one is not None and one.more:
                self._changed.setdefault(number, row)
            else:
                events += self._state(row, one.pieces[-1].next if one and one.pieces else 0)
        return events

    def _until(self, row: CommandRow) -> int | None:
        """How far the output may be read: 0 where there is none, None for all of it."""
        live = self._desk.board.command(row.id)
        if live is None:
            return None if row.digest else 0
        return live.incoming.durable if live.incoming else 0

    def _state(self, row: CommandRow, offset: int) -> list[Event]:
        followed = self._followed.get(row.id) or self._followed.setdefault(
            row.id, _Followed(Reader(self._desk.outputs.place(row.job, row.node)))
        )
        away = row.ended is None and row.state != "queued" and not self._desk.is_up(row.node)
        if (followed.told, followed.away) == (row.state, away):
            return []
        followed.told, followed.away = row.state, away
        node = self._name(row.node)
        rests = followed.rests(node, offset) if row.ended is not None else []
        return [*rests, {"event": "state", "node": node, **shown(row, away)}]

    def _end(self) -> Event:
        return {"event": "end", "counts": counts(row.state for row in self._job.rows.values())}

    def _beginning(self) -> Event:
        row, names = self._job.row, {one.id: self._name(one.node) for one in self._job.rows.values()}
        waiting = sorted(names[one.id] for one in self._job.rows.values() if one.state == "queued")
        return {
            "event": "job",
            "id": row.id,
            "nodes": sorted(names.values()),
            "waiting": waiting,
            "left_out": [{"node": node, "why": why} for node, why in row.left_out],
        }


def shown(row: CommandRow, unreachable: bool) -> dict[str, Any]:
    """How a command stands, as everybody is told it; what is not known is left out."""
    found: dict[str, Any] = {"state": row.state, "command": row.id}
    names = ("exit", "signal", "seconds", "peak", "started", "ended", "cancel")
    found |= {name: value for name in names if (value := getattr(row, name)) is not None}
    found |= {name: value for name in ("reason", "killed", "files") if (value := getattr(row, name))}
    if row.ended is not None:
        found |= {"out": row.out, "err": row.err}
    return found | ({"unreachable": True} if unreachable else {})


def _read(readers: Mapping[str, tuple[Reader, int | None]]) -> list[_Taken]:
    """In a thread: what is new of each, about TURN bytes in all."""
    left, found = TURN, []
    for number, (reader, until) in readers.items():
        pieces = reader.read(until, left) if left > 0 else []
        left -= sum(piece.weight for piece in pieces)
        found.append(_Taken(number, pieces, left <= 0))
    return found


def _lines(events: list[Event]) -> bytes:
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)
