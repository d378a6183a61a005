"""The first way in: set-up links, made for `wacket setup-link` and used by whoever opens one.

The rules of a code are the ledger's (ledger/setup.py), the pages are in setup_page.py.
"""

from __future__ import annotations

import secrets
import socket
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from wacket.api import body as bodies
from wacket.api import setup_page
from wacket.api.access import (
    Caller,
    iso,
    may,
    parts_of,
    peer_of,
    perform,
    refused,
)
from wacket.api.guard import guard_of, too_many
from wacket.api.login import hashed, refuse_foreign_page, set_cookie
from wacket.api.parts import Parts
from wacket.errors import BadRequest, NotFound
from wacket.intake.limits import neighbourhood
from wacket.ledger import people, sessions, setup
from wacket.ledger.people import Person
from wacket.settings import split_address

router = APIRouter(tags=["people"])
BODY_LIMIT = 8192  # bytes: a code, a name and a password
FIELD_LIMIT = 1000  # characters


class SetupLink(BaseModel):
    """The address to open, and until when; `code` is its last part."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "link": "http://lab:8080/s/7KQ2-M9XF",
                    "code": "7KQ2-M9XF",
                    "expires": "2026-11-21T08:15:00Z",
                }
            ]
        }
    )

    link: str
    code: str
    expires: str


class SetupAnswer(BaseModel):
    """The new admin, who is signed in, and where the hub is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "ada", "role": "admin", "address": "http://lab:8080"}]}
    )

    name: str
    role: str
    address: str


class _Request(msgspec.Struct):
    code: str
    name: str
    password: str
    again: str | None = None  # the form asks twice, since nobody sees what is typed


@router.post("/api/v1/setup-links", status_code=201, summary="Make a set-up link")
async def create_link(caller: Annotated[Caller, Depends(may("admin"))], request: Request) -> SetupLink:
    """A link that works once, for 15 minutes, and lets whoever opens it become an admin."""
    parts, random = parts_of(request), secrets.token_bytes(setup.RANDOM_BYTES)
    link = await perform(parts, caller, "setup-link.create", "", lambda c: setup.issue(c, random, parts.clock()))
    return SetupLink(link=f"{address_of(parts)}/s/{link.code}", code=link.code, expires=iso(link.expires))


FORM = "<!doctype html><title>Set up this hub</title><form method=post>…</form>"


@router.get(
    "/s/{code}",
    summary="The page of a set-up link",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {"example": FORM}}}},
)
async def show_form(code: Annotated[str, Path(description="the code of the link")], request: Request) -> Response:
    """A form that asks for a name and a password, or says why the link does not work and how to get
    another.
    """
    try:
        await _check(request, code)
    except NotFound as error:
        return setup_page.gone(str(error))
    except HTTPException as error:
        return setup_page.later(error)
    return setup_page.form(code)


@router.post(
    "/api/v1/setup",
    summary="Use a set-up link",
    response_model=SetupAnswer,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {
                    "schema": {
                        "type": "object",
                        "required": ["code", "name", "password"],
                        "properties": {name: {"type": "string"} for name in ("code", "name", "password")},
                    },
                    "example": {"code": "7KQ2-M9XF", "name": "ada", "password": "correct horse"},
                }
                for kind in ("application/json", "application/x-www-form-urlencoded")
            },
        }
    },
)
async def use_link(request: Request) -> Response:
    """Make an admin and sign them in; JSON is answered with JSON, the form with a page.

    If the name has an account already it gets the new password and becomes an admin: this is also the way
    back in.
    """
    refuse_foreign_page(request)
    raw = await bodies.read(request, BODY_LIMIT)
    if request.headers.get("content-type", "").startswith("application/json"):
        person, secret = await _make_admin(request, _from_json(raw))
        address = address_of(parts_of(request))
        response: Response = JSONResponse({"name": person.name, "role": person.role, "address": address})
        set_cookie(request, response, secret)
        return response
    wanted = _from_form(raw)
    try:
        person, secret = await _make_admin(request, wanted)
    except NotFound as error:
        return setup_page.gone(str(error))
    except HTTPException as error:
        return setup_page.later(error)
    except BadRequest as error:
        return setup_page.form(wanted.code, wanted.name, str(error))
    parts = parts_of(request)
    response = setup_page.done(person.name, address_of(parts), _url(parts, "http", "127.0.0.1"))
    set_cookie(request, response, secret)
    return response


async def _make_admin(request: Request, wanted: _Request) -> tuple[Person, str]:
    parts = parts_of(request)
    if wanted.again is not None and wanted.again != wanted.password:
        raise BadRequest("the two passwords are not the same", "password")
    await _check(request, wanted.code)
    password, random = await hashed(request, wanted.password), secrets.token_bytes(32)

    def work(connection: Connection) -> tuple[Person, str]:
        now = parts.clock()
        setup.use(connection, wanted.code, now)
        if people.credentials(connection, wanted.name) is None:
            person = people.create(connection, wanted.name, "admin", password, now)
        else:
            person = people.change(connection, wanted.name, "admin", password, disabled=False)
            sessions.end_all(connection, person)
        return person, sessions.begin(connection, person, random, now, peer_of(request))

    caller = Caller(wanted.name, frozenset(), "person", peer_of(request))
    return await perform(parts, caller, "setup-link.use", wanted.name, work)


async def _check(request: Request, code: str) -> None:
    """Raises NotFound if the code is no good, and HTTPException 429 after many that were not."""
    parts, guard, where = parts_of(request), guard_of(request), neighbourhood(peer_of(request))
    now = parts.clock()
    if wait := guard.codes.wait(where, now):
        await refused(request, "anonymous", "tried again too soon", "setup-link.use")
        raise too_many(wait, "set-up codes that do not work")
    guard.codes.begin(where, now)
    try:
        parts.ledger.read(lambda c: setup.check(c, code, now))
    except NotFound as error:
        await refused(request, "anonymous", str(error), "setup-link.use")
        raise
    guard.codes.undo(where)


def address_of(parts: Parts) -> str:
    """Where people find this hub: https if it has that door, and a name where it listens on every address.

    Without TLS they find it on its own machine only.
    """
    if parts.addresses.get("https"):
        return _url(parts, "https", socket.gethostname())
    return _url(parts, "http", "127.0.0.1")


def _url(parts: Parts, scheme: str, anywhere: str) -> str:
    host, port = split_address(parts.addresses.get(scheme) or parts.settings.doors.http)
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = anywhere
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _from_json(raw: bytes) -> _Request:
    try:
        wanted = msgspec.json.decode(raw, type=_Request)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"expected an object with code, name and password: {error}") from error
    return _bounded(wanted)


def _from_form(raw: bytes) -> _Request:
    try:
        fields = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=16))
    except ValueError as error:
        raise BadRequest(f"expected the fields code, name and password: {error}") from error
    texts = {name: fields.get(name, "") for name in ("code", "name", "password")}
    return _bounded(_Request(**texts, again=fields.get("again")))


def _bounded(wanted: _Request) -> _Request:
    if max(len(wanted.code), len(wanted.name), len(wanted.password)) > FIELD_LIMIT:
        raise BadRequest(f"code, name and password have up to {FIELD_LIMIT} characters")
    wanted.name = wanted.name.strip()
    return wanted
