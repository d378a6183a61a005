"""Passwords: Argon2id with OWASP's figures, the same password however it was typed, and nobody's never
fits.
"""

from __future__ import annotations

import pytest

from wacket.errors import BadRequest
from wacket.ledger import passwords
from wacket.ledger.passwords import Proved

SALT = bytes(range(16))


def test_fits_only_the_password():
    stored = passwords.make("correct horse", SALT)
    assert passwords.fits("correct horse", stored)
    for wrong in ("", "correct hors", "Correct horse", "correct horse ", "x" * 10_000, "\ud800"):
        assert not passwords.fits(wrong, stored)


def test_salt_matters():
    assert passwords.make("correct horse", SALT) != passwords.make("correct horse", SALT[::-1])


def test_parameters_are_owasps(monkeypatch):
    monkeypatch.undo()
    stored = passwords.make("correct horse", SALT)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_composed_and_decomposed_letters_are_one_password():
    assert passwords.fits("cafe\u0301 noir", passwords.make("caf\u00e9 noir", SALT))


@pytest.mark.parametrize("password", ["", "7 chars", "x" * 257])
def test_unfit_lengths(password):
    with pytest.raises(BadRequest, match="8 to 256"):
        passwords.make(password, SALT)


def test_nobodys_password_is_verified_like_any_other_and_never_fits(monkeypatch):
    monkeypatch.undo()
    real, nobody = passwords.make("correct horse", SALT).split("$"), passwords.NOBODY.split("$")
    assert real[:4] == nobody[:4]
    assert list(map(len, real)) == list(map(len, nobody))
    assert not passwords.fits("correct horse", passwords.NOBODY)


def test_what_was_proved_holds_for_that_stored_password_and_that_long():
    proved = Proved(b"k" * 32, keep=100)
    proved.add("ada", "correct horse", "phc-1", 1000)
    assert proved.holds("ada", "correct horse", "phc-1", 1099)
    assert not proved.holds("ada", "correct horse", "phc-1", 1100)
    assert not proved.holds("ada", "correct horse", "phc-2", 1050)
    assert not proved.holds("bob", "correct horse", "phc-1", 1050)
    assert not proved.holds("ada", "wrong", "phc-1", 1050)


def test_what_was_proved_is_bounded():
    proved = Proved(b"k" * 32, most=3)
    for number in range(10):
        proved.add(f"user{number}", "password", "phc", number)
    assert not proved.holds("user6", "password", "phc", 10)
    assert all(proved.holds(f"user{number}", "password", "phc", 10) for number in (7, 8, 9))
