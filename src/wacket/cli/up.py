"""Start the hub of this machine.

Runs it in the foreground until Ctrl-C or SIGTERM; prints where it listens once it does.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from wacket.cli.support import place
from wacket.cli.support.options import Command
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain

if TYPE_CHECKING:
    from wacket.hub import Ready

# --lan opens these, where neither the command line nor the environment nor wacket.toml says otherwise.
LAN = {"doors.http": "*:8080", "doors.https": "*:8443", "doors.tcp": "*:8090", "doors.udp": "*:8090"}


@click.command(
    "up",
    cls=Command,
    examples=[
        ("wacket up", "listen on this machine only"),
        ("wacket up --lan", "let the machines of the local network in"),
        ("wacket up --data /srv/wacket --http 127.0.0.1:9000", "another folder, another port"),
    ],
)
@click.option("--http", metavar="HOST:PORT", help="Page, API and HTTP ways in; 127.0.0.1:8080.")
@click.option("--https", metavar="HOST:PORT", help="The same with the hub's own certificate.")
@click.option("--tcp", metavar="HOST:PORT", help="Lines over TCP; 127.0.0.1:8090.")
@click.option("--udp", metavar="HOST:PORT", help="Lines over UDP; 127.0.0.1:8090. Give '' to close it.")
@click.option("--lan", is_flag=True, help="Listen on every address not set otherwise, with TLS for people.")
@click.option("--until-eof", is_flag=True, hidden=True, help="End when standard input ends.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    http: str | None,
    https: str | None,
    tcp: str | None,
    udp: str | None,
    lan: bool,
    until_eof: bool,
) -> None:
    """Start the hub of this machine and keep it running until Ctrl-C.

    What it keeps is in one folder (--data, WACKET_DATA, or ~/.local/share/wacket). An address may end in port
    0: then any free port is taken, and named.
    """
    from wacket.hub import run

    if until_eof:
        threading.Thread(target=_end_at_eof, name="eof", daemon=True).start()
    given = {"doors.http": http, "doors.https": https, "doors.tcp": tcp, "doors.udp": udp}
    said = {name: address for name, address in given.items() if address is not None}
    run(session.folder, said, lambda ready: announce(session, ready), LAN if lan else None)


def _end_at_eof() -> None:
    """End in order when whoever started this hub has ended, in whatever way."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def announce(session: Session, ready: Ready) -> None:
    """Tell where the hub listens, at once and whole: others wait for this line."""
    if session.as_json:
        about = {
            "addresses": ready.addresses,
            "setup_link": ready.setup_link,
            "seconds": ready.seconds,
            "folder": str(ready.folder),
            "fingerprint": ready.fingerprint,
        }
        session.out.json(about, indent=None)
    else:
        for line in welcome(ready):
            click.echo(line)
    sys.stdout.flush()


def welcome(ready: Ready) -> list[str]:
    """The lines that a person reads when the hub is up."""
    check = click.style("✓", fg="green")
    lines = [f"{check} hub ready in {ready.seconds:.1f} s   data in {plain(ready.folder)}"]
    lines += [f"  {door:<6} {_shown(door, address)}" for door, address in ready.addresses.items() if address]
    if ready.fingerprint:
        pin = ready.fingerprint.replace(":", "").lower()
        lines.append(f"  its certificate's SHA-256, for WACKET_HUB=https://HOST:PORT#SHA-256 and for browsers: {pin}")
    if ready.setup_link:
        lines.append(f"  Next: make the first account (this link expires): {ready.setup_link}")
    tcp = ready.addresses.get("tcp")
    where = "" if ready.folder == place.folder(None, os.environ) else f" --data {plain(ready.folder)}"
    if tcp:
        host, _, port = tcp.rpartition(":")
        target = "127.0.0.1" if host in {"0.0.0.0", "", "[::]", "::"} else host.strip("[]")  # noqa: S104
        lines.append(f"  Then: printf 'temp:21.4 hum:40\\n' | nc -w1 {target} {port}     and: wacket series ls{where}")
    if ready.addresses.keys() & {"http", "https"}:
        lines.append(f"  Add a machine: wacket token create --tag demo{where}")
    lines.append("  Ctrl-C ends it.")
    return lines


def _shown(door: str, address: str) -> str:
    return f"{door}://{address}" if door in {"http", "https"} and "://" not in address else address
