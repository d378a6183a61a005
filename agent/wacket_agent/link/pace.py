"""When to try again, and what time it is at the hub. Pure: randomness and clocks are arguments."""

from __future__ import annotations

from typing import Callable, NamedTuple

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds
KEPT_ROUNDS = 8
GUESS = 10_000_000  # µs by which a first guess may be wrong
DRIFT = 50_000  # µs that two clocks may go apart between two beats without one of them having been set


class BackOff:
    """Full jitter: a random time up to a limit that doubles, so that a thousand agents do not come back at once."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        limit = min(FIRST_WAIT * 2.0 ** min(self._failures, 16), LONGEST_WAIT)
        self._failures += 1
        return self._random() * limit


class Round(NamedTuple):
    """One beat and its answer. `ahead` is how far the hub's clock is ahead of ours."""

    took: int
    ahead: int


class HubClock:
    """How far the hub's clock is ahead of a clock of ours, in µs: as the quickest of the last rounds tell."""

    def __init__(self) -> None:
        self._rounds: list[Round] = []

    def begin(self, ahead: int) -> None:
        """A first guess, until there is a round."""
        self._rounds = [Round(GUESS, ahead)]

    def heard(self, sent: int, hub: int, now: int) -> None:
        """Something sent at `sent` was answered at the hub's time `hub`, and that came at `now`."""
        new = Round(now - sent, hub - (sent + now) // 2)
        best = min(self._rounds, default=new)
        if abs(new.ahead - best.ahead) > (new.took + best.took) // 2 + DRIFT:
            self._rounds = []  # one of the clocks was set, or this machine slept
        self._rounds = [*self._rounds[1 - KEPT_ROUNDS :], new]

    @property
    def ahead(self) -> int | None:
        """None before anything was heard."""
        return min(self._rounds).ahead if self._rounds else None
