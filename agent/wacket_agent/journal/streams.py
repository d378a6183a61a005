"""Brings the lines of the journal to the hub, in order, and lets them go when the hub has them on disk.

After each welcome it says what there is and waits for the hub to say what it has; from there it goes on, with a bounded
part on its way. All that it knows of a connection may be forgotten at any moment: the journal and the hub know where
they are. It also flushes the journal, and thins it when the hub stays away. It connects to nothing: the link does.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections import deque
from typing import Any, Callable, Mapping, Protocol

from wacket_agent.journal import thinning
from wacket_agent.journal.reports import LONGEST_REPORT, Report, first_report
from wacket_agent.journal.store import Store, Stream
from wacket_agent.journal.thinning import Limits
from wacket_agent.journal.waiting import STREAMS

FORMATS = {"metrics": "influx", "logs": "ndjson"}
MOST_REPORTS, MOST_BYTES = 8, 1 << 20  # of a stream on their way: the protocol's limits
MOST_PENDING = 1 << 20  # bytes that the socket has not taken yet
LONGEST_REST = 600.0  # seconds, whatever the hub asks for
TICK = 1.0  # seconds
IDLE_FLUSH = 10.0  # without a hub a flash card is spared: metrics wait so long for each other, logs never
THINNING = 60.0


class LinkLike(Protocol):
    """What is used of the link."""

    connected: bool
    handlers: dict[str, Callable[[dict[str, Any], bytes], None]]
    on_welcome: list[Callable[[], None]]
    on_closed: list[Callable[[], None]]

    def send(self, message: dict[str, Any]) -> None: ...

    def send_bytes(self, head: dict[str, Any], payload: bytes) -> None: ...

    def pending_bytes(self) -> int: ...

    def time(self) -> int: ...


class Cursor:
    """How far a stream has been sent on this connection. Nothing is sent before the hub has said what it has."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begin("")

    def begin(self, epoch: str) -> None:
        self.epoch = epoch
        self.acked = -1
        self.next = -1  # the line to send next; -1 while that is not known
        self.resting_until = 0.0
        self.must_ask = False  # what the hub has: it could not say
        self._on_the_way: deque[tuple[int, int]] = deque()
        self.bytes = 0

    def sent(self, report: Report) -> None:
        self.next = report.last + 1
        self._on_the_way.append((report.last, len(report.lines)))
        self.bytes += len(report.lines)

    def acknowledged(self, seq: int) -> None:
        self.acked = max(self.acked, seq)
        self.next = max(self.next, seq + 1)
        while self._on_the_way and self._on_the_way[0][0] <= seq:
            self.bytes -= self._on_the_way.popleft()[1]

    def rest(self, until: float) -> None:
        """Begin again with what is not acknowledged, later; with the question what that is if it was not answered."""
        self.resting_until = until
        self.must_ask = self.next < 0
        self.next = self.acked + 1 if self.next >= 0 else -1
        self._on_the_way.clear()
        self.bytes = 0

    def has_room(self, now: float) -> bool:
        may_be_more = len(self._on_the_way) < MOST_REPORTS and self.bytes + LONGEST_REPORT <= MOST_BYTES
        return self.next >= 0 and may_be_more and now >= self.resting_until


class Streams:
    """`clock` is the machine's, in µs."""

    def __init__(self, store: Store, link: LinkLike, clock: Callable[[], int], limits: Limits | None = None) -> None:
        self._store, self._link, self._clock = store, link, clock
        self._limits = limits or Limits()
        self._cursors = {name: Cursor(name) for name in STREAMS}
        self._flushed = self._thinned = 0.0
        link.handlers["ack"] = self._on_ack
        link.handlers["wait"] = self._on_wait
        link.on_welcome.append(self._on_welcome)
        link.on_closed.append(self._on_closed)

    async def run(self) -> None:
        loop, wake = asyncio.get_running_loop(), asyncio.Event()
        self._store.when_crowded = functools.partial(loop.call_soon_threadsafe, wake.set)
        try:
            while True:
                await self._tend(loop.time())
                wake.clear()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(wake.wait(), TICK)
        finally:
            self._store.when_crowded = lambda: None

    def statistics(self) -> dict[str, Any]:
        on_the_way = {f"{name}_bytes_on_the_way": cursor.bytes for name, cursor in self._cursors.items()}
        return {**self._store.statistics(), **on_the_way}

    async def _tend(self, now: float) -> None:
        store = self._store
        is_due = store.crowded or store.waits("logs") or (self._link.connected and store.waits())
        if is_due or now - self._flushed >= IDLE_FLUSH:
            store.flush()
            self._flushed = now
        if now - self._thinned >= THINNING:
            self._thinned = now
            # A disk that takes nothing now is asked again a minute later; flush has told of it.
            with contextlib.suppress(OSError):
                await self._thin()
        if self._link.connected:
            self._send_all(now)

    def _send_all(self, now: float) -> None:
        if any(self._must_announce(cursor, now) for cursor in self._cursors.values()):
            self._announce()
        for cursor in self._cursors.values():
            self._send_more(cursor, now)

    def _must_announce(self, cursor: Cursor, now: float) -> bool:
        """The journal was begun anew, or the hub could not answer the last time."""
        is_another = cursor.epoch not in ("", self._store.stream(cursor.name).epoch)
        return is_another or (cursor.must_ask and now >= cursor.resting_until)

    def _send_more(self, cursor: Cursor, now: float) -> None:
        stream = self._store.stream(cursor.name)
        while cursor.has_room(now) and cursor.next < stream.next and self._link.pending_bytes() < MOST_PENDING:
            try:
                rows = self._store.read(cursor.name, cursor.next, LONGEST_REPORT)
            except OSError:
                return  # the next look at it is a tick away, and a damaged journal has another epoch by then
            if not rows:
                return
            report = first_report(rows, cursor.next)
            self._send(stream, report)
            cursor.sent(report)

    def _send(self, stream: Stream, report: Report) -> None:
        head = {"epoch": stream.epoch, "seq": report.seq}
        gap = report.gap
        if gap is None:
            self._link.send_bytes({"t": "report", **head, "format": FORMATS[stream.name]}, report.lines)
        else:
            times = {"since": gap.since, "until": gap.until}
            self._link.send({"t": "skip", **head, "to": report.last, "why": gap.why, **times})

    def _announce(self) -> None:
        """Say what there is; the hub answers with an `ack` for each stream."""
        self._store.flush()
        known = {}
        for name, cursor in self._cursors.items():
            stream = self._store.stream(name)
            cursor.begin(stream.epoch)
            known[name] = {"epoch": stream.epoch, "first": stream.first, "last": stream.last, "since": stream.since}
        self._link.send({"t": "streams", "streams": known})

    def _on_welcome(self) -> None:
        # Where the disk refuses, the next welcome tries again; until then old commands are answered as lost.
        with contextlib.suppress(OSError):
            self._store.date_loss(self._link.time())
        self._announce()

    def _on_closed(self) -> None:
        for cursor in self._cursors.values():
            cursor.begin("")

    def _on_ack(self, message: Mapping[str, Any], _: bytes) -> None:
        cursor, seq = self._meant(message), message.get("seq")
        if cursor is None or type(seq) is not int or seq < -1:
            return
        if seq >= self._store.stream(cursor.name).next:
            self._number_anew(cursor)
            return
        self._store.acknowledge(cursor.name, seq)
        # A hub that was put back from an old copy may lack lines that are not here any more; `first` told it so.
        cursor.acknowledged(max(seq, self._store.stream(cursor.name).first - 1))
        self._send_more(cursor, asyncio.get_running_loop().time())

    def _number_anew(self, cursor: Cursor) -> None:
        """The hub has lines of this epoch that the journal has never numbered: it was put back from an old copy.

        New lines under those numbers would be taken for known ones, and lost.
        """
        if cursor.next >= 0:
            return  # nonsense: the hub has said already what it has
        with contextlib.suppress(OSError):  # flush tells of it, and the next connection comes here again
            self._store.renew(cursor.name)
            self._announce()

    def _on_wait(self, message: Mapping[str, Any], _: bytes) -> None:
        cursor, retry = self._meant(message), message.get("retry")
        if cursor is None or not isinstance(retry, (int, float)):
            return
        seconds = max(float(retry), TICK) if retry < LONGEST_REST else LONGEST_REST
        cursor.rest(asyncio.get_running_loop().time() + seconds)

    def _meant(self, message: Mapping[str, Any]) -> Cursor | None:
        epoch = message.get("epoch")
        return next((cursor for cursor in self._cursors.values() if epoch and cursor.epoch == epoch), None)

    async def _thin(self) -> None:
        store = self._store
        while True:
            streams = store.stream("metrics"), store.stream("logs")
            step = thinning.next_step(*streams, store.oldest, self._limits, self._clock())
            if step is None:
                break
            name = step.part.stream
            decision = thinning.decide(step, store.outline(name, step.part.start, thinning.MOST_ROWS))
            store.thin(name, decision.gaps, decision.why, *thinning.marks_after(step, decision, store.stream(name)))
            await asyncio.sleep(0)
        store.tidy()
