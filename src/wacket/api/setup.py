"""Ways in without a password: set-up links, which make an admin, and sign-in links, which are a person's.

The rules of a code are the ledger's (ledger/setup.py); what people see of it is the page's.
"""

from __future__ import annotations

import secrets
import socket
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of, peer_of, perform, refused
from wacket.api.guard import guard_of, too_many
from wacket.api.login import hashed, refuse_foreign_page, set_cookie
from wacket.api.parts import Parts
from wacket.errors import BadRequest, NotFound
from wacket.intake.limits import neighbourhood
from wacket.ledger import people, sessions, setup
from wacket.ledger.people import Person
from wacket.ledger.setup import Kept
from wacket.settings import split_address

router = APIRouter(tags=["people"])
Admin = Annotated[Caller, Depends(may("admin"))]
LINK: JsonDict = {"link": "http://lab:8080/s/7KQ2-M9XF", "code": "7KQ2-M9XF", "expires": "2026-11-21T08:15:00Z"}


class OneTimeLink(BaseModel):
    """The address to open, and until when; `code` is its last part."""

    model_config = ConfigDict(json_schema_extra={"examples": [LINK]})

    link: str
    code: str
    expires: str


class SignInFor(BaseModel):
    """Who is to sign in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "ada"}]})

    name: str = Field(max_length=100)


class LinkInfo(BaseModel):
    """What a link is good for, and whose it is if it signs somebody in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "set-up", "name": "", "expires": "2026-11-21T08:15:00Z"}]}
    )

    kind: Literal["set-up", "sign-in"]
    name: str
    expires: str


class LinkUse(BaseModel):
    """The code; a set-up link also wants the name and password of the admin that it makes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "7KQ2-M9XF", "name": "ada", "password": "correct horse"}]}
    )

    code: str = Field(max_length=1000)
    name: str | None = Field(None, max_length=1000)
    password: str | None = Field(None, max_length=1000)


class SetupAnswer(BaseModel):
    """Who is signed in now, and where the hub is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "ada", "role": "admin", "address": "http://lab:8080"}]}
    )

    name: str
    role: str
    address: str


@router.post("/api/v1/setup-links", status_code=201, summary="Make a set-up link")
async def create_link(caller: Admin, request: Request) -> OneTimeLink:
    """A link that works once, for 15 minutes, and lets whoever opens it become an admin."""
    parts, random = parts_of(request), secrets.token_bytes(setup.RANDOM_BYTES)
    link = await perform(parts, caller, "setup-link.create", "", lambda c: setup.issue(c, random, parts.clock()))
    return _shown(parts, link)


@router.post("/api/v1/sign-in-links", status_code=201, summary="Make a sign-in link")
async def create_sign_in_link(caller: Admin, body: SignInFor, request: Request) -> OneTimeLink:
    """A link that works once, for 5 minutes, and signs this person in without the password."""
    parts, random = parts_of(request), secrets.token_bytes(setup.RANDOM_BYTES)

    def work(connection: Connection) -> setup.Link:
        person = people.by_name(connection, body.name)
        if person.disabled:
            raise BadRequest(f"the account of {person.name} is disabled; an admin can let them in again", "name")
        return setup.issue(connection, random, parts.clock(), person)

    link = await perform(parts, caller, "sign-in-link.create", body.name, work)
    return _shown(parts, link)


@router.get("/api/v1/setup-links/{code}", summary="What a link is good for")
async def look_at_link(code: Annotated[str, Path(description="the code of the link")], request: Request) -> LinkInfo:
    """Whether it makes an admin or signs somebody in. One that does not work is 404, which says how to get
    another; after many of those the answer is 429 with Retry-After.
    """
    kept = await _check(request, code)
    name = kept.person.name if kept.person else ""
    return LinkInfo(kind="sign-in" if kept.person else "set-up", name=name, expires=iso(kept.expires))


@router.post("/api/v1/setup", summary="Use a set-up or sign-in link")
async def use_link(body: LinkUse, request: Request, response: Response) -> SetupAnswer:
    """Start a session: of the person whose link it is, or of the admin that a set-up link makes.

    If the name of a set-up has an account already it gets the new password and becomes an admin: this is also the way
    back in.
    """
    refuse_foreign_page(request)
    kept = await _check(request, body.code)
    if kept.person is None:
        person, secret = await _make_admin(request, body)
    elif body.name is not None or body.password is not None:
        raise BadRequest(f"this link signs in {kept.person.name}, and takes no name and no password")
    else:
        person, secret = await _sign_in(request, body.code, kept.person)
    set_cookie(request, response, secret)
    return SetupAnswer(name=person.name, role=person.role, address=address_of(parts_of(request)))


async def _make_admin(request: Request, wanted: LinkUse) -> tuple[Person, str]:
    if wanted.name is None or wanted.password is None:
        raise BadRequest("this link makes an admin: give a name and a password", "name")
    parts, name = parts_of(request), wanted.name.strip()
    password, random = await hashed(request, wanted.password), secrets.token_bytes(32)

    def work(connection: Connection) -> tuple[Person, str]:
        now = parts.clock()
        setup.use(connection, wanted.code, now)
        if people.credentials(connection, name) is None:
            person = people.create(connection, name, "admin", password, now)
        else:
            person = people.change(connection, name, "admin", password, disabled=False)
            sessions.end_all(connection, person)
        return person, sessions.begin(connection, person, random, now, peer_of(request))

    return await perform(parts, _as(name, request), "setup-link.use", name, work)


async def _sign_in(request: Request, code: str, person: Person) -> tuple[Person, str]:
    parts, random = parts_of(request), secrets.token_bytes(32)

    def work(connection: Connection) -> tuple[Person, str]:
        now = parts.clock()
        setup.use(connection, code, now)
        return person, sessions.begin(connection, person, random, now, peer_of(request))

    return await perform(parts, _as(person.name, request), "sign-in-link.use", person.name, work)


def _as(name: str, request: Request) -> Caller:
    return Caller(name, frozenset(), "person", peer_of(request))


async def _check(request: Request, code: str) -> Kept:
    """Raises NotFound if the code is no good, and HTTPException 429 after many that were not."""
    parts, guard, where = parts_of(request), guard_of(request), neighbourhood(peer_of(request))
    now = parts.clock()
    if wait := guard.codes.wait(where, now):
        await refused(request, "anonymous", "tried again too soon", "setup-link.use")
        raise too_many(wait, "set-up codes that do not work")
    guard.codes.begin(where, now)
    try:
        kept = parts.ledger.read(lambda c: setup.check(c, code, now))
    except NotFound as error:
        await refused(request, "anonymous", str(error), "setup-link.use")
        raise
    guard.codes.undo(where)
    return kept


def _shown(parts: Parts, link: setup.Link) -> OneTimeLink:
    return OneTimeLink(link=f"{address_of(parts)}/s/{link.code}", code=link.code, expires=iso(link.expires))


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
