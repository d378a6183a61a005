"""What pending.py says and is told: machines and devices that wait for a person's word. Shapes only."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.many import MOST, Outcome

MACHINE: JsonDict = {
    "name": "pi-11",
    "code": "7KQ2M-9XFAB",
    "host": "pi-11",
    "os": "linux",
    "system": "Debian GNU/Linux 12",
    "peer": "192.168.1.21",
    "since": "2026-11-21T08:00:00Z",
    "tags": {"demo": ""},
    "token": 7,
    "why": "a person compares its code with the hub's",
}
DEVICE: JsonDict = {
    "name": "192.168.1.20",
    "peer": "192.168.1.20",
    "first_seen": "2026-11-21T08:00:00Z",
    "last_seen": "2026-11-21T08:00:02Z",
    "lines": 2,
    "sample": ["temp:21.3", "temp:21.4"],
    "series": [{"name": "temp", "labels": {}, "unit": "", "value": 21.4, "at": "2026-11-21T08:00:02Z"}],
    "guess": {"units": {"temp": "°C"}},
}


class PendingMachine(BaseModel):
    """It has an agent. `code` is what people compare with what it shows, `token` the number of its join token."""

    name: str
    code: str
    host: str
    os: str
    system: str
    peer: str
    since: str
    tags: dict[str, str]
    token: int | None
    why: str


class NewSeries(BaseModel):
    """`at` and `value` are of the newest reading."""

    name: str
    labels: dict[str, str]
    unit: str
    value: float | None
    at: str | None


class Guess(BaseModel):
    """`units`: by name of a series, what it may be in. Nothing is stored of it."""

    units: dict[str, str]


class PendingDevice(BaseModel):
    """It began to send by itself. `lines` counts what came since the hub started, `sample` has the last few."""

    name: str
    peer: str
    first_seen: str
    last_seen: str
    lines: int
    sample: list[str]
    series: list[NewSeries]
    guess: Guess


class Pending(BaseModel):
    """The newest first. `more` counts those that are not shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"machines": [MACHINE], "devices": [DEVICE], "more": 0}]})

    machines: list[PendingMachine]
    devices: list[PendingDevice]
    more: int


class Same(BaseModel):
    """Only those that have all of this in common."""

    subnet: Annotated[str, Field(max_length=50, description="where they speak from, as 10.0.2.0/24")] = ""
    since: Annotated[str, Field(max_length=40, description="first seen since then: a time, or an age as 1h")] = ""
    kind: Literal["machine", "device"] | None = None
    token: Annotated[int | None, Field(description="joined with the join token of this number")] = None


class Choice(BaseModel):
    """Either `names`, or `all` of those that wait."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"all": True, "same": {"subnet": "10.0.2.0/24", "since": "1h"}}]}
    )

    names: list[str] = Field([], max_length=MOST)
    all: bool = False
    same: Same | None = None


class Decided(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"name": "192.168.1.20", "ok": True, "why": ""}]}]}
    )

    results: list[Outcome]
