"""Why a node is not there: each cause is named, and the next step with it."""

from __future__ import annotations

from typing import Any

import pytest

from wacket.fleet.diagnosis import Answer, Facts, ago, checks, verdict
from wacket.fleet.pulse import SECOND

NOW = 1_795_262_400 * SECOND
ANSWERS, SILENT, UNASKED = Answer(True, "answers"), Answer(False, "does not answer"), Answer(None, "not asked")
HERE = Answer(True, "pi-11.local stands for 10.0.2.14", ("10.0.2.14",))
MOVED = Answer(True, "pi-11.local stands for 10.0.2.99", ("10.0.2.99",))


def facts(**other: Any) -> Facts:
    """Of a machine that has been down for four minutes."""
    known: dict[str, Any] = {
        "name": "pi-11",
        "state": "adopted",
        "presence": "down",
        "why": "the connection ended",
        "now": NOW,
        "seen": NOW - 250 * SECOND,
        "peer": "10.0.2.14",
        "doors": {"https": "0.0.0.0:8443", "tcp": "0.0.0.0:8090"},
        "hub": "0.1.0",
        "agent": "0.1.0",
        "name_found": HERE,
        "ping": SILENT,
        "clock": 0.01,
        "copy": None,
    }
    return Facts(**known | other)


BOARD = {"agent": "", "name_found": None, "clock": None}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"state": "retired", "presence": "retired"}, "wacket node adopt pi-11"),
        ({"state": "pending", "presence": "pending"}, "wacket node approve pi-11"),
        ({"state": "pending", "presence": "pending", **BOARD}, "wacket node adopt pi-11"),
        ({"copy": "pi-12"}, "wacket node split pi-11"),
        ({"presence": "up"}, "It is here"),
        ({"presence": "late"}, "late, not gone"),
        ({"doors": {"http": "127.0.0.1:8080"}}, "wacket up --lan"),
        ({"seen": 0, "peer": ""}, "does it send to 0.0.0.0:8443"),
        ({"presence": "off", "why": "stopped"}, "on purpose (stopped)"),
        ({"name_found": MOVED}, "look for it at 10.0.2.99"),
        ({"ping": ANSWERS}, "wacket-agent status"),
        ({"ping": ANSWERS, **BOARD}, "sends nothing"),
        ({}, "Nothing answers at 10.0.2.14"),
        ({"ping": UNASKED}, "Look whether it is switched on"),
    ],
)
def test_the_next_step_follows_from_what_is_known(other: dict[str, Any], said: str) -> None:
    assert said in verdict(facts(**other))


def told(**other: Any) -> dict[str, tuple[bool | None, str]]:
    return {check.name: (check.ok, check.text) for check in checks(facts(**other))}


def test_the_checks_stand_in_the_order_in_which_a_person_looks() -> None:
    assert list(told()) == ["let in", "heard", "farewell", "address", "name", "ping", "port", "agent", "clock"]
    assert list(told(**BOARD)) == ["let in", "heard", "address", "ping", "port"]


@pytest.mark.parametrize(
    ("other", "name", "ok", "text"),
    [
        ({}, "heard", False, "last heard 4 min ago"),
        ({"presence": "up"}, "heard", True, "it is here"),
        ({"seen": 0}, "heard", False, "never been heard"),
        ({}, "farewell", False, "without a word"),
        ({"presence": "off", "why": "stopped"}, "farewell", None, "goodbye: stopped"),
        ({}, "name", True, "stands for 10.0.2.14"),
        ({"name_found": MOVED}, "name", None, "10.0.2.99, and it spoke from 10.0.2.14"),
        ({"name_found": Answer(False, "nobody knows")}, "name", False, "nobody knows"),
        ({}, "port", True, "tcp 0.0.0.0:8090; what a firewall"),
        ({"doors": {"http": "127.0.0.1:80"}}, "port", False, "its own machine only"),
        ({"doors": {"http": "127.0.0.1:80"}, "peer": "127.0.0.1"}, "port", True, "listens at"),
        ({"agent": "0.0.9"}, "agent", None, "agent 0.0.9, hub 0.1.0"),
        ({"clock": 12.0}, "clock", False, "12 s behind"),
        ({"clock": -0.5}, "clock", True, "0.5 s ahead"),
        ({"copy": "pi-12"}, "copy", False, "'pi-12'"),
        ({"state": "pending", "why": "compare its code"}, "let in", False, "compare its code"),
    ],
)
def test_each_check_says_what_it_found(other: dict[str, Any], name: str, ok: bool | None, text: str) -> None:
    found, said = told(**other)[name]
    assert found is ok
    assert text in said


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_lengths_of_time_in_words(seconds: int, words: str) -> None:
    assert ago(seconds * SECOND) == words
