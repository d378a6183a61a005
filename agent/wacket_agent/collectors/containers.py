"""The containers of Docker or Podman, where the agent may use their socket: state, processor and memory of each.

A container is known by its name. Only so many names become series: what starts a container under a new name every
minute is counted, and no more. Looks only; nothing is ever started or stopped here.
"""

from __future__ import annotations

import json
import os
from typing import Any, Iterator, Mapping

from wacket_agent.collectors._context import Absent, Context, percent
from wacket_agent.lines import Log, Point
from wacket_agent.unixhttp import get

PERIOD = 30.0
LIMIT = 60.0
SOCKETS = ("/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock")
ANSWER_SECONDS = 5.0
LONGEST_ANSWER = 4 << 20  # bytes
MOST = 50  # asked for their use of processor and memory at each turn
MOST_NAMES = 200  # told as series since the agent was started


def collect(context: Context) -> Iterator[Point | Log]:
    socket = found_socket(context)
    containers = asked(socket, "/containers/json?all=1")
    states = {name_of(container): str(container.get("State", "")) for container in containers}
    yield Point("containers", {"total": len(states), "running": list(states.values()).count("running")})
    yield from changes(context, states)
    running = [container for container in containers if container.get("State") == "running"]
    for container in sorted(running, key=name_of)[:MOST]:
        name = name_of(container)
        if is_told(context, name):
            told = asked(socket, f"/containers/{id_of(container)}/stats?stream=false&one-shot=true")
            yield Point("container", use(context, name, told), {"name": name})
    for name, state in states.items():
        if is_told(context, name):
            yield Point("container", {"running": state == "running"}, {"name": name})


def found_socket(context: Context) -> str:
    named = [context.options["socket"]] if "socket" in context.options else []
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    for path in [*named, *SOCKETS, *([f"{own}/docker.sock", f"{own}/podman/podman.sock"] if own else [])]:
        whole = context.path(path)
        if context.exists(path):
            if os.access(whole, os.R_OK | os.W_OK):
                return whole
            raise Absent(f"the agent's account may not use {path}; who may use it can become root")
    raise Absent("neither Docker nor Podman has a socket here")


def asked(socket: str, path: str) -> Any:
    status, body = get(socket, path, ANSWER_SECONDS, LONGEST_ANSWER)
    if status != 200:
        raise OSError(f"{path} was answered with status {status}")
    return json.loads(body)


def name_of(container: Mapping[str, Any]) -> str:
    return str((container.get("Names") or [container["Id"][:12]])[0]).lstrip("/")


def id_of(container: Mapping[str, Any]) -> str:
    """It becomes part of a path, so it must be what ids are."""
    named = str(container["Id"])
    if not named.isalnum():
        raise ValueError(f"not the id of a container: {named[:40]!r}")
    return named


def is_told(context: Context, name: str) -> bool:
    names = context.kept.setdefault("names", set())
    if len(names) < MOST_NAMES:
        names.add(name)
    return name in names


def changes(context: Context, states: dict[str, str]) -> Iterator[Log]:
    before = context.kept.get("states", states)
    context.kept["states"] = states
    for name in sorted({*states, *before}):
        now, then = states.get(name, "removed"), before.get(name, "not there")
        if now != then:
            yield Log(f"container {name} is {now}, was {then}", "info" if now == "running" else "warn")


def use(context: Context, name: str, told: Mapping[str, Any]) -> dict[str, float | None]:
    """Of one core, so that 200 % are two of them; memory without what the kernel keeps of files."""
    grown = context.growth(name, [told["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9])
    memory = told.get("memory_stats", {})
    details = memory.get("stats", {})
    used = memory.get("usage")
    if used is not None:
        used = max(used - details.get("inactive_file", details.get("total_inactive_file", 0)), 0)
    return {
        "cpu_percent": percent(grown[1][0], grown[0]) if grown else None,
        "memory_bytes": used,
        "memory_limit_bytes": memory.get("limit"),
    }
