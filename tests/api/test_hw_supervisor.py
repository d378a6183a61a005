"""The class protocol over HTTP, as boards, course servers and browsers of other people's pages send it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from wacket.api import classes, hw_supervisor
from wacket.classes.desk import ClassDesk
from wacket.classes.life import LONGEST_VALUE
from wacket.intake.admission import Admission
from wacket.ledger import classes as rows
from wacket.settings import Class, Intake

PATH = "/hw_supervisor"
REST = {"login": True, "state": 0, "hw_command": "", "hw_response": "", "server_analysis": "", "time": ""}


@pytest.fixture
def school(api: Any) -> Any:
    """The application with the class protocol in it; `school.board` is on the hub's own machine."""
    parts = api.parts
    parts.desk = ClassDesk(parts.ledger, parts.clock)
    parts.admission = Admission(parts.ledger, parts.catalogue, parts.tokens, parts.settings.intake, parts.clock)
    api.app.include_router(hw_supervisor.router)
    api.app.include_router(classes.router)
    api.board = api.client(peer="127.0.0.1")
    return api


def post(client: TestClient, command: str, user: str = "ada", **fields: Any) -> Any:
    return client.post(PATH, data={"user": user, "command": command, **fields})


def look(client: TestClient, user: str = "ada", **fields: str) -> Any:
    return client.get(PATH, params={"user": user, "command": "status_query", **fields}).json()


def test_a_round_of_the_protocol(school: Any) -> None:
    board = school.board
    assert look(board) == REST
    program = "import os\nprint('ä & = % +')\n"
    asked = {**REST, "state": 1, "hw_command": program, "time": "1800000000.000000"}
    assert post(board, "hw_command_request", hw_comm=program).json() == asked
    assert look(board) == asked
    assert post(board, "hw_command_retrieval").json() == {**asked, "state": 2}
    assert post(board, "hw_response_provide", hw_resp="").json() == {**asked, "state": 3}
    end = post(board, "server_analysis_provide", server_anal="{}").json()
    assert end == {**asked, "state": 0, "server_analysis": "{}"}
    assert look(board) == end


@pytest.mark.parametrize(
    "how",
    [
        lambda board, fields: board.post(PATH, params=fields),
        lambda board, fields: board.post(PATH, data=fields),
        lambda board, fields: board.post(PATH, files={name: (None, text) for name, text in fields.items()}),
        lambda board, fields: board.post(PATH, params={"user": "ada", "hw_comm": "not this"}, data=fields),
    ],
    ids=["query", "form", "multipart", "form before query"],
)
def test_ways_to_send_the_fields(school: Any, how: Any) -> None:
    program = "print('ä')\r\n"
    fields = {"user": "ada", "command": "hw_command_request", "hw_comm": program}
    assert how(school.board, fields).json()["hw_command"] == program


def test_a_get_never_changes_anything(school: Any) -> None:
    for command in ("hw_command_request", "hw_command_retrieval", "reset", "status_query"):
        answer = school.board.get(PATH, params={"user": "ada", "command": command, "hw_comm": "p"})
        assert (answer.status_code, answer.json()) == (200, REST)
    before = post(school.board, "hw_command_request", hw_comm="p").json()
    assert school.board.get(PATH, params={"user": "ada", "command": "reset"}).json() == before
    assert school.parts.ledger.read(lambda c: len(rows.history(c, "ada", 10))) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"user": "ada"}, "command"),
        ({"user": "ada", "command": "explode"}, "command"),
        ({"command": "status_query"}, "user"),
        ({"user": "a\x00b", "command": "status_query"}, "user"),
        ({"user": "x" * 65, "command": "status_query"}, "user"),
    ],
)
def test_wrong_requests_name_the_field(school: Any, method: str, fields: dict[str, str], field: str) -> None:
    answer = school.board.request(method, PATH, params=fields)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert answer.json()["error"]


def test_a_missing_and_a_too_long_value(school: Any) -> None:
    assert post(school.board, "hw_command_request").json()["field"] == "hw_comm"
    longest = "ä" * (LONGEST_VALUE // 2)
    assert post(school.board, "hw_command_request", hw_comm=longest + "x").status_code == 400
    assert look(school.board) == REST
    assert post(school.board, "hw_command_request", hw_comm=longest).json()["hw_command"] == longest


def test_both_streams_at_their_longest_are_taken(school: Any) -> None:
    post(school.board, "hw_command_request", hw_comm="p")
    post(school.board, "hw_command_retrieval")
    longest = "ä" * (LONGEST_VALUE // 2)
    post(school.board, "hw_response_provide", hw_resp=longest, hw_err=longest, hw_exit="-1")
    row = school.parts.ledger.read(lambda c: rows.find(c, "ada"))
    assert (row.hw_response, row.hw_err, row.hw_exit) == (longest, longest, -1)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"user": "ada", "command": "reset"}'),
        ("application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(40))),
        ("application/x-www-form-urlencoded", b"x" * (8 * LONGEST_VALUE)),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="hw_comm"; filename="p.py"\r\n\r\nprint()\r\n--b--\r\n',
        ),
    ],
)
def test_bodies_that_are_no_form(school: Any, content_type: str, body: bytes) -> None:
    query = {"user": "ada", "command": "hw_command_request", "hw_comm": "p"}
    answer = school.board.post(PATH, params=query, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert look(school.board) == REST


def test_bytes_that_are_no_text_are_replaced(school: Any) -> None:
    body = b"user=ada&command=hw_command_request&hw_comm=%ff%00x"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = school.board.post(PATH, content=body, headers=headers)
    assert answer.json()["hw_command"] == "\ufffd\x00x"
    assert look(school.board)["hw_command"] == "\ufffd\x00x"


def test_two_workers_at_once_are_both_told_and_one_transition_happens(school: Any) -> None:
    post(school.board, "hw_command_request", hw_comm="p")
    ready, answers = threading.Barrier(2), []

    def worker() -> None:
        ready.wait(10)
        answers.append(post(school.board, "hw_command_retrieval").json())

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[0] == answers[1]
    assert (answers[0]["state"], answers[0]["hw_command"]) == (2, "p")
    history = school.parts.ledger.read(lambda c: rows.history(c, "ada", 10))
    assert [(row.before, row.after) for row in history] == [(1, 2), (0, 1)]


def test_with_accounts_a_wrong_pair_gets_login_false_and_nothing_else(school: Any) -> None:
    school.person("student", "ada")
    school.parts.settings.classes = Class(accounts=True)
    outside = school.client(scheme="https")
    pairs: list[dict[str, str]] = [{}, {"pword": "wrong"}, {"pword": "correct horse", "user": "bob"}, {"user": ""}]
    for pair in pairs:
        fields = {"user": "ada", "command": "hw_command_request", "hw_comm": "p", **pair}
        for answer in (outside.post(PATH, data=fields), outside.get(PATH, params=fields)):
            assert (answer.status_code, answer.json()) == (200, {"login": False})
    assert look(outside, pword="correct horse") == REST
    assert post(outside, "hw_command_request", hw_comm="p", pword="correct horse").json()["state"] == 1


def test_a_password_from_elsewhere_is_not_taken_where_all_can_read_it(school: Any) -> None:
    school.person("student", "ada")
    school.parts.settings.classes = Class(accounts=True)
    outside = school.client()
    fields = {"user": "ada", "command": "status_query", "pword": "correct horse"}
    for answer in (outside.post(PATH, data=fields), outside.get(PATH, params=fields)):
        assert answer.status_code == 403
        assert "https" in answer.json()["error"]
    assert look(school.board, pword="correct horse") == REST
    school.parts.settings.classes = Class(accounts=True, plain_passwords=True)
    assert look(outside, pword="correct horse") == REST


def test_with_accounts_a_disabled_person_is_not_let_in(school: Any) -> None:
    school.person("student", "ada")
    school.parts.settings.classes = Class(accounts=True)
    assert look(school.board, pword="correct horse") == REST
    changed = school.owner.patch("/api/v1/people/ada", json={"disabled": True})
    assert changed.status_code == 200
    assert look(school.board, pword="correct horse") == {"login": False}


def test_a_stranger_from_the_network_waits_for_adoption(school: Any) -> None:
    outside = school.client()
    answer = post(outside, "hw_command_request", hw_comm="p")
    assert answer.status_code == 403
    assert "wacket node adopt 192.0.2.7" in answer.json()["error"]
    assert outside.get(PATH, params={"user": "ada", "command": "status_query"}).status_code == 403
    assert look(school.board) == REST
    adopted = school.owner.patch("/api/v1/nodes/192.0.2.7", json={"state": "adopted"})
    assert adopted.status_code == 200
    assert post(outside, "hw_command_request", hw_comm="p").json()["state"] == 1


def test_a_stranger_is_refused_where_the_owner_says_so(school: Any) -> None:
    parts = school.parts
    parts.admission = Admission(parts.ledger, parts.catalogue, parts.tokens, Intake(strangers="refuse"), parts.clock)
    assert post(school.client(), "reset").status_code == 401
    assert post(school.client(bearer="wkt_wrong"), "reset").status_code == 401
    assert post(school.client(bearer=school.token("ingest")), "hw_command_request", hw_comm="p").json()["state"] == 1
    assert post(school.board, "hw_command_retrieval").json()["state"] == 2


def test_a_page_of_another_site_cannot_act_through_its_visitor(school: Any) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        fields = {"user": "ada", "command": "hw_command_request", "hw_comm": "p"}
        assert school.board.post(PATH, data=fields, headers=headers).status_code == 403
    assert look(school.board) == REST


@pytest.mark.slow
async def test_over_a_real_hub_it_survives_a_restart(start_hub: Any) -> None:
    from tests.support.ask import send

    body = b"user=ada&command=hw_command_request&hw_comm=print%281%29"
    async with start_hub() as hub:
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        answers = await asyncio.gather(*(send(hub, "POST", PATH, body, **form) for _ in range(5)))
        assert [status for status, _, _ in answers] == [200] * 5
    async with start_hub() as hub:
        status, _, text = await send(hub, "GET", PATH + "?user=ada&command=status_query")
        assert status == 200
        assert b'"state":1' in text
        assert b'"print(1)"' in text
        _, _, text = await send(hub, "GET", "/api/v1/class/ada/history", owner=True)
        assert text.count(b'"hw_command_request"') == 1
