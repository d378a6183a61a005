"""Which sources of logs there are on this machine, by its settings, and each of them failing alone.

[logs]
files = /var/log/*.log /var/log/app/**/*.log
journal = yes       kernel = yes       programs = yes       containers = yes
folders = /tmp      where programs write their logs
"""

from __future__ import annotations

import os
from typing import Any, Callable, Mapping, Sequence

from wacket_agent.logs import containers, files, journald, kernel, programs
from wacket_agent.logs.opening import CAN_OPEN_IN_FOLDERS
from wacket_agent.logs.outlet import Outlet
from wacket_agent.logs.programs import ProgramLogs
from wacket_agent.logs.writers import Folder
from wacket_agent.trust.identity import boot_id

Options = Mapping[str, str]
Source = Any  # has poll(now, at) and close()

PATTERNS = "patterns"  # mark: files that were there before their pattern was asked for are not read back
OFF = "off"  # mark: logs were not allowed; what was written meanwhile is nobody's business
CONTAINER_SECONDS = 20.0
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
_NO = ("no", "false", "off", "0")


class Guarded:
    """One source, made anew when it failed; says why, once for each reason."""

    def __init__(self, name: str, make: Callable[[], Source], outlet: Outlet) -> None:
        self._name, self._make, self._outlet = name, make, outlet
        self._source: Source | None = None
        self._try_at, self._wait, self._why = 0.0, FIRST_WAIT, ""

    def poll(self, now: float, at: int) -> None:
        if now < self._try_at:
            return
        try:
            if self._source is None:
                self._source = self._make()
            self._source.poll(now, at)
            self._wait = FIRST_WAIT
        except Exception as error:
            self._failed(f"{type(error).__name__}: {error}", now, at)

    def close(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _failed(self, why: str, now: float, at: int) -> None:
        self.close()
        self._try_at = now + self._wait
        self._wait = min(LONGEST_WAIT, self._wait * 2)
        if why != self._why:
            self._why = why
            self._outlet.tell("error", f"logs of {self._name} cannot be read: {why}", at)


class TemporaryFolders:
    """Program logs of the machine and, where they can be seen, of its containers."""

    def __init__(self, logs: ProgramLogs, own: Sequence[Folder], look_inside: bool) -> None:
        self._logs, self._own, self._look_inside = logs, own, look_inside
        self._look_at = 0.0

    def poll(self, now: float, at: int) -> None:
        if now >= self._look_at:
            self._look_at = now + CONTAINER_SECONDS
            inside = containers.folders() if self._look_inside else []
            self._logs.look_in([*self._own, *inside])
        self._logs.poll(now, at)

    def close(self) -> None:
        self._logs.close()


def make(options: Options, outlet: Outlet) -> list[Guarded]:
    """The sources that the settings ask for and that this machine has."""
    made: dict[str, Callable[[], Source]] = {}
    if patterns(options):
        made["files"] = lambda: _files(options, outlet)
    if _wanted(options, "programs") and CAN_OPEN_IN_FOLDERS:
        made["programs"] = lambda: _programs(options, outlet)
    if _wanted(options, "journal") and journald.is_there():
        made["the journal"] = lambda: journald.Journal(outlet.marks.get(journald.MARK, ""), outlet)
    elif _wanted(options, "kernel") and kernel.is_there():
        made["the kernel"] = lambda: kernel.Kernel(outlet.marks.get(kernel.MARK, ""), boot_id(), outlet)
    return [Guarded(name, maker, outlet) for name, maker in made.items()]


def patterns(options: Options) -> list[str]:
    return options.get("files", "").replace(",", " ").split()


def folders(options: Options, environment: Mapping[str, str]) -> list[Folder]:
    """The machine's own temporary folders, each under its real name: in `/tmp` itself no link is followed."""
    named = options.get("folders", "").replace(",", " ").split() or ["/tmp", environment.get("TMPDIR", "")]  # noqa: S108
    return [Folder(path) for path in dict.fromkeys(os.path.realpath(name) for name in named if name)]


def _files(options: Options, outlet: Outlet) -> Source:
    asked_before = outlet.marks.get(PATTERNS) == " ".join(patterns(options))
    return files.FileLogs(patterns(options), outlet.marked(files.MARKS), outlet, at_end=not asked_before)


def _programs(options: Options, outlet: Outlet) -> Source:
    saved, ended = outlet.marked(programs.MARKS), outlet.marked(programs.ENDED_MARKS)
    logs = ProgramLogs(saved, ended, outlet, at_end=OFF in outlet.marks)
    return TemporaryFolders(logs, folders(options, os.environ), _wanted(options, "containers"))


def _wanted(options: Options, name: str) -> bool:
    return options.get(name, "yes").strip().lower() not in _NO
