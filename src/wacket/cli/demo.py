"""A hub with simulated boards, to look at.

Everything is in a temporary folder and goes away at the end; nothing that runs already is touched.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from wacket.cli.support import browser
from wacket.cli.support.errors import Failed, Misused, Partly, Unreachable
from wacket.cli.support.options import Command
from wacket.cli.support.process import HubProcess, free_or_any
from wacket.cli.support.progress import bar
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain

if TYPE_CHECKING:
    from wacket.demo.entry import Entry


@click.command(
    "demo",
    cls=Command,
    examples=[
        ("wacket demo", "open the link that it prints; Ctrl-C ends everything"),
        ("wacket demo --events events.txt", "replay energy events, then show their clusters"),
        ("wacket demo --seconds 10 --plain", "for a script"),
    ],
)
@click.option("--events", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One energy event a line.")
@click.option("--seconds", type=float, help="End by itself after this; else with Ctrl-C.")
@click.option("--http", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--tcp", default="127.0.0.1:8090", show_default=True, metavar="HOST:PORT", help="And for lines.")
@click.option("--no-browser", is_flag=True, help="Open no browser; on a terminal with a screen it opens one.")
@click.pass_obj
def command(
    session: Session, /, *, events: Path | None, seconds: float | None, http: str, tcp: str, no_browser: bool
) -> None:
    """Start a hub in a temporary folder, feed it from simulated boards of every kind, and show what arrives.

    It prints the address of its page, which signs you in.

    With --events it replays that file through POST /log/store, one event a request, instead; then it prints the
    summary of the clusters, and ends when its output is piped.
    """
    process: HubProcess | None = None
    with (
        contextlib.suppress(KeyboardInterrupt),
        _orderly(),
        tempfile.TemporaryDirectory(prefix="wacket-demo-") as name,
    ):
        doors = {"http": _door(session, "http", http), "tcp": _door(session, "tcp", tcp)}
        doors["udp"] = free_or_any(tcp, socket.SOCK_DGRAM)
        process = HubProcess(Path(name) / "hub", doors)
        with process:
            entry = _welcome(session, process, no_browser)
            if events:
                _replay(session, process, events)
            if not events or session.out.on_terminal or seconds is not None:
                _watch(session, process, entry, seconds, boards=not events)
    if process and process.trouble:
        raise Failed(process.trouble, "This must not happen: please report it.")
    session.out.note("ended; the hub is stopped and its folder removed", "✓")


@contextlib.contextmanager
def _orderly() -> Iterator[None]:
    """The first of SIGTERM, SIGHUP and Ctrl-C ends the demo; the rest find it already ending."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [kind for name in ("SIGINT", "SIGTERM", "SIGHUP") if (kind := getattr(signal, name, None))]

    def end(_: int, __: FrameType | None) -> None:
        for kind in kinds:
            signal.signal(kind, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [(kind, signal.signal(kind, end)) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in before:
            signal.signal(kind, handler)


def _door(session: Session, name: str, address: str) -> str:
    found = free_or_any(address)
    if found != address:
        session.out.note(f"{address} is taken by another program; the demo takes another port for {name}", "!")
    return found


def _welcome(session: Session, process: HubProcess, no_browser: bool) -> Entry:
    # Before anything is said: Ctrl-C in the middle of an import can make Python end itself by that signal at its exit.
    from wacket.demo import running, view  # noqa: F401
    from wacket.demo.entry import Entry

    where = process.addresses
    entry = Entry(process.hub(), where["http"], secrets.token_urlsafe(), time.monotonic)
    session.out.line(f"open {entry.link}")
    session.out.line(f"lines over TCP: {where['tcp']}   UDP: {where.get('udp', '–')}")
    session.out.line(f"ask it from another terminal: {_program()} series ls --data {process.folder}")
    if session.out.on_terminal:
        session.out.line("Ctrl-C ends everything.")
        if not no_browser:
            browser.show(entry.link, session.environment)
    return entry


def _head(process: HubProcess, entry: Entry) -> list[str]:
    entry.fresh()
    return [
        f"open {entry.link}   Ctrl-C ends everything",
        f"ask it: {_program()} node ls --data {process.folder}",
    ]


def _program() -> str:
    """How to call this program from another terminal: it may be in an environment that is not open there."""
    return "wacket" if shutil.which("wacket") else sys.argv[0]


def _watch(session: Session, process: HubProcess, entry: Entry, seconds: float | None, boards: bool) -> None:
    from wacket.demo.running import lives, machines, running
    from wacket.demo.view import Watcher

    hub, living = process.hub(), lives(process.addresses) if boards else []
    if boards:
        living += machines(process.folder.parent / "machines", process.addresses["http"], process.hub)
    watcher = Watcher(hub.get, living, lambda: _head(process, entry))
    until = None if seconds is None else time.monotonic() + seconds
    with contextlib.closing(hub), running(living):
        if session.out.dressed and not session.quiet:
            watcher.show_live(until, time.monotonic, lambda: process.alive, session.no_color)
        else:
            watcher.show_plain(until, time.monotonic, lambda: process.alive, lambda text: _tell(session, entry, text))
    if not process.alive:
        raise Unreachable(f"the demo's hub ended by itself: {process.complaints() or 'it said nothing'}")


def _tell(session: Session, entry: Entry, text: str) -> None:
    session.out.line(text)
    if entry.fresh():
        session.out.line(f"open {entry.link}")


def _replay(session: Session, process: HubProcess, file: Path) -> None:
    from wacket.demo.replay import replay

    with file.open("rb") as lines:
        events = [line.strip() for line in lines if line.strip()]
    if not events:
        raise Misused(f"{file} holds no events", "It has one energy event a line, for example: Power: Active=1753W;")
    began, stop = time.monotonic(), threading.Event()
    with bar(session.out, "replay", len(events)) as advance:
        total = replay(process.addresses["http"], events, advance, stop)
    took = time.monotonic() - began
    session.out.line(
        f"{folded(total.stored, 'event')} stored in {took:.2f} s, one a request: {total.stored / took:,.0f} a second"
    )
    for reason in total.reasons:
        session.out.note(plain(reason), "✗")
    _clusters(session, process)
    if total.refused:
        raise Partly(f"{folded(total.refused, 'event')} refused")


def _clusters(session: Session, process: HubProcess) -> None:
    """Have the clusters computed and print what a client of /clusters/summary gets."""
    from wacket.cli.clusters import AVERAGES
    from wacket.cli.support.output import Column

    hub = process.hub(timeout=120)
    with contextlib.closing(hub):
        hub.post("/api/v1/clusters/compute")
        clusters = hub.get("/clusters/summary")["clusters"]
    if session.as_json:
        session.out.json(clusters)
        return
    fields = {"label": "label", "count": "count", **AVERAGES}
    rows = [{name: _rounded(row.get(name)) for name in fields} for row in clusters]
    whole = sum(1 for row in clusters if row["label"] != -1)
    session.out.line(f"{folded(whole, 'cluster')} (label -1: events that fit none)")
    columns = [Column(name, heading, True) for name, heading in fields.items()]
    session.out.rows(rows, columns, "no clusters", headed=True)


def _rounded(value: object) -> object:
    return f"{value:.2f}" if isinstance(value, float) else value
