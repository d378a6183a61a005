"""Save the whole hub in one file, while it runs.

Looks at what comes as it comes: a file of the name is a whole backup, or is not there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from wacket.cli.support.errors import Failed, Misused, Partly
from wacket.cli.support.options import Command
from wacket.cli.support.progress import counted
from wacket.cli.support.session import Session
from wacket.cli.support.text import amount, folded, plain


@click.command(
    "backup",
    cls=Command,
    examples=[
        ("wacket backup /mnt/usb/lab.tar", "everything: readings, logs, accounts, settings, keys"),
        ("wacket backup - | ssh nas 'cat > lab.tar'", "without a file in between"),
    ],
)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.pass_obj
def command(session: Session, file: Path) -> None:
    """Save everything that the hub keeps in one file (- is standard output).

    The hub goes on meanwhile. The file holds the hub's keys and the hashes of passwords: keep it as safe as the hub.
    `wacket restore` brings it back; with --check that only says whether a backup is whole.
    """
    from wacket.backup.unpacking import Unpacking
    from wacket.errors import BadRequest

    if str(file) == "-" and session.out.on_terminal:
        raise Misused("a backup is not for reading on a terminal", "Name a file: wacket backup lab.tar")
    looking = Unpacking(None)
    with _target(file) as target:
        try:
            for piece in counted(session.out, session.hub.stream("/api/v1/backup"), "backup"):
                looking.add(piece)
                target.write(piece)
            contents = looking.finish()
        except BadRequest as error:
            raise Failed(
                f"what came is not a whole backup: {error}", "See what the hub says, and try again."
            ) from error
    session.out.note(f"{plain(file)}: {folded(contents.files, 'file')}, {amount(contents.bytes)}", "✓")
    for one in contents.left_out:
        session.out.note(f"{plain(one['name'])}: {plain(one['reason'])}", "!")
    if contents.lost:
        raise Partly(f"{folded(contents.lost, 'file')} could not be saved as it should be: see `wacket doctor`")


@contextmanager
def _target(file: Path) -> Iterator[IO[bytes]]:
    """A neighbour first, readable to its owner only: what is cut off never has the name of a whole backup."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        partial.replace(file)
    except OSError as error:
        raise Failed(f"{plain(file)} cannot be written: {error}", "Is there room, and may you write there?") from error
    finally:
        partial.unlink(missing_ok=True)
