"""Reports cover every line of the rows once, whatever rows there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.journal.reports import LONGEST_REPORT, first_report
from wacket_agent.journal.stream_rows import Row

ROWS = st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.integers(1, 60_000)), min_size=1, max_size=12)


@pytest.mark.slow
@given(ROWS, st.data())
def test_reports_cover_every_line_once(made, data):
    rows, first = [], 100
    for amount, is_gap, size in made:
        lines = (
            b""
            if is_gap
            else b"".join((b"%d" % (first + n)).ljust(size // amount, b".") + b"\n" for n in range(amount))
        )
        rows.append(Row(first, first + amount - 1, 0, 0, "thinned" if is_gap else "", lines))
        first += amount
    seq = data.draw(st.integers(rows[0].first, rows[0].last))
    while seq < first:
        report = first_report([row for row in rows if row.last >= seq], seq)
        assert report.seq == seq
        if report.gap is None:
            found = report.lines.split(b"\n")[:-1]
            assert [int(line.rstrip(b".")) for line in found] == list(range(seq, report.last + 1))
            assert len(report.lines) <= LONGEST_REPORT + 60_010
        else:
            assert report.gap.last == report.last
        seq = report.last + 1
