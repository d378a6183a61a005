"""The page's own tests, which need Node: one test here, so that one run judges everything and ends with one line."""

from __future__ import annotations

import sys

import pytest
from tests.support.webpage import ROOT, need_tools, run_whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(330)]


def test_vitest() -> None:
    need_tools()
    words = [sys.executable, ROOT / "scripts" / "page.py", "test"]
    code, said = run_whole(words, 300)
    assert code == 0, said[-8000:]
