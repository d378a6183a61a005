"""Accounts over HTTP."""

from __future__ import annotations

import pytest
from tests.api.conftest import PASSWORD

NEW = {"name": "bob", "role": "viewer", "password": PASSWORD}


def test_make_list_change_remove(api):
    made = api.owner.post("/api/v1/people", json=NEW)
    assert made.status_code == 201
    assert made.json() == {
        "name": "bob",
        "role": "viewer",
        "created": "2027-01-15T08:00:00Z",
        "disabled": False,
    }
    assert api.owner.get("/api/v1/people").json() == {"people": [made.json()]}
    changed = api.owner.patch("/api/v1/people/bob", json={"role": "operator"})
    assert changed.json() == made.json() | {"role": "operator"}
    assert api.owner.delete("/api/v1/people/bob").status_code == 204
    assert api.owner.get("/api/v1/people").json() == {"people": []}
    acts = [(row["act"], row["subject"], row["details"]) for row in api.acts()]
    assert acts == [
        ("person.remove", "bob", {}),
        ("person.change", "bob", {"role": "operator"}),
        ("person.create", "bob", {"role": "viewer"}),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "<script>"}, "name"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 300}, "password"),
    ],
)
def test_unfit_accounts(api, wrong, field):
    answer = api.owner.post("/api/v1/people", json=NEW | wrong)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert api.owner.get("/api/v1/people").json() == {"people": []}


def test_taken_name_and_nobody(api):
    api.owner.post("/api/v1/people", json=NEW)
    assert "already" in api.owner.post("/api/v1/people", json=NEW).json()["error"]
    for method in ("PATCH", "DELETE"):
        answer = api.owner.request(method, "/api/v1/people/nobody", json={} if method == "PATCH" else None)
        assert answer.status_code == 404
    assert [row["act"] for row in api.acts()] == ["person.create"]


def test_new_password_ends_the_sessions(api):
    ada = api.person("viewer")
    api.owner.patch("/api/v1/people/ada", json={"password": "another horse"})
    assert ada.get("/api/v1/me").status_code == 401
    assert api.sign_in(api.client(), "ada", "another horse").status_code == 200
    assert "another horse" not in str(api.acts())


def test_new_role_holds_at_once(api):
    ada = api.person("student")
    assert ada.get("/api/v1/nodes").status_code == 403
    api.owner.patch("/api/v1/people/ada", json={"role": "viewer"})
    assert ada.get("/api/v1/nodes").status_code == 200
    api.owner.patch("/api/v1/people/ada", json={"role": "student"})
    assert ada.get("/api/v1/nodes").status_code == 403


@pytest.mark.parametrize("role", ["student", "viewer", "operator"])
def test_ones_own_password(api, role):
    ada, other = api.person(role), api.client()
    api.sign_in(other)
    change = {"password": "another horse", "current": PASSWORD}
    assert ada.patch("/api/v1/people/ada", json=change).status_code == 200
    assert ada.get("/api/v1/me").status_code == 200, "the session that asked goes on"
    assert other.get("/api/v1/me").status_code == 401, "the others end"


@pytest.mark.parametrize(
    ("name", "change", "status"),
    [
        ("ada", {"password": "another horse"}, 400),
        ("ada", {"password": "another horse", "current": "wrong"}, 400),
        ("ada", {"password": "short", "current": PASSWORD}, 400),
        ("ada", {"role": "admin"}, 403),
        ("ada", {"role": "admin", "password": "another horse", "current": PASSWORD}, 403),
        ("ada", {"disabled": False, "password": "another horse", "current": PASSWORD}, 403),
        ("ada", {}, 403),
        ("bob", {"password": "another horse", "current": PASSWORD}, 403),
    ],
)
def test_nobody_changes_more_than_that(api, name, change, status):
    api.owner.post("/api/v1/people", json=NEW)
    ada = api.person("operator")
    before = api.owner.get("/api/v1/people").json()
    assert ada.patch(f"/api/v1/people/{name}", json=change).status_code == status
    assert api.owner.get("/api/v1/people").json() == before
    assert api.sign_in(api.client(peer="192.0.2.50")).status_code == 200


def test_a_token_named_like_a_person_is_not_that_person(api):
    api.person("viewer", "program")
    program = api.client(bearer=api.token("operate"))
    answer = program.patch("/api/v1/people/program", json={"password": "another horse", "current": PASSWORD})
    assert answer.status_code == 403
