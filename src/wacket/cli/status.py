"""Say whether the hub runs, where, and how it fares.

Reads the hub's health only; `doctor` looks deeper.
"""

from __future__ import annotations

from typing import Any

import click

from wacket.cli.support.options import Command
from wacket.cli.support.session import Session


@click.command(
    "status",
    cls=Command,
    examples=[("wacket status", "this machine's hub"), ("wacket status --json", "for a script")],
)
@click.pass_obj
def command(session: Session) -> None:
    """Say whether the hub runs, where, and how it fares.

    Ends with 0 when it does and its store is well, 1 when it takes no data or names damage, 5 when there is none.
    """
    health = session.hub.get("/api/v1/health")
    about: dict[str, Any] = {"url": session.hub.place.url}
    if session.hub.place.owner:
        about["folder"] = str(session.folder)
    if session.hub.place.fingerprint:
        about["fingerprint"] = session.hub.place.fingerprint
    # The edges' counts are for programs: --json has them, and /metrics.
    about |= {name: value for name, value in health.items() if session.as_json or name not in {"statistics", "at"}}
    session.out.facts(about)
    if health.get("status") != "ok" or health.get("history", {}).get("damage"):
        raise click.exceptions.Exit(1)
