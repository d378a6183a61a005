"""What arrives at the hub, as a live view for a terminal or as plain lines. Asks the hub once a second.

What devices sent is shown as text only.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wacket.demo.asking import Asking

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wacket.demo.running import Life

Get = Callable[..., Any]
SPARK = 24  # values in a line
EVERY = 1.0  # seconds
PLAIN_EVERY = 2.0
LOGS = 8
BARS = "▁▂▃▄▅▆▇█"


@dataclass
class Scene:
    """What was seen at one moment."""

    series: list[dict[str, Any]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    health: dict[str, Any] = field(default_factory=dict)
    sent: int = 0
    answerable: int = 0  # of them those that the hub acknowledges
    acknowledged: int = 0
    failed: int = 0
    problem: str = ""
    answer: list[str] = field(default_factory=list)  # what machines last answered, folded


class Watcher:
    """Looks at the hub through `get(path, query)` and at the boards themselves."""

    def __init__(self, get: Get, living: Sequence[Life], title: str) -> None:
        self._get, self._living, self._title = get, living, title
        self._recent: dict[int, deque[float]] = {}
        self._began = time.monotonic()
        self._last: tuple[float, int] = (self._began, 0)
        self.rate = 0.0
        self._told_answer: list[str] = []

    def look(self) -> Scene:
        """Ask the hub, and remember the latest values for the sparklines."""
        scene = Scene(
            self._get("/api/v1/series", {"limit": 500})["series"],
            self._get("/api/v1/logs", {"limit": LOGS, "order": "desc", "since": "1h"})["logs"],
            self._get("/api/v1/health"),
            sent=sum(life.sent for life in self._living),
            answerable=sum(life.sent for life in self._living if life.acknowledged is not None),
            acknowledged=sum(life.acknowledged or 0 for life in self._living),
            failed=sum(life.failed for life in self._living),
            problem=next((life.problem for life in self._living if life.problem), ""),
            answer=next((life.answer for life in self._living if isinstance(life, Asking)), []),
        )
        for series in scene.series:
            if isinstance(series["value"], int | float):
                self._recent.setdefault(series["id"], deque(maxlen=SPARK)).append(float(series["value"]))
        now = time.monotonic()
        before, sent = self._last
        if now > before:
            self.rate, self._last = (scene.sent - sent) / (now - before), (now, scene.sent)
        return scene

    def show_live(
        self, until: float | None, clock: Callable[[], float], alive: Callable[[], bool], no_color: bool = False
    ) -> None:
        """Redraw once a second until `until`, until interrupted, or until the hub is gone."""
        from rich.console import Console
        from rich.live import Live

        console = Console(no_color=no_color or None)
        with Live(self.drawn(self.look()), console=console, auto_refresh=False, transient=True) as live:
            while alive() and (until is None or clock() < until):
                live.update(self.drawn(self.look()), refresh=True)
                time.sleep(EVERY)

    def show_plain(
        self,
        until: float | None,
        clock: Callable[[], float],
        alive: Callable[[], bool],
        line: Callable[[str], None],
    ) -> None:
        """A line every two seconds, and one at the end, however soon that comes."""
        is_over = False
        while alive() and not is_over:
            time.sleep(PLAIN_EVERY if until is None else min(PLAIN_EVERY, max(0.0, until - clock())))
            is_over = until is not None and clock() >= until
            if alive():
                line(self.told(self.look()))

    def told(self, scene: Scene) -> str:
        """The scene in one line."""
        nodes = {series["node"] for series in scene.series}
        latest = max(scene.series, key=lambda series: str(series["at"]), default=None)
        words = [
            f"{time.monotonic() - self._began:5.0f} s",
            f"sent {scene.sent}",
            f"acknowledged {scene.acknowledged} of {scene.answerable}",
            f"failed {scene.failed}" + (f" ({safe(scene.problem)})" if scene.failed else ""),
            f"{self.rate:.0f}/s",
            f"nodes {len(nodes)}",
            f"series {len(scene.series)}",
            f"hub {scene.health.get('status', '?')}",
        ]
        if latest:
            words.append(f"latest {safe(latest['node'])}/{safe(latest['name'])} {_number(latest['value'])}")
        return "\n".join(["  ".join(words), *(f"         {safe(line)}" for line in self._news(scene))])

    def _news(self, scene: Scene) -> list[str]:
        """The folded answer, the first time that it is there."""
        before, self._told_answer = self._told_answer, scene.answer
        return scene.answer if scene.answer != before else []

    def drawn(self, scene: Scene) -> RenderableType:
        """The scene as something that rich can draw."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, expand=True)
        for heading, justify in (
            ("NODE", "left"),
            ("SERIES", "left"),
            ("VALUE", "right"),
            ("", "left"),
            ("", "left"),
        ):
            table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        shown = ""
        for series in _spread(scene.series, 24):
            node = safe(series["node"])
            table.add_row(
                Text("" if node == shown else node, style="cyan"),
                Text(safe(_label(series))),
                Text(_number(series["value"])),
                Text(safe(series.get("unit") or ""), style="dim"),
                Text(spark(self._recent.get(series["id"], ())), style="green"),
            )
            shown = node
        lines = [Text(_log_line(log), style="dim", no_wrap=True, overflow="ellipsis") for log in reversed(scene.logs)]
        answer = [Text(safe(line), style="yellow", no_wrap=True, overflow="ellipsis") for line in scene.answer]
        head = Text(f"wacket demo  {self._title}   Ctrl-C ends everything", style="bold")
        return Group(head, Text(), table, Text(), *lines, Text(), *answer, Text(), Text(self._footer(scene)))

    def _footer(self, scene: Scene) -> str:
        history = scene.health.get("history", {})
        guarantee = history.get("guarantee")
        parts = [
            f"{self.rate:.0f} lines/s",
            f"{scene.sent} sent, acknowledged {scene.acknowledged} of {scene.answerable} (UDP never is)",
            f"hub {scene.health.get('status', '?')}",
        ]
        if scene.failed:
            parts.insert(2, f"{scene.failed} not taken: {safe(scene.problem)}")
        if guarantee:
            parts.append(safe(guarantee))
        return "   ".join(parts)


def spark(values: Sequence[float] | deque[float]) -> str:
    """One character a value, from the lowest to the highest."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    low, span = min(finite), (max(finite) - min(finite)) or 1.0
    return "".join(BARS[min(7, int((value - low) / span * 8))] for value in finite)


def safe(text: object) -> str:
    """Text without anything that a terminal would obey."""
    return "".join(character if character.isprintable() else "·" for character in str(text))


def _spread(series: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most so many series, by node, giving every node a fair share."""
    nodes: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(series, key=lambda one: (str(one["node"]), not one.get("unit"), str(one["name"]))):
        nodes.setdefault(str(one["node"]), []).append(one)
    share = max(1, most // max(1, len(nodes)))
    return [one for several in nodes.values() for one in several[:share]][:most]


def _label(series: Mapping[str, Any]) -> str:
    labels = ",".join(f"{name}={value}" for name, value in (series.get("labels") or {}).items())
    return f"{series['name']}{{{labels}}}" if labels else str(series["name"])


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "–"


def _log_line(log: Mapping[str, Any]) -> str:
    return f"{safe(log['at'])[11:19]} {safe(log['node'])}  {safe(log['body'])}"
