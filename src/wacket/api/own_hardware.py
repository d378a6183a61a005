"""A person's own hardware in a class: how it stands, what it waits for, and asking it to run a program.

A student needs no other right for their own. What teachers do with a class is in rounds.py and class_sets.py.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, may, parts_of
from wacket.api.class_members import MEMBER, ClassMember, member_of
from wacket.api.classes import UNDER, User, require_own
from wacket.api.jobs import token_of
from wacket.classes.life import LONGEST_TIMEOUT, LONGEST_VALUE, checked_user
from wacket.classes.rounds import Wish, own_actor
from wacket.errors import BadRequest, NotFound
from wacket.ledger import class_sets, classes
from wacket.ledger.class_sets import Member

if TYPE_CHECKING:
    from wacket.api.parts import Parts

router = APIRouter(tags=["class"])
Known = Annotated[Caller, Depends(may("own"))]
HERE = ("up", "late")
OWN: JsonDict = {**MEMBER, "classes": ["6.08"], "own": True, "waits": "", "before": 0}


class OwnHardware(ClassMember):
    """How one person's hardware stands, with whole texts. `classes` are those that they are in; `own` says that they
    asked it themselves, so that they may take it back.

    `waits` is empty, `board` (it is not connected, or its worker has not come for the program yet) or `queue`: then
    `before` other programs go first.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [OWN]})

    classes: list[str]
    own: bool
    waits: str
    before: int


class OwnRequest(BaseModel):
    """A Python program, and the seconds that it may take."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": "print(6 * 7)", "timeout": 10}]})

    program: str = Field(max_length=LONGEST_VALUE)
    timeout: int = Field(60, ge=1, le=LONGEST_TIMEOUT)


@router.get(UNDER + "/{user:path}", summary="How one person's hardware stands")
async def stands(caller: Known, user: User, request: Request) -> OwnHardware:
    """Whoever lacks the right read sees their own only. 404 for who is in no class and has no hardware."""
    require_own(caller, user, "read")
    return await _stands(parts_of(request), user)


@router.post(UNDER + "/{user:path}/request", status_code=201, summary="Have one's own hardware run a program")
async def ask(caller: Known, user: User, body: OwnRequest, request: Request) -> OwnHardware:
    """From rest to requested, as when a teacher asks; who lacks the right to operate may ask their own only. What they
    asked last themselves need not be judged before they ask again. 400 while it is at work, or while an answer to a
    teacher waits for an analysis.
    """
    require_own(caller, user, "operate")
    parts, own = parts_of(request), caller.kind == "person" and caller.name == user
    wish = Wish(body.program, body.timeout, "", user=checked_user(user), token=token_of(request, caller), own=own)
    asked = await parts.classroom.rounds.ask(wish, own_actor(user) if own else caller.actor, caller.peer)
    if why := asked.left_out.get(user):
        raise BadRequest(f"the hardware of {user} cannot run this: {why}")
    return await _stands(parts, user)


async def _stands(parts: Parts, user: str) -> OwnHardware:
    member, names, own = await asyncio.to_thread(parts.ledger.read, lambda c: _look(c, user))
    if member.status is None and not names:
        raise NotFound(f"{user[:80]!r} is in no class and has no hardware")
    shown = member_of(parts, member)
    waits, before = _waits(parts, member) if shown.state == 1 else ("", 0)
    return OwnHardware(**shown.model_dump(), classes=names, own=own, waits=waits, before=before)


def _look(connection: Connection, user: str) -> tuple[Member, list[str], bool]:
    """How they stand, in which classes they are, and whether they asked it themselves."""
    status, names = classes.find(connection, user), class_sets.of_user(connection, user)
    seats = [one for name in names for one in class_sets.members(connection, name, user)]
    seat = next((one for one in seats if one.node is not None), None) or next(iter(seats), None)
    moves = class_sets.moves_of(connection, user)
    member = Member(user, None, "", "", moves, status) if seat is None else seat._replace(moves=moves, status=status)
    made = class_sets.round_of(connection, status.round) if status and status.round is not None else None
    return member, names, made is not None and made.actor == own_actor(user)


def _waits(parts: Parts, member: Member) -> tuple[str, int]:
    """Why the program is not collected yet."""
    live = parts.jobs.desk.board.command(member.status.command) if member.status else None
    if live is None:
        return "board", 0
    node = parts.catalogue.node_by_id(live.row.node)
    if parts.fleet.presence.state_of(node) not in HERE:
        return "board", 0
    earlier = [one for one in parts.jobs.desk.board.of_node(live.row.node) if one.row.queued < live.row.queued]
    return ("queue", len(earlier)) if earlier else ("", 0)
