"""Freed memory goes back to the system when it is asked for, and not before."""

from __future__ import annotations

import sys

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from wacket import heap

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only glibc is spoken to")
BLOCK, BLOCKS = 100_000, 400  # bytes: small enough to come from the heap


def test_what_is_free_within_the_heap_is_given_back() -> None:
    heap.give_back()
    held = [np.ones(BLOCK, np.uint8) for _ in range(BLOCKS)]
    last = held[-1]  # above all others, so that the heap cannot simply end lower
    del held
    before = psutil.Process().memory_info().rss
    heap.give_back()
    assert before - psutil.Process().memory_info().rss > BLOCK * BLOCKS // 2
    assert last.all()
