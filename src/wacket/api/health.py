"""How the hub is: the guarantee in force, and what every edge counts. Reads `statistics()` and `health()` only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from wacket import __version__
from wacket.api.access import Caller, may, parts_of

router = APIRouter(tags=["health"])

PASS = {"name": "wacket", "status": "pass", "message": "ready for queries and writes", "version": __version__}


@router.get("/ping", status_code=204, response_class=Response, summary="Is it there?")
@router.head("/ping", status_code=204, response_class=Response, summary="Is it there?")
async def ping() -> Response:
    """204, as Influx clients expect."""
    return Response(status_code=204, headers={"X-Influxdb-Version": f"wacket-{__version__}"})


@router.get(
    "/health",
    summary="Does it take and keep data?",
    responses={
        200: {"content": {"application/json": {"example": PASS}}},
        503: {"description": "it does not"},
    },
)
async def brief(request: Request) -> JSONResponse:
    """`status` is pass or fail, as Influx clients and load balancers expect; nothing is told to strangers."""
    healthy = parts_of(request).history.health()["ok"]
    if healthy:
        return JSONResponse(PASS)
    return JSONResponse(PASS | {"status": "fail", "message": "not taking data; see wacket doctor"}, 503)


@router.get(
    "/api/v1/health",
    summary="The hub's health in full",
    responses={200: {"content": {"application/json": {"example": {"status": "ok", "version": __version__}}}}},
)
async def full(request: Request, caller: Annotated[Caller, Depends(may("read"))]) -> dict[str, Any]:
    """The guarantee in force, versions, journal age, free space, damage, and every edge's counts."""
    parts = parts_of(request)
    health = parts.history.health()
    return {
        "status": "ok" if health["ok"] else "failing",
        "version": __version__,
        "at": parts.clock(),
        "history": health,
        "statistics": {name: edge.statistics() for name, edge in parts.edges.items()},
        "addresses": parts.addresses,
    }


@router.get(
    "/metrics",
    summary="The same counts for Prometheus",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": "wacket_intake_stored 42.0\nwacket_tcp_open 3.0\n"}}}},
)
async def metrics(request: Request, caller: Annotated[Caller, Depends(may("read"))]) -> PlainTextResponse:
    """Text exposition: `wacket_EDGE_NAME value`."""
    lines = [
        f"wacket_{name} {value}"
        for part, edge in parts_of(request).edges.items()
        for name, value in flat(part, edge.statistics())
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def flat(name: str, value: Any) -> Iterator[tuple[str, float]]:
    """The numbers in nested counts, named by their path."""
    if isinstance(value, Mapping):
        for part, inner in value.items():
            if name.endswith("_by_peer"):
                yield f'{name}{{peer="{re.sub(r"[^0-9a-zA-Z.:%]", "_", part)}"}}', float(inner)
            else:
                yield from flat(f"{name}_{part}", inner)
    elif isinstance(value, bool | int | float):
        yield re.sub(r"[^a-zA-Z0-9_]", "_", name), float(value)
