"""All sources together, with a real store: turns, allowances, settings that change, and restarts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wacket_agent.journal.store import Store
from wacket_agent.logs import LogReading, reading, sources
from wacket_agent.logs.outlet import OWN_SOURCE
from wacket_agent.logs.sources import Guarded

from .conftest import AT, Kept

pytestmark = pytest.mark.slow


class Agent:
    """The reading of one machine, whose files, settings and allowances a test changes."""

    def __init__(self, folder: Path) -> None:
        self.logs, self.temporary, self.state = folder / "log", folder / "tmp", folder / "state"
        self.logs.mkdir()
        self.temporary.mkdir()
        options = {"files": f"{self.logs}/*.log", "folders": str(self.temporary), "journal": "no", "kernel": "no"}
        self.config = SimpleNamespace(
            allows=SimpleNamespace(logs=True), options={"logs": {**options, "containers": "no"}}
        )

    @contextlib.asynccontextmanager
    async def running(self):
        store = Store.open(self.state)
        work = LogReading(store, self.config, lambda: AT)
        task = asyncio.create_task(work.run())
        try:
            yield store
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            store.close()

    def messages(self, store: Store) -> list[str]:
        store.flush()
        lines = b"".join(row.lines for row in store.read("logs", 0, 10**9) if row.lines)
        return [json.loads(line)["message"] for line in lines.splitlines()]

    def append(self, name: str, text: str) -> None:
        with (self.logs / name).open("a") as file:
            file.write(text)

    async def until_told(self, store: Store, *messages: str) -> list[str]:
        """All messages, when these are among them."""
        async with asyncio.timeout(30):
            while True:
                told = self.messages(store)
                if set(messages) <= set(told):
                    return told
                await asyncio.sleep(0.01)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    monkeypatch.setattr(reading, "TURN_SECONDS", 0.005)
    monkeypatch.setattr("wacket_agent.logs.files.GLOB_SECONDS", 0.0)
    monkeypatch.setattr("wacket_agent.logs.programs.SCAN_SECONDS", 0.0)
    return Agent(tmp_path)


async def until_marked(store: Store, name: str, text: str) -> None:
    """Return when a mark is durable whose text begins so; "" means that it is empty."""
    async with asyncio.timeout(30):
        while True:
            store.flush()
            found = store.marks(name).get(name)
            if found is not None and (found.startswith(text) if text else found == ""):
                return
            await asyncio.sleep(0.01)


async def begun(agent: Agent, store: Store) -> None:
    """Return when the first turn is over: what is written from then on is to be read."""
    await until_marked(store, "logs/patterns", str(agent.logs))


async def test_files_and_programs_are_read_over_restarts_each_line_once(agent: Agent) -> None:
    agent.append("a.log", "before the first start\n")
    (agent.temporary / "wacket_log_1").write_text('{"pid": 1, "program": "oven"}\nWARN up\n')
    async with agent.running() as store:
        await begun(agent, store)
        agent.append("a.log", "one\n")
        await agent.until_told(store, "one", "up")
    agent.append("a.log", "two\n")
    async with agent.running() as store:
        told = await agent.until_told(store, "two")
    assert sorted(told) == ["one", "oven began", "two", "up"]


async def test_what_is_written_while_logs_are_not_allowed_stays_on_the_machine(agent: Agent) -> None:
    async with agent.running() as store:
        await begun(agent, store)
        agent.append("a.log", "one\n")
        await agent.until_told(store, "one")
        agent.config.allows.logs = False
        await until_marked(store, "logs/off", "1")
        agent.append("a.log", "secret\n")
        (agent.temporary / "wacket_log_1").write_text("secret\n")
    async with agent.running() as store:
        agent.config.allows.logs = True
        await begun(agent, store)
        await until_marked(store, "logs/off", "")
        agent.append("a.log", "two\n")
        assert await agent.until_told(store, "two") == ["one", "two"]


async def test_a_pattern_that_is_added_reads_nothing_back(agent: Agent) -> None:
    (agent.logs / "old.txt").write_text("years ago\n")
    async with agent.running() as store:
        await begun(agent, store)
        agent.append("a.log", "one\n")
        await agent.until_told(store, "one")
        patterns = f"{agent.logs}/*.log, {agent.logs}/*.txt"
        agent.config.options = {"logs": {**agent.config.options["logs"], "files": patterns}}
        await until_marked(store, "logs/patterns", patterns.replace(",", ""))
        agent.append("old.txt", "now\n")
        agent.append("a.log", "two\n")
        assert sorted(await agent.until_told(store, "two", "now")) == ["now", "one", "two"]


async def test_nothing_is_read_while_the_store_has_no_room(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    async with agent.running() as store:
        await begun(agent, store)
        real = store.statistics
        turns, enough = [], asyncio.Event()
        loop = asyncio.get_running_loop()

        def full() -> dict[str, Any]:
            turns.append(1)
            if len(turns) == 20:
                loop.call_soon_threadsafe(enough.set)
            return {**real(), "waiting_bytes": reading.MOST_WAITING}

        monkeypatch.setattr(store, "statistics", full)
        agent.append("a.log", "one\n")
        await asyncio.wait_for(enough.wait(), 30)
        assert agent.messages(store) == []
        monkeypatch.undo()
        monkeypatch.setattr(reading, "TURN_SECONDS", 0.005)
        await agent.until_told(store, "one")


async def test_the_marks_of_files_that_are_gone_are_forgotten(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wacket_agent.logs.following.LEAVING_SECONDS", 0.0)
    async with agent.running() as store:
        await begun(agent, store)
        agent.append("a.log", "one\n")
        await agent.until_told(store, "one")
        (mark,) = store.marks("logs/file/")
        (agent.logs / "a.log").unlink()
        await until_marked(store, mark, "")
    async with agent.running() as store:
        async with asyncio.timeout(30):
            while True:
                if mark not in store.marks("logs/"):
                    return
                await asyncio.sleep(0.01)


def test_marks_are_forgotten_when_the_store_has_long_written_them(kept: Kept) -> None:
    work = LogReading(kept, None, lambda: AT)
    work._outlet.put([], AT, {"file/1:2": "x"})
    work._outlet.put([], AT, {"file/1:2": ""})
    work._tidy(1000.0)
    work._tidy(1000.0 + reading.TIDY_SECONDS - 1)
    assert kept.all_marks == {"logs/file/1:2": ""}
    work._tidy(1000.0 + reading.TIDY_SECONDS)
    assert kept.all_marks == {}


class Source:
    """Fails as often as it is told."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures, self.polls, self.closed = failures, 0, 0

    def poll(self, now: float, at: int) -> None:
        self.polls += 1
        if self.failures:
            raise self.failures.pop(0)

    def close(self) -> None:
        self.closed += 1


def test_a_source_that_fails_is_told_once_and_tried_again_later(kept: Kept) -> None:
    source = Source([OSError("no"), OSError("no"), sqlite3.Error("else")])
    guarded = Guarded("x", lambda: source, kept.outlet())
    for now in (0, 1, sources.FIRST_WAIT + 1, 3 * sources.FIRST_WAIT + 2, 100 * sources.FIRST_WAIT):
        guarded.poll(now, AT)
    assert (source.polls, source.closed) == (4, 3)
    assert kept.messages(OWN_SOURCE) == [
        "logs of x cannot be read: OSError: no",
        "logs of x cannot be read: Error: else",
    ]


def test_settings_choose_the_sources(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def names(**options: str) -> list[str]:
        return [guarded._name for guarded in sources.make(options, kept.outlet())]

    monkeypatch.setattr("wacket_agent.logs.journald.is_there", lambda: True)
    assert names() == ["programs", "the journal"]
    assert names(files="/var/log/*.log", programs="no", journal="NO", kernel="off") == ["files"]
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    named = sources.folders({"folders": f"{tmp_path}/link, {tmp_path}/real"}, {})
    assert [folder.path for folder in named] == [str(tmp_path / "real")]
    assert [folder.path for folder in sources.folders({}, {"TMPDIR": str(tmp_path)})] == [
        os.path.realpath("/tmp"),
        str(tmp_path),
    ]
