"""Who waits for commands, and what happens when somebody of them is killed."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.agent.commands.desks import PATIENCE, FakeHub, Machine
from tests.agent.commands.lives import Lives

from wacket_agent.commands import notes, nursery
from wacket_agent.commands.nursery import Nursery

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")]


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def pairs_under(nursery: int) -> list[tuple[int, int]]:
    """Runners, each with the child that is or will be its program."""
    return [(runner, child) for runner in children(nursery) for child in children(runner)]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.005)


async def waiting_under(nursery: int) -> tuple[int, int]:
    await until(lambda: len(pairs_under(nursery)) == 1)
    return pairs_under(nursery)[0]


async def until_gone(*pids: int) -> None:
    await until(lambda: not any(map(is_there, pids)))


async def nursery_of(lives: Lives) -> int:
    assert lives._process
    return children(lives._process.pid)[0]


async def test_with_the_agent_end_those_who_wait(tmp_path: Path) -> None:
    nursery = Nursery.anew(str(tmp_path))
    pids = await waiting_under(nursery.pid)
    nursery.close()
    await until_gone(nursery.pid, *pids)


@pytest.mark.parametrize("which", [0, 1])
async def test_who_waits_may_be_killed(lives: Lives, which: int) -> None:
    pids = await waiting_under(await nursery_of(lives))
    os.kill(pids[which], signal.SIGKILL)
    await until_gone(pids[1 - which]) if which == 0 else None
    end = await lives.hub.ended(lives.hub.order(1, argv=["sh", "-c", "echo done"]))
    assert (end["state"], end["out"]) == ("succeeded", 5)


async def test_a_nursery_that_is_killed_leaves_one_who_takes_a_command_and_ends(lives: Lives) -> None:
    nursery = await nursery_of(lives)
    pids = await waiting_under(nursery)
    os.kill(nursery, signal.SIGKILL)
    for number in (1, 2, 3):
        assert (await lives.hub.ended(lives.hub.order(number)))["state"] == "succeeded"
    await until_gone(*pids)


def result_of(state: Path, *more: tuple[str, str], timeout: int = 9) -> notes.Note:
    """Of `true`, by a runner that was not made ready."""
    folder = state / "commands" / "c"
    folder.mkdir(parents=True)
    task = [("arg", "true"), ("timeout", str(timeout)), ("keep", "0"), *more]
    notes.write(str(folder / "task"), task, str(folder / "spare"))
    script = "import sys; from wacket_agent.commands.runner import Runner; Runner(sys.argv[1]).run('c')"
    package = Path(nursery.__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, state], check=True, timeout=PATIENCE, cwd=package)
    result = notes.read(str(folder / "result"))
    assert result
    return result


def test_a_runner_that_could_not_be_made_ready_makes_up_for_it(tmp_path: Path) -> None:
    assert result_of(tmp_path).one("state") == "succeeded"


def test_what_does_not_begin_is_ended_when_its_time_is_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent")  # to open it takes for ever, as a folder of a dead file server does
    result = result_of(tmp_path, ("stdin", str(tmp_path / "silent")), timeout=1)
    assert result.one("state") == "timed_out"
    assert "did not answer" in result.one("reason")


async def test_the_limit_of_the_agent_is_none_of_its_programs(machine: Machine, fake_hub: FakeHub) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, before[1]))  # as memory_cap does it
    try:
        async with machine.agent(fake_hub):
            command = fake_hub.order(1, argv=["sh", "-c", "ulimit -d"])
            await fake_hub.ended(command)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
    assert fake_hub.text(command) == b"unlimited\n"


async def test_many_at_once_are_all_begun(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.options = {"commands": {"slots": "8"}}
    async with machine.agent(fake_hub):
        commands = [fake_hub.order(number, argv=["sh", "-c", f"echo {number}"]) for number in range(1, 201)]
        for number, command in enumerate(commands, 1):
            assert (await fake_hub.ended(command))["state"] == "succeeded"
            assert fake_hub.text(command) == b"%d\n" % number


async def runner_of(machine: Machine, hub: FakeHub, number: int, *argv: str) -> int:
    """Who ran this command."""
    command = hub.order(number, argv=["sh", "-c", *argv])
    assert (await hub.ended(command))["state"] == "succeeded"
    return int(hub.text(command))


PARENT = "echo $PPID"  # the runner, whose child the program is


async def test_short_programs_share_a_runner(machine: Machine, fake_hub: FakeHub) -> None:
    async with machine.agent(fake_hub):
        seen: set[int] = set()
        for number in range(1, 500):  # on a busy machine many are not short
            runner = await runner_of(machine, fake_hub, number, PARENT)
            if runner in seen:
                return
            seen.add(runner)
    pytest.fail("each had a runner of its own")


async def test_what_is_left_in_the_background_keeps_its_runner_from_the_next(
    machine: Machine, fake_hub: FakeHub
) -> None:
    async with machine.agent(fake_hub):
        end = machine.state / "end"
        left = f"(until [ -e '{end}' ]; do sleep 0.01; done) <&- >&- 2>&- &"
        try:
            first = await runner_of(machine, fake_hub, 1, f"{PARENT}; {left}")
            assert await runner_of(machine, fake_hub, 2, PARENT) != first
        finally:
            end.touch()


async def test_a_program_that_lasts_keeps_nobody_from_beginning(machine: Machine, fake_hub: FakeHub) -> None:
    async with machine.agent(fake_hub):
        lasting = fake_hub.order(1, argv=["sh", "-c", f"{PARENT}; until [ -e go ]; do sleep 0.01; done"])
        await fake_hub.until(lambda: fake_hub.text(lasting))
        others = {await runner_of(machine, fake_hub, number, PARENT) for number in range(2, 6)}
        assert int(fake_hub.text(lasting)) not in others
        (machine.folder_of(lasting) / "work" / "go").touch()
        await fake_hub.ended(lasting)
        assert int(fake_hub.text(lasting)) != await runner_of(machine, fake_hub, 6, PARENT)


def test_a_runner_has_an_end_however_short_its_programs_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "MOST", 3)
    pipe_end, requests = os.pipe()
    runs: list[str] = []
    told, tell = os.pipe()

    class Counting:
        """A runner that runs nothing."""

        def run(self, command: str, lasts: Callable[[], None]) -> None:
            runs.append(command)

        def another(self) -> Counting:
            return self

        def leave(self) -> None:
            runs.append("left")

    for number in range(9):
        os.write(requests, f"{number:026d}\n".encode())
    nursery._work(Counting(), pipe_end, tell)  # type: ignore[arg-type]
    assert runs == [f"{number:026d}" for number in range(3)] + ["left"]
    assert os.read(told, 100) == (nursery.TAKEN + nursery.AGAIN) * 3
    for pipe in (pipe_end, requests, told, tell):
        os.close(pipe)
