"""Adds to web/package-lock.json the optional parts for other systems that npm left out: run it after `npm install`.

npm leaves out what a registry does not have (a mirror may hold only this system's parts), and then refuses to install
from its own lock file, here and everywhere. What is added has no checksum: a registry that has the part tells it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "web" / "package-lock.json"
SYSTEMS = ("android", "darwin", "freebsd", "linux", "openharmony", "win32")
PROCESSORS = ("arm", "arm64", "ia32", "ppc64", "s390x", "wasm32", "x64")
Lock = dict[str, Any]


def missing(lock: Lock) -> dict[str, Lock]:
    """What the packages of the lock file name as optional and the lock file does not have, as it should stand there."""
    packages = lock["packages"]
    return {
        f"node_modules/{name}": entry(name, version, owner)
        for owner in packages.values()
        for name, version in owner.get("optionalDependencies", {}).items()
        if f"node_modules/{name}" not in packages
    }


def entry(name: str, version: str, owner: Lock) -> Lock:
    """A part for one system, which its name tells, as in @biomejs/cli-linux-x64-musl."""
    words = name.rpartition("/")[2].split("-")
    fits = {
        "os": [word for word in words if word in SYSTEMS],
        "cpu": [word for word in words if word in PROCESSORS],
        "libc": ["musl" if "musl" in words else "glibc"] if "linux" in words else [],
    }
    if not fits["os"] or not fits["cpu"]:
        raise SystemExit(f"{name} does not tell its system: add it to the lock file on a machine whose registry has it")
    shared = {key: owner[key] for key in ("dev", "license", "engines") if key in owner}
    return {"version": version, "optional": True, **shared, **{key: value for key, value in fits.items() if value}}


def main() -> None:
    lock = json.loads(LOCK.read_text("utf-8"))
    if added := missing(lock):
        lock["packages"] = dict(sorted((lock["packages"] | added).items()))
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
