"""A class with everything that drives its rounds, on a real ledger; agents and the judge are played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

from wacket.classes.desk import ClassDesk, Step
from wacket.classes.judging import Judging
from wacket.classes.rounds import ClassRounds, Seen, Wish
from wacket.errors import Unavailable
from wacket.ledger import classes
from wacket.ledger.store import Ledger

WISH = Wish("print(42)", 10, "", "6.08")


async def wait_for(look: Callable[[], Any], satisfied: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(10):
        while True:
            if satisfied(found := look()):
                return found
            await asyncio.sleep(0.005)


class FakeMachines:
    """Begins what it is asked to, unless `refuses` has the node; `seen` is how commands stand."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.begun: list[tuple[str, int]] = []
        self.refuses: dict[int, str] = {}
        self.cancelled: list[str] = []
        self.away = False

    async def begin(
        self, made: Any, among: Collection[int], peer: str, token: int
    ) -> tuple[dict[int, str], dict[int, str]]:
        if self.away:
            raise Unavailable("the disk of the hub is nearly full")
        commands = {node: f"c{made.id}-{node}" for node in among if node not in self.refuses}
        self.begun += [(made.program, node) for node in commands]
        self.seen |= {command: Seen(command, "queued") for command in commands.values()}
        return commands, {node: self.refuses[node] for node in among if node in self.refuses}

    async def found(self, made: Any) -> dict[int, str]:
        return {int(key.partition("-")[2]): key for key in self.seen if key.startswith(f"c{made.id}-")}

    async def look(self, commands: Collection[str]) -> list[Seen]:
        return [self.seen[command] for command in commands if command in self.seen]

    async def cancel(self, command: str, actor: str, peer: str) -> None:
        self.cancelled.append(command)


class Lengths:
    """Judges an answer by its length."""

    async def verdict(self, program: str, answer: Any) -> str:
        return f"{program} {len(answer['hw_response'])} {answer['hw_exit']}"


class School:
    def __init__(self, ledger: Ledger, machines: FakeMachines, clock: Callable[[], int]) -> None:
        self.ledger, self.machines = ledger, machines
        self.desk = ClassDesk(ledger, clock)
        self.rounds = ClassRounds(ledger, self.desk, machines, clock)
        self.judging = Judging(ledger, self.desk, Lengths())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[School]:
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            going = [tasks.create_task(part.run()) for part in (self.rounds, self.judging)]
            yield self
            for task in going:
                task.cancel()

    def row(self, user: str) -> classes.ClassRow:
        found = self.ledger.read(lambda c: classes.find(c, user))
        assert found is not None
        return found

    async def ask(self, wish: Wish = WISH) -> Any:
        return await self.rounds.ask(wish, "person:olga", "192.0.2.9")

    async def judge(self, user: str, text: str) -> None:
        """As a teacher does."""
        values, round_ = {"server_anal": text}, self.row(user).round
        await self.desk.carry([Step(user, "server_analysis_provide", values, "", "person:olga", round_)])

    async def moves(self, user: str, **seen: Any) -> None:
        """The command of a user's node comes to something."""
        command = self.row(user).command
        self.machines.seen[command] = Seen(command, **seen)
        self.rounds.changed(command)

    async def until(self, user: str, state: int) -> classes.ClassRow:
        return await wait_for(lambda: self.row(user), lambda row: row.state == state)
