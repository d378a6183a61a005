"""API tokens for programs and devices: list, make (the secret is shown once), revoke."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import EPOCH, Caller, audit_row, iso, may, parts_of
from wacket.errors import BadRequest
from wacket.intake.admission import require_node_name
from wacket.ledger import audit as audit_rows
from wacket.ledger.tokens import Token

router = APIRouter(tags=["tokens"])
Admin = Annotated[Caller, Depends(may("admin"))]
TokenId = Annotated[int, Path(ge=1, le=2**63 - 1, description="its `id` in the list of tokens")]
DAY = 86_400_000_000  # µs
Scope = Literal["ingest", "read", "operate", "admin"]
EXAMPLE: JsonDict = {
    "id": 3,
    "name": "rig-3",
    "scopes": ["ingest"],
    "node": "rig-3",
    "created": "2026-11-21T08:00:00Z",
    "expires": None,
    "revoked": None,
    "last_used": None,
    "created_by": "owner",
}


class TokenInfo(BaseModel):
    """A token without its secret. Times are null for never."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    name: str
    scopes: list[str]
    node: str
    created: str
    expires: str | None
    revoked: str | None
    last_used: str | None
    created_by: str


class NewTokenInfo(TokenInfo):
    """A token just made. `secret` is not shown again."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE | {"secret": "wkt_0123…"}]})

    secret: str


class TokenList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"tokens": [EXAMPLE]}]})

    tokens: list[TokenInfo]


class NewToken(BaseModel):
    """`admin` includes all other scopes. `node` binds a sending token to one node's name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "rig-3", "scopes": ["ingest"], "node": "rig-3"}]}
    )

    name: str = Field(max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=8)
    node: str = Field("", max_length=63)
    expires: datetime | None = None
    days: float | None = Field(None, gt=0, le=36_500, description="instead of `expires`")


@router.get("/api/v1/tokens", summary="List the tokens")
async def list_tokens(caller: Admin, request: Request) -> TokenList:
    """All tokens that ever were, newest first, the revoked ones too. No secrets: the hub does not have
    them.
    """
    return TokenList(tokens=[TokenInfo(**_info(token)) for token in parts_of(request).tokens.list()])


@router.post("/api/v1/tokens", status_code=201, summary="Make a token")
async def create_token(caller: Admin, body: NewToken, request: Request) -> NewTokenInfo:
    """Make a token. Its secret is in this answer and nowhere else: whoever loses it makes another."""
    if body.node:
        require_node_name(body.node, "node")
    parts = parts_of(request)
    token, secret = await parts.tokens.create(
        body.name,
        body.scopes,
        node=body.node,
        expires=_expiry(body, parts.clock()),
        created_by=caller.actor,
        also=lambda c, made: audit_rows.record(
            c, audit_row(parts, caller, "token.create", made.name, id=made.id, scopes=sorted(made.scopes))
        ),
    )
    return NewTokenInfo(secret=secret, **_info(token))


@router.delete("/api/v1/tokens/{token_id}", status_code=204, summary="Revoke a token")
async def revoke_token(caller: Admin, token_id: TokenId, request: Request) -> None:
    """From the answer on the token is worth nothing. It stays in the list."""
    parts = parts_of(request)
    await parts.tokens.revoke(
        token_id,
        lambda c, gone: audit_rows.record(c, audit_row(parts, caller, "token.revoke", gone.name, id=gone.id)),
    )


def _expiry(body: NewToken, now: int) -> int | None:
    time = body.expires
    if time is None:
        return now + int(body.days * DAY) if body.days else None
    if time.tzinfo is None:
        raise BadRequest("say which time zone, for example 2027-01-31T12:00:00Z", "expires")
    passed = time - EPOCH
    return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds


def _info(token: Token) -> dict[str, Any]:
    times = {name: getattr(token, name) for name in ("created", "expires", "revoked", "last_used")}
    shown = {name: None if at is None else iso(at) for name, at in times.items()}
    return token._asdict() | shown | {"scopes": sorted(token.scopes)}
