"""How far apart the readings of each series usually are, from the roll-ups: no reading is looked at for it."""

from __future__ import annotations

from wacket.history.question import EVER, Question

LEVEL = "1h"


def usual(question: Question, since: int) -> dict[int, float]:
    """Series → µs: the median over the hours since then of the mean step in each. Less than 3 readings tell nothing."""
    files = question.choose(question.view.rollups.get(LEVEL, ()), since, EVER[1])
    source = question.union("*", files, "", f'WHERE bucket >= make_timestamp({since}) AND "count" >= 3')
    if not source:
        return {}
    rows = question.rows(
        f"""SELECT series, median((epoch_us(t_last) - epoch_us(t_first)) / ("count" - 1)) FROM ({source}) GROUP BY 1"""
    )
    return dict(rows)
