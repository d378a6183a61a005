"""Collectors that a site adds by itself: programs in any language in a folder, which print lines.

`30-rain.sh` is run every 30 seconds. A line that it prints is `name:value` pairs, or Influx line protocol, or else text
for a log. What it prints to standard error, and how it failed, is told when it changes. Whoever may write such a file
may act as the agent: only files are run that nobody but root and the agent's own account can change.
Does not watch the folder; it is asked to look.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any, Iterable, Iterator

from wacket_agent import lines
from wacket_agent.collectors import LIMIT, Collector
from wacket_agent.collectors._context import Context
from wacket_agent.collectors._programs import ENVIRONMENT, Ran, run
from wacket_agent.lines import Log, Point

MOST_FILES = 100
MOST_LINES = 1000
LONGEST_LINE = 8192  # characters; the rest of a line is cut
LONGEST_OUTPUT = 256 * 1024  # bytes; more than that ends the program
LONGEST_RUN = 30.0  # seconds
LONGEST_PERIOD = 7 * 86400
MISNAMED = "its name must be SECONDS-NAME, as 30-rain.sh, with a-z, 0-9, - and _"

_NAME = re.compile(r"(\d{1,6})-([A-Za-z0-9_-]{1,60})(?:\.[A-Za-z0-9]{1,10})?")
_PAIR = re.compile(r"([A-Za-z_][\w./-]{0,119})[:=]([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?)")
_BETWEEN_PAIRS = re.compile(r"[\s,;]+")


class DropIns:
    """The programs in one folder; "" is none. `owners` are the accounts whose files are run."""

    def __init__(self, folder: str, owners: Iterable[int] | None = None) -> None:
        self._folder = folder and os.path.abspath(folder)  # noqa: PTH100 - programs are begun elsewhere
        self._owners = {0, os.geteuid()} if owners is None and hasattr(os, "geteuid") else set(owners or ())

    def look(self) -> tuple[list[Collector], dict[str, str]]:
        """What may be run now, and why the other files may not, by name."""
        found, refused = [], {}
        for path in self._paths():
            made = collector(path)
            why = self._unfit(path.parent) or self._unfit(path) or ("" if made else MISNAMED)
            if made and not why:
                found.append(made)
            else:
                refused[path.name] = why
        return found, refused

    def _paths(self) -> list[Path]:
        if not self._folder or not self._owners:  # where files have no owners nobody can tell who wrote them
            return []
        try:
            paths = sorted(
                path for path in Path(self._folder).iterdir() if path.name[0] != "." and path.name[-1] != "~"
            )
        except OSError:
            return []
        return paths[:MOST_FILES]

    def _unfit(self, path: Path) -> str:
        """Why somebody else could have changed it, or why it cannot be run; "" if it is fit."""
        try:
            found = path.stat()
        except OSError as error:
            return f"{path}: {error.strerror}"
        if found.st_uid not in self._owners:
            return f"{path} belongs to account {found.st_uid}; it must be root's or the agent's own: chown root {path}"
        if found.st_mode & (stat.S_IWOTH | stat.S_IWGRP):
            return f"others may write to {path}: chmod go-w {path}"
        if stat.S_ISDIR(found.st_mode):
            return "" if path == Path(self._folder) else "it is a folder"
        if not stat.S_ISREG(found.st_mode):
            return "it is no file"
        return "" if os.access(path, os.X_OK) else f"it is not executable: chmod +x {path}"


def collector(path: Path) -> Collector | None:
    """The program as a collector; None where its name does not say how often."""
    match = _NAME.fullmatch(path.name)
    if not match or not 0 < int(match[1]) <= LONGEST_PERIOD:
        return None
    period, name = float(match[1]), match[2]
    limit = min(period, LONGEST_RUN)

    def collect(context: Context) -> Iterator[Any]:
        return told(execute(path, limit), name, context)

    # The program is ended at its limit; the collector has a little longer, to tell that.
    return Collector(path.name, period, limit + LIMIT, collect, name)


def execute(path: Path, seconds: float) -> Ran:
    return run([str(path)], seconds, LONGEST_OUTPUT, {**ENVIRONMENT, "LC_ALL": "C.UTF-8"}, str(path.parent))


def told(ran: Ran, name: str, context: Context) -> Iterator[Any]:
    """Points, logs and lines of what the program printed."""
    printed = ran.out.splitlines()
    for line in printed[:MOST_LINES]:
        if line.strip():
            yield understood(line.strip()[:LONGEST_LINE], name)
    trouble = ran.err.strip()[:LONGEST_LINE]
    if len(printed) > MOST_LINES:
        trouble = f"{len(printed) - MOST_LINES} lines were left out; {trouble}"
    if ran.why or ran.exit:
        ending = f"was ended: {ran.why}" if ran.why else f"ended with exit code {ran.exit}"
        trouble = f"{ending}; {trouble}"
    if context.changed("trouble", trouble) and trouble:
        yield Log(trouble.rstrip("; "), "warn")


def understood(line: str, name: str) -> Any:
    """A point of `name:value` pairs, a line of Influx as it is, or a log."""
    pairs = [_PAIR.fullmatch(part) for part in _BETWEEN_PAIRS.split(line)]
    if all(pairs):
        return Point(name, {pair[1]: float(pair[2]) for pair in pairs if pair})
    return line if lines.parsed(line, 0) else Log(line)
