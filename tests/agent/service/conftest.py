"""What the tests of installing share: a machine that root installs on, and one where an account installs for itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.service.installing import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path, monkeypatch, is_root=True)
    made.boot()
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch, is_root=False)
