"""The TCP door: boards that print lines. Listens, limits, and sweeps out who only takes up room.

What becomes of the lines of one connection is in `connection.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from wacket.doors.connection import LineConnection
from wacket.intake.admission import Admission
from wacket.intake.intake import Intake
from wacket.records import Statistics
from wacket.settings import Doors

STOP_SECONDS = 5.0  # for what was read, when the hub ends; no longer, because its disk may be full for days


class TcpDoor:
    """Listens, limits, and sweeps out connections that are idle, never finish a line or do not read their answers."""

    def __init__(self, admission: Admission, intake: Intake, settings: Doors, clock: Callable[[], int]) -> None:
        self.admission, self.intake, self.settings, self.clock = admission, intake, settings, clock
        self.connections: set[LineConnection] = set()
        self.leaving: set[LineConnection] = set()  # their senders are gone, and not all of their lines are on disk
        self.tasks: set[asyncio.Task[None]] = set()
        self._one_settled = asyncio.Event()
        self.counts = dict.fromkeys(
            ("opened", "refused", "lines_refused", "closed_idle", "closed_slow", "aborted", "held_back", "cut_off"), 0
        )

    async def serve(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Take connections on a bound socket."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: LineConnection(self), sock=listening, ssl=tls, backlog=4096)

    async def sweep(self, every: float = 5.0) -> None:
        """Close connections that have been silent, or slow with a line, for longer than the settings say."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every)
            self.sweep_once(loop.time())

    def sweep_once(self, now: float) -> None:
        for connection in list(self.connections):
            silent = now - connection.heard_at
            if connection.transport.is_closing():
                if silent > self.settings.slow_seconds:  # it does not read the last answers
                    self.counts["aborted"] += 1
                    connection.transport.abort()
            elif connection.is_owed_a_line() and now - connection.whole_at > self.settings.slow_seconds:
                self.counts["closed_slow"] += 1
                connection.finish()
            elif silent > self.settings.idle_seconds and not connection.pending.pieces:
                self.counts["closed_idle"] += 1
                connection.finish()

    async def close(self) -> None:
        """Read no more, and end every connection; returns when all that was read is on disk, or after STOP_SECONDS."""
        for connection in list(self.connections):
            connection.finish()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while any(one.pending.pieces for one in self.connections | self.leaving):
                    self._one_settled.clear()
                    await self._one_settled.wait()

    def settled(self, connection: LineConnection) -> None:
        """This one ends and has nothing left that is on its way to the disk."""
        self.leaving.discard(connection)
        self._one_settled.set()

    def statistics(self) -> Statistics:
        return {
            "open": len(self.connections),
            **self.counts,
            "unsettled_bytes": sum(one.pending.bytes for one in self.connections | self.leaving),
        }
