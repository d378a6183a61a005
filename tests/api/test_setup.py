"""The set-up link: works once, for 15 minutes, and says how to print another; guessing is slow."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser

import httpx2
import pytest
from tests.api.conftest import ELSEWHERE, PASSWORD

from wacket.api.setup import address_of

MINUTE = 60_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def code(api) -> str:
    made = api.owner.post("/api/v1/setup-links")
    assert made.status_code == 201
    assert made.json()["expires"] == "2027-01-15T08:15:00Z"
    assert made.json()["link"] == f"http://127.0.0.1:8080/s/{made.json()['code']}"
    return made.json()["code"]


def wanted(code, **more):
    return {"code": code, "name": "ada", "password": PASSWORD} | more


class Page(HTMLParser):
    """What a test asks of a page: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_json_makes_an_admin_who_is_signed_in(api, code):
    new = api.client()
    answer = new.post("/api/v1/setup", json=wanted(code))
    assert answer.json() == {"name": "ada", "role": "admin", "address": "http://127.0.0.1:8080"}
    assert new.get("/api/v1/me").json()["role"] == "admin"
    assert api.sign_in(api.client()).status_code == 200
    row = api.acts("setup-link.use")[0]
    assert (row["actor"], row["outcome"]) == ("person:ada", "ok")
    assert code not in str(api.acts()) and PASSWORD not in str(api.acts())


def test_form_makes_an_admin_and_says_what_is_next(api, code):
    new = api.client()
    answer = new.post("/api/v1/setup", data=wanted(code, again=PASSWORD))
    assert answer.status_code == 201
    page = Page(answer.text)
    assert "http://127.0.0.1:8080" in page.text and "wacket token create" in page.text
    assert {"href": "/api/v1/openapi.json"} in page.all("a")
    assert new.get("/api/v1/me").json()["name"] == "ada"


@pytest.mark.parametrize("kind", ["json", "data"])
def test_second_use_says_how_to_print_another(api, code, kind):
    assert api.client().post("/api/v1/setup", **{kind: wanted(code)}).is_success
    again = api.client().post("/api/v1/setup", **{kind: wanted(code, name="eve")})
    assert again.status_code == 404
    assert "used already" in again.text and "wacket setup-link" in again.text
    page = api.client().get(f"/s/{code}")
    assert page.status_code == 404
    assert "used already" in page.text and "wacket setup-link" in page.text
    assert [person["name"] for person in api.owner.get("/api/v1/people").json()["people"]] == ["ada"]
    assert api.client().get("/api/v1/me").status_code == 401, "the hub stays up"


def test_expired_link(api, code):
    api.now += 15 * MINUTE
    for answer in (api.client().get(f"/s/{code}"), api.client().post("/api/v1/setup", json=wanted(code))):
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
        ({"password": "short", "again": "short"}, "8 to 256"),
        ({"again": "something else"}, "not the same"),
        ({"password": "x" * 1001, "again": "x" * 1001}, "up to 1000"),
    ],
)
def test_a_mistake_does_not_cost_the_link(api, code, wrong, said):
    fields = wanted(code, again=PASSWORD) | wrong
    answer = api.client().post("/api/v1/setup", json=fields)
    assert (answer.status_code, said in answer.json()["error"]) == (400, True)
    answer = api.client().post("/api/v1/setup", data=fields)
    assert (answer.status_code, said in answer.text.replace("A name", "a name")) == (400, True)
    assert api.client().post("/api/v1/setup", json=wanted(code)).status_code == 200


def test_the_form_comes_back_with_what_was_typed_but_no_password(api, code):
    html = api.client().post("/api/v1/setup", data=wanted(code, again="other", name='"><b>ada')).text
    page = Page(html)
    inputs = {field["name"]: field for field in page.all("input")}
    assert inputs["name"]["value"] == '"><b>ada'
    assert inputs["code"]["value"] == code
    assert "value" not in inputs["password"] and "value" not in inputs["again"]
    assert page.all("b") == []
    assert {"class": "wrong", "role": "alert"} in page.all("p")


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
        (b"&" * 8000, "application/x-www-form-urlencoded"),
        (b"x" * 9000, "application/x-www-form-urlencoded"),
        (b"\xff", "text/plain"),
    ],
)
def test_malformed_requests(api, code, content, kind):
    answer = api.client().post("/api/v1/setup", content=content, headers={"Content-Type": kind})
    assert answer.status_code in (400, 404, 413)
    assert api.owner.get("/api/v1/people").json() == {"people": []}


@pytest.mark.parametrize("code", ["x", "%00", "%F0%9F%98%80", "<script>alert(1)<", "x" * 2000, "..%2f..%2fetc"])
def test_hostile_codes(api, code):
    answer = api.client().get(f"/s/{code}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_guessing_is_slow(api, code):
    stranger, answers = api.client(), []
    for number in range(12):
        answers.append(stranger.get(f"/s/0000-{number:04}").status_code)
    assert answers == [404] * 10 + [429] * 2
    limited = stranger.post("/api/v1/setup", json=wanted(code))
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) >= 1
    assert api.client(peer="192.0.2.99").get(f"/s/{code}").status_code == 200
    page = stranger.get(f"/s/{code}")
    assert "Too many" in page.text and page.headers["retry-after"] == limited.headers["retry-after"]
    assert {row["outcome"] for row in api.acts("setup-link.use")} == {"refused"}


def test_looking_at_a_good_link_costs_no_try(api, code):
    stranger = api.client()
    assert {stranger.get(f"/s/{code}").status_code for _ in range(15)} == {200}


def test_a_page_of_another_site_cannot_use_it(api, code):
    answer = api.client().post("/api/v1/setup", data=wanted(code), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_only_admins_make_links(api):
    assert api.person("operator").post("/api/v1/setup-links").status_code == 403
    assert api.client().post("/api/v1/setup-links").status_code == 401


# --- the page ---


def test_page_is_self_contained_and_locked_down(api, code):
    answer = api.client().get(f"/s/{code}")
    page = Page(answer.text)
    assert page.all("script") == page.all("link") == page.all("img") == []
    assert not re.search(r"https?://", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)


def test_every_field_has_a_label_and_says_what_belongs_there(api, code):
    page = Page(api.client().get(f"/s/{code}").text)
    shown = [field for field in page.all("input") if field.get("type") != "hidden"]
    assert {field["id"] for field in shown} == {label["for"] for label in page.all("label")}
    assert [field["autocomplete"] for field in shown] == ["username", "new-password", "new-password"]
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("form") == [{"method": "post", "action": "/api/v1/setup"}]


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
