"""Whether the page's own tools can run here, which need Node and what web/package-lock.json names."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def need_tools() -> None:
    """Skips where they were not fetched: that is for `make page` to do, and takes minutes on a slow line."""
    spec = importlib.util.spec_from_file_location("page", ROOT / "scripts" / "page.py")
    assert spec and spec.loader
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    if not (ROOT / "web" / "node_modules" / ".wacket-lock").exists() or not (page.in_wheel() or page.on_path()):
        pytest.skip("what the page is made of is not installed here: make page")
