"""Run a command or a Python program on machines, now or by a schedule.

A job is what was asked; `wacket job` looks at it afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from wacket.cli.support.errors import Misused
from wacket.cli.support.moments import Length, moment
from wacket.cli.support.options import Command

if TYPE_CHECKING:
    from wacket.cli.support.session import Session

DAY = 86_400
DASHES = "wacket.run.dashes"


class Run(Command):
    """Knows whether `--` was there: without it, an option of the command to run would be taken for one of ours."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[DASHES] = "--" in args
        return super().parse_args(ctx, args)


@click.command(
    "run",
    cls=Run,
    examples=[
        ("wacket run demo-04 -- uptime", "one machine: its output as it comes"),
        ("wacket run 'pi-[01-30],!pi-07' -- df -h /", "many: equal answers are folded into one"),
        ("wacket run tag:demo --py blink.py -- --times 3", "a Python program and its arguments"),
        ("wacket run tag:demo -n -- reboot", "only show which machines are meant"),
        ("wacket run @lab --send data.csv --bring '*.png' --py plot.py", "files there and back"),
        ("wacket run tag:demo --every 1d --at 03:00 -- ./clean-up", "every night"),
    ],
)
@click.argument("target")
@click.argument("words", nargs=-1, metavar="-- COMMAND...")
@click.option("--py", metavar="FILE", help="Run this Python program; what follows -- are its arguments.")
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Set a variable for it. Can be repeated.")
@click.option("--cwd", metavar="DIR", help="Its working folder; a fresh one if not said.")
@click.option("--stdin", metavar="FILE", help="What it reads from standard input; - for this command's own.")
@click.option("--user", metavar="ACCOUNT", help="The account to run it as; the agent's usual one if not said.")
@click.option(
    "--timeout",
    type=Length(1, 7 * DAY),
    default="10m",
    show_default=True,
    metavar="TIME",
    help="It is ended after this, by the machine itself.",
)
@click.option(
    "--expires",
    type=Length(1, 90 * DAY),
    default="1h",
    show_default=True,
    metavar="TIME",
    help="A machine that is not there may begin within this.",
)
@click.option("--send", multiple=True, metavar="FILE", help="Put this file into its folder first. Can be repeated.")
@click.option("--bring", multiple=True, metavar="GLOB", help="Bring such files back, into job-ID/NODE/.")
@click.option("-n", "--dry-run", is_flag=True, help="Show which machines are meant and why others are not.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--live", is_flag=True, help="Many machines: show lines as they come, not folded.")
@click.option("--raw", is_flag=True, help="Let output steer the terminal.")
@click.option("--wait", is_flag=True, help="Wait for machines that are not there, too.")
@click.option("--no-wait", is_flag=True, help="Wait for nothing: print the number of the job.")
@click.option("--exit-code", is_flag=True, help="With one machine, end with the program's own exit code.")
@click.option("--every", type=Length(10, 366 * DAY), metavar="TIME", help="Again and again, so far apart.")
@click.option("--at", metavar="TIME", help="Not now: 14:30, or 2026-11-22T08:00. With --every, the first time.")
@click.pass_context
def command(ctx: click.Context, /, target: str, words: tuple[str, ...], py: str | None, **said: Any) -> None:
    """Run a command (after --) or a Python program on machines.

    TARGET is a machine's name, a glob, a folded set such as pi-[01-30], tag:demo, @lab, os:linux, state:up or *; join
    them with commas, narrow one with &, take some out with !. A - reads names from standard input.

    Nothing is run twice: what a broken connection left open is asked of the machine, never begun again. Ends with 0
    if it succeeded everywhere, 3 if only on some, 1 if nowhere, 124 if it took too long everywhere. Machines that are
    not there count as not succeeded. Ctrl-C ends the watching, not the job.
    """
    _sensible(ctx, words, py, said)
    from wacket.cli.support import following, jobs

    session: Session = ctx.obj
    body = jobs.request(target, words, py, said)
    if said["dry_run"]:
        return jobs.dry_run(session, body)
    jobs.foretold(session, body, said["yes"])
    body["files"] = jobs.send_along(session.hub, said["send"])
    if said["every"] or said["at"]:
        return _scheduled(session, body, said)
    if said["no_wait"]:
        made = following.post_once(session.hub, jobs.JOBS, body)
        return session.out.json(made) if session.as_json else session.out.line(str(made["id"]))
    manner = following.Manner(
        said["live"], said["raw"], said["wait"], bool(said["bring"]), said["exit_code"], said["expires"]
    )
    return following.ask(session, body, manner)


def _sensible(ctx: click.Context, words: tuple[str, ...], py: str | None, said: dict[str, Any]) -> None:
    if py is None and not (words and ctx.meta[DASHES]):
        raise Misused("the command to run comes after --", "Write, for example: wacket run demo-04 -- uptime")
    if said["wait"] and said["no_wait"]:
        raise Misused("--wait and --no-wait exclude each other")


def _scheduled(session: Session, body: dict[str, Any], said: dict[str, Any]) -> None:
    wanted: dict[str, Any] = {"job": body, "every": said["every"]}
    if said["at"]:
        now = datetime.now(UTC).astimezone()
        try:
            at = moment(said["at"], now)
        except ValueError as error:
            raise Misused(str(error)) from error
        if at <= now:
            raise Misused(f"{said['at']} is over", "Name a moment to come.")
        wanted["at"] = at.isoformat()
    made = session.hub.post("/api/v1/schedules", {name: value for name, value in wanted.items() if value is not None})
    session.out.done(f"schedule {made['id']}; see: wacket job schedule ls", made)
