"""The command tree: names from the folder, help from docstrings, a module imported only when its command is
called.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from wacket import __version__
from wacket.cli.support.options import ExamplesFirst, Group, common_options

FOLDER = Path(__file__).parent.parent
# Python keeps `class` for itself, so that file has another name.
SPELLED = {"classes": "class"}
HIDDEN = {"reference"}

# Words that people try, and what they mean here.
MEANT = {
    "ask": "class ask",
    "cancel": "job cancel",
    "exec": "run",
    "help": "--help",
    "import": "push",
    "jobs": "job ls",
    "list": "series ls",
    "login": "token create",
    "logs": "log",
    "ls": "series ls",
    "nodes": "node ls",
    "plot": "series plot",
    "query": "sql",
    "search": "log search",
    "send": "push",
    "serve": "up",
    "server": "up",
    "start": "up",
    "summary": "clusters",
    "tail": "log tail",
    "user": "people",
    "users": "people",
    "version": "--version",
}


def names() -> dict[str, str]:
    """Command name → module name, for every file of the folder."""
    found = (file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))
    return {SPELLED.get(stem, stem.replace("_", "-")): stem for stem in sorted(found)}


def summary(stem: str) -> str:
    """The first line of a module's docstring, read without importing the module."""
    with (FOLDER / f"{stem}.py").open(encoding="utf-8") as file:
        line = file.readline().strip()
    return line.removeprefix('"""').removesuffix('"""').strip()


class Commands(ExamplesFirst, click.Group):
    """The root. Knows its commands by the folder listing alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(set(names()) - HIDDEN)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        stem = names().get(cmd_name)
        if stem is None:
            return None
        module = import_module(f"wacket.cli.{stem}")
        return _command_of(module, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word not in names() and not word.startswith("-"):
            raise click.UsageError(f"no such command {word!r}.{self._suggestion(word)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        known = names()
        rows = [(name, summary(known[name])) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _suggestion(self, word: str) -> str:
        if word in MEANT:
            return f" Did you mean `wacket {MEANT[word]}`?"
        near = difflib.get_close_matches(word, [*names(), *MEANT], 1, 0.6)
        return f" Did you mean `wacket {MEANT.get(near[0], near[0])}`?" if near else ""


def _command_of(module: Any, name: str) -> click.Command:
    found = getattr(module, "command", None)
    if isinstance(found, click.Command):
        return found
    raise TypeError(f"{module.__name__} defines no click command named `command` for `wacket {name}`")


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"wacket {__version__}")
        ctx.exit()


root = Commands(
    "wacket",
    examples=[
        ("wacket demo", "a hub with simulated boards, to look at"),
        ("wacket up", "start the hub of this machine"),
        ("wacket push --file events.txt", "bring in what you have"),
        ("wacket series plot 'bench/*' --since 1h", "see it"),
        ("wacket log tail --node bench", "follow what a board says"),
    ],
    help="Wacket keeps what the machines of a place tell, shows it, and answers questions about it.",
    params=[
        *common_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Show the version.",
        ),
    ],
)

__all__ = ["Commands", "Group", "names", "root", "summary"]
