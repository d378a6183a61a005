"""Classes as sets of people: who is in them, how everybody stands and what they answered.

Students see their own and nobody else's. Asking a class is in rounds.py, one person's history and reset in classes.py,
the protocol that boards speak in hw_supervisor.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of, perform
from wacket.api.class_members import MEMBER, ClassMember, member_of
from wacket.api.classes import own_name
from wacket.api.parts import Parts
from wacket.classes.life import LONGEST_USER, checked_user
from wacket.errors import BadRequest, Forbidden, NotFound
from wacket.ledger import class_sets, nodes
from wacket.ledger.class_sets import ClassSet, Place

router = APIRouter(tags=["class"])
T = TypeVar("T")
Known = Annotated[Caller, Depends(may("own"))]
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]
Name = Annotated[str, Path(max_length=64, description="of the class", examples=["6.08"])]
SETS = "/api/v1/classes"
PAGE = 50  # whole answers; each may have four long texts

CLASS: JsonDict = {"name": "6.08", "people": 30, "created": "2026-11-21T08:00:00Z", "created_by": "owner"}


class ClassInfo(BaseModel):
    """A class and how many people are in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLASS]})

    name: str
    people: int
    created: str
    created_by: str


class ClassInfos(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"classes": [CLASS]}]})

    classes: list[ClassInfo]


class NewMember(BaseModel):
    """`node` is the node whose agent is their hardware; without one a worker polls `/hw_supervisor` for them. `seat` is
    where they sit; without it, it stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "ada", "node": "pi-11", "seat": "A1"}]})

    user: str = Field(max_length=LONGEST_USER)
    node: str | None = Field(None, max_length=63)
    seat: str | None = Field(None, max_length=16)


class NewMembers(BaseModel):
    """People to take into a class, or to give other hardware."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"members": [{"user": "ada", "node": "pi-11"}]}]})

    members: list[NewMember] = Field(max_length=class_sets.MOST_MEMBERS)


class NewClass(NewMembers):
    """A name, and who is in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "6.08", "members": [{"user": "ada", "node": "pi-11"}, {"user": "bob"}]}]
        }
    )

    name: str = Field(min_length=1, max_length=64)
    members: list[NewMember] = Field([], max_length=class_sets.MOST_MEMBERS)


class ClassMembers(BaseModel):
    """`cursor` is to be given as `after` for the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "6.08", "members": [MEMBER], "cursor": None}]})

    name: str
    members: list[ClassMember]
    cursor: str | None = None


@router.get(SETS, summary="List the classes")
async def list_classes(caller: Reader, request: Request) -> ClassInfos:
    """All classes by name."""
    found = await asyncio.to_thread(parts_of(request).ledger.read, class_sets.all_sets)
    return ClassInfos(classes=[_info(one) for one in found])


@router.post(SETS, status_code=201, summary="Make a class")
async def create_class(caller: Operator, body: NewClass, request: Request) -> ClassInfo:
    """Make a class and take people into it."""
    parts, name = parts_of(request), _checked_name(body.name)

    def work(connection: Connection) -> ClassSet:
        class_sets.create(connection, name, caller.actor, parts.clock())
        class_sets.put(connection, name, _members(connection, body.members))
        return class_sets.find(connection, name)

    return _info(await _acted(parts, caller, "class.create", name, work, people=len(body.members)))


@router.delete(SETS + "/{name}", status_code=204, summary="Remove a class")
async def remove_class(caller: Operator, name: Name, request: Request) -> None:
    """Remove a class. Its people, what they did and what runs stay as they are."""
    await _acted(parts_of(request), caller, "class.remove", name, lambda c: class_sets.remove(c, name))


@router.get(SETS + "/{name}", summary="How a class stands")
async def show_class(
    caller: Known,
    name: Name,
    request: Request,
    texts: Annotated[bool, Query(description="the long texts too, each up to 1,000 characters")] = True,
) -> ClassMembers:
    """Everybody in it. Of each text only the first 1,000 characters. Who lacks the right read gets only what is their
    own."""
    parts, only = parts_of(request), None if "read" in caller.rights else own_name(caller)
    try:
        found = await asyncio.to_thread(parts.ledger.read, lambda c: class_sets.members(c, name, only))
    except NotFound:
        found = []
        if only is None:
            raise
    if only is not None and not found:
        raise Forbidden("this is not your own: it needs the right 'read'")
    return ClassMembers(name=name, members=[member_of(parts, one, texts) for one in found])


@router.get(SETS + "/{name}/answers", summary="What a class answered")
async def answers(
    caller: Reader,
    name: Name,
    request: Request,
    after: Annotated[str, Query(max_length=LONGEST_USER, description="the cursor of the page before")] = "",
) -> ClassMembers:
    """Everybody in it with whole texts, in pages."""
    parts = parts_of(request)
    found = await asyncio.to_thread(
        parts.ledger.read, lambda c: class_sets.members(c, name, whole=True, after=after, limit=PAGE + 1)
    )
    cursor = found[PAGE - 1].user if len(found) > PAGE else None
    return ClassMembers(name=name, members=[member_of(parts, one) for one in found[:PAGE]], cursor=cursor)


@router.put(SETS + "/{name}/members", summary="Take people into a class")
async def put_members(caller: Operator, name: Name, body: NewMembers, request: Request) -> ClassInfo:
    """Who is in it already gets the hardware that is given here."""

    def work(connection: Connection) -> ClassSet:
        class_sets.put(connection, name, _members(connection, body.members))
        return class_sets.find(connection, name)

    users = [member.user for member in body.members]
    return _info(await _acted(parts_of(request), caller, "class.add", name, work, users=users))


@router.delete(SETS + "/{name}/members", summary="Take people out of a class")
async def drop_members(
    caller: Operator,
    name: Name,
    request: Request,
    user: Annotated[list[str], Query(max_length=class_sets.MOST_MEMBERS, description="whom", examples=[["ada"]])],
) -> ClassInfo:
    """What they did stays."""

    def work(connection: Connection) -> ClassSet:
        if not class_sets.drop(connection, name, user):
            raise NotFound(f"nobody of these is in the class {name!r}")
        return class_sets.find(connection, name)

    return _info(await _acted(parts_of(request), caller, "class.drop", name, work, users=user))


async def _acted(
    parts: Parts, caller: Caller, act: str, name: str, work: Callable[[Connection], T], **details: Any
) -> T:
    """Do it, and tell the pages that show who is in a class."""
    done = await perform(parts, caller, act, name, work, **details)
    parts.bus.publish_nowait("changed", {"classes": True})
    return done


def _checked_name(name: str) -> str:
    if not name.isprintable() or "/" in name or name != name.strip():
        raise BadRequest("not a class name: printable characters without /, no space at either end", "name")
    return name


def _members(connection: Connection, wanted: list[NewMember]) -> dict[str, Place]:
    return {checked_user(one.user): _place(connection, one) for one in wanted}


def _place(connection: Connection, wanted: NewMember) -> Place:
    if wanted.seat is not None and not wanted.seat.isprintable():
        raise BadRequest("a seat is 1 to 16 printable characters, for example A1", "seat")
    node = nodes.by_name(connection, wanted.node).id if wanted.node is not None else None
    return Place(node, wanted.seat.strip() if wanted.seat is not None else None)


def _info(found: ClassSet) -> ClassInfo:
    return ClassInfo(name=found.name, people=found.members, created=iso(found.created), created_by=found.created_by)
