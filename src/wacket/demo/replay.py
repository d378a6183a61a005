"""Replays a file of energy events as the old clients did: one event a request, over several kept-alive connections."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from wacket.demo.ways import TIMEOUT, post, reason
from wacket.settings import split_address

CONNECTIONS = 16  # each waits for the disk; together they share its syncs


@dataclass
class Replayed:
    """What came of it: events stored and refused, and the first few reasons."""

    stored: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)
    broken: OSError | None = None


def replay(
    address: str,
    events: Iterable[bytes],
    advance: Callable[[int], None],
    stop: threading.Event,
    connections: int = CONNECTIONS,
) -> Replayed:
    """Post every event to /log/store. Raises OSError when the hub goes away before the end; set `stop` to end early."""
    total, lock, source = Replayed(), threading.Lock(), iter(events)

    def carry() -> None:
        link = http.client.HTTPConnection(*split_address(address), timeout=TIMEOUT)
        try:
            for event in _taken(source, lock):
                if stop.is_set():
                    return
                status, body = post(link, "/log/store", event, "text/plain")
                with lock:
                    _count(total, status, body)
                    advance(1)
        except OSError as error:
            total.broken = error
            stop.set()
        finally:
            link.close()

    threads = [threading.Thread(target=carry, name=f"replay-{number}", daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if total.broken:
        raise total.broken
    return total


def _taken(source: Iterator[bytes], lock: threading.Lock) -> Iterator[bytes]:
    """Events from a source that several threads share."""
    for _ in itertools.count():
        with lock:
            event = next(source, None)
        if event is None:
            return
        yield event


def _count(total: Replayed, status: int, body: bytes) -> None:
    if status == 200:
        total.stored += 1
        return
    total.refused += 1
    if len(total.reasons) < 5:
        total.reasons.append(f"{status} {reason(body)}")
