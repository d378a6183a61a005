"""Equal answers of a class are one row."""

from __future__ import annotations

import pytest
from tests.api.test_rounds import SETS, act, school

from wacket.api import class_answers

__all__ = ["school"]


@pytest.fixture
def room(school):
    school.app.include_router(class_answers.router)
    people = [{"user": f"p{number}", "seat": f"A{number}"} for number in range(6)]
    assert school.owner.post(SETS, json={"name": "room", "members": people}).status_code == 201
    return school


def answer(room, user, out, err="", code="0"):
    act(room, user, "hw_command_request", hw_comm="print()", timeout="10")
    act(room, user, "hw_command_retrieval")
    act(room, user, "hw_response_provide", hw_resp=out, hw_err=err, hw_exit=code)


def test_equal_ones_are_together_with_who_gave_them(room):
    for user in ("p0", "p2", "p4"):
        answer(room, user, "42\n")
    answer(room, "p1", "42\n", "NameError", "1")
    act(room, "p4", "server_analysis_provide", server_anal="ok")
    act(room, "p3", "hw_command_request", hw_comm="x", timeout="10")
    answer(room, "p5", "old")
    act(room, "p5", "reset")  # taken back: it counts no more
    found = room.owner.get(f"{SETS}/room/folded").json()
    assert found["answers"] == [
        {
            **{"count": 3, "users": ["p0", "p2", "p4"], "seats": ["A0", "A2", "A4"], "answer": "42\n", "error": ""},
            **{"exit": 0, "cut": False, "verdicts": {"ok": 1}},
        },
        {
            **{"count": 1, "users": ["p1"], "seats": ["A1"], "answer": "42\n", "error": "NameError"},
            **{"exit": 1, "cut": False, "verdicts": {}},
        },
    ]
    assert found["others"] == [
        {"word": "requested", "users": ["p3"], "seats": ["A3"]},
        {"word": "rest", "users": ["p5"], "seats": ["A5"]},
    ]


def test_long_answers_are_compared_whole_and_shown_cut(room):
    answer(room, "p0", "x" * 2000 + "a")
    answer(room, "p1", "x" * 2000 + "b")
    folds = room.owner.get(f"{SETS}/room/folded").json()["answers"]
    assert [(len(fold["answer"]), fold["cut"], fold["users"]) for fold in folds] == [
        (1000, True, ["p0"]),
        (1000, True, ["p1"]),
    ]


def test_they_are_nothing_for_students(room):
    assert room.person("student", "p0").get(f"{SETS}/room/folded").status_code == 403
    assert room.owner.get(f"{SETS}/none/folded").status_code == 404
