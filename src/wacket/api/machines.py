"""What people say of the machine behind a node: that a new key is an old node's, that two nodes are one, or that a copy
is one of its own.

Adopting and retiring are in nodes.py.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from wacket.api.access import Caller, audit_row, may, parts_of
from wacket.api.nodes import NodeInfo, info, known, tell
from wacket.errors import BadRequest
from wacket.fleet.handshake import JoinToken
from wacket.ledger import audit
from wacket.ledger.merging import Merged

router = APIRouter(tags=["agents"])
Operator = Annotated[Caller, Depends(may("operate"))]
Admin = Annotated[Caller, Depends(may("admin"))]
Name = Annotated[str, Path(description="what the node is called now")]
HOURS = 24  # in which a copy must come and join


class Replacement(BaseModel):
    """`by` is the node that the machine became when it joined again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "pi-11-2"}]})

    by: str = Field(max_length=100)


class MergeWish(BaseModel):
    """`into` is the node that goes on, under its name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"into": "pi-11"}]})

    into: str = Field(max_length=100)


class Parted(BaseModel):
    """What the copy is told to do, or will be when it comes again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"node": "pi-11", "host": "pi-11", "tags": {}}]})

    node: str
    host: str
    tags: dict[str, str]


@router.post("/api/v1/nodes/{name}/replace", summary="Go on with the key that a machine has now")
async def replace(caller: Operator, name: Name, body: Replacement, request: Request) -> NodeInfo:
    """The machine was installed anew and joined as another node: that key is from now on this node's, with all its
    history. The other node is retired.
    """
    parts = parts_of(request)
    old, new = known(parts, name), known(parts, body.by)
    if old.id == new.id or parts.fleet.agents.of_node(old.id) is None or parts.fleet.agents.of_node(new.id) is None:
        raise BadRequest("both must be nodes with an agent, and not the same one", "by")
    entry = audit_row(parts, caller, "node.replace", name, by=body.by)

    def also(connection: Connection) -> None:
        audit.record(connection, entry)

    changed = await parts.fleet.enrolment.replace(old.id, new.id, also)
    tell(parts, *changed)
    return info(parts, changed[0])


@router.post("/api/v1/nodes/{name}/merge", summary="Make this node part of another")
async def merge(caller: Operator, name: Name, body: MergeWish, request: Request) -> NodeInfo:
    """Both were one thing all the time: the past of this node is from now on the other's, and whatever speaks as this
    one is the other. Series that both have stay apart: those of this one get the label `merged` with its name. It
    cannot be undone. 400 while both are connected, or commands of this one are open.
    """
    parts = parts_of(request)
    gone, into = known(parts, name), known(parts, body.into)

    def also(connection: Connection, found: Merged) -> None:
        details = {"into": into.name, "series": len(found.series)}
        audit.record(connection, audit_row(parts, caller, "node.merge", name, **details))

    found = await parts.fleet.merging.merge(gone, into, also)
    return info(parts, found.into)


@router.post("/api/v1/nodes/{name}/split", summary="Make a copied machine a node of its own")
async def split(caller: Admin, name: Name, request: Request) -> Parted:
    """Another machine shows this node's key, because its card was copied. It is told to make a key of its own, and
    joins as a new node with this node's tags.
    """
    parts = parts_of(request)
    row = known(parts, name)
    copy = parts.fleet.copies.of_node(row.id)
    if copy is None:
        raise BadRequest(f"no other machine shows the key of {name!r}")
    entry = audit_row(parts, caller, "node.split", name, host=copy.host, peer=copy.peer)
    made, token = await parts.fleet.tokens.create(
        row.tags,
        accept=True,
        hours=HOURS,
        created_by=caller.actor,
        also=lambda connection, _: audit.record(connection, entry),
    )
    parts.fleet.enrolment.trust_copy(made.id)
    parts.fleet.copies.part(row.id, JoinToken.parse(token))
    return Parted(node=name, host=copy.host, tags=row.tags)
