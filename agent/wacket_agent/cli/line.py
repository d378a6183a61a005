"""Reads a command line of the agent, and calls the command that it names.

`run` is not among them: `wacket_agent.__main__` calls that by itself, because it must stay small.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Sequence

from wacket_agent import __version__
from wacket_agent.cli.failing import Failed
from wacket_agent.places import default_folder, default_state

COMMANDS = {
    "join": "make this machine a node of a hub, and install the agent",
    "status": "how the agent stands, and what is allowed",
    "allow": "allow the hub more on this machine",
    "deny": "allow the hub less on this machine",
    "rekey": "make this machine a new node, as a copy of another one's card must be",
    "uninstall": "remove the agent from this machine",
}
RUN = "be the agent, in the foreground; this is what the service runs"


def call(argv: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    parser = _parser(argv)
    options = parser.parse_args(argv)
    if options.self_test:
        from wacket_agent.cli.selftest import selftest

        return selftest()
    if not options.command:
        parser.print_help()
        return 2
    try:
        importlib.import_module(f"wacket_agent.cli.{options.command}").call(options)
    except (Failed, OSError, ValueError) as error:
        sys.stderr.write(f"wacket-agent: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("wacket-agent", description="Makes this machine part of the place.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--self-test", action="store_true", help="whether everything that the agent needs is here")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, what in COMMANDS.items():
        one = commands.add_parser(name, help=what, description=what)
        one.add_argument("--config", type=Path, metavar="FOLDER", default=default_folder(), help="of agent.conf")
        one.add_argument("--state", type=Path, metavar="FOLDER", default=default_state(), help="of key and journal")
        if name in argv:  # the others would only make the start slower
            importlib.import_module(f"wacket_agent.cli.{name}").add(one)
    commands.add_parser("run", help=RUN)
    return parser
