"""What ends a command of the agent without a traceback."""

from __future__ import annotations

import os
from pathlib import Path


class Failed(Exception):
    """What happened, why, and what to do."""


def command(words: str, installed: bool = True) -> str:
    """How to type a command of this agent. Not installed, it is in the one file that this module came from."""
    if not installed:
        return f"python3 {Path(__file__).parents[2]} {words}"
    return f"wacket-agent {words}" if is_root() else f"~/.local/bin/wacket-agent {words}"


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
