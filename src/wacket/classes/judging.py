"""Has answers judged by the check program of their round, where it has one; the verdict ends the round for that person.

An answer waits in the ledger until it is judged, so that none is forgotten when the hub is stopped. How a check program
is run is check.py's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from wacket.classes.desk import ClassDesk, Step
from wacket.classes.rounds import set_or_late
from wacket.errors import WacketError
from wacket.ledger import class_sets, classes
from wacket.ledger.classes import ClassRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

log = logging.getLogger(__name__)

CHECK = "check"  # the judge of what no person has judged
SHOWN_TO_CHECK = ("user", "hw_command", "hw_response", "hw_err", "hw_exit")


class Judge(Protocol):
    async def verdict(self, program: str, answer: Mapping[str, Any]) -> str:
        """What the program says of the answer. Raises WacketError where it cannot be asked now."""


class Judging:
    """To be told by the desk; `run` does the work."""

    def __init__(self, ledger: Ledger, desk: ClassDesk, judge: Judge) -> None:
        self._ledger, self._desk, self._judge = ledger, desk, judge
        self._at_work: set[str] = set()
        self._news = asyncio.Event()
        self._told = ""
        self._judged = 0
        desk.told.append(self._heard)

    async def run(self) -> None:
        """For as long as the hub runs; begins with what was left over."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                for row in await asyncio.to_thread(self._ledger.read, classes.to_judge):
                    if row.user not in self._at_work:
                        self._at_work.add(row.user)
                        tasks.create_task(self._judge_one(row))
                await set_or_late(self._news)

    def statistics(self) -> Statistics:
        return {"judged": self._judged, "at_work": len(self._at_work)}

    def _heard(self, row: ClassRow) -> None:
        if row.state == 3 and row.round is not None:
            self._news.set()

    async def _judge_one(self, row: ClassRow) -> None:
        try:
            made = await asyncio.to_thread(self._ledger.read, lambda c: class_sets.round_of(c, row.round or 0))
            if made is not None:
                verdict = await self._judge.verdict(made.check_text, answer_of(row))
                values = {"server_anal": verdict}
                await self._desk.carry([Step(row.user, "server_analysis_provide", values, "", CHECK, row.round)])
                self._judged += 1
            self._told = ""
        except WacketError as error:
            if str(error) != self._told:
                log.warning("an answer could not be judged, and is tried again: %s", error)
            self._told = str(error)
        finally:
            self._at_work.discard(row.user)


def answer_of(row: ClassRow) -> dict[str, Any]:
    """What a check program is given."""
    return {name: getattr(row, name) for name in SHOWN_TO_CHECK}
