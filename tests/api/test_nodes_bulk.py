"""One change for many nodes: what can be done is done, each is named, and each has its row in the audit log."""

from __future__ import annotations

import pytest


@pytest.fixture
def place(api):
    for name in ("pi-1", "pi-2", "pi-3"):
        assert api.owner.post("/api/v1/nodes", json={"name": name, "kind": "machine"}).status_code == 201
    assert api.owner.patch("/api/v1/nodes/pi-2", json={"tags": {"room": "lab", "old": ""}}).status_code == 200
    return api


def change(api, names, **more):
    answer = api.owner.post("/api/v1/nodes/bulk", json={"names": names, **more})
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["why"] if not one["ok"] else True for one in answer.json()["results"]}


def tags(api, name):
    return api.owner.get(f"/api/v1/nodes/{name}").json()["tags"]


def test_tags_are_added_and_removed_and_the_others_stay(place):
    with place.parts.bus.subscribe("nodes") as told:
        assert change(place, ["pi-1", "pi-2"], tags={"add": {"row": "1"}, "remove": ["old"]}) == dict.fromkeys(
            ("pi-1", "pi-2"), True
        )
        assert [row.name for row in told._waiting] == ["pi-1", "pi-2"]
    assert (tags(place, "pi-1"), tags(place, "pi-2")) == ({"row": "1"}, {"room": "lab", "row": "1"})
    assert tags(place, "pi-3") == {}


def test_retiring_is_undone_by_adopting(place):
    change(place, ["pi-1", "pi-3"], state="retired")
    states = {node["name"]: node["state"] for node in place.owner.get("/api/v1/nodes").json()["nodes"]}
    assert states == {"hub": "adopted", "pi-1": "retired", "pi-2": "adopted", "pi-3": "retired"}
    change(place, ["pi-1", "pi-3"], state="adopted")
    assert {node["state"] for node in place.owner.get("/api/v1/nodes").json()["nodes"]} == {"adopted"}


def test_what_cannot_be_done_is_named_and_keeps_nobody_from_it(place):
    done = change(place, ["pi-1", "nobody", "hub", "pi-1"], state="retired")
    assert done == {"pi-1": True, "nobody": "no node named 'nobody'", "hub": "the hub itself cannot be retired"}
    acts = [(act["subject"], act["details"]) for act in place.acts("node.change")[:1]]
    assert acts == [("pi-1", {"state": "retired"})]
    assert len(place.acts("node.change")) == 2  # with the tags of the fixture: none for what was not done


def test_nobody_gets_more_tags_than_a_node_may_have(place):
    many = {f"tag-{number}": "" for number in range(31)}
    assert change(place, ["pi-1", "pi-2"], tags={"add": many}) == {
        "pi-1": True,
        "pi-2": "it would have 33 tags, and 32 is the most",
    }
    assert tags(place, "pi-2") == {"room": "lab", "old": ""}


@pytest.mark.parametrize(
    "body",
    [
        {"names": ["pi-1"]},
        {"names": [], "state": "retired"},
        {"names": ["pi-1"], "state": "pending"},
        {"names": ["pi-1"], "tags": {"add": {"a\nb": ""}}},
    ],
)
def test_unfit_changes_change_nothing(place, body):
    before = place.owner.get("/api/v1/nodes").json()
    assert place.owner.post("/api/v1/nodes/bulk", json=body).status_code == 400
    assert place.owner.get("/api/v1/nodes").json() == before


def test_who_may_not_act_may_not_change_many(place):
    viewer = place.person("viewer")
    assert viewer.post("/api/v1/nodes/bulk", json={"names": ["pi-1"], "state": "retired"}).status_code == 403
