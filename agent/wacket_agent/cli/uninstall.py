"""`wacket-agent uninstall`: the service, the settings, the key and the journal go; nothing is left."""

from __future__ import annotations

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def call(options: argparse.Namespace) -> None:
    from wacket_agent import service

    service.uninstall(options.config, options.state)
