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
        "presence": "pending",
        "since": "2027-01-15T08:00:00Z",
        "why": "",
        "code": "",
        "os": "",
        "agent": "",
        "allows": None,
        "machine": None,
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


def test_a_name_that_a_renamed_node_still_speaks_as_is_taken(api, stranger):
    made = api.owner.post("/api/v1/nodes", json={"name": "rig-3"}).json()
    assert api.owner.patch("/api/v1/nodes/rig-3", json={"name": "rig-4"}).status_code == 200
    for answer in (
        api.owner.post("/api/v1/nodes", json={"name": "rig-3"}),
        api.owner.post("/api/v1/nodes", json={"name": "rig-4"}),
        api.owner.patch(f"/api/v1/nodes/{PENDING}", json={"name": "rig-3"}),
    ):
        assert (answer.status_code, answer.json()["field"]) == (400, "name")
        assert "rig-4" in answer.json()["error"]
    assert names(api) == [PENDING, "hub", "rig-4"]
    assert api.owner.get("/api/v1/nodes/rig-3").status_code == 404
    back = api.owner.patch("/api/v1/nodes/rig-4", json={"name": "rig-3"}).json()
    assert (back["id"], back["name"]) == (made["id"], "rig-3")


def test_a_change_forgets_no_node_that_is_made_meanwhile(api, stranger, monkeypatch):
    """A board that comes between the change's look at the ledger and its end must stay known."""
    read = api.parts.ledger.read

    def and_then_a_board_comes(work):
        found = read(work)
        if work is nodes.all_nodes:
            row = api.parts.ledger.write_sync(lambda c: nodes.create(c, "new", "board", "adopted", "name:new", api.now))
            api.parts.catalogue.add_nodes([row])
        return found

    monkeypatch.setattr(api.parts.ledger, "read", and_then_a_board_comes)
    assert api.owner.patch(f"/api/v1/nodes/{PENDING}", json={"state": "adopted"}).status_code == 200
    assert api.parts.catalogue.nodes() == read(nodes.all_nodes)
    api.parts.catalogue.refresh_nodes()
    assert api.parts.catalogue.nodes() == read(nodes.all_nodes)


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
