"""The Pythons of this machine, asked for their version: what must run on many is tried on all that are here."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

_ASK = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"


@cache
def pythons() -> dict[tuple[int, ...], str]:
    """Version -> program, one for each minor version."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    programs = [Path(sys.executable), *(path for folder in folders for path in sorted(folder.glob("python[23].*")))]
    found: dict[tuple[int, ...], str] = {}
    for program in programs:
        if program.name.endswith("-config") or "shims" in program.parts:
            continue
        version = _version(program)
        if version:
            found.setdefault(version, str(program))
    return found


def _version(program: Path) -> tuple[int, ...] | None:
    try:
        done = subprocess.run([program, "-c", _ASK], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return None
    parts = done.stdout.split(".")
    return tuple(map(int, parts)) if done.returncode == 0 and len(parts) == 2 else None
