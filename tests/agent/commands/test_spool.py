"""Output on the disk: what is read is what was written, but for cuts that say exactly what is missing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.agent.commands.desks import Record, records

from wacket_agent.commands import records as codec
from wacket_agent.commands import segments
from wacket_agent.commands.reading import SpoolReader
from wacket_agent.commands.spool import Spool

KEEP = 1 << 16


def read_all(reader: SpoolReader, end: int | None = None) -> list[Record]:
    found = []
    while True:
        place = reader.place
        data = reader.read(5000, end)
        if not data:
            return found
        found += records(data, place)
        assert reader.place > place


def check(found: list[Record], written: list[tuple[int, bytes]], spool: Spool) -> None:
    """Every record that was written is there, or counted in a cut that stands in its place."""
    place, index = 0, 0
    for record in found:
        assert record.offset == place
        if record.kind != codec.CUT:
            assert (record.kind, record.data) == written[index]
            place, index = place + codec.HEAD + len(record.data), index + 1
            continue
        cut = json.loads(record.data)
        behind = place + codec.HEAD + len(record.data) + cut["bytes"]
        missing = {codec.OUT: 0, codec.ERR: 0}
        while place < behind and index < len(written):
            kind, data = written[index]
            missing[kind] += len(data)
            place, index = place + codec.HEAD + len(data), index + 1
        assert (cut["out"], cut["err"]) == (missing[codec.OUT], missing[codec.ERR])
        place = behind
    assert (place, index) == (spool.end, len(written))


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 2**64 - 1), st.binary(min_size=1, max_size=50))),
    st.binary(max_size=30),
)
def test_whole_records_are_found_whatever_follows(entries: list[tuple[int, int, bytes]], rest: bytes) -> None:
    data = b"".join(codec.head(kind, at, len(text)) + text for kind, at, text in entries)
    size, out, err = codec.whole(data)
    assert size == len(data)
    assert (out, err) == tuple(sum(len(text) for kind, _, text in entries if kind == one) for one in (1, 2))
    assert codec.whole(data + b"\x03" + rest)[0] == len(data)
    assert codec.whole(data[:-1])[0] == len(data) - (codec.HEAD + len(entries[-1][2]) if entries else 0)
    assert [(r.kind, r.data) for r in records(data)] == [(kind, text) for kind, _, text in entries]


@given(st.binary(max_size=200))
def test_anything_is_read_as_records_or_left(data: bytes) -> None:
    size, _, _ = codec.whole(data)
    assert 0 <= size <= len(data)
    assert codec.whole(data[:size])[0] == size


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1), st.integers(0, 2000))
def test_the_beginning_of_a_record_is_found(texts: list[bytes], place: int) -> None:
    data = b"".join(codec.head(1, 0, len(text)) + text for text in texts)
    starts = [record.offset for record in records(data)] + [len(data)]
    assert codec.start_of(data, place) == max(start for start in starts if start <= place)


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(codec.LEAST_CUT, 2**40))
def test_a_cut_stands_for_exactly_what_it_says(out: int, err: int, length: int) -> None:
    (record,) = records(codec.cut(5, out, err, length))
    assert len(codec.cut(5, out, err, length)) == codec.LEAST_CUT
    assert records(codec.cut(5, out, err, length) + codec.head(1, 0, 1) + b"x")[1].offset == length
    assert record.kind == codec.CUT


class SpoolLife(RuleBasedStateMachine):
    """A runner writes, an agent reads and removes, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.spool = Spool(self.folder, KEEP)
        self.reader = SpoolReader(self.folder)
        self.written: list[tuple[int, bytes]] = []
        self.found: list[Record] = []

    @rule(kind=st.sampled_from([1, 2]), size=st.integers(1, 3000), times=st.integers(1, 40))
    def write(self, kind: int, size: int, times: int) -> None:
        for _ in range(times):
            data = bytes([len(self.written) % 256]) * size
            self.spool.add(kind, 0, data)
            self.written.append((kind, data))

    @rule(most=st.integers(1, 20_000))
    def read(self, most: int) -> None:
        place = self.reader.place
        self.found += records(self.reader.read(most), place)

    @precondition(lambda self: self.found)
    @rule(part=st.floats(0, 1))
    def resume(self, part: float) -> None:
        """The connection breaks, and the hub has only a part."""
        kept = self.found[: int(part * len(self.found))]
        if any(record.offset < self.released for record in self.found[len(kept) :]):
            return
        place = self.found[len(kept)].offset if len(kept) < len(self.found) else self.reader.place
        self.reader.close()
        self.reader = SpoolReader(self.folder)
        self.reader.go_to(place, self.spool.end)
        assert self.reader.place == place
        self.found = kept

    released = 0

    @rule()
    def acknowledge(self) -> None:
        self.released = self.reader.place
        self.reader.release(self.released)

    @invariant()
    def bounded(self) -> None:
        files = list(Path(self.folder).glob("s.*"))
        touched = int(Path(self.folder, "touched").read_text()) if files else -1
        assert sum(file.stat().st_size for file in files if int(file.name[2:]) > touched) <= KEEP + KEEP // 4

    def teardown(self) -> None:
        self.spool.close()
        self.found += read_all(self.reader, self.spool.end)
        check(self.found, self.written, self.spool)
        self.reader.close()
        shutil.rmtree(self.folder)


TestSpoolLife = pytest.mark.slow(SpoolLife.TestCase)


def test_what_is_kept_is_the_beginning_and_the_newest(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path), KEEP)
    written = [(1, b"%06d" % number) for number in range(20_000)]
    for kind, data in written:
        spool.add(kind, 0, data)
    spool.close()
    found = read_all(SpoolReader(str(tmp_path)), spool.end)
    check(found, written, spool)
    cuts = [index for index, record in enumerate(found) if record.kind == codec.CUT]
    assert len(cuts) == 1
    assert sum(13 + len(record.data) for record in found[: cuts[0]]) >= KEEP // 2
    assert sum(13 + len(record.data) for record in found[cuts[0] :]) >= KEEP // 4


@pytest.mark.parametrize("length", [65_000, 65_536])
def test_the_newest_is_kept_also_where_records_are_long(tmp_path: Path, length: int) -> None:
    spool = Spool(str(tmp_path), 0)  # which keeps the least
    written = [(1, bytes([number]) * length) for number in range(20)]
    for kind, data in written:
        spool.add(kind, 0, data)
    spool.close()
    found = read_all(SpoolReader(str(tmp_path)), spool.end)
    check(found, written, spool)
    assert [record.data[:1] for record in (found[0], found[-1])] == [bytes([0]), bytes([19])]
    assert len(found) < 5


def test_a_torn_record_is_not_read_until_it_is_whole(tmp_path: Path) -> None:
    path = segments.path_of(str(tmp_path), "s", 0)
    record = codec.head(1, 0, 5) + b"hello"
    Path(path).write_bytes(record + record[:-1])
    reader = SpoolReader(str(tmp_path))
    assert reader.read(1000) == record
    assert reader.read(1000) == b""
    with Path(path).open("ab") as file:
        file.write(b"o")
    assert reader.read(1000) == record
    reader.close()


@pytest.mark.parametrize("rest", [codec.head(1, 0, 5) + b"hel", b"\0" * 4096, b"\x01"])
def test_what_a_killed_runner_or_a_power_cut_leaves_is_not_counted(tmp_path: Path, rest: bytes) -> None:
    record = codec.head(1, 0, 5) + b"hello"
    Path(segments.path_of(str(tmp_path), "s", 0)).write_bytes(record + rest)
    reader = SpoolReader(str(tmp_path))
    extent = reader.extent()
    assert extent == (18, 5, 0)
    assert reader.read(1000, extent.end) == record
    assert reader.read(1000, extent.end) == b""
    reader.close()


def test_a_segment_that_is_gone_is_a_cut_when_nobody_writes_any_more(tmp_path: Path) -> None:
    record = codec.head(2, 0, 500) + b"x" * 500
    Path(segments.path_of(str(tmp_path), "s", 0)).write_bytes(record)
    Path(segments.path_of(str(tmp_path), "s", 5000)).write_bytes(record)
    reader = SpoolReader(str(tmp_path))
    extent = reader.extent()
    found = read_all(reader, extent.end)
    assert [(one.offset, one.kind) for one in found] == [(0, 2), (513, 0), (5000, 2)]
    assert reader.place == extent.end == 5513
    reader.close()


@given(st.integers(0, 100_000))
def test_any_offset_of_the_hub_is_borne(place: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(folder, KEEP)
        for _ in range(3):
            spool.add(1, 0, b"x" * 1000)
        spool.close()
        reader = SpoolReader(folder)
        reader.go_to(place, spool.end)
        assert reader.place == (place if place >= spool.end else place // 1013 * 1013)
        read_all(reader, spool.end)
        reader.close()


def test_a_full_disk_costs_output_but_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = False
    write_really, open_really = os.write, os.open

    def write(file: int, data: bytes) -> int:
        if full and len(data) == codec.HEAD + 60:
            raise OSError(errno.ENOSPC, "no space left")
        return write_really(file, data)

    def open_file(path: Any, flags: int, *rest: Any) -> int:
        if full and flags & os.O_CREAT and not Path(path).exists():
            raise OSError(errno.ENOSPC, "no space left")
        return open_really(path, flags, *rest)

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(os, "open", open_file)
    spool, written = Spool(str(tmp_path), KEEP), []
    for number in range(100):
        full = 20 <= number < 40 or 60 <= number < 61 or number >= 95
        written.append((1 + number % 2, b"%03d" % number * 20))
        spool.add(*written[-1][:1], 0, written[-1][1])
    spool.close()
    reader = SpoolReader(str(tmp_path))
    check(read_all(reader, spool.end), written, spool)
    reader.close()


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """Where a small file system can be mounted; elsewhere the test above has to do."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        return
    try:
        spool, written = Spool(str(tmp_path), 1 << 26), []
        for number in range(1000):
            written.append((1, b"%03d" % (number % 1000) * 300))
            spool.add(1, 0, written[-1][1])
        spool.close()
        reader = SpoolReader(str(tmp_path))
        check(read_all(reader, spool.end), written, spool)
        reader.close()
    finally:
        subprocess.run(["umount", tmp_path], check=True)
