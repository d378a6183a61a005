"""From the rows of a stream to what is sent of it. Pure.

A report is whole lines of one or more rows; a gap is announced instead of sent. How much may be on its way is the
sender's to decide.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from wacket_agent.journal.stream_rows import Row

LONGEST_REPORT = 256 << 10  # bytes


class Report(NamedTuple):
    """The lines `seq` to `last`. With a `gap` they will never come; it says why, and of which time they were."""

    seq: int
    last: int
    lines: bytes
    gap: Row | None = None


def first_report(rows: Sequence[Row], seq: int) -> Report:
    """What to send first, from line `seq` on, which is in the first of the rows. They stand without holes."""
    first = rows[0]
    if first.why:
        return Report(seq, first.last, b"", first)
    pieces = [_from(first, seq)]
    last, size = first.last, len(pieces[0])
    for row in rows[1:]:
        size += len(row.lines)
        if row.why or size > LONGEST_REPORT:
            break
        pieces.append(row.lines)
        last = row.last
    return Report(seq, last, b"".join(pieces))


def _from(row: Row, seq: int) -> bytes:
    """The lines of a row from number `seq` on."""
    known = seq - row.first
    return row.lines.split(b"\n", known)[known] if known else row.lines
