"""Tokens: shown once, kept as a hash, worth nothing from the moment they are revoked or expire."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from wacket.errors import BadRequest, NotFound, Unavailable
from wacket.ledger.tokens import Tokens


@pytest.fixture
def tokens(ledger, clock) -> Tokens:
    return Tokens(ledger, clock)


async def test_secret_is_random_and_not_stored(tokens, ledger, tmp_path):
    token, secret = await tokens.create("rig", ["ingest"], node="rig-3", created_by="owner")
    other = (await tokens.create("rig", ["ingest"]))[1]
    assert secret.startswith("wkt_") and len(secret) == 47 and secret != other
    assert (token.scopes, token.node, token.created_by) == (frozenset({"ingest"}), "rig-3", "owner")
    assert not any(secret[4:].encode() in file.read_bytes() for file in tmp_path.glob("ledger.db*"))


async def test_check_finds_the_token_and_nothing_else(tokens):
    token, secret = await tokens.create("rig", ["ingest", "read"])
    assert tokens.check(secret) == token
    for wrong in ("", "wkt_", secret[:-1], secret + "x", secret.lower(), "\udcff"):
        assert tokens.check(wrong) is None


async def test_tokens_hold_after_a_restart(tokens, ledger, clock):
    _, secret = await tokens.create("rig", ["ingest"])
    gone, other = await tokens.create("old", ["ingest"])
    await tokens.revoke(gone.id)
    again = Tokens(ledger, clock)
    assert again.check(secret) is not None
    assert again.check(other) is None


async def test_revoked_at_once(tokens):
    token, secret = await tokens.create("rig", ["admin"])
    assert tokens.is_live(token.id)
    assert (await tokens.revoke(token.id)).revoked is not None
    assert tokens.check(secret) is None
    assert not tokens.is_live(token.id)
    with pytest.raises(NotFound, match="no token"):
        await tokens.revoke(token.id)


async def test_expires_to_the_microsecond(tokens, clock):
    token, secret = await tokens.create("rig", ["read"], expires=clock.now + 10_000_000)
    clock.now += 9_999_999
    assert tokens.check(secret) is not None
    clock.now += 1
    assert tokens.check(secret) is None
    assert not tokens.is_live(token.id)


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "field"),
    [
        ("", ["read"], None, "name"),
        (" ", ["read"], None, "name"),
        ("a\nb", ["read"], None, "name"),
        ("a/b", ["read"], None, "name"),
        ("x" * 64, ["read"], None, "name"),
        ("rig", [], None, "scopes"),
        ("rig", ["read", "fly"], None, "scopes"),
        ("rig", ["read"], 1, "expires"),
    ],
)
async def test_unfit_tokens_are_refused(tokens, name, scopes, expires, field):
    with pytest.raises(BadRequest) as refused:
        await tokens.create(name, scopes, expires=expires)
    assert refused.value.field == field
    assert tokens.list() == []


async def test_a_token_may_hold_a_hundred_years_and_no_longer(tokens, clock):
    longest = clock.now + 36_500 * 86_400_000_000
    assert (await tokens.create("rig", ["read"], expires=longest))[0].expires == longest
    with pytest.raises(BadRequest, match="36,500 days"):
        await tokens.create("rig", ["read"], expires=longest + 1)


async def test_a_failure_in_the_same_transaction_makes_no_token(tokens):
    def fail(connection, token):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await tokens.create("rig", ["read"], also=fail)
    assert tokens.list() == []
    token, secret = await tokens.create("rig", ["read"])
    with pytest.raises(OSError, match="disk full"):
        await tokens.revoke(token.id, also=fail)
    assert tokens.check(secret) is not None


async def test_last_use_is_listed_at_once_and_written_by_flush(tokens, ledger, clock):
    token, secret = await tokens.create("rig", ["read"])
    clock.pass_(5)
    tokens.check(secret)
    assert tokens.list()[0].last_used == clock.now
    await tokens.flush()
    stored = ledger.read(lambda c: c.execute(text("select last_used from tokens")).scalar())
    assert stored == clock.now
    assert token.last_used is None


async def test_last_use_is_not_forgotten_when_it_cannot_be_written(tokens, ledger, clock, monkeypatch):
    _, secret = await tokens.create("rig", ["read"])
    tokens.check(secret)
    write = ledger.write

    async def used_meanwhile(work):
        clock.pass_(5)
        tokens.check(secret)
        await write(work)

    async def fail(work):
        raise Unavailable("the disk is full")

    monkeypatch.setattr(ledger, "write", fail)
    with pytest.raises(Unavailable):
        await tokens.flush()
    monkeypatch.setattr(ledger, "write", used_meanwhile)
    await tokens.flush()
    monkeypatch.setattr(ledger, "write", write)
    await tokens.flush()
    assert ledger.read(lambda c: c.execute(text("select last_used from tokens")).scalar()) == clock.now
    monkeypatch.setattr(ledger, "write", fail)
    await tokens.flush()
