"""The class protocol at /hw_supervisor, as boards and course servers have known it. GET looks, POST acts.

Reads the fields from query and form and finds out whether the sender may; the rules are in classes/life.py and
what is kept is the desk's business.
"""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from wacket.api import body as bodies
from wacket.api.access import from_own_page, is_secure, parts_of, peer_of
from wacket.api.login import refuse_foreign_page, verify
from wacket.api.shown import token_in
from wacket.classes.life import CARRIES, COMMANDS, LONGEST_VALUE, OPTIONAL, QUERY
from wacket.errors import BadRequest, Forbidden
from wacket.intake.admission import is_loopback

router = APIRouter(tags=["class"])

LONGEST_BODY = 7 * LONGEST_VALUE  # two values at most, and every byte of them may come as three, %41
MOST_FIELDS = 32
PATH = "/hw_supervisor"
NOT_LOGGED_IN = {"login": False}
STATUS = {
    "login": True,
    "state": 1,
    "hw_command": "print(6 * 7)",
    "hw_response": "",
    "server_analysis": "",
    "time": "1795248000.250000",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": STATUS}}},
    400: {"description": "unknown command, or its value is missing or too long; nothing was changed"},
    403: {"description": "a device that nobody has adopted, or a page of another site"},
}


def _field(name: str, about: str, example: str, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string"}
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": about,
        "schema": schema,
        "example": example,
    }


def _document(command: str) -> dict[str, Any]:
    fields = [
        _field("user", "whose hardware", "ada", True),
        _field("command", f"one of {', '.join(COMMANDS)}", command, True),
        _field("pword", "with accounts on: the user's password", "correct horse"),
    ]
    return {"parameters": fields}


def _form() -> dict[str, Any]:
    names = ["user", "pword", "command", *(name for name, _ in CARRIES.values()), *itertools.chain(*OPTIONAL.values())]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    example = {"user": "ada", "command": "hw_command_request", "hw_comm": "print(6 * 7)"}
    content = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"requestBody": {"description": "these fields, or the same in the query", "content": content}}


@router.get(PATH, summary="Status of a user's hardware", responses=ANSWERS, openapi_extra=_document(QUERY))
async def look(request: Request) -> JSONResponse:
    """The status fields of `user`. A GET never changes anything: a command that would is answered with the status."""
    return await _answer(request, dict(request.query_params))


@router.post(PATH, summary="Act on a user's hardware", responses=ANSWERS, openapi_extra=_form())
async def act(request: Request) -> JSONResponse:
    """Carry out `command` and answer the status fields of `user` as they then are. A command that the present state
    does not allow changes nothing. With accounts on, a wrong `user` and `pword` get `{"login": false}`."""
    if from_own_page(request) is False:
        # A page of any site can post a form to a hub on its visitor's machine, and this one makes boards run programs.
        raise Forbidden("this came from a page of another site, and such a page may not run programs here")
    return await _answer(request, {**request.query_params, **await _fields(request)})


async def _answer(request: Request, fields: dict[str, str]) -> JSONResponse:
    parts, peer = parts_of(request), peer_of(request)
    user, command = fields.get("user", ""), fields.get("command", "")
    if parts.settings.classes.accounts:
        refuse_foreign_page(request)  # else any page could try passwords from its visitors' machines
        _refuse_readable_password(request, fields)
        if await verify(request, user, fields.get("pword", "")) is None:
            return JSONResponse(NOT_LOGGED_IN)
    else:
        await _require_known(request, peer)
    if request.method == "GET" and command in COMMANDS:
        command = QUERY
    return JSONResponse(await parts.desk.handle(user, command, fields, peer))


def _refuse_readable_password(request: Request, fields: dict[str, str]) -> None:
    """A password that crosses the network plainly is everybody's. Raises Forbidden."""
    readable = not is_secure(request) and not is_loopback(peer_of(request))
    if readable and fields.get("pword") and not parts_of(request).settings.classes.plain_passwords:
        raise Forbidden(
            "passwords of other machines are taken over https only (start the hub with --lan); for clients that cannot "
            "do https, on a network that nobody else is on, set plain_passwords = true in the section [classes]"
        )


async def _require_known(request: Request, peer: str) -> None:
    """Let this machine and adopted devices in. A stranger is noted as pending, or refused, as the owner has set."""
    if is_loopback(peer):
        return
    token = token_in(request.headers.get("authorization", ""))
    speaker = await parts_of(request).admission.admit(token, None, peer)
    if not speaker.adopted:
        raise Forbidden(
            f"nobody has adopted this device yet; on the hub: wacket node adopt {speaker.name} "
            "(or send a token, or let the hub check accounts)"
        )


async def _fields(request: Request) -> dict[str, str]:
    """The fields of the body. Raises BadRequest if it is too long or no form."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        raw = await bodies.read(request, LONGEST_BODY)
        if media == "multipart/form-data":
            return await _multipart(request, raw)
    except HTTPException as error:
        if error.status_code == 408:
            raise
        raise BadRequest(str(error.detail)) from error
    if media not in ("", "application/x-www-form-urlencoded"):
        raise BadRequest(f"send form fields, not {media[:80]!r}", "Content-Type")
    try:
        # A program that prints nothing has an empty response: blank values count.
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadRequest(f"not a form: {error}") from error
    return dict(pairs)


async def _multipart(request: Request, raw: bytes) -> dict[str, str]:
    async def again() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    # The body has been read with a limit; the parser gets what is in memory.
    bounded = Request(request.scope, again)
    async with bounded.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_BODY) as form:
        return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
