"""All that there is of the class for one hub: the desk, rounds on agents and workers, and the judging of answers.

Its parts are made in the order in which they need each other. Nothing here does a part's work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wacket.classes.check import Checker
from wacket.classes.desk import ClassDesk
from wacket.classes.judging import Judging
from wacket.classes.machines import AgentMachines, follow
from wacket.classes.rounds import ClassRounds
from wacket.records import Statistics

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.commands.jobs import Jobs
    from wacket.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Classroom:
    """`desk` and `rounds` are for the API; `run` must be going."""

    desk: ClassDesk
    rounds: ClassRounds
    judging: Judging
    bus: Bus

    @classmethod
    def open(
        cls, ledger: Ledger, jobs: Jobs, bus: Bus, clock: Callable[[], int], admit: Callable[[], None]
    ) -> Classroom:
        desk = ClassDesk(ledger, clock, admit)
        desk.told.append(lambda row: bus.publish_nowait("changed", {"classes": [row.user]}))
        machines = AgentMachines(ledger, jobs.issuing, jobs.desk, jobs.blobs)
        return cls(desk, ClassRounds(ledger, desk, machines, clock), Judging(ledger, desk, Checker()), bus)

    async def run(self) -> None:
        """Keep rounds going until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for job in (self.rounds.run(), self.judging.run(), follow(self.bus, self.rounds)):
                tasks.create_task(job)

    def statistics(self) -> Statistics:
        return {**self.rounds.statistics(), **self.judging.statistics()}
