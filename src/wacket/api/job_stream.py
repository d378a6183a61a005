"""The events of a job as NDJSON, from its beginning to its end. commands/following.py makes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse

from wacket.api.access import Caller, caller_of, may, parts_of
from wacket.api.patient import PatientResponse
from wacket.commands.board import Job
from wacket.commands.following import Follower

router = APIRouter(tags=["jobs"])
log = logging.getLogger(__name__)
Reader = Annotated[Caller, Depends(may("read"))]

NDJSON = "application/x-ndjson"
CHECK_EVERY = 5.0  # seconds after which a revoked token ends the stream
EXAMPLE = """{"event":"job","id":212,"nodes":["demo-01","demo-02"],"waiting":["demo-02"],"left_out":[]}
{"event":"output","node":"demo-01","stream":"out","offset":0,"text":"up 3 days\\n"}
{"event":"state","node":"demo-01","state":"succeeded","exit":0,"seconds":0.012}
{"event":"state","node":"demo-02","state":"expired","reason":"the node was not there before its time was over"}
{"event":"end","counts":{"succeeded":1,"expired":1}}
"""
STREAM: dict[str, Any] = {
    "description": "The job, or the stream of its events.",
    "content": {NDJSON: {"schema": {"type": "string"}, "example": EXAMPLE}},
}


@router.get(
    "/api/v1/jobs/{job}/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={200: STREAM | {"description": "The events."}},
)
async def follow_job(
    caller: Reader,
    job: Annotated[int, Path(ge=1, le=2**63 - 1, description="the number of the job")],
    request: Request,
) -> StreamingResponse:
    """All events of a job from its beginning, one JSON object a line, until it is over; an empty line now and then
    says that the hub is still there. Events come in the order in which things are on disk; states that pass quickly
    may be left out, output never is."""
    return stream(request, await parts_of(request).jobs.issuing.find(job), "read", 200)


def stream(request: Request, job: Job, right: str, status: int) -> StreamingResponse:
    """The events of a job, for as long as the caller has the right to see them."""
    patience = parts_of(request).settings.doors.slow_seconds
    headers = {"Cache-Control": "no-store"}
    return PatientResponse(_lines(request, job, right), patience, "the stream of a job", NDJSON, headers, status)


async def _lines(request: Request, job: Job, right: str) -> AsyncGenerator[bytes, None]:
    parts, loop = parts_of(request), asyncio.get_running_loop()
    checked = loop.time()
    with Follower(parts.jobs.desk, job, parts.catalogue.node_name) as follower:
        async for lines in follower.lines():
            if lines:
                yield lines
            if loop.time() - checked > CHECK_EVERY:
                checked = loop.time()
                await caller_of(request, right)
