"""Mean shift, in a process of its own: reads rows of numbers on standard input, writes the clusters as JSON.

    python -m wacket.watch.meanshift_worker '{"sample": 5000, "quantile": 0.2, "samples": 200, "seconds": 300}'

Standard input is float64, eight to an event (features.COLUMNS), as they lie in memory. The only module that imports
scikit-learn. It reads no store and knows no hub; if it runs longer than `seconds` it ends itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from typing import Any

import numpy as np

from wacket.records import F64, I64
from wacket.watch import scatter
from wacket.watch.features import AVERAGED, COLUMNS

SEED = 0
PIECE = 100_000  # events assigned at a time
# Where a fifth of the neighbours are equal the estimate is 0, which is no bandwidth: equal events become one cluster.
# Relative to the largest number, since seeds are rounded to 32 bits.
LEAST_BANDWIDTH = 1e-6


def cluster(values: F64, sample: int, quantile: float, samples: int) -> dict[str, Any]:
    """Cluster the rows of `values`; needs at least one.

    Mean shift (Comaniciu and Meer, 2002) with a flat kernel, seeded from bins; bandwidth estimated at `quantile` from
    `samples` rows; rows further than the bandwidth from every centre are labelled -1. With more rows than `sample`,
    that many, drawn evenly, are clustered, and every row is assigned to the nearest centre by the same rule.
    """
    from sklearn.cluster import estimate_bandwidth

    drawn = sample_of(values, sample)
    estimate = estimate_bandwidth(drawn, quantile=quantile, n_samples=min(samples, len(drawn)), random_state=SEED)
    bandwidth = max(float(estimate), LEAST_BANDWIDTH * max(1.0, float(np.abs(drawn).max())))
    labels, centres = _shifted(drawn, bandwidth)
    if len(drawn) < len(values):
        labels = assigned(values, centres, bandwidth)
    shown = scatter.evenly(labels, scatter.MOST)
    return {
        "events": len(values),
        "sample": len(drawn),
        "bandwidth": bandwidth,
        "clusters": summary(values, labels),
        "centres": centres.tolist(),
        "points": values[shown].tolist(),
        "labels": labels[shown].tolist(),
    }


def assigned(values: F64, centres: F64, bandwidth: float) -> I64:
    """The number of the nearest centre for each row, -1 where it is further than the bandwidth."""
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=1).fit(centres)
    labels = np.empty(len(values), np.int64)
    for start in range(0, len(values), PIECE):
        distances, places = nearest.kneighbors(values[start : start + PIECE])
        labels[start : start + PIECE] = np.where(distances[:, 0] <= bandwidth, places[:, 0], -1)
    return labels


def summary(values: F64, labels: I64) -> list[dict[str, Any]]:
    """Label, count and averages of each cluster that has events; those of no cluster (-1) last."""
    counts = np.bincount(labels + 1)
    sums = [np.bincount(labels + 1, weights=values[:, place]) for place in range(len(AVERAGED))]
    order = [*range(1, len(counts)), 0]
    return [
        {
            "label": place - 1,
            "count": int(counts[place]),
            **{f"avg_{name}": float(sums[i][place] / counts[place]) for i, name in enumerate(AVERAGED)},
        }
        for place in order
        if counts[place]
    ]


def _shifted(values: F64, bandwidth: float) -> tuple[I64, F64]:
    """Labels and centres."""
    from sklearn.cluster import MeanShift

    with warnings.catch_warnings():
        # With a bin for every event it takes the events as seeds, which is what should happen.
        warnings.filterwarnings("ignore", "Binning data failed")
        shift = MeanShift(bandwidth=bandwidth, bin_seeding=True, cluster_all=False)
        try:
            labels = shift.fit_predict(values)
        except ValueError as error:
            if "No point was within bandwidth" not in str(error):
                raise
            # In eight dimensions the middle of a bin may be out of reach of all that is in it. Few different events:
            # each is a seed.
            shift = MeanShift(bandwidth=bandwidth, seeds=np.unique(values, axis=0), cluster_all=False)
            labels = shift.fit_predict(values)
    return labels.astype(np.int64), np.ascontiguousarray(shift.cluster_centers_, np.float64)


def sample_of(values: F64, sample: int) -> F64:
    """At most `sample` of the rows, drawn evenly, always the same, in their order."""
    if len(values) <= sample:
        return values
    places = np.random.default_rng(SEED).choice(len(values), sample, replace=False)
    return values[np.sort(places)]


def main() -> None:
    asked = json.loads(sys.argv[1])
    if hasattr(os, "nice"):
        os.nice(5)
    if hasattr(signal, "alarm"):
        # The hub kills a late worker; this is for a hub that was killed itself.
        signal.alarm(int(asked["seconds"]) + 1)
    values = np.frombuffer(sys.stdin.buffer.read(), np.float64).reshape(-1, len(COLUMNS))
    if len(values) != asked["events"]:
        sys.exit(f"{asked['events']} events were announced, {len(values)} came")
    json.dump(cluster(values, asked["sample"], asked["quantile"], asked["samples"]), sys.stdout)


if __name__ == "__main__":
    main()
