"""The class for teachers' pages and programs: where everybody's hardware stands, what happened, and reset.

Students see their own and nobody else's. The protocol that boards speak is in hw_supervisor.py.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of
from wacket.classes.desk import Step, status_of
from wacket.classes.life import LONGEST_USER
from wacket.classes.rounds import own_actor
from wacket.errors import Forbidden, NotFound
from wacket.ledger import class_sets, classes
from wacket.ledger.classes import ClassRow, Moved

if TYPE_CHECKING:
    from wacket.api.parts import Parts

router = APIRouter(tags=["class"])
Known = Annotated[Caller, Depends(may("own"))]
Operator = Annotated[Caller, Depends(may("operate"))]
User = Annotated[str, Path(description="whose hardware, as in `/hw_supervisor`")]
UNDER = "/api/v1/class"

EXAMPLE: JsonDict = {
    "user": "ada",
    "state": 3,
    "hw_command": "print(6 * 7)",
    "hw_response": "42",
    "server_analysis": "",
    "time": "2026-11-21T08:30:00Z",
    "hw_err": "",
    "hw_exit": 0,
    "timeout": 60,
    "stuck": False,
    "judge": "",
}
MOVE: JsonDict = {
    "id": 7,
    "at": "2026-11-21T08:30:00Z",
    "command": "hw_response_provide",
    "before": 2,
    "after": 3,
    "value": "42",
    "peer": "192.168.1.20",
}


class ClassUser(BaseModel):
    """One user's hardware: 0 at rest, 1 requested, 2 collected, 3 answered. `time` is of the last transition,
    empty if there was none.

    `hw_err` and `hw_exit` are standard error and exit code as far as the hardware told them. `stuck`: it took more than
    twice `timeout` (seconds) to collect the program or to answer. `judge` gave the analysis: `check` is a program.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    user: str
    state: int
    hw_command: str
    hw_response: str
    server_analysis: str
    time: str
    hw_err: str
    hw_exit: int | None
    timeout: int
    stuck: bool
    judge: str


class ClassList(BaseModel):
    """Of each text only the first 1,000 characters; a user's history has the whole. `cursor` is to be given as `after`
    for the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"users": [EXAMPLE], "cursor": None}]})

    users: list[ClassUser]
    cursor: str | None


class Transition(BaseModel):
    """From state `before` to `after`; `value` is what the command carried."""

    id: int
    at: str
    command: str
    before: int
    after: int
    value: str
    peer: str


class ClassHistory(BaseModel):
    """Newest first; `cursor` is to be given as `before` for the next page. Long values make a page shorter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "ada", "transitions": [MOVE], "cursor": None}]})

    user: str
    transitions: list[Transition]
    cursor: int | None


@router.get(UNDER, summary="Where everybody's hardware stands")
async def everybody(
    caller: Known,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000, description="users at most", examples=[100])] = 100,
    after: Annotated[str, Query(max_length=LONGEST_USER, description="the cursor of the page before")] = "",
    user: Annotated[str | None, Query(max_length=LONGEST_USER, description="only this one", examples=["ada"])] = None,
) -> ClassList:
    """All users by name. Who lacks the right read gets only what is their own."""
    only = user if "read" in caller.rights else own_name(caller)
    if user not in (None, only):
        raise Forbidden("this is not your own: it needs the right 'read'")
    parts = parts_of(request)
    rows = await asyncio.to_thread(parts.ledger.read, lambda c: classes.everybody(c, only, limit + 1, after))
    cursor = rows[limit - 1].user if len(rows) > limit else None
    return ClassList(users=[shown(row, parts.clock()) for row in rows[:limit]], cursor=cursor)


@router.get(UNDER + "/{user:path}/history", summary="What happened to a user's hardware")
async def history(
    caller: Known,
    request: Request,
    user: User,
    limit: Annotated[int, Query(ge=1, le=1000, description="transitions at most", examples=[100])] = 100,
    before: Annotated[int | None, Query(ge=0, le=1 << 62, description="the cursor of the page before")] = None,
) -> ClassHistory:
    """Every transition that ever happened, newest first. Who lacks the right read gets only what is their own."""
    require_own(caller, user, "read")
    ledger = parts_of(request).ledger
    if await asyncio.to_thread(ledger.read, lambda c: classes.find(c, user)) is None:
        raise NotFound(f"no user {user[:80]!r} in the class")
    rows, cursor = await asyncio.to_thread(ledger.read, lambda c: _page(c, user, limit, before))
    return ClassHistory(user=user, transitions=[_moved(row) for row in rows], cursor=cursor)


@router.post(UNDER + "/{user:path}/reset", summary="Put a user's hardware at rest")
async def reset(caller: Known, request: Request, user: User) -> ClassUser:
    """From any state to 0, for a run that got stuck; what was said so far stays. Who lacks the right to operate may do
    so with their own hardware, as long as they asked it themselves.
    """
    parts = parts_of(request)
    if "operate" in caller.rights:
        await parts.desk.reset(user, caller.peer, caller.actor)
    else:
        await _take_back(parts, caller, user)
    row = await asyncio.to_thread(parts.ledger.read, lambda c: classes.find(c, user))
    if row is None:
        raise NotFound(f"no user {user[:80]!r} in the class")
    return shown(row, parts.clock())


def _page(connection: Connection, user: str, limit: int, before: int | None) -> tuple[list[Moved], int | None]:
    """A page of the history, and the cursor of the next one if there is more."""
    rows = classes.history(connection, user, limit, before)
    older = rows and classes.history(connection, user, 1, rows[-1].id)
    return rows, rows[-1].id if older else None


async def _take_back(parts: Parts, caller: Caller, user: str) -> None:
    """End what somebody asked their own hardware."""
    require_own(caller, user, "operate")

    def look(connection: Connection) -> tuple[int | None, bool]:
        row = classes.find(connection, user)
        number = row.round if row else None
        made = class_sets.round_of(connection, number) if number is not None else None
        return number, made is not None and made.actor == own_actor(user)

    number, own = await asyncio.to_thread(parts.ledger.read, look)
    if not own:
        raise Forbidden("what a teacher asked is put at rest by a teacher: it needs the right 'operate'")
    await parts.desk.carry([Step(user, "reset", {}, caller.peer, own_actor(user), number)])


def require_own(caller: Caller, user: str, right: str) -> None:
    """Raises Forbidden where somebody means another's, and lacks the right for that."""
    if right not in caller.rights and user != own_name(caller):
        raise Forbidden(f"this is not your own: it needs the right {right!r}")


def own_name(caller: Caller) -> str:
    """Whose own it is that the caller may see. Raises Forbidden for callers who are nobody's."""
    if caller.kind != "person":
        raise Forbidden("this needs the right 'read', or an account of one's own")
    return caller.name


def shown(row: ClassRow, now: int) -> ClassUser:
    """A row as the API tells it."""
    fields = row._asdict() | {"time": iso(row.time) if row.time else "", "stuck": status_of(row).stuck(now)}
    return ClassUser(**{name: fields[name] for name in ClassUser.model_fields})


def _moved(row: Moved) -> Transition:
    fields = row._asdict() | {"at": iso(row.at)}
    return Transition(**{name: fields[name] for name in Transition.model_fields})
