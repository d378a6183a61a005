"""The command line: every file of this folder is one command (`setup_link.py` is `wacket setup-link`).

A file is found by its name and imported only when its command is called; the first line of its docstring is its
line in `wacket --help`, and `command` in it is the click command. What the commands share is in `support/`. Nothing
heavy is imported here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def main() -> NoReturn:
    """Entry point of the program. Ends the process with one of the exit codes in support/errors.py."""
    _open_closed_streams()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone: give the interpreter's own last flush somewhere to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Whoever starts programs without a terminal may close these; to us that is the same as empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code. Errors are told on standard error, never as a
    traceback.
    """
    from wacket.cli.support.lazy import root
    from wacket.cli.support.report import told
    from wacket.cli.support.session import colourless

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if "_WACKET_COMPLETE" in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "wacket", "_WACKET_COMPLETE", os.environ["_WACKET_COMPLETE"])
    colour = False if colourless(argv, os.environ) else None  # None: where there is a terminal
    with told(colour) as outcome, root.make_context("wacket", list(argv), color=colour) as context:
        root.invoke(context)
    return outcome.code
