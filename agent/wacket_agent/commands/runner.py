"""Watches one program from its beginning to its end, and needs nobody for that: the agent may be gone meanwhile.

It holds the program's pipes, keeps the time, ends the whole tree of processes when somebody cancels or the time is up,
and writes output and result to the command's folder. It ends with the program; what the program left running in the
background lives on, without its pipes. If the runner itself is killed, so is the program, and the claim tells. After a
short program that left nothing there may be `another` in the same process, which is much cheaper than a fork.

SIGTERM only makes it look whether there is a file `cancel`: a machine that shuts down sends that signal to everybody.
"""

# ruff: noqa: PTH110, PTH118

from __future__ import annotations

import contextlib
import os
import select
import sys
import time

from wacket_agent.commands import accounts, bell, cgroup, children, claim, files, linux, notes, records
from wacket_agent.commands.ending import Ending
from wacket_agent.commands.notes import Note
from wacket_agent.commands.program import Child, Late, Start, Unstarted
from wacket_agent.commands.scratch import Scratch
from wacket_agent.commands.spool import Spool
from wacket_agent.commands.tree import MARK

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    Result = Dict[str, Any]

PIECE = records.LONGEST
LOOK = 1.0  # seconds between two looks at the clock and at `cancel`: the machine may have slept
DRAIN = 1.0  # seconds for output that comes after the program has ended
RING = 0.01  # seconds between two rings for output

# Seconds that go on while the machine sleeps, where such a clock is to be had.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def clock() -> float:
    return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()


def now() -> int:
    return time.time_ns() // 1000


class Runner:
    """One command, which it need not know when it is made. `state` is the agent's state folder."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._bell = os.path.join(state, "bell")
        self._command = self._folder = ""
        self._claim: int | None = None
        self._group: str | None = None
        self._child: Child | None = None
        self._wake = -1
        self._lasts: Callable[[], None] | None = None
        self._goes_on = False  # in this process, with another command
        self._spool: Spool | None = None
        self._pipes: dict[int, int] = {}  # descriptor: kind of record
        self._begun = self._rang = 0.0
        self._unsaid = False

    def make_ready(self) -> None:
        """Everything that can be done before there is a command. Raises OSError."""
        linux.adopt_orphans()
        self._wake = children.wake_at_signals()
        self._make_child()
        self._rehearse()

    def _make_child(self) -> None:
        self._group = cgroup.make()
        self._child = Child(self._group)

    def _rehearse(self) -> None:
        """What a forked process touches for the first time is copied: better now than while somebody waits."""
        file = claim.take(os.devnull, "")
        if file is not None:
            os.close(file)
        notes.read(os.devnull)
        task = Note([("arg", ""), ("timeout", "0")])
        account = accounts.own()
        self._what(task, account, Scratch(self._state, account, "/")).dump()
        self._is_cancelled()

    def leave(self) -> None:
        """There will be no command."""
        if self._child:
            self._child.dismiss()
            os.waitpid(self._child.pid, 0)
        if self._group:
            cgroup.remove(self._group)

    def another(self) -> Runner | None:
        """Who carries out the next command in this process, all but begun; None if that needs a new one."""
        if not self._goes_on or self._claim is None or children.are_left():
            return None
        os.close(self._claim)
        other = Runner(self._state)
        other._wake = self._wake
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)  # what woke us last
        try:
            other._make_child()
        except OSError:
            return None
        return other

    def run(self, command: str, lasts: Callable[[], None] | None = None) -> None:
        """Everything, if nobody else has the command already. `lasts` is called as soon as it is clear that this runner
        is not to be waited for: it takes a while, or will not do another command.
        """
        self._lasts = lasts
        task = self._take(command)
        if task is None:
            self.leave()
            return
        try:
            result = self._carry_out(task)
        except Late as problem:
            result = {"state": "timed_out", "reason": str(problem)}
        except (Unstarted, files.Refused) as problem:
            result = {"state": "failed", "exit": getattr(problem, "exit", None), "reason": str(problem)}
        except OSError as error:
            result = {"state": "failed", "reason": f"the machine could not begin it: {error}"}
        self._finish(result)

    def give_up(self, command: str, reason: str) -> None:
        """For who could not even fork: the command ends, unless somebody else has it."""
        if self._take(command):
            self._finish({"state": "failed", "reason": reason})
        if self._claim is not None:
            os.close(self._claim)

    def _take(self, command: str) -> Note | None:
        """What there is to do; None if somebody else does it."""
        self._command = command
        self._folder = os.path.join(self._state, "commands", command)
        self._claim = claim.take(os.path.join(self._folder, "claim"), f"{os.getpid()} {self._group or ''}")
        self._begun = clock()
        return None if self._claim is None else notes.read(os.path.join(self._folder, "task"))

    def _carry_out(self, task: Note) -> Result:
        if self._is_cancelled():
            return {"state": "cancelled", "reason": "cancelled before it was begun"}
        account = accounts.find(task.one("user")) if task.one("user") else accounts.own()
        if account is None:
            raise Unstarted(f"there is no account {task.one('user')!r} on this machine")
        scratch = Scratch(self._folder, account, task.one("cwd"))
        scratch.prepare(task)
        self._spool = Spool(self._folder, task.number("keep"))
        result = self._watch(self._start(self._what(task, account, scratch), task.number("timeout")), task)
        if task.all("bring"):
            brought, left_out = scratch.bring(task.all("bring"))
            result["file"] = [f"{number} {size} {name}" for number, size, name in brought]
            result["reason"] = "; ".join(filter(None, [result.get("reason", ""), *left_out]))
        return result

    def _what(self, task: Note, account: accounts.Account, scratch: Scratch) -> Start:
        argv = task.all("arg")
        env = accounts.surroundings(account)
        if task.one("program"):
            argv = [sys.executable, os.path.join(scratch.home, "program.py"), *argv]
            env.update(PYTHONUNBUFFERED="1", PYTHONPATH=scratch.work)
        env[MARK] = self._command
        for entry in task.all("env"):
            name, _, value = entry.partition("=")
            env[name] = value
        return Start(argv, env, scratch.work, task.one("stdin"), task.one("user"))

    def _start(self, what: Start, seconds: float) -> int:
        """The agent is told when it goes on for longer than a moment."""
        if self._child is None:  # it could not be made ready beforehand
            self._wake = children.wake_at_signals()
            self._child = Child(self._group)
        try:
            self._child.become(what, seconds)
        except BrokenPipeError:
            self._child = Child(self._group)
            self._child.become(what, seconds)
        self._pipes = {self._child.out: records.OUT, self._child.err: records.ERR}
        self._rang, self._unsaid = clock(), True
        return self._child.pid

    def _watch(self, pid: int, task: Note) -> Result:
        """Until the program has ended, and with it all others if it was to be ended; the result."""
        ending = Ending(pid, self._group, self._begun + task.number("timeout"), task.number("grace", 5))
        while True:
            moment = clock()
            if ending.cause == "" and self._is_cancelled():
                ending.begin("cancelled", moment)
            ending.step(moment)
            if ending.is_over or (ending.ended_at is not None and not ending.cause and not self._pipes):
                break
            if ending.ended_at is not None and not ending.cause and moment >= ending.ended_at + DRAIN:
                break
            self._listen(ending.pause(moment, LOOK))
            ending.reap(clock())
        self._drain()
        if self._spool:
            self._spool.close()
        self._goes_on = self._lasts is not None and not ending.cause
        return ending.result(clock() - self._begun)

    def _listen(self, seconds: float) -> None:
        """Read what there is, until something happens or `seconds` are over."""
        seconds = min(seconds, RING) if self._unsaid else seconds
        ready, _, _ = select.select([self._wake, *self._pipes], [], [], seconds)
        if self._wake in ready:
            os.read(self._wake, 4096)
        for pipe in ready:
            if pipe in self._pipes:
                self._read(pipe)
        if self._unsaid and clock() >= self._rang + RING:
            self._unsaid, self._rang = False, clock()
            bell.ring(self._bell, self._command)
            self._tell_it_lasts()

    def _read(self, pipe: int) -> None:
        data = os.read(pipe, PIECE)
        if data and self._spool:
            self._spool.add(self._pipes[pipe], now(), data)
            self._unsaid = True
        else:
            os.close(pipe)
            del self._pipes[pipe]

    def _drain(self) -> None:
        """What is in the pipes already. A process in the background that keeps writing does not hold us up."""
        for pipe in list(self._pipes) * 16:  # more than pipes hold
            if pipe in self._pipes:
                os.set_blocking(pipe, False)
                with contextlib.suppress(BlockingIOError):
                    self._read(pipe)
        for pipe in self._pipes:
            os.close(pipe)
        self._pipes.clear()

    def _is_cancelled(self) -> bool:
        return os.path.exists(os.path.join(self._folder, "cancel"))

    def _finish(self, result: Result) -> None:
        """Told first, synced then: what a power cut takes in between is told as lost, which is the truth. Who goes on
        leaves it to the agent, which is there.
        """
        told = {"at": now(), "seconds": round(clock() - self._begun, 6), **result}
        if self._spool:
            told.update(out=self._spool.out, err=self._spool.err, end=self._spool.end)
        pairs = [(name, str(value)) for name, value in told.items() if value is not None and name not in _LISTS]
        lists = [(name, value) for name in _LISTS for value in told.get(name, ())]
        try:
            self._write_result(pairs + lists)
        except (OSError, ValueError):
            self._write_result(pairs)
        bell.ring(self._bell, self._command)
        if not self._goes_on:
            self._tell_it_lasts()
        if self._child:
            self._child.dismiss()
        if self._group:
            cgroup.remove(self._group)
        if not self._goes_on:
            notes.sync(os.path.join(self._folder, "result"))

    def _tell_it_lasts(self) -> None:
        if self._lasts:
            self._lasts()
        self._lasts = None

    def _write_result(self, pairs: list[tuple[str, str]]) -> None:
        """In the room of the task, which nobody needs any more: there may be no other."""
        notes.write(os.path.join(self._folder, "result"), pairs, os.path.join(self._folder, "task"))


_LISTS = ("killed", "file")
