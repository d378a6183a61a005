"""Keeps of each batch what a client wants, the newest where it is too much; what was left out is counted.

Used on the event loop only, but for globs, which are held against new series beside it. Lines become rows when they are
sent: of what is too much nothing is ever touched on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np

from wacket.api import logs
from wacket.api.parts import Parts, apart
from wacket.api.targeting import meant
from wacket.api.watching.lines import Lines, messages
from wacket.api.watching.wants import Wanted
from wacket.bus.memory import Told
from wacket.errors import NotFound, WacketError
from wacket.records import U32, Readings

MOST_READINGS = 2000  # rows in one message
UNKNOWN, UNWANTED, WANTED = range(3)  # what is known of a series


class Sieve:
    """`ready` is set when there is something to send."""

    def __init__(self, parts: Parts, ready: asyncio.Event) -> None:
        self._parts, self._ready = parts, ready
        self._wanted = Wanted()
        self._readings: list[Readings] = []
        self.lines = Lines()
        self.lost = 0
        self.forget()

    @property
    def waits(self) -> bool:
        """Whether there is something to send."""
        return bool(self._readings or self.lost or self.lines.ready)

    def ask(self, wanted: Wanted) -> None:
        """From now on, want this. Raises BadRequest or NotFound, and then nothing has changed."""
        for number in wanted.series:
            if self._parts.catalogue.get(number) is None:
                raise NotFound(f"no series has the number {number}; see /api/v1/series")
        chosen = wanted.logs
        nodes = meant(self._parts, sorted(chosen.names), chosen.target) if chosen else None
        least = logs.severity_number(str(chosen.severity)) if chosen and chosen.severity != "" else 0
        if (wanted.readings, wanted.series) != (self._wanted.readings, self._wanted.series):
            self.forget()
            self._readings = []
        self.lines.choose(chosen, nodes, least)
        self._wanted = wanted

    def look_again(self) -> None:
        """A node may be called otherwise, or have other tags: find out anew what is wanted."""
        self.forget()
        chosen = self._wanted.logs
        if chosen and chosen.target:
            with suppress(WacketError):  # it means nobody now: those whom it meant are told for as long as that is so
                self.lines.come_from(meant(self._parts, sorted(chosen.names), chosen.target))

    def forget(self) -> None:
        """Find out anew which series are wanted."""
        self._wants = np.zeros(0, np.int8)  # by series id: UNKNOWN, WANTED or UNWANTED

    async def learn(self, told: Told) -> None:
        """Find out which series of a batch are wanted, beside the loop: they may be thousands, and a hundred globs."""
        readings: Readings | None = told.batch.readings
        if readings is None or not len(readings):
            return
        while (self._wanted.readings or self._wanted.series) and len(fresh := self._unknown(readings)):
            wants, wanted = self._wants, self._wanted  # `ask` and `forget` begin anew
            wants[fresh] = UNWANTED
            wants[fresh[np.isin(fresh, wanted.series)]] = WANTED
            if wanted.readings:
                wants[await self._fitting(fresh, wanted.readings)] = WANTED

    async def _fitting(self, fresh: U32, globs: Sequence[str]) -> list[int]:
        return await apart(self._parts, self._parts.catalogue.fitting, fresh.tolist(), globs)

    def take(self, told: Told) -> None:
        """Look through one batch whose series have been learned."""
        readings: Readings | None = told.batch.readings
        if readings is not None and len(readings) and (self._wanted.readings or self._wanted.series):
            self._take_readings(readings)
        if told.batch.logs is not None:
            self.lost += self.lines.take(told.batch.logs, told.first_id)
        if self.waits:
            self._ready.set()

    def drain(self) -> list[bytes]:
        """The messages to send now."""
        readings, lost = Readings.concat(self._readings), self.lost
        self._readings, self.lost = [], 0
        lost += max(0, len(readings) - MOST_READINGS)
        found: list[bytes] = []
        if len(readings):
            found.append(msgspec.json.encode({"readings": self._rows(readings)}))
        found += messages(self._parts, self.lines.drain())
        if lost:
            found.append(msgspec.json.encode({"lost": lost}))
        return found

    def _take_readings(self, readings: Readings) -> None:
        rows = np.flatnonzero(self._wants[readings.series] == WANTED)
        if len(rows):
            self.lost += max(0, len(rows) - MOST_READINGS)
            rows = rows[-MOST_READINGS:]
            kept = Readings(readings.series[rows], readings.at[rows], readings.value[rows], readings.quality[rows])
            if sum(map(len, self._readings)) > 2 * MOST_READINGS:
                self.lost += len(self._readings.pop(0))
            self._readings.append(kept)

    def _unknown(self, readings: Readings) -> U32:
        highest = int(readings.series.max())
        if highest >= len(self._wants):
            self._wants = np.pad(self._wants, (0, highest + 1 - len(self._wants)))
        return np.unique(readings.series[self._wants[readings.series] == UNKNOWN])

    def _rows(self, readings: Readings) -> list[dict[str, Any]]:
        ids = readings.series[-MOST_READINGS:].tolist()
        names = {number: self._parts.catalogue.get(number) for number in set(ids)}
        pairs = zip(ids, readings.at[-MOST_READINGS:].tolist(), readings.value[-MOST_READINGS:].tolist(), strict=True)
        return [
            {"id": number, "node": one.node_name, "name": one.name, "at": at, "value": value}
            for number, at, value in pairs
            if (one := names[number]) is not None
        ]
