"""What a log says of the process that writes it. Each answer is "" or 0 where the system does not tell."""

from __future__ import annotations

import os
import sys


def folder() -> str:
    """Where the agent looks, which is not where this process has its own temporary files."""
    named = os.environ.get("WACKET_LOG_FOLDER")
    if named:
        return named
    return os.environ.get("TEMP", "C:\\Temp") if os.name == "nt" else "/tmp"  # noqa: S108


def program() -> str:
    """The name of the script, of the module for `python -m`, or python."""
    path = (getattr(sys, "argv", None) or [""])[0]
    head, name = os.path.split(path)
    if name == "__main__.py":
        name = os.path.basename(head)  # noqa: PTH119
    return name if name not in ("", "-c", "-") else "python"


def user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return os.environ.get("USERNAME", "")


def start() -> int:
    """When this process began, in clock ticks since boot: with the number of the process it is unique."""
    try:
        with open("/proc/self/stat", "rb") as file:  # noqa: PTH123
            return int(file.read(4096).rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0
