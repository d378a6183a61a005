"""Decides which lines go when the hub stays away for longer than the disk can bear. Pure: outlines in, decisions out.

Metrics thin out in three passes, each from the oldest on: one piece a minute stays, then one in ten minutes, then none.
Age starts them (after `days`, twice and four times that), and so does a journal of more than `bytes`. Logs go by bytes
alone, and only when no metrics are left but those of the last hour. How far a pass has come is a line number that the
stream keeps, so that nothing is looked at twice. It removes nothing itself.
"""

from __future__ import annotations

import itertools
from typing import Callable, Iterator, Mapping, NamedTuple, Optional, Sequence, Tuple

from wacket_agent.journal.stream_rows import Outline, Stream

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
SLOTS = (60 * SECOND, 600 * SECOND)  # in each of these the first and the second pass leave one piece
LAST_PASS = len(SLOTS)
AGES = (1, 2, 4)  # times `days`, for each pass
MOST_ROWS = 600  # for one step, so that nothing else waits for long
ENOUGH = 0.95  # of the limit: whoever makes room makes some more than is needed now
FOR_EVER = 1 << 62
NOTHING = (1, 0)  # a span that no time is in
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

Span = Tuple[int, int]
# (stream, line number) → number and time of the first row from there on that still has its lines
Oldest = Callable[[str, int], Optional[Span]]


class Limits(NamedTuple):
    days: float = 7
    bytes: int = 256 << 20


class Part(NamedTuple):
    """What a pass has before it: the lines from `start`, whose time is `at`, up to `end` (not with it)."""

    stream: str
    level: int
    start: int
    end: int
    at: int


class Step(NamedTuple):
    """A pass over `MOST_ROWS` rows of a part; it ends before a `spared` time, or when it has freed `wanted` bytes."""

    part: Part
    spared: Span
    wanted: int


class Decision(NamedTuple):
    """What goes (first and last line of each run), and up to which line the pass has come."""

    gaps: list[Span]
    why: str
    reached: int


def limits_from(options: Mapping[str, str]) -> Limits:
    """The section [keep] of the configuration: `days = 7`, `bytes = 256M`. Raises ValueError."""
    days, size = options.get("days", "7").strip(), options.get("bytes", "256M").strip().upper()
    number = size.rstrip("KMG")
    if len(size) - len(number) > 1:
        raise ValueError(f"[keep] bytes = {size[:20]} is not a size; write 256M, for example")
    limits = Limits(float(days), int(number) * _UNITS[size[len(number) :]])
    if not 0 < limits.days <= 3650 or limits.bytes < 1 << 20:
        raise ValueError("[keep] takes days = more than 0, at most 3650, and bytes = at least 1M")
    return limits


def next_step(metrics: Stream, logs: Stream, oldest: Oldest, limits: Limits, now: int) -> Step | None:
    """What to do first, or None if all is within the limits."""
    parts = list(_parts(metrics, oldest))
    step = _for_age(parts, limits, now)
    over = metrics.bytes + logs.bytes - limits.bytes
    if step or over <= 0:
        return step
    wanted = over + int(limits.bytes * (1 - ENOUGH))
    last_hour = (now - HOUR, now)  # what is later has a wrong clock, and is not spared
    for part in parts:
        if not _within(part.at, last_hour):
            return Step(part, last_hour, wanted)
    for stream in (logs, metrics):
        left = _part(stream, LAST_PASS, stream.first, stream.next, oldest)
        if left:
            return Step(left, NOTHING, wanted)
    return None


def decide(step: Step, rows: Sequence[Outline]) -> Decision:
    """Which of the rows go. `rows` are the part's first, at most `MOST_ROWS` of them, and at least one."""
    part, gone, freed, reached = step.part, [], 0, step.part.start
    for slot in _slots(step, rows):
        going = _going(slot, part.level)
        gone += going
        freed += sum(row.size for row in going)
        reached = slot[-1].last + 1
        if 0 < step.wanted <= freed:
            break
    return Decision(_runs(gone), "dropped" if part.level == LAST_PASS else "thinned", reached)


def marks_after(step: Step, decision: Decision, stream: Stream) -> Span:
    """Up to which lines the stream has then been thinned once, and twice."""
    level = step.part.level
    once = decision.reached if level == 0 else stream.once
    return once, decision.reached if level == 1 else stream.twice


def _slots(step: Step, rows: Sequence[Outline]) -> list[list[Outline]]:
    """The rows that the pass looks at, by the slots of which it leaves one piece."""
    part = step.part
    end = next((i for i, row in enumerate(rows) if row.first >= part.end or _within(row.since, step.spared)), len(rows))
    if part.level == LAST_PASS:
        return [[row] for row in rows[:end]]
    slots = [list(slot) for _, slot in itertools.groupby(rows[:end], lambda row: row.since // SLOTS[part.level])]
    if end == MOST_ROWS and len(slots) > 1:
        slots.pop()  # more of it may come
    return slots


def _going(slot: Sequence[Outline], level: int) -> list[Outline]:
    """All but the fullest piece, which has the most series. The last pass leaves none, and makes one gap of many."""
    if level == LAST_PASS:
        return list(slot)
    full = [row for row in slot if not row.why]
    stays = max(full, key=lambda row: row.size, default=None)
    return [row for row in full if row is not stays]


def _runs(rows: Sequence[Outline]) -> list[Span]:
    """The first and last line of each run of rows that follow each other."""
    runs: list[Span] = []
    for row in rows:
        if runs and runs[-1][1] + 1 == row.first:
            runs[-1] = (runs[-1][0], row.last)
        else:
            runs.append((row.first, row.last))
    return runs


def _for_age(parts: Sequence[Part], limits: Limits, now: int) -> Step | None:
    for part in parts:
        # Whole slots, or each look at a slot that is half old would leave a piece of it.
        slot = SLOTS[part.level] if part.level < LAST_PASS else 1
        old = int(now - AGES[part.level] * limits.days * DAY) // slot * slot
        if part.at < old:
            return Step(part, (old, FOR_EVER), 0)
    return None


def _parts(metrics: Stream, oldest: Oldest) -> Iterator[Part]:
    """What each pass has before it, the first pass first."""
    borders = (metrics.next, metrics.once, metrics.twice, metrics.first)
    for level in range(LAST_PASS + 1):
        part = _part(metrics, level, borders[level + 1], borders[level], oldest)
        if part:
            yield part


def _part(stream: Stream, level: int, start: int, end: int, oldest: Oldest) -> Part | None:
    found = oldest(stream.name, max(start, stream.first))
    return Part(stream.name, level, found[0], end, found[1]) if found and found[0] < end else None


def _within(time: int, span: Span) -> bool:
    return span[0] <= time <= span[1]
