"""Getting in and out: /login, /logout, /me, and the one place where a name and password are checked.

Sessions are the ledger's; accounts are made in people.py and setup.py.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Annotated, NoReturn

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from wacket.api.access import (
    Caller,
    cookie_name,
    from_own_page,
    is_secure,
    kiosk_cookie,
    may,
    parts_of,
    peer_of,
    perform,
    refused,
)
from wacket.api.guard import guard_of, too_many
from wacket.errors import Forbidden, Unauthenticated, Unavailable
from wacket.intake.limits import neighbourhood
from wacket.ledger import class_sets, passwords, people, sessions
from wacket.ledger.people import Person

if TYPE_CHECKING:
    from wacket.api.parts import Parts

router = APIRouter(tags=["people"])
MOST_WAITING = 32  # passwords that wait to be checked; beyond it a flood would only eat memory


class Credentials(BaseModel):
    """What somebody types to sign in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "ada", "password": "correct horse"}]})

    name: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class Me(BaseModel):
    """Who the hub takes the caller for. `kind` is owner, person or token; `role` is a person's. `classes` are those
    that they are in.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "ada", "kind": "person", "role": "student", "rights": ["own"], "classes": ["6.08"]},
            ]
        }
    )

    name: str
    kind: str
    role: str
    rights: list[str]
    classes: list[str] = []


@router.post("/api/v1/login", summary="Sign in")
async def login(body: Credentials, request: Request, response: Response) -> Me:
    """Check a name and password and start a session: the answer sets a cookie that pages cannot read.

    After several wrong tries (of one name, or from one address) the answer is 429 with Retry-After.
    """
    refuse_foreign_page(request)
    person = await verify(request, body.name, body.password)
    if person is None:
        raise Unauthenticated("wrong name or password (forgotten? an admin can set a new one)")
    caller = caller_for(person, request)
    parts, random = parts_of(request), secrets.token_bytes(32)
    secret = await perform(
        parts,
        caller,
        "login",
        person.name,
        lambda c: sessions.begin(c, person, random, parts.clock(), caller.peer),
    )
    set_cookie(request, response, secret)
    return me_of(caller, classes_of(parts, caller))


@router.post("/api/v1/logout", status_code=204, summary="Sign out")
async def logout(caller: Annotated[Caller, Depends(may("own"))], request: Request, response: Response) -> None:
    """End this session. Tokens are not ended here: revoke them."""
    secret = request.cookies.get(cookie_name(request))
    if caller.kind == "person" and secret:
        await perform(parts_of(request), caller, "logout", caller.name, lambda c: sessions.end(c, secret))
    for name in (cookie_name(request), kiosk_cookie(request)):
        response.delete_cookie(name, path="/", secure=is_secure(request), httponly=True, samesite="strict")


@router.get("/api/v1/me", summary="Who am I?")
async def me(caller: Annotated[Caller, Depends(may("own"))], request: Request) -> Me:
    """Who the hub takes the caller for, and what they may do."""
    return me_of(caller, classes_of(parts_of(request), caller))


async def verify(connection: HTTPConnection, name: str, password: str) -> Person | None:
    """The person with this name and password, or None; wrong tries are written down and slow the next ones.

    Raises HTTPException 429 (too many wrong tries) and Unavailable (too many at once). Takes as long for
    names that nobody has.
    """
    parts, guard = parts_of(connection), guard_of(connection)
    now, who = parts.clock(), name.casefold()[:100]
    person, phc = parts.ledger.read(lambda c: people.credentials(c, name)) or (None, passwords.NOBODY)
    if wait := guard.names.wait(who, now):
        await _refuse_haste(connection, name, wait)
    guard.names.begin(who, now)
    # Before the address is looked at: where many share one, a stranger's wrong tries must not shut out those who were
    # right a moment ago. It counts as a try of the name, or what is remembered would answer those who guess.
    if person is not None and not person.disabled and guard.proved.holds(name, password, phc, now):
        guard.names.undo(who)
        return person
    right = await _checked(connection, name, password, phc)
    if person is None or person.disabled or not right:
        await refused(connection, "anonymous", "wrong name or password", "login", name)
        return None
    guard.names.clear(who)
    guard.proved.add(name, password, phc, now)
    return person


async def _checked(connection: HTTPConnection, name: str, password: str, phc: str) -> bool:
    """Whether the password fits. Only tries that have failed count against the address: a class starts at once."""
    guard, clock, where = guard_of(connection), parts_of(connection).clock, neighbourhood(peer_of(connection))
    if guard.waiting >= MOST_WAITING:
        raise Unavailable("too many people sign in at this moment; try again", retry_after=3)
    guard.waiting += 1
    try:
        async with guard.turns.setdefault(where, asyncio.Lock()):
            if wait := guard.addresses.wait(where, clock()):
                await _refuse_haste(connection, name, wait)
            async with guard.hashing:
                right = await asyncio.to_thread(passwords.fits, password, phc)
            if not right:
                guard.addresses.begin(where, clock())
            return right
    finally:
        guard.waiting -= 1


async def _refuse_haste(connection: HTTPConnection, name: str, wait: float) -> NoReturn:
    await refused(connection, "anonymous", "tried again too soon", "login", name)
    raise too_many(wait, "wrong passwords")


async def hashed(connection: HTTPConnection, password: str) -> str:
    """The PHC string of a new password. Raises BadRequest if it is too short or too long."""
    async with guard_of(connection).hashing:
        return await asyncio.to_thread(passwords.make, password, secrets.token_bytes(passwords.SALT))


def refuse_foreign_page(connection: HTTPConnection) -> None:
    """A page of another site must not sign its visitors in as somebody else. Raises Forbidden."""
    if from_own_page(connection) is False:
        raise Forbidden("this did not come from a page of this hub")


def caller_for(person: Person, connection: HTTPConnection) -> Caller:
    return Caller(person.name, person.rights, "person", peer_of(connection), person.role)


def set_cookie(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=sessions.LIFETIME // 1_000_000,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )


def me_of(caller: Caller, classes: list[str] | None = None) -> Me:
    rights = sorted(caller.rights)
    return Me(name=caller.name, kind=caller.kind, role=caller.role, rights=rights, classes=classes or [])


def classes_of(parts: Parts, caller: Caller) -> list[str]:
    """The classes that somebody is in: they are people, and no tokens."""
    if caller.kind != "person":
        return []
    return parts.ledger.read(lambda connection: class_sets.of_user(connection, caller.name))
