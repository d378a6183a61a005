"""What arrives, as it arrives, over a WebSocket: readings of chosen series and logs that fit.

The client says what it wants, and may say it anew at any time. Messages are gathered for a tenth of a second. Nothing
waits for a slow client: what it misses is counted and told as `lost`. Only what is on disk is told. Looks nothing up.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from msgspec import Meta

from wacket.api import logs
from wacket.api.access import Caller, caller_of, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.targeting import node_ids
from wacket.bus.memory import Subscription, Told
from wacket.errors import BadRequest, NotFound, WacketError
from wacket.history.logsearch import LogRow
from wacket.records import U32, Logs, Readings

router = APIRouter()
Reader = Annotated[Caller, Depends(may("read"))]

EVERY = 0.1  # seconds between two messages
CHECK_EVERY = 5  # seconds after which a revoked token or a logout ends the connection
FIRST_WORD = 30  # seconds in which the client says what it wants
MOST_READINGS, MOST_LOGS = 2000, 500  # rows in one message
MOST_TEXT = 65_536  # characters of what a client says
POLICY = 1008  # the close code for "may not"
UNKNOWN, UNWANTED, WANTED = range(3)  # what is known of a series

Text = Annotated[str, Meta(max_length=1000)]
Glob = Annotated[str, Meta(max_length=200)]


class WantedLogs(msgspec.Struct, forbid_unknown_fields=True):
    """`severity` is a name or a number. `find` is compared without regard to the case of ASCII letters."""

    node: Text = ""
    severity: int | Text = ""
    find: Text = ""


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """What a client asks for: readings of the series that fit any of these globs, and logs, if `logs` is there."""

    readings: Annotated[list[Glob], Meta(max_length=100)] = []
    logs: WantedLogs | None = None


@router.websocket("/api/v1/live")
async def live(caller: Reader, websocket: WebSocket) -> None:
    """The client sends `{"readings": ["rig-3/*"], "logs": {"severity": "warn"}}`; the hub sends
    `{"readings": [{id, node, name, at, value}]}`, `{"logs": […]}` and `{"lost": n}`."""
    parts = parts_of(websocket)
    await websocket.accept()
    try:
        async with asyncio.timeout(FIRST_WORD):
            wanted = understood(await _heard(websocket))
        sieve = Sieve(parts, wanted)
    except (WacketError, TimeoutError) as error:
        await _refuse(websocket, str(error) or f"say what you want within {FIRST_WORD} s")
        return
    except WebSocketDisconnect:
        return
    with parts.bus.subscribe("batches", limit=256) as batches, parts.bus.subscribe("nodes", limit=1) as nodes:
        checking = asyncio.ensure_future(_check(websocket))
        jobs = (_gather(batches, sieve), _follow(nodes, sieve), _send(websocket, sieve), _listen(websocket, sieve))
        await _until_one_ends([checking, *map(asyncio.ensure_future, jobs)])
    if not checking.cancelled():
        await _refuse(websocket, checking.result())


def understood(text: str | bytes) -> Wanted:
    """What a client wants. Raises BadRequest."""
    try:
        if len(text) > MOST_TEXT:
            raise BadRequest(f"a message may have {MOST_TEXT} characters")
        return msgspec.json.decode(text, type=Wanted)
    except (msgspec.MsgspecError, RecursionError) as error:
        example = '{"readings": ["rig-3/*"], "logs": {"severity": "warn"}}'
        raise BadRequest(f"this is not what a client may say: {error}; for example {example}") from None


class Sieve:
    """Keeps of each batch what the client wants, the newest where it is too much. Used on the event loop only."""

    def __init__(self, parts: Parts, wanted: Wanted) -> None:
        self._parts = parts
        self.lost = 0
        self.ready = asyncio.Event()
        self.ask(wanted)

    def ask(self, wanted: Wanted) -> None:
        """From now on, want this. Raises BadRequest or NotFound, and then nothing has changed."""
        chosen = wanted.logs
        node = next(iter(node_ids(self._parts, [chosen.node]))) if chosen and chosen.node else None
        least = logs.severity_number(str(chosen.severity)) if chosen and chosen.severity != "" else 0
        self._wanted, self._node, self._least = wanted, node, least
        self.forget()
        self._readings: list[Readings] = []
        self._logs: list[LogRow] = []

    def forget(self) -> None:
        """A node may be called otherwise: find out anew which series are wanted."""
        self._wants = np.zeros(0, np.int8)  # by series id: UNKNOWN, WANTED or UNWANTED

    async def learn(self, told: Told) -> None:
        """Find out which series of a batch are wanted, beside the loop: they may be thousands, and a hundred globs."""
        readings: Readings | None = told.batch.readings
        if readings is None or not len(readings):
            return
        while self._wanted.readings and len(fresh := self._unknown(readings)):  # `ask` and `forget` begin anew
            wants, globs = self._wants, self._wanted.readings
            fitting = await apart(self._parts, self._parts.catalogue.fitting, fresh.tolist(), globs)
            wants[fresh] = UNWANTED
            wants[fitting] = WANTED

    def take(self, told: Told) -> None:
        """Look through one batch whose series have been learned."""
        readings: Readings | None = told.batch.readings
        if readings is not None and self._wanted.readings and len(readings):
            self._take_readings(readings)
        lines: Logs | None = told.batch.logs
        if lines is not None and self._wanted.logs is not None and len(lines):
            self._take_logs(lines, told.first_id)

    def drain(self) -> list[bytes]:
        """The messages to send now."""
        readings, lines, lost = Readings.concat(self._readings), self._logs, self.lost
        self._readings, self._logs, self.lost = [], [], 0
        lost += max(0, len(readings) - MOST_READINGS)
        messages: list[dict[str, Any]] = []
        if len(readings):
            messages.append({"readings": self._rows(readings)})
        if lines:
            messages.append({"logs": logs.as_json(self._parts, lines)})
        if lost:
            messages.append({"lost": lost})
        return [msgspec.json.encode(message) for message in messages]

    def _take_readings(self, readings: Readings) -> None:
        rows = np.flatnonzero(self._wants[readings.series] == WANTED)
        if len(rows):
            self.lost += max(0, len(rows) - MOST_READINGS)
            rows = rows[-MOST_READINGS:]
            kept = Readings(readings.series[rows], readings.at[rows], readings.value[rows], readings.quality[rows])
            if sum(map(len, self._readings)) > 2 * MOST_READINGS:
                self.lost += len(self._readings.pop(0))
            self._readings.append(kept)
            self.ready.set()

    def _unknown(self, readings: Readings) -> U32:
        highest = int(readings.series.max())
        if highest >= len(self._wants):
            self._wants = np.pad(self._wants, (0, highest + 1 - len(self._wants)))
        return np.unique(readings.series[self._wants[readings.series] == UNKNOWN])

    def _take_logs(self, lines: Logs, first_id: int) -> None:
        chosen = self._wanted.logs or WantedLogs()
        fits = lines.severity >= self._least
        if self._node is not None:
            fits &= lines.node == self._node
        if chosen.find:
            fits &= rows_with(lines, chosen.find)
        rows = np.flatnonzero(fits)
        self.lost += max(0, len(rows) - MOST_LOGS)
        self._logs += [_log_row(lines, row, first_id) for row in rows[-MOST_LOGS:].tolist()]
        self.lost += max(0, len(self._logs) - MOST_LOGS)
        del self._logs[:-MOST_LOGS]
        if self._logs:
            self.ready.set()

    def _rows(self, readings: Readings) -> list[dict[str, Any]]:
        ids = readings.series[-MOST_READINGS:].tolist()
        names = {number: self._parts.catalogue.get(number) for number in set(ids)}
        pairs = zip(ids, readings.at[-MOST_READINGS:].tolist(), readings.value[-MOST_READINGS:].tolist(), strict=True)
        return [
            {"id": number, "node": one.node_name, "name": one.name, "at": at, "value": value}
            for number, at, value in pairs
            if (one := names[number]) is not None
        ]


def rows_with(lines: Logs, find: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
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


def _log_row(lines: Logs, row: int, first_id: int) -> LogRow:
    source, body, attrs = (
        column.bytes_at(row).decode("utf-8", "replace") for column in (lines.source, lines.body, lines.attrs)
    )
    return LogRow(
        first_id + row, int(lines.at[row]), int(lines.node[row]), source, int(lines.severity[row]), body, attrs
    )


async def _gather(subscription: Subscription, sieve: Sieve) -> None:
    missed = 0
    async for told in subscription:
        sieve.lost += subscription.lost - missed
        missed = subscription.lost
        await sieve.learn(told)
        sieve.take(told)


async def _follow(renamed: Subscription, sieve: Sieve) -> None:
    async for _ in renamed:
        sieve.forget()


async def _send(websocket: WebSocket, sieve: Sieve) -> None:
    while True:
        await sieve.ready.wait()
        sieve.ready.clear()
        for message in sieve.drain():
            await websocket.send_text(message.decode())
        await asyncio.sleep(EVERY)


async def _listen(websocket: WebSocket, sieve: Sieve) -> None:
    while True:
        try:
            sieve.ask(understood(await _heard(websocket)))
        except (BadRequest, NotFound) as error:
            await websocket.send_text(msgspec.json.encode({"error": str(error)}).decode())


async def _heard(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    said: str | bytes = message.get("text") or message.get("bytes") or ""
    return said


async def _check(websocket: WebSocket) -> str:
    """Why the caller may no longer read, once that is so. Closing is for later, when nobody sends any more."""
    while True:
        await asyncio.sleep(CHECK_EVERY)
        try:
            await caller_of(websocket, "read")
        except WacketError as error:
            return str(error)


async def _refuse(websocket: WebSocket, reason: str) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await websocket.send_text(msgspec.json.encode({"error": reason}).decode())
        await websocket.close(POLICY, reason.encode()[:120].decode("utf-8", "ignore"))


async def _until_one_ends(tasks: list[asyncio.Future[Any]]) -> None:
    """A client that leaves ends one of the tasks, and the others end with it. Our own bugs rise."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, WebSocketDisconnect):
            raise error
