"""All that is open: jobs and their commands in memory, by number, by id and by node, and who follows them.

Stores nothing and decides nothing; the ledger has the same. Used on the event loop only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from wacket.commands.kept.outputs import Incoming
from wacket.commands.spec import Spec, read
from wacket.ledger.commands import CommandRow
from wacket.ledger.jobs import JobRow

Told = Callable[[CommandRow], None]


class Job:
    """A job with open commands. `rows` are all its commands as they are now, the ended ones too."""

    def __init__(self, row: JobRow, rows: Iterable[CommandRow]) -> None:
        self.row = row
        self.spec: Spec = read(row.spec)
        self.rows = {one.id: one for one in rows}
        self._open = sum(row.ended is None for row in self.rows.values())
        self.followers: set[Told] = set()

    @property
    def over(self) -> bool:
        return not self._open

    def change(self, row: CommandRow) -> None:
        """One of its commands is so now."""
        self._open -= (self.rows[row.id].ended is None) - (row.ended is None)
        self.rows[row.id] = row


class Live:
    """A command that has not ended. `ending` is its row as it will be, once all its output is on disk; `handed`: it was
    given to a connection, so that only the node knows whether it was begun.
    """

    __slots__ = ("ending", "handed", "incoming", "job", "row")

    def __init__(self, job: Job, row: CommandRow) -> None:
        self.job, self.row = job, row
        self.incoming: Incoming | None = None
        self.ending: CommandRow | None = None
        self.handed = False


class Board:
    """`tell` is called with the row of each command that is new or changed."""

    def __init__(self, tell: Told) -> None:
        self._tell = tell
        self._jobs: dict[int, Job] = {}
        self._commands: dict[str, Live] = {}
        self._nodes: dict[int, dict[str, Live]] = {}

    def __len__(self) -> int:
        return len(self._commands)

    def __iter__(self) -> Iterator[Live]:
        return iter(list(self._commands.values()))

    def put(self, job: Job) -> list[Live]:
        """A new job, or one from the ledger: its commands that are open."""
        found = [Live(job, row) for row in job.rows.values() if row.ended is None]
        if found:
            self._jobs[job.row.id] = job
        for live in found:
            self._commands[live.row.id] = live
            self._nodes.setdefault(live.row.node, {})[live.row.id] = live
            self._tell(live.row)
        return found

    def job(self, number: int) -> Job | None:
        return self._jobs.get(number)

    def jobs(self) -> set[int]:
        return set(self._jobs)

    def command(self, number: str) -> Live | None:
        return self._commands.get(number)

    def of_node(self, node: int) -> list[Live]:
        return list(self._nodes.get(node, {}).values())

    def of_job(self, job: Job) -> list[Live]:
        return [live for number in job.rows if (live := self._commands.get(number)) is not None]

    def change(self, live: Live, row: CommandRow) -> None:
        """From now on the command is so; one that has ended is forgotten."""
        live.row = row
        live.job.change(row)
        if row.ended is not None:
            self._forget(live)
        self.told(live)

    def told(self, live: Live) -> None:
        """Something about it is new."""
        for told in list(live.job.followers):
            told(live.row)
        self._tell(live.row)

    def _forget(self, live: Live) -> None:
        del self._commands[live.row.id]
        of_node = self._nodes[live.row.node]
        del of_node[live.row.id]
        if not of_node:
            del self._nodes[live.row.node]
        if live.job.over:
            del self._jobs[live.job.row.id]
