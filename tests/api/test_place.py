"""The place, and what the page remembers for a person."""

from __future__ import annotations

import json
import socket

import pytest

ROOM = {"name": "Lab 2.17", "kind": "class", "first_run": "machines"}


def test_a_place_is_called_like_its_machine_until_it_gets_a_name(api):
    assert api.owner.get("/api/v1/place").json() == {
        "name": socket.gethostname(),
        "kind": "other",
        "first_run": "start",
    }
    assert api.owner.put("/api/v1/place", json=ROOM).json() == ROOM
    assert api.owner.put("/api/v1/place", json={"first_run": "done"}).json() == ROOM | {"first_run": "done"}
    assert api.owner.get("/api/v1/place").json() == ROOM | {"first_run": "done"}
    assert [row["details"] for row in api.acts("place.change")] == [{"first_run": "done"}, ROOM]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\x1b[2J"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"first_run": "<b>"}, "first_run"),
    ],
)
def test_unfit_places(api, wrong, field):
    answer = api.owner.put("/api/v1/place", json=ROOM | wrong)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert api.owner.get("/api/v1/place").json()["kind"] == "other", "nothing of it was kept"


def test_who_may_name_the_place(api):
    assert api.person("viewer").get("/api/v1/place").status_code == 200
    assert api.person("operator", "bo").put("/api/v1/place", json=ROOM).status_code == 403
    assert api.person("student", "cy").get("/api/v1/place").status_code == 403


def test_preferences_are_a_persons_own(api):
    ada, bo = api.person("viewer"), api.person("student", "bo")
    assert ada.get("/api/v1/me/preferences").json() == {}
    wanted = {"theme": "dark", "logs": {"wrap": True, "columns": ["at", None, 1.5]}, "ü": "🙂"}
    assert ada.put("/api/v1/me/preferences", json=wanted).json() == wanted
    assert ada.get("/api/v1/me/preferences").json() == wanted
    assert bo.get("/api/v1/me/preferences").json() == {}
    assert bo.put("/api/v1/me/preferences", json={"theme": "light"}).status_code == 200
    assert ada.put("/api/v1/me/preferences", json={"theme": "light"}).json() == {"theme": "light"}
    assert ada.get("/api/v1/me/preferences").json() == {"theme": "light"}
    api.owner.delete("/api/v1/people/ada")
    assert api.person("viewer").get("/api/v1/me/preferences").json() == {}


def test_a_program_has_no_preferences(api):
    for client in (api.owner, api.client(bearer=api.token("read"))):
        assert client.get("/api/v1/me/preferences").json() == {}
        refused = client.put("/api/v1/me/preferences", json={"theme": "dark"})
        assert refused.status_code == 400
        assert "sign in" in refused.json()["error"]
    assert api.client().get("/api/v1/me/preferences").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '"dark"',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"a": Infinity}',
        json.dumps({"a": "x" * 16384}),
        json.dumps({"a": "ü" * 8192}),
        '{"a":' * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "{",
    ],
)
def test_unfit_preferences(api, body):
    ada = api.person("viewer")
    answer = ada.put("/api/v1/me/preferences", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert ada.get("/api/v1/me/preferences").json() == {}


def test_the_largest_preferences(api):
    ada = api.person("viewer")
    wanted = {"a": "x" * (16384 - len('{"a":""}'))}
    assert ada.put("/api/v1/me/preferences", json=wanted).status_code == 200
    assert ada.get("/api/v1/me/preferences").json() == wanted
