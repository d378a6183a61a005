"""`wacket-agent allow run root`: changes [allow] in agent.conf. A running agent follows within seconds."""

from __future__ import annotations

import argparse
import sys

from wacket_agent.cli import conf_text
from wacket_agent.cli.failing import Failed
from wacket_agent.config import FILE, Allows, Config, parse
from wacket_agent.disk import write_whole

NEEDS_SERVICE = {"root", "logs"}
MODE = 0o644  # the agent's account reads it, and only the owner of the machine writes it


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="+", choices=Allows._fields, metavar="WHAT", help=", ".join(Allows._fields))


def call(options: argparse.Namespace) -> None:
    change(options, "yes")


def change(options: argparse.Namespace, value: str) -> None:
    path = options.config / FILE
    Config.load(options.config, options.state)  # says what is wrong with the file, if anything is
    text = path.read_text("utf-8")
    for what in options.what:
        text = conf_text.with_value(text, "allow", what, value)
    parse(text, str(path))
    try:
        write_whole(path, text.encode(), MODE)
    except PermissionError:
        raise Failed(f"{path} is for the owner of this machine to change: try again as that account") from None
    sys.stdout.write(f"{sentence(Config.load(options.config, options.state).allows)}\n")
    if NEEDS_SERVICE.intersection(options.what):
        _adjust_service(options)


def _adjust_service(options: argparse.Namespace) -> None:
    """As whom the service runs, and what it can read, is decided when it is installed."""
    from wacket_agent import service

    if service.status(options.config, options.state) != "not installed":
        service.install(options.config, options.state)


def sentence(allows: Allows) -> str:
    yes = [name for name, value in allows._asdict().items() if value]
    no = [name for name, value in allows._asdict().items() if not value]
    return f"The hub may have: {', '.join(yes) or 'nothing'}. It may not: {', '.join(no) or 'there is nothing else'}."
