"""Archives of backups, made of a few small files, sound or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wacket.backup.packing import Packing
from wacket.backup.snapshot import Source
from wacket.ledger.migrate import revisions

ABOUT = {"wacket": "0.1.0", "made": "2026-11-21T08:30:00Z", "host": "lab", "ledger": revisions()[-1]}
FILES = {
    "ledger.db": b"SQLite format 3\0 ledger",
    "history/journal.db": b"SQLite format 3\0 journal",
    "owner.key": b"k" * 43,
    "history/readings/0-1.parquet": b"PAR1" + bytes(3000) + b"PAR1",
    "outputs/1/2.tail/a.records": b"",
    "outputs/7/ü.records": b"x" * 512,
}


def sources(folder: Path, files: Mapping[str, bytes]) -> list[Source]:
    """The files, written into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return [Source(name, folder / name) for name in files]


def archive(folder: Path, files: Mapping[str, bytes] = FILES, **about: Any) -> bytes:
    return b"".join(Packing(ABOUT | about, 1_795_262_400).pieces(sources(folder, files)))


def unpacked(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
