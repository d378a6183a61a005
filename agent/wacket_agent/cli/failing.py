"""What ends a command of the agent without a traceback."""

from __future__ import annotations

from pathlib import Path


class Failed(Exception):
    """What happened, why, and what to do."""


def command(words: str) -> str:
    """How to type a command of this agent: by the one file that this module may be in."""
    archive = Path(__file__).parents[2]
    return f"python3 {archive} {words}" if archive.is_file() else f"wacket-agent {words}"
