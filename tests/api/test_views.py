"""Saved views and the kiosk links made of them."""

from __future__ import annotations

import pytest

DAY = 86_400_000_000
SERIES = {"name": "Bench", "page": "series", "search": "match=bench/temp*&since=24h", "shared": False}


def save(client, **more):
    made = client.post("/api/v1/views", json=SERIES | more)
    assert made.status_code == 201, made.text
    return made.json()


def names(client):
    return [view["name"] for view in client.get("/api/v1/views").json()["views"]]


def test_ones_own(api):
    ada, bo = api.person("viewer"), api.person("admin", "bo")
    view = save(ada)
    assert view == SERIES | {"id": 1, "own": True, "author": "person:ada", "changed": "2027-01-15T08:00:00Z"}
    assert ada.get("/api/v1/views").json() == {"views": [view]}
    assert ada.get("/api/v1/views/1").json() == view
    assert names(bo) == names(api.owner) == []
    for client in (bo, api.owner):
        assert client.get("/api/v1/views/1").status_code == 404
        assert client.put("/api/v1/views/1", json=SERIES).status_code == 404
        assert client.delete("/api/v1/views/1").status_code == 404
    api.now += 1_000_000
    changed = ada.put("/api/v1/views/1", json=SERIES | {"name": "Other", "search": ""}).json()
    assert (changed["name"], changed["search"], changed["changed"]) == ("Other", "", "2027-01-15T08:00:01Z")
    assert ada.delete("/api/v1/views/1").status_code == 204
    assert names(ada) == []
    assert [row["act"] for row in api.acts() if row["act"].startswith("view.")] == [
        "view.delete",
        "view.change",
        "view.create",
    ]


def test_shared_ones_take_the_right_to_operate(api):
    viewer, operator = api.person("viewer"), api.person("operator", "bo")
    assert viewer.post("/api/v1/views", json=SERIES | {"shared": True}).status_code == 403
    own = save(viewer)
    assert viewer.put(f"/api/v1/views/{own['id']}", json=SERIES | {"shared": True}).status_code == 403
    shared = save(operator, shared=True, name="For all")
    assert names(viewer) == ["Bench", "For all"]
    seen = viewer.get(f"/api/v1/views/{shared['id']}").json()
    assert (seen["own"], seen["author"]) == (False, "person:bo")
    assert viewer.put(f"/api/v1/views/{shared['id']}", json=SERIES).status_code == 403
    assert viewer.delete(f"/api/v1/views/{shared['id']}").status_code == 403
    assert api.owner.put(f"/api/v1/views/{shared['id']}", json=SERIES | {"shared": True}).status_code == 200
    taken = api.person("operator", "cy").put(f"/api/v1/views/{shared['id']}", json=SERIES)
    assert taken.status_code == 400, "nobody makes another's shared view theirs alone"
    assert operator.put(f"/api/v1/views/{shared['id']}", json=SERIES).json()["shared"] is False
    assert names(viewer) == ["Bench"]


def test_programs_make_shared_ones_only(api):
    program = api.client(bearer=api.token("operate", "read"))
    refused = program.post("/api/v1/views", json=SERIES)
    assert (refused.status_code, refused.json()["field"]) == (400, "shared")
    assert save(program, shared=True)["author"] == "token:program"
    student = api.person("student", "bo")
    assert student.get("/api/v1/views").status_code == 403
    assert student.post("/api/v1/views", json=SERIES).status_code == 403


def test_ones_own_go_with_the_account_and_never_to_another_of_the_name(api):
    ada = api.person("operator")
    save(ada, name="own")
    save(ada, name="shared", shared=True)
    assert api.owner.delete("/api/v1/people/ada").status_code == 204
    assert names(api.owner) == ["shared"]
    again = api.person("operator")
    assert names(again) == ["shared"]
    assert again.get("/api/v1/views/2").json()["own"] is False


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"page": "//evil.example"}, "page"),
        ({"page": "../x"}, "page"),
        ({"page": ""}, "page"),
        ({"search": "x" * 8193}, "search"),
        ({"search": "ü" * 4097}, "search"),
        ({"search": "a\r\nb"}, "search"),
    ],
)
def test_unfit_views(api, wrong, field):
    answer = api.person("viewer").post("/api/v1/views", json=SERIES | wrong)
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_views_are_bounded_in_number(api, monkeypatch):
    monkeypatch.setattr("wacket.ledger.views.MOST_OWN", 1)
    ada, bo = api.person("viewer"), api.person("viewer", "bo")
    save(ada)
    assert ada.post("/api/v1/views", json=SERIES).status_code == 400
    save(bo)


def test_others_are_told_of_shared_ones_only(api):
    ada = api.person("operator")
    with api.parts.bus.subscribe("changed") as told:
        save(ada)
        assert list(told._waiting) == []
        save(ada, shared=True)
        ada.delete("/api/v1/views/2")
        assert list(told._waiting) == [{"views": True}] * 2


def kiosk(api, operator, **more):
    view = save(operator, shared=True)
    made = operator.post(f"/api/v1/views/{view['id']}/kiosk", json=more)
    assert made.status_code == 201, made.text
    address, _, secret = made.json()["link"].partition("#")
    assert address == f"http://127.0.0.1:8080/k/{view['id']}"
    return made.json(), secret


def test_a_kiosk_reads_and_does_nothing_else(api):
    operator = api.person("operator")
    made, secret = kiosk(api, operator, days=2)
    assert (made["name"], made["expires"]) == ("kiosk: Bench", "2027-01-17T08:00:00Z")
    screen = api.client()
    assert screen.get("/api/v1/views/1").status_code == 401
    opened = screen.post("/api/v1/kiosk-session", json={"secret": secret})
    who = {"name": "kiosk: Bench", "kind": "token", "role": "", "rights": ["own", "read"], "classes": []}
    assert opened.json() == who
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Max-Age=2592000" in cookie
    assert screen.get("/api/v1/views/1").json()["own"] is False
    assert screen.get("/api/v1/tokens").status_code == 403
    screen.headers["X-Wacket"] = "1"
    assert screen.post("/api/v1/notes", json={"text": "x"}).status_code == 403
    assert secret not in str(api.acts())
    assert [row["details"]["view"] for row in api.acts("view.kiosk")] == [1]


def test_revoking_its_token_ends_a_kiosk_at_once_and_so_does_time(api):
    operator = api.person("operator")
    made, secret = kiosk(api, operator, days=2)
    screen = api.client()
    screen.post("/api/v1/kiosk-session", json={"secret": secret})
    api.now += 2 * DAY - 1
    assert screen.get("/api/v1/views").status_code == 200
    api.now += 1
    assert screen.get("/api/v1/views").status_code == 401
    made, secret = kiosk(api, operator)
    assert screen.post("/api/v1/kiosk-session", json={"secret": secret}).status_code == 200
    assert api.owner.delete(f"/api/v1/tokens/{made['token']}").status_code == 204
    assert screen.get("/api/v1/views").status_code == 401
    refused = screen.post("/api/v1/kiosk-session", json={"secret": secret})
    assert refused.status_code == 401
    assert "make another" in refused.json()["error"]
    assert api.acts("kiosk.open")[0]["outcome"] == "refused"


def test_who_looks_at_a_kiosk_stays_signed_in_and_signs_out_of_both(api):
    operator = api.person("operator")
    _, secret = kiosk(api, operator)
    operator.post("/api/v1/kiosk-session", json={"secret": secret})
    assert operator.get("/api/v1/me").json()["name"] == "ada"
    assert operator.post("/api/v1/logout").status_code == 204
    assert operator.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("scopes", [["admin"], ["operate"], ["ingest"], ["read", "ingest"]])
def test_other_tokens_open_nothing_by_a_cookie(api, scopes):
    secret = api.token(*scopes)
    screen = api.client()
    assert screen.post("/api/v1/kiosk-session", json={"secret": secret}).status_code == 401
    screen.cookies.set("wacket-kiosk", secret)
    assert screen.get("/api/v1/me").status_code == 401


def test_a_page_of_another_site_gets_nothing_from_a_kiosk(api):
    _, secret = kiosk(api, api.person("operator"))
    screen = api.client()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert screen.post("/api/v1/kiosk-session", json={"secret": secret}, headers=foreign).status_code == 403
    screen.post("/api/v1/kiosk-session", json={"secret": secret})
    assert screen.post("/api/v1/logout", headers=foreign).status_code == 403


def test_what_no_kiosk_is_made_of(api):
    ada = api.person("operator")
    own = save(ada)
    refused = ada.post(f"/api/v1/views/{own['id']}/kiosk", json={})
    assert refused.status_code == 400
    assert "share it first" in refused.json()["error"]
    assert ada.post("/api/v1/views/77/kiosk", json={}).status_code == 404
    shared = save(ada, shared=True, name="a/" + "b" * 90)
    assert api.person("viewer", "bo").post(f"/api/v1/views/{shared['id']}/kiosk", json={}).status_code == 403
    made = ada.post(f"/api/v1/views/{shared['id']}/kiosk", json={}).json()
    assert made["name"] == ("kiosk: a-" + "b" * 90)[:63]
