"""Reading the audit log over HTTP."""

from __future__ import annotations

import pytest


def test_pages(api):
    for number in range(5):
        api.owner.post("/api/v1/nodes", json={"name": f"rig-{number}"})
    seen, before, pages = [], None, 0
    while pages < 10:
        page = api.owner.get("/api/v1/audit", params={"limit": 2} | ({"before": before} if before else {})).json()
        seen += [row["subject"] for row in page["acts"]]
        before, pages = page["before"], pages + 1
        if before is None:
            break
    assert seen == ["rig-4", "rig-3", "rig-2", "rig-1", "rig-0"]
    assert pages == 3


def test_a_full_last_page_has_no_next(api):
    for number in range(2):
        api.owner.post("/api/v1/nodes", json={"name": f"rig-{number}"})
    assert api.owner.get("/api/v1/audit", params={"limit": 2}).json()["before"] is None


def test_a_row(api):
    api.owner.post("/api/v1/nodes", json={"name": "rig"})
    (row,) = api.owner.get("/api/v1/audit").json()["acts"]
    assert row == {
        "id": 1,
        "at": "2027-01-15T08:00:00Z",
        "actor": "owner",
        "peer": "127.0.0.1",
        "act": "node.create",
        "subject": "rig",
        "outcome": "ok",
        "details": {"kind": "board"},
    }


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"before": 0}, {"before": 2**63}, {"limit": "x"}])
def test_unfit_pages(api, wrong):
    assert api.owner.get("/api/v1/audit", params=wrong).status_code == 400


def test_some_of_it(api):
    for name in ("rig_1", "rigX1"):
        api.owner.post("/api/v1/nodes", json={"name": name})

    def subjects(**asked):
        return [row["subject"] for row in api.owner.get("/api/v1/audit", params=asked).json()["acts"]]

    assert subjects(find="rig_1") == ["rig_1"]  # "_" stands for itself
    assert subjects(find="RIG") == ["rigX1", "rig_1"]
    assert subjects(find="board", outcome="ok") == ["rigX1", "rig_1"]  # in the details
    assert subjects(find="board", outcome="refused") == []
    assert api.owner.get("/api/v1/audit", params={"outcome": "odd"}).status_code == 400
