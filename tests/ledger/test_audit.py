"""The audit log keeps what it is given, bounded, newest first."""

from __future__ import annotations

from wacket.ledger import audit
from wacket.ledger.audit import Act


def write(ledger, *acts):
    def work(connection):
        for act in acts:
            audit.record(connection, act)

    ledger.write_sync(work)


def test_keeps_all_fields(ledger):
    write(ledger, Act(7, "person:ada", "::1", "token.create", "rig-3", "ok", {"id": 3, "scopes": ["read"]}))
    (row,) = ledger.read(lambda c: audit.page(c, 10))
    assert row[1:] == (7, "person:ada", "::1", "token.create", "rig-3", "ok", {"id": 3, "scopes": ["read"]})


def test_pages_from_the_newest(ledger):
    write(ledger, *(Act(number, "owner", "", "act", str(number)) for number in range(5)))
    first = ledger.read(lambda c: audit.page(c, 2))
    second = ledger.read(lambda c: audit.page(c, 2, before=first[-1].id))
    last = ledger.read(lambda c: audit.page(c, 2, before=second[-1].id))
    assert [row.subject for row in first + second + last] == ["4", "3", "2", "1", "0"]


def test_hostile_lengths_are_cut(ledger):
    long = "x" * 100_000
    write(ledger, Act(0, long, long, long, long, "refused", {"reason": long}))
    (row,) = ledger.read(lambda c: audit.page(c, 1))
    assert max(map(len, (row.actor, row.peer, row.act, row.subject))) == audit.TEXT_LIMIT
    assert 0 < len(row.details["shortened"]) <= audit.DETAILS_LIMIT
