"""Who this node is: its key, the machine it runs on, and the boot that the machine is in.

The key is the node; it is made here and never leaves. The machine's id tells a machine that joins again from another
one, and a cloned card from its original; it is only ever sent as a hash (`protocol.machine_hash`).
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import Any, Callable, Sequence

from wacket_agent.disk import write_whole
from wacket_agent.protocol import fingerprint
from wacket_agent.trust import signatures

KEY_FILE = "node.key"
MACHINE_FILE = "machine-id"
MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")
ASK_SECONDS = 10.0  # for a program of the system to answer


class Identity:
    """The node's key. `key_id` is what the hub and commands call the node by."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self.public = signatures.public_key(seed)
        self.key_id = fingerprint(self.public)

    @classmethod
    def load(cls, state: Path) -> Identity | None:
        """None if there is no key yet. ValueError if the file holds something else: it is not replaced in silence,
        because the node would become another one.
        """
        path = state / KEY_FILE
        try:
            text = path.read_text("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        try:
            return cls(bytes.fromhex(text))
        except ValueError:
            raise ValueError(f"{path} holds no key: delete it and join again, as a new node") from None

    @classmethod
    def load_or_make(cls, state: Path, random: Callable[[int], bytes] = os.urandom) -> Identity:
        return cls.load(state) or cls.make(state, random)

    @classmethod
    def make(cls, state: Path, random: Callable[[int], bytes] = os.urandom) -> Identity:
        """A new key, in place of the one that may be there."""
        seed = random(32)
        write_whole(state / KEY_FILE, seed.hex().encode() + b"\n", 0o600)
        return cls(seed)

    def sign(self, text: bytes) -> bytes:
        return signatures.sign(self._seed, text)


def machine_id(state: Path, files: Sequence[Path] = MACHINE_FILES) -> str:
    """The operating system's name for this machine; where it has none, one that is made once and kept in `state`."""
    asked = {"darwin": _mac_id, "win32": _windows_id}.get(sys.platform)
    return (asked() if asked else _first_line(files)) or _kept_id(state / MACHINE_FILE)


def boot_id() -> str:
    """Another text after each start of the machine; "" if the system does not say."""
    asked = {"darwin": _mac_boot, "win32": _windows_boot}.get(sys.platform)
    return asked() if asked else _first_line([BOOT_FILE])


def _first_line(files: Sequence[Path]) -> str:
    for path in files:
        with contextlib.suppress(OSError):
            text = path.read_text("utf-8", "replace").strip()
            if text and text != "uninitialized":  # systemd, on a card that was never started
                return text[:200]
    return ""


def _kept_id(path: Path) -> str:
    kept = _first_line([path])
    if not kept:
        kept = os.urandom(16).hex()
        write_whole(path, kept.encode() + b"\n", 0o600)
    return kept


def _mac_id() -> str:
    told = _asked("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
    lines = [line.split('"') for line in told.splitlines() if '"IOPlatformUUID"' in line]
    return lines[0][3] if lines and len(lines[0]) > 3 else ""


def _mac_boot() -> str:
    return _asked("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid").strip()


def _windows_id() -> str:
    return _registry(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")


def _windows_boot() -> str:
    return _registry(r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters", "BootId")


def _asked(*argv: str) -> str:
    import subprocess

    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, timeout=ASK_SECONDS, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _registry(key: str, name: str) -> str:
    winreg: Any = importlib.import_module("winreg")  # only Windows has it

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    except OSError:
        return ""
