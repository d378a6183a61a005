"""Who is asking and whether they may. Every route depends on `may(right)` or stands in OPEN with its reason.

Known callers: the owner (the key file, from this machine only), a person (session cookie), a token (bearer).
Rights: own (whoever has proved who they are), ingest, read, operate, admin. Decides nothing about senders:
admission does.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast
from urllib.parse import urlsplit

from fastapi import Security
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from wacket.api.guard import guard_of
from wacket.api.shown import token_in
from wacket.errors import Forbidden, Unauthenticated
from wacket.intake.admission import is_loopback
from wacket.intake.limits import neighbourhood
from wacket.ledger import audit as audit_rows
from wacket.ledger import people, sessions
from wacket.ledger.people import RIGHTS

if TYPE_CHECKING:
    from wacket.api.parts import Parts
    from wacket.ledger.tokens import Token

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Routes that ask nobody for a right, and why that is safe. A test holds every route against this list.
_SENDS = "takes data: admission decides who may send, and as which node"
_CLASS = "checks accounts, or takes this machine and adopted devices only"
_AGENT = "the same for every hub of this version; who joins with it needs a token"
_PAGE = "the page itself is the same for every hub of this version; what it shows it asks for as its viewer"
OPEN: dict[str, str] = {
    "POST /api/v1/login": "this is how one gets in; slowed down per name and per address",
    "GET /api/v1/setup-links/{code}": "whoever opened a link has its code; guessing is slowed down",
    "POST /api/v1/setup": "this is how the first admin gets in: the code is the proof, and guessing is slowed down",
    "POST /api/v1/kiosk-session": "gives a cookie for a token that may only read; its secret has 256 random bits",
    "GET /api/v1/openapi.json": "the same for every hub of this version; tells nothing about this one",
    "HEAD /api/v1/openapi.json": "the same for every hub of this version; tells nothing about this one",
    "GET /ping": "says that a hub is here, which the open port says already",
    "HEAD /ping": "says that a hub is here, which the open port says already",
    "GET /health": "says pass or fail for load balancers, and nothing else",
    "POST /write": _SENDS,
    "POST /api/v2/write": _SENDS,
    "POST /api/v1/ingest/{name}": _SENDS,
    "POST /api/v1/nodes/{name}/alive": _SENDS,
    "GET /api/v1/formats": "the same for every hub of this version; tells nothing about this one",
    "GET /query": "answers one fixed sentence to Influx clients; reads nothing",
    "POST /query": "answers one fixed sentence to Influx clients; reads nothing",
    "POST /log/store": _SENDS,
    "POST /log/parse": "a function of its text alone; asks for a caller where strangers are refused",
    "GET /clusters/summary": "open to this machine, as its clients expect; asks all others for `read` itself",
    "GET /agent/wacket-agent.pyz": _AGENT,
    "GET /agent/wacket-agent.pyz.sha256": _AGENT,
    "GET /agent/install.sh": _AGENT,
    "GET /hw_supervisor": _CLASS,
    "POST /hw_supervisor": _CLASS,
    "GET (any other path)": _PAGE,
    "HEAD (any other path)": _PAGE,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever proved who they are. `kind` is owner, person or token; `role` is a person's."""

    name: str
    rights: frozenset[str]
    kind: str
    peer: str = ""
    role: str = ""

    @property
    def actor(self) -> str:
        return "owner" if self.kind == "owner" else f"{self.kind}:{self.name}"


def parts_of(connection: HTTPConnection) -> Parts:
    return cast("Parts", connection.app.state.parts)


def iso(at: int) -> str:
    """A time (µs since 1970) as people read it."""
    return (EPOCH + timedelta(microseconds=at)).isoformat().replace("+00:00", "Z")


def peer_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


class _Bearer(SecurityBase):
    """Only for the OpenAPI document; FastAPI's own does not work for WebSockets."""

    model = BearerModel(description="An API token (`wacket token create`), or the owner's key on the hub's machine.")
    scheme_name = "token"

    async def __call__(self) -> None:
        """Not a plain function: for one of those the framework goes to another thread and back."""


BEARER = _Bearer()


@functools.cache
def may(right: str) -> Callable[..., Awaitable[Caller]]:
    """A dependency that gives the caller if they have `right` and refuses otherwise; for WebSockets too."""
    if right not in RIGHTS:
        raise ValueError(f"{right!r} is not a right; known: {', '.join(sorted(RIGHTS))}")

    async def check(connection: HTTPConnection, _: Annotated[None, Security(BEARER)] = None) -> Caller:
        return await caller_of(connection, right)

    check.__dict__["right"] = right
    return check


async def caller_of(connection: HTTPConnection, right: str) -> Caller:
    """Who is asking. Raises Unauthenticated (nobody known) or Forbidden (known, but lacks `right`)."""
    caller = await identify(connection)
    if right not in caller.rights:
        has = ", ".join(sorted(caller.rights - {"own"})) or "nothing but what is your own"
        reason = f"this needs the right {right!r}, and {caller.name} has: {has}"
        await refused(connection, caller.actor, reason)
        raise Forbidden(reason)
    return caller


async def identify(connection: HTTPConnection) -> Caller:
    """Who is asking, by what they show. A wrong token is not made good by a cookie. Raises
    Unauthenticated.
    """
    if secret := token_in(connection.headers.get("authorization", "")):
        return await _by_secret(connection, secret)
    cookie = connection.cookies.get(cookie_name(connection))
    person = None
    if cookie:
        parts = parts_of(connection)
        person = parts.ledger.read(lambda c: sessions.person_of(c, cookie, parts.clock()))
    if person is not None:
        caller = Caller(person.name, person.rights, "person", peer_of(connection), person.role)
    elif (token := kiosk_token(connection, connection.cookies.get(kiosk_cookie(connection), ""))) is not None:
        caller = token_caller(token, peer_of(connection))
    else:
        raise Unauthenticated(_how_to_get_in(parts_of(connection)))
    if _changes_something(connection):
        await _require_own_page(connection, caller.actor)
    return caller


async def _by_secret(connection: HTTPConnection, secret: str) -> Caller:
    parts, peer = parts_of(connection), peer_of(connection)
    if hmac.compare_digest(secret.encode(), parts.owner_key.encode()):
        if is_loopback(peer):
            return Caller("owner", RIGHTS, "owner", peer)
        reason = "the owner's key works on the hub's own machine only; make a token there: wacket token create"
        await refused(connection, "anonymous", "the owner's key was shown from another machine")
        raise Unauthenticated(reason)
    token = parts.tokens.check(secret)
    if token is None:
        reason = "this token is unknown, has expired or was revoked; make one on the hub: wacket token create"
        await refused(connection, "anonymous", reason)
        raise Unauthenticated(reason)
    return token_caller(token, peer)


def token_caller(token: Token, peer: str) -> Caller:
    rights = RIGHTS if "admin" in token.scopes else token.scopes | {"own"}
    return Caller(token.name, rights, "token", peer)


def kiosk_token(connection: HTTPConnection, secret: str) -> Token | None:
    """The token that a screen on the wall shows by its cookie: one that may read and nothing else. Browsers send
    cookies by themselves, so no other token counts there."""
    token = parts_of(connection).tokens.check(secret) if secret else None
    return token if token is not None and token.scopes == {"read"} else None


def _how_to_get_in(parts: Parts) -> str:
    if not parts.ledger.read(people.anybody):
        return "nobody has an account here yet: run `wacket setup-link` on the hub's machine and open its link"
    return "sign in first (POST /api/v1/login), or send a token: Authorization: Bearer wkt_…"


def cookie_name(connection: HTTPConnection) -> str:
    """Another name under https: the prefix makes browsers refuse one that was set over plain http."""
    return "__Host-wacket" if is_secure(connection) else "wacket"


def kiosk_cookie(connection: HTTPConnection) -> str:
    """Beside the other: who opens a kiosk link to see what it shows stays signed in."""
    return f"{cookie_name(connection)}-kiosk"


def is_secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")


def from_own_page(connection: HTTPConnection) -> bool | None:
    """Whether a page of this hub made the request; None if nothing in it tells (no browser, or old)."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = connection.headers.get("origin")
    if origin is None:
        return None
    try:
        return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower() != ""
    except ValueError:
        return False


def _changes_something(connection: HTTPConnection) -> bool:
    # A WebSocket begins with a GET, but any page of the world may open one, and it carries the cookie.
    return connection.scope["type"] == "websocket" or connection.scope["method"] not in (
        "GET",
        "HEAD",
        "OPTIONS",
    )


async def _require_own_page(connection: HTTPConnection, actor: str) -> None:
    verdict = from_own_page(connection)
    # A page of another site cannot set this header without being asked for leave first, which the hub never
    # gives.
    if verdict is None:
        verdict = "x-wacket" in connection.headers
    if not verdict:
        reason = "this did not come from a page of this hub (programs: send a token, or the header X-Wacket: 1)"
        await refused(connection, actor, reason)
        raise Forbidden(reason)


async def audit(
    parts: Parts,
    caller: Caller,
    act: str,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
    *,
    outcome: str = "ok",
) -> None:
    """Write down what was done. `perform` is better where the act is a change of the ledger."""
    entry = audit_rows.Act(parts.clock(), caller.actor, caller.peer, act, subject, outcome, details or {})
    await parts.ledger.write(lambda connection: audit_rows.record(connection, entry))


def audit_row(parts: Parts, caller: Caller, act: str, subject: str, **details: Any) -> audit_rows.Act:
    return audit_rows.Act(parts.clock(), caller.actor, caller.peer, act, subject, "ok", details)


async def perform(
    parts: Parts,
    caller: Caller,
    act: str,
    subject: str,
    work: Callable[[Connection], T],
    **details: Any,
) -> T:
    """Do `work` in the ledger and write it down in the same transaction."""
    entry = audit_row(parts, caller, act, subject, **details)

    def both(connection: Connection) -> T:
        result = work(connection)
        audit_rows.record(connection, entry)
        return result

    return await parts.ledger.write(both)


async def refused(connection: HTTPConnection, actor: str, reason: str, act: str = "", subject: str = "") -> None:
    """Write down that somebody was turned away. Repeats and floods are counted, not written one by one."""
    parts, guard, peer = parts_of(connection), guard_of(connection), peer_of(connection)
    act = act or f"{connection.scope.get('method', 'WS')} {connection.url.path}"
    now = parts.clock()
    number = guard.refusals.note((neighbourhood(peer), actor, reason), now)
    if not number or guard.rows.take(1, now):
        guard.untold += 1
        return
    details = {"reason": reason, "repeated": number, "untold": guard.untold}
    guard.untold = 0
    entry = audit_rows.Act(now, actor, peer, act, subject, "refused", details)
    await parts.ledger.write(lambda c: audit_rows.record(c, entry))
