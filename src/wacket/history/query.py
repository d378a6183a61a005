"""Puts questions to the whole history at once: the sealed files and the rows still in memory, through DuckDB.

It owns nothing: the engine is in memory and can be started again at will. One cursor per question, which is ended
when it takes too long. A file that is not as it was written is reported to the history and left out, and the rest is
answered. All methods block: call them from a thread. It never writes to the history and knows no names.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, TypeVar

import duckdb

from wacket import settings
from wacket.errors import Unavailable
from wacket.history import (
    bands,
    exporting,
    loglines,
    logsearch,
    periods,
    rejected,
    resuming,
    segments,
    sql,
    summaries,
    values,
)
from wacket.history.question import Question, engine_settings, parquet, too_big, too_slow
from wacket.history.shapes import Segment
from wacket.history.values import Points
from wacket.records import Statistics
from wacket.seams import Past

T = TypeVar("T")

THREADS = 2
_TOO_MANY_OPEN = os.strerror(errno.EMFILE)
COUNTING_SECONDS = 5.0  # after which a histogram is of what was counted so far
MOST_REMEMBERED = 100_000  # files that need not be looked at again


class Query:
    """Answers questions. `history` gives the views and is told of damage."""

    def __init__(self, history: Past, limits: settings.History) -> None:
        self._history, self._limits = history, limits
        self._lock = threading.Lock()
        self._engine = self._start()
        self._latest = values.Latest()
        self._sandboxes = threading.BoundedSemaphore(2)
        self._exports = threading.BoundedSemaphore(4)
        self._checked: dict[str, int] = {}  # path -> when it was last changed
        self._running: set[Question] = set()
        self._closed = False
        self._counts = {"questions": 0, "timeouts": 0, "restarts": 0, "damaged_files": 0}

    def latest(self, ids: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Time and value of the newest reading of each series that has one. NaN counts as no reading."""
        self.ask(self._latest.advance)
        return self._latest.of(ids)

    def values(self, ids: Sequence[int], since: int, until: int, step: int, function: str) -> list[Points]:
        """One point per series and step that has readings, in the order of `ids`: see values.stepped."""
        return self.ask(lambda question: values.stepped(question, ids, since, until, step, function))

    def bands(self, ids: Sequence[int], since: int, until: int, step: int) -> list[bands.Band]:
        """The same with mean, least and greatest value of each step."""
        return self.ask(lambda question: bands.stepped(question, ids, since, until, step))

    def summary(self, ids: Sequence[int], since: int, until: int) -> summaries.Summaries:
        """What can be said in a few numbers of each series that has readings in [since, until)."""
        return self.ask(lambda question: summaries.summary(question, ids, since, until))

    def raw(self, ids: Sequence[int], since: int, until: int, limit: int) -> list[Points]:
        """Every reading in [since, until). Raises BadRequest if there are more than `limit` in all."""
        return self.ask(lambda question: values.raw(question, ids, since, until, limit))

    def search(self, wanted: logsearch.LogQuery) -> logsearch.LogPage:
        """One page of logs."""
        return self.ask(lambda question: logsearch.search(question, wanted))

    def since(
        self, wanted: logsearch.LogQuery, after: int, before: int, most: int
    ) -> tuple[list[logsearch.LogRow], int]:
        """Log lines by their ids, for who goes on where it stopped: see resuming.newest."""
        return self.ask(lambda question: resuming.newest(question, wanted, after, before, most))

    def periods(self, since: int) -> dict[int, float]:
        """How far apart the readings of each series usually are: see periods.usual."""
        return self.ask(lambda question: periods.usual(question, since))

    def line(self, number: int) -> logsearch.LogRow | None:
        """The log line with this number, if it is kept."""
        return self.ask(lambda question: loglines.line(question, number))

    def around(self, row: logsearch.LogRow, before: int, after: int, wanted: logsearch.LogQuery) -> loglines.Around:
        """A line among its neighbours that fit."""
        return self.ask(lambda question: loglines.around(question, row, before, after, wanted))

    def histogram(self, wanted: logsearch.LogQuery, buckets: int) -> loglines.Histogram:
        """How many lines came when; of what could be counted in the time there is."""
        seconds = min(COUNTING_SECONDS, self._limits.query_seconds or COUNTING_SECONDS)
        return self.ask(lambda question: loglines.histogram(question, wanted, buckets), seconds)

    def rejected(self, since: int, until: int) -> list[rejected.Rejected]:
        """How much could not be understood, by node and format."""
        return self.ask(lambda question: rejected.counts(question, since, until))

    def sql(self, text: str, limit: int, names: sql.Names) -> sql.Answer:
        """A reader's own SELECT, shut in a database of its own. Raises BadRequest for what it may not do."""
        with _one_of(self._sandboxes, "two SQL questions are running already; try again when one has ended"):
            try:
                return self.ask(lambda question: sql.run(question, text, limit, names, self._limits.query_memory))
            except duckdb.Error as error:  # no file is to blame, so it is the question
                raise sql.refusal(error) from error

    def export(self, wanted: exporting.Export) -> Iterator[bytes]:
        """Pieces of a file. The files that are read stay in place until the iterator is closed."""
        with _one_of(self._exports, "four exports are running already; try again when one has ended"):
            yield from exporting.export(self, wanted)

    def ask(self, work: Callable[[Question], T], seconds: float | None = None) -> T:
        """Let `work` question one view of the history, again without the files that turn out to be unreadable.

        `seconds` stands in for query_seconds; 0 is without limit.
        """
        seconds = self._limits.query_seconds if seconds is None else seconds
        with self._history.view() as view:
            broken: frozenset[str] = frozenset()
            while True:
                question, fatal = Question(self._cursor(), view, self._sound, broken), False
                try:
                    return self._within_limits(work, question, seconds)
                except duckdb.Error as error:
                    fatal = self._restarted_for(error)
                    damaged = self._report(error, question.used)
                    if not damaged and not (fatal and not broken):
                        raise
                    broken |= damaged or {""}  # "" marks that an engine was lost without a file to blame

    @contextlib.contextmanager
    def reading(self) -> Iterator[Question]:
        """A question without a time limit, for what is streamed. Errors are the caller's."""
        with self._history.view() as view:
            question = Question(self._cursor(), view, self._sound)
            try:
                yield question
            finally:
                question.cursor.close()

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        """A file of the history's for a while. Raises Unavailable when there is no room."""
        return self._history.scratch(size)

    def report(self, error: duckdb.Error, used: Sequence[str]) -> bool:
        """Find and report which of the files used are to blame. False if none is."""
        return bool(self._report(error, used))

    def restart(self) -> None:
        """Put a new engine in the place of this one. Questions under way end on the old one."""
        with self._lock:
            self._engine.close()
            self._engine = self._start()
            self._counts["restarts"] += 1

    def statistics(self) -> Statistics:
        return dict(self._counts)

    def close(self) -> None:
        """Ends what is being asked."""
        self._closed = True
        for question in self._running.copy():
            question.interrupt()
        with self._lock:
            self._engine.close()

    def _start(self) -> Any:
        engine = duckdb.connect(":memory:", config=engine_settings(self._limits.query_memory, THREADS))
        engine.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
        return engine

    def _cursor(self) -> Any:
        with self._lock:
            return self._engine.cursor()

    def _sound(self, segment: Segment) -> bool:
        """Whether a file is byte for byte as it was written: looked at before it is first read, and when it changed."""
        changed = _changed(segment.path)
        if changed and self._checked.get(segment.path) == changed:
            return True
        try:
            why = segments.fault(segment, whole=True)
        except OSError as error:
            why = str(error)
        if why:
            self._tell(segment.path, why)
            return False
        if len(self._checked) > MOST_REMEMBERED:
            self._checked.clear()
        self._checked[segment.path] = changed
        return True

    def _within_limits(self, work: Callable[[Question], T], question: Question, seconds: float) -> T:
        self._counts["questions"] += 1
        self._running.add(question)
        try:
            with _deadline(question, seconds):
                return work(question)
        except duckdb.InterruptException as error:
            if self._closed:
                raise Unavailable("the hub is being stopped; ask again when it is back") from error
            self._counts["timeouts"] += 1
            raise too_slow(seconds) from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise too_big(self._limits.query_memory) from error
        finally:
            self._running.discard(question)
            question.cursor.close()

    def _restarted_for(self, error: duckdb.Error) -> bool:
        """An engine that met its own bug refuses everything from then on."""
        fatal = isinstance(error, duckdb.FatalException | duckdb.InternalException)
        if fatal:
            self.restart()
        return fatal

    def _report(self, error: duckdb.Error, used: Sequence[str]) -> frozenset[str]:
        # The file that the text names first, but only if it really cannot be read.
        paths = sorted(dict.fromkeys(used), key=lambda path: path not in str(error))
        found = {path: why for path in paths if (why := self._why_unreadable(path))}
        for path, why in found.items():
            self._tell(path, why)
        return frozenset(found)

    def _tell(self, path: str, why: str) -> None:
        self._counts["damaged_files"] += 1
        self._history.report_damage(path, why)

    def _why_unreadable(self, path: str) -> str:
        if not Path(path).exists():
            return "the file is gone"
        cursor = self._cursor()
        try:
            cursor.execute(f"SELECT max(hash(t)) FROM {parquet([path])} t").fetchall()
        except duckdb.Error as error:
            if _TOO_MANY_OPEN in str(error):  # not this file is to blame
                raise Unavailable(f"{path} cannot be read now: {_TOO_MANY_OPEN}; try again") from error
            self._restarted_for(error)
            return str(error)
        finally:
            cursor.close()
        return ""


def _changed(path: str) -> int:
    """When the file was last written to, in ns; 0 if it is not there."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


@contextlib.contextmanager
def _deadline(question: Question, seconds: float) -> Iterator[None]:
    """End the question after this long; 0 is never."""
    if not seconds:
        yield
        return
    timer = threading.Timer(seconds, question.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _one_of(places: threading.BoundedSemaphore, otherwise: str) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise Unavailable(otherwise, retry_after=2)
    try:
        yield
    finally:
        places.release()
