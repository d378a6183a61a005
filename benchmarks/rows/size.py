"""What a reading and a log line cost on disk, sealed and compacted, roll-ups and all."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

from benchmarks import payloads, prepare
from benchmarks.harness import work_folder
from benchmarks.report import Figure, Options


def occupied(folder: Path) -> dict[str, int]:
    """Bytes of the files below `folder`, by ending."""
    sizes: dict[str, int] = {".parquet": 0}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "reserve":  # given back when the disk runs full
            sizes[path.suffix] = sizes.get(path.suffix, 0) + path.stat().st_size
    return sizes


def bytes_a_point(options: Options, jitter: bool, grain: int = prepare.MILLISECOND) -> tuple[float, str]:
    days = options.pick(7, 1)
    start = (int(time.time()) // 86_400 - days) * prepare.DAY
    with work_folder(options.folder) as folder:
        prepare.fill(folder, prepare.readings(list(range(1, 11)), start, days, jitter, grain))
        sizes = occupied(folder / "history")
    points = 10 * days * 86_400
    rest = sum(size for ending, size in sizes.items() if ending != ".parquet") / points
    return sizes[".parquet"] / points, f"10 series × {days} days; journal and manifest {rest:.2f} B more"


def logs_ratio(options: Options) -> tuple[float, str]:
    lines = payloads.log_lines(options.pick(1_000_000, 200_000), 11)
    raw = sum(map(len, lines)) + len(lines)
    part = b"\n".join(lines[:100_000])
    zipped = len(part) / len(zlib.compress(part))
    start = (int(time.time()) // 86_400 - 1) * prepare.DAY
    with work_folder(options.folder) as folder:
        prepare.fill(folder, prepare.logs(list(range(1, 21)), start, 1, lines, 1))
        kept = occupied(folder / "history")[".parquet"]
    note = f"{len(lines):,} lines of {raw / len(lines):.0f} bytes; {kept / len(lines):.1f} B each"
    return raw / kept, f"{note}; gzip alone makes the text {zipped:.1f} times smaller"


def measure(options: Options) -> list[Figure]:
    kinds = (
        ("whole seconds, set by the device", False, prepare.MILLISECOND),
        ("times of arrival, which the hub keeps in whole ms", True, prepare.MILLISECOND),
        ("times in µs with some ms of jitter, set by the device", True, 1),
    )
    figures = []
    for name, jitter, grain in kinds:
        size, note = bytes_a_point(options, jitter, grain)
        figures.append(Figure(f"size of a point: {name}", size, "B", 2.5, 1.5, "low", note))
    ratio, note = logs_ratio(options)
    return [*figures, Figure("raw text to stored logs", ratio, "times smaller", 8, 12, note=note)]
