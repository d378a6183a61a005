"""Who carries out a command: decided by one file, whose lock says whether that one still lives.

The file says `RUNNER CGROUP`: the runner's process id, and the folder of the cgroup if there is one.

Whoever holds the lock and finds the file empty writes into it, and has the command. A runner keeps the lock until it
ends, however it ends; so a written claim that can be locked belongs to the dead. No process id is ever compared.
A claim is not synced: it holds within one boot of the machine, and the desk knows in which boot it accepted a command.
"""

from __future__ import annotations

import os

from wacket_agent.commands.locks import try_lock

FREE, ALIVE, DEAD = "free", "alive", "dead"


def take(path: str, text: str) -> int | None:
    """The descriptor to keep open for as long as one works on the command, or None: somebody has it already."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    except FileNotFoundError:  # the folder is gone: the command was ended otherwise
        return None
    if try_lock(file) and not os.read(file, 1):
        os.write(file, text.encode())
        return file
    os.close(file)
    return None


def look(path: str) -> tuple[str, str]:
    """(FREE, ALIVE or DEAD, what the claimer wrote). Never keeps somebody from taking it: a free one is not locked."""
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return FREE, ""
    try:
        text = os.read(file, 4096).decode("utf-8", "replace")
        if not text:
            return FREE, ""
        return (DEAD if try_lock(file) else ALIVE), text
    finally:
        os.close(file)
