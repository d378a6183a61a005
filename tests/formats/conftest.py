"""What the tests of the formats share: envelopes, and decoded columns as rows that can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from wacket.formats import _times
from wacket.records import Decoded, Envelope

RECEIVED = 1_795_255_200_000_000  # 2026-11-21T10:00:00Z


def envelope(body: bytes, node: int = 7, received_at: int = RECEIVED, adopted: bool = True, **options: str) -> Envelope:
    return Envelope("test", "peer", node, "", received_at, body, options, adopted=adopted)


def readings(decoded: Decoded) -> list[tuple[Any, ...]]:
    """(node, name, labels, at, value, quality), as they came."""
    found = decoded.readings
    columns = (found.series.tolist(), found.at.tolist(), found.value.tolist(), found.quality.tolist())
    return [(*decoded.keys[series], at, value, quality) for series, at, value, quality in zip(*columns, strict=True)]


def logs(decoded: Decoded) -> list[tuple[Any, ...]]:
    """(node, at, source, severity, body, attrs), as they came."""
    found = decoded.logs
    return list(
        zip(
            found.node.tolist(),
            found.at.tolist(),
            found.source.to_list(),
            found.severity.tolist(),
            found.body.to_list(),
            found.attrs.to_list(),
            strict=True,
        )
    )


def document(decoded: Decoded) -> dict[str, Any]:
    """The whole as JSON that a person can read, as the fixtures have it."""
    shown_readings = [
        f"{name}{json.dumps(dict(labels)) if labels else ''} {_times.iso(at)} {value!r} q={quality}"
        for _, name, labels, at, value, quality in readings(decoded)
    ]
    shown_logs = [
        {"at": _times.iso(at), "source": source, "severity": severity, "body": body, "attrs": attrs}
        for _, at, source, severity, body, attrs in logs(decoded)
    ]
    return {
        "frames": decoded.frames,
        "readings": shown_readings,
        "logs": shown_logs,
        "rejects": [f"{reject.offset}: {reject.reason}" for reject in decoded.rejects],
        "units": decoded.units,
    }


@pytest.fixture(scope="session")
def make() -> Callable[..., Envelope]:
    return envelope


@pytest.fixture(scope="session")
def see() -> Any:
    class See:
        readings = staticmethod(readings)
        logs = staticmethod(logs)
        document = staticmethod(document)
        received = RECEIVED

    return See
