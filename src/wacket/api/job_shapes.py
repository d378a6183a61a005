"""What requests about jobs carry, and what is answered: shapes with their limits and examples, and nothing else."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.commands.spec import LONGEST_PATH, MOST_ITEMS, MOST_SECONDS, MOST_WAIT, Kind

ASKED: JsonDict = {"target": "tag:demo,!demo-04", "kind": "exec", "argv": ["df", "-h", "/"], "timeout": 60}
LEFT_OUT: JsonDict = {"node": "demo-04", "why": "left out by !demo-04"}
PREVIEW: JsonDict = {
    "count": 1,
    "nodes": [{"node": "demo-01", "state": "up"}],
    "left_out": [LEFT_OUT],
    "left_out_count": 1,
    "reasons": [{"why": "left out by !demo-04", "count": 1, "nodes": "demo-04"}],
}
MADE: JsonDict = {"id": 212, "nodes": ["demo-01", "demo-02"], "waiting": ["demo-02"], "left_out": [LEFT_OUT]}
COMMAND: JsonDict = {
    "node": "demo-01",
    "command": "01KAJ5GQ3V8Z0Q5W1QXK9M2E7T",
    "state": "succeeded",
    "exit": 0,
    "seconds": 0.012,
    "peak": 3145728,
    "started": 1795249800125000,
    "ended": 1795249800137000,
    "out": 412,
    "err": 0,
}
SHORT: JsonDict = {
    "id": 212,
    "at": "2026-11-21T08:30:00Z",
    "actor": "person:ada",
    "target": "tag:demo,!demo-04",
    "kind": "exec",
    "argv": ["df", "-h", "/"],
    "digest": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "counts": {"queued": 1, "succeeded": 1},
    "open": True,
}


class SentFile(BaseModel):
    """A file that is put into the working folder first; the hub has it by PUT /api/v1/blobs/{sha256}."""

    name: str = Field(max_length=LONGEST_PATH)
    sha256: str = Field(max_length=64)
    size: int = Field(ge=0)
    mode: int = Field(0o644, ge=0, le=0o777)


class NewJob(BaseModel):
    """What is to be done. `program` is the text of a Python program, `stdin` is Base64; `timeout` and `expires` are
    seconds, from the beginning and until it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKED]})

    target: str = Field(max_length=10_000)
    kind: Kind = "exec"
    argv: list[str] = Field([], max_length=MOST_ITEMS)
    program: str = ""
    args: list[str] = Field([], max_length=MOST_ITEMS)
    env: dict[str, str] = Field({}, max_length=MOST_ITEMS)
    cwd: str = ""
    stdin: str = ""
    user: str = ""
    timeout: float = Field(600, gt=0, le=MOST_SECONDS)
    expires: float = Field(3600, gt=0, le=MOST_WAIT)
    files: list[SentFile] = Field([], max_length=MOST_ITEMS)
    bring: list[str] = Field([], max_length=MOST_ITEMS)
    names: list[str] = Field([], max_length=10_000, description="what - in the target stands for")


class LeftOut(BaseModel):
    """A node that somebody may have meant, and why it gets nothing."""

    node: str
    why: str


class MadeJob(BaseModel):
    """A job just made. `waiting` are those of its nodes that are not there now."""

    model_config = ConfigDict(json_schema_extra={"examples": [MADE]})

    id: int
    nodes: list[str]
    waiting: list[str]
    left_out: list[LeftOut]


class Meant(BaseModel):
    """A node that would get it, and its state now."""

    node: str
    state: str


class Reason(BaseModel):
    """Nodes, their names folded, that get nothing for the same reason."""

    why: str
    count: int
    nodes: str


class Preview(BaseModel):
    """Whom a job would reach. `left_out` names at most 200 of `left_out_count`, `reasons` speaks of all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [PREVIEW]})

    count: int
    nodes: list[Meant]
    left_out: list[LeftOut]
    left_out_count: int
    reasons: list[Reason]


class JobList(BaseModel):
    """Newest first. `before` asks for the next page; null when there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"jobs": [SHORT], "before": None}]})

    jobs: list[dict[str, Any]]
    before: int | None


class WholeJob(BaseModel):
    """The record of a job. Times of its nodes are µs since 1970."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [SHORT | {"nodes": [COMMAND], "left_out": [LEFT_OUT]}]}
    )

    id: int
    nodes: list[dict[str, Any]]
    left_out: list[LeftOut]


class CancelJob(BaseModel):
    """Everywhere, or on one node only."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"node": "demo-01"}]})

    node: str | None = Field(None, max_length=63)


class Cancelled(BaseModel):
    """The nodes whose commands were open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 212, "nodes": ["demo-01"]}]})

    id: int
    nodes: list[str]


class RepeatJob(BaseModel):
    """Everywhere that its target means now, or where it did not succeed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"only": "failed"}]})

    only: Literal["", "failed"] = ""
