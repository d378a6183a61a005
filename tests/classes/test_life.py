"""The state table of the class protocol against a reference that is written from the protocol's description."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from wacket.classes import life
from wacket.classes.life import COMMANDS, Status, answer, carried, checked_user, diagram, transition
from wacket.errors import BadRequest

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
DOCS = Path(__file__).parents[2] / "docs" / "reference" / "class-protocol.md"


class Reference:
    """The protocol as its description says it, in plain steps."""

    def __init__(self) -> None:
        self.state, self.command, self.response, self.analysis, self.time = 0, "", "", "", 0

    def request(self, program: str, now: int) -> None:
        if self.state == 0:
            self.state, self.command, self.time = 1, program, now

    def retrieve(self, now: int) -> None:
        if self.state == 1:
            self.state, self.time = 2, now

    def respond(self, text: str, now: int) -> None:
        if self.state == 2:
            self.state, self.response, self.time = 3, text, now

    def analyse(self, text: str, now: int) -> None:
        if self.state == 3:
            self.state, self.analysis, self.time = 0, text, now

    def reset(self, now: int) -> None:
        if self.state != 0:
            self.state, self.time = 0, now


class Life(RuleBasedStateMachine):
    """Any commands in any order: the table and the reference stay equal."""

    @initialize()
    def start(self) -> None:
        self.status, self.reference, self.now = Status(), Reference(), 0

    def step(self, command: str, **values: str) -> None:
        before = self.status
        after = transition(before, command, values, self.now)
        if after is not None:
            self.status = after

    @rule(text=TEXT)
    def request(self, text: str) -> None:
        self.now += 1
        self.step("hw_command_request", hw_comm=text)
        self.reference.request(text, self.now)

    @rule()
    def retrieve(self) -> None:
        self.now += 1
        self.step("hw_command_retrieval")
        self.reference.retrieve(self.now)

    @rule(text=TEXT)
    def respond(self, text: str) -> None:
        self.now += 1
        self.step("hw_response_provide", hw_resp=text)
        self.reference.respond(text, self.now)

    @rule(text=TEXT)
    def analyse(self, text: str) -> None:
        self.now += 1
        self.step("server_analysis_provide", server_anal=text)
        self.reference.analyse(text, self.now)

    @rule()
    def reset(self) -> None:
        self.now += 1
        self.step("reset")
        self.reference.reset(self.now)

    @rule()
    def look(self) -> None:
        self.now += 1
        assert transition(self.status, "status_query", {}, self.now) is None

    @invariant()
    def equal(self) -> None:
        expected = self.reference
        fields = (expected.state, expected.command, expected.response, expected.analysis, expected.time)
        assert tuple(self.status)[: len(fields)] == fields


TestLife = Life.TestCase


@given(st.sampled_from(sorted(life.LIFE)), st.text(max_size=30).filter(lambda text: text not in COMMANDS))
def test_an_unknown_command_is_an_error_that_lists_the_known_ones(state: int, command: str) -> None:
    with pytest.raises(BadRequest, match="status_query, hw_command_request") as raised:
        transition(Status(state), command, {}, 1)
    assert raised.value.field == "command"


@pytest.mark.parametrize("state", life.LIFE)
@pytest.mark.parametrize("command", life.CARRIES)
def test_a_missing_value_is_an_error_in_every_state(state: int, command: str) -> None:
    with pytest.raises(BadRequest) as raised:
        transition(Status(state), command, {"user": "ada"}, 1)
    assert raised.value.field == life.CARRIES[command][0]


def test_a_value_may_be_empty_and_is_bounded() -> None:
    assert carried("hw_response_provide", {"hw_resp": ""}) == ""
    longest = "é" * (life.LONGEST_VALUE // 2)
    assert carried("hw_response_provide", {"hw_resp": longest}) == longest
    with pytest.raises(BadRequest, match="65537 bytes"):
        carried("hw_response_provide", {"hw_resp": longest + "x"})


def test_fields_that_a_command_does_not_carry_stay() -> None:
    status = Status(0, "old program", "old response", "old analysis", 5)
    after = transition(status, "hw_command_request", {"hw_comm": "new"}, 9)
    assert after == Status(1, "new", "old response", "old analysis", 9)


@pytest.mark.parametrize("user", ["ada", "izabella.moran6170", "Ada Lovelace", "李", "x" * 64])
def test_fit_user_names(user: str) -> None:
    assert checked_user(user) == user


@pytest.mark.parametrize("user", [None, "", " ada", "ada ", "a\nb", "a\x00", "a\u202eb", "\ud800", "x" * 65])
def test_unfit_user_names(user: str | None) -> None:
    with pytest.raises(BadRequest) as raised:
        checked_user(user)
    assert raised.value.field == "user"


def test_the_answer_has_the_fields_of_the_protocol() -> None:
    assert answer(Status()) == {
        "login": True,
        "state": 0,
        "hw_command": "",
        "hw_response": "",
        "server_analysis": "",
        "time": "",
    }
    assert answer(Status(2, "p", "", "", 1_475_599_670_000_001))["time"] == "1475599670.000001"


def test_the_diagram_shows_every_transition_and_nothing_else() -> None:
    arrows = re.findall(r"s(\d) --> s(\d): (\w+)", diagram())
    table = [(str(b), str(a), command) for b, allowed in life.LIFE.items() for command, a in allowed.items()]
    assert arrows == table


def test_the_docs_hold_the_diagram_that_is_drawn_from_the_table() -> None:
    blocks = re.findall(r"```mermaid\n(.*?)\n```", DOCS.read_text("utf-8"), re.DOTALL)
    assert blocks == [diagram()]


def test_the_docs_name_every_command_value_and_status_field() -> None:
    text = DOCS.read_text("utf-8")
    names = [*COMMANDS, *(name for name, _ in life.CARRIES.values()), *answer(Status())]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_what_a_response_does_not_bring_is_not_left_over() -> None:
    first = transition(Status(2), "hw_response_provide", {"hw_resp": "a", "hw_err": "odd", "hw_exit": "3"}, 1)
    assert first is not None and (first.hw_err, first.hw_exit) == ("odd", 3)
    second = transition(first._replace(state=2), "hw_response_provide", {"hw_resp": "b"}, 2)
    assert second is not None and (second.hw_response, second.hw_err, second.hw_exit) == ("b", "", None)
    assert "hw_err" not in answer(second)  # older clients get what they know


@pytest.mark.parametrize(
    ("command", "values", "field"),
    [
        ("hw_response_provide", {"hw_resp": "", "hw_exit": "one"}, "hw_exit"),
        ("hw_response_provide", {"hw_resp": "", "hw_exit": "99999999999"}, "hw_exit"),
        ("hw_response_provide", {"hw_resp": "", "hw_exit": "٣"}, "hw_exit"),
        ("hw_response_provide", {"hw_resp": "", "hw_err": "x" * 65_537}, "hw_err"),
        ("hw_command_request", {"hw_comm": "", "timeout": "0"}, "timeout"),
        ("hw_command_request", {"hw_comm": "", "timeout": "1.5"}, "timeout"),
    ],
)
@pytest.mark.parametrize("state", range(4))
def test_optional_values_are_looked_at_whatever_the_state(
    command: str, values: dict[str, str], field: str, state: int
) -> None:
    with pytest.raises(BadRequest) as raised:
        transition(Status(state), command, values, 1)
    assert raised.value.field == field


@pytest.mark.slow
@given(st.sampled_from([0, 1, 2, 3]), st.integers(1, 86_400), st.integers(0, 10**15), st.integers(0, 10**15))
def test_stuck_is_who_takes_more_than_twice_the_time(state: int, timeout: int, since: int, now: int) -> None:
    status = Status(state, time=since, timeout=timeout)
    assert status.stuck(now) == (state in (1, 2) and now - since > 2_000_000 * timeout)
    assert not status.stuck(since + 2_000_000 * timeout)


@pytest.mark.slow
@given(st.text(max_size=15))
def test_any_text_for_an_exit_code_is_a_number_nothing_or_refused(text: str) -> None:
    try:
        after = transition(Status(2), "hw_response_provide", {"hw_resp": "", "hw_exit": text}, 1)
    except BadRequest:
        return
    assert after is not None and after.hw_exit == (int(text) if text.strip() else None)
