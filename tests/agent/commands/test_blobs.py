"""What commands name by its SHA-256, as it is kept on the machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wacket_agent.commands import blobs
from wacket_agent.commands.blobs import Blobs


def take(kept: Blobs, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    assert kept.take({"sha256": sha256, "offset": 0, "size": len(data)}, data) == sha256
    return sha256


def test_the_longest_unused_go_first_and_what_is_needed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "ROOM", 25)
    kept = Blobs(str(tmp_path), "boot")
    needed, used, old, newer = (take(kept, bytes([letter]) * 10) for letter in b"nuox")
    assert kept.has(used)
    kept.make_room([needed])
    assert [kept.has(one) for one in (needed, used, old, newer)] == [True, True, False, False]
    assert not Path(kept.path(old)).exists()


def test_there_are_not_too_many_however_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MOST", 3)
    kept = Blobs(str(tmp_path), "boot")
    for number in range(9):
        take(kept, b"%d" % number)
        kept.make_room([])
    assert len(list(tmp_path.glob("?" * 64))) == 3


def test_they_outlive_the_agent_but_not_the_boot(tmp_path: Path) -> None:
    sha256 = take(Blobs(str(tmp_path), "boot-1"), b"data")
    (tmp_path / f"{sha256}.part").write_bytes(b"da")
    assert Blobs(str(tmp_path), "boot-1").has(sha256)
    assert not (tmp_path / f"{sha256}.part").exists()
    assert not Blobs(str(tmp_path), "boot-2").has(sha256), "nobody knows what a power cut left of it"


def test_one_that_somebody_removed_is_fetched_again(tmp_path: Path) -> None:
    kept = Blobs(str(tmp_path), "boot")
    sha256 = take(kept, b"data")
    Path(kept.path(sha256)).unlink()
    assert not kept.has(sha256)
    assert take(kept, b"data") == sha256
