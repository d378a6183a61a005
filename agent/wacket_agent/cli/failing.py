"""What ends a command of the agent without a traceback."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path

from wacket_agent.places import default_folder, default_state


class Failed(Exception):
    """What happened, why, and what to do."""


def command(words: str, options: argparse.Namespace, installed: bool = True) -> str:
    """How to type a command of this agent. Not installed, it is in the one file that this module came from."""
    program = "wacket-agent" if is_root() else "~/.local/bin/wacket-agent"
    typed = program if installed else f"python3 {shlex.quote(str(Path(__file__).parents[2]))}"
    for option, folder, usual in (
        ("--config", options.config, default_folder()),
        ("--state", options.state, default_state()),
    ):
        if Path(folder) != Path(usual):
            words += f" {option} {shlex.quote(str(folder))}"
    return f"{typed} {words}"


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
