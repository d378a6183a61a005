"""The view of what arrives."""

import io

import pytest
from rich.console import Console

from wacket.demo.view import Watcher, spark

SERIES = [
    {"id": n, "node": f"node-{n % 3}", "name": f"temp{n}", "labels": {}, "unit": "°C", "at": "T", "value": float(n)}
    for n in range(60)
]
LOGS = [{"at": "2026-01-02T03:04:05.1Z", "node": "lock", "body": "\x1b[2Jdoor [red]open"}]


class Life:
    name, every, sent, acknowledged, failed, problem = "bench", 1.0, 40, 30, 2, "bench: gone"


@pytest.fixture
def watcher():
    answers = {
        "/api/v1/series": {"series": SERIES},
        "/api/v1/logs": {"logs": LOGS},
        "/api/v1/health": {"status": "ok", "history": {"guarantee": "on disk first"}},
    }
    udp = Life()
    udp.sent, udp.acknowledged, udp.failed, udp.problem = 5, None, 0, ""
    return Watcher(lambda path, query=None: answers[path], [Life(), udp], "http://x")


def test_one_line_tells_what_was_sent_and_what_the_hub_has(watcher):
    told = watcher.told(watcher.look())
    for part in ("sent 45", "acknowledged 30 of 40", "failed 2 (bench: gone)", "nodes 3", "series 60", "hub ok"):
        assert part in told


def test_the_live_view_shows_every_node_and_text_only(watcher):
    for _ in range(3):
        scene = watcher.look()
    screen = Console(file=io.StringIO(), width=140, force_terminal=True, color_system=None)
    screen.print(watcher.drawn(scene))
    shown = screen.file.getvalue()
    for part in ("node-0", "node-1", "node-2", "°C", "03:04:05 lock  ·[2Jdoor [red]open", "on disk first", "▁▁▁"):
        assert part in shown
    assert "\x1b[2J" not in shown


def test_it_ends_at_its_time_and_when_the_hub_is_gone(watcher):
    said: list[str] = []
    watcher.show_plain(None, lambda: 0.0, lambda: False, said.append)
    assert said == []
    watcher.show_plain(1.0, lambda: 2.0, lambda: True, said.append)
    assert len(said) == 1, "one line at the end, however soon that comes"


def test_sparks():
    assert spark([1.0, 4.0, 8.0]) == "▁▄█" and spark([]) == ""
    assert spark([float("nan"), 3.0]) == "▁"
