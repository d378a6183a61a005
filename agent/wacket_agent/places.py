"""The usual folders of an agent: of the machine for root, of the account for anybody else.

Without pathlib, because the process that watches programs needs to know them before anything large is loaded.
"""

from __future__ import annotations

import os
import sys

NAME = "wacket-agent"


def default_folder() -> str:
    """Where agent.conf is."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), NAME)  # noqa: PTH118
    if os.geteuid() == 0:
        return f"/etc/{NAME}"
    return _of_account("XDG_CONFIG_HOME", ".config")


def default_state() -> str:
    """Where the key, the journal and the output of programs are."""
    if sys.platform == "win32":
        return os.path.join(default_folder(), "state")  # noqa: PTH118
    if os.geteuid() == 0:
        return f"/var/lib/{NAME}"
    return _of_account("XDG_STATE_HOME", ".local/state")


def _of_account(variable: str, otherwise: str) -> str:
    home = os.environ.get(variable) or f"{os.path.expanduser('~')}/{otherwise}"  # noqa: PTH111
    return f"{home}/{NAME}"
