"""How a class stands: fetched, counted, and watched until all have answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote

import click

from wacket.cli.support.client import Hub
from wacket.cli.support.session import Session

SETS = "/api/v1/classes"
PAUSE = 0.5  # seconds between two looks
STATES = ("at rest", "requested", "collected", "answered")
WORDS = ("rest", "requested", "collected", "returned", "error", "stuck")
UNDER_WAY = ("requested", "collected")

User = Mapping[str, Any]


def path(name: str) -> str:
    return f"{SETS}/{quote(name, safe='')}"


def is_class(hub: Hub, name: str) -> bool:
    return any(one["name"] == name for one in hub.get(SETS)["classes"])


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


def watch(session: Session, name: str, asked: Collection[str], judged: bool) -> list[dict[str, Any]]:
    """Look until nobody of `asked` is under way, showing how they stand; how they stand then.

    `judged`: a check program is still to say what it thinks of each answer.
    """
    waited_for = (*UNDER_WAY, "returned", "error") if judged else UNDER_WAY
    shown = ""
    while True:
        members: list[dict[str, Any]] = session.hub.get(path(name))["members"]
        now = line(members)
        over = not any(word(user) in waited_for for user in members if user["user"] in asked)
        if now != shown or over:
            _show(session, now, over)
        if over:
            return [user for user in members if user["user"] in asked]
        shown = now
        time.sleep(PAUSE)


def answers(hub: Hub, name: str) -> list[dict[str, Any]]:
    """What everybody of a class answered last, with whole texts."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = hub.get(f"{path(name)}/answers", {"after": cursor})
        found += page["members"]
        cursor = page["cursor"]
    return [_answer(user) for user in found]


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


def _show(session: Session, text: str, over: bool) -> None:
    if session.out.animated:
        click.echo(f"\r\x1b[K{text}", err=True, nl=over)
    elif over:
        session.out.note(text)
