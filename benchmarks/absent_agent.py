"""The agent's collectors and journal without a hub, hours in seconds: what `agent_rows/absence.py` runs with `-I -S`.

Drives the parts by a clock of its own instead of waiting: every collector that is due is asked (the machine is the real
one), the lines go into the journal, the journal is flushed and thinned as often as it would be. Prints resident KiB
after the first hour and at the end, the processor seconds, the lines and the bytes of the journal, as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

program, folder, hours = sys.argv[1], sys.argv[2], float(sys.argv[3])
sys.path.insert(0, program)

from wacket_agent import collectors  # noqa: E402
from wacket_agent.collecting import MOST_STUCK, collected  # noqa: E402
from wacket_agent.collectors._context import Absent, Context, Machine  # noqa: E402
from wacket_agent.collectors._limited import Limited  # noqa: E402
from wacket_agent.journal.store import Store  # noqa: E402
from wacket_agent.journal.streams import THINNING, Streams  # noqa: E402

STEP = 5.0  # seconds
DEAREST = {"packages"}  # begins another program once a day; its cost is not in this process


class NoLink:
    """What is used of a link, and never connects."""

    connected = False

    def __init__(self) -> None:
        self.handlers: dict = {}
        self.on_welcome: list = []
        self.on_closed: list = []


def resident() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def main() -> None:
    now = time.time_ns() // 1000
    store = Store.open(folder)
    streams = Streams(store, NoLink(), lambda: now)
    machine = Machine(Limited(MOST_STUCK), clock=lambda: now / 1e6, wall=lambda: now / 1e6)
    asked = [(one, Context(machine)) for one in map(collectors.find, collectors.known()) if one.name not in DEAREST]
    after_an_hour = turns = 0
    steps = int(hours * 3600 / STEP)
    for step in range(steps):
        now += int(STEP * 1e6)
        for collector, context in asked:
            if step % max(1, round(collector.period / STEP)):
                continue
            try:
                told = collected(collector, context, {}, now)
            except Absent:
                continue
            turns += 1
            if told.metrics:
                store.add("metrics", told.metrics, now)
            if told.logs:
                store.add("logs", told.logs, now)
        if step % 2:
            store.flush()
        if step % int(THINNING / STEP) == 0:
            await streams._thin()
        if step == int(3600 / STEP):
            after_an_hour = resident()
    kept = store.statistics()["streams"]
    facts = {
        "after_an_hour": after_an_hour,
        "end": resident(),
        "cpu": time.process_time(),
        "turns": turns,
        "kept": kept,
    }
    store.close()
    print(json.dumps(facts | {"kept": kept}))


asyncio.run(main())
