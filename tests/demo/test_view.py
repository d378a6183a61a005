"""The view of what arrives."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rich.console import Console

from wacket.demo.picture import Scene, picture, spark
from wacket.demo.view import Watcher


def series(number, node, name, value=1.0, unit="", **labels):
    return {"id": number, "node": node, "name": name, "labels": labels, "unit": unit, "at": "T", "value": value}


def log(node, body, second, **more):
    return {"at": f"2026-01-02T03:04:{second:02}.1Z", "node": node, "body": body, "severity": 9, "source": "", **more}


SERIES = [
    *(series(n, f"node-{n % 3}", f"temp{n}", float(n), "°C") for n in range(60)),
    *(series(100 + n, f"desk-{n}", "cpu.percent", 40.0 + n, "%") for n in range(3)),
    *(series(110 + n, f"desk-{n}", "cpu.percent", 99.0, "%", core="0") for n in range(3)),
    *(series(120 + n, f"desk-{n}", "memory.used_percent", 55.0, "%") for n in range(3)),
]
# One board talks all the time.
LOGS = [
    *(log("meter", f"event {second}", second) for second in range(59, 6, -1)),
    log("lock", "\x1b[2Jdoor [red]open", 5),
    log("desk-0", "oven at 221 °C", 4, severity=13, source="oven.py"),
]
USERS = [
    {"user": "student-1", "state": 3, "hw_response": "4950"},
    {"user": "student-2", "state": 0, "hw_response": "1"},
]
ANSWER = ["$ wacket run tag:demo -- uname", "Linux   desk-[0-2]   (3)"]
PARTS = ("desk-0", "desk-2", "node-0", "node-2", "oven.py: oven at 221 °C", "student-1 answered 4950", *ANSWER)


class Life:
    name, every, sent, acknowledged, failed, problem = "bench", 1.0, 40, 30, 2, "bench: gone"


@pytest.fixture
def watcher():
    answers = {
        "/api/v1/series": {"series": SERIES},
        "/api/v1/logs": {"logs": LOGS},
        "/api/v1/class": {"users": USERS},
        "/api/v1/health": {"status": "ok", "history": {"guarantee": "on disk first"}},
    }
    udp = Life()
    udp.sent, udp.acknowledged, udp.failed, udp.problem = 5, None, 0, ""
    return Watcher(lambda path, query=None: answers[path], [Life(), udp], lambda: ["wacket demo"])


def shown(scene, columns, rows):
    return ["".join(text for text, _ in line) for line in picture(scene, ["wacket demo", "ask it"], columns, rows)]


def test_one_line_tells_what_was_sent_and_what_the_hub_has(watcher):
    told = watcher.told(watcher.look())
    for part in ("sent 45", "acknowledged 30 of 40", "failed 2 (bench: gone)", "nodes 6", "series 69", "hub ok"):
        assert part in told


def test_the_live_view_shows_text_only(watcher):
    for _ in range(3):
        scene = watcher.look()
    screen = Console(file=io.StringIO(), width=140, height=50, force_terminal=True, color_system=None)
    screen.print(watcher.drawn(scene, 140, 50))
    seen = screen.file.getvalue()
    for part in ("node-0", "node-1", "node-2", "°C", "03:04:05 lock  ·[2Jdoor [red]open", "on disk first", "▁▁▁"):
        assert part in seen
    assert "\x1b[2J" not in seen


@pytest.mark.parametrize(("columns", "rows"), [(80, 23), (120, 39), (200, 60)])
def test_everything_has_its_place_on_every_screen(columns, rows):
    lines = shown(Scene(SERIES, LOGS, USERS, {"status": "ok"}, answer=ANSWER), columns, rows)
    assert len(lines) <= rows and max(map(len, lines)) <= columns
    for part in PARTS:
        assert any(part in line for line in lines), part
    assert lines[0] == "wacket demo" and "hub ok" in lines[-1]
    assert any(line.split()[:3] == ["desk-0", "40", "55"] for line in lines)  # of all cores, not of one


@pytest.mark.slow
@given(some.integers(1, 250), some.integers(4, 90), some.integers(0, len(SERIES)), some.integers(0, len(LOGS)))
def test_no_line_is_too_long_and_there_are_not_too_many(columns, rows, many, logs):
    lines = shown(Scene(SERIES[:many], LOGS[:logs], USERS, {}, answer=ANSWER), columns, rows)
    assert len(lines) <= rows and all(len(line) <= columns for line in lines)


def test_machines_that_are_not_there_yet_are_announced():
    assert any("joining" in line for line in shown(Scene(), 80, 23))


def test_it_ends_at_its_time_and_when_the_hub_is_gone(watcher):
    said: list[str] = []
    watcher.show_plain(None, lambda: 0.0, lambda: False, said.append)
    assert said == []
    watcher.show_plain(1.0, lambda: 2.0, lambda: True, said.append)
    assert len(said) == 1, "one line at the end, however soon that comes"


def test_sparks():
    assert spark([1.0, 4.0, 8.0]) == "▁▄█" and spark([]) == ""
    assert spark([float("nan"), 3.0]) == "▁"
