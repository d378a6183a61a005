"""Takes the sources of logs in turns, in a thread of its own, for as long as the owner of the machine allows logs.

While the journal of the agent has no room, nothing is read: what is not read waits where it is. What was written while
logs were not allowed is left out when they are allowed again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from wacket_agent.logs import sources
from wacket_agent.logs.outlet import PREFIX, Outlet
from wacket_agent.logs.sources import OFF, PATTERNS, Guarded, Options

TURN_SECONDS = 1.0
BUSY_SECONDS = 0.05
MOST_WAITING = 1 << 20  # bytes in the memory of the store
TIDY_SECONDS = 600.0


class LogReading:
    """`store`, `config`: see journal/store.py and config.py. `clock_us` is this machine's own clock."""

    def __init__(self, store: Any, config: Any, clock_us: Callable[[], int]) -> None:
        self._store, self._config, self._clock = store, config, clock_us
        self._outlet = Outlet(store)
        self._sources: list[Guarded] = []
        self._options: Options | None = None  # None while nothing is read
        self._forgotten: set[str] = set()
        self._tidy_at = 0.0

    async def run(self) -> None:
        """Read until cancelled."""
        loop = asyncio.get_running_loop()
        worker = ThreadPoolExecutor(1, "logs")
        self._begin()
        try:
            while True:
                await loop.run_in_executor(worker, self._turn, self._wanted(), time.monotonic())
                self._tidy(time.monotonic())
                await asyncio.sleep(BUSY_SECONDS if self._outlet.is_busy else TURN_SECONDS)
        finally:
            worker.submit(self._close)
            worker.shutdown(wait=True)

    def statistics(self) -> dict[str, int]:
        return {"entries": self._outlet.entries, "sources": len(self._sources)}

    def _begin(self) -> None:
        marks = self._store.marks(PREFIX)
        self._outlet.remember(marks)
        self._forget({name for name, text in marks.items() if not text})

    def _wanted(self) -> Options | None:
        """What is to be read now; None for nothing."""
        return dict(self._config.options.get("logs", {})) if self._config.allows.logs else None

    def _turn(self, wanted: Options | None, now: float) -> None:
        at = self._clock()
        self._outlet.begin_turn()
        if wanted != self._options or (wanted is None and OFF not in self._outlet.marks):
            self._change(wanted, at)
        self._sources = self._sources[1:] + self._sources[:1]  # whoever has much to tell is not always the first
        for source in self._sources:
            if self._store.statistics()["waiting_bytes"] < MOST_WAITING:
                source.poll(now, at)

    def _change(self, wanted: Options | None, at: int) -> None:
        self._close()
        self._options = wanted
        if wanted is None:
            self._outlet.put([], at, {**dict.fromkeys(self._outlet.marks, ""), OFF: "1"})
            return
        self._sources = sources.make(wanted, self._outlet)
        for source in self._sources:  # each finds out where to begin before that is noted as done
            source.poll(time.monotonic(), at)
        self._outlet.put([], at, {PATTERNS: " ".join(sources.patterns(wanted)), OFF: ""})

    def _close(self) -> None:
        for source in self._sources:
            source.close()
        self._sources = []

    def _tidy(self, now: float) -> None:
        """Forget marks of files that are gone, when it is long ago that the store wrote them for the last time."""
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            self._forget(self._forgotten & self._outlet.forgotten)
            self._forgotten = set(self._outlet.forgotten)

    def _forget(self, names: set[str]) -> None:
        with contextlib.suppress(OSError):  # a mark more costs nothing; the next start tries again
            for name in names:
                self._store.forget_mark(name)
                self._outlet.forgotten.discard(name)
