"""`wacket-agent rekey`: throws away key, journal and numbering, and joins as a new node. For a machine whose card was
copied from another one's.
"""

from __future__ import annotations

import argparse
import sys

from wacket_agent import rejoining, service
from wacket_agent.cli.failing import Failed
from wacket_agent.cli.join import add_token_options, read_token
from wacket_agent.config import Config
from wacket_agent.link.about import host_name
from wacket_agent.trust.opening import Joining


def add(parser: argparse.ArgumentParser) -> None:
    add_token_options(parser)


def call(options: argparse.Namespace) -> None:
    config = Config.load(options.config, options.state)
    token = read_token(options)
    if token.hub != config.pin:
        raise Failed("this token is of another hub than the one that this machine belongs to")
    rejoining.ask(options.state, Joining(token.id, token.secret, options.name or host_name()))
    when = "now" if service.restart(options.config, options.state) else "when it is started again; do that"
    sys.stdout.write(f"The agent joins as a new node {when}. Nothing of the old one is kept here.\n")
