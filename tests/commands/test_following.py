"""A job as events: all that is on disk, in order, and nothing held for who is slow."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.commands.desks import Desks, desks, until

from wacket.commands import following
from wacket.commands.answering import answers, said
from wacket.commands.board import Job
from wacket.commands.following import Follower, Words
from wacket.commands.kept.upkeep import trim
from wacket.ledger import jobs as job_rows

NAMES = {1: "pi-1", 2: "pi-2", 3: "pi-3"}


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path) as made:
        for name in NAMES.values():
            made.node(name)
        yield made


async def events(hub: Desks, job: Job) -> list[dict[str, Any]]:
    found = b""
    async with asyncio.timeout(10):
        with Follower(hub.desk, job, NAMES.__getitem__) as follower:
            async for lines in follower.lines():
                found += lines
    return [json.loads(line) for line in found.splitlines() if line]


def again(hub: Desks, number: int) -> Job:
    """The job as it is found when it is over."""
    row = hub.ledger.read(lambda connection: job_rows.find(connection, number))
    return Job(row, hub.rows(Job(row, [])))


async def test_a_job_that_is_followed_while_it_goes_on(hub: Desks):
    link = hub.up(1)
    job = await hub.issue("pi-[1-2]")
    one, _ = hub.rows(job)
    following_it = asyncio.create_task(events(hub, job))
    hub.say(link, one.id, "running")
    end = hub.output(link, one.id, 0, (1, b"out\n"), (2, b"err\n"), (1, b"more\n"))
    hub.say(link, one.id, "failed", exit=4, end=end, out=9, err=4)
    await hub.ended(one.id)
    await hub.issuing.cancel(job.row.id, 2, "owner", "")
    told = await following_it
    assert told[0] == {
        **{"event": "job", "id": job.row.id, "nodes": ["pi-1", "pi-2"], "waiting": ["pi-2"], "left_out": []},
    }
    said_by_one = [(event["stream"], event["text"]) for event in told if event["event"] == "output"]
    assert said_by_one == [("out", "out\n"), ("err", "err\n"), ("out", "more\n")]
    states = [(event["node"], event["state"]) for event in told if event["event"] == "state"]
    assert ("pi-1", "failed") in states and ("pi-2", "cancelled") in states
    ended = next(event for event in told if event.get("state") == "failed")
    assert (ended["exit"], ended["out"], ended["err"]) == (4, 9, 4)
    assert [event["event"] for event in told].index("output") < told.index(ended)
    assert told[-1] == {"event": "end", "counts": {"failed": 1, "cancelled": 1}}
    assert job.followers == set()
    over = await events(hub, again(hub, job.row.id))
    assert [one for one in over if one["event"] == "output"] == [one for one in told if one["event"] == "output"]
    assert over[-1] == told[-1]


async def test_a_node_that_goes_away_is_told_as_unreachable_and_as_back(hub: Desks):
    link = hub.up(1)
    job = await hub.issue("pi-1")
    (one,) = hub.rows(job)
    hub.say(link, one.id, "running")
    with Follower(hub.desk, job, NAMES.__getitem__) as follower:
        lines = follower.lines()

        async def unreachable() -> bool:
            while True:
                for line in (await anext(lines)).splitlines():
                    event = json.loads(line)
                    if event["event"] == "state":
                        return "unreachable" in event

        async with asyncio.timeout(10):
            assert not await unreachable()
            hub.desk.node_down(1)
            assert await unreachable()
            hub.up(1, (one.id, "running"))
            assert not await unreachable()
        await lines.aclose()


async def test_much_output_comes_in_turns_and_the_end_behind_all_of_it(hub: Desks, monkeypatch):
    monkeypatch.setattr(following, "TURN", 1000)
    links = {node: hub.up(node) for node in NAMES}
    job = await hub.issue("*")
    for row in hub.rows(job):
        end = 0
        for number in range(30):
            end = hub.output(links[row.node], row.id, end, (1, f"{row.node}:{number:095}\n".encode()))
        hub.say(links[row.node], row.id, "succeeded", exit=0, out=end, end=end)
    told = await events(hub, job)
    for node, name in NAMES.items():
        mine = [event for event in told if event.get("node") == name]
        texts = [event["text"] for event in mine if event["event"] == "output"]
        assert texts == [f"{node}:{number:095}\n" for number in range(30)]
        assert mine[-1]["state"] == "succeeded"


async def test_a_sign_of_life_where_nothing_happens(hub: Desks, monkeypatch):
    monkeypatch.setattr(following, "SIGN_OF_LIFE", 0.001)
    job = await hub.issue("pi-1")
    with Follower(hub.desk, job, NAMES.__getitem__) as follower:
        lines = follower.lines()
        async with asyncio.timeout(10):
            while await anext(lines) != b"\n":
                pass
        await lines.aclose()


@pytest.mark.slow
@given(some.text(), some.lists(some.integers(0, 60)))
def test_text_in_pieces_is_the_same_text(text: str, cuts: list[int]):
    data = text.encode("utf-8", "replace")
    words, found, places = Words(), "", sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in zip(places, places[1:], strict=False):
        found += words.event(data[start:end])["text"]
    assert found.encode() == data
    assert words.rest() is None


@pytest.mark.slow
@given(some.lists(some.binary(max_size=20)))
def test_bytes_that_are_no_text_are_not_lost(pieces: list[bytes]):
    words = Words()
    told = [words.event(piece) for piece in pieces] + [rest for rest in [words.rest()] if rest]
    found = [event["text"].encode() if "text" in event else base64.b64decode(event["base64"]) for event in told]
    assert b"".join(found) == b"".join(pieces)


async def test_equal_answers_are_folded(hub: Desks):
    links = {node: hub.up(node) for node in NAMES}
    job = await hub.issue("*")
    for row, text in zip(hub.rows(job), (b"same\n", b"same\n", b"other\n"), strict=True):
        end = hub.output(links[row.node], row.id, 0, (1, text), (2, b"\xff"))
        hub.say(links[row.node], row.id, "succeeded", exit=0, end=end)
    rows = await hub.ended(*(row.id for row in hub.rows(job)))
    assert [(one["nodes"], one["count"], one["out"], one["err"]) for one in answers(rows, hub.outputs, NAMES.get)] == [
        ("pi-[1-2]", 2, "same\n", "\ufffd"),
        ("pi-3", 1, "other\n", "\ufffd"),
    ]
    short = answers(rows[2:], hub.outputs, NAMES.get, most=3)[0]["out"]
    assert short.startswith("oth\n… cut here")
    place = hub.outputs.place(job.row.id, 3)
    assert [b"".join(said(place, stream)) for stream in ("out", "err", "both")] == [b"other\n", b"\xff", b"other\n\xff"]


async def test_a_hub_that_ends_sends_its_followers_away_and_does_not_call_it_the_end(hub: Desks):
    hub.up(1)
    job = await hub.issue("pi-1")
    following_it = [asyncio.create_task(events(hub, job)) for _ in range(3)]
    await until(lambda: hub.desk.statistics()["followers"] == 3)
    hub.desk.dismiss()
    for told in [await one for one in following_it] + [await events(hub, job)]:
        assert told[0]["event"] == "job" and "end" not in {one["event"] for one in told}
    assert hub.desk.statistics()["followers"] == 0


@pytest.mark.slow
async def test_old_outputs_go_and_the_record_stays(hub: Desks):
    numbers = []
    for _ in range(4):
        link = hub.up(1)
        job = await hub.issue("pi-1")
        (row,) = hub.rows(job)
        end = hub.output(link, row.id, 0, (1, b"x" * 1000))
        if len(numbers) < 3:
            hub.say(link, row.id, "succeeded", exit=0, end=end)
            await hub.ended(row.id)
        numbers.append(job.row.id)
        hub.now += 86_400_000_000
    await until(lambda: len(hub.desk.board) == 1)
    folder, spared = hub.folder / "outputs", hub.desk.board.jobs()
    await until((folder / str(numbers[3])).exists)

    def asked(first):
        return hub.ledger.read(lambda connection: job_rows.times(connection, first))

    first = asked(numbers[0])[numbers[0]]
    assert trim(folder, spared, asked, before=first + 1, most=10**9) == numbers[:1]
    assert trim(folder, spared, asked, before=0, most=1500) == numbers[1:3]
    assert trim(folder, spared, asked, before=hub.now, most=0) == []
    assert [row.state for row in hub.rows(again(hub, numbers[0]))] == ["succeeded"]
    assert [one["event"] for one in await events(hub, again(hub, numbers[0]))] == ["job", "state", "end"]
