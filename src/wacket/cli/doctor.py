"""Look deeper: the guarantee in force, versions, journal, free space, damage.

Works on a stopped hub's folder too, as far as that goes; with --crash it tries a private hub of its own.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import click

from wacket import __version__
from wacket.cli.support import place
from wacket.cli.support.errors import Failed
from wacket.cli.support.options import Command
from wacket.cli.support.session import Session
from wacket.cli.support.text import amount, folded

LIBRARIES = ("duckdb", "arro3-core", "sqlalchemy", "fastapi", "numpy", "scikit-learn")


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
    """The hub's own health; `wrong` lists what is not as it should be."""
    health = session.hub.get("/api/v1/health")
    history = health.get("history", {})
    wrong = [f"damaged: {what}" for what in history.get("damage") or ()]
    if health.get("status") != "ok":
        wrong.insert(0, f"the hub says {health.get('status')}")
    shown = {name: value for name, value in health.items() if session.as_json or name not in {"statistics", "at"}}
    return {"url": session.hub.place.url, "running": True, **shown, "wrong": wrong}


def stopped_hub(folder: Path) -> dict[str, Any]:
    """What can be said of a folder whose hub is not running; nothing in it is changed."""
    wrong: list[str] = []
    about: dict[str, Any] = {"running": False, "settings": _settings(folder, wrong)}
    for name in ("ledger.db", *_databases(folder)):
        path = folder / name
        if path.exists():
            about[name] = _checked(path, wrong)
    segments = list((folder / "history").rglob("*.parquet"))
    about["segments"] = f"{len(segments)}, {amount(sum(path.stat().st_size for path in segments))}"
    for path in segments:
        if not _is_parquet(path):
            wrong.append(f"damaged: {path}")
    about["wrong"] = wrong
    return about


def _settings(folder: Path, wrong: list[str]) -> str:
    from wacket.errors import BadSettings
    from wacket.settings import load

    try:
        load(folder)
    except BadSettings as error:
        wrong.append(str(error))
        return "bad"
    return "ok"


def _databases(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in (folder / "history").glob("*.db"))


def _checked(path: Path, wrong: list[str]) -> str:
    """SQLite's own quick check, on a connection that cannot write."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        try:
            verdict = str(connection.execute("pragma quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        wrong.append(f"damaged: {path}: {verdict}")
    return f"{verdict}, {amount(path.stat().st_size)}"


def _is_parquet(path: Path) -> bool:
    """Whether the file begins and ends as Parquet does; its pages are checked by the hub when it reads them."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, path.stat().st_size - 4))
        return head == file.read(4) == b"PAR1"


def _crash(session: Session, kills: int) -> None:
    from wacket.cli.support.crash import torture
    from wacket.cli.support.progress import bar

    with tempfile.TemporaryDirectory(prefix="wacket-crash-") as name, bar("kill -9", kills) as advance:
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
        raise Failed(
            "the store lost, doubled or damaged something" if verdict.acknowledged else "nothing was acknowledged",
            "This must not happen: please report it, with the output of wacket doctor.",
        )
    session.out.note("every acknowledged line is there exactly once", "✓")
