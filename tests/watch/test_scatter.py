"""Small clusters are seen beside large ones, and the same points are drawn each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.watch.scatter import evenly


@pytest.mark.slow
@given(st.lists(st.integers(-1, 6), max_size=300), st.integers(1, 100))
def test_each_label_has_a_fair_share(labels: list[int], most: int) -> None:
    given = np.array(labels, np.int64)
    chosen = evenly(given, most)
    assert len(chosen) == len(set(chosen.tolist())) == min(most, len(labels))
    assert chosen.tolist() == sorted(chosen.tolist())
    found, there = np.unique(given, return_counts=True)
    drawn = {label: int((given[chosen] == label).sum()) for label in found.tolist()}
    largest = max(drawn.values(), default=0)
    for label, count in zip(found.tolist(), there.tolist(), strict=True):
        assert drawn[label] >= min(count, largest - 1)


def test_the_same_labels_give_the_same_points() -> None:
    labels = np.arange(1000) % 7
    assert evenly(labels, 50).tolist() == evenly(labels, 50).tolist()


def test_a_small_cluster_is_drawn_whole() -> None:
    labels = np.array([0] * 100_000 + [1] * 5)
    chosen = evenly(labels, 100)
    assert (labels[chosen] == 1).sum() == 5
    assert (labels[chosen] == 0).sum() == 95
    assert (chosen[0], chosen[94]) == (0, 99_999)
