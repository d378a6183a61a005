"""Show the clusters of the energy events, or compute them now.

The hub computes them by itself each time enough new events came.
"""

from __future__ import annotations

import click

from wacket.cli.support.options import Command
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

AVERAGES = {
    "avg_power_active_w": "active W",
    "avg_power_reactive_var": "reactive var",
    "avg_power_apparent_va": "apparent VA",
    "avg_line_current_a": "current A",
    "avg_line_voltage_v": "voltage V",
}


@click.command(
    "clusters",
    cls=Command,
    examples=[
        ("wacket clusters", "as last computed"),
        ("wacket clusters --compute", "from everything that is stored now"),
        ("wacket clusters --json", "for a script, with bandwidth and sample size"),
    ],
)
@click.option("--compute", is_flag=True, help="Compute them now and wait; --timeout says how long.")
@click.pass_obj
def command(session: Session, compute: bool) -> None:
    """Show size and averages of each cluster of the energy events; label -1 counts those that belong to none."""
    hub = session.hub
    found = hub.post("/api/v1/clusters/compute") if compute else hub.get("/api/v1/clusters")
    if session.as_json:
        return session.out.json(found)
    columns = [Column(name, right=True) for name in ("label", "count")]
    columns += [Column(name, heading, right=True) for name, heading in AVERAGES.items()]
    session.out.rows(found["clusters"], columns, "no clusters yet: they are computed once enough energy events came")
    if found["at"]:
        session.out.note(
            f"{found['events']} events ({found['skipped']} lack a number), {found['sample']} clustered, "
            f"bandwidth {found['bandwidth']:.6g}, at {plain(found['at'])} in {found['seconds']} s"
        )
    return None
