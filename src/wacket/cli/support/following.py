"""Follows a job to its end: shows what it says, goes on after a broken connection, and makes an exit code of it.

Ctrl-C ends the following, not the job; a second one cancels the job. Nodes that are away are waited for only if the
person says so.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple

import click

from wacket.cli.support import answers, bringing, jobs
from wacket.cli.support.ask import interactive
from wacket.cli.support.client import Hub
from wacket.cli.support.errors import TimedOut, Unreachable
from wacket.cli.support.report import INTERRUPTED
from wacket.cli.support.screens import AsItIs, Json, Live, Quiet, Screen
from wacket.cli.support.session import Session
from wacket.cli.support.tally import Event, Tally
from wacket.cli.support.text import plain

NDJSON = {"Accept": "application/x-ndjson", "Content-Type": "application/json"}
SILENCE = 60.0  # seconds without a sign of life from the hub, which gives one every 15
PAUSE = 1.0  # seconds between two tries to find a hub that went away
PATIENCE = 60  # tries
SECOND_THOUGHTS = 2.0  # seconds for another Ctrl-C
MOST_LINES = 50  # of each answer, where a person reads it


class Manner(NamedTuple):
    """How it is shown, and what for. `program_code`: with one node, end as its program did."""

    live: bool = False
    raw: bool = False
    wait: bool = False
    bring: bool = False
    program_code: bool = False
    expires: float = 3600.0


def ask(session: Session, body: Mapping[str, Any], manner: Manner) -> None:
    """Ask for a job and follow it. Ends the command with the exit code that the job came to."""
    key = secrets.token_hex(16)
    follow(session, lambda hub: _post(hub, jobs.JOBS, body, key), manner)


def again(session: Session, path: str, body: Mapping[str, Any], manner: Manner) -> None:
    """Follow the job that a POST to `path` makes."""
    job = post_once(session.hub, path, body)["id"]
    follow(session, lambda hub: _events(hub, job), manner)


def follow(session: Session, begin: Callable[[Hub], Iterator[bytes]], manner: Manner) -> None:
    """Show the events that `begin` asks the hub for. Ends the command."""
    session.hub.timeout = max(session.hub.timeout, SILENCE)
    tally, began = Tally(), time.monotonic()
    try:
        with contextlib.closing(events(session.hub, begin, tally)) as told:
            _show(session, told, tally, manner)
    except KeyboardInterrupt:
        _interrupted(session, tally.job)
    session.hub.close()  # the rest of the answer is not read
    if not session.as_json:
        _conclude(session, tally, manner, time.monotonic() - began)
    raise click.exceptions.Exit(_code(tally, manner))


def events(hub: Hub, begin: Callable[[Hub], Iterator[bytes]], tally: Tally) -> Generator[Event]:
    """What is new to `tally`, asked for again when the connection breaks or the hub ends.

    Before anything of the job is known `begin` is called again: it carries a key, so that the hub makes one job of it.
    """
    pieces, tries, lost = begin(hub), 0, False
    while True:
        try:
            for event in filter(tally.heard, _objects(pieces)):
                tries = 0
                yield event
            if tally.ended:
                return
            raise Unreachable("the hub ended before the job did", "Is it being restarted? See: wacket status")
        except (Unreachable, TimedOut) as error:
            tries, lost = tries + 1, lost or _may_have_arrived(error)
            _worth_another_try(error, tally.job, tries, lost)
        time.sleep(PAUSE)
        pieces = _events(hub, tally.job) if tally.job else begin(hub)


def _may_have_arrived(error: Unreachable | TimedOut) -> bool:
    """Whether the hub was there, and the connection broke later."""
    cause = error.__cause__
    return isinstance(cause, (ConnectionError, HTTPException)) and not isinstance(cause, ConnectionRefusedError)


def _worth_another_try(error: Unreachable | TimedOut, job: int, tries: int, lost: bool) -> None:
    """Raises `error` where nothing can be taken up again, or not any more."""
    if not (job or lost):
        raise error
    if tries > PATIENCE:
        what = f"Job {job} goes on without it: wacket job follow {job}" if job else "Was it begun? See: wacket job ls"
        raise Unreachable(error.what, what) from error


def _events(hub: Hub, job: int) -> Iterator[bytes]:
    return hub.stream(f"{jobs.JOBS}/{job}/events")


def post_once(hub: Hub, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A POST that is never repeated: on a new connection a broken one cannot be mistaken for one that grew old."""
    hub.close()
    made: dict[str, Any] = hub.post(path, body)
    return made


def _post(hub: Hub, path: str, body: Mapping[str, Any], key: str) -> Iterator[bytes]:
    return hub.stream(path, method="POST", body=json.dumps(body).encode(), headers={**NDJSON, "Idempotency-Key": key})


def _objects(pieces: Iterator[bytes]) -> Iterator[Event]:
    """The objects of an NDJSON answer; empty lines are signs of life."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (json.loads(line) for line in whole if line.strip())


def _show(session: Session, told: Iterator[Event], tally: Tally, manner: Manner) -> None:
    screen: Screen | None = None
    try:
        for event in told:
            screen = screen or _screen(session, tally, manner)
            if event["event"] == "job" and tally.waiting and not (session.as_json or interactive()):
                session.out.note(jobs.absent(sorted(tally.waiting), manner.expires), "!")
            screen.show(event)
            if _seen_enough(tally, manner, session.as_json):
                return
    finally:
        if screen:
            screen.close()


def _seen_enough(tally: Tally, manner: Manner, whole: bool) -> bool:
    """`whole`: somebody reads events, so the hub's own word for the end is waited for where it comes at once."""
    waits = bool(tally.waiting) and manner.wait
    return tally.ended or (tally.over and not waits and not (whole and not tally.waiting))


def _screen(session: Session, tally: Tally, manner: Manner) -> Screen:
    if session.as_json:
        return Json(session.out)
    if len(tally.last) == 1:
        return AsItIs(session.out, manner.raw)
    return Live(session.out, tally, manner.raw) if manner.live else Quiet(session.out, tally)


def _conclude(session: Session, tally: Tally, manner: Manner, seconds: float) -> None:
    if manner.bring:
        bringing.fetch(session, tally.job)
    if len(tally.last) == 1:
        _conclude_one(session, tally)
        return
    found = session.hub.get(f"{jobs.JOBS}/{tally.job}/answers")["answers"]
    if not manner.live:
        show_answers(session, found, manner.raw)
    said = answers.summary(found, len(tally.waiting), len(tally.left_out))
    session.out.note(f"{said} in {seconds:.1f} s     full: wacket job show {tally.job}")


def show_answers(session: Session, found: list[dict[str, Any]], raw: bool = False) -> None:
    """Folded answers, as a person or a pipe wants them."""
    harmless = session.out.on_terminal and not raw
    for line in answers.lines(found, MOST_LINES if session.out.dressed else None, harmless):
        bad = line.startswith(answers.BAD)
        session.out.line(click.style(line[:1], fg="red") + line[1:] if bad else line)


def _conclude_one(session: Session, tally: Tally) -> None:
    """Its output is there already; a good end needs no words."""
    (node,) = tally.last
    if tally.left_out:
        session.out.note(f"{len(tally.left_out)} left out     full: wacket job show {tally.job}", "!")
    if tally.code == 0 or node in tally.waiting:
        return
    said = answers.why({"state": tally.state(node), **tally.last[node]})
    session.out.note(f"{plain(node)}: {said}     wacket job show {tally.job}", "✗")


def _code(tally: Tally, manner: Manner) -> int:
    if manner.program_code and len(tally.last) == 1:
        (last,) = tally.last.values()
        if isinstance(last.get("exit"), int):
            return int(last["exit"]) & 255
        if last.get("signal"):
            return 128 + int(last["signal"]) & 255
    return tally.code


def _interrupted(session: Session, job: int) -> None:
    """Ends the command with 130."""
    if not job:
        raise KeyboardInterrupt
    session.hub.close()
    session.out.note(f"job {job} goes on. See it: wacket job show {job}   End it: wacket job cancel {job}", "!")
    if interactive():
        try:
            session.out.note("(Ctrl-C again cancels it now)")
            time.sleep(SECOND_THOUGHTS)
        except KeyboardInterrupt:
            session.hub.post(f"{jobs.JOBS}/{job}/cancel", {})
            session.out.note(f"job {job} is being cancelled", "✓")
    raise click.exceptions.Exit(INTERRUPTED)
