"""The agent for machines that want to join: one file, its checksum, and a script that fetches it.

The same for everybody who asks: nothing of a request gets into an answer. Joining itself is the agent's.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from wacket import agentfile

router = APIRouter(prefix="/agent", tags=["agents"])

_HEADERS = MappingProxyType({"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})


def _answers(media: str, example: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media: {"schema": {"type": "string"}, "example": example}}}}


@router.get(
    f"/{agentfile.NAME}",
    summary="Fetch the agent",
    response_class=Response,
    responses=_answers("application/zip", "#!/usr/bin/env python3 …"),
)
def program() -> Response:
    """A Python program in one file, for Python 3.8 and newer."""
    return Response(agentfile.build(), media_type="application/zip", headers=_HEADERS)


@router.get(
    f"/{agentfile.NAME}.sha256",
    summary="Fetch the agent's checksum",
    response_class=Response,
    responses=_answers("text/plain", f"{'3f' * 32}  {agentfile.NAME}"),
)
def checksum() -> Response:
    """The SHA-256 of that file, as `sha256sum -c` reads it."""
    return PlainTextResponse(f"{agentfile.sha256()}  {agentfile.NAME}\n", headers=_HEADERS)


@router.get(
    "/install.sh",
    summary="Fetch the install script",
    response_class=Response,
    responses=_answers("text/plain", "#!/bin/sh …"),
)
def script() -> Response:
    """A shell script that fetches the agent, checks it and joins."""
    return PlainTextResponse(_script(), headers=_HEADERS)


@cache
def _script() -> str:
    return files("wacket.api").joinpath("agent_install.sh").read_text("utf-8")
