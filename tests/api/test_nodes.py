"""Nodes over HTTP: what changes is in the ledger, in the catalogue and on the bus at once."""

from __future__ import annotations

import pytest

from wacket.ledger import nodes

PENDING = "192.0.2.20"


@pytest.fixture
def stranger(api):
    """A board that nobody has adopted."""
    api.parts.ledger.write_sync(
        lambda c: nodes.create(c, PENDING, "board", "pending", f"peer:{PENDING}", api.now, PENDING)
    )
    api.parts.catalogue.refresh_nodes()
    return PENDING


def names(api):
    return [node["name"] for node in api.owner.get("/api/v1/nodes").json()["nodes"]]


def test_list_and_look(api, stranger):
    assert names(api) == [PENDING, "hub"]
    node = api.owner.get(f"/api/v1/nodes/{PENDING}").json()
    assert node == {
        "id": 2,
        "name": PENDING,
        "kind": "board",
        "state": "pending",
        "tags": {},
        "first_seen": "2027-01-15T08:00:00Z",
        "last_seen": "2027-01-15T08:00:00Z",
        "last_peer": PENDING,
    }
    assert api.owner.get("/api/v1/nodes/nobody").status_code == 404


def test_adopt_rename_and_tag_in_one_go(api, stranger):
    with api.parts.bus.subscribe("nodes") as told:
        change = {"state": "adopted", "name": "rig-3", "tags": {"room": "lab 2"}}
        node = api.owner.patch(f"/api/v1/nodes/{PENDING}", json=change).json()
        assert [row.name for row in told._waiting] == ["rig-3"]
    assert (node["id"], node["name"], node["state"], node["tags"]) == (
        2,
        "rig-3",
        "adopted",
        {"room": "lab 2"},
    )
    assert api.parts.catalogue.node(f"peer:{PENDING}").name == "rig-3"
    assert api.acts("node.change")[0]["details"] == change


def test_retire_keeps_the_node(api, stranger):
    assert api.owner.patch(f"/api/v1/nodes/{PENDING}", json={"state": "retired"}).status_code == 200
    assert names(api) == [PENDING, "hub"]
    assert api.parts.catalogue.node(f"peer:{PENDING}").state == "retired"


def test_make(api):
    made = api.owner.post("/api/v1/nodes", json={"name": "rig-3", "kind": "service"})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["kind"]) == ("adopted", "service")
    assert api.parts.catalogue.node("name:rig-3").id == made.json()["id"]
    again = api.owner.post("/api/v1/nodes", json={"name": "rig-3"})
    assert (again.status_code, again.json()["field"]) == (400, "name")
    assert names(api) == ["hub", "rig-3"]


@pytest.mark.parametrize("name", ["", "a/b", "../x", "<b>", "-rig", "a b", "x" * 64, "a\n"])
def test_unfit_names(api, stranger, name):
    assert api.owner.post("/api/v1/nodes", json={"name": name}).json()["field"] == "name"
    assert api.owner.patch(f"/api/v1/nodes/{PENDING}", json={"name": name}).json()["field"] == "name"
    assert names(api) == [PENDING, "hub"]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "adopted", "name": "hub"},
        {"state": "lost"},
        {"tags": {"": "x"}},
        {"tags": {"x": "y" * 257}},
        {"tags": {"x": "a\nb"}},
        {"tags": {str(number): "x" for number in range(33)}},
        {"tags": {"x": 1}},
    ],
)
def test_unfit_changes_change_nothing(api, stranger, change):
    before = api.owner.get(f"/api/v1/nodes/{PENDING}").json()
    assert api.owner.patch(f"/api/v1/nodes/{PENDING}", json=change).status_code == 400
    assert api.owner.get(f"/api/v1/nodes/{PENDING}").json() == before
    assert api.acts("node.change") == []


def test_the_hub_stays(api):
    for state in ("retired", "pending"):
        assert api.owner.patch("/api/v1/nodes/hub", json={"state": state}).json()["field"] == "state"
    assert api.owner.patch("/api/v1/nodes/hub", json={"name": "lab-hub"}).status_code == 200


def test_nobody_to_change(api):
    assert api.owner.patch("/api/v1/nodes/nobody", json={"state": "adopted"}).status_code == 404
