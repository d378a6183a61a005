"""Whatever byte of a journal is changed: it opens, little is lost, and what is lost is told. Here a sample of the
bytes; `pytest -m torture` changes every one of them, which takes an hour."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from wacket.history.journal import Journal, Row
from wacket.history.shapes import Damage, Mark, StoredReceipt

ROWS, PARTS = 12, 16
MARK = Mark("board", "1", ((0, ROWS - 1),))


def row(number):
    return Row(number, "readings", 1, number, number, number, random.Random(number).randbytes(900))


def fill(folder):
    journal = Journal(folder / "journal.db", lambda: 7)
    for number in range(1, ROWS + 1):
        marks = [Mark("board", "1", ((0, number - 1),))]
        receipts = [StoredReceipt("board", f"key {number}", b"{}", number)]
        journal.append([row(number)], marks, receipts, number)
    return journal


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A journal that was ended in order, and one that was killed: by the name of the file that holds the rows."""
    made = tmp_path_factory.mktemp("originals")
    (made / "killed").mkdir()
    journal = fill(made / "killed")
    shutil.copytree(made / "killed", made / "journal.db-wal")
    journal.close()
    (made / "killed").rename(made / "journal.db")
    return made


def change(originals, name, place, folder):
    """Flip a byte in a copy, open it, and look at what is there."""
    shutil.copytree(originals / name, folder)
    file = folder / name
    raw = bytearray(file.read_bytes())
    raw[place] ^= random.Random(place).randrange(1, 256)
    file.write_bytes(raw)
    journal = Journal(folder / "journal.db", lambda: 7)
    found = list(journal.batches(0, 1 << 42))
    rows = [one for one in found if isinstance(one, Row)]
    (marks, told), (receipts, told_too) = journal.marks(), journal.receipts()
    journal.append([row(1 << 41)], [], [], 1 << 41)
    journal.close()
    shutil.rmtree(folder)
    spoken_of = [*journal.found, *told, *told_too, *(one for one in found if isinstance(one, Damage))]
    assert (len(rows), marks, len(receipts)) == (ROWS, [MARK], ROWS) or spoken_of, f"nothing is told of {place}"
    assert len(rows) >= ROWS - 6, f"a page is 4096 bytes, but with {place} changed only {len(rows)} are left"
    assert {one.blob for one in rows} <= {row(number).blob for number in range(1, ROWS + 1)}
    assert marks in ([MARK], [], [MARK._replace(ranges=((0, ROWS - 2),))])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
def test_some_flipped_bytes(originals, name, tmp_path: Path):
    size = (originals / name / name).stat().st_size
    for place in random.Random(name).sample(range(size), 60):
        change(originals, name, place, tmp_path / "changed")


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
def test_every_flipped_byte(originals, name, part, tmp_path: Path):
    for place in range(part, (originals / name / name).stat().st_size, PARTS):
        change(originals, name, place, tmp_path / "changed")
