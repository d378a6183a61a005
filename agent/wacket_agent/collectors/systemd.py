"""The units of systemd: how many are in which state, and a log when one fails or works again.

Those that the owner names (`units = nginx.service ssh` in [collect.systemd]) are told one by one.
"""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Log, Point

PERIOD = 60.0
LIMIT = 30.0
MOST_NAMED = 100
STATES = ("active", "inactive", "failed", "activating", "deactivating", "reloading")
# Plain text and no JSON: that only systemd 246 and newer can print.
ASK = ("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", "--full")
KINDS = "--type=service,socket,timer,mount,path,swap"


def collect(context: Context) -> Iterator[Point | Log]:
    if not context.names("/run/systemd/system"):
        raise Absent("the machine was not started by systemd")
    ran = context.run(*ASK, KINDS)
    if ran.exit:
        raise OSError(f"systemctl: {ran.err.strip() or ran.why}")
    units = list(parsed(ran.out))
    states = [state for _, state, _ in units]
    yield Point("systemd", {state: states.count(state) for state in STATES})
    yield from named(context, {name: state for name, state, _ in units})
    failed = {name: about for name, state, about in units if state == "failed"}
    before = context.kept.get("failed", {})
    context.kept["failed"] = failed
    for name in sorted(set(failed).difference(before)):
        yield Log(f"{name} has failed: systemctl status {name}", "error", {"unit": name, "about": failed[name]})
    for name in sorted(set(before).difference(failed)):
        yield Log(f"{name} has failed no longer", "info", {"unit": name})


def named(context: Context, states: dict[str, str]) -> Iterator[Point | Log]:
    for word in context.options.get("units", "").replace(",", " ").split()[:MOST_NAMED]:
        unit = word if "." in word else f"{word}.service"
        state = states.get(unit, "not loaded")
        yield Point("unit", {"active": state == "active"}, {"unit": unit})
        if state != "failed" and context.changed(unit, state, before="active"):
            yield Log(f"{unit} is {state}", "info" if state == "active" else "warn", {"unit": unit})


def parsed(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, state and description of each unit."""
    for line in text.splitlines():
        words = line.lstrip("●○×*↻ ").split(None, 4)
        if len(words) >= 4:
            yield words[0], words[2], words[4] if len(words) > 4 else ""
