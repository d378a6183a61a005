"""A machine that becomes a new node: what it throws away, and that no crash makes it throw away more."""

from __future__ import annotations

from pathlib import Path

import pytest

from wacket_agent import rejoining
from wacket_agent.journal.store import Store
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.opening import Joining

JOINING = Joining(9, bytes(range(16)), "pi-11")


def epochs(state: Path) -> set[str]:
    store = Store.open(state)
    try:
        return {store.stream(name).epoch for name in ("metrics", "logs")}
    finally:
        store.close()


def key_id(state: Path) -> str:
    identity = Identity.load(state)
    assert identity is not None
    return identity.key_id


def test_without_a_request_nothing_changes(tmp_path: Path) -> None:
    assert rejoining.prepare(tmp_path) is None


def test_key_and_numbering_are_new_once(tmp_path: Path) -> None:
    old_key, old_epochs = Identity.make(tmp_path).key_id, epochs(tmp_path)
    rejoining.ask(tmp_path, JOINING)
    assert key_id(tmp_path) == old_key, "only at the next start"
    assert rejoining.prepare(tmp_path) == JOINING
    new_key, new_epochs = key_id(tmp_path), epochs(tmp_path)
    assert new_key != old_key
    assert not new_epochs & old_epochs
    assert rejoining.prepare(tmp_path) == JOINING, "the agent ended before the hub had answered"
    assert (key_id(tmp_path), epochs(tmp_path)) == (new_key, new_epochs)
    rejoining.done(tmp_path)
    rejoining.done(tmp_path)
    assert rejoining.prepare(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"token": "x", "secret": "", "name": ""}', "\x00"])
def test_a_damaged_request_is_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / "joining.json").write_text(text)
    assert rejoining.prepare(tmp_path) is None
    assert not (tmp_path / "joining.json").exists()


def test_the_secret_is_kept_from_others(tmp_path: Path) -> None:
    rejoining.ask(tmp_path, JOINING)
    assert (tmp_path / "joining.json").stat().st_mode & 0o077 == 0
