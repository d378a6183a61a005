"""See where a class's hardware stands, let it run a program, put it back to rest.

What boards and course servers do through /hw_supervisor, for the person who teaches.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from wacket.cli.support.ask import sure
from wacket.cli.support.errors import Denied, Failed
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

CLASS = "/api/v1/class"
PROTOCOL = "/hw_supervisor"
STATES = ("at rest", "requested", "collected", "answered")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@click.group(
    "class",
    cls=Group,
    examples=[
        ("wacket class status", "everybody's hardware"),
        ("wacket class ask ada led.py", "let ada's board run a program"),
        ("wacket class history ada", "all that happened"),
        ("wacket class reset ada", "for a run that got stuck"),
    ],
)
def command() -> None:
    """See and steer the hardware of a class."""


@command.command("status", examples=[("wacket class status --json", "for a script")])
@click.pass_obj
def status(session: Session) -> None:
    """Show where everybody's hardware stands."""
    users = _all(session, CLASS, "users", "after")
    if not session.as_json:
        users = [{**user, **_short(user)} for user in users]
    columns = [Column(name) for name in ("user", "state", "time", "hw_response", "server_analysis")]
    session.out.rows(users, columns, "nobody in the class yet; it fills as boards and servers use /hw_supervisor")


@command.command("history", examples=[("wacket class history ada --limit 20", "")])
@click.argument("user")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def history(session: Session, user: str, limit: int) -> None:
    """Show what happened to a user's hardware, newest first."""
    moves = _all(session, f"{CLASS}/{quote(user, safe='')}/history", "transitions", "before", limit)
    if not session.as_json:
        moves = [{**move, "value": _first_line(move["value"])} for move in moves]
    columns = [Column(name) for name in ("at", "command", "before", "after", "value", "peer")]
    session.out.rows(moves, columns, f"nothing happened to {plain(user)}'s hardware yet")


@command.command("ask", examples=[("wacket class ask ada led.py", "")])
@click.argument("user")
@click.argument("program", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.pass_obj
def ask(session: Session, user: str, program: str) -> None:
    """Request that a user's hardware runs a program (a file, or - for standard input).

    Where the hub checks accounts, the user's password comes from the variable WACKET_CLASS_PASSWORD.
    """
    text = sys.stdin.read() if program == "-" else _text_of(program)
    who = {"user": user, "pword": session.environment.get("WACKET_CLASS_PASSWORD", "")}
    before = _call(session, {**who, "command": "status_query"})
    if before["state"] != 0:
        raise _busy(user, before)
    # A request that comes too late changes nothing and is answered with what somebody else requested.
    after = _call(session, {**who, "command": "hw_command_request", "hw_comm": text})
    if (after["state"], after["hw_command"]) != (1, text):
        raise _busy(user, after)
    session.out.facts({"user": user, **after})


@command.command("reset", examples=[("wacket class reset ada", "")])
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(session: Session, user: str, yes: bool) -> None:
    """Put a user's hardware at rest, whatever it was doing. What it said so far stays."""
    sure(f"Reset {plain(user)}'s hardware? A response that is still to come will be ignored.", yes)
    after = session.hub.post(f"{CLASS}/{quote(user, safe='')}/reset")
    session.out.done(f"{plain(user)}'s hardware is at rest", after)


def _busy(user: str, found: dict[str, Any]) -> Failed:
    return Failed(
        f"{plain(user)}'s hardware is busy ({STATES[found['state']]}); nothing was requested",
        f"Wait, or: wacket class reset {plain(user)}",
    )


def _all(session: Session, path: str, what: str, further: str, most: int | None = None) -> list[dict[str, Any]]:
    """The rows of all pages, or the first `most`."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"cursor": ""}
    while page["cursor"] is not None and (most is None or len(found) < most):
        limit = 1000 if most is None else most - len(found)
        page = session.hub.get(path, {"limit": limit} | ({further: page["cursor"]} if found else {}))
        found += page[what]
    return found


def _call(session: Session, fields: dict[str, str]) -> dict[str, Any]:
    body = urlencode(fields).encode()
    found: dict[str, Any] = session.hub.call("POST", PROTOCOL, body=body, headers=FORM).json()
    if not found.get("login"):
        raise Denied("the hub checks accounts, and this is not the user's password", "Set WACKET_CLASS_PASSWORD.")
    return found


def _text_of(program: str) -> str:
    try:
        return Path(program).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"cannot read {plain(program)}: {error}", "A program is a UTF-8 text file.") from error


def _short(user: dict[str, Any]) -> dict[str, str]:
    said = {name: _first_line(user[name]) for name in ("hw_response", "server_analysis")}
    return {"state": f"{user['state']} {STATES[user['state']]}", **said}


def _first_line(text: str) -> str:
    first, _, rest = text.partition("\n")
    return first[:60] + (" …" if rest or len(first) > 60 else "")
