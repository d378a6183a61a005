"""Schedules: jobs for later, or again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import EPOCH, Caller, iso, may, parts_of
from wacket.api.job_shapes import ASKED, NewJob
from wacket.api.jobs import token_of, understood
from wacket.api.parts import Parts, apart
from wacket.commands import spec
from wacket.commands.issuing import SECOND, Wish
from wacket.errors import BadRequest
from wacket.ledger import schedules
from wacket.ledger.schedules import ScheduleRow

router = APIRouter(tags=["jobs"])
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]
LONGEST = 36_500 * 86_400 * SECOND  # µs; much later times are none that a calendar can show
EXAMPLE: JsonDict = {
    "id": 3,
    "author": "person:ada",
    "target": "tag:demo",
    "job": {"kind": "exec", "argv": ["./clean-up"], "timeout": 600},
    "created": "2026-11-21T08:30:00Z",
    "every": 86400.0,
    "next": "2026-11-22T03:00:00Z",
    "last": None,
    "last_job": None,
    "trouble": "",
}


class ScheduleInfo(BaseModel):
    """One schedule. `next` is null when it is over; `trouble` says why nothing was done the last time."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    author: str
    target: str
    job: dict[str, Any]
    created: str
    every: float | None
    next: str | None
    last: str | None
    last_job: int | None
    trouble: str


class ScheduleList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"schedules": [EXAMPLE]}]})

    schedules: list[ScheduleInfo]


class NewSchedule(BaseModel):
    """What `job` asks for, or what the job with the number `repeats` did: at a time, every so many seconds, or both,
    where `at` is the first time."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"job": ASKED, "every": 86400, "at": "2026-11-22T03:00:00Z"}]}
    )

    job: NewJob | None = None
    repeats: int | None = Field(None, ge=1, le=2**63 - 1)
    every: float | None = Field(None, ge=10, le=366 * 86_400)
    at: datetime | None = None


@router.get("/api/v1/schedules", summary="List the schedules")
async def list_schedules(caller: Reader, request: Request) -> ScheduleList:
    """All schedules, those that are over too."""
    parts = parts_of(request)
    rows = await apart(parts, parts.ledger.read, schedules.everything)
    return ScheduleList(schedules=[_info(row) for row in rows])


@router.post("/api/v1/schedules", status_code=201, summary="Make a schedule")
async def create_schedule(caller: Operator, body: NewSchedule, request: Request) -> ScheduleInfo:
    """Ask for a job later, or again and again. Whether its author may still ask for it is looked at each time."""
    parts = parts_of(request)
    first = _first(body, parts.clock())
    wish = await _wish(parts, body, caller, token_of(request, caller))
    every = None if body.every is None else int(body.every * SECOND)
    return _info(await parts.jobs.schedules.add(wish, every, first))


@router.delete("/api/v1/schedules/{schedule}", status_code=204, summary="Remove a schedule")
async def remove_schedule(
    caller: Operator,
    schedule: Annotated[int, Path(ge=1, le=2**63 - 1, description="the number of the schedule")],
    request: Request,
) -> None:
    """Nothing more is begun by it. What it has begun goes on."""
    await parts_of(request).jobs.schedules.remove(schedule, caller.actor, caller.peer)


async def _wish(parts: Parts, body: NewSchedule, caller: Caller, token: int) -> Wish:
    if (body.job is None) == (body.repeats is None):
        raise BadRequest("say either what to do (job) or which job to repeat (repeats)", "job")
    if body.job is not None:
        wanted = await understood(parts, body.job, token)
        return Wish(body.job.target, wanted, caller.actor, caller.peer)
    return await parts.jobs.issuing.repetition(
        body.repeats or 0, only_failed=False, actor=caller.actor, peer=caller.peer, token=token
    )


def _first(body: NewSchedule, now: int) -> int:
    """When it is due first, in µs. Raises BadRequest."""
    if body.at is None:
        if body.every is None:
            raise BadRequest("say when: at, every, or both", "every")
        return now
    if body.at.tzinfo is None:
        raise BadRequest("say which time zone, for example 2027-01-31T12:00:00Z", "at")
    passed = body.at - EPOCH
    at = (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds
    if not now <= at <= now + LONGEST:
        raise BadRequest("at is a time to come, within 36,500 days", "at")
    return at


def _info(row: ScheduleRow) -> ScheduleInfo:
    wanted = spec.read(row.spec)
    job: dict[str, Any] = {"kind": wanted.kind, "timeout": wanted.timeout, "expires": wanted.expires}
    job |= {name: list(getattr(wanted, name)) for name in ("argv", "args") if getattr(wanted, name)}
    if wanted.program:
        job["digest"] = wanted.program
    times = {name: None if at is None else iso(at) for name, at in (("next", row.next), ("last", row.last))}
    every = None if row.every is None else row.every / SECOND
    shown: dict[str, Any] = {
        "author": row.author,
        "target": row.target,
        "job": job,
        "created": iso(row.created),
        "every": every,
    }
    return ScheduleInfo(id=row.id, last_job=row.last_job, trouble=row.trouble, **shown | times)
