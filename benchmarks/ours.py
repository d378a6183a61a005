"""`python -m benchmarks.ours [--quick] [ROW …]`: the hub's own figures, one row of the table after the other."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from benchmarks import report, rows
from benchmarks.harness import end_in_order
from benchmarks.report import Figure, Options


def known() -> list[str]:
    return sorted(part.name for part in iter_modules(rows.__path__))


def run(names: list[str], options: Options) -> list[Figure]:
    """Every figure of the rows named. A row that fails is reported and does not end the others."""
    figures: list[Figure] = []
    for name in names:
        print(f"… {name}", file=sys.stderr, flush=True)
        try:
            found = import_module(f"benchmarks.rows.{name}").measure(options)
        except Exception as error:
            found = [Figure(name, 0, "", must=1, note=f"FAILED: {type(error).__name__}: {str(error)[:300]}")]
        figures += found
        print(report.table(found), file=sys.stderr, flush=True)
    return figures


def arguments(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="about a minute; a look, not a promise")
    parser.add_argument("--folder", type=Path, default=Options().folder, help="on the disk to be measured")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--docs", action="store_true", help="write the table into docs/benchmarks.md too")
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    given = parser.parse_args()
    if given.quick and given.docs:
        parser.error("--docs is for whole runs: what --quick measures is a look, not a promise")
    return given


def main() -> int:
    end_in_order()
    parser = arguments(__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known()))
    given = parsed(parser)
    wrong = [name for name in given.rows if name not in known()]
    if wrong:
        parser.error(f"no row named {', '.join(wrong)}; known: {', '.join(known())}")
    options = Options(given.quick, given.folder, 1 if given.quick else given.rounds, given.docs)
    facts = report.machine() | {"file_system": report.file_system(options.folder)}
    figures = run(given.rows or known(), options)
    name = "ours-quick" if given.quick else "ours"
    path = report.write(f"{name}-{'-'.join(given.rows)}" if given.rows else name, figures, options, facts)
    print(report.table(figures))
    print(f"kept in {path}; measured on {facts['processor']}, {facts['cores']} cores, {facts['file_system']}")
    return 1 if any("FAILED" in one.note for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
