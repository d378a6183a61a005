"""Turn energy events into JSON: those of a file, or as a service.

Needs no hub and stores nothing. The service answers POST /log/parse; several may run at once.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from wacket.cli.support.errors import Failed, Misused, Partly
from wacket.cli.support.options import Command
from wacket.cli.support.session import Session
from wacket.cli.support.text import plain


@click.command(
    "parse",
    cls=Command,
    examples=[
        ("wacket parse events.txt", "one JSON object a line"),
        ("tail -f sensor.log | wacket parse -", "as they come"),
        ("wacket parse --http 127.0.0.1:5001", "as a service: POST /log/parse"),
    ],
)
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--http", metavar="HOST:PORT", help="Answer POST /log/parse here until Ctrl-C; port 0 is any free one.")
@click.pass_obj
def command(session: Session, file: str | None, http: str | None) -> None:
    """Print each energy event of FILE (one a line; - is standard input) as one line of JSON.

    Ends with 3 if some lines could not be read and 1 if none could; standard error names them.
    """
    if (file is None) == (http is None):
        raise Misused("say either a file or --http", "wacket parse events.txt, or: wacket parse --http 127.0.0.1:5001")
    if http is not None:
        return serve(session, http)
    return _print(session, lines(file or "-"))


def lines(file: str) -> Iterator[bytes]:
    """The lines of a file or, for -, of standard input. Raises Failed."""
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as opened:
            yield from opened
    except OSError as error:
        raise Failed(f"cannot read {plain(file)}: {error.strerror}", "Is the name right?") from error


def _print(session: Session, events: Iterable[bytes]) -> None:
    from wacket.errors import Undecodable
    from wacket.formats.energy import parse

    done = bad = 0
    for number, line in enumerate(events, 1):
        if not line.strip():
            continue
        try:
            found = parse(line.decode("utf-8").strip())
        except (Undecodable, UnicodeDecodeError) as error:
            bad += 1
            session.out.note(f"line {number}: {plain(error)}", "✗")
        else:
            done += 1
            session.out.line(json.dumps(found, ensure_ascii=False))
            sys.stdout.flush()
    if bad:
        raise (Partly if done else Failed)(f"{bad} of {done + bad} events could not be read")


def serve(session: Session, address: str) -> None:
    """Run the parse service until Ctrl-C."""
    import uvicorn

    from wacket.api.energy import parse_service
    from wacket.settings import split_address

    host, port = split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, accepted connections answer at once; without it the event loop leaves Nagle on.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(2048)
        except OSError as error:
            raise Failed(f"cannot listen on {address}: {error.strerror}", "Choose another port.") from error
        # The first line of standard output names the address: others wait for it.
        bound = listening.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        session.out.line(f"http://{shown}:{bound}/log/parse")
        sys.stdout.flush()
        config = uvicorn.Config(parse_service, lifespan="off", log_level="warning", access_log=False)
        uvicorn.Server(config).run([listening])
