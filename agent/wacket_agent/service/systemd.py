"""Talks to systemd: of the machine, or of an account."""

from __future__ import annotations

import re

from wacket_agent.service.machine import Machine
from wacket_agent.service.places import UNIT

_STEPS_SINCE = 254


class Systemd:
    def __init__(self, machine: Machine, system: bool) -> None:
        self._machine = machine
        self._who = () if system else ("--user",)
        self._system = system

    def is_here(self) -> bool:
        """Whether it manages this machine, or this login, and not only lies on its disk."""
        if self._system:
            return self._machine.has_systemd() and self._ask("--version") is not None
        return self._ask("show-environment") is not None

    def has_steps(self) -> bool:
        found = re.match(r"systemd (\d+)", self._ask("--version") or "")
        return bool(found and int(found[1]) >= _STEPS_SINCE)

    def is_active(self) -> bool:
        return self._ask("is-active", UNIT) is not None

    def start(self, unit_changed: bool, anything_changed: bool) -> None:
        """Have the unit running as it is now, also after the next start. Raises OSError."""
        if unit_changed:
            self._do("daemon-reload")
        self._do("enable", UNIT)
        if anything_changed or not self.is_active():
            self._do("restart", UNIT)

    def restart(self) -> None:
        self._do("restart", UNIT)

    def reload(self) -> None:
        self._do("daemon-reload")

    def stop(self) -> None:
        self._ask("disable", "--now", UNIT)

    def _ask(self, *words: str) -> str | None:
        return self._machine.run("systemctl", *self._who, *words)

    def _do(self, *words: str) -> None:
        if self._ask(*words) is None:
            command = " ".join(("systemctl", *self._who, *words))
            raise OSError(f"`{command}` failed; run it yourself to see why, then join again")
