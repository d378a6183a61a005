"""Print a fresh one-time link that makes an admin account.

The link expires; the hub prints one at its first start, and this prints another.
"""

from __future__ import annotations

from urllib.parse import urljoin

import click

from wacket.cli.support.options import Command
from wacket.cli.support.session import Session


@click.command("setup-link", cls=Command, examples=[("wacket setup-link", "on the hub's machine, as its owner")])
@click.pass_obj
def command(session: Session) -> None:
    """Print a fresh one-time link that makes an admin account."""
    made = session.hub.post("/api/v1/setup-links")
    made["link"] = urljoin(session.hub.place.url, made["link"])
    if session.as_json:
        return session.out.json(made)
    session.out.note(f"good once, until {made.get('expires', 'it expires')}:")
    return session.out.line(made["link"])
