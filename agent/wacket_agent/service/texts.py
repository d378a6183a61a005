"""The files that an installation writes: the unit of systemd, and the command. Pure: text from what is wanted."""

from __future__ import annotations

import re
from typing import NamedTuple, Sequence

from wacket_agent.service.places import ACCOUNT, Places

_PLAIN = re.compile(r"[A-Za-z0-9_./@:+,=-]+")


class Wishes(NamedTuple):
    """What the unit depends on. `steps`: this systemd can wait longer after each failure (254 and newer)."""

    python: str
    as_root: bool
    groups: Sequence[str]
    steps: bool
    kill_all: bool = False


def unit(places: Places, wishes: Wishes) -> str:
    run = (wishes.python, "-I", places.program, "run", "--config", places.config, "--state", places.state)
    return "\n".join(
        [
            "# Written by `wacket-agent join`; done again it is written again. Your own settings belong into",
            "# `systemctl edit wacket-agent`.",
            "[Unit]",
            "Description=Wacket agent: reports to the hub and runs what the owner allows",
            "After=network.target",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={' '.join(_word(str(part)) for part in run)}",
            *_who(places, wishes),
            "Restart=always",
            *_back_off(wishes),
            "# Programs that were started for the hub outlive the agent, which finds them again.",
            f"KillMode={'control-group' if wishes.kill_all else 'process'}",
            "OOMPolicy=continue",
            "# Each of them gets a group of processes of its own. So no MemoryMax here: it would count them, too.",
            "# The agent limits its own memory.",
            "Delegate=yes",
            "Environment=MALLOC_ARENA_MAX=1",
            "",
            "[Install]",
            f"WantedBy={'multi-user.target' if places.system else 'default.target'}",
            "",
        ]
    )


def command(places: Places, python: str) -> str:
    return f'#!/bin/sh\nexec {_quoted(python)} -I {_quoted(str(places.program))} "$@"\n'


def cron_line(places: Places) -> str:
    return f"@reboot {_quoted(str(places.command))} run"


def _who(places: Places, wishes: Wishes) -> list[str]:
    if not places.system or wishes.as_root:
        return []
    groups = [f"SupplementaryGroups={' '.join(wishes.groups)}"] if wishes.groups else []
    return [f"User={ACCOUNT}", *groups, "NoNewPrivileges=yes"]


def _back_off(wishes: Wishes) -> list[str]:
    return ["RestartSec=2", "RestartSteps=6", "RestartMaxDelaySec=120"] if wishes.steps else ["RestartSec=10"]


def _word(text: str) -> str:
    """One word of ExecStart: systemd reads % and $ and quotes in it."""
    if _PLAIN.fullmatch(text):
        return text
    _refuse_lines(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _quoted(text: str) -> str:
    _refuse_lines(text)
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\"'\"'") + "'"


def _refuse_lines(text: str) -> None:
    if any(letter < " " for letter in text):
        raise ValueError(f"{text!r} cannot be a path of the agent: it has a line break or the like in it")
