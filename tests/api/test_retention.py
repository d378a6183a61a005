"""Retention rules over HTTP."""

from __future__ import annotations

import pytest

RULES = {"rules": [{"match": "rig-*/power.*", "readings_days": 30, "rollup_days": 0}]}


def test_read_and_replace(api):
    assert api.owner.get("/api/v1/retention").json() == {"rules": []}
    assert api.owner.put("/api/v1/retention", json=RULES).json() == RULES
    assert api.owner.get("/api/v1/retention").json() == RULES
    assert api.acts("retention.change")[0]["details"] == RULES


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"rules": [{"match": "", "readings_days": 1, "rollup_days": 1}]},
        {"rules": [{"match": "x", "readings_days": -1, "rollup_days": 1}]},
        {"rules": [{"match": "x", "readings_days": "inf", "rollup_days": 1}]},
        {"rules": [{"match": "x", "readings_days": 1}]},
        {"rules": RULES["rules"] * 2},
    ],
)
def test_unfit_rules_change_nothing(api, wrong):
    api.owner.put("/api/v1/retention", json=RULES)
    answer = api.owner.put("/api/v1/retention", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert api.owner.get("/api/v1/retention").json() == RULES


def test_viewers_read_and_admins_write(api):
    ada = api.person("operator")
    assert ada.get("/api/v1/retention").status_code == 200
    assert ada.put("/api/v1/retention", json=RULES).status_code == 403
