"""One line of the Influx line protocol at a time: escapes, quoted text, booleans, and a plain reason for what is wrong.

The careful half of `influx`; that one is for the lines that need no care. Grammar: the InfluxDB 1.x line protocol
reference. A quoted text cannot hold a line feed, because frames are lines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from wacket.errors import Undecodable
from wacket.formats._names import Labels, labels, series_name
from wacket.formats._numbers import number
from wacket.formats._times import EARLIEST, LATEST

# µs are stamp * first // second.
PRECISIONS = {
    "": (1, 1000),
    "n": (1, 1000),
    "ns": (1, 1000),
    "u": (1, 1),
    "us": (1, 1),
    "µ": (1, 1),
    "µs": (1, 1),
    "ms": (1000, 1),
    "s": (1_000_000, 1),
    "m": (60_000_000, 1),
    "h": (3_600_000_000, 1),
}
BOOLEANS = dict.fromkeys([b"t", b"T", b"true", b"True", b"TRUE"], b"1") | dict.fromkeys(
    [b"f", b"F", b"false", b"False", b"FALSE"], b"0"
)

# Possessive, so that a hostile line costs no more than its length.
_HEAD = re.compile(rb"((?:\\.|[^\\ ])++) ++")
_FIELD = re.compile(rb'((?:\\.|[^\\ ,="])++)=(?:"((?:\\.|[^\\"])*+)"|([^ ,"]++))(,|(?= )|\Z)')
_STAMP = re.compile(rb" *+(-?\d{1,19}+)?\Z")
_PART = re.compile(rb"(?:\\.|[^\\,])++")
_TAG = re.compile(rb"((?:\\.|[^\\=])++)=(.*)")
_ESCAPED = re.compile(rb"\\([, =])")
_QUOTED = re.compile(rb'\\(["\\])')
_CACHED = 512  # bytes; longer heads are parsed each time, so that no sender can fill the memory with them


class Head(NamedTuple):
    """What stands before the fields: measurement and tags."""

    measurement: str
    labels: Labels


class Point(NamedTuple):
    """One line. `numbers` and `texts` have a field's name and value, as often as it was sent; `stamp` is as sent."""

    head: Head
    numbers: list[tuple[str, float]]
    texts: list[tuple[str, str]]
    stamp: int | None


def head(raw: bytes) -> Head:
    """Measurement and tags. Raises Undecodable, naming the tag."""
    return _cached_head(raw) if len(raw) <= _CACHED else _read_head(raw)


def name_of(head: Head, field: str) -> str:
    """The series name of a field. Raises Undecodable when it is too long."""
    return series_name(head.measurement if field == "value" else f"{head.measurement}.{field}")


def point(line: bytes) -> Point | None:
    """One line, or None for a comment. Raises Undecodable with a reason that names the place."""
    line = line.strip()
    if line.startswith(b"#"):
        return None
    match = _HEAD.match(line)
    if match is None:
        raise Undecodable("expected: measurement,tag=value field=value time")
    at = head(match[1])
    numbers: list[tuple[str, float]] = []
    texts: list[tuple[str, str]] = []
    place = match.end()
    while True:
        found = _FIELD.match(line, place)
        if found is None:
            raise Undecodable(f"expected field=value at byte {place}: {_shown(line[place:])}")
        name, quoted, bare, more = found.groups()
        key = _plain(name)
        if quoted is not None:
            texts.append((key, _QUOTED.sub(rb"\1", quoted).decode("utf-8", "replace")))
        else:
            numbers.append((key, _number(key, bare)))
        name_of(at, key)
        place = found.end()
        if more != b",":
            break
    stamp = _STAMP.match(line, place)
    if stamp is None:
        raise Undecodable(f"the time is not a whole number: {_shown(line[place:].strip())}")
    return Point(at, numbers, texts, int(stamp[1]) if stamp[1] else None)


def moment(stamp: int, precision: str) -> int:
    """A time stamp in µs. Raises Undecodable when no calendar holds it."""
    first, second = PRECISIONS[precision]
    at = stamp * first // second
    if not EARLIEST <= at <= LATEST:
        raise Undecodable(
            f"time {stamp} in {precision or 'ns'} is outside the years 1 to 9999; is the precision right?"
        )
    return at


def bare(value: bytes) -> bytes:
    """A field value as a plain number text: i and u say integer, which a float64 does not care about."""
    return BOOLEANS.get(value) or value.removesuffix(b"i").removesuffix(b"u")


def _number(field: str, value: bytes) -> float:
    result = number(bare(value))
    if result is None:
        raise Undecodable(f"field {field!r} is not a finite number, a boolean or a quoted text: {_shown(value)}")
    return result


def _read_head(raw: bytes) -> Head:
    measurement, *tags = _PART.findall(raw) if b"\\" in raw else raw.split(b",")
    pairs = {}
    for tag in tags:
        match = _TAG.fullmatch(tag)
        if match is None:
            raise Undecodable(f"tag without a value: {_shown(tag)}")
        pairs[_plain(match[1])] = _plain(match[2])
    return Head(series_name(_plain(measurement)), labels(pairs))


_cached_head = lru_cache(maxsize=16384)(_read_head)


def _plain(raw: bytes) -> str:
    return (_ESCAPED.sub(rb"\1", raw) if b"\\" in raw else raw).decode("utf-8", "replace")


def _shown(raw: bytes) -> str:
    return repr(raw[:32].decode("utf-8", "replace"))
