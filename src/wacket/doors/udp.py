"""The UDP door: lines in datagrams. Nothing is acknowledged; what cannot be taken is dropped and counted by sender."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from wacket.errors import Unavailable, WacketError
from wacket.intake.admission import Admission
from wacket.intake.intake import Intake
from wacket.records import Envelope, Statistics, arrival

MOST_PEERS_COUNTED = 1000
STOP_SECONDS = 5.0  # for what was read, when the hub ends


class UdpDoor(asyncio.DatagramProtocol):
    """A datagram holds one or more lines; a line does not go on in the next datagram."""

    def __init__(self, admission: Admission, intake: Intake, clock: Callable[[], int]) -> None:
        self._admission, self._intake, self._clock = admission, intake, clock
        self._datagrams = 0
        self._refused = 0
        self._dropped: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, listening: socket.socket) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=listening)
        return transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._datagrams += 1
        peer = str(address[0])
        try:
            speaker = self._admission.known(None, None, peer)
            if speaker is None:
                self._meet(peer, data)
                return
            self._submit(speaker.node, speaker.adopted, peer, data)
        except WacketError:
            self._refused += 1

    async def close(self) -> None:
        """Return when the datagrams of new senders are with the intake, or after STOP_SECONDS."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)

    def statistics(self) -> Statistics:
        dropped = dict(sorted(self._dropped.items(), key=lambda item: -item[1])[:20])
        return {
            "datagrams": self._datagrams,
            "refused": self._refused,
            "dropped": sum(self._dropped.values()),
            "dropped_by_peer": dropped,
        }

    def _submit(self, node: int, adopted: bool, peer: str, data: bytes) -> None:
        envelope = Envelope("udp", peer, node, "auto", arrival(self._clock()), data, adopted=adopted, urgent=False)
        try:
            self._intake.submit(envelope, lambda result: self._settle(peer, result))
        except Unavailable:
            self._drop(peer)

    def _settle(self, peer: str, result: object) -> None:
        if isinstance(result, Exception):
            self._drop(peer)

    def _drop(self, peer: str) -> None:
        counted = peer if peer in self._dropped or len(self._dropped) < MOST_PEERS_COUNTED else "others"
        self._dropped[counted] = self._dropped.get(counted, 0) + 1

    def _meet(self, peer: str, data: bytes) -> None:
        """A new sender: a node is made for it once; what it sends in the meantime waits in its own task."""
        if len(self._tasks) > MOST_PEERS_COUNTED:
            self._drop(peer)
            return
        task = asyncio.get_running_loop().create_task(self._admit(peer, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _admit(self, peer: str, data: bytes) -> None:
        try:
            speaker = await self._admission.admit(None, None, peer)
        except WacketError:
            self._refused += 1
            return
        self._submit(speaker.node, speaker.adopted, peer, data)
