"""See, adopt, rename and retire nodes.

A node is anything that talks to the hub: a machine, a board, a service.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

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
    ],
)
def command() -> None:
    """See, adopt, rename and retire nodes: the machines, boards and services that talk to the hub."""


@command.command("ls", examples=[("wacket node ls --state pending", "those that nobody has adopted yet")])
@click.option("--state", metavar="STATE", help="Only adopted, pending or retired ones.")
@click.pass_obj
def ls(session: Session, state: str | None) -> None:
    """List the nodes."""
    nodes = [node for node in session.hub.get(NODES)["nodes"] if state in {None, node.get("state")}]
    columns = [Column(name) for name in ("name", "kind", "state", "last_seen", "tags")]
    session.out.rows(nodes, columns, "no nodes yet; a board that prints a line to the TCP door becomes one")


@command.command("show", examples=[("wacket node show bench-3", "")])
@click.argument("name")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show all that is known of one node."""
    session.out.facts(session.hub.get(_path(name)))


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


@command.command("retire", examples=[("wacket node retire bench-3", "its history is kept")])
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def retire(session: Session, name: str, yes: bool) -> None:
    """Retire a node: it is no longer expected. Its history is kept."""
    sure(f"Retire {plain(name)}? What it sent is kept.", yes)
    _change(session, name, {"state": "retired"}, "retired")


def _path(name: str) -> str:
    return f"{NODES}/{quote(name, safe='')}"


def _change(session: Session, name: str, change: dict[str, Any], said: str) -> None:
    session.out.done(f"{plain(name)} {said}", session.hub.patch(_path(name), change))
