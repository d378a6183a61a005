"""The end of a command as the hub is told it, made from what the runner left. Pure but for hashing brought files."""

# ruff: noqa: PTH118, PTH123

from __future__ import annotations

import hashlib
import os
from typing import Any

from wacket_agent.commands.notes import Note
from wacket_agent.commands.reading import Extent

MAX_REASON = 1000
MAX_KILLED = 200
MAX_TEXT = 30_000  # bytes of the names in one message, which has at most 65,536 in all
_PIECE = 1 << 20


def ended(command: str, note: Note, files: list[dict[str, Any]], offset: int) -> dict[str, Any]:
    """From the runner's result; `offset` is the hub's clock less ours, µs."""
    return {
        **_state(command, note.one("state", "failed"), note.number("at") + offset, note.one("reason")),
        "exit": note.number("exit") if note.one("exit") else None,
        "signal": note.number("signal"),
        "seconds": _seconds(note.one("seconds")),
        "peak": note.number("peak"),
        "out": note.number("out"),
        "err": note.number("err"),
        "end": note.number("end"),
        "killed": _killed(note.all("killed")),
        "files": files,
    }


def unbegun(command: str, state: str, at: int, reason: str) -> dict[str, Any]:
    """For a command that never had a runner, or lost it."""
    return {
        **_state(command, state, at, reason),
        **{"exit": None, "signal": 0, "seconds": 0.0, "peak": 0, "out": 0, "err": 0, "end": 0},
        **{"killed": [], "files": []},
    }


def lost(command: str, at: int, reason: str, extent: Extent, killed: dict[int, str]) -> dict[str, Any]:
    """For a command whose runner is gone: what it wrote until then is still told."""
    told = _killed([f"{pid} {name}" for pid, name in killed.items()])
    found = {"out": extent.out, "err": extent.err, "end": extent.end, "killed": told}
    return {**unbegun(command, "lost_reboot", at, reason), **found}


def brought(folder: str, entries: list[str]) -> list[dict[str, Any]]:
    """The files that the runner copied: `{"name", "size", "sha256"}`, in the order of their numbers. Reads them all."""
    found, room = [], MAX_TEXT
    for entry in entries:
        number, _, rest = entry.partition(" ")
        size, _, name = rest.partition(" ")
        room -= 6 * len(name) + 100
        if number.isdigit() and size.isdigit() and room > 0:
            path = os.path.join(folder, "brought", number)
            found.append({"name": _plain(name), "size": int(size), "sha256": _hash(path), "path": path})
    return found


def without_paths(message: dict[str, Any]) -> dict[str, Any]:
    """As the hub may see it: where a file lies here is nobody else's business."""
    files = [{name: value for name, value in file.items() if name != "path"} for file in message["files"]]
    return {**message, "files": files}


def _state(command: str, state: str, at: int, reason: str) -> dict[str, Any]:
    return {"t": "state", "id": command, "state": state, "at": at, "reason": _plain(reason)[:MAX_REASON]}


def _killed(entries: list[str]) -> list[dict[str, Any]]:
    pairs = (entry.partition(" ") for entry in entries[:MAX_KILLED])
    return [{"pid": int(pid), "name": _plain(name)[:64]} for pid, _, name in pairs if pid.isdigit()]


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _plain(text: str) -> str:
    """Names come from programs: what is no Unicode is replaced, or it could not be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, "rb", buffering=0) as file:
            for piece in iter(lambda: file.read(_PIECE), b""):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()
