"""The containers of Docker or Podman, where the agent may use their socket: state, processor and memory of each.

A container is known by its name. Only so many names become series: what starts a container under a new name every
minute is counted, and no more. Looks only; nothing is ever started or stopped here.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, Iterator, Mapping

from wacket_agent.collectors._context import Absent, Context, percent
from wacket_agent.lines import Log, Point
from wacket_agent.unixhttp import get

PERIOD = 30.0
LIMIT = 60.0
SOCKETS = ("/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock")
ANSWER_SECONDS = 5.0
LONGEST_ANSWER = 4 << 20  # bytes
# What becomes of a container without anything being wrong.
MEANT = {"created", "running", "paused", "removed", "exited with code 0"}
MOST = 50  # told at each turn, running ones first
MOST_NAMES = 200  # told as series since the agent was started


class Forbidden(Absent):
    """There is a socket, but not for this account."""


def collect(context: Context) -> Iterator[Point | Log]:
    try:
        socket = found_socket(context)
    except Forbidden as forbidden:
        if context.changed("forbidden", str(forbidden)):
            yield Log(str(forbidden))
        raise
    containers = asked(socket, "/containers/json?all=1")
    running = sum(is_running(container) for container in containers)
    yield Point("containers", {"total": len(containers), "running": running})
    yield from changes(context, {name_of(container): condition(container) for container in containers})
    for container in sorted(containers, key=lambda one: (not is_running(one), name_of(one)))[:MOST]:
        name = name_of(container)
        if is_told(context, name):
            use = used(context, socket, container) if is_running(container) else {}
            yield Point("container", {"running": is_running(container), **use}, {"name": name})


def found_socket(context: Context) -> str:
    named = [context.options["socket"]] if "socket" in context.options else []
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    for path in [*named, *SOCKETS, *([f"{own}/docker.sock", f"{own}/podman/podman.sock"] if own else [])]:
        whole = context.path(path)
        if context.exists(path):
            if os.access(whole, os.R_OK | os.W_OK):
                return whole
            raise Forbidden(
                f"there are containers, and the agent's account may not use {path}. Who may can become root; if that "
                "is all right add the account to the socket's group, or else say `containers = off` in [collect]"
            )
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


def is_running(container: Mapping[str, Any]) -> bool:
    return bool(container.get("State") == "running")


def condition(container: Mapping[str, Any]) -> str:
    """Its state, with what the service says only in words for people: the exit code, and that a check of it fails."""
    status = str(container.get("Status", ""))
    if "(unhealthy)" in status:
        return "running but unhealthy"
    exited = re.match(r"Exited \((\d{1,3})\)", status)
    return f"exited with code {exited[1]}" if exited else str(container.get("State", ""))


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
            yield Log(f"container {name} is {now}, was {then}", "info" if now in MEANT else "warn")


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
