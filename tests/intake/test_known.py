"""What is remembered of keys."""

from __future__ import annotations

from wacket.history.shapes import StoredReceipt
from wacket.intake.known import Known
from wacket.records import Envelope, Receipt

NOW = 1_700_000_000_000_000


def test_receipts_that_older_versions_stored_are_understood() -> None:
    known = Known([], [StoredReceipt("7", "k", b"[1,0,[],0,null]", NOW)])
    envelope = Envelope("http", "peer", 7, "text", NOW, b"anything", key="k")
    assert not known.claim_key(envelope)
    assert known.receipt(envelope) == Receipt(1, 0)
