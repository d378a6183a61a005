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
MOST = 50  # told at each turn, running ones first
MOST_NAMES = 200  # told as series since the agent was started


def collect(context: Context) -> Iterator[Point | Log]:
    socket = found_socket(context)
    containers = asked(socket, "/containers/json?all=1")
    states = {name_of(container): str(container.get("State", "")) for container in containers}
    yield Point("containers", {"total": len(states), "running": list(states.values()).count("running")})
    yield from changes(context, states)
    for container in sorted(containers, key=lambda one: (one.get("State") != "running", name_of(one)))[:MOST]:
        name, running = name_of(container), container.get("State") == "running"
        if is_told(context, name):
            use = used(context, socket, container) if running else {}
            yield Point("container", {"running": running, **use}, {"name": name})


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


def asked(socket: str, path: str, gone: Any = None) -> Any:
    """The answer; `gone` where there is no such container any more."""
    status, body = get(socket, path, ANSWER_SECONDS, LONGEST_ANSWER)
    if status == 404 and gone is not None:
        return gone
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


def used(context: Context, socket: str, container: Mapping[str, Any]) -> dict[str, float | None]:
    """Of one core, so that 200 % are two of them; memory without what the kernel keeps of files."""
    told = asked(socket, f"/containers/{id_of(container)}/stats?stream=false&one-shot=true", gone={})
    spent = told.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage")
    grown = None if spent is None else context.growth(container["Id"], [spent / 1e9])
    memory = told.get("memory_stats", {})
    details = memory.get("stats", {})
    usage = memory.get("usage")
    if usage is not None:
        usage = max(usage - details.get("inactive_file", details.get("total_inactive_file", 0)), 0)
    return {
        "cpu_percent": percent(grown[1][0], grown[0]) if grown else None,
        "memory_bytes": usage,
        "memory_limit_bytes": memory.get("limit"),
    }
