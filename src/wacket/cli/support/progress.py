"""Progress on long work: a bar on a terminal, nothing in a pipe. Imports rich only when a bar is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wacket.cli.support.output import Output

Advance = Callable[[int], None]


@contextmanager
def bar(out: Output, what: str, total: int | None, in_bytes: bool = False) -> Iterator[Advance]:
    """Gives a function that is told how much more is done."""
    if not out.animated:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    counts = [DownloadColumn(), TransferSpeedColumn()] if in_bytes else [MofNCompleteColumn()]
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counts,
        TimeRemainingColumn(),
        console=Console(stderr=True, no_color=out.no_color or None),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=total)
        yield lambda more: progress.advance(task, more)


def counted(out: Output, pieces: Iterable[bytes], what: str) -> Iterator[bytes]:
    """The same pieces, with a bar that counts their bytes."""
    with bar(out, what, None, in_bytes=True) as advance:
        for piece in pieces:
            yield piece
            advance(len(piece))
