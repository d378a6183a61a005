"""How a class stands, and what it answered: fetched, counted and exported."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wacket.cli.support import sheet
from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Misused

CLASS = "/api/v1/class"
SETS = "/api/v1/classes"
COLUMNS = ("student", "node", "state", "exit", "stdout", "stderr", "analysis", "judge", "time")
STATES = ("at rest", "requested", "collected", "answered")
WORDS = ("rest", "requested", "collected", "returned", "error", "stuck")

User = Mapping[str, Any]


def path(name: str) -> str:
    return f"{SETS}/{quote(name, safe='')}"


def is_class(hub: Hub, name: str) -> bool:
    return name in names(hub)


def names(hub: Hub) -> list[str]:
    return [one["name"] for one in hub.get(SETS)["classes"]]


def only(hub: Hub, name: str | None) -> str:
    """The class that is meant where none is named: the only one. Raises Misused."""
    if name is not None:
        return name
    found = names(hub)
    if len(found) != 1:
        raise Misused("say which class" if found else "there is no class yet", "See: wacket class ls")
    return found[0]


def word(user: User) -> str:
    """Where somebody is counted: each under one word."""
    if user["stuck"]:
        return "stuck"
    if user["state"] == 3 and failed(user):
        return "error"
    return ("rest", "requested", "collected", "returned")[user["state"]]


def failed(user: User) -> bool:
    """Whether the last program ended badly, as far as the hardware told it."""
    return bool(user["hw_exit"]) or (user["hw_exit"] is None and bool(user["hw_err"]))


def line(users: Iterable[User]) -> str:
    """ "rest 11  requested 3  collected 9  returned 5  error 1  stuck 1"."""
    counts = Counter(map(word, users))
    return "  ".join(f"{name} {counts[name]}" for name in WORDS)


def answers(hub: Hub, name: str) -> list[dict[str, Any]]:
    """What everybody of a class answered last, with whole texts."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = hub.get(f"{path(name)}/answers", {"after": cursor})
        found += page["members"]
        cursor = page["cursor"]
    return [_answer(user) for user in found]


def sheet_of(hub: Hub, name: str) -> list[list[Any]]:
    """The answers as rows for a spreadsheet, with a heading."""
    return sheet.rows(answers(hub, name), COLUMNS)


def export(hub: Hub, name: str, path: Path, mode: str = "w") -> int:
    """Write the answers of a class into a file; how many there are."""
    rows = sheet_of(hub, name)
    with path.open(mode, encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return len(rows) - 1


def _answer(user: User) -> dict[str, Any]:
    return {
        "student": user["user"],
        "node": user["node"],
        "state": "stuck" if user["stuck"] else STATES[user["state"]],
        "exit": user["hw_exit"],
        "stdout": user["hw_response"],
        "stderr": user["hw_err"],
        "analysis": user["server_analysis"],
        "judge": user["judge"],
        "time": user["time"],
    }
