"""The page's own tests, which need Node: one test here, so that one run judges everything and ends with one line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.support.webpage import ROOT, need_tools

pytestmark = pytest.mark.slow


def test_vitest() -> None:
    need_tools()
    words = [sys.executable, ROOT / "scripts" / "page.py", "test"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
