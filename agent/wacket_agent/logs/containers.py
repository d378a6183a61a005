"""Where the temporary folders of running containers are, for the program logs in them.

Docker and Podman tell each container's first process; through `/proc/PID/root` its files are read as it sees them.
That needs root; without it there are no folders and nothing is said. Starts nothing inside a container.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Callable, Sequence

from wacket_agent.logs.programs import Folder
from wacket_agent.unixhttp import UnixHttpError, get

SOCKETS = ("/var/run/docker.sock", "/run/podman/podman.sock")
LIST = "/containers/json"
MOST_CONTAINERS = 100
LIMIT = 4 << 20  # bytes of one answer
TIMEOUT = 2.0
_ID = re.compile(r"[0-9a-f]{12,64}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Ask = Callable[[str, str], Any]


class Container:
    """`pid` is 0 where it is not known."""

    def __init__(self, key: str, name: str, pid: int = 0) -> None:
        self.key, self.name, self.pid = key, name, pid


class Containers:
    """Remembers each container's process, so that only a new one is asked for."""

    def __init__(self, sockets: Sequence[str] = SOCKETS, proc: str = "/proc") -> None:
        self._sockets, self._proc = sockets, proc
        self._known: dict[str, Container] = {}

    def folders(self) -> list[Folder]:
        """The temporary folder of each container that can be looked into."""
        listed: list[Container] = []
        for socket_path in self._sockets:
            if Path(socket_path).exists():
                listed += self._of(socket_path)
        self._known = {container.key: container for container in listed}
        places = [(f"{self._proc}/{one.pid}/root", one.name) for one in listed if one.pid]
        return [_folder(root, name) for root, name in places if os.access(root, os.R_OK | os.X_OK)]

    def _of(self, socket_path: str) -> list[Container]:
        found = listed(_asked(socket_path, LIST))
        for container in found:
            known = self._known.get(container.key)
            if known and known.pid and Path(f"{self._proc}/{known.pid}").exists():
                container.pid = known.pid
            else:
                answer = _asked(socket_path, f"/containers/{container.key}/json")
                if answer is None:
                    break
                container.pid = first_process(answer)
        return found


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


def _folder(root: str, name: str) -> Folder:
    return Folder(f"{root}/tmp", f"{root}/proc", {"container": name})  # noqa: S108 - of the container
