"""Asks every collector in its own time, and keeps what it tells.

Each collector fails alone: an error is told once, and the collector is asked again later and later. One that hangs
blocks only itself. With metrics not allowed nothing is asked, with logs not allowed only numbers are kept. Turns fall
on multiples of the period, moved by a part that is the agent's own, so that the numbers of one machine stand side by
side and a thousand machines do not report in the same second. Does not send: that is for `streams`.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple

from wacket_agent import collectors, lines
from wacket_agent.collectors import LIMIT, Collector
from wacket_agent.collectors._context import Absent, Context, Machine
from wacket_agent.collectors._dropins import DropIns
from wacket_agent.collectors._limited import Limited, Stuck
from wacket_agent.collectors._periods import LONGEST_BACK_OFF, back_off, pause, period_of
from wacket_agent.lines import Log, Point

AT_ONCE = 4  # turns that run beside each other
MOST_STUCK = 4  # collectors that have not come back, and as many parts of collectors
MOST_TOLD = 2000  # points and logs of one turn
LOOK_AGAIN = 30.0  # seconds: for drop-ins that came or went, and for settings that changed
ABSENT_FOR = 600.0  # what a machine does not have may still be plugged in or installed
SECTION = "collect."  # of a collector's own options, before its name
DROP_INS = "dropins"  # as a name in the settings: all of them

Settings = Tuple[Optional[float], Mapping[str, str]]  # of one collector: its period, its own section


class Told(NamedTuple):
    """What came of one turn, as lines; the processor time that it took; and what ended it early, if anything did."""

    metrics: bytes
    logs: bytes
    left_out: int = 0
    seconds: float = 0.0
    problem: Exception | None = None


class Record:
    """How one collector has done so far. `in_a_row` are the failures since it last worked."""

    def __init__(self) -> None:
        self.turns = self.failures = self.in_a_row = self.left_out = 0
        self.seconds = 0.0  # of processor time
        self.error = self.absent = ""


class Collecting:
    """`clock` gives µs since 1970, `offset` the µs from it to the hub's clock or None; `folder` has the drop-ins."""

    def __init__(
        self,
        store: Any,
        config: Any,
        clock: Callable[[], int],
        offset: Callable[[], int | None] = lambda: None,
        folder: str = "",
        machine: Machine | None = None,
        jitter: float | None = None,
    ) -> None:
        self._store, self._config, self._clock = store, config, clock
        self._machine = machine or Machine(Limited(MOST_STUCK), offset=offset)
        self._jitter = random.random() if jitter is None else jitter  # noqa: S311 - nothing secret
        self._dropins = DropIns(folder)
        self._limited = Limited(MOST_STUCK)
        self._records: dict[str, Record] = {}
        self._complaints: dict[str, str] = {}

    async def run(self) -> None:
        """Until cancelled."""
        turns = asyncio.Semaphore(AT_ONCE)
        built_in = [loaded(name) for name in collectors.known()]
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                wanted = {one.name: one for one in (*built_in, *self._dropped_in())}
                self._check_names(wanted)
                for name in set(tasks).difference(wanted):
                    tasks.pop(name).cancel()
                    del self._records[name]
                for name in set(wanted).difference(tasks):
                    self._records[name] = Record()
                    tasks[name] = asyncio.ensure_future(self._keep_asking(wanted[name], turns))
                ended, _ = await asyncio.wait(
                    list(tasks.values()), timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                )
                for task in ended:
                    task.result()
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    def statistics(self) -> dict[str, Any]:
        """How each collector has done, by name."""
        records = {name: dict(vars(record)) for name, record in self._records.items()}
        return {"stuck": self._limited.late + self._machine.parts.late, "collectors": records}

    def failing(self) -> dict[str, str]:
        """Which do not work, and why."""
        return {name: record.error for name, record in sorted(self._records.items()) if record.error}

    def _dropped_in(self) -> list[Collector]:
        if self._setting(DROP_INS) in ("off", "no"):
            return []
        found, refused = self._dropins.look()
        for name, why in refused.items():
            self._complain(name, f"{name} is not run: {why}")
        return found

    def _check_names(self, wanted: Mapping[str, Collector]) -> None:
        known = {DROP_INS, *map(str.lower, wanted)}
        there = ", ".join(sorted(wanted))
        for name in set(self._config.options.get("collect", {})).difference(known):
            self._complain(name, f"[collect] {name[:40]}: there is no such collector; there are {there}")
        for section in self._config.options:
            if section.startswith(SECTION) and section[len(SECTION) :] not in wanted:
                self._complain(section, f"[{section[:50]}]: there is no such collector; there are {there}")

    async def _keep_asking(self, collector: Collector, turns: asyncio.Semaphore) -> None:
        record, context = self._records[collector.name], Context(self._machine)
        await self._rest(collector, self._settings(collector), collector.after)
        while True:
            period, options = self._settings(collector)
            if period is None or not self._config.allows.metrics:
                await asyncio.sleep(LOOK_AGAIN)
                continue
            async with turns:
                await self._turn(collector, context, options)
            least = ABSENT_FOR if record.absent else back_off(period, record.in_a_row)
            await self._rest(collector, (period, options), pause(self._clock() / 1e6, period, self._jitter, least))

    async def _rest(self, collector: Collector, settings: Settings, seconds: float) -> None:
        """Until the next turn; less where the owner changes its settings meanwhile."""
        loop = asyncio.get_event_loop()
        due = loop.time() + seconds
        while seconds > 0 and self._settings(collector) == settings:
            await asyncio.sleep(min(seconds, LOOK_AGAIN))
            seconds = due - loop.time()

    async def _turn(self, collector: Collector, context: Context, options: Mapping[str, str]) -> None:
        """One turn; whatever goes wrong in it is told and forgotten."""
        record, at = self._records[collector.name], self._clock()
        record.turns += 1
        try:
            told = await self._within(collector, lambda: collected(collector, context, options, at))
            record.left_out += told.left_out
            record.seconds += told.seconds
            self._keep(told, at)
            if told.problem:
                raise told.problem
        except Absent as absent:
            self._settle(collector, record, absent=str(absent))
        except Stuck as stuck:
            self._settle(collector, record, error=str(stuck))
        except Exception as error:
            self._settle(collector, record, error=f"does not work: {type(error).__name__}: {error}")
        else:
            self._settle(collector, record)

    async def _within(self, collector: Collector, work: Callable[[], Told]) -> Told:
        """Raises Stuck where it takes longer than it may."""
        future = self._limited.begin(collector.name, work)
        result = asyncio.wrap_future(future)
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the result.
            await asyncio.wait([result], timeout=collector.limit)
            if result.done():
                return result.result()
        finally:
            result.cancel()
        raise self._limited.give_up(collector.name, future, collector.limit)

    def _keep(self, told: Told, at: int) -> None:
        if told.metrics:
            self._store.add("metrics", told.metrics, at)
        if told.logs and self._config.allows.logs:
            self._store.add("logs", told.logs, at)

    def _settle(self, collector: Collector, record: Record, error: str = "", absent: str = "") -> None:
        """How the turn ended. A failure is told when it is another one than before, and so is its end."""
        record.absent = absent
        record.failures += bool(error)
        record.in_a_row = record.in_a_row + 1 if error else 0
        if error != record.error:
            record.error = error
            self._tell(Log(error, "warn") if error else Log("works again"), collector.source)

    def _complain(self, about: str, complaint: str) -> None:
        """Tells it once, as long as it is the same."""
        if self._complaints.get(about) != complaint:
            self._complaints[about] = complaint
            self._tell(Log(complaint, "warn"), "collect")

    def _tell(self, log: Log, source: str) -> None:
        at = self._clock()
        self._keep(Told(b"", lines.ndjson(log, source, at)), at)

    def _setting(self, name: str) -> str:
        return self._config.options.get("collect", {}).get(name.lower(), "").strip().lower()

    def _settings(self, collector: Collector) -> Settings:
        return self._period(collector), self._config.options.get(f"{SECTION}{collector.name}", {})

    def _period(self, collector: Collector) -> float | None:
        """Seconds, or None where the owner has turned it off."""
        text = self._setting(collector.name)
        try:
            return period_of(text, collector.period)
        except ValueError:
            self._complain(
                collector.name,
                f"[collect] {collector.name} = {text[:40]} is no period, as 30s, 5m, 1h or off; "
                f"it stays {collector.period:g}s",
            )
            return collector.period


def loaded(name: str) -> Collector:
    """A collector of this package. One that cannot even be loaded fails like the others: alone, and at its turn."""
    try:
        return collectors.find(name)
    except Exception as error:
        problem = error

    def fail(context: Context) -> Any:
        raise problem

    return Collector(name, LONGEST_BACK_OFF, LIMIT, fail, name)


def collected(collector: Collector, context: Context, options: Mapping[str, str], at: int) -> Told:
    """What the collector tells, as lines of the time `at` (µs). What it told before it failed is kept."""
    began = time.thread_time()
    context.begin(options)
    metrics, logs, count, problem = [], [], 0, None
    try:
        for count, item in enumerate(collector.collect(context), 1):
            if count > MOST_TOLD:
                continue
            if isinstance(item, Point):
                metrics.append(lines.influx(item, at))
            elif isinstance(item, Log):
                logs.append(lines.ndjson(item, collector.source, at))
            else:
                metrics.append(lines.parsed(item, at))
    except Exception as error:
        problem = error
    left_out = max(count - MOST_TOLD, 0)
    return Told(b"".join(metrics), b"".join(logs), left_out, time.thread_time() - began, problem)
