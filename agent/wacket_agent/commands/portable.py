"""Runs commands where processes cannot fork: Windows. Threads of the agent take the runners' place.

They write the same files, so the desk sees no difference, but for one: they end with the agent, and so do their
programs, which are then told as `lost_reboot`. Trees of processes are ended with `taskkill`. Only the agent's own
account can be had, and no files are brought back.
"""

# ruff: noqa: PTH100, PTH102, PTH103, PTH110, PTH118, PTH119, PTH120, PTH123, S603, S607

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Iterable

from wacket_agent.commands import accounts, claim, notes, records
from wacket_agent.commands.spool import Spool
from wacket_agent.commands.tree import MARK

LOOK = 0.1  # seconds
DRAIN = 1.0
_NO_PROCESS = "thread"  # where a runner has its id, which the desk would poke
_WINDOWS = os.name == "nt"


class PortableNursery:
    """As `nursery.Nursery`, with threads."""

    def __init__(self, state: str) -> None:
        self._state = os.path.abspath(state)
        self._tell: Callable[[str], None] = lambda command: None

    def start(self, command: str) -> None:
        folder = os.path.join(self._state, "commands", command)
        threading.Thread(target=self._run, args=(command, folder), name=f"command {command}", daemon=True).start()

    def listen(self, loop: Any, rang: Callable[[Iterable[str]], None]) -> Callable[[], None]:
        self._tell = lambda command: loop.call_soon_threadsafe(rang, [command])

        def stop() -> None:
            self._tell = lambda command: None

        return stop

    def close(self) -> None:
        """Nothing to end: threads go with the process."""

    def _run(self, command: str, folder: str) -> None:
        file = claim.take(os.path.join(folder, "claim"), _NO_PROCESS)
        task = notes.read(os.path.join(folder, "task"))
        if file is None or task is None:
            return
        try:
            result = PortableRunner(folder, task, lambda: self._tell(command)).run()
        except OSError as error:
            result = {"state": "failed", "reason": f"this machine could not begin it: {error.strerror}"}
        pairs = [(name, str(value)) for name, value in result.items()]
        notes.write(os.path.join(folder, "result"), pairs, os.path.join(folder, "result.spare"))
        os.close(file)
        self._tell(command)


class PortableRunner:
    """One program, two threads that read, and a look at clock and `cancel` ten times a second."""

    def __init__(self, folder: str, task: notes.Note, news: Callable[[], None]) -> None:
        self._folder, self._task, self._news = folder, task, news
        self._spool = Spool(folder, task.number("keep"))
        self._is_over = False  # then what a process in the background still writes is nobody's
        self._lock = threading.Lock()

    def run(self) -> dict[str, Any]:
        """The members of the result. Raises OSError if the program could not be begun."""
        begun = time.monotonic()
        program = self._start()
        readers = [
            threading.Thread(target=self._read, args=(pipe, kind), daemon=True)
            for pipe, kind in ((program.stdout, records.OUT), (program.stderr, records.ERR))
        ]
        for reader in readers:
            reader.start()
        cause = self._wait(program, begun + self._task.number("timeout"))
        for reader in readers:
            reader.join(DRAIN)
        with self._lock:
            self._spool.close()
            counts = {"out": self._spool.out, "err": self._spool.err, "end": self._spool.end}
            self._is_over = True
        state = cause or ("succeeded" if program.returncode == 0 else "failed")
        ending = {"exit": program.returncode} if program.returncode >= 0 else {"signal": -program.returncode}
        return {"state": state, "at": time.time_ns() // 1000, "seconds": time.monotonic() - begun, **ending, **counts}

    def _start(self) -> subprocess.Popen[bytes]:
        work = os.path.join(self._folder, "work")
        os.mkdir(work)
        where = self._task.one("cwd") or work
        self._place(where)
        arguments = self._task.all("arg")
        env = accounts.surroundings(accounts.own())
        if self._task.one("program"):
            arguments = [sys.executable, self._task.one("program"), *arguments]
            env.update(PYTHONUNBUFFERED="1", PYTHONPATH=where)
        env[MARK] = os.path.basename(self._folder)
        for entry in self._task.all("env"):
            name, _, value = entry.partition("=")
            env[name] = value
        own_group: Any = {"creationflags": 0x200} if _WINDOWS else {"start_new_session": True}
        with open(self._task.one("stdin") or os.devnull, "rb") as source:
            return subprocess.Popen(
                arguments, env=env, cwd=where, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **own_group
            )

    def _place(self, where: str) -> None:
        for entry in self._task.all("file"):
            _, blob, name = entry.split(" ", 2)
            path = os.path.join(where, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(blob, "rb") as source, open(path, "wb") as target:
                target.writelines(iter(lambda: source.read(1 << 20), b""))

    def _read(self, pipe: Any, kind: int) -> None:
        while True:
            data = os.read(pipe.fileno(), records.LONGEST)
            if not data:
                pipe.close()
                return
            with self._lock:
                if self._is_over:
                    return
                self._spool.add(kind, time.time_ns() // 1000, data)
            self._news()

    def _wait(self, program: subprocess.Popen[bytes], deadline: float) -> str:
        """Until it has ended; why it was ended, "" if it ended by itself."""
        while True:
            try:
                program.wait(LOOK)
                return ""
            except subprocess.TimeoutExpired:
                cancelled = os.path.exists(os.path.join(self._folder, "cancel"))
            if cancelled or time.monotonic() >= deadline:
                self._end(program)
                return "cancelled" if cancelled else "timed_out"

    def _end(self, program: subprocess.Popen[bytes]) -> None:
        if _WINDOWS:
            subprocess.call(["taskkill", "/T", "/F", "/PID", str(program.pid)], stdout=subprocess.DEVNULL)
        else:
            os.killpg(program.pid, signal.SIGTERM)
        try:
            program.wait(self._task.number("grace", 5))
        except subprocess.TimeoutExpired:
            program.kill() if _WINDOWS else os.killpg(program.pid, signal.SIGKILL)
            program.wait()
