"""Ask a class to run a program, see how everybody stands, what they answered.

A class is a set of people, each with their hardware: a node with an agent, or a worker that polls /hw_supervisor.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from wacket.cli.support import classroom, watching
from wacket.cli.support.ask import sure
from wacket.cli.support.classroom import CLASS, SETS, STATES
from wacket.cli.support.errors import Failed, Misused
from wacket.cli.support.jobs import program_text
from wacket.cli.support.moments import Length
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain


@click.group(
    "class",
    cls=Group,
    examples=[
        ("wacket class create 6.08", "a class"),
        ("wacket class add 6.08 ada=pi-11 bob", "ada's hardware has an agent, bob's polls"),
        ("wacket class ask 6.08 --py led.py --timeout 10 --watch", "everybody runs a program"),
        ("wacket class answers 6.08", "what came of it"),
        ("wacket class reset 6.08 --stuck", "help those who hang"),
    ],
)
def command() -> None:
    """Ask a class to run programs, and see what came of it."""


@command.command("ls", examples=[("wacket class ls", "")])
@click.pass_obj
def ls(session: Session) -> None:
    """List the classes."""
    columns = [Column("name"), Column("people", right=True), Column("created"), Column("created_by")]
    session.out.rows(session.hub.get(SETS)["classes"], columns, "no classes yet; make one: wacket class create NAME")


@command.command(
    "create",
    examples=[
        ("wacket class create '6.08 Tue' ada=pi-11 bob=pi-12", ""),
        ("wacket class create 6.08 --csv list.csv", ""),
    ],
)
@click.argument("name")
@click.argument("people", nargs=-1, metavar="[PERSON[=NODE]...]")
@click.option("--csv", "path", metavar="FILE", help="A list of people: a line for each, PERSON or PERSON,NODE.")
@click.pass_obj
def create(session: Session, name: str, people: tuple[str, ...], path: str | None) -> None:
    """Make a class of people, each with the node whose agent is their hardware; without one a worker polls for them."""
    members = _members(people, path)
    made = session.hub.post(SETS, {"name": name, "members": members})
    session.out.done(f"class {plain(name)} has {folded(made['people'], 'person', 'people')}", made)


@command.command("add", examples=[("wacket class add 6.08 ada=pi-11 bob", "")])
@click.argument("name")
@click.argument("people", nargs=-1, metavar="PERSON[=NODE]...")
@click.option("--csv", "path", metavar="FILE", help="A list of people: a line for each, PERSON or PERSON,NODE.")
@click.pass_obj
def add(session: Session, name: str, people: tuple[str, ...], path: str | None) -> None:
    """Take people into a class, or give them other hardware."""
    members = _members(people, path)
    if not members:
        raise Misused("nobody is named", f"Write, for example: wacket class add {plain(name)} ada=pi-11 bob")
    made = session.hub.put(f"{classroom.path(name)}/members", {"members": members})
    session.out.done(f"class {plain(name)} has {folded(made['people'], 'person', 'people')}", made)


@command.command(
    "remove", examples=[("wacket class remove 6.08 bob", ""), ("wacket class remove 6.08", "the class itself")]
)
@click.argument("name")
@click.argument("people", nargs=-1, metavar="[PERSON...]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(session: Session, name: str, people: tuple[str, ...], yes: bool) -> None:
    """Take people out of a class, or remove the class. What they did is kept."""
    if not people:
        sure(f"Remove the class {plain(name)}? What its people did is kept.", yes)
        session.hub.delete(classroom.path(name))
        return session.out.done(f"class {plain(name)} is removed", {"name": name, "removed": True})
    made = session.hub.call("DELETE", f"{classroom.path(name)}/members", query={"user": list(people)}).json()
    return session.out.done(f"class {plain(name)} has {folded(made['people'], 'person', 'people')}", made)


@command.command("status", examples=[("wacket class status 6.08", ""), ("wacket class status --json", "for a script")])
@click.argument("name", required=False, metavar="[CLASS]")
@click.pass_obj
def status(session: Session, name: str | None) -> None:
    """Show where the hardware of a class stands, or everybody's."""
    users = session.hub.get(classroom.path(name))["members"] if name else _all(session, CLASS, "users", "after")
    if not session.as_json:
        if users:
            session.out.note(classroom.line(users))
        users = [{**user, **_short(user)} for user in users]
    columns = [
        Column("user"),
        *([Column("node")] if name else []),
        Column("state"),
        Column("hw_exit", "exit", right=True),
    ]
    # What matters first: of a line that is too long the end is cut.
    columns += [Column("hw_response", "stdout"), Column("hw_err", "stderr"), Column("server_analysis", "analysis")]
    columns += [Column("time")]
    session.out.rows(users, columns, "nobody in the class yet; it fills as boards and servers use /hw_supervisor")


@command.command(
    "ask",
    examples=[
        ("wacket class ask 6.08 --py led.py --timeout 10 --watch", ""),
        ("wacket class ask 6.08 --py led.py --check check.py --watch", "judged by a program at once"),
        ("wacket class ask ada --py led.py", "one person"),
    ],
)
@click.argument("who", metavar="CLASS|PERSON")
@click.option("--py", required=True, metavar="FILE", help="The Python program to run; - for standard input.")
@click.option(
    "--timeout",
    type=Length(1, 86_400),
    default="1m",
    show_default=True,
    metavar="TIME",
    help="It may take so long; who takes twice that is stuck.",
)
@click.option("--check", metavar="FILE", help="A program that reads an answer as JSON and prints its verdict.")
@click.option("--watch", is_flag=True, help="Show how they stand until all have answered.")
@click.pass_obj
def ask(session: Session, /, *, who: str, py: str, timeout: float, check: str | None, watch: bool) -> None:
    """Request that the hardware of a class, or of one person, runs a program once.

    Who is not at rest is left out. With --watch it ends with 0 if all answered well, 3 if some did, 1 if nobody. On a
    terminal a key helps meanwhile: r resets those who are stuck, e exports the answers, q stops watching.
    """
    whole = classroom.is_class(session.hub, who)
    wish: dict[str, Any] = {"class" if whole else "user": who, "program": program_text(py), "timeout": round(timeout)}
    if check is not None:
        wish["check"] = program_text(check)
    made = session.hub.post("/api/v1/rounds", wish)
    for one in made["left_out"] if not session.as_json else ():
        session.out.note(f"{plain(one['user'])} was left out: {plain(one['why'])}", "!")
    if not made["users"]:
        raise Failed(f"nobody of {plain(who)} was asked", f"See: wacket class status {plain(who)}")
    if watch:
        return watching.watch(session, who, made, whole, check is not None)
    return session.out.done(f"{folded(len(made['users']), 'person', 'people')} asked", made)


@command.command(
    "answers",
    examples=[
        ("wacket class answers 6.08", ""),
        ("wacket class answers --json=student,exit,stdout", "where there is only one class"),
    ],
)
@click.argument("name", required=False, metavar="[CLASS]")
@click.pass_obj
def answers(session: Session, name: str | None) -> None:
    """Show what everybody of a class answered last. On a terminal the first lines."""
    found = classroom.answers(session.hub, classroom.only(session.hub, name))
    if not session.as_json:
        long = ("stdout", "stderr", "analysis")
        found = [{**one, **{key: _first_line(one[key]) for key in long}} for one in found]
    session.out.rows(found, [Column(one) for one in classroom.COLUMNS[:-1]], "nobody is in this class")


@command.command("export", examples=[("wacket class export 6.08 -o answers.csv", "")])
@click.argument("name", required=False, metavar="[CLASS]")
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
@click.pass_obj
def export(session: Session, name: str | None, output: str | None) -> None:
    """Export what everybody of a class answered last as CSV. No cell of it is taken for a formula."""
    name = classroom.only(session.hub, name)
    if output is None:
        return session.out.csv(classroom.sheet_of(session.hub, name))
    count = classroom.export(session.hub, name, Path(output))
    return session.out.note(f"{folded(count, 'answer')} in {plain(output)}", "✓")


@command.command("history", examples=[("wacket class history ada --limit 20", "")])
@click.argument("user", metavar="PERSON")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@click.pass_obj
def history(session: Session, user: str, limit: int) -> None:
    """Show what happened to a person's hardware, newest first."""
    moves = _all(session, f"{_person(user)}/history", "transitions", "before", limit)
    if not session.as_json:
        moves = [{**move, "value": _first_line(move["value"])} for move in moves]
    columns = [Column(name) for name in ("at", "command", "before", "after", "value", "peer")]
    session.out.rows(moves, columns, f"nothing happened to {plain(user)}'s hardware yet")


@command.command(
    "analyse", examples=[("wacket class analyse ada 'well done'", ""), ("wacket class analyse 6.08 seen", "all of it")]
)
@click.argument("who", metavar="CLASS|PERSON")
@click.argument("text")
@click.pass_obj
def analyse(session: Session, who: str, text: str) -> None:
    """Say what an answer is worth, or all answers of a class; that ends the round for them."""
    if classroom.is_class(session.hub, who):
        done = session.hub.post(f"{classroom.path(who)}/analysis", {"text": text})
        return session.out.done(f"{folded(len(done['users']), 'person', 'people')} at rest", done)
    after = session.hub.post(f"{_person(who)}/analysis", {"text": text})
    return session.out.done(f"{plain(who)}'s hardware is at rest", after)


@command.command("reset", examples=[("wacket class reset 6.08 --stuck", ""), ("wacket class reset ada", "")])
@click.argument("who", metavar="CLASS|PERSON")
@click.option("--stuck", is_flag=True, help="Of a class only those who are stuck.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(session: Session, who: str, stuck: bool, yes: bool) -> None:
    """Put hardware at rest, whatever it was doing. What it said so far stays."""
    if classroom.is_class(session.hub, who):
        if not stuck:
            sure(f"Reset all of {plain(who)}? Responses that are still to come will be ignored.", yes)
        done = session.hub.post(f"{classroom.path(who)}/reset", {"stuck": stuck})
        return session.out.done(f"{folded(len(done['users']), 'person', 'people')} at rest", done)
    if stuck:
        raise Misused(f"there is no class {plain(who)}", "See: wacket class ls")
    sure(f"Reset {plain(who)}'s hardware? A response that is still to come will be ignored.", yes)
    after = session.hub.post(f"{_person(who)}/reset")
    return session.out.done(f"{plain(who)}'s hardware is at rest", after)


def _members(people: tuple[str, ...], path: str | None) -> list[dict[str, Any]]:
    rows = [person.partition("=")[::2] for person in people]
    if path is not None:
        listed = csv.reader(program_text(path).lstrip("\ufeff").splitlines())
        rows += [(row[0].strip(), row[1].strip() if len(row) > 1 else "") for row in listed if row and row[0].strip()]
    return [{"user": user, "node": node or None} for user, node in rows]


def _person(user: str) -> str:
    return f"{CLASS}/{quote(user, safe='')}"


def _all(session: Session, path: str, what: str, further: str, most: int | None = None) -> list[dict[str, Any]]:
    """The rows of all pages, or the first `most`."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"cursor": ""}
    while page["cursor"] is not None and (most is None or len(found) < most):
        limit = 1000 if most is None else most - len(found)
        page = session.hub.get(path, {"limit": limit} | ({further: page["cursor"]} if found else {}))
        found += page[what]
    return found


def _short(user: dict[str, Any]) -> dict[str, str]:
    said = {name: _first_line(user[name]) for name in ("hw_response", "hw_err", "server_analysis")}
    stuck = ", stuck" if user["stuck"] else ""
    return {"state": f"{user['state']} {STATES[user['state']]}{stuck}", "time": _seconds(user["time"]), **said}


def _seconds(moment: str) -> str:
    """Without what is smaller; nobody reads it."""
    return re.sub(r"\.\d+Z$", "Z", moment)


def _first_line(text: str) -> str:
    first, _, rest = text.partition("\n")
    return first[:60] + (" …" if rest or len(first) > 60 else "")
