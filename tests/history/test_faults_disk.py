"""A disk that is nearly or really full: refused in plain words, nothing lost, no restart needed."""

from __future__ import annotations

import os
import random
import subprocess

import pytest
from tests.support.filled import START, expected

from wacket.errors import Unavailable
from wacket.history.space import Space

pytestmark = pytest.mark.slow


def test_nothing_is_taken_in_below_the_reserve_and_all_is_well_when_space_returns(bench, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 0.0))])
    free = [0]
    monkeypatch.setattr(Space, "free", property(lambda self: free[0]))
    with pytest.raises(Unavailable, match="nearly full"):
        history.append([bench.readings((1, START, 5.0))])
    assert history.health()["ok"] is False
    assert history.seal() == 1  # what was taken in can still be put away
    free[0] = 1 << 40
    history.append([bench.readings((1, START + 1, 1.0))])
    assert history.health()["ok"] is True
    assert bench.stored(history) == expected(2)


def test_the_reserve_file_is_given_up_and_made_again(tmp_path, monkeypatch):
    space = Space(tmp_path, 4 << 20)
    space.tend()
    assert (tmp_path / "reserve").stat().st_size == 1 << 20
    with monkeypatch.context() as patched:
        patched.setattr(Space, "free", property(lambda self: 1000))
        space.tend()
        assert not (tmp_path / "reserve").exists()
        space.tend()
    space.tend()
    assert (tmp_path / "reserve").exists()


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 6 MB."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode()}")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_runs_full_loses_nothing_and_needs_no_restart(bench, tiny_disk):
    bench.folder = tiny_disk / "history"
    history = bench.open(reserve_bytes=1)  # so that the disk is really full and not only nearly
    noise = random.Random(1)
    stored = []

    def fill() -> None:
        for _ in range(3000):
            rows = [(1, START + len(stored) + n, noise.random()) for n in range(500)]
            history.append([bench.readings(*rows)])
            stored.extend(rows)

    with pytest.raises(Unavailable, match="full"):
        fill()
    assert len(stored) > 10_000
    assert bench.stored(history) == stored
    with pytest.raises(Unavailable, match="full"):
        history.append([bench.readings(*[(1, START, noise.random()) for _ in range(20_000)])])
    ballast = tiny_disk / "ballast"
    assert not ballast.exists()
    subprocess.run(["mount", "-o", "remount,size=40m", tiny_disk], check=True)
    history.append([bench.readings((1, START + 10**9, 1.0))])
    stored.append((1, START + 10**9, 1.0))
    assert history.seal() == len(stored)
    assert bench.stored(history) == stored
    assert bench.stored(bench.open()) == stored
    bench.close()


def test_sealing_on_a_full_disk_fails_cleanly_and_succeeds_later(bench, tiny_disk):
    bench.folder = tiny_disk / "history"
    history = bench.open(reserve_bytes=1)
    noise = random.Random(2)
    rows = [(1, START + n, noise.random()) for n in range(20_000)]
    history.append([bench.readings(*rows)])
    ballast = tiny_disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, history.space.free - 65536)
    with pytest.raises(Exception, match=r"(?i)space|full"):
        history.seal()
    assert bench.stored(history) == rows
    ballast.unlink()
    assert history.seal() == len(rows)
    assert bench.stored(history) == rows
    assert list(bench.folder.rglob("*.tmp")) == []
    bench.close()
