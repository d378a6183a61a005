"""What the disk does to the ledger is told as what it is; our own mistakes are not hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from tests.support.damage import spoil_table

from wacket.errors import BadSettings, StoreDamaged, Unavailable
from wacket.ledger import nodes
from wacket.ledger.store import Ledger


def test_a_place_that_cannot_be_used_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(BadSettings, match=r"ledger\.db cannot be used: unable to open"):
        Ledger.open(tmp_path / "ledger.db")


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a ledger " * 400)
    with pytest.raises(StoreDamaged, match="put a backup"):
        Ledger.open(tmp_path / "ledger.db")


async def test_damage_that_shows_later_is_told_to_who_reads_and_writes(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    spoil_table(tmp_path / "ledger.db", "nodes")
    ledger = Ledger.open(tmp_path / "ledger.db")
    with pytest.raises(Unavailable, match=r"ledger\.db is damaged"):
        await ledger.write(lambda c: nodes.create(c, "rig", "board", "adopted", "name:rig", 1))
    with pytest.raises(Unavailable, match=r"ledger\.db is damaged"):
        ledger.read(nodes.all_nodes)
    assert ledger.read(lambda c: c.execute(text("select count(*) from tokens")).scalar()) == 0
    ledger.close()


async def test_a_disk_that_takes_nothing_more(ledger: Ledger) -> None:
    def full(connection):
        pages = connection.exec_driver_sql("pragma page_count").scalar()
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        for number in range(10_000):
            nodes.create(connection, f"rig-{number}", "board", "adopted", f"name:{number}", 1)

    with pytest.raises(Unavailable, match="full"):
        await ledger.write(full)
    assert ledger.read(nodes.all_nodes) == []


async def test_our_own_mistakes_are_not_told_as_trouble_with_the_disk(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError):
        await ledger.write(lambda c: c.exec_driver_sql("insert into people (id) values (1)"))
    with pytest.raises(ProgrammingError):
        ledger.read(lambda c: c.exec_driver_sql("select ?", ()))
