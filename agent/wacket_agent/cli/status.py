"""`wacket-agent status`: how the agent stands. Its exit code is 0 also when it is not connected."""

from __future__ import annotations

import argparse
import json
import sys
import time

from wacket_agent import service, status
from wacket_agent.cli.allow import sentence
from wacket_agent.config import Config

SENTENCES = {
    "connecting": "The agent connects to {hub}.",
    "connected": "The agent is connected to {hub} as {name}, code {code}.",
    "pending": "The agent waits to be accepted at {hub} as {name}, code {code}: {why}",
    "refused": "The hub at {hub} refuses this machine: {why}",
    "away": "The agent is not connected to {hub}: {why}",
    "stopped": "The agent does not run.",
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def call(options: argparse.Namespace) -> None:
    config = Config.load(options.config, options.state)
    members = {"state": "stopped", "hub": config.hub, **status.read(options.state)}
    if options.json:
        sys.stdout.write(json.dumps({**members, "allows": config.allows._asdict()}) + "\n")
        return
    words = {"name": "", "code": "", "why": "", **members}
    lines = [SENTENCES.get(words["state"], "The agent is {state}.").format(**words)]
    if words["state"] == "stopped":
        lines.append(f"Here it is {service.status(options.config, options.state)}.")
    if "since" in members:
        lines.append(time.strftime("Since %Y-%m-%d %H:%M:%S.", time.localtime(members["since"] / 1_000_000)))
    lines += [sentence(config.allows), members.get("trouble", "")]
    lines += [f"Not told, because it fails: {name}: {why}" for name, why in members.get("failing", {}).items()]
    sys.stdout.write("\n".join(filter(None, lines)) + "\n")
