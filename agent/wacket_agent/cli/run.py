"""`wacket-agent run`: what the service runs.

Its two options are read without argparse, and everything else is imported after the nursery has been forked.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Sequence

from wacket_agent.places import default_folder, default_state

USAGE = "usage: wacket-agent run [--config FOLDER] [--state FOLDER]"


def run(argv: Sequence[str]) -> int:
    options = {"--config": "", "--state": ""}
    words = list(argv)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in options or not (equals or words):
            sys.stderr.write(f"{USAGE}\n")
            return 2
        options[name] = value if equals else words.pop(0)
    return start(options["--config"] or default_folder(), options["--state"] or default_state())


def start(folder: str, state: str) -> int:
    """Until the agent ends; then the exit code."""
    nursery = _nursery(state)
    import asyncio

    from wacket_agent.agent import NotJoined, tell
    from wacket_agent.agent import run as run_agent
    from wacket_agent.config import Config

    try:
        asyncio.run(run_agent(Config.load(folder, state), nursery))
    except (NotJoined, OSError, ValueError) as error:
        tell(str(error))
        return 1
    finally:
        if nursery:
            nursery.close()
    return 0


def _nursery(state: str) -> Any:
    if not hasattr(os, "fork"):
        return None  # Windows: the desk starts its runners itself
    from wacket_agent.commands.nursery import start_nursery

    return start_nursery(state)
