"""Asks the person, on a terminal only: a script is taken to mean what it says."""

from __future__ import annotations

import sys

import click

from wacket.cli.support.errors import Misused


def interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def sure(question: str, yes: bool) -> None:
    """Go on, or end with 130 when the person says no."""
    if not yes and interactive():
        click.confirm(question, abort=True, err=True)


def password(whose: str) -> str:
    """A new password: typed twice on a terminal, else the first line of standard input. Never an argument."""
    if interactive():
        typed: str = click.prompt(f"Password for {whose}", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Misused("no password on standard input", "Run it on a terminal, or: wacket people add ada < password.txt")
    return line
