"""Targets mean what they say and nothing more."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.commands.targets import Candidate, parse, plain_names, select
from wacket.errors import BadRequest

NODES = [
    Candidate(1, "hub", unfit="no agent runs on it"),
    Candidate(2, "demo-01", {"demo": "", "room": "lab"}, "linux", "up"),
    Candidate(3, "demo-02", {"demo": ""}, "linux", "down", present=False),
    Candidate(4, "demo-10", {"demo": ""}, "windows", "up"),
    Candidate(5, "pi-1", {"group": "lab"}, "linux", "up"),
    Candidate(6, "pi-2", {"lab": "yes"}, "linux", "up"),
    Candidate(7, "old", {"demo": ""}, unfit="it was retired"),
]


def names(target: str, named: tuple[str, ...] = ()) -> list[str]:
    return [node.name for node in select(target, NODES, named).nodes]


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("demo-01", ["demo-01"]),
        ("demo-*", ["demo-01", "demo-02", "demo-10"]),
        ("pi-?", ["pi-1", "pi-2"]),
        ("[dp]*-*1", ["demo-01", "pi-1"]),
        ("demo-[01-02]", ["demo-01", "demo-02"]),
        ("demo-[01,10],pi-[1-2]", ["demo-01", "demo-10", "pi-1", "pi-2"]),
        ("[d-p]*-[1-2]", ["pi-1", "pi-2"]),
        ("tag:demo", ["demo-01", "demo-02", "demo-10"]),
        ("tag:room=lab", ["demo-01"]),
        ("tag:demo=", ["demo-01", "demo-02", "demo-10"]),
        ("@lab", ["pi-1", "pi-2"]),
        ("os:linux", ["demo-01", "demo-02", "pi-1", "pi-2"]),
        ("os:Linux & state:up", ["demo-01", "pi-1", "pi-2"]),
        ("state:down", ["demo-02"]),
        ("*", ["demo-01", "demo-02", "demo-10", "pi-1", "pi-2"]),
        ("*,!demo-02", ["demo-01", "demo-10", "pi-1", "pi-2"]),
        ("!pi-*, *", ["demo-01", "demo-02", "demo-10"]),
        ("*,!tag:demo&os:linux", ["demo-10", "pi-1", "pi-2"]),
        ("tag:demo&demo-[01-02]&state:up", ["demo-01"]),
        (" demo-01 ,, demo-01 ", ["demo-01"]),
    ],
)
def test_what_targets_mean(target: str, meant: list[str]):
    assert names(target) == meant


def test_names_from_standard_input():
    assert names("-", ("pi-1", "demo-01")) == ["demo-01", "pi-1"]
    assert names("-&os:windows", ("pi-1", "demo-10")) == ["demo-10"]
    assert names("*,!-", ("pi-1", "pi-2", "demo-10")) == ["demo-01", "demo-02"]
    assert select("-", NODES, ("pi-1", "*")).left_out == [("*", "there is no such node")]


def test_those_left_out_are_told_why():
    left_out = dict(select("*,!pi-*", NODES).left_out)
    assert left_out == {
        "hub": "no agent runs on it",
        "old": "it was retired",
        "pi-1": "left out by !pi-*",
        "pi-2": "left out by !pi-*",
    }
    assert select("demo-01,demo-03", NODES).left_out == [
        ("demo-03", "there is no such node; did you mean demo-10?"),
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "is empty"),
        (" , ", "is empty"),
        ("!demo-01", "only what to leave out"),
        ("-", "none came"),
        ("*,!-", "none came"),
        ("*,!-&tag:demo", "none came"),
        ("state:upp", "known: up, late"),
        ("*,!state:dwon", "state:dwon fits no node ever"),
        ("*,!os:win", "known: linux, macos, windows"),
        ("*,!p?-99", "!p?-99 leaves out nothing: no node has such a name"),
        ("nothing-*", "no node fits 'nothing-*'"),
        ("tag:", "tag: needs something"),
        ("@", "@ needs something"),
        ("pi-1&", "lacks a condition"),
        ("!", "lacks a condition"),
        ("old,hub", "hub: no agent runs on it; old: it was retired"),
        ("pi-3", "pi-3: there is no such node; did you mean pi-"),
        ("pi-1,!pi-1", "pi-1: left out by !pi-1"),
        # A slip here would let the one run that was to be spared.
        ("*,!demo-1", "leaves out nothing: there is no such node; did you mean demo-"),
        ("*,!demo-[01-03]", "!demo-03 leaves out nothing"),
        ("x" * 10_001, "at most 10000 characters"),
    ],
)
def test_what_means_nobody_is_an_error(target: str, said: str):
    with pytest.raises(BadRequest) as raised:
        select(target, NODES)
    assert said in str(raised.value)
    assert raised.value.field == "target"


WORDS = some.sampled_from(["demo-01", "demo-*", "*", "tag:demo", "@lab", "os:linux", "state:up", "pi-[1-2]", "hub"])
TERMS = some.lists(WORDS, min_size=1, max_size=3).map("&".join)


@pytest.mark.slow
@given(some.lists(TERMS, min_size=1, max_size=4), some.lists(TERMS, max_size=3))
def test_a_target_is_the_union_of_its_terms_less_what_is_taken_out(wanted: list[str], unwanted: list[str]):
    def some_of(terms: list[str]) -> set[str]:
        found = set()
        for term in terms:
            with contextlib.suppress(BadRequest):
                found |= set(names(term))
        return found

    meant = some_of(wanted) - some_of(unwanted)
    target = ",".join([*wanted, *(f"!{term}" for term in unwanted)])
    if meant:
        assert set(names(target)) == meant
    else:
        with pytest.raises(BadRequest):
            select(target, NODES)


@pytest.mark.slow
@given(some.text(alphabet="demo-01[],*?!&:@tags=- \x00é", max_size=40))
def test_any_text_is_a_target_or_refused(target: str):
    with contextlib.suppress(BadRequest):
        chosen = select(target, NODES)
        assert chosen.nodes
        assert not {node.name for node in chosen.nodes} & {"hub", "old"}


@pytest.mark.slow
@given(some.lists(TERMS, min_size=1, max_size=4))
def test_what_is_left_out_and_what_is_taken_never_overlap(terms: list[str]):
    with contextlib.suppress(BadRequest):
        chosen = select(",".join(terms), NODES)
        assert not {node.name for node in chosen.nodes} & {left.node for left in chosen.left_out}


@pytest.mark.parametrize(
    ("target", "named"),
    [("pi-1,demo-01", {"pi-1", "demo-01"}), ("pi-[1-2]", {"pi-1", "pi-2"}), ("pi-*", None), ("pi-1,!pi-2", None)],
)
def test_what_consists_of_names_only(target: str, named: set[str] | None):
    assert plain_names(target) == named
    assert plain_names("pi-1,@lab") is None


def test_many_names_are_parsed_once_each():
    wanted, unwanted = parse("pi-[0001-5000],!pi-0001")
    assert (len(wanted), len(unwanted)) == (5000, 1)
