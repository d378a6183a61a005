"""Whatever is done in whatever order: exactly the rows that were appended are there, in order of arrival."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wacket.errors import Unavailable
from wacket.history import compactor, slabs

from .conftest import START, Bench


class Anything(RuleBasedStateMachine):
    """Three series, few distinct times, so that there are many ties; `rows` is what must be there."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self._folder.name) / "history")
        self.history = self.bench.open(seal_rows=40)
        self.rows: list[tuple[int, int, float]] = []
        self.lines: list[tuple[int, str]] = []
        self.count = 0

    @rule(shape=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=12))
    def append(self, shape):
        rows = []
        for series, at in shape:
            self.count += 1
            rows.append((series, START + at, float(self.count)))
        half = len(rows) // 2
        batches = [self.bench.readings(*part) for part in (rows[:half], rows[half:]) if part]
        body = f"line {self.count}"
        batches.append(self.bench.logs(body, at=START + self.count * 7 % 11))
        try:
            *_, first = self.history.append(batches)
        except Unavailable:  # too much is waiting to be sealed; nothing was kept
            self.history.seal()
            *_, first = self.history.append(batches)
        self.rows += rows
        self.lines.append((first, body))

    @rule()
    def seal(self):
        self.history.seal()
        assert self.history.statistics()["unsealed_rows"] == 0

    @rule()
    def compact(self):
        self.history.compact()

    @rule()
    def reopen(self):
        self.history = self.bench.open()

    @rule()
    def crash(self):
        self.history = self.bench.abandon()

    @rule(number=st.integers(0, 1000), compact=st.booleans())
    def put_a_damaged_file_back(self, number, compact):
        if not (existing := self.history.files.all()):
            return
        path = Path(existing[number % len(existing)].path)
        good = path.read_bytes()
        self.bench.flip(path, number % len(good))
        self.history.report_damage(str(path), "a question failed")
        self.history.seal()
        if compact:
            self.history.compact()
        self.bench.close()
        path.write_bytes(good)
        self.history = self.bench.open()

    @rule(compact=st.booleans())
    def lose_the_log_after_a_seal(self, compact):
        """As on a disk that promises to flush and does not: what was sealed since is still there."""
        self.history.journal.checkpoint()
        file, kept = self.bench.folder / "journal.db", self.bench.folder.with_name("kept.db")
        shutil.copy(file, kept)
        self.history.seal()
        if compact:
            self.history.compact()
        self.bench.close()
        shutil.copy(kept, file)
        self.history = self.bench.open()

    @invariant()
    def everything_is_there_once(self):
        stored = self.bench.stored(self.history)
        for series in (1, 2, 3):
            for at in range(5):
                key = (series, START + at)
                assert [v for s, t, v in stored if (s, t) == key] == [v for s, t, v in self.rows if (s, t) == key]
        assert len(stored) == len(self.rows)

    @invariant()
    def every_line_has_kept_its_id(self):
        with self.history.view() as view:
            assert self.bench.lines(view) == self.lines

    @invariant()
    def rollups_count_what_is_sealed(self):
        with self.history.view() as view:
            sealed = sum(segment.rows for segment in view.readings)
        assert sum(self.bench.counted(segment) for segment in view.rollups["1h"]) == sealed

    def teardown(self):
        assert all("the manifest was made again" in told for told in self.history.verify())
        self.bench.close()
        self._folder.cleanup()


@pytest.mark.slow
def test_anything(monkeypatch):
    monkeypatch.setattr(compactor, "_FAN", (2, 2, 2))  # so that a few seals are enough for every level
    monkeypatch.setattr(slabs, "_MOST_ROWS", 15)
    monkeypatch.setattr(slabs, "_MOST_BYTES", 100)
    machine = Anything.TestCase
    machine.settings = settings(
        max_examples=20,
        stateful_step_count=20,
        phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes here; the steps are printed anyway
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()
