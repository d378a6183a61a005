"""Notes on the time axis: written, found in a range, changed, deleted; who may; what is told."""

from __future__ import annotations

import pytest

HOUR = 3_600_000_000
NIGHT = "<script>alert(1)</script> \u202e=cmd|'x' ünïcode\n🙂"


def texts(answer):
    assert answer.status_code == 200, answer.text
    return [note["text"] for note in answer.json()["notes"]]


def write(api, text="fan on", **more):
    made = api.owner.post("/api/v1/notes", json={"text": text, **more})
    assert made.status_code == 201, made.text
    return made.json()


def test_write_find_change_delete(api):
    note = write(api, NIGHT, at="2027-01-15T07:00:00Z", node="hub", match="hub/temp*")
    assert note == {
        "id": 1,
        "at": "2027-01-15T07:00:00Z",
        "until": None,
        "text": NIGHT,
        "node": "hub",
        "match": "hub/temp*",
        "author": "owner",
        "created": "2027-01-15T08:00:00Z",
    }
    assert api.owner.get("/api/v1/notes").json() == {"notes": [note], "more": False}
    changed = api.owner.patch("/api/v1/notes/1", json={"until": "2027-01-15T07:30:00Z", "node": None, "text": "x"})
    assert changed.json() == note | {"until": "2027-01-15T07:30:00Z", "node": None, "text": "x"}
    again = api.owner.patch("/api/v1/notes/1", json={"until": None})
    assert again.json() == note | {"node": None, "text": "x"}
    assert api.owner.delete("/api/v1/notes/1").status_code == 204
    assert texts(api.owner.get("/api/v1/notes")) == []
    assert api.owner.delete("/api/v1/notes/1").status_code == 404
    assert api.owner.patch("/api/v1/notes/1", json={}).status_code == 404
    acts = [row["act"] for row in api.acts() if row["act"].startswith("note.")]
    assert acts == ["note.delete", "note.change", "note.change", "note.create"]


def test_without_a_time_a_note_is_of_now_and_is_found_at_once(api):
    assert write(api)["at"] == "2027-01-15T08:00:00Z"
    assert texts(api.owner.get("/api/v1/notes", params={"since": "1h"})) == ["fan on"]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2027-01-15T06:00:00Z", "2027-01-15T08:00:00Z", ["long", "moment"]),
        ("2027-01-15T06:30:00Z", "2027-01-15T06:40:00Z", ["long"]),
        ("2027-01-15T07:00:00Z", "2027-01-15T07:00:01Z", ["long", "moment"]),
        ("2027-01-15T07:00:00.5Z", "2027-01-15T08:00:00Z", []),
        ("2027-01-15T05:00:00Z", "2027-01-15T06:00:00Z", []),
    ],
)
def test_what_touches_the_range_is_found(api, since, until, found):
    write(api, "long", at="2027-01-15T06:00:00Z", until="2027-01-15T07:00:00Z")
    write(api, "moment", at="2027-01-15T07:00:00Z")
    # The hub's ranges do not include their end; a moment at the end of one is in the next.
    asked = {"since": since, "until": until}
    assert texts(api.owner.get("/api/v1/notes", params=asked)) == found


def test_the_notes_of_a_node_are_its_own_and_the_places(api):
    api.owner.post("/api/v1/nodes", json={"name": "rig"})
    for text, node in (("ours", "hub"), ("theirs", "rig"), ("everybody's", None)):
        write(api, text, node=node)
    assert texts(api.owner.get("/api/v1/notes", params={"node": "rig"})) == ["theirs", "everybody's"]
    api.owner.patch("/api/v1/nodes/rig", json={"name": "rig-2"})
    assert api.owner.get("/api/v1/notes").json()["notes"][1]["node"] == "rig-2", "a note stays with its node"


def test_of_too_many_the_newest_are_given(api):
    for hour in range(4):
        write(api, f"at {hour}", at=f"2027-01-15T0{hour}:00:00Z")
    page = api.owner.get("/api/v1/notes", params={"limit": 2}).json()
    assert [note["text"] for note in page["notes"]] == ["at 2", "at 3"]
    assert page["more"] is True
    assert api.owner.get("/api/v1/notes", params={"limit": 4}).json()["more"] is False


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "x", "at": "soon"}, "at"),
        ({"text": "x", "until": "2020-01-01T00:00:00Z"}, "until"),
        ({"text": "x", "node": "nobody"}, "node"),
        ({"text": "x", "match": "a\x00b"}, "match"),
        ({"at": "now"}, "text"),
    ],
)
def test_unfit_notes(api, wrong, field):
    answer = api.owner.post("/api/v1/notes", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert texts(api.owner.get("/api/v1/notes", params={"since": "1970-01-01"})) == []


@pytest.mark.parametrize("change", [{"text": " "}, {"text": None}, {"at": None}, {"until": "1999-01-01"}])
def test_an_unfit_change_changes_nothing(api, change):
    note = write(api)
    assert api.owner.patch("/api/v1/notes/1", json=change).status_code == 400
    assert api.owner.get("/api/v1/notes").json()["notes"] == [note]


def test_who_may(api):
    write(api)
    viewer, student = api.person("viewer"), api.person("student", "bo")
    assert texts(viewer.get("/api/v1/notes")) == ["fan on"]
    assert student.get("/api/v1/notes").status_code == 403
    asks = [("POST", "", {"text": "x"}), ("PATCH", "/1", {"text": "x"}), ("DELETE", "/1", None)]
    for method, path, body in asks:
        assert viewer.request(method, f"/api/v1/notes{path}", json=body).status_code == 403
    operator = api.person("operator", "cy")
    assert operator.post("/api/v1/notes", json={"text": "mine"}).json()["author"] == "person:cy"
    assert texts(viewer.get("/api/v1/notes")) == ["fan on", "mine"]


def test_pages_are_told_after_it_is_kept(api):
    with api.parts.bus.subscribe("changed") as told:
        write(api)
        api.owner.patch("/api/v1/notes/1", json={"text": "y"})
        api.owner.delete("/api/v1/notes/1")
        api.owner.delete("/api/v1/notes/1")
        assert list(told._waiting) == [{"notes": True}] * 3


def test_notes_are_bounded_in_number(api, monkeypatch):
    monkeypatch.setattr("wacket.ledger.notes.MOST", 1)
    write(api)
    refused = api.owner.post("/api/v1/notes", json={"text": "one more"})
    assert refused.status_code == 400
    assert "delete some" in refused.json()["error"]
