"""Add people, set their roles and passwords, remove them.

Passwords are typed or read from standard input, never given on the command line, where others can see them.
"""

from __future__ import annotations

from urllib.parse import quote

import click

from wacket.cli.support.ask import password, sure
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

PEOPLE = "/api/v1/people"
ROLES = click.Choice(["admin", "operator", "viewer", "student"])


@click.group(
    "people",
    cls=Group,
    examples=[
        ("wacket people add ada --role operator", "asks for the password"),
        ("wacket people ls", "who can log in"),
        ("wacket people role ada viewer", "she may only look"),
    ],
)
def command() -> None:
    """Add the people who may log in, and say what each may do."""


@command.command("add", examples=[("wacket people add ada --role operator", "")])
@click.argument("name")
@click.option("--role", type=ROLES, default="viewer", show_default=True, help="What they may do.")
@click.pass_obj
def add(session: Session, name: str, role: str) -> None:
    """Add a person; the password is asked for, or read from standard input."""
    made = session.hub.post(PEOPLE, {"name": name, "role": role, "password": password(name)})
    session.out.done(f"{plain(name)} can log in as {role}", made)


@command.command("ls", examples=[("wacket people ls", "")])
@click.pass_obj
def ls(session: Session) -> None:
    """List the people."""
    columns = [Column("name"), Column("role"), Column("created"), Column("disabled")]
    session.out.rows(
        session.hub.get(PEOPLE)["people"], columns, "nobody yet; `wacket setup-link` makes the first admin"
    )


@command.command("role", examples=[("wacket people role ada viewer", "")])
@click.argument("name")
@click.argument("role", type=ROLES)
@click.pass_obj
def role(session: Session, name: str, role: str) -> None:
    """Change what a person may do."""
    session.out.done(f"{plain(name)} is now {role}", session.hub.patch(_path(name), {"role": role}))


@command.command("password", examples=[("wacket people password ada", "")])
@click.argument("name")
@click.pass_obj
def change_password(session: Session, name: str) -> None:
    """Give a person a new password; their sessions end."""
    changed = session.hub.patch(_path(name), {"password": password(name)})
    session.out.done(f"{plain(name)} has a new password", changed)


@command.command("remove", examples=[("wacket people remove ada", "")])
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(session: Session, name: str, yes: bool) -> None:
    """Remove a person; what they did stays in the audit log."""
    sure(f"Remove {plain(name)}?", yes)
    session.hub.delete(_path(name))
    session.out.done(f"{plain(name)} is removed", {"name": name, "removed": True})


def _path(name: str) -> str:
    return f"{PEOPLE}/{quote(name, safe='')}"
