"""One line of `journalctl --output=json` as an entry. Pure; anything may be in a line."""

from __future__ import annotations

import json
import re
from typing import Any, Mapping, NamedTuple

from wacket_agent.logs import levels
from wacket_agent.logs.entries import Entry

# What journalctl is asked for; cursor and time come always.
FIELDS = ("MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "_SYSTEMD_UNIT", "_TRANSPORT", "CONTAINER_NAME")
OWN_UNITS = ("wacket-agent.service",)
_CURSOR = re.compile(r"[A-Za-z0-9=;:_-]{1,400}", re.ASCII)


class Read(NamedTuple):
    """`entry` is None for what is not to be kept, `cursor` "" for a line that makes no sense."""

    cursor: str
    entry: Entry | None


def read(line: str, now: int) -> Read:
    """`now` in µs is the time for an entry without its own."""
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return Read("", None)
    if not isinstance(members, dict):
        return Read("", None)
    cursor = members.get("__CURSOR")
    if not isinstance(cursor, str) or not _CURSOR.fullmatch(cursor):
        return Read("", None)
    return Read(cursor, None if _text(members.get("_SYSTEMD_UNIT")) in OWN_UNITS else _entry(members, now))


def _entry(members: Mapping[str, Any], now: int) -> Entry:
    process = _text(members.get("SYSLOG_IDENTIFIER")) or _text(members.get("_COMM"))
    attrs = {
        "unit": _text(members.get("_SYSTEMD_UNIT")),
        "process": process,
        "pid": _text(members.get("_PID")),
        "container": _text(members.get("CONTAINER_NAME")),
    }
    is_kernel = _text(members.get("_TRANSPORT")) == "kernel"
    at = _number(members.get("__REALTIME_TIMESTAMP"), 20)
    return Entry(
        now if at is None else at,
        levels.of_priority(_number(members.get("PRIORITY"), 1, 6)),
        _text(members.get("MESSAGE")),
        "kernel" if is_kernel else "journal",
        {} if is_kernel else attrs,
    )


def _text(value: Any) -> str:
    """A field: text; bytes as a list of numbers where it is no text; a list of those where it came several times."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return ""
    if all(type(one) is int and 0 <= one < 256 for one in value):
        return bytes(value).decode("utf-8", "replace")
    return "\n".join(_text(one) for one in value if isinstance(one, str) or _is_bytes(one))


def _is_bytes(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value)


def _number(value: Any, digits: int, otherwise: int | None = None) -> Any:
    text = _text(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= digits else otherwise
