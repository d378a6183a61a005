"""Search the logs, or follow them live.

A log is what a node says in words; rejects (what could not be understood) are logs too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from wacket.cli.support import live
from wacket.cli.support.options import Group
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain

Command = Callable[..., Any]

LEVELS = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21}
COLOURS = {"warn": "yellow", "error": "red", "fatal": "red"}
PAGE = 1000


def chosen(command: Command) -> Command:
    """The options by which both verbs choose lines."""
    for option in (
        click.option("--hide", metavar="SOURCE", multiple=True, help="Not of this source; more than one may be given."),
        click.option("--source", metavar="SOURCE", help="Where in the node it came from."),
        click.option("--severity", type=click.Choice(list(LEVELS)), help="This and worse."),
        click.option("--target", metavar="TARGET", help="Only of these nodes: demo-[01-30], tag:room=lab, os:linux."),
        click.option("--node", metavar="NODE", help="Only this node's."),
        click.option("--exact", is_flag=True, help="Capital and small letters differ."),
    ):
        command = option(command)
    return command


@click.group(
    "log",
    cls=Group,
    examples=[
        ("wacket log tail --node bench", "follow one node"),
        ("wacket log search overheat --since 7d", "look back"),
        ("wacket log search --rejects --since 1h", "what the hub could not understand, and why"),
    ],
)
def command() -> None:
    """Search the logs, or follow them live."""


@command.command(
    "search",
    examples=[
        ("wacket log search 'valve stuck' --since 7d", ""),
        ("wacket log search --regex 'valve [0-9]+ stuck' --severity warn", ""),
        ("wacket log search --target tag:demo timeout", "on all machines with this tag"),
    ],
)
@click.argument("words", nargs=-1)
@click.option("--regex", metavar="PATTERN", help="A regular expression instead of words.")
@chosen
@click.option("--since", default="24h", show_default=True, metavar="TIME", help="24h, 7d, or a date and time.")
@click.option("--until", metavar="TIME", help="Like --since; now if not said.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="The latest so many.")
@click.option("--rejects", is_flag=True, help="Search what could not be understood.")
@click.pass_obj
def search(session: Session, /, words: tuple[str, ...], rejects: bool, limit: int, **more: Any) -> None:
    """Search the logs. The latest lines that match, oldest first."""
    path = "/api/v1/rejects" if rejects else "/api/v1/logs"
    asked = {**more, "find": " ".join(words) or None, "order": "desc"}
    asked["severity"] = LEVELS.get(more["severity"] or "")
    asked["exact"] = "true" if more["exact"] else None
    found, cursor = _pages(session, path, asked, limit)
    found.reverse()
    if session.as_json:
        return session.out.json(found)
    for line in found:
        show(session, line)
    if not found:
        session.out.note("nothing found; a longer time? --since 7d")
    elif cursor:
        session.out.note(f"the latest {folded(len(found), 'line')}; there are more, see them with --limit", "!")
    return None


@command.command(
    "tail",
    examples=[
        ("wacket log tail --severity warn", "only what is wrong"),
        ("wacket log tail --target tag:demo --hide cron", "of these machines, but not of cron"),
    ],
)
@chosen
@click.option("--find", metavar="WORDS", help="Only lines that hold this.")
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Begin with so many old ones.",
)
@click.option("--for", "seconds", type=float, metavar="SECONDS", help="End after this; else with Ctrl-C.")
@click.pass_obj
def tail(
    session: Session,
    /,
    *,
    lines: int,
    seconds: float | None,
    **more: Any,
) -> None:
    """Follow the logs as they come."""
    told = {"node": more["node"], "target": more["target"], "find": more["find"]}
    told["severity"] = LEVELS.get(more["severity"] or "")
    wanted = {name: value for name, value in told.items() if value is not None}
    asked = {
        **wanted,
        "source": more["source"],
        "hide": more["hide"],
        "exact": "true" if more["exact"] else None,
        "order": "desc",
    }
    with live.connected(session.hub, {"logs": wanted}) as messages:
        # Subscribed first, then looked back: nothing falls in between, and what comes twice is known by its
        # id.
        old = _pages(session, "/api/v1/logs", asked, lines)[0] if lines else []
        seen = {line["id"] for line in old}
        for line in reversed(old):
            show(session, line)
        for message in messages(seconds):
            for line in message.get("logs", ()):
                if line["id"] not in seen and _fits(line, more):
                    show(session, line)
            if message.get("lost"):
                session.out.note(f"{folded(message['lost'], 'message')} passed too fast to show; all are stored", "!")


def _fits(line: dict[str, Any], more: dict[str, Any]) -> bool:
    """What a live connection cannot be asked for."""
    right = more["source"] in {None, line["source"]} and line["source"] not in more["hide"]
    return right and (not more["exact"] or (more["find"] or "") in line["body"])


def show(session: Session, line: dict[str, Any]) -> None:
    """One log line: time, node, how bad, what."""
    if session.as_json:
        return session.out.json(line, indent=None)
    level = str(line.get("severity_text") or "").lower()
    mark = f"{level.upper():<5} " if level not in {"", "info"} else ""
    source = f" [{plain(line['source'])}]" if line.get("source") else ""
    colour = COLOURS.get(level)
    body = click.style(mark + plain(line.get("body", "")), fg=colour) if colour else mark + plain(line.get("body", ""))
    return click.echo(f"{plain(line['at'])} {click.style(plain(line['node']), fg='cyan')}{source} {body}")


def _pages(session: Session, path: str, asked: dict[str, Any], limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """The first `limit` lines, page by page, and the cursor to more of them."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(found) < limit:
        page = session.hub.get(path, {**asked, "limit": min(PAGE, limit - len(found)), "cursor": cursor})
        found += page["logs"] if "logs" in page else page["rejects"]
        cursor = page.get("cursor")
        if not cursor:
            break
    return found, cursor
