"""How bad a line is, from the words in it. Pure; what is not recognised is info.

The rule is the hub's own for plain text: a level word in capitals within the first 48 characters, or in any letters
at the start of the line or after `[` or `=`.
"""

from __future__ import annotations

import re

WINDOW = 48
TRACEBACK = "Traceback (most recent call last):"

# What a level is called elsewhere, and what we call it.
NAMES = {
    "trace": "trace",
    "debug": "debug",
    "info": "info",
    "information": "info",
    "notice": "notice",
    "warn": "warn",
    "warning": "warn",
    "err": "error",
    "error": "error",
    "severe": "error",
    "crit": "critical",
    "critical": "critical",
    "alert": "alert",
    "fatal": "fatal",
    "panic": "fatal",
    "emerg": "fatal",
    "emergency": "fatal",
}
# Of syslog, from 0 to 7.
PRIORITIES = ("fatal", "alert", "critical", "error", "warn", "notice", "info", "debug")

_STEMS = "trace|debug|info|notice|warn|err|severe|crit|alert|fatal|panic|emerg"
_WORD = re.compile(rf"(?:(?:^|[\[=]\"?)(?i:({_STEMS}))|(?<![A-Za-z])({_STEMS.upper()}))")


def guess(line: str) -> str:
    if line.startswith(TRACEBACK):
        return "error"
    found = _WORD.search(line[:WINDOW])
    return NAMES[(found[1] or found[2]).lower()] if found else "info"


def named(word: str) -> str:
    """The level that a word names, or "" if it names none."""
    return NAMES.get(word.strip().lower(), "")


def of_priority(priority: int) -> str:
    """Of syslog's priorities; the facility may still be in it."""
    return PRIORITIES[priority & 7]
