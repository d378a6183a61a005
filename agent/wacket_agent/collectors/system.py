"""What the machine is: operating system, kernel, model, processor. A log at the start and whenever it changes."""

from __future__ import annotations

import os
import re
import sys
from typing import Iterator

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Log, Point

PERIOD = 3600.0
MODELS = ("/proc/device-tree/model", "/sys/class/dmi/id/product_name")
REBOOT_NEEDED = "/run/reboot-required"

_ASSIGNED = re.compile(r"""^([A-Z_]+)=["']?(.*?)["']?$""", re.MULTILINE)
_PROCESSOR = re.compile(r"^(?:model name|Model|Hardware|cpu model)\s*:\s*(.+)$", re.MULTILINE)


def collect(context: Context) -> Iterator[Point | Log]:
    about = from_files(context) if context.on_linux else from_python()
    if context.changed("about", about):
        told = {name: word for name, word in about.items() if word}
        yield Log(", ".join(told[name] for name in ("system", "kernel", "arch") if name in told), "info", told)
    if context.on_linux:
        needed = context.exists(REBOOT_NEEDED)
        yield Point("system", {"reboot_needed": needed})
        if context.changed("reboot", needed, before=False):
            yield Log("a restart is needed for updates to take effect" if needed else "was restarted")


def from_files(context: Context) -> dict[str, str]:
    release = dict(_ASSIGNED.findall(context.word("/etc/os-release")))
    processor = _PROCESSOR.search(context.word("/proc/cpuinfo"))
    return {
        "system": release.get("PRETTY_NAME", "Linux"),
        "id": release.get("ID", "linux"),
        "version": release.get("VERSION_ID", ""),
        "kernel": context.word("/proc/sys/kernel/osrelease"),
        "arch": os.uname().machine,
        "host": context.word("/proc/sys/kernel/hostname"),
        "model": next(filter(None, map(context.word, MODELS)), ""),
        "processor": processor[1].strip() if processor else "",
        "cores": str(os.cpu_count() or 0),
        "python": python(),
    }


def from_python() -> dict[str, str]:
    """What the standard library knows on every system."""
    import platform  # only here, as it is large

    mac = platform.mac_ver()[0]
    return {
        "system": f"macOS {mac}" if mac else f"{platform.system()} {platform.release()}",
        "id": platform.system().lower(),
        "version": mac or platform.version(),
        "kernel": platform.release(),
        "arch": platform.machine(),
        "host": platform.node(),
        "processor": platform.processor(),
        "cores": str(os.cpu_count() or 0),
        "python": python(),
    }


def python() -> str:
    return ".".join(map(str, sys.version_info[:3]))
