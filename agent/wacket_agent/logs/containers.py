"""Where the temporary folders of running containers are, for the program logs in them.

Docker and Podman tell each container's first process; through `/proc/PID/root` its files are read as it sees them.
That needs root; without it there are no folders and nothing is said. Starts nothing inside a container.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Sequence

from wacket_agent.logs.writers import Folder
from wacket_agent.unixhttp import UnixHttpError, get

SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")
LIST = "/containers/json"
MOST_CONTAINERS = 100
LIMIT = 4 << 20  # bytes of one answer
TIMEOUT = 2.0
_ID = re.compile(r"[0-9a-f]{12,64}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Container(NamedTuple):
    key: str
    name: str


def folders(sockets: Sequence[str] = SOCKETS, proc: str = "/proc") -> list[Folder]:
    """The temporary folder of each container that can be looked into."""
    found = []
    for socket_path in sockets:
        for name, pid in _running(socket_path):
            root = f"{proc}/{pid}/root"
            if os.access(root, os.R_OK | os.X_OK):
                found.append(Folder(f"{root}/tmp", f"{root}/proc", {"container": name}))  # noqa: S108 - its own
    return found


def _running(socket_path: str) -> Iterator[tuple[str, int]]:
    """Name and first process of each container."""
    if not Path(socket_path).exists():
        return
    for container in listed(_asked(socket_path, LIST)):
        answer = _asked(socket_path, f"/containers/{container.key}/json")
        if answer is None:
            return
        pid = first_process(answer)
        if pid:
            yield container.name, pid


def listed(answer: Any) -> list[Container]:
    """The containers in an answer to LIST. Pure; anything may be in it."""
    found = []
    for one in answer if isinstance(answer, list) else []:
        key = one.get("Id") if isinstance(one, dict) else None
        if isinstance(key, str) and _ID.fullmatch(key):
            names = one.get("Names")
            name = names[0] if isinstance(names, list) and names and isinstance(names[0], str) else key[:12]
            found.append(Container(key, _CONTROL.sub("?", name.lstrip("/"))[:100]))
    return found[:MOST_CONTAINERS]


def first_process(answer: Any) -> int:
    """The process number in a container's description, 0 if there is none. Pure; anything may be in it."""
    state = answer.get("State") if isinstance(answer, dict) else None
    pid = state.get("Pid") if isinstance(state, dict) else None
    return pid if type(pid) is int and 1 < pid < 2**31 else 0


def _asked(socket_path: str, path: str) -> Any:
    """What is told, {} for what is not there; None if nobody answers, who is then not asked a hundred times."""
    try:
        status, body = get(socket_path, path, TIMEOUT, LIMIT)
        return json.loads(body) if status == 200 else {}
    except (UnixHttpError, ValueError, RecursionError):
        return None
