"""Tells subscribers what has just become durable. In memory: a slow subscriber loses the oldest, and is told so.

It does not store, retry or filter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from wacket.records import Batch, Statistics

MOST_BYTES = 64 * 1024 * 1024  # of batches that one subscriber may leave lying

Message = Any  # a Told, or whatever a topic's publisher and subscribers agree on


class Told(NamedTuple):
    """A batch that is on disk. `first_id` is the id of its first row (logs: id of row i is first_id + i)."""

    batch: Batch
    first_id: int


class Subscription:
    """One subscriber's mailbox, bounded in messages and bytes. `lost` counts those dropped because it was full.

    The newest is always kept, whatever its size. `watching`: a person looks at what comes, as it comes.
    """

    def __init__(self, limit: int, most_bytes: int = MOST_BYTES, *, watching: bool = False) -> None:
        self._limit, self._most_bytes, self.watching = limit, most_bytes, watching
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self.lost = 0

    def put_nowait(self, message: Message) -> None:
        self._bytes += _size(message)
        while self._waiting and (len(self._waiting) >= self._limit or self._bytes > self._most_bytes):
            self._take()
            self.lost += 1
        self._waiting.append(message)
        self._wake.set()

    def _take(self) -> Message:
        message = self._waiting.popleft()
        self._bytes -= _size(message)
        return message

    def take_all(self) -> list[Message]:
        """What lies here now, for whoever looks now and then instead of waiting."""
        found = list(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return found

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                yield self._take()


class Bus:
    """Topics are plain names: "batches", "nodes", "jobs", "fleet", and "changed" for all else that pages look at: its
    messages are mappings such as {"notes": True} or {"classes": ["ada"]}. Must be used on the event loop.
    """

    def __init__(self) -> None:
        self._topics: dict[str, set[Subscription]] = {}
        self._published = 0
        self._lost_by_those_who_left = 0

    def publish_nowait(self, topic: str, message: Message) -> None:
        self._published += 1
        for subscription in self._topics.get(topic, ()):
            subscription.put_nowait(message)

    @contextmanager
    def subscribe(self, topic: str, limit: int = 1000, *, watching: bool = False) -> Iterator[Subscription]:
        subscription = Subscription(limit, watching=watching)
        self._topics.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._topics[topic].discard(subscription)
            self._lost_by_those_who_left += subscription.lost

    def is_watched(self, topic: str) -> bool:
        """Whether a person looks at it as it comes: then a publisher should not gather for long."""
        return any(subscription.watching for subscription in self._topics.get(topic, ()))

    def statistics(self) -> Statistics:
        present = [subscription for some in self._topics.values() for subscription in some]
        return {
            "published": self._published,
            "subscribers": len(present),
            "lost": self._lost_by_those_who_left + sum(subscription.lost for subscription in present),
        }


def _size(message: Message) -> int:
    return message.batch.size if isinstance(message, Told) else 0
