"""What the API remembers of those who fail: how long they must wait, and what is still worth writing down.

In memory, bounded, one per application. The rules themselves are pure (intake/limits.py).
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import cast
from weakref import WeakValueDictionary

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from wacket.intake.limits import Repeats, Throttle, TokenBucket
from wacket.ledger.passwords import Proved


@dataclass(slots=True)
class Guard:
    """What the API remembers of those who fail, in memory and bounded. One per application."""

    names: Throttle = field(default_factory=lambda: Throttle(free=10, first=1, longest=30))
    addresses: Throttle = field(default_factory=lambda: Throttle(free=20, first=2, longest=900))
    codes: Throttle = field(default_factory=lambda: Throttle(free=10, first=2, longest=900))
    refusals: Repeats = field(default_factory=Repeats)
    # Of refusals that are not repeats (each from another address) no more than this are written down.
    rows: TokenBucket = field(default_factory=lambda: TokenBucket(rate=0.2, burst=500, at=0))
    untold: int = 0
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))  # 50 ms and 19 MiB each
    # Of one address passwords are checked one after another, so that the failures before each are known.
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    waiting: int = 0
    proved: Proved = field(default_factory=lambda: Proved(secrets.token_bytes(32)))


def guard_of(connection: HTTPConnection) -> Guard:
    state = connection.app.state
    if not hasattr(state, "guard"):
        state.guard = Guard()
    return cast(Guard, state.guard)


def too_many(seconds: float, what: str) -> HTTPException:
    """The answer 429 to somebody who tries too fast."""
    whole = max(1, round(seconds + 0.5))
    return HTTPException(429, f"too many {what}; try again in {whole} s", {"Retry-After": str(whole)})
