"""Print the reference page of the command line, made from the commands.

`docs/reference/cli.md` is this command's output; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from wacket.cli.support.lazy import HIDDEN, names, root, summary
from wacket.cli.support.options import Command, ExamplesFirst, common_options

HEAD = """# Command line

This page is made from the commands themselves: `wacket reference > docs/reference/cli.md`.

Data go to standard output, words about them to standard error. Lists are tables on a terminal, plain aligned
lines in a pipe, and JSON with `--json`. Colours and progress bars appear on a terminal only.

| exit code | means |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | the command line makes no sense |
| 3 | some of it was done, some was refused |
| 4 | login or permission is missing |
| 5 | no hub answers |
| 124 | it took too long (`--timeout`) |
| 130 | interrupted, or a question was answered with no |

| environment | means |
|---|---|
| `WACKET_HUB` | the hub's address, as `--hub` |
| `WACKET_DATA` | the data folder of this machine's hub, as `--data` |
| `WACKET_TOKEN` | a token, as `--token` |
| `WACKET_SECTION_NAME` such as `WACKET_DOORS_HTTP` | settings of the hub that `wacket up` starts |
| `NO_COLOR` | no colour |
| `WACKET_DEBUG` | on a fault, show where in the program it happened |

Every command finds the hub by `--hub`, else `--data`, else `WACKET_HUB`, else `WACKET_DATA`, else
`~/.local/share/wacket`. On the hub's own machine its owner needs no login: the command reads `owner.key` in
the data folder. A hub with its own certificate is named as `https://HOST:PORT#FINGERPRINT`.
"""


@click.command("reference", cls=Command)
def command() -> None:
    """Print the reference page of the command line."""
    click.echo(page(), nl=False)


def page() -> str:
    """The whole page as Markdown."""
    context = click.Context(root, info_name="wacket")
    parts = [HEAD, "## Options of every command\n", _options(common_options(), context)]
    for name, stem in names().items():
        known = root.get_command(context, name)
        if name not in HIDDEN and known is not None:
            parts += _section(known, click.Context(known, context, name), summary(stem), "##")
    return "\n".join(parts)


def _section(command: click.Command, context: click.Context, first: str, level: str) -> Iterator[str]:
    yield f"{level} {context.command_path}\n"
    about = cleandoc(command.help or first).split("\f")[0].strip()
    yield f"{about}\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```\n{usage}\n```\n"
    if isinstance(command, ExamplesFirst) and command.examples:
        yield "```sh\n" + "\n".join(_example(*example) for example in command.examples) + "\n```\n"
    # What only fills the session is the same for every command, and so is --help.
    own = [option for option in command.get_params(context) if option.expose_value]
    if table := _options(own, context):
        yield table
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from _section(sub, click.Context(sub, context, name), sub.get_short_help_str(200), level + "#")


def _example(typed: str, does: str) -> str:
    return f"{typed}  # {does}" if does else typed


def _options(options: list[click.Parameter], context: click.Context) -> str:
    records = [record for option in options if (record := option.get_help_record(context))]
    if not records:
        return ""
    rows = [f"| `{_cell(left)}` | {_cell(right)} |" for left, right in records]
    return "\n".join(["| option | does |", "|---|---|", *rows]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
