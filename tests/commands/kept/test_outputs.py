"""What commands said: told when it is on disk, the same after a kill at any byte, and bounded however much it is."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from tests.commands.kept.speaking import BIG, bytes_below, everything, feed, numbered, running, text, until
from tests.support.agents import record

from wacket.commands.kept import outputs as module
from wacket.commands.kept.outputs import Outputs
from wacket.commands.kept.pieces import CUT, ERR, OUT, Cut, Extent
from wacket.commands.kept.spool import Reader
from wacket.errors import BadRequest


async def test_what_is_taken_in_comes_back_in_order(tmp_path: Path):
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        await feed(outputs, incoming, [record(1, b"one "), record(2, b"bad "), record(1, b"two")])
        found = everything(outputs)
    assert [(piece.kind, piece.payload) for piece in found] == [(OUT, b"one "), (ERR, b"bad "), (OUT, b"two")]
    assert found[-1].next == incoming.durable


async def test_what_comes_again_is_taken_once_and_a_gap_is_refused(tmp_path: Path):
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        first, second, third = numbered(3)
        assert outputs.take(incoming, 0, first)
        assert outputs.take(incoming, 0, first)
        assert outputs.take(incoming, 0, first + second)
        assert not outputs.take(incoming, len(first + second) + 1, third)
        with pytest.raises(BadRequest):
            outputs.take(incoming, len(first + second), third[:-1])
        await feed(outputs, incoming, [third])
        assert b"".join(piece.record() for piece in everything(outputs)) == first + second + third


async def test_a_record_that_begins_within_what_is_there_does_not_follow(tmp_path: Path):
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        await feed(outputs, incoming, numbered(1))
        assert not outputs.take(incoming, 10, record(1, b"x" * 300) + record(1, b"y"))
        assert len(everything(outputs)) == 1


async def test_the_middle_of_what_is_long_is_left_out_and_the_cut_says_how_much(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    records = numbered(1000)
    async with running(tmp_path, head=10_000, tail=20_000) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        for start in range(0, 1000, 50):
            await feed(outputs, incoming, [b"".join(records[start : start + 50])])
        found = everything(outputs)
        kept = bytes_below(tmp_path)
    cuts = [piece for piece in found if piece.kind == CUT]
    assert len(cuts) == 1
    assert 30_000 - 300 < kept <= 10_000 + 2 * 20_000
    assert text(found, OUT)[:100] == b"0" * 100
    assert text(found, ERR)[-100:] == b"%0100d" % 999
    extent = Extent()
    for piece in found:
        assert piece.offset == extent.offset
        extent = extent.behind(piece)
    assert extent == (sum(map(len, records)), 50_000, 50_000)
    assert len(text(found, OUT)) + cuts[0].cut.out == 50_000


async def test_after_a_restart_the_tail_goes_on(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    records = numbered(400)
    for start in range(0, 400, 100):
        async with running(tmp_path, head=5000, tail=10_000) as outputs:
            incoming = outputs.begin(1, 7, known=True)
            assert incoming.received.offset == sum(map(len, records[:start]))
            await feed(outputs, incoming, records[start : start + 100])
            found = everything(outputs)
    assert found[-1].record() == records[-1]
    assert sum(piece.kind == CUT for piece in found) == 1


async def test_what_the_node_cut_is_a_cut_here_too(tmp_path: Path):
    cut = record(0, Cut(7000, 80, 8000).payload())
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        await feed(outputs, incoming, [record(1, b"head"), cut, record(1, b"tail")])
        assert incoming.received == (8000 + 13 + 4 + len(cut) + 13 + 4, 7008, 80)
    async with running(tmp_path) as outputs:
        assert outputs.begin(1, 7, known=True).received == incoming.received


async def test_equal_outputs_have_equal_digests_however_they_came(tmp_path: Path):
    async with running(tmp_path) as outputs:
        digests = []
        for node, records in enumerate(
            [
                [record(1, b"same"), record(2, b"err")],
                [record(2, b"e"), record(1, b"sa", at=5), record(1, b"me"), record(2, b"rr")],
                [record(1, b"same")],
                [record(2, b"same")],
            ]
        ):
            incoming = outputs.begin(1, node, known=False)
            assert incoming.spool.digest() == ""
            await feed(outputs, incoming, records)
            digests.append(incoming.spool.digest())
        again = outputs.begin(1, 0, known=True)
    assert digests[0] == digests[1] == again.spool.digest()
    assert len(set(digests)) == 3


async def test_a_reader_follows_while_more_is_written_and_sees_only_what_is_told(tmp_path: Path):
    async with running(tmp_path, head=1000, tail=1_000_000) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        reader, records, found = Reader(outputs.place(1, 7)), numbered(50), []
        for one in records:
            await feed(outputs, incoming, [one])
            assert reader.read(until=incoming.durable - 1) == []
            found += reader.read(until=incoming.durable, most=1)
    assert b"".join(piece.record() for piece in found) == b"".join(records)


async def test_a_reader_that_is_slow_finds_a_cut_where_it_was_overtaken(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    async with running(tmp_path, head=1000, tail=3000) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        await feed(outputs, incoming, numbered(20))
        reader = Reader(outputs.place(1, 7))
        found = reader.read(most=1500)
        await feed(outputs, incoming, numbered(200))
        while more := reader.read(most=1500):
            found += more
    extent = Extent()
    for piece in found:
        assert piece.offset == extent.offset
        extent = extent.behind(piece)
    assert extent == incoming.received
    assert sum(piece.kind == CUT for piece in found) == 1


async def test_a_disk_that_fails_is_tried_again_and_nothing_is_told_before(tmp_path: Path, monkeypatch, caplog):
    monkeypatch.setattr(module, "RETRY", 0.001)
    from wacket.commands.kept import spool

    real, tries = spool._write_at, iter(range(100))

    def failing(path: Path, position: int, data: bytes) -> None:
        if next(tries) < 3:
            real(path, position, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        real(path, position, data)

    monkeypatch.setattr(spool, "_write_at", failing)
    async with running(tmp_path) as outputs:
        told: list[int] = []
        incoming = outputs.begin(1, 7, lambda: told.append(1), known=False)
        await feed(outputs, incoming, numbered(5))
        assert told == [1]
        assert b"".join(piece.record() for piece in everything(outputs)) == b"".join(numbered(5))
        digest = incoming.spool.digest()
        assert outputs.begin(1, 7, known=True).spool.digest() == digest
    assert len([one for one in caplog.records if "tried again" in one.message]) == 1


async def test_what_there_is_no_room_for_is_not_taken(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "ROOM", 1500)
    outputs = Outputs(tmp_path, BIG, BIG)  # nothing is written yet
    first, second = outputs.begin(1, 7, known=False), outputs.begin(1, 8, known=False)
    assert outputs.take(first, 0, record(1, b"x" * 800))
    assert not outputs.take(second, 0, record(1, b"x" * 800))
    assert second.received == Extent()
    assert outputs.statistics()["refused"] == 1
    going = asyncio.create_task(outputs.run())
    await until(lambda: first.flushed)
    await until(lambda: outputs.statistics()["waiting_bytes"] == 0)
    assert outputs.take(second, 0, record(1, b"x" * 800))
    going.cancel()
    outputs.close()


async def test_who_reads_can_wait_for_room(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "FULL", 1000)
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        await outputs.room()
        assert outputs.take(incoming, 0, record(1, b"x" * 2000))
        async with asyncio.timeout(10):
            await outputs.room()
        assert incoming.flushed


@pytest.mark.slow
async def test_many_commands_at_once_in_pieces_of_any_size(tmp_path: Path):
    dice = random.Random(5)
    said = {
        node: [record(dice.choice((1, 2)), dice.randbytes(dice.randrange(3000))) for _ in range(40)]
        for node in range(20)
    }
    async with running(tmp_path, head=20_000, tail=20_000) as outputs:
        incoming = {node: outputs.begin(3, node, known=False) for node in said}
        for turn in range(40):
            for node, records in said.items():
                assert outputs.take(incoming[node], incoming[node].received.offset, records[turn])
            await asyncio.sleep(0)
        outputs.hurry()
        await until(lambda: all(one.flushed for one in incoming.values()))
        for node, records in said.items():
            found = everything(outputs, 3, node)
            kept = b"".join(piece.record() for piece in found if piece.kind != CUT)
            whole = b"".join(records)
            assert whole.startswith(found[0].record()) and whole.endswith(found[-1].record())
            assert len(whole) == incoming[node].received.offset
            assert len(kept) == len(whole) - sum(piece.cut.skipped for piece in found if piece.kind == CUT)


async def test_tiny_records_count_as_much_as_they_weigh(tmp_path: Path):
    outputs = Outputs(tmp_path, BIG, BIG)  # nothing is written yet
    incoming = outputs.begin(1, 7, known=False)
    assert outputs.take(incoming, 0, record(1, b"") * 1000)
    assert outputs.statistics()["waiting_bytes"] > 100_000
    with pytest.raises(BadRequest, match="at most 20000 records"):
        outputs.take(incoming, incoming.received.offset, record(1, b"") * 20_001)
    outputs.close()
