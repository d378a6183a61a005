"""What is remembered of keys and numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wacket.history.shapes import Mark, StoredReceipt
from wacket.intake import known as known_module
from wacket.intake.known import MOST_REJECTS, Claim, Known
from wacket.records import Envelope, Receipt, Reject

NOW = 1_700_000_000_000_000


def test_receipts_that_older_versions_stored_are_understood() -> None:
    known = Known([], [StoredReceipt("7", "k", b"[1,0,[],0,null]", NOW)])
    envelope = Envelope("http", "peer", 7, "text", NOW, b"anything", key="k")
    assert not known.claim_key(envelope)
    assert known.receipt(envelope) == Receipt(1, 0)


def test_a_receipt_is_kept_with_its_first_rejects_only() -> None:
    known = Known([], [])
    envelope = Envelope("http", "peer", 7, "text", NOW, b"anything", key="k")
    assert known.claim_key(envelope)
    rejects = tuple(Reject(0, number, "why", b"x" * 256) for number in range(1000))
    stored = known.stored_receipt(envelope, Receipt(0, 5000, rejects), NOW)
    known.confirm([], [stored])
    for one in (known, Known([], [stored])):
        assert one.receipt(envelope) == Receipt(0, 5000, rejects[:MOST_REJECTS])


def numbered(epoch: str, body: bytes = b"a\n", sequence: int = 0) -> Envelope:
    return Envelope("tcp", "peer", 7, "text", NOW, body, epoch=epoch, sequence=sequence)


def store(known: Known, *claims: Claim) -> list[Mark]:
    """As the intake does: what the journal was given."""
    grown = [claim.mark for claim in claims if claim.numbers]
    marks = [*grown, *known.outdated(grown)]
    known.confirm(marks, [])
    return marks


def test_of_many_epochs_the_newest_are_remembered_and_the_others_go_with_the_same_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_module, "MOST_EPOCHS", 20)
    known = Known([Mark("7", f"e{number}", ((0, 0),)) for number in range(20)], [])
    store(known, known.claim(numbered("e0", sequence=1)))  # is new again by that
    assert store(known, known.claim(numbered("new"))) == [Mark("7", "new", ((0, 0),)), Mark("7", "e1", ())]
    assert [known.have(7, epoch) for epoch in ("e0", "e1", "e2", "new")] == [1, -1, 0, 0]
    for number in range(60):
        assert store(known, known.claim(numbered(f"start{number}")))
    assert known.have(7, "new") == -1
    assert [known.have(7, f"start{number}") for number in (39, 40)] == [-1, 0]


def test_many_epochs_at_once_are_all_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_module, "MOST_EPOCHS", 3)
    known = Known([Mark("7", "old", ((0, 0),))], [])
    store(known, *[known.claim(numbered(f"e{number}")) for number in range(5)])
    assert [known.have(7, epoch) for epoch in ("old", "e0", "e4")] == [-1, 0, 0]
    assert store(known, known.claim(numbered("more")))[1:] == [Mark("7", f"e{number}", ()) for number in range(3)]


def test_blank_lines_and_what_is_known_already_make_no_mark() -> None:
    known = Known([Mark("7", "e", ((0, 0),))], [])
    assert store(known, known.claim(numbered("blank", b" \n\n"))) == []
    assert store(known, known.claim(numbered("e"))) == []


def test_a_refused_line_is_one_frame_though_its_start_is_blank() -> None:
    known = Known([], [])
    long = replace(numbered("e", b" " * 256, sequence=5), refusal="the line is too long")
    assert known.claim(long)[:3] == (b" " * 256, range(1), 5)
    assert known.claim(long)[:3] == (b"", [], 5)
