"""All of the history as files that belong together, while it goes on: for a backup. Reads no segment.

The view is taken first and the journal copied then. Files that the copy names are therefore there, even those that
were made and replaced in between: no file goes that was there after the oldest view was taken.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wacket.history import manifest
from wacket.history.files import Files
from wacket.history.journal import Journal
from wacket.history.schema import blank
from wacket.history.shapes import Segment

_REST = 0.001  # seconds in which those who wait for the journal get their turn


class Still(NamedTuple):
    """The `segments` that the copied journal names, and `unsure`: files whose entry there is not as it was written."""

    segments: list[Segment]
    unsure: list[str]


@contextlib.contextmanager
def still(files: Files, journal: Journal, folder: Path, copy: Path) -> Iterator[Still]:
    """The journal is at `copy`, of the moment when that was finished. Its segments stay until the block is left."""
    with files.view():
        with contextlib.closing(blank(copy)) as target:
            journal.copy(target, lambda: time.sleep(_REST))
            found = Still(*manifest.load(target, folder))
        yield found
