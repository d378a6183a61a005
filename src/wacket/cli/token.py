"""Make, list and revoke tokens, for programs and for machines that join.

A token is shown once, when it is made; the hub keeps only its hash. One with a name is an API token; one without is a
join token, and comes in a line to paste on the machine.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from wacket.cli.support import machine
from wacket.cli.support.ask import sure
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

TOKENS, JOINS = "/api/v1/tokens", "/api/v1/join-tokens"
JOIN = "j"  # before the number of a join token, for those are counted apart
OF_JOINS = {"tags": "--tag", "uses": "--uses", "hours": "--hours", "accept": "--accept", "where": "--hub-url"}
OF_PROGRAMS = {"scopes": "--scope", "node": "--node", "days": "--days"}
SCOPES = ["ingest", "read", "operate", "admin"]


@click.group(
    "token",
    cls=Group,
    examples=[
        ("wacket token create --tag demo", "a line to paste: its machine becomes a node"),
        ("wacket token create bench-3 --scope ingest --node bench-3", "for a board"),
        ("wacket token create notebook --scope read --days 30", "for a notebook"),
        ("wacket token revoke 4", "from this moment on"),
    ],
)
def command() -> None:
    """Make, list and revoke tokens, for programs and for machines that join."""


@command.command(
    "create",
    examples=[
        ("wacket token create --tag demo", "one machine may join, within the hour"),
        ("wacket token create --tag room=lab --uses 30 --hours 3 --accept", "for a class, accepted at once"),
        ("wacket token create bench-3 --scope ingest --node bench-3", "for a board"),
    ],
)
@click.argument("name", required=False)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it allows; ingest if not said.")
@click.option("--node", metavar="NODE", help="It may speak as this node only.")
@click.option("--days", type=float, metavar="DAYS", help="Until when; for ever if not said.")
@click.option("--tag", "tags", multiple=True, metavar="TAG[=VALUE]", help="Machines that join get this tag.")
@click.option("--uses", type=int, metavar="N", help="So many machines may join; 1 if not said.")
@click.option("--hours", type=float, metavar="HOURS", help="Until when they may join; 1 if not said.")
@click.option("--accept", is_flag=True, default=None, help="They need nobody's acceptance.")
@click.option("--hub-url", "where", metavar="URL", help="Where they find the hub, if not at its own address.")
@click.pass_obj
def create(session: Session, /, name: str | None, **said: Any) -> None:
    """Make a token: with NAME one for a program, without NAME one for a machine that is to join. Shown only now."""
    for option, written in (OF_JOINS if name else OF_PROGRAMS).items():
        if said[option]:
            kind = "for a program, which has a NAME" if name else "for a machine that is to join, which has none"
            raise click.UsageError(f"{written} does not go with a token {kind}")
    wanted = {option: value for option, value in said.items() if value}
    return _for_program(session, name, wanted) if name else _for_machine(session, wanted)


def _for_program(session: Session, name: str, wanted: dict[str, Any]) -> None:
    scopes = list(wanted.pop("scopes", ["ingest"]))
    made = session.hub.post(TOKENS, {"name": name, "scopes": scopes, **wanted})
    if session.as_json:
        return session.out.json(made)
    session.out.note(f"token {plain(made.get('id', ''))} for {plain(name)}; it is shown only now:", "✓")
    return session.out.line(plain(made.get("secret") or made.get("token")))


def _for_machine(session: Session, wanted: dict[str, Any]) -> None:
    tags = machine.read_tags(wanted.pop("tags", ()))
    if "where" in wanted:
        wanted["hub_url"] = wanted.pop("where")
    made = session.hub.post(JOINS, {"tags": tags, **wanted})
    if session.as_json:
        return session.out.json(made)
    whom = "one machine" if made["uses"] == 1 else f"{made['uses']} machines"
    session.out.note(f"join token {JOIN}{made['id']} for {whom}, until {plain(made['expires'])}; paste there:", "✓")
    session.out.line(plain(made["line"]))
    if made.get("reach") == "machine":
        session.out.note("The hub listens to this machine only; start it with `wacket up --lan` to let others join")
    if not made["accept"]:
        session.out.note("Then compare the code that it shows: wacket node approve NAME")
    return None


@command.command("ls", examples=[("wacket token ls", "")])
@click.pass_obj
def ls(session: Session) -> None:
    """List the tokens, without their secrets; those that machines join with have a j before their number."""
    rows = [*session.hub.get(TOKENS)["tokens"], *map(_as_row, session.hub.get(JOINS)["tokens"])]
    columns = [Column("id", right=True), *map(Column, ("name", "scopes", "node", "expires", "last_used"))]
    session.out.rows(rows, columns, "no tokens yet; make one with `wacket token create`")


def _as_row(token: dict[str, Any]) -> dict[str, Any]:
    """A join token in the columns of the others."""
    used = f"{token['used']} of {token['uses']} used"
    return token | {
        "id": f"{JOIN}{token['id']}",
        "name": machine.tags_as_text(token["tags"]),
        "scopes": ["join"],
        "node": "",
        "last_used": f"{used}; {token['trouble']}" if token["trouble"] else used,
    }


@command.command("revoke", examples=[("wacket token revoke 4", ""), ("wacket token revoke j7", "a join token")])
@click.argument("token_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def revoke(session: Session, token_id: str, yes: bool) -> None:
    """Revoke a token at once."""
    sure(f"Revoke token {plain(token_id)}? What shows it is refused from then on.", yes)
    of_joins = token_id.startswith(JOIN)
    where, number = (JOINS, token_id.removeprefix(JOIN)) if of_joins else (TOKENS, token_id)
    session.hub.delete(f"{where}/{quote(number, safe='')}")
    session.out.done(f"token {plain(token_id)} is revoked", {"id": token_id, "revoked": True})
