"""What the owner can set, with defaults that are safe. Read from `wacket.toml`, environment and command line.

Precedence: command line, then `WACKET_SECTION_NAME`, then the file, then the default. Opens no socket and no store.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wacket.errors import BadSettings

Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[float, Meta(ge=0)]
FILE, ENVIRONMENT, COMMAND_LINE = "file", "environment", "command line"  # who said what a setting is


class Hub(msgspec.Struct, forbid_unknown_fields=True):
    """The hub itself."""

    own_machine: bool = True  # the hub reports the machine that it runs on, as an agent would; none is needed there


class Doors(msgspec.Struct, forbid_unknown_fields=True):
    """Where the hub listens. Port 0 means any free port, the host `*` every address; an empty text closes the door."""

    http: str = "127.0.0.1:8080"  # HTTP: the API, and the ways in over HTTP
    https: str = ""  # set by --lan: the page, the API and agents; `http` then serves devices only
    tcp: str = "127.0.0.1:8090"  # lines over TCP
    udp: str = "127.0.0.1:8090"  # lines over UDP
    tcps: str = ""  # TCP lines over TLS
    line_limit: Positive = 65536  # bytes; a longer line is refused and the stream goes on
    body_limit: Positive = 64 * 1024 * 1024  # bytes of one HTTP body, after decompression
    idle_seconds: NotNegative = 3600  # a silent connection is closed after this
    slow_seconds: NotNegative = 60  # a started line must end, an HTTP body go on, within this
    connections: Positive = 20000  # TCP connections at once
    trusted_proxies: str = ""  # addresses or networks, with commas: whose X-Forwarded-For and -Proto are believed

    def proxies(self) -> list[str]:
        return [proxy.strip() for proxy in self.trusted_proxies.split(",") if proxy.strip()]


class Intake(msgspec.Struct, forbid_unknown_fields=True):
    """How fast senders may speak and what happens to strangers."""

    strangers: Literal["pending", "refuse"] = "pending"  # devices on the network that show no token
    new_series_per_hour: Positive = 2000  # per node
    series_per_node: Positive = 20000  # in all; what is over either cap is kept as a log
    lines_per_second: NotNegative = 0  # per node; 0 is no quota
    waiting_bytes: Positive = 64 * 1024 * 1024  # held in memory before senders are made to wait
    waiting_bytes_per_node: Positive = 16 * 1024 * 1024  # so that no sender can take all the room
    window_ms: NotNegative = 2  # group commit while a sender waits
    gentle_window_ms: NotNegative = 250  # group commit while nobody waits
    watched_window_ms: NotNegative = 20  # the same while somebody watches live
    idempotency_hours: NotNegative = 24  # how long an Idempotency-Key is remembered
    idempotency_keys: Positive = 50_000  # the oldest beyond this are forgotten sooner


class History(msgspec.Struct, forbid_unknown_fields=True):
    """When the journal is sealed and how long things are kept. Days of 0 mean for ever."""

    seal_seconds: NotNegative = 300  # journal rows older than this become a segment
    seal_rows: Positive = 2_000_000  # or sooner, when there are so many rows
    seal_bytes: Positive = 64 * 1024 * 1024  # or so many bytes
    compact_seconds: NotNegative = 60  # between two looks for segments to join or to delete
    readings_days: NotNegative = 0  # for series that no retention rule names
    logs_days: NotNegative = 0  # rejects are logs too
    rollup_days: NotNegative = 0  # for series that no retention rule names
    reserve_bytes: Positive = 256 * 1024 * 1024  # free space below which nothing is accepted
    query_memory: str = "512MB"  # DuckDB's limit for all questions; the two SQL questions at a time have as much each
    query_seconds: NotNegative = 30  # a longer question is ended


class Clusters(msgspec.Struct, forbid_unknown_fields=True):
    """Mean shift over the energy events."""

    every: Positive = 1000  # new events between two computations
    sample: Positive = 5000  # events that are clustered; the rest are assigned
    bandwidth_quantile: Annotated[float, Meta(gt=0, le=1)] = 0.2  # of distances; larger finds fewer clusters
    bandwidth_samples: Positive = 200  # events that the bandwidth is estimated from


class Commands(msgspec.Struct, forbid_unknown_fields=True):
    """What is kept of the jobs that nodes carry out. The record of a job itself stays for ever."""

    head_bytes: Positive = 8 * 1024 * 1024  # of one command's output: so much of its beginning is kept,
    tail_bytes: Positive = 8 * 1024 * 1024  # and at least so much of its end
    keep_days: NotNegative = 90  # outputs, programs and files of older jobs are removed; 0 is for ever
    keep_bytes: Positive = 10 * 1024 * 1024 * 1024  # of all outputs; the oldest go first
    blobs_bytes: Positive = 4 * 1024 * 1024 * 1024  # of all programs and files that are sent along
    file_bytes: Positive = 1024 * 1024 * 1024  # of the files that one command brings back
    lost_days: NotNegative = 30  # a node that is away for so long has lost what it had begun


class Class(msgspec.Struct, forbid_unknown_fields=True):
    """The class protocol at /hw_supervisor."""

    accounts: bool = False  # check user and pword
    plain_passwords: bool = False  # take pword from other machines without TLS, where all on the network may read it


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Everything that `wacket.toml` may hold, by section."""

    hub: Hub = msgspec.field(default_factory=Hub)
    doors: Doors = msgspec.field(default_factory=Doors)
    intake: Intake = msgspec.field(default_factory=Intake)
    history: History = msgspec.field(default_factory=History)
    clusters: Clusters = msgspec.field(default_factory=Clusters)
    commands: Commands = msgspec.field(default_factory=Commands)
    classes: Class = msgspec.field(default_factory=Class)


def load(
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Settings:
    """The settings of the hub whose data are in `folder`; `overrides` maps "section.name" to a value, and `defaults`
    likewise what holds where nobody says anything.

    Raises BadSettings, naming the file or variable and the path of the guilty value.
    """
    return load_with_origins(folder, environment, overrides, defaults)[0]


def load_with_origins(
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    overrides: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> tuple[Settings, dict[str, str]]:
    """The same, and who said what: "section.name" → file, environment or command line. Others have their default."""
    merged = _read_file(folder / "wacket.toml")
    origins = {f"{section}.{name}": FILE for section, said in merged.items() if isinstance(said, dict) for name in said}
    for (section, name), value in _from_environment(environment).items():
        merged.setdefault(section, {})[name] = value
        origins[f"{section}.{name}"] = ENVIRONMENT
    for path, value in (overrides or {}).items():
        section, name = path.split(".")
        merged.setdefault(section, {})[name] = value
        origins[path] = COMMAND_LINE
    for path, value in (defaults or {}).items():
        section, name = path.split(".")
        merged.setdefault(section, {}).setdefault(name, value)
        origins.setdefault(path, COMMAND_LINE)
    return _checked(merged), origins


def _checked(merged: Mapping[str, Any]) -> Settings:
    try:
        settings = msgspec.convert(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(f"settings: {error}; see docs/reference/settings.md") from error
    if settings.doors.body_limit > settings.intake.waiting_bytes:
        raise BadSettings("settings: doors.body_limit is over intake.waiting_bytes; such a body could never be taken")
    for proxy in settings.doors.proxies():
        _check_network(proxy)
    return settings


def _check_network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError as error:
        example = "192.0.2.7, 10.0.0.0/8"
        raise BadSettings(f"settings: doors.trusted_proxies: {error}; write for example {example}") from error


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is not valid TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """(section, name) → text. Raises BadSettings for a variable that begins like a setting and is none."""
    sections = {section.name: section.type for section in msgspec.structs.fields(Settings)}
    known = {
        f"WACKET_{section}_{setting.name}".upper(): (section, setting.name)
        for section, kind in sections.items()
        for setting in msgspec.structs.fields(kind)
    }
    begins = tuple(f"WACKET_{section}_".upper() for section in sections)
    for variable in environment:
        if variable.startswith(begins) and variable not in known:
            near = difflib.get_close_matches(variable, known, 1)
            meant = f"; did you mean {near[0]}?" if near else "; see docs/reference/settings.md"
            raise BadSettings(f"the environment has {variable}, and there is no such setting{meant}")
    return {known[variable]: text for variable, text in environment.items() if variable in known}


def split_address(address: str) -> tuple[str, int]:
    """ "HOST:PORT" or "[V6]:PORT" as a pair. Raises BadSettings with an example."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise BadSettings(f"{address!r} is not an address; write HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080")
    return host.strip("[]") or "127.0.0.1", int(port)
