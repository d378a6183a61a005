"""Accounts, their rights, and sessions that end when they should."""

from __future__ import annotations

import pytest

from wacket.errors import BadRequest, NotFound
from wacket.ledger import people, sessions
from wacket.ledger.people import ROLES

RANDOM = bytes(range(32))


@pytest.fixture
def ada(ledger, clock):
    return ledger.write_sync(lambda c: people.create(c, "ada", "viewer", "phc", clock.now))


def test_roles_have_the_rights_that_were_promised():
    expected = {
        "admin": {"own", "ingest", "read", "operate", "admin"},
        "operator": {"own", "read", "operate"},
        "viewer": {"own", "read"},
        "student": {"own"},
    }
    assert expected == ROLES


def test_create_and_find(ledger, ada, clock):
    assert (ada.name, ada.role, ada.created, ada.disabled) == ("ada", "viewer", clock.now, False)
    assert ledger.read(people.anybody)
    assert ledger.read(people.all_people) == [ada]
    assert ledger.read(lambda c: people.credentials(c, "ada")) == (ada, "phc")
    assert ledger.read(lambda c: people.credentials(c, "Ada")) is None


def test_nobody_yet(ledger):
    assert not ledger.read(people.anybody)
    with pytest.raises(NotFound, match="nobody here is named 'ada'"):
        ledger.read(lambda c: people.by_name(c, "ada"))


@pytest.mark.parametrize("name", ["", " ada", "a\nb", "<b>", "a/b", "x" * 64, "-ada"])
def test_unfit_names(ledger, name):
    with pytest.raises(BadRequest) as refused:
        ledger.write_sync(lambda c: people.create(c, name, "viewer", "phc", 0))
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace", "Jürgen", "o'neill", "a@b.org", "1234567"])
def test_fit_names(ledger, name):
    assert ledger.write_sync(lambda c: people.create(c, name, "student", "phc", 0)).name == name


def test_taken_name_and_unknown_role(ledger, ada):
    with pytest.raises(BadRequest, match="already"):
        ledger.write_sync(lambda c: people.create(c, "ada", "viewer", "phc", 0))
    with pytest.raises(BadRequest, match="admin, operator, viewer, student"):
        ledger.write_sync(lambda c: people.change(c, "ada", role="king"))


def test_change_leaves_the_rest(ledger, ada):
    changed = ledger.write_sync(lambda c: people.change(c, "ada", role="admin"))
    assert (changed.role, changed.disabled) == ("admin", False)
    ledger.write_sync(lambda c: people.change(c, "ada", password="other"))
    assert ledger.read(lambda c: people.credentials(c, "ada")) == (changed, "other")
    assert ledger.write_sync(lambda c: people.change(c, "ada", disabled=True)).disabled
    assert not ledger.write_sync(lambda c: people.change(c, "ada", disabled=False)).disabled


@pytest.fixture
def secret(ledger, ada, clock):
    return ledger.write_sync(lambda c: sessions.begin(c, ada, RANDOM, clock.now, "peer"))


def whose(ledger, secret, at):
    return ledger.read(lambda c: sessions.person_of(c, secret, at))


def test_session_belongs_to_its_person_until_it_expires(ledger, ada, secret, clock):
    assert whose(ledger, secret, clock.now) == ada
    assert whose(ledger, secret, clock.now + sessions.LIFETIME - 1) == ada
    assert whose(ledger, secret, clock.now + sessions.LIFETIME) is None
    assert whose(ledger, secret[:-1], clock.now) is None
    assert whose(ledger, "", clock.now) is None


def test_session_is_stored_as_a_hash(secret, tmp_path):
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.glob("ledger.db*"))


def test_session_shows_the_account_as_it_is_now(ledger, secret, clock):
    ledger.write_sync(lambda c: people.change(c, "ada", role="admin"))
    assert whose(ledger, secret, clock.now).role == "admin"
    ledger.write_sync(lambda c: people.change(c, "ada", disabled=True))
    assert whose(ledger, secret, clock.now) is None


def test_session_ends_with_logout_and_with_the_account(ledger, ada, secret, clock):
    ledger.write_sync(lambda c: sessions.end(c, secret))
    assert whose(ledger, secret, clock.now) is None
    other = ledger.write_sync(lambda c: sessions.begin(c, ada, RANDOM, clock.now, "peer"))
    ledger.write_sync(lambda c: people.remove(c, "ada"))
    assert whose(ledger, other, clock.now) is None


def test_end_all_spares_one(ledger, ada, secret, clock):
    other = ledger.write_sync(lambda c: sessions.begin(c, ada, RANDOM[::-1], clock.now, "peer"))
    ledger.write_sync(lambda c: sessions.end_all(c, ada, but=other))
    assert whose(ledger, secret, clock.now) is None
    assert whose(ledger, other, clock.now) == ada


def test_expired_sessions_are_forgotten(ledger, ada, secret, clock):
    late = clock.now + sessions.LIFETIME
    ledger.write_sync(lambda c: sessions.begin(c, ada, RANDOM[::-1], late, "peer"))
    assert whose(ledger, secret, clock.now) is None
