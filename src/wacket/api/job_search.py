"""Jobs looked for before and after: which nodes one would reach, and which there were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from wacket.api.access import Caller, may, parts_of
from wacket.api.job_shapes import JobList, Meant, NewJob, Preview, Reason
from wacket.api.jobs import counted, left_out_of, node_named, short
from wacket.api.parts import apart
from wacket.commands import spec
from wacket.commands.folding import fold
from wacket.commands.issuing import Wish
from wacket.commands.states import STATES
from wacket.commands.targets import LeftOut
from wacket.errors import BadRequest
from wacket.history import times
from wacket.ledger import jobs as job_rows
from wacket.ledger.jobs import OPEN, Sought

router = APIRouter(tags=["jobs"])
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]

MOST_LEFT_OUT = 200  # named one by one
LONGEST = 200


@router.post("/api/v1/jobs/preview", summary="Which nodes a job would reach")
async def preview_job(caller: Operator, body: NewJob, request: Request) -> Preview:
    """The nodes that a job would go to, and why others get nothing. Does nothing."""
    parts = parts_of(request)
    wanted = spec.Spec(kind=body.kind, user=body.user, names=tuple(body.names))
    chosen = parts.jobs.issuing.select(Wish(body.target, wanted, caller.actor))
    return Preview(
        count=len(chosen.nodes),
        nodes=[Meant(node=node.name, state=node.state) for node in chosen.nodes],
        left_out=left_out_of(chosen.left_out[:MOST_LEFT_OUT]),
        left_out_count=len(chosen.left_out),
        reasons=_reasons(chosen.left_out),
    )


@router.get("/api/v1/jobs", summary="List the jobs")
async def list_jobs(
    caller: Reader,
    request: Request,
    find: Annotated[
        str, Query(description="Only where this is in command line, target or author, in any case.", max_length=LONGEST)
    ] = "",
    actor: Annotated[str, Query(description="Only of this author, such as person:ada.", max_length=LONGEST)] = "",
    state: Annotated[
        str, Query(description=f"Only with commands in this state: {OPEN} (not ended), or {', '.join(STATES)}.")
    ] = "",
    node: Annotated[str, Query(description="Only those that went to this node.", max_length=LONGEST)] = "",
    since: Annotated[str, Query(description="ISO-8601, seconds since 1970, or a time ago such as 24h.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="so many at most")] = 50,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="only jobs with a smaller number")] = None,
) -> JobList:
    """The latest jobs, newest first, with how many of their commands are in which state."""
    parts = parts_of(request)
    if state and state not in (OPEN, *STATES):
        raise BadRequest(f"{state[:40]!r} is no state of a command; known: {OPEN}, {', '.join(STATES)}", "state")
    begin = times.instant(since, parts.clock(), "since") if since else 0
    sought = Sought(find, actor, state, node_named(parts, node) if node else None, begin)
    rows = await apart(parts, parts.ledger.read, lambda c: job_rows.page(c, limit + 1, before, sought))
    more, rows = len(rows) > limit, rows[:limit]
    numbers = [row.id for row in rows]
    found = await apart(parts, parts.ledger.read, lambda c: job_rows.counts(c, numbers))
    jobs = [short(row) | counted(parts, row, found[row.id]) for row in rows]
    return JobList(jobs=jobs, before=rows[-1].id if more else None)


def _reasons(left_out: Sequence[LeftOut]) -> list[Reason]:
    """Nodes that are left out for the same reason together, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for one in left_out:
        by_name = one.why == f"left out by !{one.node}"  # a set of names is one term, and each name a reason
        groups.setdefault("left out by name" if by_name else one.why, []).append(one.node)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [Reason(why=why, count=len(names), nodes=fold(names)) for why, names in ordered]
