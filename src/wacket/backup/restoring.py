"""Puts a checked backup in the place of a hub's data, in steps of which each may be the last before a power cut.

`arm` writes a marker: from then on the restore takes place at the next start (`finish`), unless somebody thinks better
of it (`cancel`). At the start the present data are moved aside, then the marker says so, then the restored data are
moved in. Whenever that is cut off, the next start goes on where it was. Nothing is deleted.

All of it is for who holds the folder's lock, but for `waiting`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wacket.backup.names import ASIDE, MARKER, SCRATCH, STAGED, is_own
from wacket.errors import BadRequest, BadSettings
from wacket.writing import sync, write_whole

if TYPE_CHECKING:
    from wacket.backup.unpacking import Contents

log = logging.getLogger(__name__)
_STAGED = re.compile(re.escape(STAGED) + r"[0-9a-f]{1,40}")
_ASIDE = re.compile(re.escape(ASIDE) + r"[0-9A-Za-z-]{1,40}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A restore that takes place at the next start. `about` is what the page shows of it."""

    staged: str
    aside: str
    about: dict[str, Any]
    cleared: bool = False  # the data that were there are moved aside


def staging(folder: Path, token: str) -> Path:
    """An empty folder to unpack into, on the same disk as the data."""
    made = folder / f"{STAGED}{token}"
    made.mkdir(mode=0o700)
    return made


def discard(staged: Path) -> None:
    shutil.rmtree(staged, ignore_errors=True)


def present(folder: Path) -> list[str]:
    """What a restore would move aside, by name."""
    return sorted(entry.name for entry in os.scandir(folder) if is_own(entry.name))


def require_movable(folder: Path) -> None:
    """Raises BadRequest where something of the data is a disk of its own, which cannot be moved aside."""
    for name in present(folder):
        if os.path.ismount(folder / name):
            raise BadRequest(
                f"{folder / name} is a disk of its own and cannot be moved aside: restore into an empty folder with "
                "`wacket restore`, and let the hub use that"
            )


def require_known(contents: Contents) -> None:
    """Raises BadRequest where the ledger in a backup is of a newer version than this one can read."""
    from wacket.ledger.migrate import revisions  # with the database's machinery, which a start can do without

    if contents.about.get("ledger") not in revisions():
        version = str(contents.about.get("wacket"))[:40]
        raise BadRequest(f"the backup is of a newer hub (Wacket {version}): install that version here first")


def arm(folder: Path, staged: Path, stamp: str, about: dict[str, Any]) -> Waiting:
    """Let what was unpacked and checked take the place of the data at the next start; on disk on return."""
    aside, number = f"{ASIDE}{stamp}", 1
    while (folder / aside).exists():
        number += 1
        aside = f"{ASIDE}{stamp}-{number}"
    sync(folder)
    wanted = Waiting(staged.name, aside, about)
    _write(folder, wanted)
    return wanted


def waiting(folder: Path) -> Waiting | None:
    """The restore that takes place at the next start, if there is one. Raises BadSettings where its marker is not as it
    was written."""
    try:
        said = json.loads((folder / MARKER).read_bytes())
        found = Waiting(str(said["staged"]), str(said["aside"]), dict(said["about"]), bool(said["cleared"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise _torn(folder, f"is not as it was written ({error})") from error
    if not (_STAGED.fullmatch(found.staged) and _ASIDE.fullmatch(found.aside)):
        raise _torn(folder, "names other folders than a restore makes")
    return found


def cancel(folder: Path) -> None:
    """The data stay as they are."""
    found = waiting(folder)
    (folder / MARKER).unlink(missing_ok=True)
    sync(folder)
    if found is not None:
        discard(folder / found.staged)


def finish(folder: Path) -> None:
    """Call at every start, before anything is read: does what waits, or goes on with it, and removes what was left
    unfinished. Raises BadSettings where that cannot be done now.
    """
    found = waiting(folder)
    if found is not None:
        try:
            _swap(folder, found)
        except OSError as error:
            raise BadSettings(
                f"the restore cannot be finished: {error}. Nothing is lost: what was there is in {folder} and "
                f"{folder / found.aside}, what is restored in {folder / found.staged}; mend that and start again"
            ) from error
    for leftover in _leftovers(folder):
        discard(leftover)


def _swap(folder: Path, found: Waiting) -> None:
    staged, aside = folder / found.staged, folder / found.aside
    if not found.cleared:
        if not staged.is_dir():
            raise _torn(folder, f"waits for {staged}, which is gone")
        aside.mkdir(mode=0o700, exist_ok=True)
        for name in present(folder):
            (folder / name).rename(aside / name)
        sync(aside)
        sync(folder)
        _write(folder, Waiting(found.staged, found.aside, found.about, cleared=True))
    for path in sorted(staged.iterdir()) if staged.is_dir() else ():
        path.rename(folder / path.name)
    with contextlib.suppress(FileNotFoundError):
        sync(staged)
        staged.rmdir()
    sync(folder)
    with contextlib.suppress(OSError):  # there was nothing before
        aside.rmdir()
    (folder / MARKER).unlink()
    sync(folder)
    if aside.exists():
        log.warning("a backup was restored; what was there before is in %s", aside)


def _leftovers(folder: Path) -> Iterator[Path]:
    """What a backup or an upload left that was cut off."""
    for entry in list(os.scandir(folder)):
        if entry.name.startswith(SCRATCH) or _STAGED.fullmatch(entry.name):
            yield Path(entry.path)


def _write(folder: Path, wanted: Waiting) -> None:
    said = {"staged": wanted.staged, "aside": wanted.aside, "about": wanted.about, "cleared": wanted.cleared}
    write_whole(folder / MARKER, json.dumps(said).encode())


def _torn(folder: Path, what: str) -> BadSettings:
    return BadSettings(f"{folder / MARKER} {what}: delete it, and the hub goes on with the data as they are")
