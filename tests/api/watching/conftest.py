"""The API with two nodes and two series, and what the bus tells of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from wacket.api import live
from wacket.api.watching import connection
from wacket.bus.memory import Told
from wacket.ledger import nodes as node_rows
from wacket.records import Batch, Logs, Readings, SeriesKey


class Socket:
    """One live connection; `say` returns when the hub has answered, and gives that answer."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    def say(self, **wanted: Any) -> dict[str, Any]:
        self.socket.send_text(json.dumps(wanted))
        while "cursor" not in (heard := self.hear("cursor", "error")):
            assert "error" not in heard, heard
        return heard

    def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message of these kinds (any, if none is named); beats are nothing to say."""
        while True:
            heard: dict[str, Any] = self.socket.receive_json()
            if "beat" in heard and "cursor" not in heard and "beat" not in kinds:
                continue
            if not kinds or set(heard) & set(kinds):
                return heard


class Site:
    """The application of the test, with rig-3 (series 1) and rig-4 (series 2), each of which tells `temp`."""

    def __init__(self, api: Any) -> None:
        self.api, self.parts = api, api.parts
        api.app.include_router(live.router)
        for name in ("rig-3", "rig-4"):
            self.parts.ledger.write_sync(
                lambda c, n=name: node_rows.create(c, n, "board", "adopted", f"name:{n}", api.now)
            )
        self.parts.catalogue.refresh_nodes()
        self.parts.catalogue.intern([SeriesKey(2, "temp"), SeriesKey(3, "temp")], {})

    @contextmanager
    def screen(self, client: Any = None, **wanted: Any) -> Iterator[Socket]:
        """A client that has said what it wants, and was answered."""
        with (client or self.api.owner).websocket_connect("/api/v1/live") as socket:
            made = Socket(socket)
            made.say(**wanted)
            yield made

    def call(self, work: Callable[..., Any], *args: Any) -> Any:
        """On the hub's loop."""
        return self.api.owner.portal.call(work, *args)

    def tell(self, *told: Told) -> None:
        for one in told:
            self.publish("batches", one)

    def publish(self, topic: str, message: Any) -> None:
        self.call(self.parts.bus.publish_nowait, topic, message)


@pytest.fixture
def site(api: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name in ("EVERY", "EVERY_CHANGES", "EVERY_FLEET"):
        monkeypatch.setattr(connection, name, 0.001)
    return Site(api)


def readings(series: Sequence[int], first: int = 0, at: int = 0) -> Told:
    """Values count from `first` on, times from `at` on."""
    count = len(series)
    values = np.arange(first, first + count, dtype=np.float64)
    moments = np.arange(at, at + count, dtype=np.int64)
    columns = Readings(np.array(series, np.uint32), moments, values, np.zeros(count, np.uint8))
    return Told(Batch(readings=columns), 1 << 20)


def lines(*rows: tuple[int, int, str], first_id: int = 100, at: int = 5_000_000) -> Told:
    """Rows are (node, severity, body)."""
    logs = Logs.of([(at, at, node, "app", severity, body, "") for node, severity, body in rows])
    return Told(Batch(logs=logs), first_id)
