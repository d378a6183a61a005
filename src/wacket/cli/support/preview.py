"""Shows the first rows of a file as the hub will read them, with the hub's own decoders. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from wacket.cli.support.text import aligned, fitted, number, plain
from wacket.intake.units import unit_of
from wacket.records import HUB_TIME, Decoded, Envelope

ROWS = 6


class Preview(NamedTuple):
    """What the decoders made of the first lines."""

    decoded: Decoded
    lines: list[str]

    @property
    def nothing_understood(self) -> bool:
        decoded = self.decoded
        return not len(decoded.readings) and not len(decoded.logs)


def preview(body: bytes, form: str, options: Mapping[str, str], now: int) -> Preview:
    """Decode `body` as `form` and describe it. `now` is µs since 1970. Raises BadRequest for an unknown
    format.
    """
    from wacket.formats import find

    envelope = Envelope("push", "", 0, form, now, body, dict(options))
    decoded: Decoded = find(form).decode([envelope])
    return Preview(decoded, [*_readings(decoded), *_logs(decoded), *_rejects(decoded)])


def _readings(decoded: Decoded) -> list[str]:
    readings = decoded.readings
    if not len(readings):
        return []
    rows = [["SERIES", "VALUE", "UNIT", "TIME"]]
    for place in range(min(ROWS, len(readings))):
        key = decoded.keys[int(readings.series[place])]
        labels = ",".join(f"{name}={value}" for name, value in key.labels)
        arrived = int(readings.quality[place]) & HUB_TIME
        rows.append(
            [
                plain(f"{key.name}{{{labels}}}" if labels else key.name),
                number(float(readings.value[place])),
                plain(decoded.units.get(key.name) or unit_of(key.name)),
                "when it arrives" if arrived else moment(int(readings.at[place])),
            ]
        )
    return aligned(rows, [False, True, False, False], 110)


def _logs(decoded: Decoded) -> list[str]:
    bodies = decoded.logs.body.to_list()[:3] if len(decoded.logs) else []
    return [fitted(f"log: {plain(body)}", 110) for body in bodies]


def _rejects(decoded: Decoded) -> list[str]:
    return [fitted(f"not understood: {plain(reject.reason)}", 110) for reject in decoded.rejects[:3]]


def moment(at: int) -> str:
    """µs since 1970 as text, whatever a sender claims."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).strftime("%Y-%m-%d %H:%M:%SZ")
    except OverflowError:
        return f"{at} µs"
