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
from wacket.intake import portions
from wacket.intake.catalogue import UNKNOWN, Catalogue
from wacket.intake.portions import Portion
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
MOST_TOLD = 1000  # refused frames of an envelope that are told one by one; of the others their sender gets the number
TOGETHER = 256  # of those others, how many share a log record


@dataclass(slots=True)
class Group:
    """What came of some envelopes: rows to store, and by envelope how many frames were seen, and how many refused."""

    frames: list[int]
    refused: list[int]
    rejects: dict[int, list[Reject]] = field(default_factory=dict)  # by envelope, the first MOST_TOLD
    readings: list[Readings] = field(default_factory=list)
    logs: list[Logs] = field(default_factory=list)

    def batches(self) -> list[Batch]:
        """At most BATCH_ROWS rows each: all readings together, the logs as the formats gave them."""
        readings = Readings.concat([part for part in self.readings if len(part)])
        return [Batch(readings=piece) for piece in _pieces(readings)] + [
            Batch(logs=piece) for part in self.logs for piece in _pieces(part)
        ]


def decode(envelopes: Sequence[Envelope], catalogue: Catalogue) -> Group:
    """All envelopes, those of one format together as far as that is not too much at once."""
    group = Group([0] * len(envelopes), [0] * len(envelopes))
    for name, places in _by_format(envelopes).items():
        some = [(place, envelopes[place]) for place in places]
        if name is None:
            _take(group, some, _refused_by_the_door(some), catalogue)
            continue
        form = formats.find(name)
        for portion in portions.cut(some, form):
            for part, decoded in portions.decode(portion, form):
                _take(group, part, decoded, catalogue)
    return group


def _by_format(envelopes: Sequence[Envelope]) -> dict[str | None, list[int]]:
    """Places of the envelopes by format; under None those whose frame the door refused."""
    places: dict[str | None, list[int]] = {}
    for place, envelope in enumerate(envelopes):
        places.setdefault(envelope.format if envelope.refusal is None else None, []).append(place)
    return places


def _refused_by_the_door(some: Portion) -> Decoded:
    """Each is one frame, unless it was known already: then its body is empty."""
    rejects = [Reject(index, 0, one.refusal or "", one.body) for index, (_, one) in enumerate(some) if one.body]
    return Decoded([bool(one.body) for _, one in some], rejects=rejects)


def _take(group: Group, portion: Portion, decoded: Decoded, catalogue: Catalogue) -> None:
    _take_readings(group, decoded, [envelope for _, envelope in portion], catalogue)
    if len(decoded.logs):
        group.logs.append(decoded.logs)
    before = []
    for (place, _), frames in zip(portion, decoded.frames, strict=True):
        before.append(group.frames[place])
        group.frames[place] += frames
    if decoded.rejects:
        group.logs.append(_take_rejects(group, portion, decoded.rejects, before))


def _take_rejects(group: Group, portion: Portion, rejects: Sequence[Reject], before: Sequence[int]) -> Logs:
    """Count them, remember those that are told, and keep them all. `before`: frames of the envelopes so far."""
    rows: list[tuple[Envelope, Sequence[Reject]]] = []
    untold: dict[int, list[Reject]] = {}
    for reject in rejects:
        place, envelope = portion[reject.envelope]
        numbered = reject._replace(envelope=place, offset=before[reject.envelope] + reject.offset)
        group.refused[place] += 1
        if group.refused[place] <= MOST_TOLD:
            group.rejects.setdefault(place, []).append(numbered)
            rows.append((envelope, [numbered]))
        else:
            untold.setdefault(reject.envelope, []).append(numbered)
    for index, many in untold.items():
        rows += [(portion[index][1], many[at : at + TOGETHER]) for at in range(0, len(many), TOGETHER)]
    return Logs.of([_reject_row(*row) for row in rows])


def _reject_row(envelope: Envelope, some: Sequence[Reject]) -> tuple[int, int, int, str, int, str, bytes]:
    """One refused frame as a log record, or several that are not told one by one."""
    attrs = {
        "reason": some[0].reason if len(some) == 1 else f"{some[0].reason} (and {len(some) - 1} more, for any reason)",
        "format": envelope.format,
        "door": envelope.door,
        "peer": envelope.peer,
        "frame": some[0].offset,
    }
    if len(some) > 1:
        attrs["frames"] = len(some)
    body = b"\n".join([reject.excerpt[:EXCERPT] for reject in some]).decode("utf-8", "replace")
    at = envelope.received_at
    return at, at, envelope.node, REJECT_SOURCE, WARN, body, msgspec.json.encode(attrs)


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


def _pieces(rows: Columns) -> list[Columns]:
    return [rows.slice(start, min(start + BATCH_ROWS, len(rows))) for start in range(0, len(rows), BATCH_ROWS)]
