"""A cgroup (version 2) of its own for each command, where the agent may make one: under systemd with Delegate=yes.

With it nothing escapes when the command is ended, and its memory is measured as a whole. Where there is none, the tree
of processes has to do (tree.py). Limits are not set here.
"""

# ruff: noqa: PTH102, PTH106, PTH110, PTH116, PTH118, PTH123, PTH208

from __future__ import annotations

import contextlib
import os

_NAMES = "command-"
_NEW = 60  # seconds


def make() -> str | None:
    """The folder of a new cgroup below our own, or None where that is not possible."""
    parent = _own_folder()
    if parent is None:
        return None
    folder = os.path.join(parent, f"{_NAMES}{os.urandom(8).hex()}")
    try:
        os.mkdir(folder)
        if os.access(os.path.join(folder, "cgroup.procs"), os.W_OK):
            return folder
        os.rmdir(folder)
    except OSError:
        pass
    return None


def enter(folder: str) -> None:
    """Move this process. A cgroup that cannot be entered is none: OSError."""
    with open(os.path.join(folder, "cgroup.procs"), "wb", buffering=0) as file:
        file.write(b"0")


def members(folder: str) -> list[int]:
    try:
        with open(os.path.join(folder, "cgroup.procs"), "rb", buffering=0) as file:
            return [int(pid) for pid in file.read().split()]
    except (OSError, ValueError):
        return []


def kill(folder: str) -> bool:
    """All of them at once, also those that are just being made (Linux 5.14). False where this is not known."""
    try:
        with open(os.path.join(folder, "cgroup.kill"), "wb", buffering=0) as file:
            file.write(b"1")
    except OSError:
        return False
    return True


def peak(folder: str) -> int:
    """The most memory in bytes; 0 where it is not measured."""
    try:
        with open(os.path.join(folder, "memory.peak"), "rb", buffering=0) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def remove(folder: str) -> None:
    """Stays if something the program left in the background is still in it; then `sweep` takes it later."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def sweep(now: float) -> None:
    """Remove the empty ones: of programs whose background ended later than they, and of runners that were killed.

    `now` is in seconds since 1970. One that is new may be about to be used, by a runner of another agent too.
    """
    parent = _own_folder()
    for name in os.listdir(parent) if parent else ():
        folder = os.path.join(parent or "", name)
        with contextlib.suppress(OSError):
            if name.startswith(_NAMES) and os.stat(folder).st_mtime < now - _NEW:
                remove(folder)


def _own_folder() -> str | None:
    """Where version 2 is mounted, and where we are in it. Version 1 and its mixtures are not used for more."""
    try:
        with open("/proc/self/cgroup", "rb", buffering=0) as file:
            ours = [line[3:] for line in file.read().decode().splitlines() if line.startswith("0::")]
    except (OSError, ValueError):
        return None
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if ours and os.path.exists(os.path.join(root, "cgroup.procs")):
            folder = root + (ours[0] if ours[0] != "/" else "")
            return folder if os.access(folder, os.W_OK) else None
    return None
