"""Whoever is killed, whenever: no command runs twice, each has an end, and no byte of output is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.agent.commands.desks import PATIENCE, Machine, id_of, now
from tests.agent.commands.lives import Lives

pytestmark = pytest.mark.slow


def counting(log: Path, number: int, more: str = "") -> list[str]:
    """A program that notes each time it is begun; O_APPEND, so that no note is lost."""
    return ["sh", "-c", f"echo {number} >> {log}; {more}"]


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


async def until(condition: object) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # type: ignore[operator] # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_an_agent_that_is_killed_again_and_again(lives: Lives, tmp_path: Path) -> None:
    """100 commands, about 40 deaths at moments that differ in each run of the loop but not of the test."""
    chance, log, hub = random.Random(3), tmp_path / "log", lives.hub
    script = "i=0; while [ $i -lt 50 ]; do echo $i; echo e$i >&2; i=$((i+1)); done"
    todo = {id_of(number): counting(log, number, script) for number in range(1, 101)}
    async with asyncio.timeout(100):
        while any(hub.end_of(command) is None for command in todo):
            # As the hub does: what the agent does not list, it never got.
            known = {one["id"] for one in hub.listed} | {one for one in todo if hub.states.get(one)}
            for command, argv in todo.items():
                if command not in known:
                    hub.order(int(command), argv=argv)
            pause = now() + chance.choice((2_000, 20_000, 100_000, 300_000))
            while now() < pause and any(hub.end_of(command) is None for command in todo):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            await lives.kill()
            await lives.begin()
    begun = sorted(int(number) for number in log.read_text().split())
    assert len(begun) == len(set(begun)), "a command ran twice"
    expected = b"".join(b"%d\n" % number for number in range(50))
    for command in todo:
        assert hub.end_of(command)["state"] == "succeeded"
        assert int(command) in begun
        assert hub.text(command) == expected
        assert hub.text(command, 2) == b"".join(b"e%d\n" % number for number in range(50))


async def test_a_time_limit_holds_while_the_agent_is_dead(lives: Lives) -> None:
    command = lives.hub.order(1, argv=["sh", "-c", "echo $$; sleep 1000"], timeout=1)
    await lives.hub.until(lambda: lives.hub.text(command))
    pid = int(lives.hub.text(command))
    await lives.kill()
    await until(lambda: not is_alive(pid))
    await lives.begin()
    end = await lives.hub.ended(command)
    assert end["state"] == "timed_out"
    assert 0.9 < end["seconds"] < 1.9
    assert {one["name"] for one in end["killed"]} == {"sh", "sleep"}


async def test_a_program_runs_on_while_the_agent_is_dead(lives: Lives, tmp_path: Path) -> None:
    go = tmp_path / "go"
    script = f"echo before; while [ ! -e {go} ]; do sleep 0.01; done; echo after"
    command = lives.hub.order(1, argv=["sh", "-c", script])
    await lives.hub.until(lambda: lives.hub.text(command))
    await lives.kill()
    go.touch()
    await until((tmp_path / "commands" / command / "result").exists)
    await lives.begin()
    end = await lives.hub.ended(command)
    assert (end["state"], end["out"], lives.hub.text(command)) == ("succeeded", 13, b"before\nafter\n")


async def test_a_runner_that_is_killed_takes_its_program_with_it(lives: Lives, tmp_path: Path) -> None:
    script = "echo $$; setsid sh -c 'echo $$; exec sleep 1000' & sleep 1000 & echo $!; wait"
    command = lives.hub.order(1, argv=["sh", "-c", script])
    await lives.hub.until(lambda: lives.hub.text(command).count(b"\n") == 3)
    pids = [int(pid) for pid in lives.hub.text(command).split()]
    runner = int((tmp_path / "commands" / command / "claim").read_text().split()[0])
    os.kill(runner, signal.SIGKILL)
    end = await lives.hub.ended(command)
    assert end["state"] == "lost_reboot"
    assert "killed" in end["reason"]
    assert end["out"] == len(lives.hub.text(command))
    await until(lambda: not any(map(is_alive, pids)))


async def test_a_nursery_that_is_killed_is_made_anew(lives: Lives, tmp_path: Path) -> None:
    await lives.hub.ended(lives.hub.order(1))
    children = Path(f"/proc/{lives._process.pid}/task/{lives._process.pid}/children").read_text().split()  # noqa: ASYNC240
    os.kill(int(children[0]), signal.SIGKILL)
    log = tmp_path / "log"
    for number in range(2, 5):
        command = lives.hub.order(number, argv=counting(log, number))
        assert (await lives.hub.ended(command))["state"] == "succeeded"
    assert log.read_text().split() == ["2", "3", "4"]


async def test_a_tree_of_processes_is_ended_as_a_whole(lives: Lives) -> None:
    """50 that ignore SIGTERM, in sessions of their own, and half of them orphans."""
    stubborn = "trap '' TERM; echo $$; while :; do sleep 100; done"
    script = f'for i in $(seq 25); do setsid sh -c "{stubborn}" & (setsid sh -c "{stubborn}" &); done; wait'
    script = script.replace("$$", "\\$\\$")
    command = lives.hub.order(1, argv=["sh", "-c", script])
    await lives.hub.until(lambda: lives.hub.text(command).count(b"\n") == 50)
    pids = [int(pid) for pid in lives.hub.text(command).split()]
    begun = time.monotonic()
    lives.hub.order(2, kind="cancel", of=command)
    end = await lives.hub.ended(command)
    assert end["state"] == "cancelled"
    assert time.monotonic() - begun < 1 + 2, "a grace of 1 s, and 2 s"
    assert not any(map(is_alive, pids))
    assert {one["pid"] for one in end["killed"]} >= set(pids)
    assert lives.hub.end_of(id_of(2))["state"] == "succeeded"


async def test_a_cancel_is_remembered_when_the_agent_dies(lives: Lives, tmp_path: Path) -> None:
    command = lives.hub.order(1, argv=["sh", "-c", "trap '' TERM; echo x; while :; do sleep 0.1; done"])
    await lives.hub.until(lambda: lives.hub.text(command))
    lives.hub.order(2, kind="cancel", of=command)
    await until((tmp_path / "commands" / command / "cancel").exists)
    await lives.kill()
    await until((tmp_path / "commands" / command / "result").exists)
    await lives.begin()
    assert (await lives.hub.ended(command))["state"] == "cancelled"


async def test_cancelling_what_waits_what_never_came_and_what_has_ended(lives: Lives, tmp_path: Path) -> None:
    hub, log = lives.hub, tmp_path / "log"
    hung = [hub.order(number, argv=["sleep", "1000"]) for number in range(1, 5)]
    waiting = hub.order(5, argv=counting(log, 5))
    hub.order(6, kind="cancel", of=waiting)
    assert (await hub.ended(waiting))["state"] == "cancelled"
    hub.order(7, kind="cancel", of=id_of(99))
    assert (await hub.ended(id_of(99)))["state"] == "cancelled"
    hub.order(99, argv=counting(log, 99))
    await hub.until(lambda: len(hub.states[id_of(99)]) > 1)
    assert {said["state"] for said in hub.states[id_of(99)]} == {"cancelled"}
    for number, command in enumerate(hung, 10):
        hub.order(number, kind="cancel", of=command)
        await hub.ended(command)
    await hub.until(lambda: not (tmp_path / "commands" / hung[0]).exists())
    ended = hub.order(20)
    await hub.ended(ended)
    hub.order(21, kind="cancel", of=ended)
    assert (await hub.ended(id_of(21)))["reason"] == "it had ended before: succeeded"
    assert not log.exists()


async def test_after_a_power_cut_everything_that_was_accepted_is_lost(machine: Machine, fake_hub) -> None:
    """Another boot of the machine: nobody can know what ran, so nothing runs again, and what was written is told."""
    fake_hub.settles = False
    async with machine.agent(fake_hub):
        command = fake_hub.order(1, argv=["sh", "-c", "echo $$; sleep 1000"])
        await fake_hub.until(lambda: fake_hub.text(command))
    os.killpg(int(fake_hub.text(command)), signal.SIGKILL)
    await until((machine.folder_of(command) / "result").exists)
    (machine.folder_of(command) / "result").unlink()
    machine.boot = "boot-2"
    async with machine.agent(fake_hub):
        end = await fake_hub.ended(command)
    assert (end["state"], end["out"]) == ("lost_reboot", len(fake_hub.text(command)))


async def test_what_waited_when_the_agent_died_is_begun_by_the_next(machine: Machine, fake_hub) -> None:
    log = machine.state / "log"
    machine.config.options = {"commands": {"slots": "1"}}
    async with machine.agent(fake_hub):
        hung = fake_hub.order(1, argv=["sleep", "1000"])
        waiting = fake_hub.order(2, argv=counting(log, 2))
    async with machine.agent(fake_hub):
        assert fake_hub.end_of(waiting) is None
        fake_hub.order(3, kind="cancel", of=hung)
        assert (await fake_hub.ended(waiting))["state"] == "succeeded"
    assert log.read_text() == "2\n"


async def test_what_the_journal_does_not_know_is_ended_and_removed(machine: Machine, fake_hub) -> None:
    """As after a rekey: the commands were another node's."""
    async with machine.agent(fake_hub):
        done, runs = fake_hub.order(1), fake_hub.order(2, argv=["sh", "-c", "echo $$; exec sleep 1000"])
        await fake_hub.until(lambda: fake_hub.text(runs))
        await fake_hub.until(lambda: not machine.folder_of(done).exists())
    pid = int(fake_hub.text(runs))
    machine.folder_of(done).mkdir()
    for journal in machine.state.glob("journal.db*"):
        journal.unlink()
    async with machine.agent(fake_hub):
        await until(lambda: not is_alive(pid))
        await until(lambda: not machine.folder_of(done).exists())
    await until((machine.folder_of(runs) / "result").exists)
    async with machine.agent(fake_hub):
        await until(lambda: not machine.folder_of(runs).exists())
