"""The agent for machines that want to join: one file, its checksum, and a script that fetches it.

The same for everybody who asks: nothing of a request gets into an answer. Joining itself is the agent's.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from wacket import agentfile

router = APIRouter(prefix="/agent", tags=["agents"])

_HEADERS = MappingProxyType({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})


@router.get(f"/{agentfile.NAME}", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
def program() -> Response:
    """The agent: a Python program in one file, for Python 3.8 and newer."""
    return Response(agentfile.build(), media_type="application/zip", headers=_HEADERS)


@router.get(f"/{agentfile.NAME}.sha256", response_class=PlainTextResponse)
def checksum() -> PlainTextResponse:
    """The SHA-256 of that file, as `sha256sum -c` reads it."""
    return PlainTextResponse(f"{agentfile.sha256()}  {agentfile.NAME}\n", headers=_HEADERS)


@router.get("/install.sh", response_class=PlainTextResponse)
def script() -> PlainTextResponse:
    """A shell script that fetches the agent, checks it and joins."""
    return PlainTextResponse(_script(), headers=_HEADERS)


@cache
def _script() -> str:
    return files("wacket.api").joinpath("agent_install.sh").read_text("utf-8")
