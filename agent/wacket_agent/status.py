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
    pid = read(state).get("pid")
    return pid if read(state).get("state", "stopped") != "stopped" and isinstance(pid, int) and _is_agent(pid) else 0


def _is_agent(pid: int) -> bool:
    """The process may be another program's by now."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    except OSError:
        return False
    return b"wacket" in words and b"run" in words


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
