"""What is told while a command lasts, slots, and programs that hold nobody up."""

from __future__ import annotations

import os

import pytest
from tests.agent.commands.desks import FakeHub, Machine, id_of, now, outcome

pytestmark = pytest.mark.slow

WAITING = ["sh", "-c", "until [ -e go ]; do sleep 0.01; done"]


async def test_what_lasts_is_told_as_it_goes(machine: Machine, fake_hub: FakeHub) -> None:
    async with machine.agent(fake_hub):
        command = fake_hub.order(1, argv=WAITING)
        await fake_hub.until(lambda: "running" in [said["state"] for said in fake_hub.states.get(command, [])])
        (machine.folder_of(command) / "work" / "go").touch()
        await fake_hub.ended(command)
    states = [said["state"] for said in fake_hub.states[command]]
    assert states in (["accepted", "running", "succeeded"], ["running", "succeeded"])


async def test_what_waits_for_a_slot_is_told_as_accepted(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.options = {"commands": {"slots": "1"}}
    async with machine.agent(fake_hub):
        first, second = fake_hub.order(1, argv=WAITING), fake_hub.order(2)
        await fake_hub.until(lambda: (machine.folder_of(first) / "work").exists() and fake_hub.states.get(second))
        assert fake_hub.states[second][0]["state"] == "accepted"
        (machine.folder_of(first) / "work" / "go").touch()
        await fake_hub.ended(second)


async def test_slots_are_given_in_order(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.options = {"commands": {"slots": "1"}}
    log = machine.state / "order"
    async with machine.agent(fake_hub):
        ids = [fake_hub.order(n, argv=["sh", "-c", f"echo {n} >> {log}"]) for n in range(1, 7)]
        for command in ids:
            await fake_hub.ended(command)
    assert log.read_text().split() == list("123456")


async def test_a_hung_command_blocks_nobody(machine: Machine, fake_hub: FakeHub) -> None:
    async with machine.agent(fake_hub):
        hung = fake_hub.order(1, argv=["sleep", "1000"])
        await fake_hub.ended(fake_hub.order(2))
        assert fake_hub.end_of(hung) is None
        fake_hub.order(3, kind="cancel", of=hung)
        assert (await fake_hub.ended(hung))["state"] == "cancelled"


async def test_a_command_whose_time_is_over_before_a_slot_is_free(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.options = {"commands": {"slots": "1"}}
    async with machine.agent(fake_hub):
        hung = fake_hub.order(1, argv=["sleep", "1000"])
        late = await fake_hub.ended(fake_hub.order(2, expires=now() + 300_000))
        fake_hub.order(3, kind="cancel", of=hung)
        await fake_hub.ended(hung)
    assert (late["state"], late["exit"]) == ("failed", None)
    assert "slot" in late["reason"]


async def test_what_is_in_the_background_lives_on_and_holds_nothing_up(machine: Machine, fake_hub: FakeHub) -> None:
    end = await outcome(machine, fake_hub, argv=["sh", "-c", "sleep 1000 & echo $!"])
    pid = int(fake_hub.text(id_of(1)))
    os.kill(pid, 9)
    assert (end["state"], end["killed"]) == ("succeeded", [])
    assert end["seconds"] < 10
