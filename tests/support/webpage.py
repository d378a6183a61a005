"""Whether the page's own tools can run here, which need Node and what web/package-lock.json names."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
from collections.abc import Sequence
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


def run_whole(words: Sequence[str | Path], seconds: float) -> tuple[int, str]:
    """Exit code and all that was said; after these seconds it is ended, with everything that it has started."""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            said += f"\n(ended after {seconds:.0f} s)"
    return process.returncode, said
