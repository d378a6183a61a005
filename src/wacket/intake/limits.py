"""How fast somebody may go: quotas (token bucket), growing delays after failures, and counting of repeats.

Pure: times are µs since 1970 and are arguments; every table here is bounded, whoever fills it. Waits are in
seconds.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache

SECOND = 1_000_000


@dataclass(slots=True)
class TokenBucket:
    """At most `rate` a second on the average and `burst` at once. A clock that steps back gives nothing."""

    rate: float
    burst: float
    at: int
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, amount: float, now: int) -> float:
        """0.0 if `amount` was taken; otherwise nothing was, and it can be in this many seconds.

        More than `burst` at once is taken from a full bucket and leaves it in debt: a large batch passes,
        late.
        """
        self.level = min(self.burst, self.level + max(0, now - self.at) * self.rate / SECOND)
        self.at = now
        needed = min(amount, self.burst)
        if self.level >= needed:
            self.level -= amount
            return 0.0
        return (needed - self.level) / self.rate


@dataclass(slots=True)
class _Failures:
    count: int
    at: int
    before: int = 0  # `at` before the last try


@dataclass(slots=True)
class Throttle:
    """Delays that double with each failure of a key: `free` tries at once, then `first` s up to `longest` s.

    A try counts as failed from its beginning, so that many at the same time do not slip through together.
    After `forget` seconds without a try a key is clean. At most `most` keys are remembered, the oldest are
    forgotten.
    """

    free: int
    first: float
    longest: float
    forget: float = 3600
    most: int = 10_000
    _failures: dict[Hashable, _Failures] = field(default_factory=dict)

    def wait(self, key: Hashable, now: int) -> float:
        """Seconds until `key` may try again; 0.0 is now."""
        known = self._failures.get(key)
        if known is None or known.count < self.free:
            return 0.0
        # A clock that steps back must not lock anybody out for longer than the delay itself.
        passed = max(0, now - known.at) / SECOND
        if passed >= self.forget:
            return 0.0
        # The exponent is bounded only so that the power stays a number.
        return max(0.0, min(self.longest, self.first * 2.0 ** min(known.count - self.free, 60)) - passed)

    def begin(self, key: Hashable, now: int) -> None:
        """Count a try that `wait` has allowed, or one that has failed."""
        known = self._failures.pop(key, None)
        stale = known is None or now - known.at >= self.forget * SECOND
        fresh = _Failures(1, now) if stale or known is None else _Failures(known.count + 1, now, known.at)
        self._failures[key] = fresh
        if len(self._failures) > self.most:
            del self._failures[next(iter(self._failures))]

    def undo(self, key: Hashable) -> None:
        """The last try succeeded: all is as before it, since somebody else may have made the earlier failures."""
        if known := self._failures.get(key):
            known.count, known.at = max(0, known.count - 1), known.before

    def clear(self, key: Hashable) -> None:
        """The try succeeded, and whoever made it is who failed before."""
        self._failures.pop(key, None)


@dataclass(slots=True)
class Repeats:
    """Tells which of many equal events to write down: the first `each`, then every time their number doubles.

    A million failed tries leave about thirty rows, and the last row still says how many there were.
    """

    each: int = 8
    forget: float = 3600
    most: int = 4096
    _seen: dict[Hashable, _Failures] = field(default_factory=dict)

    def note(self, key: Hashable, now: int) -> int:
        """How many there have been if this one is to be written down, else 0."""
        known = self._seen.pop(key, None)
        if known is None or now - known.at >= self.forget * SECOND:
            known = _Failures(0, now)
        known.count, known.at = known.count + 1, now
        self._seen[key] = known
        if len(self._seen) > self.most:
            del self._seen[next(iter(self._seen))]
        return known.count if known.count <= self.each or known.count.bit_count() == 1 else 0


@lru_cache(maxsize=4096)
def neighbourhood(peer: str) -> str:
    """Who is limited together: an IPv4 address, or the /64 that one IPv6 customer has all to himself."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return peer[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
