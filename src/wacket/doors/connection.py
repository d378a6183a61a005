"""One sender's connection to the TCP door: cut into lines, bounded, and never dropped from silently.

When the hub cannot keep up or its disk is full the connection is read no further until it can: the sender waits, and
nothing is lost. Knows nothing of what the lines mean.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from wacket.doors import hello
from wacket.doors.hello import Hello
from wacket.doors.unsettled import FAILED, OFFERED, STORED, Piece, Unsettled, in_order
from wacket.errors import BadRequest, Forbidden, Unavailable, WacketError
from wacket.framing.lines import Lines
from wacket.intake.admission import Speaker
from wacket.records import Envelope, Receipt, arrival

if TYPE_CHECKING:
    from wacket.doors.tcp import TcpDoor

UNSETTLED = 4 * 1024 * 1024  # bytes of one connection that may be on their way to the disk
RETRY_SECONDS = 0.2


class LineConnection(asyncio.Protocol):
    """One sender. Lines are numbered from 1 as they come; `ok N` and `no N …` speak of those numbers."""

    __slots__ = (
        "closing", "door", "heard_at", "hello", "lines", "loop", "paused", "peer", "pending", "retrying", "speaker",
        "stuck", "transport", "whole_at",
    )  # fmt: skip

    def __init__(self, door: TcpDoor) -> None:
        self.door = door
        self.loop = asyncio.get_running_loop()
        self.lines = Lines(door.settings.line_limit)
        self.hello: Hello | None = None
        self.speaker: Speaker | None = None
        self.pending = Unsettled()
        self.closing = self.paused = self.retrying = self.stuck = False
        self.heard_at = self.whole_at = self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.peer = str((transport.get_extra_info("peername") or ("unknown",))[0])
        if len(self.door.connections) >= self.door.settings.connections:
            self._turn_away(Unavailable("too many connections; try again later"))
            return
        self.door.counts["opened"] += 1
        self.door.connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self.closing:  # its half line was taken as a whole one: what comes now cannot be told from a new line
            return
        self.heard_at = self.loop.time()
        chunk = self.lines.feed(data)
        if chunk or self.lines.dropped or not self.lines.held:
            self.whole_at = self.heard_at
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
        if self.pending.pieces:
            self.door.leaving.add(self)

    def pause_writing(self) -> None:
        """The sender does not read its answers: it is not read either, or they would fill the memory."""
        self.stuck = True
        self._pause()

    def resume_writing(self) -> None:
        self.stuck = False
        self._resume_if_room()

    def is_owed_a_line(self) -> bool:
        """Whether the rest of a line is due. Not while the hub itself does not read."""
        return bool(self.lines.held) and not self.paused

    def finish(self) -> None:
        """Take the half line, answer what is on its way, and close."""
        if not self.closing:
            if half := self.lines.close():
                self._take_half(half)
            self.closing = True
            self._pause()
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
        self.pending = Unsettled()
        self.door.settled(self)
        self.hello, self.closing = Hello(), True
        if not self.transport.is_closing():
            self.door.counts["refused"] += 1
            self.transport.write(b"no 0 " + _one_line(str(error)) + b"\n")
            self.transport.close()

    def _welcome(self, said: Hello, speaker: Speaker) -> None:
        if said.epoch is not None and not self.transport.is_closing():
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
        if not self.paused or self.closing or self.stuck or self.retrying or self.speaker is None:
            return
        if self.pending.bytes <= UNSETTLED // 2 and not self.transport.is_closing():
            self.paused, self.whole_at = False, self.loop.time()
            self.transport.resume_reading()

    def _close_when_done(self) -> None:
        if not self.closing or self.pending.pieces:
            return
        self.door.settled(self)
        if not self.transport.is_closing():
            self.heard_at = self.loop.time()
            self.transport.close()


def _one_line(text: str) -> bytes:
    return " ".join(text.split())[:300].encode("utf-8", "replace")
