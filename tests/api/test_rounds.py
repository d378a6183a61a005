"""Classes over HTTP: who may see and do what, and how a class is made, asked, judged and put at rest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from wacket.api import class_sets, classes, rounds
from wacket.classes.desk import ClassDesk
from wacket.classes.rounds import ClassRounds
from wacket.ledger import nodes

SETS = "/api/v1/classes"
ROUND = {"class": "6.08", "program": "print(42)", "timeout": 10}


class NoMachines:
    async def begin(self, made: Any, among: Any, peer: str, token: int) -> Any:
        return {}, dict.fromkeys(among, "no agent is here")

    async def look(self, commands: Any) -> list[Any]:
        return []

    async def cancel(self, command: str, actor: str, peer: str) -> None: ...


@pytest.fixture
def school(api: Any) -> Any:
    """The class 6.08: ada's hardware is pi-11, bob's polls."""
    parts = api.parts
    parts.desk = ClassDesk(parts.ledger, parts.clock)
    rounds_ = ClassRounds(parts.ledger, parts.desk, NoMachines(), parts.clock)
    parts.classroom = SimpleNamespace(rounds=rounds_)
    for module in (classes, class_sets, rounds):
        api.app.include_router(module.router)
    parts.ledger.write_sync(lambda c: nodes.create(c, "pi-11", "machine", "adopted", "key:1", api.now))
    parts.catalogue.refresh_nodes()
    members = [{"user": "ada", "node": "pi-11"}, {"user": "bob"}]
    made = api.owner.post(SETS, json={"name": "6.08", "members": members})
    assert (made.status_code, made.json()["people"]) == (201, 2), made.text
    return api


def members(client: Any, name: str = "6.08") -> dict[str, Any]:
    answer = client.get(f"{SETS}/{name}")
    assert answer.status_code == 200, answer.text
    return {one["user"]: one for one in answer.json()["members"]}


def act(school: Any, user: str, command: str, **values: str) -> dict[str, Any]:
    found: dict[str, Any] = school.owner.portal.call(school.parts.desk.handle, user, command, values, "192.0.2.9")
    return found


def test_a_class_is_listed_changed_and_removed(school: Any) -> None:
    owner = school.owner
    assert [one["name"] for one in owner.get(SETS).json()["classes"]] == ["6.08"]
    put = owner.put(f"{SETS}/6.08/members", json={"members": [{"user": "bob", "node": None}, {"user": "eve/2"}]})
    assert put.json()["people"] == 3
    assert {user: one["node"] for user, one in members(owner).items()} == {"ada": "pi-11", "bob": "", "eve/2": ""}
    assert owner.delete(f"{SETS}/6.08/members", params={"user": ["eve/2"]}).json()["people"] == 2
    assert owner.delete(f"{SETS}/6.08/members", params={"user": ["eve/2"]}).status_code == 404
    assert owner.delete(f"{SETS}/6.08").status_code == 204
    assert owner.get(f"{SETS}/6.08").status_code == 404
    assert {row["act"] for row in school.acts()} >= {"class.create", "class.add", "class.drop", "class.remove"}


def test_pages_are_told_who_is_in_a_class(school: Any) -> None:
    with school.parts.bus.subscribe("changed") as told:
        school.owner.put(f"{SETS}/6.08/members", json={"members": [{"user": "eve"}]})
        school.owner.delete(f"{SETS}/6.08/members", params={"user": ["eve"]})
        school.owner.delete(f"{SETS}/6.08/members", params={"user": ["eve"]})  # nothing changes by that
        assert list(told._waiting) == [{"classes": True}] * 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "6.08"}, 400),
        ({"name": "a/b"}, 400),
        ({"name": " a"}, 400),
        ({"name": "a\x1b"}, 400),
        ({"name": "new", "members": [{"user": "x\n"}]}, 400),
        ({"name": "new", "members": [{"user": "x", "node": "nothing"}]}, 404),
        ({"name": "new", "members": [{"user": "x", "node": "pi-11"}, {"user": "y", "node": "pi-11"}]}, 400),
    ],
)
def test_what_cannot_be_a_class_leaves_nothing(school: Any, body: Any, status: int) -> None:
    assert school.owner.post(SETS, json=body).status_code == status
    assert [one["name"] for one in school.owner.get(SETS).json()["classes"]] == ["6.08"]


def test_a_class_is_asked_judged_and_put_at_rest(school: Any) -> None:
    owner = school.owner
    asked = owner.post("/api/v1/rounds", json=ROUND)
    assert asked.status_code == 201
    assert asked.json()["users"] == ["bob"]
    assert asked.json()["left_out"] == [{"user": "ada", "why": "no agent is here"}]
    assert act(school, "bob", "hw_command_retrieval")["hw_command"] == "print(42)"
    act(school, "bob", "hw_response_provide", hw_resp="4" * 2000, hw_err="odd", hw_exit="3")
    bob = members(owner)["bob"]
    assert (bob["state"], bob["hw_err"], bob["hw_exit"], len(bob["hw_response"])) == (3, "odd", 3, 1000)
    whole = owner.get(f"{SETS}/6.08/answers").json()
    assert [len(one["hw_response"]) for one in whole["members"]] == [0, 2000] and whole["cursor"] is None
    judged = owner.post("/api/v1/class/bob/analysis", json={"text": "well done"}).json()
    assert (judged["state"], judged["server_analysis"], judged["judge"]) == (0, "well done", "owner")
    assert owner.post("/api/v1/class/bob/analysis", json={"text": "again"}).status_code == 400


def test_all_answers_of_a_class_are_judged_with_one_word(school: Any) -> None:
    act(school, "ada", "hw_command_request", hw_comm="x")
    for user in ("bob", "eve"):
        act(school, user, "hw_command_request", hw_comm="x")
        act(school, user, "hw_command_retrieval")
        act(school, user, "hw_response_provide", hw_resp="42")
    judged = school.owner.post(f"{SETS}/6.08/analysis", json={"text": "seen"}).json()
    assert judged == {"users": ["bob"]}  # ada has not answered, eve is in another class
    found = members(school.owner)
    assert (found["ada"]["state"], found["bob"]["state"], found["bob"]["server_analysis"]) == (1, 0, "seen")


def test_who_takes_too_long_is_flagged_and_reset(school: Any) -> None:
    school.owner.post("/api/v1/rounds", json=ROUND)
    school.now += 20_000_000
    assert not members(school.owner)["bob"]["stuck"]
    school.now += 1
    assert members(school.owner)["bob"]["stuck"] and members(school.owner)["bob"]["state"] == 1
    assert school.owner.post("/api/v1/rounds", json=ROUND).status_code == 201  # ada, whose agent is away, is at rest
    assert school.owner.post(f"{SETS}/6.08/reset", json={"stuck": True}).json() == {"users": ["bob"]}
    assert members(school.owner)["bob"]["state"] == 0


def test_pages_of_whole_answers_follow_each_other(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_sets, "PAGE", 1)
    first = school.owner.get(f"{SETS}/6.08/answers").json()
    second = school.owner.get(f"{SETS}/6.08/answers", params={"after": first["cursor"]}).json()
    assert [one["user"] for page in (first, second) for one in page["members"]] == ["ada", "bob"]
    assert (first["cursor"], second["cursor"]) == ("ada", None)


REQUESTS = [
    ("GET", SETS, None, "read"),
    ("POST", SETS, {"name": "new"}, "operate"),
    ("GET", f"{SETS}/6.08", None, "read"),
    ("GET", f"{SETS}/6.08/answers", None, "read"),
    ("PUT", f"{SETS}/6.08/members", {"members": []}, "operate"),
    ("DELETE", f"{SETS}/6.08/members?user=bob", None, "operate"),
    ("POST", "/api/v1/rounds", ROUND, "operate"),
    ("POST", f"{SETS}/6.08/reset", {}, "operate"),
    ("POST", f"{SETS}/6.08/analysis", {"text": ""}, "operate"),
    ("POST", "/api/v1/class/bob/analysis", {"text": ""}, "operate"),
    ("DELETE", f"{SETS}/6.08", None, "operate"),
]


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "student", "operator"])
def test_who_may_do_what(school: Any, role: str) -> None:
    rights = {"viewer": {"read"}, "student": set(), "operator": {"read", "operate"}}[role]
    client = school.person(role, "zoe")
    for method, path, body, right in REQUESTS:
        status = client.request(method, path, json=body).status_code
        assert (status != 403) == (right in rights), (method, path, status)
        assert school.client().request(method, path, json=body).status_code == 401


@pytest.mark.slow
def test_a_student_sees_only_what_is_his_own(school: Any) -> None:
    student = school.person("student", "ada")
    assert list(members(student)) == ["ada"]
    for name in ("empty", "6.80"):
        school.owner.post(SETS, json={"name": "empty"})
        assert student.get(f"{SETS}/{name}").status_code == 403  # whether there is such a class is not his to know


def test_a_check_program_needs_an_admin_where_nothing_confines_it(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = school.token("operate")
    wish = {**ROUND, "check": "print('right')"}
    monkeypatch.setattr(rounds, "CONFINES", False)
    teacher = school.client(bearer=token)
    assert teacher.post("/api/v1/rounds", json=wish).status_code == 403
    monkeypatch.setattr(rounds, "CONFINES", True)
    assert teacher.post("/api/v1/rounds", json=wish).status_code == 201


@pytest.mark.parametrize(
    "body",
    [{"program": "x"}, {"class": "nothing", "program": "x"}, {"user": "a\n", "program": "x"}, {**ROUND, "timeout": 0}],
)
def test_a_round_of_nobody_asks_nobody(school: Any, body: Any) -> None:
    assert school.owner.post("/api/v1/rounds", json=body).status_code in (400, 404, 422)
    assert all(one["state"] == 0 for one in members(school.owner).values())


def test_a_member_is_seen_with_seat_state_and_first_lines(school: Any) -> None:
    owner = school.owner
    seated = [{"user": "ada", "node": "pi-11", "seat": "A1"}, {"user": "bob", "seat": "A2"}]
    assert owner.put(f"{SETS}/6.08/members", json={"members": seated}).status_code == 200
    assert owner.put(f"{SETS}/6.08/members", json={"members": [{"user": "bob"}]}).status_code == 200
    act(school, "bob", "hw_command_request", hw_comm="print(1)", timeout="10")
    act(school, "bob", "hw_command_retrieval")
    act(school, "bob", "hw_response_provide", hw_resp="\n 1\n2\n", hw_err="NameError: x\nline 3", hw_exit="1")
    asked = school.now
    act(school, "ada", "hw_command_request", hw_comm="print(1)", timeout="10")
    school.now += 21_000_000
    found = members(owner)
    short = {name: found["bob"][name] for name in ("seat", "node", "presence", "word", "answer", "error", "moves")}
    assert short == {
        "seat": "A2",
        "node": "",
        "presence": "",
        "word": "error",
        "answer": "1",
        "error": "NameError: x",
        "moves": 3,
    }
    ada = found["ada"]
    assert (ada["seat"], ada["node"], ada["presence"], ada["word"]) == ("A1", "pi-11", "down", "stuck")
    assert (ada["since"], ada["stuck_since"], ada["moves"]) == (asked, asked + 20_000_000, 1)
    without = owner.get(f"{SETS}/6.08", params={"texts": False}).json()["members"]
    assert [(one["hw_response"], one["answer"]) for one in without] == [("", ""), ("", "1")]
    act(school, "bob", "server_analysis_provide", server_anal="look at line 3\nagain")
    assert (members(owner)["bob"]["word"], members(owner)["bob"]["verdict"]) == ("rest", "look at line 3")


def test_a_seat_is_a_short_text(school: Any) -> None:
    for seat in ("x" * 17, "a\nb"):
        body = {"members": [{"user": "bob", "seat": seat}]}
        assert school.owner.put(f"{SETS}/6.08/members", json=body).status_code == 400
