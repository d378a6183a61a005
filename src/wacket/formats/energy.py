"""Energy events, one a line: their numbers as readings, and the whole event as a log record of source `energy`.

An event is text (`_events`) or its JSON; the log's `attrs` is the same JSON either way and its `body` what was sent.
Events of one and the same second are all kept, in order. The device's id becomes the label `device`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np

from wacket.errors import Undecodable
from wacket.formats import text
from wacket.formats._events import Event, parse, parse_json
from wacket.formats._frames import Frames, Made, timed
from wacket.formats._frames import decode as decode_frames
from wacket.formats._names import Labels, labels, series_name
from wacket.formats._times import instant
from wacket.records import ENERGY_SOURCE, INFO, Decoded, Envelope, Logs, Readings, SeriesKey, StringColumn

__all__ = ["MEDIA_TYPES", "SUMMARY", "WHOLE", "Event", "decode", "made", "missing", "parse", "parse_json", "read"]

SUMMARY = "Events of energy sensors: `Section: key=value; List: value; value;`, or their JSON."
MEDIA_TYPES = ("text/plain", "application/json")

# What has a name and unit of its own; other numbers are section.key, without unit.
_KNOWN = {
    "power.active": ("power.active", "W"),
    "power.reactive": ("power.reactive", "var"),
    "power.appearent": ("power.apparent", "VA"),  # as the sensors spell it
    "power.apparent": ("power.apparent", "VA"),
    "line.current": ("line.current", "A"),
    "line.voltage": ("line.voltage", "V"),
    "line.phase": ("line.phase", "rad"),
    "hz": ("line.frequency", "Hz"),
    "wifi_strength": ("wifi.strength", "dBm"),
}
_UNITS = dict(_KNOWN.values())
_TIME, _DEVICE = "utc_time", "device.id"

# What the cluster analysis needs of an event: section, key as `missing` names it, and the key that will do as well.
_NEEDED = (
    ("Power", "Active", None),
    ("Power", "Reactive", None),
    ("Power", "Appearent", "Apparent"),
    ("Line", "Current", None),
    ("Line", "Voltage", None),
)
_PEAKS = 3
_NUMBERS = {int, float}
_CACHED_KEYS, _CACHED = 32, 1024  # keys and characters; what is longer is made each time, so that it fills no memory
WHOLE = {"whole": "yes"}  # the options of an envelope that may hold no event which the cluster analysis must skip


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def read(frame: bytes | str) -> Event:
    """One frame: the event in it. Raises Undecodable, naming the place; also for a frame with no section."""
    line = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
    line = line.strip()
    event = parse_json(line) if line[:1] in ("{", '"') else parse(line)
    if not event:
        raise Undecodable(
            "no section in it; an event looks like: Power: Active=1753W; Reactive=279var; Peaks: 7.33;7.31;"
        )
    return event


def missing(event: Event) -> list[str]:
    """What the cluster analysis misses in an event, as `Section.key`."""
    lacking = []
    for section, key, other in _NEEDED:
        content = event.get(section)
        if not isinstance(content, dict) or type(content.get(key, content.get(other))) not in _NUMBERS:
            lacking.append(f"{section}.{key}")
    peaks = event.get("Peaks")
    if not isinstance(peaks, list) or len(peaks) < _PEAKS or not _NUMBERS.issuperset(map(type, peaks[:_PEAKS])):
        lacking.append("Peaks")
    return lacking


def _require_whole(event: Event) -> None:
    if lacking := missing(event):
        raise Undecodable(f"the event lacks {', '.join(lacking)}: numbers that the clusters need")


def made(frames: Frames) -> Made:
    nodes = [envelope.node for envelope in frames.envelopes]
    whole = frames.options("whole")
    places: dict[tuple[int, str, tuple[str, ...]], list[int]] = {}
    keys: dict[SeriesKey, int] = {}
    rows = _Rows([], [], [], [], [], [])
    refused: dict[int, str] = {}
    for frame, (line, origin) in enumerate(zip(frames.lines(), frames.origin.tolist(), strict=True)):
        try:
            event = read(line)
            if whole[origin]:
                _require_whole(event)
            at, device, names, values = _numbers(event)
            labels_of = _labels(device)
        except Undecodable as error:
            refused[frame] = str(error)
            continue
        sort = nodes[origin], device, tuple(names)
        if sort not in places:
            places[sort] = [keys.setdefault(SeriesKey(sort[0], name, labels_of), len(keys)) for name in names]
        rows.frame.append(frame)
        rows.at.append(at)
        rows.counts.append(len(values))
        rows.series.extend(places[sort])
        rows.value.extend(values)
        rows.attrs.append(msgspec.json.encode(event))
    if not rows.frame:
        return Made(refused=refused)
    result = _columns(frames, rows)
    result.keys, result.refused = list(keys), refused
    result.units = {key.name: _UNITS[key.name] for key in keys if key.name in _UNITS}
    return result


class _Rows(NamedTuple):
    """Frame, time, number of readings and JSON of each event; series and value of each reading."""

    frame: list[int]
    at: list[int | None]
    counts: list[int]
    series: list[int]
    value: list[float]
    attrs: list[bytes]


def _columns(frames: Frames, rows: _Rows) -> Made:
    count = len(rows.frame)
    if count < len(frames):
        kept = np.zeros(len(frames), np.bool_)
        kept[rows.frame] = True
        frames = frames.pick(kept)
    told = None if None not in rows.at else np.array([at is not None for at in rows.at], np.bool_)
    at, quality = timed(frames, np.arange(count), np.array([at or 0 for at in rows.at], np.int64), told)
    frame = np.array(rows.frame, np.int64)
    readings = Readings(
        np.array(rows.series, np.uint32),
        np.repeat(at, rows.counts),
        np.array(rows.value, np.float64),
        np.repeat(quality, rows.counts),
    )
    source, severity = StringColumn.constant(ENERGY_SOURCE, count), np.full(count, INFO, np.uint8)
    body, attrs = text.bodies(frames), StringColumn.of(rows.attrs)
    logs = Logs(at, frames.received(), frames.node(), source, severity, body, attrs)
    return Made([], readings, np.repeat(frame, rows.counts), logs, frame)


def _numbers(event: Event) -> tuple[int | None, str, list[str], list[float]]:
    """Time, device, and names and values of the numbers. Raises Undecodable when a known field is of the wrong kind."""
    at, device = None, ""
    names: list[str] = []
    values: list[float] = []
    for section, content in event.items():
        if isinstance(content, dict):
            (here, special), found = _names(section, tuple(content)), content.values()
        elif len(content) == 1:
            (here, special), found = _names(section, ("",)), content
        else:
            continue  # a list of several is for the log only
        if not special and _NUMBERS.issuperset(map(type, found)):
            names += here
            values += found
            continue
        for name, one in zip(here, found, strict=True):
            if name == _DEVICE:
                device = str(one)
            elif name == _TIME:
                at = _time(section, one)
            elif name in _UNITS and isinstance(one, str | bool):
                raise Undecodable(f"{section}: {name} must be a number, not {_as_sent(one)}")
            elif not isinstance(one, str):
                names.append(name)
                values.append(one)
    return at, device, names, values


def _time(section: str, one: Any) -> int:
    at = instant(one) if isinstance(one, str) else None
    if at is None:
        raise Undecodable(f"{section}: {str(one)[:32]!r} is no date with a time")
    return at


def _as_sent(one: str | bool) -> str:
    return repr(one[:32]) if isinstance(one, str) else "ON" if one else "OFF"


def _names(section: str, keys: tuple[str, ...]) -> tuple[list[str], bool]:
    """The series names of a section's members, of the section itself where the key is empty; is one no series?"""
    small = len(keys) <= _CACHED_KEYS and len(section) + sum(map(len, keys)) <= _CACHED
    return _cached_names(section, keys) if small else _made_names(section, keys)


def _made_names(section: str, keys: tuple[str, ...]) -> tuple[list[str], bool]:
    names = []
    for key in keys:
        slug = ".".join("_".join(part.lower().split()) for part in (section, key) if part)
        names.append(_KNOWN[slug][0] if slug in _KNOWN else series_name(slug))
    return names, _DEVICE in names or _TIME in names


_cached_names = lru_cache(maxsize=512)(_made_names)


@lru_cache(maxsize=4096)
def _labels(device: str) -> Labels:
    return labels({"device": device})
