"""One live connection: what its client wants now, the topics that it takes, and what is sent when.

Whatever waits is sent at once where nothing of its kind was sent lately, and gathered else. Nothing waits for a slow
client: what it misses is counted. Only what is on disk is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

import msgspec

from wacket.api.parts import Parts, apart
from wacket.api.watching.lines import MOST_LOGS, messages
from wacket.api.watching.news import Changes, FleetNews
from wacket.api.watching.sieve import Sieve
from wacket.api.watching.wants import Wanted, require_own
from wacket.bus.memory import Subscription, Told
from wacket.errors import WacketError
from wacket.fleet.overview import Moved
from wacket.history.logsearch import LogQuery
from wacket.ledger.commands import CommandRow
from wacket.ledger.nodes import NodeRow

EVERY = 0.05  # seconds between two messages of readings and logs
EVERY_CHANGES, EVERY_FLEET = 0.3, 1.0  # the same for notes and for rows of the overview
BEAT = 2.0  # seconds without a word after which the hub says that it is there
BATCHES, OTHERS = 256, 10_000  # messages of a topic that may wait

Take = Callable[[Any], Awaitable[None]]


class Ear(NamedTuple):
    """A topic of the bus that is listened to."""

    task: asyncio.Task[None]
    subscription: ExitStack


class Channel(NamedTuple):
    """One kind of what is sent. `waits` tells whether there is any of it."""

    every: float
    waits: Callable[[], bool]
    drain: Callable[[], list[bytes]]


class Connection:
    """`own` is the name of who may know only of what is their own, None for those who may read. `tasks` carries it."""

    def __init__(self, parts: Parts, own: str | None, tasks: asyncio.TaskGroup) -> None:
        self._parts, self._own, self._tasks = parts, own, tasks
        self._ready = asyncio.Event()
        self._first: list[bytes] = []  # answers, which go before all else
        self._sieve = Sieve(parts, self._ready)
        self._fleet, self._changes = FleetNews(parts), Changes(own)
        self._ears: dict[str, Ear] = {}
        self._resuming: asyncio.Task[None] | None = None

    def ask(self, wanted: Wanted) -> None:
        """From now on, want this; what was wanted before goes on. Raises WacketError, and then nothing has changed."""
        if self._own is not None:
            require_own(wanted)
        resumes = wanted.logs is not None and not self._sieve.lines.is_same(wanted.logs)
        self._first += self._sieve.drain()  # what came before the answer was wanted before it
        self._sieve.ask(wanted)
        if resumes or wanted.logs is None:
            self._stop_resuming()
        self._listen_for(wanted)
        cursor = self._answer()
        if resumes and wanted.logs is not None and wanted.logs.after is not None:
            missed = self._sieve.lines.resume(cursor)  # now: what is taken from here on is told after that
            self._resuming = self._tasks.create_task(self._resume(missed, wanted.logs.after, cursor))

    def say(self, message: dict[str, Any]) -> None:
        self._first.append(msgspec.json.encode(message))
        self._ready.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """What is to be sent, when it is to be sent."""
        now = asyncio.get_running_loop().time
        channels = [
            Channel(EVERY, lambda: self._sieve.waits, self._sieve.drain),
            Channel(EVERY_CHANGES, lambda: self._changes.waits, self._changes.drain),
            Channel(EVERY_FLEET, lambda: self._fleet.waits, self._fleet.drain),
        ]
        due, spoke = [0.0] * len(channels), now()
        while True:
            self._ready.clear()
            found, self._first = self._first, []
            for place, channel in enumerate(channels):
                if channel.waits() and due[place] <= now():
                    due[place] = now() + channel.every
                    found += channel.drain()
            if not found and now() - spoke >= BEAT:
                found = [msgspec.json.encode({"beat": self._parts.clock()})]
            for message in found:
                yield message
                spoke = now()
            waiting = [due[place] for place, channel in enumerate(channels) if channel.waits()]
            await _set_or_later(self._ready, min([*waiting, spoke + BEAT]) - now())

    def close(self) -> None:
        """Take no more topics."""
        for topic in list(self._ears):
            self._stop(topic)

    # What is asked for

    def _answer(self) -> int:
        """From here on: what was on disk before is in snapshots that are asked for now, all else will be told."""
        overview = self._parts.fleet.overview
        overview.look()
        cursor = overview.cursor if self._own is None else 0
        self.say({"cursor": cursor, "now": self._parts.clock(), "beat": BEAT})
        return cursor

    def _stop_resuming(self) -> None:
        if self._resuming is not None:
            self._resuming.cancel()
            self._resuming = None

    async def _resume(self, missed: LogQuery, after: int, cursor: int) -> None:
        """First what the client missed, then what comes."""
        try:
            rows, fitting = await apart(self._parts, self._parts.query.since, missed, after, cursor, MOST_LOGS)
        except WacketError as error:
            self.say({"error": f"what you missed cannot be told: {error}; ask for it at /api/v1/logs"})
        else:
            self._first += messages(self._parts, rows)
            if fitting > len(rows):
                self.say({"lost": fitting - len(rows)})
        self._sieve.lines.go_on()
        self._ready.set()

    # What comes

    def _listen_for(self, wanted: Wanted) -> None:
        """The topics that are needed now, and no others: a page that looks at one thing must not cost for all."""
        if not wanted.fleet:
            self._fleet.forget()
        if not wanted.changes:
            self._changes.forget()
        self._fleet.wanted, self._changes.wanted = wanted.fleet, wanted.changes
        read = self._own is None
        needed: dict[str, tuple[bool, int, Take]] = {
            "batches": (wanted.of_batches, BATCHES, self._batch),
            "nodes": (read and (wanted.of_names or wanted.changes), OTHERS, self._node),
            "jobs": (read and wanted.changes, OTHERS, self._job),
            "changed": (wanted.changes, OTHERS, self._change),
            "fleet": (wanted.fleet, OTHERS, self._moved),
        }
        for topic, (is_needed, limit, take) in needed.items():
            if is_needed and topic not in self._ears:
                stack = ExitStack()
                heard = stack.enter_context(self._parts.bus.subscribe(topic, limit, watching=True))
                task = self._tasks.create_task(self._hear(topic, heard, take))
                self._ears[topic] = Ear(task, stack)
            elif not is_needed and topic in self._ears:
                self._stop(topic)

    def _stop(self, topic: str) -> None:
        ear = self._ears.pop(topic)
        ear.task.cancel()
        ear.subscription.close()

    async def _hear(self, topic: str, heard: Subscription, take: Take) -> None:
        missed = 0
        async for message in heard:
            if heard.lost != missed:
                self._missed(topic, heard.lost - missed)
                missed = heard.lost
            await take(message)

    def _missed(self, topic: str, count: int) -> None:
        if topic == "batches":
            self._sieve.lost += count
        elif topic == "fleet":
            self._fleet.note_all()
        else:
            self._sieve.look_again()
            self._changes.note_all()

    async def _batch(self, told: Told) -> None:
        await self._sieve.learn(told)
        self._sieve.take(told)

    async def _node(self, row: NodeRow) -> None:
        self._sieve.look_again()
        if self._changes.wanted:
            self._changes.note({"nodes": [row.name]})
            self._ready.set()

    async def _job(self, row: CommandRow) -> None:
        self._changes.note({"jobs": [row.job]})
        self._ready.set()

    async def _change(self, changed: Mapping[str, Any]) -> None:
        self._changes.note(changed)
        self._ready.set()

    async def _moved(self, moved: Moved) -> None:
        self._fleet.note(moved)
        self._ready.set()


async def _set_or_later(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
