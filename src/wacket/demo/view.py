"""What arrives at the hub, as a live view for a terminal or as plain lines. Asks the hub once a second.

How the view is laid out is picture.py's.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wacket.demo.asking import Asking
from wacket.demo.picture import Scene, number, picture, safe

if TYPE_CHECKING:
    from rich.text import Text

    from wacket.demo.running import Life

Get = Callable[..., Any]
SPARK = 40  # values in a line
EVERY = 1.0  # seconds
PLAIN_EVERY = 2.0
LOGS = 60


class Watcher:
    """Looks at the hub through `get(path, query)` and at the boards themselves."""

    def __init__(self, get: Get, living: Sequence[Life], head: Callable[[], Sequence[str]]) -> None:
        """`head` gives the lines above the view."""
        self._get, self._living, self._head = get, living, head
        self._recent: dict[int, deque[float]] = {}
        self._began = time.monotonic()
        self._last: tuple[float, int] = (self._began, 0)
        self._told_answer: list[str] = []

    def look(self) -> Scene:
        """Ask the hub, and remember the latest values for the sparklines."""
        scene = Scene(
            self._get("/api/v1/series", {"limit": 500})["series"],
            self._get("/api/v1/logs", {"limit": LOGS, "order": "desc", "since": "1h"})["logs"],
            self._get("/api/v1/class")["users"],
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
            scene.rate, self._last = (scene.sent - sent) / (now - before), (now, scene.sent)
        scene.recent = self._recent
        return scene

    def show_live(
        self, until: float | None, clock: Callable[[], float], alive: Callable[[], bool], no_color: bool = False
    ) -> None:
        """Redraw once a second until `until`, until interrupted, or until the hub is gone."""
        from rich.console import Console
        from rich.live import Live

        console = Console(no_color=no_color or None)
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while alive() and (until is None or clock() < until):
                live.update(self.drawn(self.look(), *console.size), refresh=True)
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
            f"{scene.rate:.0f}/s",
            f"nodes {len(nodes)}",
            f"series {len(scene.series)}",
            f"hub {scene.health.get('status', '?')}",
        ]
        if latest:
            words.append(f"latest {safe(latest['node'])}/{safe(latest['name'])} {number(latest['value'])}")
        return "\n".join(["  ".join(words), *(f"         {safe(line)}" for line in self._news(scene))])

    def _news(self, scene: Scene) -> list[str]:
        """The folded answer, the first time that it is there."""
        before, self._told_answer = self._told_answer, scene.answer
        return scene.answer if scene.answer != before else []

    def drawn(self, scene: Scene, columns: int, rows: int) -> Text:
        """The scene as something that rich can draw; one row is left for the cursor."""
        from rich.text import Text

        lines = [Text.assemble(*line) for line in picture(scene, self._head(), columns, rows - 1)]
        return Text("\n", no_wrap=True, overflow="crop").join(lines)
