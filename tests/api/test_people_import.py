"""Accounts for a whole class: each gets a link that works once, and needs no password until they choose one."""

from __future__ import annotations

import re

import pytest
from tests.api.conftest import LOOPBACK

from wacket.api import class_sets, classes, people_import
from wacket.ledger import nodes

PATH = "/api/v1/people/import"
HOUR = 3_600_000_000


@pytest.fixture
def school(api):
    for module in (classes, class_sets, people_import):
        api.app.include_router(module.router)
    api.parts.ledger.write_sync(lambda c: nodes.create(c, "pi-11", "machine", "adopted", "key:1", api.now))
    api.parts.catalogue.refresh_nodes()
    assert api.owner.post("/api/v1/classes", json={"name": "6.08"}).status_code == 201
    return api


def bring(school, **body):
    answer = school.owner.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    return {one["name"]: one for one in answer.json()["people"]}


def signed_in(school, code):
    client = school.client(peer=LOOPBACK)
    used = client.post("/api/v1/setup", json={"code": code})
    client.headers["X-Wacket"] = "1"
    return used.status_code, client


def test_a_list_becomes_accounts_with_links_and_seats(school):
    made = bring(school, text="ada , pi-11, A1\n\nbob\n", **{"class": "6.08"})
    assert [(one["ok"], one["made"]) for one in made.values()] == [(True, True), (True, True)]
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", made["ada"]["code"])
    assert made["ada"]["link"].endswith(f"/s/{made['ada']['code']}")
    members = school.owner.get("/api/v1/classes/6.08").json()["members"]
    assert [(one["user"], one["node"], one["seat"]) for one in members] == [("ada", "pi-11", "A1"), ("bob", "", "")]
    (act,) = school.acts("people.import")
    assert (act["subject"], act["details"]) == ("6.08", {"people": ["ada", "bob"], "hours": 336})


def test_the_link_signs_in_once_and_the_first_password_needs_no_other(school):
    code = bring(school, people=[{"name": "ada"}])["ada"]["code"]
    status, ada = signed_in(school, code)
    assert (status, ada.get("/api/v1/me").json()["role"]) == (200, "student")
    assert signed_in(school, code)[0] == 404
    first, second = {"password": "correct horse"}, {"password": "battery staple"}
    assert ada.patch("/api/v1/people/ada", json=first).status_code == 200
    assert ada.patch("/api/v1/people/ada", json=second).json()["field"] == "current"
    assert school.sign_in(school.client(peer=LOOPBACK), "ada", "correct horse").status_code == 200
    assert ada.patch("/api/v1/people/bob", json=first).status_code == 403


def test_a_link_lasts_as_long_as_was_said(school):
    early, late = (bring(school, people=[{"name": name}], hours=24)[name]["code"] for name in ("ada", "bob"))
    school.now += 24 * HOUR - 1
    assert signed_in(school, early)[0] == 200
    school.now += 1
    assert signed_in(school, late)[0] == 404


def test_who_has_an_account_gets_a_new_link_if_they_are_a_student(school):
    school.person("operator", "olga")
    bring(school, people=[{"name": "ada"}])
    again = bring(school, text="ada\nolga\n-x\nbob,nothing\n")
    assert (again["ada"]["ok"], again["ada"]["made"]) == (True, False)
    assert not any(again[name]["ok"] or again[name]["link"] for name in ("olga", "-x", "bob"))
    assert "no student" in again["olga"]["why"] and "no node named 'nothing'" in again["bob"]["why"]
    assert {one["name"] for one in school.owner.get("/api/v1/people").json()["people"]} == {"ada", "olga"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": " \n"}, 400),
        ({"text": "a", "people": [{"name": "a"}]}, 400),
        ({"text": "a,b,c,d"}, 400),
        ({"text": "a", "hours": 1}, 400),
        ({"text": "a", "class": "none"}, 404),
        ({"text": "a,pi-11\nb,pi-11", "class": "6.08"}, 400),
    ],
)
def test_what_cannot_be_meant_makes_nobody(school, body, status):
    assert school.owner.post(PATH, json=body).status_code == status
    assert school.owner.get("/api/v1/people").json()["people"] == []


def test_only_an_admin_makes_accounts(school):
    assert school.person("operator").post(PATH, json={"text": "bob"}).status_code == 403
