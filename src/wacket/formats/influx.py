"""Influx line protocol → readings: `measurement,tag=v field=1.5,other=2i 1700000000000000000`.

A series is named MEASUREMENT.FIELD (MEASUREMENT alone for a field called `value`), its tags are its labels; text fields
become a log record of the line. Chunks without quotes and escapes are split whole; others go line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import methodcaller
from typing import TypeVar

import numpy as np

from wacket.errors import Undecodable
from wacket.formats import _influx_line as slow
from wacket.formats._frames import Frames, Rows, frames_of
from wacket.records import F64, HUB_TIME, I64, U32, Decoded, Envelope, Readings, SeriesKey

SUMMARY = "Influx line protocol, as Telegraf and Influx clients send it."
MEDIA_TYPES = ("text/plain",)

COMMA = methodcaller("count", b",")
Labels = tuple[tuple[str, str], ...]
Row = TypeVar("Row")


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    """The option `precision` is that of the times: ns (default), us, ms, s, m, h."""
    frames = frames_of(envelopes)
    unit = {envelope.options.get("precision", "ns") for envelope in envelopes}
    if len(frames) and len(unit) == 1 and not any(mark in frames.data for mark in (b'"', b"\\", b"#")):
        try:
            return _whole(frames, unit.pop())
        except (ValueError, OverflowError, Undecodable):
            pass  # something in it is not as simple as it looked: say what, line by line
    return _line_by_line(frames)


def _whole(frames: Frames, unit: str) -> Decoded:
    """All lines at once. Raises ValueError or the like when any line is not of the plain kind."""
    heads, fields, times = _columns(frames)
    names, values, per_line = _fields(fields)
    decoded = frames.decoded()
    keys, series = _series(frames, heads, names, per_line)
    decoded.keys = keys
    at = _microseconds(times, unit) if times else frames.received()
    quality = frames.quality(0 if times else HUB_TIME)
    if isinstance(per_line, np.ndarray) or per_line > 1:
        at, quality = np.repeat(at, per_line), np.repeat(quality, per_line)
    decoded.readings = Readings(series, at, _numbers(values), quality)
    return decoded


def _columns(frames: Frames) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """The parts of the lines between single spaces: either all lines have a time, or none has."""
    raw, ends = frames.raw(), frames.ends()
    spaces = np.flatnonzero(raw == 32)
    each, odd = divmod(len(spaces), len(ends))
    if odd or each not in (1, 2):
        raise ValueError("lines of several kinds")
    if (spaces[each - 1 :: each] > ends).any() or (spaces[each::each] < ends[:-1]).any():
        raise ValueError("lines of several kinds")
    parts = frames.data.replace(b"\n", b" ").split(b" ")
    del parts[-1]
    columns = [parts[place :: each + 1] for place in range(each + 1)]
    return columns[0], columns[1], columns[2] if each == 2 else []


def _fields(fields: list[bytes]) -> tuple[list[bytes], list[bytes], int | I64]:
    """Names and values of all fields of all lines, and how many each line has (one number if all have as many)."""
    joined = b",".join(fields)
    flat = joined.replace(b",", b"=").split(b"=")
    names, values = flat[0::2], flat[1::2]
    if len(names) != len(values) or b"" in names or joined.count(b"=") != len(names):
        raise ValueError("a field without a name or value")
    if len(names) == len(fields):
        return names, values, 1
    counts = np.fromiter(map(COMMA, fields), np.int64, len(fields)) + 1
    if int(counts.sum()) != len(names):
        raise ValueError("a comma in a place that cannot be told")
    first = int(counts[0])
    return names, values, first if (counts == first).all() else counts


def _series(
    frames: Frames, heads: list[bytes], names: list[bytes], per_line: int | I64
) -> tuple[list[SeriesKey], U32]:
    """The series of all lines, and each value's place among them."""
    nodes = [envelope.node for envelope in frames.envelopes]
    if len(nodes) == 1:
        owners: Sequence[tuple[int, bytes]] = list(zip(repeat(nodes[0]), heads))
    else:
        owners = list(zip(chain.from_iterable(map(repeat, nodes, frames.counts)), heads, strict=True))
    if isinstance(per_line, int) and all(names[j::per_line] == [names[j]] * len(heads) for j in range(per_line)):
        distinct, places = _indexed(owners)
        fields = names[:per_line]
        keys = [_key(node, head, field) for node, head in distinct for field in fields]
        wide = (places * np.uint32(per_line))[:, None] + np.arange(per_line, dtype=np.uint32)
        return keys, wide.reshape(-1)
    counts = repeat(per_line) if isinstance(per_line, int) else per_line.tolist()
    each = zip(chain.from_iterable(map(repeat, owners, counts)), names, strict=True)
    pairs, series = _indexed(list(each))
    return [_key(*owner, name) for owner, name in pairs], series


def _indexed(rows: Sequence[Row]) -> tuple[list[Row], U32]:
    distinct = dict.fromkeys(rows)
    places = dict(zip(distinct, range(len(distinct)), strict=True))
    return list(distinct), np.fromiter(map(places.__getitem__, rows), np.uint32, len(rows))


def _key(node: int, head: bytes, field: bytes) -> SeriesKey:
    measurement, labels = _head(head)
    return SeriesKey(node, slow.series_name(measurement, field.decode()), labels)


@lru_cache(maxsize=20_000)
def _head(head: bytes) -> tuple[str, Labels]:
    """`measurement,tag=value,…` as a name and sorted labels. Raises Undecodable or ValueError."""
    return slow.head(head)


def _numbers(values: list[bytes]) -> F64:
    """Field values as floats. Raises ValueError for what is not a finite number or a truth value."""
    joined = b" ".join(values) + b" "
    if b"_" in joined or b"n" in joined or b"N" in joined:
        raise ValueError("not a number")
    if b"i " in joined or b"u " in joined:
        values = joined.replace(b"i ", b" ").replace(b"u ", b" ").split(b" ")[:-1]
    try:
        numbers = np.fromiter(map(float, values), np.float64, len(values))
    except ValueError:
        numbers = np.fromiter(map(slow.number, values), np.float64, len(values))
    if not np.isfinite(numbers).all():
        raise ValueError("not a finite number")
    return numbers


def _microseconds(times: list[bytes], unit: str) -> I64:
    stamps = np.fromiter(map(int, times), np.int64, len(times))
    if unit in ("ns", "n"):
        return stamps // 1000
    factor = slow.FACTORS[unit]
    if factor > 1 and (np.abs(stamps) > slow.LATEST // factor).any():
        raise OverflowError("a time beyond what can be stored")
    return stamps * factor


def _line_by_line(frames: Frames) -> Decoded:
    rows = Rows(frames)
    lines = iter(frames.lines())
    for place, (envelope, count) in enumerate(zip(frames.envelopes, frames.counts, strict=True)):
        unit = envelope.options.get("precision", "ns")
        for frame in range(count):
            line = next(lines)
            try:
                _take(rows, envelope, slow.line(line, unit))
            except Undecodable as error:
                rows.reject(place, frame, str(error), line)
    return rows.decoded()


def _take(rows: Rows, envelope: Envelope, point: slow.Point | None) -> None:
    if point is None:  # a comment
        return
    for field, value in point.numbers:
        rows.reading(envelope, slow.series_name(point.measurement, field), point.labels, point.at, value)
    if point.texts:
        body = " ".join(f"{field}={value}" for field, value in point.texts)
        rows.log(envelope, point.measurement, slow.severity(point), point.at, body, slow.attrs(point))
