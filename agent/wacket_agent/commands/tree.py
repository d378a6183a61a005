"""All processes that a command has: who they are, and ending them.

The runner adopts orphans, so that on Linux nothing below it escapes, whatever it forks and whichever session it makes.
Elsewhere `ps` tells, and who lets go of both parent and session is gone.
"""

# ruff: noqa: PTH110, PTH119, PTH208

from __future__ import annotations

import os
import signal

from wacket_agent.commands import cgroup

MARK = "WACKET_COMMAND"
_PS = ("/bin/ps", "-axo", "pid=,ppid=,stat=,comm=")  # macOS


class Tree:
    """The processes below `root` (not itself), and those in the cgroup. `killed` keeps who was sent a signal."""

    MOST_TOLD = 200

    def __init__(self, root: int, group: str | None = None) -> None:
        self._root, self._group = root, group
        self.killed: dict[int, str] = {}

    def living(self) -> dict[int, str]:
        """{pid: name} of all that have not ended; zombies have."""
        table = _table()
        found: dict[int, str] = {}
        _gather(table, self._root, found)
        for pid in cgroup.members(self._group) if self._group else ():
            if pid in table and pid != self._root:
                found[pid] = table[pid][1]
        return found

    def signal(self, number: int) -> int:
        """Send it to all that live now; the number of those."""
        found = self.living()
        if number == signal.SIGKILL and self._group:
            cgroup.kill(self._group)
        for pid, name in found.items():
            self._send(pid, name, number)
        return len(found)

    def _send(self, pid: int, name: str, number: int) -> None:
        try:
            os.kill(pid, number)
            if number == signal.SIGTERM:
                os.kill(pid, signal.SIGCONT)  # one that is stopped would not hear of it
        except OSError:
            return
        if len(self.killed) < self.MOST_TOLD:
            self.killed.setdefault(pid, name)


def marked(command: str) -> dict[int, str]:
    """{pid: name} of what has the mark of this command among its variables, as all have that its program started.

    Empty where /proc does not tell. Needs no process id, which another process may have by now.
    """
    found: dict[int, str] = {}
    mark = f"{MARK}={command}".encode()
    for pid in _pids() if os.path.exists("/proc/self/stat") else ():
        stat = _stat(pid) if pid != os.getpid() else None
        if stat and stat[0] != "Z" and mark in _read(f"/proc/{pid}/environ", 1 << 20).split(b"\0"):
            found[pid] = stat[-1]
    return found


def _gather(table: dict[int, tuple[int, str]], root: int, found: dict[int, str]) -> None:
    children: dict[int, list[tuple[int, str]]] = {}
    for pid, (parent, name) in table.items():
        children.setdefault(parent, []).append((pid, name))
    waiting = [root]
    while waiting:
        for pid, name in children.get(waiting.pop(), ()):
            if pid not in found:
                found[pid] = name
                waiting.append(pid)


def _table() -> dict[int, tuple[int, str]]:
    """{pid: (parent, name)} of all processes but zombies."""
    if not os.path.exists("/proc/self/stat"):
        return _table_of_ps()
    table = {}
    for pid in _pids():
        stat = _stat(pid)
        if stat and stat[0] not in ("Z", "X"):
            table[pid] = (int(stat[1]), stat[-1])
    return table


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    """State, parent, group and session as texts, and the name last; None for one that is gone."""
    text = _read(f"/proc/{pid}/stat", 1024).decode("utf-8", "replace")
    # The name stands in brackets and may hold anything, brackets too.
    before, _, after = text.rpartition(")")
    return [*after.split()[:4], before.partition("(")[2]] if after else None


def _read(path: str, most: int) -> bytes:
    """Empty for what is gone, or not ours to read."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(file, most)
    except OSError:
        return b""
    finally:
        os.close(file)


def _table_of_ps() -> dict[int, tuple[int, str]]:
    import subprocess

    answer = subprocess.run(_PS, stdout=subprocess.PIPE, check=False).stdout  # noqa: S603
    rows = [line.split(None, 3) for line in answer.decode("utf-8", "replace").splitlines()]
    return {int(row[0]): (int(row[1]), os.path.basename(row[3])) for row in rows if len(row) == 4 and row[2][:1] != "Z"}
