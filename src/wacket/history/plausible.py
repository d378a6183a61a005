"""Judges whether the clock can be believed, before anything is deleted because of its age.

A clock that moved by more than a day against the time that the hub ran was set, was lost (no battery), or the hub was
off. Which of them it was cannot be told, but a wrong clock is mostly put right soon. So it is believed when it has
stayed the same way for a day of running. Pure.
"""

from __future__ import annotations

from typing import NamedTuple

_DAY = 86_400_000_000


class Known(NamedTuple):
    """Microseconds: what a right clock would show, and how long the hub has run since the clock departed from that."""

    at: int = 0
    waited: int = 0


def judged(known: Known, now: int, ran: int) -> Known:
    """What is known when the clock shows `now`, `ran` microseconds of running after the last look."""
    expected = known.at + ran
    waited = known.waited + ran
    if not known.at or abs(now - expected) <= _DAY or waited >= _DAY:
        return Known(now)
    return Known(expected, max(waited, 1))


def doubt(known: Known, now: int) -> str:
    """Why nothing is deleted now, for people; empty when the clock is believed."""
    if not known.waited:
        return ""
    days, hours = abs(now - known.at) / _DAY, max(1, (_DAY - known.waited) // 3_600_000_000)
    moved = "forward" if now > known.at else "back"
    return (
        f"the clock moved {moved} by {days:.0f} days; nothing is deleted for its age until it is set right, or until "
        f"the hub has run {hours} hours more with it as it is"
    )
