"""Who sees what of the class, and reset."""

from __future__ import annotations

from typing import Any

import pytest

from wacket.api import classes
from wacket.classes.desk import ClassDesk
from wacket.ledger import classes as rows

UNDER = "/api/v1/class"


@pytest.fixture
def school(api: Any) -> Any:
    """The class of ada and bob, both of whom have asked for something."""
    api.parts.desk = desk = ClassDesk(api.parts.ledger, api.parts.clock)
    api.app.include_router(classes.router)

    async def fill() -> None:
        for user in ("bob", "ada"):
            await desk.handle(user, "hw_command_request", {"hw_comm": f"# {user}"}, "192.0.2.9")
        await desk.handle("ada", "hw_command_retrieval", {}, "192.0.2.9")

    api.owner.portal.call(fill)
    return api


def test_everybody_by_name(school: Any) -> None:
    users = school.owner.get(UNDER).json()["users"]
    assert [(user["user"], user["state"], user["hw_command"]) for user in users] == [
        ("ada", 2, "# ada"),
        ("bob", 1, "# bob"),
    ]
    assert users[0]["time"].endswith("Z")


def test_one_of_them(school: Any) -> None:
    assert [user["user"] for user in school.owner.get(UNDER, params={"user": "bob"}).json()["users"]] == ["bob"]
    assert school.owner.get(UNDER, params={"user": "eve"}).json()["users"] == []


def test_history_newest_first_in_pages(school: Any) -> None:
    first = school.owner.get(f"{UNDER}/ada/history", params={"limit": 1}).json()
    assert [(move["command"], move["before"], move["after"]) for move in first["transitions"]] == [
        ("hw_command_retrieval", 1, 2)
    ]
    rest = school.owner.get(f"{UNDER}/ada/history", params={"before": first["cursor"]}).json()
    (move,) = rest["transitions"]
    assert (move["value"], move["peer"], rest["cursor"]) == ("# ada", "192.0.2.9", None)


def test_everybody_in_pages(school: Any) -> None:
    first = school.owner.get(UNDER, params={"limit": 1}).json()
    second = school.owner.get(UNDER, params={"limit": 1, "after": first["cursor"]}).json()
    assert [page["users"][0]["user"] for page in (first, second)] == ["ada", "bob"]
    assert (first["cursor"], second["cursor"]) == ("ada", None)


def test_a_history_that_is_cut_short_says_that_there_is_more(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PAGE_TEXT", 0)
    first = school.owner.get(f"{UNDER}/ada/history").json()
    second = school.owner.get(f"{UNDER}/ada/history", params={"before": first["cursor"]}).json()
    assert [len(page["transitions"]) for page in (first, second)] == [1, 1]
    assert (first["cursor"] is None, second["cursor"]) == (False, None)


def test_a_user_who_is_not_there(school: Any) -> None:
    assert school.owner.get(f"{UNDER}/eve/history").status_code == 404
    assert school.owner.post(f"{UNDER}/eve/reset").status_code == 404


def test_a_student_sees_only_his_own(school: Any) -> None:
    ada = school.person("student", "ada")
    assert [user["user"] for user in ada.get(UNDER).json()["users"]] == ["ada"]
    assert len(ada.get(f"{UNDER}/ada/history").json()["transitions"]) == 2
    assert [user["user"] for user in ada.get(UNDER, params={"user": "ada"}).json()["users"]] == ["ada"]
    assert ada.get(UNDER, params={"user": "bob"}).status_code == 403
    assert ada.get(f"{UNDER}/bob/history").status_code == 403
    assert ada.get(f"{UNDER}/eve/history").status_code == 403
    assert ada.post(f"{UNDER}/bob/reset").status_code == 403


def test_a_viewer_sees_everybody_and_resets_nobody(school: Any) -> None:
    viewer = school.person("viewer", "vera")
    assert len(viewer.get(UNDER).json()["users"]) == 2
    assert viewer.get(f"{UNDER}/bob/history").status_code == 200
    assert viewer.post(f"{UNDER}/bob/reset").status_code == 403


def test_nobody_else_sees_anything(school: Any) -> None:
    for path in (UNDER, f"{UNDER}/ada/history"):
        assert school.client().get(path).status_code == 401
        sender = school.client(bearer=school.token("ingest"))
        assert sender.get(path).status_code == 403


def test_an_operator_resets_and_it_is_written_down(school: Any) -> None:
    operator = school.person("operator", "olga")
    answer = operator.post(f"{UNDER}/ada/reset")
    assert (answer.status_code, answer.json()["state"], answer.json()["hw_command"]) == (200, 0, "# ada")
    assert operator.post(f"{UNDER}/ada/reset").status_code == 200
    (act,) = school.acts("class.reset")
    assert (act["subject"], act["actor"]) == ("ada", "person:olga")
    newest = school.owner.get(f"{UNDER}/ada/history").json()["transitions"][0]
    assert (newest["command"], newest["before"], newest["after"]) == ("reset", 2, 0)


def test_user_names_with_any_letters(school: Any) -> None:
    async def act() -> None:
        await school.parts.desk.handle("李 ?&=/a", "hw_command_request", {"hw_comm": ""}, "")

    school.owner.portal.call(act)
    assert school.owner.get(f"{UNDER}/%E6%9D%8E%20%3F%26%3D%2Fa/history").json()["user"] == "李 ?&=/a"
