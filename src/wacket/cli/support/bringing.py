"""Fetches the files that a job's nodes sent back, into ./job-ID/NODE/.

Their names come from the nodes: one that is no plain relative path is left at the hub, and nothing that is there
already is written over.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import quote

from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain

JOBS = "/api/v1/jobs"


def fetch(session: Session, job: int) -> None:
    """Fetch all files of all nodes and tell how many there were."""
    folder, count = Path(f"job-{job}"), 0
    for command in session.hub.get(f"{JOBS}/{job}")["nodes"]:
        for file in command.get("files") or ():
            place = below(folder, command["node"], file["name"])
            if place is None:
                session.out.note(f"{plain(command['node'])}: {plain(file['name'])} is no name for a file here", "!")
                continue
            path = f"{JOBS}/{job}/files/{quote(command['node'], safe='')}/{quote(file['name'])}"
            count += _saved(session, path, place)
    if count:
        session.out.note(f"{folded(count, 'file')} in {folder}/", "✓")
    else:
        session.out.note("no file was brought back", "!")


def below(folder: Path, node: str, name: str) -> Path | None:
    """Where a file is to be written, or None if its name would lead elsewhere or hide something."""
    parts = PurePosixPath(name).parts
    plain_parts = all(part not in {".", "..", "/"} and part == plain(part) and "\\" not in part for part in parts)
    if not parts or not plain_parts or name.startswith("/") or node in {".", ".."} or "/" in node:
        return None
    return folder.joinpath(node, *parts)


def _saved(session: Session, path: str, place: Path) -> bool:
    if place.exists():
        session.out.note(f"{place} is there already and stays as it is", "!")
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    try:
        with part.open("wb") as file:
            for piece in session.hub.stream(path):
                file.write(piece)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    return True
