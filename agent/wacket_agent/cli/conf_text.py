"""The text of `agent.conf`: a first one that explains itself, and single values changed in one that people have
edited. Pure.
"""

from __future__ import annotations

import re

FIRST = """\
# What this machine's agent does. Changes count at once, except for the address, which counts at the next connection.

[hub]
# Where the hub is, and the fingerprint of its key: the agent speaks to no other hub.
address = {address}
pin = {pin}

[allow]
# What you let the hub have. Only this file decides: the hub shows it and cannot change it. yes or no.
#
# metrics: numbers about this machine, such as load, memory, disks, temperatures, and the names of its programs.
metrics = yes
# logs: what the system and its programs write into their logs, and news: who logs in, what is plugged in, which
# programs are busiest and which listen on ports.
logs = yes
# run: people with that right at the hub may run commands and programs here, under the agent's own account.
run = no
# root: they may run them as root too. Then they can do everything to this machine.
root = no
# shell: they may open a terminal here.
shell = no
# files: they may look at the files here and fetch or change them.
files = no

[collect]
# How often a collector is asked, or that it is not: disk = 60, usb = off

[collect.watched]
# What should be running here, by its name, its script or its pid file: web = nginx, demo = demo.py, db = /run/db.pid

[logs]
# Files to read besides the system's own, patterns allowed: files = /var/log/nginx/*.log

[keep]
# How long and how much is kept here while the hub cannot be reached: days = 7, bytes = 256M

[commands]
# How many programs run beside each other at most: slots = 8
"""


def first(address: str, pin: str) -> str:
    return FIRST.format(address=address, pin=pin)


def with_value(text: str, section: str, option: str, value: str) -> str:
    """The same text with one value changed; what people wrote around it stays as it is."""
    lines = text.splitlines()
    start = _start(lines, section)
    if start is None:
        return "\n".join([*lines, "", f"[{section}]", f"{option} = {value}", ""]).lstrip("\n")
    end = next((place for place in range(start, len(lines)) if _is_header(lines[place])), len(lines))
    setting = re.compile(rf"{re.escape(option)}\s*[=:].*", re.IGNORECASE)
    there = [place for place in range(start, end) if setting.fullmatch(lines[place])]
    if there:
        lines[there[0]] = f"{option} = {value}"
    else:
        while end > start and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, f"{option} = {value}")
    return "\n".join(lines) + "\n"


def _start(lines: list[str], section: str) -> int | None:
    """The line after the section's header."""
    return next((place + 1 for place, line in enumerate(lines) if line.strip().startswith(f"[{section}]")), None)


def _is_header(line: str) -> bool:
    return line.startswith("[")
