"""Influx line protocol: each field is a reading of `measurement.field` (`measurement` where the field is `value`).

Tags become labels; quoted texts keep the line as a log record of source `measurement`. Lines that need no care, which
is nearly all of them, are decoded together, a column at a time; the rest one by one (`_points`). Several values at
one time are all kept, never merged. `options["precision"]` is ns (default), us, ms, s, m or h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from wacket.errors import Undecodable
from wacket.formats import _names, _severity
from wacket.formats._frames import Frames, Made, keyed, picked, rows, timed
from wacket.formats._frames import decode as decode_frames
from wacket.formats._merge import merge
from wacket.formats._numbers import numbers
from wacket.formats._pairs import pairs
from wacket.formats._points import PRECISIONS, Point, bare, head, moment, name_of, point
from wacket.formats._times import EARLIEST, LATEST
from wacket.formats._words import Words
from wacket.records import F64, I64, U8, Decoded, Envelope, Logs, SeriesKey

SUMMARY = "Influx line protocol, as Telegraf and the Influx client libraries send it."
MEDIA_TYPES = ("text/plain", "application/vnd.influx")

_MESSAGES = ("message", "msg", "body", "log")
_LEVELS = ("severity", "level", "lvl")

_FEW = 8  # fewer lines than this are decoded faster one by one
_SPACE, _LF, _CR = b" \n\r"
_SHORTEST_TIME, _LONGEST_TIME = 10, 19  # digits
_Place = tuple[int, bytes, bytes]  # node, head, field
_known: dict[_Place, SeriesKey] = {}
_MOST_KNOWN = 1 << 16
_LONG = 512  # bytes; such keys are made each time, so that no sender can fill the memory with them

# Per precision: factor, divisor, and the stamps between which a calendar and int64 hold the time.
_INT64 = np.iinfo(np.int64)
_SCALES = {
    (first, second): (
        first,
        second,
        max(EARLIEST * second // first, int(_INT64.min)),
        min(LATEST * second // first, int(_INT64.max)),
    )
    for first, second in PRECISIONS.values()
}


def every_line_has_time(body: bytes) -> bool:
    """Whether all lines end in a blank and a number as long as the times of these years are, in s to ns.

    Then the same body again is a retry and no news. A long number may also be the value of a line without a time.
    """
    words = Words(body if body.endswith(b"\n") else body + b"\n")
    ends = words.places(b"\n")
    ends -= words.raw[ends - 1] == _CR
    digits = words.digits_before(ends)
    timed = (digits >= _SHORTEST_TIME) & (digits <= _LONGEST_TIME) & (words.raw[ends - digits - 1] == _SPACE)
    return bool(timed.all())


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def made(frames: Frames) -> Made:
    if len(frames) < _FEW:
        return _one_by_one(frames)
    unknown = [precision not in PRECISIONS for precision in frames.options("precision")]
    careful = np.array(unknown, np.bool_)[frames.origin]
    if b'"' in frames.data or b"\\" in frames.data:
        raw = frames.raw
        careful[np.searchsorted(frames.ends, np.flatnonzero((raw == ord('"')) | (raw == ord("\\"))))] = True
    if b"#" in frames.data:
        careful |= frames.raw[frames.starts] == ord("#")
    lines = _marked(frames)
    spaces = np.diff(np.cumsum(lines.kinds == _SPACE)[lines.kinds == _LF], prepend=0)
    parts = []
    for count in (2, 1):
        wanted = (spaces == count) & ~careful
        if wanted.any():
            part = _together(lines if wanted.all() else _marked(frames.pick(wanted)), count)
            if part is None:
                careful |= wanted
            else:
                parts.append((part, np.flatnonzero(wanted)))
    careful |= (spaces == 0) | (spaces > 2)
    if careful.any():
        parts.append((_one_by_one(frames.pick(careful)), np.flatnonzero(careful)))
    return merge(parts)


class _Marked(NamedTuple):
    """Lines, and the places and kinds of all that may part them: blanks, commas, equals signs, line feeds."""

    frames: Frames
    words: Words
    marks: I64
    kinds: U8


def _marked(frames: Frames) -> _Marked:
    words = Words(frames.data)
    marks = words.places(b" ,=\n")
    return _Marked(frames, words, marks, words.raw[marks])


def _together(lines: _Marked, spaces: int) -> Made | None:
    """Lines of exactly head, fields and, with two spaces, time; None if any of them turns out to need care."""
    frames, words, marks, kinds = lines
    gaps = np.flatnonzero(kinds == _SPACE).reshape(-1, spaces)
    at = _moments(frames, words, marks[gaps[:, 1]] + 1) if spaces == 2 else None
    if spaces == 2 and at is None:
        return None
    last = gaps[:, 1] if spaces == 2 else np.flatnonzero(kinds == _LF)
    fields = pairs(words, marks, gaps[:, 0] + 1, last, _odd_values, suffixes=b"iu")
    if fields is None:
        return None
    frame = np.arange(len(frames))
    if len(fields.value) > len(frames):
        frame = np.repeat(frame, fields.counts)
    tops, top = words.distinct(frames.starts, marks[gaps[:, 0]])
    names = fields.names

    def keys(nodes: I64, places: I64) -> list[SeriesKey]:
        heads, fields = np.divmod(places, len(names))
        return _keys(list(zip(nodes.tolist(), picked(tops, heads), picked(names, fields), strict=True)))

    try:
        many = len(tops) * len(names)
        series = keyed(frames, frame, top[frame] * len(names) + fields.name, many, keys)
    except Undecodable:
        return None
    return rows(*series, timed(frames, frame, None if at is None else at[frame]), fields.value, frame)


def _odd_values(cells: Sequence[bytes]) -> F64 | None:
    """Long decimals, exponents, booleans, and everything that is rarer."""
    found = numbers(cells)
    return numbers([bare(cell) for cell in cells]) if found is None else found


def _moments(frames: Frames, words: Words, starts: I64) -> I64 | None:
    told, plain = words.whole_numbers(starts, frames.ends)
    if not plain.all():
        return None
    # An envelope whose precision is unknown has no frame here.
    scales = np.array([_SCALES[PRECISIONS.get(name, (1, 1))] for name in frames.options("precision")], np.int64)
    first, second, low, high = scales[0] if (scales == scales[0]).all() else scales[frames.origin].T
    if (told < low).any() or (told > high).any():
        return None
    at: I64 = told * first // second
    return at


def _keys(wanted: list[_Place]) -> list[SeriesKey]:
    """The series of each (node, head, field). Raises Undecodable."""
    found = list(map(_known.get, wanted))
    if None not in found:
        return found  # type: ignore[return-value]
    return [key or _key(place) for key, place in zip(found, wanted, strict=True)]


def _key(place: _Place) -> SeriesKey:
    node, top, field = place
    at = head(top)
    key = SeriesKey(node, name_of(at, field.decode("utf-8", "replace")), at.labels)
    if len(top) + len(field) < _LONG:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[place] = key
    return key


def _one_by_one(frames: Frames) -> Made:
    precision, received, node = (
        frames.options("precision"),
        frames.received().tolist(),
        frames.node().tolist(),
    )
    refused: dict[int, str] = {}
    names: dict[tuple[str, _names.Labels], int] = {}
    found: list[tuple[int, int, float, int | None]] = []
    logs, log_frame = [], []
    for frame, (line, origin) in enumerate(zip(frames.lines(), frames.origin.tolist(), strict=True)):
        try:
            if precision[origin] not in PRECISIONS:
                raise Undecodable(f"precision {precision[origin][:16]!r} is none of ns, us, ms, s, m, h")
            read = point(line)
            if read is None:
                continue
            at = None if read.stamp is None else moment(read.stamp, precision[origin])
        except Undecodable as error:
            refused[frame] = str(error)
            continue
        for field, value in read.numbers:
            name = names.setdefault((name_of(read.head, field), read.head.labels), len(names))
            found.append((frame, name, value, at))
        if read.texts:
            seen = received[frame]
            logs.append((seen if at is None else at, seen, node[frame], *_log(read)))
            log_frame.append(frame)
    result = _columns(frames, found, list(names))
    result.logs, result.log_frame, result.refused = Logs.of(logs), np.array(log_frame, np.int64), refused
    return result


def _columns(
    frames: Frames, found: list[tuple[int, int, float, int | None]], names: list[tuple[str, _names.Labels]]
) -> Made:
    if not found:
        return Made()
    frame_of, name_of_row, values, moments = zip(*found, strict=True)
    frame = np.array(frame_of, np.int64)
    told = np.array([at is not None for at in moments], np.bool_)
    at = np.array([at or 0 for at in moments], np.int64)
    name = np.array(name_of_row, np.int64)

    def keys(nodes: I64, places: I64) -> list[SeriesKey]:
        return [SeriesKey(node, *names[place]) for node, place in zip(nodes.tolist(), places.tolist(), strict=True)]

    series = keyed(frames, frame, name, len(names), keys)
    return rows(*series, timed(frames, frame, at, told), np.array(values, np.float64), frame)


def _log(read: Point) -> tuple[str, int, str, bytes]:
    """source, severity, body, attrs of a line that holds text."""
    texts, tags = dict(reversed(read.texts)), dict(read.head.labels)
    body = next((texts[name] for name in _MESSAGES if name in texts), None)
    if body is None:
        body = " ".join(f"{name}={text}" for name, text in read.texts)
    named = next((word for name in _LEVELS if (word := texts.get(name) or tags.get(name))), None)
    attrs = msgspec.json.encode({"labels": tags, "fields": _fields(read)})
    return _names.source(read.head.measurement), _severity.level(named), body, attrs


def _fields(read: Point) -> dict[str, Any]:
    """All values by name: a list where a name came more than once."""
    found: dict[str, list[Any]] = {}
    for name, value in (*read.numbers, *read.texts):
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
