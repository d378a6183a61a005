"""Looks at the data folder of a hub that is not running: reads every byte of its store, and changes nothing."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wacket.cli.support.text import amount

_BATCHES = "select id, kind, rows, t_min, t_max, at, blob, crc from batches"


def stopped_hub(folder: Path) -> dict[str, Any]:
    """What can be said of the folder; `wrong` lists what is not as it should be."""
    wrong: list[str] = []
    history = folder / "history"
    about: dict[str, Any] = {"running": False, "settings": _settings(folder, wrong)}
    about["ledger.db"] = _ledger(folder / "ledger.db", wrong)
    about["history/journal.db"] = _journal(history, wrong)
    segments = list(history.glob("*/*.parquet"))
    about["segments"] = f"{len(segments)}, {amount(sum(path.stat().st_size for path in segments))}"
    return {**about, "wrong": wrong}


def _settings(folder: Path, wrong: list[str]) -> str:
    from wacket.errors import BadSettings
    from wacket.settings import load

    try:
        load(folder)
    except BadSettings as error:
        wrong.append(str(error))
        return "bad"
    return "ok"


def _ledger(path: Path, wrong: list[str]) -> str:
    if not path.exists():
        wrong.append(f"{path} is gone: people, tokens and the names of series are in it")
        return "gone"
    return _checked(path, wrong)


def _journal(history: Path, wrong: list[str]) -> str:
    path = history / "journal.db"
    if path.exists():
        return _checked(path, wrong, history)
    wrong.append(f"{path} is gone: what was not sealed yet, and the list of segments, were in it")
    return "gone"


def _checked(path: Path, wrong: list[str], history: Path | None = None) -> str:
    """SQLite's own check; for the journal (`history` is its folder) also of every batch and every segment."""
    found: list[str] = []
    try:
        with _reading(path, found) as connection:
            verdict = str(connection.execute("pragma quick_check(1)").fetchone()[0])
            found += [] if verdict == "ok" else [f"{path}: {verdict}"]
            found += _kept(connection, path, history) if history else []
    except (sqlite3.Error, OSError) as error:  # also of a segment that the disk cannot give
        found.append(f"{path}: {error}")
    wrong += [f"damaged: {what}" for what in found]
    return f"{'damaged' if found else 'ok'}, {amount(path.stat().st_size)}"


@contextlib.contextmanager
def _reading(path: Path, found: list[str]) -> Iterator[sqlite3.Connection]:
    """The database as a hub would find it. SQLite makes and changes files beside one that has a write-ahead log, so of
    that a copy is read."""
    log = path.with_name(path.name + "-wal")
    with contextlib.ExitStack() as stack:
        if log.exists() and log.stat().st_size:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wacket-doctor-")))
            copied = Path(shutil.copyfile(path, scratch / path.name))
            _mend(Path(shutil.copyfile(log, scratch / log.name)), path, found)
            address, how = copied.as_uri(), ""
        else:
            address, how = path.absolute().as_uri(), "&immutable=1"
        yield stack.enter_context(contextlib.closing(sqlite3.connect(f"{address}?mode=ro{how}", uri=True)))


def _mend(log: Path, path: Path, found: list[str]) -> None:
    from wacket.history import wal

    if said := wal.mend(log):
        found.append(f"{path}: {said}")


def _kept(connection: sqlite3.Connection, path: Path, history: Path) -> Iterator[str]:
    """What is wrong with the batches of the journal and the segments that it names."""
    from wacket.history import manifest, segments, verify
    from wacket.history.journal import damaged_row

    known, unreadable = manifest.load(connection, history)
    yield from map(verify.describe, manifest.damages(connection))
    yield from (f"{path}: what it says of {name} is not as it was written" for name in unreadable)
    for segment in known:
        if reason := segments.fault(segment, whole=True):
            yield f"{segment.path}: {reason}"
    for *about, blob, crc in connection.execute(_BATCHES):
        if zlib.crc32(blob or b"") != crc:
            yield verify.describe(damaged_row(path, about))
