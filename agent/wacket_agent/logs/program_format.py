"""The text of program logs (docs/reference/program-log-format.md): file names, the first line, the others. Pure.

Whatever a program wrote gives a log; what it did not write well is text. All of it is claimed by the program and
nothing of it is believed: who owns a file is asked of the system, elsewhere.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any, Mapping, NamedTuple

from wacket_agent.logs import levels

FILE_NAME = re.compile(r"(?:wacket|dvic)_log_[A-Za-z0-9._-]{1,64}", re.ASCII)
LONGEST_NAME = 80
MOST_FIELDS = 20
LONGEST_FIELD = 200

# What the members of a first line are called by whoever wrote it.
_CALLED = {
    "pid": "pid",
    "program": "program",
    "prog": "program",
    "exec": "program",
    "exe": "program",
    "name": "program",
    "process": "program",
    "user": "user",
    "username": "user",
    "start": "start",
    "lock": "lock",
    "part": "part",
}
_PAIR = re.compile(r"([A-Za-z_]{1,32})\s*[=:]\s*(?:\"([^\"]*)\"|([^\s,;]+))")
_PLACES = re.compile(r"\[?(\d{1,10})\]?(?:[\s,;]+([^\s,;]+))?(?:[\s,;]+([^\s,;]+))?\s*")
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?:\s+|$)")
_LEVEL = re.compile(r"[\[<(]?([A-Za-z]{3,11})[\])>]?\s*(?:[:|-]\s*)?(?:\s|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_MESSAGES, _LEVELS, _TIMES = ("message", "msg", "text"), ("level", "severity", "lvl"), ("time", "at", "ts", "timestamp")
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LARGEST_PID = 2**31
_OLDEST = 946_684_800_000_000  # the year 2000: a clock before it was never set
_AHEAD = 86_400_000_000


class Header(NamedTuple):
    """Who writes, as claimed. `start` is the process's start in clock ticks since boot, 0 if unknown.

    `holds_lock`: for as long as the program lives, it holds a lock (flock) on the file. `part` counts its files.
    """

    pid: int
    program: str = ""
    user: str = ""
    start: int = 0
    holds_lock: bool = False
    part: int = 1


class Said(NamedTuple):
    """One line. `at` is in µs, 0 if the line has no time that can be true."""

    message: str
    level: str
    at: int = 0
    fields: Mapping[str, str] = {}


def header(line: str) -> Header | None:
    """None for a first line that does not say who writes: then it is a line like the others."""
    members = _object(line) if line.startswith("{") else _pairs(line)
    known = {_CALLED[name.lower()]: value for name, value in reversed(list(members.items())) if name.lower() in _CALLED}
    pid = _whole(known.get("pid"), _LARGEST_PID)
    if not pid:
        return None
    holds_lock = known.get("lock") in (True, 1, "1", "true")
    start, part = _whole(known.get("start"), 2**63), _whole(known.get("part"), 2**31) or 1
    return Header(pid, name(known.get("program")), name(known.get("user")), start, holds_lock, part)


def said(line: str, now: int) -> Said:
    """`now` in µs: a time after it is not believed."""
    members = _object(line) if line.startswith("{") else {}
    if members:
        return _from_object(members, line, now)
    at, rest = _leading_time(line)
    found = _LEVEL.match(rest)
    level = levels.named(found[1]) if found else ""
    if not found or not level:
        return Said(rest, levels.guess(rest), _believed(at, now))
    return Said(rest[found.end() :], level, _believed(at, now))


def name(value: Any) -> str:
    """A name as it may stand in lists: one word of bounded length, the last part of a path."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("?", re.split(r"[/\\]", value.strip().rstrip("/\\"))[-1])[:LONGEST_NAME]


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _pairs(line: str) -> dict[str, Any]:
    """`pid=12 program=x`, `PID: 12, exec: x`, or the three by their places: `12 x ada`."""
    places = _PLACES.fullmatch(line)
    if places:
        return {"pid": places[1], "program": places[2], "user": places[3]}
    return {found[1]: found[2] if found[2] is not None else found[3] for found in _PAIR.finditer(line[:2000])}


def _whole(value: Any, below: int) -> int:
    """A number from 1, or 0 if it is none."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 < value < below else 0


def _from_object(members: dict[str, Any], line: str, now: int) -> Said:
    message = _first(members, _MESSAGES)
    level = _first(members, _LEVELS)
    at = _first(members, _TIMES)
    rest = list(members.items())[:MOST_FIELDS]
    fields = {name[:64]: _field(value) for name, value in rest if value is not None}
    return Said(
        message if isinstance(message, str) else line,
        levels.named(level) if isinstance(level, str) and levels.named(level) else "info",
        _believed(_instant(at), now),
        fields if isinstance(message, str) else {},
    )


def _first(members: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Takes the first of these members out."""
    return next((members.pop(name) for name in names if name in members), None)


def _field(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:LONGEST_FIELD]


def _instant(value: Any) -> int:
    """A number of seconds, milliseconds, microseconds or nanoseconds, told apart by its size, or a text."""
    if isinstance(value, str):
        return _leading_time(value)[0]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 2**63:
        return 0
    for limit, factor in ((10**11, 10**6), (10**14, 10**3), (10**17, 1)):
        if value < limit:
            return int(value * factor)
    return int(value) // 1000


def _leading_time(line: str) -> tuple[int, str]:
    """The time that a line begins with in µs, 0 if there is none, and what follows it. Without a zone it is UTC."""
    found = _TIME.match(line)
    if found is None:
        return 0, line
    fraction, zone = (found[7] or "").ljust(6, "0")[:6], found[8]
    try:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        moment = datetime(year, month, day, hour, minute, second, int(fraction), _zone(zone))
        return (moment - _EPOCH) // _MICROSECOND, line[found.end() :]
    except (ValueError, OverflowError):
        return 0, line


def _zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return timezone.utc
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _believed(at: int, now: int) -> int:
    return at if _OLDEST <= at <= now + _AHEAD else 0
