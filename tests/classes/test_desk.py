"""The desk on a real ledger: what is stored, what simultaneous requests do, what a restart finds."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

from wacket.classes import desk as desk_module
from wacket.classes.desk import ClassDesk
from wacket.errors import BadRequest, NotFound, Unavailable
from wacket.ledger import audit, classes
from wacket.ledger.store import Ledger

PROGRAM = "print('naïve')\nprint(2)\n"


@pytest.fixture
def desk(ledger: Ledger) -> ClassDesk:
    return ClassDesk(ledger, itertools.count(1_000_000).__next__)


def moves(ledger: Ledger, user: str = "ada") -> list[tuple[str, int, int, str, str]]:
    rows = reversed(ledger.read(lambda c: classes.history(c, user, 1000)))
    return [(row.command, row.before, row.after, row.value, row.peer) for row in rows]


async def ask(desk: ClassDesk, command: str, **values: str) -> dict[str, Any]:
    return await desk.handle("ada", command, values, "192.0.2.1")


async def test_a_whole_round(desk: ClassDesk, ledger: Ledger) -> None:
    assert (await ask(desk, "status_query"))["state"] == 0
    assert (await ask(desk, "hw_command_request", hw_comm=PROGRAM))["hw_command"] == PROGRAM
    assert (await ask(desk, "hw_command_retrieval"))["state"] == 2
    assert (await ask(desk, "hw_response_provide", hw_resp="naïve\n2\n"))["hw_response"] == "naïve\n2\n"
    end = await ask(desk, "server_analysis_provide", server_anal="good")
    assert (end["state"], end["server_analysis"], end["time"]) == (0, "good", "1.000003")
    assert moves(ledger) == [
        ("hw_command_request", 0, 1, PROGRAM, "192.0.2.1"),
        ("hw_command_retrieval", 1, 2, "", "192.0.2.1"),
        ("hw_response_provide", 2, 3, "naïve\n2\n", "192.0.2.1"),
        ("server_analysis_provide", 3, 0, "good", "192.0.2.1"),
    ]


async def test_what_is_not_allowed_changes_nothing(desk: ClassDesk, ledger: Ledger) -> None:
    requested = await ask(desk, "hw_command_request", hw_comm="one")
    assert await ask(desk, "hw_command_request", hw_comm="two") == requested
    assert await ask(desk, "hw_response_provide", hw_resp="x") == requested
    assert await ask(desk, "server_analysis_provide", server_anal="x") == requested
    assert len(moves(ledger)) == 1
    assert desk.statistics() == {"asked": 4, "transitions": 1, "not_allowed": 3}


async def test_a_wrong_request_changes_nothing(desk: ClassDesk, ledger: Ledger) -> None:
    for command, field in (("hw_command_request", "hw_comm"), ("explode", "command"), ("", "command")):
        with pytest.raises(BadRequest) as raised:
            await ask(desk, command)
        assert raised.value.field == field
    assert ledger.read(classes.everybody) == []


async def test_looking_at_a_new_user_stores_nothing(desk: ClassDesk, ledger: Ledger) -> None:
    assert (await desk.look("nobody"))["state"] == 0
    assert (await desk.handle("nobody", "hw_command_retrieval", {}, ""))["state"] == 0
    assert ledger.read(classes.everybody) == []


async def test_two_workers_that_retrieve_at_once_make_one_transition(ledger: Ledger) -> None:
    desk = ClassDesk(ledger, itertools.count(1).__next__)
    await ask(desk, "hw_command_request", hw_comm="p")
    answers = await asyncio.gather(*(ask(desk, "hw_command_retrieval") for _ in range(8)))
    assert [(a["state"], a["hw_command"], a["time"]) for a in answers] == [(2, "p", answers[0]["time"])] * 8
    assert [row[:3] for row in moves(ledger)] == [("hw_command_request", 0, 1), ("hw_command_retrieval", 1, 2)]
    assert desk.statistics()["transitions"] == 2


async def test_users_do_not_touch_each_other(desk: ClassDesk) -> None:
    users = [f"user {n}" for n in range(20)]
    await asyncio.gather(*(desk.handle(u, "hw_command_request", {"hw_comm": u}, "") for u in users))
    assert [(await desk.look(u))["hw_command"] for u in users] == users


@pytest.mark.parametrize("commands", [(), ("hw_command_retrieval",), ("hw_command_retrieval", "hw_response_provide")])
async def test_reset_from_every_state(desk: ClassDesk, ledger: Ledger, commands: tuple[str, ...]) -> None:
    await ask(desk, "hw_command_request", hw_comm="p")
    for command in commands:
        await ask(desk, command, hw_resp="r")
    state = len(commands) + 1
    after = await ask(desk, "reset")
    assert (after["state"], after["hw_command"]) == (0, "p")
    assert moves(ledger)[-1][:3] == ("reset", state, 0)
    assert (await ask(desk, "reset")) == after
    assert len(moves(ledger)) == state + 1


async def test_reset_of_a_user_who_is_not_there(desk: ClassDesk) -> None:
    with pytest.raises(NotFound):
        await desk.reset("nobody", "", "owner")


async def test_status_and_history_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = Ledger.open(path)
    before = await ask(ClassDesk(first, lambda: 7), "hw_command_request", hw_comm=PROGRAM)
    # No closing of `first` until the second has read: as after a kill, what was answered is in the file.
    second = Ledger.open(path)
    desk = ClassDesk(second, lambda: 8)
    assert await desk.look("ada") == before
    assert moves(second) == [("hw_command_request", 0, 1, PROGRAM, "192.0.2.1")]
    first.close()
    second.close()


async def test_what_makes_a_board_run_something_is_in_the_audit_log(desk: ClassDesk, ledger: Ledger) -> None:
    await ask(desk, "hw_command_request", hw_comm="p")
    await ask(desk, "hw_command_request", hw_comm="not allowed, so nothing was done")
    await ask(desk, "hw_command_retrieval")
    await desk.reset("ada", "192.0.2.9", "person:olga")
    await desk.reset("ada", "192.0.2.9", "person:olga")
    acts = ledger.read(lambda connection: audit.page(connection, 10))
    assert [(act.act, act.actor, act.peer, act.subject) for act in acts] == [
        ("class.reset", "person:olga", "192.0.2.9", "ada"),
        ("class.request", "user:ada", "192.0.2.1", "ada"),
    ]
    history = ledger.read(lambda connection: classes.history(connection, "ada", 10))
    assert [act.at for act in acts] == [history[0].at, history[-1].at]


async def test_nothing_is_stored_when_the_disk_is_nearly_full(ledger: Ledger) -> None:
    full = True

    def admit() -> None:
        if full:
            raise Unavailable("the disk of the hub is nearly full")

    desk = ClassDesk(ledger, lambda: 7, admit)
    with pytest.raises(Unavailable, match="nearly full"):
        await ask(desk, "hw_command_request", hw_comm="p")
    assert (await desk.look("ada"))["state"] == 0
    assert moves(ledger) == []
    full = False
    assert (await ask(desk, "hw_command_request", hw_comm="p"))["state"] == 1


async def test_the_class_does_not_grow_without_end(desk: ClassDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "MOST_USERS", 1)
    await ask(desk, "hw_command_request", hw_comm="p")
    with pytest.raises(Unavailable):
        await desk.handle("bob", "hw_command_request", {"hw_comm": "p"}, "")
    assert (await ask(desk, "hw_command_retrieval"))["state"] == 2


async def test_history_comes_newest_first_in_pages(desk: ClassDesk, ledger: Ledger) -> None:
    for _ in range(3):
        await ask(desk, "hw_command_request", hw_comm="p")
        await ask(desk, "reset")
    newest = ledger.read(lambda c: classes.history(c, "ada", 4))
    older = ledger.read(lambda c: classes.history(c, "ada", 4, newest[-1].id))
    assert [row.at for row in newest + older] == sorted((row.at for row in newest + older), reverse=True)
    assert len(newest + older) == 6


async def test_a_page_of_long_values_is_short(desk: ClassDesk, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "PAGE_TEXT", 100)
    for size in (60, 60, 60, 500):
        await ask(desk, "hw_command_request", hw_comm="p" * size)
        await ask(desk, "reset")
    pages, before = [], None
    while page := ledger.read(lambda c, before=before: classes.history(c, "ada", 1000, before)):
        pages.append([len(row.value) for row in page])
        before = page[-1].id
    assert pages == [[0, 500], [0, 60, 0, 60], [0, 60]]


async def test_a_list_of_everybody_has_the_beginning_of_their_texts(desk: ClassDesk, ledger: Ledger) -> None:
    await ask(desk, "hw_command_request", hw_comm="ä" * 2000)
    (row,) = ledger.read(classes.everybody)
    assert row.hw_command == "ä" * classes.SHOWN
    assert (await desk.look("ada"))["hw_command"] == "ä" * 2000
