"""What the tests of the cluster watch share: events that a history would hold, and workers that do as they are told."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
from tests.support.journal import until

from wacket.bus.memory import Bus, Told
from wacket.errors import Unavailable
from wacket.ledger.store import Ledger
from wacket.records import Batch, Logs
from wacket.settings import Clusters
from wacket.watch.clusters import ClusterWatch
from wacket.watch.features import Features, energy_nodes

FINE = """
import json, sys
asked = json.loads(sys.argv[1])
got = len(sys.stdin.buffer.read())
found = [{"label": 0, "count": got // 64}]
drawn = {"points": [[float(n)] * 8 for n in range(3)], "labels": [0, 0, -1]}
json.dump({"sample": 1, "bandwidth": 2.5, "clusters": found, "centres": [[0.5] * 8], **drawn}, sys.stdout)
"""
# Tells who it is, then never ends by itself.
STUCK = "import os, sys, signal; open(sys.argv[0] + '.pid', 'w').write(str(os.getpid())); signal.pause()"
BROKEN = "import sys; sys.exit('some lines\\nit is the wrong kind of day')"


class Kept:
    """The events that a history would hold."""

    def __init__(self) -> None:
        self.rows, self.skipped, self.earlier, self.asked = 0, 0, 0, 0
        self.failing = ""

    def features(self) -> Features:
        self.asked += 1
        self._fail_if_so_told()
        return Features(np.zeros((self.rows, 8)), self.skipped)

    def count_since(self, at: int) -> int:
        self._fail_if_so_told()
        return self.earlier

    def _fail_if_so_told(self) -> None:
        if self.failing:
            raise Unavailable(self.failing)

    def count_in(self, logs: Logs) -> int:
        return len(energy_nodes(logs))


def made(ledger: Ledger, bus: Bus, kept: Kept, at: int = 1000, patience: float = 20, every: int = 10) -> ClusterWatch:
    return ClusterWatch(Clusters(every=every), ledger, bus, kept, lambda: at, patience, retry=0)


@contextlib.asynccontextmanager
async def going(watch: ClusterWatch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def told(*sources: str) -> Told:
    return Told(Batch(logs=Logs.of([(1, 1, 2, source, 9, "b", "") for source in sources])), 1)


async def subscribed(bus: Bus) -> None:
    await until(lambda: bus._topics.get("batches"))


def becomes(worker: Path, text: str) -> None:
    worker.write_text(text)


def pid_of(worker: Path) -> int:
    """The process that a stuck worker said it is; 0 if it said nothing yet."""
    told = Path(f"{worker}.pid")
    return int(told.read_text() or 0) if told.exists() else 0


def alive(pid: int) -> bool:
    assert pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
