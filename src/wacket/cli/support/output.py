"""Data on standard output, words on standard error. A table on a terminal, plain aligned lines in a pipe,
JSON on demand.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import click

from wacket.cli.support.text import LAYOUT, aligned, number, plain


class Column(NamedTuple):
    """A column of a table: the field it shows, its heading, and whether it is set to the right."""

    field: str
    heading: str = ""
    right: bool = False


class Output:
    """Where one command writes."""

    def __init__(
        self,
        as_json: bool = False,
        fields: str | None = None,
        quiet: bool = False,
        plainly: bool = False,
        verbose: bool = False,
        no_color: bool = False,
    ) -> None:
        self.as_json, self.quiet, self.verbose, self.no_color = as_json, quiet, verbose, no_color
        self.fields = [name for name in (fields or "").split(",") if name]
        self.plainly = plainly

    @property
    def on_terminal(self) -> bool:
        """What is written must not steer it."""
        return sys.stdout.isatty()

    @property
    def dressed(self) -> bool:
        """A person reads it: headings, lines cut to the width, drawings."""
        return self.on_terminal and not self.plainly

    @property
    def animated(self) -> bool:
        """Whether a progress bar is welcome."""
        return sys.stderr.isatty() and not (self.quiet or self.plainly)

    def line(self, text: str = "") -> None:
        """One line of data."""
        click.echo(text)

    def note(self, text: str, mark: str = "") -> None:
        """Words for the person, not part of the data. `mark` is ✓, ! or ✗."""
        if not self.quiet:
            colour = {"✓": "green", "!": "yellow", "✗": "red"}.get(mark)
            click.echo((click.style(mark, fg=colour) + " " if mark else "") + text, err=True)

    def detail(self, text: str) -> None:
        """Words for the person who asked for more of them with -v."""
        if self.verbose:
            click.echo(plain(text), err=True)

    def json(self, value: Any, rows: str = "", indent: int | None = 2) -> None:
        """`value` as JSON, with only the fields that --json=… named: of `value[rows]` where `rows` says so."""
        chosen = {**value, rows: self._chosen(value[rows])} if rows else self._chosen(value)
        # JSON's own escapes keep what devices sent from steering a terminal.
        click.echo(json.dumps(chosen, ensure_ascii=self.on_terminal or not _unicode(), indent=indent))

    def done(self, what: str, value: Any) -> None:
        """The end of a command that changed something: `value` as JSON if it was asked for, else words."""
        if self.as_json:
            self.json(value)
        else:
            self.note(what, "✓")

    def csv(self, rows: Iterable[Sequence[object]]) -> None:
        """Rows as CSV, the heading among them: exactly as they are into a pipe, harmless on a terminal."""
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(rows)
        text = written.getvalue()
        click.echo(plain(text, keep=LAYOUT) if self.on_terminal else text, nl=False)

    def rows(
        self, rows: Sequence[Mapping[str, Any]], columns: Iterable[Column], empty: str = "", headed: bool = False
    ) -> None:
        """A list of objects: JSON if it was asked for, else lines. A heading on a terminal, or if `headed`."""
        if self.as_json:
            return self.json(list(rows))
        columns = list(columns)
        if not rows:
            return self.note(empty or "nothing found")
        cells = [[plain(number(_at(row, column.field))) for column in columns] for row in rows]
        heading = [[(column.heading or column.field).upper() for column in columns]] if headed or self.dressed else []
        limit = shutil.get_terminal_size().columns if self.dressed else None
        lines = aligned(heading + cells, [column.right for column in columns], limit)
        for place, line in enumerate(lines):
            self.line(click.style(line, dim=True) if heading and place == 0 else line)
        return None

    def facts(self, value: Mapping[str, Any]) -> None:
        """One object: JSON if it was asked for, else one `name  value` line for each field."""
        if self.as_json:
            return self.json(value)
        rows = [[name, text] for name, text in flattened(value)]
        for line in aligned(rows, [False, False]):
            self.line(line)
        return None

    def _chosen(self, value: Any) -> Any:
        if not self.fields:
            return value
        if isinstance(value, list):
            return [self._chosen(item) for item in value]
        return {name: value.get(name) for name in self.fields} if isinstance(value, dict) else value


def flattened(value: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Nested objects as dotted names, lists joined, everything safe to print."""
    pairs: list[tuple[str, str]] = []
    for name, item in value.items():
        if isinstance(item, Mapping) and item:
            pairs += flattened(item, f"{before}{name}.")
        elif isinstance(item, (list, tuple)):
            pairs.append((plain(f"{before}{name}"), plain(", ".join(map(str, item)) or "–")))
        else:
            pairs.append((plain(f"{before}{name}"), plain(number(item))))
    return pairs


def _at(row: Mapping[str, Any], field: str) -> Any:
    value: Any = row
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        return ",".join(f"{name}={item}" for name, item in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
