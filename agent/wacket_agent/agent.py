"""The agent as it runs: builds the parts, keeps them running, and ends them when it is told to.

Nothing else builds parts. A part that ends by itself, or raises, is a mistake of ours: the process ends with it, and
the service starts it again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Awaitable, Callable

from wacket_agent import __version__, rejoining, status
from wacket_agent.collecting import Collecting
from wacket_agent.commands.desk import CommandDesk
from wacket_agent.config import Config
from wacket_agent.journal.store import Store
from wacket_agent.journal.streams import Streams
from wacket_agent.journal.thinning import limits_from
from wacket_agent.link.about import About, host_name
from wacket_agent.link.keeping import Link, Standing
from wacket_agent.logs.reading import LogReading
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.opening import Joining

LOOK_SECONDS = 2.0  # between two looks at the settings
DROP_INS = "collectors.d"  # in the folder of the settings


class NotJoined(ValueError):
    """There is no key: somebody has to run `join`."""


def clock() -> int:
    """This machine's own, in µs."""
    return time.time_ns() // 1000


def tell(text: str) -> None:
    """One line for the service's log."""
    sys.stderr.write(f"wacket-agent: {text}\n")
    sys.stderr.flush()


async def run(config: Config, nursery: Any) -> None:
    """Until SIGTERM or SIGINT. Raises NotJoined, OSError (the journal cannot be opened) and ValueError (settings)."""
    stop = asyncio.Event()
    _on_signals(stop.set)
    while not stop.is_set():
        await Agent(config, nursery).run(stop)


class Agent:
    """One life with one key; a `rekey` ends it, and another one begins."""

    def __init__(self, config: Config, nursery: Any) -> None:
        state = Path(config.state)
        joining = rejoining.prepare(state)
        identity = Identity.load(state)
        if identity is None:
            raise NotJoined(f"there is no key in {state}: this machine has not joined a hub. Run `join` first")
        self._config, self._state = config, state
        self._renewed = asyncio.Event()
        self._about = About(config)
        self._said = self._about()
        self._since = clock()
        limits = limits_from(config.options.get("keep", {}))
        self._store = Store.open(state)
        self._link = link = Link(config, identity, self._about, joining)
        link.on_standing.append(self._stands)
        link.on_rekey = self._renew
        self._collecting = Collecting(self._store, config, clock, self._offset, str(config.folder / DROP_INS))
        self._failing: dict[str, str] = {}
        parts = (
            link,
            Streams(self._store, link, clock, limits),
            self._collecting,
            LogReading(self._store, config, clock),
            CommandDesk(self._store, link, config, identity, nursery, clock),
        )
        self._runs: list[Callable[[], Awaitable[None]]] = [self._watch_settings, *(part.run for part in parts)]

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set, or this machine is to be a new node."""
        self._note(self._link.standing)
        tasks = [asyncio.ensure_future(each()) for each in self._runs]
        ends = [asyncio.ensure_future(event.wait()) for event in (stop, self._renewed)]
        try:
            done, _ = await asyncio.wait([*tasks, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled([*tasks, *ends])
            self._store.close()
            self._note(Standing("stopped"))
        for task in done.intersection(tasks):
            task.result()
            raise RuntimeError("a part of the agent ended by itself")

    def _stands(self, standing: Standing) -> None:
        if standing.state in ("connected", "pending"):
            rejoining.done(self._state)
        self._since = clock()
        self._note(standing)
        tell(_sentence(standing, self._config.hub))

    def _note(self, standing: Standing) -> None:
        members = {"version": __version__, **standing._asdict(), "since": self._since, "hub": self._config.hub}
        more = {"allows": self._said["allows"], "trouble": self._config.trouble, "failing": self._failing}
        more["pid"] = os.getpid()
        status.write(self._state, {**members, **more})

    def _renew(self, joining: Joining) -> None:
        tell("the hub gives this machine a new key: another machine has the same one")
        rejoining.ask(self._state, joining._replace(name=host_name()))
        self._renewed.set()

    async def _watch_settings(self) -> None:
        """What the owner changes reaches the hub in seconds; the parts look at the settings themselves."""
        trouble = ""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._note_failing()
            now = self._about()
            if self._config.trouble != trouble:
                trouble = self._config.trouble
                tell(trouble or "the settings can be read again")
            elif now == self._said:
                continue
            self._said = now
            self._link.send({"t": "about", "about": now})
            self._note(self._link.standing)

    def _note_failing(self) -> None:
        failing = self._collecting.failing()
        if failing != self._failing:
            self._failing = failing
            self._note(self._link.standing)

    def _offset(self) -> int | None:
        return self._link.offset if self._link.connected else None


async def _cancelled(tasks: list[asyncio.Future[Any]]) -> None:
    """Until all have ended. Asked again and again: `wait_for` before Python 3.12 may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1.0)


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_event_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _sentence(standing: Standing, hub: str) -> str:
    if standing.state == "connected":
        return f"connected to {hub} as {standing.name}"
    if standing.state == "pending":
        return f"pending: accept {standing.name} on the hub, code {standing.code} ({standing.why})"
    if standing.state == "refused":
        return f"the hub at {hub} refuses this machine: {standing.why}"
    return f"not connected to {hub}: {standing.why}"
