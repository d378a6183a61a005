"""`python -m benchmarks.ours [--quick] [ROW …]`: the hub's own figures, one row of the table after the other."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from benchmarks import report, rows
from benchmarks.harness import end_in_order
from benchmarks.report import Figure, Options


def known(package: ModuleType) -> list[str]:
    return sorted(part.name for part in iter_modules(package.__path__))


def run(package: ModuleType, names: list[str], options: Options) -> list[Figure]:
    """Every figure of the rows named. A row that fails is reported and does not end the others."""
    figures: list[Figure] = []
    for name in names:
        print(f"… {name}", file=sys.stderr, flush=True)
        try:
            found = import_module(f"{package.__name__}.{name}").measure(options)
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


def main(package: ModuleType = rows, kind: str = "ours", about: str | None = __doc__) -> int:
    """Measure the rows of a package; `kind` names the results, and the table in the documentation."""
    end_in_order()
    parser = arguments(about)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known(package)))
    given = parsed(parser)
    wrong = [name for name in given.rows if name not in known(package)]
    if wrong:
        parser.error(f"no row named {', '.join(wrong)}; known: {', '.join(known(package))}")
    options = Options(given.quick, given.folder, 1 if given.quick else given.rounds, given.docs)
    facts = report.machine() | {"file_system": report.file_system(options.folder)}
    figures = run(package, given.rows or known(package), options)
    name = f"{kind}-quick" if given.quick else kind
    path = report.write(f"{name}-{'-'.join(given.rows)}" if given.rows else name, figures, options, facts)
    print(report.table(figures))
    print(f"kept in {path}; measured on {facts['processor']}, {facts['cores']} cores, {facts['file_system']}")
    return 1 if any("FAILED" in one.note for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
