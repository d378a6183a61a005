"""Signing in and out: the cookie, the delays after wrong tries, and what is written down."""

from __future__ import annotations

import asyncio
import re

import httpx2
import pytest
from tests.api.conftest import ELSEWHERE, PASSWORD

from wacket.api import login
from wacket.api.guard import Guard
from wacket.ledger import passwords, people, sessions


def test_sign_in_and_out(api):
    ada = api.person("operator")
    assert ada.get("/api/v1/me").json() == {
        "name": "ada",
        "kind": "person",
        "role": "operator",
        "rights": ["operate", "own", "read"],
        "classes": [],
    }
    kept = ada.cookies["wacket"]
    assert ada.post("/api/v1/logout").status_code == 204
    assert "wacket" not in ada.cookies
    assert ada.get("/api/v1/me", headers={"Cookie": f"wacket={kept}"}).status_code == 401


def test_cookie_is_for_the_browser_alone(api):
    api.person("viewer")
    plain = api.sign_in(api.client()).headers["set-cookie"]
    secret = re.fullmatch(r"wacket=([\w-]{43}); HttpOnly; Max-Age=1209600; Path=/; SameSite=strict", plain)
    assert secret, plain
    secure = api.sign_in(api.client(scheme="https")).headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-wacket=[\w-]{43}; HttpOnly; Max-Age=1209600; Path=/; SameSite=strict; Secure", secure
    ), secure


def test_plain_cookie_is_worth_nothing_under_https(api):
    secret = api.person("viewer").cookies["wacket"]
    answer = api.client(scheme="https").get("/api/v1/me", headers={"Cookie": f"wacket={secret}"})
    assert answer.status_code == 401


def test_session_expires(api):
    ada = api.person("viewer")
    api.now += sessions.LIFETIME - 1
    secret = ada.cookies["wacket"]
    assert api.client().get("/api/v1/me", headers={"Cookie": f"wacket={secret}"}).status_code == 200
    api.now += 1
    assert api.client().get("/api/v1/me", headers={"Cookie": f"wacket={secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "wrong"),
        ("ada", ""),
        ("bob", PASSWORD),
        ("Ada", PASSWORD),
        ("", ""),
        ("a\0b", "x"),
        ("ada", "x" * 1000),
    ],
)
def test_wrong_pairs_get_one_and_the_same_answer(api, name, password):
    api.person("viewer")
    answer = api.sign_in(api.client(), name, password)
    assert answer.status_code == 401
    assert answer.json()["error"].startswith("wrong name or password")
    assert "set-cookie" not in answer.headers
    row = api.acts("login")[0]
    assert (row["outcome"], row["subject"], row["peer"]) == ("refused", name, ELSEWHERE)
    assert row["details"]["reason"] == "wrong name or password"
    assert "correct horse" not in str(row) and "xxx" not in str(row)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"name":"ada"}',
        '{"name":1,"password":2}',
        '{"name":"\\ud800","password":"x"}',
        '{"name":"ada","password":"\\ud800"}',
    ],
)
def test_malformed_bodies(api, body):
    answer = api.client().post("/api/v1/login", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_too_long_a_password_costs_no_work(api):
    assert api.sign_in(api.client(), "ada", "x" * 1001).status_code == 400


def test_disabled_person_is_out_at_once(api):
    ada = api.person("viewer")
    assert api.owner.patch("/api/v1/people/ada", json={"disabled": True}).status_code == 200
    assert ada.get("/api/v1/me").status_code == 401
    assert api.sign_in(api.client()).status_code == 401


@pytest.mark.slow
def test_names_that_nobody_has_cost_the_same_work(api, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "fits", lambda password, phc: checked.append(phc) or False)
    api.owner.post("/api/v1/people", json={"name": "ada", "role": "viewer", "password": PASSWORD})
    api.sign_in(api.client(), "ada")
    api.sign_in(api.client(), "nobody")
    assert len(checked) == 2
    assert checked[1] == passwords.NOBODY


def test_a_page_of_another_site_cannot_sign_anybody_in(api):
    api.person("viewer")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = api.client().post("/api/v1/login", json={"name": "ada", "password": PASSWORD}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


# --- wrong tries ---


@pytest.fixture
def guard(api):
    """Delays that a test reaches in a few tries."""
    guard = Guard()
    guard.names.free, guard.addresses.free = 3, 5
    api.app.state.guard = guard
    return guard


@pytest.mark.slow
def test_one_name_from_many_addresses(api, guard):
    api.person("viewer", peer="192.0.2.1")
    for number in range(3):
        assert api.sign_in(api.client(peer=f"192.0.2.{number}"), "ada", "wrong").status_code == 401
    answer = api.sign_in(api.client(peer="192.0.2.99"))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "try again in" in answer.json()["error"]
    api.now += int(answer.headers["retry-after"]) * 1_000_000
    assert api.sign_in(api.client(peer="192.0.2.99")).status_code == 200
    assert api.sign_in(api.client(peer="192.0.2.98"), "ada", "wrong").status_code == 401


@pytest.mark.slow
def test_many_names_from_one_address(api, guard):
    api.person("viewer", peer="192.0.2.1")
    stranger = api.client()
    answers = [api.sign_in(stranger, f"user{number}").status_code for number in range(7)]
    assert answers == [401] * 5 + [429] * 2
    assert api.sign_in(api.client(peer="192.0.2.1"), "ada").status_code == 200


@pytest.mark.slow
def test_a_right_pair_does_not_wash_an_address_clean(api, guard):
    api.person("viewer", peer="192.0.2.1")
    stranger = api.client()
    for number in range(4):
        api.sign_in(stranger, f"user{number}")
    assert api.sign_in(stranger).status_code == 200
    assert api.sign_in(stranger, "user5").status_code == 401
    assert api.sign_in(stranger, "user6").status_code == 429


@pytest.mark.slow
def test_delays_grow(api, guard):
    waits = []
    for _ in range(6):
        answer = api.sign_in(api.client(peer=f"192.0.2.{len(waits)}"), "ada", "wrong")
        while answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            api.now += waits[-1] * 1_000_000
            answer = api.sign_in(api.client(peer=f"192.0.2.{100 + len(waits)}"), "ada", "wrong")
    assert waits == sorted(waits) and waits[-1] >= 2 * waits[0]


@pytest.mark.slow
async def test_tries_at_the_same_time_are_limited_too(api, guard):
    transport = httpx2.ASGITransport(api.app, client=(ELSEWHERE, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub:8080") as client:
        tries = [client.post("/api/v1/login", json={"name": "ada", "password": "wrong"}) for _ in range(30)]
        answers = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert answers.count(401) == 3
    assert answers.count(429) == 27


@pytest.mark.slow
async def test_a_class_behind_one_address_may_sign_in_at_once(api, guard):
    names = [f"pupil{number}" for number in range(20)]
    phc = passwords.make(PASSWORD, b"0" * passwords.SALT)
    for name in names:
        await api.parts.ledger.write(lambda c, n=name: people.create(c, n, "student", phc, api.now))
    transport = httpx2.ASGITransport(api.app, client=(ELSEWHERE, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub:8080") as client:
        tries = [client.post("/api/v1/login", json={"name": name, "password": PASSWORD}) for name in names]
        assert [answer.status_code for answer in await asyncio.gather(*tries)] == [200] * 20
    assert not guard.turns


@pytest.mark.slow
def test_a_board_with_a_wrong_password_does_not_shut_out_its_neighbours(api, guard):
    api.person("student", peer=ELSEWHERE)
    answers = []
    for _ in range(12):
        api.now += 5_000_000
        api.sign_in(api.client(), "board", "wrong")
        answers.append(api.sign_in(api.client()).status_code)
    assert answers == [200] * 12
    assert api.sign_in(api.client(), "board2", "wrong").status_code == 429


@pytest.mark.slow
def test_a_shut_out_address_cannot_guess_what_is_remembered(api, guard):
    api.person("viewer")
    for number in range(6):
        api.sign_in(api.client(), f"user{number}", "wrong")
    assert [api.sign_in(api.client(), "ada", f"guess{number}").status_code for number in range(3)] == [429] * 3
    assert api.sign_in(api.client(), "ada").status_code == 429


async def test_waiting_checks_are_bounded(api, guard, monkeypatch):
    monkeypatch.setattr(login, "MOST_WAITING", 0)
    transport = httpx2.ASGITransport(api.app, client=(ELSEWHERE, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub:8080") as client:
        answer = await client.post("/api/v1/login", json={"name": "ada", "password": "wrong"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"


def test_a_pair_that_was_right_a_moment_ago_is_not_hashed_again(api, monkeypatch):
    api.person("viewer")
    checked = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda *pair: checked.append(pair) or fits(*pair))
    assert api.sign_in(api.client()).status_code == 200
    assert checked == []
    assert api.sign_in(api.client(), "ada", "wrong").status_code == 401
    assert len(checked) == 1
    changed = api.owner.patch("/api/v1/people/ada", json={"password": "another horse"})
    assert changed.status_code == 200
    assert api.sign_in(api.client()).status_code == 401
    assert len(checked) == 2


def test_what_is_written_down(api):
    ada = api.person("viewer")
    ada.post("/api/v1/logout")
    acts = [(row["actor"], row["act"], row["outcome"]) for row in api.acts()]
    assert acts == [
        ("person:ada", "logout", "ok"),
        ("person:ada", "login", "ok"),
        ("owner", "person.create", "ok"),
    ]
    assert PASSWORD not in str(api.acts())


@pytest.mark.slow
def test_nobody_has_a_default_password(api):
    assert not api.parts.ledger.read(people.anybody)
    for name, password in (("admin", "admin"), ("admin", ""), ("root", "wacket"), ("owner", "password")):
        assert api.sign_in(api.client(), name, password).status_code == 401
