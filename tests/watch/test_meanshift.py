"""The clustering itself, called directly, against scikit-learn asked directly and against data with known answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from wacket.records import F64
from wacket.watch.features import AVERAGED
from wacket.watch.meanshift_worker import LEAST_BANDWIDTH, assigned, cluster, sample_of, summary

CENTRES = np.array(
    [[1000.0, 10, 20, 4, 230, 4, 4, 4], [2000.0, 20, 40, 8, 225, 8, 8, 8], [50.0, 1, 2, 1, 240, 1, 1, 1]]
)


def blobs(rows: int, seed: int = 3) -> tuple[F64, F64]:
    """Rows around three centres far apart, and which centre each is around."""
    random = np.random.default_rng(seed)
    of = random.choice(3, rows, p=[0.5, 0.3, 0.2])
    return CENTRES[of] + random.normal(0, 1, (rows, 8)), of


def numbers(text: str) -> list[float]:
    """The eight numbers of an event's text, read by another way than the hub's own."""
    found = [
        re.search(rf"{name}=(-?[0-9.]+)", text)[1]  # type: ignore[index]
        for name in ("Active", "Reactive", "Appearent", "Current", "Voltage")
    ]
    peaks = re.search(r"Peaks: ([^:]*);", text)[1].split(";")[:3]  # type: ignore[index]
    return [float(number) for number in found + peaks]


def directly(values: F64) -> tuple[list[dict[str, float]], float]:
    """The method as its description says it, with scikit-learn alone."""
    from sklearn.cluster import MeanShift, estimate_bandwidth

    bandwidth = estimate_bandwidth(values, quantile=0.2, n_samples=200, random_state=0)
    labels = MeanShift(bandwidth=bandwidth, bin_seeding=True, cluster_all=False).fit_predict(values)
    found = []
    for label in sorted(set(labels.tolist()), key=lambda label: (label < 0, label)):
        members = values[labels == label]
        averages = dict(zip((f"avg_{name}" for name in AVERAGED), members.mean(axis=0)[:5].tolist(), strict=True))
        found.append({"label": label, "count": len(members), **averages})
    return found, float(bandwidth)


@pytest.mark.slow
def test_events_are_clustered_as_scikit_learn_does_it_directly(energy_events: list[str]) -> None:
    values = np.array([numbers(text) for text in energy_events])
    assert values.shape == (1000, 8)
    found = cluster(values, 5000, 0.2, 200)
    expected, bandwidth = directly(values)
    assert found["bandwidth"] == bandwidth
    assert (found["events"], found["sample"]) == (1000, 1000)
    assert [(c["label"], c["count"]) for c in found["clusters"]] == [(c["label"], c["count"]) for c in expected]
    for ours, theirs in zip(found["clusters"], expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9)
    assert sum(c["count"] for c in found["clusters"]) == 1000
    assert len(found["clusters"]) > 1


@pytest.mark.slow
def test_more_events_than_the_sample_are_assigned_to_the_nearest_centre_in_reach() -> None:
    values, of = blobs(20_000)
    drawn = {tuple(row) for row in sample_of(values, 2000).tolist()}
    far = next(place for place, row in enumerate(values.tolist()) if tuple(row) not in drawn)
    values[far] += 1e6  # in reach of no centre
    found = cluster(values, 2000, 0.2, 200)
    assert (found["events"], found["sample"]) == (20_000, 2000)
    labels = assigned(values, np.array(found["centres"]), found["bandwidth"])
    assert labels[far] == -1
    for label in range(3):
        around = of[labels == label]
        assert len(around)
        assert len(set(around.tolist())) == 1
    assert sum(c["count"] for c in found["clusters"]) == 20_000


@pytest.mark.slow
def test_the_same_events_give_the_same_clusters() -> None:
    values, _ = blobs(3000)
    assert cluster(values, 500, 0.2, 200) == cluster(values, 500, 0.2, 200)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_equal_events_are_one_cluster(rows: int) -> None:
    found = cluster(np.repeat(CENTRES[:1], rows, axis=0), 5000, 0.2, 200)
    assert found["bandwidth"] == LEAST_BANDWIDTH * 1000
    assert [(c["label"], c["count"]) for c in found["clusters"]] == [(0, rows)]
    assert found["clusters"][0]["avg_power_active_w"] == 1000.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_few_different_events_are_found_though_the_middle_of_their_bins_is_out_of_reach(seed: int) -> None:
    values = np.repeat(np.random.default_rng(seed).uniform(0, 1000, (3, 8)), 100, axis=0)
    found = cluster(values, 5000, 0.2, 200)
    assert [(c["label"], c["count"]) for c in found["clusters"]] == [(0, 100), (1, 100), (2, 100)]


@pytest.mark.slow
def test_wild_numbers_are_survived() -> None:
    random = np.random.default_rng(5)
    values = random.choice([-1e12, 0.0, 1e-12, 5.0, 1e12], (300, 8))
    found = cluster(values, 5000, 0.2, 200)
    assert sum(c["count"] for c in found["clusters"]) == 300
    json.dumps(found, allow_nan=False)


@pytest.mark.slow
def test_the_points_to_draw_are_events_with_their_labels(energy_events: list[str]) -> None:
    values = np.array([numbers(text) for text in energy_events])
    found = cluster(values, 5000, 0.2, 200)
    points, labels = np.array(found["points"]), np.array(found["labels"])
    assert points.tolist() == values.tolist()  # a thousand are few enough
    counts = {one["label"]: one["count"] for one in found["clusters"]}
    assert {int(label): int((labels == label).sum()) for label in np.unique(labels)} == counts


def test_the_summary_counts_and_averages_by_label() -> None:
    values = np.arange(32, dtype=np.float64).reshape(4, 8)
    found = summary(values, np.array([1, -1, 1, 0]))
    assert [(c["label"], c["count"]) for c in found] == [(0, 1), (1, 2), (-1, 1)]
    assert [c["avg_line_voltage_v"] for c in found] == [28.0, 12.0, 12.0]
    assert list(found[0]) == [
        "label",
        "count",
        "avg_power_active_w",
        "avg_power_reactive_var",
        "avg_power_apparent_va",
        "avg_line_current_a",
        "avg_line_voltage_v",
    ]


@pytest.mark.slow
def test_the_worker_refuses_half_of_what_was_announced() -> None:
    asked = json.dumps({"events": 2, "sample": 5, "quantile": 0.2, "samples": 5, "seconds": 20})
    ran = subprocess.run(
        [sys.executable, "-m", "wacket.watch.meanshift_worker", asked],
        input=CENTRES[0].tobytes(),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert b"2 events were announced, 1 came" in ran.stderr


@pytest.mark.slow
def test_scikit_learn_is_not_imported_with_the_watch() -> None:
    text = "import sys, wacket.watch.clusters, wacket.watch.meanshift_worker; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
