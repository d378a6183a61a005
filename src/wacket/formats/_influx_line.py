"""One line of Influx line protocol, with escapes, quotes and clear errors. The vectorised path is in influx.py."""

from __future__ import annotations

import json
import math
import re
from typing import NamedTuple

from wacket.errors import Undecodable
from wacket.records import INFO

Labels = tuple[tuple[str, str], ...]

# An unescaped separator ends a part; a backslash takes the next byte along.
LINE = re.compile(
    rb'((?:\\.|[^ \\])+) +((?:[^ "\\]|\\.|"(?:\\.|[^"\\])*")+)(?: +(-?[0-9]{1,19}))? *', re.DOTALL
)
PART = re.compile(rb"((?:\\.|[^,\\])*)(?:,|$)", re.DOTALL)
FIELD = re.compile(rb'((?:\\.|[^=,\\])+)=("(?:\\.|[^"\\])*"|[^,"=]+)(?:,|$)', re.DOTALL)
PAIR = re.compile(rb"((?:\\.|[^=\\])+)=((?:\\.|[^=\\])+)", re.DOTALL)
NUMBER = re.compile(rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
WHOLE = re.compile(rb"-?[0-9]+[iu]")
ESCAPED = re.compile(rb"\\([,= \"\\])")

TRUTH = {word: 1.0 for word in (b"t", b"T", b"true", b"True", b"TRUE")} | {
    word: 0.0 for word in (b"f", b"F", b"false", b"False", b"FALSE")
}
FACTORS = {"us": 1, "u": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}
LATEST = 2**63 - 1


class Point(NamedTuple):
    """What one line says. `at` is in µs since 1970, None when the line has no time."""

    measurement: str
    labels: Labels
    numbers: list[tuple[str, float]]
    texts: list[tuple[str, str]]
    at: int | None


def line(text: bytes, unit: str) -> Point | None:
    """The point of a line, None for a comment. Raises Undecodable saying what is wrong where."""
    text = text.strip()
    if text.startswith(b"#"):
        return None
    found = LINE.fullmatch(text)
    if found is None:
        raise Undecodable("expected: measurement[,tag=value…] field=value[,field=value…] [time]")
    measurement, labels = head(found[1])
    numbers, texts = _fields(found[2])
    return Point(measurement, labels, numbers, texts, _time(found[3], unit))


def head(text: bytes) -> tuple[str, Labels]:
    """`measurement,tag=value,…` as a name and sorted labels."""
    parts = PART.findall(text)[: -1 if not text.endswith(b",") else None]
    name, tags = _plain(parts[0]) if parts else "", parts[1:]
    if not name:
        raise Undecodable("the measurement has no name")
    labels = {}
    for tag in tags:
        pair = PAIR.fullmatch(tag)
        if pair is None:
            raise Undecodable(f"tag {_shown(tag)} is not name=value")
        labels[_plain(pair[1])] = _plain(pair[2])
    return name, tuple(sorted(labels.items()))


def series_name(measurement: str, field: str) -> str:
    return measurement if field == "value" else f"{measurement}.{field}"


def number(value: bytes) -> float:
    """A field's value as a float: a number, a whole number with i or u, or a truth value. Raises ValueError."""
    if value in TRUTH:
        return TRUTH[value]
    if WHOLE.fullmatch(value):
        return float(value[:-1])
    if not NUMBER.fullmatch(value):
        raise ValueError(value)
    return float(value)


def severity(point: Point) -> int:
    """What a `severity_code` field (Telegraf's syslog) or nothing says."""
    codes = {0: 21, 1: 21, 2: 21, 3: 17, 4: 13, 5: 10, 6: 9, 7: 5}
    return codes.get(int(dict(point.numbers).get("severity_code", -1)), INFO)


def attrs(point: Point) -> str:
    return json.dumps(dict(point.labels) | dict(point.numbers) | dict(point.texts), ensure_ascii=False)


def _fields(text: bytes) -> tuple[list[tuple[str, float]], list[tuple[str, str]]]:
    numbers, texts, reached = [], [], 0
    while reached < len(text):
        found = FIELD.match(text, reached)
        if found is None:
            raise Undecodable(f"field {_shown(text[reached:])} is not name=value")
        reached = found.end()
        name, value = _plain(found[1]), found[2]
        if value.startswith(b'"'):
            texts.append((name, ESCAPED.sub(rb"\1", value[1:-1]).decode("utf-8", "replace")))
            continue
        try:
            numbers.append((name, number(value)))
        except ValueError:
            raise Undecodable(f"field {name!r}: {_shown(value)} is neither a number, a truth value nor quoted") from None
        if not math.isfinite(numbers[-1][1]):
            raise Undecodable(f"field {name!r} is not a finite number")
    if text.endswith(b","):
        raise Undecodable("a comma after the last field")
    return numbers, texts


def _time(text: bytes | None, unit: str) -> int | None:
    if text is None:
        return None
    stamp = int(text)
    at = stamp // 1000 if unit in ("ns", "n") else stamp * FACTORS[unit]
    if abs(at) > LATEST:
        raise Undecodable(f"the time {stamp} {unit} is beyond what can be stored; is the precision right?")
    return at


def _plain(text: bytes) -> str:
    return ESCAPED.sub(rb"\1", text).decode("utf-8", "replace")


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))
