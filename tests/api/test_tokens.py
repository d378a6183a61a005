"""Tokens over HTTP."""

from __future__ import annotations

import pytest


def test_make_list_revoke(api):
    made = api.owner.post("/api/v1/tokens", json={"name": "rig-3", "scopes": ["read", "ingest"], "node": "rig-3"})
    assert made.status_code == 201
    secret = made.json().pop("secret")
    (listed,) = api.owner.get("/api/v1/tokens").json()["tokens"]
    assert listed == {key: value for key, value in made.json().items() if key != "secret"}
    assert listed == {
        "id": 1,
        "name": "rig-3",
        "scopes": ["ingest", "read"],
        "node": "rig-3",
        "created": "2027-01-15T08:00:00Z",
        "expires": None,
        "revoked": None,
        "last_used": None,
        "created_by": "owner",
    }
    program = api.client(bearer=secret)
    assert program.get("/api/v1/me").json()["name"] == "rig-3"
    assert api.owner.delete("/api/v1/tokens/1").status_code == 204
    assert program.get("/api/v1/me").status_code == 401
    (listed,) = api.owner.get("/api/v1/tokens").json()["tokens"]
    assert listed["revoked"] == listed["last_used"] == "2027-01-15T08:00:00Z"
    acts = [(row["act"], row["subject"]) for row in api.acts() if row["outcome"] == "ok"]
    assert acts == [("token.revoke", "rig-3"), ("token.create", "rig-3")]
    assert secret not in str(api.acts())


@pytest.mark.parametrize(
    ("more", "expires"),
    [
        ({"days": 0.5}, "2027-01-15T20:00:00Z"),
        ({"expires": "2027-02-01T00:00:00+01:00"}, "2027-01-31T23:00:00Z"),
        ({"expires": "2027-02-01T00:00:00.000001Z"}, "2027-02-01T00:00:00.000001Z"),
    ],
)
def test_expiry(api, more, expires):
    made = api.owner.post("/api/v1/tokens", json={"name": "rig", "scopes": ["read"], **more})
    assert made.json()["expires"] == expires


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["fly"]}, "scopes.0"),
        ({"node": "a b"}, "node"),
        ({"node": "../x"}, "node"),
        ({"expires": "2027-02-01T00:00:00"}, "expires"),
        ({"expires": "2020-02-01T00:00:00Z"}, "expires"),
        ({"expires": "9999-12-31T23:59:59-12:00"}, "expires"),
        ({"expires": "soon"}, "expires"),
        ({"days": 0}, "days"),
        ({"days": "NaN"}, "days"),
    ],
)
def test_unfit_tokens(api, wrong, field):
    answer = api.owner.post("/api/v1/tokens", json={"name": "rig", "scopes": ["read"]} | wrong)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert api.owner.get("/api/v1/tokens").json() == {"tokens": []}


@pytest.mark.parametrize(("number", "status"), [("7", 404), ("0", 400), ("x", 400), (str(2**63), 400)])
def test_revoke_nothing(api, number, status):
    assert api.owner.delete(f"/api/v1/tokens/{number}").status_code == status


def test_a_token_that_may_do_all_makes_others_and_is_named(api):
    chief = api.client(bearer=api.token("admin"))
    made = chief.post("/api/v1/tokens", json={"name": "rig", "scopes": ["ingest"]})
    assert made.json()["created_by"] == "token:program"
