"""The page's own tests, which need Node: one test here, so that one run judges everything and ends with one line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def can_run() -> bool:
    """Whether what the page is made of was fetched, which is `make page`'s to do and takes minutes on a slow line."""
    spec = importlib.util.spec_from_file_location("page", ROOT / "scripts" / "page.py")
    assert spec and spec.loader
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    return (ROOT / "web" / "node_modules" / ".wacket-lock").exists() and bool(page.in_wheel() or page.on_path())


def test_vitest() -> None:
    if not can_run():
        pytest.skip("what the page is made of is not installed here: make page")
    if not list((ROOT / "web" / "src").rglob("*.test.ts*")):
        pytest.skip("the page has no tests yet")
    words = [sys.executable, ROOT / "scripts" / "page.py", "test"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
