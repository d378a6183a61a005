"""Figures, and how they are kept: one JSON file a run in `bench-results/` and a Markdown table for people.

Compares nothing with earlier runs and hides nothing: a figure that falls short says so.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

DOCS = Path(__file__).parents[1] / "docs" / "benchmarks.md"


@dataclass(slots=True)
class Options:
    """How to measure. `quick` is for a look within about a minute; its figures are no promise."""

    quick: bool = False
    folder: Path = Path("bench-results/data")  # on the disk that is to be measured
    rounds: int = 3
    docs: bool = False  # also write the table into the documentation

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@dataclass(slots=True)
class Figure:
    """One measured number. `must` and `aim` are bounds; `better` says on which side of them it should be."""

    work: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    better: Literal["high", "low"] = "high"
    note: str = ""
    samples: list[float] = field(default_factory=list)

    def reaches(self, bound: float | None) -> bool:
        if bound is None:
            return True
        return self.value >= bound if self.better == "high" else self.value <= bound

    @property
    def verdict(self) -> str:
        if self.must is None and self.aim is None:
            return ""
        if not self.reaches(self.must):
            return "**falls short**"
        if self.aim is not None and self.reaches(self.aim):
            return "aim"
        return "must" if self.must is not None else "short of the aim"


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def number(value: float) -> str:
    """Three significant places, thousands separated."""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = ["| work | measured | must | aim | reached | note |", "|---|---|---|---|---|---|"]
    for one in figures:
        sign = "≥" if one.better == "high" else "≤"
        must, aim = (f"{sign} {number(b)}" if b is not None else "" for b in (one.must, one.aim))
        rows.append(f"| {one.work} | {number(one.value)} {one.unit} | {must} | {aim} | {one.verdict} | {one.note} |")
    return "\n".join(rows) + "\n"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def file_system(folder: Path) -> str:
    """The kind of file system below `folder`; on tmpfs "durable" means nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text("utf-8").splitlines():
        _, point, name, *_ = line.split()
        inside = f"{folder.resolve()}/".startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, name
    return kind


def write(name: str, figures: Sequence[Figure], options: Options, facts: dict[str, Any]) -> Path:
    """Keep the run as `bench-results/NAME.json` and `.md`; the path of the JSON."""
    folder = options.folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    run = {
        "name": name,
        "quick": options.quick,
        "machine": facts,
        "figures": [asdict(one) for one in figures],
    }
    path.write_text(json.dumps(run, indent=1) + "\n", "utf-8")
    path.with_suffix(".md").write_text(table(figures), "utf-8")
    if options.docs:
        publish(name, table(figures), f"{facts['processor']}, {facts['cores']} cores, {facts['at'][:10]}")
    return path


def publish(name: str, text: str, where: str) -> None:
    """Put the table into docs/benchmarks.md, between the marks of this kind of run."""
    page = DOCS.read_text("utf-8")
    before, begin, rest = page.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->\n")
    if not (begin and end):
        raise SystemExit(f"{DOCS} has no place for {name!r}; only whole, full runs are published")
    DOCS.write_text(f"{before}{begin}{where}:\n\n{text}{end}{after}", "utf-8")
