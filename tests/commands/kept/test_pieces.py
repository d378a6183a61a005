"""The records of an output: what is whole comes back as it was, and nothing else is taken."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.commands.kept.pieces import (
    CUT,
    ERR,
    FURTHEST,
    HEAD,
    LONGEST,
    OUT,
    Cut,
    Extent,
    Piece,
    between,
    pieces,
    whole,
)
from wacket.errors import BadRequest

CUTS = some.builds(lambda out, err, more: Cut(out, err, out + err + more), *[some.integers(0, 10**9)] * 3).map(
    Cut.payload
)
RECORDS = some.lists(
    some.one_of(
        some.tuples(some.sampled_from([OUT, ERR]), some.integers(0, 2**64 - 1), some.binary(max_size=50)),
        some.tuples(some.just(CUT), some.integers(0, 2**64 - 1), CUTS),
    )
)


def data(records: list[tuple[int, int, bytes]]) -> bytes:
    return b"".join(HEAD.pack(kind, at, len(payload)) + payload for kind, at, payload in records)


@pytest.mark.slow
@given(RECORDS, some.integers(0, 10**12))
def test_what_was_written_is_read(records: list[tuple[int, int, bytes]], offset: int):
    found = whole(data(records), offset)
    assert [(piece.kind, piece.at, piece.payload) for piece in found] == records
    assert b"".join(piece.record() for piece in found) == data(records)
    place = offset
    for piece in found:
        assert piece.offset == place
        place = piece.next
        assert place == piece.offset + piece.size + (piece.cut.skipped if piece.kind == CUT else 0)


@pytest.mark.slow
@given(RECORDS, some.integers(1, 40))
def test_a_torn_end_is_no_whole_output_but_what_is_before_it_can_be_read(records, torn: int):
    raw = data(records)[:-torn]
    before = list(pieces(raw, 0))
    assert [(one.kind, one.at, one.payload) for one in before] == records[: len(before)]
    if sum(piece.size for piece in before) < len(raw):
        with pytest.raises(BadRequest):
            whole(raw, 0)


@pytest.mark.slow
@given(some.binary(max_size=200))
def test_any_bytes_are_records_or_refused(raw: bytes):
    with contextlib.suppress(BadRequest):
        assert b"".join(piece.record() for piece in whole(raw, 0)) == raw


def test_extents_count_both_streams_and_what_was_cut():
    raw = data([(OUT, 1, b"abc"), (ERR, 2, b"de"), (CUT, 3, Cut(100, 20, 500).payload()), (OUT, 4, b"f")])
    extent = Extent()
    for piece in whole(raw, 0):
        extent = extent.behind(piece)
    assert extent == (len(raw) + 500, 104, 22)


def test_the_cut_between_two_places_leads_from_one_to_the_other():
    before, after = Extent(100, 70, 4), Extent(5000, 4000, 60)
    assert before.behind(between(before, after)) == after


def test_a_cut_is_as_nodes_write_it():
    assert json.loads(Cut(1, 2, 3).payload()) == {"out": 1, "err": 2, "bytes": 3}


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"{}", b"[1,2,3]", b"null", b'{"out":-1,"err":0,"bytes":0}', b'{"out":1.5,"err":0,"bytes":0}'),
        *(
            b'{"out":90,"err":90,"bytes":100}',
            b'{"out":true,"err":0,"bytes":0}',
            b'{"out":1,"err":0,"bytes":%d}' % FURTHEST,
            b"[" * 60_000,
            b"\xff",
        ),
    ],
)
def test_cuts_that_are_none(payload: bytes):
    with pytest.raises(BadRequest):
        whole(data([(CUT, 0, payload)]), 0)


def test_many_cuts_do_not_lead_beyond_what_can_be_counted():
    with pytest.raises(BadRequest):
        whole(data([(CUT, 0, Cut(0, 0, FURTHEST - 1).payload())] * 2), 0)


def test_what_stands_for_a_cut_can_be_told_whatever_was_cut():
    assert between(Extent(), Extent(FURTHEST, FURTHEST, 0)).cut == Cut(FURTHEST, 0, FURTHEST)


def test_more_records_than_a_reader_has_time_for():
    raw = data([(OUT, 0, b"")] * 4)
    assert len(whole(raw, 0, 4)) == 4
    with pytest.raises(BadRequest, match="at most 3"):
        whole(raw, 0, 3)


def test_a_record_that_is_too_long():
    with pytest.raises(BadRequest, match="kind 1 with 65537 bytes"):
        whole(data([(OUT, 0, b"x" * (LONGEST + 1))]), 0)
    assert whole(data([(OUT, 7, b"x" * LONGEST)]), 5) == [
        Piece(5, OUT, 7, b"x" * LONGEST, 5 + HEAD.size + LONGEST),
    ]
