"""What the commands of a job said and brought back: folded answers, bytes, files. Bytes go out as they came in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.jobs import Number, found_job, node_named
from wacket.api.parts import apart
from wacket.commands import answering
from wacket.errors import NotFound

router = APIRouter(tags=["jobs"])
Reader = Annotated[Caller, Depends(may("read"))]
NodeName = Annotated[str, Path(description="what the node is called now")]
# Whatever a node wrote, no browser is to make anything else of it.
BYTES = "application/octet-stream"
HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment", "Cache-Control": "no-store"}
ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes.", "content": {BYTES: {"schema": {"type": "string"}, "example": "up 3 days\n"}}}
}


class FoldedAnswer(BaseModel):
    nodes: str
    count: int
    state: str
    exit: int | None
    signal: int | None
    reason: str
    out: str
    err: str
    out_line: str
    err_line: str
    differs: bool


class Answers(BaseModel):
    """Equal answers together, the most frequent first. `out` and `err` have at most 64 KiB here; `out_line` and
    `err_line` are the first line of each that says something. `differs`: ended otherwise than most."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answers": [
                        {
                            **{"nodes": "demo-[01-03,05]", "count": 4, "state": "succeeded", "exit": 0, "signal": 0},
                            **{"reason": "", "out": "61%\n", "err": "", "out_line": "61%", "err_line": ""},
                            "differs": False,
                        }
                    ]
                }
            ]
        }
    )

    answers: list[FoldedAnswer]


@router.get("/api/v1/jobs/{job}/answers", summary="What nodes answered, folded")
async def answers(caller: Reader, job: Number, request: Request) -> Answers:
    """Nodes whose state, exit code and output are the same stand in one group, their names folded."""
    parts = parts_of(request)
    _, rows = await found_job(parts, job)
    found = await apart(parts, answering.answers, rows, parts.jobs.outputs, parts.catalogue.node_name)
    return Answers(answers=[FoldedAnswer(**one) for one in found])


@router.get(
    "/api/v1/jobs/{job}/output/{node}",
    summary="What a node's program wrote",
    response_class=StreamingResponse,
    responses=ANSWERED,
)
async def output(
    caller: Reader,
    job: Number,
    node: NodeName,
    request: Request,
    stream: Annotated[
        Literal["out", "err", "both"], Query(description="standard output, standard error, or both in their order")
    ] = "both",
) -> StreamingResponse:
    """As it is on disk now, byte for byte. Where the middle was left out a line says how much of it."""
    parts = parts_of(request)
    number = await _command(request, job, node)
    pieces = answering.said(parts.jobs.outputs.place(job, number), stream)

    async def sent() -> AsyncIterator[bytes]:
        while piece := await apart(parts, next, pieces, b""):
            yield piece

    return StreamingResponse(sent(), media_type=BYTES, headers=HEADERS)


@router.get(
    "/api/v1/jobs/{job}/files/{node}/{name:path}",
    summary="A file that was brought back",
    response_class=FileResponse,
    responses=ANSWERED,
)
async def file(
    caller: Reader,
    job: Number,
    node: NodeName,
    name: Annotated[str, Path(description="its name as the job's record has it")],
    request: Request,
) -> FileResponse:
    """A file that a node sent back, as it was there."""
    number = await _command(request, job, node)
    path = await asyncio.to_thread(parts_of(request).jobs.brought.find, job, number, name)
    return FileResponse(path, media_type=BYTES, headers=HEADERS)


async def _command(request: Request, job: int, node: str) -> int:
    """The number of a node that the job is for. Raises NotFound."""
    parts = parts_of(request)
    numbers = parts.catalogue.aliases.of([node_named(parts, node)])
    _, rows = await found_job(parts, job)
    asked = {row.node for row in rows}
    if not asked.intersection(numbers):
        raise NotFound(f"job {job} is not for node {node[:80]!r}")
    return next(number for number in numbers if number in asked)
