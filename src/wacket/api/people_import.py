"""Accounts for a whole class at once: a list of names in, for each a link that signs them in once, to print or send.

They have no password; who has signed in chooses one (people.py). One account at a time is made in people.py.
"""

from __future__ import annotations

import csv
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of, perform
from wacket.api.setup import address_of
from wacket.classes.life import checked_user
from wacket.errors import BadRequest, WacketError
from wacket.ledger import class_sets, nodes, passwords, people, setup
from wacket.ledger.class_sets import Place
from wacket.ledger.people import Person

router = APIRouter(tags=["people"])
Admin = Annotated[Caller, Depends(may("admin"))]
HOUR = 3_600_000_000  # µs
MOST = class_sets.MOST_MEMBERS
ROLE = "student"


class Newcomer(BaseModel):
    """`node` and `seat` are for the class."""

    name: str = Field(max_length=63)
    node: str | None = Field(None, max_length=63)
    seat: str | None = Field(None, max_length=16)


class Import(BaseModel):
    """Either `people`, or `text`: a line for each, NAME or NAME,NODE or NAME,NODE,SEAT. With `class` they are taken
    into that class too. The links work for `hours`.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "ada,pi-11,A1\nbob\n", "class": "6.08", "hours": 336}]},
        populate_by_name=True,
    )

    people: list[Newcomer] = Field([], max_length=MOST)
    text: str = Field("", max_length=200_000)
    class_name: str = Field("", alias="class", max_length=64)
    hours: int = Field(336, ge=24, le=336)


class Imported(BaseModel):
    """`made` is false for who had an account as a student already; they get a new link. `why` says who gets none."""

    name: str
    ok: bool
    made: bool
    link: str
    code: str
    expires: str | None
    why: str


class ImportedAll(BaseModel):
    """The links are shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "people": [
                        {
                            **{
                                "name": "ada",
                                "ok": True,
                                "made": True,
                                "link": "https://lab:8443/s/7KQ2-M9XF-0A1B-2C3D",
                            },
                            **{"code": "7KQ2-M9XF-0A1B-2C3D", "expires": "2026-12-05T08:00:00Z", "why": ""},
                        }
                    ]
                }
            ]
        }
    )

    people: list[Imported]


@router.post("/api/v1/people/import", status_code=201, summary="Make accounts for a class")
async def import_people(caller: Admin, body: Import, request: Request) -> ImportedAll:
    """Students' accounts without a password, and for each a link that signs them in once. All in one transaction; a
    name that cannot be is named and keeps nobody else from it.
    """
    parts, wanted = parts_of(request), _wanted(body)
    where, now, lifetime = address_of(parts), parts.clock(), body.hours * HOUR
    members: dict[str, Place] = {}

    def one(connection: Connection, who: Newcomer) -> Imported:
        try:
            place = _place(connection, who)
            person, made = _account(connection, who, now)
        except WacketError as error:
            return Imported(name=who.name, ok=False, made=False, link="", code="", expires=None, why=str(error))
        members[who.name] = place
        random = secrets.token_bytes(setup.LONG_RANDOM_BYTES)
        link = setup.issue(connection, random, now, person, lifetime)
        shown = {"link": f"{where}/s/{link.code}", "code": link.code, "expires": iso(link.expires)}
        return Imported(name=who.name, ok=True, made=made, why="", **shown)

    def work(connection: Connection) -> list[Imported]:
        members.clear()
        found = [one(connection, who) for who in wanted]
        if body.class_name:
            class_sets.put(connection, body.class_name, members)
        return found

    details = {"people": [who.name for who in wanted], "hours": body.hours}
    brought = await perform(parts, caller, "people.import", body.class_name, work, **details)
    if body.class_name:
        parts.bus.publish_nowait("changed", {"classes": True})
    return ImportedAll(people=brought)


def _account(connection: Connection, who: Newcomer, now: int) -> tuple[Person, bool]:
    """The account of this name, and whether it was made now. Raises BadRequest before it has changed anything."""
    checked_user(who.name)
    known = people.credentials(connection, who.name)
    if known is None:
        return people.create(connection, who.name, ROLE, passwords.NOBODY, now), True
    if known[0].role != ROLE or known[0].disabled:
        raise BadRequest(f"somebody is named {who.name!r} already, and is no student who may sign in", "name")
    return known[0], False


def _place(connection: Connection, who: Newcomer) -> Place:
    return Place(nodes.by_name(connection, who.node).id if who.node else None, who.seat)


def _wanted(body: Import) -> list[Newcomer]:
    """Raises BadRequest where it is not clear who is meant."""
    if bool(body.people) == bool(body.text.strip()):
        raise BadRequest("say either `people` or `text`, with at least one name", "people")
    wanted = body.people or [_line(cells) for cells in csv.reader(body.text.splitlines()) if any(cells)]
    if len(wanted) > MOST:
        raise BadRequest(f"at most {MOST} people at once", "text")
    return list({who.name: who for who in wanted}.values())


def _line(cells: list[str]) -> Newcomer:
    name, node, seat = [*(cell.strip() for cell in cells), "", ""][:3]
    if len(name) > 63 or len(node) > 63 or len(seat) > 16 or len(cells) > 3:
        raise BadRequest(f"{name[:63]!r}: a line is NAME, NAME,NODE or NAME,NODE,SEAT", "text")
    return Newcomer(name=name, node=node or None, seat=seat or None)
