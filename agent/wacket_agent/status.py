"""How the agent stands, in a small file for `wacket-agent status` and whoever else on this machine wants to know."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Mapping

from wacket_agent.disk import write_whole

FILE = "status.json"


def write(state: Path, members: Mapping[str, Any]) -> None:
    """A full disk costs the file, not the agent."""
    with contextlib.suppress(OSError):
        write_whole(state / FILE, json.dumps(members, indent=1).encode() + b"\n", 0o644)


def read(state: Path) -> dict[str, Any]:
    """{} if no agent has run here. A file whose agent was killed says `stopped`."""
    try:
        members = json.loads((state / FILE).read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return {}
    if not isinstance(members, dict):
        return {}
    if not _is_alive(members.get("pid")):
        members["state"] = "stopped"
    return members


def running(state: Path) -> int:
    """The process of the agent that runs with this state; 0 if none does."""
    members = read(state)
    pid = members.get("pid")
    return pid if isinstance(pid, int) and members.get("state") not in (None, "stopped") and is_of(state, pid) else 0


def is_of(state: Path, pid: int) -> bool:
    """Whether a process is of the agent with this state: who wrote its number down may be gone, or lie."""
    place = Path(f"/proc/{pid}")
    try:
        return place.stat().st_uid == state.stat().st_uid and b"wacket" in (place / "cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    if os.name != "posix":
        return True  # os.kill would end it there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
