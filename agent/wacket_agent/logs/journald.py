"""The system's journal: `journalctl --follow` as a child whose output is read when there is some.

The cursor of the last entry is kept with the entries, so that a restart goes on exactly there. A child that ends is
started again, later each time. What an entry means is in journal_entries.py.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Sequence

from wacket_agent.logs import journal_entries
from wacket_agent.logs.cutting import Cutter
from wacket_agent.logs.entries import Entry
from wacket_agent.logs.outlet import Outlet

MARK = "journal"
PIECE = 32768
LONGEST = 262_144  # bytes of one entry: a message of bytes is four times as long in JSON
STORES = ("/run/log/journal", "/var/log/journal")
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
HOPELESS = 3  # failures in a row with a cursor, after which it is the cursor that is wrong
WELL = 10.0  # seconds after which a child is no failure


def command(cursor: str) -> list[str]:
    fields = "--output-fields=" + ",".join(journal_entries.FIELDS)
    begin = f"--after-cursor={cursor}" if cursor else "--lines=0"
    return ["journalctl", "--follow", "--all", "--quiet", "--no-pager", "--output=json", fields, begin]


def is_there(stores: Sequence[str] = STORES) -> bool:
    """Whether this machine keeps a journal and has the program to read it."""
    has_program = any(os.access(Path(folder, "journalctl"), os.X_OK) for folder in os.get_exec_path())
    return has_program and any(Path(store).is_dir() for store in stores)


class Journal:
    def __init__(self, cursor: str, outlet: Outlet) -> None:
        self._cursor, self._outlet = cursor, outlet
        self._child: subprocess.Popen[bytes] | None = None
        self._cutter = Cutter(longest=LONGEST)
        self._started_at = self._start_at = 0.0
        self._failures = 0

    def poll(self, now: float, at: int) -> None:
        """Read what there is. `now` is in monotonic seconds, `at` the time in µs."""
        if self._child is None:
            if now < self._start_at:
                return
            self._start(now, at)
        while self._child is not None and not self._outlet.is_full:
            data = _read(self._child)
            if data is None:
                return
            if not data:
                self._ended(now, at)
                return
            self._take(data, at)

    def close(self) -> None:
        """End the child. It holds nothing that is not in the journal."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()

    def _start(self, now: float, at: int) -> None:
        self._started_at = now
        self._cutter = Cutter(longest=LONGEST)
        try:
            self._child = subprocess.Popen(  # noqa: S603 - fixed arguments, and a cursor of known letters
                command(self._cursor),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as error:
            self._failed(now, at, str(error))
            return
        if self._child.stdout:
            os.set_blocking(self._child.stdout.fileno(), False)

    def _take(self, data: bytes, at: int) -> None:
        entries = []
        for line in self._cutter.feed(data):
            if line.cut:
                entries.append(Entry(at, "warn", f"a message of {LONGEST + line.cut} bytes was left out", "journal"))
            cursor, entry = journal_entries.read(line.text, at)
            if entry:
                entries.append(entry)
            self._cursor = cursor or self._cursor
        if entries:
            self._failures = 0
            self._outlet.put(entries, at, {MARK: self._cursor})

    def _ended(self, now: float, at: int) -> None:
        status = self._child.wait() if self._child else 0
        self.close()
        if now - self._started_at >= WELL:
            self._failures = 0
        self._failed(now, at, f"journalctl ended with status {status}")

    def _failed(self, now: float, at: int, why: str) -> None:
        self._failures += 1
        self._start_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 10))
        if self._failures == HOPELESS:
            lost = "; it is read from now on, and a part of it may be missing" if self._cursor else ""
            self._cursor = ""
            self._outlet.tell("warn", f"the journal cannot be read: {why}{lost}", at)


def _read(child: subprocess.Popen[bytes]) -> bytes | None:
    """Some bytes; none at the end; None if there are none yet."""
    try:
        return os.read(child.stdout.fileno(), PIECE) if child.stdout else b""
    except BlockingIOError:
        return None
