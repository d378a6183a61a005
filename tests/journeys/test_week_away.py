"""Eight days without the hub, simulated: all logs are kept, old metrics thin out, the report adds up to the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.told import points
from tests.support.agents import FakeAgent
from tests.support.ask import ask, bodies
from tests.support.fleet import member, until_it_is

from wacket.api.parts import Parts
from wacket_agent.journal import stream_rows
from wacket_agent.journal.store import Store
from wacket_agent.journal.streams import Streams
from wacket_agent.journal.thinning import DAY, SECOND, Limits
from wacket_agent.journal.waiting import Piece

pytestmark = pytest.mark.slow

DAYS, KEPT_WHOLE = 8, 7
EACH_METRIC, EACH_LOG = 30 * SECOND, 600 * SECOND
METRICS, LOGS = DAYS * DAY // EACH_METRIC, DAYS * DAY // EACH_LOG


class Carried:
    """A link for the agent's streams over the connection of a scripted agent."""

    def __init__(self, agent: FakeAgent) -> None:
        self.connected = True
        self.handlers: dict[str, Callable[[dict[str, Any], bytes], None]] = {}
        self.on_welcome: list[Callable[[], None]] = []
        self.on_closed: list[Callable[[], None]] = []
        self._agent, self._said = agent, asyncio.Queue[tuple[dict[str, Any], bytes | None]]()

    def send(self, message: dict[str, Any]) -> None:
        self._said.put_nowait((message, None))

    def send_bytes(self, head: dict[str, Any], payload: bytes) -> None:
        self._said.put_nowait((head, payload))

    def pending_bytes(self) -> int:
        return 0

    def time(self) -> int:
        return 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._speak())
            tasks.create_task(self._listen())

    async def _speak(self) -> None:
        while True:
            head, payload = await self._said.get()
            await (self._agent.send(head) if payload is None else self._agent.send_bytes(head, payload))

    async def _listen(self) -> None:
        while True:
            message, payload = await self._agent.hear("ack", "wait")
            self.handlers[message["t"]](message, payload)


def filled(folder: Path, now: int) -> Store:
    """A journal as an agent has it after those days, had it not thinned anything yet."""
    begin, store = now - DAYS * DAY, Store.open(folder)

    def metric(number: int) -> Piece:
        at = begin + number * EACH_METRIC
        return Piece(1, at, at, b"rain number=%di %d000\n" % (number, at))

    def log(number: int) -> Piece:
        at = begin + number * EACH_LOG
        return Piece(1, at, at, b'{"time": %d, "message": "log %d"}\n' % (at, number))

    def fill(connection: stream_rows.Connection) -> None:
        stream_rows.append(connection, "metrics", map(metric, range(METRICS)))
        stream_rows.append(connection, "logs", map(log, range(LOGS)))

    store._change(fill)
    return store


async def gone_for(hub: Parts, agent: FakeAgent, microseconds: int) -> None:
    """As if it had been away for so long."""
    await agent.bye()
    await until_it_is(hub, "pi-11", "off")
    states, node = hub.fleet.presence._states, agent.welcomed["node"]
    states[node] = states[node]._replace(since=hub.clock() - microseconds)
    await agent.auth()


async def until_all_is_acknowledged(store: Store) -> None:
    async with asyncio.timeout(90):
        while any(store.stream(name).first <= store.stream(name).last for name in ("metrics", "logs")):
            store.flush()
            await asyncio.sleep(0.05)


async def test_after_eight_days_every_line_is_there_or_accounted_for(hub: Parts, tmp_path: Path) -> None:
    agent, now = await member(hub), hub.clock()
    store = filled(tmp_path, now)
    await gone_for(hub, agent, DAYS * DAY)
    link = Carried(agent)
    streams = Streams(store, link, lambda: now, Limits(days=KEPT_WHOLE))
    await streams._thin()
    tasks = [asyncio.ensure_future(each) for each in (link.run(), streams.run())]
    link.on_welcome[0]()
    await until_all_is_acknowledged(store)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await agent.close()
    store.close()

    told = await ask(hub, "/api/v1/nodes/pi-11/completeness")
    lines = {(gap["stream"], gap["kind"]): gap["lines"] for gap in told["gaps"]}
    came = {gap["stream"] for gap in told["gaps"] if gap["kind"] == "away" and gap["came"]}
    old = (DAYS - KEPT_WHOLE) * DAY
    assert came == {"metrics", "logs"} and not told["complete"]
    assert lines.keys() == {("metrics", "away"), ("metrics", "thinned"), ("logs", "away")}
    assert lines["logs", "away"] == LOGS == len(await bodies(hub, node="pi-11"))
    assert lines["metrics", "away"] == len(await points(hub, "rain.number"))
    assert lines["metrics", "away"] + lines["metrics", "thinned"] == METRICS
    assert abs(lines["metrics", "thinned"] - old // EACH_METRIC // 2) <= 2, "one a minute stays"
