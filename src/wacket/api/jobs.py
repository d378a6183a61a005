"""Jobs: ask nodes to run something, look at what came of it, cancel it, and do it again.

Which there were and which nodes one would reach is in job_search.py, what commands said in job_output.py, the stream
of events in job_stream.py.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import JSONResponse, Response

from wacket.api.access import Caller, iso, may, parts_of
from wacket.api.job_shapes import (
    CancelJob,
    Cancelled,
    LeftOut,
    MadeJob,
    NewJob,
    RepeatJob,
    WholeJob,
)
from wacket.api.job_stream import NDJSON, STREAM, stream
from wacket.api.parts import Parts
from wacket.api.shown import checked_key, token_in
from wacket.commands import spec
from wacket.commands.board import Job
from wacket.commands.following import shown
from wacket.commands.issuing import Wish
from wacket.commands.states import counts
from wacket.errors import BadRequest, NotFound
from wacket.ledger.commands import CommandRow
from wacket.ledger.jobs import JobRow

router = APIRouter(tags=["jobs"])
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1, description="the number of the job")]


@router.post(
    "/api/v1/jobs", status_code=201, summary="Run something on nodes", response_model=MadeJob, responses={201: STREAM}
)
async def create_job(
    caller: Operator,
    body: NewJob,
    request: Request,
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", description="asked again with it, makes no second job")
    ] = None,
) -> Response:
    """Make a job. With `Accept: application/x-ndjson` the answer is the stream of its events until it is over.

    An Idempotency-Key is remembered for a day: the same request with the same key is answered with the job that it made
    before, so whoever got no answer can ask again; with the key of another job it is status 422. A target that matches
    no node is status 400 with the reasons, and nothing is done.
    """
    parts = parts_of(request)
    wanted = await understood(parts, body, token_of(request, caller), checked_key(key) or "")
    job, _ = await parts.jobs.issuing.issue(Wish(body.target, wanted, caller.actor, caller.peer))
    return _made(request, job)


@router.get("/api/v1/jobs/{job}", summary="One job")
async def one_job(caller: Reader, job: Number, request: Request) -> WholeJob:
    """Who asked for what, and how it went on each node."""
    parts = parts_of(request)
    row, rows = await found_job(parts, job)
    nodes = [{"node": parts.catalogue.node_name(one.node), **shown(one, _is_away(parts, one))} for one in rows]
    record = short(row) | counted(parts, row, counts(one.state for one in rows)) | _whole_spec(row)
    return WholeJob(nodes=nodes, left_out=left_out_of(row.left_out), **record)


@router.post("/api/v1/jobs/{job}/cancel", summary="Cancel a job")
async def cancel_job(caller: Operator, job: Number, body: CancelJob, request: Request) -> Cancelled:
    """End its programs, with all that they started. A node that is not there is told when it comes."""
    parts = parts_of(request)
    node = None if body.node is None else node_named(parts, body.node)
    lives = await parts.jobs.issuing.cancel(job, node, caller.actor, caller.peer)
    return Cancelled(id=job, nodes=sorted(parts.catalogue.node_name(live.row.node) for live in lives))


@router.post(
    "/api/v1/jobs/{job}/repeat",
    status_code=201,
    summary="Do a job again",
    response_model=MadeJob,
    responses={201: STREAM},
)
async def repeat_job(caller: Operator, job: Number, body: RepeatJob, request: Request) -> Response:
    """A new job that does the same, on the nodes that its target means now. Answers as POST /api/v1/jobs does."""
    parts = parts_of(request)
    token = token_of(request, caller)
    wish = await parts.jobs.issuing.repetition(
        job, only_failed=body.only == "failed", actor=caller.actor, peer=caller.peer, token=token
    )
    made, _ = await parts.jobs.issuing.issue(wish)
    return _made(request, made)


async def understood(parts: Parts, body: NewJob, token: int, key: str = "") -> spec.Spec:
    """What is asked of each node. Raises BadRequest. Program and standard input are on disk when this returns."""
    stdin = _base64(body.stdin)
    texts: dict[str, bytes] = {"program": body.program.encode("utf-8", "surrogatepass"), "stdin": stdin}
    kept: dict[str, Any] = {
        name: await asyncio.to_thread(parts.jobs.blobs.put, text) for name, text in texts.items() if text
    }
    wanted = spec.Spec(
        kind=body.kind,
        argv=tuple(body.argv),
        args=tuple(body.args),
        env=body.env,
        cwd=body.cwd,
        user=body.user,
        timeout=math.ceil(body.timeout),
        expires=math.ceil(body.expires),
        files=tuple(spec.File(**file.model_dump()) for file in body.files),
        bring=tuple(body.bring),
        token=token,
        names=tuple(body.names),
        key=key,
        **kept,
    )
    return spec.checked(wanted)


def token_of(request: Request, caller: Caller) -> int:
    """The id of the token that was shown, 0 for whoever showed none: names of tokens are not unique."""
    secret = token_in(request.headers.get("authorization", ""))
    token = parts_of(request).tokens.check(secret) if caller.kind == "token" and secret else None
    return token.id if token else 0


async def found_job(parts: Parts, number: int) -> tuple[JobRow, list[CommandRow]]:
    """A job and its commands, as they are now. Raises NotFound."""
    job = await parts.jobs.issuing.find(number)
    return job.row, list(job.rows.values())


def node_named(parts: Parts, name: str) -> int:
    """Raises NotFound."""
    row = parts.catalogue.node_named(name)
    if row is None:
        raise NotFound(f"no node named {name[:80]!r}")
    return row.id


def _made(request: Request, job: Job) -> Response:
    if NDJSON in request.headers.get("accept", ""):
        return stream(request, job, "operate", 201)
    names = {parts_of(request).catalogue.node_name(row.node): row.state for row in job.rows.values()}
    waiting = [name for name in sorted(names) if names[name] == "queued"]
    left_out = [{"node": node, "why": why} for node, why in job.row.left_out]
    made = {"id": job.row.id, "nodes": sorted(names), "waiting": waiting, "left_out": left_out}
    return JSONResponse(made, 201)


def left_out_of(found: Any) -> list[LeftOut]:
    return [LeftOut(node=node, why=why) for node, why in found]


def _is_away(parts: Parts, row: CommandRow) -> bool:
    return row.ended is None and row.state != "queued" and not parts.jobs.desk.is_up(row.node)


def short(row: JobRow) -> dict[str, Any]:
    wanted = spec.read(row.spec)
    found: dict[str, Any] = {"id": row.id, "at": iso(row.at), "actor": row.actor, "target": row.target}
    found |= {"kind": wanted.kind, "digest": row.digest}
    found |= {name: list(getattr(wanted, name)) for name in ("argv", "args") if getattr(wanted, name)}
    links = {"schedule": row.schedule, "repeats": row.repeats}
    return found | {name: number for name, number in links.items() if number is not None}


def counted(parts: Parts, row: JobRow, found: dict[str, int]) -> dict[str, Any]:
    return {"counts": found, "open": parts.jobs.desk.board.job(row.id) is not None}


def _whole_spec(row: JobRow) -> dict[str, Any]:
    wanted = spec.read(row.spec)
    names = ("program", "env", "cwd", "stdin", "user", "timeout", "expires")
    found: dict[str, Any] = {name: value for name in names if (value := getattr(wanted, name))}
    found["files"] = [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in wanted.files]
    return {"peer": row.peer, "bring": list(wanted.bring), **found}


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("stdin is not valid Base64", "stdin") from None
