"""Take readings or logs out as CSV, NDJSON or Parquet.

Streams: a selection of any size needs no memory.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from wacket.cli.support.errors import Misused
from wacket.cli.support.options import Command
from wacket.cli.support.progress import counted
from wacket.cli.support.session import Session
from wacket.cli.support.text import amount, decoded, plain

FORMATS = ("csv", "ndjson", "parquet")


@click.command(
    "export",
    cls=Command,
    examples=[
        (
            "wacket export readings --match 'bench/*' --since 7d -o bench.parquet",
            "for pandas, Polars, DuckDB",
        ),
        ("wacket export readings --match '*/power' --format csv > power.csv", "for a spreadsheet"),
        ("wacket export logs --node bench --since 24h --format ndjson", "for other programs"),
    ],
)
@click.argument("what", type=click.Choice(["readings", "logs"]))
@click.option("--match", multiple=True, metavar="GLOB", help="Series, as NODE/NAME; readings only.")
@click.option("--node", metavar="NODE", help="Only this node's.")
@click.option("--find", metavar="WORDS", help="Only lines that hold this; logs only.")
@click.option("--since", metavar="TIME", help="24h, 7d, or a date and time; from the beginning if not said.")
@click.option("--until", metavar="TIME", help="Like --since; now if not said.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="From the name of --output, else ndjson.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of the pipe.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    what: str,
    match: tuple[str, ...],
    node: str | None,
    find: str | None,
    since: str | None,
    until: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Take readings or logs out as CSV, NDJSON or Parquet."""
    form = form or _form_of(output)
    if form == "parquet" and output is None and session.out.on_terminal:
        raise Misused("Parquet is not for reading on a terminal", "Name a file: -o readings.parquet")
    if match and what == "logs":
        raise Misused("--match selects series; logs have none", "Use --node and --find for logs.")
    if find and what == "readings":
        raise Misused("--find looks into log lines; readings have none", "Use --match and --node for readings.")
    asked = {"match": match, "node": node, "find": find, "since": since, "until": until, "format": form}
    pieces = session.hub.stream(f"/api/v1/export/{what}", asked)
    if output is not None:
        written = _save(output, counted(session.out, pieces, f"export {what}"))
        session.out.note(f"{plain(output)}: {amount(written)}", "✓")
    elif session.out.on_terminal:
        for text in decoded(pieces):
            click.echo(text, nl=False)
    else:
        for piece in pieces:
            sys.stdout.buffer.write(piece)


def _form_of(output: Path | None) -> str:
    """The format that the name of the file says. Raises Misused for an ending that says none."""
    ending = output.suffix.lstrip(".").lower() if output else ""
    form = {"": "ndjson", "jsonl": "ndjson", "pq": "parquet"}.get(ending, ending)
    if form not in FORMATS:
        raise Misused(f"what .{plain(ending)} is to hold is not known", f"Say it with --format: {', '.join(FORMATS)}.")
    return form


def _save(output: Path, pieces: Iterable[bytes]) -> int:
    """Write to a neighbour first: a half export never has the name of a whole one."""
    if output.exists() and not output.is_file():
        return _write(output, pieces)  # a pipe or a device stays what it is
    partial = output.with_name(f".{output.name}.partial")
    try:
        written = _write(partial, pieces)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return written


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    with path.open("wb") as file:
        return sum(file.write(piece) for piece in pieces)
