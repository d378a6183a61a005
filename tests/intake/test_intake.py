"""The intake over a journal that the test controls: what is acknowledged, and what is known twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.support.journal import NOW, ControlledJournal, text

from wacket.bus.memory import Bus
from wacket.errors import BadRequest, Unavailable
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import MOST_LINES, Intake
from wacket.records import REJECT_SOURCE, Envelope
from wacket.settings import Intake as Limits


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


async def test_too_many_lines_at_once_are_refused_before_they_cost_anything(
    intake: Intake, journal: ControlledJournal
) -> None:
    with pytest.raises(BadRequest, match="1,048,576 lines at once"):
        await intake.accept(text(b"x\n" * (MOST_LINES + 1)))
    assert journal.commits == 0
    assert intake.waiting.statistics()["waiting_bytes"] == 0


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


async def test_while_somebody_watches_what_comes_is_stored_at_once(
    journal: ControlledJournal, catalogue: Catalogue
) -> None:
    bus = Bus()
    limits = Limits(window_ms=0, gentle_window_ms=3_600_000, watched_window_ms=1)
    intake = Intake(journal, catalogue, bus, limits, lambda: NOW)
    running = asyncio.create_task(intake.run())
    with bus.subscribe("batches", watching=True) as told:
        intake.submit(replace(text(b"seen\n"), urgent=False), None)
        async with asyncio.timeout(10):
            assert (await anext(aiter(told))).batch.logs.body.to_list() == ["seen"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    intake.close()
