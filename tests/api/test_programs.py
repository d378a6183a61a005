"""Programs that people keep, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from wacket.api import programs
from wacket.ledger import programs as rows

BLINK = {"name": "blink", "language": "python", "text": "import led\n<b>é\u202e</b>\n"}


@pytest.fixture
def lab(api: Any) -> Any:
    api.app.include_router(programs.router)
    return api


def made(api: Any, **program: Any) -> Any:
    answer = api.owner.post("/api/v1/programs", json=BLINK | program)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(api: Any, find: str = "") -> list[str]:
    return [one["name"] for one in api.owner.get("/api/v1/programs", params={"find": find}).json()["programs"]]


def test_a_program_is_kept_changed_and_deleted(lab: Any) -> None:
    olga = lab.person("operator", "olga")
    one = made(lab)
    assert one == BLINK | {"id": one["id"], "author": "owner", "changed": "2027-01-15T08:00:00Z"}
    path = f"/api/v1/programs/{one['id']}"
    assert olga.get(path).json() == one
    changed = olga.put(path, json={"name": "blink", "language": "sh", "text": "echo"}).json()
    assert (changed["language"], changed["text"], changed["author"]) == ("sh", "echo", "person:olga")
    assert names(lab) == ["blink"]
    assert olga.delete(path).status_code == 204
    assert names(lab) == []
    assert [lab.acts(f"program.{act}")[0]["actor"] for act in ("create", "change", "delete")] == [
        "owner",
        "person:olga",
        "person:olga",
    ]


def test_programs_are_found_by_name_and_text(lab: Any) -> None:
    made(lab, name="blink")
    made(lab, name="100%", text="print('Temperature')")
    assert names(lab) == ["100%", "blink"]
    assert names(lab, "LINK") == ["blink"]
    assert names(lab, "temper") == ["100%"]
    assert names(lab, "0%") == ["100%"]
    assert names(lab, "_") == []


@pytest.mark.parametrize(
    ("program", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"text": " \n"}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * (rows.LONGEST_TEXT + 1)}, "text"),
        ({"language": "perl"}, "language"),
        ({"name": "there"}, "name"),
    ],
)
def test_what_is_wrong_is_named(lab: Any, program: dict[str, str], field: str) -> None:
    made(lab, name="there")
    answer = lab.owner.post("/api/v1/programs", json=BLINK | program)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
    other = made(lab, name="other")
    answer = lab.owner.put(f"/api/v1/programs/{other['id']}", json=BLINK | program)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


def test_their_number_is_bounded(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST", 1)
    made(lab)
    answer = lab.owner.post("/api/v1/programs", json=BLINK | {"name": "one more"})
    assert answer.status_code == 400
    assert "delete some" in answer.json()["error"]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_one_that_is_not_there(lab: Any, method: str) -> None:
    more = {"json": BLINK} if method == "put" else {}
    assert getattr(lab.owner, method)("/api/v1/programs/7", **more).status_code == 404


def test_only_who_may_operate_sees_and_changes_them(lab: Any) -> None:
    one = made(lab)
    viewer = lab.person("viewer", "vera")
    for client, status in ((lab.client(), 401), (viewer, 403)):
        assert client.get("/api/v1/programs").status_code == status
        assert client.get(f"/api/v1/programs/{one['id']}").status_code == status
        assert client.post("/api/v1/programs", json=BLINK).status_code == status
        assert client.put(f"/api/v1/programs/{one['id']}", json=BLINK).status_code == status
        assert client.delete(f"/api/v1/programs/{one['id']}").status_code == status
