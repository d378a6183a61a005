"""How errors leave the API: always JSON, `{"error": what happened and what to do, "field": the guilty part}`."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from wacket.errors import (
    BadRequest,
    Forbidden,
    KeyReused,
    NotFound,
    Unauthenticated,
    Unavailable,
    Undecodable,
    WacketError,
)

STATUS: dict[type[WacketError], int] = {
    BadRequest: 400,
    Undecodable: 400,
    KeyReused: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Unavailable: 503,
}


def answer(error: WacketError) -> JSONResponse:
    """The response for an error that was raised on purpose."""
    body: dict[str, Any] = {"error": str(error)}
    headers = {}
    if isinstance(error, BadRequest) and error.field:
        body["field"] = error.field
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return JSONResponse(body, STATUS.get(type(error), 500), headers)


def answer_plain(error: HTTPException) -> JSONResponse:
    """The response for an error that names its own status."""
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


def install(app: FastAPI) -> None:
    """Make the application answer every error in this shape."""

    @app.exception_handler(WacketError)
    async def ours(_: Request, error: WacketError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        return answer_plain(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        return JSONResponse({"error": f"{field}: {first['msg']}" if field else first["msg"], "field": field}, 400)
