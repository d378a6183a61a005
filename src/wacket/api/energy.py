"""The energy services as their clients have known them: /log/store, /log/parse and /clusters/summary.

/log/store takes one event a request, thousands a second, so it is answered before the framework's machinery and does
nothing that is not needed. Bodies become one frame of the format `energy`; what is in it is that format's business.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from wacket.api import body as bodies
from wacket.api import errors
from wacket.api.access import caller_of, parts_of, peer_of
from wacket.api.body import Place, Room, room_for, room_of
from wacket.api.clusters import CLUSTER
from wacket.api.shown import checked_key, token_in
from wacket.errors import BadRequest, Undecodable, WacketError
from wacket.formats import energy
from wacket.formats.energy import WHOLE
from wacket.intake.admission import is_loopback
from wacket.records import Envelope, arrival
from wacket.settings import Settings

router = APIRouter(tags=["energy services"])

EXCERPT = 256  # bytes of a refused event that are kept
LONGEST_EVENT = 64 * 1024  # bytes; for the parse service, which has no settings
PARSE_ROOM = room_for(Settings())
EVENT = (
    "Device: ID=1; Fw=16071801; Evt=2; Power: Active=1753W; Reactive=279var; Appearent=403VA; "
    "Line: Current=7.359; Voltage=230.08V; Peaks: 7.332;7.312;7.53;"
)
PARSED = {
    "Device": {"ID": 1, "Fw": 16071801, "Evt": 2},
    "Power": {"Active": 1753, "Reactive": 279, "Appearent": 403},
    "Line": {"Current": 7.359, "Voltage": 230.08},
    "Peaks": [7.332, 7.312, 7.53],
}
LOOKED_AT = frozenset((b"authorization", b"idempotency-key", b"x-wacket-node", b"content-type", b"content-encoding"))
STORED = Response(b"{}", media_type="application/json")  # the same for every request
_TEXT = {"text/plain": {"schema": {"type": "string"}, "example": EVENT}}
_REFUSED = {"content": {"application/json": {"example": {"error": "section 'Power': nothing in it"}}}}


def _answers(example: Any) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {"application/json": {"example": example}}},
        400: {**_REFUSED, "description": "refused"},
    }


async def store(request: Request) -> Response:
    """Store one event; `{}` when it is on disk."""
    parts, peer = parts_of(request), peer_of(request)
    # One look through the headers, since each look costs as much as all the rest of this function.
    said = {name: value.decode("latin-1") for name, value in request.scope["headers"] if name in LOOKED_AT}
    token, key = token_in(said.get(b"authorization", "")), checked_key(said.get(b"idempotency-key"))
    speaker = await parts.admission.admit(token, said.get(b"x-wacket-node"), peer)
    body = await _read(request, parts.settings.doors.line_limit, b"content-encoding" in said, room_of(request))
    refusal = None
    try:
        body = one_frame(said.get(b"content-type", "text/plain"), body)
    except BadRequest as error:
        refusal, key = str(error), None  # kept as a reject, like everything that is refused
        body = b" ".join(body[:EXCERPT].split()) or b"(nothing)"
    receipt = await parts.intake.accept(
        Envelope(
            door="http",
            peer=peer,
            node=speaker.node,
            format="energy",
            received_at=arrival(parts.clock()),
            body=body,
            options=WHOLE,  # this service has always refused events without the numbers that the clusters need
            key=key,
            adopted=speaker.adopted,
            refusal=refusal,
        )
    )
    if receipt.rejects:
        return JSONResponse({"error": receipt.rejects[0].reason}, 400)
    return STORED


async def parse(request: Request) -> Response:
    """Turn the text of an event into JSON."""
    parts, peer = parts_of(request), peer_of(request)
    if not is_loopback(peer) and parts.settings.intake.strangers == "refuse":
        await caller_of(request, "own")
    return await parsed(request, parts.settings.doors.line_limit, room_of(request))


async def parsed(request: Request, limit: int, room: Room) -> Response:
    """The answer of /log/parse; needs no hub. Raises BadRequest naming the place."""
    media = _media(request.headers.get("content-type", "text/plain"))
    if media != "text/plain":
        raise BadRequest(f"unsupported content-type {media[:80]!r}; send text/plain", "Content-Type")
    text = _text(await _read(request, limit, "content-encoding" in request.headers, room))
    try:
        found = energy.parse(text)
    except Undecodable as error:
        raise BadRequest(str(error)) from error
    return Response(msgspec.json.encode(found), media_type="application/json")


def one_frame(content_type: str, body: bytes) -> bytes:
    """The event of a request's body as one line: event text, a JSON object, or a JSON string that holds either.

    Raises BadRequest for anything else.
    """
    media = _media(content_type)
    if media == "application/json":
        body = _from_json(body)
    elif media != "text/plain":
        raise BadRequest(
            f"unable to take content-type {media[:80]!r}; send text/plain or application/json", "Content-Type"
        )
    frame = body.strip()
    if not frame:
        raise BadRequest("there is no event in this request")
    if b"\n" in frame or b"\r" in frame:
        if not frame.startswith(b"{"):
            raise BadRequest("one event a request, on one line; many at once go to /api/v1/ingest/energy")
        # Between the parts of a JSON document a line end is a space, and inside a string it is not allowed.
        frame = frame.replace(b"\r", b" ").replace(b"\n", b" ")
    return frame


# The busiest paths are answered before the framework's machinery; the routes below describe them.
BUSY = {"/log/store": store, "/log/parse": parse}

router.add_api_route(
    "/log/store",
    store,
    methods=["POST"],
    summary="Store one energy event",
    description="`text/plain` is one event; `application/json` an object as /log/parse gives it, or a string that "
    "holds one. Answered with `{}` when it is on disk, or 400 with the reason, which names the place. On the hub's "
    "own machine no token is needed; from the network it is as for /api/v1/ingest.",
    responses=_answers({}),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {**_TEXT, "application/json": {"schema": {}, "example": PARSED}},
        }
    },
)
router.add_api_route(
    "/log/parse",
    parse,
    methods=["POST"],
    summary="Turn an energy event into JSON",
    description="Stores nothing and remembers nothing: `wacket parse --http HOST:PORT` runs just this, as often as "
    "needed. A text without a section gives `{}`.",
    responses=_answers(PARSED),
    openapi_extra={"requestBody": {"required": True, "content": _TEXT}},
)


@router.get("/clusters/summary", summary="Clusters of the energy events", responses=_answers({"clusters": [CLUSTER]}))
async def clusters_summary(request: Request) -> JSONResponse:
    """Size and averages of each cluster as last computed; nothing is computed for this. Label -1 counts the events
    that belong to none. On the hub's own machine no login is needed."""
    if not is_loopback(peer_of(request)):
        await caller_of(request, "read")
    last = parts_of(request).clusters.latest()
    return JSONResponse({"clusters": last.clusters if last else []})


async def parse_service(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that is nothing but /log/parse."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    response: Response
    try:
        if scope["path"] != "/log/parse":
            response = JSONResponse({"error": "this service has POST /log/parse and nothing else"}, 404)
        elif scope["method"] != "POST":
            response = JSONResponse({"error": "POST the text of an event"}, 405, {"Allow": "POST"})
        else:
            response = await parsed(request, LONGEST_EVENT, PARSE_ROOM)
    except WacketError as error:
        response = errors.answer(error)
    except HTTPException as error:
        response = errors.answer_plain(error)
    except ClientDisconnect:
        return
    await response(scope, receive, send)


async def _read(request: Request, limit: int, packed: bool, room: Room) -> bytes:
    """The body. Clients of these services look for 400 and an error in JSON when it is not as it should be."""
    try:
        if packed:
            return await bodies.read(request, limit, room)
        with Place(room, peer_of(request)) as place:
            return await bodies.gather(request.receive, limit, place)
    except HTTPException as error:
        if error.status_code == 413:
            raise BadRequest(f"the body is larger than {limit} bytes; an event is one line", "body") from error
        if error.status_code == 415:
            raise BadRequest(str(error.detail), "body") from error
        raise


def _from_json(body: bytes) -> bytes:
    # The bytes go on as they came; only a string has to be opened, and only one that is not JSON is looked at here.
    start = body.lstrip()[:1]
    if start == b"{" or not start:
        return body
    if start != b'"':
        raise BadRequest("expected a JSON object, or a JSON string that holds one")
    try:
        return msgspec.json.decode(body, type=str).encode("utf-8", "replace")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"failed to decode the JSON string: {error}") from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the event is not UTF-8 text: {error.reason} at byte {error.start}") from error


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
