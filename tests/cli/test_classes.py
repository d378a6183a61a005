"""wacket class: what was requested is really what the hardware is to run."""

import json

import pytest

PROTOCOL = "POST /hw_supervisor"
REST = {"login": True, "state": 0, "hw_command": "", "hw_response": "", "server_analysis": "", "time": ""}


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "led.py"
    path.write_text("led(1)\n")
    return str(path)


def answering(*answers):
    left = list(answers)
    return lambda _: left.pop(0)


def test_a_program_is_requested(hub, wacket, program):
    hub.answers[PROTOCOL] = answering(REST, {**REST, "state": 1, "hw_command": "led(1)\n"})
    ran = wacket("class", "ask", "ada", program, "--json")
    assert ran.code == 0 and json.loads(ran.out)["state"] == 1
    assert b"hw_comm=led%281%29%0A" in hub.last().body


@pytest.mark.parametrize("state", [1, 2, 3])
def test_hardware_that_is_busy_is_left_alone(hub, wacket, program, state):
    hub.answers[PROTOCOL] = answering({**REST, "state": state})
    ran = wacket("class", "ask", "ada", program)
    assert ran.code == 1 and "busy" in ran.err and len(hub.asked) == 1


@pytest.mark.parametrize("text", ["theirs()", "led(1)\n"])
def test_a_request_that_came_too_late_is_no_success(hub, wacket, program, text):
    hub.answers[PROTOCOL] = answering(REST, {**REST, "state": 1 if text == "theirs()" else 2, "hw_command": text})
    ran = wacket("class", "ask", "ada", program)
    assert ran.code == 1 and "nothing was requested" in ran.err
