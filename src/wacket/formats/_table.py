"""The text of one CSV body as columns: header, quotes, and rows of a wrong length. Knows nothing of what cells mean."""

from __future__ import annotations

import csv
import io
from collections import Counter
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
    lines = frames.lines()
    head = lines[0].decode("utf-8", "replace").removeprefix("\ufeff")
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
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    good: list[list[str]] = []
    places: list[int] = []
    refused: dict[int, tuple[str, bytes]] = {}
    count = 0
    try:
        header = [name.strip() for name in next(reader)]
        for row in reader:
            if not any(map(str.strip, row)) and len(row) < 2:
                continue
            if len(row) == len(header):
                good.append(row)
                places.append(count)
            else:
                refused[count] = _wrong_length(len(row), len(header), delimiter.join(row).encode())
            count += 1
    except csv.Error as error:  # what follows cannot be cut into rows any more
        refused[count] = f"not readable as CSV from here on: {error}", b""
        count += 1
    columns = list(zip(*good, strict=True)) or [()] * len(header)
    return Table(delimiter, header, columns, np.array(places, np.int64), count, refused)


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
