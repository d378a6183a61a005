"""Make, list and revoke API tokens.

A token is shown once, when it is made; the hub keeps only its hash.
"""

from __future__ import annotations

from urllib.parse import quote

import click

from wacket.cli.support.ask import sure
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

TOKENS = "/api/v1/tokens"
SCOPES = ["ingest", "read", "operate", "admin"]


@click.group(
    "token",
    cls=Group,
    examples=[
        ("wacket token create bench-3 --scope ingest --node bench-3", "for a board"),
        ("wacket token create notebook --scope read --days 30", "for a notebook"),
        ("wacket token revoke 4", "from this moment on"),
    ],
)
def command() -> None:
    """Make, list and revoke the tokens that devices and programs show to the hub."""


@command.command("create", examples=[("wacket token create bench-3 --scope ingest --node bench-3", "")])
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it allows; ingest if not said.")
@click.option("--node", metavar="NODE", help="It may speak as this node only.")
@click.option("--days", type=float, metavar="DAYS", help="Until when; for ever if not said.")
@click.pass_obj
def create(session: Session, name: str, scopes: tuple[str, ...], node: str | None, days: float | None) -> None:
    """Make a token and print it. This is the only time that it is shown."""
    wanted = {"name": name, "scopes": list(scopes) or ["ingest"], "node": node, "days": days}
    made = session.hub.post(TOKENS, {key: value for key, value in wanted.items() if value is not None})
    if session.as_json:
        return session.out.json(made)
    session.out.note(f"token {plain(made.get('id', ''))} for {plain(name)}; it is shown only now:", "✓")
    return session.out.line(plain(made.get("secret") or made.get("token")))


@command.command("ls", examples=[("wacket token ls", "")])
@click.pass_obj
def ls(session: Session) -> None:
    """List the tokens, without their secrets."""
    columns = [Column("id", right=True), *map(Column, ("name", "scopes", "node", "expires", "last_used"))]
    session.out.rows(session.hub.get(TOKENS)["tokens"], columns, "no tokens yet; make one with `wacket token create`")


@command.command("revoke", examples=[("wacket token revoke 4", "")])
@click.argument("token_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def revoke(session: Session, token_id: str, yes: bool) -> None:
    """Revoke a token at once."""
    sure(f"Revoke token {plain(token_id)}? What shows it is refused from then on.", yes)
    session.hub.delete(f"{TOKENS}/{quote(token_id, safe='')}")
    session.out.done(f"token {plain(token_id)} is revoked", {"id": token_id, "revoked": True})
