"""wacket class ask --watch in front of a person: thirty students on one line of 80 columns, and the keys that help."""

import csv

import pytest
from tests.cli.test_classes import SETS, user
from tests.cli.test_run_terminal import Terminal

pytestmark = pytest.mark.slow
KEYS = "(q quit, r reset stuck, e export)"


@pytest.fixture
def lesson(hub, tmp_path, monkeypatch):
    """29 of 30 have answered, one is stuck; whoever is reset is at rest."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "led.py").write_text("led(1)\n")
    people = [user(f"student {number:02}", 3, hw_exit=0, hw_response="=1") for number in range(29)]
    people.append(user("student 29", 2, stuck=True))

    def reset(_):
        users = [one["user"] for one in people if one["stuck"]]
        people[-1] = user("student 29")
        return {"users": users}

    hub.answers[f"GET {SETS}"] = {"classes": [{"name": "6.08"}]}
    hub.answers[f"GET {SETS}/6.08"] = lambda _: {"name": "6.08", "members": people}
    hub.answers[f"GET {SETS}/6.08/answers"] = lambda _: {"name": "6.08", "members": people, "cursor": None}
    hub.answers[f"POST {SETS}/6.08/reset"] = reset
    made = {"id": 7, "users": [one["user"] for one in people], "left_out": []}
    hub.answers["POST /api/v1/rounds"] = (201, made, {})
    return Terminal(hub, "class", "ask", "6.08", "--py", "led.py", "--watch")


def test_who_is_stuck_is_reset_with_one_key(lesson):
    lesson.until("stuck 1")
    lesson.type("r")
    assert lesson.end() == 3  # one of thirty did not answer
    assert "student 29 at rest" in lesson.seen and "stuck 0" in lesson.seen
    shown = lesson.seen.replace("\r", "\n").splitlines()
    assert KEYS in shown and max(map(len, shown)) < 80 and lesson.seen.count(KEYS) == 2  # drawn over what stood there


def test_answers_are_exported_meanwhile(lesson, tmp_path):
    lesson.until("stuck 1")
    lesson.type("e")
    lesson.until("30 answers in 6.08")
    lesson.type("q")
    assert lesson.end() == 3 and "help: wacket class reset 6.08 --stuck" in lesson.seen
    (written,) = tmp_path.glob("6.08 *.csv")
    with written.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30 and rows[0]["stdout"] == "'=1"


def test_watching_can_be_stopped(lesson):
    lesson.until(KEYS)
    lesson.type("q")
    assert lesson.end() == 3 and "stuck: student 29" in lesson.seen
