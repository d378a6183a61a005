"""Tells subscribers what has just become durable. In memory: a slow subscriber loses the oldest, and is told so.

It does not store, retry or filter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

Message = Any  # a Told, or whatever a topic's publisher and subscribers agree on


class Told(NamedTuple):
    """A batch that is on disk. `first_id` is the id of its first row (logs: id of row i is first_id + i)."""

    batch: Any  # records.Batch
    first_id: int


class Subscription:
    """One subscriber's bounded mailbox. `lost` counts messages dropped because it was full."""

    def __init__(self, limit: int) -> None:
        self._waiting: deque[Message] = deque(maxlen=limit)
        self._wake = asyncio.Event()
        self.lost = 0

    def put_nowait(self, message: Message) -> None:
        if len(self._waiting) == self._waiting.maxlen:
            self.lost += 1
        self._waiting.append(message)
        self._wake.set()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                yield self._waiting.popleft()


class Bus:
    """Topics are plain names: "batches", "nodes". Must be used on the event loop."""

    def __init__(self) -> None:
        self._topics: dict[str, set[Subscription]] = {}
        self._published = 0

    def publish_nowait(self, topic: str, message: Message) -> None:
        self._published += 1
        for subscription in self._topics.get(topic, ()):
            subscription.put_nowait(message)

    @contextmanager
    def subscribe(self, topic: str, limit: int = 1000) -> Iterator[Subscription]:
        subscription = Subscription(limit)
        self._topics.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._topics[topic].discard(subscription)

    def statistics(self) -> dict[str, Any]:
        return {
            "published": self._published,
            "subscribers": sum(map(len, self._topics.values())),
            "lost": sum(s.lost for subs in self._topics.values() for s in subs),
        }
