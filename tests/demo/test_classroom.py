"""The class protocol as the demo plays it, against a state table written out by hand."""

import json
from urllib.parse import parse_qs

import pytest

from wacket.demo.classroom import Classroom, teacher, worker

NEXT = {
    (0, "hw_command_request"): 1,
    (1, "hw_command_retrieval"): 2,
    (2, "hw_response_provide"): 3,
    (3, "server_analysis_provide"): 0,
}


@pytest.mark.parametrize("state", range(4))
def test_in_every_state_exactly_one_of_the_two_acts_and_the_act_is_allowed(state):
    moves = [move for move in (teacher({"state": state}, 3), worker({"state": state}, 3)) if move]
    assert len(moves) == 1 and (state, moves[0]["command"]) in NEXT


def test_the_worker_answers_what_the_program_prints():
    program = teacher({"state": 0}, 5)["hw_comm"]
    printed: list[int] = []
    exec(program, {"print": printed.append})
    assert worker({"state": 2}, 5)["hw_resp"] == str(printed[0])


def test_both_students_go_round_together(posts):
    states = {"student-1": 0, "student-2": 0}

    def answer(path, body):
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        user = fields["user"]
        states[user] = NEXT.get((states[user], fields["command"]), states[user])
        return 200, json.dumps({"login": True, "state": states[user]}).encode()

    posts.answer = answer
    room = Classroom(posts.address)
    for _ in range(4):
        room.step()
    room.close()
    assert states == {"student-1": 0, "student-2": 0}
    assert (room.acknowledged, room.sent, posts.connections) == (16, 16, 1)


def test_a_hub_that_refuses_is_an_error(posts):
    posts.answer = lambda path, body: (500, b"")
    room = Classroom(posts.address)
    with pytest.raises(ConnectionError, match="500"):
        room.step()
    room.close()
