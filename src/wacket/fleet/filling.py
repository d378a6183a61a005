"""Fills the overview from what is stored: at the start, and where it could not keep up with what came.

The history is asked in a thread; what came meanwhile is newer and stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wacket.errors import WacketError
from wacket.fleet.overview import LOG_HOLDS, MOST_TEXT, Overview
from wacket.fleet.pulse import SECOND
from wacket.fleet.rows import LastLog
from wacket.fleet.sights import SPARK
from wacket.history.logsearch import LogQuery
from wacket.records import F64, I64, U32, WARN

if TYPE_CHECKING:
    from wacket.history.query import Query
    from wacket.history.values import Points
    from wacket.intake.catalogue import Catalogue

log = logging.getLogger(__name__)

RETRY = 60.0  # seconds
STEP = 10 * SECOND
DAY = 86_400 * SECOND
MOST_LOGS = 2000


class Filling:
    """`run` must be going."""

    def __init__(self, overview: Overview, catalogue: Catalogue, query: Query, clock: Callable[[], int]) -> None:
        self._overview, self._catalogue, self._query, self._clock = overview, catalogue, query, clock

    async def run(self) -> None:
        """Fill it whenever it is behind, until cancelled. A history that cannot answer now is asked again later."""
        failing = ""
        while True:
            await self._overview.behind.wait()
            self._overview.behind.clear()
            try:
                await self.fill()
                failing = ""
            except WacketError as error:
                if str(error) != failing:
                    log.warning("the overview lacks what was before: %s", error)
                failing = str(error)
                self._overview.behind.set()
                await asyncio.sleep(RETRY)

    async def fill(self) -> None:
        """Raises WacketError."""
        now = self._clock()
        ids, known, columns = await asyncio.to_thread(self._asked, now)
        self._overview.learn(ids)
        self._overview.sights.seed(known, *columns)
        await self._fill_sparks(now)
        await self._fill_logs(now)
        self._overview.moved({row.id for row in self._catalogue.nodes()})

    def _asked(self, now: int) -> tuple[U32, U32, tuple[I64, F64, F64]]:
        """All series; those that were heard, with when, with what, and their period. In a thread."""
        ids = [one.id for one in self._catalogue.find()]
        latest, periods = self._query.latest(ids), self._query.periods(now - DAY)
        known = sorted(latest)
        at = np.minimum(np.array([latest[number][0] for number in known], np.int64), now)
        value = np.array([latest[number][1] for number in known], np.float64)
        period = np.array([periods.get(number, np.nan) for number in known], np.float64)
        return np.array(ids, np.uint32), np.array(known, np.uint32), (at, value, period)

    async def _fill_sparks(self, now: int) -> None:
        chosen = self._overview.sights.drawn()
        found: list[Points] = await asyncio.to_thread(self._query.values, chosen, now - SPARK * STEP, now, STEP, "last")
        for points in found:
            pairs = zip(points.at.tolist(), points.value.tolist(), strict=True)
            self._overview.sights.seed_spark(points.series, pairs)

    async def _fill_logs(self, now: int) -> None:
        wanted = LogQuery(severity=WARN, since=now - LOG_HOLDS, limit=MOST_LOGS)
        page = await asyncio.to_thread(self._query.search, wanted)
        for row in reversed(page.rows):
            self._overview.remember_log(row.node, LastLog(row.at, row.severity, row.body[:MOST_TEXT]))
