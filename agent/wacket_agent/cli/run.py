"""`wacket-agent run`: what the service runs.

Its two options are read without argparse, and everything else is imported after the nursery has been forked.
"""

from __future__ import annotations

import os
import sys

from wacket_agent.places import default_folder, default_state

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Any, Sequence

USAGE = "usage: wacket-agent run [--config FOLDER] [--state FOLDER]"
UNTIL_EOF = "--until-eof"  # for who starts it for themselves: it ends with them, however they end


def run(argv: Sequence[str]) -> int:
    options = {"--config": "", "--state": ""}
    words = [word for word in argv if word != UNTIL_EOF]
    ends_with_input = len(words) < len(argv)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in options or not (equals or words):
            sys.stderr.write(f"{USAGE}\n")
            return 2
        options[name] = value if equals else words.pop(0)
    return start(options["--config"] or default_folder(), options["--state"] or default_state(), ends_with_input)


def start(folder: str, state: str, ends_with_input: bool = False) -> int:
    """Until the agent ends; then the exit code."""
    nursery = _nursery(state)
    if ends_with_input:
        _end_with_input()
    try:
        return _be_the_agent(folder, state, nursery)
    finally:
        if nursery:
            nursery.close()


def _be_the_agent(folder: str, state: str, nursery: Any) -> int:
    import asyncio

    from wacket_agent import memory_cap
    from wacket_agent.config import Config

    memory_cap.cap()
    memory_cap.share_heap()
    try:
        config = Config.load(folder, state)
        from wacket_agent import agent

        asyncio.run(agent.run(config, nursery))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"wacket-agent: {error}\n")
        return 1
    return 0


def _end_with_input() -> None:
    import signal
    import threading

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="input", daemon=True).start()


def _nursery(state: str) -> Any:
    if not hasattr(os, "fork"):
        return None  # Windows: the desk starts its runners itself
    from wacket_agent.commands.nursery import start_nursery

    return start_nursery(state)
