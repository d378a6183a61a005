"""A copy of the journal and its segments, of one moment, while batches come in, are sealed, joined and replaced."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from tests.history.conftest import START, Bench

from wacket.errors import Unavailable


class Busy(threading.Thread):
    """Takes in, seals and joins until it is ended; so many readings are `acknowledged`."""

    def __init__(self, bench, history):
        super().__init__(name="busy")
        self._bench, self._history = bench, history
        self.acknowledged, self.joined = 0, threading.Event()
        self._ended = threading.Event()

    def __enter__(self):
        self.start()
        assert self.joined.wait(30)
        return self

    def __exit__(self, *_):
        self._ended.set()
        self.join(30)

    def run(self):
        while not self._ended.is_set():
            number = self.acknowledged
            self._history.append([self._bench.readings((1, START + number, float(number)))])
            self.acknowledged = number + 1
            if number % 10 == 9:
                self._history.seal()
            if number % 60 == 59 and self._history.compact():
                self.joined.set()


def opened(folder: Path, copy: Path, still, target: Path) -> list[float]:
    """What a history has that is made of a copied journal and the segments that belong to it."""
    target.mkdir()
    shutil.copy(copy, target / "journal.db")
    for segment in still.segments:
        place = target / Path(segment.path).relative_to(folder)
        place.parent.mkdir(exist_ok=True)
        shutil.copy(segment.path, place)
    bench = Bench(target)
    try:
        history = bench.open()
        assert history.verify() == []
        return [value for _, _, value in bench.stored(history)]
    finally:
        bench.close()


@pytest.mark.torture  # long
@pytest.mark.slow
def test_while_all_goes_on_the_copy_is_of_one_moment(bench, tmp_path):
    history = bench.open()
    with Busy(bench, history) as busy:
        for number in range(5):
            before, copy = busy.acknowledged, tmp_path / f"copy-{number}.db"
            with history.still(copy) as still:
                after, joined = busy.acknowledged, busy.acknowledged + 120
                assert still.segments
                while busy.acknowledged < joined:  # the files stay, however much is joined and replaced meanwhile
                    assert busy.is_alive()
                found = opened(bench.folder, copy, still, tmp_path / f"restored-{number}")
            assert found == [float(value) for value in range(len(found))], "nothing is missing, double or in disorder"
            assert before <= len(found) <= after
    assert history.verify() == []


def test_what_is_taken_in_between_two_steps_is_in_the_copy(bench, tmp_path, monkeypatch):
    history = bench.open()
    monkeypatch.setattr("wacket.history.copying._PAGES", 1)
    for number in range(5):
        history.append([bench.readings((1, START + number, float(number)))])
    written = []

    def rest(_):
        number = 5 + len(written)
        if number < 10:
            written.append(history.append([bench.readings((1, START + number, float(number)))]))

    monkeypatch.setattr("wacket.history.still.time.sleep", rest)
    with history.still(tmp_path / "copy.db") as still:
        found = opened(bench.folder, tmp_path / "copy.db", still, tmp_path / "restored")
    assert len(written) == 5
    assert found == [float(value) for value in range(10)]


def test_when_the_journal_fails_meanwhile_there_is_no_copy_and_the_journal_goes_on(bench, tmp_path, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    monkeypatch.setattr("wacket.history.copying._PAGES", 1)

    def rest(_):
        journal = history.journal
        with journal._lock, pytest.raises(Unavailable):
            journal._fail(journal._connection, sqlite3.OperationalError("disk I/O error"), None)

    monkeypatch.setattr("wacket.history.still.time.sleep", rest)
    with pytest.raises(Unavailable, match="failed while it was copied"), history.still(tmp_path / "copy.db"):
        pass
    history.append([bench.readings((1, START + 1, 2.0))])
    assert [value for _, _, value in bench.stored(history)] == [1.0, 2.0]


def test_a_copy_is_made_in_a_new_file_only(bench, tmp_path):
    history = bench.open()
    (tmp_path / "copy.db").write_bytes(b"mine")
    with pytest.raises(FileExistsError), history.still(tmp_path / "copy.db"):
        pass
    assert (tmp_path / "copy.db").read_bytes() == b"mine"
