"""Where an installation puts its files: for the whole machine, or for one account. Touches nothing."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

NAME = "wacket-agent"
UNIT = f"{NAME}.service"
ACCOUNT = "wacket"


class Places(NamedTuple):
    """`system`: of the machine, by root; otherwise of the account that installs it."""

    system: bool
    folder: Path  # of the program; nothing else is in it, so it can be removed as a whole
    command: Path
    unit: Path
    config: Path
    state: Path
    home: Path | None = None  # of the account; what is empty below it afterwards was made for the agent

    @property
    def program(self) -> Path:
        return self.folder / f"{NAME}.pyz"

    @property
    def made_account(self) -> Path:
        """Is there if the account was made for the agent, and may go with it."""
        return self.folder / "made-account"


def of_machine(root: Path, config: Path, state: Path) -> Places:
    local = root / "usr/local"
    unit = root / "etc/systemd/system" / UNIT
    return Places(True, local / "lib" / NAME, local / "bin" / NAME, unit, config, state)


def of_account(home: Path, config: Path, state: Path) -> Places:
    local = home / ".local"
    unit = home / ".config/systemd/user" / UNIT
    return Places(False, local / "lib" / NAME, local / "bin" / NAME, unit, config, state, home)
