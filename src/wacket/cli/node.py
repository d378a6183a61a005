"""See, adopt, name, tag and retire nodes.

A node is anything that talks to the hub: a machine, a board, a service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click

from wacket.cli.support import machine
from wacket.cli.support.ask import sure
from wacket.cli.support.errors import Denied, Failed, Partly, TimedOut, Unreachable
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

NODES = "/api/v1/nodes"
ADOPTED = {"state": "adopted"}


@click.group(
    "node",
    cls=Group,
    examples=[
        ("wacket node ls", "who talks to the hub"),
        ("wacket node adopt 192.168.4.17", "trust a board that announced itself"),
        ("wacket node rename 192.168.4.17 bench-3", "give it a name"),
        ("wacket node approve pi-11", "let a machine in that joined with a token"),
    ],
)
def command() -> None:
    """See, adopt, name, tag and retire nodes: the machines, boards and services that talk to the hub."""


@command.command("ls", examples=[("wacket node ls --state pending", "those that nobody has adopted yet")])
@click.option("--state", metavar="STATE", help="Only those that are up, late, down, off, pending, retired or adopted.")
@click.pass_obj
def ls(session: Session, state: str | None) -> None:
    """List the nodes."""
    found = session.hub.get(NODES)["nodes"]
    nodes = [node for node in found if state in {None, node.get("state"), node.get("presence")}]
    if not session.as_json:
        nodes = [node | {"tags": machine.tags_as_text(node["tags"])} for node in nodes]
    columns = [Column(name) for name in ("name", "kind", "presence", "since", "os", "tags")]
    session.out.rows(nodes, columns, "no nodes yet; a board that prints a line to the TCP door becomes one")


@command.command("show", examples=[("wacket node show bench-3", "")])
@click.argument("name")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show all that is known of one node, and what its machine allows."""
    node = session.hub.get(_path(name))
    session.out.facts(node if session.as_json else machine.facts(node))
    for line in machine.advice(node):
        session.out.note(line)


@command.command("approve", examples=[("wacket node approve pi-11", "")])
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--yes", is_flag=True, help="Do not ask whether the codes are the same.")
@click.pass_obj
def approve(session: Session, names: tuple[str, ...], yes: bool) -> None:
    """Let machines in that joined with a token, after comparing the code that each shows."""
    for name in names:
        code = session.hub.get(_path(name)).get("code")
        if code:
            sure(f"{plain(name)} must show the code {plain(code)}. Does it?", yes)
        _change(session, name, ADOPTED, "is let in")


@command.command("adopt", examples=[("wacket node adopt 192.168.4.17", "")])
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_obj
def adopt(session: Session, names: tuple[str, ...]) -> None:
    """Adopt nodes: what they send counts from now on."""
    if len(names) == 1:
        return _change(session, names[0], ADOPTED, "adopted")
    ended = [_adopted(session, name) for name in names]
    if session.as_json:
        session.out.json(ended)
    refused = sum("error" in node for node in ended)
    if refused:
        raise (Partly if refused < len(names) else Failed)(f"{refused} of {len(names)} could not be adopted")
    return None


def _adopted(session: Session, name: str) -> dict[str, Any]:
    """The node as it is now, or its name and what went wrong with it alone."""
    try:
        node: dict[str, Any] = session.hub.patch(_path(name), ADOPTED)
    except (Denied, Unreachable, TimedOut):
        raise
    except Failed as error:
        session.out.note(f"{plain(name)}: {plain(error.what)}", "✗")
        return {"name": name, "error": error.what}
    if not session.as_json:
        session.out.note(f"{plain(name)} adopted", "✓")
    return node


@command.command("rename", examples=[("wacket node rename 192.168.4.17 bench-3", "")])
@click.argument("name")
@click.argument("new")
@click.pass_obj
def rename(session: Session, name: str, new: str) -> None:
    """Give a node another name; its history goes with it."""
    _change(session, name, {"name": new}, f"is now {plain(new)}")


@command.command(
    "tag", examples=[("wacket node tag pi-11 room=lab demo", ""), ("wacket node tag pi-11 demo-", "take it off")]
)
@click.argument("name")
@click.argument("tags", nargs=-1, required=True, metavar="TAG[=VALUE]...")
@click.pass_obj
def tag(session: Session, name: str, tags: tuple[str, ...]) -> None:
    """Give a node tags, beside those that it has; TAG- takes one off."""
    kept = dict(session.hub.get(_path(name)).get("tags") or {})
    for word in tags:
        if word.endswith("-") and "=" not in word:
            kept.pop(word[:-1], None)
        else:
            kept |= machine.read_tags([word])
    _change(session, name, {"tags": kept}, f"has the tags: {plain(machine.tags_as_text(kept)) or 'none'}")


@command.command(
    "replace", examples=[("wacket node replace pi-11 pi-11-2", "pi-11 was installed anew, and joined as pi-11-2")]
)
@click.argument("old")
@click.argument("new")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def replace(session: Session, old: str, new: str, yes: bool) -> None:
    """Say that NEW is the same machine as OLD: OLD goes on with its key and all of its own history."""
    sure(f"Does {plain(old)} go on as the machine that is now {plain(new)}? {plain(new)} is retired.", yes)
    session.out.done(f"{plain(old)} goes on as that machine", session.hub.post(f"{_path(old)}/replace", {"by": new}))


@command.command("split", examples=[("wacket node split pi-11", "another machine has a copy of its card")])
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def split(session: Session, name: str, yes: bool) -> None:
    """Tell a machine that shows the key of NAME to make a key of its own; it joins as a new node."""
    sure(f"Is the other machine with the key of {plain(name)} to be a node of its own?", yes)
    told = session.hub.post(f"{_path(name)}/split")
    session.out.done(f"the copy of {plain(name)} joins as a new node", told)


@command.command("report", examples=[("wacket node report pi-11", "when it was away, and what came later")])
@click.argument("name")
@click.pass_obj
def report(session: Session, name: str) -> None:
    """Tell what is missing of a node: when it was away, what came later, what was left out or lost."""
    said = session.hub.get(f"{_path(name)}/completeness")
    if session.as_json:
        return session.out.json(said, "gaps")
    columns = [Column(field) for field in ("stream", "kind", "since", "until", "lines", "came")]
    session.out.rows(said["gaps"], columns, "nothing is missing, and it was never away for long")
    for text, mark in _summary(said["gaps"]):
        session.out.note(text, mark)
    return None


@command.command("retire", examples=[("wacket node retire bench-3", "its history is kept")])
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def retire(session: Session, name: str, yes: bool) -> None:
    """Retire a node: it is no longer expected. Its history is kept."""
    sure(f"Retire {plain(name)}? What it sent is kept.", yes)
    _change(session, name, {"state": "retired"}, "retired")


def _summary(gaps: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What the table comes to."""
    late = sum(gap["lines"] for gap in gaps if gap["kind"] == "away" and not gap["came"])
    never = {kind: sum(gap["lines"] for gap in gaps if gap["kind"] == kind) for kind in ("thinned", "lost")}
    if late:
        yield f"{late:,} lines are still to come", "!"
    if never["thinned"]:
        yield f"{never['thinned']:,} lines were thinned out: it was away for so long that it kept fewer of them", "✗"
    if never["lost"]:
        yield f"{never['lost']:,} lines are lost", "✗"
    if gaps and not late and not any(never.values()):
        yield "all that was missing has come", "✓"


def _path(name: str) -> str:
    return f"{NODES}/{quote(name, safe='')}"


def _change(session: Session, name: str, change: dict[str, Any], said: str) -> None:
    session.out.done(f"{plain(name)} {said}", session.hub.patch(_path(name), change))
