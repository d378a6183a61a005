"""Much more is sent than the hub can take: it slows the senders down, says so, keeps its memory, keeps its word."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from benchmarks.harness import Hub, wait_until
from tests.torture.remembering import TcpSender
from tests.torture.verify import stored_numbers, wrong

SMALL = {
    "WACKET_DOORS_BODY_LIMIT": "1000000",
    "WACKET_INTAKE_WAITING_BYTES": "4000000",
    "WACKET_INTAKE_WAITING_BYTES_PER_NODE": "1000000",
    "WACKET_HISTORY_SEAL_ROWS": "500000",
}
TINY = {
    "WACKET_DOORS_BODY_LIMIT": "20000",
    "WACKET_INTAKE_WAITING_BYTES": "20000",
    "WACKET_INTAKE_WAITING_BYTES_PER_NODE": "20000",
}
ROWS = 20_000  # of one request
MOST_MORE_MEMORY = 600_000_000  # bytes that the hub may grow by, query engine and caches included


class GreedySender(TcpSender):
    """Never waits for an acknowledgement as long as the hub goes on reading."""

    window = 200_000


class Flood(threading.Thread):
    """Large requests, one after the other, as fast as they are answered; counts what was answered and how."""

    def __init__(self, hub: Hub, number: int, until: float) -> None:
        super().__init__(daemon=True)
        self.hub, self.number, self.until = hub, number, until
        self.statuses: Counter[int] = Counter()
        self.stored: list[int] = []
        self.without_retry_after = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection(*self.hub.http, timeout=60)
        with contextlib.closing(connection):
            part = 0
            while time.monotonic() < self.until:
                first = self.number * 1_000_000_000 + part * ROWS
                body = b"".join(b"n:%d\n" % number for number in range(first, first + ROWS))
                connection.request("POST", "/api/v1/ingest/plotter?node=flood", body)
                answer = connection.getresponse()
                answer.read()
                self.statuses[answer.status] += 1
                if answer.status == 200:
                    self.stored.append(first)
                else:
                    self.without_retry_after += "Retry-After" not in answer.headers
                part += 1


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=[pytest.mark.torture, pytest.mark.timeout(600)])])
def test_overload_is_refused_not_dropped(a_hub: Callable[..., Hub], seconds: int) -> None:
    hub = a_hub(**SMALL).start()
    before, peak = hub.rss(), 0
    senders = [GreedySender(hub, f"greedy-{number}", number) for number in range(3)]
    floods = [Flood(hub, number, time.monotonic() + seconds) for number in range(8)]
    for sender in senders:
        sender.start()
    for flood in floods:
        flood.start()

    def done() -> bool:
        nonlocal peak
        peak = max(peak, hub.rss())
        return not any(flood.is_alive() for flood in floods)

    wait_until(done, "the floods end", seconds + 60, 0.1)
    for sender in senders:
        sender.stop()
    statuses = sum((flood.statuses for flood in floods), Counter[int]())
    assert set(statuses) <= {200, 429, 503}, statuses
    assert statuses[200] > 0
    assert statuses[503] + statuses[429] > 0, "this was no overload; the test has lost its point"
    assert not any(flood.without_retry_after for flood in floods)
    assert peak - before < MOST_MORE_MEMORY
    assert wrong(hub, senders) == []
    there = stored_numbers(hub, "flood")
    expected = {number for flood in floods for first in flood.stored for number in range(first, first + ROWS)}
    assert set(there) == expected, "what was answered 200 is there, what was answered 503 is not"
    assert there.total() == len(expected)
    hub.end()


@pytest.mark.slow
def test_datagrams_that_are_dropped_are_counted(a_hub: Callable[..., Hub]) -> None:
    with a_hub(**TINY) as hub:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as board:
            board.connect(hub.udp)
            board.send(b"n:0")
            wait_until(lambda: counted(hub)["datagrams"] == 1, "the hub hears datagrams")
            for number in range(1, 5000):
                board.send(b"n:%d\n" % number)
        seen = -1

        def calm() -> bool:
            nonlocal seen
            last, seen = seen, counted(hub)["datagrams"]
            return last == seen and counted(hub, "intake")["waiting_bytes"] == 0

        wait_until(calm, "the hub has read them all", 30, 0.2)
        counts = counted(hub)
        stored = stored_numbers(hub, "127.0.0.1").total()
        assert stored + counts["dropped"] + counts["refused"] == counts["datagrams"]
        assert stored > 0


def counted(hub: Hub, edge: str = "udp") -> dict[str, int]:
    found: dict[str, int] = hub.get("/api/v1/health")["statistics"][edge]
    return found
