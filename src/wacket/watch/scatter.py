"""Which of many points are drawn, so that small clusters are seen beside large ones. Pure, and always the same."""

from __future__ import annotations

import numpy as np

from wacket.records import I64

MOST = 2000  # points that are kept of a result


def evenly(labels: I64, most: int) -> I64:
    """The places of at most so many points, in order: of each label as many, or all that it has.

    Within a label they stand as far apart in the order of arrival as possible.
    """
    found, counts = np.unique(labels, return_counts=True)
    chosen: list[I64] = []
    left = most
    for turn, which in enumerate(np.argsort(counts, kind="stable")):
        share = min(int(counts[which]), left // (len(found) - turn))
        left -= share
        places = np.flatnonzero(labels == found[which])
        chosen.append(places[np.linspace(0, len(places) - 1, share).astype(np.int64)])
    return np.sort(np.concatenate(chosen)) if chosen else np.empty(0, np.int64)
