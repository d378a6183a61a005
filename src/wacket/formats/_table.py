"""The text of one CSV body as columns: header, quotes, and rows of a wrong length. Knows nothing of what cells mean."""

from __future__ import annotations

import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from wacket.errors import Undecodable
from wacket.formats._frames import EXCERPT, Frames
from wacket.formats._names import series_name
from wacket.records import I64

MOST_COLUMNS = 4096


@dataclass(slots=True)
class Table:
    """`columns` are in the order of `header`; row i of them is row `rows[i]` of the `count` below the header."""

    delimiter: str
    header: list[str]
    columns: list[tuple[str, ...]]
    rows: I64
    count: int
    refused: dict[int, tuple[str, bytes]] = field(default_factory=dict)  # reason and excerpt, by row


def read(frames: Frames) -> Table:
    """The frames of one envelope, the header among them."""
    head = frames.line(0).decode("utf-8", "replace").removeprefix("\ufeff")
    delimiter = next((mark for mark in ",;\t" if mark in head), ",")
    if '"' in head or b'"' in frames.data:
        return _quoted(frames.data.decode("utf-8", "replace").removeprefix("\ufeff"), delimiter)
    header = [name.strip() for name in head.split(delimiter)]
    body = frames.pick(np.arange(len(frames)) > 0)
    cells = _cells(body, delimiter)
    right = cells == len(header)
    table = Table(delimiter, header, _plain(body.pick(right), delimiter, len(header)), np.flatnonzero(right), len(body))
    for row in np.flatnonzero(~right).tolist():
        table.refused[row] = _wrong_length(int(cells[row]), len(header), body.line(row))
    return table


def _cells(frames: Frames, delimiter: str) -> I64:
    places = np.flatnonzero(frames.raw == ord(delimiter))
    return np.diff(np.searchsorted(places, frames.ends), prepend=0) + 1


def _plain(frames: Frames, delimiter: str, width: int) -> list[tuple[str, ...]]:
    cells = frames.data[:-1].decode("utf-8", "replace").replace("\n", delimiter).split(delimiter)
    return [tuple(cells[column::width]) for column in range(width)] if len(frames) else [()] * width


def _quoted(text: str, delimiter: str) -> Table:
    rows = _rows(list(io.StringIO(text, newline="")), delimiter)
    header = [name.strip() for name in next(rows)[0]] or [""]
    good: list[list[str]] = []
    places: list[int] = []
    refused: dict[int, tuple[str, bytes]] = {}
    count = 0
    for cells, why, raw in rows:
        if not any(map(str.strip, cells)) and len(cells) < 2 and not why:
            continue
        if why:
            refused[count] = f"not readable as CSV: {why}", raw.encode()[:EXCERPT]
        elif len(cells) == len(header):
            good.append(cells)
            places.append(count)
        else:
            refused[count] = _wrong_length(len(cells), len(header), delimiter.join(cells).encode())
        count += 1
    columns = list(zip(*good, strict=True)) or [()] * len(header)
    return Table(delimiter, header, columns, np.array(places, np.int64), count, refused)


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], str, str]]:
    """The cells of each row, why it cannot be read, and what was sent then.

    Quotes may hold line feeds. Where one is not closed as it should be, or what is in it is too long, each line from
    there on is a row by itself, so that a stray quote costs one row and not all behind it.
    """
    done = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    with contextlib.suppress(csv.Error):
        for cells in reader:
            yield cells, "", ""
            done = reader.line_num
    for line in lines[done:]:
        yield _row(line, delimiter)


def _row(line: str, delimiter: str) -> tuple[list[str], str, str]:
    """A quote amid a cell is a part of it here; one that is open at the end takes the line behind as well."""
    reader = csv.reader([line, "the line behind"], delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error as error:
        return [], str(error), line
    return ([], "a quote is not closed", line) if reader.line_num > 1 else (cells, "", line)


def problem(header: list[str]) -> str:
    """Why these cannot be the names of columns; empty if they can."""
    if len(header) > MOST_COLUMNS:
        return f"{len(header)} columns; {MOST_COLUMNS} are allowed"
    if not all(header):
        return f"column {header.index('') + 1} has no name: the first line must name the columns"
    twice = [name for name, times in Counter(map(str.lower, header)).items() if times > 1]
    if twice:
        return f"column {twice[0][:64]!r} is there twice"
    try:
        for name in header:
            series_name(name)
    except Undecodable as error:
        return str(error)
    return ""


def _wrong_length(cells: int, columns: int, raw: bytes) -> tuple[str, bytes]:
    return f"the row has {cells} cells, the header {columns}", raw[:EXCERPT]
