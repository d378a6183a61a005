"""Join tokens over HTTP: make one, and get the line to paste on the machine that is to become a node; list; revoke."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket import agentfile
from wacket.api.access import Caller, audit_row, iso, may, parts_of
from wacket.api.addresses import address_for_agents, is_own
from wacket.api.nodes import require_tags
from wacket.errors import BadRequest
from wacket.ledger import audit
from wacket.ledger.joins import JoinRow

router = APIRouter(tags=["agents"])
Admin = Annotated[Caller, Depends(may("admin"))]
TokenId = Annotated[int, Path(ge=1, le=2**31 - 1, description="its `id` in the list of join tokens")]
EXAMPLE: JsonDict = {
    "id": 7,
    "tags": {"demo": ""},
    "accept": False,
    "uses": 1,
    "used": 0,
    "created": "2026-11-21T08:00:00Z",
    "expires": "2026-11-21T09:00:00Z",
    "revoked": None,
    "created_by": "owner",
    "trouble": "",
}


class JoinTokenInfo(BaseModel):
    """A join token without its secret. `trouble` says why nobody can join with it any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    tags: dict[str, str]
    accept: bool
    uses: int
    used: int
    created: str
    expires: str
    revoked: str | None
    created_by: str
    trouble: str


class NewJoinTokenInfo(JoinTokenInfo):
    """A join token just made. `token` and `line`, which has it, are not shown again. `reach` says who can reach the hub
    by the line: `machine` is this machine only, because the hub listens to nobody else.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [EXAMPLE | {"token": "wjt_AQAAAAc…", "line": "(f=$(mktemp) && …)", "reach": "network"}]
        }
    )

    token: str
    line: str
    reach: Literal["machine", "network"]


class JoinTokenList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"tokens": [EXAMPLE]}]})

    tokens: list[JoinTokenInfo]


class NewJoinToken(BaseModel):
    """With `accept` such machines need nobody's acceptance. `hub_url` is where they find the hub."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tags": {"demo": "", "room": "lab 2"}, "uses": 30}]})

    tags: dict[str, str] = Field(default_factory=dict, max_length=32)
    uses: int = Field(1, ge=1, le=10_000)
    hours: float = Field(1, gt=0, le=24 * 366)
    accept: bool = False
    hub_url: str | None = Field(None, max_length=200, description="if not said: this hub's address on the network")


@router.get("/api/v1/join-tokens", summary="List the join tokens")
async def list_join_tokens(caller: Admin, request: Request) -> JoinTokenList:
    """All that ever were, newest first. No secrets: the hub does not have them."""
    parts = parts_of(request)
    now = parts.clock()
    return JoinTokenList(tokens=[JoinTokenInfo(**_info(row, now)) for row in parts.fleet.tokens.list()])


@router.post("/api/v1/join-tokens", status_code=201, summary="Make a join token")
async def create_join_token(caller: Admin, body: NewJoinToken, request: Request) -> NewJoinTokenInfo:
    """Make a join token, and the line that makes a machine join with it when it is pasted there."""
    parts = parts_of(request)
    require_tags(body.tags)
    where = body.hub_url or address_for_agents(parts)
    _line(where, "wjt_" + "A" * 70)  # an address that cannot be in a line is refused before there is a token
    row, token = await parts.fleet.tokens.create(
        body.tags,
        accept=body.accept,
        uses=body.uses,
        hours=body.hours,
        created_by=caller.actor,
        also=lambda c, made: audit.record(
            c, audit_row(parts, caller, "join-token.create", str(made.id), tags=made.tags, uses=made.uses)
        ),
    )
    reach: Literal["machine", "network"] = "machine" if is_own(where) else "network"
    return NewJoinTokenInfo(**_info(row, parts.clock()), token=token, line=_line(where, token), reach=reach)


@router.delete("/api/v1/join-tokens/{token_id}", status_code=204, summary="Revoke a join token")
async def revoke_join_token(caller: Admin, token_id: TokenId, request: Request) -> None:
    """From the answer on nobody joins with it. Who has joined stays."""
    parts = parts_of(request)
    await parts.fleet.tokens.revoke(
        token_id, lambda c, gone: audit.record(c, audit_row(parts, caller, "join-token.revoke", str(gone.id)))
    )


def _line(hub_url: str, token: str) -> str:
    try:
        return agentfile.paste_line(hub_url, token, agentfile.sha256())
    except ValueError as error:
        raise BadRequest(f"{error}; write for example https://192.168.1.5:8443", "hub_url") from error


def _info(row: JoinRow, now: int) -> dict[str, Any]:
    shown = {name: iso(getattr(row, name)) for name in ("created", "expires")}
    revoked = None if row.revoked is None else iso(row.revoked)
    return row._asdict() | shown | {"revoked": revoked, "trouble": row.trouble(now)}
