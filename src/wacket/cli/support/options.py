"""Command classes that give every command the same options and put examples before everything else in its
help.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import click

from wacket.cli.support.session import Session

Examples = Sequence[tuple[str, str]]  # what to type, what it does

# Words that people try inside a noun, and the verb that it has.
SAME = {
    "add": ("create", "adopt"),
    "approve": ("adopt",),
    "create": ("add",),
    "delete": ("revoke", "remove", "retire"),
    "export": ("get",),
    "find": ("search",),
    "follow": ("tail",),
    "list": ("ls",),
    "rm": ("revoke", "remove", "retire"),
    "query": ("get",),
    "remove": ("revoke", "retire"),
    "delete-token": ("revoke",),
}


def common_options() -> list[click.Parameter]:
    """The options that every command understands. They fill the Session instead of being arguments."""
    table: list[tuple[list[str], dict[str, Any]]] = [
        (["--hub", "hub_url"], {"metavar": "URL", "help": "The hub to ask, http://HOST:PORT [WACKET_HUB]."}),
        (["--data"], {"metavar": "DIR", "help": "Its data folder, on its own machine [WACKET_DATA]."}),
        (["--token"], {"metavar": "TOKEN", "help": "Proof of who you are [WACKET_TOKEN]."}),
        (
            ["--timeout"],
            {"type": float, "metavar": "SECONDS", "help": "Give up on an answer after this; 30."},
        ),
        (
            ["--json", "as_json"],
            {"is_flag": True, "default": None, "help": "JSON; --json=a,b keeps these fields."},
        ),
        (["--fields"], {"hidden": True}),
        (["--no-color", "no_color"], {"is_flag": True, "default": None, "help": "No colour [NO_COLOR]."}),
        (
            ["--plain", "plainly"],
            {"is_flag": True, "default": None, "help": "As into a pipe: no headings, bars or drawings."},
        ),
        (["-q", "--quiet"], {"is_flag": True, "default": None, "help": "Data and errors only."}),
        (["-v", "--verbose"], {"is_flag": True, "default": None, "help": "Also what the hub is asked."}),
    ]
    return [click.Option(names, expose_value=False, callback=_remember, **more) for names, more in table]


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    session = ctx.find_object(Session)
    if session is None:
        session = ctx.obj = Session()
        ctx.call_on_close(session.close)
    if value is not None and param.name is not None:
        setattr(session, param.name, value)


class ExamplesFirst(click.Command):
    """`examples` are shown at the top of the help, as clig.dev advises; `--json=a,b` is understood."""

    def __init__(self, *args: Any, examples: Examples = (), **more: Any) -> None:
        self.examples = list(examples)
        more.setdefault("context_settings", {"help_option_names": ["-h", "--help"], "max_content_width": 100})
        super().__init__(*args, **more)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _split_json(args))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_dl(self.examples, col_max=60)


def _split_json(args: list[str]) -> list[str]:
    """`--json=a,b` becomes `--json --fields a,b`: an option with an optional value would swallow the next
    word.
    """
    split: list[str] = []
    for number, word in enumerate(args):
        if word == "--":
            return split + args[number:]
        split += ["--json", "--fields", word[7:]] if word.startswith("--json=") else [word]
    return split


class Command(ExamplesFirst):
    """A command with the common options, except those that it gives another meaning."""

    def __init__(self, *args: Any, **more: Any) -> None:
        own = more.get("params") or []
        taken = {name for param in own for name in param.opts}
        more["params"] = [*own, *(option for option in common_options() if not taken.intersection(option.opts))]
        super().__init__(*args, **more)


class Group(ExamplesFirst, click.Group):
    """A noun with verbs; a wrong verb is answered with the right one."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word not in self.commands and not word.startswith("-"):
            raise click.UsageError(f"no such command {ctx.command_path + ' ' + word!r}.{self._near(ctx, word)}", ctx)
        return super().resolve_command(ctx, args)

    def _near(self, ctx: click.Context, word: str) -> str:
        same = [verb for verb in SAME.get(word, ()) if verb in self.commands]
        near = same or difflib.get_close_matches(word, self.commands, 1, 0.5)
        if near:
            return f" Did you mean `{ctx.command_path} {near[0]}`?"
        return f" It has: {', '.join(sorted(self.commands))}."
