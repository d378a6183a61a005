"""PURE: what arrives at the hub as lines of a screen, however small: machines, boards, log lines, a class, an answer.

What devices sent is shown as text only. It knows no terminal: a line is a list of texts and styles.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BARS = "▁▂▃▄▅▆▇█"
CELL = 38  # columns for one series of a board, at least
GAP = 2
NAME, VALUE, UNIT = 19, 8, 4
MACHINE = 16
LEAST_LOGS, MOST_LOGS = 3, 8
SHORT_ANSWER, LONG_ANSWER = 3, 6  # lines
ROOMY = 32  # rows; from here on there are empty lines between the parts
NUMBERS = (("CPU %", "cpu.percent"), ("MEMORY %", "memory.used_percent"), ("DISK %", "disk.used_percent"))
WORK = "cpu.percent"
STATES = ("at rest", "asked", "running", "answered")

Span = tuple[str, str]  # text, style
Line = list[Span]


@dataclass
class Scene:
    """What was seen at one moment."""

    series: list[dict[str, Any]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)  # newest first
    users: list[dict[str, Any]] = field(default_factory=list)  # of the class
    health: dict[str, Any] = field(default_factory=dict)
    sent: int = 0
    answerable: int = 0  # of them those that the hub acknowledges
    acknowledged: int = 0
    failed: int = 0
    problem: str = ""
    answer: list[str] = field(default_factory=list)  # what machines last answered, folded
    rate: float = 0.0  # sent in a second
    recent: Mapping[int, Sequence[float]] = field(default_factory=dict)  # series → its latest values


def picture(scene: Scene, head: Sequence[str], columns: int, rows: int) -> list[Line]:
    """At most `rows` lines of at most `columns`: the boards and log lines get what the others leave."""
    roomy = rows >= ROOMY
    answer = _answer(scene.answer, LONG_ANSWER if roomy else SHORT_ANSWER)
    parts = [_machines(scene, columns), [], [], _class(scene.users), answer]
    # A heading for boards and for log lines, the head, the last line, and what separates.
    left = rows - len(head) - 3 - sum(map(len, parts)) - (len(parts) if roomy else 0)
    parts[1] = _boards(scene, columns, max(1, left - max(LEAST_LOGS, left // 3)))
    parts[2] = _logs(scene.logs, min(MOST_LOGS, max(1, left + 1 - len(parts[1]))))
    lines: list[Line] = [[(text, "bold" if place == 0 else "dim")] for place, text in enumerate(head)]
    for part in parts:
        lines += [[], *part] if roomy and part else part
    last: list[Line] = [*([[]] if roomy else []), [(footer(scene), "")]]
    return [_fitted(line, columns) for line in [*lines[: max(0, rows - len(last))], *last]]


def footer(scene: Scene) -> str:
    parts = [
        f"{scene.rate:.0f} lines/s",
        f"{scene.sent} sent, acknowledged {scene.acknowledged} of {scene.answerable}",
        f"hub {safe(scene.health.get('status', '?'))}",
    ]
    if scene.failed:
        parts.insert(0, f"{scene.failed} not taken: {safe(scene.problem)}")
    if guarantee := scene.health.get("history", {}).get("guarantee"):
        parts.append(safe(guarantee))
    return "   ".join(parts)


def spark(values: Sequence[float]) -> str:
    """One character a value, from the lowest to the highest."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    low, span = min(finite), (max(finite) - min(finite)) or 1.0
    return "".join(BARS[min(7, int((value - low) / span * 8))] for value in finite)


def safe(text: object) -> str:
    """Text without anything that a terminal would obey."""
    return "".join(character if character.isprintable() else "·" for character in str(text))


def number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "–"


def machines_in(scene: Scene) -> list[str]:
    """Nodes with an agent."""
    told = {name for _, name in NUMBERS}
    return sorted({str(one["node"]) for one in scene.series if one["name"] in told})


def _machines(scene: Scene, columns: int) -> list[Line]:
    heading = f"{'MACHINES':<{MACHINE}}" + "".join(f"{name:>10}" for name, _ in NUMBERS)
    lines: list[Line] = [[(heading, "dim")]]
    room = max(0, columns - len(heading) - GAP)
    for node in machines_in(scene):
        # Those without labels, and of the file systems the first.
        found = {one["name"]: one for one in reversed(scene.series) if one["node"] == node and _whole(one)}
        values = "".join(f"{_percent(found.get(name)):>10}" for _, name in NUMBERS)
        work = spark(list(scene.recent.get(found[WORK]["id"], ()))[-room:]) if WORK in found and room else ""
        lines.append([(f"{_cut(node, MACHINE - 1):<{MACHINE}}", "cyan"), (values + " " * GAP, ""), (work, "green")])
    return lines if len(lines) > 1 else [*lines, [("their agents are joining …", "dim")]]


def _whole(series: Mapping[str, Any]) -> bool:
    return series["name"] != WORK or not series.get("labels")


def _percent(series: Mapping[str, Any] | None) -> str:
    return f"{series['value']:.0f}" if series and isinstance(series["value"], int | float) else "–"


def _boards(scene: Scene, columns: int, rows: int) -> list[Line]:
    """Side by side as many as fit, in columns."""
    machines = set(machines_in(scene))
    across = max(1, (columns + GAP) // (CELL + GAP))
    width = (columns + GAP) // across - GAP
    shown = spread([one for one in scene.series if one["node"] not in machines], rows * across)
    high = -(-len(shown) // across) or 1
    lines: list[Line] = [[("BOARDS", "dim")]]
    for row in range(min(high, len(shown))):
        cells = [_cell(scene, one, width) for one in shown[row::high]]
        lines.append([span for cell in cells for span in (*cell, (" " * GAP, ""))][:-1])
    return lines


def _cell(scene: Scene, series: Mapping[str, Any], width: int) -> Line:
    node, room = safe(series["node"]), NAME + max(0, width - CELL) // 2
    node = _cut(node, room - 1)
    name = _cut(_label(series), room - len(node) - 1)
    value, unit = number(series["value"]), _cut(safe(series.get("unit") or ""), UNIT)
    left = max(0, width - room - VALUE - UNIT - GAP)
    curve = spark(list(scene.recent.get(series["id"], ()))[-left:]) if left else ""
    return [
        (f"{node} ", "cyan"),
        (f"{name:<{room - len(node) - 1}}", ""),
        (f"{_cut(value, VALUE):>{VALUE}} ", ""),
        (f"{unit:<{UNIT}} ", "dim"),
        (f"{curve:<{left}}", "green"),
    ]


def _logs(logs: Sequence[Mapping[str, Any]], most: int) -> list[Line]:
    """The latest, of each node a few only: one that talks all the time must not hide the others."""
    share = max(1, most // max(1, len({log["node"] for log in logs})))
    count: Counter[str] = Counter()
    chosen: list[Mapping[str, Any]] = []
    for log in logs:
        if count[log["node"]] < share and len(chosen) < most:
            count[log["node"]] += 1
            chosen.append(log)
    return [[("LOG LINES", "dim")], *(_log(log) for log in reversed(chosen))]


def _log(log: Mapping[str, Any]) -> Line:
    severity, source = log.get("severity") or 0, safe(log.get("source") or "")
    style = "red" if severity >= 17 else "yellow" if severity >= 13 else ""
    who = f"{safe(log['node'])} {source}: " if source else f"{safe(log['node'])}  "
    return [(f"{safe(log['at'])[11:19]} ", "dim"), (who, "cyan"), (safe(log["body"]), style)]


def _class(users: Sequence[Mapping[str, Any]]) -> list[Line]:
    if not users:
        return []
    told = [f"{safe(one['user'])} {STATES[one['state']]}" for one in users]
    said = [f" {safe(one['hw_response'])}" if one["state"] == 3 else "" for one in users]
    return [[("A CLASS  ", "dim"), ("   ".join(map("".join, zip(told, said, strict=True))), "")]]


def _answer(answer: Sequence[str], most: int) -> list[Line]:
    if not answer:
        return []
    return [[("ASKED OF ALL MACHINES", "dim")], *([(safe(line), "yellow")] for line in answer[:most])]


def spread(series: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most so many series, by node, giving every node a fair share."""
    nodes: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(series, key=lambda one: (str(one["node"]), not one.get("unit"), str(one["name"]))):
        nodes.setdefault(str(one["node"]), []).append(one)
    share = max(1, most // max(1, len(nodes)))
    return [one for several in nodes.values() for one in several[:share]][:most]


def _label(series: Mapping[str, Any]) -> str:
    labels = ",".join(f"{name}={value}" for name, value in (series.get("labels") or {}).items())
    return safe(f"{series['name']}{{{labels}}}" if labels else series["name"])


def _cut(text: str, columns: int) -> str:
    return text if len(text) <= columns else (text[: columns - 1] + "…" if columns > 0 else "")


def _fitted(line: Line, columns: int) -> Line:
    fitted: Line = []
    for text, style in line:
        fitted.append((_cut(text, columns), style))
        columns -= len(fitted[-1][0])
    return [span for span in fitted if span[0]]
