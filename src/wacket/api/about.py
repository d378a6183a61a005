"""About this hub: versions, where it is found, since when it runs, and what its word is worth on this disk.

Reads what others know; health.py has what changes from second to second.
"""

from __future__ import annotations

import asyncio
import os
import platform
import socket
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import duckdb
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket import __version__
from wacket.api.access import Caller, iso, may, parts_of
from wacket.api.addresses import address_for_agents, is_own, network_addresses
from wacket.api.parts import Parts
from wacket.api.setup import address_of
from wacket.settings import split_address

router = APIRouter(tags=["health"])
MOUNTS = Path("/proc/self/mounts")
ALWAYS = [
    "a disk, or a virtual machine's disk, that says it has written what is still in its own memory",
    "a file system that is mounted without write barriers",
]
WEAK = {  # a file system → why an acknowledgement on it is worth less
    "tmpfs": "the data folder is in memory only (tmpfs): a restart of the machine loses everything",
    "ramfs": "the data folder is in memory only (ramfs): a restart of the machine loses everything",
    "overlay": "the data folder is in a container's own layer (overlay): it goes with the container; use a volume",
    "nfs": "the data folder is on a network share (NFS), which may hold back what it says it has written",
    "nfs4": "the data folder is on a network share (NFS), which may hold back what it says it has written",
    "cifs": "the data folder is on a network share (SMB), which may hold back what it says it has written",
    "smb3": "the data folder is on a network share (SMB), which may hold back what it says it has written",
    "9p": "the data folder is shared from another system (9p), which may hold back what it says it has written",
}
EXAMPLE: JsonDict = {
    "versions": {"wacket": "0.1.0", "python": "3.13.5", "system": "Linux-6.12", "duckdb": "1.5.2", "sqlite": "3.46.1"},
    "host": "lab",
    "folder": "/srv/wacket",
    "started": "2026-11-21T08:00:00Z",
    "uptime_seconds": 5400,
    "time_zone": "Europe/Berlin",
    "utc_offset_minutes": 60,
    "open_to_lan": True,
    "people": "https://lab:8443",
    "agents": "https://192.168.1.5:8443",
    "network_addresses": ["192.168.1.5"],
    "doors": [{"door": "tcp", "host": "0.0.0.0", "port": 8090, "reach": "network"}],  # noqa: S104 - an example
    "fingerprint": "AB:CD:…",
    "guarantee": {
        "acknowledged": "acknowledged = on disk (SQLite WAL, synchronous=FULL, fsync before every answer)",
        "file_system": "ext4",
        "weakened_now": [],
        "would_weaken": [
            "a disk, or a virtual machine's disk, that says it has written what is still in its own memory"
        ],
    },
}


class Door(BaseModel):
    """A way in, as it is really bound. `reach` says who comes through: this machine only, or the network."""

    door: str
    host: str
    port: int
    reach: Literal["machine", "network"]


class Guarantee(BaseModel):
    """What an acknowledgement means here, what is known to weaken it now, and what would without the hub's noticing."""

    acknowledged: str
    file_system: str
    weakened_now: list[str]
    would_weaken: list[str]


class About(BaseModel):
    """`people` is the address that people open, `agents` the one that goes into lines for other machines. `folder` is
    told to admins only. `fingerprint` is the SHA-256 of the hub's certificate, null where it has none.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    versions: dict[str, str]
    host: str
    folder: str | None
    started: str
    uptime_seconds: int
    time_zone: str
    utc_offset_minutes: int
    open_to_lan: bool
    people: str
    agents: str
    network_addresses: list[str]
    doors: list[Door]
    fingerprint: str | None
    guarantee: Guarantee


@router.get("/api/v1/about", summary="About this hub")
async def read_about(caller: Annotated[Caller, Depends(may("read"))], request: Request) -> About:
    """Versions, addresses, the guarantee in force, time zone, and since when the hub runs."""
    parts = parts_of(request)
    return await asyncio.to_thread(_about, parts, "admin" in caller.rights)


def _about(parts: Parts, in_full: bool) -> About:
    now = parts.clock()
    here = datetime.fromtimestamp(now / 1e6, UTC).astimezone()
    offset = here.utcoffset()
    doors = [_door(name, address) for name, address in parts.addresses.items() if address]
    return About(
        versions=versions(),
        host=socket.gethostname(),
        folder=str(parts.folder) if in_full else None,
        started=iso(parts.started),
        uptime_seconds=max(0, now - parts.started) // 1_000_000,
        time_zone=time_zone(os.environ.get("TZ", "")) or here.strftime("UTC%z"),
        utc_offset_minutes=int(offset.total_seconds() // 60) if offset is not None else 0,
        open_to_lan=any(door.reach == "network" for door in doors),
        people=address_of(parts),
        agents=address_for_agents(parts),
        network_addresses=network_addresses(),
        doors=doors,
        fingerprint=parts.fingerprint,
        guarantee=_guarantee(parts),
    )


def versions() -> dict[str, str]:
    return {
        "wacket": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "duckdb": duckdb.__version__,
        "sqlite": sqlite3.sqlite_version,
    }


def time_zone(environment: str, link: Path = Path("/etc/localtime")) -> str:
    """The name of this machine's zone, such as Europe/Berlin, or nothing where it does not say."""
    if environment:
        return environment.lstrip(":")
    _, found, name = os.path.realpath(link).partition("/zoneinfo/")
    return name if found else ""


def _door(name: str, address: str) -> Door:
    host, port = split_address(address)
    return Door(door=name, host=host, port=port, reach="machine" if is_own(f"//{_bracketed(host)}") else "network")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _guarantee(parts: Parts) -> Guarantee:
    kind, options = mounted(parts.folder)
    said = str(parts.history.health()["guarantee"])
    return Guarantee(acknowledged=said, file_system=kind, weakened_now=weaknesses(kind, options), would_weaken=ALWAYS)


def weaknesses(kind: str, options: Sequence[str]) -> list[str]:
    """Why an acknowledgement is worth less on such a file system."""
    weak = [WEAK[kind]] if kind in WEAK else []
    if {"nobarrier", "barrier=0"} & set(options):
        weak.append("the file system of the data folder is mounted without write barriers")
    return weak


def mounted(folder: Path, mounts: Path = MOUNTS) -> tuple[str, list[str]]:
    """(kind, options) of the file system that holds a folder; nothing where the system does not say."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return "", []
    found, kind, options = -1, "", ""
    for line in lines:
        fields = line.split(" ")
        place = fields[1].replace("\\040", " ") if len(fields) > 3 else ""
        if place and len(place) >= found and folder.resolve().is_relative_to(place):
            found, kind, options = len(place), fields[2], fields[3]
    return kind, options.split(",")
