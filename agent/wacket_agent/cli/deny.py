"""`wacket-agent deny run`: takes back what `allow` gave."""

from __future__ import annotations

import argparse

from wacket_agent.cli.allow import add, change

__all__ = ["add", "call"]


def call(options: argparse.Namespace) -> None:
    change(options, "no")
