"""Look at what was run and how it ended; cancel, repeat, schedule it.

A job is what a person asked of some machines at once, a record that is kept.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from wacket.cli.support.ask import sure
from wacket.cli.support.moments import Length
from wacket.cli.support.options import Group
from wacket.cli.support.output import Column
from wacket.cli.support.record import NODE, counted, facts, on_node, what
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain

JOBS = "/api/v1/jobs"
SCHEDULES = "/api/v1/schedules"
Number = click.IntRange(1, 2**63 - 1)


@click.group(
    "job",
    cls=Group,
    examples=[
        ("wacket job ls", "what was run lately"),
        ("wacket job show 212", "who asked for what, and how it ended on each machine"),
        ("wacket job logs 212 demo-04", "what one machine's program wrote"),
        ("wacket job retry 212", "again, where it did not succeed"),
        ("wacket job repeat 212", "again, everywhere"),
    ],
)
def command() -> None:
    """Look at what was run on machines; cancel, repeat and schedule it."""


@command.command("ls", examples=[("wacket job ls --limit 100", "")])
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="The latest so many.")
@click.pass_obj
def ls(session: Session, limit: int) -> None:
    """List the latest jobs, newest first."""
    found = session.hub.get(JOBS, {"limit": limit})["jobs"]
    if not session.as_json:
        found = [{**job, "what": what(job), "states": counted(job.get("counts"))} for job in found]
    columns = [Column("id", right=True), *map(Column, ("at", "actor", "target", "states", "what"))]
    session.out.rows(found, columns, "nothing was run yet; for example: wacket run NODE -- uptime")


@command.command("show", examples=[("wacket job show 212 --json", "the whole record")])
@click.argument("job", type=Number, metavar="ID")
@click.pass_obj
def show(session: Session, job: int) -> None:
    """Show the record of a job: who asked for what, how it went on each machine, and what they answered."""
    from wacket.cli.support import following

    record = session.hub.get(f"{JOBS}/{job}")
    answers = session.hub.get(f"{JOBS}/{job}/answers")["answers"]
    if session.as_json:
        return session.out.json({**record, "answers": answers})
    nodes, left_out = record.pop("nodes"), record.pop("left_out", [])
    session.out.facts(facts(record))
    session.out.line()
    session.out.rows([on_node(one) for one in nodes], [Column(name) for name in NODE])
    for one in left_out:
        session.out.line(f"left out: {plain(one['node'])}: {plain(one['why'])}")
    session.out.line()
    return following.show_answers(session, answers)


@command.command("logs", examples=[("wacket job logs 212 demo-04 --err", "standard error only")])
@click.argument("job", type=Number, metavar="ID")
@click.argument("node", required=False)
@click.option("--out", "stream", flag_value="out", help="Standard output only.")
@click.option("--err", "stream", flag_value="err", help="Standard error only.")
@click.option("--both", "stream", flag_value="both", default="both", help="Both, in the order of writing (default).")
@click.option("--raw", is_flag=True, help="Let output steer the terminal.")
@click.pass_obj
def logs(session: Session, /, job: int, node: str | None, stream: str, raw: bool) -> None:
    """Show what a machine's program wrote: byte for byte into a pipe, harmless on a terminal.

    NODE may be left out where the job was for one machine.
    """
    from wacket.cli.support import screens

    path = f"{JOBS}/{job}/output/{quote(node or _only_node(session, job), safe='')}"
    screen = screens.AsItIs(session.out, raw)
    try:
        for piece in session.hub.stream(path, {"stream": stream}):
            screen.write("out", piece)
    finally:
        screen.close()


@command.command("files", examples=[("wacket job files 212", "")])
@click.argument("job", type=Number, metavar="ID")
@click.pass_obj
def files(session: Session, job: int) -> None:
    """Fetch the files that a job brought back, into ./job-ID/NODE/."""
    from wacket.cli.support import bringing

    bringing.fetch(session, job)


@command.command("follow", examples=[("wacket job follow 212", "after Ctrl-C, or from another machine")])
@click.argument("job", type=Number, metavar="ID")
@click.option("--live", is_flag=True, help="Many machines: show lines as they come, not folded.")
@click.option("--raw", is_flag=True, help="Let output steer the terminal.")
@click.option("--wait", is_flag=True, help="Wait for machines that are not there, too.")
@click.pass_obj
def follow(session: Session, /, job: int, live: bool, raw: bool, wait: bool) -> None:
    """Follow a job to its end, from its beginning. Ends as `wacket run` does."""
    from wacket.cli.support import following

    manner = following.Manner(live, raw, wait)
    following.follow(session, lambda hub: hub.stream(f"{JOBS}/{job}/events"), manner)


@command.command("cancel", examples=[("wacket job cancel 212", ""), ("wacket job cancel 212 demo-04", "only there")])
@click.argument("job", type=Number, metavar="ID")
@click.argument("node", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def cancel(session: Session, job: int, node: str | None, yes: bool) -> None:
    """End a job's programs, with all that they started; a machine that is not there is told when it comes."""
    sure(f"Cancel job {job}{f' on {plain(node)}' if node else ''}?", yes)
    said = session.hub.post(f"{JOBS}/{job}/cancel", {"node": node} if node else {})
    session.out.done(f"job {job} is being cancelled; see: wacket job show {job}", said)


@command.command("repeat", examples=[("wacket job repeat 212", "")])
@click.argument("job", type=Number, metavar="ID")
@click.option("--live", is_flag=True, help="Many machines: show lines as they come, not folded.")
@click.option("--wait", is_flag=True, help="Wait for machines that are not there, too.")
@click.pass_obj
def repeat(session: Session, job: int, live: bool, wait: bool) -> None:
    """Run a job again as a new one, on the machines that its target means now."""
    _again(session, job, {}, live, wait)


@command.command("retry", examples=[("wacket job retry 212", "")])
@click.argument("job", type=Number, metavar="ID")
@click.option("--live", is_flag=True, help="Many machines: show lines as they come, not folded.")
@click.option("--wait", is_flag=True, help="Wait for machines that are not there, too.")
@click.pass_obj
def retry(session: Session, job: int, live: bool, wait: bool) -> None:
    """Run a job again as a new one, only on the machines where it ended without success."""
    _again(session, job, {"only": "failed"}, live, wait)


@command.group("schedule", cls=Group, examples=[("wacket job schedule ls", "what will run, and when")])
def schedule() -> None:
    """See, make and remove schedules. Their author's rights are looked at again each time."""


@schedule.command("ls", examples=[("wacket job schedule ls", "")])
@click.pass_obj
def schedules(session: Session) -> None:
    """List the schedules."""
    found = session.hub.get(SCHEDULES)["schedules"]
    if not session.as_json:
        found = [{**one, "what": what(one.get("job") or {}), "every": _length(one.get("every"))} for one in found]
    columns = [Column("id", right=True)]
    columns += map(Column, ("author", "target", "every", "next", "last", "last_job", "trouble", "what"))
    session.out.rows(found, columns, "no schedules; for example: wacket run NODE --every 1d --at 03:00 -- ./clean-up")


@schedule.command("add", examples=[("wacket job schedule add 212 --every 1d", "what job 212 did, every day")])
@click.argument("job", type=Number, metavar="ID")
@click.option("--every", type=Length(10, 366 * 86_400), required=True, metavar="TIME", help="So far apart.")
@click.pass_obj
def add(session: Session, job: int, every: float) -> None:
    """Make a schedule of a job that was run already. For a new one: wacket run … --every."""
    made = session.hub.post(SCHEDULES, {"repeats": job, "every": every})
    session.out.done(f"schedule {made['id']}; see: wacket job schedule ls", made)


@schedule.command("rm", examples=[("wacket job schedule rm 3", "")])
@click.argument("number", type=Number, metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def rm(session: Session, number: int, yes: bool) -> None:
    """Remove a schedule. What it has started goes on."""
    sure(f"Remove schedule {number}?", yes)
    session.hub.delete(f"{SCHEDULES}/{number}")
    session.out.done(f"schedule {number} is removed", {"id": number, "removed": True})


def _again(session: Session, job: int, body: dict[str, Any], live: bool, wait: bool) -> None:
    from wacket.cli.support import following

    following.again(session, f"{JOBS}/{job}/repeat", body, following.Manner(live=live, wait=wait))


def _only_node(session: Session, job: int) -> str:
    nodes = session.hub.get(f"{JOBS}/{job}")["nodes"]
    if len(nodes) != 1:
        from wacket.cli.support.errors import Misused

        raise Misused(f"job {job} is for {folded(len(nodes), 'node')}", f"Name one: wacket job logs {job} NODE")
    return str(nodes[0]["node"])


def _length(every: float | None) -> str:
    return f"{every:g} s" if every else "once"
