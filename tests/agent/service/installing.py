"""A machine to install the agent on: below a root folder, with programs of the system that write down their calls."""

from __future__ import annotations

import os
import sys

import pytest

from wacket_agent import service
from wacket_agent.service.machine import Machine
from wacket_agent.service.places import of_account, of_machine

PROGRAM = b"#!/usr/bin/env python3\nthe agent"
SETTINGS = f"[hub]\naddress = http://127.0.0.1:8080\npin = {'0' * 64}\n"
UID, GID = 61234, 61235

INSTALLS = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="systemd is not there")]
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")

FAKES = {
    "systemctl": """
case "$*" in
  *--version) echo "systemd $VERSION (x)" ;;
  *show-environment) [ -n "$USER_SYSTEMD" ] ;;
  *is-active*) [ -e "$WORLD/active" ] ;;
  *restart*) touch "$WORLD/active" ;;
  *disable*) cp "$UNIT" "$WORLD/unit-at-the-end" && rm -f "$WORLD/active" ;;
esac
""",
    "useradd": 'touch "$WORLD/account"',
    "userdel": 'rm "$WORLD/account"',
}


class Fake(Machine):
    def __init__(self, world, is_root=True):
        super().__init__(world / "root")
        self._world, self._is_root = world, is_root

    @property
    def is_root(self):
        return self._is_root

    def account(self, name):
        return (UID, GID) if (self._world / "account").exists() else None

    def groups(self, names):
        return [name for name in names if name == "adm"]


class World:
    """A machine to install on: what is said, and what was called."""

    def __init__(self, folder, monkeypatch, is_root):
        self.folder, self.root, self.told = folder, folder / "root", []
        self.config, self.state = self.root / "etc/wacket-agent", self.root / "var/lib/wacket-agent"
        for made in (self.config, self.state, folder / "bin", folder / "home"):
            made.mkdir(parents=True)
        (self.config / "agent.conf").write_text(SETTINGS)
        (self.state / "node.key").write_text("secret")
        for name, text in FAKES.items():
            fake = folder / "bin" / name
            fake.write_text(f'#!/bin/sh\necho "{name} $*" >> "$WORLD/calls"\n{text}\n')
            fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
        monkeypatch.setenv("HOME", str(folder / "home"))
        self.machine = Fake(folder, is_root)
        place = of_machine if is_root else of_account
        self.places = place(self.root if is_root else folder / "home", self.config, self.state)
        for name, value in {"WORLD": folder, "VERSION": "252", "UNIT": self.places.unit, "USER_SYSTEMD": "1"}.items():
            monkeypatch.setenv(name, str(value))

    def boot(self):
        (self.root / "run/systemd/system").mkdir(parents=True)

    def allow(self, text):
        (self.config / "agent.conf").write_text(f"{SETTINGS}[allow]\n{text}\n")

    def install(self, content=PROGRAM):
        service.install(self.config, self.state, self.machine, content, self.told.append)
        return self.calls()

    def uninstall(self):
        service.uninstall(self.config, self.state, self.machine, self.told.append)
        return self.calls()

    def calls(self):
        """Those since the last look that change something."""
        path = self.folder / "calls"
        called = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [
            call for call in called if not call.endswith(("--version", "show-environment")) and "is-active" not in call
        ]

    def unit(self):
        return self.places.unit.read_text()
