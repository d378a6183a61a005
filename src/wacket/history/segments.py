"""Segments: immutable Parquet files. Writes one so that it is whole or not there, describes and checks it.

A file is written under a temporary name, flushed to the disk, renamed, and the folder flushed. Each file says of
itself (Parquet key-value metadata "wacket") what it is and which journal rows it grew out of, so that the manifest can
be made again from the files alone. Which files count is the manifest's business, not the folder's.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from wacket.errors import StoreDamaged
from wacket.history.shapes import KINDS, LOGS, READINGS, Segment
from wacket.writing import sync

_MAGIC = b"PAR1"
_FACTS = ("kind", "level", "t_min", "t_max", "series_min", "series_max", "id", "first", "last")
FOLDERS = {kind: kind if kind in (READINGS, LOGS) else f"rollup_{kind}" for kind in KINDS}

# DuckDB's Parquet 2 writer chooses per column between dictionary, delta and byte-stream-split. Measured on 1 Hz
# series: two decimals 1.2 B/point, 1/16 degrees 0.3, float32 2.5, full float64 noise 6.0; 15 million rows/s.
# arro3's writer is as small only with encodings chosen by hand, and holds the interpreter for 0.2 s at a time.
COPY = "format parquet, compression zstd, parquet_version v2, row_group_size 122880, compression_level"


def file_name(segment: Segment) -> str:
    """Relative to the history folder; tells people the level and the journal rows."""
    number = f"{segment.level}-{segment.first:010d}-{segment.last:010d}-{segment.id:08d}.parquet"
    return f"{FOLDERS[segment.kind]}/{number}"


@contextlib.contextmanager
def engine(folder: Path, memory: str = "256MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own for one piece of work: one thread, bounded memory, spilling into `folder`/tmp."""
    config: dict[str, Any] = {
        "threads": 1,
        "memory_limit": memory,
        "temp_directory": str(folder / "tmp"),
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        yield connection
    finally:
        connection.close()


def write(connection: duckdb.DuckDBPyConnection, select: str, planned: Segment, folder: Path, level: int) -> Segment:
    """Run `select` into the file of `planned`; the segment with its true path, rows, size and crc.

    `level` is zstd's. Raises duckdb.Error or OSError, leaving no file under the final name.
    """
    facts = json.dumps({name: getattr(planned, name) for name in _FACTS})
    path = folder / file_name(planned)
    rows, size, crc = write_file(connection, select, path, level, facts)
    return planned._replace(path=str(path), rows=rows, bytes=size, crc=crc)


def write_file(
    connection: duckdb.DuckDBPyConnection, select: str, path: Path, level: int, facts: str
) -> tuple[int, int, int]:
    """The same for any Parquet file: (rows, bytes, crc32)."""
    make_folder(path.parent)
    temporary = path.with_name(path.name + ".tmp")
    try:
        options = f"{COPY} {level}, kv_metadata {{wacket: {quoted(facts)}}}"
        found = connection.execute(f"copy ({select}) to {quoted(str(temporary))} ({options})").fetchone()
        sync(temporary)
        crc, size = checksum(temporary), temporary.stat().st_size
        temporary.rename(path)
        sync(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return int(found[0]) if found else 0, size, crc


def whole(made: Segment, rows: int) -> Segment:
    """The segment, if it has all rows: the other copy of them goes when it counts. Raises OSError, no file left."""
    if made.rows != rows:
        Path(made.path).unlink(missing_ok=True)
        raise OSError(f"{made.rows} rows of {rows} came into {made.path}")
    return made


def describe(connection: duckdb.DuckDBPyConnection, path: Path) -> Segment:
    """What a file says of itself. Raises StoreDamaged when it makes no sense or is not one of ours.

    Raises OSError when it cannot be read now, which says nothing about what is in it.
    """
    name, crc, size = quoted(str(path)), checksum(path), path.stat().st_size
    try:
        found = connection.execute(f"select value from parquet_kv_metadata({name}) where key = 'wacket'").fetchone()
        rows = connection.execute(f"select num_rows from parquet_file_metadata({name})").fetchone()
        facts = json.loads(found[0]) if found else {}
        facts = {fact: facts[fact] for fact in _FACTS}
        if facts["kind"] not in KINDS or rows is None:
            raise ValueError("unknown kind")
    except (duckdb.Error, ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(str(path), f"it does not say what it holds ({error})") from error
    return Segment(path=str(path), rows=int(rows[0]), bytes=size, crc=crc, **facts)


def fault(segment: Segment, whole: bool = False) -> str:
    """Why the file is not as it was written, or nothing. Looks at size and both ends, or at every byte.

    Raises OSError when it cannot be read now, which says nothing about what is in it.
    """
    path = Path(segment.path)
    try:
        size = path.stat().st_size
        if size != segment.bytes:
            return f"it has {size} bytes instead of {segment.bytes}"
        with path.open("rb") as file:
            ends = file.read(4), file.seek(-4, os.SEEK_END) and file.read(4)
        if ends != (_MAGIC, _MAGIC):
            return "it does not begin and end like a Parquet file"
        if whole and checksum(path) != segment.crc:
            return "the checksum is wrong"
    except FileNotFoundError:
        return "the file is gone"
    return ""


def is_shortage(error: OSError) -> bool:
    """Not this file but the machine is to blame: no other could be read now either."""
    return error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def checksum(path: Path) -> int:
    """crc32 of the whole file."""
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            crc = zlib.crc32(piece, crc)
    return crc


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, so that a power cut does not take them away again."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
