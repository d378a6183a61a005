"""Envelopes into batches: how much is decoded at once, and what is told and kept of what was refused."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from wacket import formats
from wacket.formats import text
from wacket.intake import decoding, portions
from wacket.intake.catalogue import Catalogue
from wacket.intake.decoding import MOST_TOLD, Group, decode
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.records import REJECT_SOURCE, Decoded, Envelope
from wacket.settings import Intake as Limits

NOW = 1_700_000_000_000_000


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    ledger = Ledger.open(tmp_path / "ledger.db")
    for name in ("one", "two"):
        ledger.write_sync(
            lambda connection, name=name: nodes.create(connection, name, "board", "adopted", f"name:{name}", NOW)
        )
    yield Catalogue(ledger, Limits(), lambda: NOW)
    ledger.close()


def sent(form: str, *bodies: bytes) -> list[Envelope]:
    return [Envelope("test", "here", 1 + place % 2, form, NOW, body) for place, body in enumerate(bodies)]


def refused(group: Group) -> list[tuple[str, dict[str, object]]]:
    """Text and attributes of the log records about refused frames."""
    return [
        (body, msgspec.json.decode(attrs))
        for logs in group.logs
        for body, attrs, source in zip(logs.body.to_list(), logs.attrs.to_list(), logs.source.to_list(), strict=True)
        if source == REJECT_SOURCE
    ]


def test_of_many_refused_lines_the_first_are_told_one_by_one_and_all_are_kept(catalogue: Catalogue) -> None:
    lines = [b"nonsense%d" % number for number in range(3 * MOST_TOLD)]
    group = decode(sent("influx", b"m v=1 1000\n", b"\n".join(lines)), catalogue)
    assert (group.frames, group.refused) == ([1, len(lines)], [0, len(lines)])
    assert [reject.offset for reject in group.rejects[1]] == list(range(MOST_TOLD))
    kept = refused(group)
    assert "\n".join(body for body, _ in kept).encode().split(b"\n") == lines
    assert len(kept) < MOST_TOLD + 2 * MOST_TOLD / decoding.TOGETHER + 1
    assert kept[-1][1]["frame"] == 3 * MOST_TOLD - (2 * MOST_TOLD % decoding.TOGETHER)


@pytest.mark.slow
def test_a_refused_line_costs_little_when_there_are_very_many(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "MOST_LINES", 1000)
    body = b"x\n" * 40_000
    decode(sent("influx", b"x\n" * 2000), catalogue)  # what is made once is not counted
    tracemalloc.start()
    try:
        group = decode(sent("influx", body), catalogue)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert group.refused == [40_000]
    assert peak < 50 * len(body)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["influx", "ndjson", "plotter", "text", "auto", "energy", "csv"])
def test_portions_give_what_the_whole_gives(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    body = b"".join(
        b'm,a=b v=%d %d000\n{"t":%d}\nt:%d\r\n\nnonsense\n' % (number, number, number, number) for number in range(50)
    )
    envelopes = sent(form, b"t:1\n", body, b"", b"\n" * 90 + b"t:2", body)
    whole = decode(envelopes, catalogue)
    monkeypatch.setattr(portions, "MOST_LINES", 16)
    parts = decode(envelopes, catalogue)
    assert (parts.frames, parts.refused) == (whole.frames, whole.refused)
    assert parts.rejects == whole.rejects
    assert rows(parts) == rows(whole)


def rows(group: Group) -> tuple[list[tuple[int, int, float]], list[str]]:
    readings = [
        row
        for part in group.readings
        for row in zip(part.series.tolist(), part.at.tolist(), part.value.tolist(), strict=True)
    ]
    return readings, sorted(body for part in group.logs for body in part.body.to_list())


class Shallow(ModuleType):
    """A format that a deep line throws off, together with all that is decoded with it."""

    def decode(self, envelopes: Sequence[Envelope]) -> Decoded:
        if any(b"deep" in envelope.body for envelope in envelopes):
            raise RecursionError
        return text.decode(envelopes)


def test_a_line_that_ends_the_stack_is_refused_alone(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find", Shallow)
    group = decode(sent("text", b"a\nb\n", b"c\n\ndeep\nd\ne", b"f\n", b"deep"), catalogue)
    assert (group.frames, group.refused) == ([2, 4, 1, 1], [0, 1, 0, 1])
    assert [reject.offset for reject in group.rejects[1]] == [1]
    assert rows(group)[1] == ["a", "b", "c", "d", "deep", "deep", "e", "f"]


@pytest.mark.parametrize("form", formats.known())
@pytest.mark.parametrize("depth", [900, 950, 980, 988, 992, 1000])
def test_nesting_ends_nothing(catalogue: Catalogue, form: str, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    lines = [b'{"x":1,"labels":{"a":%s}}' % nested, b'{"x":%s}' % nested, b'{"Power":%s}' % nested, b"t:1"]
    group = decode(sent(form, b"\n".join(lines) + b"\n"), catalogue)
    assert group.frames == [3 if form == "csv" else 4]
