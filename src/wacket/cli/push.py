"""Bring a file of energy events, CSV, NDJSON, line protocol or plain lines in.

Recognises the format, shows how the first rows will be read, and sends the rest in pieces that can be sent
again.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import platform
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import click

from wacket.cli.support.ask import sure
from wacket.cli.support.client import Answer, Hub, refusal
from wacket.cli.support.errors import Misused, Partly
from wacket.cli.support.options import Command
from wacket.cli.support.pieces import Manner, Piece, converted, opened, pieces
from wacket.cli.support.progress import bar
from wacket.cli.support.session import Session
from wacket.cli.support.text import fitted, folded, plain

SHOWN = 5  # errors that the summary names
HEAD = 64 * 1024  # bytes that are looked at first
PATIENCE = 60.0  # seconds that a busy hub is waited for


@dataclass
class Total:
    """What came of all pieces."""

    stored: int = 0
    rejected: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


@click.command(
    "push",
    cls=Command,
    examples=[
        ("wacket push --file events.txt", "recognises the format, shows a preview, asks"),
        ("wacket push --file power.csv --time when --node bench-3", "the column that holds the time"),
        ("zcat old.ndjson.gz | wacket push --file - --format ndjson", "from a pipe"),
        ("wacket push --file events.txt --dry-run", "only look"),
    ],
)
@click.option("--file", "path", required=True, metavar="FILE", help="A file, a .gz file, or - for the pipe.")
@click.option(
    "--format", "form", default="auto", show_default=True, help="energy, csv, ndjson, influx, triples, text …"
)
@click.option("--time", "time_column", metavar="COLUMN", help="CSV: the column with the time.")
@click.option("--node", "--name", "node", metavar="NODE", help="The node that it comes from.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("-n", "--dry-run", is_flag=True, help="Show the preview and send nothing.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    path: str,
    form: str,
    time_column: str | None,
    node: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Bring a file in.

    Sending the same file again stores nothing twice, for as long as the hub remembers pieces (a day, unless set
    otherwise). Of a file that has grown at its end the new lines are stored, and at most 999 lines before them a second
    time. Times that the file does not give are the times of arrival.
    """
    options = {name: value for name, value in (("time", time_column),) if value}
    hub, node = _as_sender(session, node)
    with _source(path) as (file, size), contextlib.closing(hub):
        head = _head(file)
        manner = _manner(session, form, head)
        seen = _look(session, head, manner, options)
        if dry_run:
            if session.as_json:
                session.out.json({"format": manner.form, **seen})
            return
        if path != "-":
            sure("Send it?", yes)
        query = {"node": node, **options}
        salt = "|".join([manner.form, node or "", time_column or ""])
        total = _send(session, hub, pieces(file, manner, salt), manner, query, size)
    _summary(session, total)


def _as_sender(session: Session, node: str | None) -> tuple[Hub, str | None]:
    """The hub as a device sees it, and as which node to speak.

    The owner's key is for asking and acting. Data from the hub's own machine need no token but a name; a token has a
    name already.
    """
    place = session.hub.place
    if not place.owner:
        return session.hub, node
    return Hub(place._replace(token=None), session.timeout, session.out.detail), node or _this_machine()


def _this_machine() -> str:
    """The machine's name as a node may be called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", platform.node()).strip("-._")[:63] or "this-machine"


@contextmanager
def _source(path: str) -> Iterator[tuple[io.BufferedReader, int | None]]:
    """The file, buffered so that its head can be looked at first, and its size where that is known."""
    if path != "-" and not Path(path).is_file():
        raise Misused(f"there is no file {path}", "Check the name; - means standard input.")
    known = None if path == "-" or path.endswith(".gz") else Path(path).stat().st_size
    with opened(path) as file:
        yield _peekable(file), known


def _peekable(file: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(file, 2 * HEAD)  # type: ignore[arg-type]


def _head(file: io.BufferedReader) -> bytes:
    """The first whole lines, still there to be read again."""
    seen = file.peek(HEAD)[:HEAD]
    lines = seen[: seen.rfind(b"\n") + 1] or seen
    if b"\0" in lines:
        raise Misused("this is not a text file", "Text only: energy events, CSV, NDJSON, line protocol, plain lines.")
    return b"".join(lines.splitlines(keepends=True)[:50])


def _manner(session: Session, form: str, head: bytes) -> Manner:
    from wacket.cli.support.recognise import recognise

    if form != "auto":
        return Manner(form)
    found = recognise(head.decode("utf-8-sig", "replace").splitlines())
    names = {"auto": "lines, each recognised on its own", "triples": "name value time"}
    session.out.note(f"format: {names.get(found, found)}   (--format says otherwise)")
    return Manner(found)


def _look(session: Session, head: bytes, manner: Manner, options: dict[str, str]) -> dict[str, Any]:
    """Show how the first lines will be read; the same for programs."""
    from wacket.cli.support.preview import preview

    if not head.strip():
        raise Misused("there is nothing in this file")
    seen = preview(converted(head, manner), manner.hub_format, options, time.time_ns() // 1000)
    for line in seen.lines:
        session.out.note(f"  {line}")
    if seen.nothing_understood:
        session.out.note("nothing in the first lines can be read this way; is it another --format?", "!")
    decoded = seen.decoded
    return {
        "readings": len(decoded.readings),
        "logs": len(decoded.logs),
        "rejected": [plain(reject.reason) for reject in decoded.rejects],
    }


def _send(
    session: Session, hub: Hub, cut: Iterator[Piece], manner: Manner, query: dict[str, Any], size: int | None
) -> Total:
    total = Total()
    with bar(session.out, "push", size, in_bytes=True) as advance:
        for piece in cut:
            said = _send_piece(hub, piece, manner.hub_format, query).json()
            total.stored += said.get("stored", 0)
            total.rejected += said.get("rejected", 0)
            for error in said.get("errors", ())[: SHOWN - len(total.errors)]:
                total.errors.append(_placed(error, piece))
            advance(piece.taken)
    return total


def _send_piece(hub: Hub, piece: Piece, form: str, query: dict[str, Any]) -> Answer:
    """Send one piece, waiting as long as the hub says that it is busy and patience lasts."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain", "Idempotency-Key": piece.key}
    body = gzip.compress(piece.body, 1, mtime=0)
    give_up = time.monotonic() + PATIENCE
    while True:
        answer = hub.call(
            "POST", f"/api/v1/ingest/{form}", query=query, body=body, headers=headers, allow=(400, 422, 503)
        )
        if answer.status < 300 or (answer.status != 503 and b'"stored"' in answer.body):
            return answer
        if answer.status != 503 or time.monotonic() > give_up:
            raise refusal(answer)
        time.sleep(min(5.0, float(answer.headers.get("Retry-After", 1))))


def _placed(error: object, piece: Piece) -> dict[str, Any]:
    """An error of the answer with the number of its line in the file."""
    known = dict(error) if isinstance(error, dict) else {"reason": str(error)}
    offset = known.pop("frame", None)
    if isinstance(offset, int):
        known["line"] = piece.first_line + offset
    return known


def _summary(session: Session, total: Total) -> None:
    if session.as_json:
        session.out.json({"stored": total.stored, "rejected": total.rejected, "errors": total.errors})
    else:
        session.out.line(f"{folded(total.stored, 'line')} stored, {total.rejected:,} rejected")
    if not total.rejected:
        return
    for error in total.errors if not session.as_json else ():
        where = f"line {error['line']}: " if "line" in error else ""
        session.out.note(fitted(f"  {where}{plain(error.get('reason') or error.get('error') or '')}", 110))
    session.out.note("rejected lines are kept: wacket log search --rejects --since 1h", "!")
    raise Partly("")
