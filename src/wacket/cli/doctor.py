"""Look deeper: the guarantee in force, versions, journal, free space, damage.

Works on a stopped hub's folder too, as far as that goes; with --crash it tries a private hub of its own.
"""

from __future__ import annotations

import contextlib
import platform
import shutil
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from wacket import __version__
from wacket.cli.support import place
from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Denied, Failed
from wacket.cli.support.options import Command
from wacket.cli.support.session import Session
from wacket.cli.support.stopped import stopped_hub
from wacket.cli.support.text import amount, folded

if TYPE_CHECKING:
    from wacket.cli.support.crash import Verdict

LIBRARIES = ("duckdb", "arro3-core", "sqlalchemy", "fastapi", "numpy", "scikit-learn")
PATIENCE = 3600.0  # seconds that a hub may take to read all that it keeps


@click.command(
    "doctor",
    cls=Command,
    examples=[
        ("wacket doctor", "this machine's hub, running or not"),
        ("wacket doctor --crash", "kill a private hub five times and count what it kept"),
    ],
)
@click.option("--crash", is_flag=True, help="Kill and verify a hub in a temporary folder.")
@click.option("--kills", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often, with --crash.")
@click.pass_obj
def command(session: Session, /, *, crash: bool, kills: int) -> None:
    """Say which guarantee is in force, and whether anything is wrong with the store.

    Every byte that is kept is read and compared with what was written: by the hub itself where it runs, else by this
    command, which changes nothing.

    --crash starts a hub of its own in a temporary folder, sends it lines that it acknowledges, kills it in the middle
    (kill -9), and checks that every acknowledged line is there exactly once. Your own hub is not touched.
    """
    if crash:
        return _crash(session, kills)
    local = not (session.hub_url or (session.environment.get("WACKET_HUB") and not session.data))
    stopped = local and place.state(session.folder) is None
    if stopped and not session.folder.is_dir():
        raise Failed(
            f"there is no hub in {session.folder}, and none has been there",
            "Start one with `wacket up`, or name another with --hub URL or --data DIR.",
        )
    about = machine(session.folder if local else None)
    about["hub"] = stopped_hub(session.folder) if stopped else running_hub(session)
    session.out.facts(about)
    wrong = about["hub"]["wrong"]
    if wrong:
        raise Failed("; ".join(wrong), "See docs/how-to/repair.md, or restore that file from a backup.")
    return session.out.note("nothing is wrong" + (" (the hub is not running)" if stopped else ""), "✓")


def machine(folder: Path | None) -> dict[str, Any]:
    """What this program runs on."""
    about: dict[str, Any] = {
        "wacket": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {"sqlite": sqlite3.sqlite_version, **{name: version(name) for name in LIBRARIES}},
    }
    if folder is not None:
        about["folder"] = str(folder)
        about["free_space"] = amount(shutil.disk_usage(folder).free)
    return about


def running_hub(session: Session) -> dict[str, Any]:
    """The hub's own health, after it has read all that it keeps; `wrong` lists what is not as it should be."""
    damage = _read_everything(session)
    health = session.hub.get("/api/v1/health")
    wrong = [f"damaged: {what}" for what in damage or health.get("history", {}).get("damage") or ()]
    if health.get("status") != "ok":
        wrong.insert(0, f"the hub says {health.get('status')}")
    shown = {name: value for name, value in health.items() if session.as_json or name not in {"statistics", "at"}}
    about = {"url": session.hub.place.url, "running": True, "everything_read": damage is not None}
    return {**about, **shown, "wrong": wrong}


def _read_everything(session: Session) -> list[str] | None:
    """What the hub finds damaged when it reads every byte; None for those who may not ask for that."""
    patient = Hub(session.hub.place, max(session.timeout, PATIENCE))
    with contextlib.closing(patient):
        try:
            return list(patient.post("/api/v1/verify")["damage"])
        except Denied:
            session.out.note("only what is known already: it takes the right admin to have everything read", "!")
            return None


def _crash(session: Session, kills: int) -> None:
    from wacket.cli.support.crash import torture
    from wacket.cli.support.progress import bar

    with tempfile.TemporaryDirectory(prefix="wacket-crash-") as name, bar(session.out, "kill -9", kills) as advance:
        verdict = torture(Path(name), kills, Random(), time.sleep, lambda _: advance(1))  # noqa: S311
    said = {**verdict._asdict(), "passed": verdict.passed}
    if session.as_json:
        session.out.json(said)
    else:
        session.out.line(
            f"{folded(verdict.kills, 'kill')}, {folded(verdict.acknowledged, 'line')} acknowledged: "
            f"{verdict.missing:,} missing, {verdict.doubled:,} doubled"
        )
    if not verdict.passed:
        raise Failed(_fault(verdict), "This must not happen: please report it, with the output of wacket doctor.")
    session.out.note("every acknowledged line is there exactly once", "✓")


def _fault(verdict: Verdict) -> str:
    if verdict.missing or verdict.doubled or verdict.damage:
        return "the store lost, doubled or damaged something"
    if verdict.trouble:
        return verdict.trouble
    if not verdict.acknowledged:
        return "nothing was acknowledged"
    return f"after {folded(verdict.stalled, 'start')} nothing was acknowledged any more"
