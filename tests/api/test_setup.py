"""One-time links: a set-up link makes an admin, a sign-in link is a person's. Each works once and soon expires, and
says how to get another; guessing is slow.
"""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tests.api.conftest import ELSEWHERE, PASSWORD

from wacket.api.setup import address_of

MINUTE = 60_000_000
LINKS = "/api/v1/setup-links"


@pytest.fixture
def code(api) -> str:
    made = api.owner.post(LINKS)
    assert made.status_code == 201
    assert made.json()["expires"] == "2027-01-15T08:15:00Z"
    assert made.json()["link"] == f"http://127.0.0.1:8080/s/{made.json()['code']}"
    return made.json()["code"]


@pytest.fixture
def sign_in_code(api) -> str:
    """For ada, a viewer."""
    api.person("viewer")
    made = api.owner.post("/api/v1/sign-in-links", json={"name": "ada"})
    assert made.status_code == 201
    assert made.json()["expires"] == "2027-01-15T08:05:00Z"
    assert made.json()["link"] == f"http://127.0.0.1:8080/s/{made.json()['code']}"
    return made.json()["code"]


def wanted(code, **more):
    return {"code": code, "name": "ada", "password": PASSWORD} | more


def test_a_set_up_link_makes_an_admin_who_is_signed_in(api, code):
    new = api.client()
    assert new.get(f"{LINKS}/{code}").json() == {"kind": "set-up", "name": "", "expires": "2027-01-15T08:15:00Z"}
    answer = new.post("/api/v1/setup", json=wanted(code))
    assert answer.json() == {"name": "ada", "role": "admin", "address": "http://127.0.0.1:8080"}
    assert new.get("/api/v1/me").json()["role"] == "admin"
    assert api.sign_in(api.client()).status_code == 200
    row = api.acts("setup-link.use")[0]
    assert (row["actor"], row["outcome"]) == ("person:ada", "ok")
    assert code not in str(api.acts()) and PASSWORD not in str(api.acts())


def test_second_use_says_how_to_print_another(api, code):
    assert api.client().post("/api/v1/setup", json=wanted(code)).is_success
    again = api.client().post("/api/v1/setup", json=wanted(code, name="eve"))
    for answer in (again, api.client().get(f"{LINKS}/{code}")):
        assert answer.status_code == 404
        assert "used already" in answer.json()["error"] and "wacket setup-link" in answer.json()["error"]
    assert [person["name"] for person in api.owner.get("/api/v1/people").json()["people"]] == ["ada"]
    assert api.client().get("/api/v1/me").status_code == 401, "the hub stays up"


def test_expired_link(api, code):
    api.now += 15 * MINUTE
    for answer in (api.client().get(f"{LINKS}/{code}"), api.client().post("/api/v1/setup", json=wanted(code))):
        assert answer.status_code == 404
        assert "expired" in answer.text and "wacket setup-link" in answer.text


async def test_two_at_once_make_one_admin(api, code):
    transport = httpx2.ASGITransport(api.app, client=(ELSEWHERE, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub:8080") as client:
        tries = [client.post("/api/v1/setup", json=wanted(code, name=f"user{number}")) for number in range(6)]
        answers = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert sorted(answers) == [200] + [404] * 5
    people = await asyncio.to_thread(api.owner.get, "/api/v1/people")
    assert len(people.json()["people"]) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "a name is"),
        ({"name": "<b>x"}, "a name is"),
        ({"name": None}, "give a name and a password"),
        ({"password": None}, "give a name and a password"),
        ({"password": "short"}, "8 to 256"),
        ({"password": "x" * 1001}, "at most 1000"),
    ],
)
def test_a_mistake_does_not_cost_the_link(api, code, wrong, said):
    answer = api.client().post("/api/v1/setup", json=wanted(code) | wrong)
    assert (answer.status_code, said in answer.json()["error"]) == (400, True), answer.text
    assert api.client().post("/api/v1/setup", json=wanted(code)).status_code == 200


def test_the_way_back_in_for_an_admin_who_forgot(api, code):
    ada = api.person("viewer")
    assert api.client().post("/api/v1/setup", json=wanted(code, password="another horse")).status_code == 200
    assert ada.get("/api/v1/me").status_code == 401
    assert api.sign_in(api.client()).status_code == 401
    assert api.sign_in(api.client(), "ada", "another horse").json()["role"] == "admin"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"code": 1}', "application/json"),
        (b'{"code":"\\ud800","name":"a","password":"b"}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"code=x&name=ada&password=correct+horse", "application/x-www-form-urlencoded"),
        (b"\xff", "text/plain"),
    ],
)
def test_malformed_requests(api, code, content, kind):
    answer = api.client().post("/api/v1/setup", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400 and answer.json()["error"]
    assert api.owner.get("/api/v1/people").json() == {"people": []}


@pytest.mark.parametrize("code", ["x", "%00", "%F0%9F%98%80", "<script>alert(1)<", "x" * 2000, "..%2f..%2fetc"])
def test_hostile_codes(api, code):
    answer = api.client().get(f"{LINKS}/{code}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_guessing_is_slow(api, code):
    stranger, answers = api.client(), []
    for number in range(12):
        answers.append(stranger.get(f"{LINKS}/0000-{number:04}").status_code)
    assert answers == [404] * 10 + [429] * 2
    limited = stranger.post("/api/v1/setup", json=wanted(code))
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) >= 1
    assert api.client(peer="192.0.2.99").get(f"{LINKS}/{code}").status_code == 200
    looked = stranger.get(f"{LINKS}/{code}")
    assert "too many" in looked.json()["error"] and looked.headers["retry-after"] == limited.headers["retry-after"]
    assert {row["outcome"] for row in api.acts("setup-link.use")} == {"refused"}


def test_looking_at_a_good_link_costs_no_try(api, code):
    stranger = api.client()
    assert {stranger.get(f"{LINKS}/{code}").status_code for _ in range(15)} == {200}


def test_a_page_of_another_site_cannot_use_it(api, code):
    answer = api.client().post("/api/v1/setup", json=wanted(code), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", [LINKS, "/api/v1/sign-in-links"])
def test_only_admins_make_links(api, path):
    assert api.person("operator").post(path, json={"name": "ada"}).status_code == 403
    assert api.client().post(path, json={"name": "ada"}).status_code == 401


# --- sign-in links ---


def test_a_sign_in_link_signs_its_person_in_and_leaves_the_password(api, sign_in_code):
    new = api.client()
    looked = new.get(f"{LINKS}/{sign_in_code}").json()
    assert looked == {"kind": "sign-in", "name": "ada", "expires": "2027-01-15T08:05:00Z"}
    answer = new.post("/api/v1/setup", json={"code": sign_in_code})
    assert answer.json() == {"name": "ada", "role": "viewer", "address": "http://127.0.0.1:8080"}
    assert new.get("/api/v1/me").json()["role"] == "viewer"
    assert api.sign_in(api.client()).status_code == 200, "the password is as it was"
    made, used = api.acts("sign-in-link.create")[0], api.acts("sign-in-link.use")[0]
    assert (made["actor"], made["subject"], used["actor"], used["outcome"]) == ("owner", "ada", "person:ada", "ok")
    assert sign_in_code not in str(api.acts())


def test_a_sign_in_link_works_once(api, sign_in_code):
    assert api.client().post("/api/v1/setup", json={"code": sign_in_code}).status_code == 200
    again = api.client().post("/api/v1/setup", json={"code": sign_in_code})
    assert again.status_code == 404
    assert "used already" in again.json()["error"] and "wacket open" in again.json()["error"]


def test_a_sign_in_link_works_for_five_minutes(api, sign_in_code):
    api.now += 5 * MINUTE
    answer = api.client().post("/api/v1/setup", json={"code": sign_in_code})
    assert (answer.status_code, "worked for 5 minutes" in answer.json()["error"]) == (404, True)


@pytest.mark.parametrize("more", [{"name": "eve"}, {"password": PASSWORD}, {"name": "ada", "password": PASSWORD}])
def test_a_sign_in_link_changes_no_account(api, sign_in_code, more):
    answer = api.client().post("/api/v1/setup", json={"code": sign_in_code} | more)
    assert (answer.status_code, "takes no name" in answer.json()["error"]) == (400, True)
    assert api.client().post("/api/v1/setup", json={"code": sign_in_code}).json()["role"] == "viewer"


@pytest.mark.parametrize(
    ("method", "change"),
    [("patch", {"disabled": True}), ("patch", {"password": "another horse"}), ("delete", None)],
)
def test_what_ends_the_sessions_of_a_person_ends_their_links(api, sign_in_code, method, change):
    body = {"json": change} if change else {}
    assert getattr(api.owner, method)("/api/v1/people/ada", **body).is_success
    new = api.client()
    assert new.post("/api/v1/setup", json={"code": sign_in_code}).status_code == 404
    assert new.get("/api/v1/me").status_code == 401


def test_no_sign_in_link_for_nobody_or_who_may_not_come_in(api):
    assert api.owner.post("/api/v1/sign-in-links", json={"name": "eve"}).status_code == 404
    api.person("viewer")
    api.owner.patch("/api/v1/people/ada", json={"disabled": True})
    refused = api.owner.post("/api/v1/sign-in-links", json={"name": "ada"})
    assert (refused.status_code, refused.json()["field"]) == (400, "name")


# --- where the hub is ---


@pytest.mark.parametrize(
    ("addresses", "address"),
    [
        ({"http": "127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"http": "[::1]:8080"}, "http://[::1]:8080"),
        ({"http": "0.0.0.0:8080", "https": "192.0.2.1:8443"}, "https://192.0.2.1:8443"),
        ({"http": "0.0.0.0:8080"}, "http://127.0.0.1:8080"),
        ({"https": "[::]:8443"}, "https://lab:8443"),
        ({}, "http://127.0.0.1:8080"),
    ],
)
def test_address(api, monkeypatch, addresses, address):
    monkeypatch.setattr("socket.gethostname", lambda: "lab")
    api.parts.addresses = addresses
    assert address_of(api.parts) == address
