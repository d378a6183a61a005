"""Bring a backup back into an empty data folder, or only look whether it is whole.

For a hub that does not run. A running one is given the backup through its page, and restores it when it starts again.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from wacket.cli.support.errors import Failed
from wacket.cli.support.options import Command
from wacket.cli.support.progress import counted
from wacket.cli.support.session import Session
from wacket.cli.support.text import amount, folded, plain

if TYPE_CHECKING:
    from wacket.backup.unpacking import Contents, Unpacking

PIECE = 1 << 20


@click.command(
    "restore",
    cls=Command,
    examples=[
        ("wacket restore lab.tar --data /srv/wacket", "then: wacket up --data /srv/wacket"),
        ("wacket restore lab.tar --check", "is it whole?"),
        ("zstd -dc lab.tar.zst | wacket restore - --data /srv/wacket", "one that was packed"),
    ],
)
@click.argument("file", type=click.Path(dir_okay=False, exists=True, allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Read and compare everything; write nothing.")
@click.pass_obj
def command(session: Session, file: Path, check: bool) -> None:
    """Bring a backup back into an empty data folder (--data), for a hub that does not run.

    Every file is compared with its sum before anything counts. A folder that has data is left alone: move it away
    first, or give a running hub the backup through its page.
    """
    from wacket.errors import BadRequest, WacketError

    try:
        contents = _checked(session, file) if check else _restored(session, file)
    except Failed:
        raise
    except BadRequest as error:
        raise Failed(str(error), "Nothing was restored.") from error
    except WacketError as error:
        raise Failed(str(error)) from error
    _tell(session, file, contents)
    if not check:
        session.out.note(f"restored; now: wacket up --data {plain(session.folder)}", "✓")


def _tell(session: Session, file: Path, contents: Contents) -> None:
    about = contents.about
    made = {name: str(about.get(name, ""))[:100] for name in ("made", "host", "wacket")}
    session.out.facts({"backup": str(file), **made, "files": contents.files, "size": amount(contents.bytes)})
    for one in contents.left_out:
        session.out.note(f"{plain(one['name'])}: {plain(one['reason'])}", "!")
    if contents.lost:
        session.out.note(f"{folded(contents.lost, 'file')} could not be saved as it should be when this was made", "!")


def _checked(session: Session, file: Path) -> Contents:
    from wacket.backup.unpacking import Unpacking

    looking = Unpacking(None)
    with _opened(file) as source:
        _feed(session, source, looking)
    return looking.finish()


def _restored(session: Session, file: Path) -> Contents:
    from wacket.backup import restoring
    from wacket.backup.unpacking import Unpacking
    from wacket.folder import alone

    folder = session.folder
    with alone(folder):
        restoring.finish(folder)  # what an earlier try left unfinished
        if there := restoring.present(folder):
            raise Failed(
                f"{plain(folder)} has data already ({', '.join(map(plain, there[:5]))})",
                "Name an empty folder with --data, or move these away first.",
            )
        with _staged(restoring.staging(folder, secrets.token_hex(8)), restoring.discard) as staged:
            unpacking = Unpacking(staged)
            with _opened(file) as source:
                _feed(session, source, unpacking)
            contents = unpacking.finish()
            restoring.require_known(contents)
            restoring.arm(folder, staged, secrets.token_hex(4), {})
        restoring.finish(folder)
    return contents


@contextmanager
def _staged(staged: Path, discard: Callable[[Path], None]) -> Iterator[Path]:
    try:
        yield staged
    except BaseException:
        discard(staged)
        raise


def _feed(session: Session, source: IO[bytes], unpacking: Unpacking) -> None:
    try:
        for piece in counted(session.out, iter(lambda: source.read(PIECE), b""), "restore"):
            unpacking.add(piece)
    finally:
        unpacking.abandon()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        raise Failed(f"{plain(file)} cannot be read: {error}") from error
