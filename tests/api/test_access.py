"""Who may do what: every route asks for a right, every kind of caller gets its own and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

import pytest

from wacket import api as package
from wacket.api import access
from wacket.api.access import OPEN, Caller, may
from wacket.api.guard import Guard


def dependencies(dependant) -> Iterator[Any]:
    for inner in dependant.dependencies if dependant else ():  # None: not one of our routes
        yield inner.call
        yield from dependencies(inner)


def rights(dependant) -> Iterator[str]:
    for call in dependencies(dependant):
        if (right := getattr(call, "right", None)) is not None:
            yield right


def routes() -> Iterator[tuple[str, Any]]:
    """All that the application answers, whoever added it."""
    app, _ = package.framework()
    own = [route for route in app.routes if hasattr(route, "path")]  # the others hold what the nouns have
    for route in [*own, *(route for module in package.nouns() for route in module.router.routes)]:
        for method in getattr(route, "methods", None) or {"WS"}:
            yield f"{method} {route.path}", route
    for method in app.router.default.methods:
        yield f"{method} (any other path)", app.router.default


def test_every_route_asks_for_a_right_or_says_why_not():
    found = dict(routes())
    assert len(found) > 30
    unguarded = {name for name, route in found.items() if not list(rights(getattr(route, "dependant", None)))}
    assert unguarded - set(OPEN) == set(), "these routes ask nobody for a right"
    assert set(OPEN) - unguarded == set(), "these stand in OPEN, but are guarded or gone"


def test_no_request_goes_to_another_thread_to_find_out_who_asks():
    calls = {call for _, route in routes() for call in dependencies(getattr(route, "dependant", None))}
    assert calls
    plain = [call for call in calls if not any(map(iscoroutinefunction, (call, type(call).__call__)))]
    assert plain == [], "the framework runs plain functions in threads"


def test_busy_paths_are_open_routes():
    busy = {path for module in package.nouns() for path in getattr(module, "BUSY", {})}
    open_paths = [name.partition(" ")[2].partition("{")[0] for name in OPEN]
    assert all(path.startswith(tuple(open_paths)) for path in busy)


def test_each_exception_has_a_reason():
    assert all(len(reason) > 20 for reason in OPEN.values())


def test_a_right_that_is_none_is_refused_when_the_route_is_written():
    with pytest.raises(ValueError, match="'fly' is not a right; known: admin, ingest"):
        may("fly")


WANTED = {  # right -> a route that needs it
    "own": ("GET", "/api/v1/me"),
    "read": ("GET", "/api/v1/nodes"),
    "operate": ("POST", "/api/v1/nodes"),
    "admin": ("GET", "/api/v1/people"),
}
KINDS = {
    "admin": {"own", "read", "operate", "admin"},
    "operator": {"own", "read", "operate"},
    "viewer": {"own", "read"},
    "student": {"own"},
}
SCOPES = {"admin": KINDS["admin"], "operate": {"own", "operate"}, "read": {"own", "read"}, "ingest": {"own"}}


def granted(client) -> set[str]:
    """What a caller gets; everything else must be refused with 403."""
    allowed = set()
    for right, (method, path) in WANTED.items():
        answer = client.request(method, path, json={"name": "rig"} if method == "POST" else None)
        assert answer.status_code in (200, 201, 403), answer.text
        if answer.status_code == 403:
            assert f"needs the right '{right}'" in answer.json()["error"]
        else:
            allowed.add(right)
    return allowed


@pytest.mark.parametrize("role", KINDS)
def test_roles(api, role):
    assert granted(api.person(role)) == KINDS[role]


@pytest.mark.parametrize("scope", SCOPES)
def test_scopes(api, scope):
    assert granted(api.client(bearer=api.token(scope))) == SCOPES[scope]


def test_owner_may_do_all_from_this_machine(api):
    assert granted(api.owner) == set(WANTED)
    mapped = api.client(peer="::ffff:127.0.0.1", bearer=api.parts.owner_key)
    assert mapped.get("/api/v1/people").status_code == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "::2", "testclient", ""])
def test_owners_key_is_worth_nothing_from_elsewhere(api, peer):
    answer = api.client(peer=peer, bearer=api.parts.owner_key).get("/api/v1/me")
    assert answer.status_code == 401
    assert "on the hub's own machine only" in answer.json()["error"]
    assert api.acts("GET /api/v1/me")[0]["outcome"] == "refused"
    assert api.parts.owner_key not in str(api.acts())


@pytest.mark.parametrize(
    "shown",
    ["Bearer wkt_wrong", "Bearer é", "Bearer  ", "bearer x y", "Basic YTpi", "Token nonsense", "x" * 9000],
)
def test_wrong_tokens(api, shown):
    answer = api.client(peer="127.0.0.1").get("/api/v1/me", headers={"Authorization": shown.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_token_is_not_made_good_by_a_cookie(api):
    ada = api.person("admin")
    assert ada.get("/api/v1/me").status_code == 200
    assert ada.get("/api/v1/me", headers={"Authorization": "Bearer wkt_wrong"}).status_code == 401


def test_influx_clients_way_to_show_a_token(api):
    secret = api.token("read")
    assert api.client().get("/api/v1/me", headers={"Authorization": f"Token {secret}"}).status_code == 200


def test_revoked_and_expired_tokens(api):
    secret = api.token("read", days=1)
    program = api.client(bearer=secret)
    assert program.get("/api/v1/me").status_code == 200
    api.now += 86_400_000_000
    assert program.get("/api/v1/me").status_code == 401


def test_without_anything_it_says_how_to_get_in(api):
    assert "wacket setup-link" in api.client().get("/api/v1/nodes").json()["error"]
    api.person("viewer")
    answer = api.client().get("/api/v1/nodes")
    assert answer.status_code == 401
    assert "/api/v1/login" in answer.json()["error"] and "Bearer" in answer.json()["error"]


def test_whoever_shows_nothing_is_not_written_down(api):
    for _ in range(20):
        api.client().get("/api/v1/nodes")
    assert api.acts() == []


def test_forbidden_is_written_down(api):
    api.person("viewer", peer="192.0.2.9").post("/api/v1/nodes", json={"name": "rig"})
    (row,) = api.acts("POST /api/v1/nodes")
    assert (row["actor"], row["peer"], row["outcome"]) == ("person:ada", "192.0.2.9", "refused")
    assert "operate" in row["details"]["reason"]


@pytest.mark.slow
def test_a_flood_of_refusals_leaves_few_rows(api):
    stranger = api.client(bearer="wkt_wrong")
    for _ in range(100):
        stranger.get("/api/v1/me")
    rows = api.acts("GET /api/v1/me")
    assert [row["details"]["repeated"] for row in rows] == [64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1]
    assert rows[0]["details"]["untold"] == 31


@pytest.mark.slow
def test_a_flood_from_many_addresses_leaves_few_rows_too(api):
    guard = Guard()
    guard.rows.burst = guard.rows.level = 20
    api.app.state.guard = guard
    for number in range(60):
        api.client(peer=f"192.0.2.{number}", bearer="wkt_wrong").get("/api/v1/me")
    assert len(api.acts("GET /api/v1/me")) == 20
    assert guard.untold == 40


async def test_perform_does_both_or_neither(api):
    caller = Caller("ada", frozenset(), "person", "peer")

    def fail(connection):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await access.perform(api.parts, caller, "act", "subject", fail)
    assert await asyncio.to_thread(api.acts) == []
    assert await access.perform(api.parts, caller, "act", "subject", lambda c: 7, why="x") == 7
    await access.audit(api.parts, caller, "other", outcome="refused")
    other, act = await asyncio.to_thread(api.acts)
    assert (act["actor"], act["details"], act["outcome"]) == ("person:ada", {"why": "x"}, "ok")
    assert (other["act"], other["outcome"]) == ("other", "refused")


@pytest.mark.parametrize(
    ("at", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1_800_000_000_123_456, "2027-01-15T08:00:00.123456Z")],
)
def test_times_as_people_read_them(at, text):
    assert access.iso(at) == text


def test_the_openapi_document_says_what_needs_a_token(api):
    paths = api.app.openapi()["paths"]
    assert paths["/api/v1/me"]["get"]["security"] == [{"token": []}]
    assert "security" not in paths["/api/v1/login"]["post"]
