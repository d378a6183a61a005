"""The HTTP way in: bodies of any format, and Influx line protocol as Telegraf and Influx clients send it.

Every answer is given after the data are on disk. Reads the request, finds out who speaks, hands over; knows no format.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wacket import __version__, formats
from wacket.api import body as bodies
from wacket.api.access import parts_of, peer_of
from wacket.api.shown import checked_key, token_in
from wacket.errors import BadRequest
from wacket.formats.influx import every_line_has_time
from wacket.intake.known import SAME
from wacket.records import Envelope, Receipt, Reject, arrival

router = APIRouter(tags=["sending data"])

PRECISIONS = ("ns", "n", "us", "u", "ms", "s", "m", "h")
OPTIONS = ("precision", "time")  # query fields that a format may look at
LONGEST_STATEMENT = 64 * 1024
WHO = "from this machine no token is needed; from the network a token with the scope ingest, or the node waits"
INFLUX = {"X-Influxdb-Version": f"wacket-{__version__}", "X-Influxdb-Build": "OSS"}

LINE = "room,site=lab temp=21.5,hum=40i 1700000000000000000\n"
ANSWER = {"stored": 2, "rejected": 0, "errors": []}
QUERY_FOR = "For Influx clients that make their database first"
QUERY_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": {"results": [{"statement_id": 0}]}}}}
}


def _takes(media: str, example: Any) -> dict[str, Any]:
    return {
        "requestBody": {
            "required": True,
            "content": {media: {"schema": {"type": "string"}, "example": example}},
        }
    }


async def ingest(request: Request) -> Response:
    """Store a body of any known format; answered when it is on disk."""
    name = request.url.path.rpartition("/")[2]
    formats.find(name)
    receipt = await _take(request, name, _secret(request))
    answer: dict[str, Any] = {
        "stored": receipt.stored,
        "rejected": receipt.rejected,
        "errors": described(receipt.rejects),
    }
    if receipt.duplicates:
        answer["duplicates"] = receipt.duplicates
    if receipt.rejected and not receipt.stored:
        answer["error"] = f"nothing could be read as {name}: {receipt.rejects[0].reason}"
        return JSONResponse(answer, 400)
    return JSONResponse(answer)


async def write(request: Request) -> Response:
    """Store Influx line protocol, version 1 clients."""
    return _influx_answer(await _take(request, "influx", _secret(request)))


async def write_v2(request: Request) -> Response:
    """Store Influx line protocol, version 2 clients; organisation and bucket are taken and not used."""
    return _influx_answer(await _take(request, "influx", _secret(request)))


# The busiest paths are answered before the framework's machinery; the routes below describe them.
BUSY = {
    "/write": write,
    "/api/v2/write": write_v2,
    **{f"/api/v1/ingest/{name}": ingest for name in formats.known()},
}

router.add_api_route(
    "/write",
    write,
    methods=["POST"],
    status_code=204,
    response_class=Response,
    summary="Store Influx line protocol (version 1 clients, Telegraf)",
    description=f"204 when everything is on disk; 400 names the lines that were refused. Token: {WHO}.",
    openapi_extra=_takes("text/plain", LINE),
)
router.add_api_route(
    "/api/v2/write",
    write_v2,
    methods=["POST"],
    status_code=204,
    response_class=Response,
    summary="Store Influx line protocol (version 2 clients)",
    description=f"204 when everything is on disk; 400 names the lines that were refused. Token: {WHO}.",
    openapi_extra=_takes("text/plain", LINE),
)


@router.post(
    "/api/v1/ingest/{name}",
    summary="Store a body of any known format",
    response_class=JSONResponse,
    responses={200: {"content": {"application/json": {"example": ANSWER}}}},
    openapi_extra=_takes("text/plain", "temp:21.5 hum:40\n"),
)
async def ingest_route(
    request: Request, name: str = Path(description="see GET /api/v1/formats", examples=["ndjson"])
) -> Response:
    """Answered when it is on disk: frames stored and refused, and the first reasons. `Idempotency-Key` is honoured:
    the same key gives the same answer and stores nothing again, and with another body is refused (422). `?node=` names
    the node."""
    return await ingest(request)


@router.get(
    "/api/v1/formats",
    summary="The formats that the hub reads",
    responses={200: {"content": {"application/json": {"example": {"formats": [{"name": "ndjson"}]}}}}},
)
async def known_formats() -> dict[str, list[dict[str, str]]]:
    """Names as they stand in the address, and one sentence on each."""
    return {"formats": [{"name": name, "summary": formats.find(name).SUMMARY} for name in formats.known()]}


@router.get("/query", summary=QUERY_FOR, responses=QUERY_ANSWERS)
@router.post("/query", summary=QUERY_FOR, responses=QUERY_ANSWERS)
async def query(request: Request) -> JSONResponse:
    """`CREATE DATABASE` is agreed to and does nothing; other statements are refused with the place to ask instead."""
    statement = request.query_params.get("q", "")
    if not statement and request.method == "POST":
        form = parse_qs((await bodies.read(request, LONGEST_STATEMENT)).decode("utf-8", "replace"))
        statement = form.get("q", [""])[0]
    if statement.upper().lstrip().startswith("CREATE DATABASE"):
        return JSONResponse({"results": [{"statement_id": 0}]}, headers=INFLUX)
    raise BadRequest("this hub has no InfluxQL; ask /api/v1/series/values or, with SQL, /api/v1/sql", "q")


async def _take(request: Request, name: str, secret: str | None) -> Receipt:
    parts, peer, asked = parts_of(request), peer_of(request), request.query_params
    options = {name: asked[name] for name in OPTIONS if name in asked}
    if options.get("precision", "ns") not in PRECISIONS:
        raise BadRequest(f"precision is one of {', '.join(PRECISIONS)}", "precision")
    key = checked_key(request.headers.get("idempotency-key"))
    epoch, sequence = _numbering(asked.get("epoch"), asked.get("seq"))
    if epoch is not None and name == "csv":
        raise BadRequest("a table is one piece with its head and cannot be numbered; send an Idempotency-Key", "seq")
    if epoch is not None and key is not None:
        raise BadRequest("send either numbers (epoch and seq) or an Idempotency-Key, not both", "Idempotency-Key")
    node = asked.get("node") or request.headers.get("x-wacket-node")
    speaker = await parts.admission.admit(secret, node, peer)
    body = await bodies.read(request, parts.settings.doors.body_limit)
    if key is None and epoch is None and name == "influx" and every_line_has_time(body):
        # A retry, which Influx would overwrite with itself. In another unit it is another time.
        unit = options.get("precision", "ns")
        key = f"{SAME}{unit}:{hashlib.blake2b(body, digest_size=16).hexdigest()}"
    envelope = Envelope(
        door="http",
        peer=peer,
        node=speaker.node,
        format=name,
        received_at=arrival(parts.clock()),
        body=body,
        options=options,
        key=key,
        epoch=epoch,
        sequence=sequence,
        adopted=speaker.adopted,
    )
    return await parts.intake.accept(envelope)


def _numbering(epoch: str | None, sequence: str | None) -> tuple[str | None, int | None]:
    if epoch is None and sequence is None:
        return None, None
    if not epoch or sequence is None or not (sequence.isascii() and sequence.isdigit()) or len(sequence) > 15:
        raise BadRequest("numbered data need both epoch (a word) and seq (the number of the first frame)", "seq")
    return epoch[:64], int(sequence)


def _secret(request: Request) -> str | None:
    """The token as our own and Influx's clients show it: Bearer, Token, Basic (the password), or the field p."""
    authorization = request.headers.get("authorization", "")
    if token := token_in(authorization):
        return token
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2] or None
        except ValueError:
            raise BadRequest("the Authorization header is not valid Basic") from None
    return request.query_params.get("p") or None


def _influx_answer(receipt: Receipt) -> Response:
    if not receipt.rejected:
        return Response(status_code=204, headers=INFLUX)
    first = receipt.rejects[0]
    reason = f"partial write: line {first.offset + 1}: {first.reason} dropped={receipt.rejected}"
    return JSONResponse({"error": reason, "code": "invalid", "message": reason}, 400, INFLUX)


def described(rejects: tuple[Reject, ...], limit: int = 20) -> list[dict[str, object]]:
    """The first rejects as people and programs get them in an answer."""
    return [
        {
            "frame": reject.offset,
            "reason": reject.reason,
            "excerpt": reject.excerpt[:80].decode("utf-8", "replace"),
        }
        for reject in rejects[:limit]
    ]
