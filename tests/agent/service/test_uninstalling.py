"""Taking an agent away that no service has started: it ends, and so do the programs that it started."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.agent.service.installing import Fake
from tests.agent.test_cli import Machine, address, line

from wacket.api.parts import Parts
from wacket_agent import service, status
from wacket_agent.commands import claim
from wacket_agent.service import leftovers

pytestmark = pytest.mark.slow
RUNNER = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from wacket_agent.commands import claim
signal.signal(signal.SIGTERM, lambda *_: None)
file = claim.take(sys.argv[2] + "/claim", f"{os.getpid()} ")
print("taken", flush=True)
while not (sys.argv[3] == "obeys" and os.path.exists(sys.argv[2] + "/cancel")):
    time.sleep(0.01)
"""


async def test_the_agent_itself_ends_and_makes_no_folder_anew(hub: Parts, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "wacket-agent")
    machine.config, machine.state = tmp_path / "config/wacket-agent", tmp_path / "state/wacket-agent"
    _, token = await hub.fleet.tokens.create({}, accept=True)
    assert (await machine.call("join", address(hub), "--no-service", stdin=token)).code == 0
    async with machine.running() as agent:
        await line(agent, "connected to")
        assert status.running(machine.state) == agent.pid
        fake = Fake(tmp_path, is_root=False)
        await asyncio.to_thread(service.uninstall, machine.config, machine.state, fake, lambda _: None)
        assert await agent.wait() == 0
    assert not machine.config.exists()
    assert not machine.state.exists()


@pytest.mark.parametrize("kind", ["obeys", "hangs"])
def test_programs_end_with_whoever_watches_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE", 10.0 if kind == "obeys" else 0.2)
    folder = tmp_path / "commands" / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    folder.mkdir(parents=True)
    source = Path(__file__).parents[3] / "agent"
    argv = [sys.executable, "-c", RUNNER, str(source), str(folder), kind]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"taken\n"
        leftovers.end(tmp_path)
        assert (runner.wait(20) == 0) == (kind == "obeys")
    assert claim.look(str(folder / "claim"))[0] == claim.DEAD


def test_another_programs_process_is_left_alone(tmp_path: Path) -> None:
    """The agent was killed, and its number was given to somebody else."""
    with subprocess.Popen(["sleep", "60"]) as other:
        noted = {"state": "connected", "pid": other.pid}
        (tmp_path / status.FILE).write_text(json.dumps(noted))
        leftovers.end(tmp_path)
        assert other.poll() is None
        other.kill()


def test_nobody_can_have_root_end_what_is_not_the_agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE", 0.0)
    folder = tmp_path / "commands" / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    folder.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as other:
        file = claim.take(str(folder / "claim"), f"{other.pid} ")
        assert file is not None
        leftovers.end(tmp_path)
        assert other.poll() is None
        other.kill()
        os.close(file)


def test_where_no_agent_is_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    told: list[str] = []
    service.uninstall(tmp_path / "c", tmp_path / "s", Fake(tmp_path, is_root=False), told.append)
    (only,) = told
    assert only.startswith("There is no agent here")


def test_where_nothing_runs_nothing_happens(tmp_path: Path) -> None:
    leftovers.end(tmp_path)
    (tmp_path / status.FILE).write_text(json.dumps({"state": "stopped", "pid": os.getpid()}))
    leftovers.end(tmp_path)
    assert status.running(tmp_path) == 0
