"""Set-up codes: 40 bits, readable, hashed, one use, 15 minutes."""

from __future__ import annotations

import re

import pytest

from wacket.errors import NotFound
from wacket.ledger import setup

RANDOM = bytes([0x3A, 0x6E, 0x27, 0x4D, 0xAF])


@pytest.fixture
def link(ledger, clock):
    return ledger.write_sync(lambda c: setup.issue(c, RANDOM, clock.now))


def check(ledger, code, at):
    ledger.read(lambda c: setup.check(c, code, at))


def use(ledger, code, at):
    ledger.write_sync(lambda c: setup.use(c, code, at))


def test_code_is_the_random_bits(link, clock):
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", link.code)
    number = 0
    for letter in link.code.replace("-", ""):
        number = number * 32 + setup.ALPHABET.index(letter)
    assert number == int.from_bytes(RANDOM, "big")
    assert link.expires == clock.now + 15 * 60 * 1_000_000


def test_code_is_stored_as_a_hash(link, tmp_path):
    for form in (link.code, link.code.replace("-", "")):
        assert not any(form.encode() in file.read_bytes() for file in tmp_path.glob("ledger.db*"))


def test_code_may_be_typed_freely(ledger, clock):
    link = ledger.write_sync(lambda c: setup.issue(c, bytes(5), clock.now))
    assert link.code == "0000-0000"
    for typed in ("00000000", "oOoO oOoO", " 0000-0000 ", "0-0-0-0-0-0-0-0"):
        check(ledger, typed, clock.now)


def test_works_once(ledger, link, clock):
    check(ledger, link.code, clock.now)
    use(ledger, link.code, clock.now)
    for again in (check, use):
        with pytest.raises(NotFound, match=r"used already.*wacket setup-link"):
            again(ledger, link.code, clock.now + 1)


def test_works_for_fifteen_minutes(ledger, link):
    check(ledger, link.code, link.expires - 1)
    for late in (check, use):
        with pytest.raises(NotFound, match=r"expired.*wacket setup-link"):
            late(ledger, link.code, link.expires)


@pytest.mark.parametrize("code", ["", "7KQ2-M9XF", "x" * 10_000, "' or 1=1 --", "\u202e"])
def test_unknown_code(ledger, link, clock, code):
    for tried in (check, use):
        with pytest.raises(NotFound, match=r"not known.*wacket open"):
            tried(ledger, code, clock.now)


def test_old_codes_are_forgotten_after_a_day(ledger, link):
    ledger.write_sync(lambda c: setup.issue(c, bytes(5), link.expires + setup.KEPT))
    with pytest.raises(NotFound, match="not known"):
        check(ledger, link.code, link.expires + setup.KEPT)
