"""When a collector is asked: what periods are, and how long to wait. Pure; the present time is an argument."""

from __future__ import annotations

import math

SHORTEST_PERIOD = 1.0
LONGEST_BACK_OFF = 3600.0

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def period_of(text: str, usual: float) -> float | None:
    """Seconds in a text as 10s, 5m, 1h or plain 10; None for off. Raises ValueError."""
    if text in ("off", "no", "0"):
        return None
    if text in ("", "on", "yes"):
        return usual
    unit = _UNITS.get(text[-1])
    seconds = float(text[:-1]) * unit if unit else float(text)
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(text)
    return max(seconds, SHORTEST_PERIOD)


def back_off(period: float, failures: int) -> float:
    """Seconds to wait at least: doubled at each failure, up to an hour; less than a period while all is well."""
    if not failures:
        return period / 10
    return min(period * 2 ** min(failures - 1, 20), max(LONGEST_BACK_OFF, period))


def pause(now: float, period: float, jitter: float, least: float) -> float:
    """Seconds from `now` to a multiple of the period, moved by `jitter` (0 to 1) of it, at least `least` away."""
    phase = period * jitter
    return math.ceil((now + least - phase) / period) * period + phase - now
