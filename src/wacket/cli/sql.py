"""Ask the history a question in SQL, read-only.

Needs admin rights: a query sees everything that the hub keeps.
"""

from __future__ import annotations

import sys

import click

from wacket.cli.support.errors import Misused
from wacket.cli.support.options import Command
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded


@click.command(
    "sql",
    cls=Command,
    examples=[
        ('wacket sql "select count(*) from readings"', "how much is there"),
        ("wacket sql - < question.sql", "a longer question"),
        ('wacket sql --csv "select * from logs limit 9" > logs.csv', "into a spreadsheet"),
    ],
)
@click.argument("query", metavar="SQL|-")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="Rows at most.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a heading.")
@click.pass_obj
def command(session: Session, query: str, limit: int, as_csv: bool) -> None:
    """Ask the history a question in SQL (DuckDB's). Nothing can be changed this way."""
    text = sys.stdin.read() if query == "-" else query
    if not text.strip():
        raise Misused("there is no question in it", 'Write one, for example: wacket sql "select count(*) from logs"')
    said = session.hub.post("/api/v1/sql", {"sql": text, "limit": limit})
    names, rows = said["columns"], said["rows"]
    if as_csv:
        session.out.csv([names, *rows])
    else:
        right = [all(isinstance(row[i], (int, float, type(None))) for row in rows) for i in range(len(names))]
        columns = [Column(str(i), name, to_right) for i, (name, to_right) in enumerate(zip(names, right, strict=True))]
        if session.as_json:
            session.out.json([dict(zip(names, row, strict=True)) for row in rows])
        else:
            session.out.rows([{str(i): cell for i, cell in enumerate(row)} for row in rows], columns, "no rows")
    if said.get("truncated"):
        session.out.note(f"cut at {folded(len(rows), 'row')}; allow more with --limit", "!")
