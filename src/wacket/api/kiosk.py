"""A link for a screen on the wall: it shows one saved view, without an account, and may only read.

Behind it is a token with the scope `read`, listed and revoked among all others. The link carries its secret in the
fragment, which browsers send to nobody and write in no log; the page gives it here, once, for a cookie that scripts
cannot read. access.py takes the cookie for the token, so revoking the token ends the screen at once.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from wacket.api.access import (
    Caller,
    audit_row,
    is_secure,
    iso,
    kiosk_cookie,
    kiosk_token,
    may,
    parts_of,
    peer_of,
    refused,
    token_caller,
)
from wacket.api.login import Me, me_of, refuse_foreign_page
from wacket.api.setup import address_of
from wacket.api.views import ViewId, person_in
from wacket.errors import BadRequest, Unauthenticated
from wacket.ledger import audit as audit_rows
from wacket.ledger import views

router = APIRouter(tags=["views"])
DAY = 86_400_000_000  # µs
COOKIE_DAYS = 30  # then the screen opens its link again
LONGEST_NAME = 63  # of a token


class NewKiosk(BaseModel):
    """How long the link holds, unless its token is revoked sooner."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 365}]})

    days: float = Field(365, gt=0, le=3650)


class KioskLink(BaseModel):
    """The link is not shown again. `token` is its number in the list of tokens, where it is revoked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "link": "https://lab:8443/k/2#wkt_0123…",
                    "token": 9,
                    "name": "kiosk: Bench temperatures",
                    "expires": "2027-11-21T08:30:00Z",
                }
            ]
        }
    )

    link: str
    token: int
    name: str
    expires: str


class KioskSecret(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"secret": "wkt_0123…"}]})

    secret: str = Field(max_length=200)


@router.post("/api/v1/views/{view_id}/kiosk", status_code=201, summary="Make a link for a screen on the wall")
async def create_kiosk(
    caller: Annotated[Caller, Depends(may("operate"))], view_id: ViewId, body: NewKiosk, request: Request
) -> KioskLink:
    """A link that shows this view without an account, and everything that may be read: whoever has it reads, and does
    nothing else. The view must be shared.
    """
    parts = parts_of(request)
    view = parts.ledger.read(lambda c: views.by_id(c, view_id, person_in(caller)))
    if not view.shared:
        raise BadRequest("this view is your own; share it first, then a screen can show it", "view_id")
    expires = parts.clock() + int(body.days * DAY)
    name = f"kiosk: {view.name.replace('/', '-')}"[:LONGEST_NAME]
    token, secret = await parts.tokens.create(
        name,
        ["read"],
        expires=expires,
        created_by=caller.actor,
        also=lambda c, made: audit_rows.record(
            c, audit_row(parts, caller, "view.kiosk", view.name, id=made.id, view=view.id)
        ),
    )
    link = f"{address_of(parts)}/k/{view.id}#{secret}"
    return KioskLink(link=link, token=token.id, name=token.name, expires=iso(expires))


@router.post("/api/v1/kiosk-session", summary="Open a kiosk link")
async def begin_kiosk(body: KioskSecret, request: Request, response: Response) -> Me:
    """Give the secret of the link for a cookie that lasts 30 days, or until the token is revoked or expires."""
    refuse_foreign_page(request)
    token = kiosk_token(request, body.secret)
    if token is None:
        reason = "this kiosk link does not work any more; make another from the saved view"
        await refused(request, "anonymous", reason, "kiosk.open")
        raise Unauthenticated(reason)
    response.set_cookie(
        kiosk_cookie(request),
        body.secret,
        max_age=COOKIE_DAYS * 86_400,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )
    return me_of(token_caller(token, peer_of(request)))
