"""Files that are whole and on disk, or as they were before. Knows nothing of what is in them."""

from __future__ import annotations

from pathlib import Path

from wacket.writing import sync

_PIECE = 1 << 20


def write(path: Path, data: bytes) -> None:
    """Let the file hold this and nothing else. A crash leaves the old contents or the new. Raises OSError."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    sync(temporary)
    temporary.rename(path)
    sync(path.parent)


def copy(source: Path, target: Path) -> None:
    """Raises OSError; then `target` may be incomplete."""
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(_PIECE):
            writer.write(piece)
    sync(target)
    sync(target.parent)
