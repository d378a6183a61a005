"""What is not done twice, and what is left to later: each command is to cost its machine little."""

from __future__ import annotations

import pytest

from wacket_agent.commands import accounts
from wacket_agent.commands.command import Command


def test_accounts_that_are_not_there_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    there: set[str] = set()

    def find(name: str) -> accounts.Account | None:
        asked.append(name)
        return accounts.Account(name, 7, 7, "/") if name in there else None

    monkeypatch.setattr(accounts, "find", find)
    monkeypatch.setattr(accounts, "_first_known", (None, ""))
    monkeypatch.setattr(accounts, "_last_change", lambda: 1)
    assert [accounts.first_known(("a", "b")) for _ in range(3)] == ["", "", ""]
    assert asked == ["a", "b"]
    there.add("b")
    monkeypatch.setattr(accounts, "_last_change", lambda: 2)
    assert accounts.first_known(("a", "b")) == accounts.first_known(("a", "b")) == "b"
    assert accounts.first_known(("c",)) == ""
    assert asked == ["a", "b", "a", "b", "c"]


def test_an_end_that_nobody_settles_is_synced_once() -> None:
    command = Command("c", "/nowhere", None)
    assert [command.wants_sync(moment) for moment in (10.0, 10.1, 10.4, 10.5, 10.6, 20.0)] == [
        *(False, False, False),
        *(True, False, False),
    ]
