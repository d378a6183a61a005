"""List, read and plot series of readings.

A series is one quantity of one node; patterns are globs over NODE/NAME, or over NAME when they hold no slash.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from wacket.cli.support.errors import Failed
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import amount, fitted, folded, number, plain

BYTES = ("B", "B/s")
FUNCTIONS = click.Choice(["min", "max", "mean", "sum", "count", "first", "last", "rate"])
Function = TypeVar("Function", bound=Callable[..., Any])


def _time_range(function: Function) -> Function:
    """--since, --until and --node, as `get` and `plot` understand them."""
    for option in (
        click.option("--node", metavar="NODE", help="Only this node's."),
        click.option("--until", default="now", show_default=True, metavar="TIME", help="Like --since."),
        click.option("--since", default="24h", show_default=True, metavar="TIME", help="24h, 7d, or a date and time."),
    ):
        function = option(function)
    return function


@click.group(
    "series",
    cls=Group,
    examples=[
        ("wacket series ls", "what there is, with the latest values"),
        ("wacket series plot 'bench/*' --since 1h", "see it"),
        ("wacket series get 'bench/power' --since 7d --step 1m --csv > power.csv", "take it away"),
    ],
)
def command() -> None:
    """List, read and plot series: the numbers that nodes send."""


@command.command("ls", examples=[("wacket series ls 'bench/*'", "one node's")])
@click.argument("match", nargs=-1, metavar="[GLOB]...")
@click.option("--node", metavar="NODE", help="Only this node's.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@click.pass_obj
def ls(session: Session, match: tuple[str, ...], node: str | None, limit: int | None) -> None:
    """List series with their latest values."""
    said = session.hub.get("/api/v1/series", {"match": match, "node": node, "limit": limit})
    rows = said["series"]
    if not session.as_json:
        rows = [
            {**series, "name": label(series), **(_scaled(series) if session.out.dressed else {})} for series in rows
        ]
    columns = [Column("node"), Column("name"), Column("value", right=True), Column("unit"), Column("at")]
    session.out.rows(rows, columns, "no series match; `wacket series ls` without a pattern shows all")


@command.command("get", examples=[("wacket series get 'bench/*' --since 1h --step 10s --fn max", "")])
@click.argument("match", nargs=-1, required=True, metavar="GLOB...")
@_time_range
@click.option("--step", default="raw", show_default=True, help="raw, auto, 10s, 1m, 1h …")
@click.option("--fn", "function", type=FUNCTIONS, default="mean", show_default=True, help="What a step shows.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV: node,name,labels,at,value.")
@click.pass_obj
def get(
    session: Session,
    /,
    *,
    match: tuple[str, ...],
    since: str,
    until: str,
    node: str | None,
    step: str,
    function: str,
    as_csv: bool,
) -> None:
    """Print the values of series."""
    said = _values(session, match=match, node=node, since=since, until=until, step=step, fn=function)
    if session.as_json:
        return session.out.json(said, rows="series")
    if as_csv:
        return session.out.csv(_csv_rows(said["series"]))
    rows = [
        [series["node"], label(series), moment(at), number(value)]
        for series in said["series"]
        for at, value in series["points"]
    ]
    columns = [Column("0", "node"), Column("1", "name"), Column("2", "at"), Column("3", "value", right=True)]
    return session.out.rows([dict(zip("0123", row, strict=True)) for row in rows], columns, "no values in that time")


@command.command("plot", examples=[("wacket series plot 'bench/*' --since 1h", "")])
@click.argument("match", nargs=-1, required=True, metavar="GLOB...")
@_time_range
@click.option("--height", type=click.IntRange(2, 100), default=8, show_default=True, help="Lines for each chart.")
@click.option("--limit", type=click.IntRange(1), default=8, show_default=True, help="Charts at most.")
@click.pass_obj
def plot(
    session: Session,
    /,
    *,
    match: tuple[str, ...],
    since: str,
    until: str,
    node: str | None,
    height: int,
    limit: int,
) -> None:
    """Draw series in the terminal: each column from its lowest to its highest value."""
    # Lowest and highest are asked for apart, so that a spike survives any step.
    asked = {"match": match, "node": node, "since": since, "until": until, "step": "auto"}
    found = {function: _values(session, **asked, fn=function) for function in ("min", "max", "last")}
    if session.as_json:
        return session.out.json(found)
    drawn = [series for series in _joined(found) if series["points"]]
    if not drawn:
        raise Failed("nothing to draw: no values match in that time", "See what there is: wacket series ls")
    for series in drawn[:limit]:
        _draw(session, series, height)
    if len(drawn) > limit:
        session.out.note(
            f"{folded(len(drawn) - limit, 'more series', 'more series')} match; see them with --limit", "!"
        )
    return None


def _values(session: Session, /, **asked: Any) -> dict[str, Any]:
    """What the hub answers for a selection, a range and a step."""
    said: dict[str, Any] = session.hub.get("/api/v1/series/values", asked)
    return said


def _csv_rows(found: list[dict[str, Any]]) -> Iterator[list[object]]:
    """The same columns as an export, every digit of the values."""
    yield ["node", "name", "labels", "at", "value"]
    for series in found:
        labels = json.dumps(series.get("labels") or {}, sort_keys=True, separators=(",", ":"))
        for at, value in series["points"]:
            yield [series["node"], series["name"], labels, moment(at), "" if value is None else value]


def label(series: dict[str, Any]) -> str:
    """`name` or `name{key=value}`."""
    labels = series.get("labels") or {}
    inner = ",".join(f"{key}={value}" for key, value in labels.items())
    return f"{series['name']}{{{inner}}}" if inner else str(series["name"])


def _scaled(series: dict[str, Any]) -> dict[str, Any]:
    """Bytes as a person reads them; the rest stays as it is."""
    if series.get("value") is None or series.get("unit") not in BYTES:
        return series
    value, unit = amount(series["value"], series["unit"]).split(" ")
    return {**series, "value": value, "unit": unit}


def moment(at: int) -> str:
    """A chart's time as people and spreadsheets read it."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _joined(found: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The series that every question found (one may have appeared in between), lows and highs in one row of points."""
    low, high, last = ({series["id"]: series for series in said["series"]} for said in found.values())
    for one in (one for one in low if one in high and one in last):
        ends = _known(last[one])
        points = sorted(_known(low[one]) + _known(high[one]))
        yield {**low[one], "points": points, "last": ends[-1][1] if ends else None}


def _known(series: dict[str, Any]) -> list[tuple[int, float]]:
    return [(at, value) for at, value in series["points"] if value is not None]


def _draw(session: Session, series: dict[str, Any], height: int) -> None:
    from wacket.cli.support.plot import chart

    columns = min(200, shutil.get_terminal_size().columns) if session.out.dressed else 80
    points = series["points"]
    lowest, highest = min(value for _, value in points), max(value for _, value in points)
    unit = f" {series['unit']}" if series.get("unit") else ""
    title = f"{series['node']}/{label(series)}   last {number(series['last'])}{unit}"
    title += f"   min {number(lowest)}   max {number(highest)}"
    click.echo(click.style(fitted(plain(title), columns), bold=True))
    for line in chart(points, columns, height, ascii_only=not session.out.dressed):
        click.echo(line)
    click.echo()
