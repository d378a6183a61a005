"""One change for many nodes: tags, adopting, retiring. Names are for one node at a time (nodes.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from wacket.api.access import Caller, may, parts_of
from wacket.api.many import MOST, Outcome, change_each, outcomes
from wacket.api.nodes import MOST_TAGS, require_tags
from wacket.errors import BadRequest
from wacket.ledger import nodes
from wacket.ledger.nodes import NodeRow

router = APIRouter(tags=["nodes"])
Operator = Annotated[Caller, Depends(may("operate"))]


class TagChange(BaseModel):
    """Other tags stay."""

    add: Annotated[dict[str, str], Field(max_length=MOST_TAGS)] = {}
    remove: Annotated[list[str], Field(max_length=MOST_TAGS)] = []


class BulkChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"names": ["pi-11", "pi-12"], "tags": {"add": {"room": "lab 2"}}}]}
    )

    names: list[str] = Field(min_length=1, max_length=MOST)
    tags: TagChange | None = None
    state: Literal["adopted", "retired"] | None = None


class Changed(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "results": [
                        {"name": "pi-11", "ok": True, "why": ""},
                        {"name": "pi-12", "ok": False, "why": "no node named 'pi-12'"},
                    ]
                }
            ]
        }
    )

    results: list[Outcome]


@router.post("/api/v1/nodes/bulk", summary="Tag, adopt or retire many nodes")
async def change_nodes(caller: Operator, body: BulkChange, request: Request) -> Changed:
    """All in one transaction; a node with which it cannot be done is named and does not keep the others from it."""
    if body.tags is None and body.state is None:
        raise BadRequest("say what is to change: tags, state, or both", "tags")
    tags = body.tags or TagChange()
    require_tags(tags.add)
    details = body.model_dump(exclude_none=True, exclude={"names"}, mode="json")

    def change(connection: Connection, row: NodeRow) -> Mapping[str, Any]:
        after = {tag: value for tag, value in row.tags.items() if tag not in tags.remove} | tags.add
        if len(after) > MOST_TAGS:
            raise BadRequest(f"it would have {len(after)} tags, and {MOST_TAGS} is the most", "tags")
        nodes.require_may_be(row, body.state)
        if after != row.tags:
            nodes.set_tags(connection, row.name, after)
        if body.state is not None:
            nodes.set_state(connection, row.name, body.state)
        return details

    done = await change_each(parts_of(request), caller, "node.change", body.names, change)
    return Changed(results=outcomes(done))
