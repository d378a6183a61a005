"""What pages are told has changed: rows of the overview, and which questions are to be asked again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.api.watching.conftest import Site, readings

from wacket.api.watching import news
from wacket.api.watching.acts import changed_by
from wacket.api.watching.news import MOST, Changes, FleetNews
from wacket.ledger.audit import Act


def test_rows_that_change_are_told_and_names_that_are_gone(site: Site) -> None:
    overview = site.parts.fleet.overview
    with overview.attending(), site.screen(fleet=True) as screen:
        site.tell(readings([1], at=site.api.now))
        site.call(overview.look)
        (row,) = screen.hear("fleet")["fleet"]
        assert (row["name"], row["at"], row["newest"][0]["value"]) == ("rig-3", site.api.now, 0.0)
        assert site.api.owner.patch("/api/v1/nodes/rig-3", json={"name": "oven"}).status_code == 200
        site.call(overview.look)
        assert screen.hear("gone") == {"gone": ["rig-3"]}
        assert [row["name"] for row in screen.hear("fleet")["fleet"]] == ["oven"]
        assert site.api.owner.patch("/api/v1/nodes/oven", json={"state": "retired"}).status_code == 200
        site.call(overview.look)
        assert screen.hear("gone", "fleet") == {"gone": ["oven"]}


def test_notes_are_told_at_once_and_then_gathered(site: Site) -> None:
    with site.screen(changes=True) as screen:
        for user in ("ada", "bob"):
            site.publish("changed", {"classes": [user]})
        heard = screen.hear()["changed"]["classes"]
        while heard != ["ada", "bob"]:
            heard += screen.hear()["changed"]["classes"]


def test_nodes_that_change_are_named(site: Site) -> None:
    with site.screen(changes=True) as screen:
        assert site.api.owner.patch("/api/v1/nodes/rig-3", json={"tags": {"a": ""}}).status_code == 200
        assert screen.hear("changed")["changed"]["nodes"] == ["rig-3"]


def test_gathered_notes_are_told_together_and_too_many_names_as_one_word() -> None:
    changes = Changes(None)
    assert not changes.waits
    for changed in ({"classes": ["ada"]}, {"notes": True}, {"jobs": [7]}, {"classes": ["bob", "ada"]}, {"jobs": [8]}):
        changes.note(changed)
    assert changes.drain() == [b'{"changed":{"notes":true,"classes":["ada","bob"],"jobs":[7,8]}}']
    changes.note({"jobs": range(MOST + 1)})
    assert changes.drain() == [b'{"changed":{"jobs":true}}']
    assert changes.drain() == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"classes": ["ada"]}, [b'{"changed":{"classes":["ada"]}}']),
        ({"classes": ["bob", "ada"], "audit": True}, [b'{"changed":{"classes":["ada"]}}']),
        ({"classes": ["bob"]}, []),
        ({"nodes": ["ada"]}, []),
        ({"audit": True, "tokens": True}, []),
    ],
)
def test_who_may_not_read_is_told_only_of_what_is_their_own(changed: dict[str, Any], told: list[bytes]) -> None:
    changes = Changes("ada")
    changes.note(changed)
    assert changes.drain() == told


def test_words_that_were_lost_may_have_been_of_anything() -> None:
    everybody, ada = Changes(None), Changes("ada")
    for one in (everybody, ada):
        one.note_all()
    assert [everybody.drain(), ada.drain()] == [[b'{"changed":{"all":true}}'], [b'{"changed":{"classes":["ada"]}}']]


def act(name: str, subject: str = "") -> Act:
    return Act(1, "owner", "", name, subject)


@pytest.mark.parametrize(
    ("acts", "changed"),
    [
        ([act("token.create")], {"tokens": True}),
        ([act("person.change", "ada"), act("join-token.revoke")], {"people": True, "join-tokens": True}),
        ([act("class.request", "ada"), act("class.ask", "6.08")], {"classes": ["ada", "6.08"]}),
        ([act("GET /api/v1/people.html"), act("sql"), act("history.verify")], {}),
    ],
)
def test_what_an_act_makes_old_follows_from_its_name(acts: list[Act], changed: dict[str, Any]) -> None:
    assert changed_by(acts) == {"audit": True, **changed}


def test_many_rows_that_change_at_once_are_told_in_pieces(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST_ROWS", 1)
    told = FleetNews(site.parts)
    told.note_all()
    seen = []
    while told.waits:
        (message,) = told.drain()
        seen += [row["name"] for row in json.loads(message)["fleet"]]
    assert sorted(seen) == ["hub", "rig-3", "rig-4"]
