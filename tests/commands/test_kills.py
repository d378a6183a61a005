"""The hub is killed between any two steps, links break, words are lost: every command is begun at most once and ends.

The node here keeps the protocol's promises (a command that it knows is never begun again, what is not settled is said
again), and everything else goes wrong at random.
"""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.commands.desks import Desks, until
from tests.support.agents import record
from tests.support.links import FakeLink

from wacket.commands.kept.pieces import OUT
from wacket.commands.spec import Spec
from wacket.commands.states import is_end
from wacket.ledger import commands

OUTCOMES = {"succeeded": 0, "failed": 3}


class Machine:
    """A node with a disk that survives everything but `forget`."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.number, self._dice = number, dice
        self.disk: dict[str, dict[str, Any]] = {}
        self.begun: list[str] = []
        self.have: dict[str, int] = {}
        self.link: FakeLink | None = None
        self._heard = 0

    def connect(self, hub: Desks) -> None:
        self.link, self._heard, self.have = FakeLink(self.number), 0, {}
        hub.desk.node_up(self.link)
        said = [{"id": number, "state": one["state"]} for number, one in self.disk.items() if not one["settled"]]
        hub.desk.heard(self.link, {"t": "commands", "commands": said}, b"")
        for number, one in self.disk.items():
            if is_end(one["state"]) and not one["settled"]:
                self._report(hub, number)

    def cut(self, hub: Desks) -> None:
        hub.desk.node_down(self.number)
        self.link = None

    def step(self, hub: Desks) -> None:
        """Hear one word of the hub, or go on with one command."""
        assert self.link is not None
        if self._heard < len(self.link.sent) and self._dice.random() < 0.7:
            self._hear(hub, self.link.sent[self._heard].message)
            self._heard += 1
            return
        going = [number for number, one in self.disk.items() if not is_end(one["state"])]
        if going:
            self._go_on(hub, self._dice.choice(going))

    def _hear(self, hub: Desks, said: dict[str, Any]) -> None:
        if said["t"] == "command":
            self._take(hub, json.loads(said["envelope"]))
        elif said["t"] == "settled" and said["id"] in self.disk:
            self.disk[said["id"]]["settled"] = True
        elif said["t"] == "have" and said["id"] in self.disk:
            self.have[said["id"]] = said["offset"]
            one = self.disk[said["id"]]
            if is_end(one["state"]) and not one["settled"]:
                self._report(hub, said["id"])

    def _take(self, hub: Desks, envelope: dict[str, Any]) -> None:
        number = envelope["id"]
        if envelope["kind"] == "cancel":
            one = self.disk.get(envelope["of"])
            if one is not None and not is_end(one["state"]):
                one["state"] = "cancelled"
                self._report(hub, envelope["of"])
        elif number in self.disk:
            self._report(hub, number)
        else:
            self.disk[number] = {"state": "accepted", "said": b"", "settled": False}
            self.begun.append(number)
            self._report(hub, number)

    def _go_on(self, hub: Desks, number: str) -> None:
        one = self.disk[number]
        if one["state"] == "accepted":
            one["state"] = "running"
        elif self._dice.random() < 0.6:
            one["said"] += record(OUT, self._dice.randbytes(self._dice.randrange(1, 200)))
        else:
            one["state"] = self._dice.choice(list(OUTCOMES))
        self._report(hub, number)

    def _report(self, hub: Desks, number: str) -> None:
        """What is new of the output, and the state."""
        one, have = self.disk[number], self.have.get(number, 0)
        if one["said"][have:]:
            head = {"t": "output", "id": number, "offset": have}
            hub.desk.heard(self.link, head, one["said"][have:])
        more = {"exit": OUTCOMES.get(one["state"]), "end": len(one["said"])} if is_end(one["state"]) else {}
        hub.say(self.link, number, one["state"], **more)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
async def test_every_command_is_begun_at_most_once_and_ends(tmp_path: Path, seed: int):
    dice, hub = random.Random(seed), Desks(tmp_path)
    hub.run()
    machines = {hub.node(f"pi-{n}"): Machine(0, dice) for n in range(4)}
    for number, machine in machines.items():
        machine.number = number
    jobs = []
    try:
        for turn in range(400):
            await _happen(hub, list(machines.values()), jobs, dice, turn)
        for machine in machines.values():
            machine.connect(hub)

        def all_over() -> bool:
            for machine in machines.values():
                machine.step(hub)
            return not len(hub.desk.board)

        await until(all_over)
        _check(hub, machines, jobs)
    finally:
        await hub.kill()


async def _happen(hub: Desks, machines: list[Machine], jobs: list[int], dice: random.Random, turn: int) -> None:
    machine, chance = dice.choice(machines), dice.random()
    hub.now += dice.randrange(1_000_000)
    if chance < 0.04:
        for one in machines:
            one.link = None
        await hub.again()
    elif chance < 0.12:
        machine.cut(hub)
    elif chance < 0.2 or (machine.link is None and chance < 0.5):
        machine.connect(hub)
    elif chance < 0.28 and turn < 350:
        expires = dice.choice([5, 3600])
        target = dice.choice(["*", "pi-1", "pi-[0-2]"])
        jobs.append((await hub.issue(target, Spec(argv=("x",), expires=expires))).row.id)
    elif chance < 0.3 and jobs:
        await hub.issuing.cancel(dice.choice(jobs), None, "owner", "")
    elif machine.link is not None:
        machine.step(hub)
    if dice.random() < 0.3:
        hub.desk.course._sooner.set()
        await _breathe()


async def _breathe() -> None:
    """Let the desk do something, but not always all that it has to do."""
    for _ in range(3):
        await asyncio.sleep(0)


def _check(hub: Desks, machines: dict[int, Machine], jobs: list[int]) -> None:
    rows = [row for job in jobs for row in hub.ledger.read(lambda c, job=job: commands.of_job(c, job))]
    assert len(rows) >= 10
    for row in rows:
        machine = machines[row.node]
        assert is_end(row.state), row
        assert machine.begun.count(row.id) <= 1
        known = machine.disk.get(row.id)
        if known is None:
            assert row.state in ("expired", "cancelled", "rejected"), row
            continue
        assert row.state == known["state"]
        assert b"".join(piece.record() for piece in hub.said(row)) == known["said"]
    assert sum(len(machine.begun) for machine in machines.values()) >= 5
