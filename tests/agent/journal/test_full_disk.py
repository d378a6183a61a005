"""The journal on a small file system that others have filled: what comes and goes still does, also after a restart."""

from __future__ import annotations

import contextlib
import os
import subprocess

import pytest

from wacket_agent.journal.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    point = tmp_path / "disk"
    point.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(point)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    yield point
    subprocess.run(["umount", str(point)], check=True)


@pytest.fixture
def opened(disk):
    """Opens the journal in that file system; whatever is still open at the end is closed."""
    with contextlib.ExitStack() as stack:

        def begin():
            store = Store.open(disk / "state")
            stack.callback(store.close)
            return store

        yield begin


def fill(disk):
    descriptor = os.open(disk / "ballast", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with contextlib.suppress(OSError):
        while os.write(descriptor, b"\0" * 512):
            pass
    os.close(descriptor)


def come_and_go(store, times):
    """Lines that are acknowledged at once, as with a hub; how many were taken."""
    taken = 0
    for _ in range(times):
        store.add("logs", b"".join(os.urandom(40).hex().encode() + b"\n" for _ in range(100)), 1)
        taken += store.flush()
        store.acknowledge("logs", store.stream("logs").last)
    return taken


def test_what_comes_and_goes_fits_into_a_full_disk(disk, opened):
    store = opened()
    fill(disk)
    assert come_and_go(store, 200) == 200
    assert store.accept("01K9ZZZZZZ0000000000000000", "{}", "boot", 1)


def test_an_agent_starts_on_a_full_disk_and_is_as_usual_when_there_is_room(disk, opened):
    store = opened()
    come_and_go(store, 1)
    store.close()
    fill(disk)
    again = opened()
    assert come_and_go(again, 50) == 50
    (disk / "ballast").unlink()
    again.tidy()
    assert (disk / "state" / "journal.db-wal").exists()
    assert come_and_go(again, 50) == 50
    assert again.stream("logs").next == 10_100
