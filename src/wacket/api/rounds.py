"""Rounds of a class: asking everybody in it to run a program, putting it at rest, and judging answers by hand."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from wacket.api.access import Caller, may, parts_of
from wacket.api.class_sets import SETS, Name
from wacket.api.classes import UNDER, ClassUser, User, shown
from wacket.api.jobs import token_of
from wacket.classes.check import CONFINES
from wacket.classes.desk import Step
from wacket.classes.life import LONGEST_TIMEOUT, LONGEST_USER, LONGEST_VALUE, checked_user
from wacket.classes.rounds import Wish
from wacket.errors import BadRequest, Forbidden
from wacket.ledger import class_sets, classes

router = APIRouter(tags=["class"])
Operator = Annotated[Caller, Depends(may("operate"))]


class NewRound(BaseModel):
    """A Python program for a class, for one of it (`class` and `user`), or for one person (`user` alone).

    `check` is a Python program that reads an answer as JSON from standard input and prints its verdict.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"class": "6.08", "program": "print(6 * 7)", "timeout": 10}]},
        populate_by_name=True,
    )

    class_name: str = Field("", alias="class", max_length=64)
    user: str = Field("", max_length=LONGEST_USER)
    program: str = Field(max_length=LONGEST_VALUE)
    timeout: int = Field(60, ge=1, le=LONGEST_TIMEOUT, description="seconds that it may take")
    check: str = Field("", max_length=LONGEST_VALUE)


class LeftOut(BaseModel):
    user: str
    why: str


class RoundInfo(BaseModel):
    """Who was asked, and why others were not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": 7, "users": ["ada"], "left_out": [{"user": "bob", "why": "at work already"}]}]
        }
    )

    id: int
    users: list[str]
    left_out: list[LeftOut]


class ResetWish(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"stuck": True}]})

    stuck: bool = Field(False, description="only those who are stuck")


class ResetDone(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"users": ["bob"]}]})

    users: list[str]


class Analysis(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "well done"}]})

    text: str = Field(max_length=LONGEST_VALUE)


@router.post("/api/v1/rounds", status_code=201, summary="Ask a class to run a program")
async def ask(caller: Operator, body: NewRound, request: Request) -> RoundInfo:
    """Everybody who is at rest goes to state 1 and is given the program once: by their node's agent, or when their
    worker collects it. Where the hub's system cannot confine a check program, only an admin may give one."""
    if not body.class_name and not body.user:
        raise BadRequest("say of which class or of whom", "class")
    if body.user:
        checked_user(body.user)
    if body.check and not CONFINES and "admin" not in caller.rights:
        raise Forbidden("this machine cannot keep a check program from the hub's files, so only an admin may give one")
    wish = Wish(body.program, body.timeout, body.check, body.class_name, body.user, token_of(request, caller))
    asked = await parts_of(request).classroom.rounds.ask(wish, caller.actor, caller.peer)
    left_out = [LeftOut(user=user, why=why) for user, why in asked.left_out.items()]
    return RoundInfo(id=asked.round, users=asked.users, left_out=left_out)


@router.post(SETS + "/{name}/reset", summary="Put a class at rest")
async def reset_class(caller: Operator, name: Name, body: ResetWish, request: Request) -> ResetDone:
    """All who are not at rest, or only those who are stuck: who took more than twice the time of their program to
    collect it or to answer. What agents still run for them is ended."""
    users = await parts_of(request).classroom.rounds.reset(name, body.stuck, caller.actor, caller.peer)
    return ResetDone(users=users)


@router.post(SETS + "/{name}/analysis", summary="Say of a class what its answers are worth")
async def analyse_class(caller: Operator, name: Name, body: Analysis, request: Request) -> ResetDone:
    """All who have answered and wait for an analysis get this one, and are at rest again."""
    parts = parts_of(request)
    found = await asyncio.to_thread(parts.ledger.read, lambda c: class_sets.members(c, name))
    values = {"server_anal": body.text}
    # Of the round that was looked at: nobody is told what is meant for another answer.
    steps = [
        Step(one.user, "server_analysis_provide", values, caller.peer, caller.actor, one.status.round)
        for one in found
        if one.status is not None and one.status.state == 3
    ]
    return ResetDone(users=[taken.row.user for taken in await parts.desk.carry(steps) if taken.moved])


@router.post(UNDER + "/{user:path}/analysis", summary="Say what an answer is worth")
async def analyse(caller: Operator, user: User, body: Analysis, request: Request) -> ClassUser:
    """From state 3 to 0, with a teacher's words. 400 if there is no answer to judge."""
    parts = parts_of(request)
    name, values = checked_user(user), {"server_anal": body.text}
    row = await asyncio.to_thread(parts.ledger.read, lambda c: classes.find(c, name))
    step = Step(name, "server_analysis_provide", values, caller.peer, caller.actor, row.round if row else None)
    (taken,) = await parts.desk.carry([step])
    if not taken.moved:
        raise BadRequest(f"there is no answer of {user!r} that waits for an analysis", "user")
    return shown(taken.row, parts.clock())
