"""How often a node speaks when all is well, learned from when it spoke: from that follows when it is late.

Pure: times are arguments, in µs. A habit is the median of the last intervals, so that one pause does not spoil it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND = 1_000_000
MINUTE = 60 * SECOND
REMEMBERED = 15  # intervals
ENOUGH = 3  # intervals that make a habit
TOGETHER = SECOND  # what comes faster than this is one sending
UNKNOWN = 30 * MINUTE  # the habit of who has not shown one yet
SOONEST_LATE = 10 * SECOND  # a network may hold things up for so long
SOONEST_DOWN = 10 * MINUTE


@dataclass(slots=True)
class Habit:
    """One node. `last` is when its last sending ended."""

    last: int
    interval: int = UNKNOWN
    _intervals: list[int] = field(default_factory=list)

    def heard(self, now: int) -> None:
        passed = now - self.last
        self.last = now
        if passed < TOGETHER:  # or a clock that was set back
            return
        self._intervals = [*self._intervals[1 - REMEMBERED :], passed]
        if len(self._intervals) >= ENOUGH:
            self.interval = sorted(self._intervals)[len(self._intervals) // 2]

    @property
    def late_after(self) -> int:
        """Silence that is longer than this: it has missed twice its habit."""
        return max(2 * self.interval, SOONEST_LATE)

    @property
    def down_after(self) -> int:
        """Silence that is longer than this: nobody should wait for it."""
        return max(10 * self.interval, SOONEST_DOWN)

    def state(self, now: int) -> str:
        """up, late or down."""
        silent = now - self.last
        return "up" if silent <= self.late_after else "late" if silent <= self.down_after else "down"
