"""The TCP door: boards that print lines. Each connection is cut into lines, bounded, and never dropped from silently.

When the hub cannot keep up or its disk is full the connection is read no further until it can: the sender waits, and
nothing is lost. Knows nothing of what the lines mean.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from functools import partial

from wacket.doors import hello
from wacket.doors.hello import Hello
from wacket.doors.unsettled import FAILED, OFFERED, STORED, Piece, Unsettled, in_order
from wacket.errors import BadRequest, Forbidden, Unavailable, WacketError
from wacket.framing.lines import Lines
from wacket.intake.admission import Admission, Speaker
from wacket.intake.intake import Intake
from wacket.records import Envelope, Receipt, Statistics, arrival
from wacket.settings import Doors

UNSETTLED = 4 * 1024 * 1024  # bytes of one connection that may be on their way to the disk
RETRY_SECONDS = 0.2


class TcpDoor:
    """Listens, limits, and sweeps out connections that are idle or never finish a line."""

    def __init__(self, admission: Admission, intake: Intake, settings: Doors, clock: Callable[[], int]) -> None:
        self.admission, self.intake, self.settings, self.clock = admission, intake, settings, clock
        self.connections: set[LineConnection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.counts = dict.fromkeys(
            ("opened", "refused", "lines_refused", "closed_idle", "closed_slow", "held_back", "cut_off"), 0
        )

    async def serve(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Take connections on a bound socket."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: LineConnection(self), sock=listening, ssl=tls, backlog=4096)

    async def sweep(self, every: float = 5.0) -> None:
        """Close connections that are silent, or slow with a half line, for longer than the settings say."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every)
            self.sweep_once(loop.time())

    def sweep_once(self, now: float) -> None:
        for connection in list(self.connections):
            silent = now - connection.heard_at
            if connection.lines.held and silent > self.settings.slow_seconds:
                self.counts["closed_slow"] += 1
                connection.finish()
            elif silent > self.settings.idle_seconds and not connection.pending.pieces:
                self.counts["closed_idle"] += 1
                connection.finish()

    async def close(self) -> None:
        """End every connection; what was taken in is still handed to the intake."""
        for connection in list(self.connections):
            connection.finish()

    def statistics(self) -> Statistics:
        return {
            "open": len(self.connections),
            **self.counts,
            "unsettled_bytes": sum(connection.pending.bytes for connection in self.connections),
        }


class LineConnection(asyncio.Protocol):
    """One sender. Lines are numbered from 1 as they come; `ok N` and `no N …` speak of those numbers."""

    __slots__ = (
        "closing", "door", "heard_at", "hello", "lines", "loop", "paused", "peer", "pending", "retrying", "speaker",
        "transport",
    )  # fmt: skip

    def __init__(self, door: TcpDoor) -> None:
        self.door = door
        self.loop = asyncio.get_running_loop()
        self.lines = Lines(door.settings.line_limit)
        self.hello: Hello | None = None
        self.speaker: Speaker | None = None
        self.pending = Unsettled()
        self.closing = self.paused = self.retrying = False
        self.heard_at = self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.peer = str((transport.get_extra_info("peername") or ("unknown",))[0])
        if len(self.door.connections) >= self.door.settings.connections:
            self._turn_away(Unavailable("too many connections; try again later"))
            return
        self.door.counts["opened"] += 1
        self.door.connections.add(self)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.loop.time()
        chunk = self.lines.feed(data)
        if self.lines.dropped:
            self._take(in_order(chunk, self.lines.dropped, self.lines.limit))
        elif chunk:
            self._take([(chunk, None)])

    def eof_received(self) -> bool:
        self.finish()
        return True  # the answers still have to go out

    def connection_lost(self, error: Exception | None) -> None:
        self.finish()
        self.door.connections.discard(self)

    def finish(self) -> None:
        """Take the half line, answer what is on its way, and close."""
        if not self.closing:
            if half := self.lines.close():
                self._take_half(half)
            self.closing = True
        self._close_when_done()

    def _take_half(self, half: bytes) -> None:
        """A line that its sender did not end is kept, unless the sender numbers its lines: then it sends it again
        whole, and the half of it would stand in its place."""
        if self.hello is None and half.startswith(hello.WORD):
            self._turn_away(BadRequest("the hello line did not end with a line feed"))
        elif self.hello is not None and self.hello.epoch is not None:
            self.door.counts["cut_off"] += 1
        else:
            self._take([(half, None)])

    def _take(self, pieces: list[tuple[bytes, str | None]]) -> None:
        if self.hello is None and pieces:
            pieces = self._introduce(pieces)
        for body, refusal in pieces:
            self.pending.add(body, refusal)
        if self.speaker is None:
            return
        try:
            self.speaker = self.door.admission.again(self.speaker)
        except Forbidden as error:
            self._turn_away(error)
        else:
            self._offer()

    def _introduce(self, pieces: list[tuple[bytes, str | None]]) -> list[tuple[bytes, str | None]]:
        """The first line may be a hello; either way the sender's node is found before anything is handed over."""
        body, refusal = pieces[0]
        said = Hello()
        try:
            if refusal is None and body.startswith(hello.WORD):
                line, _, rest = body.partition(b"\n")
                said = hello.parse(line)
                pieces = [(rest, None), *pieces[1:]] if rest else pieces[1:]
            self.hello = said
            self.pending.numbered = said.epoch is not None
            self.speaker = self.door.admission.known(said.token, said.node, self.peer)
        except WacketError as error:
            self._turn_away(error)
            return []
        if self.speaker is not None:
            self._welcome(said, self.speaker)
        else:
            self._pause()
            self.door.tasks.add(task := self.loop.create_task(self._admit(said)))
            task.add_done_callback(self.door.tasks.discard)
        return pieces

    async def _admit(self, said: Hello) -> None:
        try:
            self.speaker = await self.door.admission.admit(said.token, said.node, self.peer)
        except WacketError as error:
            self._turn_away(error)
            return
        self._welcome(said, self.speaker)
        self._offer()
        self._resume_if_room()

    def _turn_away(self, error: Exception) -> None:
        self.door.counts["refused"] += 1
        self.pending = Unsettled()
        self.hello, self.closing = Hello(), True
        self.transport.write(b"no 0 " + _one_line(str(error)) + b"\n")
        self.transport.close()

    def _welcome(self, said: Hello, speaker: Speaker) -> None:
        if said.epoch is not None:
            have = self.door.intake.have(speaker.node, said.epoch, said.sequence)
            self.transport.write(b"have %d\n" % have)

    def _offer(self) -> None:
        """Give the intake what it does not have yet, as far as it has room; stop reading while it has none."""
        if self.retrying:
            return
        for piece in self.pending.to_offer():
            try:
                self.door.intake.submit(self._envelope(piece), partial(self._settle, piece))
            except Unavailable:
                self._try_again_later()
                break
            piece.state = OFFERED
        if self.pending.bytes > UNSETTLED:
            self._pause()
        self._close_when_done()

    def _envelope(self, piece: Piece) -> Envelope:
        said, speaker = self.hello, self.speaker
        assert said is not None and speaker is not None  # noqa: S101 - nothing is offered before the welcome
        return Envelope(
            door="tcp",
            peer=self.peer,
            node=speaker.node,
            format=said.format,
            received_at=arrival(self.door.clock()),
            body=piece.body,
            epoch=said.epoch,
            sequence=said.sequence + piece.first if said.epoch is not None else None,
            adopted=speaker.adopted,
            urgent=said.ack or said.epoch is not None,
            refusal=piece.refusal,
        )

    def _settle(self, piece: Piece, result: Receipt | Exception) -> None:
        if isinstance(result, Receipt):
            piece.state, piece.receipt = STORED, result
            self._answer()
            self._resume_if_room()
        elif not isinstance(result, Unavailable):  # it will be the same however often it is offered
            if not self.transport.is_closing():
                self._turn_away(result)
            return
        else:
            piece.state = FAILED
            self._try_again_later()
        self._close_when_done()

    def _answer(self) -> None:
        answers: list[bytes] = []
        before = self.pending.answered_lines
        for piece in self.pending.answered():
            rejects = piece.receipt.rejects if piece.receipt else ()
            first = self.pending.answered_lines
            answers += [b"no %d %s\n" % (first + r.offset + 1, _one_line(r.reason)) for r in rejects]
            self.door.counts["lines_refused"] += piece.receipt.rejected if piece.receipt else 0
        on_disk = self.pending.answered_lines
        if on_disk > before and self.hello is not None and self.hello.ack and not self.transport.is_closing():
            self.transport.write(b"".join([*answers, b"ok %d\n" % on_disk]))

    def _try_again_later(self) -> None:
        self._pause()
        if not self.retrying:
            self.door.counts["held_back"] += 1
            self.retrying = True
            self.loop.call_later(RETRY_SECONDS, self._retry)

    def _retry(self) -> None:
        self.retrying = False
        self._offer()
        self._resume_if_room()

    def _pause(self) -> None:
        if not self.paused and not self.transport.is_closing():
            self.paused = True
            self.transport.pause_reading()

    def _resume_if_room(self) -> None:
        if self.paused and not self.retrying and self.pending.bytes <= UNSETTLED // 2:
            self.paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def _close_when_done(self) -> None:
        if self.closing and not self.pending.pieces and not self.transport.is_closing():
            self.transport.close()


def _one_line(text: str) -> bytes:
    return " ".join(text.split())[:300].encode("utf-8", "replace")
