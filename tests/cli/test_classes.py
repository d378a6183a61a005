"""wacket class: who is in it, what is asked of it, how it stands and what it answered."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.cli.support import classroom, sheet, watching

SETS = "/api/v1/classes"
FORMULA = "=cmd|' /C calc'!A0"


def user(name, state=0, **more):
    made = {"user": name, "node": "", "state": state, "hw_command": "", "hw_response": "", "server_analysis": ""}
    return {**made, "time": "T", "hw_err": "", "hw_exit": None, "timeout": 10, "stuck": False, "judge": "", **more}


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "led.py"
    path.write_text("led(1)\n")
    return str(path)


@pytest.fixture
def school(hub):
    """The class 6.08, whose people the test puts into `members`; ada is known."""
    members = []
    hub.answers[f"GET {SETS}"] = {"classes": [{"name": "6.08", "people": 3, "created": "T", "created_by": "owner"}]}
    hub.answers[f"GET {SETS}/6.08"] = lambda _: {"name": "6.08", "members": members, "cursor": None}
    hub.answers["GET /api/v1/class/ada/history"] = {"user": "ada", "transitions": [], "cursor": None}
    return members


def asked(hub, path="/api/v1/rounds"):
    return [one.json for one in hub.asked if one.path == path and one.method == "POST"]


def test_a_class_is_made_of_people_and_their_nodes(hub, wacket, tmp_path):
    hub.answers[f"POST {SETS}"] = (201, {"name": "6.08 Tue", "people": 4}, {})
    listed = tmp_path / "list.csv"
    listed.write_text('\ufeffeve,pi-13\n"Zoë, jr."\n\n')
    assert wacket("class", "create", "6.08 Tue", "ada=pi-11", "bob", "--csv", str(listed)).code == 0
    assert hub.last().json == {
        "name": "6.08 Tue",
        "members": [
            {"user": "ada", "node": "pi-11"},
            {"user": "bob", "node": None},
            {"user": "eve", "node": "pi-13"},
            {"user": "Zoë, jr.", "node": None},
        ],
    }


def test_people_are_added_and_removed(hub, wacket, school):
    hub.answers[f"PUT {SETS}/6.08/members"] = {"name": "6.08", "people": 3}
    assert "3 people" in wacket("class", "add", "6.08", "bob").err
    assert wacket("class", "add", "6.08").code == 2
    hub.answers[f"DELETE {SETS}/6.08/members"] = {"name": "6.08", "people": 1}
    assert "1 person" in wacket("class", "remove", "6.08", "bob", "eve").err
    assert hub.last().query == {"user": ["bob", "eve"]}
    hub.answers[f"DELETE {SETS}/6.08"] = (204, b"", {})
    assert wacket("class", "remove", "6.08").code == 0


def test_a_class_is_asked(hub, wacket, school, program):
    hub.answers["POST /api/v1/rounds"] = (
        201,
        {"id": 7, "users": ["ada"], "left_out": [{"user": "bob", "why": "busy"}]},
        {},
    )
    ran = wacket("class", "ask", "6.08", "--py", program, "--timeout", "10", "--check", program)
    assert ran.code == 0 and "bob was left out: busy" in ran.err and "1 person asked" in ran.err
    assert asked(hub) == [{"class": "6.08", "program": "led(1)\n", "timeout": 10, "check": "led(1)\n"}]


def test_one_person_is_asked_and_watched(hub, wacket, school, program, monkeypatch):
    monkeypatch.setattr(watching, "PAUSE", 0)
    looks = [[user("ada", 1)], [user("ada", 3, hw_exit=0)]]
    hub.answers["GET /api/v1/class"] = lambda one: {"users": looks.pop(0) if one.query["user"] == ["ada"] else []}
    hub.answers["POST /api/v1/rounds"] = (201, {"id": 7, "users": ["ada"], "left_out": []}, {})
    assert wacket("class", "ask", "ada", "--py", program, "--watch").code == 0
    assert asked(hub) == [{"user": "ada", "program": "led(1)\n", "timeout": 60}] and looks == []


def test_a_name_that_nobody_has_is_a_mistake(hub, wacket, school, program):
    hub.answers["POST /api/v1/rounds"] = (404, {"error": "no class is called '6.80', and nobody in a class"}, {})
    ran = wacket("class", "ask", "6.80", "--py", program)
    assert ran.code == 1 and "no class is called" in ran.err


def test_the_only_class_need_not_be_named(hub, wacket, school):
    hub.answers[f"GET {SETS}/6.08/answers"] = {"name": "6.08", "members": [user("ada", 3)], "cursor": None}
    assert wacket("class", "answers", "--json=student").out == wacket("class", "answers", "6.08", "--json=student").out
    assert wacket("class", "export").out.startswith("student,node,state")
    hub.answers[f"GET {SETS}"] = {"classes": [{"name": "6.08"}, {"name": "6.11"}]}
    ran = wacket("class", "answers")
    assert ran.code == 2 and "which class" in ran.err


def test_who_is_stuck_is_named_with_what_helps(hub, wacket, school, program):
    school += [user("ada", 3, hw_exit=0), user("bob", 2, stuck=True)]
    hub.answers["POST /api/v1/rounds"] = (201, {"id": 7, "users": ["ada", "bob"], "left_out": []}, {})
    ran = wacket("class", "ask", "6.08", "--py", program, "--watch")
    assert ran.code == 3 and "stuck: bob; help: wacket class reset 6.08 --stuck" in ran.err


def test_hardware_that_is_busy_is_left_alone_and_told(hub, wacket, school, program):
    hub.answers["POST /api/v1/rounds"] = (400, {"error": "nobody of 'ada' could be asked: ada is at work already"}, {})
    ran = wacket("class", "ask", "ada", "--py", program)
    assert ran.code == 1 and "at work already" in ran.err


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        ([user("ada", 3, hw_exit=0), user("bob", 3, hw_response="1")], 0),
        ([user("ada", 3, hw_exit=0), user("bob", 2, stuck=True)], 3),
        ([user("ada", 3, hw_exit=1), user("bob", 3, hw_err="timed_out")], 1),
    ],
)
def test_a_class_is_watched_until_nobody_is_under_way(hub, wacket, school, program, monkeypatch, ended, code):
    monkeypatch.setattr(watching, "PAUSE", 0)
    looks = [[user("ada", 1), user("bob", 1)], [user("ada", 2), user("bob", 3)], ended]
    hub.answers[f"GET {SETS}/6.08"] = lambda _: {"name": "6.08", "members": [*looks.pop(0), user("eve", 2)]}
    hub.answers["POST /api/v1/rounds"] = (201, {"id": 7, "users": ["ada", "bob"], "left_out": []}, {})
    ran = wacket("class", "ask", "6.08", "--py", program, "--watch")
    assert ran.code == code and looks == []
    assert "collected 1" in ran.err


def test_with_a_check_program_its_verdicts_are_waited_for(hub, wacket, school, program, monkeypatch):
    monkeypatch.setattr(watching, "PAUSE", 0)
    looks = [[user("ada", 3)], [user("ada", 0, server_analysis="right")]]
    hub.answers[f"GET {SETS}/6.08"] = lambda _: {"name": "6.08", "members": looks.pop(0)}
    hub.answers["POST /api/v1/rounds"] = (201, {"id": 7, "users": ["ada"], "left_out": []}, {})
    ran = wacket("class", "ask", "6.08", "--py", program, "--check", program, "--watch")
    assert ran.code == 0 and ran.err == "rest 1  requested 0  collected 0  returned 0  error 0  stuck 0\n"


def test_everybody_is_counted_under_one_word():
    users = [user("a"), user("b", 1), user("c", 2), user("d", 2, stuck=True), user("e", 3), user("f", 3, hw_exit=2)]
    assert classroom.line(users) == "rest 1  requested 1  collected 1  returned 1  error 1  stuck 1"


def test_how_a_class_stands_is_shown_with_who_is_stuck(wacket, school):
    school += [user("ada", 2, stuck=True, node="pi-11"), user("bob", 3, hw_response="4\n2", hw_exit=1)]
    ran = wacket("class", "status", "6.08")
    assert "ada" in ran.out and "2 collected, stuck" in ran.out and "4 …" in ran.out
    assert ran.err.startswith("rest 0  requested 0  collected 0  returned 0  error 1  stuck 1")
    assert json.loads(wacket("class", "status", "6.08", "--json").out) == school


def test_answers_come_whole_and_page_by_page(hub, wacket, school):
    pages = {
        "": {"members": [user("ada", 3, hw_response="4\n2", hw_exit=0)], "cursor": "ada"},
        "ada": {"members": [user("bob", 1, stuck=True)], "cursor": None},
    }
    hub.answers[f"GET {SETS}/6.08/answers"] = lambda asked: pages[asked.query.get("after", [""])[0]]
    found = json.loads(wacket("class", "answers", "6.08", "--json=student,state,exit,stdout").out)
    assert found == [
        {"student": "ada", "state": "answered", "exit": 0, "stdout": "4\n2"},
        {"student": "bob", "state": "stuck", "exit": None, "stdout": ""},
    ]
    assert "4 …" in wacket("class", "answers", "6.08").out


def test_what_is_exported_is_computed_by_no_spreadsheet(hub, wacket, school, tmp_path):
    one = user("ada", 3, hw_response=FORMULA, hw_err='a,"b"\nc', hw_exit=-1)
    hub.answers[f"GET {SETS}/6.08/answers"] = {"members": [one], "cursor": None}
    (row,) = csv.DictReader(io.StringIO(wacket("class", "export", "6.08").out))
    assert (row["stdout"], row["stderr"], row["exit"]) == (f"'{FORMULA}", 'a,"b"\nc', "-1")
    assert wacket("class", "export", "6.08", "-o", str(tmp_path / "a.csv")).code == 0
    assert FORMULA in (tmp_path / "a.csv").read_text()


@given(some.text())
def test_no_text_becomes_a_formula_and_nothing_of_it_is_lost(text):
    cell = sheet.cell(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")


def test_stuck_hardware_is_reset_with_one_word(hub, wacket, school):
    hub.answers[f"POST {SETS}/6.08/reset"] = {"users": ["bob"]}
    assert "1 person at rest" in wacket("class", "reset", "6.08", "--stuck").err
    assert hub.last().json == {"stuck": True}
    hub.answers["POST /api/v1/class/ada/reset"] = user("ada")
    assert wacket("class", "reset", "ada").code == 0
    assert wacket("class", "reset", "ada", "--stuck").code == 2


def test_a_teacher_says_what_an_answer_is_worth(hub, wacket, school):
    hub.answers["POST /api/v1/class/ada%2Fb/analysis"] = user("ada/b")
    assert wacket("class", "analyse", "ada/b", "well done").code == 0
    assert hub.last().json == {"text": "well done"}
    hub.answers[f"POST {SETS}/6.08/analysis"] = {"users": ["ada", "bob"]}
    assert "2 people at rest" in wacket("class", "analyse", "6.08", "seen").err
