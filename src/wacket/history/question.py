"""What one question to the history works with: a cursor, one view of files and rows in memory, and SQL made of them.

Shared by the modules that answer (values, logsearch, exporting, sql). Runs no question by itself and starts no engine.
Numbers go into SQL as text, since they are ours; what a person wrote goes in as a parameter only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import duckdb
from numpy.typing import NDArray

from wacket.errors import BadRequest
from wacket.history.shapes import Segment, View

Columns = dict[str, NDArray[Any]]

EVER = -(1 << 62), 1 << 62  # µs; since and until of a question that is not bounded in time

_NO_READINGS = """SELECT 0::UINTEGER AS series, 'epoch'::TIMESTAMP AS "at", 0::DOUBLE AS value,
    0::UTINYINT AS quality WHERE false"""
_NO_LOGS = """SELECT 0::BIGINT AS id, 'epoch'::TIMESTAMP AS "at", 'epoch'::TIMESTAMP AS observed_at,
    0::UINTEGER AS node, '' AS source, 0::UTINYINT AS severity, '' AS body, '' AS attrs WHERE false"""


class Question:
    """`used` collects the files that the question named: one of them may be at fault if it fails.

    `sound` tells whether a file is as it was written; those that are not are left out.
    """

    def __init__(
        self, cursor: Any, view: View, sound: Callable[[Segment], bool], broken: frozenset[str] = frozenset()
    ) -> None:
        self.cursor, self.view, self.sound, self._broken = cursor, view, sound, broken
        self.used: list[str] = []
        self.also: list[Any] = []  # other connections that work for this question
        self.interrupted = False
        for name, table in (("tail_readings", view.tail_readings), ("tail_logs", view.tail_logs)):
            if table is not None:
                cursor.register(name, table)

    def interrupt(self) -> None:
        """End what is being asked, from another thread."""
        self.interrupted = True
        for connection in (self.cursor, *self.also):
            with contextlib.suppress(duckdb.Error):  # it may just have been closed
                connection.interrupt()

    def columns(self, text: str, parameters: Sequence[Any] = ()) -> Columns:
        answer: Columns = self.cursor.execute(text, parameters).fetchnumpy()
        return answer

    def rows(self, text: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        answer: list[tuple[Any, ...]] = self.cursor.execute(text, parameters).fetchall()
        return answer

    def readings(self, since: int, until: int, ids: Sequence[int] | None = None) -> str:
        """SQL of the readings (series, at, value, quality) of these series in [since, until), in order of storage."""
        chosen = self.choose(self.view.readings, since, until, ids)
        tail = "tail_readings" if self.view.tail_readings is not None else ""
        return self.union("*", chosen, tail, condition('"at"', since, until, ids)) or _NO_READINGS

    def logs(self, segments: Iterable[Segment], with_tail: bool) -> str:
        """SQL of all log rows of these segments and, if wanted, of those in memory."""
        tail = "tail_logs" if with_tail and self.view.tail_logs is not None else ""
        return self.union("*", list(segments), tail, "") or _NO_LOGS

    def logs_in_memory(self, start: int, stop: int) -> str:
        """SQL of some of the log rows in memory, by their number in order of arrival."""
        name = f"tail_logs_{start}"
        self.cursor.register(name, self.view.tail_logs.slice(start, stop - start))  # type: ignore[union-attr]
        return f"SELECT * FROM {name}"

    def choose(
        self, segments: Iterable[Segment], since: int, until: int, ids: Sequence[int] | None = None
    ) -> list[Segment]:
        """The segments that can hold rows of these series (logs: nodes; None: of any) in [since, until)."""
        low, high = (min(ids, default=1), max(ids, default=0)) if ids is not None else (0, 1 << 32)
        return [
            one
            for one in segments
            if one.path not in self._broken
            if one.t_min < until and one.t_max >= since and one.series_min <= high and one.series_max >= low
        ]

    def union(self, what: str, segments: Sequence[Segment], tail: str, where: str) -> str:
        """One SELECT over files and, if `tail` names it, the rows in memory after them; empty if there is neither."""
        paths = self.use(segments)
        sources = [parquet(paths)] if paths else []
        sources += [tail] if tail else []
        return " UNION ALL ".join(f"SELECT {what} FROM {source} {where}" for source in sources)

    def use(self, segments: Iterable[Segment]) -> list[str]:
        """The paths of those that are sound; they are looked at if the question fails."""
        paths = [one.path for one in segments if self.sound(one)]
        self.used += paths
        return paths


def condition(at: str, since: int, until: int, ids: Sequence[int] | None, also: str = "") -> str:
    """A WHERE for rows of these series in [since, until); `at` is the column, as SQL."""
    tests = [also] if also else []
    if since > EVER[0]:
        tests.append(f"{at} >= make_timestamp({since})")
    if until < EVER[1]:
        tests.append(f"{at} < make_timestamp({until})")
    if ids is not None:
        # The range lets whole row groups be skipped also where the list is too long for that.
        low, high, several = min(ids, default=1), max(ids, default=0), set(ids)
        tests.append(f"series BETWEEN {low} AND {high}")
        if len(several) <= high - low:
            tests.append(f"series IN ({', '.join(map(str, several))})")
    return f"WHERE {' AND '.join(tests)}" if tests else ""


def engine_settings(memory: str, threads: int) -> dict[str, Any]:
    """Bounded, and without any habit of looking things up elsewhere: no extensions, no caller's variables, no disk.

    The cache of file contents is off: the system's page cache does the same without counting as the hub's memory.
    """
    return {
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": "",
        "enable_external_file_cache": False,
        "python_enable_replacements": False,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
    }


def parquet(paths: Sequence[str]) -> str:
    """SQL of a table made of these files."""
    listed = ", ".join(quoted(path) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def quoted(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def too_slow(seconds: float) -> BadRequest:
    return BadRequest(f"stopped after {seconds:g} s; ask for a shorter range of time, fewer series or a longer step")


def too_big(memory: str) -> BadRequest:
    return BadRequest(f"this needs more memory than questions may take (history.query_memory = {memory}); ask for less")
