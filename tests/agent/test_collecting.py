"""Asking the collectors: in their own time, each failing alone, and within what the owner allows."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import NamedTuple

import pytest

from wacket_agent import collecting, collectors
from wacket_agent.collecting import Collecting
from wacket_agent.collectors import Collector
from wacket_agent.collectors._context import Absent, Machine
from wacket_agent.collectors._limited import Limited
from wacket_agent.lines import Log, Point

AT = 1_795_255_200_000_000


class Allows(NamedTuple):
    metrics: bool = True
    logs: bool = True


class Config:
    def __init__(self):
        self.allows = Allows()
        self.options = {}


class Store:
    def __init__(self):
        self.metrics, self.logs, self.times = [], [], []

    def add(self, stream, lines, at):
        assert lines.endswith(b"\n")
        getattr(self, stream).extend(lines.splitlines())
        self.times.append(at)

    def messages(self, source):
        return [log["message"] for log in map(json.loads, self.logs) if log["source"] == source]


class Bench:
    """The scheduler with collectors of the test's own, which are as often as can be."""

    def __init__(self, monkeypatch):
        self.own, self.store, self.config = {}, Store(), Config()
        self.turns, self.after = [], {}
        self.folder = ""
        monkeypatch.setattr(collectors, "known", lambda: list(self.own))
        monkeypatch.setattr(collectors, "find", self._find)
        monkeypatch.setattr(collecting, "LOOK_AGAIN", 0.01)
        monkeypatch.setattr(collecting, "back_off", lambda period, failures: 0.001)
        monkeypatch.setattr(collecting, "ABSENT_FOR", 0.001)

    async def run_until(self, condition):
        self.collecting = Collecting(
            self.store, self.config, lambda: AT, folder=self.folder, machine=Machine(Limited(4)), jitter=0.0
        )
        task = asyncio.ensure_future(self.collecting.run())
        try:
            async with asyncio.timeout(30):
                while not condition() and not task.done():  # noqa: ASYNC110 - a condition of any kind
                    await asyncio.sleep(0.002)
        finally:
            task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
        assert isinstance(result, asyncio.CancelledError), result

    def _find(self, name):
        return Collector(name, 0.01, 0.05, self.own[name], name, self.after.get(name, 0))

    def record(self, name):
        return self.collecting.statistics()["collectors"].get(name, {"turns": 0})


@pytest.fixture
def bench(monkeypatch):
    return Bench(monkeypatch)


def number(context):
    yield Point("x", {"value": 1})
    yield Log("hello")


async def test_what_is_told_is_kept_with_its_time(bench):
    bench.own["x"] = number
    await bench.run_until(lambda: bench.store.logs)
    assert bench.store.metrics[0] == b"x value=1i %d000" % AT
    assert json.loads(bench.store.logs[0]) == {"time": AT, "level": "info", "message": "hello", "source": "x"}
    assert set(bench.store.times) == {AT}


async def test_what_costs_a_lot_is_left_alone_at_first(bench):
    bench.own |= {"x": number, "y": number, "z": number}
    bench.after |= {"y": 3600, "z": 0.02}
    await bench.run_until(lambda: bench.record("x")["turns"] > 5 and bench.record("z")["turns"])
    assert bench.record("y")["turns"] == 0


async def test_what_is_left_alone_at_first_is_asked_when_its_owner_sets_it(bench):
    bench.own |= {"x": number, "y": number}
    bench.after["y"] = 3600

    def once_it_waits():
        if bench.record("x")["turns"] > 2:
            bench.config.options = {"collect": {"y": "2s"}}
        return bench.record("y")["turns"]

    await bench.run_until(once_it_waits)


async def test_one_that_fails_is_told_once_and_disturbs_nobody(bench):
    answers = iter([ValueError("no"), ValueError("no"), ValueError("other"), None, None])

    def failing(context):
        answer = next(answers, None)
        if answer:
            raise answer
        yield Point("y", {"value": 1})

    bench.own |= {"x": number, "y": failing}
    await bench.run_until(lambda: bench.record("y")["turns"] > 5 and bench.record("x")["turns"] > 5)
    assert bench.store.messages("y") == [
        "does not work: ValueError: no",
        "does not work: ValueError: other",
        "works again",
    ]
    assert bench.record("y")["failures"] == 3
    assert bench.record("x")["failures"] == 0


async def test_what_was_told_before_a_failure_is_kept(bench):
    def failing(context):
        yield Log("the news")
        raise ValueError("no")

    bench.own["x"] = failing
    await bench.run_until(lambda: len(bench.store.messages("x")) > 2)
    assert bench.store.messages("x")[:3] == ["the news", "does not work: ValueError: no", "the news"]


async def test_one_that_hangs_blocks_only_itself(bench):
    gate, calls = threading.Event(), []

    def hanging(context):
        calls.append(context)
        gate.wait(60)
        return []

    bench.own |= {"x": number, "y": hanging}
    try:
        await bench.run_until(lambda: bench.record("y")["turns"] > 3 and bench.record("x")["turns"] > 3)
        assert len(calls) == 1, "it was started again before it came back"
        assert bench.collecting.statistics()["stuck"] == 1
        assert bench.store.messages("y") == ["does not come back within 0.05 s"]
    finally:
        gate.set()


async def test_what_is_absent_is_no_failure(bench):
    def absent(context):
        raise Absent("no battery")

    bench.own["x"] = absent
    await bench.run_until(lambda: bench.record("x")["turns"] > 2)
    assert (bench.record("x")["failures"], bench.record("x")["absent"]) == (0, "no battery")
    assert bench.store.logs == []


async def test_without_leave_nothing_is_asked(bench):
    bench.own["x"] = number
    bench.config.allows = Allows(metrics=False)
    looks = iter(range(10))
    await bench.run_until(lambda: next(looks) == 9)
    assert bench.record("x")["turns"] == 0
    assert (bench.store.metrics, bench.store.logs) == ([], [])


async def test_leave_for_numbers_is_none_for_logs(bench):
    bench.own["x"] = number
    bench.config.allows = Allows(logs=False)
    await bench.run_until(lambda: bench.store.metrics)
    assert bench.store.logs == []


async def test_the_owner_turns_one_off_and_on_while_it_runs(bench):
    bench.own |= {"x": number, "y": number}
    bench.config.options = {"collect": {"x": "off"}}
    await bench.run_until(lambda: bench.record("y")["turns"] > 3)
    assert bench.record("x")["turns"] == 0
    bench.config.options = {}
    await bench.run_until(lambda: bench.record("x")["turns"] > 1)


async def test_a_new_period_or_option_counts_at_once(bench):
    bench.own["x"] = number
    bench.config.options = {"collect": {"x": "1d"}}

    def changed():
        turns = bench.record("x")["turns"]
        if turns in (1, 2):
            bench.config.options = {"collect": {"x": f"{turns}h"}, "collect.x": {"turn": str(turns)}}
        return turns == 3

    await bench.run_until(changed)


async def test_a_wrong_period_is_told_once_and_the_usual_one_kept(bench):
    bench.own["x"] = number
    bench.config.options = {"collect": {"x": "often"}}
    await bench.run_until(lambda: bench.record("x")["turns"] > 3)
    assert bench.store.messages("collect") == [
        "[collect] x = often is no period, as 30s, 5m, 1h or off; it stays 0.01s"
    ]


async def test_a_name_that_is_no_collector_is_told_once(bench):
    bench.own["x"] = number
    bench.config.options = {"collect": {"y": "off", "dropins": "off", "x": "1s"}}
    looks = iter(range(20))
    await bench.run_until(lambda: bench.store.metrics and next(looks) == 19)
    assert bench.store.messages("collect") == ["[collect] y: there is no such collector; there are x"]


async def test_a_section_for_no_collector_is_told_once(bench):
    bench.own["x"] = number
    bench.config.options = {"collect.y": {"a": "1"}, "collect.x": {}, "collected": {}}
    looks = iter(range(20))
    await bench.run_until(lambda: bench.store.metrics and next(looks) == 19)
    assert bench.store.messages("collect") == ["[collect.y]: there is no such collector; there are x"]


async def test_a_collector_gets_its_own_section(bench):
    seen = []

    def looking(context):
        seen.append(dict(context.options))
        return []

    bench.own["x"] = looking
    bench.config.options = {"collect.x": {"a": "1"}}
    await bench.run_until(lambda: seen)
    assert seen[0] == {"a": "1"}


async def test_one_that_cannot_be_loaded_fails_alone(bench, monkeypatch):
    found = collectors.find

    def broken(name):
        if name == "y":
            raise ImportError("no such part")
        return found(name)

    monkeypatch.setattr(collectors, "find", broken)
    bench.own |= {"x": number, "y": number}
    await bench.run_until(lambda: bench.store.metrics and bench.store.messages("y"))
    assert bench.store.messages("y") == ["does not work: ImportError: no such part"]


async def test_one_that_tells_without_end_is_cut(bench, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_TOLD", 3)
    bench.own["x"] = lambda context: [Point("x", {"value": number}) for number in range(10)]
    await bench.run_until(lambda: bench.record("x").get("left_out"))
    assert bench.record("x")["left_out"] % 7 == 0
    assert len(bench.store.metrics) == 3 * bench.record("x")["turns"]


@pytest.mark.slow
async def test_drop_ins_come_and_go(bench, tmp_path):
    (tmp_path / "1-rain.sh").write_text("#!/bin/sh\necho mm:3\n")
    (tmp_path / "1-rain.sh").chmod(0o755)
    (tmp_path / "1-open.sh").write_text("#!/bin/sh\necho mm:3\n")
    (tmp_path / "1-open.sh").chmod(0o777)
    bench.own["x"] = number
    bench.folder = str(tmp_path)
    gone = []

    def condition():
        if b"rain mm=3.0 %d000" % AT in bench.store.metrics and not gone:
            gone.append((tmp_path / "1-rain.sh").unlink())
        return gone and "turns" in bench.record("1-rain.sh") and bench.record("1-rain.sh")["turns"] == 0

    await bench.run_until(condition)
    assert len(bench.store.messages("collect")) == 1
    assert "1-open.sh is not run: others may write" in bench.store.messages("collect")[0]
