"""Turns whatever ended a command into an exit code and a sentence on standard error. Hides no fault when
WACKET_DEBUG is set: then the traceback is shown too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

import click

from wacket.cli.support.errors import Failed
from wacket.cli.support.text import plain
from wacket.errors import WacketError

INTERRUPTED = 130


@dataclass(slots=True)
class Outcome:
    """The exit code that the command ended with."""

    code: int = 0


@contextlib.contextmanager
def told(colour: bool | None = None) -> Iterator[Outcome]:
    """Whatever is raised inside is told to the user; read `Outcome.code` afterwards. `colour` is as click has it."""
    outcome = Outcome()
    try:
        yield outcome
    except click.exceptions.Exit as leaving:
        outcome.code = leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        outcome.code = INTERRUPTED
        click.echo("interrupted", err=True)
    except BrokenPipeError:
        # `wacket … | head` has seen enough; that is no fault of anybody's.
        outcome.code = 0
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        outcome.code, what, advice = _judged(error)
        _say(what, advice, colour)
        if os.environ.get("WACKET_DEBUG"):
            traceback.print_exc()


def _judged(error: Exception) -> tuple[int, str, str]:
    """(exit code, what happened, what to do)."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        # What ends a hub comes out of its task group wrapped.
        error = error.exceptions[0]
    if isinstance(error, click.UsageError):
        return error.exit_code, error.format_message(), _usage(error)
    if isinstance(error, Failed):
        return error.code, error.what, error.advice
    if isinstance(error, (WacketError, click.ClickException)):
        return 1, str(error), ""
    if isinstance(error, OSError):
        return 1, _os_sentence(error), ""
    return (
        1,
        f"wacket made a mistake of its own: {type(error).__name__}: {error}",
        "Run it again with WACKET_DEBUG=1 and send what it prints with your report.",
    )


def _usage(error: click.UsageError) -> str:
    context = error.ctx
    if context is None:
        return ""
    return f"{context.get_usage()}\nTry: {context.command_path} --help"


def _os_sentence(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{place}the disk is full"
    return f"{place}{error.strerror or error}"


def _say(what: str, advice: str, colour: bool | None) -> None:
    """The context that knew of colours is gone by now. Nothing, where all has been said already."""
    if not what:
        return
    first, *more = plain(what, keep="\n").splitlines()
    click.echo(click.style("✗ ", fg="red") + first, err=True, color=colour)
    for line in [*more, *plain(advice, keep="\n").splitlines()]:
        click.echo(f"  {line}", err=True)
