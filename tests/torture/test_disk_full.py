"""A small file system runs full under load: the hub refuses, loses nothing, and goes on when there is room."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.harness import Hub, wait_until
from tests.torture.remembering import NdjsonSender, Sender, TcpSender
from tests.torture.verify import wrong

MEGABYTE = 1 << 20
SIZE = 48 * MEGABYTE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, SIZE bytes large."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    point = tmp_path / "disk"
    point.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(point)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    yield point
    # The hub may still be closing its files.
    wait_until(
        lambda: subprocess.run(["umount", str(point)], check=False, capture_output=True).returncode == 0,
        "unmounted",
        30,
    )


class Ballast:
    """A file that takes the room away."""

    def __init__(self, disk: Path) -> None:
        self._disk, self._path = disk, disk / "ballast"

    def free(self) -> int:
        state = os.statvfs(self._disk)
        return state.f_bavail * state.f_frsize

    def leave(self, free: int) -> None:
        """Take room until at most `free` bytes are left."""
        with contextlib.suppress(OSError), self._path.open("ab", buffering=0) as file:
            while (over := self.free() - free) > 0:
                file.write(b"\0" * min(over, MEGABYTE))

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)


def probe(hub: Hub) -> tuple[int, str | None]:
    """Status and Retry-After of one small request."""
    connection = http.client.HTTPConnection(*hub.http, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/api/v1/ingest/plotter?node=probe", b"p:1\n")
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Retry-After")


@pytest.mark.slow
@pytest.mark.parametrize(("reserve", "left"), [(12 * MEGABYTE, 6 * MEGABYTE), (1, 0)], ids=["guarded", "really full"])
def test_a_full_disk_refuses_and_recovers(small_disk: Path, a_hub: Callable[..., Hub], reserve: int, left: int) -> None:
    hub = a_hub(small_disk / "data", WACKET_HISTORY_RESERVE_BYTES=str(reserve)).start()
    ballast = Ballast(small_disk)
    senders: list[Sender] = [TcpSender(hub, "tcp-0"), NdjsonSender(hub, "http-0")]
    for sender in senders:
        sender.start()
    try:
        wait_until(lambda: all(sender.acknowledged > 1000 for sender in senders), "a normal start", 30)

        def refuses() -> bool:
            ballast.leave(left)
            status, retry_after = probe(hub)
            assert status in (200, 503), hub.output()[-2000:]
            assert status == 200 or (retry_after or "").isdigit(), "a refusal says when to come again"
            return status == 503

        wait_until(refuses, "the hub refuses", 30)
        # Longer than the period of what the hub writes in the background: that must not end it either.
        since = time.monotonic()
        wait_until(lambda: refuses() and time.monotonic() > since + 12, "the hub goes on refusing", 60, 0.2)
        assert hub.get("/api/v1/health")["status"] != "ok"
        stopped = [sender.acknowledged for sender in senders]
        ballast.drop()
        wait_until(lambda: probe(hub)[0] == 200, "the hub takes data again", 30)
        wait_until(
            lambda: all(s.acknowledged > before + 1000 for s, before in zip(senders, stopped, strict=True)),
            "the senders get on, and the hub was not started again",
            30,
        )
    finally:
        ballast.drop()
        for sender in senders:
            sender.stop()
    assert wrong(hub, senders) == []
    hub.kill()
    assert wrong(hub.start(), senders) == []
    hub.end()
