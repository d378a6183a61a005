"""How many installed packages have a newer version, as the package manager of the system knows it.

Never refreshes its lists and installs nothing: how old the lists are is the owner's affair. Once a day, for it may take
a processor for many seconds, and not while machine and agent have just started.
"""

from __future__ import annotations

import re
from typing import Callable, Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.collectors._programs import Ran
from wacket_agent.lines import Log, Point

PERIOD = 86400.0
LIMIT = 300.0
AFTER = 120.0
RUN_SECONDS = 120.0
NICE = ("nice", "-n", "19")


class Update(NamedTuple):
    package: str
    version: str
    security: bool = False


class Manager(NamedTuple):
    """`there` is a file that only its systems have; `good` are the exit codes that are no failure."""

    name: str
    there: str
    argv: tuple[str, ...]
    read: Callable[[str], Iterator[Update]]
    good: tuple[int, ...] = (0,)


def collect(context: Context) -> Iterator[Point | Log]:
    manager = next((one for one in MANAGERS if context.exists(one.there)), None)
    if manager is None:
        raise Absent("no package manager that is known here")
    ran: Ran = context.run(*NICE, *manager.argv, seconds=RUN_SECONDS)
    if ran.exit not in manager.good or ran.why:
        raise OSError(f"{manager.name}: {ran.why or ran.err.strip() or ran.exit}")
    updates = sorted(set(manager.read(ran.out)))
    security = [update for update in updates if update.security]
    known = {"security": len(security)} if manager.name == "apt" else {}  # the others do not tell it apart
    yield Point("packages", {"to_update": len(updates), **known})
    if context.changed("updates", updates, before=[]):
        listed = [update._asdict() for update in [*security, *(one for one in updates if not one.security)]]
        yield Log(f"{len(updates)} packages have a newer version", "info", {"packages": listed})


def apt(text: str) -> Iterator[Update]:
    """`Inst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])`"""
    for line in text.splitlines():
        found = re.match(r"Inst (\S+) (?:\[\S+\] )?\((\S+) (.*)", line)
        if found:
            yield Update(found[1], found[2], "security" in found[3].lower())


def dnf(text: str) -> Iterator[Update]:
    """`openssl.x86_64   1:3.0.9-2.fc38   updates`; what follows on obsoleted packages is none."""
    for line in text.partition("\nObsoleting ")[0].splitlines():
        words = line.split()
        if len(words) == 3 and "." in words[0]:
            yield Update(words[0].rpartition(".")[0], words[1])


def apk(text: str) -> Iterator[Update]:
    """`busybox-1.36.1-r4  < 1.36.1-r5`"""
    for line in text.splitlines():
        found = re.match(r"(\S+)-\d\S*-r\d+\s+<\s+(\S+)", line)
        if found:
            yield Update(found[1], found[2])


def pacman(text: str) -> Iterator[Update]:
    """`linux 6.5.1-1 -> 6.5.2-1`, and `[ignored]` behind what the owner keeps back."""
    for line in text.splitlines():
        words = line.split()
        if len(words) == 4 and words[2] == "->":
            yield Update(words[0], words[3])


def brew(text: str) -> Iterator[Update]:
    """`git (2.42.0) < 2.43.0`"""
    for line in text.splitlines():
        found = re.match(r"(\S+) \(.*\) (?:<|!=) (\S+)", line)
        if found:
            yield Update(found[1], found[2])


_BREW = ("env", "HOMEBREW_NO_AUTO_UPDATE=1", "brew", "outdated", "--verbose")
MANAGERS = (
    Manager("apt", "/usr/bin/apt-get", ("apt-get", "-s", "-q", "-o", "Debug::NoLocking=true", "dist-upgrade"), apt),
    Manager("dnf", "/usr/bin/dnf", ("dnf", "-q", "-C", "check-update"), dnf, (0, 100)),
    Manager("apk", "/sbin/apk", ("apk", "--no-network", "version", "-l", "<"), apk),
    Manager("pacman", "/usr/bin/pacman", ("pacman", "-Qu"), pacman, (0, 1)),
    Manager("brew", "/opt/homebrew/bin/brew", _BREW, brew),
    Manager("brew", "/usr/local/bin/brew", _BREW, brew),
)
