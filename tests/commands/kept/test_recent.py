"""What was told is there after a crash, whatever became of the files of the commands themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.commands.kept.speaking import everything, feed, numbered, running

from wacket.commands.kept import outputs as module
from wacket.commands.kept.recent import Entry, Recent

NUMBERS = some.integers(0, 2**64 - 1)
ENTRIES = some.lists(some.builds(Entry, NUMBERS, NUMBERS, NUMBERS, some.binary(max_size=50)), max_size=5)


@pytest.mark.slow
@given(entries=ENTRIES, torn=some.integers(0, 300), noise=some.binary(max_size=60))
def test_whole_entries_are_read_and_nothing_else(tmp_path_factory, entries: list[Entry], torn: int, noise: bytes):
    path = tmp_path_factory.mktemp("recent") / "recent"
    recent = Recent(path)
    recent.append(entries)
    assert list(recent.entries()) == entries
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - torn)] + noise)
    left = list(recent.entries())
    assert left == entries[: len(left)]
    if torn:
        assert sum(len(entry.packed()) for entry in left) <= max(0, len(content) - torn) or noise
    recent.clear()
    assert list(recent.entries()) == []
    recent.close()


@pytest.mark.slow
async def test_what_was_told_is_there_whatever_a_crash_left_of_the_commands_file(tmp_path: Path):
    records = numbered(20)
    whole = b"".join(records)
    for torn in (0, 1, len(records[0]) - 1, len(records[0]), len(whole) - 1, len(whole)):
        for behind in (b"", bytes(5000), b"\xff" * 100):
            folder = tmp_path / f"{torn}-{len(behind)}"
            async with running(folder) as outputs:
                incoming = outputs.begin(1, 7, known=False)
                for one in records:
                    await feed(outputs, incoming, [one])
                digest = incoming.spool.digest()
            (folder / "1" / "7.records").write_bytes(whole[:torn] + behind)
            async with running(folder) as outputs:
                incoming = outputs.begin(1, 7, known=True)
                assert incoming.received.offset == len(whole)
                assert incoming.spool.digest() == digest
                assert b"".join(piece.record() for piece in everything(outputs)) == whole


async def test_what_was_torn_before_it_was_told_is_taken_again(tmp_path: Path):
    records = numbered(6)
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=False)
        for one in records:
            await feed(outputs, incoming, [one])
    recent, own = tmp_path / "recent", tmp_path / "1" / "7.records"
    size, whole = recent.stat().st_size, own.read_bytes()
    entries = recent.read_bytes()
    for torn in (1, size // 6, size // 6 + 1, size // 2 + 3):
        recent.write_bytes(entries[: size - torn])
        own.write_bytes(whole)
        async with running(tmp_path) as outputs:
            left = (size - torn) // (size // 6)
            at = outputs.begin(1, 7, known=True).received.offset
            assert at == left * len(records[0])
    async with running(tmp_path) as outputs:
        incoming = outputs.begin(1, 7, known=True)
        await feed(outputs, incoming, records[incoming.received.offset // len(records[0]) :])
        assert b"".join(piece.record() for piece in everything(outputs)) == whole


async def test_all_is_brought_home_when_much_was_said(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "MOST_RECENT", 1000)
    async with running(tmp_path) as outputs:
        incoming = [outputs.begin(1, node, known=False) for node in range(3)]
        for _ in range(2):
            for one in incoming:
                await feed(outputs, one, numbered(4))
        await feed(outputs, incoming[0], numbered(1))
    assert (tmp_path / "recent").stat().st_size < 1000
    (tmp_path / "recent").write_bytes(b"")
    async with running(tmp_path) as outputs:
        assert outputs.begin(1, 1, known=True).received == incoming[1].received
