"""What ends a command of the agent without a traceback."""

from __future__ import annotations

import sys
from pathlib import Path


class Failed(Exception):
    """What happened, why, and what to do."""


def command(words: str) -> str:
    """How to type a command of this agent, as it was called just now."""
    program = Path(sys.argv[0])
    return f"python3 {program} {words}" if program.suffix == ".pyz" else f"wacket-agent {words}"
