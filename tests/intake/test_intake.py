"""The intake over a journal that the test controls: what is acknowledged, what is not, and what is known twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wacket.bus.memory import Bus
from wacket.errors import Unavailable
from wacket.history.shapes import Mark, StoredReceipt
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import Intake
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.records import REJECT_SOURCE, Batch, Envelope
from wacket.settings import Intake as Limits

NOW = 1_700_000_000_000_000


class ControlledJournal:
    """Keeps what is appended in memory; fails while `broken` says so, every so often, and waits while held."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.marks: dict[tuple[str, str], Mark] = {}
        self.receipts: dict[tuple[str, str], StoredReceipt] = {}
        self.broken = ""
        self.commits = 0
        self.fails_every = 0
        self.open = threading.Event()
        self.open.set()

    def append(
        self, batches: Sequence[Batch], marks: Sequence[Mark] = (), receipts: Sequence[StoredReceipt] = ()
    ) -> list[int]:
        self.commits += 1
        number = self.commits
        assert self.open.wait(10)
        if self.broken or (self.fails_every and number % self.fails_every == 0):
            raise Unavailable(self.broken or "the disk is full")
        self.marks |= {(mark.source, mark.epoch): mark for mark in marks}
        self.receipts |= {(one.source, one.key): one for one in receipts}
        self.batches += batches
        return list(range(len(batches)))

    def load_marks(self) -> list[Mark]:
        if self.broken:
            raise Unavailable(self.broken)
        return list(self.marks.values())

    def load_receipts(self) -> list[StoredReceipt]:
        if self.broken:
            raise Unavailable(self.broken)
        return list(self.receipts.values())

    def forget_receipts(self, before_us: int) -> None:
        self.receipts = {key: one for key, one in self.receipts.items() if one.at >= before_us}

    def bodies(self, source: str = "") -> list[str]:
        return [
            body
            for batch in self.batches
            if batch.logs is not None
            for body, origin in zip(batch.logs.body.to_list(), batch.logs.source.to_list(), strict=True)
            if origin == source
        ]


@pytest.fixture
def journal() -> ControlledJournal:
    return ControlledJournal()


@pytest.fixture
def catalogue(tmp_path: Path) -> Any:
    ledger = Ledger.open(tmp_path / "ledger.db")
    for name in ("one", "two"):
        ledger.write_sync(
            lambda connection, name=name: nodes.create(connection, name, "board", "adopted", f"name:{name}", NOW)
        )
    yield Catalogue(ledger, Limits(new_series_per_hour=3), lambda: NOW)
    ledger.close()


@pytest.fixture
async def intake(journal: ControlledJournal, catalogue: Catalogue) -> AsyncIterator[Intake]:
    made = Intake(journal, catalogue, Bus(), Limits(window_ms=0, gentle_window_ms=1), lambda: NOW)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    made.close()


def text(body: bytes, **more: Any) -> Envelope:
    return Envelope(door="test", peer="here", node=1, format="text", received_at=NOW, body=body, **more)


def influx(body: bytes, **more: Any) -> Envelope:
    return replace(text(body, **more), format="influx")


def failing(_write: Any) -> None:
    raise Unavailable("the disk of the ledger is full")


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - other threads make it happen
            await asyncio.sleep(0)


async def test_the_receipt_counts_frames_and_comes_after_the_commit(intake: Intake, journal: ControlledJournal) -> None:
    receipt = await intake.accept(text(b"a\nb\n"))
    assert (receipt.stored, receipt.rejected) == (2, 0)
    assert journal.bodies() == ["a", "b"]


async def test_what_cannot_be_read_is_kept_as_a_reject(intake: Intake, journal: ControlledJournal) -> None:
    envelope = Envelope("test", "here", 1, "influx", NOW, b"m v=1 1000\nnonsense\n")
    receipt = await intake.accept(envelope)
    assert (receipt.stored, receipt.rejected) == (1, 1)
    assert receipt.rejects[0].offset == 1
    assert journal.bodies(REJECT_SOURCE) == ["nonsense"]


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


async def test_numbered_frames_are_stored_once_however_they_overlap(intake: Intake, journal: ControlledJournal) -> None:
    lines = [b"%d" % number for number in range(30)]
    for first, last in ((0, 10), (5, 15), (20, 25), (0, 30), (12, 22)):
        receipt = await intake.accept(text(b"\n".join(lines[first:last]), epoch="e", sequence=first))
        assert receipt.stored == last - first
    assert sorted(map(int, journal.bodies())) == list(range(30))
    assert intake.have(1, "e") == 29


async def test_many_copies_at_once_are_stored_once(intake: Intake, journal: ControlledJournal) -> None:
    numbered = [intake.accept(text(b"n\n", epoch="e", sequence=7)) for _ in range(20)]
    keyed = [intake.accept(text(b"k\n", key="k")) for _ in range(20)]
    receipts = await asyncio.gather(*numbered, *keyed)
    assert all(receipt.stored == 1 for receipt in receipts)
    assert sum(receipt.duplicates == 0 for receipt in receipts) == 2
    assert sorted(journal.bodies()) == ["k", "n"]


async def test_reject_numbers_speak_of_what_was_sent(intake: Intake) -> None:
    def sent(body: bytes, first: int) -> Envelope:
        return Envelope("test", "here", 1, "influx", NOW, body, epoch="e", sequence=first)

    await intake.accept(sent(b"m v=1 1000\nm v=2 2000\n", 0))
    receipt = await intake.accept(sent(b"m v=2 2000\nm v=3 3000\nnonsense\n", 1))
    assert (receipt.stored, receipt.rejected, receipt.duplicates) == (2, 1, 1)
    assert [reject.offset for reject in receipt.rejects] == [2]


async def test_keys_are_forgotten_after_their_time(intake: Intake, journal: ControlledJournal) -> None:
    await intake.accept(text(b"a\n", key="k"))
    await intake.forget_before(NOW + 1)
    await intake.accept(text(b"a\n", key="k"))
    assert journal.bodies() == ["a", "a"]


async def test_the_oldest_keys_go_first_when_there_are_too_many(
    intake: Intake, journal: ControlledJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking = iter(range(NOW, NOW + 100))
    monkeypatch.setattr(intake, "_clock", lambda: next(ticking))
    monkeypatch.setattr(intake._limits, "idempotency_keys", 2)
    for key in ("a", "b", "c"):
        await intake.accept(text(key.encode(), key=key))
    await intake.forget_before(0)
    assert (await intake.accept(text(b"c", key="c"))).duplicates == 1
    assert (await intake.accept(text(b"a", key="a"))).duplicates == 0
    assert journal.bodies() == ["a", "b", "c", "a"]


async def test_a_node_over_its_quota_is_told_when_to_come_again(
    journal: ControlledJournal, catalogue: Catalogue
) -> None:
    intake = Intake(journal, catalogue, Bus(), Limits(lines_per_second=10), lambda: NOW)
    intake.submit(text(b"x\n" * 10), None)
    with pytest.raises(Unavailable, match="10 lines a second") as caught:
        intake.submit(text(b"x\n" * 5), None)
    assert caught.value.retry_after == pytest.approx(0.5)
    assert intake.statistics()["over_quota"] == 1
    intake.close()


async def test_a_node_at_its_cap_of_series_loses_nothing(intake: Intake, journal: ControlledJournal) -> None:
    body = b"".join(b"m%d v=%d 1000\n" % (number, number) for number in range(5))
    receipt = await intake.accept(Envelope("test", "here", 1, "influx", NOW, body))
    assert receipt.stored == 5
    readings = [batch.readings for batch in journal.batches if batch.readings is not None]
    assert sum(map(len, readings)) == 3
    assert sorted(journal.bodies("wacket.uncatalogued")) == ["m3.v 3.0", "m4.v 4.0"]


async def test_nothing_is_told_before_it_is_on_disk(journal: ControlledJournal, catalogue: Catalogue) -> None:
    bus = Bus()
    intake = Intake(journal, catalogue, bus, Limits(window_ms=0, gentle_window_ms=1), lambda: NOW)
    running = asyncio.create_task(intake.run())
    with bus.subscribe("batches") as told:
        journal.broken = "no"
        with pytest.raises(Unavailable):
            await intake.accept(text(b"lost\n"))
        journal.broken = ""
        await intake.accept(text(b"kept\n"))
        message = await anext(aiter(told))
        assert message.batch.logs.body.to_list() == ["kept"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    intake.close()
