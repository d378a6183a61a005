"""Agents, hub and network are killed and cut while commands run: each ends, none runs twice, no byte goes astray.

A command marks its id in a file of its machine as its first act and then writes what only it would write, so what the
hub says of it can be held against what really happened.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from benchmarks.agents import accept, join_token, presence
from benchmarks.harness import Hub, wait_until
from tests.support.cutting import cutting
from tests.torture.machines import Machine

from wacket import agentfile

MACHINES = 6
COMMANDS_A_JOB = 6  # on the average: each job goes to some of the machines
ENDS = {"succeeded", "failed", "timed_out", "cancelled", "lost_reboot", "expired", "rejected"}
# Marks itself, writes to both outputs in turn, now and then takes its time.
PROGRAM = """\
import os, sys, time
number, lines, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
machine = os.getcwd()
while not os.path.basename(machine).startswith("machine-"):
    machine = os.path.dirname(machine)
file = os.open(os.path.join(machine, "marks"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
os.write(file, (number + "\\n").encode())
for line in range(lines):
    print(number, "out", line, flush=line % 50 == 0)
    if line % 10 == 0:
        print(number, "err", line, file=sys.stderr)
    if line == lines // 2:
        time.sleep(pause)
"""


def outputs(number: str, lines: int) -> tuple[str, str]:
    """What the program writes, apart."""
    out = "".join(f"{number} out {line}\n" for line in range(lines))
    return out, "".join(f"{number} err {line}\n" for line in range(0, lines, 10))


class Asked:
    """One job that the hub took: its number there, and what its program was given."""

    def __init__(self, job: int, nodes: Sequence[str], number: str, lines: int) -> None:
        self.job, self.nodes, self.number, self.lines = job, nodes, number, lines


class Place:
    """A hub, machines behind networks, and what was asked of them."""

    def __init__(self, hub: Hub, machines: Sequence[Machine], chance: random.Random) -> None:
        self.hub, self.machines, self.chance = hub, machines, chance
        self.asked: list[Asked] = []
        self.tried = 0

    def ask(self) -> None:
        """One job to some machines. Asked again with its key, until the hub has said that it took it."""
        self.tried += 1
        number = f"job-{self.tried:05d}"
        chosen = self.chance.sample(self.machines, self.chance.randint(1, len(self.machines)))
        lines = self.chance.choice([1, 3, 20, 400, 3000])
        pause = self.chance.choice([0, 0, 0, 0.05, 0.4])
        body = {
            "target": ",".join(machine.called for machine in chosen),
            "kind": "python",
            "program": PROGRAM,
            "args": [number, str(lines), str(pause)],
            "timeout": 60,
            "expires": 600,
        }
        answer = self._insist("/api/v1/jobs", body, number)
        self.asked.append(Asked(answer["id"], [machine.called for machine in chosen], number, lines))

    def _insist(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        raw = json.dumps(body).encode()
        while True:
            with contextlib.suppress(OSError):
                headers = {"Content-Type": "application/json", "Idempotency-Key": key}
                status, answer = self.hub.ask("POST", path, raw, **headers)
                if status == 201:
                    return dict(answer)
                assert status == 503 or "allow run" in str(answer), (status, answer)

    def trouble(self) -> str:
        """Do one bad thing; what it was."""
        kind = self.chance.choice(["agent", "agent", "hub", "cut", "half", "stall"])
        machine = self.chance.choice(self.machines)
        if kind == "agent":
            machine.kill()
            machine.start()
        elif kind == "hub":
            self.hub.kill()
            self.hub.start()
        elif kind == "cut":
            machine.network.cut()
        elif kind == "half":
            machine.network.half_close(self.chance.random() < 0.5)
        else:
            machine.network.stall()
            self.ask()
            machine.network.flow()
        return kind

    def settle(self, seconds: float) -> None:
        """Wait until every command has ended."""
        waiting = {asked.job for asked in self.asked}

        def over() -> bool:
            for job in sorted(waiting):
                if any(one["state"] not in ENDS for one in self.commands(job)):
                    return False
                waiting.discard(job)
            return True

        wait_until(over, "every command has ended", seconds, 0.2)

    def commands(self, job: int) -> list[dict[str, Any]]:
        return list(self.hub.get(f"/api/v1/jobs/{job}")["nodes"])

    def wrong(self) -> list[str]:
        """Everything that is not as it must be."""
        runs = {machine.called: Counter(machine.marked()) for machine in self.machines}
        return [fault for asked in self.asked for fault in self._faults(asked, runs)]

    def _faults(self, asked: Asked, runs: dict[str, Counter[str]]) -> Iterator[str]:
        states = {one["node"]: one for one in self.commands(asked.job)}
        if set(states) != set(asked.nodes):
            yield f"{asked.number}: asked of {sorted(asked.nodes)}, and the hub knows {sorted(states)}"
        for node, one in states.items():
            times = runs[node][asked.number]
            if times > 1:
                yield f"{asked.number} ran {times} times on {node}"
            if one["state"] == "succeeded" and times != 1:
                yield f"{asked.number} is said to have succeeded on {node} and ran {times} times"
            if one["state"] in {"rejected", "expired"} and times:
                yield f"{asked.number} is said to be {one['state']} on {node} and ran"
            if one["state"] not in {"succeeded", "lost_reboot"}:
                yield f"{asked.number} on {node} is {one['state']}: {one['reason']}"
            yield from self._output_faults(asked, node, one["state"])

    def _output_faults(self, asked: Asked, node: str, state: str) -> Iterator[str]:
        for stream, due in zip(("out", "err"), outputs(asked.number, asked.lines), strict=True):
            raw = self.hub.ask_raw("GET", f"/api/v1/jobs/{asked.job}/output/{node}?stream={stream}").decode()
            if raw != due if state == "succeeded" else not due.startswith(raw):
                yield f"{asked.number} on {node} ({state}): {len(raw)} bytes of {stream}, {len(due)} are due"


@pytest.fixture
def a_place(tmp_path: Path, a_hub: Callable[..., Hub]) -> Iterator[Callable[[int], Place]]:
    """A hub with joined machines, their agents running; all ended afterwards."""
    with contextlib.ExitStack() as stack:

        def make(seed: int) -> Place:
            hub = a_hub().start()
            file = tmp_path / "wacket-agent.pyz"
            file.write_bytes(agentfile.build())
            token = join_token(hub, MACHINES)
            machines = []
            for number in range(MACHINES):
                network = stack.enter_context(cutting(hub.http))
                machine = Machine(tmp_path / f"machine-{number}", f"machine-{number}", file, network)
                machine.join(token)
                accept(hub, machine.called)
                stack.callback(machine.end)
                machines.append(machine.start())
            for machine in machines:
                wait_until(lambda name=machine.called: presence(hub, name) == "up", f"{machine.called} is up", 60)
            return Place(hub, machines, random.Random(seed))

        yield make


@pytest.mark.slow
@pytest.mark.parametrize(
    ("commands", "kills"),
    [
        pytest.param(120, 12, marks=pytest.mark.timeout(300)),
        pytest.param(10_000, 500, marks=[pytest.mark.torture, pytest.mark.timeout(3600)]),
    ],
)
def test_every_command_ends_once(a_place: Callable[[int], Place], commands: int, kills: int) -> None:
    place = a_place(kills)
    jobs = commands // (MACHINES // 2)
    troubles: Counter[str] = Counter()
    for job in range(jobs):
        place.ask()
        if job * kills // jobs != (job + 1) * kills // jobs:
            troubles[place.trouble()] += 1
    place.settle(120)
    assert place.wrong() == []
    assert sum(len(asked.nodes) for asked in place.asked) >= commands * 0.9
    assert sum(troubles.values()) == kills
