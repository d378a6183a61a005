"""History: takes batches in so that they are on disk on return, and gives views of all that was ever taken in.

`append` is for one writer thread; everything else may be called from any thread. The parts beside this file do the
work; here they are put in turn. Locks, in the order in which they are taken: `care.lock` (compaction, retention),
`_sealing` (one seal at a time), `_turn` (row numbers, journal and manifest; appends wait for it, so it is held for
one transaction only). It answers no questions: that is query.py.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import duckdb

from wacket.errors import Unavailable
from wacket.history import codec, manifest, opening, report, sealer, segments, verify
from wacket.history.care import Care
from wacket.history.files import Files
from wacket.history.journal import Journal
from wacket.history.packing import pack
from wacket.history.shapes import ROW_BITS, Damage, Mark, RetentionRule, StoredReceipt, View
from wacket.history.space import Space
from wacket.history.still import Still, still
from wacket.history.tail import Part, Tail
from wacket.records import Batch, Series, Statistics
from wacket.settings import History as Settings

# Spent at start on sealing what does not fit into memory; what is left then is sealed beside the other work.
_START_SECONDS = 3
_SLACK = 8  # the tail may grow to so many times what is sealed at once before senders must wait
Rules = Callable[[], Sequence[RetentionRule]]

log = logging.getLogger(__name__)


class History:
    """Open one per folder with `open`; `close` it. Times are microseconds since 1970 UTC, from `clock`."""

    def __init__(self, folder: Path, settings: Settings, clock: Callable[[], int]) -> None:
        segments.make_folder(folder)
        self.folder, self.settings, self.clock = folder, settings, clock
        self._sealing, self._turn = threading.Lock(), threading.RLock()
        self.space = Space(folder, settings.reserve_bytes)
        self.space.tend()
        self.journal = Journal(folder / "journal.db", clock)
        try:
            self._start_or_salvage()
        except BaseException:
            self.journal.close()
            raise

    def _start_or_salvage(self) -> None:
        try:
            self._start()
        except Unavailable:
            if not self.journal.hopeless:
                raise
            self._start()  # with a journal that is made anew from what can be read of it

    def _start(self) -> None:
        settled = opening.settle(self.folder, self.journal, self.clock())
        self._row = opening.next_row(self.journal, settled)
        self.tail = Tail(self.settings.seal_rows, self.settings.seal_bytes)
        self.files = Files(self.folder, self.journal, self.tail, settled.existing, settled.missing)
        with self.journal.transaction() as connection:
            self.damages = manifest.damages(connection)
        self.care = Care(
            folder=self.folder,
            settings=self.settings,
            files=self.files,
            journal=self.journal,
            space=self.space,
            turn=self._turn,
            damages=self.damages,
            clock=self.clock,
        )
        self._opened = self.journal.opened
        self.last_commit = 0
        self.appended = 0
        self._loaded, self._replay_to = 0, self._row - 1  # journal rows that are older than this process
        self._load()
        self._catch_up()

    @classmethod
    def open(cls, folder: Path, settings: Settings, clock: Callable[[], int]) -> History:
        """Open or make the history in `folder`. What the journal holds is read back as far as memory allows; the
        rest follows with the next seals, while new batches are taken in. Raises Unavailable."""
        return cls(folder, settings, clock)

    def append(
        self, batches: Sequence[Batch], marks: Sequence[Mark] = (), receipts: Sequence[StoredReceipt] = ()
    ) -> list[int]:
        """Keep all of it or nothing; on disk on return. The id of the first row of each batch.

        Raises Unavailable, nothing kept, when the disk is full, fails, or sealing lags too far behind.
        """
        self.space.admit()
        rows, size, _ = self.tail.size
        if rows > _SLACK * self.settings.seal_rows or size > _SLACK * self.settings.seal_bytes:
            raise Unavailable("more comes in than the hub can put away; send slower or try again", 0.5)
        with self._turn:
            now, turn = self.clock(), self._row
            packed, ids = pack(batches, turn, now)
            self._row = max([turn, *(one.row.id for one in packed)]) + 1  # never used twice, even if this fails
            self.journal.append([one.row for one in packed], marks, receipts, turn)
            for one in packed:
                self.tail.add(one.row.id, one.batch, now)
            self.last_commit = now
            self.appended += sum(one.row.rows for one in packed)
        return ids

    @property
    def position(self) -> int:
        """The id of the next row: greater than that of all rows there are, as long as nothing is being appended."""
        return self._row << ROW_BITS

    def load_marks(self) -> list[Mark]:
        marks, damages = self.journal.marks()
        self.damages += damages
        return marks

    def load_receipts(self) -> list[StoredReceipt]:
        """Oldest first."""
        receipts, damages = self.journal.receipts()
        self.damages += damages
        return receipts

    def forget_receipts(self, before_us: int) -> None:
        self.journal.forget_receipts(before_us)

    def view(self) -> AbstractContextManager[View]:
        """A context manager that gives everything at this moment as a `View`."""
        return self.files.view()

    def still(self, copy: Path) -> AbstractContextManager[Still]:
        """Everything at this moment as files, for a backup: see still.py. Raises Unavailable."""
        return still(self.files, self.journal, self.folder, copy)

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        """A file for a while: see Space.scratch. Raises Unavailable."""
        return self.space.scratch(size)

    def due(self) -> bool:
        """It is time to seal: the tail is large or old, older rows wait in the journal, or the disk failed."""
        rows, size, since = self.tail.size
        limits = self.settings
        if rows >= limits.seal_rows or size >= limits.seal_bytes or self._behind():
            return True
        failed = self.journal.opened != self._opened  # the copy in memory may be the only good one
        return bool(rows) and (failed or self.clock() - since >= limits.seal_seconds * 1_000_000)

    def seal(self) -> int:
        """Put everything that is in the journal now into segments; how many rows. Raises Unavailable, duckdb.Error
        or OSError; then all is as before, and the next call tries again."""
        sealed = 0
        with self._sealing:
            self.space.tend()
            opened, through = self._recheck(), self._row - 1
            while (part := self._seal_next()) is not None:
                sealed += part.rows
                if part.last >= through or self.care.stopping.is_set():
                    break
            self._opened = opened
            self.journal.checkpoint()
        return sealed

    def compact(self) -> int:
        """Join small segments until none are left to join; how many were joined. Raises as `seal` does."""
        return self.care.compact()

    def retain(self, rules: Sequence[RetentionRule], now: int) -> int:
        """Remove what has expired at `now`; how many segments were removed or rewritten. Raises as `seal` does."""
        return self.care.retain(rules, now)

    def report_damage(self, path: str, error: str) -> None:
        """A question failed on this file: if it is damaged, take it out of every later view and remember what was
        lost. If it is as it was written, or cannot be read now, nothing is done."""
        self.care.report(path, error)

    def verify(self) -> list[str]:
        """Read every byte that is kept; one sentence for each thing that is damaged, known before or found now."""
        for _ in self.care.scrub():
            pass
        return self.care.troubles() + verify.journal_faults(self.journal, self._row)

    def write_catalogue(self, rows: Sequence[Series]) -> None:
        """Write `series.parquet`, which says what the series numbers mean to whoever reads the files without us."""
        try:
            report.write_catalogue(self.folder, rows)
        except (OSError, duckdb.Error) as error:
            raise Unavailable(f"series.parquet cannot be written: {error}") from error

    def statistics(self) -> Statistics:
        return report.statistics(self)

    def health(self) -> Statistics:
        return report.health(self)

    async def run(self, rules: Rules) -> None:
        """Seal, compact and expire whenever it is time, until cancelled."""
        from wacket.history.upkeep import run

        await run(self, rules)

    def close(self) -> None:
        """Waits for the step that is under way. What is not sealed stays in the journal."""
        self.care.stopping.set()
        with self.care.lock, self._sealing, self._turn:
            self.journal.close()

    def _freeze(self) -> Part | None:
        with self._turn:
            self.files.settle()
            return self.tail.freeze()

    def _recheck(self) -> int:
        """After the journal failed: its manifest may have been lost with the old file. How often it was opened."""
        opened = self.journal.opened
        if opened != self._opened:
            with self._turn:
                told = list(self.journal.found)
                self.files.restore(told)
                del self.journal.found[: len(told)]
                self.damages += told
        return opened

    def _behind(self) -> bool:
        return self._loaded < self._replay_to

    def _catch_up(self) -> None:
        """Seal what the journal holds beyond what fits into memory, for a while; questions see it from then on."""
        began = self.clock()
        with contextlib.suppress(Unavailable, OSError, duckdb.Error):  # a full disk is no reason not to start
            while self._behind() and self.clock() - began < _START_SECONDS * 1_000_000:
                self._seal_next()

    def _seal_next(self) -> Part | None:
        """Seal the oldest part of the tail and read older rows in its place; what was sealed."""
        part = self._freeze()
        if part is not None:
            made = sealer.seal(part, self.folder, self.files.number)
            with self._turn:
                self.files.commit(made, (), part)
            if self._behind():
                self._load()
        return part

    def _load(self) -> None:
        """Read older journal rows into the tail, to be sealed next, as many as are sealed at once."""
        part, now, loaded = Part(), self.clock(), self._replay_to
        told: list[Damage] = []
        for row in self.journal.batches(self._loaded, self._replay_to):
            if isinstance(row, Damage):
                told.append(row)
                continue
            part.add(row.id, codec.decode(row.blob), now)
            if part.rows >= self.settings.seal_rows or part.bytes >= self.settings.seal_bytes:
                loaded = row.id
                break
        if told:
            self.journal.drop_rows(told)
            self.damages += told
        if part.rows:
            self.tail.load(part)
        self._loaded = loaded
