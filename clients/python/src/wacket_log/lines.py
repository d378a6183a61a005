"""The text of a program log: its first line and the others. Pure, and never fails: what cannot be written is named."""

from __future__ import annotations

import json
from typing import Any, Mapping

LONGEST_LINE = 32000  # bytes; the agent cuts longer ones, and half an object is none
LONGEST_MESSAGE = 16000  # characters
LONGEST_FIELD = 200
MOST_FIELDS = 20
LEVELS = ("trace", "debug", "info", "notice", "warn", "error", "critical", "alert", "fatal")
_OTHERS = {"warning": "warn", "err": "error", "exception": "error", "crit": "critical"}
_OWN = ("time", "level", "message")


def header(pid: int, program: str, user: str, start: int, part: int, holds_lock: bool) -> bytes:
    """`part` counts the files of one process. `start` is when it began, in clock ticks since boot, 0 if unknown."""
    members: dict[str, Any] = {"wacket_log": 1, "pid": pid, "program": program[:80], "user": user[:80]}
    if start:
        members["start"] = start
    if holds_lock:
        members["lock"] = True
    return _encoded({**members, "part": part})


def line(at: int, level: str, message: object, fields: Mapping[str, object]) -> bytes:
    """One line with its LF. `at` is in µs since 1970."""
    text = as_text(message)
    kept = text[:LONGEST_MESSAGE]
    members: dict[str, Any] = {"time": at, "level": known_level(level), "message": ""}
    for name, value in list(fields.items())[:MOST_FIELDS]:
        key = as_text(name)[:64]
        members[f"{key}_" if key in _OWN else key] = as_text(value)[:LONGEST_FIELD]
    encoded = _encoded({**members, "message": kept})
    while kept and len(encoded) > LONGEST_LINE:
        kept = kept[: len(kept) // 2]
        encoded = _encoded({**members, "message": kept})
    if len(kept) == len(text):
        return encoded
    return _encoded({**members, "message": kept, "cut": f"{len(text) - len(kept)} characters"})


def known_level(level: object) -> str:
    word = as_text(level).strip().lower()
    word = _OTHERS.get(word, word)
    return word if word in LEVELS else "info"


def as_text(value: object) -> str:
    """The text of anything, also of what does not want to be text."""
    if isinstance(value, str):
        return value
    try:
        return str(value)
    except Exception as error:
        return f"({type(value).__name__} that cannot be written: {type(error).__name__})"


def _encoded(members: dict[str, Any]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
