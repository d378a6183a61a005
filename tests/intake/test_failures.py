"""What the intake does when the journal or the ledger fails: nothing acknowledged is lost, nothing is stored twice."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from tests.support.journal import ControlledJournal, failing, influx, text, until

from wacket.errors import Unavailable
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import Intake


async def test_a_failed_commit_is_told_and_the_same_may_come_again(intake: Intake, journal: ControlledJournal) -> None:
    journal.broken = "the disk is full"
    numbered = text(b"a\nb\n", epoch="e", sequence=0)
    with pytest.raises(Unavailable, match="disk is full"):
        await intake.accept(numbered)
    keyed = text(b"c\n", key="k")
    with pytest.raises(Unavailable):
        await intake.accept(keyed)
    assert intake.have(1, "e") == -1
    journal.broken = ""
    assert (await intake.accept(numbered)).duplicates == 0
    assert (await intake.accept(keyed)).duplicates == 0
    assert journal.bodies() == ["a", "b", "c"]
    assert intake.waiting.statistics()["waiting_bytes"] == 0


async def test_a_ledger_that_fails_takes_nothing_and_the_same_may_come_again(
    intake: Intake, journal: ControlledJournal, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered = influx(b"new v=1 1000\n", epoch="e", sequence=0)
    keyed = influx(b"newer v=1 1000\n", key="k")
    with monkeypatch.context() as patched:
        patched.setattr(catalogue._ledger, "write_sync", failing)
        for envelope in (numbered, keyed):
            with pytest.raises(Unavailable, match="ledger"):
                await intake.accept(envelope)
    for envelope in (numbered, keyed):
        receipt = await intake.accept(envelope)
        assert (receipt.stored, receipt.duplicates) == (1, 0)
    assert sum(batch.rows for batch in journal.batches) == 2


async def test_a_group_that_cannot_be_decoded_leaves_the_claims_of_those_before_it(
    intake: Intake, journal: ControlledJournal, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def fail(write: Any) -> None:
        asked.set()
        failing(write)

    monkeypatch.setattr(catalogue._ledger, "write_sync", fail)
    journal.open.clear()
    first = asyncio.create_task(intake.accept(text(b"a\n", epoch="e", sequence=0)))
    await until(lambda: journal.commits == 1)
    second = asyncio.create_task(intake.accept(influx(b"new v=1 1000\n", epoch="e", sequence=1)))
    assert await asyncio.to_thread(asked.wait, 10)
    journal.open.set()
    await first
    with pytest.raises(Unavailable):
        await second
    assert (await intake.accept(text(b"a\nb\n", epoch="e", sequence=0))).duplicates == 1
    assert journal.bodies() == ["a", "b"]
    assert journal.marks["1", "e"].ranges == ((0, 1),)


async def test_what_was_claimed_on_top_of_a_failed_commit_fails_too(intake: Intake, journal: ControlledJournal) -> None:
    journal.open.clear()
    sent = [text(b"%d\n" % number, epoch="e", sequence=number) for number in range(3)]
    waiting = []
    for number, envelope in enumerate(sent):
        waiting.append(asyncio.create_task(intake.accept(envelope)))
        await until(lambda number=number: journal.commits == 1 and intake._to_commit.qsize() == number)
    journal.broken = "the disk is full"
    journal.open.set()
    assert all(isinstance(one, Unavailable) for one in await asyncio.gather(*waiting, return_exceptions=True))
    assert journal.commits == 1
    journal.broken = ""
    for envelope in reversed(sent):
        assert (await intake.accept(envelope)).duplicates == 0
    assert journal.bodies() == ["2", "1", "0"]


@pytest.mark.slow
@pytest.mark.parametrize("every", [2, 3, 5])
async def test_whatever_commits_fail_every_acknowledged_line_is_stored_once(
    intake: Intake, journal: ControlledJournal, every: int
) -> None:
    journal.fails_every = every

    async def insist(number: int) -> None:
        while True:
            try:
                await intake.accept(text(b"%d\n" % number, epoch="e", sequence=number))
            except Unavailable:
                continue
            assert str(number) in journal.bodies()
            return

    await asyncio.gather(*[insist(number) for number in range(100)])
    assert sorted(map(int, journal.bodies())) == list(range(100))
    assert journal.marks["1", "e"].ranges == ((0, 99),)
