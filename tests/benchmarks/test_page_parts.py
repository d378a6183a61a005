"""The parts of the page's measurements that reckon: what they reckon wrong would be believed."""

from __future__ import annotations

import pytest
from benchmarks.page.memory import sizes
from benchmarks.page.waits import of_texts, waits


def test_a_wait_ends_when_the_value_or_a_later_one_is_seen() -> None:
    sent = [(1000.0, 50.0), (1001.0, 150.0), (1002.0, 160.0)]
    seen = [(999.0, 40.0), (1000.0, 90.0), (1002.0, 260.0)]
    assert waits(sent, seen) == [40.0, 110.0, 100.0]


def test_the_order_in_which_it_was_told_does_not_matter() -> None:
    assert waits([(1.0, 10.0)], [(2.0, 40.0), (1.0, 15.0)]) == [5.0]


def test_nothing_is_seen_before_it_was_sent() -> None:
    with pytest.raises(ValueError, match="7 was sent and never seen"):
        waits([(7.0, 100.0)], [(7.0, 99.0)])


def test_texts_that_are_no_number_are_left_out() -> None:
    assert of_texts([["no data", 1.0], ["1000", 2.5]]) == [(1000.0, 2.5)]


def test_memory_is_told_in_megabytes() -> None:
    rollup = "5500-7ffd ---p 00000000 00:00 0 [rollup]\nRss:     200000 kB\nPss:     100000 kB\nPss_Anon:  9 kB\n"
    assert sizes(rollup) == (102.4, 204.8)
