"""What is on its way to one node: commands, what they need, and answers, in order and never more than the link takes.

Signs and sends; whether something is to be sent at all is decided before (control.py).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wacket.commands import envelope
from wacket.commands.board import Live
from wacket.commands.kept.blobs import Blobs
from wacket.commands.signer import Signer
from wacket.errors import NotFound
from wacket.seams import Link

PIECE = 256 * 1024  # bytes of a blob in one message
SMALL = 32 * 1024  # bytes of a blob that goes before its command, unasked
FULL = 1024 * 1024  # bytes on their way, above which nothing more is sent
PAUSE = 0.01  # seconds between two looks at a full link
MOST_ASKED = 64  # blobs that a node may wait for at once


class Wanted(NamedTuple):
    """A blob from an offset on."""

    sha256: str
    offset: int


class Post:
    """One connection of a node, as long as it lasts. Used on the event loop."""

    def __init__(self, link: Link, signer: Signer, blobs: Blobs) -> None:
        self.link, self._signer, self._blobs = link, signer, blobs
        self._queue: deque[Callable[[], Mapping[str, Any] | Wanted]] = deque()
        self._going: asyncio.Task[None] | None = None
        self._asked: set[str] = set()
        self.cancels: set[str] = set()  # ids of the cancels sent, which are no commands of the ledger

    def command(self, live: Live) -> None:
        """Send a command, and what it needs where that is small."""
        for name in live.job.spec.blobs():
            self._put(lambda name=name: Wanted(name, -1))  # type: ignore[misc]
        self._put(lambda: self._signed(self._envelope(live)))

    def cancel(self, live: Live, number: str, now: int) -> None:
        self.cancels.add(number)
        text = envelope.cancel(number, self.link.key_id, live.job.row.actor, live.row.id, now)
        self._put(lambda: self._signed(text))

    def blob(self, name: str, offset: int) -> bool:
        """Send a blob from there on. False where the node waits for too many, or for this one already."""
        if name in self._asked or len(self._asked) >= MOST_ASKED:
            return False
        self._asked.add(name)
        self._put(lambda: Wanted(name, offset))
        return True

    def say(self, message: Mapping[str, Any]) -> None:
        """An answer, which overtakes what waits."""
        self.link.send(message)

    def close(self) -> None:
        if self._going is not None:
            self._going.cancel()
        self._queue.clear()

    def _put(self, make: Callable[[], Mapping[str, Any] | Wanted]) -> None:
        if self._going is None and self.link.pending_bytes() < FULL:
            said = make()
            if not isinstance(said, Wanted):
                self.link.send(said)
                return
            self._queue.append(lambda: said)
        else:
            self._queue.append(make)
        if self._going is None:
            self._going = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._queue:
            said = self._queue.popleft()()
            if isinstance(said, Wanted):
                await self._send_blob(said)
            else:
                await self._wait_for_room()
                self.link.send(said)
        self._going = None

    async def _send_blob(self, wanted: Wanted) -> None:
        """Offset -1: only if it is small. One that is gone is not sent, and the command expires or times out."""
        unasked = wanted.offset < 0
        try:
            size = await asyncio.to_thread(self._blobs.size, wanted.sha256)
            offset = max(0, wanted.offset)
            while not (unasked and size > SMALL):
                piece = await asyncio.to_thread(self._blobs.read, wanted.sha256, offset, PIECE)
                await self._wait_for_room()
                head = {"t": "blob", "sha256": wanted.sha256, "offset": offset, "size": size}
                self.link.send_bytes(head, piece)
                offset += len(piece)
                if offset >= size or not piece:
                    break
        except NotFound:
            return
        finally:
            if not unasked:
                self._asked.discard(wanted.sha256)

    async def _wait_for_room(self) -> None:
        while self.link.pending_bytes() >= FULL:  # noqa: ASYNC110 - a link has nothing to wait for
            await asyncio.sleep(PAUSE)

    def _envelope(self, live: Live) -> str:
        row, job = live.row, live.job
        return envelope.command(row.id, self.link.key_id, job.row.actor, job.spec, row.queued, row.expires)

    def _signed(self, text: str) -> Mapping[str, Any]:
        signature = self._signer.sign(envelope.signed_text(text)).hex()
        return {"t": "command", "envelope": text, "sig": signature}
