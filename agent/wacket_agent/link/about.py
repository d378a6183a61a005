"""What the agent says of its machine at each connection. None of it is secret, and the hub believes none of it."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import sys
from pathlib import Path
from typing import Any, Callable

from wacket_agent import __version__
from wacket_agent.config import Config
from wacket_agent.protocol import machine_hash, plain
from wacket_agent.trust.identity import boot_id, machine_id

OS_NAMES = {"darwin": "macos", "win32": "windows"}
OS_RELEASE = Path("/etc/os-release")
USUAL_SLOTS = 8
MOST_LETTERS = 100  # in one member


class About:
    """Call it for the members of `about` as they are now. What cannot change while the agent runs is asked once."""

    def __init__(self, config: Config, random: Callable[[int], bytes] = os.urandom) -> None:
        self._config = config
        self._lasting = {
            "agent": __version__,
            "python": platform.python_version(),
            "os": OS_NAMES.get(sys.platform, "linux"),
            "system": _short(system_name()),
            "arch": _short(platform.machine()),
            "host": host_name(),
            "machine": machine_hash(machine_id(Path(config.state))),
            "boot": boot_id()[:64],
            "instance": random(8).hex(),
        }

    def __call__(self) -> dict[str, Any]:
        allows, options = self._config.allows, self._config.options.get("commands", {})
        account = options.get("account", "") or own_account()
        return {
            **self._lasting,
            "allows": allows._asdict(),
            "accounts": [_short(account)] if allows.run else [],
            "slots": slots(options.get("slots", "")),
        }


def system_name(os_release: Path = OS_RELEASE) -> str:
    """What people call the operating system."""
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    if sys.platform == "win32":
        return f"Windows {platform.release()} {platform.version()}"
    with contextlib.suppress(OSError):
        for line in os_release.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            if name == "PRETTY_NAME":
                return value.strip().strip("\"'")
    return platform.system()


def host_name() -> str:
    return _short(socket.gethostname().partition(".")[0]) or "nameless"


def slots(text: str) -> int:
    """How many programs run beside each other at most."""
    return int(text) if text.isdecimal() and 0 < int(text) <= 1000 else USUAL_SLOTS


def own_account() -> str:
    """Who the agent runs as."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):  # Windows; an account without a name
        return os.environ.get("USERNAME", "")


def _short(text: str) -> str:
    return plain(text)[:MOST_LETTERS]
