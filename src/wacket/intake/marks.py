"""Which numbered frames of a sender are known already. Pure arithmetic on ranges; knows no store and no clock.

A mark is a sorted tuple of inclusive, non-touching (low, high) ranges for one (source, epoch).
"""

from __future__ import annotations

from wacket.errors import BadRequest

Ranges = tuple[tuple[int, int], ...]
MOST_RANGES = 256  # a sender with more holes than this must first fill some


def unknown(ranges: Ranges, low: int, high: int) -> list[tuple[int, int]]:
    """The parts of low..high (inclusive) that are not in `ranges`, in order."""
    missing = []
    for known_low, known_high in ranges:
        if known_high < low:
            continue
        if known_low > high:
            break
        if known_low > low:
            missing.append((low, known_low - 1))
        low = known_high + 1
    if low <= high:
        missing.append((low, high))
    return missing


def add(ranges: Ranges, low: int, high: int) -> Ranges:
    """`ranges` with low..high added. Raises BadRequest if that would leave more than MOST_RANGES ranges."""
    before = [known for known in ranges if known[1] < low - 1]
    after = [known for known in ranges if known[0] > high + 1]
    touching = ranges[len(before) : len(ranges) - len(after)]
    if touching:
        low, high = min(low, touching[0][0]), max(high, touching[-1][1])
    joined = (*before, (low, high), *after)
    if len(joined) > MOST_RANGES:
        raise BadRequest(
            f"the sequence has {len(joined) - 1} holes; send the missing numbers from {joined[0][1] + 1} first", "seq"
        )
    return joined


def contiguous(ranges: Ranges, first: int = 0) -> int:
    """The number up to which everything from `first` on is known; `first` - 1 when it is not known itself."""
    return next((high for low, high in ranges if low <= first <= high), first - 1)
