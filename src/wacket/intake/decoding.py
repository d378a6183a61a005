"""Turns a group of envelopes of any formats into batches with global series ids. No waiting, no store of its own.

Runs on the decoding thread. What cannot be decoded becomes a log record under REJECT_SOURCE, so it is kept too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import numpy as np

from wacket import formats
from wacket.intake.catalogue import UNKNOWN, Catalogue
from wacket.records import (
    I64,
    REJECT_SOURCE,
    WARN,
    Batch,
    Decoded,
    Envelope,
    Logs,
    Readings,
    Reject,
    SeriesKey,
    StringColumn,
)

Columns = TypeVar("Columns", Readings, Logs)

BATCH_ROWS = 1 << 20
EXCERPT = 256


@dataclass(slots=True)
class Group:
    """What came of some envelopes: rows to store, and per envelope the frames seen and refused."""

    readings: list[Readings] = field(default_factory=list)
    logs: list[Logs] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    rejects: dict[int, list[Reject]] = field(default_factory=dict)  # by envelope

    def batches(self) -> list[Batch]:
        """At most BATCH_ROWS rows each: all readings together, the logs as the formats gave them."""
        readings = Readings.concat([part for part in self.readings if len(part)])
        return [Batch(readings=piece) for piece in _pieces(readings)] + [
            Batch(logs=piece) for part in self.logs for piece in _pieces(part)
        ]


def decode(envelopes: Sequence[Envelope], catalogue: Catalogue) -> Group:
    """All envelopes, those of one format together. The formats never raise for bad data."""
    group = Group(frames=[0] * len(envelopes))
    for name, places in _by_format(envelopes).items():
        if name is None:
            _take_refused(group, places, envelopes)
            continue
        chosen = [envelopes[place] for place in places]
        decoded = formats.find(name).decode(chosen)
        _take_readings(group, decoded, chosen, catalogue)
        if len(decoded.logs):
            group.logs.append(decoded.logs)
        for place, frames in zip(places, decoded.frames, strict=True):
            group.frames[place] = frames
        for reject in decoded.rejects:
            group.rejects.setdefault(places[reject.envelope], []).append(reject)
    if group.rejects:
        group.logs.append(_rejects_as_logs(group.rejects, envelopes))
    return group


def _by_format(envelopes: Sequence[Envelope]) -> dict[str | None, list[int]]:
    """Places of the envelopes by format; under None those whose frame the door refused."""
    places: dict[str | None, list[int]] = {}
    for place, envelope in enumerate(envelopes):
        places.setdefault(envelope.format if envelope.refusal is None else None, []).append(place)
    return places


def _take_refused(group: Group, places: Sequence[int], envelopes: Sequence[Envelope]) -> None:
    for place in places:
        envelope = envelopes[place]
        if envelope.body:  # empty when the frame was known already
            group.frames[place] = 1
            group.rejects[place] = [Reject(place, 0, envelope.refusal or "", envelope.body)]


def _take_readings(group: Group, decoded: Decoded, envelopes: Sequence[Envelope], catalogue: Catalogue) -> None:
    readings = decoded.readings
    if not len(readings):
        return
    ids = catalogue.intern(decoded.keys, decoded.units)
    series = ids[readings.series]
    if (ids != UNKNOWN).all():
        group.readings.append(Readings(series, readings.at, readings.value, readings.quality))
        return
    kept, over = series != UNKNOWN, np.flatnonzero(series == UNKNOWN)
    group.readings.append(Readings(series[kept], readings.at[kept], readings.value[kept], readings.quality[kept]))
    group.logs.append(_over_cap_as_logs(readings, over, decoded.keys, max(e.received_at for e in envelopes)))


def _over_cap_as_logs(readings: Readings, rows: I64, keys: Sequence[SeriesKey], now: int) -> Logs:
    """Readings whose node may not make more series: kept as text, so that nothing is lost."""
    named = [keys[key] for key in readings.series[rows].tolist()]
    attrs = [
        msgspec.json.encode(
            {"name": key.name, "labels": dict(key.labels), "value": value, "why": "series cap of the node"}
        )
        for key, value in zip(named, readings.value[rows].tolist(), strict=True)
    ]
    return Logs(
        readings.at[rows],
        np.full(len(rows), now, np.int64),
        np.array([key.node for key in named], np.uint32),
        StringColumn.constant("wacket.uncatalogued", len(rows)),
        np.full(len(rows), WARN, np.uint8),
        StringColumn.of(f"{key.name} {value}" for key, value in zip(named, readings.value[rows].tolist(), strict=True)),
        StringColumn.of(attrs),
    )


def _rejects_as_logs(rejects: dict[int, list[Reject]], envelopes: Sequence[Envelope]) -> Logs:
    rows = []
    for place, some in rejects.items():
        envelope = envelopes[place]
        for reject in some:
            excerpt = reject.excerpt[:EXCERPT].decode("utf-8", "replace")
            attrs = {
                "reason": reject.reason,
                "format": envelope.format,
                "door": envelope.door,
                "peer": envelope.peer,
                "frame": reject.offset,
            }
            at = envelope.received_at
            rows.append((at, at, envelope.node, REJECT_SOURCE, WARN, excerpt, msgspec.json.encode(attrs)))
    return Logs.of(rows)


def _pieces(rows: Columns) -> list[Columns]:
    return [rows.slice(start, min(start + BATCH_ROWS, len(rows))) for start in range(0, len(rows), BATCH_ROWS)]
