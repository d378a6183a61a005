"""One command that the hub has not settled: what stands in its folder, and what follows from that.

The folder is the truth, not this object: an agent that starts again makes the same of it. It sends nothing and decides
nothing for others; the desk does.
"""

# ruff: noqa: PTH103, PTH118, PTH123

from __future__ import annotations

import contextlib
import math
import os
import signal
from typing import Any, Mapping

from wacket_agent.commands import allowing, cgroup, claim, notes, results, scratch, tree
from wacket_agent.commands.notes import Note
from wacket_agent.commands.reading import SpoolReader
from wacket_agent.commands.sending import Sending
from wacket_agent.trust.envelope import Envelope, Refused

UNSYNCED = 0.5  # seconds; mostly the hub has an end by then, and nothing is left here
FETCHING, WAITING, STARTED, ENDED = "fetching", "waiting", "started", "ended"


class Command:
    """`phase` is ours, `state` what the hub is told."""

    def __init__(self, command: str, folder: str, envelope: Envelope | None) -> None:
        self.id, self.folder, self.envelope = command, folder, envelope
        self.phase = FETCHING
        self.state = "accepted"
        self.asked_at = 0.0  # when a runner was last asked for
        self.finishing = self.told = False
        self._synced_at = 0.0
        self.sending = Sending(command, folder)

    @property
    def needs(self) -> list[str]:
        """The SHA-256 of what it cannot begin without."""
        return allowing.needed(self.envelope) if self.envelope else []

    def prepare(self, config: Any, blobs: Mapping[str, str]) -> None:
        """Make the folder, all but begun. Raises Refused, if the owner has thought better of it, and OSError."""
        if self.envelope is None:
            raise Refused("what it was to do cannot be read any more", self.id)
        account = allowing.account_for(self.envelope, config)
        os.makedirs(self.folder, 0o700, exist_ok=True)
        pairs = allowing.task(self.envelope, account, blobs, allowing.grace(config))
        notes.write(self._path("task"), pairs, self._path("task.new"))

    def claim(self) -> tuple[str, str]:
        """(`free`, `alive` or `dead`, what the claimer wrote)."""
        return claim.look(self._path("claim"))

    def result(self) -> Note | None:
        return notes.read(self._path("result"))

    def ended(self, message: dict[str, Any]) -> None:
        self.phase, self.state = ENDED, message["state"]
        self.sending.ended(message)

    def wants_sync(self, moment: float) -> bool:
        """Asked now and then of one that has ended, `moment` in seconds: True once, after a while."""
        first, self._synced_at = self._synced_at, self._synced_at or moment + UNSYNCED
        due = 0.0 < first <= moment
        if due:
            self._synced_at = math.inf
        return due

    def sync(self) -> None:
        """Its end is on the disk then."""
        notes.sync(self._path("result"))

    def cancel(self) -> None:
        """Have the runner end it, now or when it begins. Raises OSError."""
        with open(self._path("cancel"), "wb"):
            pass
        state, text = self.claim()
        pid = text.partition(" ")[0]
        if state == claim.ALIVE and pid.isdigit():
            _signal(int(pid), signal.SIGTERM)

    def lost(self, at: int, reason: str, same_boot: bool) -> dict[str, Any]:
        """The end of a command whose runner is gone; what it left running is ended first."""
        killed = self._end_rest() if same_boot else {}
        return results.lost(self.id, at, reason, SpoolReader(self.folder).extent(), killed)

    def clean(self) -> None:
        """Remove all that it left on the disk."""
        group = self._group()
        if group:
            cgroup.remove(group)
        scratch.remove(self.folder)

    def abandon(self) -> None:
        """Nobody will ask for it. What still runs is ended, and removed at the next start."""
        state = self.claim()[0]
        if state == claim.ALIVE:
            with contextlib.suppress(OSError):
                self.cancel()
            return
        if state == claim.DEAD and self.result() is None:
            self._end_rest()
        self.clean()

    def _end_rest(self) -> dict[int, str]:
        """The program itself died with the runner. What it had started did not."""
        group = self._group()
        found = {**dict.fromkeys(cgroup.members(group) if group else (), "?"), **tree.marked(self.id)}
        if group:
            cgroup.kill(group)
        for pid in found:
            _signal(pid, signal.SIGKILL)
        return found

    def _group(self) -> str:
        return self.claim()[1].partition(" ")[2]

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)
