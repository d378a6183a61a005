"""10,000 TCP connections, each a node of its own that sends one line a second.

CPU share and memory are taken over the steady seconds, after all have connected and spoken once.
"""

from __future__ import annotations

import os
import resource
import socket
import time

from benchmarks.harness import Hub, wait_until, work_folder
from benchmarks.report import Figure, Options
from benchmarks.senders import Job, Ready, run

TICKS = 100  # a second: the lines are spread over the second, as those of boards are


def raise_limit(wanted: int) -> int:
    """Let this process and its children open `wanted` files; how many they really may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        top = max(hard, wanted) if os.geteuid() == 0 else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, top), top))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def crowd(hub: Hub, connections: int, seconds: int) -> Job:
    """Connects them all, speaks once on each, waits for calm, sends for `seconds`; how late the worst tick was."""

    def job(ready: Ready) -> tuple[float, float]:
        began = time.monotonic()
        boards = []
        for number in range(connections):
            board = socket.create_connection(hub.tcp, timeout=60)
            board.sendall(b"hello node=board-%05d\ntemp:20.00\n" % number)
            boards.append(board)
        wait_until(lambda: settled(hub), "the hub has taken in all connections", 600, 0.5)
        took = time.monotonic() - began
        ready()
        worst = _speak(boards, seconds)
        for board in boards:
            board.close()
        return worst, took

    return job


def _speak(boards: list[socket.socket], seconds: int) -> float:
    began, worst = time.monotonic(), 0.0
    for tick in range(seconds * TICKS):
        due = began + tick / TICKS
        time.sleep(max(0.0, due - time.monotonic()))
        worst = max(worst, time.monotonic() - due)
        line = b"temp:%d.%02d\n" % (20 + tick % 5, tick % 100)
        for board in boards[tick % TICKS :: TICKS]:
            board.send(line)
    return worst


def watcher(hub: Hub, seconds: int) -> Job:
    """Looks at the hub from outside while the crowd speaks: share of a core in percent, highest RSS in bytes."""

    def job(ready: Ready) -> tuple[float, int]:
        ready()
        time.sleep(1)
        cpu, began, peak = hub.cpu_seconds(), time.monotonic(), 0
        while time.monotonic() - began < seconds - 2:
            time.sleep(0.5)
            peak = max(peak, hub.rss())
        return (hub.cpu_seconds() - cpu) / (time.monotonic() - began) * 100, peak

    return job


def measure(options: Options) -> list[Figure]:
    wanted = options.pick(10_000, 2000)
    connections = min(wanted, raise_limit(wanted + 500) - 500)
    seconds = options.pick(20, 6)
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        before = hub.rss()
        _, ((worst, took), (share, peak)) = run([crowd(hub, connections, seconds), watcher(hub, seconds)])
        wait_until(lambda: _stored(hub, connections) >= connections * (seconds + 1), "every line is stored", 30, 0.2)
    note = (
        f"{connections} connections, all in after {took:.1f} s; {seconds} s, every line stored; "
        f"sender at most {worst * 1000:.0f} ms late"
    )
    return [
        Figure(f"{connections:,} connections, a line a second each", share, "% of a core", 60, 30, "low", note),
        Figure("memory of a connection", (peak - before) / connections / 1000, "KB RSS", 25, None, "low", note),
    ]


def _stored(hub: Hub, connections: int) -> int:
    """Readings that the hub can show, of all boards together; asked in parts, since a question has a limit."""
    total = 0.0
    for thousand in range((connections + 999) // 1000):
        path = f"/api/v1/series/values?match=board-{thousand:02d}*/temp&since=1h&step=1d&fn=count"
        total += sum(value for one in hub.get(path)["series"] for _, value in one["points"])
    return int(total)


_seen: dict[int, float] = {}


def settled(hub: Hub) -> bool:
    """True when the hub used less than 5 % of a core since the last look."""
    now = hub.cpu_seconds()
    before, _seen[hub.pid] = _seen.get(hub.pid, -1.0), now
    return before >= 0 and now - before < 0.025
