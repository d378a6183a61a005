"""The agent's command line, as a process of its own, against a real hub."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.agent.fakehub import PATIENCE, FakeHub

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
SOURCE = Path(__file__).parents[2] / "agent"
MAIN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from wacket_agent.__main__ import main; sys.exit(main())"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Machine:
    """Folders of one agent, and its command line."""

    def __init__(self, root: Path) -> None:
        self.config, self.state = root / "config", root / "state"

    async def start(self, *words: str) -> Process:
        """On the standard library alone, as on a machine where nothing is installed."""
        places = ("--config", str(self.config), "--state", str(self.state))
        argv = ["-I", "-S", "-c", MAIN, str(SOURCE), *words, *(() if words[0].startswith("-") else places)]
        return await asyncio.create_subprocess_exec(sys.executable, *argv, stdin=PIPE, stdout=PIPE, stderr=PIPE)

    async def call(self, *words: str, stdin: str = "") -> Ended:
        process = await self.start(*words)
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate(stdin.encode())
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    async def status(self) -> dict[str, Any]:
        ended = await self.call("status", "--json")
        assert ended.code == 0, ended.err
        members: dict[str, Any] = json.loads(ended.out)
        return members

    def failing(self) -> dict[str, str]:
        """As the agent wrote it down last."""
        file = self.state / "status.json"
        found: dict[str, str] = json.loads(file.read_text()).get("failing", {}) if file.exists() else {}
        return found

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        process = await self.start("run")
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await process.communicate()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def address(hub: Parts) -> str:
    return f"http://{hub.addresses['http']}"


async def line(process: Process, words: str) -> str:
    """The next line in the agent's log that has these words."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while words not in (heard := (await process.stderr.readline()).decode()):
            assert heard, f"the agent ended before it said {words!r}"
    return heard


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


async def test_joining_says_what_is_allowed_and_shows_the_code_of_the_hub(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    ended = await machine.call("join", address(hub), "--no-service", "--name", "pi-11", stdin=token)
    assert (ended.code, ended.err) == (0, "")
    assert "The hub may have: metrics, logs. It may not: run, root, shell, files." in ended.out
    assert f"allow run --config {machine.config} --state {machine.state}" in ended.out, "as it can be typed"
    node = hub.catalogue.node_named("pi-11")
    assert hub.fleet.code(node.id) in ended.out
    assert (await machine.status())["state"] == "stopped"


async def test_joining_again_keeps_the_key_and_what_the_owner_wrote(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", stdin=token)
    key, conf = (machine.state / "node.key").read_bytes(), machine.config / "agent.conf"
    conf.write_text(conf.read_text() + "# mine\n")
    assert (await machine.call("allow", "run", "files")).code == 0
    again = await machine.call("join", address(hub), "--no-service", stdin=token)
    assert (again.code, again.err) == (0, "")
    assert "The hub may have: metrics, logs, run, files." in again.out
    assert (machine.state / "node.key").read_bytes() == key
    assert conf.read_text().endswith("# mine\n")


@pytest.mark.parametrize("stdin", ["", "wjt_\n", "wkt_abc\n"])
async def test_what_is_no_token_changes_nothing(hub: Parts, machine: Machine, stdin: str) -> None:
    ended = await machine.call("join", address(hub), "--no-service", stdin=stdin)
    assert ended.code == 1
    assert "no token" in ended.err
    assert not machine.state.exists()
    assert not machine.config.exists()


async def test_a_revoked_token_leaves_nothing_behind(hub: Parts, machine: Machine) -> None:
    row, token = await hub.fleet.tokens.create({})
    await hub.fleet.tokens.revoke(row.id)
    ended = await machine.call("join", address(hub), "--no-service", stdin=token)
    assert ended.code == 1
    assert "does not take this machine" in ended.err
    assert "Traceback" not in ended.err
    assert not machine.config.exists()
    assert not machine.state.exists()


async def test_a_machine_of_another_hub_is_not_taken_over(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", stdin=token)
    other = "wjt_AQAAAAcAAQIDBAUGBwgJCgsMDQ4Pq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
    ended = await machine.call("join", address(hub), "--no-service", stdin=other)
    assert ended.code == 1
    assert "belongs to another hub" in ended.err


async def test_before_joining_every_command_says_so(machine: Machine) -> None:
    for words in (["status"], ["allow", "run"], ["run"], ["rekey"]):
        ended = await machine.call(*words)
        assert ended.code == 1
        assert "has not joined a hub yet" in ended.err
        assert "Traceback" not in ended.err


async def test_a_running_agent_is_up_and_follows_its_owner(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", "--name", "pi-11", stdin=token)
    node = hub.catalogue.node_named("pi-11")
    async with machine.running() as agent:
        assert "as pi-11" in await line(agent, "connected to")
        await wait_until(lambda: hub.fleet.presence.state_of(hub.catalogue.node_named("pi-11")) == "up")
        status = await machine.status()
        assert (status["state"], status["name"], status["pid"]) == ("connected", "pi-11", agent.pid)
        assert (await machine.call("allow", "run")).code == 0
        await wait_until(lambda: hub.fleet.presence.about(node.id)["allows"]["run"])
        assert (await machine.call("deny", "run")).code == 0
        await wait_until(lambda: not hub.fleet.presence.about(node.id)["allows"]["run"])
    await wait_until(lambda: hub.fleet.presence.state_of(hub.catalogue.node_named("pi-11")) == "off")
    assert (await machine.status())["state"] == "stopped"


async def test_its_owner_is_told_what_fails(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", "--name", "pi-11", stdin=token)
    with (machine.config / "agent.conf").open("a") as settings:
        settings.write(f"\n[collect.containers]\nsocket = {machine.config / 'agent.conf'}\n")
    async with machine.running():
        await wait_until(machine.failing)
    ended = await machine.call("status")
    assert re.search(r"^Not told, because it fails: containers: .", ended.out, re.MULTILINE)


async def test_joining_again_does_not_disturb_an_agent_that_runs(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", "--name", "pi-11", stdin=token)
    async with machine.running() as agent:
        await line(agent, "connected to")
        with hub.bus.subscribe("nodes") as told:
            assert (await machine.call("join", address(hub), "--no-service", stdin=token)).code == 0
            states = [hub.fleet.presence.state_of(row) for row in told._waiting]
        assert set(states) <= {"up"}
        assert (await machine.status())["state"] == "connected"


async def test_joining_undoes_a_new_key_that_the_hub_would_not_take(hub: Parts, machine: Machine) -> None:
    row, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", "--name", "old", stdin=token)
    await hub.fleet.tokens.revoke(row.id)
    assert "do that" in (await machine.call("rekey", "--name", "new", stdin=token)).out
    async with machine.running() as agent:
        await line(agent, "refuses this machine")
    _, better = await hub.fleet.tokens.create({}, accept=True)
    assert (await machine.call("join", address(hub), "--no-service", "--name", "new", stdin=better)).code == 0
    async with machine.running() as agent:
        await line(agent, "code")


async def test_a_mistake_in_the_settings_is_told_and_takes_back_what_is_dangerous(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", "--name", "pi-11", stdin=token)
    await machine.call("allow", "run")
    conf = machine.config / "agent.conf"
    async with machine.running() as agent:
        await line(agent, "connected to")
        conf.write_text(conf.read_text().replace("root = no", "root = never"))
        assert "'never' is neither yes nor no" in await line(agent, "[allow], root")
        node = hub.catalogue.node_named("pi-11")
        await wait_until(lambda: not hub.fleet.presence.about(node.id)["allows"]["run"])
        conf.write_text(conf.read_text().replace("root = never", "root = no"))
        await line(agent, "can be read again")


async def test_a_new_key_is_a_new_node(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True, uses=2)
    await machine.call("join", address(hub), "--no-service", "--name", "old", stdin=token)
    ended = await machine.call("rekey", "--name", "new", stdin=token)
    assert ended.code == 0
    async with machine.running() as agent:  # the hub sees the same machine with another key, so a person must look
        assert "accept new on the hub, code" in await line(agent, "pending")
    assert not (machine.state / "joining.json").exists()


async def test_a_copy_gets_a_key_of_its_own_from_the_hub(machine: Machine) -> None:
    async with FakeHub().listening() as hub:
        text = b"\1" + (7).to_bytes(4, "big") + bytes(16) + bytes.fromhex(hub.fingerprint)
        token = "wjt_" + base64.urlsafe_b64encode(text).decode().rstrip("=")
        assert (await machine.call("join", hub.address, "--no-service", stdin=token)).code == 0
        hub.verdict = lambda: {"t": "error", "code": "clone", "reason": "two machines", "retry": 60}
        async with machine.running() as agent:
            await line(agent, "two machines (clone)")
            hub.verdict = hub.welcome
            await hub.say({"t": "rekey", "token": 8, "secret": "0b" * 16})
            await line(agent, "another machine has the same one")
            again = await hub.hears("join", 2)
            await line(agent, "connected to")
    assert again["token"] == 8
    assert again["key"] != (await hub.hears("join"))["key"]
    assert not (machine.state / "joining.json").exists()


async def test_it_ends_with_what_is_wrong_where_its_journal_is_in_use(hub: Parts, machine: Machine) -> None:
    _, token = await hub.fleet.tokens.create({}, accept=True)
    await machine.call("join", address(hub), "--no-service", stdin=token)
    async with machine.running() as agent:
        await line(agent, "connected to")
        second = await machine.call("run")
    assert second.code == 1
    assert "journal.db" in second.err
    assert "Traceback" not in second.err


async def test_the_self_test_passes_here(machine: Machine) -> None:
    ended = await machine.call("--self-test")
    assert (ended.code, ended.err) == (0, "")
    assert "runs on Python" in ended.out


async def test_the_version_and_mistyped_commands(machine: Machine) -> None:
    assert (await machine.call("--version")).out == "0.1.0\n"
    assert (await machine.call("run", "--foo")).code == 2
    assert (await machine.call("allow", "everything")).code == 2
    assert (await machine.call("fly")).code == 2
