"""Rounds of a class on a real ledger: who is asked, what agents' commands come to, and what a restart finds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.classes.school import WISH, FakeMachines, School, wait_for

from wacket.classes.life import LONGEST_VALUE
from wacket.classes.rounds import Seen, Wish
from wacket.errors import BadRequest, NotFound
from wacket.ledger import audit, class_sets, classes, nodes
from wacket.ledger.class_sets import Place
from wacket.ledger.store import Ledger


@pytest.fixture
def school(ledger: Ledger) -> School:
    """The class 6.08: ada and bob have an agent each, eve polls."""

    def fill(connection: Any) -> None:
        made = [nodes.create(connection, name, "machine", "adopted", f"key:{name}", 1) for name in ("pi-1", "pi-2")]
        class_sets.create(connection, "6.08", "owner", 1)
        class_sets.put(connection, "6.08", {"ada": Place(made[0].id), "bob": Place(made[1].id), "eve": Place()})

    ledger.write_sync(fill)
    return School(ledger, FakeMachines(), itertools.count(1_000_000).__next__)


def history(school: School, user: str) -> list[tuple[str, int, int]]:
    rows = school.ledger.read(lambda c: classes.history(c, user, 100))
    return [(row.command, row.before, row.after) for row in reversed(rows)]


async def test_a_round_goes_through_all_states_on_agents(school: School) -> None:
    async with school.open():
        asked = await school.ask()
        assert (asked.users, asked.left_out) == (["ada", "bob", "eve"], {})
        assert [program for program, _ in school.machines.begun] == ["print(42)"] * 2
        assert school.row("ada").timeout == 10
        await school.moves("ada", state="running")
        await school.until("ada", 2)
        await school.moves("ada", state="failed", out="42\n", err="odd\n", exit=3)
        row = await school.until("ada", 3)
        assert (row.hw_response, row.hw_err, row.hw_exit) == ("42\n", "odd\n", 3)
        assert (school.row("bob").state, school.row("eve").state) == (1, 1)
    assert [step[1:] for step in history(school, "ada")] == [(0, 1), (1, 2), (2, 3)]


async def test_a_program_that_is_over_before_it_is_looked_at_goes_through_all_states_too(school: School) -> None:
    async with school.open():
        await school.ask()
        await school.moves("ada", state="succeeded", out="x" * 2 * LONGEST_VALUE, exit=0)
        row = await school.until("ada", 3)
        assert len(row.hw_response) <= LONGEST_VALUE and row.hw_response.endswith("… cut here")
    assert len(history(school, "ada")) == 3


@pytest.mark.parametrize(
    ("seen", "error"),
    [
        ({"state": "timed_out", "err": "so far\n"}, "so far\n\ntimed_out"),
        ({"state": "rejected", "reason": "the owner does not allow run"}, "rejected: the owner does not allow run"),
        ({"state": "expired"}, "expired"),
        ({"state": "lost_reboot"}, "lost_reboot"),
    ],
)
async def test_what_did_not_end_by_itself_is_an_answer_that_says_why(school: School, seen: Any, error: str) -> None:
    async with school.open():
        await school.ask()
        await school.moves("ada", **seen)
        row = await school.until("ada", 3)
        assert (row.hw_response, row.hw_err, row.hw_exit) == ("", error, None)


async def test_a_program_that_an_agent_has_is_given_to_no_worker(school: School) -> None:
    """Or it would be run twice."""
    await school.ask()
    for command in ("hw_command_retrieval", "hw_response_provide"):
        assert (await school.desk.handle("ada", command, {"hw_resp": "forged"}, "192.0.2.1"))["state"] == 1
    assert (await school.desk.handle("eve", "hw_command_retrieval", {}, "192.0.2.1"))["state"] == 2


async def test_who_is_busy_is_left_out_and_nobody_is_asked_twice(school: School) -> None:
    await school.ask(WISH._replace(user="ada"))
    asked = await school.ask()
    assert (asked.users, asked.left_out) == (["bob", "eve"], {"ada": "requested already"})
    with pytest.raises(BadRequest, match="could be asked: ada is requested already"):
        await school.ask()
    assert sorted(node for _, node in school.machines.begun) == sorted(
        node for node in {row.node for row in map(school.row, ("ada", "bob"))} if node
    )


async def test_an_empty_class_and_an_unknown_one_ask_nobody(school: School) -> None:
    school.ledger.write_sync(lambda c: class_sets.create(c, "empty", "owner", 1))
    with pytest.raises(BadRequest, match="nobody in it"):
        await school.ask(WISH._replace(class_name="empty"))
    with pytest.raises(NotFound):
        await school.ask(WISH._replace(class_name="nothing"))


async def test_agents_that_do_not_take_it_are_left_out_and_back_at_rest(school: School) -> None:
    refused = school.ledger.read(lambda c: nodes.by_name(c, "pi-1")).id
    school.machines.refuses = {refused: "does not allow run"}
    asked = await school.ask()
    assert (asked.users, asked.left_out) == (["bob", "eve"], {"ada": "does not allow run"})
    assert school.row("ada").state == 0


async def test_when_agents_cannot_be_asked_at_all_the_workers_still_are(school: School) -> None:
    school.machines.away = True
    asked = await school.ask()
    assert asked.users == ["eve"] and set(asked.left_out) == {"ada", "bob"}
    assert [school.row(user).state for user in ("ada", "bob", "eve")] == [0, 0, 1]


async def test_a_reset_ends_the_command_and_what_comes_late_changes_nothing(school: School) -> None:
    async with school.open():
        await school.ask()
        await school.moves("ada", state="running")
        row = await school.until("ada", 2)
        await school.desk.reset("ada", "", "person:olga")
        await wait_for(lambda: school.machines.cancelled, lambda cancelled: row.command in cancelled)
        school.rounds.changed(row.command)  # it takes a while to end
        await school.ask(WISH._replace(user="ada", program="print(1)"))
        school.machines.seen[row.command] = Seen(row.command, "cancelled", "late")
        school.rounds.changed(row.command)
        await school.moves("ada", state="succeeded", out="1\n", exit=0)
        assert (await school.until("ada", 3)).hw_response == "1\n"
    assert len(history(school, "ada")) == 6 and school.machines.cancelled == [row.command]


async def test_those_who_are_stuck_are_reset_with_one_word(ledger: Ledger, school: School) -> None:
    now = [1_000_000]
    school = School(ledger, school.machines, lambda: now[0])
    await school.ask(WISH._replace(user="ada"))
    now[0] += 20_000_001
    await school.ask(WISH._replace(user="bob"))
    assert await school.rounds.reset("6.08", True, "person:olga", "") == ["ada"]
    assert (school.row("ada").state, school.row("bob").state) == (0, 1)
    assert await school.rounds.reset("6.08", False, "person:olga", "") == ["bob"]


async def test_a_check_program_judges_answers_of_agents_and_workers(school: School) -> None:
    async with school.open():
        await school.ask(WISH._replace(check="length"))
        await school.moves("ada", state="succeeded", out="42\n", exit=0)
        await school.desk.handle("eve", "hw_command_retrieval", {}, "")
        await school.desk.handle("eve", "hw_response_provide", {"hw_resp": "4", "hw_exit": "1"}, "")
        ada, eve = await school.until("ada", 0), await school.until("eve", 0)
    assert (ada.server_analysis, ada.judge) == ("length 3 0", "check")
    assert (eve.server_analysis, eve.judge) == ("length 1 1", "check")


async def test_without_a_check_program_an_answer_waits_for_somebody(school: School) -> None:
    async with school.open():
        await school.ask()
        await school.moves("ada", state="succeeded", out="42\n", exit=0)
        await school.until("ada", 3)
        await school.judge("ada", "well done")
    assert (school.row("ada").server_analysis, school.row("ada").judge) == ("well done", "person:olga")


async def test_nobody_judges_their_own_answer_of_a_round(school: School) -> None:
    await school.ask()
    await school.desk.handle("eve", "hw_command_retrieval", {}, "")
    await school.desk.handle("eve", "hw_response_provide", {"hw_resp": "4"}, "")
    await school.desk.handle("eve", "server_analysis_provide", {"server_anal": "I am great"}, "")
    assert (school.row("eve").state, school.row("eve").server_analysis) == (3, "")
    await school.judge("eve", "no")
    assert (school.row("eve").server_analysis, school.row("eve").judge) == ("no", "person:olga")


async def test_a_hub_that_was_stopped_takes_up_what_agents_and_checks_left_open(school: School) -> None:
    await school.ask(WISH._replace(check="length"))
    command = school.row("ada").command
    school.machines.seen[command] = Seen(command, "succeeded", "42\n", "", 0)
    await school.desk.handle("eve", "hw_command_retrieval", {}, "")
    await school.desk.handle("eve", "hw_response_provide", {"hw_resp": "4"}, "")
    again = School(school.ledger, school.machines, itertools.count(9_000_000).__next__)
    async with again.open():
        assert (await again.until("ada", 0)).server_analysis == "length 3 0"
        assert (await again.until("eve", 0)).server_analysis == "length 1 None"
    assert len(school.machines.begun) == 2


async def test_a_hub_that_ended_while_a_round_began_finds_what_agents_have_of_it(school: School) -> None:
    """The commands were made, and whose they are was not written down any more."""
    await school.ask()
    ada, bob = (school.row(user) for user in ("ada", "bob"))
    school.machines.seen[ada.command] = Seen(ada.command, "succeeded", "42\n", "", 0)
    del school.machines.seen[bob.command]  # the hub did not come to that
    unsaid = {row.node: "" for row in (ada, bob) if row.node is not None}
    school.ledger.write_sync(lambda c: classes.set_commands(c, ada.round or 0, unsaid))
    again = School(school.ledger, school.machines, itertools.count(9_000_000).__next__)
    async with again.open():
        assert (await again.until("ada", 3)).hw_response == "42\n"
        assert (await again.until("bob", 0)).hw_response == ""
    assert len(school.machines.begun) == 2


async def test_a_round_is_in_the_audit_log_with_its_program(school: School) -> None:
    await school.ask()
    acts = school.ledger.read(lambda c: audit.page(c, 10))
    (act,) = [act for act in acts if act.act == "class.ask"]
    assert (act.actor, act.peer, act.subject) == ("person:olga", "192.0.2.9", "6.08")
    assert sum(act.act == "class.request" for act in acts) == 3


async def test_one_person_in_no_class_can_be_asked_once_their_hardware_has_spoken(school: School) -> None:
    with pytest.raises(NotFound, match="'zoe'"):
        await school.ask(Wish("print(1)", 10, "", "", "zoe"))
    await school.desk.handle("zoe", "hw_command_request", {"hw_comm": ""}, "")
    await school.desk.reset("zoe", "", "")
    asked = await school.ask(Wish("print(1)", 10, "", "", "zoe"))
    assert asked.users == ["zoe"] and school.row("zoe").node is None


async def test_one_of_a_class_who_never_did_anything_can_be_asked(school: School) -> None:
    assert (await school.ask(Wish("print(1)", 10, "", "", "eve"))).users == ["eve"]
