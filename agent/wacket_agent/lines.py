"""The lines that an agent reports: Influx line protocol for numbers, JSON objects for logs. Pure.

Whatever stands in a name or a text, the line stays one line that the hub understands: what the protocol cannot write
is replaced, what is too long is cut, a value that is no finite number is left out. Decides nothing about streams,
batches or numbers of lines; that is for `streams`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Mapping, NamedTuple, Union

# In characters. The hub's own limits for names and labels are higher.
LONGEST_NAME = 120
LONGEST_LABEL = 250
LONGEST_MESSAGE = 16384
LONGEST_TEXT = 4096  # of one attribute

LONGEST_LINE = 60000  # bytes
MOST_ITEMS = 500  # of a list in an attribute

Number = Union[int, float]

# Members of a log line that mean something to the hub. An attribute of that name gets a `_` behind it.
_RESERVED = {"at", "time", "timestamp", "ts", "message", "msg", "body", "log", "level", "severity", "lvl", "source"}
_RESERVED |= {"labels", "node", "name", "value", "unit"}
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SPECIAL = re.compile(r"([, =])")
# No number that a sensor gives is larger; one that is would be written with hundreds of digits.
_LARGEST = 1e300

# A line as the hub reads it: in names `,`, blank and `=` are escaped; values are numbers, booleans or texts.
_VALUE = (
    r'(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?[iu]?|[tTfF]|[tT]rue|[fF]alse|TRUE|FALSE|"(?:\\.|[^"\\])*")'
)
_NAME = rf"(?:\\.|[^\\ ,=\"]){{1,{LONGEST_NAME}}}"
_LABEL = rf"(?:\\.|[^\\ ,=\"]){{1,{LONGEST_LABEL}}}"
_FIELD = rf"{_NAME}={_VALUE}"
_LINE = re.compile(rf"((?!#){_NAME}(?:,{_NAME}={_LABEL})* {_FIELD}(?:,{_FIELD})*)(?: (-?\d{{1,19}}))?")


class Point(NamedTuple):
    """Numbers measured together: each field is a reading of `name.field`; tags tell apart what has the same name.

    A field that is None was not measured, and is left out.
    """

    name: str
    fields: Mapping[str, Number | None]
    tags: Mapping[str, str] = {}


class Log(NamedTuple):
    """Something to read: `level` is debug, info, warn or error; `attrs` are texts, numbers, and lists of anything."""

    message: str
    level: str = "info"
    attrs: Mapping[str, Any] = {}


def influx(point: Point, at: int) -> bytes:
    """One line with its LF, or b"" where there is no number to tell. `at` is in µs."""
    fields = ",".join(
        f"{word(name, LONGEST_NAME)}={text}"
        for name, text in ((name, _number(value)) for name, value in point.fields.items())
        if text and name
    )
    if not fields:
        return b""
    tags = "".join(
        f",{word(name, LONGEST_NAME)}={word(value, LONGEST_LABEL)}" for name, value in point.tags.items() if value
    )
    # Whatever begins with # is a comment.
    name = word(point.name.lstrip("#"), LONGEST_NAME)
    return encoded(f"{name}{tags} {fields} {at}000\n")


def ndjson(log: Log, source: str, at: int) -> bytes:
    """One line with its LF. `at` is in µs.

    The hub makes a series of every number that it finds in an object. The numbers of a log are none: they are written
    as texts, unless they stand in a list.
    """
    members = {"time": at, "level": log.level, "message": log.message[:LONGEST_MESSAGE], "source": source}
    attrs = {(f"{name}_" if name in _RESERVED else name): plain(value) for name, value in log.attrs.items()}
    line = _json({**members, **attrs})
    return line if len(line) <= LONGEST_LINE else _json({**members, "cut": "the attributes were too long"})


def parsed(line: str, at: int) -> bytes:
    """A line of Influx that somebody else wrote; b"" if it is none. `at` (µs) is for those without a time."""
    match = _LINE.fullmatch(line)
    if match is None or _UNWRITABLE.search(line):
        return b""
    return encoded(f"{match[1]} {match[2] or f'{at}000'}\n")


def word(text: str, longest: int) -> str:
    """A name or a label as it is written in line protocol.

    A backslash becomes a slash, as the protocol has no way to write one in front of a comma or at the end; a quotation
    mark, which begins a text there, becomes an apostrophe.
    """
    clean = _UNWRITABLE.sub("?", text[:longest]).replace("\\", "/").replace('"', "'")
    return _SPECIAL.sub(r"\\\1", clean) or "?"


def plain(value: Any) -> Any:
    """An attribute so that none of its numbers is taken for a reading: numbers as texts, lists as they are."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    value = _bounded(value)
    return value if isinstance(value, (str, list)) else json.dumps(value)


def _bounded(value: Any) -> Any:
    """The same as JSON can write it: texts and lists cut, no infinities."""
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, Mapping):
        return {str(name): _bounded(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_bounded(inner) for inner in value[:MOST_ITEMS]]
    return None if isinstance(value, float) and not -_LARGEST < value < _LARGEST else value


def encoded(text: str) -> bytes:
    """UTF-8, whatever half characters a file name brought along."""
    return text.encode("utf-8", "replace")


def _json(members: Mapping[str, Any]) -> bytes:
    return encoded(json.dumps(members, ensure_ascii=False, separators=(",", ":"))) + b"\n"


def _number(value: Number | None) -> str:
    """A field's value as text; "" for what is no number that can be kept."""
    if value is None or not -_LARGEST < value < _LARGEST:
        return ""
    if isinstance(value, bool):
        return "1i" if value else "0i"
    return f"{value}i" if isinstance(value, int) else repr(value)
