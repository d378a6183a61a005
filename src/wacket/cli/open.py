"""Open the page of the hub in a browser, signed in.

A one-time link does it: of a person who has an account, or while nobody has one, the link that makes the first.
"""

from __future__ import annotations

from typing import Any

import click

from wacket.cli.support import browser
from wacket.cli.support.errors import Misused
from wacket.cli.support.options import Command
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain


@click.command(
    "open",
    cls=Command,
    examples=[
        ("wacket open", "on the hub's machine: sign in as its only admin"),
        ("wacket open ada", "as ada"),
        ("wacket open ada --print", "only print the link, to open it elsewhere"),
    ],
)
@click.argument("name", required=False)
@click.option("--print", "only_print", is_flag=True, help="Print the link and open nothing.")
@click.pass_obj
def command(session: Session, name: str | None, only_print: bool) -> None:
    """Open the page of the hub in a browser, signed in as NAME, or as its only admin.

    The link works once and for 5 minutes. While nobody has an account it is the one that makes the first admin.
    """
    made = _made(session, name)
    made["link"] = f"{session.hub.place.url}/s/{made['code']}"
    if session.as_json:
        return session.out.json(made)
    session.out.note(f"good once, until {plain(made['expires'])}:")
    session.out.line(made["link"])
    if not only_print and not browser.show(made["link"], session.environment):
        session.out.note("there is no browser here to open it in; open it in your own")
    return None


def _made(session: Session, name: str | None) -> dict[str, Any]:
    people = session.hub.get("/api/v1/people")["people"]
    if not people and name is None:
        made: dict[str, Any] = session.hub.post("/api/v1/setup-links")
        return made
    signed: dict[str, Any] = session.hub.post("/api/v1/sign-in-links", {"name": name or _only_admin(people)})
    return signed


def _only_admin(people: list[dict[str, Any]]) -> str:
    admins = [str(person["name"]) for person in people if person["role"] == "admin" and not person["disabled"]]
    if len(admins) == 1:
        return admins[0]
    if not admins:
        raise Misused("nobody here is an admin", "Name who is to sign in, or make one: wacket setup-link")
    named = ", ".join(map(plain, admins))
    raise Misused(f"several people are admins: {named}", f"Name one: wacket open {plain(admins[0])}")
