"""The link between a machine and its hub is pulled again and again, and both are killed: every line arrives once.

Hub and agent are processes of their own, the agent from the one file that the hub serves, with a bad network between.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from benchmarks.harness import Hub, wait_until
from tests.support.cutting import Cutting, cutting

from wacket_log.lines import line
from wacket_log.writer import Writer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

NAME = "pi-01"
LONGER_THAN_SHORT = 16  # seconds: such an absence is written down
SETTINGS = "[logs]\nfiles = {folder}/app.log\nfolders = {folder}/programs\njournal = no\nkernel = no\n"
COUNTING = '#!/bin/sh\necho x >> {folder}/turns\necho "number:$(wc -l < {folder}/turns)"\n'


class Writing(threading.Thread):
    """Numbered lines into a file that is rotated now and then, and into a program log, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="writing")
        self.folder, self.lines, self._stopped = folder, 0, threading.Event()
        self._program = Writer(str(folder / "programs"), program="oven.py")
        self._program.write(line(0, "info", "ready", {}))

    def run(self) -> None:
        app = self.folder / "app.log"
        while not self._stopped.wait(0.005):
            self.lines += 1
            if self.lines % 700 == 0:
                app.rename(self.folder / "app.log.1")
            with app.open("a") as file:
                file.write(f"INFO file {self.lines}\n")
            self._program.write(line(0, "info", f"program {self.lines}", {}))

    def stop(self) -> int:
        """How many lines it wrote into each."""
        self._stopped.set()
        if self.is_alive():
            self.join()
        assert self._program.statistics()["lost"] == 0
        self._program.close()
        return self.lines


class Machine:
    """The agent of a machine, from the file that the hub serves."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self._where = ("--config", str(folder / "conf"), "--state", str(folder / "state"))
        self._file, self._running = folder / "wacket-agent.pyz", None
        self._file.write_bytes(hub.ask_raw("GET", "/agent/wacket-agent.pyz"))

    def join(self, address: tuple[str, int], token: str) -> None:
        joined = self._begun(
            "join", "http://{}:{}".format(*address), "--name", NAME, "--no-service", stdin=subprocess.PIPE
        )
        joined.communicate(token.encode(), timeout=30)
        assert joined.returncode == 0

    def start(self) -> None:
        self._running = self._begun("run")

    def kill(self) -> None:
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def _begun(self, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen((sys.executable, "-I", str(self._file), *words, *self._where), **more)


class Place:
    """All of it, and what the hub says of it."""

    def __init__(self, hub: Hub, link: Cutting, machine: Machine, writing: Writing) -> None:
        self.hub, self.link, self.machine, self.writing = hub, link, machine, writing

    def presence(self) -> str:
        return str(self.hub.ask("GET", f"/api/v1/nodes/{NAME}")[1]["presence"])

    def wait_for(self, presence: str, seconds: float = 40) -> None:
        wait_until(lambda: self.presence() == presence, f"{NAME} is {presence}", seconds, 0.05)

    def wait_for_more(self, lines: int = 100) -> None:
        """Until so many more lines have been written."""
        enough = self.writing.lines + lines
        wait_until(lambda: self.writing.lines >= enough, "more lines", 30, 0.01)

    def logs(self) -> Counter[str]:
        """Every line of the file and of the program, with how often it is in the hub."""
        found: Counter[str] = Counter()
        cursor: str | None = ""
        while cursor is not None:
            path = f"/api/v1/logs?node={NAME}&order=asc&limit=10000&cursor={cursor}"
            status, page = self.hub.ask("GET", path)
            assert status == 200, page
            found.update(row["body"] for row in page["logs"])
            cursor = page["cursor"]
        return found

    def turns(self) -> list[float]:
        path = "/api/v1/series/values?match=turn.number&since=2015-01-01T00:00:00Z&step=raw"
        return [value for one in self.hub.ask("GET", path)[1]["series"] for _, value in one["points"]]


@contextmanager
def begun(hub: Hub, folder: Path) -> Iterator[Place]:
    """A machine that has joined through a link of which the test is the master, and tells what it reads."""
    (folder / "programs").mkdir()
    (folder / "conf" / "collectors.d").mkdir(parents=True)
    drop_in = folder / "conf" / "collectors.d" / "1-turn.sh"
    drop_in.write_text(COUNTING.format(folder=folder))
    drop_in.chmod(0o755)
    machine, writing = Machine(folder, hub.start()), Writing(folder)
    token = hub.ask("POST", "/api/v1/join-tokens", b'{"accept": true}', **{"Content-Type": "application/json"})[1]
    with cutting(hub.http) as link:
        machine.join(link.address, token["token"])
        conf = folder / "conf" / "agent.conf"
        conf.write_text(conf.read_text().replace("[logs]\n", SETTINGS.format(folder=folder)))
        machine.start()
        place = Place(hub, link, machine, writing)
        try:
            # What is in a file before the agent looks for the first time is not read.
            wait_until(lambda: "ready" in place.logs(), "the agent reads", 20, 0.05)
            writing.start()
            yield place
        finally:
            writing.stop()
            machine.kill()


@pytest.fixture
def hub_process(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "data")
    yield made
    made.kill()


def each_of(lines: int) -> Counter[str]:
    written = [f"{kind} {number}" for number in range(1, lines + 1) for kind in ("INFO file", "program")]
    return Counter(written)


def report(hub: Hub) -> str:
    """What a person is told."""
    owner = (hub.folder / "owner.key").read_text("utf-8").strip()
    named = {"WACKET_HUB": "http://{}:{}".format(*hub.http), "WACKET_TOKEN": owner, "PYTHONUTF8": "1"}
    told = subprocess.run(
        (sys.executable, "-m", "wacket", "node", "report", NAME),
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return told.stdout + told.stderr


def test_every_line_arrives_once(hub_process: Hub, tmp_path: Path) -> None:
    hub = hub_process
    with begun(hub, tmp_path) as place:
        link, machine = place.link, place.machine
        for break_it in (link.cut, machine.restart, link.half_close, hub.kill, link.cut):
            place.wait_for_more()
            break_it()
            if break_it == hub.kill:
                place.wait_for_more()
                hub.start()
        place.wait_for("up")
        link.stall()
        place.wait_for("down")
        machine.restart()
        place.wait_for_more(200 * (LONGER_THAN_SHORT - 12))
        link.flow()
        place.wait_for("up")
        hub.kill()  # while it takes what had to wait
        hub.start()
        written = each_of(place.writing.stop())
        wait_until(lambda: not written - place.logs(), "all lines in the hub", 40, 0.2)
        came = Counter({text: count for text, count in place.logs().items() if text.startswith(("INFO", "program "))})
        assert came - written == Counter(), "some are there twice, or were never written"
        turns = place.turns()
        assert len(turns) == len(set(turns)) > 10
        told = report(hub)
        assert all(word in told for word in ("logs", "metrics", "away"))
        assert "all that was missing has come" in told
