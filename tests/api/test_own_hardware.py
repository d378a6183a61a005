"""A student's own hardware: asked by themselves, seen by nobody else, and no way to anybody else's."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest
from tests.api.test_rounds import SETS, act, school
from tests.support import fleet
from tests.support.ask import ask, send

from wacket.api import own_hardware
from wacket.commands.board import Board

__all__ = ["school"]
MINE = "/api/v1/class/bob"
PROGRAM = {"program": "print(6 * 7)", "timeout": 10}


@pytest.fixture
def room(school):
    school.app.include_router(own_hardware.router)
    school.parts.jobs = SimpleNamespace(desk=SimpleNamespace(board=Board(lambda _: None)))
    return school


@pytest.fixture
def bob(room):
    return room.person("student", "bob")


def answered(room, user="bob"):
    act(room, user, "hw_command_retrieval")
    return act(room, user, "hw_response_provide", hw_resp="42", hw_exit="0")


def test_a_student_asks_sees_and_asks_again(room, bob):
    before = bob.get(MINE).json()
    assert (before["word"], before["classes"], before["seat"], before["moves"]) == ("rest", ["6.08"], "", 0)
    asked = bob.post(f"{MINE}/request", json=PROGRAM)
    assert asked.status_code == 201, asked.text
    shown = asked.json()
    assert (shown["word"], shown["waits"], shown["own"], shown["hw_command"]) == (
        "requested",
        "board",
        True,
        "print(6 * 7)",
    )
    assert bob.post(f"{MINE}/request", json=PROGRAM).json()["error"].endswith("it is requested already")
    answered(room)
    assert (bob.get(MINE).json()["answer"], bob.get(MINE).json()["word"]) == ("42", "returned")
    assert bob.post(f"{MINE}/request", json=PROGRAM).json()["word"] == "requested"
    moves = [move["command"] for move in bob.get(f"{MINE}/history").json()["transitions"]]
    assert moves[:2] == ["hw_command_request", "reset"]
    assert {act["actor"] for act in room.acts("class.ask")} == {"user:bob"}


def test_a_student_takes_back_what_they_asked_and_not_what_a_teacher_did(room, bob):
    bob.post(f"{MINE}/request", json=PROGRAM)
    assert bob.post(f"{MINE}/reset").json()["state"] == 0
    assert room.owner.post("/api/v1/rounds", json={"user": "bob", **PROGRAM}).status_code == 201
    assert not bob.get(MINE).json()["own"]
    refused = bob.post(f"{MINE}/reset")
    assert (refused.status_code, "a teacher" in refused.json()["error"]) == (403, True)
    answered(room)
    again = bob.post(f"{MINE}/request", json=PROGRAM)
    assert (again.status_code, "analysis" in again.json()["error"]) == (400, True)
    assert bob.get(MINE).json()["state"] == 3


def test_nothing_of_others(room, bob):
    for answer in (
        bob.get("/api/v1/class/ada"),
        bob.post("/api/v1/class/ada/request", json=PROGRAM),
        bob.post("/api/v1/class/ada/reset"),
        bob.get("/api/v1/class/ada/history"),
        bob.get("/api/v1/class", params={"user": "ada"}),
        bob.get(f"{SETS}/6.08/answers"),
    ):
        assert answer.status_code == 403, answer.request.url
    assert [one["user"] for one in bob.get(f"{SETS}/6.08").json()["members"]] == ["bob"]
    assert bob.get("/api/v1/me").json()["classes"] == ["6.08"]


def test_who_is_in_no_class_has_nothing_to_ask(room):
    eve = room.person("student", "eve")
    assert eve.get("/api/v1/class/eve").status_code == 404
    assert eve.post("/api/v1/class/eve/request", json=PROGRAM).status_code == 404
    assert room.person("viewer", "vera").post(f"{MINE}/request", json=PROGRAM).status_code == 403
    assert room.owner.get(MINE).json()["user"] == "bob"


def test_a_program_that_their_board_does_not_take_leaves_it_at_rest(room):
    ada = room.person("student", "ada")
    refused = ada.post("/api/v1/class/ada/request", json=PROGRAM)
    assert (refused.status_code, "no agent is here" in refused.json()["error"]) == (400, True)
    assert ada.get("/api/v1/class/ada").json()["state"] == 0


async def student(hub, name="ada"):
    """What a student's browser does: a function that asks as they do."""
    password = "correct horse battery"
    await fleet.act(hub, "POST", "/api/v1/people", name=name, role="student", password=password)
    body = json.dumps({"name": name, "password": password}).encode()
    _, headers, _ = await send(hub, "POST", "/api/v1/login", body, content_type="application/json")
    cookie = headers["set-cookie"].partition(";")[0]

    async def as_they(method, path, **fields):
        more = {"cookie": cookie, "x_wacket": "1", "content_type": "application/json"}
        status, _, answer = await send(hub, method, path, json.dumps(fields).encode(), **more)
        return status, json.loads(answer) if answer else None

    return as_they


async def until_ada_is(hub, word):
    with hub.bus.subscribe("changed") as told:
        async with asyncio.timeout(20):
            while (await ask(hub, "/api/v1/class/ada"))["word"] != word:
                await anext(aiter(told))


@pytest.mark.slow
async def test_their_agent_carries_it_out_with_no_other_right_than_that_it_is_theirs(hub):
    agent = await fleet.member(hub)
    members = [{"user": "ada", "node": "pi-11", "seat": "A1"}]
    await fleet.act(hub, "POST", SETS, name="6.08", members=members)
    ada = await student(hub)
    serving = asyncio.create_task(agent.serve(lambda it, command: it.succeed(command, b"42\n")))
    status, asked = await ada("POST", "/api/v1/class/ada/request", **PROGRAM)
    assert (status, asked["node"], asked["presence"], asked["seat"]) == (201, "pi-11", "up", "A1"), asked
    await until_ada_is(hub, "returned")
    status, shown = await ada("GET", "/api/v1/class/ada")
    assert (shown["answer"], shown["hw_exit"], shown["waits"]) == ("42", 0, "")
    assert (await ada("GET", "/api/v1/jobs"))[0] == 403
    assert (await ada("POST", "/api/v1/jobs", target="pi-11", argv=["id"]))[0] == 403
    await agent.close()
    await serving


@pytest.mark.slow
async def test_a_program_that_waited_is_not_run_once_the_board_is_another_s(hub):
    agent = await fleet.member(hub)
    await fleet.act(hub, "POST", SETS, name="6.08", members=[{"user": "ada", "node": "pi-11"}])
    ada = await student(hub)
    await agent.close()
    await fleet.until_it_is(hub, "pi-11", "down")
    _, asked = await ada("POST", "/api/v1/class/ada/request", **PROGRAM)
    assert (asked["word"], asked["waits"], asked["presence"]) == ("requested", "board", "down")
    await fleet.act(hub, "PUT", f"{SETS}/6.08/members", members=[{"user": "ada"}, {"user": "bob", "node": "pi-11"}])
    await agent.auth()
    serving = asyncio.create_task(agent.serve())
    await until_ada_is(hub, "error")
    assert "no longer the hardware of ada" in (await ask(hub, "/api/v1/class/ada"))["hw_err"]
    await agent.close()
    await serving
