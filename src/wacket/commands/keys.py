"""Remembers by which Idempotency-Key each job of the last day was asked, so that asking again makes no second one.

The keys are kept with the jobs, so they outlive the hub. In memory there are as many as a day brings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from wacket.commands import spec
from wacket.ledger import jobs
from wacket.ledger.store import Ledger

DAY = 86_400_000_000  # µs
MOST = 100_000

Key = tuple[str, str]  # who asked, and what they called it


class Keys:
    """Used on the event loop."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int]) -> None:
        self._jobs: dict[Key, int] = {}
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        since = clock() - DAY

        def work(connection: Connection) -> None:
            for row in jobs.since(connection, since):
                self.remember(row.actor, spec.read(row.spec).key, row.id)

        ledger.read(work)

    def turn(self, actor: str, key: str) -> asyncio.Lock:
        """Of those who ask with the same key, one after the other."""
        return self._turns.setdefault((actor, key), asyncio.Lock())

    def find(self, actor: str, key: str) -> int | None:
        return self._jobs.get((actor, key))

    def remember(self, actor: str, key: str, job: int) -> None:
        if key:
            self._jobs[actor, key] = job
            if len(self._jobs) > MOST:
                del self._jobs[next(iter(self._jobs))]
