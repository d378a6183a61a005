"""All that there is of jobs for one hub: the desk, those who make jobs, and where what they leave behind is kept.

Its parts are made in the order in which they need each other. Nothing here does a part's work but keep up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wacket.commands.control import CommandDesk
from wacket.commands.issuing import SECOND, Issuing, Nodes
from wacket.commands.kept import upkeep
from wacket.commands.kept.blobs import Blobs
from wacket.commands.kept.brought import BroughtFiles
from wacket.commands.kept.outputs import Outputs
from wacket.commands.schedules import Schedules
from wacket.commands.signer import Signer
from wacket.errors import WacketError
from wacket.ledger import jobs as job_rows
from wacket.records import Statistics
from wacket.settings import Commands

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.ledger.store import Ledger

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two looks at what can go
DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Jobs:
    """`close` it when `run` has ended."""

    folder: Path
    settings: Commands
    clock: Callable[[], int]
    ledger: Ledger
    nodes: Nodes
    outputs: Outputs
    blobs: Blobs
    brought: BroughtFiles
    desk: CommandDesk
    issuing: Issuing
    schedules: Schedules
    due: upkeep.Due

    @classmethod
    def open(
        cls,
        folder: Path,
        settings: Commands,
        ledger: Ledger,
        signer: Signer,
        bus: Bus,
        nodes: Nodes,
        clock: Callable[[], int],
        admit: Callable[[], None] = lambda: None,
    ) -> Jobs:
        """`folder` is the hub's; outputs and blobs are folders in it. All that was open goes on."""
        outputs = Outputs(folder / "outputs", settings.head_bytes, settings.tail_bytes)
        blobs = Blobs(folder / "blobs", settings.blobs_bytes)
        brought = BroughtFiles(outputs, settings.file_bytes)
        desk = CommandDesk(ledger, signer, outputs, blobs, brought, bus, clock)
        issuing = Issuing(ledger, desk, blobs, nodes, clock, admit)
        schedules = Schedules(ledger, issuing, lambda job: desk.board.job(job) is not None, clock)
        due = upkeep.Due(settings.keep_bytes // 100)
        return cls(folder, settings, clock, ledger, nodes, outputs, blobs, brought, desk, issuing, schedules, due)

    async def run(self) -> None:
        """Keep all of it going until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.desk.run())
            tasks.create_task(self.schedules.run())
            tasks.create_task(self._keep_up())

    def close(self) -> None:
        self.outputs.close()
        self.brought.close()

    async def keep_up(self) -> None:
        """End what waits for nobody, and remove what is old. Raises WacketError and OSError."""
        retired = {node.row.id for node in self.nodes(None) if node.row.state == "retired"}
        self.desk.course.sweep(self.settings.lost_days, retired)
        if not self.due.is_now(self.outputs.written_bytes, self.clock()):
            return
        open_jobs = self.desk.board.jobs()
        needed = {name for live in self.desk.board for name in live.job.spec.blobs()}
        await asyncio.to_thread(self._trim, open_jobs, needed)

    def statistics(self) -> Statistics:
        return {**self.desk.statistics(), "schedules": self.schedules.statistics()}

    async def _keep_up(self) -> None:
        failing = ""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.keep_up()
                failing = ""
            except (WacketError, OSError) as error:
                if str(error) != failing:
                    log.warning("what old jobs left behind cannot be removed, which is tried again: %s", error)
                failing = str(error)

    def _trim(self, open_jobs: set[int], needed: set[str]) -> None:
        now, kept = self.clock() // SECOND, self.settings.keep_days * DAY

        def asked(first: int) -> dict[int, int]:
            return self.ledger.read(lambda connection: job_rows.times(connection, first))

        before = int(now - kept) * SECOND if kept else 0
        upkeep.trim(self.folder / "outputs", open_jobs, asked, before, self.settings.keep_bytes)
        old = DAY if self.blobs.is_half_full else kept
        if old:
            self.blobs.sweep(needed | self.schedules.blobs(), now - old)
