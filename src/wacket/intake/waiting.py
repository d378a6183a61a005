"""Envelopes that wait to be decoded: bounded in bytes, taken out in turns so that no node starves another.

Runs on the event loop only; decodes nothing and never blocks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from wacket.errors import Unavailable
from wacket.records import Envelope, Receipt, Statistics

Settle = Callable[[Receipt | Exception], None]

OVERHEAD = 500  # bytes that an envelope costs beside its body
GROUP_BYTES = 4 * 1024 * 1024


class Parcel(NamedTuple):
    """An envelope and what to call with its receipt, or with the error that kept it out."""

    envelope: Envelope
    settle: Settle | None


class Waiting:
    """Bytes are counted from `put` until `release`, so what is being decoded and committed counts too."""

    def __init__(self, limit: int, limit_per_node: int) -> None:
        self._limit, self._limit_per_node = limit, limit_per_node
        self._by_node: dict[int, deque[Parcel]] = {}
        self._held: dict[int, int] = {}
        self._total = 0
        self.queued = 0  # bytes of what has been put and not yet taken
        self._urgent = 0
        self._refused = 0
        self.arrived = asyncio.Event()
        self.hurry = asyncio.Event()
        self._room: list[Callable[[], None]] = []

    def put(self, parcel: Parcel) -> None:
        """Raises Unavailable when the node, or all together, hold as much as they may."""
        node, size = parcel.envelope.node, len(parcel.envelope.body) + OVERHEAD
        held = self._held.get(node, 0)
        if held and (self._total + size > self._limit or held + size > self._limit_per_node):
            self._refused += 1
            raise Unavailable("the hub has more waiting than it can take; send again a little later", retry_after=1)
        if self._total + size > 2 * self._limit:
            self._refused += 1
            raise Unavailable("the hub has more waiting than it can take; send again a little later", retry_after=2)
        self._held[node] = held + size
        self._total += size
        self.queued += size
        self._by_node.setdefault(node, deque()).append(parcel)
        if parcel.envelope.urgent or self._total > GROUP_BYTES:
            self.hurry.set()
        self.arrived.set()

    def take(self) -> list[Parcel]:
        """Up to GROUP_BYTES of parcels, one of each node in turn; order within a node is kept."""
        taken: list[Parcel] = []
        size = 0
        while self._by_node and size < GROUP_BYTES:
            for node in list(self._by_node):
                queue = self._by_node[node]
                parcel = queue.popleft()
                if not queue:
                    del self._by_node[node]
                taken.append(parcel)
                size += len(parcel.envelope.body) + OVERHEAD
                if size >= GROUP_BYTES:
                    break
        self.queued -= size
        if not self._by_node:
            self.arrived.clear()
            self.hurry.clear()
        return taken

    def release(self, parcels: list[Parcel]) -> None:
        """These no longer take room: they are on disk, or refused."""
        for parcel in parcels:
            node, size = parcel.envelope.node, len(parcel.envelope.body) + OVERHEAD
            self._total -= size
            left = self._held[node] - size
            if left:
                self._held[node] = left
            else:
                del self._held[node]
        callbacks, self._room = self._room, []
        for callback in callbacks:
            callback()

    async def until_hurry(self, seconds: float) -> None:
        """Return after so long, or as soon as somebody hurries."""
        if not self.hurry.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.hurry.wait(), seconds)

    def when_room(self, callback: Callable[[], None]) -> None:
        """Call once, the next time something has been released."""
        self._room.append(callback)

    def statistics(self) -> Statistics:
        return {
            "waiting_bytes": self._total,
            "waiting_nodes": len(self._held),
            "refused_for_room": self._refused,
        }
