"""Nodes as people see them: list, look at, make, rename, tag, adopt and retire. The history of a retired node
stays. What people do with the machine behind a node is in machines.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of, perform
from wacket.api.parts import Parts
from wacket.errors import BadRequest, NotFound
from wacket.fleet.messages import About
from wacket.intake.admission import require_node_name
from wacket.ledger import nodes
from wacket.ledger.nodes import NodeRow

router = APIRouter(tags=["nodes"])
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]
Name = Annotated[str, Path(description="what the node is called now")]
State = Literal["adopted", "pending", "retired"]
Kind = Literal["machine", "board", "service", "virtual"]
MOST_TAGS = 32
EXAMPLE: JsonDict = {
    "id": 2,
    "name": "rig-3",
    "kind": "board",
    "state": "adopted",
    "tags": {"room": "lab 2"},
    "first_seen": "2026-11-21T08:00:00Z",
    "last_seen": "2026-11-21T08:30:00Z",
    "last_peer": "192.168.1.20",
    "presence": "up",
    "since": "2026-11-21T08:00:00Z",
    "why": "",
    "code": "",
    "os": "",
    "agent": "",
    "allows": None,
    "machine": None,
}


class CopyInfo(BaseModel):
    """Another machine that shows this one's key: most often its card was copied."""

    host: str
    peer: str
    at: str


class MachineInfo(BaseModel):
    """What a machine says of itself, through its agent; the hub says it of its own."""

    host: str
    system: str
    arch: str
    python: str
    accounts: list[str]
    slots: int
    joined: str
    copy_seen: CopyInfo | None


class NodeInfo(BaseModel):
    """Anything that talks to the hub. A `pending` one is kept apart until somebody adopts it. `presence` is up, late,
    down, off, pending or retired, `since` when, and `why` says more where there is more to say. `code` is what people
    compare with what the machine shows. `allows` is set on the machine, and the hub cannot change it. `agent` is the
    version of its agent; what has none has "" there, and `allows` is null, and so is `machine`, but for the hub itself.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    name: str
    kind: str
    state: str
    tags: dict[str, str]
    first_seen: str
    last_seen: str
    last_peer: str
    presence: str
    since: str
    why: str
    code: str
    os: str
    agent: str
    allows: dict[str, bool] | None
    machine: MachineInfo | None


class NodeList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"nodes": [EXAMPLE]}]})

    nodes: list[NodeInfo]


class NewNode(BaseModel):
    """A node that is known before it speaks."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "rig-3", "kind": "board"}]})

    name: str = Field(max_length=100)
    kind: Kind = "board"


class NodeChange(BaseModel):
    """What is left out stays. `tags` replaces all tags."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "adopted", "tags": {"room": "lab 2"}}]})

    name: str | None = Field(None, max_length=100)
    tags: dict[str, str] | None = Field(None, max_length=MOST_TAGS)
    state: State | None = None


@router.get("/api/v1/nodes", summary="List the nodes")
async def list_nodes(caller: Reader, request: Request) -> NodeList:
    """All nodes, the pending and the retired ones too, by name."""
    parts = parts_of(request)
    rows = sorted(parts.catalogue.nodes(), key=lambda row: row.name)
    return NodeList(nodes=[info(parts, row) for row in rows])


@router.get("/api/v1/nodes/{name}", summary="One node")
async def one_node(caller: Reader, name: Name, request: Request) -> NodeInfo:
    """What is known of one node."""
    parts = parts_of(request)
    return info(parts, known(parts, name))


@router.post("/api/v1/nodes", status_code=201, summary="Make a node")
async def create_node(caller: Operator, body: NewNode, request: Request) -> NodeInfo:
    """Make a node before it has spoken, adopted from the start. It speaks with a token bound to its name."""
    parts = parts_of(request)
    require_node_name(body.name, "name")

    def work(connection: Connection) -> NodeRow:
        nodes.require_free(connection, body.name)
        identity = f"name:{body.name}"
        return nodes.create(connection, body.name, body.kind, "adopted", identity, parts.clock())

    row = await perform(parts, caller, "node.create", body.name, work, kind=body.kind)
    tell(parts, row)
    return info(parts, row)


@router.patch("/api/v1/nodes/{name}", summary="Rename, tag, adopt or retire a node")
async def change_node(caller: Operator, name: Name, body: NodeChange, request: Request) -> NodeInfo:
    """Adopting a pending node is `{"state": "adopted"}`; a retired one is no longer heard, its history
    stays.
    """
    parts, new = parts_of(request), body.name or name
    if body.name is not None:
        require_node_name(body.name, "name")
    require_tags(body.tags or {})

    def work(connection: Connection) -> NodeRow:
        nodes.require_may_be(nodes.by_name(connection, name), body.state)
        if body.tags is not None:
            nodes.set_tags(connection, name, body.tags)
        if body.state is not None:
            nodes.set_state(connection, name, body.state)
        if new != name:
            nodes.rename(connection, name, new)
        return nodes.by_name(connection, new)

    row = await perform(parts, caller, "node.change", name, work, **body.model_dump(exclude_none=True, mode="json"))
    tell(parts, row)
    return info(parts, row)


def known(parts: Parts, name: str) -> NodeRow:
    """Raises NotFound."""
    row = parts.catalogue.node_named(name)
    if row is None:
        raise NotFound(f"no node named {name[:80]!r}")
    return row


def tell(parts: Parts, *rows: NodeRow) -> None:
    """These are so by now: who looks nodes up, and who watches them, is told."""
    parts.catalogue.add_nodes(rows)
    for row in rows:
        parts.fleet.presence.changed(row.id)


def require_tags(tags: dict[str, str]) -> None:
    for tag, value in tags.items():
        if not tag or len(tag) > 64 or len(value) > 256 or not (tag + value).isprintable():
            raise BadRequest("a tag is a printable name (1 to 64) with a printable value (up to 256)", "tags")


def info(parts: Parts, row: NodeRow) -> NodeInfo:
    state = parts.fleet.presence.of(row)
    times = {"first_seen": iso(row.first_seen), "last_seen": iso(row.last_seen), "since": iso(state.since)}
    agent = parts.fleet.agents.of_node(row.id)
    said = parts.fleet.presence.about(row.id)
    about = msgspec.convert(said or {}, About)
    return NodeInfo(
        **row._asdict() | times,
        presence=state.state,
        why=state.why,
        code=parts.fleet.code(row.id),
        os=about.os,
        agent=about.agent if agent else "",
        allows=msgspec.structs.asdict(about.allows) if agent else None,
        machine=_machine(parts, row, about) if said is not None else None,
    )


def _machine(parts: Parts, row: NodeRow, about: About) -> MachineInfo:
    copy, agent = parts.fleet.copies.of_node(row.id), parts.fleet.agents.of_node(row.id)
    return MachineInfo(
        host=about.host,
        system=about.system,
        arch=about.arch,
        python=about.python,
        accounts=about.accounts,
        slots=about.slots,
        joined=iso(agent.joined if agent else row.first_seen),
        copy_seen=CopyInfo(host=copy.host, peer=copy.peer, at=iso(copy.at)) if copy else None,
    )
